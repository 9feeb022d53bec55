import Events

extension OrderBook {
  /// Applies a change of one order.
  public mutating func apply(_ change: OrderChange) -> BookOutcome {
    var outcome: BookOutcome
    switch change.action {
    case .add: outcome = add(change)
    case .modify: outcome = modify(change)
    case .cancel, .execute: outcome = reduce(change)
    case .delete: outcome = delete(change)
    case .clear: outcome = clear(change.side)
    }
    if outcome.contains(.topChanged), isCrossed { outcome.insert(.crossed) }
    return outcome
  }

  private mutating func add(_ change: OrderChange) -> BookOutcome {
    guard change.side != .none, change.price.isPossible, change.size.isPossible else {
      return .impossible
    }
    if change.order == 0 { return addAnonymous(change) }
    var outcome: BookOutcome = []
    if let old = index.find(change.order, in: orders) {
      outcome = removeOrder(old.place, slot: old.slot).union(.duplicateOrder)
    }
    let key = Ladder.key(change.price.raw, isBid: change.side == .buy)
    let level = levelPlace(key, isBid: change.side == .buy)
    guard levels[level].total + change.size.raw <= Quantity.limit else {
      return outcome.union(.impossible)
    }
    let place = newOrder(change.order, size: change.size.raw)
    index.insert(change.order, place: place)
    join(place, level: level)
    return outcome.union(top(level))
  }

  private mutating func addAnonymous(_ change: OrderChange) -> BookOutcome {
    let isBid = change.side == .buy
    let level = levelPlace(Ladder.key(change.price.raw, isBid: isBid), isBid: isBid)
    guard levels[level].total + change.size.raw <= Quantity.limit else { return .impossible }
    levels[level].anonymous += change.size.raw
    levels[level].total += change.size.raw
    return top(level)
  }

  private mutating func modify(_ change: OrderChange) -> BookOutcome {
    if change.order == 0 { return .unknownOrder }
    guard let found = index.find(change.order, in: orders) else {
      return add(change).union(.unknownOrder)
    }
    if change.size == .zero { return removeOrder(found.place, slot: found.slot) }
    let order = orders[found.place]
    let level = Int(order.level)
    let isBid = change.side == .none ? levels[level].isBid : change.side == .buy
    var key = levels[level].key
    if !change.price.isNone {
      key = Ladder.key(change.price.raw, isBid: isBid)
    } else if isBid != levels[level].isBid {
      key = ~key
    }
    let price = Price(Ladder.key(key, isBid: isBid))
    guard change.size.isPossible, price.isPossible else { return .impossible }
    if key == levels[level].key, isBid == levels[level].isBid {
      return resize(found.place, level: level, to: change.size.raw)
    }
    let room = Quantity.limit - size(at: price, side: isBid ? .buy : .sell).raw
    guard change.size.raw <= room else { return .impossible }
    let left = leave(found.place, level: level)
    let target = levelPlace(key, isBid: isBid)
    orders[found.place].size = change.size.raw
    join(found.place, level: target)
    return left.union(top(target))
  }

  /// A smaller size keeps the order's place in the queue, a larger one goes to the back.
  private mutating func resize(_ place: Int, level: Int, to size: Int64) -> BookOutcome {
    let growth = size - orders[place].size
    if growth == 0 { return [] }
    if growth < 0 {
      orders[place].size = size
      levels[level].total += growth
      return top(level)
    }
    guard levels[level].total + growth <= Quantity.limit else { return .impossible }
    unlink(place, level: level)
    orders[place].size = size
    join(place, level: level)
    return top(level)
  }

  private mutating func reduce(_ change: OrderChange) -> BookOutcome {
    guard change.size.isPossible else { return .impossible }
    guard change.order != 0, let found = index.find(change.order, in: orders) else {
      return reduceAnonymous(change, by: change.size.raw)
    }
    let left = orders[found.place].size - change.size.raw
    if left <= 0 {
      let outcome = removeOrder(found.place, slot: found.slot)
      return left < 0 ? outcome.union(.overExecuted) : outcome
    }
    orders[found.place].size = left
    let level = Int(orders[found.place].level)
    levels[level].total -= change.size.raw
    return top(level)
  }

  private mutating func delete(_ change: OrderChange) -> BookOutcome {
    guard change.order != 0, let found = index.find(change.order, in: orders) else {
      if change.order == 0, change.size == .zero {
        return reduceAnonymous(change, by: .max).subtracting(.overExecuted)
      }
      return reduceAnonymous(change, by: max(change.size.raw, 0))
    }
    return removeOrder(found.place, slot: found.slot)
  }

  private mutating func reduceAnonymous(_ change: OrderChange, by size: Int64) -> BookOutcome {
    let place = self.place(of: change.price, side: change.side)
    guard place >= 0, levels[Int(place)].anonymous > 0 else { return .unknownOrder }
    let level = Int(place)
    let taken = min(size, levels[level].anonymous)
    var outcome: BookOutcome = change.order == 0 ? [] : .unknownOrder
    if taken < size { outcome.insert(.overExecuted) }
    if taken == 0 { return outcome }
    outcome.formUnion(top(level))
    levels[level].anonymous -= taken
    levels[level].total -= taken
    if levels[level].total == 0 { drop(level) }
    return outcome
  }

  private mutating func clear(_ side: Side) -> BookOutcome {
    if side == .none {
      let isTopChanged = !isEmpty
      self = OrderBook()
      return isTopChanged ? .topChanged : []
    }
    let isBid = side == .buy
    let isTopChanged = levelCount(of: side) > 0
    while let rung = isBid ? bids.best : asks.best {
      let level = Int(rung.value)
      levels[level].anonymous = 0
      while levels[level].first >= 0 {
        let place = Int(levels[level].first)
        if let found = index.find(orders[place].id, in: orders) { index.remove(slot: found.slot) }
        unlink(place, level: level)
        retire(place)
      }
      drop(level)
    }
    return isTopChanged ? .topChanged : []
  }
}

extension OrderBook {
  /// `topChanged` if the level is the best of its side, otherwise nothing.
  func top(_ level: Int) -> BookOutcome {
    level == Int(bestBid) || level == Int(bestAsk) ? .topChanged : []
  }

  private mutating func removeOrder(_ place: Int, slot: Int) -> BookOutcome {
    index.remove(slot: slot)
    let outcome = leave(place, level: Int(orders[place].level))
    retire(place)
    return outcome
  }

  /// Takes an order out of its level, and the level out of the book if nothing is left there.
  private mutating func leave(_ place: Int, level: Int) -> BookOutcome {
    let outcome = top(level)
    unlink(place, level: level)
    if levels[level].total == 0 { drop(level) }
    return outcome
  }

  /// A place for an order; its level and queue are still to be set.
  private mutating func newOrder(_ id: UInt64, size: Int64) -> Int {
    let order = RestingOrder(id: id, size: size, level: -1, previous: -1, next: -1)
    guard freeOrder >= 0 else {
      orders.append(order)
      return orders.count - 1
    }
    let place = Int(freeOrder)
    freeOrder = orders[place].next
    orders[place] = order
    return place
  }

  private mutating func retire(_ place: Int) {
    orders[place].next = freeOrder
    freeOrder = Int32(truncatingIfNeeded: place)
  }

  /// Puts an order at the back of a level's queue.
  private mutating func join(_ place: Int, level: Int) {
    let last = levels[level].last
    let mark = Int32(truncatingIfNeeded: place)
    orders[place].level = Int32(truncatingIfNeeded: level)
    orders[place].previous = last
    orders[place].next = -1
    if last >= 0 { orders[Int(last)].next = mark } else { levels[level].first = mark }
    levels[level].last = mark
    levels[level].count += 1
    levels[level].total += orders[place].size
  }

  private mutating func unlink(_ place: Int, level: Int) {
    let order = orders[place]
    if order.previous >= 0 {
      orders[Int(order.previous)].next = order.next
    } else {
      levels[level].first = order.next
    }
    if order.next >= 0 {
      orders[Int(order.next)].previous = order.previous
    } else {
      levels[level].last = order.previous
    }
    levels[level].count -= 1
    levels[level].total -= order.size
  }

  /// The place of the level with a key, made if there is none.
  private mutating func levelPlace(_ key: Int64, isBid: Bool) -> Int {
    if hints.isEmpty { hints = [Int32](repeating: 0, count: Self.hintCount) }
    let slot = Self.hint(key, isBid: isBid)
    let hint = Int(hints[slot])
    if hint < levels.count, levels[hint].key == key, levels[hint].isBid == isBid,
      levels[hint].total > 0
    {
      return hint
    }
    let known = isBid ? Self.place(of: key, in: bids) : Self.place(of: key, in: asks)
    let place = known >= 0 ? Int(known) : newLevel(key, isBid: isBid)
    hints[slot] = Int32(truncatingIfNeeded: place)
    return place
  }

  static var hintCount: Int { 1024 }

  static func hint(_ key: Int64, isBid: Bool) -> Int {
    Int(truncatingIfNeeded: (UInt64(bitPattern: key) &* 0x9E37_79B9_7F4A_7C15) &>> 54)
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
    } else {
      asks.insert(rung, at: asks.place(of: key))
    }
    findBest(isBid: isBid)
    return place
  }

  /// Takes an empty level out of the book.
  private mutating func drop(_ level: Int) {
    let isBid = levels[level].isBid
    let key = levels[level].key
    if isBid { bids.remove(at: bids.place(of: key)) } else { asks.remove(at: asks.place(of: key)) }
    levels[level].total = 0
    levels[level].last = freeLevel
    freeLevel = Int32(truncatingIfNeeded: level)
    findBest(isBid: isBid)
  }

  private mutating func findBest(isBid: Bool) {
    if isBid {
      bestBid = Int32(truncatingIfNeeded: bids.best?.value ?? -1)
    } else {
      bestAsk = Int32(truncatingIfNeeded: asks.best?.value ?? -1)
    }
  }
}
