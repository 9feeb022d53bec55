import Events
import Testing

/// The content of a block that holds these entries, as the encoder writes it.
func content(of entries: [Entry], with encoder: inout BlockEncoder) -> [UInt8] {
  encoder.begin(at: entries[0].header.sequence)
  for entry in entries {
    let header = entry.header
    let sequence =
      switch entry.event {
      case .observation(let observation):
        encoder.append(
          observation, event: header.eventTime, receive: header.receiveTime, cause: header.cause)
      case .decision(let decision):
        encoder.append(decision, at: header.receiveTime, cause: header.cause)
      }
    precondition(sequence == header.sequence)
  }
  encoder.finish()
  return encoder.withContent { content in content.withUnsafeBytes { Array($0) } }
}

func content(of entries: [Entry]) -> [UInt8] {
  var encoder = BlockEncoder(capacity: 64)
  return content(of: entries, with: &encoder)
}

/// All entries of a block, read one by one and, which must not differ, in a loop that goes through
/// and in one that stops at each entry.
func entries(
  of content: [UInt8], with decoder: inout BlockDecoder
) throws(Damage) -> [Entry] {
  let one = outcome { () throws(Damage) in try entriesByNext(of: content, with: &decoder) }
  let end = decoder.header
  for stops in [true, false] {
    let loop = outcome { () throws(Damage) in
      try entriesByLoop(of: content, with: &decoder, stopping: stops)
    }
    #expect(loop == one)
    if case .success = one { #expect(decoder.header == end) }
  }
  return try one.get()
}

private func outcome(_ body: () throws(Damage) -> [Entry]) -> Result<[Entry], Damage> {
  do throws(Damage) { return .success(try body()) } catch { return .failure(error) }
}

private func entriesByNext(
  of content: [UInt8], with decoder: inout BlockDecoder
) throws(Damage) -> [Entry] {
  let bytes = content.span.bytes
  _ = try decoder.begin(bytes)
  var entries: [Entry] = []
  while true {
    switch try decoder.next(bytes) {
    case .market(let tick):
      entries.append(Entry(header: decoder.header, event: .observation(.market(tick))))
    case .record(let kind, let payload):
      entries.append(Entry(header: decoder.header, event: try kind.event(bytes, payload)))
    case .end: return entries
    }
  }
}

private func entriesByLoop(
  of content: [UInt8], with decoder: inout BlockDecoder, stopping: Bool
) throws(Damage) -> [Entry] {
  let bytes = content.span.bytes
  _ = try decoder.begin(bytes)
  var entries: [Entry] = []
  var isAtEnd = false
  while !isAtEnd {
    let before = entries.count
    isAtEnd = try decoder.forEachEntry(
      of: bytes,
      tick: { (tick, header) throws(Damage) in
        entries.append(Entry(header: header, event: .observation(.market(tick))))
        return !stopping
      },
      record: { (kind, payload, header) throws(Damage) in
        entries.append(Entry(header: header, event: try kind.event(bytes, payload)))
        return !stopping
      })
    #expect(isAtEnd || stopping && entries.count == before + 1)
  }
  return entries
}

func entries(of content: [UInt8]) throws(Damage) -> [Entry] {
  var decoder = BlockDecoder()
  return try entries(of: content, with: &decoder)
}

/// Replaces the integer at an offset.
func overwrite<T: FixedWidthInteger>(_ bytes: inout [UInt8], at offset: Int, _ value: T) {
  for index in 0..<MemoryLayout<T>.size {
    bytes[offset + index] = UInt8(truncatingIfNeeded: value >> T(8 * index))
  }
}

/// The bytes that hexadecimal digits name; spaces, line ends and `|` mean nothing.
func bytes(_ hex: String) -> [UInt8] {
  let digits = hex.filter { !$0.isWhitespace && $0 != "|" }.map { UInt8($0.hexDigitValue!) }
  precondition(digits.count % 2 == 0)
  return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

/// Hexadecimal digits, a line of 16 bytes each, so that a failure shows where bytes differ.
func hex(_ bytes: some Collection<UInt8>) -> String {
  let digits = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
  return stride(from: 0, to: digits.count, by: 16)
    .map { digits[$0..<min($0 + 16, digits.count)].joined(separator: " ") }
    .joined(separator: "\n")
}

/// An entry at sequence 1 unless said, at one moment unless said.
func entry(
  _ event: Event, sequence: UInt64 = 1, at receive: Int64 = 1000, lag: Int64 = 0, cause: UInt64 = 0
) -> Entry {
  Entry(
    header: EntryHeader(
      sequence: sequence, eventTime: Instant(nanoseconds: receive - lag),
      receiveTime: Instant(nanoseconds: receive), cause: cause),
    event: event)
}

extension Event {
  static func market(_ tick: MarketEvent) -> Event { .observation(.market(tick)) }
  static func report(_ order: UInt64, _ outcome: VenueReport.Outcome) -> Event {
    .observation(.report(VenueReport(order: OrderID(order), outcome)))
  }
}
