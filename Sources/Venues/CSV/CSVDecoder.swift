import Events

/// Decodes delimited text by a column map: bars, quotes, trades, price levels or reference values of one
/// instrument, or of those that a column names row by row. A field may stand in double quotes, and then hold
/// delimiters, line feeds and doubled quotes, which stay doubled. Source: RFC 4180.
public struct CSVDecoder: Decoder {
  let map: ColumnMap
  /// The instrument of all rows, if no column names them.
  private let symbol: String
  /// The instruments of the rows so far, in order of appearance.
  private var told: [CSVRows] = []
  /// Where in `told` a symbol is; −1 for one that nobody asked for.
  private var indices: [String: Int] = [:]
  /// The symbol of the row before, and where it is.
  private var last: (symbol: String, index: Int)?
  private var unmapped = UnmappedSymbols()
  private let length: BarLength?
  /// Place of each field's column, −1 for none, in the order of `ColumnMap.Field`.
  private var places: [Int] = []
  /// The row in hand.
  private var record = CSVRecord()
  private var isHeaderRead = false
  /// The first line of the row in hand.
  var lineNumber = 0
  private var linesRead = 0

  /// - Parameter symbol: the instrument's name, if neither the map nor a column gives one.
  public init(map: ColumnMap, symbol: String) {
    self.map = map
    self.symbol = map.symbol ?? symbol
    if case .bar(let interval, _, _) = map.kind {
      length = BarLength(interval: interval, zone: map.zone)
    } else {
      length = nil
    }
  }

  /// Whether the data have to tell the scales.
  public var needsSurvey: Bool {
    map.overrides.priceScale == nil || map.overrides.quantityScale == nil
  }

  public mutating func decode(
    _ bytes: Span<UInt8>, isEnd: Bool, registry: inout InstrumentRegistry,
    into batch: inout DecodedBatch
  ) throws(DecodeError) -> Int {
    var lines = TextLines(after: linesRead)
    var taken = 0
    while let line = try lines.next(bytes, isEnd: isEnd) {
      lineNumber = linesRead + 1
      guard try cut(bytes, line, &lines, isEnd: isEnd) else { return taken }
      linesRead = lines.number
      taken = lines.offset
      if line.isEmpty { continue }
      if !isHeaderRead {
        isHeaderRead = true
        try locateColumns(bytes)
        if map.hasHeader { continue }
      }
      if let problem = unmapped.look(bytes, record.fields) { throw self.problem(problem) }
      guard let index = try index(bytes, &registry, into: &batch) else { continue }
      try row(bytes, index, into: &batch)
    }
    if bytes.count - taken > CSVRecord.longest {
      lineNumber = linesRead + 1
      record.begin(at: taken)
      let isOpen = try record.cut(
        bytes, upTo: bytes.count, line: lineNumber, delimiter: map.delimiter)
      throw isOpen ? record.openQuote(isTooLong: true) : problem(Self.tooLong)
    }
    return taken
  }

  private static let tooLong = "a row longer than \(CSVRecord.longest >> 20) MB"

  /// Cuts the row that begins with a line.
  /// - Returns: whether all of it is there.
  private mutating func cut(
    _ bytes: Span<UInt8>, _ line: Range<Int>, _ lines: inout TextLines, isEnd: Bool
  ) throws(DecodeError) -> Bool {
    record.begin(at: line.lowerBound)
    var end = line.upperBound
    while try record.cut(bytes, upTo: end, line: lines.number, delimiter: map.delimiter) {
      let more = try lines.next(bytes, isEnd: isEnd)
      guard (more?.upperBound ?? bytes.count) - line.lowerBound <= CSVRecord.longest else {
        throw record.openQuote(isTooLong: true)
      }
      guard let more else {
        if isEnd { throw record.openQuote(isTooLong: false) }
        return false
      }
      end = more.upperBound
    }
    guard end - line.lowerBound <= CSVRecord.longest else { throw problem(Self.tooLong) }
    return true
  }

  /// Where in `told` the row's instrument is; nil for one that nobody asked for.
  private mutating func index(
    _ bytes: Span<UInt8>, _ registry: inout InstrumentRegistry, into batch: inout DecodedBatch
  ) throws(DecodeError) -> Int? {
    guard let field = try field(.symbol) else {
      if told.isEmpty { try add(symbol, &registry) }
      return 0
    }
    var index: Int
    if let last, matches(bytes, field, last.symbol) {
      index = last.index
    } else {
      let name = text(bytes, field)
      index = indices[name] ?? told.count
      if indices[name] == nil {
        guard !name.isEmpty else { throw problem("no symbol") }
        if let wanted = map.symbol, wanted != name {
          registry.passOver(name)
          index = -1
        } else {
          try add(name, &registry)
        }
        indices[name] = index
      }
      last = (name, index)
    }
    if index < 0 { batch.skip("row of another symbol") }
    return index < 0 ? nil : index
  }

  private mutating func add(_ symbol: String, _ registry: inout InstrumentRegistry)
    throws(DecodeError)
  {
    let instrument = try registry.register(
      InstrumentProposal(venueName: "CSV", symbol: symbol, kind: .equity))
    told.append(CSVRows(instrument, map: map))
  }

  func problem(_ reason: String) -> DecodeError { DecodeError(.line(lineNumber), reason) }

  private mutating func locateColumns(_ bytes: Span<UInt8>) throws(DecodeError) {
    for field in ColumnMap.Field.allCases {
      switch map.column(field) {
      case nil: places.append(-1)
      case .place(let place): places.append(place)
      case .name(let name):
        let named = record.fields.indices.filter { matches(bytes, record.fields[$0], name) }
        guard let place = named.first else {
          let names = record.fields.map { text(bytes, $0) }.joined(separator: ", ")
          throw problem("no column is called “\(name)”; there are: \(names)")
        }
        guard named.count == 1 else {
          let numbers = named.map { String($0 + 1) }.joined(separator: ", ")
          throw problem(
            "columns \(numbers) are all called “\(name)”: name the one that is meant by its number, "
              + "\(field.rawValue) = \(place + 1)")
        }
        places.append(place)
      }
    }
    if map.hasHeader, !map.ignoresSymbols, map.column(.symbol) == nil {
      unmapped = UnmappedSymbols(bytes, record.fields, mapped: places)
    }
  }

  /// The field's range in the line, or nil if the map has no column for it.
  func field(_ field: ColumnMap.Field) throws(DecodeError) -> Range<Int>? {
    guard let index = ColumnMap.Field.allCases.firstIndex(of: field), places[index] >= 0 else {
      return nil
    }
    let count = record.fields.count
    guard places[index] < count else {
      throw problem("\(count) columns; “\(field.rawValue)” is column \(places[index] + 1)")
    }
    return record.fields[places[index]]
  }

  private mutating func row(
    _ bytes: Span<UInt8>, _ index: Int, into batch: inout DecodedBatch
  ) throws(DecodeError) {
    let instrument = told[index].instrument
    let time = try moment(bytes, index, into: &batch)
    let lastTime = told[index].lastTime
    if !map.isUnordered, time < lastTime {
      batch.note(
        .outOfOrder, of: instrument.id, expected: UInt64(clamping: lastTime.nanoseconds),
        actual: UInt64(clamping: time.nanoseconds), event: time, receive: lastTime,
        "line \(lineNumber): time goes back")
    }
    told[index].lastTime = max(lastTime, time)
    let receive = map.isUnordered ? time : told[index].lastTime
    let row = CSVRow(instrument: instrument, event: time, receive: receive)
    guard let (event, isPossible) = try event(bytes, row, into: &batch) else {
      try references(bytes, row, into: &batch)
      return
    }
    guard isPossible else {
      batch.leaveOut(event)
      batch.note(
        .impossibleValue, of: instrument.id, event: time, receive: receive,
        "line \(lineNumber): prices or sizes that cannot be; left out")
      return
    }
    // A bar that cannot be is no bar of its time: the right one may follow.
    if case .bar = map.kind, !told[index].barTimes.insert(time) {
      batch.note(
        .duplicate, of: instrument.id, event: time, receive: receive,
        "line \(lineNumber): a second bar of the same time; left out")
      return
    }
    batch.append(event, event: time, receive: receive)
  }

  /// The row's time; a bar's is its end.
  private mutating func moment(
    _ bytes: Span<UInt8>, _ index: Int, into batch: inout DecodedBatch
  ) throws(DecodeError) -> Instant {
    guard let field = try field(.time) else { throw problem("no time") }
    guard let local = try local(bytes, field) else {
      let skipped = map.zone == .utc ? "" : ", or clocks there left it out"
      let day = try self.field(.date).map { shown(bytes.extracting($0)) + " " } ?? ""
      throw problem(
        "time \(day)\(shown(bytes.extracting(field))) is not written as the map says" + skipped)
    }
    let reading = told[index].hour.reading(of: local)
    var time = end(reading.time)
    // What comes twice is both, whichever is which.
    if let other = reading.other, told[index].barTimes.contains(time) { time = end(other) }
    if let note = reading.note {
      batch.note(
        .gap, of: told[index].instrument.id, event: time,
        receive: map.isUnordered ? time : max(time, told[index].lastTime),
        "line \(lineNumber): \(note)")
    }
    return time
  }

  /// The time of a field, on the day that another has if the map says so.
  private func local(_ bytes: Span<UInt8>, _ time: Range<Int>) throws(DecodeError) -> LocalTime? {
    guard let day = try field(.date) else {
      return map.timeFormat.localTime(bytes, time, zone: map.zone)
    }
    var both: [UInt8] = []
    for index in day { both.append(bytes[index]) }
    both.append(UInt8(ascii: " "))
    for index in time { both.append(bytes[index]) }
    return map.timeFormat.localTime(both.span, 0..<both.count, zone: map.zone)
  }

  /// The moment of a row that is stamped with a time: the end of a bar that starts then.
  private func end(_ time: Instant) -> Instant {
    guard let length, case .bar(_, false, _) = map.kind else { return time }
    return length.end(of: time)
  }
}

/// What a row is about.
struct CSVRow {
  var instrument: Instrument
  var event: Instant
  var receive: Instant
}
