import Events

/// The head of a DBN file, versions 1 to 3. Source: Databento, DBN encoding reference.
public struct DBNMetadata: Equatable, Sendable {
  /// An instrument id and the symbol it stands for on some days.
  public struct Mapping: Equatable, Sendable {
    public var instrument: UInt32
    public var symbol: String
    /// Start of the first day of the mapping.
    public var start: Instant
    /// Start of the first day behind it.
    public var end: Instant
  }

  public var version: UInt8
  /// Such as `GLBX.MDP3`: the venue, then the feed.
  public var dataset: String
  /// The kind of the records; 65535 where they are of several kinds.
  public var schema: UInt16
  /// The end of the time that was asked for; nil if it is open.
  public var end: Instant?
  /// Bytes of a symbol in metadata and records.
  public var symbolLength: Int
  /// Records carry a sending time of 8 bytes behind their fields.
  public var hasSendTime: Bool
  /// Sorted by instrument and start.
  public var mappings: [Mapping]
  /// Symbols that stand for several instruments on the same day, as parent symbols do.
  public private(set) var shared: Set<String> = []

  /// Length of the magic, version and length at the start.
  static let prefixLength = 8
  /// The longest metadata taken: half a million symbols are about 100 MB.
  static let longest = 256 << 20

  /// The number of bytes up to the first record, or nil while fewer than 8 are there.
  /// - Throws: if the bytes do not begin a DBN file of a known version.
  static func length(_ bytes: Span<UInt8>) throws(DecodeError) -> Int? {
    guard bytes.count >= prefixLength else { return nil }
    guard bytes[0] == UInt8(ascii: "D"), bytes[1] == UInt8(ascii: "B"),
      bytes[2] == UInt8(ascii: "N")
    else { throw DecodeError(.byte(0), "not a DBN file: it does not begin with “DBN”") }
    guard (1...3).contains(bytes[3]) else {
      throw DecodeError(.byte(3), "DBN version \(bytes[3]); versions 1 to 3 are known")
    }
    let length = Int(bytes.u32(4))
    guard length <= longest else {
      throw DecodeError(.byte(4), "metadata of \(length) bytes, above \(longest >> 20) MB")
    }
    return prefixLength + length
  }

  /// Reads the whole head.
  /// - Parameter bytes: as many as `length` said.
  init(_ bytes: Span<UInt8>) throws(DecodeError) {
    version = bytes[3]
    var cursor = Cursor(offset: Self.prefixLength)
    dataset = try cursor.text(bytes, 16)
    schema = try cursor.u16(bytes)
    try cursor.skip(bytes, 8)
    let last = try cursor.u64(bytes)
    end = last == 0 ? nil : DBN.time(last)
    // The limit; version 1 has a record count as well.
    try cursor.skip(bytes, version == 1 ? 16 : 8)
    let symbolsIn = try cursor.byte(bytes)
    let symbolsOut = try cursor.byte(bytes)
    hasSendTime = try cursor.byte(bytes) != 0
    if version == 1 {
      symbolLength = 22
      try cursor.skip(bytes, 47)
    } else {
      symbolLength = Int(try cursor.u16(bytes))
      try cursor.skip(bytes, 53)
    }
    guard symbolLength > 0 else { throw DecodeError(.byte(cursor.offset), "symbols of 0 bytes") }
    try cursor.skip(bytes, Int(try cursor.u32(bytes)))
    for _ in 0..<3 {
      // Requested, partly resolved and unresolved symbols say nothing about the records.
      let count = Int(try cursor.u32(bytes))
      try cursor.skip(bytes, count * symbolLength)
    }
    mappings = []
    try readMappings(bytes, &cursor, idIsInput: symbolsIn == 0 && symbolsOut != 0)
    mappings.sort { ($0.instrument, $0.start) < ($1.instrument, $1.start) }
    shared = Self.shared(mappings)
  }

  /// Symbols that stand for several instruments on the same day.
  private static func shared(_ mappings: [Mapping]) -> Set<String> {
    let byTime = mappings.sorted {
      ($0.symbol, $0.start, $0.instrument) < ($1.symbol, $1.start, $1.instrument)
    }
    var shared: Set<String> = []
    var end = Instant(nanoseconds: .min)
    for (before, next) in zip(byTime, byTime.dropFirst()) {
      end = max(end, before.end)
      if before.symbol != next.symbol {
        end = Instant(nanoseconds: .min)
      } else if before.instrument != next.instrument, next.start < end {
        shared.insert(next.symbol)
      }
    }
    return shared
  }

  private mutating func readMappings(
    _ bytes: Span<UInt8>, _ cursor: inout Cursor, idIsInput: Bool
  ) throws(DecodeError) {
    let count = try cursor.u32(bytes)
    for _ in 0..<count {
      let input = try cursor.text(bytes, symbolLength)
      let intervals = try cursor.u32(bytes)
      for _ in 0..<intervals {
        let start = try cursor.date(bytes)
        let end = try cursor.date(bytes)
        let output = try cursor.text(bytes, symbolLength)
        // Days on which a symbol does not resolve have an empty output.
        let (id, symbol) = idIsInput ? (input, output) : (output, input)
        guard let instrument = UInt32(id), !symbol.isEmpty else { continue }
        mappings.append(
          Mapping(instrument: instrument, symbol: symbol, start: start, end: end))
      }
    }
  }

  /// What a number stands for at a moment, and the first and last moment of that. Days that no mapping
  /// covers belong to the one before, or to the first. Nil if the number is not mapped at all.
  /// O(log mappings).
  func mapping(of instrument: UInt32, at time: Instant) -> (
    symbol: String, first: Instant, last: Instant
  )? {
    var (low, high) = (0, mappings.count)
    while low < high {
      let middle = (low + high) / 2
      let mapping = mappings[middle]
      if (mapping.instrument, mapping.start) <= (instrument, time) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    func isMapped(_ place: Int) -> Bool {
      mappings.indices.contains(place) && mappings[place].instrument == instrument
    }
    let place = isMapped(low - 1) ? low - 1 : low
    guard isMapped(place) else { return nil }
    return (
      mappings[place].symbol,
      isMapped(place - 1) ? mappings[place].start : Instant(nanoseconds: .min),
      isMapped(place + 1) ? mappings[place + 1].start.advanced(by: -1) : .distantFuture
    )
  }
}

/// Takes fields off the metadata and never reads past its end.
private struct Cursor {
  var offset: Int

  private mutating func take(_ bytes: Span<UInt8>, _ count: Int) throws(DecodeError) -> Int {
    guard count >= 0, count <= bytes.count - offset else {
      throw DecodeError(.byte(offset), "the metadata end too early")
    }
    defer { offset += count }
    return offset
  }

  mutating func skip(_ bytes: Span<UInt8>, _ count: Int) throws(DecodeError) {
    _ = try take(bytes, count)
  }

  mutating func byte(_ bytes: Span<UInt8>) throws(DecodeError) -> UInt8 {
    bytes[try take(bytes, 1)]
  }

  mutating func u16(_ bytes: Span<UInt8>) throws(DecodeError) -> UInt16 {
    bytes.u16(try take(bytes, 2))
  }

  mutating func u32(_ bytes: Span<UInt8>) throws(DecodeError) -> UInt32 {
    bytes.u32(try take(bytes, 4))
  }

  mutating func u64(_ bytes: Span<UInt8>) throws(DecodeError) -> UInt64 {
    bytes.u64(try take(bytes, 8))
  }

  mutating func text(_ bytes: Span<UInt8>, _ width: Int) throws(DecodeError) -> String {
    bytes.padded(try take(bytes, width), width)
  }

  /// A day as a number such as 20231225.
  mutating func date(_ bytes: Span<UInt8>) throws(DecodeError) -> Instant {
    let start = offset
    let number = try u32(bytes)
    guard let date = CivilDate(yyyymmdd: Int64(number)) else {
      throw DecodeError(.byte(start), "\(number) is not a date")
    }
    return TimeZoneRule.utc.instant(date, nanoseconds: 0)
  }
}
