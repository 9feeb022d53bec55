import Events

/// One pair's book as Kraken's checksum sees it: levels with the digits they were written with, cut to
/// the depth that was subscribed. It waits for a snapshot, and again after a wrong checksum.
/// Source: Kraken, "Book checksum", WebSocket versions 1 and 2.
struct KrakenBook: Sendable {
  struct Level: Equatable, Sendable, BitwiseCopyable {
    /// In the instrument's scale.
    var price: Int64
    /// In the instrument's scale; 0 removes the level.
    var size: Int64
    /// Price and size as they were written, without the point.
    var priceDigits: UInt64
    var sizeDigits: UInt64
  }

  /// Levels of a side that the checksum covers.
  static let checked = 10
  /// Depths that can be subscribed.
  static let depths = [10, 25, 100, 500, 1000]

  /// Whether there was a snapshot and no wrong checksum since.
  private(set) var isLive = false
  /// Levels a side that the venue keeps up to date.
  var depth = 10
  /// Best first.
  private(set) var bids: [Level] = []
  private(set) var asks: [Level] = []

  mutating func clear() {
    isLive = false
    bids.removeAll(keepingCapacity: true)
    asks.removeAll(keepingCapacity: true)
  }

  /// A snapshot begins: the book is empty and live.
  mutating func restart() {
    clear()
    isLive = true
  }

  /// Sets or removes a level. O(log n) to find it, O(n) to move those behind.
  mutating func set(_ level: Level, of side: Side) {
    if side == .buy {
      Self.set(level, in: &bids, isBid: true)
    } else {
      Self.set(level, in: &asks, isBid: false)
    }
  }

  private static func set(_ level: Level, in levels: inout [Level], isBid: Bool) {
    var (low, high) = (0, levels.count)
    while low < high {
      let middle = (low + high) / 2
      let isBetter =
        isBid ? levels[middle].price > level.price : levels[middle].price < level.price
      if isBetter { low = middle + 1 } else { high = middle }
    }
    let isThere = low < levels.count && levels[low].price == level.price
    switch (isThere, level.size == 0) {
    case (true, true): levels.remove(at: low)
    case (true, false): levels[low] = level
    case (false, true): break
    case (false, false): levels.insert(level, at: low)
    }
  }

  /// Drops the levels beyond the depth: the venue tells nothing more about them.
  /// - Returns: their prices by side.
  mutating func cut() -> (bids: [Int64], asks: [Int64]) {
    (Self.cut(&bids, depth), Self.cut(&asks, depth))
  }

  private static func cut(_ levels: inout [Level], _ depth: Int) -> [Int64] {
    guard levels.count > depth else { return [] }
    let lost = levels[depth...].map(\.price)
    levels.removeSubrange(depth...)
    return lost
  }

  /// CRC-32 over the ten best asks, lowest first, then the ten best bids, highest first: price digits
  /// and size digits of each.
  var checksum: UInt32 {
    var sum = CRC32()
    for levels in [asks, bids] {
      for level in levels.prefix(Self.checked) {
        sum.add(digitsOf: level.priceDigits)
        sum.add(digitsOf: level.sizeDigits)
      }
    }
    return sum.value
  }
}
