import Events

/// What the engine concluded. The two decisions of a plain order stand apart from the others: they are handed on
/// without a copy, to be recorded, applied and, of an order, sent.
public enum Conclusion: ~Copyable {
  case nothing
  /// What a strategy asks for; `withReason` tells why.
  case intent(PlainIntent)
  case order(OrderTicket)
  case other(Decision)

  /// The general form; nil for nothing.
  @inline(__always)
  init(_ decision: consuming Decision?) {
    if let decision { self = .other(decision) } else { self = .nothing }
  }
}

extension Engine {
  /// Whether there is anything to decide.
  public var hasWork: Bool { work.hasDuties }

  /// Whether there is nothing to ask the engine for after an entry: neither to decide, nor to give back what led to
  /// decisions before, which `conclude` does when there is nothing to conclude.
  public var isAtRest: Bool { work.isEmpty }

  /// The next conclusion, which must be recorded, with `deciding` as its cause, and applied before the one after
  /// it is asked for.
  public mutating func conclude() -> Conclusion {
    if let asked = work.nextProposed() {
      deciding = asked.cause
      if let ticket = ordinary(asked.intent) { return .order(ticket) }
      switch judge(Proposal(asked, work.takeTerms())) {
      case .nothing: break
      case .intent(let intent): return .intent(intent)
      case .order(let ticket): return .order(ticket)
      case .other(let decision): return .other(decision)
      }
    }
    if let (strategy, cause) = work.nextWanted() {
      deciding = cause
      if let intent = plain(strategy) { return .intent(intent) }
      if let record = record(work.wanted, of: strategy, .strategy) {
        return .other(.intent(record))
      }
    }
    while let item = work.next() {
      deciding = item.cause
      if let decision = decision(for: item) { return .other(decision) }
    }
    work.letGo()
    return .nothing
  }

  /// Lends the reason of the intent concluded last.
  public func withReason<R>(_ body: (Reason) -> R) -> R {
    switch work.wanted {
    case .order(_, let reason), .target(_, _, let reason): body(reason)
    case .hold, .cancel, .replace, .list, .execute, .several:
      preconditionFailure("an intent that is not plain")
    }
  }

  /// The same as a decision; nil for nothing.
  public mutating func decide() -> Decision? {
    switch conclude() {
    case .nothing: nil
    case .intent(let intent): .intent(withReason { IntentRecord(intent, because: $0) })
    case .order(let ticket): .submitted(ticket)
    case .other(let decision): decision
    }
  }
}
