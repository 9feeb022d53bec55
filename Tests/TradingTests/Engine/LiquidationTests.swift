import Events
import Scenarios
import Testing

@testable import Trading

/// What becomes of an account that has less than it must have.
@Suite struct LiquidationTests {
  static let perpetual = InstrumentID(2)

  static let crypto = """
    account.margin=table
    account.liquidation=0s
    account.liquidation_fee=0.5 %
    margin.PERP.tiers=0: 10 % / 5 %, 1000: 20 % / 10 %
    margin.FUT.initial=12 USD
    margin.FUT.maintenance=10 USD
    """

  static func mark(_ price: Int64, _ id: InstrumentID = perpetual) -> Observation {
    .reference(ReferenceValue(instrument: id, field: .mark, value: price))
  }

  static func briefs(_ decisions: [Decision]) -> [String] { BooksTests.briefs(decisions) }

  /// 50 perpetuals bought at 100 dollars with 1000 dollars, on tier two: a tenth of the value must be kept.
  /// At 88 there are 400 dollars left of 440 that are needed.
  @Test func `equity below maintenance by the published mark is closed at once`() {
    var stage = BooksTests.stage(Self.crypto)
    stage.quote(10_000, 10_000, Self.perpetual)
    stage.step(Self.mark(10_000))
    _ = BooksTests.trade(&stage, "buy 50", at: 10_000, 2)
    stage.tell("buy 1 @ 5000 gtc", Self.perpetual)
    stage.accept(2)
    #expect(stage.step(Self.mark(8_900)).isEmpty)
    // What the book says does not count where a mark is published.
    #expect(stage.quote(8_000, 8_000, Self.perpetual, after: Nanoseconds.second).isEmpty)
    #expect(
      Self.briefs(stage.step(Self.mark(8_800))) == [
        "margin 0 called 400 of 440", "liquidation 0 maintenance 0 0:2:50",
        "cancel 2 liquidation", "intent order", "submitted 3 sell 50 market",
      ])
    let ticket = stage.engine.market.orders[OrderID(3)]?.ticket
    #expect(ticket?.terms.isLiquidation == true && ticket?.terms.isReduceOnly == true)
    // Nothing more is told while the order is open.
    #expect(stage.step(Self.mark(8_700)).isEmpty)
    stage.report(2, .cancelled(.requested, text: ""))
    let made = stage.fill(3, 50, at: 8_800)
    #expect(Self.briefs(made) == ["booked liquidation_fee @ 8800 cash -22"])
    guard case .booked(let fee) = made[0] else { return }
    #expect(fee.order == OrderID(3))
    #expect(fee.charge == .init(base: Money(units: 4400), rate: 5_000))
    #expect(BooksTests.usd(stage)[.cash] == Money(units: 1000 - 600 - 22))
    #expect(BooksTests.usd(stage)[.fees] == Money(units: 22))
    #expect(BooksTests.usd(stage).sum == .zero)
    #expect(
      Self.briefs(stage.step(.timer(.engine), after: 2 * Nanoseconds.second)) == [
        "margin 0 met 378 of 0"
      ])
  }

  @Test func `what needs most goes first, and only as much as must`() {
    var stage = BooksTests.stage(Self.crypto)
    stage.quote(480_000, 480_000, InstrumentID(1))
    stage.quote(10_000, 10_000, Self.perpetual)
    stage.step(Self.mark(10_000))
    _ = BooksTests.trade(&stage, "sell 1", at: 480_000, 1)
    _ = BooksTests.trade(&stage, "buy 50", at: 10_000, 2)
    // 410 dollars of 450 that are needed; without the perpetual 10 are needed.
    let made = Self.briefs(stage.step(Self.mark(8_820)))
    #expect(
      made == [
        "margin 0 called 410 of 451", "liquidation 0 maintenance 0 0:2:50", "intent order",
        "submitted 3 sell 50 market",
      ])
    // At a loss beyond all there was, the future goes too.
    stage.report(3, .rejected(code: 1, text: "busy"))
    #expect(stage.step(Self.mark(7_900)).isEmpty)
    #expect(
      Self.briefs(stage.step(.timer(.engine), after: Nanoseconds.second)) == [
        "liquidation 0 maintenance 1 0:2:50 0:1:-1", "intent order",
        "submitted 4 sell 50 market", "intent order", "submitted 5 buy 1 market",
      ])
  }

  @Test func `what is refused is tried again, later and later`() {
    var stage = BooksTests.stage(Self.crypto)
    stage.quote(10_000, 10_000, Self.perpetual)
    stage.step(Self.mark(10_000))
    _ = BooksTests.trade(&stage, "buy 50", at: 10_000, 2)
    stage.step(.operatorAct(OperatorAct(act: .halt, scope: .all, subject: "ann", reason: "x")))
    #expect(
      Self.briefs(stage.step(Self.mark(8_800))).suffix(2) == [
        "intent order", "refused engine.halted",
      ])
    var rounds: [Int64] = []
    let start = stage.time
    for _ in 0..<40 {
      let made = Self.briefs(stage.step(.timer(.engine), after: Nanoseconds.second))
      guard made.contains(where: { $0.hasPrefix("liquidation") }) else { continue }
      rounds.append(stage.time.since(start) / Nanoseconds.second)
      #expect(made.last == "refused engine.halted")
    }
    #expect(rounds == [1, 3, 7, 15, 31])
  }

  @Test func `a call that is met in time is no liquidation, one that is not is`() {
    let lines = "account.margin=reg-t\naccount.liquidation=2d"
    var stage = BooksTests.stage(lines)
    stage.quote(10_000, 10_000)
    _ = BooksTests.trade(&stage, "buy 20", at: 10_000)
    #expect(
      Self.briefs(stage.quote(6_600, 6_600, after: Nanoseconds.second)) == [
        "margin 0 called 320 of 330"
      ])
    let bytes = stage.stateBytes()
    let (time, sequence) = (stage.time, stage.sequence)
    stage.quote(7_000, 7_000)
    #expect(
      Self.briefs(stage.step(.timer(.engine), after: Nanoseconds.second)) == [
        "margin 0 met 400 of 350"
      ])
    stage.step(.timer(.engine), after: 3 * Nanoseconds.day)
    #expect(stage.engine.market.portfolio.quantity(BooksTests.share) == Quantity(20))
    // The other end of the story, from the state before.
    var engine = Engine(catalog: [ScriptedStrategy.kind])
    #expect(throws: Never.self) { try engine.restoreState(bytes) }
    var other = Stage(engine, after: sequence, at: time)
    #expect(other.engine.nextWake == Instant("2023-11-15")!)
    #expect(other.step(.timer(.engine), after: 2 * Nanoseconds.day - 1).isEmpty)
    #expect(
      Self.briefs(other.step(.timer(.engine), after: 1)) == [
        "liquidation 0 call_not_met 0 0:0:20", "intent order", "submitted 2 sell 20 market",
      ])
  }

  @Test func `an account that is told nothing of it keeps what it has`() {
    var stage = BooksTests.stage("account.margin=reg-t")
    stage.quote(10_000, 10_000)
    _ = BooksTests.trade(&stage, "buy 20", at: 10_000)
    stage.quote(6_600, 6_600)
    stage.step(.timer(.engine), after: Nanoseconds.day)
    #expect(stage.engine.market.portfolio.isCalled(.main))
    for _ in 0..<5 { #expect(stage.step(.timer(.engine), after: Nanoseconds.day).isEmpty) }
  }

  /// What is wrong, at which key it is said, and a word of the message.
  @Test(arguments: [
    ("account.liquidation=0s", "account.liquidation", "needs a margin"),
    ("account.margin=table\naccount.liquidation=soon", "account.liquidation", "not a duration"),
    (
      "account.margin=table\naccount.liquidation_fee=1 %", "account.liquidation_fee",
      "there are none"
    ),
    (
      "account.margin=table\naccount.liquidation=0s\naccount.liquidation_fee=1",
      "account.liquidation_fee", "not a percentage"
    ),
  ])
  func `a wrong liquidation says where and what`(lines: String, key: String, word: String) throws {
    let error = try #require(ConfigurationTests.error(lines))
    #expect(error.key == key)
    #expect(error.description.contains(word), "\(error)")
  }
}
