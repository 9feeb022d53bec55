import Events

/// What stands at a price.
protocol PricedRung: BitwiseCopyable {
  /// The price as `PriceLadder` orders it.
  var key: Int64 { get }
}

/// The keys among which something has changed; of nothing `low` is above `high`.
struct KeyRange {
  var low = Int64.max
  var high = Int64.min
  /// Where the key added last was.
  private(set) var place = 0

  static let all = KeyRange(low: .min, high: .max)

  @inline(__always)
  mutating func add(_ key: Int64, at place: Int) {
    low = min(low, key)
    high = max(high, key)
    self.place = place
  }
}

/// What stands at the prices of a side, from the worst to the best, which is at the end because most
/// happens there. Finding, inserting and removing are O(distance from the best), O(log n) far from it.
///
/// Keys are prices of buys and prices of sells with all bits inverted, so that a larger one is better.
struct PriceLadder<Rung: PricedRung>: ~Copyable {
  private(set) var rungs: [Rung] = []

  @inline(__always)
  static func key(_ price: Price, _ side: Side) -> Int64 { side == .buy ? price.raw : ~price.raw }

  /// The inverse of `key`.
  @inline(__always)
  static func price(_ key: Int64, _ side: Side) -> Price { Price(side == .buy ? key : ~key) }

  var count: Int { rungs.count }
  var isEmpty: Bool { rungs.isEmpty }
  var best: Rung? { rungs.last }
  /// - Precondition: there is one.
  @inline(__always) var bestKey: Int64 { rungs[rungs.count - 1].key }

  subscript(place: Int) -> Rung {
    @inline(__always) _read { yield rungs[place] }
    @inline(__always) _modify { yield &rungs[place] }
  }

  /// The place of a key, or nil.
  @inline(__always)
  func find(_ key: Int64) -> Int? {
    let place = place(of: key)
    return holds(key, at: place) ? place : nil
  }

  @inline(__always)
  func holds(_ key: Int64, at place: Int) -> Bool { place < rungs.count && rungs[place].key == key }

  /// The first place whose key is not below `key`.
  @inline(__always)
  func place(of key: Int64) -> Int {
    let rungs = self.rungs.span
    var place = rungs.count
    // Nearly all that happens is near the best price.
    let near = max(place - 8, 0)
    while place > near, rungs[place - 1].key >= key { place -= 1 }
    return place > near || near == 0 ? place : far(key, below: near)
  }

  /// The place behind the best key that is not above a range.
  @inline(__always)
  func end(of range: KeyRange) -> Int {
    if range.low >= range.high {
      // Most often one key has changed, and is where it was then.
      if range.low > range.high { return 0 }
      if range.place < rungs.count, rungs[range.place].key == range.high { return range.place + 1 }
    }
    return range.high == .max ? count : place(of: range.high + 1)
  }

  /// The same among the lowest `count` places.
  @inline(never)
  private func far(_ key: Int64, below count: Int) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if rungs[middle].key < key { low = middle + 1 } else { high = middle }
    }
    return low
  }

  mutating func insert(_ rung: Rung, at place: Int) {
    rungs.append(rung)
    var hole = rungs.count - 1
    var span = rungs.mutableSpan
    while hole > place {
      span[hole] = span[hole - 1]
      hole -= 1
    }
    span[place] = rung
  }

  mutating func remove(at place: Int) {
    var span = rungs.mutableSpan
    for hole in place..<(span.count - 1) { span[hole] = span[hole + 1] }
    rungs.removeLast()
  }

  mutating func removeAll() { rungs.removeAll(keepingCapacity: true) }
}
