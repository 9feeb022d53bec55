import Events
import Foundation
import Testing

@testable import Reporting

/// Trades from flat to flat and executions of orders, worked by hand. Entries are a second apart.
@Suite struct TradingRecordTests {
  static func cents(_ amount: Int64) -> Money { Money(raw: Int128(amount) * Money.one / 100) }

  /// A market order with one fill of all of it; returns the order.
  static func deal(
    _ lines: inout JournalLines, _ order: UInt64, _ side: Side, _ quantity: Int64, at price: Int64,
    cents fee: Int64 = 0, currency: String = "USD"
  ) {
    lines.send(order, of: 0, quantity, side)
    lines.report(
      order,
      .filled(JournalLines.fill(1, quantity, at: price, cents: fee, currency: currency)))
  }

  @Test func `adding and reducing stay one trade until it is flat`() throws {
    var lines = JournalLines()
    lines.define(JournalLines.share)
    Self.deal(&lines, 1, .buy, 100, at: 100_00, cents: 100)
    Self.deal(&lines, 2, .buy, 100, at: 102_00, cents: 100)
    Self.deal(&lines, 3, .sell, 50, at: 104_00)
    Self.deal(&lines, 4, .sell, 150, at: 103_00, cents: 200)
    let record = TradingRecord(lines.entries)
    let trip = try #require(record.trips.closed.first)
    #expect(record.trips.closed.count == 1 && record.trips.open.isEmpty)
    // 50 × 104 + 150 × 103 − 100 × 100 − 100 × 102.
    #expect(trip.gross == Self.cents(450_00) && trip.fees == Self.cents(4_00))
    #expect(trip.net == Self.cents(446_00))
    #expect(trip.quantity == Quantity(200) && trip.fills == 4 && trip.side == .buy)
    #expect(trip.entryPrice == 101 && trip.exitPrice == 103.25)
    #expect(trip.first == 3 && trip.last == 9)
    #expect(trip.holding == 6_000_000_000)
    // Of 8 seconds between first and last entry.
    #expect(record.timeInMarket == 6.0 / 8)
  }

  @Test(arguments: [
    (Side.buy, Side.sell, -7_50 as Int64, -8_25 as Int64, -7.5, -8.25, -75_00 as Int64),
    (.sell, .buy, -7_50, -8_25, -7.5, -8.25, 75_00), (.buy, .sell, 5_00, -5_00, 5, -5, -1_000_00),
    (.buy, .sell, 0, 5_00, 0, 5, 500_00),
  ])
  func `prices at or below zero keep their sign`(
    _ way: Side, _ back: Side, _ first: Int64, _ last: Int64, _ entry: Double, _ exit: Double,
    _ gross: Int64
  ) throws {
    var lines = JournalLines()
    lines.define(JournalLines.share)
    Self.deal(&lines, 1, way, 100, at: first)
    Self.deal(&lines, 2, back, 100, at: last)
    let trip = try #require(TradingRecord(lines.entries).trips.closed.first)
    #expect(trip.entryPrice == entry && trip.exitPrice == exit)
    #expect(trip.gross == Self.cents(gross))
  }

  @Test func `fills against a crossed book are counted`() {
    var lines = JournalLines()
    lines.define(JournalLines.share)
    Self.deal(&lines, 1, .buy, 1, at: 100_00)
    lines.quote(100_01, 100_00)
    Self.deal(&lines, 2, .buy, 1, at: 100_00)
    Self.deal(&lines, 3, .sell, 1, at: 100_01)
    lines.quote(100_00, 100_00)
    Self.deal(&lines, 4, .sell, 1, at: 100_00)
    #expect(TradingRecord(lines.entries).crossedFills == 2)
  }

  @Test func `the average of a way in that crosses zero is the sum's`() throws {
    var lines = JournalLines()
    lines.define(JournalLines.share)
    Self.deal(&lines, 1, .buy, 100, at: 1_00)
    Self.deal(&lines, 2, .buy, 100, at: -2_00)
    Self.deal(&lines, 3, .sell, 200, at: -1_00)
    let trip = try #require(TradingRecord(lines.entries).trips.closed.first)
    #expect(trip.entryPrice == -0.5 && trip.exitPrice == -1)
    #expect(trip.gross == Self.cents(-100_00))
  }

  @Test func `a fill through zero ends one trade and begins the next`() throws {
    var lines = JournalLines()
    lines.define(JournalLines.share)
    Self.deal(&lines, 1, .buy, 100, at: 100_00)
    Self.deal(&lines, 2, .sell, 300, at: 101_00, cents: 300)
    Self.deal(&lines, 3, .buy, 200, at: 102_00)
    Self.deal(&lines, 4, .sell, 10, at: 102_00)
    let record = TradingRecord(lines.entries)
    let trips = record.trips.closed
    // A third of the fee closed the first, two thirds opened the second.
    #expect(trips.map(\.net) == [Self.cents(99_00), Self.cents(-202_00)])
    #expect(trips.map(\.side) == [.buy, .sell])
    #expect(trips[1].entryPrice == 101 && trips[1].exitPrice == 102)
    #expect(record.trips.open.map(\.quantity) == [Quantity(10)])
    let figures = try #require(TradeStatistics.byCurrency(trips).first)
    #expect(figures.count == 2 && figures.wins == 1 && figures.losses == 1)
    #expect(figures.winRate == 0.5 && figures.profitFactor == 99.0 / 202)
    #expect(figures.payoff == 99.0 / 202 && figures.expectancy == -51.5)
    #expect(figures.averageWin == 99 && figures.averageLoss == 202)
    #expect(figures.holdingSeconds == 2)
  }

  static func book(_ lines: inout JournalLines, _ booking: Booking) {
    lines.add(.decision(.booked(booking)))
  }

  @Test func `a trade goes on through a split, in the new units`() throws {
    var lines = JournalLines()
    lines.define(JournalLines.share)
    Self.deal(&lines, 1, .buy, 101, at: 60_00)
    // 3 for 2: 151 stay, half a share is sold for 20 dollars.
    Self.book(
      &lines,
      Booking(
        .split, strategy: StrategyID(0), instrument: InstrumentID(0), quantity: Quantity(50),
        currency: "USD", cash: Money(units: 20), cost: Money(units: -20)))
    Self.deal(&lines, 2, .sell, 151, at: 50_00)
    let record = TradingRecord(lines.entries)
    let trip = try #require(record.trips.closed.first)
    #expect(record.trips.closed.count == 1 && record.trips.open.isEmpty)
    // 151 × 50 + 20 − 101 × 60.
    #expect(trip.gross == Money(units: 7550 + 20 - 6060))
    #expect(trip.quantity == Quantity(151) && trip.fills == 2)
    #expect(trip.entryPrice == 6060.0 / 151 && trip.exitPrice == 50)
  }

  @Test func `an exercise ends the option's trade and begins the share's`() throws {
    var lines = JournalLines()
    lines.define(JournalLines.share)
    var option = JournalLines.share
    (option.id, option.symbol, option.kind) = (InstrumentID(1), "SHR C", .option)
    option.multiplier = 100_000_000_000
    lines.define(option)
    lines.send(1, of: 0, 2, .buy, 1)
    lines.report(1, .filled(JournalLines.fill(1, 2, at: 5_00, cents: 130)))
    Self.book(
      &lines,
      Booking(
        .exercised, strategy: StrategyID(0), instrument: InstrumentID(1), quantity: Quantity(-2),
        price: Price(95_00), currency: "USD", cost: Money(units: -1000)))
    Self.book(
      &lines,
      Booking(
        .delivered, strategy: StrategyID(0), instrument: InstrumentID(0),
        quantity: Quantity(200), price: Price(95_00), currency: "USD",
        cash: Money(units: -19_000), cost: Money(units: 19_000)))
    Self.deal(&lines, 2, .sell, 200, at: 101_00)
    let trips = TradingRecord(lines.entries).trips.closed
    #expect(trips.map(\.instrument.symbol) == ["SHR C", "SHR"])
    #expect(trips.map(\.gross) == [Money(units: -1000), Money(units: 1200)])
    #expect(trips[0].fees == Self.cents(130) && trips[0].net == Self.cents(-1001_30))
    #expect(trips[1].entryPrice == 95 && trips[1].exitPrice == 101)
  }

  @Test func `a delivery through zero ends one trade and begins the next`() {
    var lines = JournalLines()
    lines.define(JournalLines.share)
    Self.deal(&lines, 1, .buy, 100, at: 90_00)
    // 300 are called away at 95.
    Self.book(
      &lines,
      Booking(
        .delivered, strategy: StrategyID(0), instrument: InstrumentID(0),
        quantity: Quantity(-300), price: Price(95_00), currency: "USD",
        cash: Money(units: 28_500), cost: Money(units: -28_000)))
    Self.deal(&lines, 2, .buy, 200, at: 96_00)
    let trips = TradingRecord(lines.entries).trips.closed
    #expect(trips.map(\.side) == [.buy, .sell])
    #expect(trips.map(\.gross) == [Money(units: 500), Money(units: -200)])
  }

  @Test func `a contract that ends closes its trade at its last settlement`() {
    var lines = JournalLines()
    var future = JournalLines.share
    (future.kind, future.multiplier) = (.future, 50_000_000_000)
    lines.define(future)
    Self.deal(&lines, 1, .sell, 2, at: 48_00)
    Self.book(
      &lines,
      Booking(
        .variation, strategy: StrategyID(0), instrument: InstrumentID(0), price: Price(47_00),
        currency: "USD", cash: Money(units: 100), variation: Money(units: 100)))
    Self.book(
      &lines,
      Booking(
        .expired, strategy: StrategyID(0), instrument: InstrumentID(0), quantity: Quantity(2),
        currency: "USD", cost: Money(units: 4800), variation: Money(units: -100)))
    let trips = TradingRecord(lines.entries).trips.closed
    #expect(trips.map(\.gross) == [Money(units: 100)])
    #expect(trips.map(\.exitPrice) == [47])
  }

  @Test func `a position from before begins a trade, a fee of a liquidation belongs to it`() {
    var lines = JournalLines()
    lines.define(JournalLines.share)
    Self.book(
      &lines,
      Booking(
        .opening, strategy: StrategyID(0), instrument: InstrumentID(0), quantity: Quantity(-10),
        price: Price(50_00), currency: "USD", cost: Money(units: -500)))
    lines.send(1, of: 0, 10, .buy)
    lines.report(1, .filled(JournalLines.fill(1, 4, at: 60_00)))
    Self.book(
      &lines,
      Booking(
        .liquidationFee, strategy: StrategyID(0), instrument: InstrumentID(0), currency: "USD",
        cash: Money(units: -3)))
    lines.report(1, .filled(JournalLines.fill(2, 6, at: 60_00)))
    // The fee of the fill that closes it comes behind.
    Self.book(
      &lines,
      Booking(
        .liquidationFee, strategy: StrategyID(0), instrument: InstrumentID(0), currency: "USD",
        cash: Money(units: -2)))
    Self.deal(&lines, 2, .buy, 10, at: 60_00)
    let record = TradingRecord(lines.entries)
    #expect(record.trips.closed.map(\.net) == [Money(units: -105)])
    #expect(record.trips.closed.map(\.side) == [.sell])
    #expect(record.trips.closed[0].entryPrice == 50)
    #expect(record.trips.open.map(\.fees) == [.zero])
  }

  @Test func `what ends even neither wins nor loses`() throws {
    var lines = JournalLines()
    lines.define(JournalLines.share)
    Self.deal(&lines, 1, .buy, 10, at: 100_00)
    Self.deal(&lines, 2, .sell, 10, at: 100_00)
    let figures = try #require(
      TradeStatistics.byCurrency(TradingRecord(lines.entries).trips.closed).first)
    #expect(figures.count == 1 && figures.winRate == nil && figures.profitFactor == nil)
    #expect(figures.payoff == nil && figures.expectancy == 0)
    let report = RunReport.TradeFigures(figures)
    #expect(report.undefined["win_rate"] == "no trade won or lost")
    #expect(report.undefined["payoff"] == "no trade won")
  }

  @Test func `executions taken back, changed or reported twice count as they are at the end`() {
    func trips(_ change: (inout JournalLines) -> Void) -> RoundTrips {
      var lines = JournalLines()
      lines.define(JournalLines.share)
      Self.deal(&lines, 1, .buy, 100, at: 100_00)
      Self.deal(&lines, 2, .sell, 100, at: 101_00)
      change(&lines)
      return TradingRecord(lines.entries).trips
    }
    #expect(trips { _ in }.closed.map(\.net) == [Self.cents(100_00)])
    let busted = trips { $0.report(2, .busted(fill: 1, text: "")) }
    #expect(busted.closed.isEmpty && busted.open.count == 1)
    let corrected = trips {
      $0.report(2, .corrected(JournalLines.fill(1, 100, at: 102_00), text: ""))
    }
    #expect(corrected.closed.map(\.net) == [Self.cents(200_00)])
    let doubled = trips { lines in
      lines.report(2, .filled(JournalLines.fill(1, 100, at: 101_00)))
      let alert = Alert(severity: .warning, code: .reportDuplicateFill, text: "")
      lines.add(.decision(.alert(alert)), cause: lines.sequence)
    }
    #expect(doubled.closed.count == 1 && doubled.open.isEmpty)
    let refused = trips { lines in
      lines.report(2, .busted(fill: 7, text: ""))
      let alert = Alert(severity: .warning, code: .reportIllegal, text: "")
      lines.add(.decision(.alert(alert)), cause: lines.sequence)
    }
    #expect(refused.closed.count == 1)
  }

  @Test func `fees in another currency are in no trade, and said`() throws {
    var lines = JournalLines()
    lines.define(JournalLines.share)
    Self.deal(&lines, 1, .buy, 10, at: 100_00, cents: 500, currency: "EUR")
    Self.deal(&lines, 2, .sell, 10, at: 101_00, cents: 50)
    let record = TradingRecord(lines.entries)
    #expect(record.trips.closed.map(\.net) == [Self.cents(9_50)])
    #expect(TradeStatistics.byCurrency(record.trips.closed).map(\.withOtherFees) == [1])
    #expect(record.orders.map(\.currency) == ["EUR", "USD"])
    #expect(record.orders.map(\.fees) == [Self.cents(5_00), Self.cents(50)])
  }

  @Test func `execution is measured against the mid when the order was sent`() throws {
    var lines = JournalLines()
    lines.define(JournalLines.share)
    lines.send(9, of: 0, 5, .buy)
    lines.quote(99_99, 100_01)
    lines.send(1, of: 0, 100, .buy)
    lines.quote(100_09, 100_11)
    lines.report(1, .filled(JournalLines.fill(1, 60, at: 100_02, cents: 60)))
    lines.send(2, of: 0, 50, .sell)
    lines.report(9, .filled(JournalLines.fill(1, 5, at: 100_11)))
    let figures = try #require(TradingRecord(lines.entries).orders.first)
    #expect(figures.orders == 3 && figures.filledOrders == 2 && figures.fills == 2)
    #expect(figures.fillsWithoutMid == 1)
    #expect(figures.traded == Self.cents(6_001_20 + 500_55))
    #expect(figures.slippage == Self.cents(1_20))
    #expect(figures.slippageBasisPoints == 2)
    // 60 of 100 at 100.00, none of 50 at 100.10; the order without a mid is left out.
    #expect(figures.fillRatio == 6000.0 / 15_005)
    let basisPoints = try #require(figures.feesBasisPoints)
    #expect(abs(basisPoints - 0.6 / 6501.75 * 10_000) < 1e-12)
    let report = RunReport.Orders(
      figures, equity: [Money(units: 6501), Self.cents(6_502_50)])
    #expect(report.turnover == 1)
    #expect(report.undefined.isEmpty)
    #expect(RunReport.Orders(figures, equity: []).turnover == nil)
  }

  @Test func `a larger order by replacement is filled to a smaller part`() throws {
    var lines = JournalLines()
    lines.define(JournalLines.share)
    lines.quote(99_99, 100_01)
    lines.send(1, of: 0, 100, .sell)
    lines.report(1, .replaced(quantity: Quantity(400), price: Price(1)))
    lines.report(1, .filled(JournalLines.fill(1, 100, at: 99_99)))
    let figures = try #require(TradingRecord(lines.entries).orders.first)
    #expect(figures.fillRatio == 0.25 && figures.slippageBasisPoints == 1)
  }

  @Test func `a journal without orders has no trades, and gaps are counted`() {
    var lines = JournalLines()
    lines.add(
      .observation(.dataQuality(DataQuality(issue: .gap, instrument: .none, detail: ""))))
    let record = TradingRecord(lines.entries)
    #expect(record.trips.closed.isEmpty && record.orders.isEmpty && record.gaps == 1)
    #expect(record.timeInMarket == nil)
    #expect(RunReport.Trades(record, strategies: []).undefined["time_in_market"] != nil)
    #expect(TradingRecord([]).timeInMarket == nil)
  }
}
