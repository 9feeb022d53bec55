import Events

/// What a first reading of the journal has to find before prices are looked up in a second: the parents,
/// the entries at which they were decided, and the instruments that matter.
struct CostSurvey: Sendable {
  /// Sequence of the entry that decided each parent, by order.
  private(set) var decisions: [OrderID: UInt64] = [:]
  /// By instrument id: whether a parent or a child is in it.
  private(set) var isTraded: [Bool] = []
  /// What caused each intent to execute, until its parent is held.
  private var intents: [UInt64: UInt64] = [:]
  /// The last intent of any kind: one for a plain order may be held with a plan too, at once.
  private var lastIntent: (sequence: UInt64, cause: UInt64) = (0, 0)

  /// The kinds of entries that it looks at.
  static func looks(at kind: EntryKind) -> Bool {
    kind == .intent || kind == .held || kind == .submitted
  }

  mutating func take(_ decision: Decision, _ header: EntryHeader) {
    switch decision {
    case .intent(let intent):
      lastIntent = (header.sequence, header.cause == 0 ? header.sequence : header.cause)
      if intent.plan != nil { intents[header.sequence] = lastIntent.cause }
    case .held(let ticket, let plan):
      guard let plan else { return }
      let decided =
        intents.removeValue(forKey: header.cause)
        ?? (lastIntent.sequence == header.cause ? lastIntent.cause : header.sequence)
      decisions[ticket.order] = decided
      note(ticket.instrument)
      if let second = SecondInstrument.of(plan) { note(second) }
    case .submitted(let ticket): noteChild(ticket)
    default: break
    }
  }

  /// Sequences of the decisions with their parents, ascending.
  var schedule: [(sequence: UInt64, order: OrderID)] {
    decisions.map { ($0.value, $0.key) }.sorted { ($0.0, $0.1) < ($1.0, $1.1) }
  }

  private mutating func noteChild(_ ticket: OrderTicket) {
    if ticket.isChild, decisions[ticket.terms.parent] != nil { note(ticket.instrument) }
  }

  private mutating func note(_ instrument: InstrumentID) {
    while isTraded.count <= instrument.index { isTraded.append(false) }
    isTraded[instrument.index] = true
  }
}

/// The instrument of a pair's second leg.
enum SecondInstrument {
  static func of(_ plan: ExecutionPlan) -> InstrumentID? {
    guard plan.algorithm == .pairs, let value = plan["instrument"] else { return nil }
    let id = Int128(value.mantissa) / power(Int(value.scale))
    return UInt16(exactly: id).map { InstrumentID($0) }
  }
}

extension OrderTicket {
  /// Whether it may work for its parent, which is always sent at once. Orders that wait for the parent to fill
  /// are a list's; when they are released, that is no longer in their terms.
  var isChild: Bool { terms.activation == .immediate }
}
