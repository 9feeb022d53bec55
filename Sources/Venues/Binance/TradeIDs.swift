/// Which trades were told, by their ids: one stream tells them one by one, another several at once.
///
/// Ids rise, with holes; runs of them are kept, up to a bound. What is older than the runs kept counts as
/// told: a trade that is left out is counted, one that is told twice is not.
struct TradeIDs {
  static let mostRuns = 4096

  /// In order, none next to another.
  private var runs: [ClosedRange<Int64>] = []
  /// The greatest id whose run is forgotten.
  private var forgotten: Int64?

  /// Whether any of some ids was told. O(log n) in the runs.
  func haveAny(of ids: ClosedRange<Int64>) -> Bool {
    if let forgotten, ids.lowerBound <= forgotten { return true }
    let place = firstRun(endingAt: ids.lowerBound)
    return place < runs.count && runs[place].lowerBound <= ids.upperBound
  }

  /// Notes ids as told. O(1) for those behind all others, else O(n) in the runs.
  /// - Precondition: ids are 0 or more and below `Int64.max`.
  mutating func insert(_ ids: ClosedRange<Int64>) {
    precondition(ids.lowerBound >= 0 && ids.upperBound < .max)
    let start = firstRun(endingAt: ids.lowerBound - 1)
    var end = start
    while end < runs.count, runs[end].lowerBound <= ids.upperBound + 1 { end += 1 }
    var merged = ids
    if start < end {
      merged =
        min(ids.lowerBound, runs[start].lowerBound)...max(ids.upperBound, runs[end - 1].upperBound)
    }
    runs.replaceSubrange(start..<end, with: CollectionOfOne(merged))
    if runs.count > Self.mostRuns {
      // Half of them at once, so that it costs little.
      let count = Self.mostRuns / 2
      forgotten = runs[count - 1].upperBound
      runs.removeFirst(count)
    }
  }

  /// The place of the first run that ends at an id or behind it.
  private func firstRun(endingAt id: Int64) -> Int {
    if let last = runs.last, last.upperBound < id { return runs.count }
    var (low, high) = (0, runs.count)
    while low < high {
      let middle = (low + high) / 2
      if runs[middle].upperBound < id { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
