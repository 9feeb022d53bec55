import Events
import Scenarios
import Testing

@testable import Trading

@Suite struct MarginTests {
  private static let table = """
    margin.FUT.initial=12650 USD
    margin.FUT.maintenance=11500 USD
    margin.PERP.tiers=0: 10 % / 5 %, 1000: 20 % / 10 %
    """

  /// What is held and where it trades; equity, initial and maintenance in dollars.
  @Test(
    arguments: [
      ("reg-t", "buy 10", UInt16(0), Int64(10_000), Int64(10_000), Int64(500), Int64(250)),
      ("reg-t", "sell 10", 0, 10_000, 10_000, 500, 300),
      ("table", "buy 10", 0, 10_000, 10_000, 1000, 1000),
      ("reg-t", "buy 2", 1, 480_000, 480_100, 25_300, 23_000),
      ("table", "sell 2", 1, 480_000, 480_000, 25_300, 23_000),
      ("table", "buy 9", 2, 10_000, 10_000, 90, 45),
      ("table", "sell 10", 2, 10_000, 10_000, 200, 100),
    ])
  func `what is held asks for equity`(
    model: String, script: String, instrument: UInt16, price: Int64, mark: Int64,
    initial: Int64, maintenance: Int64
  ) throws {
    var stage = BooksTests.stage("account.margin=\(model)\n\(Self.table)")
    stage.quote(mark, mark, InstrumentID(instrument))
    _ = BooksTests.trade(&stage, script, at: price, instrument)
    let found = stage.engine.market.margin(of: .main)
    let state = try #require(found)
    #expect(state.equity == stage.engine.valuations[0].equity)
    #expect(state.initial == Money(units: initial))
    #expect(state.maintenance == Money(units: maintenance))
    #expect(state.available == state.equity - Money(units: initial))
  }

  /// Right, price of the share, mark of the option; margin of one short.
  @Test(
    arguments: [
      (.call, 10_000, 2_000, 2200), (.call, 9_500, 500, 1450), (.call, 8_000, 100, 810),
      (.put, 10_500, 1_000, 1700), (.put, 13_000, 100, 1010),
    ] as [(OptionTerms.Right, Int64, Int64, Int64)])
  func `a written option asks for the premium and a share of what it is on`(
    right: OptionTerms.Right, share: Int64, mark: Int64, margin: Int64
  ) throws {
    var stage = BooksTests.stage("account.margin=reg-t")
    stage.step(
      .instrument(
        Instrument(
          id: InstrumentID(3), venueName: "XV0", symbol: "OPT", kind: .option, currency: "USD",
          priceScale: 3, quantityScale: 0, multiplier: 100_000_000_000,
          option: OptionTerms(
            right, style: .american, settlement: .physical, strike: Price(100_000),
            underlying: "SHR"))))
    stage.quote(share, share)
    stage.quote(mark, mark, InstrumentID(3))
    _ = BooksTests.trade(&stage, "sell 1", at: 2_000, 3)
    let found = stage.engine.market.margin(of: .main)
    let state = try #require(found)
    #expect(state.maintenance == Money(units: margin))
  }

  @Test func `without a model, a mark or a row there is no margin`() {
    var stage = BooksTests.stage()
    #expect(stage.engine.market.margin(of: .main) == nil)
    stage = BooksTests.stage("account.margin=table")
    #expect(stage.engine.market.margin(of: .main)?.initial == .zero)
    _ = BooksTests.trade(&stage, "buy 1", at: 480_000, 1)
    #expect(stage.engine.market.margin(of: .main) == nil)
    stage.quote(480_000, 480_000, InstrumentID(1))
    #expect(stage.engine.market.margin(of: .main) == nil)
    #expect(stage.engine.market.margin(of: AccountID(7)) == nil)
  }

  @Test func `a call is made once and met once`() {
    var stage = BooksTests.stage("account.margin=reg-t")
    stage.quote(10_000, 10_000)
    #expect(BooksTests.trade(&stage, "buy 20", at: 10_000).isEmpty)
    let midnight = Instant("2023-11-15")!
    #expect(stage.engine.nextWake == midnight)
    #expect(stage.step(.timer(.engine), after: midnight.since(stage.time)).isEmpty)
    // 20 shares that were bought for 2000 with 1000 of own money.
    stage.quote(6_600, 6_600)
    #expect(
      BooksTests.briefs(stage.step(.timer(.engine), after: Nanoseconds.day)) == [
        "margin 0 called 320 of 330"
      ])
    #expect(stage.engine.market.portfolio.isCalled(.main))
    #expect(stage.step(.timer(.engine), after: Nanoseconds.day).isEmpty)
    let bytes = stage.stateBytes()
    var engine = Engine(catalog: [ScriptedStrategy.kind])
    #expect(throws: Never.self) { try engine.restoreState(bytes) }
    #expect(engine.market.portfolio.isCalled(.main))
    stage.quote(7_000, 7_000)
    #expect(
      BooksTests.briefs(stage.step(.timer(.engine), after: Nanoseconds.day)) == [
        "margin 0 met 400 of 350"
      ])
    _ = BooksTests.trade(&stage, "sell 20", at: 7_000)
    stage.step(.timer(.engine), after: Nanoseconds.day)
    #expect(stage.engine.nextWake == nil)
  }

  @Test func `daily settlement is followed by a look at the margin`() {
    var stage = BooksTests.stage(
      "account.margin=table\nmargin.FUT.initial=900 USD\nmargin.FUT.maintenance=800 USD")
    stage.quote(480_000, 480_000, InstrumentID(1))
    _ = BooksTests.trade(&stage, "buy 1", at: 480_000, 1)
    stage.quote(479_500, 479_500, InstrumentID(1))
    let value = ReferenceValue(instrument: InstrumentID(1), field: .settlement, value: 479_500)
    #expect(
      BooksTests.briefs(stage.step(.reference(value))) == [
        "booked variation @ 479500 cash -250 variation -250", "margin 0 called 750 of 800",
      ])
  }

  /// What is wrong, at which key it is said, and a word of the message or advice.
  @Test(arguments: [
    ("account.margin=regt", "account.margin", "none of none, reg-t, table"),
    ("margin.A.initial=5 %", "margin.A.maintenance", "is missing"),
    ("margin.A.initial=-5 USD\nmargin.A.maintenance=5 USD", "margin.A.initial", "below 0"),
    ("margin.A.initial=5 USD\nmargin.A.maintenance=5 EUR", "margin.A.maintenance", "in USD"),
    ("margin.A.initial=5\nmargin.A.maintenance=5 EUR", "margin.A.initial", "not an amount"),
    ("margin.A.initial=5 %\nmargin.A.maintenance=5 %\nmargin.A.x=1", "margin.A.x", "not a known"),
    ("margin.A.tiers=5: 1 % / 1 %", "margin.A.tiers", "not a list of tiers"),
    ("margin.A.tiers=0: 1 % / 1 %, 0: 1 % / 1 %", "margin.A.tiers", "not a list of tiers"),
    ("margin.A.tiers=0: 1 %", "margin.A.tiers", "not a list of tiers"),
    ("margin.A.tiers=0: 1 / 1", "margin.A.tiers", "not a list of tiers"),
    ("margin.A.tiers=0: 1 % / 1 %\nmargin.A.initial=5 %", "margin.A.initial", "not a known key"),
  ])
  func `a wrong margin says where and what`(lines: String, key: String, word: String) throws {
    let error = try #require(ConfigurationTests.error(lines))
    #expect(error.key == key)
    #expect(error.description.contains(word), "\(error)")
  }
}
