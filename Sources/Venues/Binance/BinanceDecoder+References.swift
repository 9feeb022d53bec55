import Events

extension BinanceDecoder {
  /// Mark price, index price and the rate of the next funding. Source: Binance USD-M futures, "Mark
  /// Price Stream".
  func markPrice(
    _ message: BinanceMessage, _ bytes: Span<UInt8>, _ context: BinanceContext,
    into batch: inout DecodedBatch
  ) throws(DecodeError) {
    try reference(.mark, message.price, bytes, context, into: &batch)
    if message.indexPrice != nil {
      try reference(.index, message.indexPrice, bytes, context, into: &batch)
    }
    // A dated future has an empty rate.
    guard let rate = message.fundingRate, !rate.range.isEmpty else { return }
    guard let time = message.fundingTime(bytes) else {
      throw problem("a funding rate without its time “T”")
    }
    try reference(.fundingRate, rate, effective: time, bytes, context, into: &batch)
  }

  /// The index of a pair of COIN-M, which is that of each contract on it that the capture has, or without one of
  /// the perpetual. Source: Binance COIN-M futures, "Index Price Stream".
  mutating func indexPrice(
    _ message: BinanceMessage, _ bytes: Span<UInt8>, _ receive: Instant,
    registry: inout InstrumentRegistry, into batch: inout DecodedBatch
  ) throws(DecodeError) {
    guard let pair = message.indexPrice?.string(bytes), !pair.isEmpty else {
      throw problem("an index price without its pair “i”")
    }
    var contracts = registry.capture.contracts(on: pair)
    for place in places {
      let name = String(decoding: self[place].name, as: UTF8.self)
      if name.hasPrefix(pair + "_"), !contracts.contains(name) { contracts.append(name) }
    }
    if contracts.isEmpty { contracts = [pair + "_PERP"] }
    var isWanted = false
    for name in contracts {
      let place = try place(named: name, market: .inverse, registry: &registry)
      guard self[place].isWanted else { continue }
      isWanted = true
      let context = BinanceContext(
        place: place, event: message.time(.indexPrice, bytes) ?? receive, receive: receive)
      try reference(.index, message.price, bytes, context, into: &batch)
    }
    if !isWanted { passOver(into: &batch) }
  }

  func reference(
    _ field: ReferenceValue.Field, _ text: JSONText?, effective: Instant = .epoch,
    _ bytes: Span<UInt8>, _ context: BinanceContext, into batch: inout DecodedBatch
  ) throws(DecodeError) {
    guard let text, !text.hasEscapes else { throw problem("a message without its value") }
    let instrument = self[context.place].instrument
    let value: Int64
    switch parseReference(bytes, text.range, field, instrument, into: &batch) {
    case .success(let number): value = number
    case .failure(let reason):
      throw problem("value \(shown(bytes.extracting(text.range)))").because(reason)
    }
    guard field.isPossible(value, of: instrument.kind) else {
      impossible("a \(field.name)", context, into: &batch)
      return
    }
    let reference = ReferenceValue(
      instrument: instrument.id, field: field, value: value, effective: effective)
    batch.append(.value(reference), event: context.event, receive: context.receive)
  }
}
