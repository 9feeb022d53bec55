import Events
import Testing

@testable import Venues

struct BinanceDecoderTests {
  private func depth(_ first: Int, _ last: Int, _ bid: String = "100.5", previous: Int? = nil)
    -> String
  {
    let chain = previous.map { #","pu":\#($0)"# } ?? ""
    return #"{"stream":"x@depth","data":{"e":"depthUpdate","E":1723161255208,"s":"BTCUSDT","#
      + #""U":\#(first),"u":\#(last)\#(chain),"b":[["\#(bid)","1.0"]],"a":[]}}"#
  }

  private func snapshot(_ id: Int) -> String {
    #"{"lastUpdateId":\#(id),"bids":[["99.0","2"]],"asks":[["101.0","3",[]]]}"#
  }

  private func trade(_ id: Int, price: String = "100.5", spot: Bool = true) -> String {
    #"{"e":"trade","E":1723161255208,"s":"BTCUSDT","t":\#(id),"p":"\#(price)","q":"0.02","#
      + #""m":true\#(spot ? #","M":true"# : "")}"#
  }

  private func decoded(_ messages: [String]) -> Decoded {
    Decoded(
      BinanceDecoder(),
      messages.enumerated().map { "\(1_723_161_253_937_085_768 + $0.offset) \($0.element)\n" }
        .joined())
  }

  /// Actions and prices of depth changes, `C` for a clear, `!` for the end of the venue's event.
  private func shape(_ decoded: Decoded) -> String {
    decoded.market.compactMap { event -> String? in
      guard case .depth(let change) = event else { return nil }
      let end = change.marks.contains(.last) ? "!" : ""
      if change.action == .clear { return "C" + end }
      return "\(change.side == .buy ? "b" : "a")\(change.price.raw / 1_000_000_000)" + end
    }.joined(separator: " ")
  }

  @Test func `diffs before the snapshot are kept, old ones dropped`() {
    let result = decoded([
      depth(1, 5), depth(6, 10, "98"), depth(11, 12, "97"), snapshot(7), depth(13, 14),
    ])
    #expect(shape(result) == "C b99 a101! b98! b97! b100!")
    #expect(result.issues.isEmpty)
    // What was kept is received with the snapshot.
    #expect(result.batch.ticks[0].receiveTime == result.batch.ticks[4].receiveTime)
  }

  @Test func `a diff that waits is checked at once and read when its snapshot comes`() {
    let broken = decoded([depth(1, 5), depth(6, 10, "1.x")])
    #expect(broken.error?.description == "line 2: price “1.x”: not a decimal number")
    let impossible = decoded([depth(1, 5), depth(6, 10, "-1"), depth(11, 12), snapshot(5)])
    #expect(impossible.issues == [.impossibleValue])
    #expect(impossible.batch.qualities[0].detail.hasPrefix("line 2: a level"))
    #expect(shape(impossible) == "C b99 a101! b100!")
  }

  @Test func `a gap clears the book until the next snapshot`() {
    let result = decoded([
      snapshotAfterDepth(), depth(3, 4), depth(6, 7, "98"), depth(8, 9, "97"), snapshot(6),
    ])
    #expect(shape(result) == "C b99 a101! b100! C! C b99 a101! b98! b97!")
    #expect(result.issues == [.gap])
    #expect(result.batch.qualities[0].expected == 5)
    #expect(result.batch.qualities[0].actual == 6)
  }

  /// The snapshot has to follow a depth message, which names the symbol; this one is too old to count.
  private func snapshotAfterDepth() -> String {
    depth(1, 1) + "\n1723161253937085768 " + snapshot(2)
  }

  @Test func `a snapshot that the diffs do not continue is refused`() {
    let result = decoded([depth(10, 12), snapshot(5), snapshot(10)])
    #expect(result.issues == [.gap])
    #expect(shape(result) == "C b99 a101! b100!")
  }

  @Test func `a perpetual's diffs are chained by the one before`() {
    let good = decoded([
      depth(5, 9, previous: 4), depth(12, 15, "98", previous: 9), snapshot(7),
      depth(20, 21, "97", previous: 15),
    ])
    #expect(good.issues.isEmpty)
    #expect(shape(good) == "C b99 a101! b100! b98! b97!")
    #expect(good.registry.instruments.map(\.kind) == [.perpetual])
    let bad = decoded([depth(5, 9, previous: 4), snapshot(7), depth(20, 21, "97", previous: 16)])
    // That the book goes on waiting is no second gap.
    #expect(bad.issues == [.gap])
    #expect(bad.batch.skipped.items.map(\.count) == [1])
    #expect(shape(bad) == "C b99 a101! b100! C!")
  }

  @Test func `a diff or a trade that comes again is left out`() {
    let result = decoded([
      snapshotAfterDepth(), depth(3, 4), depth(3, 4), trade(7), trade(7), trade(9),
    ])
    #expect(result.issues == [.duplicate, .duplicate, .gap])
    #expect(shape(result) == "C b99 a101! b100!")
  }

  @Test func `the maker tells the aggressor`() {
    let result = decoded([trade(7)])
    #expect(
      result.market == [
        .trade(
          Trade(
            instrument: InstrumentID(0), price: Price(100_500_000_000),
            size: Quantity(20_000_000), side: .sell))
      ])
    #expect(result.batch.ticks[0].eventTime == Instant(nanoseconds: 1_723_161_255_208_000_000))
  }

  @Test func `spot and perpetual are two instruments`() {
    let result = decoded([trade(7), trade(8, spot: false)])
    #expect(result.registry.instruments.map(\.venueName) == ["BINANCE", "BINANCE_USDM"])
    #expect(result.registry.instruments.map(\.base) == ["BTC", "BTC"])
    #expect(result.registry.instruments.map(\.currency) == ["USDT", "USDT"])
  }

  private let mark =
    #"{"e":"markPriceUpdate","E":1723161255208,"s":"BTCUSDT","p":"61737.63000000","#
    + #""i":"61740.12345678","P":"61700.00000000","r":"0.00010000","T":1723190400000}"#

  @Test func `mark, index, funding and open interest of a perpetual are reference values`() {
    let interest = #"{"openInterest":"10659.509","symbol":"BTCUSDT","time":1589437530011}"#
    let instrument = Instrument(
      id: InstrumentID(0), venueName: BinanceDecoder.linearVenue, symbol: "BTCUSDT",
      kind: .perpetual, currency: "USDT", priceScale: 1, quantityScale: 3)
    let result = Decoded(
      BinanceDecoder(), "1723161253937085768 \(mark)\n1723161253937085769 \(interest)\n",
      registry: InstrumentRegistry(known: [instrument]))
    #expect(result.error == nil)
    func value(_ field: ReferenceValue.Field, _ value: Int64, _ effective: Instant = .epoch)
      -> Reference
    {
      .value(
        ReferenceValue(
          instrument: InstrumentID(0), field: field, value: value, effective: effective))
    }
    #expect(
      result.batch.references == [
        value(.mark, 617_376), value(.index, 617_401),
        value(.fundingRate, 100_000, Instant(nanoseconds: 1_723_190_400_000_000_000)),
        value(.openInterest, 10_659_509),
      ])
    #expect(result.batch.roundedReferences == 2)
    #expect(result.batch.ticks[3].eventTime == Instant(nanoseconds: 1_589_437_530_011_000_000))
  }

  @Test func `a crossed best price is kept and told`() {
    let ticker = #"{"u":4,"s":"BTCUSDT","b":"101","B":"1","a":"100","A":"1"}"#
    let result = decoded([ticker])
    #expect(result.issues == [.crossed])
    #expect(result.market.count == 1)
  }

  @Test(arguments: [
    "{}", #"{"result":null,"id":1}"#, #"{"e":"kline","E":1,"s":"BTCUSDT","k":{}}"#,
  ])
  func `messages of other kinds are counted`(message: String) {
    let result = decoded([message])
    #expect(result.error == nil)
    #expect(result.market.isEmpty)
    #expect(result.batch.skipped.items.map(\.count) == [1])
  }

  @Test(arguments: [
    "[]", "{", "{}x", "", #"{"e":"trade","s":"BTCUSDT","p":"1","q":"1","m":true}"#,
    #"{"e":"trade","s":"BTCUSDT","t":1,"p":"1","q":"1"}"#,
    #"{"e":"trade","s":"BTCUSDT","t":1,"p":1,"q":"1","m":true}"#,
    #"{"e":"trade","s":"BTCUSDT","t":1,"p":"1e5","q":"1","m":true}"#,
    #"{"e":"trade","t":1,"p":"1","q":"1","m":true}"#, #"{"e":"trade","s":"","t":1,"m":true}"#,
    #"{"e":"depthUpdate","s":"X","U":1,"u":2,"b":[]}"#,
    #"{"e":"depthUpdate","s":"X","U":3,"u":2,"b":[],"a":[]}"#,
    #"{"e":"depthUpdate","s":"X","U":1,"u":2,"b":[["1"]],"a":[]}"#,
    #"{"e":"depthUpdate","s":"X","U":1,"u":2,"b":[[1,2]],"a":[]}"#,
    #"{"lastUpdateId":7,"bids":[],"asks":[]}"#,
    #"{"e":"markPriceUpdate","s":"X","i":"1"}"#, #"{"e":"markPriceUpdate","s":"X","p":"x"}"#,
    #"{"e":"markPriceUpdate","s":"X","p":"1","r":"0.1"}"#, #"{"openInterest":"1"}"#,
  ])
  func `a message that is none stops the import`(message: String) {
    #expect(decoded([trade(1), message]).error?.place == .line(2))
  }

  /// Receive times of three trades that were sent at second 1723161255, and when they count.
  @Test(
    arguments: [
      ([1, 2, 3], [1, 2, 3], []), ([1, 2_379_283_200, 3], [1, 1, 3], [.impossibleValue]),
      ([1, 86_401, 86_402], [1, 86_401, 86_402], []),
      ([1, 86_402, 3], [1, 1, 3], [.impossibleValue]),
    ] as [([Int64], [Int64], [DataQuality.Issue])])
  func `a receive time days behind the sending is not believed`(
    received: [Int64], taken: [Int64], issues: [DataQuality.Issue]
  ) {
    let base: Int64 = 1_723_161_255
    let lines = received.enumerated().map { place, second in
      "\(base + second)000000000 "
        + #"{"e":"trade","E":1723161255000,"T":1723161255000,"s":"X","t":\#(place),"p":"1","#
        + #""q":"1","m":true}"#
    }
    let result = Decoded(BinanceDecoder(), lines.joined(separator: "\n"))
    #expect(result.error == nil)
    let times = result.batch.ticks.compactMap { tick -> Int64? in
      if case .market = tick.content {
        tick.receiveTime.nanoseconds / 1_000_000_000 - base
      } else {
        nil
      }
    }
    #expect(times == taken)
    #expect(result.issues == issues)
  }

  @Test func `pieces do not matter and mutations never trap`() {
    let messages = [
      snapshotAfterDepth(), depth(3, 4), trade(7), trade(8), depth(6, 7), mark, snapshot(9),
    ]
    let text =
      messages.map { "1723161253937085768 \($0)\n" }.joined()
    let bytes = [UInt8](text.utf8)
    let whole = Decoded(BinanceDecoder(), bytes)
    #expect(whole.error == nil)
    for piece in [1, 13, 500] {
      #expect(Decoded(BinanceDecoder(), bytes, piece: piece).market == whole.market)
    }
    var mutation = Mutation(seed: 11)
    var failed = 0
    for _ in 0..<1500 {
      if Decoded(BinanceDecoder(), mutation.apply(to: bytes)).error != nil { failed += 1 }
    }
    #expect(failed > 100)
  }
}
