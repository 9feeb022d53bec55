import Events

extension OrderBook {
  /// Applies a change of one order.
  /// - Returns: what happened; `topChanged` if the change concerned the best level of a side.
  public mutating func apply(_ change: OrderChange) -> BookOutcome {
    let outcome =
      switch change.action {
      case .add: add(change)
      case .execute, .cancel: reduce(change)
      case .delete: delete(change)
      case .modify: modify(change)
      case .clear: clear(change.side)
      }
    return outcome.contains(.topChanged) && isCrossed ? outcome.union(.crossed) : outcome
  }

  private mutating func add(_ change: OrderChange) -> BookOutcome {
    guard change.side != .none, change.price.isPossible, change.size.isPossible else {
      return .impossible
    }
    if change.order == 0 { return addAnonymous(change) }
    index.makeRoom()
    let found = find(change.order)
    if found.place != 0 {
      // Both removing and adding may reach the best level, so the outcomes join.
      let outcome = remove(found.place, slot: found.slot)
      return outcome.union(add(change)).union(.duplicateOrder)
    }
    let isBid = change.side == .buy
    let level = levelPlace(Ladder.key(change.price.raw, isBid: isBid), isBid: isBid)
    guard levels[level].total &+ change.size.raw <= Quantity.limit else { return .impossible }
    let place = newPlace()
    index.insert(change.order, place: place, slot: found.slot)
    join(place, id: change.order, size: change.size.raw, level: level)
    return top(level)
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
    let place = self.place(of: change.order)
    if place == 0 { return add(change).union(.unknownOrder) }
    if change.size == .zero { return delete(change) }
    let old = levels[Int(orders[place].level)]
    let isBid = change.side == .none ? old.isBid : change.side == .buy
    let price = change.price.isNone ? BookLevel(old).price : change.price
    guard change.size.isPossible, price.isPossible else { return .impossible }
    let key = Ladder.key(price.raw, isBid: isBid)
    if key == old.key, isBid == old.isBid { return resize(place, to: change.size.raw) }
    guard size(at: price, side: isBid ? .buy : .sell) + change.size <= Quantity(Quantity.limit)
    else { return .impossible }
    let outcome = leave(place)
    let level = levelPlace(key, isBid: isBid)
    join(place, id: change.order, size: change.size.raw, level: level)
    return outcome.union(top(level))
  }

  /// A smaller size keeps the order's place in the queue, a larger one goes to the back.
  private mutating func resize(_ place: Int, to size: Int64) -> BookOutcome {
    let order = orders[place]
    let level = Int(order.level)
    let growth = size - order.size
    if growth <= 0 {
      orders[place].size = size
      levels[level].total += growth
      return growth == 0 ? [] : top(level)
    }
    guard levels[level].total + growth <= Quantity.limit else { return .impossible }
    unlink(order)
    join(place, id: order.id, size: size, level: level)
    return top(level)
  }

  private mutating func reduce(_ change: OrderChange) -> BookOutcome {
    guard change.size.isPossible else { return .impossible }
    guard change.order != 0, orderCount > 0 else {
      return reduceAnonymous(change, by: change.size.raw)
    }
    let found = find(change.order)
    if found.place == 0 { return reduceAnonymous(change, by: change.size.raw) }
    let order = orders[found.place]
    let left = order.size &- change.size.raw
    if left <= 0 {
      let outcome = remove(found.place, slot: found.slot)
      return left < 0 ? outcome.union(.overExecuted) : outcome
    }
    orders[found.place].size = left
    levels[Int(order.level)].total &-= change.size.raw
    return top(Int(order.level))
  }

  private mutating func delete(_ change: OrderChange) -> BookOutcome {
    if change.order != 0, orderCount > 0 {
      let found = find(change.order)
      if found.place != 0 { return remove(found.place, slot: found.slot) }
    }
    // Anonymous size has no orders to tell apart: without a size all of it leaves.
    if change.order == 0, change.size == .zero {
      return reduceAnonymous(change, by: .max).subtracting(.overExecuted)
    }
    return reduceAnonymous(change, by: max(change.size.raw, 0))
  }

  private mutating func reduceAnonymous(_ change: OrderChange, by size: Int64) -> BookOutcome {
    let level = Int(self.place(of: change.price, side: change.side))
    guard level >= 0, levels[level].anonymous > 0 else { return .unknownOrder }
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
    let isTopChanged = levelCount(of: side) > 0
    if side == .none {
      self = OrderBook()
    } else {
      while let rung = side == .buy ? bids.best : asks.best { empty(Int(rung.value)) }
    }
    return isTopChanged ? .topChanged : []
  }

  /// Takes out a level with all that rests there.
  private mutating func empty(_ level: Int) {
    while levels[level].first != 0 {
      let place = Int(levels[level].first)
      index.remove(slot: find(orders[place].id).slot)
      unlink(orders[place])
      retire(place)
    }
    levels[level].anonymous = 0
    drop(level)
  }
}
