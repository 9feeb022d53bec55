import Events

/// One rung of a ladder: a price and what the book keeps there.
@usableFromInline
struct Rung: Equatable, Sendable, BitwiseCopyable {
  /// The price as `Ladder` orders it.
  @usableFromInline var key: Int64
  /// A size (`DepthBook`) or the place of a level (`OrderBook`).
  @usableFromInline var value: Int64

  @inlinable
  init(key: Int64, value: Int64) {
    self.key = key
    self.value = value
  }
}

/// The price levels of one side of a book, sorted from the worst to the best price. The best is at the
/// end because books change near the best price: inserting and removing there moves few rungs.
///
/// Keys are prices of bids, and prices of asks with all bits inverted, which reverses their order: one
/// ladder serves both sides.
@usableFromInline
struct Ladder: Equatable, Sendable {
  @usableFromInline var rungs: [Rung] = []

  @inlinable init() {}

  /// The key of a price on a side; the inverse is the same operation.
  @inlinable
  static func key(_ raw: Int64, isBid: Bool) -> Int64 { isBid ? raw : ~raw }

  /// How many rungs from the best one are all looked at before the rest is halved.
  @inlinable static var nearby: Int { 8 }

  @inlinable var count: Int { rungs.count }
  @inlinable var best: Rung? { rungs.last }

  /// The first place whose key is not below `key`. O(log count), O(1) near the best price.
  @inlinable
  func place(of key: Int64) -> Int {
    let rungs = self.rungs.span
    let far = rungs.count - Self.nearby
    guard far >= 0 else { return Self.place(of: key, among: rungs.count, in: rungs) }
    // Counting has no branches to guess wrong, and few rungs to read.
    var above = 0
    for place in far..<rungs.count { above &+= rungs[place].key >= key ? 1 : 0 }
    return above < Self.nearby ? rungs.count - above : Self.place(of: key, among: far, in: rungs)
  }

  /// The first of the lowest `count` places whose key is not below `key`, `count` if there is none.
  @inlinable
  static func place(of key: Int64, among count: Int, in rungs: Span<Rung>) -> Int {
    var low = 0
    var length = count
    while length > 0 {
      let half = length / 2
      let isBelow = rungs[low + half].key < key
      low = isBelow ? low + half + 1 : low
      length = isBelow ? length - half - 1 : half
    }
    return low
  }

  /// Whether the rung at `place` has the key.
  @inlinable
  func holds(_ key: Int64, at place: Int) -> Bool { place < rungs.count && rungs[place].key == key }

  /// Puts a rung before the one at `place`. O(distance from the best).
  @usableFromInline
  mutating func insert(_ rung: Rung, at place: Int) {
    let last = rungs.count
    if last - place > 16 {
      rungs.insert(rung, at: place)
      return
    }
    // A short move by hand costs less than the array's general replacement.
    rungs.append(rung)
    if place == last { return }
    var span = rungs.mutableSpan
    var hole = last
    while hole > place {
      span[hole] = span[hole - 1]
      hole -= 1
    }
    span[place] = rung
  }

  /// Takes out the rung at `place`. O(distance from the best).
  @usableFromInline
  mutating func remove(at place: Int) {
    let last = rungs.count - 1
    if last - place > 16 {
      rungs.remove(at: place)
      return
    }
    if place < last {
      var span = rungs.mutableSpan
      for hole in place..<last { span[hole] = span[hole + 1] }
    }
    rungs.removeLast()
  }

  @usableFromInline
  mutating func removeAll() { rungs.removeAll(keepingCapacity: true) }
}
