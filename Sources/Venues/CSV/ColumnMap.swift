import Events

/// What the columns of a CSV file mean, and what the instrument is.
///
/// ```toml
/// kind = "bar"                 # bar, quote, trade, depth or reference
/// symbol = "SPY"              # or symbol_column = "ticker": the column that names each row's
/// venue = "USA"
/// time = "datetime"            # a column: its name in the header, or its number from 1
/// time_format = "iso8601"      # iso8601, "YYYYMMDD HHMMSS", unix_s, unix_ms, unix_us, unix_ns
/// timezone = "America/New_York"  # of times without an offset: utc (default), a zone or +05:30
/// bar = "1m"                   # length of a bar: a number and s, m, h or d
/// stamp = "end"                # the time is the bar's start (default) or end
/// open = "open"                # and so on: high low close volume; bid ask bid_size ask_size;
///                              # price size side; mark index funding open_interest
///                              # settlement
/// ```
public struct ColumnMap: Equatable, Sendable {
  /// A column by its name in the header or by its place from 0.
  public enum Column: Equatable, Sendable {
    case name(String)
    case place(Int)
  }
  public enum Kind: Equatable, Sendable {
    case bar(interval: Int64, isStampedWithEnd: Bool, side: Side)
    case quote
    case trade
    case depth
    /// Values beside the market's events, those that the row has.
    case reference
  }
  /// What a column holds.
  public enum Field: String, CaseIterable, Sendable {
    case time
    /// The day, where the column of the time has the time of day alone.
    case date
    case open
    case high
    case low
    case close
    case volume
    case bid
    case ask
    case bidSize = "bid_size"
    case askSize = "ask_size"
    case price
    case size
    case side
    case mark
    case index
    case funding
    case openInterest = "open_interest"
    case settlement
    /// Names the row's instrument.
    case symbol = "symbol_column"

    /// What a row of references says in this column; nil for other columns.
    var reference: ReferenceValue.Field? {
      switch self {
      case .mark: .mark
      case .index: .index
      case .funding: .fundingRate
      case .openInterest: .openInterest
      case .settlement: .settlement
      default: nil
      }
    }
  }

  public var kind: Kind
  /// Names of the files that it is for; nil for those that no other map is for.
  public var files: FilePattern?
  /// The instrument of all rows; where a column names them, the one that is taken.
  public var symbol: String?
  /// The map says that no column names instruments, whatever the heading calls it.
  public var ignoresSymbols: Bool
  public var overrides: InstrumentOverrides
  public var timeFormat: TimeFormat
  public var zone: TimeZoneRule
  public var delimiter: UInt8
  public var hasHeader: Bool
  /// The rows are not in order of time and are to be sorted.
  public var isUnordered: Bool
  /// Columns by `Field`, in the order of its cases; nil for what the file does not have.
  private(set) var columns: [Column?]

  /// Whether a column names each row's instrument.
  public var namesInstruments: Bool { column(.symbol) != nil }

  func column(_ field: Field) -> Column? {
    Field.allCases.firstIndex(of: field).flatMap { columns[$0] }
  }
}

extension ColumnMap {
  /// - Throws: the line and what is wrong with it.
  public init(_ file: MapFile) throws(DecodeError) {
    var reader = MapReader(file)
    symbol = try reader.text("symbol")
    files = try reader.text("files").map(FilePattern.init)
    overrides = try reader.overrides()
    timeFormat = try reader.timeFormat()
    zone = try reader.zone()
    delimiter = try reader.delimiter()
    isUnordered = try reader.flag("sort") ?? false
    let header = try reader.flag("header")
    ignoresSymbols = reader.ignoresSymbols
    columns = []
    for field in Field.allCases { columns.append(try reader.column(field)) }
    kind = try reader.kind()
    try reader.finish()
    // By default there is a header if any column is named.
    let isNamed = columns.contains { if case .name = $0 { true } else { false } }
    hasHeader = header ?? isNamed
    if isNamed, !hasHeader {
      throw DecodeError(.source, "columns are named, but header = false: give their numbers")
    }
    for field in kind.required where column(field) == nil {
      throw DecodeError(.source, "“\(field.rawValue)” is missing: which column is it?")
    }
    if symbol != nil, column(.symbol) != nil {
      throw DecodeError(
        .source, "“symbol” names all rows, “symbol_column” has each row named: give one of them")
    }
    if case .unix = timeFormat, column(.date) != nil {
      throw DecodeError(.source, "times since 1970 have their day in them: leave “date” out")
    }
    let references = Field.allCases.filter { $0.reference != nil && column($0) != nil }
    guard (kind == .reference) != references.isEmpty else {
      let names = Field.allCases.filter { $0.reference != nil }.map(\.rawValue)
      throw DecodeError(
        .source,
        "columns \(names.joined(separator: ", ")) and kind = \"reference\" belong together")
    }
  }
}

extension ColumnMap.Kind {
  /// Columns that there must be.
  var required: [ColumnMap.Field] {
    switch self {
    case .bar: [.time, .open, .high, .low, .close]
    case .quote: [.time, .bid, .ask]
    case .trade: [.time, .price, .size]
    case .depth: [.time, .side, .price, .size]
    case .reference: [.time]
    }
  }
}

extension InstrumentOverrides {
  /// Reads a map file that only says what instruments are, for formats that need no columns: keys
  /// `venue class base currency price_scale quantity_scale tick_size lot_size multiplier`.
  /// - Throws: the line and what is wrong with it.
  public init(_ file: MapFile) throws(DecodeError) {
    var reader = MapReader(file)
    self = try reader.overrides()
    try reader.finish()
  }
}

/// Takes keys out of a map file and tells of those that nobody took.
private struct MapReader {
  private let file: MapFile
  private var taken: [Bool]

  init(_ file: MapFile) {
    self.file = file
    taken = file.items.map { _ in false }
  }

  private mutating func take(_ key: String) -> MapFile.Item? {
    guard let index = file.items.firstIndex(where: { $0.key == key }) else { return nil }
    taken[index] = true
    return file.items[index]
  }

  func finish() throws(DecodeError) {
    for (item, isTaken) in zip(file.items, taken) where !isTaken {
      throw DecodeError(.line(item.line), "“\(item.key)” is no key of this kind of map")
    }
  }

  mutating func text(_ key: String) throws(DecodeError) -> String? {
    guard let item = take(key) else { return nil }
    guard case .text(let text) = item.value, !text.isEmpty else {
      throw DecodeError(.line(item.line), "“\(key)” is a text in double quotes")
    }
    return text
  }

  mutating func flag(_ key: String) throws(DecodeError) -> Bool? {
    guard let item = take(key) else { return nil }
    guard case .flag(let flag) = item.value else {
      throw DecodeError(.line(item.line), "“\(key)” is true or false")
    }
    return flag
  }

  /// One of some words.
  private mutating func choice<T>(_ key: String, _ words: [(String, T)]) throws(DecodeError) -> T? {
    guard let item = take(key) else { return nil }
    if case .text(let text) = item.value, let found = words.first(where: { $0.0 == text }) {
      return found.1
    }
    let names = words.map { "\"\($0.0)\"" }.joined(separator: ", ")
    throw DecodeError(.line(item.line), "“\(key)” is one of \(names)")
  }

  private mutating func number(_ key: String, scale: Int, _ range: ClosedRange<Int64>)
    throws(DecodeError) -> Int64?
  {
    guard let item = take(key) else { return nil }
    let literal: String
    switch item.value {
    case .number(let text), .text(let text): literal = text
    case .flag: throw DecodeError(.line(item.line), "“\(key)” is a number")
    }
    guard case .success(let value) = Events.parseDecimal(literal.utf8, scale: scale),
      range.contains(value)
    else {
      let low = decimalText(Int128(range.lowerBound), scale: scale)
      let high = decimalText(Int128(range.upperBound), scale: scale)
      throw DecodeError(.line(item.line), "“\(key)” is a number from \(low) to \(high)")
    }
    return value
  }

  mutating func overrides() throws(DecodeError) -> InstrumentOverrides {
    var overrides = InstrumentOverrides()
    overrides.venueName = try text("venue")
    overrides.kind = try choice(
      "class",
      [
        ("equity", .equity), ("future", .future), ("option", .option), ("forex", .forex),
        ("crypto", .crypto), ("perpetual", .perpetual), ("index", .index),
        ("inverse", .inverse),
      ])
    overrides.base = try text("base")
    overrides.currency = try currency()
    overrides.priceScale = try number("price_scale", scale: 0, 0...9).map { UInt8($0) }
    overrides.quantityScale = try number("quantity_scale", scale: 0, 0...9).map { UInt8($0) }
    overrides.tickSize = try number("tick_size", scale: 9, 1...1_000_000_000_000_000)
    overrides.lotSize = try number("lot_size", scale: 9, 1...1_000_000_000_000_000)
    overrides.multiplier = try number("multiplier", scale: 9, 1...1_000_000_000_000_000)
    if let fault = overrides.fault, let item = file.items.first(where: { $0.key == fault.key }) {
      throw DecodeError(.line(item.line), fault.what)
    }
    return overrides
  }

  private mutating func currency() throws(DecodeError) -> String? {
    guard let item = take("currency") else { return nil }
    guard case .text(let text) = item.value, (3...5).contains(text.utf8.count),
      text.utf8.allSatisfy({
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) || $0 &- UInt8(ascii: "0") <= 9
      })
    else {
      throw DecodeError(
        .line(item.line), "“currency” is three to five capital letters or digits, such as \"USD\"")
    }
    return text
  }

  mutating func timeFormat() throws(DecodeError) -> TimeFormat {
    let names = ["iso8601", "YYYYMMDD HHMMSS", "unix_s", "unix_ms", "unix_us", "unix_ns"]
    let known = names.compactMap { name in TimeFormat(name: name).map { (name, $0) } }
    return try choice("time_format", known) ?? .iso8601
  }

  mutating func zone() throws(DecodeError) -> TimeZoneRule {
    guard let item = take("timezone") else { return .utc }
    if case .text(let name) = item.value, let zone = TimeZoneRule(name: name) { return zone }
    let names = TimeZoneRule.named.map { "\"\($0.name)\"" }.joined(separator: ", ")
    throw DecodeError(
      .line(item.line), "“timezone” is an offset such as \"+05:30\", or one of \(names)")
  }

  mutating func delimiter() throws(DecodeError) -> UInt8 {
    guard let item = take("delimiter") else { return UInt8(ascii: ",") }
    guard case .text(let text) = item.value, text.utf8.count == 1, let byte = text.utf8.first,
      byte != 0x0A, byte != 0x0D
    else { throw DecodeError(.line(item.line), "“delimiter” is one character in double quotes") }
    return byte
  }

  /// Whether `symbol_column` is there and names none.
  var ignoresSymbols: Bool {
    file.items.contains {
      $0.key == ColumnMap.Field.symbol.rawValue && $0.value == .text("")
    }
  }

  mutating func column(_ field: ColumnMap.Field) throws(DecodeError) -> ColumnMap.Column? {
    guard let item = take(field.rawValue) else { return nil }
    switch item.value {
    case .text("") where field == .symbol: return nil
    // A heading stands without the spaces around it.
    case .text(let name) where name.contains { $0 != " " && $0 != "\t" }:
      return .name(MapFile.trimmed(name))
    case .number(let text):
      guard let number = Int(text), (1...10_000).contains(number) else { fallthrough }
      return .place(number - 1)
    default:
      throw DecodeError(
        .line(item.line),
        "“\(field.rawValue)” is a column: its name in double quotes, or its number")
    }
  }

  mutating func kind() throws(DecodeError) -> ColumnMap.Kind {
    let names = ["bar", "quote", "trade", "depth", "reference"]
    guard let name = try choice("kind", names.map { ($0, $0) }) else {
      throw DecodeError(.source, "“kind” is missing: bar, quote, trade, depth or reference")
    }
    switch name {
    case "quote": return .quote
    case "trade": return .trade
    case "depth": return .depth
    case "reference": return .reference
    default:
      let end = try choice("stamp", [("start", false), ("end", true)]) ?? false
      let sides = [("trades", Side.none), ("bids", .buy), ("asks", .sell)]
      let side = try choice("prices", sides) ?? .none
      return .bar(interval: try interval(), isStampedWithEnd: end, side: side)
    }
  }

  private mutating func interval() throws(DecodeError) -> Int64 {
    let units: [(Character, Int64)] = [("s", 1), ("m", 60), ("h", 3600), ("d", 86_400)]
    guard let item = take("bar") else {
      throw DecodeError(.source, "“bar” is missing: the length of a bar, such as \"1m\"")
    }
    guard case .text(let text) = item.value, let unit = units.first(where: { $0.0 == text.last }),
      let count = Int64(text.dropLast()), (1...86_400).contains(count)
    else { throw DecodeError(.line(item.line), "“bar” is a number and s, m, h or d: \"1m\"") }
    return count * unit.1 * Nanoseconds.second
  }
}
