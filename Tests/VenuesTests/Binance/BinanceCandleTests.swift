import Events
import Testing

@testable import Venues

/// Candles, lists of messages, indices of pairs, and what trades tell of themselves.
struct BinanceCandleTests {
  private func decoded(_ messages: [String], symbol: String? = nil) -> Decoded {
    Decoded(
      BinanceDecoder(symbol: symbol),
      messages.enumerated().map { "\(1_743_296_400_000_000_000 + $0.offset) \($0.element)\n" }
        .joined())
  }

  private func candle(
    _ interval: String, _ start: Int64, _ last: Int64, closed: Bool = true, high: String = "102.0",
    symbol: String = "BTCUSDT"
  ) -> String {
    #"{"stream":"x@kline","data":{"e":"kline","E":1743296400001,"s":"\#(symbol)","k":{"t":\#(start),"#
      + #""T":\#(last),"s":"\#(symbol)","i":"\#(interval)","f":1,"L":2,"o":"100.0","c":"101.0","#
      + #""h":"\#(high)","l":"99.5","v":"10.5","n":2,"x":\#(closed),"q":"1050","V":"5","Q":"5","B":"0"}}}"#
  }

  private static let start: Int64 = 1_743_296_340_000

  /// Interval as it is called, length in seconds, and the unit of times, milliseconds or microseconds.
  @Test(
    arguments: [
      ("1s", 1, 1), ("1m", 60, 1), ("3m", 180, 1), ("15m", 900, 1), ("1h", 3600, 1),
      ("12h", 43_200, 1), ("1d", 86_400, 1), ("3d", 259_200, 1), ("1w", 604_800, 1),
      ("1M", 2_678_400, 1), ("1m", 60, 1000), ("1h", 3600, 1000),
    ] as [(String, Int64, Int64)])
  func `a closed candle is a bar`(interval: String, seconds: Int64, unit: Int64) {
    let start = Self.start * unit
    let result = decoded([candle(interval, start, start + seconds * 1000 * unit - 1)])
    #expect(result.error == nil && result.issues.isEmpty)
    #expect(
      result.market == [
        .bar(
          Bar(
            instrument: InstrumentID(0), interval: seconds * 1_000_000_000,
            open: Price(100_000_000_000), high: Price(102_000_000_000),
            low: Price(99_500_000_000), close: Price(101_000_000_000),
            volume: Quantity(10_500_000_000)))
      ])
    let end = (Self.start + seconds * 1000) * 1_000_000
    #expect(result.batch.ticks.map(\.eventTime.nanoseconds) == [end])
    #expect(result.batch.ticks.map(\.receiveTime.nanoseconds) == [1_743_296_400_000_000_000])
  }

  @Test func `of each length and end one candle is taken, open ones are not`() {
    func minute(_ number: Int64, closed: Bool = true, high: String = "102.0") -> String {
      let start = Self.start + number * 60_000
      return candle("1m", start, start + 59_999, closed: closed, high: high)
    }
    let result = decoded([
      minute(0, closed: false), minute(0), minute(0), minute(1), minute(0),
      candle("5m", Self.start - 240_000, Self.start + 59_999), minute(2, high: "100.5"), minute(2),
    ])
    #expect(result.error == nil)
    #expect(result.issues == [.duplicate, .duplicate, .impossibleValue])
    #expect(result.market.count == 4)
    #expect(result.batch.skipped.items.map(\.reason) == ["candle that is not closed"])
    // Open ones alone define nothing.
    #expect(decoded([minute(0, closed: false)]).registry.instruments.isEmpty)
  }

  @Test func `a candle is of the market that its symbol is of`() {
    let result = decoded([candle("1m", Self.start, Self.start + 59_999, symbol: "BTCUSD_PERP")])
    #expect(result.registry.instruments.map(\.kind) == [.inverse])
    let bad =
      #"{"e":"kline","s":"BTCUSDT","k":{"x":true,"i":"1m","o":"1","h":"1","l":"1","c":"1"}}"#
    #expect(decoded([bad]).error?.reason == "a candle without its times “t” and “T”")
  }

  private func mark(_ symbol: String, _ price: String) -> String {
    #"{"e":"markPriceUpdate","E":1743296390120,"s":"\#(symbol)","p":"\#(price)","r":"","T":0}"#
  }

  @Test func `a list of messages is taken one by one`() {
    let list = "[\(mark("BTCUSDT", "100")) , \(mark("ETHUSDT", "10"))]"
    for text in [list, #"{"stream":"!markPrice@arr","data":\#(list)}"#] {
      let result = decoded([text])
      #expect(result.error == nil)
      #expect(result.registry.instruments.map(\.symbol) == ["BTCUSDT", "ETHUSDT"])
      #expect(result.batch.references.count == 2)
      let wanted = decoded([text], symbol: "ETHUSDT")
      #expect(wanted.batch.references.count == 1)
    }
    #expect(
      decoded([#"[{"e":"24hrTicker","s":"BTCUSDT"}]"#]).batch.skipped.items.map(\.count) == [1])
    for bad in ["[]", "[1]", "[{}", #"[{"e":"markPriceUpdate","s":"X","p":"x"}]"#, "[{}]x"] {
      #expect(decoded([bad]).error?.place == .line(1), "\(bad)")
    }
  }

  private let index = #"{"e":"indexPriceUpdate","E":1743296390120,"i":"BTCUSD","p":"9636.5"}"#

  @Test func `an index of a pair is that of its contracts`() {
    func symbols(_ result: Decoded) -> [String] {
      result.batch.references.compactMap { reference in
        guard case .value(let value) = reference, value.field == .index else { return nil }
        return result.registry.instruments[value.instrument.index].symbol
      }
    }
    #expect(symbols(decoded([index])) == ["BTCUSD_PERP"])
    let two = decoded([
      mark("BTCUSD_240628", "9600"), mark("ETHUSD_PERP", "100"), mark("BTCUSDT_240628", "9600"),
      mark("BTCUSD_PERP", "9601"), index,
    ])
    #expect(symbols(two) == ["BTCUSD_240628", "BTCUSD_PERP"])
    #expect(symbols(decoded([index], symbol: "btcusd_perp")) == ["BTCUSD_PERP"])
    #expect(symbols(decoded([index], symbol: "ethusd_perp")) == [])
    #expect(decoded([#"{"e":"indexPriceUpdate","p":"1"}"#]).error?.place == .line(1))
  }

  @Test func `a trade's time is when it was made`() {
    let trade =
      #"{"e":"trade","E":1743296390120,"T":1743296390117,"s":"BTCUSDT","t":1,"p":"1","q":"1","m":true}"#
    let sum =
      #"{"e":"aggTrade","E":1743296390120,"T":1743296390116,"s":"BTCUSDT","a":1,"p":"1","q":"1","f":8,"l":9,"m":true}"#
    let depth =
      #"{"e":"bookTicker","u":5,"s":"BTCUSDT","b":"1","B":"1","a":"2","A":"1","T":1743296390111,"E":1743296390112}"#
    let times = decoded([trade, sum, depth]).batch.ticks.map {
      $0.eventTime.nanoseconds / 1_000_000
    }
    #expect(times == [1_743_296_390_117, 1_743_296_390_116, 1_743_296_390_112])
  }

  /// Aggregates as their id, first and last trade, and the gaps of the spot market as what was expected and came.
  @Test(
    arguments: [
      ([(1, 10, 12), (2, 13, 13), (3, 14, 20)], []), ([(1, 10, 12), (2, 15, 16)], [[13, 15]]),
      ([(1, 10, 12), (3, 15, 16), (4, 17, 17)], [[2, 3]]),
      ([(1, 10, 12), (2, 13, 14), (2, 13, 14), (3, 15, 15)], []),
      ([(1, 10, 12), (3, 15, 16), (2, 13, 14), (4, 17, 17)], [[2, 3]]),
      ([(1, 10, 12), (2, 14, 14), (3, 16, 16)], [[13, 14], [15, 16]]),
    ] as [([(Int, Int, Int)], [[UInt64]])])
  func `a hole in the trades that aggregates sum up is a gap`(
    sums: [(Int, Int, Int)], gaps: [[UInt64]]
  ) {
    func text(_ sum: (Int, Int, Int), _ mark: String) -> String {
      #"{"e":"aggTrade","E":1,"T":1,"s":"BTCUSDT","a":\#(sum.0),"p":"1","q":"1","#
        + #""f":\#(sum.1),"l":\#(sum.2),"m":true\#(mark)}"#
    }
    let spot = decoded(sums.map { text($0, #","M":true"#) })
    #expect(
      spot.batch.qualities.filter { $0.issue == .gap }.map { [$0.expected, $0.actual] } == gaps)
    #expect(decoded(sums.map { text($0, "") }).batch.qualities.allSatisfy { $0.issue != .gap })
  }
}
