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
    /// Its changes are already in the book, or it waits already.
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
    /// Bridged once a diff went on from the snapshot: each that follows has to name the one before.
    case live(last: Int64, isBridged: Bool)
  }

  /// Bytes that are kept at most while there is no snapshot.
  static let mostKept = 1 << 26

  /// Diffs behind a hole that are kept at most for it to be filled.
  private static let mostResumed = 4096

  private var state = State.waiting
  /// In order of their ids, none twice: several recorders of one market tell each of them.
  private(set) var kept: [Diff] = []
  private var keptBytes = 0
  /// It was told that the book waits: that it goes on waiting is no second gap.
  private(set) var isLossTold = false

  /// Where the book was lost, if its levels of then are kept: what another recorder tells later may go on from there.
  private var lost: (last: Int64, isBridged: Bool)?
  private let isRecoverable: Bool

  /// - Parameters:
  ///   - isLost: the book goes on from what is not known, which others tell.
  ///   - isRecoverable: somebody keeps the levels that the book had when it was lost.
  init(isLost: Bool = false, isRecoverable: Bool = false) {
    isLossTold = isLost
    self.isRecoverable = isRecoverable
  }

  /// Whether it is known and diffs keep it so.
  var isLive: Bool { if case .live = state { true } else { false } }

  /// Whether a book has all of a diff's changes. A perpetual's that ends where the snapshot was made is the
  /// first one to be applied.
  private static func has(_ current: Int64, _ last: Int64, _ previous: Int64?, isBridged: Bool)
    -> Bool
  {
    previous != nil && !isBridged ? last < current : last <= current
  }

  /// Whether nothing is missing between a book and a diff that it has not.
  ///
  /// Spot: the diff's first update is at most the next one. Perpetual: the diff names the end of the one
  /// before; a snapshot is made within a diff or between two, so that the first diff behind it began, or
  /// the one before ended, with the snapshot's last update or earlier.
  private static func goesOn(
    _ current: Int64, _ first: Int64, _ previous: Int64?, isBridged: Bool
  ) -> Bool {
    guard let previous else { return first <= current + 1 }
    return isBridged ? previous == current : first <= current || previous <= current
  }

  /// A diff arrives; its levels are read later, and only if they are needed.
  mutating func receive(first: Int64, last: Int64, previous: Int64?) -> Verdict {
    guard case .live(let current, let isBridged) = state else {
      if let lost, Self.has(lost.last, last, previous, isBridged: lost.isBridged) { return .drop }
      let isAgain = kept[..<place(first, last)].last.map { $0.first == first && $0.last == last }
      return isAgain == true ? .drop : .keep
    }
    if Self.has(current, last, previous, isBridged: isBridged) { return .drop }
    guard Self.goesOn(current, first, previous, isBridged: isBridged) else {
      state = .waiting
      isLossTold = true
      if isRecoverable { lost = (current, isBridged) }
      return .gap(expected: current + 1)
    }
    state = .live(last: last, isBridged: true)
    return .apply
  }

  /// Where among the diffs kept one belongs: behind those that end before it or where it does, of which
  /// the longer ones come first. O(1) for one that goes on from all others.
  private func place(_ first: Int64, _ last: Int64) -> Int {
    var place = kept.count
    while place > 0, (kept[place - 1].last, kept[place - 1].first) > (last, first) { place -= 1 }
    return place
  }

  /// Keeps a diff until a snapshot comes; whoever is told that all were thrown away tells of it.
  /// - Returns: the number of diffs thrown away because too many were kept.
  mutating func keep(_ diff: Diff) -> Int {
    kept.insert(diff, at: place(diff.first, diff.last))
    keptBytes += diff.text.count
    guard keptBytes > Self.mostKept else { return 0 }
    let count = kept.count
    kept = []
    keptBytes = 0
    isLossTold = true
    lost = nil
    return count
  }

  /// A snapshot arrives. After `take` the diffs to apply are in `kept`; call `clearKept` then.
  mutating func snapshot(_ id: Int64) -> SnapshotVerdict {
    if case .live(let current, let isBridged) = state {
      if id < current { return .stale }
      // One of the same update is where the next diff begins all the same.
      state = .live(last: id, isBridged: isBridged && id == current)
      return .take
    }
    let chain = chain(from: id, isBridged: false)
    if let hole = chain.hole {
      // What comes before the hole can never be used again.
      let isSameLoss = isLossTold && chain.used.isEmpty
      kept.removeFirst(hole)
      keptBytes = kept.reduce(0) { $0 + $1.text.count }
      isLossTold = true
      if hole > 0 { lost = nil }
      return isSameLoss ? .stale : .gap(expected: chain.last + 1)
    }
    goOn(with: chain.used, to: chain.last, isBridged: !chain.used.isEmpty)
    return .take
  }

  /// Goes on from where the book was lost, if nothing is missing any more between that and what waits. After
  /// `true` the levels of then come first, then the diffs in `kept`; call `clearKept` then.
  mutating func resume() -> Bool {
    guard let lost else { return false }
    let chain = chain(from: lost.last, isBridged: lost.isBridged)
    guard chain.hole == nil else {
      if kept.count > Self.mostResumed { self.lost = nil }
      return false
    }
    goOn(with: chain.used, to: chain.last, isBridged: true)
    return true
  }

  /// The levels of when the book was lost are no longer kept.
  mutating func forgetLoss() { lost = nil }

  private mutating func goOn(with used: [Diff], to last: Int64, isBridged: Bool) {
    kept = used
    state = .live(last: last, isBridged: isBridged)
    isLossTold = false
    lost = nil
  }

  /// The diffs kept that go on from an id, one from the other, and where the first is that does not.
  private func chain(from id: Int64, isBridged: Bool) -> (used: [Diff], last: Int64, hole: Int?) {
    var (used, current) = ([Diff](), id)
    for (index, diff) in kept.enumerated() {
      let isBridged = isBridged || !used.isEmpty
      if Self.has(current, diff.last, diff.previous, isBridged: isBridged) { continue }
      guard Self.goesOn(current, diff.first, diff.previous, isBridged: isBridged) else {
        return (used, current, index)
      }
      used.append(diff)
      current = diff.last
    }
    return (used, current, nil)
  }

  mutating func clearKept() {
    kept.removeAll()
    keptBytes = 0
  }
}
