import Events

/// Follows one symbol's depth diffs by their update ids: which to apply, which to drop, when the book
/// is lost. Source: Binance, "How to manage a local order book correctly", spot and USD-M futures.
///
/// ```
/// waiting --snapshot that a diff continues--> live --gap--> waiting
///    (diffs are kept)                          (diffs are applied)
/// ```
struct BinanceBook {
  /// A diff that waits for a snapshot: absolute sizes of levels, as text that is read when they are
  /// needed. One that never is does not ask for digits that the data used have not.
  struct Diff {
    /// `U`.
    var first: Int64
    /// `u`.
    var last: Int64
    /// `pu` of a perpetual's diff: `u` of the diff before.
    var previous: Int64?
    var time: Instant
    /// Line it came on, and the file.
    var line: Int
    var file: Int
    /// The arrays of both sides.
    var text: [UInt8]
    /// Where in the text the asks begin.
    var asks: Int
  }

  /// What to do with a diff.
  enum Verdict: Equatable {
    case apply
    /// Wait for a snapshot; the diff is kept.
    case keep
    /// Its changes are already in the book.
    case drop
    /// Diffs are missing: clear the book and wait for a snapshot; the diff is kept.
    case gap(expected: Int64)
  }

  /// What to do with a snapshot.
  enum SnapshotVerdict: Equatable {
    /// Replace the book, then apply the kept diffs.
    case take
    /// The book is already newer, or it waits and what waits is newer.
    case stale
    /// Diffs behind the snapshot are missing.
    case gap(expected: Int64)
  }

  private enum State {
    case waiting
    case live(last: Int64)
  }

  /// Bytes that are kept at most while there is no snapshot.
  static let mostKept = 1 << 26

  private var state = State.waiting
  private(set) var kept: [Diff] = []
  private var keptBytes = 0
  /// It was told that the book waits: that it goes on waiting is no second gap.
  private(set) var isLossTold = false

  /// - Parameter isLost: the book goes on from what is not known, which others tell.
  init(isLost: Bool = false) { isLossTold = isLost }

  /// A diff arrives; its levels are read later, and only if they are needed.
  mutating func receive(first: Int64, last: Int64, previous: Int64?) -> Verdict {
    guard case .live(let current) = state else { return .keep }
    if last <= current { return .drop }
    // Spot: the first update is at most the next one. Perpetual: the diff names the one before it.
    let continues = previous.map { $0 == current } ?? (first <= current + 1)
    guard continues else {
      state = .waiting
      isLossTold = true
      return .gap(expected: current + 1)
    }
    state = .live(last: last)
    return .apply
  }

  /// Keeps a diff until a snapshot comes; whoever is told that all were thrown away tells of it.
  /// - Returns: the number of diffs thrown away because too many were kept.
  mutating func keep(_ diff: Diff) -> Int {
    kept.append(diff)
    keptBytes += diff.text.count
    guard keptBytes > Self.mostKept else { return 0 }
    let count = kept.count
    kept = []
    keptBytes = 0
    isLossTold = true
    return count
  }

  /// A snapshot arrives. After `take` the diffs to apply are in `kept`; call `clearKept` then.
  mutating func snapshot(_ id: Int64) -> SnapshotVerdict {
    if case .live(let current) = state {
      if id < current { return .stale }
      state = .live(last: id)
      return .take
    }
    let fresh = kept.drop { $0.last <= id }
    var current = id
    for (index, diff) in fresh.enumerated() {
      let continues: Bool
      if let previous = diff.previous {
        continues = index == 0 ? previous <= id : previous == current
      } else {
        continues = diff.first <= current + 1
      }
      guard continues else {
        // What comes before the hole can never be used again.
        let isSameLoss = isLossTold && index == 0
        kept = Array(fresh.dropFirst(index))
        keptBytes = kept.reduce(0) { $0 + $1.text.count }
        isLossTold = true
        return isSameLoss ? .stale : .gap(expected: current + 1)
      }
      current = diff.last
    }
    kept = Array(fresh)
    state = .live(last: current)
    isLossTold = false
    return .take
  }

  mutating func clearKept() {
    kept.removeAll()
    keptBytes = 0
  }
}
