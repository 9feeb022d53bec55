import Events
import Journaling
import Sequencing

/// What the engine made of an order that a person gave.
public struct GivenOrder: Equatable, Sendable {
  /// Entries after the instruction that are looked at: its own decisions follow at once.
  private static let most: UInt64 = 64

  public var order: OrderID?
  public var refusal: Refusal?
  /// Sequence of the decision that says so; 0 if there is none.
  public var last: UInt64 = 0

  /// - Parameter sequence: of the instruction, or of the intent that it became.
  /// - Throws: `JournalError` if the journal is damaged.
  public init(of sequence: UInt64, in reader: JournalReader) throws(JournalError) {
    var causes: Set<UInt64> = [sequence]
    var pages = EntryPages(reader, from: sequence + 1)
    while pages.nextSequence <= sequence + Self.most, let page = try pages.next() {
      for entry in page where causes.contains(entry.header.cause) {
        causes.insert(entry.header.sequence)
        last = entry.header.sequence
        switch entry.event {
        case .decision(.submitted(let ticket)), .decision(.held(let ticket, _)):
          order = ticket.order
          return
        case .decision(.refused(let found)):
          refusal = found
          return
        default: break
        }
      }
    }
  }

  /// Looks for a person's name in a journal. O(journal), at some nanoseconds an entry.
  /// - Returns: the sequence of its first instruction, nil if there is none; and all names there are.
  /// - Throws: `JournalError` if the journal is damaged.
  public static func find(_ name: String, in reader: JournalReader) throws(JournalError)
    -> (sequence: UInt64?, names: [String])
  {
    var names: Set<String> = []
    var found: UInt64?
    try reader.forEachRecord(of: .instruction) { event, header in
      guard case .observation(.instruction(let given)) = event else { return true }
      names.insert(given.clientOrder)
      if given.clientOrder == name { found = header.sequence }
      return found == nil
    }
    return (found, names.sorted())
  }
}
