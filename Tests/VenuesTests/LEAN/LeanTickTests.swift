import Events
import Testing

@testable import Venues

/// Which ticks of each kind of file are taken, and with what.
struct LeanTickTests {
  private func decoded(_ path: String, _ entry: String, _ text: String) throws -> Decoded {
    let file = try #require(LeanFile(path: path))
    return Decoded(LeanDecoder(file: file, entry: entry), text)
  }

  private static let contract = "20240313_es_tick_quote_202406_20240621.csv"
  /// An entry of quotes, or as it is called in an archive of trades.
  private static func entry(_ quotes: String, in path: String) -> String {
    path.contains("_trade") ? quotes.replacing("_quote_", with: "_trade_") : quotes
  }
  private static let option = "20240313_nvda_tick_quote_american_call_9000000_20240315.csv"

  /// Path, entry, and a row that is good, where `0` at the end or an empty text stands for the mark.
  static let rows: [(path: String, entry: String, row: String, hasMark: Bool)] = [
    ("equity/usa/tick/ibm/20240313_trade.zip", "", "5,1836300,100,Q,1,", true),
    ("equity/usa/tick/ibm/20240313_quote.zip", "", "5,1836300,100,1836400,200,Q,1,", true),
    ("option/usa/tick/nvda/20240313_trade_american.zip", option, "5,105000,3,Q,1,", true),
    ("option/usa/tick/nvda/20240313_quote_american.zip", option, "5,105000,3,106000,4,Q,", true),
    ("future/cme/tick/es/20240313_trade.zip", contract, "5,5120.25,3,CME,1,", true),
    ("future/cme/tick/es/20240313_quote.zip", contract, "5,5120.25,3,5120.50,4,CME,", true),
    ("crypto/binance/tick/btcusdt/20240313_trade.zip", "", "5,70000.02,0.1,", true),
    ("crypto/binance/tick/btcusdt/20240313_quote.zip", "", "5,70000.02,1,70000.03,1,", true),
    ("cryptofuture/binance/tick/btcusdt/20240313_trade.zip", "", "5,70000.1,0.1,", true),
    ("cryptofuture/binance/tick/btcusdt/20240313_quote.zip", "", "5,70000,1,70000.1,1,", true),
    ("index/usa/tick/spx/20240313_trade.zip", "", "5,5123.69,0,,,", true),
    ("forex/oanda/tick/eurusd/20240313_quote.zip", "", "5,1.08123,1.08125", false),
    ("cfd/oanda/tick/xauusd/20240313_quote.zip", "", "5,2161.1,2161.3", false),
  ]

  @Test(arguments: rows.indices)
  func `a tick that is marked as suspicious is left out`(index: Int) throws {
    let (path, name, row, hasMark) = Self.rows[index]
    let entry = Self.entry(name, in: path)
    guard hasMark else {
      // A market without marks takes no column for one.
      let result = try decoded(path, entry, row + "\n")
      #expect(result.error == nil)
      #expect(result.market.count == 1)
      return
    }
    let result = try decoded(path, entry, "\(row)0\n\(row)1\n\(row)\n\(row.dropLast())\n")
    #expect(result.error == nil)
    #expect(result.market.count == 3, "\(path)")
    #expect(result.batch.skipped.items.map(\.reason) == ["tick marked as suspicious"])
    #expect(result.batch.skipped.items.map(\.count) == [1])
    #expect(result.issues.isEmpty)
  }

  @Test(arguments: rows.filter(\.hasMark).indices)
  func `a 1 in another column behind the sizes marks nothing`(index: Int) throws {
    let (path, name, row, _) = Self.rows.filter(\.hasMark)[index]
    let entry = Self.entry(name, in: path)
    let count =
      path.contains("crypto") ? 0 : path.contains("quote") && !path.contains("equity") ? 1 : 2
    let words = row.split(separator: ",", omittingEmptySubsequences: false).dropLast(count + 1)
    let text = (words + Array(repeating: "1", count: count) + ["0"]).joined(separator: ",")
    #expect(try decoded(path, entry, text + "\n").market.count == 1, "\(text)")
  }

  @Test func `an index has values, and no sizes`() throws {
    let path = "index/usa/tick/spx/20240311_trade.zip"
    let result = try decoded(path, "", "30600000,5123.69,0,,,0\n30601000,5123.7,,,,0\n")
    #expect(result.error == nil && result.issues.isEmpty)
    let trades = result.market.compactMap { event -> Int64? in
      if case .trade(let trade) = event, trade.size == .zero { trade.price.raw } else { nil }
    }
    #expect(trades == [5_123_690_000_000, 5_123_700_000_000])
    #expect(try decoded(path, "", "30600000,0,0,,,0\n").issues == [.impossibleValue])
    #expect(try decoded(path, "", "30600000,5123.69,-1,,,0\n").issues == [.impossibleValue])
    // All others have sizes.
    let coin = "crypto/binance/tick/btcusdt/20240311_trade.zip"
    #expect(try decoded(coin, "", "5,70000,0,0\n").issues == [.impossibleValue])
  }

  /// Path, entry, a row with more digits than the scales of its instrument (2 of prices, 0 of sizes), and what
  /// becomes of it: an issue, a reason to leave it out, or an error.
  @Test(
    arguments: [
      ("future/cme/tick/es/20240313_trade.zip", "5,5120.2575,0,CME,1,0", "impossible"),
      ("future/cme/tick/es/20240313_trade.zip", "5,5120.25,-0.5,CME,1,0", "impossible"),
      ("future/cme/tick/es/20240313_trade.zip", "5,5120.2575,3,CME,1,1", "suspicious"),
      ("future/cme/tick/es/20240313_trade.zip", "5,5120.25,1.5,CME,1,1", "suspicious"),
      ("future/cme/tick/es/20240313_trade.zip", "5,5120.2575,3,CME,1,0", "price"),
      ("future/cme/tick/es/20240313_trade.zip", "5,0.0001,3,CME,1,0", "price"),
      ("future/cme/tick/es/20240313_trade.zip", "5,5120.25,0.25,CME,1,0", "size"),
      ("future/cme/tick/es/20240313_quote.zip", "5,5120.2575,3,5121,-1,CME,0", "impossible"),
      ("future/cme/tick/es/20240313_quote.zip", "5,5120.2575,3,5121,1,CME,1", "suspicious"),
      ("future/cme/tick/es/20240313_quote.zip", "5,5120,3,5121.123,1,CME,0", "price"),
      ("future/cme/minute/es/20240313_trade.zip", "60000,1.5,1.625,1.375,1.501,-1", "impossible"),
      ("future/cme/minute/es/20240313_trade.zip", "60000,1.503,1.502,1.501,1.502,5", "impossible"),
      ("future/cme/minute/es/20240313_trade.zip", "60000,1.501,1.502,1.501,1.502,5", "price"),
      ("future/cme/minute/es/20240313_trade.zip", "60000,1.5,1.5,1.5,1.5,0.5", "size"),
    ] as [(String, String, String)])
  func `the digits of what is left out do not matter`(path: String, row: String, outcome: String)
    throws
  {
    let entry = Self.entry(Self.contract, in: path)
      .replacing("tick", with: path.contains("minute") ? "minute" : "tick")
    let result = try decoded(path, entry, row + "\n")
    #expect(result.market.isEmpty)
    switch outcome {
    case "impossible": #expect(result.error == nil && result.issues == [.impossibleValue])
    case "suspicious":
      #expect(result.error == nil && result.issues.isEmpty)
      #expect(result.batch.skipped.items.map(\.count) == [1])
    default:
      #expect(result.error?.reason.hasPrefix(outcome) == true)
      #expect(result.error?.reason.contains("digits after the point") == true)
    }
  }

  @Test func `a second bar of a time is left out, whatever its digits`() throws {
    let path = "future/cme/minute/es/20240313_trade.zip"
    let entry = "20240313_es_minute_trade_202406_20240621.csv"
    let result = try decoded(
      path, entry, "60000,1.5,1.5,1.5,1.5,5\n60000,1.5015,1.5015,1.5015,1.5015,5\n")
    #expect(result.error == nil)
    #expect(result.market.count == 1 && result.issues == [.duplicate])
  }

  /// Path, entry and tick × 10^9; nil where the data tell.
  @Test(
    arguments: [
      ("future/cme", "6a", 50_000), ("future/cme", "6c", 50_000), ("future/cme", "6n", 50_000),
      ("future/cme", "6s", 50_000), ("future/cme", "eth", 500_000_000),
      ("future/cme", "met", 500_000_000), ("future/cme", "ge", 2_500_000),
      ("future/nymex", "pa", 500_000_000), ("future/comex", "sil", 5_000_000),
      ("future/cme", "es", 250_000_000), ("future/comex", "mhg", 500_000),
      ("future/krx", "km", 50_000_000), ("forex/oanda", "eurusd", 10_000),
      ("forex/oanda", "usdjpy", 1_000_000), ("forex/oanda", "hkdjpy", 10_000),
      ("forex/fxcm", "usdjpy", 1_000_000), ("forex/oanda", "xxxyyy", nil),
      ("forex/elsewhere", "eurusd", nil), ("cfd/oanda", "xauusd", 1_000_000),
      ("cfd/fxcm", "nas100usd", 100_000_000), ("cfd/interactivebrokers", "ibus500", 10_000_000),
      ("cfd/interactivebrokers", "eurusd", 50_000), ("index/usa", "spx", 10_000_000),
      ("index/usa", "rut", 1_000_000), ("index/india", "nifty", nil),
      ("crypto/binance", "btcusdt", nil), ("cryptofuture/bybit", "btcusdt", nil),
    ] as [(String, String, Int64?)])
  func `a market tells the tick`(folder: String, symbol: String, tick: Int64?) throws {
    let file = try #require(LeanFile(path: "\(folder)/minute/\(symbol)/20240313_trade.zip"))
    let contract = try #require(
      LeanContract("20240313_\(symbol)_minute_trade_202406_20240621.csv", of: file.type))
    #expect(file.proposal(contract).tickSize == tick)
  }

  @Test func `prices between ticks are taken as they are`() throws {
    let file = try #require(LeanFile(path: "forex/oanda/tick/usdjpy/20240313_quote.zip"))
    let result = Decoded(LeanDecoder(file: file, entry: ""), "5,147.12345,147.125\n")
    #expect(result.error == nil && result.issues.isEmpty)
    #expect(
      result.market
        == [
          .quote(
            Quote(
              instrument: InstrumentID(0), bid: Price(147_123_450_000),
              ask: Price(147_125_000_000), bidSize: .zero, askSize: .zero))
        ])
  }
}
