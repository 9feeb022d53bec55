import Events
import Venues

/// Which trades several files of an import tell: the k-th equal trade of one file is the k-th of another, and
/// those of one file are all real.
///
/// Files are merged by receive time, so that the same trade of two files comes at about the same time: what is
/// older than a minute or two is forgotten.
struct TradeLedger {
  private static let span = 60 * Nanoseconds.second

  private struct Told {
    /// Trades that were taken.
    var taken = 0
    /// How many each file had, by source.
    var bySource: [(source: Int, count: Int)] = []
  }
  /// Of this span and of the one before; looked up only, never walked.
  private var told: [TradeName: Told] = [:]
  private var before: [TradeName: Told] = [:]
  private var start = Instant(nanoseconds: .min)

  /// Notes a trade of a source.
  /// - Returns: whether no other source has told it. O(sources with the trade).
  mutating func isNew(_ trade: TradeName, of source: Int, at time: Instant) -> Bool {
    if time > start.advanced(by: Self.span) {
      before = told
      told = [:]
      start = time
    }
    var item = told[trade] ?? before[trade] ?? Told()
    let place = item.bySource.firstIndex { $0.source == source } ?? item.bySource.count
    if place == item.bySource.count { item.bySource.append((source, 0)) }
    item.bySource[place].count += 1
    let isNew = item.bySource[place].count > item.taken
    if isNew { item.taken += 1 }
    told[trade] = item
    return isNew
  }
}
