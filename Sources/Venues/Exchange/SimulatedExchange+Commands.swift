import Events

// Commands as they take effect.
extension SimulatedExchange {
  private typealias Code = VenueReport.RejectCode

  mutating func submit(_ ticket: OrderTicket, sent: Instant, market index: Int?) {
    let isNew = ledger.add(ticket.order, ticket.instrument)
    guard let index, isNew else {
      let (code, text) =
        isNew
        ? (Code.unknownInstrument, "no such instrument") : (Code.duplicateOrder, "")
      outbox.send(ticket.order, .rejected(code: code, text: text))
      return
    }
    if let (code, text) = markets[index].objection(to: ticket) {
      outbox.send(ticket.order, .rejected(code: code, text: text))
      return
    }
    outbox.send(ticket.order, .accepted(venueOrder: "SIM\(nextVenueOrder)"))
    nextVenueOrder += 1
    markets[index].enter(WorkingOrder(ticket, sent: sent), &outbox)
  }

  mutating func cancel(_ order: OrderID, market index: Int?) {
    guard let index else {
      let isKnown = ledger.instrument(of: order) != nil
      outbox.send(order, .requestRejected(.cancel, code: Self.lateness(isKnown), text: ""))
      return
    }
    if markets[index].remove(order) == nil {
      outbox.send(order, .requestRejected(.cancel, code: Code.tooLate, text: "not working"))
    } else {
      outbox.send(order, .cancelled(.requested, text: ""))
    }
  }

  private static func lateness(_ isKnown: Bool) -> UInt16 {
    isKnown ? Code.tooLate : Code.unknownOrder
  }

  mutating func replace(
    _ order: OrderID, quantity: Quantity, price: Price, sent: Instant, market index: Int?
  ) {
    func refused(_ code: UInt16, _ text: String) -> VenueReport.Outcome {
      .requestRejected(.replace, code: code, text: text)
    }
    guard let index else {
      let isKnown = ledger.instrument(of: order) != nil
      outbox.send(order, refused(Self.lateness(isKnown), ""))
      return
    }
    guard let working = markets[index].working(order) else {
      outbox.send(order, refused(Code.tooLate, "not working"))
      return
    }
    if working.ticket.type != .limit {
      outbox.send(order, refused(Code.other, "only limit orders can be replaced"))
    } else if let problem = markets[index].problem(quantity: quantity) {
      outbox.send(order, refused(Code.invalidQuantity, problem))
    } else if quantity <= working.filled {
      outbox.send(order, refused(Code.invalidQuantity, "not above the filled quantity"))
    } else if let problem = markets[index].problem(price: price) {
      outbox.send(order, refused(Code.invalidPrice, problem))
    } else if !markets[index].isTrading {
      outbox.send(order, refused(Code.notTrading, "the instrument is not trading"))
    } else {
      outbox.send(order, .replaced(quantity: quantity, price: price))
      markets[index].replace(order, quantity: quantity, price: price, sent: sent, &outbox)
    }
  }
}

extension TradedMarket {
  /// Why an order cannot be taken, or nil. Changes nothing: mutating only so that the market is looked at
  /// where it is, since a copy of one, with all it refers to, costs more than all that is looked at.
  mutating func objection(to ticket: OrderTicket) -> (UInt16, String)? {
    typealias Code = VenueReport.RejectCode
    if ticket.side == .none || ticket.type == .none || ticket.timeInForce == .none {
      return (Code.other, "side, type or time in force is missing")
    }
    if let problem = problem(quantity: ticket.quantity) { return (Code.invalidQuantity, problem) }
    if ticket.type == .limit, let problem = problem(price: ticket.price) {
      return (Code.invalidPrice, problem)
    }
    if !isTrading { return (Code.notTrading, "the instrument is not trading") }
    if ticket.type == .market && !hasLiquidity(for: ticket.side) {
      return (Code.noLiquidity, "nothing on the other side")
    }
    return nil
  }

  /// Why no order can have the quantity, or nil.
  func problem(quantity: Quantity) -> String? {
    if quantity <= .zero || quantity.raw > Quantity.limit { return "the quantity is not positive" }
    return quantity.raw % instrument.lotSize.raw == 0
      ? nil : "not a multiple of the lot \(instrument.text(instrument.lotSize))"
  }

  /// Why no order can have the limit, or nil.
  func problem(price: Price) -> String? {
    if price.isNone || !(-Price.limit...Price.limit).contains(price.raw) { return "no price" }
    return price.raw % instrument.tickSize.raw == 0
      ? nil : "not a multiple of the tick \(instrument.text(instrument.tickSize))"
  }

  func working(_ order: OrderID) -> WorkingOrder? {
    if let index = buys.firstIndex(of: order) { return buys[index] }
    if let index = sells.firstIndex(of: order) { return sells[index] }
    return waiting.first { $0.ticket.order == order }
  }

  /// Takes an order out of the market; nil if it is not there.
  @discardableResult
  mutating func remove(_ order: OrderID) -> WorkingOrder? {
    if let index = buys.firstIndex(of: order) { return buys.remove(at: index) }
    if let index = sells.firstIndex(of: order) { return sells.remove(at: index) }
    guard let index = waiting.firstIndex(where: { $0.ticket.order == order }) else { return nil }
    return waiting.remove(at: index)
  }

  /// Gives a working limit order a new total and limit. Only a smaller total at the same limit keeps its
  /// priority; otherwise it enters anew and may trade at once.
  mutating func replace(
    _ order: OrderID, quantity: Quantity, price: Price, sent: Instant, _ outbox: inout Outbox
  ) {
    guard var working = working(order) else { return }
    if price == working.ticket.price && quantity <= working.ticket.quantity {
      resize(order, to: quantity)
      return
    }
    remove(order)
    working.ticket.quantity = quantity
    working.ticket.price = price
    working.sent = sent
    enter(working, &outbox)
  }

  private mutating func resize(_ order: OrderID, to quantity: Quantity) {
    if let index = buys.firstIndex(of: order) { buys[index].ticket.quantity = quantity }
    if let index = sells.firstIndex(of: order) { sells[index].ticket.quantity = quantity }
    if let index = waiting.firstIndex(where: { $0.ticket.order == order }) {
      waiting[index].ticket.quantity = quantity
    }
  }

  /// The quote feed's best prices, stored apart on the hot path.
  mutating func show(_ latest: Quote) {
    if source < .quotes { source = .quotes }
    if source == .quotes { quote = latest }
  }

  /// The trading status changes; at the close day orders expire, in the order of their ids.
  mutating func apply(_ change: StatusChange, _ outbox: inout Outbox) {
    status = change.status
    guard status == .closed else { return }
    let day = (buys.orders + sells.orders + waiting).filter { $0.ticket.timeInForce == .day }
    for order in day.map(\.ticket.order).sorted() {
      remove(order)
      outbox.send(order, .expired)
    }
  }
}
