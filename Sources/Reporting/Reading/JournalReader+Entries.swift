import Events
import Journaling

extension JournalReader {
  /// Reads the entries through `last`, oldest first: ticks, and the other entries of the kinds that are wanted.
  /// The chain is checked. O(entries).
  func entries(
    through last: UInt64, of isWanted: (EntryKind) -> Bool,
    _ take: (Event, EntryHeader) -> Void, tick: (MarketEvent, EntryHeader) -> Void = { _, _ in }
  ) throws(JournalError) {
    var decoder = BlockDecoder()
    try forEachBlock(through: last, verify: true) { (_, content) throws(Damage) in
      _ = try decoder.begin(content)
      return try decoder.forEachEntry(
        of: content,
        tick: { (event, header) throws(Damage) in
          guard header.sequence <= last else { return false }
          tick(event, header)
          return true
        },
        record: { (kind, payload, header) throws(Damage) in
          guard header.sequence <= last else { return false }
          if isWanted(kind) { take(try kind.event(content, payload), header) }
          return true
        })
    }
  }
}
