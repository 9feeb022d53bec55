import Events

/// One of our orders at the exchange.
struct WorkingOrder {
  var ticket: OrderTicket
  /// When the command was sent.
  var sent: Instant
  var filled = Quantity.zero
  /// Traded value so far, regardless of sign.
  var value = Money.zero
  /// What the charges that are bounded an order came to so far, before the bounds.
  var commission = Money.zero
  /// Size that trades before us at our price; `unknownQueue` where nobody can say.
  var ahead = WorkingOrder.unknownQueue
  /// What was before us when the order joined the queue.
  var placed = WorkingOrder.unknownQueue
  /// What was displayed at our price when last looked at, less what traded since; `unknownQueue` before.
  var shown = WorkingOrder.unknownQueue
  /// The queue has to be looked up when the present venue event ends.
  var mustQueue = true
  /// It has stood in a queue before.
  var hasJoined = false
  /// Of an iceberg: what is shown of it.
  var visible: Quantity
  /// The visible part was filled and shown anew: the order goes behind ours at its price.
  var isRefilled = false
  /// Bettered the market when it came, and has been best since.
  var isTop = false
  /// Of an if-touched order in LEAN's model: its trigger was reached.
  var isTouched = false
  /// What self-trade prevention took off it.
  var withheld = Quantity.zero
  /// Of a pegged order the limit it was given, beyond which it does not follow; `none` for no such bound.
  var bound = Price.none

  static let unknownQueue = Int64.max

  init(_ ticket: OrderTicket, sent: Instant) {
    self.ticket = ticket
    self.sent = sent
    visible = ticket.terms.display
    if ticket.type == .pegged { bound = ticket.price }
  }

  @inline(__always) var remaining: Quantity { ticket.quantity - filled - withheld }
  @inline(__always) var isDone: Bool { remaining == .zero }
  @inline(__always) var isIceberg: Bool { ticket.terms.display > .zero }
  /// What of it stands in the queue.
  @inline(__always) var inQueue: Quantity { isIceberg ? min(visible, remaining) : remaining }
  /// Whether it belongs to a list of which one order makes the others unnecessary.
  @inline(__always) var isLinked: Bool {
    ticket.terms.linkage != .none && ticket.terms.list != .none
  }

  /// Whether the limit allows a price.
  @inline(__always)
  func allows(_ price: Price) -> Bool {
    ticket.type == .market || reaches(price)
  }

  /// Whether a resting order's limit allows a price.
  @inline(__always)
  func reaches(_ price: Price) -> Bool {
    ticket.side == .buy ? price <= ticket.price : price >= ticket.price
  }

  /// Whether a trade at `price` went past our better limit.
  @inline(__always)
  func isBetter(than price: Price) -> Bool {
    ticket.side == .buy ? ticket.price > price : ticket.price < price
  }
}
