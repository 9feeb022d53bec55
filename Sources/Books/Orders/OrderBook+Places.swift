import Events

/// How orders and levels are linked. Mutable spans are taken once per step because each write through
/// an array's subscript asks again whether the array is shared.
extension OrderBook {
  /// `topChanged` if the level is the best of its side, otherwise nothing.
  @inline(__always)
  func top(_ level: Int) -> BookOutcome {
    level == Int(bestBid) || level == Int(bestAsk) ? .topChanged : []
  }

  /// Takes an order out of the book.
  @inline(__always)
  mutating func remove(_ place: Int, slot: Int) -> BookOutcome {
    index.remove(slot: slot)
    let outcome = leave(place)
    retire(place)
    return outcome
  }

  /// Takes an order out of its level, and the level out of the book if nothing is left there.
  @inline(__always)
  mutating func leave(_ place: Int) -> BookOutcome {
    let order = orders[place]
    let level = Int(order.level)
    let outcome = top(level)
    unlink(order)
    if levels[level].total == 0 { drop(level) }
    return outcome
  }

  /// An unused place for an order.
  @inline(__always)
  mutating func newPlace() -> Int {
    if freeOrder == 0 { return newestPlace() }
    let place = Int(freeOrder)
    freeOrder = orders[place].next
    return place
  }

  @inline(never)
  private mutating func newestPlace() -> Int {
    let blank = RestingOrder(id: 0, size: 0, level: 0, previous: 0, next: 0)
    if orders.isEmpty { orders.append(blank) }
    orders.append(blank)
    return orders.count - 1
  }

  @inline(__always)
  mutating func retire(_ place: Int) {
    orders[place].next = freeOrder
    freeOrder = Int32(truncatingIfNeeded: place)
  }

  /// Puts an order at the back of a level's queue.
  @inline(__always)
  mutating func join(_ place: Int, id: UInt64, size: Int64, level: Int) {
    let mark = Int32(truncatingIfNeeded: place)
    var levels = self.levels.mutableSpan
    let last = levels[level].last
    levels[level].last = mark
    levels[level].first = last == 0 ? mark : levels[level].first
    levels[level].count &+= 1
    levels[level].total &+= size
    var orders = self.orders.mutableSpan
    orders[Int(last)].next = mark
    orders[place] = RestingOrder(
      id: id, size: size, level: Int32(truncatingIfNeeded: level), previous: last, next: 0)
  }

  /// Takes an order out of the queue of its level.
  @inline(__always)
  mutating func unlink(_ order: RestingOrder) {
    var levels = self.levels.mutableSpan
    let level = Int(order.level)
    levels[level].first = order.previous == 0 ? order.next : levels[level].first
    levels[level].last = order.next == 0 ? order.previous : levels[level].last
    levels[level].count &-= 1
    levels[level].total &-= order.size
    var orders = self.orders.mutableSpan
    orders[Int(order.previous)].next = order.next
    orders[Int(order.next)].previous = order.previous
  }

  /// The place of the level with a key, made if there is none.
  @inline(__always)
  mutating func levelPlace(_ key: Int64, isBid: Bool) -> Int {
    let slot = Self.hint(key)
    if slot < hints.count {
      let hint = Int(hints[slot])
      if hint < levels.count {
        let level = levels[hint]
        if level.key == key, level.isBid == isBid, level.total > 0 { return hint }
      }
    }
    return searchLevel(key, isBid: isBid, slot: slot)
  }

  @inline(never)
  mutating func searchLevel(_ key: Int64, isBid: Bool, slot: Int) -> Int {
    if hints.isEmpty { hints = [Int32](repeating: 0, count: Self.hintCount) }
    let known = isBid ? Self.place(of: key, in: bids) : Self.place(of: key, in: asks)
    let place = known >= 0 ? Int(known) : newLevel(key, isBid: isBid)
    hints[slot] = Int32(truncatingIfNeeded: place)
    return place
  }

  static var hintCount: Int { 4096 }

  @inline(__always)
  static func hint(_ key: Int64) -> Int {
    Int(truncatingIfNeeded: (UInt64(bitPattern: key) &* 0x9E37_79B9_7F4A_7C15) &>> 52)
  }

  private mutating func newLevel(_ key: Int64, isBid: Bool) -> Int {
    let level = OrderLevel(key: key, isBid: isBid)
    var place = levels.count
    if freeLevel >= 0 {
      place = Int(freeLevel)
      freeLevel = levels[place].last
      levels[place] = level
    } else {
      levels.append(level)
    }
    let rung = Rung(key: key, value: Int64(place))
    if isBid {
      bids.insert(rung, at: bids.place(of: key))
      bestBid = Int32(truncatingIfNeeded: bids.best?.value ?? -1)
    } else {
      asks.insert(rung, at: asks.place(of: key))
      bestAsk = Int32(truncatingIfNeeded: asks.best?.value ?? -1)
    }
    return place
  }

  /// Takes an empty level out of the book.
  @inline(never)
  mutating func drop(_ level: Int) {
    let key = levels[level].key
    if levels[level].isBid {
      bids.remove(at: bids.place(of: key))
      bestBid = Int32(truncatingIfNeeded: bids.best?.value ?? -1)
    } else {
      asks.remove(at: asks.place(of: key))
      bestAsk = Int32(truncatingIfNeeded: asks.best?.value ?? -1)
    }
    levels[level].total = 0
    levels[level].last = freeLevel
    freeLevel = Int32(truncatingIfNeeded: level)
  }
}
