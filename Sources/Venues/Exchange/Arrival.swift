import Events

/// A message of ours on its way to a venue, as plain bytes: the terms that few orders have are beside the line.
struct Arrival: BitwiseCopyable {
  enum Kind: UInt8, BitwiseCopyable {
    case submit, cancel, replace
    /// What has become of an order?
    case query
  }

  var order: OrderID
  /// Of a new order or a replacement.
  var quantity: Quantity
  var price: Price
  var sent: Instant
  var time: Instant
  /// Of a new order only, as are those that follow.
  var strategy = StrategyID(0)
  var account = AccountID.main
  var instrument = InstrumentID.none
  var side = Side.none
  var type = OrderType.none
  var timeInForce = TimeInForce.none
  /// Its terms are not plain.
  var hasTerms = false
  var kind: Kind
  /// Beyond what the venue takes a second.
  var isExcess: Bool

  @inline(__always)
  init(
    _ kind: Kind, _ order: OrderID, _ quantity: Quantity = .zero, _ price: Price = .none,
    isExcess: Bool, sent: Instant, time: Instant
  ) {
    (self.kind, self.order, self.quantity, self.price) = (kind, order, quantity, price)
    (self.isExcess, self.sent, self.time) = (isExcess, sent, time)
  }

  @inline(__always)
  init(_ ticket: borrowing OrderTicket, isExcess: Bool, sent: Instant, time: Instant) {
    (kind, order, quantity, price) = (.submit, ticket.order, ticket.quantity, ticket.price)
    (strategy, account, instrument) = (ticket.strategy, ticket.account, ticket.instrument)
    (side, type, timeInForce) = (ticket.side, ticket.type, ticket.timeInForce)
    hasTerms = !ticket.terms.isPlain
    (self.isExcess, self.sent, self.time) = (isExcess, sent, time)
  }

  /// The order that it brings.
  @inline(__always)
  func ticket(_ terms: OrderTerms) -> OrderTicket {
    OrderTicket(
      order: order, strategy: strategy, account: account, instrument: instrument, side: side,
      type: type, timeInForce: timeInForce, quantity: quantity, price: price, terms: terms)
  }
}

extension Arrival: Due {
  @inline(__always) var due: Instant { time }
}

/// Terms of orders on their way, in the order in which they were sent. All operations amortised O(1).
struct TermsLine {
  private var terms: [OrderTerms] = []
  private var taken = 0

  mutating func append(_ more: OrderTerms) { terms.append(more) }

  /// - Precondition: there are some.
  mutating func removeFirst() -> OrderTerms {
    let first = terms[taken]
    taken += 1
    if taken > 32 && 2 * taken >= terms.count || taken == terms.count {
      terms.removeFirst(taken)
      taken = 0
    }
    return first
  }
}
