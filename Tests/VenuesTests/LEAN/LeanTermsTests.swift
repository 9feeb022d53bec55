import Events
import Testing

@testable import Venues

/// What instruments of LEAN's files are, whatever their files say.
struct LeanTermsTests {
  private func proposal(_ path: String, _ entry: String = "") throws -> InstrumentProposal {
    let file = try #require(LeanFile(path: path))
    let contract = try #require(LeanContract(entry, of: file.type))
    return file.proposal(contract)
  }

  /// Market, root, currency, multiplier × 10^9, tick × 10^9 and whether the multiplier is assumed.
  @Test(
    arguments: [
      ("eurex", "fdax", "EUR", 25_000_000_000, 1_000_000_000, false),
      ("eurex", "fesx", "EUR", 10_000_000_000, 1_000_000_000, false),
      ("eurex", "fgbl", "EUR", 1_000_000_000, nil, true),
      ("hkfe", "hsi", "HKD", 50_000_000_000, 1_000_000_000, false),
      ("sgx", "nk", "JPY", 500_000_000_000, 5_000_000_000, false),
      ("sgx", "in", "USD", 2_000_000_000, 500_000_000, false),
      ("krx", "km", "KRW", 250_000_000_000_000, 50_000_000, false),
      ("cfe", "vx", "USD", 1_000_000_000_000, 50_000_000, false),
      ("ice", "dx", "USD", 1_000_000_000_000, 5_000_000, false),
      ("cme", "es", "USD", 50_000_000_000, 250_000_000, false),
      ("cme", "niy", "JPY", 500_000_000_000, 5_000_000_000, false),
      // LEAN has dollars a bushel, the exchange cents.
      ("cbot", "zc", "USD", 5_000_000_000_000, 2_500_000, false),
      // The exchange's table has it, LEAN's does not; that of another exchange does not count.
      ("nymex", "qm", "USD", 500_000_000_000, 25_000_000, false),
      ("sgx", "qm", "USD", 1_000_000_000, nil, true),
      ("india", "nifty", "INR", 1_000_000_000, nil, true),
      ("ose", "nk225", "JPY", 1_000_000_000, nil, true),
    ] as [(String, String, String, Int64, Int64?, Bool)])
  func `a future's root tells what a point is worth`(
    market: String, root: String, currency: String, multiplier: Int64, tick: Int64?, assumed: Bool
  ) throws {
    let found = try proposal(
      "future/\(market)/minute/\(root)/20240510_trade.zip",
      "20240510_\(root)_minute_trade_202406_20240621.csv")
    #expect(found.currency == currency)
    #expect(found.multiplier == multiplier)
    #expect(found.tickSize == tick)
    #expect(found.isMultiplierAssumed == assumed)
  }

  /// Folder, symbol, class, base, currency and multiplier.
  @Test(
    arguments: [
      ("cryptofuture/binance", "btcusd", .inverse, "USD", "BTC", 100),
      ("cryptofuture/binance", "ethusd", .inverse, "USD", "ETH", 10),
      ("cryptofuture/binance", "bnbusd", .inverse, "USD", "BNB", 10),
      ("cryptofuture/binance", "btcusdt", .perpetual, "BTC", "USDT", 1),
      ("cryptofuture/binance", "btcbusd", .perpetual, "BTC", "BUSD", 1),
      ("cryptofuture/binance", "btcu", .perpetual, "BTC", "U", 1),
      ("cryptofuture/bybit", "dotusd", .inverse, "USD", "DOT", 1),
      ("cryptofuture/dydx", "btcusd", .perpetual, "BTC", "USD", 1),
      ("cryptofuture/dydx", "aptusd", .perpetual, "APT", "USD", 1),
      ("crypto/coinbase", "dotusd", .crypto, "DOT", "USD", 1),
      ("crypto/binance", "btctusd", .crypto, "BTC", "TUSD", 1),
      ("crypto/elsewhere", "btceur", .crypto, "BTC", "EUR", 1),
      ("cfd/fxcm", "bcousd", .forex, "BCO", "USD", 10),
      ("cfd/interactivebrokers", "ibde40", .forex, "IBDE40", "EUR", 1),
      ("cfd/oanda", "wheatusd", .forex, "WHEAT", "USD", 1),
      ("index/eurex", "sx5e", .index, "", "EUR", 1), ("index/ose", "n225", .index, "", "JPY", 1),
      ("index/usa", "aex", .index, "", "EUR", 1), ("index/usa", "spx", .index, "", "USD", 1),
      ("index/india", "nifty", .index, "", "INR", 1),
      ("equity/india", "abc", .equity, "", "INR", 1),
    ] as [(String, String, InstrumentClass, String, String, Int64)])
  func `a market tells the currency`(
    folder: String, symbol: String, kind: InstrumentClass, base: String, currency: String,
    multiplier: Int64
  ) throws {
    let found = try proposal("\(folder)/daily/\(symbol)_trade.zip")
    #expect(found.kind == kind)
    #expect(found.base == base)
    #expect(found.currency == currency)
    #expect(found.multiplier == multiplier * 1_000_000_000)
    #expect(!found.isMultiplierAssumed)
  }

  @Test(arguments: [
    ("usa", "USD", 100, false), ("india", "INR", 1, true),
  ])
  func `an option's market tells its contract's size`(
    market: String, currency: String, multiplier: Int64, assumed: Bool
  ) throws {
    let found = try proposal(
      "option/\(market)/minute/abc/20240510_trade_american.zip",
      "20240510_abc_minute_trade_american_call_1000000_20240621.csv")
    #expect(found.currency == currency)
    #expect(found.multiplier == multiplier * 1_000_000_000)
    #expect(found.isMultiplierAssumed == assumed)
  }

  /// Path, size, and what becomes of it: its value at the scale, or an error.
  @Test(
    arguments: [
      ("cryptofuture/dydx/daily/btcusd_trade.zip", "1.5", 150_000_000),
      ("cryptofuture/binance/daily/btcusd_trade.zip", "1.5", 1_500_000_000),
      ("forex/oanda/daily/eurusd_trade.zip", "1.5", 1_500_000_000),
      ("index/usa/daily/spx_trade.zip", "0.25", 250_000_000),
      ("crypto/coinbase/daily/btcusd_trade.zip", "1.2300000000000000001", 123_000_000),
      ("equity/usa/daily/spy.zip", "1.5", nil),
      ("equity/usa/daily/spy.zip", "5.000000000000001", 5),
    ] as [(String, String, Int64?)])
  func `sizes are not rounded`(path: String, size: String, value: Int64?) throws {
    let file = try #require(LeanFile(path: path))
    let result = Decoded(LeanDecoder(file: file, entry: ""), "20240102 00:00,1,1,1,1,\(size)\n")
    guard let value else {
      #expect(
        result.error?.reason
          == "size “1.5”: more than 0 digits after the point; a quantity_scale in a --map takes more"
      )
      return
    }
    guard case .bar(let bar)? = result.market.first else {
      Issue.record("\(result.error?.reason ?? "no bar")")
      return
    }
    #expect(bar.volume.raw == value)
  }
}
