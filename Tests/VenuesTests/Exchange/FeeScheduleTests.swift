import Events
import Testing
import Venues

/// The published schedules, each with cases worked by hand.
@Suite struct FeeScheduleTests {
  /// A moment in New York.
  static func newYork(_ date: Int64, _ hour: Int64 = 12) -> Instant {
    let day = CivilDate(yyyymmdd: date) ?? CivilDate(daysSinceEpoch: 0)
    return TimeZoneRule.newYork.instant(day, nanoseconds: hour * 3_600_000_000_000)
  }

  struct Deal: CustomTestStringConvertible, Sendable {
    var schedule: String
    var side: Side
    var quantity: Int64
    var cents: Int64
    var date: Int64
    var fee: String

    init(
      _ schedule: String, _ side: Side, _ quantity: Int64, at cents: Int64, _ date: Int64,
      _ fee: String
    ) {
      self.schedule = schedule
      self.side = side
      self.quantity = quantity
      self.cents = cents
      self.date = date
      self.fee = fee
    }

    var testDescription: String { "\(schedule) \(side) \(quantity) @ \(cents) on \(date)" }
  }

  static func fee(_ model: FeeModel, _ deal: Deal, hour: Int64 = 12) -> String {
    var desk = Desk(ExchangeConfiguration(fees: model))
    desk.time = newYork(deal.date, hour).nanoseconds
    desk.quote(deal.cents, 10_000_000, deal.cents, 10_000_000)
    desk.send(1, deal.side, deal.quantity)
    _ = desk.reports()
    return FeeTests.fees(of: desk.last).first ?? "none"
  }

  @Test(arguments: [
    // Half a cent a share; the dollar; half a percent.
    Deal("us-equity", .buy, 688, at: 16_745, 20_131_007, "3.440000000000"),
    // 100,000 × 27.80 / 10^6 = 2.78, and 1000 × 0.000166 = 0.166, up to 0.17.
    Deal("us-regulatory", .sell, 1_000, at: 10_000, 20_240_603, "2.950000000000"),
    Deal("us-regulatory", .buy, 1_000, at: 10_000, 20_240_603, "0.000000000000"),
    // The day before: 100,000 × 8 / 10^6 = 0.80.
    Deal("us-regulatory", .sell, 1_000, at: 10_000, 20_240_521, "0.970000000000"),
    // No section 31 fee; 60,000 × 0.000166 = 9.96, which the cap cuts.
    Deal("us-regulatory", .sell, 60_000, at: 1_000, 20_250_514, "8.300000000000"),
    // 10,000 × 20.60 / 10^6 = 0.206, up to 0.21; 100 × 0.000195 = 0.0195, up to 0.02.
    Deal("us-regulatory", .sell, 100, at: 10_000, 20_260_404, "0.230000000000"),
    // Before the table its first rates: 10,000 × 5.10 / 10^6 = 0.051; 0.0119.
    Deal("us-regulatory", .sell, 100, at: 10_000, 20_131_007, "0.080000000000"),
    Deal("us-access", .buy, 100, at: 100, 20_260_601, "0.300000000000"),
    Deal("us-access", .buy, 100, at: 99, 20_260_601, "0.297000000000"),
    Deal("us-access", .sell, 100, at: 5_000, 20_261_102, "0.100000000000"),
    Deal("us-access", .sell, 100, at: 50, 20_261_102, "0.050000000000"),
    // A dollar an order is the least.
    Deal("us-option", .buy, 1, at: 400, 20_151_224, "1.000000000000"),
    Deal("us-option", .buy, 10, at: 10, 20_151_224, "6.500000000000"),
    Deal("us-option", .buy, 10, at: 9, 20_151_224, "5.000000000000"),
    Deal("us-option", .sell, 10, at: 5, 20_151_224, "5.000000000000"),
    Deal("us-option", .sell, 10, at: 4, 20_151_224, "2.500000000000"),
    Deal("cme-emini", .buy, 9, at: 166_950, 20_131_007, "19.350000000000"),
    // 10,000.00 is not above 10,000.
    Deal("uk-equity", .buy, 100, at: 10_000, 20_240_603, "50.000000000000"),
    Deal("uk-equity", .buy, 101, at: 10_000, 20_240_603, "52.000000000000"),
    Deal("uk-equity", .sell, 101, at: 10_000, 20_240_603, "1.500000000000"),
    // 3.33 × 0.005 = 0.01665, to the penny.
    Deal("uk-equity", .buy, 1, at: 333, 20_240_603, "0.020000000000"),
    Deal("kraken-spot", .buy, 10, at: 10_000, 20_240_603, "4.000000000000"),
  ])
  func `a schedule charges what is worked out by hand`(_ deal: Deal) throws {
    let model = try #require(FeeModel.schedules.first { $0.name == deal.schedule })
    #expect(Self.fee(model, deal) == deal.fee)
  }

  @Test func `rates change at midnight in New York`() {
    let deal = Deal("us-regulatory", .sell, 1_000, at: 10_000, 20_240_521, "")
    #expect(Self.fee(.usRegulatory, deal, hour: 23) == "0.970000000000")
    #expect(Self.fee(.usRegulatory, deal, hour: 24) == "2.950000000000")
  }

  /// Friday's bar ends on Saturday, when the rate is another.
  @Test(arguments: [FillModel.bar(.nextOpen), .bar(.lastClose), .lean], [true, false])
  func `a fill at a day's bar pays the rate of its day`(_ model: FillModel, _ isLimit: Bool) throws
  {
    var desk = Desk(ExchangeConfiguration(fees: .usRegulatory, fills: model))
    let friday = try #require(Instant("2022-05-14T04:00:00Z")).nanoseconds
    let day = Nanoseconds.day
    desk.bar(end: friday - day, (10_000, 10_000, 10_000, 10_000), interval: day)
    desk.send(1, .sell, 1_000, at: isLimit ? 9_000 : nil)
    desk.bar(end: friday, (10_000, 10_001, 10_000, 10_000), interval: day)
    _ = desk.reports()
    // Of 100,000.00 5.10 a million; 0.000130 a share.
    #expect(FeeTests.fees(of: desk.last) == ["0.640000000000"])
  }

  @Test func `the minimum of options is an order's, whatever the premiums of its fills`() {
    var desk = Desk(ExchangeConfiguration(fees: .usOption))
    desk.level(.sell, 4, 1)
    desk.level(.sell, 20, 1)
    desk.level(.sell, 21, 1)
    desk.send(1, .buy, 3)
    _ = desk.reports()
    // 0.25, so 1.00. With 0.65: 0.90, still 1.00. With 0.65 more: 1.55.
    #expect(
      FeeTests.fees(of: desk.last) == ["1.000000000000", "0.000000000000", "0.550000000000"])
  }

  @Test func `an order's levy is charged once, by the fill that makes it large`() {
    var desk = Desk(ExchangeConfiguration(fees: .ukEquity))
    for price in Int64(10_000)...10_002 { desk.level(.buy, price, 60) }
    desk.send(1, .sell, 180)
    _ = desk.reports()
    #expect(
      FeeTests.fees(of: desk.last) == ["0.000000000000", "1.500000000000", "0.000000000000"])
  }

  @Test func `tiers count what was traded in the 30 days before, and change at midnight`() {
    let day: Int64 = 86_400_000_000_000
    let model = FeeModel.tiers([
      FeeModel.Tier(from: .zero, maker: Decimal("1")!, taker: Decimal("10")!),
      FeeModel.Tier(from: Money(units: 1_000), maker: Decimal("0")!, taker: Decimal("5")!),
    ])
    var desk = Desk(ExchangeConfiguration(fees: model))
    var fees: [String] = []
    // Day 0: 1000.00 traded, in two. Days 1 and 30 remember it, day 31 does not.
    for (order, time) in [0, 1, day, 30 * day, 31 * day].enumerated() {
      desk.time = time
      desk.quote(100, 1_000, 100, 1_000)
      desk.send(UInt64(order + 1), .buy, order < 2 ? 500 : 1)
      _ = desk.reports()
      fees += FeeTests.fees(of: desk.last)
    }
    #expect(
      fees == [
        "0.500000000000", "0.500000000000", "0.000500000000", "0.000500000000", "0.001000000000",
      ])
  }

  @Test func `a fee taken from the base is paid in what a buy brings`() {
    let coin = Instrument(
      id: InstrumentID(0), venueName: "TEST", symbol: "BTCUSD", kind: .crypto, base: "BTC",
      currency: "USD", priceScale: 2, quantityScale: 8)
    var model = FeeModel.perNotional(maker: Decimal("10")!, taker: Decimal("10")!)
    model.isTakenFromBase = true
    var desk = Desk(ExchangeConfiguration(fees: model), instrument: coin)
    desk.quote(5_000_000, 1_000_000_000, 5_000_000, 1_000_000_000)
    desk.send(1, .buy, 100_000_000)
    desk.send(2, .sell, 100_000_000)
    _ = desk.reports()
    // A coin for 50,000: a thousandth of it is 0.001 BTC of the buy, 50 USD of the sale.
    #expect(FeeTests.fees(of: desk.last) == ["0.001000000000", "50.000000000000"])
    let currencies = desk.last.compactMap { report in
      if case .filled(let fill) = report.report.outcome { fill.feeCurrency } else { nil }
    }
    #expect(currencies == ["BTC", "USD"])
  }

  @Test(arguments: [
    ("nearest", "2", "0.02", "-0.02"), ("up", "2", "0.02", "-0.01"),
    ("down", "2", "0.01", "-0.02"), ("nearest", "3", "0.015", "-0.015"),
  ])
  func `rounding is for the venue, for us, or to the even digit`(
    _ mode: String, _ decimals: String, _ fee: String, _ rebate: String
  ) throws {
    let rounding = FeeRounding(
      try #require(FeeRounding.Mode(rawValue: mode)), try #require(Int(decimals)))
    for (basis, expected) in [(Int128(15), fee), (-15, rebate)] {
      let charge = FeeCharge(.unit(Money(raw: basis * 1_000_000_000)), rounding: rounding)
      let model = FeeModel(name: "test", charges: [charge])
      let text = Self.fee(model, Deal("", .buy, 1, at: 100, 20_240_603, ""))
      #expect(text.hasPrefix(expected), "\(text)")
    }
  }

  @Test func `models add up, unless both bound an order's fee`() throws {
    let both = try #require(FeeModel.usEquity.adding(.usRegulatory))
    // 5.00 for the broker; 2.78 and 0.17 for the regulators.
    let deal = Deal("", .sell, 1_000, at: 10_000, 20_240_603, "")
    #expect(Self.fee(both, deal) == "7.950000000000")
    #expect(both.name == "us-equity + us-regulatory")
    #expect(FeeModel.usEquity.adding(.usOption) == nil)
    #expect(FeeModel.none.adding(.usEquity) == .usEquity)
  }
}
