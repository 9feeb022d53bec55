import Events
import Testing
import Venues

@Suite struct SlippageTests {
  static func fills(
    _ slippage: Slippage, tick: Int64 = 1, _ act: (inout Desk) -> Void
  ) -> [String] {
    let instrument = Instrument(
      id: InstrumentID(0), venueName: "TEST", symbol: "STOCK", kind: .equity, currency: "USD",
      priceScale: 2, quantityScale: 0, tickSize: Price(tick))
    var desk = Desk(ExchangeConfiguration(slippage: slippage), instrument: instrument)
    act(&desk)
    return desk.reports().filter { $0.contains("filled") }
  }

  static func root(_ volume: String) -> Slippage {
    .squareRoot(
      coefficient: 1_000_000_000, volatility: 20_000_000, volume: Decimal(volume)!)
  }

  @Test(
    arguments: [
      (Slippage.none, 10_000, 1, "10002", "9998"),
      (.ticks(3), 10_000, 1, "10005", "9995"),
      // 5 bp of 100.02 are 5.001 cents: on to the next cent.
      (.share(500_000), 10_000, 1, "10008", "9993"),
      // 2 % × √(10,000 / 1,000,000) = 0.2 %: 20.004 cents of 100.02, 19.996 of 99.98.
      (root("1000000"), 10_000, 1, "10023", "9978"),
      // 2 % × √(10,000 / 250,000) = 0.4 %: 40.008 and 39.992.
      (root("250000"), 10_000, 1, "10043", "9958"),
      // 0.1 × 0.025² = 0.00625 %: 0.6 cents.
      (
        .volumeShare(impact: 100_000_000, largest: 25_000_000, volume: Decimal("400000")!), 10_000,
        1,
        "10003", "9997"
      ),
      // 10 × 0.1² = 10 %, as the share is bound: 1000.2 and 999.8.
      (
        .volumeShare(impact: 10_000_000_000, largest: 100_000_000, volume: nil), 10_000, 1, "11003",
        "8998"
      ),
      (.share(1_000_000_000), 10_000, 1, "20004", "1"),
    ] as [(Slippage, Int64, Int64, String, String)])
  func `who takes pays more than the market's price`(
    _ slippage: Slippage, quantity: Int64, tick: Int64, buy: String, sell: String
  ) {
    let fills = Self.fills(slippage, tick: tick) { desk in
      desk.quote(9_998, 50_000, 10_002, 50_000)
      desk.send(1, .buy, quantity)
      desk.send(2, .sell, quantity)
    }
    #expect(
      fills == ["1 filled \(quantity) @ \(buy) taker", "2 filled \(quantity) @ \(sell) taker"])
  }

  @Test func `prices are moved to whole ticks, never beyond a limit`() {
    let fills = Self.fills(.share(500_000), tick: 25) { desk in
      desk.quote(9_975, 50, 10_000, 50)
      desk.send(1, .buy, 5)
      desk.send(2, .buy, 5, at: 10_000)
      desk.send(3, .sell, 5, at: 9_975)
      desk.send(4, .sell, 5)
    }
    #expect(
      fills == [
        "1 filled 5 @ 10025 taker", "2 filled 5 @ 10000 taker", "3 filled 5 @ 9975 taker",
        "4 filled 5 @ 9950 taker",
      ])
  }

  @Test func `who makes pays his limit`() {
    let fills = Self.fills(.ticks(9)) { desk in
      desk.quote(100, 10, 102, 10)
      desk.send(1, .buy, 5, at: 101)
      desk.trade(101, 5, .sell)
    }
    #expect(fills == ["1 filled 5 @ 101 maker"])
  }

  @Test func `the volume is that of the bar an order fills in`() {
    let model = Slippage.volumeShare(impact: 1_000_000_000, largest: 500_000_000, volume: nil)
    let fills = Self.fills(model) { desk in
      desk.bar(end: 2_000, (10_000, 10_000, 10_000, 10_000))
      desk.send(1, .buy, 100)
      desk.bar(end: 2_100, (10_000, 10_000, 10_000, 10_000))
    }
    // (100 / 1000)² = 1 % of 100.00.
    #expect(fills == ["1 filled 100 @ 10100 taker"])
  }

  @Test(
    arguments: [
      (Slippage.volumeShare(impact: 1, largest: 25_000_000, volume: nil), Int64(10_001)),
      (.volumeShare(impact: 100_000_000, largest: 1, volume: nil), 10_001),
      (.volumeShare(impact: 0, largest: 25_000_000, volume: nil), 10_000),
      (.volumeShare(impact: 1, largest: 0, volume: nil), 10_000),
      (.squareRoot(coefficient: 1, volatility: 1, volume: Decimal("1000000")!), 10_001),
      (.squareRoot(coefficient: 0, volatility: 1, volume: Decimal("1000000")!), 10_000),
    ] as [(Slippage, Int64)])
  func `the smallest move goes on to a whole tick`(_ model: Slippage, _ price: Int64) {
    let fills = Self.fills(model) { desk in
      desk.bar(end: 2_000, (10_000, 10_000, 10_000, 10_000))
      desk.send(1, .buy, 1)
      desk.bar(end: 2_100, (10_000, 10_000, 10_000, 10_000))
    }
    #expect(fills == ["1 filled 1 @ \(price) taker"])
  }

  @Test func `a model that cannot be says why`() {
    let bad: [Slippage] = [
      .ticks(-1), .share(1_000_000_001), .volumeShare(impact: -1, largest: 0, volume: nil),
      .volumeShare(impact: 0, largest: 0, volume: Decimal("0")!),
      .squareRoot(coefficient: 0, volatility: -1, volume: Decimal("1")!),
    ]
    #expect(bad.allSatisfy { $0.problem != nil })
    #expect(bad.allSatisfy { ExchangeConfiguration(slippage: $0).problem != nil })
  }
}
