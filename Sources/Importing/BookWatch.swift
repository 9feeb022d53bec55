import Books
import Events

/// Keeps the books of the instruments while they are imported, and tells what is wrong with them:
/// changes of unknown orders, orders added twice, crossed books.
struct BookWatch {
  private struct Watched {
    var orders: OrderBook?
    var depth: DepthBook?
    /// The book was crossed when the venue's last event ended.
    var isCrossed = false
  }
  private var books: [Watched] = []

  /// What one tick did to its book.
  struct Findings {
    var issue: DataQuality.Issue?
    /// The venue's event ended with a crossed book.
    var endsCrossed = false
    /// It is the first of a row of such ends.
    var isNewlyCrossed = false
  }

  /// Applies an event.
  mutating func apply(_ event: MarketEvent) -> Findings {
    switch event {
    case .order(let change):
      reserve(change.instrument)
      return applyOrder(change)
    case .depth(let change):
      reserve(change.instrument)
      return applyDepth(change)
    case .quote, .trade, .bar, .status: return Findings()
    }
  }

  private mutating func reserve(_ instrument: InstrumentID) {
    while books.count <= instrument.index { books.append(Watched()) }
  }

  private mutating func applyOrder(_ change: OrderChange) -> Findings {
    let index = change.instrument.index
    if books[index].orders == nil { books[index].orders = OrderBook() }
    let outcome = books[index].orders?.apply(change) ?? []
    let isCrossed = books[index].orders?.isCrossed ?? false
    var findings = Findings()
    if outcome.contains(.unknownOrder) || outcome.contains(.overExecuted) {
      findings.issue = .unknownOrder
    } else if outcome.contains(.duplicateOrder) {
      findings.issue = .duplicate
    } else if outcome.contains(.impossible) {
      findings.issue = .impossibleValue
    }
    ended(change.marks, index, isCrossed: isCrossed, &findings)
    return findings
  }

  private mutating func applyDepth(_ change: DepthChange) -> Findings {
    let index = change.instrument.index
    if books[index].depth == nil { books[index].depth = DepthBook() }
    let outcome = books[index].depth?.apply(change) ?? []
    let isCrossed = books[index].depth?.isCrossed ?? false
    var findings = Findings()
    if outcome.contains(.impossible) { findings.issue = .impossibleValue }
    ended(change.marks, index, isCrossed: isCrossed, &findings)
    return findings
  }

  private mutating func ended(
    _ marks: EventMarks, _ index: Int, isCrossed: Bool, _ findings: inout Findings
  ) {
    guard marks.contains(.last) else { return }
    findings.endsCrossed = isCrossed
    findings.isNewlyCrossed = isCrossed && !books[index].isCrossed
    books[index].isCrossed = isCrossed
  }
}
