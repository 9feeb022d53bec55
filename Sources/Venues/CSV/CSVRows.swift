import Events

/// What the rows of one instrument told so far.
struct CSVRows: Sendable {
  let symbol: String
  let instrument: Instrument
  var lastTime = Instant(nanoseconds: .min)
  /// Times of the bars taken so far.
  var barTimes = BarTimes()
  var hour: RepeatedHour

  init(_ instrument: Instrument, map: ColumnMap) {
    self.instrument = instrument
    symbol = instrument.symbol
    var interval: Int64?
    if case .bar(let length, _, _) = map.kind { interval = length }
    hour = RepeatedHour(isUnordered: map.isUnordered, interval: interval)
  }
}

/// Columns that the heading calls a name of instruments and that the map does not speak of: as long as one
/// value stands in each, rows are of one instrument.
struct UnmappedSymbols: Sendable {
  private struct Column {
    var place: Int
    var name: String
    var value: String?
  }
  private var columns: [Column] = []
  private static let names = ["symbol", "sym", "ticker", "instrument"]

  /// - Parameter mapped: places of the columns that the map has.
  init(_ bytes: Span<UInt8>, _ heading: [Range<Int>], mapped: [Int]) {
    for (place, field) in heading.enumerated() where !mapped.contains(place) {
      let name = text(bytes, field)
      if Self.names.contains(name.lowercased().filter { $0 != " " && $0 != "\t" }) {
        columns.append(Column(place: place, name: name))
      }
    }
  }

  /// Nothing is watched.
  init() {}

  /// Looks at a row.
  /// - Returns: what is wrong if a second value stands in a column.
  mutating func look(_ bytes: Span<UInt8>, _ fields: [Range<Int>]) -> String? {
    for index in columns.indices where columns[index].place < fields.count {
      let field = fields[columns[index].place]
      guard let value = columns[index].value else {
        columns[index].value = text(bytes, field)
        continue
      }
      if matches(bytes, field, value) { continue }
      let name = columns[index].name
      return
        "column “\(name)” has “\(value)” before and \(shown(bytes.extracting(field))) here: give "
        + "symbol_column = \"\(name)\" in the map if it names the instruments, or symbol_column = \"\" "
        + "if all rows are of one"
    }
    return nil
  }
}
