import Events

/// What a `kline` message says of a candle, its fields still as ranges of the line.
struct BinanceCandle {
  /// `t` and `T`: its first moment and its last, as sent.
  var start: Range<Int>?
  var last: Range<Int>?
  /// `i`, such as `1m`.
  var interval: JSONText?
  /// `o`, `h`, `l`, `c`.
  var open: JSONText?
  var high: JSONText?
  var low: JSONText?
  var close: JSONText?
  /// `v`, in the units of trades.
  var volume: JSONText?
  /// `x`: no trade of it is to come.
  var isClosed = false

  /// Reads the object of a range.
  init(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(JSONProblem) {
    var scanner = JSONScanner(range)
    _ = try scanner.next(bytes)
    while true {
      guard case .key(let key) = try scanner.next(bytes) else { return }
      let value = try scanner.next(bytes)
      try scanner.skip(value, bytes)
      if key.range.count == 1 { take(bytes[key.range.lowerBound], value) }
    }
  }

  private mutating func take(_ key: UInt8, _ value: JSONToken) {
    switch (key, value) {
    case (UInt8(ascii: "t"), .number(let range)): start = range
    case (UInt8(ascii: "T"), .number(let range)): last = range
    case (UInt8(ascii: "i"), .string(let text)): interval = text
    case (UInt8(ascii: "o"), .string(let text)): open = text
    case (UInt8(ascii: "h"), .string(let text)): high = text
    case (UInt8(ascii: "l"), .string(let text)): low = text
    case (UInt8(ascii: "c"), .string(let text)): close = text
    case (UInt8(ascii: "v"), .string(let text)): volume = text
    case (UInt8(ascii: "x"), .bool(let flag)): isClosed = flag
    default: break
    }
  }

  /// The length that the interval's name says, in nanoseconds; nil of months, and of what is none.
  func length(_ bytes: Span<UInt8>) -> Int64? {
    guard let text = interval?.range, text.count >= 2,
      let number = parseInteger(bytes, text.lowerBound..<(text.upperBound - 1)),
      (1...1000).contains(number)
    else { return nil }
    return switch bytes[text.upperBound - 1] {
    case UInt8(ascii: "s"): number * Nanoseconds.second
    case UInt8(ascii: "m"): number * 60 * Nanoseconds.second
    case UInt8(ascii: "h"): number * Nanoseconds.hour
    case UInt8(ascii: "d"): number * Nanoseconds.day
    case UInt8(ascii: "w"): number * 7 * Nanoseconds.day
    default: nil
    }
  }
}

extension BinanceDecoder {
  func isOpen(_ message: BinanceMessage, _ bytes: Span<UInt8>) throws(DecodeError) -> Bool {
    try read(message.candle, bytes)?.isClosed != true
  }

  func read(_ range: Range<Int>?, _ bytes: Span<UInt8>) throws(DecodeError) -> BinanceCandle? {
    guard let range else { return nil }
    do { return try BinanceCandle(bytes, range) } catch {
      throw problem("no candle: \(error.reason)")
    }
  }

  /// A closed candle: a bar that ends where its last millisecond does.
  mutating func candle(
    _ candle: BinanceCandle, _ bytes: Span<UInt8>, _ context: BinanceContext,
    into batch: inout DecodedBatch
  ) throws(DecodeError) {
    guard let start = candle.start.flatMap({ BinanceMessage.time(bytes, $0) }),
      let end = candle.last.flatMap({ BinanceMessage.time(bytes, $0, further: 1) })
    else { throw problem("a candle without its times “t” and “T”") }
    let instrument = self[context.place].instrument
    let bar = Bar(
      instrument: instrument.id, interval: candle.length(bytes) ?? end.since(start),
      open: Price(try price(candle.open, bytes, instrument, into: &batch)),
      high: Price(try price(candle.high, bytes, instrument, into: &batch)),
      low: Price(try price(candle.low, bytes, instrument, into: &batch)),
      close: Price(try price(candle.close, bytes, instrument, into: &batch)),
      volume: Quantity(try size(candle.volume, bytes, instrument, into: &batch)))
    guard bar.isPossible(of: instrument), end > start else {
      impossible("a candle's prices, size or times", context, into: &batch)
      return
    }
    guard self[context.place].candles.insert(bar.interval, end) else {
      batch.note(
        .duplicate, of: instrument.id, event: end, receive: context.receive,
        "line \(line): candle again; left out")
      return
    }
    batch.append(.bar(bar), event: end, receive: context.receive)
  }
}

/// The ends of the candles that were taken, by their lengths.
struct CandleTimes {
  private var kinds: [(interval: Int64, times: BarTimes)] = []

  /// - Returns: whether there was none of the length and end.
  mutating func insert(_ interval: Int64, _ end: Instant) -> Bool {
    if let kind = kinds.firstIndex(where: { $0.interval == interval }) {
      return kinds[kind].times.insert(end)
    }
    var times = BarTimes()
    _ = times.insert(end)
    kinds.append((interval, times))
    return true
  }
}
