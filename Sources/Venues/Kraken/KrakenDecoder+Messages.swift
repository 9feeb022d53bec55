import Events

extension KrakenDecoder {
  /// A data message of version 1: `[channel id, payload…, channel name, pair]`.
  mutating func version1(
    _ items: [JSONValue], _ bytes: Span<UInt8>, _ receive: Instant,
    registry: inout InstrumentRegistry, into batch: inout DecodedBatch
  ) throws(DecodeError) {
    guard items.count >= 4, let channel = items[items.count - 2].text, !channel.hasEscapes else {
      throw problem("an array that is not a channel's id, a payload, a name and a pair")
    }
    let payloads = items[1..<(items.count - 2)]
    let prefix = channel.range.prefix(5)
    let isBook = matches(bytes, prefix, "book-")
    let isOther =
      !isBook && !channel.equals("trade", bytes) && !channel.equals("ticker", bytes)
      && !channel.equals("spread", bytes)
    if isOther {
      batch.skip("message of another channel")
      return
    }
    guard let place = try place(items[items.count - 1], bytes, registry: &registry) else {
      batch.skip("message of another symbol")
      return
    }
    if isBook {
      try book1(
        payloads, depth: prefix.upperBound..<channel.range.upperBound, bytes, place: place,
        receive, into: &batch)
    } else if channel.equals("trade", bytes) {
      try trades1(items[1], bytes, place, receive, into: &batch)
    } else {
      try quote1(
        items[1], isSpread: channel.equals("spread", bytes), bytes, place, receive, into: &batch)
    }
  }

  /// `[["354.11","0.89594024","1618678142.557535","s","l",""],…]`
  private mutating func trades1(
    _ list: JSONValue, _ bytes: Span<UInt8>, _ place: Int, _ receive: Instant,
    into batch: inout DecodedBatch
  ) throws(DecodeError) {
    guard let trades = list.items else { throw problem("trades that are no array") }
    for trade in trades {
      guard let parts = trade.items, parts.count >= 4, let range = parts[2].decimal,
        let time = instant(bytes, range)
      else { throw problem("a trade that is not a price, a size, a time and a side") }
      let context = KrakenContext(place: place, event: time, receive: receive)
      let isBuy = parts[3].equals("b", bytes)
      guard isBuy || parts[3].equals("s", bytes) else { throw problem("a trade without a side") }
      try emitTrade(parts[0], parts[1], isBuy ? .buy : .sell, bytes, context, into: &batch)
    }
  }

  /// `{"a":["5525.4",1,"1.000"],"b":[…],…}` of the ticker, which has no time, or
  /// `["5698.4","5700.0","1542057299.545897","1.01234567","0.98765432"]` of the spread.
  private mutating func quote1(
    _ payload: JSONValue, isSpread: Bool, _ bytes: Span<UInt8>, _ place: Int, _ receive: Instant,
    into batch: inout DecodedBatch
  ) throws(DecodeError) {
    if isSpread {
      guard let parts = payload.items, parts.count >= 5, let range = parts[2].decimal,
        let time = instant(bytes, range)
      else { throw problem("a spread that is not two prices, a time and two sizes") }
      try emitQuote(
        (parts[0], parts[3]), (parts[1], parts[4]), bytes,
        KrakenContext(place: place, event: time, receive: receive), into: &batch)
      return
    }
    guard let ask = payload.member("a", bytes)?.items, ask.count >= 3,
      let bid = payload.member("b", bytes)?.items, bid.count >= 3
    else { throw problem("a ticker without best prices") }
    try emitQuote(
      (bid[0], bid[2]), (ask[0], ask[2]), bytes,
      KrakenContext(place: place, event: receive, receive: receive), into: &batch)
  }

  /// A data message of version 2: `{"channel":"book","type":"update","data":[…]}`.
  mutating func version2(
    _ message: JSONValue, _ bytes: Span<UInt8>, _ receive: Instant,
    registry: inout InstrumentRegistry, into batch: inout DecodedBatch
  ) throws(DecodeError) {
    let channel = message.member("channel", bytes)?.text?.string(bytes) ?? ""
    switch channel {
    case "heartbeat", "status":
      batch.skip("session message")
      return
    case "instrument":
      try instruments(message, bytes, receive, registry: &registry, into: &batch)
      return
    case "book", "trade", "ticker": break
    default:
      batch.skip("message of another channel")
      return
    }
    let isSnapshot = message.member("type", bytes)?.equals("snapshot", bytes) == true
    guard let items = message.member("data", bytes)?.items else {
      throw problem("a message without “data”")
    }
    for item in items {
      guard let place = try place(item.member("symbol", bytes), bytes, registry: &registry) else {
        batch.skip("message of another symbol")
        continue
      }
      tellStatus(place, receive, into: &batch)
      var context = KrakenContext(place: place, event: receive, receive: receive)
      if let stamp = item.member("timestamp", bytes) {
        guard let range = stamp.text?.range,
          let time = TimeFormat.iso8601.instant(bytes, range, zone: .utc), time >= .epoch
        else { throw problem("a timestamp that is no time") }
        context.event = time
      }
      switch channel {
      case "book":
        try book2(item, isSnapshot: isSnapshot, bytes, context, into: &batch)
      case "trade":
        try trade2(item, isSnapshot: isSnapshot, bytes, context, into: &batch)
      default:
        try emitQuote(
          (item.member("bid", bytes), item.member("bid_qty", bytes)),
          (item.member("ask", bytes), item.member("ask_qty", bytes)), bytes, context, into: &batch)
      }
    }
  }

  /// `{"symbol":"BTC/USD","side":"buy","price":…,"qty":…,"trade_id":…,"timestamp":"…"}`
  private mutating func trade2(
    _ item: JSONValue, isSnapshot: Bool, _ bytes: Span<UInt8>, _ context: KrakenContext,
    into batch: inout DecodedBatch
  ) throws(DecodeError) {
    guard case .number(let range)? = item.member("trade_id", bytes),
      let id = parseInteger(bytes, range), id < .max
    else { throw problem("a trade without “trade_id”") }
    let isBuy = item.member("side", bytes)?.equals("buy", bytes) == true
    guard isBuy || item.member("side", bytes)?.equals("sell", bytes) == true else {
      throw problem("a trade without a side")
    }
    let pair = pairs[context.place]
    if isSnapshot {
      // The last trades before the subscription: they end where what follows begins.
      pairs[context.place].lastTrade = max(pair.lastTrade ?? id, id)
      batch.skip("trade from before the subscription")
      return
    }
    if let before = pair.lastTrade, id != before + 1 {
      batch.note(
        id <= before ? .duplicate : .gap, of: pair.instrument.id, expected: UInt64(before + 1),
        actual: UInt64(id), event: context.event, receive: context.receive,
        id <= before
          ? "line \(line): trade again; left out" : "line \(line): trades are missing")
      if id <= before { return }
    }
    pairs[context.place].lastTrade = id
    try emitTrade(
      item.member("price", bytes), item.member("qty", bytes), isBuy ? .buy : .sell, bytes, context,
      into: &batch)
  }

  private func emitTrade(
    _ price: JSONValue?, _ size: JSONValue?, _ side: Side, _ bytes: Span<UInt8>,
    _ context: KrakenContext, into batch: inout DecodedBatch
  ) throws(DecodeError) {
    let instrument = pairs[context.place].instrument
    let trade = Trade(
      instrument: instrument.id,
      price: Price(try number(price, bytes, scale: instrument.priceScale, "price")),
      size: Quantity(try number(size, bytes, scale: instrument.quantityScale, "size")), side: side)
    guard trade.price.raw > 0, isPossiblePrice(trade.price.raw), trade.size > .zero,
      isPossibleSize(trade.size.raw)
    else {
      impossible("a trade's price or size", context, into: &batch)
      batch.leaveOut(.trade(trade))
      return
    }
    batch.append(.trade(trade), event: context.event, receive: context.receive)
  }

  private func emitQuote(
    _ bid: (price: JSONValue?, size: JSONValue?), _ ask: (price: JSONValue?, size: JSONValue?),
    _ bytes: Span<UInt8>, _ context: KrakenContext, into batch: inout DecodedBatch
  ) throws(DecodeError) {
    let instrument = pairs[context.place].instrument
    let prices = (
      bid: try number(bid.price, bytes, scale: instrument.priceScale, "bid"),
      ask: try number(ask.price, bytes, scale: instrument.priceScale, "ask")
    )
    let sizes = (
      bid: try number(bid.size, bytes, scale: instrument.quantityScale, "bid size"),
      ask: try number(ask.size, bytes, scale: instrument.quantityScale, "ask size")
    )
    // A side without orders comes as price 0.
    let quote = Quote(
      instrument: instrument.id, bid: prices.bid == 0 ? .none : Price(prices.bid),
      ask: prices.ask == 0 ? .none : Price(prices.ask),
      bidSize: prices.bid == 0 ? .zero : Quantity(sizes.bid),
      askSize: prices.ask == 0 ? .zero : Quantity(sizes.ask))
    guard prices.bid >= 0, prices.ask >= 0, isPossiblePrice(prices.bid),
      isPossiblePrice(prices.ask), isPossibleSize(sizes.bid), isPossibleSize(sizes.ask)
    else {
      impossible("a best price or size", context, into: &batch)
      batch.leaveOut(.quote(quote))
      return
    }
    if quote.isTwoSided, quote.bid > quote.ask {
      batch.note(
        .crossed, of: instrument.id, event: context.event, receive: context.receive,
        "line \(line): bid above ask; kept")
    }
    batch.append(.quote(quote), event: context.event, receive: context.receive)
  }
}
