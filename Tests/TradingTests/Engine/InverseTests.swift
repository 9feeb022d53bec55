import Events
import Scenarios
import Testing

@testable import Trading

/// Contracts that settle in the coin that they are on.
@Suite struct InverseTests {
  static let contract = InstrumentID(9)

  /// Contracts of 1 USD on bitcoin, prices with one decimal; 5 BTC in the account.
  static func stage(_ lines: String = "") -> Stage {
    var stage = Stage()
    stage.step(
      .configuration(
        ConfigurationItems(
          lines: """
            account.cash=5 BTC
            strategy.one.kind=scripted
            strategy.one.instruments=XBTUSD
            strategy.one.log=false
            \(lines)
            """)))
    stage.step(
      .instrument(
        Instrument(
          id: contract, venueName: "XV0", symbol: "XBTUSD", kind: .inverse, base: "USD",
          currency: "BTC", priceScale: 1, quantityScale: 0, tickSize: Price(5))))
    return stage
  }

  static func coins(_ raw: Int128) -> Money { Money(raw: raw) }

  static func btc(_ stage: borrowing Stage) -> Ledger.Book {
    stage.engine.market.portfolio.ledger["BTC"]!
  }

  @Test func `the gate values coins as reports do`() {
    var stage = Self.stage(ExchangeTests.limits)
    stage.quote(100_000, 100_000, Self.contract)
    _ = BooksTests.trade(&stage, "buy 10000", at: 100_000, Self.contract.raw)
    stage.quote(125_000, 125_000, Self.contract)
    // A gain of 10,000 × (1 / 10,000 − 1 / 12,500) BTC, at 12,500 USD.
    let worths = MarkToMarketTests.worths(stage).map(\.worth)
    #expect(worths == [Money(units: 65_000), Money(units: 65_000), Money(units: 2500)])
    #expect(stage.engine.valuations.map(\.equity) == [Self.coins(5_200_000_000_000)])
  }

  /// Fills (contracts, price × 10); what is held, the average price, and what was realised × 10^12.
  @Test(
    arguments: [
      // BitMEX, Inverse Futures Guide: 100,000 × (1 / 10,000 − 1 / 10,500) XBT.
      ([(100_000, 100_000), (-100_000, 105_000)], 0, nil, 476_190_476_190),
      ([(-100_000, 100_000), (100_000, 105_000)], 0, nil, -476_190_476_190),
      ([(-50_000, 100_000), (50_000, 90_000)], 0, nil, 555_555_555_556),
      // 10 and 5 coins for 200,000 contracts: the harmonic mean.
      ([(100_000, 100_000), (100_000, 200_000)], 200_000, 40_000 / 3, 0),
      // Half of it is closed at 15,000: 7.5 coins less 6.666….
      (
        [(100_000, 100_000), (100_000, 200_000), (-100_000, 150_000)], 100_000, 40_000 / 3,
        833_333_333_333
      ),
      // Through zero: 10 coins less 8, then 50,000 short at 12,500.
      ([(100_000, 100_000), (-150_000, 125_000)], -50_000, 12_500, 2_000_000_000_000),
    ] as [([(Int64, Int64)], Int64, Double?, Int128)])
  func `profit is in coins, as worked by hand`(
    fills: [(Int64, Int64)], held: Int64, average: Double?, realised: Int128
  ) throws {
    for method in ["average", "fifo"] where method == "average" || fills.count < 3 {
      var stage = Self.stage("account.lots=\(method)")
      for (quantity, price) in fills {
        let side = quantity > 0 ? "buy" : "sell"
        _ = BooksTests.trade(&stage, "\(side) \(abs(quantity))", at: price, Self.contract.raw)
      }
      let position = stage.engine.market.portfolio.position(StrategyID(0), Self.contract)
      #expect(position.quantity == Quantity(held))
      #expect(position.realised == Self.coins(realised))
      let found = stage.engine.market.instrument(Self.contract)
      let instrument = try #require(found)
      if let average {
        let price = try #require(position.averagePrice(of: instrument))
        #expect(abs(price - average) < 1e-8)
      } else {
        #expect(position.averagePrice(of: instrument) == nil)
      }
      #expect(Self.btc(stage)[.cash] == Self.coins(5 * Money.one + realised))
      #expect(Self.btc(stage)[.realised] == -position.realised)
      #expect(Self.btc(stage)[.inventory] == .zero && Self.btc(stage).sum == .zero)
    }
  }

  @Test func `what is held is worth more coins as the price rises`() {
    var stage = Self.stage()
    _ = BooksTests.trade(&stage, "buy 100000", at: 100_000, Self.contract.raw)
    stage.quote(105_000, 105_000, Self.contract)
    #expect(stage.engine.valuations[0].unrealised == Self.coins(476_190_476_190))
    stage.quote(80_000, 80_000, Self.contract)
    #expect(stage.engine.valuations[0].unrealised == Self.coins(-2_500_000_000_000))
    #expect(stage.engine.valuations[0].equity == Self.coins(2_500_000_000_000))
  }

  @Test(
    arguments: [
      ("buy 100000", "booked funding @ 100000 cash -0.001"),
      ("sell 100000", "booked funding @ 100000 cash 0.001"),
    ])
  func `funding is a share of the value in coins`(order: String, brief: String) {
    var stage = Self.stage()
    stage.step(
      .reference(ReferenceValue(instrument: Self.contract, field: .mark, value: 100_000)))
    _ = BooksTests.trade(&stage, order, at: 100_000, Self.contract.raw)
    // 0.01 % of 10 coins.
    let value = ReferenceValue(instrument: Self.contract, field: .fundingRate, value: 100_000)
    #expect(BooksTests.briefs(stage.step(.reference(value))) == [brief])
  }

  @Test func `tiers begin at values in coins`() throws {
    var stage = Self.stage(
      "account.margin=table\nmargin.XBTUSD.tiers=0: 1 % / 0.5 %, 10: 2 % / 1 %")
    stage.quote(100_000, 100_000, Self.contract)
    _ = BooksTests.trade(&stage, "buy 99999", at: 100_000, Self.contract.raw)
    let below = stage.engine.market.margin(of: .main)
    #expect(below?.initial == Self.coins(99_999_000_000))
    _ = BooksTests.trade(&stage, "buy 1", at: 100_000, Self.contract.raw)
    let above = stage.engine.market.margin(of: .main)
    #expect(above?.initial == Self.coins(200_000_000_000))
    #expect(above?.maintenance == Self.coins(100_000_000_000))
    #expect(above?.currency == "BTC")
  }

  @Test func `one with an expiry is settled to its last price and taken away`() {
    var stage = Self.stage()
    var dated = stage.engine.market.instruments[Self.contract.index]!
    dated.expiry = stage.time.advanced(by: Nanoseconds.day)
    stage.step(.instrument(dated))
    _ = BooksTests.trade(&stage, "buy 100000", at: 100_000, Self.contract.raw)
    stage.quote(105_000, 105_000, Self.contract)
    #expect(
      BooksTests.briefs(stage.step(.timer(.engine), after: Nanoseconds.day)) == [
        "booked variation @ 105000 cash 0.47619047619 variation 0.47619047619",
        "booked expired -100000 cost 10 variation -0.47619047619",
      ])
    #expect(Self.btc(stage)[.realised] == -Self.coins(476_190_476_190))
    #expect(Self.btc(stage)[.cash] == Self.coins(5_476_190_476_190))
  }

  @Test func `its price is the rate between its two currencies`() {
    var stage = Self.stage("rate.BTC=XBTUSD")
    stage.quote(400_000, 400_000, Self.contract)
    let market = stage.engine.market.convert(Money(units: 2), from: "BTC", to: "USD")
    #expect(market == Money(units: 80_000))
    let back = stage.engine.market.convert(Money(units: 20_000), from: "USD", to: "BTC")
    #expect(back == Self.coins(500_000_000_000))
  }

  @Test func `limits on the value of an order are in coins`() {
    var stage = Self.stage("risk.order.max_notional=10 BTC")
    stage.quote(100_000, 100_000, Self.contract)
    #expect(
      BooksTests.briefs(stage.tell("buy 100000", Self.contract)).contains {
        $0.hasPrefix("submitted")
      })
    #expect(
      BooksTests.briefs(stage.tell("buy 100001", Self.contract)).contains {
        $0.hasPrefix("refused order.max_notional")
      })
  }
}
