import Events

/// What the engine concluded. The two decisions of an order stand apart from the others: they are handed on
/// without a copy, to be recorded, applied and, of an order, sent.
public enum Conclusion: ~Copyable {
  case nothing
  case intent(IntentRecord)
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
    if let intent = work.nextProposal() {
      deciding = intent.cause
      switch judge(intent) {
      case .nothing: break
      case .intent(let record): return .intent(record)
      case .order(let ticket): return .order(ticket)
      case .other(let decision): return .other(decision)
      }
    }
    while let item = work.next() {
      deciding = item.cause
      switch item.duty {
      case .intent(let strategy, let intent):
        work.hold(intent)
        if let record = record(intent, of: strategy, .strategy) { return .intent(record) }
      default:
        if let decision = decision(for: item) { return .other(decision) }
      }
    }
    work.letGo()
    return .nothing
  }

  /// The same as a decision; nil for nothing.
  public mutating func decide() -> Decision? {
    switch conclude() {
    case .nothing: nil
    case .intent(let record): .intent(record)
    case .order(let ticket): .submitted(ticket)
    case .other(let decision): decision
    }
  }
}
