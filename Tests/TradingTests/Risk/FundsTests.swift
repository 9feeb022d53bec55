import Events
import Scenarios
import Testing

@testable import Trading

/// Margin and cash that an account has for an order; strategy `a` trades for `main`, `c` for `sub`.
@Suite struct FundsTests {
  static func stage(_ lines: String) -> Stage {
    var stage = Stage()
    let text = """
      account.cash=1000 USD
      account.sub.cash=500 USD, 100 EUR
      calendar.XV0=XNYS
      margin.FUT.initial=400 USD
      margin.FUT.maintenance=300 USD
      strategy.a.kind=scripted
      strategy.a.name=a
      strategy.a.instruments=SHR,FUT,COIN,FUTZ,EURUSD,PERP
      strategy.c.kind=scripted
      strategy.c.name=c
      strategy.c.account=sub
      strategy.c.instruments=SHR,FUT,COIN,FUTZ
      \(lines)
      """
    #expect(stage.step(.configuration(ConfigurationItems(lines: text))).isEmpty)
    stage.step(.instrument(.share(0, "SHR")))
    stage.step(.instrument(.future(1, "FUT")))
    stage.step(.instrument(.coin(2, "COIN")))
    stage.step(.instrument(RiskControlsTests.pair))
    stage.quote(10_000, 10_000)
    stage.quote(480_000, 480_000, InstrumentID(1))
    stage.quote(10_000, 10_000, InstrumentID(2))
    return stage
  }

  static let margin = "account.margin=reg-t\naccount.sub.margin=table\nrisk.currency=USD\n"

  static let margins: [RiskControlsTests.Case] = [
    // Half of the value of a share, of 1000 dollars.
    .init("risk.margin.max_use=100 %", "a 0 buy 20", nil),
    .init("risk.margin.max_use=100 %", "a 0 buy 21", .marginAvailable),
    .init("risk.margin.max_use=50 %", "a 0 sell 11", .marginAvailable),
    .init("risk.margin.max_use=50 %", "a 0 sell 10", nil),
    // What is in flight counts, the worse side of an instrument, and instruments add up.
    .init("risk.margin.max_use=100 %", ["a 0 buy 15"], "a 0 buy 6", .marginAvailable),
    .init("risk.margin.max_use=100 %", ["a 0 buy 15 @ 9000"], "a 0 sell 20 @ 11000", nil),
    .init("risk.margin.max_use=100 %", ["a 0 buy 15", "reject 1"], "a 0 buy 20", nil),
    .init("risk.margin.max_use=100 %", ["a 1 buy 2"], "a 0 buy 4", nil),
    .init("risk.margin.max_use=100 %", ["a 1 buy 2"], "a 0 buy 5", .marginAvailable),
    // The equity moves, and one may always get out.
    .init(
      "risk.margin.max_use=100 %", ["a 1 buy 2", "fill 1 2 480000", "quote 1 479000 479000"],
      "a 1 buy 1", .marginAvailable),
    .init(
      "risk.margin.max_use=100 %", ["a 1 buy 2", "fill 1 2 480000", "quote 1 479000 479000"],
      "a 1 sell 2", nil),
    // Each account has its own.
    .init("risk.margin.max_use=100 %", ["a 1 buy 2"], "c 1 buy 1", .marginUnknown),
    .init(
      "risk.margin.max_use=100 %", ["a 1 buy 2", "quote 3 12000 12000"], "c 1 buy 1", nil),
    .init(
      "risk.margin.max_use=100 %", ["quote 3 12000 12000"], "c 1 buy 2", .marginAvailable),
    .init("risk.account.sub.margin.max_use=100 %", "a 0 buy 90", nil),
    // A pair is paid in full, 833 euros at 1.2 are 999.60 dollars; exchanged for cash it needs none, even
    // where all there is is used.
    .init("risk.margin.max_use=100 %", ["quote 3 12000 12000"], "a 3 buy 833", nil),
    .init("risk.margin.max_use=100 %", ["quote 3 12000 12000"], "a 3 buy 834", .marginAvailable),
    .init(
      "risk.margin.max_use=100 %\naccount.currencies=exchange", ["quote 3 12000 12000"],
      "a 3 buy 834", nil),
    .init(
      "risk.margin.max_use=100 %\naccount.currencies=exchange",
      ["quote 3 12000 12000", "a 0 buy 20"], "a 3 sell 100", nil),
  ]

  static let cash: [RiskControlsTests.Case] = [
    .init("risk.cash.cover=traded", "a 0 buy 10", nil),
    .init("risk.cash.cover=traded", "a 0 buy 11", .cashAvailable),
    .init("risk.cash.cover=traded", "a 0 buy 11 @ 9090", nil),
    .init("risk.cash.cover=traded", "a 0 buy 11 @ 9091", .cashAvailable),
    .init("risk.cash.cover=traded", "a 0 sell 11", nil),
    .init("risk.cash.cover=traded", "a 1 buy 11", nil),
    .init("risk.cash.cover=traded", ["a 0 buy 6"], "a 0 buy 4", nil),
    .init("risk.cash.cover=traded", ["a 0 buy 6"], "a 0 buy 5", .cashAvailable),
    .init("risk.cash.cover=traded", ["a 0 buy 6", "reject 1"], "a 0 buy 10", nil),
    .init("risk.cash.cover=traded", ["a 0 buy 6", "fill 1 6 10000"], "a 0 buy 5", .cashAvailable),
    .init(
      "risk.cash.cover=traded", ["a 0 buy 6 @ 9000", "accept 1"], "a 0 replace 1 10 @ 10000", nil),
    .init(
      "risk.cash.cover=traded", ["a 0 buy 6 @ 9000", "accept 1"], "a 0 replace 1 12 @ 9000",
      .cashAvailable),
    // A short that is closed, of an account; the other account's cash is its own.
    .init(
      "risk.cash.cover=traded",
      ["a 0 sell 20", "fill 1 20 10000", "quote 0 20000 20000"], "a 0 buy 20", nil),
    .init("risk.cash.cover=traded", ["a 0 buy 10"], "c 0 buy 5", nil),
    .init("risk.cash.cover=traded", ["a 0 buy 10"], "c 0 buy 6", .cashAvailable),
    // In its own currency: 100 euros.
    .init("risk.cash.cover=traded", "c 2 buy 100000", nil),
    .init("risk.cash.cover=traded", "c 2 buy 100100", .cashAvailable),
    .init("risk.cash.cover=traded", "a 2 buy 100", .cashAvailable),
    .init("risk.account.sub.cash.cover=traded", "a 0 buy 11", nil),
    // What was sold today pays for nothing before it has settled.
    .init(
      "risk.cash.cover=traded\naccount.settlement=calendar",
      ["a 0 buy 10", "fill 1 10 10000", "a 0 sell 10", "fill 2 10 10000"], "a 0 buy 10", nil),
    .init(
      "risk.cash.cover=settled\naccount.settlement=calendar",
      ["a 0 buy 10", "fill 1 10 10000", "a 0 sell 10", "fill 2 10 10000"], "a 0 buy 1",
      .cashAvailable),
  ]

  @Test(arguments: margins + cash)
  func `an order needs margin or cash of its account`(one: RiskControlsTests.Case) {
    var stage = Self.stage((one.risk.contains("margin") ? Self.margin : "") + one.risk)
    for line in one.before {
      #expect(RiskControlsTests.refusal(RiskControlsTests.play(line, &stage)) == nil, "\(line)")
    }
    let decisions = RiskControlsTests.play(one.order, &stage)
    #expect(RiskControlsTests.refusal(decisions)?.rule == one.expected)
    #expect(decisions.count == 2)
  }

  @Test func `the gate's margin is that of the account`() throws {
    var stage = Self.stage(Self.margin + "risk.margin.max_use=100 %")
    stage.quote(12_000, 12_000, InstrumentID(3))
    for (script, instrument, price) in [
      ("buy 3", 0, 10_000), ("sell 1", 1, 480_000), ("buy 123000", 2, 10_000),
    ] as [(String, UInt16, Int64)] {
      MarkToMarketTests.trade(&stage, "a", script, instrument, at: price)
    }
    stage.quote(10_100, 10_100)
    stage.quote(479_900, 479_900, InstrumentID(1))
    var controls = try #require(stage.engine.gate.controls)
    controls.walk(stage.engine.market)
    let scope = try #require(controls.scopes.firstIndex { $0.name == "account main" })
    let margin = controls.worths.margin(of: scope)
    // 3 × 101 / 2, a future, and a coin of 123 euros in full.
    #expect(margin == 151_500_000_000_000 + 400 * Money.one + 147_600_000_000_000)
  }

  @Test func `an order in a contract needs margin at the published mark, as what is held`() throws {
    var stage = Self.stage(
      Self.margin + "risk.margin.max_use=100 %\nmargin.PERP.tiers=0: 10 % / 5 %")
    let id = InstrumentID(4)
    stage.step(
      .instrument(
        Instrument(
          id: id, venueName: "XV0", symbol: "PERP", kind: .perpetual, base: "X", currency: "USD",
          priceScale: 2, quantityScale: 0)))
    stage.quote(10_000, 10_000, id)
    func publish(_ mark: Int64, _ stage: inout Stage) {
      stage.step(.reference(ReferenceValue(instrument: id, field: .mark, value: mark)))
    }
    // A tenth of the value at 120, though the book says 100: 83 need 996 of 1000 dollars, 84 need 1008.
    publish(12_000, &stage)
    let refusal = try #require(RiskControlsTests.refusal(stage.tell("buy 84", to: "a", id)))
    #expect(refusal.rule == .marginAvailable && refusal.value == 1008 * Money.one)
    #expect(RiskControlsTests.refusal(stage.tell("buy 83", to: "a", id)) == nil)
    stage.report(1, .rejected(code: 1, text: ""))
    // At 80 it is 125, and what is in flight counts by the same mark once another instrument is asked for:
    // 1000 dollars are used up.
    publish(8_000, &stage)
    #expect(RiskControlsTests.refusal(stage.tell("buy 125", to: "a", id)) == nil)
    let share = try #require(RiskControlsTests.refusal(stage.tell("buy 1", to: "a")))
    #expect(share.rule == .marginAvailable && share.value == 1050 * Money.one)
  }

  @Test func `a refusal says what was needed, of what and whose it is`() throws {
    var stage = Self.stage(Self.margin + "risk.margin.max_use=80 %")
    let refusal = try #require(RiskControlsTests.refusal(stage.tell("buy 17", to: "a")))
    #expect(refusal.rule == .marginAvailable && refusal.context == "account main")
    #expect(refusal.value == 850 * Money.one && refusal.limit == 800 * Money.one)
    #expect(refusal.unit == "USD")
  }

  @Test func `an instrument that has ended takes no orders`() throws {
    var stage = Self.stage("")
    var future = Instrument.future(4, "FUTZ")
    future.expiry = stage.time.advanced(by: 10_000_000)
    stage.step(.instrument(future))
    stage.quote(480_000, 480_000, future.id)
    let early = stage.tell("sell 1", to: "a", future.id, after: 7_999_999)
    #expect(RiskControlsTests.refusal(early) == nil)
    let refusal = try #require(
      RiskControlsTests.refusal(stage.tell("sell 1", to: "a", future.id, after: 1)))
    #expect(refusal.rule == .instrumentExpired)
    #expect(refusal.context == "expired \(future.expiry.text)")
  }

  /// What is wrong, at which key it is said, and a word of the message or advice.
  @Test(arguments: [
    ("risk.margin.max_use=80 %", "risk.margin.max_use", "no account has a margin model"),
    (
      "account.margin=reg-t\naccount.sub.cash=1 USD\nrisk.account.sub.margin.max_use=80 %",
      "risk.account.sub.margin.max_use", "no margin model"
    ),
    ("risk.cash.cover=some", "risk.cash.cover", "none of traded, settled"),
    ("risk.account.sup.orders.max_open=1", "risk.account.sup", "not an account of this run"),
    ("account.sub.cash=1 EUR\nrisk.account.sup.cash.cover=traded", "risk.account.sup", "`sub`"),
    ("risk.account.main.order.max_quantity=-1", "risk.account.main.order.max_quantity", "below 0"),
    (
      "account.cash=1 USD\naccount.sub.cash=1 EUR\naccount.sub.margin=table\nrisk.margin.max_use=8 %",
      "risk.currency", "is missing"
    ),
  ])
  func `wrong limits of funds say where and what`(lines: String, key: String, word: String) throws {
    let error = try #require(ConfigurationTests.error(lines))
    #expect(error.key == key)
    #expect(error.description.contains(word), "\(error)")
  }
}
