import Events
import Scenarios
import Testing

@testable import Trading

/// Options to their end: exercised, assigned, worthless, by the clock or by the clearing house's word.
@Suite struct OptionBooksTests {
  static let id = InstrumentID(3)

  /// Holds `quantity` of an option of 100 shares at a strike of 100.00, bought or sold at 2.00.
  static func stage(
    _ right: OptionTerms.Right, _ settlement: OptionTerms.Settlement, _ quantity: Int64,
    underlying: String = "SHR"
  ) -> Stage {
    var stage = BooksTests.stage()
    let option = Instrument(
      id: id, venueName: "XV0", symbol: "OPT", kind: .option, currency: "USD", priceScale: 3,
      quantityScale: 0, multiplier: 100_000_000_000,
      expiry: stage.time.advanced(by: Nanoseconds.day),
      option: OptionTerms(
        right, style: .american, settlement: settlement, strike: Price(100_000),
        underlying: underlying))
    stage.step(.instrument(option))
    let script = quantity > 0 ? "buy \(quantity)" : "sell \(-quantity)"
    _ = BooksTests.trade(&stage, script, at: 2_000, id.raw)
    return stage
  }

  private static func print(_ stage: inout Stage, at price: Int64) {
    stage.step(
      .market(
        .trade(
          Trade(
            instrument: BooksTests.share, price: Price(price), size: Quantity(1), side: .none))))
  }

  /// Right, settlement, quantity held, last price of the share; what is booked, and the profit of it all at
  /// that price.
  @Test(
    arguments: [
      (
        .call, .physical, 2, 10_001,
        [
          "exercised -2 @ 100000 cost -400",
          "delivered 200 @ 10000 cash -20000 cost 20000",
        ], -398
      ),
      (
        .call, .physical, -2, 10_001,
        [
          "assigned 2 @ 100000 cost 400",
          "delivered -200 @ 10000 cash 20000 cost -20000",
        ], 398
      ),
      (
        .put, .physical, 1, 9_000,
        [
          "exercised -1 @ 100000 cost -200",
          "delivered -100 @ 10000 cash 10000 cost -10000",
        ], 800
      ),
      (
        .put, .physical, -1, 9_000,
        [
          "assigned 1 @ 100000 cost 200",
          "delivered 100 @ 10000 cash -10000 cost 10000",
        ], -800
      ),
      (.call, .cash, 3, 10_150, ["exercised -3 @ 100000 cash 450 cost -600"], -150),
      (.put, .cash, -3, 9_800, ["assigned 3 @ 100000 cash -600 cost 600"], 0),
      (.call, .physical, 2, 10_000, ["expired -2 cost -400"], -400),
      (.put, .cash, -2, 10_000, ["expired 2 cost 400"], 400),
    ] as [(OptionTerms.Right, OptionTerms.Settlement, Int64, Int64, [String], Int64)])
  func `at its end an option is worth what it is in the money`(
    right: OptionTerms.Right, settlement: OptionTerms.Settlement, quantity: Int64, price: Int64,
    booked: [String], profit: Int64
  ) {
    var stage = Self.stage(right, settlement, quantity)
    Self.print(&stage, at: price)
    let made = BooksTests.briefs(stage.step(.timer(.engine), after: Nanoseconds.day))
    #expect(made == booked.map { "booked \($0)" })
    let valuation = stage.engine.valuations[0]
    #expect(valuation.equity == Money(units: 1000 + profit))
    #expect(stage.engine.market.portfolio.quantity(Self.id) == .zero)
    #expect(BooksTests.usd(stage).sum == .zero)
    #expect(stage.engine.nextWake == nil)
  }

  @Test func `the clearing house exercises and assigns before the end`() {
    var stage = Self.stage(.call, .physical, -5)
    Self.print(&stage, at: 9_000)
    func notice(_ notice: OptionNotice.Notice, _ quantity: Int64) -> Observation {
      .optionNotice(OptionNotice(notice, instrument: Self.id, quantity: Quantity(quantity)))
    }
    #expect(stage.step(notice(.exercise, 1)).isEmpty)
    #expect(
      BooksTests.briefs(stage.step(notice(.assignment, 2))) == [
        "booked assigned 2 @ 100000 cost 400",
        "booked delivered -200 @ 10000 cash 20000 cost -20000",
      ])
    #expect(
      BooksTests.briefs(stage.step(notice(.assignment, 9))).first
        == "booked assigned 3 @ 100000 cost 600")
    #expect(stage.step(notice(.assignment, 1)).isEmpty)
    var long = Self.stage(.put, .cash, 1)
    Self.print(&long, at: 9_000)
    #expect(
      BooksTests.briefs(long.step(notice(.abandon, 1))) == ["booked expired -1 cost -200"])
  }

  @Test(arguments: ["SHR", "NONE"])
  func `without a price of what it is on an option stays`(underlying: String) {
    var stage = Self.stage(.call, .physical, 1, underlying: underlying)
    #expect(
      BooksTests.briefs(stage.step(.timer(.engine), after: Nanoseconds.day)) == [
        "alert books.unpriced 0"
      ])
    #expect(stage.engine.market.portfolio.quantity(Self.id) == Quantity(1))
  }
}
