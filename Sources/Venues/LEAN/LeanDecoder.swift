import Events

/// Decodes one entry of a LEAN archive: bars or ticks of one instrument, a row each.
///
/// LEAN stamps a bar with its start; here it is stamped with its end. A quote bar becomes a bar of bids
/// and a bar of asks, as far as there are such sides. A quote tick that names one side keeps the other.
/// Open interest and funding rates are reference values. Ticks that LEAN marks as suspicious are counted
/// and left out.
/// Source: QuantConnect LEAN, data format read me files.
public struct LeanDecoder: Decoder {
  let file: LeanFile
  private let entry: String
  private let zone: TimeZoneRule
  var instrument: Instrument?
  /// Multiplies integers × 10000 into the instrument's scale; 0 where prices are decimals.
  var priceFactor: Int64 = 0
  var lineNumber = 0
  private var lastTime = Instant(nanoseconds: .min)
  /// Times of the bars taken so far, by side.
  var barTimes = [BarTimes](repeating: BarTimes(), count: 3)
  /// Best prices as the ticks so far told them.
  var quote: Quote?
  /// A number of the row in hand that its scale has no room for: an error only if what it is of is taken.
  var excess: DecodeError?
  /// The row of a factor file before this one.
  var factors: LeanFactors?

  /// - Parameter entry: name of the entry in the archive, which names the contract.
  public init(file: LeanFile, entry: String) {
    self.file = file
    self.entry = entry
    zone = file.zone
  }

  public mutating func decode(
    _ bytes: Span<UInt8>, isEnd: Bool, registry: inout InstrumentRegistry,
    into batch: inout DecodedBatch
  ) throws(DecodeError) -> Int {
    var lines = TextLines(after: lineNumber)
    while let line = try lines.next(bytes, isEnd: isEnd) {
      lineNumber = lines.number
      if line.isEmpty { continue }
      try row(bytes, line, try registered(&registry), into: &batch)
    }
    return lines.offset
  }

  private mutating func registered(_ registry: inout InstrumentRegistry) throws(DecodeError)
    -> Instrument
  {
    if let instrument { return instrument }
    if let reason = file.mismatch(entry) {
      throw DecodeError(.source, "entry “\(entry)” \(reason)")
    }
    guard let contract = LeanContract(entry, of: file.type) else {
      throw DecodeError(.source, "entry “\(entry)” does not name its contract")
    }
    let defined = try registry.register(file.proposal(contract))
    if file.hasScaledPrices {
      guard defined.priceScale >= 4 else {
        throw DecodeError(
          .source, "\(defined.symbol) has price scale \(defined.priceScale); its prices need 4")
      }
      priceFactor = Int64(power(Int(defined.priceScale) - 4))
    }
    instrument = defined
    return defined
  }

  func problem(_ reason: String) -> DecodeError { DecodeError(.line(lineNumber), reason) }

  private mutating func row(
    _ bytes: Span<UInt8>, _ line: Range<Int>, _ instrument: Instrument,
    into batch: inout DecodedBatch
  ) throws(DecodeError) {
    if file.kind == .factors { return try factorRow(bytes, line, instrument, into: &batch) }
    var fields = Fields(line)
    guard let first = fields.next(bytes) else { throw problem("an empty row") }
    let time = try moment(bytes, first)
    if time < lastTime {
      batch.note(
        .outOfOrder, of: instrument.id, expected: UInt64(clamping: lastTime.nanoseconds),
        actual: UInt64(clamping: time.nanoseconds), event: time, receive: time,
        "line \(lineNumber): time goes back; put in order")
    }
    lastTime = max(lastTime, time)
    excess = nil
    let row = LeanRow(instrument: instrument, time: time)
    switch (file.resolution, file.kind) {
    case (_, .openInterest): try reference(.openInterest, bytes, &fields, row, into: &batch)
    case (_, .marginInterest): try reference(.fundingRate, bytes, &fields, row, into: &batch)
    case (_, .factors): break
    case (.tick, .trade): try tradeTick(bytes, &fields, row, into: &batch)
    case (.tick, _): try quoteTick(bytes, &fields, row, into: &batch)
    case (_, .trade):
      guard let bar = try bar(bytes, &fields, .none, row, into: &batch) else {
        throw problem("a row without prices")
      }
      try take([bar], row, into: &batch)
    case (_, _):
      let bid = try bar(bytes, &fields, .buy, row, into: &batch)
      let ask = try bar(bytes, &fields, .sell, row, into: &batch)
      try take([bid, ask].compactMap { $0 }, row, into: &batch)
    }
  }

  /// The moment of a tick or of the end of a bar.
  private func moment(_ bytes: Span<UInt8>, _ field: Range<Int>) throws(DecodeError) -> Instant {
    if let date = file.date {
      guard case .success(let nanoseconds) = parseDecimal(bytes, field, scale: 6),
        nanoseconds >= 0, nanoseconds <= Nanoseconds.day
      else {
        throw problem("\(shown(bytes.extracting(field))) is not milliseconds after midnight")
      }
      return zone.instant(date, nanoseconds: nanoseconds + file.interval)
    }
    let digits = field.count >= 8 ? field.lowerBound..<(field.lowerBound + 8) : field
    guard let number = parseInteger(bytes, digits), let date = CivilDate(yyyymmdd: number),
      let start = TimeFormat.compact.instant(bytes, field, zone: .utc)
    else { throw problem("\(shown(bytes.extracting(field))) is not a time YYYYMMDD HH:MM") }
    let midnight = TimeZoneRule.utc.instant(date, nanoseconds: 0)
    return zone.instant(date, nanoseconds: start.since(midnight) + file.interval)
  }
}

/// What a row is about.
struct LeanRow {
  var instrument: Instrument
  var time: Instant
}
