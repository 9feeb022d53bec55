import Events
import Testing

@testable import Venues

/// What Binance's symbols are contracts on.
struct BinanceContractTests {
  private static let june = Instant(nanoseconds: 1_719_561_600_000_000_000)

  @Test(
    arguments: [
      ("BTCUSD_PERP", "BTC", "USD", .epoch, true), ("ETHUSD_PERP", "ETH", "USD", .epoch, true),
      ("BNBUSD_PERP", "BNB", "USD", .epoch, true), ("DOTUSD_PERP", "DOT", "USD", .epoch, true),
      ("BTCUSD_240628", "BTC", "USD", june, true), ("BNBUSD_240628", "BNB", "USD", june, true),
      ("btcusd_240628", "BTC", "USD", june, true),
      ("BTCUSDT_240628", "BTC", "USDT", june, false),
      ("BTCBUSD_240628", "BTC", "BUSD", june, false),
      ("ETHUSDC_240628", "ETH", "USDC", june, false),
    ] as [(String, String, String, Instant, Bool)])
  func `an ending tells expiry and market`(
    symbol: String, base: String, quote: String, expiry: Instant, isInverse: Bool
  ) {
    let contract = BinanceContract(symbol)
    #expect(contract?.pair.base == base && contract?.pair.quote == quote)
    #expect(contract?.expiry == expiry)
    #expect(contract?.isInverse == isInverse)
  }

  @Test(arguments: [
    "BTCUSDT", "1000PEPEUSDT", "_PERP", "BTCUSD_240632", "BTCUSD_241328", "BTCUSD_2406",
    "BTCUSD_24062a", "BTCUSD_+40628", "BTCUSD_", "",
  ])
  func `other names have no ending`(symbol: String) {
    #expect(BinanceContract(symbol) == nil)
  }

  private func decoded(_ messages: [String]) -> Decoded {
    Decoded(
      BinanceDecoder(),
      messages.enumerated().map { "\(1_718_000_000_000_000_000 + $0.offset) \($0.element)\n" }
        .joined())
  }

  private func ticker(_ symbol: String) -> String {
    #"{"e":"bookTicker","u":5,"s":"\#(symbol)","b":"67000.0","B":"1","a":"67000.1","A":"1","#
      + #""T":1718000000000,"E":1718000000000}"#
  }

  @Test(
    arguments: [
      ("BTCUSD_PERP", "BINANCE_COINM", .inverse, "USD", "BTC", 100, .epoch),
      ("ETHUSD_PERP", "BINANCE_COINM", .inverse, "USD", "ETH", 10, .epoch),
      ("BTCUSD_240628", "BINANCE_COINM", .inverse, "USD", "BTC", 100, june),
      ("BNBUSD_240628", "BINANCE_COINM", .inverse, "USD", "BNB", 10, june),
      ("BTCUSDT_240628", "BINANCE_USDM", .future, "BTC", "USDT", 1, june),
      ("BTCUSDT", "BINANCE_USDM", .perpetual, "BTC", "USDT", 1, .epoch),
      ("BNBUSDT", "BINANCE_USDM", .perpetual, "BNB", "USDT", 1, .epoch),
    ] as [(String, String, InstrumentClass, String, String, Int64, Instant)])
  func `futures get the terms of their market`(
    symbol: String, venue: String, kind: InstrumentClass, base: String, currency: String,
    multiplier: Int64, expiry: Instant
  ) {
    let result = decoded([ticker(symbol)])
    #expect(result.error == nil)
    let found = result.registry.instruments
    #expect(found.map(\.venueName) == [venue] && found.map(\.kind) == [kind])
    #expect(found.map(\.base) == [base] && found.map(\.currency) == [currency])
    #expect(found.map(\.multiplier) == [multiplier * 1_000_000_000])
    #expect(found.map(\.expiry) == [expiry])
  }

  @Test(arguments: ["BTCUSD_PERP", "BTCUSD_240628", "BTCUSDT_240628"])
  func `every message of a symbol with an ending is of one instrument`(symbol: String) {
    let result = decoded([
      #"{"e":"aggTrade","s":"\#(symbol)","a":1,"p":"1","q":"1","f":1,"l":2,"m":true}"#,
      #"{"e":"trade","s":"\#(symbol)","t":9,"p":"1","q":"1","m":true,"M":true}"#,
      #"{"e":"depthUpdate","E":1,"s":"\#(symbol)","U":5,"u":9,"pu":4,"b":[["98","1"]],"a":[]}"#,
      #"{"lastUpdateId":7,"E":1,"T":1,"symbol":"\#(symbol)","bids":[["99","2"]],"asks":[]}"#,
      #"{"openInterest":"15004","symbol":"\#(symbol)","time":1589437530011}"#,
      #"{"u":5,"s":"\#(symbol)","b":"98","B":"1","a":"100","A":"1"}"#,
    ])
    #expect(result.error == nil)
    #expect(result.registry.instruments.count == 1)
    #expect(result.issues.isEmpty)
    #expect(result.market.count == 6)
  }

  @Test func `a snapshot that names its symbol is that symbol's`() {
    func depth(_ symbol: String, _ first: Int) -> String {
      #"{"e":"depthUpdate","E":1,"s":"\#(symbol)","U":\#(first),"u":\#(first + 4),"#
        + #""pu":\#(first - 1),"b":[["98","1"]],"a":[]}"#
    }
    func snapshot(_ symbol: String, _ id: Int) -> String {
      #"{"lastUpdateId":\#(id),"E":1,"T":1,"symbol":"\#(symbol)","bids":[["99","2"]],"asks":[]}"#
    }
    let result = decoded([
      snapshot("ETHUSD_PERP", 2), depth("BTCUSD_PERP", 1), depth("ETHUSD_PERP", 1),
      snapshot("BTCUSD_PERP", 3),
    ])
    #expect(result.error == nil)
    #expect(result.issues.isEmpty)
    // Of each a clear, the snapshot's level and the diff's.
    #expect(result.market.map(\.instrument.index) == [0, 0, 0, 1, 1, 1])
    #expect(result.registry.instruments.map(\.symbol) == ["ETHUSD_PERP", "BTCUSD_PERP"])
  }
}
