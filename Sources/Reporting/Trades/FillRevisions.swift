import Events
import Journaling

/// What a first reading of the journal finds out about fills, before a second one counts them: which were
/// not booked, which were taken back or changed afterwards, and which instruments were traded.
struct FillRevisions: Sendable {
  struct Execution: Hashable {
    var order: OrderID
    var fill: UInt64
  }

  /// By instrument id: whether an order in it was sent.
  private(set) var isTraded: [Bool] = []
  private(set) var gaps: UInt64 = 0
  /// Sequences of reports that the engine did not book. Only membership is asked for.
  private var unbooked: Set<UInt64> = []
  /// Busts and corrections in order: the fill as it is now, or nil.
  private var changes: [(sequence: UInt64, execution: Execution, fill: Fill?)] = []
  private(set) var final: [Execution: Fill?] = [:]

  /// - Throws: `JournalError` if the journal is damaged.
  init(_ reader: JournalReader, through last: UInt64) throws(JournalError) {
    try reader.entries(through: last, of: Self.looks) { event, header in take(event, header) }
    finish()
  }

  /// The same of entries at hand.
  init(_ entries: [Entry]) {
    for entry in entries { take(entry.event, entry.header) }
    finish()
  }

  /// The kinds of entries that it looks at.
  private static func looks(at kind: EntryKind) -> Bool {
    switch kind {
    case .submitted, .released, .busted, .corrected, .alert, .dataQuality: true
    default: false
    }
  }

  private mutating func take(_ event: Event, _ header: EntryHeader) {
    switch event {
    case .decision(.submitted(let ticket)): note(ticket.instrument)
    case .decision(.released(let release)): note(release.ticket.instrument)
    case .decision(.alert(let alert)):
      switch alert.code {
      case .reportDuplicateFill, .reportUnknownOrder, .reportIllegal, .booksOverflow:
        unbooked.insert(header.cause)
      default: break
      }
    case .observation(.report(let report)):
      switch report.outcome {
      case .busted(let fill, _):
        let execution = Execution(order: report.order, fill: fill)
        changes.append((header.sequence, execution, nil))
      case .corrected(let fill, _):
        let execution = Execution(order: report.order, fill: fill.id)
        changes.append((header.sequence, execution, fill))
      default: break
      }
    case .observation(.dataQuality(let quality)):
      if quality.issue == .gap { gaps += quality.times }
    default: break
    }
  }

  private mutating func finish() {
    for change in changes where !unbooked.contains(change.sequence) {
      final[change.execution] = .some(change.fill)
    }
  }

  /// A reported fill as it is at the journal's end; nil if it does not count.
  func fill(_ fill: Fill, of order: OrderID, at sequence: UInt64) -> Fill? {
    if unbooked.contains(sequence) { return nil }
    guard let change = final[Execution(order: order, fill: fill.id)] else { return fill }
    return change
  }

  private mutating func note(_ instrument: InstrumentID) {
    while isTraded.count <= instrument.index { isTraded.append(false) }
    isTraded[instrument.index] = true
  }
}
