import Events
import Journaling

/// A journal's entries, a block at a time, in order; goes on where it was when new ones have come.
public struct EntryPages: ~Copyable {
  private let reader: JournalReader
  private var decoder = BlockDecoder()
  public private(set) var nextSequence: UInt64 = 1

  public init(_ reader: JournalReader, from sequence: UInt64 = 1) {
    self.reader = reader
    nextSequence = max(sequence, 1)
  }

  /// The next block's entries; nil at the end.
  public mutating func next() throws(JournalError) -> [Entry]? {
    var page: [Entry] = []
    let first = nextSequence
    try reader.forEachBlock(from: first, verify: true) { (header, content) throws(Damage) in
      _ = try decoder.begin(content)
      page.reserveCapacity(Int(header.entryCount))
      while true {
        let event: Event
        switch try decoder.next(content) {
        case .end: return false
        case .market(let tick): event = .observation(.market(tick))
        case .record(let kind, let payload): event = try kind.event(content, payload)
        }
        if decoder.header.sequence >= first {
          page.append(Entry(header: decoder.header, event: event))
        }
      }
    }
    guard let last = page.last else { return nil }
    nextSequence = last.header.sequence + 1
    return page
  }
}
