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
    let number = nextVenueOrder
    let isTaken = change(index) { market, outbox in
      market.submit(ticket, sent: sent, number: number, &outbox)
    }
    if isTaken { nextVenueOrder += 1 }
  }

  mutating func cancel(_ order: OrderID, market index: Int?) {
    guard let index else {
      outbox.send(order, .requestRejected(.cancel, code: lateness(of: order), text: ""))
      return
    }
    change(index) { market, outbox in market.cancel(order, &outbox) }
  }

  mutating func replace(
    _ order: OrderID, quantity: Quantity, price: Price, sent: Instant, market index: Int?
  ) {
    guard let index else {
      outbox.send(order, .requestRejected(.replace, code: lateness(of: order), text: ""))
      return
    }
    change(index) { market, outbox in
      market.requestReplace(order, quantity: quantity, price: price, sent: sent, &outbox)
    }
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
    _ ticket: OrderTicket, sent: Instant, number: UInt64, _ outbox: inout Outbox
  ) -> Bool {
    if let (code, text) = objection(to: ticket) {
      outbox.send(ticket.order, .rejected(code: code, text: text))
      return false
    }
    outbox.send(ticket.order, .accepted(venueOrder: Self.name(ofVenueOrder: number)))
    enter(WorkingOrder(ticket, sent: sent), &outbox)
    return true
  }

  /// `SIM` and the number, without the detours of string interpolation.
  private static func name(ofVenueOrder number: UInt64) -> String {
    var text = InlineArray<24, UInt8>(repeating: 0)
    var start = text.count
    var rest = number
    repeat {
      let (tenth, digit) = rest.quotientAndRemainder(dividingBy: 10)
      start -= 1
      text[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit)
      rest = tenth
    } while rest > 0
    start -= 3
    text[start] = UInt8(ascii: "S")
    text[start + 1] = UInt8(ascii: "I")
    text[start + 2] = UInt8(ascii: "M")
    let used = text.span.extracting(start..<text.count)
    guard let valid = try? UTF8Span(validating: used) else { preconditionFailure("digits") }
    return String(copying: valid)
  }

  mutating func cancel(_ order: OrderID, _ outbox: inout Outbox) {
    if remove(order) == nil {
      outbox.send(order, .requestRejected(.cancel, code: Code.tooLate, text: "not working"))
    } else {
      outbox.send(order, .cancelled(.requested, text: ""))
    }
  }

  mutating func requestReplace(
    _ order: OrderID, quantity: Quantity, price: Price, sent: Instant, _ outbox: inout Outbox
  ) {
    if let (code, text) = objection(toReplacing: order, quantity, price) {
      outbox.send(order, .requestRejected(.replace, code: code, text: text))
    } else {
      outbox.send(order, .replaced(quantity: quantity, price: price))
      replace(order, quantity: quantity, price: price, sent: sent, &outbox)
    }
  }

  private func objection(toReplacing order: OrderID, _ quantity: Quantity, _ price: Price)
    -> (UInt16, String)?
  {
    guard let working = working(order) else { return (Code.tooLate, "not working") }
    if working.ticket.type != .limit {
      return (Code.other, "only limit orders can be replaced")
    }
    if let problem = problem(quantity: quantity) { return (Code.invalidQuantity, problem) }
    if quantity <= working.filled {
      return (Code.invalidQuantity, "not above the filled quantity")
    }
    if let problem = problem(price: price) { return (Code.invalidPrice, problem) }
    return isTrading ? nil : (Code.notTrading, "the instrument is not trading")
  }

  /// Why an order cannot be taken, or nil.
  func objection(to ticket: OrderTicket) -> (UInt16, String)? {
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
