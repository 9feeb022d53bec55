import Events

// Orders that the core keeps, and executions that the venue takes back.
extension Order {
  /// Whether it watches the market: held, awake, with a condition.
  var isWatching: Bool {
    state == .held && ticket.type.isConditional && ticket.terms.activation == .immediate
  }

  /// Takes the prices that an entry brought.
  /// - Returns: the price that makes the order due, if one does.
  mutating func see(_ prices: SeenPrices) -> Price? { ticket.see(prices) }

  /// Changes an order that is held still.
  mutating func hold(_ ticket: OrderTicket, sequence: UInt64) {
    guard state == .held else { return }
    self.ticket = ticket
    (requestSequence, termsSequence) = (sequence, sequence)
  }

  /// Wakes an order whose parent has filled: it watches the market, or can go out.
  /// - Parameter quantity: what the parent's fills allow, at most the order's own. The rest stays dormant if it
  ///   wakes with each fill.
  mutating func activate(_ quantity: Quantity) {
    guard state == .held else { return }
    let awake = min(ticket.quantity, quantity)
    if ticket.terms.activation == .parentFilling { dormant = ticket.quantity - awake }
    ticket.terms.activation = .immediate
    ticket.quantity = awake
  }

  /// More of an order is awake. What the venue has of it must be asked to grow.
  /// - Precondition: no more than is dormant.
  mutating func wake(_ quantity: Quantity) {
    precondition(quantity <= dormant)
    dormant -= quantity
    if state == .held { ticket.quantity += quantity }
  }

  /// The order goes out as this ticket.
  mutating func release(_ ticket: OrderTicket, sequence: UInt64) {
    guard state == .held else { return }
    self.ticket = ticket
    state = .pending
    (requestSequence, termsSequence) = (sequence, sequence)
  }

  /// The core ends an order that it held.
  mutating func end(_ cause: EndCause) {
    guard state == .held else { return }
    switch cause {
    case .strategy, .operator, .halt, .linked, .parentEnded, .adjusted, .liquidation, .roll:
      finish(.cancelled)
    case .expired: finish(.expired)
    case .refused: finish(.rejected)
    case .completed: finish(filled.raw > 0 && filled == ticket.quantity ? .filled : .cancelled)
    }
  }

  /// A linked order filled this much: what is left of a held one is less.
  /// - Returns: whether anything is left.
  mutating func reduce(by quantity: Quantity) -> Bool {
    guard state == .held else { return true }
    guard quantity < ticket.quantity else { return false }
    ticket.quantity -= quantity
    return true
  }

  /// A condition that rested at the venue was met there, by a price that is at the stop or beyond it.
  mutating func trigger(at price: Price) -> Effect {
    guard ticket.type.isConditional else { return .illegal("the order has no condition") }
    var met = ticket
    if ticket.type == .trailingStopLimit {
      guard (-Price.limit...Price.limit).contains(price.raw) else {
        return .illegal("triggered at a price that no order can have")
      }
      // Where the venue's trail had the stop is not told. The limit that follows from the price is that or one
      // that fills sooner: enough for what may be traded and paid.
      met.terms.stop = price
    }
    let sent = met.released(tick: 1)
    ticket.type = sent.type
    if sent.type == .limit { ticket.price = sent.price }
    return .applied
  }

  /// An execution of this quantity is taken back. An order that ended stays ended; what is open may fill
  /// again.
  mutating func unfill(_ quantity: Quantity) {
    filled = max(filled - quantity, .zero)
    if state == .partial { state = openState }
  }

  /// An execution has this quantity now, after the old one was taken back.
  mutating func refill(_ quantity: Quantity) {
    let (sum, overflow) = filled.raw.addingReportingOverflow(quantity.raw)
    filled = Quantity(overflow ? .max : sum)
    guard !state.isFinal else { return }
    if filled >= ticket.quantity { finish(.filled) } else if state == .working { state = openState }
  }
}
