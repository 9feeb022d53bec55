import Events

extension CSVDecoder {
  /// The row's event, and whether its values can be; nil for a row of reference values.
  func event(_ bytes: Span<UInt8>, _ row: CSVRow, into batch: inout DecodedBatch)
    throws(DecodeError) -> (MarketEvent, isPossible: Bool)?
  {
    let instrument = row.instrument
    switch map.kind {
    case .reference: return nil
    case .bar(let interval, _, let side):
      let bar = Bar(
        instrument: instrument.id, side: side, interval: interval,
        open: try price(bytes, .open, instrument, into: &batch),
        high: try price(bytes, .high, instrument, into: &batch),
        low: try price(bytes, .low, instrument, into: &batch),
        close: try price(bytes, .close, instrument, into: &batch),
        volume: try size(bytes, .volume, instrument, into: &batch))
      return (.bar(bar), bar.isPossible(of: instrument))
    case .trade:
      let trade = Trade(
        instrument: instrument.id, price: try price(bytes, .price, instrument, into: &batch),
        size: try size(bytes, .size, instrument, into: &batch), side: try side(bytes))
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
        price: try price(bytes, .price, instrument, into: &batch),
        size: try size(bytes, .size, instrument, into: &batch))
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
      instrument: row.instrument.id, bid: try price(bytes, .bid, row.instrument, into: &batch),
      ask: try price(bytes, .ask, row.instrument, into: &batch),
      bidSize: try size(bytes, .bidSize, row.instrument, into: &batch),
      askSize: try size(bytes, .askSize, row.instrument, into: &batch))
    // Nobody bids for an option that is worth nothing.
    if row.instrument.kind == .option, quote.bid.raw == 0 { quote.bid = .none }
    let prices = [quote.bid, quote.ask].filter { !$0.isNone }
    let isPossible =
      !prices.isEmpty && prices.allSatisfy { isPossiblePrice($0, of: row.instrument) }
      && isPossibleSize(quote.bidSize.raw) && isPossibleSize(quote.askSize.raw)
    if quote.bid.isNone { quote.bidSize = .zero }
    if quote.ask.isNone { quote.askSize = .zero }
    if isPossible, quote.isTwoSided, quote.bid > quote.ask {
      batch.note(
        .crossed, of: row.instrument.id, event: row.event, receive: row.receive,
        "line \(lineNumber): bid above ask; kept")
    }
    return (quote, isPossible)
  }

  /// A price; `none` for an empty field.
  private func price(
    _ bytes: Span<UInt8>, _ name: ColumnMap.Field, _ instrument: Instrument,
    into batch: inout DecodedBatch
  ) throws(DecodeError) -> Price {
    guard let field = try field(name), !field.isEmpty else { return .none }
    return Price(try number(bytes, field, name, isPrice: true, instrument, into: &batch))
  }

  /// A size; 0 for an empty field or a missing column.
  private func size(
    _ bytes: Span<UInt8>, _ name: ColumnMap.Field, _ instrument: Instrument,
    into batch: inout DecodedBatch
  ) throws(DecodeError) -> Quantity {
    guard let field = try field(name), !field.isEmpty else { return .zero }
    return Quantity(try number(bytes, field, name, isPrice: false, instrument, into: &batch))
  }

  /// A number in an instrument's scale; the greatest for what is too large.
  private func number(
    _ bytes: Span<UInt8>, _ field: Range<Int>, _ name: ColumnMap.Field, isPrice: Bool,
    _ instrument: Instrument, into batch: inout DecodedBatch
  ) throws(DecodeError) -> Int64 {
    let scale = Int(isPrice ? instrument.priceScale : instrument.quantityScale)
    var result = parseDecimal(bytes, field, scale: scale)
    if case .failure(.notANumber) = result, let plain = plainDecimal(bytes, field) {
      result = parseDecimal(plain.span, 0..<plain.count, scale: scale)
      batch.needs?.note(
        plain.span, 0..<plain.count, of: instrument.id, isPrice: isPrice, line: lineNumber)
    } else {
      batch.needs?.note(bytes, field, of: instrument.id, isPrice: isPrice, line: lineNumber)
    }
    switch result {
    case .success(let value): return value
    case .failure(.tooLarge): return .max
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
