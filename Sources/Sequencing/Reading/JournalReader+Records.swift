import Events
import Journaling

extension JournalReader {
  /// Reads the entries of one kind, which is none of a tick's, oldest first, until `body` returns false.
  /// O(entries), at some nanoseconds each.
  /// - Parameter last: the last entry that is looked at.
  /// - Throws: `JournalError` if the journal is damaged.
  public func forEachRecord(
    of wanted: EntryKind, through last: UInt64 = .max, _ body: (Event, EntryHeader) -> Bool
  ) throws(JournalError) {
    var decoder = BlockDecoder()
    try forEachBlock(through: last) { (_, content) throws(Damage) in
      _ = try decoder.begin(content)
      return try decoder.forEachEntry(
        of: content, tick: { (_, header) throws(Damage) in header.sequence <= last },
        record: { (kind, payload, header) throws(Damage) in
          guard header.sequence <= last else { return false }
          return kind == wanted ? body(try kind.event(content, payload), header) : true
        })
    }
  }
}
