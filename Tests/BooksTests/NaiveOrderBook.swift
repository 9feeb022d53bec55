import Events

@testable import Books

/// What an order book must do, said as plainly as possible: dictionaries and queues as arrays.
struct NaiveOrderBook {
  struct Level: Equatable {
    var anonymous: Int64 = 0
    var queue: [UInt64] = []
  }
  struct Home: Hashable {
    var isBid: Bool
    var price: Int64
  }
  var levels: [Home: Level] = [:]
  var sizes: [UInt64: Int64] = [:]
  var homes: [UInt64: Home] = [:]

  func total(_ home: Home) -> Int64 {
    guard let level = levels[home] else { return 0 }
    return level.queue.reduce(level.anonymous) { $0 + sizes[$1]! }
  }

  func fits(_ size: Int64, _ home: Home, without id: UInt64 = 0) -> Bool {
    let own = homes[id] == home ? sizes[id]! : 0
    return total(home) - own + size <= Quantity.limit
  }

  mutating func tidy(_ home: Home) { if levels[home] == Level() { levels[home] = nil } }

  mutating func remove(_ id: UInt64) {
    let home = homes.removeValue(forKey: id)!
    levels[home]!.queue.removeAll { $0 == id }
    sizes[id] = nil
    tidy(home)
  }

  mutating func put(_ id: UInt64, _ size: Int64, _ home: Home) {
    homes[id] = home
    sizes[id] = size
    levels[home, default: Level()].queue.append(id)
  }

  mutating func apply(_ change: OrderChange) -> BookOutcome {
    let size = change.size.raw
    let home = Home(isBid: change.side == .buy, price: change.price.raw)
    let isSized = size > 0 && size <= Quantity.limit
    let isPriced = !change.price.isNone && abs(change.price.raw) <= Price.limit
    switch change.action {
    case .clear:
      for home in Array(levels.keys)
      where change.side == .none || home.isBid == (change.side == .buy) {
        for id in levels[home]!.queue { remove(id) }
        levels[home] = nil
      }
      return []
    case .add:
      guard change.side != .none, isSized, isPriced else { return .impossible }
      var outcome: BookOutcome = []
      if sizes[change.order] != nil {
        remove(change.order)
        outcome = .duplicateOrder
      }
      guard fits(size, home) else { return outcome.union(.impossible) }
      if change.order == 0 {
        levels[home, default: Level()].anonymous += size
      } else {
        put(change.order, size, home)
      }
      return outcome
    case .modify: return modify(change)
    case .delete where sizes[change.order] != nil:
      remove(change.order)
      return []
    case .delete:
      let isWhole = change.order == 0 && size == 0
      let had = levels[home]?.anonymous ?? 0
      return anonymous(change, home, by: isWhole ? had : max(size, 0))
    case .cancel, .execute:
      guard isSized else { return .impossible }
      guard let old = sizes[change.order] else { return anonymous(change, home, by: size) }
      sizes[change.order] = old - size
      if old <= size { remove(change.order) }
      return old < size ? .overExecuted : []
    }
  }

  mutating func modify(_ change: OrderChange) -> BookOutcome {
    let id = change.order
    let size = change.size.raw
    if id == 0 { return .unknownOrder }
    guard let old = sizes[id], let was = homes[id] else {
      var added = change
      added.action = .add
      return apply(added).union(.unknownOrder)
    }
    if size == 0 {
      remove(id)
      return []
    }
    let home = Home(
      isBid: change.side == .none ? was.isBid : change.side == .buy,
      price: change.price.isNone ? was.price : change.price.raw)
    guard size > 0, size <= Quantity.limit, abs(home.price) <= Price.limit,
      fits(size, home, without: id)
    else { return .impossible }
    if home == was, size <= old {
      sizes[id] = size
    } else {
      remove(id)
      put(id, size, home)
    }
    return []
  }

  mutating func anonymous(_ change: OrderChange, _ home: Home, by size: Int64) -> BookOutcome {
    let had = change.side == .none ? 0 : levels[home]?.anonymous ?? 0
    guard had > 0 else { return .unknownOrder }
    levels[home]!.anonymous -= min(size, had)
    tidy(home)
    let outcome: BookOutcome = change.order == 0 ? [] : .unknownOrder
    return size > had ? outcome.union(.overExecuted) : outcome
  }

  func best(isBid: Bool) -> (price: Int64, size: Int64)? {
    let prices = levels.keys.filter { $0.isBid == isBid }.map(\.price)
    guard let price = isBid ? prices.max() : prices.min() else { return nil }
    return (price, total(Home(isBid: isBid, price: price)))
  }
}
