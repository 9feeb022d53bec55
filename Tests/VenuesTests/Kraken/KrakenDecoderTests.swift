import Events
import Testing

@testable import Venues

struct KrakenDecoderTests {
  typealias Level = (price: String, size: String)

  /// Bit by bit, as the standard describes it.
  private func crc(_ text: String) -> UInt32 {
    ~text.utf8.reduce(0xFFFF_FFFF as UInt32) { register, byte in
      (0..<8).reduce(register ^ UInt32(byte)) { rest, _ in
        rest & 1 == 1 ? rest >> 1 ^ 0xEDB8_8320 : rest >> 1
      }
    }
  }

  private func sum(asks: [Level], bids: [Level]) -> UInt32 {
    crc(
      (asks.prefix(10) + bids.prefix(10)).map { level in
        [level.price, level.size].map { number in
          String(number.filter { $0 != "." }.drop { $0 == "0" })
        }.joined()
      }.joined())
  }

  private func levels(_ levels: [Level]) -> String {
    levels.map { #"["\#($0.price)","\#($0.size)","1618678133.365913"]"# }.joined(separator: ",")
  }

  private func snapshot(asks: [Level], bids: [Level], depth: Int = 10) -> String {
    #"[464,{"as":[\#(levels(asks))],"bs":[\#(levels(bids))]},"book-\#(depth)","XBT/USD"]"#
  }

  private func update(_ side: String, _ changes: [Level], checksum: UInt32) -> String {
    #"[464,{"\#(side)":[\#(levels(changes))],"c":"\#(checksum)"},"book-10","XBT/USD"]"#
  }

  private let asks: [Level] = [("100.50", "1.000"), ("101.00", "2.500")]
  private let bids: [Level] = [("99.50", "0.020"), ("99.00", "7.000")]
  private let trade = #"[1,[["100.50","0.250","1618678142.557535","s","l",""]],"trade","XBT/USD"]"#

  private func lines(_ messages: [String]) -> String {
    messages.enumerated().map { "161867814\($0.offset).592855: \($0.element)\n" }.joined()
  }

  private func decoded(_ messages: [String]) -> Decoded {
    Decoded(KrakenDecoder(), lines(messages))
  }

  /// Actions and prices of depth changes, `C` for a clear, `-` before a removal, `!` for the end.
  private func shape(_ decoded: Decoded) -> String {
    decoded.market.compactMap { event -> String? in
      guard case .depth(let change) = event else { return nil }
      let end = change.marks.contains(.last) ? "!" : ""
      if change.action == .clear { return "C" + end }
      let price = change.price.raw / 1_000_000_000
      let sign = change.size == .zero ? "-" : ""
      return sign + (change.side == .buy ? "b\(price)" : "a\(price)") + end
    }.joined(separator: " ")
  }

  @Test func `a checksum over the digits as they were written holds`() {
    let after: [Level] = [("99.50", "0.020"), ("99.20", "0.100"), ("99.00", "7.000")]
    let result = decoded([
      snapshot(asks: asks, bids: bids),
      update("b", [("99.20", "0.100")], checksum: sum(asks: asks, bids: after)),
      update("a", [("100.50", "0.000")], checksum: sum(asks: [asks[1]], bids: after)),
    ])
    #expect(result.error == nil)
    #expect(result.issues.isEmpty)
    #expect(shape(result) == "C a100 a101 b99 b99! b99! -a100!")
    // When it happened is what the levels say, when it was received the line.
    #expect(result.batch.ticks[5].eventTime == Instant(nanoseconds: 1_618_678_133_365_913_000))
    #expect(result.batch.ticks[5].receiveTime == Instant(nanoseconds: 1_618_678_141_592_855_000))
    #expect(result.registry.instruments.map(\.symbol) == ["BTC/USD"])
    #expect(result.registry.instruments.map(\.venueName) == ["KRAKEN"])
  }

  @Test func `a wrong checksum empties the book until the next snapshot`() {
    let good = sum(asks: asks, bids: [("99.50", "0.020"), ("99.20", "0.100"), ("99.00", "7.000")])
    let result = decoded([
      snapshot(asks: asks, bids: bids), update("b", [("99.20", "0.100")], checksum: good &+ 1),
      update("b", [("99.20", "0.100")], checksum: good), snapshot(asks: asks, bids: bids),
      update("b", [("99.20", "0.100")], checksum: good),
    ])
    #expect(shape(result) == "C a100 a101 b99 b99! C! C a100 a101 b99 b99! b99!")
    #expect(result.issues == [.gap])
    #expect(result.batch.qualities[0].expected == UInt64(good &+ 1))
    #expect(result.batch.qualities[0].actual == UInt64(good))
    #expect(result.batch.qualities[0].detail.hasPrefix("line 2: wrong checksum"))
    #expect(result.batch.skipped.items.map(\.count) == [1])
  }

  @Test func `levels that fall out of the depth are removed, which the venue does not tell`() {
    let ten: [Level] = (0..<10).map { ("\(200 + $0).0", "1.0") }
    let after: [Level] = [("150.0", "1.0")] + ten.dropLast()
    let result = decoded([
      snapshot(asks: ten, bids: bids),
      update("a", [("150.0", "1.0")], checksum: sum(asks: after, bids: bids)),
    ])
    #expect(result.issues.isEmpty)
    #expect(shape(result).hasSuffix("b99! a150 -a209!"))
  }

  @Test func `a new connection empties the books`() {
    let text =
      lines([snapshot(asks: asks, bids: bids)]) + "wss://ws.kraken.com <-> 1618678150.5\n"
      + "wss://ws.kraken.com <- 1618678150.6: {\"event\":\"subscribe\"}\n"
    let result = Decoded(KrakenDecoder(), text)
    #expect(result.error == nil)
    #expect(shape(result).hasSuffix("b99! C!"))
    #expect(result.issues == [.gap])
    #expect(result.batch.skipped.items.map(\.reason) == ["request of the client"])
  }

  @Test func `trades and best prices say what they say`() {
    let ticker =
      #"[2,{"a":["100.50",27,"27.19"],"b":["99.50",6,"6.87"],"c":["1","2"]},"ticker","XBT/USD"]"#
    let spread = #"[3,["99.50","100.50","1618678142.5","6.87","27.19"],"spread","XBT/USD"]"#
    let result = decoded([trade, ticker, spread])
    let unit: Int64 = 1_000_000_000
    let quote = MarketEvent.quote(
      Quote(
        instrument: InstrumentID(0), bid: Price(99_500_000_000), ask: Price(100_500_000_000),
        bidSize: Quantity(6_870_000_000), askSize: Quantity(27_190_000_000)))
    #expect(
      result.market == [
        .trade(
          Trade(
            instrument: InstrumentID(0), price: Price(1005 * unit / 10),
            size: Quantity(unit / 4), side: .sell)), quote, quote,
      ])
    #expect(result.batch.ticks[0].eventTime == Instant(nanoseconds: 1_618_678_142_557_535_000))
  }

  @Test func `AssetPairs define what comes, and only that`() {
    let pairs =
      #"{"error":[],"result":{"XXBTZUSD":{"wsname":"XBT\/USD","pair_decimals":1,"lot_decimals":8},"#
      + #""AAVEETH":{"wsname":"AAVE\/ETH","pair_decimals":4,"lot_decimals":8},"X.d":{}}}"#
    let text =
      "https://api.kraken.com/0/public/AssetPairs -> 1618678132.35: \(pairs)\n" + lines([trade])
    let result = Decoded(KrakenDecoder(), text, registry: InstrumentRegistry())
    #expect(result.error == nil)
    #expect(result.registry.instruments.map(\.symbol) == ["BTC/USD"])
    #expect(result.registry.instruments.map(\.priceScale) == [1])
    #expect(result.registry.instruments.map(\.quantityScale) == [8])
    #expect(result.registry.instruments.map(\.base) == ["BTC"])
    #expect(result.registry.instruments.map(\.currency) == ["USD"])
  }

  @Test func `pieces do not matter and mutations never trap`() {
    let after: [Level] = [("99.50", "0.020"), ("99.20", "0.100"), ("99.00", "7.000")]
    let text = lines(
      [
        snapshot(asks: asks, bids: bids),
        update("b", [("99.20", "0.100")], checksum: sum(asks: asks, bids: after)), trade,
      ] + KrakenVersion2Tests.session)
    let bytes = [UInt8](text.utf8)
    let whole = Decoded(KrakenDecoder(), bytes)
    #expect(whole.error == nil)
    #expect(whole.market.count > 20)
    for piece in [1, 13, 500] {
      #expect(Decoded(KrakenDecoder(), bytes, piece: piece).market == whole.market)
    }
    var mutation = Mutation(seed: 29)
    var (failed, told) = (0, 0)
    for _ in 0..<1500 {
      let result = Decoded(KrakenDecoder(), mutation.apply(to: bytes))
      if result.error != nil { failed += 1 } else if !result.issues.isEmpty { told += 1 }
    }
    #expect(failed > 100)
    #expect(told > 5)
  }

  @Test(arguments: [
    "", "{", "7", "{}", "[]", #"[1,2,"trade"]"#, #"[1,{},"trade","XBT/USD"]"#,
    #"[1,[["1","1","x","b"]],"trade","XBT/USD"]"#, #"[1,[["1","1","1.5","q"]],"trade","XBT/USD"]"#,
    #"[1,[["1e5","1","1.5","b"]],"trade","XBT/USD"]"#, #"[1,[["1","1","1.5","b"]],"trade","XBT"]"#,
    #"[1,[["1","1","-1.5","b"]],"trade","XBT/USD"]"#, #"[1,{"a":[]},"ticker","XBT/USD"]"#,
    #"[1,{"a":[["1","2"]]},"book-10","XBT/USD"]"#, #"[1,{"a":[],"c":"x"},"book-10","XBT/USD"]"#,
    #"[1,{"a":[],"c":"4294967296"},"book-10","XBT/USD"]"#, #"[1,{"a":[]},"book-11","XBT/USD"]"#,
    #"{"channel":"trade","data":[{"symbol":"BTC/USD","side":"buy","price":1,"qty":1}]}"#,
    #"{"channel":"trade","data":[{"symbol":"BTC/USD","trade_id":1,"price":1,"qty":1}]}"#,
    #"{"channel":"book","data":[{"symbol":"BTC/USD","bids":[]}]}"#, #"{"channel":"book"}"#,
    #"{"channel":"book","data":[{"symbol":"BTC/USD","bids":[],"asks":[{"qty":1}]}]}"#,
    #"{"channel":"ticker","data":[{"symbol":"BTC/USD","timestamp":"yesterday"}]}"#,
  ])
  func `a message that is none stops the import`(message: String) {
    #expect(decoded([trade, message]).error?.place == .line(2))
  }

  @Test(arguments: ["nonsense", "x: {}", "wss://ws.kraken.com <-> soon", "a -> b: {}", "1.5 {}"])
  func `a line of another form stops the import`(line: String) {
    #expect(Decoded(KrakenDecoder(), lines([trade]) + line + "\n").error?.place == .line(2))
  }
}
