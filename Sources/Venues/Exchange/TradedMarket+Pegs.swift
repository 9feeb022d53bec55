import Books
import Events

// Orders whose limit the exchange moves with a reference price (docs/orders.md, Conditions).
extension TradedMarket {
  /// The limit that a pegged order has now; nil if its reference is not there.
  ///
  /// Whole ticks, rounded away from the other side, never beyond its own bound, and never at or beyond the
  /// other side unless it is pegged to that.
  func pegged(_ order: WorkingOrder) -> Price? {
    let side = order.ticket.side
    let own = level(0, of: side)?.price
    let other = level(0, of: side.opposite)?.price
    let reference: Int128
    switch order.ticket.terms.peg {
    case .none: return nil
    case .primary:
      guard let own else { return nil }
      reference = Int128(own.raw)
    case .market:
      guard let other else { return nil }
      reference = Int128(other.raw)
    case .mid:
      guard let own, let other else { return nil }
      let sum = Int128(own.raw) + Int128(other.raw)
      reference = side == .buy ? sum >> 1 : -(-sum >> 1)
    }
    let sum = reference + Int128(order.ticket.terms.pegOffset) * Int128(side.sign)
    guard sum.magnitude < Price.limit.magnitude else { return nil }
    let tick = instrument.tickSize.raw
    var price = Price.inTicks(Int64(sum), tick, up: side == .sell).raw
    if order.ticket.terms.peg != .market, let other, other.raw.magnitude < Price.limit.magnitude {
      let nearest = side == .buy ? other.raw - tick : other.raw + tick
      price = side == .buy ? min(price, nearest) : max(price, nearest)
    }
    if !order.bound.isNone {
      price = side == .buy ? min(price, order.bound.raw) : max(price, order.bound.raw)
    }
    return Price(price)
  }

  /// A pegged order takes the price of now and meets the market, or waits until there is one.
  mutating func enterPegged(_ entering: WorkingOrder, _ outbox: inout Outbox) {
    var order = entering
    hasPegs = true
    guard let price = pegged(order) else {
      parked.append(order)
      return
    }
    order.ticket.price = price
    if order.ticket.terms.isPostOnly, wouldTake(order.ticket) {
      parked.append(order)
      return
    }
    enterBook(&order, &outbox)
  }

  /// Moves the pegged orders whose reference moved, the oldest first; each loses its place in the queue.
  mutating func movePegs(_ outbox: inout Outbox) {
    var moved = parked
    parked.removeAll(keepingCapacity: true)
    for side in [Side.buy, .sell] {
      var cursor = resting.start(side)
      while let place = resting.next(&cursor) {
        let order = resting[place]
        if order.ticket.type != .pegged || pegged(order) == order.ticket.price { continue }
        moved.append(order)
        resting.remove(at: place)
      }
    }
    moved.sort { $0.ticket.order < $1.ticket.order }
    for order in moved { enterPegged(order, &outbox) }
    hasPegs = !parked.isEmpty || resting.contains { $0.ticket.type == .pegged }
  }
}
