import Events

extension LeanDecoder {
  /// A bar of a row, and what its numbers have beyond their scales.
  struct ReadBar {
    var bar: Bar
    var excess: DecodeError?
  }

  /// One side's open, high, low, close and size.
  /// - Returns: the bar, be it possible or not; nil if the side was not there.
  mutating func bar(
    _ bytes: Span<UInt8>, _ fields: inout Fields, _ side: Side, _ row: LeanRow,
    into batch: inout DecodedBatch
  ) throws(DecodeError) -> ReadBar? {
    guard let open = fields.next(bytes), let high = fields.next(bytes),
      let low = fields.next(bytes), let close = fields.next(bytes), let size = fields.next(bytes)
    else { throw problem("too few columns") }
    if open.isEmpty, high.isEmpty, low.isEmpty, close.isEmpty { return nil }
    excess = nil
    var bar = Bar(
      instrument: row.instrument.id, side: side, interval: file.interval,
      open: try price(bytes, open), high: try price(bytes, high), low: try price(bytes, low),
      close: try price(bytes, close), volume: .zero)
    if excess != nil {
      // Whether it can be is told by all digits.
      bar.open = try price(bytes, open, scale: 9)
      bar.high = try price(bytes, high, scale: 9)
      bar.low = try price(bytes, low, scale: 9)
      bar.close = try price(bytes, close, scale: 9)
    }
    bar.volume = try self.size(bytes, size, row, into: &batch)
    // A side that is all zeros is no quote.
    if side != .none, bar.high.raw == 0, bar.low.raw == 0 { return nil }
    return ReadBar(bar: bar, excess: excess)
  }

  /// Takes the bars of a row that can be, of each time and side the first. One that cannot be is no bar of
  /// its time: the right one may follow.
  mutating func take(_ bars: [ReadBar], _ row: LeanRow, into batch: inout DecodedBatch)
    throws(DecodeError)
  {
    var taken: [Bar] = []
    var isSecond = false
    for read in bars {
      let bar = read.bar
      guard bar.isPossible(of: row.instrument) else {
        impossible("a bar whose prices or size cannot be", row, into: &batch)
        continue
      }
      guard barTimes[Int(bar.side.rawValue)].insert(row.time) else {
        isSecond = true
        continue
      }
      if let excess = read.excess { throw excess }
      taken.append(bar)
      batch.append(.bar(bar), event: row.time, receive: row.time)
    }
    if isSecond {
      batch.note(
        .duplicate, of: row.instrument.id, event: row.time, receive: row.time,
        "line \(lineNumber): a second row of the same time; left out")
    }
    noteCrossed(taken, row, into: &batch)
  }

  /// Tells of bids above asks where both are of the same moment: at the start and at the end.
  private func noteCrossed(_ bars: [Bar], _ row: LeanRow, into batch: inout DecodedBatch) {
    guard bars.count == 2, bars[0].open > bars[1].open || bars[0].close > bars[1].close else {
      return
    }
    batch.note(
      .crossed, of: row.instrument.id, event: row.time, receive: row.time,
      "line \(lineNumber): bid above ask; kept")
  }

  /// price, size, and of most markets exchange and condition; suspicious. An index has no size: its values are
  /// trades of size 0.
  mutating func tradeTick(
    _ bytes: Span<UInt8>, _ fields: inout Fields, _ row: LeanRow, into batch: inout DecodedBatch
  ) throws(DecodeError) {
    guard let price = fields.next(bytes), let size = fields.next(bytes) else {
      throw problem("too few columns")
    }
    let trade = Trade(
      instrument: row.instrument.id, price: try self.price(bytes, price),
      size: try self.size(bytes, size, row, into: &batch), side: .none)
    if isSuspicious(bytes, &fields) {
      batch.skip("tick marked as suspicious")
      return
    }
    guard isPossiblePrice(trade.price, of: row.instrument), isPossibleSize(trade.size.raw),
      trade.size > .zero || row.instrument.kind == .index
    else {
      impossible("a trade's price or size", row, into: &batch)
      return
    }
    if let excess { throw excess }
    batch.append(.trade(trade), event: row.time, receive: row.time)
  }

  /// bid, bid size, ask, ask size, of some markets exchange and condition, suspicious; or bid, ask.
  mutating func quoteTick(
    _ bytes: Span<UInt8>, _ fields: inout Fields, _ row: LeanRow, into batch: inout DecodedBatch
  ) throws(DecodeError) {
    var quote =
      self.quote
      ?? Quote(
        instrument: row.instrument.id, bid: .none, ask: .none, bidSize: .zero, askSize: .zero)
    guard let first = fields.next(bytes), let second = fields.next(bytes) else {
      throw problem("too few columns")
    }
    let bid = try price(bytes, first)
    let ask: Price
    var sizes: (bid: Quantity, ask: Quantity) = (.zero, .zero)
    if let third = fields.next(bytes) {
      guard let fourth = fields.next(bytes) else { throw problem("too few columns") }
      ask = try price(bytes, third)
      sizes.bid = try size(bytes, second, row, into: &batch)
      sizes.ask = try size(bytes, fourth, row, into: &batch)
      if isSuspicious(bytes, &fields) {
        batch.skip("tick marked as suspicious")
        return
      }
    } else {
      ask = try price(bytes, second)
    }
    guard bid.raw >= 0, ask.raw >= 0, bid.raw > 0 || ask.raw > 0, isPossiblePrice(bid.raw),
      isPossiblePrice(ask.raw), isPossibleSize(sizes.bid.raw), isPossibleSize(sizes.ask.raw)
    else {
      impossible("a quote's prices or sizes", row, into: &batch)
      return
    }
    if let excess { throw excess }
    if bid.raw > 0 { (quote.bid, quote.bidSize) = (bid, sizes.bid) }
    if ask.raw > 0 { (quote.ask, quote.askSize) = (ask, sizes.ask) }
    if quote.isTwoSided, quote.bid > quote.ask {
      batch.note(
        .crossed, of: row.instrument.id, event: row.time, receive: row.time,
        "line \(lineNumber): bid above ask; kept")
    }
    self.quote = quote
    batch.append(.quote(quote), event: row.time, receive: row.time)
  }

  /// The one value of a row. A funding rate is paid at the row's time.
  func reference(
    _ field: ReferenceValue.Field, _ bytes: Span<UInt8>, _ fields: inout Fields, _ row: LeanRow,
    into batch: inout DecodedBatch
  ) throws(DecodeError) {
    guard let column = fields.next(bytes) else { throw problem("too few columns") }
    let value: Int64
    switch parseReference(bytes, column, field, row.instrument, into: &batch) {
    case .success(let number): value = number
    case .failure(let reason):
      throw problem("value \(shown(bytes.extracting(column)))").because(reason)
    }
    guard field.isPossible(value, of: row.instrument.kind) else {
      impossible("a \(field.name)", row, into: &batch)
      return
    }
    let reference = ReferenceValue(
      instrument: row.instrument.id, field: field, value: value,
      effective: field == .fundingRate ? row.time : .epoch)
    batch.append(.value(reference), event: row.time, receive: row.time)
  }

  /// Whether the mark that stands behind a tick's sizes is 1.
  private func isSuspicious(_ bytes: Span<UInt8>, _ fields: inout Fields) -> Bool {
    guard let count = file.columnsBeforeMark else { return false }
    for _ in 0..<count { _ = fields.next(bytes) }
    guard let field = fields.next(bytes) else { return false }
    return matches(bytes, field, "1")
  }

  private mutating func price(_ bytes: Span<UInt8>, _ field: Range<Int>) throws(DecodeError)
    -> Price
  {
    try price(bytes, field, scale: file.hasScaledPrices ? 0 : Int(instrument?.priceScale ?? 9))
  }

  /// A price with so many digits after the point. One that has more is noted, and read with nine: what it is
  /// of may be left out.
  private mutating func price(_ bytes: Span<UInt8>, _ field: Range<Int>, scale: Int)
    throws(DecodeError) -> Price
  {
    switch scaledDecimal(bytes, field, scale: scale) {
    case .success(let number) where number.isExact || scale == 9 && excess != nil:
      guard file.hasScaledPrices else { return Price(number.value) }
      let (product, overflow) = number.value.multipliedReportingOverflow(by: priceFactor)
      return Price(overflow ? .max : product)
    case .success:
      let error = problem("price \(shown(bytes.extracting(field)))")
        .because(.tooPrecise(digits: scale))
      if file.hasScaledPrices { throw error }
      excess = excess ?? error
      return try price(bytes, field, scale: 9)
    case .failure(.tooLarge): return Price(.max)
    case .failure(let reason):
      throw problem("price \(shown(bytes.extracting(field)))").because(reason)
    }
  }

  /// A size; one with more digits than its scale is noted, and rounded.
  private mutating func size(
    _ bytes: Span<UInt8>, _ field: Range<Int>, _ row: LeanRow, into batch: inout DecodedBatch
  ) throws(DecodeError) -> Quantity {
    if field.isEmpty { return .zero }
    let scale = Int(row.instrument.quantityScale)
    switch scaledDecimal(bytes, field, scale: scale) {
    case .success(let number):
      if number.isExact { return Quantity(number.value) }
      if isNoise(bytes, field, beyond: scale) {
        batch.roundedSizes += 1
        return Quantity(number.value)
      }
      var error = problem("size \(shown(bytes.extracting(field)))")
        .because(.tooPrecise(digits: scale))
      error.reason += "; a quantity_scale in a --map takes more"
      excess = excess ?? error
      let isNegative = bytes[field.lowerBound] == UInt8(ascii: "-")
      return Quantity(isNegative ? -1 : max(1, number.value))
    case .failure(.tooLarge): return Quantity(.max)
    case .failure(let reason):
      throw problem("size \(shown(bytes.extracting(field)))").because(reason)
    }
  }

  /// Whether what a size has beyond a scale is what binary floats leave behind the eighth digit.
  private func isNoise(_ bytes: Span<UInt8>, _ field: Range<Int>, beyond scale: Int) -> Bool {
    if scale >= 8 { return true }
    guard case .success(let number) = scaledDecimal(bytes, field, scale: 8) else { return false }
    return Int128(number.value) % power(8 - scale) == 0
  }

  func impossible(_ what: String, _ row: LeanRow, into batch: inout DecodedBatch) {
    batch.note(
      .impossibleValue, of: row.instrument.id, event: row.time, receive: row.time,
      "line \(lineNumber): \(what); left out")
  }
}
