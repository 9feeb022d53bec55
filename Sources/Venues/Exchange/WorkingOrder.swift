import Events

/// One of our orders at the exchange.
struct WorkingOrder {
  var ticket: OrderTicket
  /// When the command was sent.
  var sent: Instant
  var filled = Quantity.zero
  /// Traded value so far, regardless of sign.
  var value = Money.zero
  /// Fees so far.
  var fees = Money.zero
  /// Size that trades before us at our price; `unknownQueue` where nobody can say.
  var ahead = WorkingOrder.unknownQueue
  /// With L3: the recorded orders ahead of us, ascending by id.
  var ordersAhead: [UInt64] = []
  /// The queue has to be looked up when the present venue event ends.
  var mustQueue = true

  static let unknownQueue = Int64.max

  init(_ ticket: OrderTicket, sent: Instant) {
    self.ticket = ticket
    self.sent = sent
  }

  var remaining: Quantity { ticket.quantity - filled }
  var isDone: Bool { remaining == .zero }

  /// Whether the limit allows a price.
  func allows(_ price: Price) -> Bool {
    if ticket.type == .market { return true }
    return ticket.side == .buy ? price <= ticket.price : price >= ticket.price
  }

  /// Whether a trade at `price` went past our better limit.
  func isBetter(than price: Price) -> Bool {
    ticket.side == .buy ? ticket.price > price : ticket.price < price
  }

  /// Place of a recorded order in `ordersAhead`, or nil. O(log n).
  func placeAhead(of order: UInt64) -> Int? {
    var low = 0
    var high = ordersAhead.count
    while low < high {
      let middle = (low + high) / 2
      if ordersAhead[middle] < order { low = middle + 1 } else { high = middle }
    }
    return low < ordersAhead.count && ordersAhead[low] == order ? low : nil
  }
}

/// Resting orders of a side: best price first, oldest first. O(n) in the orders of one instrument.
struct OrderLadder {
  private(set) var orders: [WorkingOrder] = []

  var count: Int { orders.count }
  var isEmpty: Bool { orders.isEmpty }

  subscript(index: Int) -> WorkingOrder {
    _read { yield orders[index] }
    _modify { yield &orders[index] }
  }

  /// Puts an order behind all that are not worse.
  mutating func insert(_ order: WorkingOrder) {
    var place = orders.count
    while place > 0 && order.isBetter(than: orders[place - 1].ticket.price) { place -= 1 }
    orders.insert(order, at: place)
  }

  func firstIndex(of order: OrderID) -> Int? { orders.firstIndex { $0.ticket.order == order } }

  @discardableResult
  mutating func remove(at index: Int) -> WorkingOrder { orders.remove(at: index) }

  mutating func removeDone() {
    if orders.contains(where: \.isDone) { orders.removeAll(where: \.isDone) }
  }
}
