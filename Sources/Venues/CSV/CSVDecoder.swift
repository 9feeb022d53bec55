import Events

/// Decodes delimited text by a column map: bars, quotes, trades, price levels or reference
/// values of one instrument. A field may stand in double quotes if it holds no quote and no delimiter.
public struct CSVDecoder: Decoder {
  let map: ColumnMap
  private let symbol: String
  private var instrument: Instrument?
  /// Place of each field's column, −1 for none, in the order of `ColumnMap.Field`.
  private var places: [Int] = []
  /// The fields of the line in hand.
  private var fields: [Range<Int>] = []
  private var isHeaderRead = false
  var lineNumber = 0
  private var lastTime = Instant(nanoseconds: .min)
  /// Times of the bars so far, where rows come in any order.
  private var barTimes: Set<Instant> = []

  /// - Parameter symbol: the instrument's name, if the map does not give one.
  public init(map: ColumnMap, symbol: String) {
    self.map = map
    self.symbol = map.symbol ?? symbol
  }

  /// Whether the data have to tell the scales.
  public var needsSurvey: Bool {
    map.overrides.priceScale == nil || map.overrides.quantityScale == nil
  }

  public mutating func decode(
    _ bytes: Span<UInt8>, isEnd: Bool, registry: inout InstrumentRegistry,
    into batch: inout DecodedBatch
  ) throws(DecodeError) -> Int {
    var lines = TextLines(after: lineNumber)
    while let line = try lines.next(bytes, isEnd: isEnd) {
      lineNumber = lines.number
      if line.isEmpty { continue }
      split(bytes, line)
      if !isHeaderRead {
        isHeaderRead = true
        try locateColumns(bytes)
        if map.hasHeader { continue }
      }
      let instrument = try registered(&registry)
      try row(bytes, instrument, into: &batch)
    }
    return lines.offset
  }

  private mutating func registered(_ registry: inout InstrumentRegistry) throws(DecodeError)
    -> Instrument
  {
    if let instrument { return instrument }
    let defined = try registry.register(
      InstrumentProposal(venueName: "CSV", symbol: symbol, kind: .equity))
    instrument = defined
    return defined
  }

  func problem(_ reason: String) -> DecodeError { DecodeError(.line(lineNumber), reason) }

  private mutating func split(_ bytes: Span<UInt8>, _ line: Range<Int>) {
    fields.removeAll(keepingCapacity: true)
    var cursor = Fields(line, delimiter: map.delimiter)
    while var field = cursor.next(bytes) {
      if field.count >= 2, bytes[field.lowerBound] == UInt8(ascii: "\""),
        bytes[field.upperBound - 1] == UInt8(ascii: "\"")
      {
        field = (field.lowerBound + 1)..<(field.upperBound - 1)
      }
      fields.append(field)
    }
  }

  private mutating func locateColumns(_ bytes: Span<UInt8>) throws(DecodeError) {
    for field in ColumnMap.Field.allCases {
      switch map.column(field) {
      case nil: places.append(-1)
      case .place(let place): places.append(place)
      case .name(let name):
        guard let place = fields.firstIndex(where: { matches(bytes, $0, name) }) else {
          let names = fields.map { text(bytes, $0) }.joined(separator: ", ")
          throw problem("no column is called “\(name)”; there are: \(names)")
        }
        places.append(place)
      }
    }
  }

  /// The field's range in the line, or nil if the map has no column for it.
  func field(_ field: ColumnMap.Field) throws(DecodeError) -> Range<Int>? {
    guard let index = ColumnMap.Field.allCases.firstIndex(of: field), places[index] >= 0 else {
      return nil
    }
    guard places[index] < fields.count else {
      throw problem("\(fields.count) columns; “\(field.rawValue)” is column \(places[index] + 1)")
    }
    return fields[places[index]]
  }

  private mutating func row(
    _ bytes: Span<UInt8>, _ instrument: Instrument, into batch: inout DecodedBatch
  ) throws(DecodeError) {
    guard let field = try field(.time) else { throw problem("no time") }
    guard var time = map.timeFormat.instant(bytes, field, zone: map.zone) else {
      let skipped = map.zone == .utc ? "" : ", or clocks there left it out"
      throw problem(
        "time \(shown(bytes.extracting(field))) is not written as the map says" + skipped)
    }
    if case .bar(let interval, false, _) = map.kind { time = time.advanced(by: interval) }
    if !map.isUnordered, time < lastTime {
      batch.note(
        .outOfOrder, of: instrument.id, expected: UInt64(clamping: lastTime.nanoseconds),
        actual: UInt64(clamping: time.nanoseconds), event: time, receive: lastTime,
        "line \(lineNumber): time goes back")
    } else if isSecondBar(at: time) {
      batch.note(
        .duplicate, of: instrument.id, event: time, receive: time,
        "line \(lineNumber): a second bar of the same time; left out")
      return
    }
    lastTime = max(lastTime, time)
    let receive = map.isUnordered ? time : lastTime
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
    batch.append(event, event: time, receive: receive)
  }

  private mutating func isSecondBar(at time: Instant) -> Bool {
    guard case .bar = map.kind else { return false }
    return map.isUnordered ? !barTimes.insert(time).inserted : time == lastTime
  }
}

/// What a row is about.
struct CSVRow {
  var instrument: Instrument
  var event: Instant
  var receive: Instant
}

extension CSVDecoder {
  /// The row's event, and whether its values can be; nil for a row of reference values.
  private func event(_ bytes: Span<UInt8>, _ row: CSVRow, into batch: inout DecodedBatch)
    throws(DecodeError) -> (MarketEvent, isPossible: Bool)?
  {
    let instrument = row.instrument
    switch map.kind {
    case .reference: return nil
    case .bar(let interval, _, let side):
      let bar = Bar(
        instrument: instrument.id, side: side, interval: interval,
        open: try price(bytes, .open, instrument), high: try price(bytes, .high, instrument),
        low: try price(bytes, .low, instrument), close: try price(bytes, .close, instrument),
        volume: try size(bytes, .volume, instrument))
      return (.bar(bar), bar.isPossible)
    case .trade:
      let trade = Trade(
        instrument: instrument.id, price: try price(bytes, .price, instrument),
        size: try size(bytes, .size, instrument), side: try side(bytes))
      let isPossible =
        !trade.price.isNone && isPossiblePrice(trade.price.raw) && trade.size > .zero
        && isPossibleSize(trade.size.raw)
      return (.trade(trade), isPossible)
    case .quote:
      let (quote, isPossible) = try quote(bytes, row, into: &batch)
      return (.quote(quote), isPossible)
    case .depth:
      let change = DepthChange(
        instrument: instrument.id, action: .set, side: try side(bytes),
        price: try price(bytes, .price, instrument), size: try size(bytes, .size, instrument))
      let isPossible =
        !change.price.isNone && isPossiblePrice(change.price.raw) && isPossibleSize(change.size.raw)
        && change.side != .none
      return (.depth(change), isPossible)
    }
  }

  private func quote(_ bytes: Span<UInt8>, _ row: CSVRow, into batch: inout DecodedBatch)
    throws(DecodeError) -> (Quote, isPossible: Bool)
  {
    let quote = Quote(
      instrument: row.instrument.id, bid: try price(bytes, .bid, row.instrument),
      ask: try price(bytes, .ask, row.instrument),
      bidSize: try size(bytes, .bidSize, row.instrument),
      askSize: try size(bytes, .askSize, row.instrument))
    let prices = [quote.bid, quote.ask].filter { !$0.isNone }
    let isPossible =
      !prices.isEmpty && prices.allSatisfy { isPossiblePrice($0.raw) }
      && isPossibleSize(quote.bidSize.raw) && isPossibleSize(quote.askSize.raw)
    if isPossible, quote.isTwoSided, quote.bid > quote.ask {
      batch.note(
        .crossed, of: row.instrument.id, event: row.event, receive: row.receive,
        "line \(lineNumber): bid above ask; kept")
    }
    return (quote, isPossible)
  }

  /// A price; `none` for an empty field.
  private func price(_ bytes: Span<UInt8>, _ name: ColumnMap.Field, _ instrument: Instrument)
    throws(DecodeError) -> Price
  {
    guard let field = try field(name), !field.isEmpty else { return .none }
    switch parseDecimal(bytes, field, scale: Int(instrument.priceScale)) {
    case .success(let value): return Price(value)
    case .failure(.tooLarge): return Price(.max)
    case .failure(let reason):
      throw problem("\(name.rawValue) \(shown(bytes.extracting(field))): \(reason)")
    }
  }

  /// A size; 0 for an empty field or a missing column.
  private func size(_ bytes: Span<UInt8>, _ name: ColumnMap.Field, _ instrument: Instrument)
    throws(DecodeError) -> Quantity
  {
    guard let field = try field(name), !field.isEmpty else { return .zero }
    switch parseDecimal(bytes, field, scale: Int(instrument.quantityScale)) {
    case .success(let value): return Quantity(value)
    case .failure(.tooLarge): return Quantity(.max)
    case .failure(let reason):
      throw problem("\(name.rawValue) \(shown(bytes.extracting(field))): \(reason)")
    }
  }

  /// `buy`, `b`, `bid`, `1` or `sell`, `s`, `ask`, `a`, `-1`, in any case; empty is none.
  private func side(_ bytes: Span<UInt8>) throws(DecodeError) -> Side {
    guard let field = try field(.side), !field.isEmpty else { return .none }
    switch text(bytes, field).lowercased() {
    case "buy", "b", "bid", "1": return .buy
    case "sell", "s", "ask", "a", "-1": return .sell
    case "none", "n": return .none
    default: throw problem("side \(shown(bytes.extracting(field))) is neither buy nor sell")
    }
  }
}
