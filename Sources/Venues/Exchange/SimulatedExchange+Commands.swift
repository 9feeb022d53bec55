import Events

// Commands as they take effect.
extension SimulatedExchange {
  private typealias Code = VenueReport.RejectCode

  mutating func submit(_ ticket: consuming OrderTicket, sent: Instant, market index: Int?) {
    let isNew = ledger.add(ticket.order, ticket.instrument)
    guard let index, isNew else {
      let (code, text) =
        isNew
        ? (Code.unknownInstrument, "no such instrument") : (Code.duplicateOrder, "")
      report(ticket.order, .rejected(code: code, text: text), at: index)
      return
    }
    let (number, order) = (nextVenueOrder, ticket.order)
    let expiry = ticket.timeInForce == .goodTillDate ? ticket.terms.expiry : nil
    var working = WorkingOrder(ticket, sent: sent)
    let isTaken = change(index) { market, outbox in
      market.submit(&working, number: number, &outbox)
    }
    if !isTaken { return }
    nextVenueOrder += 1
    if let expiry { endings.add(order, at: expiry) }
  }

  mutating func cancel(_ order: OrderID, market index: Int?) {
    guard let index else {
      report(order, .requestRejected(.cancel, code: lateness(of: order), text: ""), at: nil)
      return
    }
    change(index) { market, outbox in market.cancel(order, &outbox) }
  }

  mutating func replace(
    _ order: OrderID, quantity: Quantity, price: Price, sent: Instant, market index: Int?
  ) {
    guard let index else {
      report(order, .requestRejected(.replace, code: lateness(of: order), text: ""), at: nil)
      return
    }
    change(index) { market, outbox in
      market.requestReplace(order, quantity: quantity, price: price, sent: sent, &outbox)
    }
  }

  /// Reports from the venue of an instrument; of one that is not known, from the general one.
  private mutating func report(
    _ order: OrderID, _ outcome: consuming VenueReport.Outcome, at market: Int?
  ) {
    gateways[market.map { tops[$0].line } ?? 0].outbox.send(order, outcome)
  }

  private func lateness(of order: OrderID) -> UInt16 {
    ledger.instrument(of: order) != nil ? Code.tooLate : Code.unknownOrder
  }
}

extension TradedMarket {
  private typealias Code = VenueReport.RejectCode

  /// Takes or rejects an order.
  /// - Parameter number: the venue's own of the order, if it is taken.
  /// - Returns: whether it is.
  mutating func submit(
    _ order: inout WorkingOrder, number: UInt64, _ outbox: inout Outbox
  ) -> Bool {
    if let (code, text) = objection(to: order.ticket, at: outbox.now) {
      outbox.send(order.ticket.order, .rejected(code: code, text: text))
      return false
    }
    outbox.sendAccepted(order.ticket.order, number: number)
    enter(&order, &outbox)
    return true
  }

  mutating func cancel(_ order: OrderID, _ outbox: inout Outbox) {
    if remove(order) {
      outbox.sendCancelled(order)
    } else {
      outbox.send(order, .requestRejected(.cancel, code: Code.tooLate, text: "not working"))
    }
  }

  mutating func requestReplace(
    _ order: OrderID, quantity: Quantity, price: Price, sent: Instant, _ outbox: inout Outbox
  ) {
    guard let working = working(order) else {
      return outbox.send(
        order, .requestRejected(.replace, code: Code.tooLate, text: "not working"))
    }
    if let (code, text) = objection(toReplacing: working, quantity, price) {
      return outbox.send(order, .requestRejected(.replace, code: code, text: text))
    }
    outbox.sendReplaced(order, quantity: quantity, price: working.reported(price))
    replace(working, quantity: quantity, price: price, sent: sent, &outbox)
  }

  private func objection(
    toReplacing working: WorkingOrder, _ quantity: Quantity, _ price: Price
  ) -> (UInt16, String)? {
    if let problem = problem(quantity: quantity) { return (Code.invalidQuantity, problem) }
    if quantity <= working.filled + working.withheld {
      return (Code.invalidQuantity, "not above the filled quantity")
    }
    var ticket = working.ticket
    ticket.resize(quantity)
    switch ticket.type {
    case .none, .market, .marketToLimit:
      return (Code.other, "the order has no price that could be another")
    case .stop, .trailingStop, .trailingStopLimit, .marketIfTouched, .pegged:
      if !price.isNone, let problem = problem(price: price) { return (Code.invalidPrice, problem) }
    case .limit, .stopLimit, .limitIfTouched:
      if let problem = problem(price: price) { return (Code.invalidPrice, problem) }
      ticket.price = price
    }
    if !isTaken(ticket) { return (Code.notTrading, "the instrument is not trading") }
    return marketObjection(to: ticket)
  }

  func working(_ order: OrderID) -> WorkingOrder? {
    if let place = resting.find(order) { return resting[place] }
    return waiting.first { $0.ticket.order == order }
      ?? conditionals.first { $0.ticket.order == order }
      ?? auction.first { $0.ticket.order == order } ?? parked.first { $0.ticket.order == order }
  }

  /// Takes an order out of the market; false if it is not there.
  @discardableResult
  mutating func remove(_ order: OrderID) -> Bool {
    if resting.remove(order) { return true }
    return Self.take(order, from: &waiting) || Self.take(order, from: &conditionals)
      || Self.take(order, from: &auction) || Self.take(order, from: &parked)
  }

  private static func take(_ order: OrderID, from orders: inout [WorkingOrder]) -> Bool {
    guard let index = orders.firstIndex(where: { $0.ticket.order == order }) else { return false }
    orders.remove(at: index)
    return true
  }

  /// Gives a working order a new total and price: the limit, or the stop of an order without one. Only a
  /// smaller total at the same price keeps its priority; otherwise it enters anew and may trade at once.
  private mutating func replace(
    _ working: consuming WorkingOrder, quantity: Quantity, price: Price, sent: Instant,
    _ outbox: inout Outbox
  ) {
    let order = working.ticket.order
    if price == working.askedPrice && quantity <= working.ticket.quantity {
      resize(order, to: quantity)
      return
    }
    remove(order)
    working.ticket.resize(quantity)
    working.visible = working.ticket.terms.display
    working.askedPrice = price
    working.sent = sent
    enter(&working, &outbox)
  }

  private mutating func resize(_ order: OrderID, to quantity: Quantity) {
    if let place = resting.find(order) { return resting[place].ticket.resize(quantity) }
    Self.resize(order, to: quantity, in: &waiting)
    Self.resize(order, to: quantity, in: &conditionals)
    Self.resize(order, to: quantity, in: &auction)
    Self.resize(order, to: quantity, in: &parked)
  }

  private static func resize(
    _ order: OrderID, to quantity: Quantity, in orders: inout [WorkingOrder]
  ) {
    guard let index = orders.firstIndex(where: { $0.ticket.order == order }) else { return }
    orders[index].ticket.resize(quantity)
  }

  /// The quote feed's best prices, stored apart on the hot path.
  mutating func show(_ latest: Quote) {
    if source < .quotes { source = .quotes }
    if source == .quotes { quote = latest }
    if source == .depth {
      dropLevels(of: .buy, betterThan: latest.bid)
      dropLevels(of: .sell, betterThan: latest.ask)
    }
  }

  /// A quote is newer than the levels that came before it: those at better prices are gone until the levels'
  /// own feed shows them again.
  private mutating func dropLevels(of side: Side, betterThan best: Price) {
    guard !best.isNone else { return }
    while let level = depth.level(0, of: side),
      side == .buy ? level.price > best : level.price < best
    {
      let gone = DepthChange(
        instrument: instrument.id, action: .set, side: side, price: level.price, size: .zero)
      _ = depth.apply(gone)
      note(side, at: level.price)
    }
  }
}

extension WorkingOrder {
  /// The price that a replacement changes: of a pegged order its bound, of an order without a limit its
  /// stop, of others the limit.
  fileprivate var askedPrice: Price {
    get {
      if ticket.type == .pegged { return bound }
      return ticket.type.isConditional && !ticket.type.hasLimit ? ticket.terms.stop : ticket.price
    }
    set {
      if ticket.type == .pegged {
        bound = newValue
      } else if !ticket.type.isConditional || ticket.type.hasLimit {
        ticket.price = newValue
      } else if !newValue.isNone {
        ticket.terms.stop = newValue
      }
    }
  }

  /// The price to report after a replacement that asked for one.
  fileprivate func reported(_ price: Price) -> Price {
    if !price.isNone { return price }
    let own = askedPrice.isNone ? ticket.price : askedPrice
    return own.isNone ? Price(0) : own
  }

}

extension OrderTicket {
  /// Gives it another total, of which it shows no more.
  fileprivate mutating func resize(_ quantity: Quantity) {
    self.quantity = quantity
    if !terms.isPlain { terms.display = min(terms.display, quantity) }
  }
}
