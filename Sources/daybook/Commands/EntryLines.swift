import Events
import Journaling

/// Writes entries as lines of JSON.
struct EntryLines {
  private var text = EntryText()
  private var ticks = TickLine()
  /// By `EntryKind.rawValue`.
  private var isWanted: [Bool]

  /// - Parameter kinds: which to write; none means all.
  init(kinds: [EntryKind]) {
    isWanted = [Bool](repeating: kinds.isEmpty, count: 256)
    for kind in kinds { isWanted[Int(kind.rawValue)] = true }
  }

  /// Writes the entries of a range. Entries before it are read for names and scales.
  mutating func write(_ reader: JournalReader, _ range: Range<UInt64>) throws {
    guard !range.isEmpty else { return }
    var output = Output()
    var decoder = BlockDecoder()
    var failure: (any Error)?
    try reader.forEachBlock(through: range.upperBound - 1, verify: true) {
      (_, content) throws(Damage) in
      _ = try decoder.begin(content)
      do {
        while try writeNext(content, &decoder, range, into: &output) {}
        return decoder.header.sequence < range.upperBound
      } catch let damage as Damage {
        throw damage
      } catch {
        failure = error
        return false
      }
    }
    if let failure { throw failure }
    try output.flush()
  }

  /// Writes the next entry of a block.
  /// - Returns: false at the end of the block or the range.
  private mutating func writeNext(
    _ content: RawSpan, _ decoder: inout BlockDecoder, _ range: Range<UInt64>,
    into output: inout Output
  ) throws -> Bool {
    let record = try decoder.next(content)
    let header = decoder.header
    guard header.sequence < range.upperBound else { return false }
    let isInside = header.sequence >= range.lowerBound
    switch record {
    case .end: return false
    case .market(let tick):
      guard isInside, isWanted[Int(tick.kind.rawValue)] else { return true }
      try output.append { bytes in ticks.write(tick, header, to: &bytes) }
    case .record(let kind, let payload):
      let isPrinted = isInside && isWanted[Int(kind.rawValue)]
      guard isPrinted || EntryText.needs(kind) else { return true }
      let event = try kind.event(content, payload)
      text.note(event)
      if case .observation(.instrument(let instrument)) = event { ticks.note(instrument) }
      guard isPrinted else { return true }
      let line = text.line(Entry(header: header, event: event))
      try output.append { bytes in
        bytes.append(line.closed)
        bytes.append(character: "\n")
      }
    }
    return true
  }
}
