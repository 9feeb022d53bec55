/// Which ids of a stream came, to tell those that come again from those that come late.
struct SeenIDs {
  enum Arrival: Equatable {
    /// Greater than all before.
    case next
    /// It came before.
    case again
    /// Smaller than one before, and not come.
    case late
  }

  /// The greatest that came.
  private(set) var last: Int64?
  /// What is forgotten of them counts as come.
  private var seen = TradeIDs()

  /// Notes an id. O(1) for the next one, else O(n) in the runs of ids kept.
  /// - Precondition: the id is 0 or more and below `Int64.max`.
  mutating func meet(_ id: Int64) -> Arrival {
    let isNext = last.map { id > $0 } ?? true
    if !isNext, seen.haveAny(of: id...id) { return .again }
    seen.insert(id...id)
    if isNext { last = id }
    return isNext ? .next : .late
  }
}
