import Events

/// The generator's own matching book: orders by price, then time, prices in ticks and sizes in lots.
/// Every change is logged, so that each output form tells the same story.
///
/// Levels live in a ring addressed by the tick's low bits; an order whose place in the ring belongs to
/// another tick is not taken, which happens only thousands of ticks away from the market.
struct FlowBook {
  /// What happened, in order.
  struct Change: BitwiseCopyable {
    enum Kind: UInt8, BitwiseCopyable { case add, modify, cancel, delete, execute, trade }
    var kind: Kind
    /// Of the resting order; of a trade, the aggressor's.
    var side: Side
    var order: UInt64
    var tick: Int64
    var size: Int64
  }

  /// A level whose size changed.
  struct Touch: Equatable, BitwiseCopyable {
    var side: Side
    var tick: Int64
  }

  struct Order: BitwiseCopyable {
    var id: UInt64
    var tick: Int64
    var size: Int64
    var side: Side
    /// The maker's quote it is, or `FlowBook.noOwner`.
    var owner: Int16
    fileprivate var previous: Int32 = FlowBook.none
    fileprivate var next: Int32 = FlowBook.none
    /// Index in `live`.
    fileprivate var position: Int32 = 0
  }

  private struct Level: BitwiseCopyable {
    var tick: Int64 = 0
    var size: Int64 = 0
    var first: Int32 = FlowBook.none
    var last: Int32 = FlowBook.none
  }

  static let none: Int32 = -1
  static let noOwner: Int16 = -1
  /// Ticks that the ring holds, a power of two.
  static let span: Int64 = 4096
  static let noBid = Int64.min
  static let noAsk = Int64.max

  private(set) var bestBid = FlowBook.noBid
  private(set) var bestAsk = FlowBook.noAsk
  /// Slots of the resting orders, in no particular order.
  private(set) var live: [Int32] = []
  private(set) var orders: [Order] = []
  /// Slots of quotes by owner, `FlowBook.none` where there is none.
  private(set) var quotes: [Int32]
  /// What happened since the reader emptied it.
  var log: [Change] = []
  /// Levels whose size changed since the reader emptied it, perhaps more than once.
  var touched: [Touch] = []
  private var free: [Int32] = []
  private var levels: [Level]

  /// - Parameter owners: number of makers' quotes to keep track of.
  init(owners: Int) {
    quotes = [Int32](repeating: Self.none, count: owners)
    levels = [Level](repeating: Level(), count: 2 * Int(Self.span))
  }

  /// Size at a tick of a side, in lots.
  func size(_ side: Side, at tick: Int64) -> Int64 {
    let level = levels[place(side, tick)]
    return level.tick == tick ? level.size : 0
  }

  /// Puts an order at the back of its level. Returns false if the ring has no place for the tick.
  /// - Precondition: the tick does not cross the other side.
  @discardableResult
  mutating func add(_ side: Side, tick: Int64, size: Int64, owner: Int16, id: UInt64) -> Bool {
    precondition(side == .buy ? tick < bestAsk : tick > bestBid)
    guard hasPlace(side, tick) else { return false }
    let slot: Int32
    let order = Order(id: id, tick: tick, size: size, side: side, owner: owner)
    if let reused = free.popLast() {
      slot = reused
      orders[Int(slot)] = order
    } else {
      slot = Int32(orders.count)
      orders.append(order)
    }
    orders[Int(slot)].position = Int32(live.count)
    live.append(slot)
    if owner >= 0 { quotes[Int(owner)] = slot }
    link(slot)
    log.append(Change(kind: .add, side: side, order: id, tick: tick, size: size))
    return true
  }

  /// Takes `size` off an order, or all of it.
  mutating func reduce(_ slot: Int32, by size: Int64) {
    let order = orders[Int(slot)]
    guard size < order.size else { return remove(slot) }
    orders[Int(slot)].size -= size
    shrink(order, by: size)
    log.append(
      Change(kind: .cancel, side: order.side, order: order.id, tick: order.tick, size: size))
  }

  /// Removes an order.
  mutating func remove(_ slot: Int32) {
    let order = orders[Int(slot)]
    log.append(
      Change(kind: .delete, side: order.side, order: order.id, tick: order.tick, size: order.size))
    unlink(slot)
    release(slot)
  }

  /// Gives an order another price or size; it loses priority unless only its size shrinks.
  /// - Precondition: size > 0, and the tick does not cross the other side.
  mutating func modify(_ slot: Int32, tick: Int64, size: Int64) {
    let order = orders[Int(slot)]
    precondition(size > 0 && (order.side == .buy ? tick < bestAsk : tick > bestBid))
    guard hasPlace(order.side, tick) else { return }
    if tick == order.tick && size <= order.size {
      shrink(order, by: order.size - size)
      orders[Int(slot)].size = size
    } else {
      unlink(slot)
      orders[Int(slot)].tick = tick
      orders[Int(slot)].size = size
      link(slot)
    }
    log.append(
      Change(kind: .modify, side: order.side, order: order.id, tick: tick, size: size))
  }

  /// Executes an incoming order against the other side, best price first, oldest first, as far as its
  /// limit allows.
  /// - Returns: what is left of it.
  mutating func take(_ side: Side, size: Int64, limit: Int64) -> Int64 {
    var rest = size
    while rest > 0 {
      let tick = side == .buy ? bestAsk : bestBid
      guard side == .buy ? tick <= limit : tick >= limit,
        tick != Self.noAsk, tick != Self.noBid
      else { break }
      let slot = levels[place(side.opposite, tick)].first
      let order = orders[Int(slot)]
      let executed = min(rest, order.size)
      rest -= executed
      log.append(
        Change(kind: .execute, side: order.side, order: order.id, tick: tick, size: executed))
      log.append(Change(kind: .trade, side: side, order: 0, tick: tick, size: executed))
      if executed == order.size {
        unlink(slot)
        release(slot)
      } else {
        orders[Int(slot)].size -= executed
        shrink(order, by: executed)
      }
    }
    return rest
  }

  /// Removes every order without a word in the log.
  mutating func removeAll() {
    for slot in live { unlink(slot) }
    live.removeAll(keepingCapacity: true)
    free.removeAll(keepingCapacity: true)
    orders.removeAll(keepingCapacity: true)
    for owner in quotes.indices { quotes[owner] = Self.none }
  }

  /// The resting orders of a side as additions, best price first, oldest first.
  func additions(_ side: Side) -> [Change] {
    var slots = live.filter { orders[Int($0)].side == side }
    slots.sort { a, b in
      let (x, y) = (orders[Int(a)], orders[Int(b)])
      if x.tick != y.tick { return side == .buy ? x.tick > y.tick : x.tick < y.tick }
      return queueRank(a) < queueRank(b)
    }
    return slots.map {
      let order = orders[Int($0)]
      return Change(kind: .add, side: side, order: order.id, tick: order.tick, size: order.size)
    }
  }

  /// How many orders stand before an order in its level. O(queue).
  private func queueRank(_ slot: Int32) -> Int {
    var rank = 0
    var ahead = orders[Int(slot)].previous
    while ahead != Self.none {
      rank += 1
      ahead = orders[Int(ahead)].previous
    }
    return rank
  }

  private func place(_ side: Side, _ tick: Int64) -> Int {
    Int(tick & (Self.span - 1)) + (side == .sell ? Int(Self.span) : 0)
  }

  private func hasPlace(_ side: Side, _ tick: Int64) -> Bool {
    let level = levels[place(side, tick)]
    return tick > 0 && (level.tick == tick || level.size == 0)
  }

  private mutating func shrink(_ order: Order, by size: Int64) {
    levels[place(order.side, order.tick)].size -= size
    touched.append(Touch(side: order.side, tick: order.tick))
  }

  private mutating func link(_ slot: Int32) {
    let order = orders[Int(slot)]
    let index = place(order.side, order.tick)
    touched.append(Touch(side: order.side, tick: order.tick))
    if levels[index].first == Self.none {
      levels[index] = Level(tick: order.tick, size: order.size, first: slot, last: slot)
      orders[Int(slot)].previous = Self.none
    } else {
      let last = levels[index].last
      orders[Int(last)].next = slot
      orders[Int(slot)].previous = last
      levels[index].last = slot
      levels[index].size += order.size
    }
    orders[Int(slot)].next = Self.none
    switch order.side {
    case .buy: bestBid = max(bestBid, order.tick)
    case .sell: bestAsk = min(bestAsk, order.tick)
    case .none: break
    }
  }

  private mutating func unlink(_ slot: Int32) {
    let order = orders[Int(slot)]
    let index = place(order.side, order.tick)
    if order.previous == Self.none {
      levels[index].first = order.next
    } else {
      orders[Int(order.previous)].next = order.next
    }
    if order.next == Self.none {
      levels[index].last = order.previous
    } else {
      orders[Int(order.next)].previous = order.previous
    }
    shrink(order, by: order.size)
    guard levels[index].first == Self.none else { return }
    if order.side == .buy && order.tick == bestBid { bestBid = nextBest(.buy, from: order.tick) }
    if order.side == .sell && order.tick == bestAsk { bestAsk = nextBest(.sell, from: order.tick) }
  }

  private mutating func release(_ slot: Int32) {
    let order = orders[Int(slot)]
    let moved = live.removeLast()
    if moved != slot {
      live[Int(order.position)] = moved
      orders[Int(moved)].position = order.position
    }
    if order.owner >= 0 && quotes[Int(order.owner)] == slot {
      quotes[Int(order.owner)] = Self.none
    }
    free.append(slot)
  }

  /// The best occupied tick behind an emptied one; the ring first, then all levels.
  private func nextBest(_ side: Side, from tick: Int64) -> Int64 {
    for distance in 1..<64 {
      let next = tick - Int64(distance) * side.sign
      let level = levels[place(side, next)]
      if level.tick == next && level.size > 0 { return next }
    }
    let start = side == .sell ? Int(Self.span) : 0
    var best = side == .buy ? Self.noBid : Self.noAsk
    for level in levels[start..<start + Int(Self.span)] where level.size > 0 {
      best = side == .buy ? max(best, level.tick) : min(best, level.tick)
    }
    return best
  }
}
