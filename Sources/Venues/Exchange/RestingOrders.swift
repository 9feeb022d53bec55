import Books
import Events

/// Our orders that rest in one market. Orders stay where they were put, in a pool; each price of a side has
/// a line of them, the oldest first. By id, and first or last at a price, an order is found in O(1); prices
/// cost as `PriceLadder` says.
struct RestingOrders: ~Copyable {
  /// The orders at a price.
  struct Level: PricedRung {
    var key: Int64
    var first: Int32
    var last: Int32
    /// Its orders are to be compared with what is displayed.
    var isChanged = false
  }

  typealias Ladder = PriceLadder<Level>

  /// The next order of a side to look at, from the best price on and the oldest there. The order that was
  /// given last may leave meanwhile, others not.
  struct Cursor {
    fileprivate var side: Side
    fileprivate var level: Int
    fileprivate var place: Int32
  }

  /// Neighbours in the line at a price; -1 for none. Of a free place `next` is the next free one.
  private struct Links: BitwiseCopyable {
    var next: Int32
    var previous: Int32
  }

  private var pool: [WorkingOrder] = []
  private var links: [Links] = []
  /// With L3, of each place the recorded orders ahead, ascending by id.
  private var ordersAhead: [[UInt64]] = []
  private var free: Int32 = -1
  /// Places by id, one above those in the pool.
  private var table = OrderIndex()
  /// Of buys, then of sells.
  private var ladders: InlineArray<2, Ladder> = [Ladder(), Ladder()]
  /// Places of icebergs that showed themselves anew, to go behind ours at their prices.
  private var refilled: [Int32] = []
  private(set) var count = 0
  /// Orders that have yet to find their queue.
  private(set) var unqueued = 0
  /// Some level is to be compared with what is displayed.
  private(set) var hasChanges = false
  /// Where those are, of buys, then of sells.
  private var changed: InlineArray<2, KeyRange> = [KeyRange(), KeyRange()]

  var isEmpty: Bool { count == 0 }
  func isEmpty(_ side: Side) -> Bool { ladders[Self.index(side)].isEmpty }

  @inline(__always)
  private static func index(_ side: Side) -> Int { side == .buy ? 0 : 1 }

  subscript(place: Int) -> WorkingOrder {
    @inline(__always) _read { yield pool[place] }
    @inline(__always) _modify { yield &pool[place] }
  }

  /// What is left of an order.
  @inline(__always)
  func remaining(at place: Int) -> Quantity {
    pool[place].ticket.quantity - pool[place].filled - pool[place].withheld
  }

  /// Place of an order, or nil.
  func find(_ order: OrderID) -> Int? {
    if count == 0 { return nil }
    let place = entry(of: order).place
    return place == 0 ? nil : place - 1
  }

  private func entry(of order: OrderID) -> (slot: Int, place: Int) {
    table.find(order.raw) { pool[$0 - 1].ticket.order == order }
  }

  /// Limit of the best order of a side, or nil.
  func bestPrice(_ side: Side) -> Price? {
    ladders[Self.index(side)].best.map { Ladder.price($0.key, side) }
  }

  /// Whether the limit of the best order of a side allows a price.
  @inline(__always)
  func reaches(_ price: Price, _ side: Side) -> Bool {
    let index = Self.index(side)
    return !ladders[index].isEmpty && ladders[index].bestKey >= Ladder.key(price, side)
  }

  // MARK: In order

  func start(_ side: Side) -> Cursor {
    let last = ladders[Self.index(side)].count - 1
    return Cursor(side: side, level: last, place: first(side, last))
  }

  /// Begins at a price, or nil where nothing rests at it.
  func start(_ side: Side, at price: Price) -> Cursor? {
    guard let level = ladders[Self.index(side)].find(Ladder.key(price, side)) else { return nil }
    return Cursor(side: side, level: level, place: first(side, level))
  }

  /// The place of the next order, or nil.
  @inline(__always)
  func next(_ cursor: inout Cursor) -> Int? {
    if cursor.place < 0 { return nil }
    let place = Int(cursor.place)
    cursor.place = links[place].next
    if cursor.place < 0 {
      cursor.level -= 1
      cursor.place = first(cursor.side, cursor.level)
    }
    return place
  }

  /// The same, as far as the price of the one before goes.
  @inline(__always)
  func nextAtPrice(_ cursor: inout Cursor) -> Int? {
    if cursor.place < 0 { return nil }
    let place = Int(cursor.place)
    cursor.place = links[place].next
    return place
  }

  /// Every order for which `isWanted` holds, buys first.
  func all(where isWanted: (WorkingOrder) -> Bool) -> [WorkingOrder] {
    var orders: [WorkingOrder] = []
    for side in [Side.buy, .sell] {
      var cursor = start(side)
      while let place = next(&cursor) {
        if isWanted(pool[place]) { orders.append(pool[place]) }
      }
    }
    return orders
  }

  func contains(where isWanted: (WorkingOrder) -> Bool) -> Bool {
    for side in [Side.buy, .sell] {
      var cursor = start(side)
      while let place = next(&cursor) {
        if isWanted(pool[place]) { return true }
      }
    }
    return false
  }

  @inline(__always)
  private func first(_ side: Side, _ level: Int) -> Int32 {
    if level < 0 { return -1 }
    return ladders[Self.index(side)][level].first
  }

  // MARK: Coming and going

  /// Puts an order behind all that are not worse.
  /// - Parameter ids: with L3 the recorded orders ahead of it, ascending.
  @inline(__always)
  mutating func insert(_ order: WorkingOrder, behind ids: [UInt64]) {
    let (side, id, mustQueue) = (order.ticket.side, order.ticket.order, order.mustQueue)
    let key = Ladder.key(order.ticket.price, side)
    let place: Int
    if free >= 0 {
      place = Int(free)
      free = links[place].next
      pool[place] = order
    } else {
      place = pool.count
      pool.append(order)
      links.append(Links(next: -1, previous: -1))
      ordersAhead.append([])
    }
    if !ids.isEmpty { ordersAhead[place] = ids }
    enter(id, at: place)
    link(place, key, Self.index(side), isChanged: mustQueue)
    if mustQueue { (unqueued, hasChanges) = (unqueued + 1, true) }
  }

  private mutating func enter(_ id: OrderID, at place: Int) {
    table.makeRoom()
    let entry = entry(of: id)
    precondition(entry.place == 0, "an order rests once")
    table.insert(id.raw, place: place + 1, slot: entry.slot)
    count += 1
  }

  private mutating func link(_ place: Int, _ key: Int64, _ index: Int, isChanged: Bool) {
    let level = ladders[index].place(of: key)
    if isChanged { changed[index].add(key, at: level) }
    if ladders[index].holds(key, at: level) {
      let last = ladders[index][level].last
      ladders[index][level].last = Int32(place)
      if isChanged { ladders[index][level].isChanged = true }
      links[Int(last)].next = Int32(place)
      links[place] = Links(next: -1, previous: last)
    } else {
      links[place] = Links(next: -1, previous: -1)
      ladders[index].insert(
        Level(key: key, first: Int32(place), last: Int32(place), isChanged: isChanged), at: level)
    }
  }

  /// Takes an order out; its place is free for another.
  mutating func remove(at place: Int) {
    remove(at: place, slot: entry(of: pool[place].ticket.order))
  }

  /// Takes an order out; false if it does not rest.
  mutating func remove(_ order: OrderID) -> Bool {
    if count == 0 { return false }
    let entry = entry(of: order)
    if entry.place == 0 { return false }
    remove(at: entry.place - 1, slot: entry)
    return true
  }

  private mutating func remove(at place: Int, slot entry: (slot: Int, place: Int)) {
    precondition(entry.place == place + 1, "only an order that rests leaves")
    let (side, price) = (pool[place].ticket.side, pool[place].ticket.price)
    if pool[place].mustQueue { unqueued -= 1 }
    // What few orders have is given back; the rest is written over.
    if !pool[place].ticket.terms.isPlain { pool[place].ticket.terms = .plain }
    table.remove(slot: entry.slot)
    if !ordersAhead[place].isEmpty { ordersAhead[place] = [] }
    unlink(place, Ladder.key(price, side), Self.index(side))
    links[place].next = free
    free = Int32(place)
    count -= 1
  }

  private mutating func unlink(_ place: Int, _ key: Int64, _ index: Int) {
    let (next, previous) = (links[place].next, links[place].previous)
    if next >= 0 { links[Int(next)].previous = previous }
    if previous >= 0 { links[Int(previous)].next = next }
    if next >= 0, previous >= 0 { return }
    let level = ladders[index].place(of: key)
    if next < 0, previous < 0 {
      ladders[index].remove(at: level)
    } else if next < 0 {
      ladders[index][level].last = previous
    } else {
      ladders[index][level].first = next
    }
  }

  /// Ends a look at an order: one that is done leaves, an iceberg that showed itself anew will.
  @inline(__always)
  mutating func release(_ place: Int) {
    if remaining(at: place) == .zero {
      remove(at: place)
    } else if pool[place].isRefilled {
      refilled.append(Int32(place))
    }
  }

  /// Whether icebergs showed themselves anew since the last look.
  var hasRefilled: Bool { !refilled.isEmpty }

  /// Their places, in the order in which they did; they are to be given back with `refill`.
  mutating func takeRefilled() -> [Int] {
    defer { refilled.removeAll(keepingCapacity: true) }
    return refilled.map(Int.init)
  }

  mutating func refill(_ places: [Int]) { for place in places { refilled.append(Int32(place)) } }

  /// Whether an order is the oldest at the best price of its side.
  func isFirst(_ place: Int) -> Bool {
    let side = pool[place].ticket.side
    return Int(first(side, ladders[Self.index(side)].count - 1)) == place
  }

  /// Puts icebergs that showed themselves anew behind ours at their prices, in that order.
  mutating func requeueRefilled() {
    if refilled.isEmpty { return }
    for place in refilled {
      let place = Int(place)
      pool[place].isRefilled = false
      let side = pool[place].ticket.side
      let key = Ladder.key(pool[place].ticket.price, side)
      unlink(place, key, Self.index(side))
      link(place, key, Self.index(side), isChanged: true)
    }
    hasChanges = true
    refilled.removeAll(keepingCapacity: true)
  }

  // MARK: What is displayed

  /// What is displayed at a price may no longer be what its orders know.
  mutating func note(_ side: Side, at price: Price) {
    let index = Self.index(side)
    guard let level = ladders[index].find(Ladder.key(price, side)) else { return }
    ladders[index][level].isChanged = true
    changed[index].add(ladders[index][level].key, at: level)
    hasChanges = true
  }

  /// The same for a price and all better ones of the side.
  mutating func note(_ side: Side, from price: Price) {
    let (index, key) = (Self.index(side), Ladder.key(price, side))
    var level = ladders[index].count - 1
    while level >= 0, ladders[index][level].key >= key {
      ladders[index][level].isChanged = true
      changed[index].add(ladders[index][level].key, at: level)
      hasChanges = true
      level -= 1
    }
  }

  mutating func noteAll() {
    note(.buy, from: Price(.min))
    note(.sell, from: Price(.max))
  }

  /// Takes the next price of a side whose orders are to be compared with what is displayed.
  /// - Parameter level: below which to look; then where the price is.
  mutating func takeChanged(_ side: Side, below level: inout Int) -> (Cursor, Price)? {
    let index = Self.index(side)
    level = min(level, ladders[index].end(of: changed[index]))
    while level > 0, changed[index].low <= ladders[index][level - 1].key {
      level -= 1
      if !ladders[index][level].isChanged { continue }
      ladders[index][level].isChanged = false
      let cursor = Cursor(side: side, level: level, place: first(side, level))
      return (cursor, Ladder.price(ladders[index][level].key, side))
    }
    return nil
  }

  /// All levels have been compared.
  mutating func endChanges() {
    hasChanges = false
    changed = [KeyRange(), KeyRange()]
  }

  // MARK: Queues

  /// An order has to find its queue when the present venue event ends.
  /// - Parameter ids: with L3 the recorded orders ahead of it until then, ascending.
  mutating func requeue(_ place: Int, behind ids: [UInt64]) {
    if !pool[place].mustQueue { unqueued += 1 }
    pool[place].mustQueue = true
    ordersAhead[place] = ids
    note(pool[place].ticket.side, at: pool[place].ticket.price)
  }

  /// An order has found its queue.
  /// - Parameter ids: with L3 the recorded orders ahead of it, ascending.
  mutating func join(_ place: Int, as order: consuming WorkingOrder, behind ids: [UInt64]) {
    if pool[place].mustQueue { unqueued -= 1 }
    pool[place] = order
    ordersAhead[place] = ids
  }

  /// Place of a recorded order among those ahead of ours, or nil. O(log n).
  func placeAhead(of order: UInt64, at place: Int) -> Int? {
    let ids = ordersAhead[place]
    var (low, high) = (0, ids.count)
    while low < high {
      let middle = (low + high) / 2
      if ids[middle] < order { low = middle + 1 } else { high = middle }
    }
    return low < ids.count && ids[low] == order ? low : nil
  }

  mutating func removeAhead(_ index: Int, at place: Int) { ordersAhead[place].remove(at: index) }
}
