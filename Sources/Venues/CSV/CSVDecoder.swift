import Events

/// Decodes delimited text by a column map: bars, quotes, trades, price levels or reference
/// values of one instrument. A field may stand in double quotes, and then hold delimiters, line feeds and
/// doubled quotes, which stay doubled. Source: RFC 4180.
public struct CSVDecoder: Decoder {
  let map: ColumnMap
  private let symbol: String
  private var instrument: Instrument?
  /// Place of each field's column, −1 for none, in the order of `ColumnMap.Field`.
  private var places: [Int] = []
  /// The fields of the line in hand.
  private var fields: [Range<Int>] = []
  private var isHeaderRead = false
  /// The first line of the row in hand.
  var lineNumber = 0
  private var linesRead = 0
  private var lastTime = Instant(nanoseconds: .min)
  /// Times of the bars taken so far.
  private var barTimes = BarTimes()

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
    var lines = TextLines(after: linesRead)
    var taken = 0
    while var line = try lines.next(bytes, isEnd: isEnd) {
      lineNumber = linesRead + 1
      var isWhole = line.isEmpty || split(bytes, line)
      while !isWhole, let more = try lines.next(bytes, isEnd: isEnd) {
        line = line.lowerBound..<more.upperBound
        isWhole = split(bytes, line)
      }
      guard isWhole else {
        if isEnd { throw problem("a quote that does not end") }
        break
      }
      linesRead = lines.number
      taken = lines.offset
      if line.isEmpty { continue }
      if !isHeaderRead {
        isHeaderRead = true
        try locateColumns(bytes)
        if map.hasHeader { continue }
      }
      let instrument = try registered(&registry)
      try row(bytes, instrument, into: &batch)
    }
    return taken
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

  /// Cuts a line into fields.
  /// - Returns: whether the last of them ends: quotes may go on in the next line.
  private mutating func split(_ bytes: Span<UInt8>, _ line: Range<Int>) -> Bool {
    fields.removeAll(keepingCapacity: true)
    let quote = UInt8(ascii: "\"")
    var position = line.lowerBound
    while true {
      let start = position
      var end = start
      if position < line.upperBound, bytes[position] == quote {
        position += 1
        // A doubled quote is one that is meant.
        while position < line.upperBound {
          if bytes[position] == quote {
            guard position + 1 < line.upperBound, bytes[position + 1] == quote else { break }
            position += 1
          }
          position += 1
        }
        guard position < line.upperBound else { return false }
        end = position
        position += 1
      }
      let behind = position
      while position < line.upperBound, bytes[position] != map.delimiter { position += 1 }
      let isQuoted = end > start && behind == position
      fields.append(isQuoted ? (start + 1)..<end : start..<position)
      if position == line.upperBound { return true }
      position += 1
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
    // A bar that cannot be is no bar of its time: the right one may follow.
    if case .bar = map.kind, !barTimes.insert(time) {
      batch.note(
        .duplicate, of: instrument.id, event: time, receive: receive,
        "line \(lineNumber): a second bar of the same time; left out")
      return
    }
    batch.append(event, event: time, receive: receive)
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
      return (.bar(bar), bar.isPossible(of: instrument))
    case .trade:
      let trade = Trade(
        instrument: instrument.id, price: try price(bytes, .price, instrument),
        size: try size(bytes, .size, instrument), side: try side(bytes))
      let isPossible =
        isPossiblePrice(trade.price, of: instrument) && trade.size > .zero
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
        isPossiblePrice(change.price, of: instrument) && isPossibleSize(change.size.raw)
        && change.side != .none
      return (.depth(change), isPossible)
    }
  }

  private func quote(_ bytes: Span<UInt8>, _ row: CSVRow, into batch: inout DecodedBatch)
    throws(DecodeError) -> (Quote, isPossible: Bool)
  {
    var quote = Quote(
      instrument: row.instrument.id, bid: try price(bytes, .bid, row.instrument),
      ask: try price(bytes, .ask, row.instrument),
      bidSize: try size(bytes, .bidSize, row.instrument),
      askSize: try size(bytes, .askSize, row.instrument))
    // Nobody bids for an option that is worth nothing.
    if row.instrument.kind == .option, quote.bid.raw == 0 {
      (quote.bid, quote.bidSize) = (.none, .zero)
    }
    let prices = [quote.bid, quote.ask].filter { !$0.isNone }
    let isPossible =
      !prices.isEmpty && prices.allSatisfy { isPossiblePrice($0, of: row.instrument) }
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
      throw problem("\(name.rawValue) \(shown(bytes.extracting(field)))").because(reason)
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
      throw problem("\(name.rawValue) \(shown(bytes.extracting(field)))").because(reason)
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
