import Events

/// One JSON message of Binance's market data, its fields still as ranges of the line.
struct BinanceMessage {
  /// Which market sent it, as far as the message's fields tell.
  enum Market: Equatable, Sendable {
    case spot
    /// USD-M futures: worth their price in the currency of their prices.
    case linear
    /// COIN-M futures: in dollars, settled in the coin.
    case inverse
  }
  enum Kind: Equatable {
    case bookTicker
    case trade
    case aggregateTrade
    case depthUpdate
    /// A REST answer, or a spot market's partial depth if the message names its stream.
    case snapshot
    /// A perpetual's partial depth: all levels that it has, in the shape of a diff.
    case partialDepth
    /// A perpetual's mark price, index price and next funding.
    case markPrice
    /// The index of a pair of COIN-M.
    case indexPrice
    /// A candle that may go on.
    case candle
    /// A REST answer.
    case openInterest
    /// Nothing that a market event is made of.
    case other
  }

  var stream: JSONText?
  private var eventName: JSONText?
  var symbol: JSONText?
  /// `E` or `T`, as sent: milliseconds or microseconds.
  private var eventTime: Range<Int>?
  private var tradeTime: Range<Int>?
  /// `U`, `u`, `pu`, `lastUpdateId`.
  var firstUpdate: Range<Int>?
  var lastUpdate: Range<Int>?
  var previousUpdate: Range<Int>?
  var snapshotUpdate: Range<Int>?
  /// Arrays of levels: `b` or `bids`, `a` or `asks`.
  var bids: Range<Int>?
  var asks: Range<Int>?
  /// Strings `b`, `B`, `a`, `A` of a bookTicker.
  var bid: JSONText?
  var bidSize: JSONText?
  var ask: JSONText?
  var askSize: JSONText?
  var price: JSONText?
  var quantity: JSONText?
  /// Number `t`, or `a` of an aggregate trade.
  private var tradeNumber: Range<Int>?
  private var aggregateNumber: Range<Int>?
  /// Numbers `f` and `l` of an aggregate trade.
  private var firstTrade: Range<Int>?
  private var lastTrade: Range<Int>?
  var buyerIsMaker: Bool?
  /// Strings `i` and `r` of a mark price.
  var indexPrice: JSONText?
  var fundingRate: JSONText?
  var openInterest: JSONText?
  /// `k` of a kline: where the object stands.
  var candle: Range<Int>?
  /// It is a list of messages: where it stands, with its brackets.
  var list: Range<Int>?
  private var hasSpotMark = false
  /// A field that only futures have: `X`, `ps`, `nq`.
  private var hasFutureMark = false

  init() {}

  /// Reads one message or a list of messages, or the combined form around one of them.
  static func read(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(JSONProblem) -> BinanceMessage
  {
    var scanner = JSONScanner(range)
    var message = BinanceMessage()
    let first = try scanner.next(bytes)
    switch first {
    case .beginObject: try message.fields(bytes, &scanner, isOuter: true)
    case .beginArray:
      let start = scanner.position - 1
      try scanner.skip(first, bytes)
      message.list = start..<scanner.position
    default: throw JSONProblem(range.lowerBound, "not an object")
    }
    guard try scanner.next(bytes) == .end else {
      throw JSONProblem(scanner.position, "more behind the object")
    }
    return message
  }

  /// Where the objects of a list of messages stand.
  static func parts(of list: Range<Int>, _ bytes: Span<UInt8>) throws(JSONProblem) -> [Range<Int>] {
    var scanner = JSONScanner(list)
    guard try scanner.next(bytes) == .beginArray else {
      throw JSONProblem(list.lowerBound, "not a list")
    }
    var parts: [Range<Int>] = []
    while true {
      let token = try scanner.next(bytes)
      if token == .endArray { return parts }
      guard token == .beginObject else { throw JSONProblem(scanner.position, "not an object") }
      let start = scanner.position - 1
      try scanner.skip(token, bytes)
      parts.append(start..<scanner.position)
    }
  }

  private mutating func fields(
    _ bytes: Span<UInt8>, _ scanner: inout JSONScanner, isOuter: Bool
  ) throws(JSONProblem) {
    while true {
      guard case .key(let key) = try scanner.next(bytes) else { return }
      let start = scanner.position
      let value = try scanner.next(bytes)
      if isOuter, value == .beginObject, key.equals("data", bytes) {
        try fields(bytes, &scanner, isOuter: false)
        continue
      }
      if value == .beginArray || value == .beginObject {
        let first = scanner.position - 1
        try scanner.skip(value, bytes)
        if value == .beginObject, key.equals("k", bytes) { candle = first..<scanner.position }
        if value == .beginArray, isOuter, key.equals("data", bytes) {
          list = start..<scanner.position
        }
        if value == .beginArray { takeLevels(key, start..<scanner.position, bytes) }
      } else if key.range.count == 1 {
        take(bytes[key.range.lowerBound], value)
      } else {
        takeLong(key, value, bytes)
      }
    }
  }

  private mutating func takeLevels(_ key: JSONText, _ range: Range<Int>, _ bytes: Span<UInt8>) {
    if key.equals("b", bytes) || key.equals("bids", bytes) { bids = range }
    if key.equals("a", bytes) || key.equals("asks", bytes) { asks = range }
  }

  private mutating func take(_ key: UInt8, _ value: JSONToken) {
    switch (key, value) {
    case (UInt8(ascii: "e"), .string(let text)): eventName = text
    case (UInt8(ascii: "s"), .string(let text)): symbol = text
    case (UInt8(ascii: "b"), .string(let text)): bid = text
    case (UInt8(ascii: "B"), .string(let text)): bidSize = text
    case (UInt8(ascii: "a"), .string(let text)): ask = text
    case (UInt8(ascii: "A"), .string(let text)): askSize = text
    case (UInt8(ascii: "p"), .string(let text)): price = text
    case (UInt8(ascii: "q"), .string(let text)): quantity = text
    case (UInt8(ascii: "i"), .string(let text)): indexPrice = text
    case (UInt8(ascii: "r"), .string(let text)): fundingRate = text
    case (UInt8(ascii: "E"), .number(let range)): eventTime = range
    case (UInt8(ascii: "T"), .number(let range)): tradeTime = range
    case (UInt8(ascii: "U"), .number(let range)): firstUpdate = range
    case (UInt8(ascii: "u"), .number(let range)): lastUpdate = range
    case (UInt8(ascii: "t"), .number(let range)): tradeNumber = range
    case (UInt8(ascii: "a"), .number(let range)): aggregateNumber = range
    case (UInt8(ascii: "f"), .number(let range)): firstTrade = range
    case (UInt8(ascii: "l"), .number(let range)): lastTrade = range
    case (UInt8(ascii: "m"), .bool(let flag)): buyerIsMaker = flag
    case (UInt8(ascii: "M"), .bool): hasSpotMark = true
    case (UInt8(ascii: "X"), .string): hasFutureMark = true
    default: break
    }
  }

  private mutating func takeLong(_ key: JSONText, _ value: JSONToken, _ bytes: Span<UInt8>) {
    switch value {
    case .string(let text) where key.equals("stream", bytes): stream = text
    case .string(let text) where key.equals("openInterest", bytes): openInterest = text
    case .string(let text) where key.equals("symbol", bytes): symbol = text
    case .string where key.equals("ps", bytes) || key.equals("nq", bytes): hasFutureMark = true
    case .number(let range) where key.equals("time", bytes): eventTime = range
    case .number(let range) where key.equals("pu", bytes): previousUpdate = range
    case .number(let range) where key.equals("lastUpdateId", bytes): snapshotUpdate = range
    default: break
    }
  }

  func kind(_ bytes: Span<UInt8>) -> Kind {
    if let eventName {
      if eventName.equals("depthUpdate", bytes) {
        return isOfPartialDepth(bytes) ? .partialDepth : .depthUpdate
      }
      if eventName.equals("bookTicker", bytes) { return .bookTicker }
      if eventName.equals("trade", bytes) { return .trade }
      if eventName.equals("aggTrade", bytes) { return .aggregateTrade }
      if eventName.equals("markPriceUpdate", bytes) { return .markPrice }
      if eventName.equals("indexPriceUpdate", bytes) { return .indexPrice }
      if eventName.equals("kline", bytes), candle != nil { return .candle }
      return .other
    }
    if snapshotUpdate != nil, bids != nil, asks != nil { return .snapshot }
    if openInterest != nil { return .openInterest }
    // The spot market's bookTicker does not name its event.
    if lastUpdate != nil, bid != nil, ask != nil { return .bookTicker }
    return .other
  }

  /// Whether the stream is called `btcusdt@depth5`, perhaps with its speed: nothing else tells a
  /// perpetual's partial depth from its diffs.
  private func isOfPartialDepth(_ bytes: Span<UInt8>) -> Bool {
    guard let stream, let at = stream.range.first(where: { bytes[$0] == UInt8(ascii: "@") }) else {
      return false
    }
    let digit = at + 6
    return digit < stream.range.upperBound && matches(bytes, (at + 1)..<digit, "depth")
      && bytes[digit] &- UInt8(ascii: "0") <= 9
  }

  /// Which market sent it; nil of a trade or candle that does not tell. Which of the two futures markets, the symbol
  /// tells.
  ///
  /// Spot trades carry `M`, some of futures `X`; a future's depth carries `pu`, its bookTicker the times `E`
  /// and `T` or its event's name, its snapshot both times.
  func market(_ kind: Kind) -> Market? {
    if hasFutureMark { return .linear }
    return switch kind {
    case .bookTicker: eventName == nil && eventTime == nil && tradeTime == nil ? .spot : .linear
    case .depthUpdate: previousUpdate == nil ? .spot : .linear
    case .trade, .aggregateTrade: hasSpotMark ? .spot : nil
    case .markPrice, .openInterest, .partialDepth: .linear
    case .indexPrice: .inverse
    case .snapshot: eventTime != nil && tradeTime != nil ? .linear : .spot
    case .candle, .other: nil
    }
  }

  /// The exchange's time, or nil if the message has none: of a trade when it was made, else when the message
  /// was sent.
  func time(_ kind: Kind, _ bytes: Span<UInt8>) -> Instant? {
    let isTrade = kind == .trade || kind == .aggregateTrade
    let range = isTrade ? tradeTime ?? eventTime : eventTime ?? tradeTime
    return range.flatMap { Self.time(bytes, $0) }
  }

  /// When the next funding is paid, or nil.
  func fundingTime(_ bytes: Span<UInt8>) -> Instant? {
    tradeTime.flatMap { Self.time(bytes, $0) }
  }

  /// A time in milliseconds or microseconds.
  /// - Parameter further: so many of these units behind it.
  static func time(_ bytes: Span<UInt8>, _ range: Range<Int>, further: Int64 = 0) -> Instant? {
    guard let number = parseInteger(bytes, range), number < .max - further else { return nil }
    // Milliseconds until the year 33658 have fewer than 16 digits; microseconds since 2001 have 16.
    let unit = number < 1_000_000_000_000_000 ? Nanoseconds.millisecond : Nanoseconds.microsecond
    let (nanoseconds, overflow) = (number + further).multipliedReportingOverflow(by: unit)
    return overflow ? nil : Instant(nanoseconds: nanoseconds)
  }

  func tradeID(_ kind: Kind, _ bytes: Span<UInt8>) -> Int64? {
    guard let range = kind == .aggregateTrade ? aggregateNumber : tradeNumber else { return nil }
    return parseInteger(bytes, range)
  }

  /// The ids of the trades that it is or that it sums up; nil if it does not tell them.
  func tradeIDs(_ kind: Kind, _ bytes: Span<UInt8>) -> ClosedRange<Int64>? {
    let (low, high) =
      kind == .aggregateTrade ? (firstTrade, lastTrade) : (tradeNumber, tradeNumber)
    guard let first = low.flatMap({ parseInteger(bytes, $0) }),
      let last = high.flatMap({ parseInteger(bytes, $0) }), first <= last, last < .max
    else { return nil }
    return first...last
  }
}
