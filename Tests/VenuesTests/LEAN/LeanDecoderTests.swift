import Events
import Testing

@testable import Venues

struct LeanDecoderTests {
  private func decoded(
    _ path: String, _ text: String, entry: String = "", registry: InstrumentRegistry? = nil
  ) throws -> Decoded {
    let file = try #require(LeanFile(path: path))
    return Decoded(LeanDecoder(file: file, entry: entry), text, registry: registry)
  }

  @Test(arguments: [
    ("/a/equity/usa/minute/spy/20131007_trade.zip", "SPY", LeanFile.DataKind.trade),
    ("forex/oanda/hour/eurusd.zip", "EURUSD", .quote),
    ("future/cme/daily/es_openinterest.zip", "ES", .openInterest),
    ("option/usa/minute/goog/20151224_quote_american.zip", "GOOG", .quote),
    ("crypto/coinbase/daily/btcusd_trade.zip", "BTCUSD", .trade),
    ("cryptofuture/bybit/margin_interest/btcusdt.csv", "BTCUSDT", .marginInterest),
  ])
  func `a path tells what the file is`(path: String, symbol: String, kind: LeanFile.DataKind)
    throws
  {
    let file = try #require(LeanFile(path: path))
    #expect(file.symbol == symbol)
    #expect(file.kind == kind)
  }

  @Test(arguments: [
    "", "spy.zip", "equity/usa/minute/spy/20131007.zip", "equity/usa/minute/spy/20131307_trade.zip",
    "equity/usa/weekly/spy.zip", "equity/usa/minute/20131007_trade.zip",
    "equity/usa/daily/aapl.csv",
    "equity/usa/map_files/aapl.csv",
  ])
  func `another path tells nothing`(path: String) { #expect(LeanFile(path: path) == nil) }

  @Test(arguments: [
    // Half past eight in Chicago by the rule; four in the afternoon where only the name knows; none.
    ("es", "20131007_es_minute_trade_201312_20131220.csv", "2013-12-20T14:30:00Z"),
    ("es", "20131007_es_minute_trade_201312.csv", "2013-12-20T14:30:00Z"),
    ("es", "20131007_es_minute_trade_201312_20131219.csv", "2013-12-19T22:00:00Z"),
    ("gc", "20240401_gc_minute_trade_202404_20240426.csv", "2024-04-26T20:00:00Z"),
    ("gc", "20240401_gc_minute_trade_202404.csv", "1970-01-01T00:00:00Z"),
  ])
  func `a future ends on the day that its entry is named after`(
    symbol: String, entry: String, expiry: String
  ) throws {
    let market = symbol == "gc" ? "comex" : "cme"
    let path = "future/\(market)/minute/\(symbol)/\(entry.prefix(8))_trade.zip"
    let file = try #require(LeanFile(path: path))
    let contract = try #require(LeanContract(entry, of: .future))
    #expect(file.proposal(contract).expiry == Instant(expiry))
    #expect(LeanContract("20131007_es_minute_trade_201312_soon.csv", of: .future) == nil)
  }

  @Test func `open interest and funding rates are reference values`() throws {
    let interest = try decoded(
      "future/cme/minute/es/20131007_openinterest.zip", "21960000,2691941\n49320000,-1\n",
      entry: "20131007_es_minute_openinterest_201312.csv")
    #expect(interest.error == nil)
    #expect(
      interest.batch.references == [
        .value(
          ReferenceValue(instrument: InstrumentID(0), field: .openInterest, value: 2_691_941))
      ])
    #expect(interest.issues == [.impossibleValue])
    // 06:06 UTC: it is no bar, which would be stamped with its end.
    #expect(
      interest.batch.ticks[0].eventTime == Instant(nanoseconds: 1_381_125_960_000_000_000))
    let funding = try decoded(
      "cryptofuture/bybit/margin_interest/btcusd.csv",
      "20221213 00:00:00,-0.00004667\n20221213 08:00:00,0.0001")
    let midnight = Instant(nanoseconds: 1_670_889_600_000_000_000)
    #expect(
      funding.batch.references == [
        .value(
          ReferenceValue(
            instrument: InstrumentID(0), field: .fundingRate, value: -46_670, effective: midnight)),
        .value(
          ReferenceValue(
            instrument: InstrumentID(0), field: .fundingRate, value: 100_000,
            effective: midnight.advanced(by: 28_800_000_000_000))),
      ])
    for row in ["20221213 00:00:00", "20221213 00:00:00,x", "20221213 00:00:00,"] {
      let path = "cryptofuture/bybit/margin_interest/btcusd.csv"
      #expect(try decoded(path, row).error?.place == .line(1))
    }
  }

  @Test func `quote bars give each side that is there`() throws {
    let rows = "34200000,,,,,0,21500,21500,5000,5000,19\n34260000,1,2,1,2,3,4,4,3,4,5\n"
    let result = try decoded(
      "option/usa/minute/goog/20151224_quote_american.zip", rows,
      entry: "20151224_goog_minute_quote_american_call_10000000_20160115.csv")
    let sides = result.market.compactMap { event -> Side? in
      if case .bar(let bar) = event { bar.side } else { nil }
    }
    #expect(sides == [.sell, .buy, .sell])
    #expect(result.registry.instruments.map(\.symbol) == ["GOOG160115C01000000"])
  }

  @Test func `a daily bar ends at the next midnight, also when clocks change`() throws {
    let result = try decoded(
      "equity/usa/daily/spy.zip", "20131101 00:00,1,1,1,1,5\n20131103 00:00,1,1,1,1,5\n")
    let ends = result.batch.ticks.map { $0.eventTime.nanoseconds / 1_000_000_000 }
    // 2013-11-02 04:00 UTC and 2013-11-04 05:00 UTC.
    #expect(ends == [1_383_364_800, 1_383_541_200])
  }

  @Test func `a tick of one side keeps the other`() throws {
    let result = try decoded(
      "equity/usa/tick/ibm/20131007_quote.zip",
      "14400054,0,0,1836300,100,Q,1,0\n14400241,1800100,300,0,0,P,1,0\n14400242,1,1,2,2,P,1,1\n")
    #expect(
      result.market.last
        == .quote(
          Quote(
            instrument: InstrumentID(0), bid: Price(1_800_100), ask: Price(1_836_300),
            bidSize: Quantity(300), askSize: Quantity(100))))
    #expect(result.market.count == 2)
    #expect(result.batch.skipped.items.map(\.count) == [1])
  }

  @Test(arguments: [
    "x,1,1,1,1,5", "-1,1,1,1,1,5", "86400001,1,1,1,1,5", "60000,1,1,1,1", "60000,1.5,1,1,1,5",
    "60000,1,1,1,1,x", "60000,,,,,5", "60000",
  ])
  func `a row that is none stops the import`(row: String) throws {
    let result = try decoded(
      "equity/usa/minute/spy/20131007_trade.zip", "0,1,1,1,1,5\n\(row)\n")
    #expect(result.error?.place == .line(2))
  }

  @Test func `impossible bars are told and left out`() throws {
    let result = try decoded(
      "equity/usa/minute/spy/20131007_trade.zip",
      "0,2,1,1,2,5\n60000,0,0,0,0,5\n120000,1,1,1,1,-5\n120000,1,1,1,1,5\n60000,1,1,1,1,5\n")
    #expect(
      result.issues == [
        .impossibleValue, .impossibleValue, .impossibleValue, .outOfOrder,
      ])
    // The right bars of two times follow those that cannot be.
    #expect(result.market.count == 2)
  }

  /// Rows at minutes of a day, good or impossible; how many bars are taken, and what is told.
  @Test(
    arguments: [
      ([(1, true), (1, true)], 1, [.duplicate]),
      ([(1, false), (1, true)], 1, [.impossibleValue]),
      ([(1, true), (1, false)], 1, [.impossibleValue]),
      ([(1, false), (1, true), (1, true)], 1, [.impossibleValue, .duplicate]),
      ([(2, true), (1, true), (1, true)], 2, [.outOfOrder, .outOfOrder, .duplicate]),
      ([(1, true), (2, true), (1, true)], 2, [.outOfOrder, .duplicate]),
      ([(2, true), (1, false), (1, true)], 2, [.outOfOrder, .impossibleValue, .outOfOrder]),
    ] as [([(Int, Bool)], Int, [DataQuality.Issue])])
  func `of each time the first bar that can be is taken`(
    rows: [(Int, Bool)], taken: Int, issues: [DataQuality.Issue]
  ) throws {
    func text(_ prices: (Bool) -> String) -> String {
      rows.map { "\($0.0 * 60_000),\(prices($0.1))\n" }.joined()
    }
    let trades = try decoded(
      "equity/usa/minute/spy/20131007_trade.zip", text { $0 ? "2,3,1,2,5" : "2,1,3,2,5" })
    #expect(trades.market.count == taken)
    #expect(trades.issues == issues)
    // Of quotes the side that can be is taken, and the other one when it comes right.
    let quotes = try decoded(
      "equity/usa/minute/spy/20131007_quote.zip",
      text { $0 ? "2,3,1,2,5,4,5,3,4,5" : "2,1,3,2,5,4,3,5,4,5" })
    #expect(quotes.market.count == 2 * taken)
  }

  @Test func `a side that was impossible is taken when it comes right`() throws {
    let result = try decoded(
      "equity/usa/minute/spy/20131007_quote.zip",
      "60000,2,3,1,2,5,4,3,5,4,5\n60000,2,3,1,2,5,4,5,3,4,5\n")
    let sides = result.market.compactMap { event -> Side? in
      if case .bar(let bar) = event { bar.side } else { nil }
    }
    #expect(sides == [.buy, .sell])
    #expect(result.issues == [.impossibleValue, .duplicate])
  }

  @Test func `a journal's coarser scale is told`() throws {
    var known = Instrument(
      id: InstrumentID(0), venueName: "USA", symbol: "SPY", kind: .equity, currency: "USD",
      priceScale: 2, quantityScale: 0)
    known.tickSize = Price(1)
    let result = try decoded(
      "equity/usa/minute/spy/20131007_trade.zip", "0,1,1,1,1,5\n",
      registry: InstrumentRegistry(known: [known]))
    #expect(result.error?.reason == "SPY has price scale 2; its prices need 4")
  }

  @Test func `mutations never trap`() throws {
    let cases = [
      (
        "equity/usa/minute/spy/20131007_trade.zip",
        "14400000,1674100,1674100,1672500,1672700,3197\n"
      ),
      ("equity/usa/tick/ibm/20131007_quote.zip", "14400054,0,0,1836300,100,Q,1,0\n"),
      ("crypto/coinbase/daily/btcusd_quote.zip", "20150427 00:00,2,3,1,2,5.1,2,3,1,2,0.01\n"),
    ]
    var mutation = Mutation(seed: 13)
    for (path, row) in cases {
      for _ in 0..<1000 {
        let text = String(
          decoding: mutation.apply(to: Array((row + row + row).utf8)), as: UTF8.self)
        _ = try decoded(path, text)
      }
    }
  }

  /// Paths, entries, and what is wrong with them.
  @Test(
    arguments: [
      ("equity/usa/minute/spy/20131007_trade.zip", "20131007_spy_minute_trade.csv", nil),
      ("equity/usa/tick/ibm/20131007_trade.zip", "20131007_ibm_Trade_Tick.csv", nil),
      ("equity/usa/daily/brk.b.zip", "brk.b.csv", nil),
      ("equity/usa/minute/spy/20131007_trade.zip", "20131007_ibm_minute_trade.csv", "IBM, not SPY"),
      (
        "equity/usa/minute/spy/20131007_trade.zip", "20131008_spy_minute_trade.csv",
        "another day than the archive, 20131008"
      ),
      ("equity/usa/daily/spy.zip", "ibm.csv", "IBM, not SPY"),
      ("equity/usa/daily/brk.b.zip", "brk.a.csv", "BRK.A, not BRK.B"),
      (
        "equity/usa/minute/spy/20131007_trade.zip", "20131007_spy_minute_quote.csv",
        "another kind than the archive, quote, not trade"
      ),
      (
        "equity/usa/minute/spy/20131007_trade.zip", "20131007_spy_second_trade.csv",
        "another resolution than the archive, second, not minute"
      ),
      ("equity/usa/daily/spy.zip", "spy_quote.csv", "another kind than the archive"),
      ("equity/usa/daily/spy.zip", "spy_hour.csv", "another resolution than the archive"),
      ("equity/usa/daily/spy.zip", "spy_trade.csv", nil),
    ] as [(String, String, String?)])
  func `an entry of another symbol, day, kind or resolution is an error`(
    path: String, entry: String, wrong: String?
  ) throws {
    let row =
      path.contains("daily") ? "20131007 00:00,10,11,9,10,5\n" : "34200000,100000,5,P,,0\n"
    let text = path.contains("minute") ? "34200000,100000,110000,90000,100000,5\n" : row
    let error = try decoded(path, text, entry: entry).error
    guard let wrong else {
      #expect(error == nil)
      return
    }
    #expect(error?.description.contains(wrong) == true, "\(error?.description ?? "no error")")
  }

  @Test func `quote bars with bids above asks are counted and kept`() throws {
    let rows =
      "34200000,100000,100000,100000,100000,5,90000,90000,90000,90000,5\n"
      + "34260000,90000,90000,90000,90000,5,100000,100000,100000,100000,5\n"
    let result = try decoded("equity/usa/minute/spy/20131007_quote.zip", rows)
    #expect(result.issues == [.crossed])
    #expect(result.market.count == 4)
  }

  @Test func `an empty entry defines nothing`() throws {
    let result = try decoded("equity/usa/minute/spy/20131007_quote.zip", "")
    #expect(result.error == nil)
    #expect(result.registry.instruments.isEmpty)
  }
}
