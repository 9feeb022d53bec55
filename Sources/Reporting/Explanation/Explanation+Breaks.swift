import Events
import Journaling

extension Explanation {
  /// Explains a break: the statement that opened it, our entry that it is about with what led to that, and
  /// what people and later statements did.
  /// - Returns: nil if the journal has no such break.
  /// - Throws: `JournalError` if the journal is damaged.
  public init?(ofBreak id: UInt64, in reader: JournalReader) throws(JournalError) {
    var opened: BreakRecord?
    var end: BreakEnd?
    var sequences: [UInt64] = []
    let last = try reader.lastSequence()
    try reader.entries(through: last, of: Self.concernsBreaks) { event, header in
      switch event {
      case .decision(.breakOpened(let record)) where record.id == id:
        opened = record
        sequences.append(header.sequence)
      case .observation(.breakResolution(let resolution)) where resolution.breakID == id:
        sequences.append(header.sequence)
      case .decision(.breakClosed(id, let why)):
        end = why
        sequences.append(header.sequence)
      default: break
      }
    }
    guard let opened else { return nil }
    if opened.check.entry != 0 { sequences.append(opened.check.entry) }
    try self.init(of: sequences, in: reader)
    title =
      "brk-\(id)  \(opened.check.kind.name.replacing("_", with: " "))"
      + (end == nil ? "  OPEN" : "  CLOSED")
  }

  private static func concernsBreaks(_ kind: EntryKind) -> Bool {
    switch kind {
    case .breakOpened, .breakResolution, .breakClosed: true
    default: false
    }
  }
}
