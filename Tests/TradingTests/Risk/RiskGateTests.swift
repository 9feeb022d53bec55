import Books
import Events
import Scenarios
import Testing

@testable import Trading

/// Every rule at, just under and just over its limit, through the engine.
@Suite struct RiskGateTests {
  static let share = InstrumentID(0)

  /// A share quoted 99.50 to 100.50, a future, a coin, and one scripted strategy on each of them.
  static func stage(_ risk: String = "", strategies: [String] = ["a"]) -> Stage {
    var stage = Stage()
    stage.step(.instrument(.share(0, "SHR")))
    let tables = strategies.map {
      "strategy.\($0).kind=scripted\nstrategy.\($0).instruments=SHR,FUT,COIN\nstrategy.\($0).name=\($0)"
    }
    let lines = (["account.cash=1000000 USD", risk] + tables).joined(separator: "\n")
    #expect(stage.step(.configuration(ConfigurationItems(lines: lines))).isEmpty)
    stage.step(.instrument(.future(1, "FUT")))
    stage.step(.instrument(.coin(2, "COIN")))
    stage.quote(9950, 10050)
    return stage
  }

  /// The rule by which the last decision refuses, or nil.
  static func rule(_ decisions: [Decision]) -> Rule? {
    if case .refused(let refusal) = decisions.last { return refusal.rule }
    return nil
  }

  @Test(
    arguments: [
      ("order.max_quantity=100", "buy 99", nil),
      ("order.max_quantity=100", "buy 100", nil),
      ("order.max_quantity=100", "buy 101", .orderMaxQuantity),
      ("order.max_quantity=100", "sell 101 @ 10000", .orderMaxQuantity),
      ("order.max_quantity=0", "buy 1", .orderMaxQuantity),
      ("order.max_quantity=100.9", "buy 101", .orderMaxQuantity),
      // A market buy is worth the ask, a market sell the bid, a limit order its limit.
      ("order.max_notional=1005 USD", "buy 10", nil),
      ("order.max_notional=1004.99 USD", "buy 10", .orderMaxNotional),
      ("order.max_notional=995 USD", "sell 10", nil),
      ("order.max_notional=994.99 USD", "sell 10", .orderMaxNotional),
      ("order.max_notional=900 USD", "buy 10 @ 9000", nil),
      ("order.max_notional=900 USD", "buy 10 @ 9001", .orderMaxNotional),
      ("order.max_notional=1 EUR", "buy 10", .orderLimitCurrency),
      ("position.max_quantity=100", "buy 100", nil),
      ("position.max_quantity=100", "buy 101", .positionMaxQuantity),
      ("position.max_quantity=100", "sell 100", nil),
      ("position.max_quantity=100", "sell 101", .positionMaxQuantity),
      // 1 % beyond the opposite best price: 100.50 + 1.005, 99.50 − 0.995; less is cut off.
      ("order.price_collar=1 %", "buy 1 @ 10150", nil),
      ("order.price_collar=1 %", "buy 1 @ 10151", .orderPriceCollar),
      ("order.price_collar=1 %", "buy 1 @ 1", nil),
      ("order.price_collar=1 %", "sell 1 @ 9851", nil),
      ("order.price_collar=1 %", "sell 1 @ 9850", .orderPriceCollar),
      ("order.price_collar=1 %", "sell 1 @ 99999", nil),
      ("order.price_collar=0 %", "buy 1 @ 10050", nil),
      ("order.price_collar=0 %", "buy 1 @ 10051", .orderPriceCollar),
      ("order.price_collar=1 %", "buy 1", nil),
      ("", "buy 0", .orderInvalid), ("", "buy -5", .orderInvalid),
      ("", "buy 2305843009213693952", nil), ("", "buy 2305843009213693953", .orderInvalid),
      ("", "buy 1 @ -9223372036854775808", .orderInvalid),
      ("", "buy 1 @ 2305843009213693953", .orderInvalid), ("", "buy 1 @ -100", nil),
      ("", "buy 1 @ 100 none", .orderInvalid),
      ("instrument.SHR.order.max_quantity=5\nrisk.order.max_quantity=1", "buy 5", nil),
      ("instrument.SHR.order.max_quantity=5", "buy 6", .orderMaxQuantity),
      ("instrument.FUT.order.max_quantity=5", "buy 6", nil),
      ("instrument.XV0:SHR.order.max_quantity=5", "buy 6", .orderMaxQuantity),
      ("instrument.XV0:SHR.position.max_quantity=5", "buy 6", .positionMaxQuantity),
      // A special limit in another currency does not switch the general one off.
      (
        "instrument.SHR.order.max_notional=1 EUR\nrisk.order.max_notional=100 USD", "buy 1",
        .orderMaxNotional
      ),
    ] as [(String, String, Rule?)])
  func `a rule binds just over its limit`(risk: String, order: String, expected: Rule?) {
    var stage = Self.stage(risk.isEmpty ? "" : "risk.\(risk)")
    let decisions = stage.tell(order)
    #expect(Self.rule(decisions) == expected)
    #expect(decisions.count == 2)
    if expected == nil, case .submitted = decisions[1] { return }
    #expect(expected != nil)
  }

  @Test func `a refusal names value, limit, scale and unit`() {
    func refusal(_ risk: String, _ order: String, _ id: UInt16 = 0) -> Refusal? {
      var stage = Self.stage(risk)
      guard case .refused(let refusal) = stage.tell(order, InstrumentID(id)).last else {
        return nil
      }
      return refusal
    }
    let quantity = refusal("risk.order.max_quantity=0.5", "buy 50100", 2)
    #expect(quantity?.value == 50_100 && quantity?.limit == 50_000 && quantity?.scale == 5)
    let notional = refusal("risk.order.max_notional=1000 USD", "sell 11 @ 10000")
    #expect(notional?.value == 1100 * Money.one && notional?.limit == 1000 * Money.one)
    #expect(notional?.scale == 12 && notional?.unit == "USD")
    let collar = refusal("risk.order.price_collar=1 %", "buy 1 @ 10200")
    #expect(collar?.value == 10_200 && collar?.limit == 10_150 && collar?.scale == 2)
    #expect(collar?.price == Price(10_200) && collar?.side == .buy)
    let position = refusal("risk.position.max_quantity=7", "sell 9")
    #expect(position?.value == 9 && position?.limit == 7)
  }

  @Test(
    arguments: [
      (UInt16(1), "buy 1 @ 10010", Rule.orderInvalid), (1, "buy 1 @ 10025", nil),
      (2, "buy 150", .orderInvalid), (2, "buy 200", nil), (9, "buy 1", .instrumentUnknown),
      (65_535, "buy 1", .instrumentUnknown),
    ] as [(UInt16, String, Rule?)])
  func `prices are on the tick, quantities whole lots, instruments known`(
    id: UInt16, order: String, expected: Rule?
  ) throws {
    var stage = Self.stage()
    // Signals of unknown instruments reach nobody, so the script goes by the share's.
    let intent = ScriptedStrategy.intent(order, InstrumentID(id))
    guard case .order(let request, _) = intent else { return }
    let verdict = stage.engine.gate.judge(request, by: StrategyID(0), in: stage.engine.market)
    switch verdict {
    case .passed: #expect(expected == nil)
    case .refused(let refusal): #expect(refusal.rule == expected)
    }
    stage.step(.runStopped(RunStop(why: .finished)))
  }

  @Test(arguments: TradingStatus.allCases) func `only a trading instrument is traded`(
    status: TradingStatus
  ) {
    var stage = Self.stage()
    stage.step(.market(.status(StatusChange(instrument: Self.share, status: status))))
    let rule = Self.rule(stage.tell("buy 1"))
    #expect(rule == (status == .trading ? nil : .instrumentNotTrading))
  }

  @Test(
    arguments: [
      ("risk.order.max_notional=1 USD", "buy 1", Rule.orderNoReferencePrice),
      ("risk.order.price_collar=1 %", "buy 1 @ 100", .orderNoReferencePrice),
      ("risk.order.max_notional=100 USD", "buy 1 @ 100", nil), ("", "buy 1", nil),
    ] as [(String, String, Rule?)])
  func `a rule that needs a price refuses without one`(risk: String, order: String, expected: Rule?)
  {
    var stage = Self.stage(risk)
    #expect(Self.rule(stage.tell(order, InstrumentID(1))) == expected)
  }

  @Test func `an empty side is replaced by the mark`() {
    var stage = Self.stage("risk.order.price_collar=1 %")
    stage.step(
      .market(
        .trade(
          Trade(instrument: Self.share, price: Price(20_000), size: Quantity(1), side: .buy))))
    stage.quote(9950, Price.none.raw, sizes: (1, 0))
    #expect(Self.rule(stage.tell("buy 1 @ 20200")) == nil)
    #expect(Self.rule(stage.tell("buy 1 @ 20201")) == .orderPriceCollar)
  }

  @Test func `open and in-flight orders count towards the position`() {
    var stage = Self.stage("risk.position.max_quantity=100")
    #expect(Self.rule(stage.tell("buy 60 @ 9900")) == nil)
    #expect(Self.rule(stage.tell("buy 41 @ 9900")) == .positionMaxQuantity)
    #expect(Self.rule(stage.tell("buy 40 @ 9900")) == nil)
    // The other side has its own room.
    #expect(Self.rule(stage.tell("sell 100 @ 10100")) == nil)
    #expect(Self.rule(stage.tell("sell 1 @ 10100")) == .positionMaxQuantity)
    stage.accept(1)
    stage.fill(1, 60, at: 9900)
    // Held 60, 40 working: nothing more to buy, but 60 more to sell.
    #expect(Self.rule(stage.tell("buy 1")) == .positionMaxQuantity)
    #expect(Self.rule(stage.tell("sell 60")) == nil)
    #expect(Self.rule(stage.tell("sell 1")) == .positionMaxQuantity)
    stage.accept(2)
    stage.report(2, .cancelled(.venue, text: ""))
    #expect(Self.rule(stage.tell("buy 41")) == .positionMaxQuantity)
    #expect(Self.rule(stage.tell("buy 40")) == nil)
    stage.report(5, .rejected(code: 1, text: ""))
  }

  @Test func `a replacement counts as what it adds, the larger total while under way`() {
    var stage = Self.stage("risk.position.max_quantity=100")
    stage.tell("buy 50 @ 9900")
    stage.accept(1)
    stage.fill(1, 20, at: 9900)
    #expect(Self.rule(stage.tell("replace 1 101 @ 9900")) == .positionMaxQuantity)
    #expect(Self.rule(stage.tell("replace 1 20 @ 9900")) == .orderInvalid)
    #expect(Self.rule(stage.tell("replace 1 100 @ 9900")) == nil)
    #expect(Self.rule(stage.tell("replace 1 60 @ 9900")) == .orderNotCancellable)
    #expect(Self.rule(stage.tell("buy 1")) == .positionMaxQuantity)
    stage.report(1, .requestRejected(.replace, code: 2, text: ""))
    #expect(Self.rule(stage.tell("buy 51")) == .positionMaxQuantity)
    #expect(Self.rule(stage.tell("buy 50")) == nil)
    #expect(Self.rule(stage.tell("replace 1 30 @ 9900")) == nil)
    stage.report(1, .replaced(quantity: Quantity(30), price: Price(9900)))
    #expect(Self.rule(stage.tell("buy 21")) == .positionMaxQuantity)
    #expect(Self.rule(stage.tell("buy 20")) == nil)
  }

  @Test func `positions of all strategies count together`() {
    var stage = Self.stage("risk.position.max_quantity=100", strategies: ["a", "b"])
    stage.tell("buy 70", to: "a")
    stage.fill(1, 70, at: 10_050)
    #expect(Self.rule(stage.tell("buy 31", to: "b")) == .positionMaxQuantity)
    #expect(Self.rule(stage.tell("buy 30", to: "b")) == nil)
    #expect(Self.rule(stage.tell("sell 171", to: "b")) == .positionMaxQuantity)
  }

  @Test func `the rate counts orders and replacements of the last second`() {
    var stage = Self.stage("risk.order.max_rate=3/s")
    let second: Int64 = 1_000_000_000
    #expect(Self.rule(stage.tell("buy 1 @ 9900")) == nil)
    stage.accept(1)
    #expect(Self.rule(stage.tell("replace 1 2 @ 9900", after: 0)) == nil)
    // Refused orders and cancels do not count.
    #expect(Self.rule(stage.tell("buy 0", after: 0)) == .orderInvalid)
    #expect(Self.rule(stage.tell("cancel 1", after: 0)) == nil)
    #expect(Self.rule(stage.tell("buy 1", after: 10)) == nil)
    #expect(Self.rule(stage.tell("buy 1", after: 0)) == .orderMaxRate)
    // 1 ms passed by the acceptance: the first is out of the window a second after it was sent.
    #expect(Self.rule(stage.tell("buy 1", after: second - 1_000_000 - 11)) == .orderMaxRate)
    #expect(Self.rule(stage.tell("buy 1", after: 1)) == nil)
    #expect(Self.rule(stage.tell("buy 1", after: 0)) == .orderMaxRate)
    #expect(Self.rule(stage.tell("buy 1", after: 1_000_000)) == nil)
    #expect(Self.rule(stage.tell("buy 1", after: 0)) == .orderMaxRate)
    #expect(Self.rule(stage.tell("buy 1", after: 10)) == nil)
  }

  @Test(arguments: [
    (Scope.all, [true, true, true]), (Scope(.strategy, 0), [true, true, true]),
    (Scope(.strategy, 1), [false, false, false]), (Scope(.instrument, 0), [true, false, false]),
    (Scope(.venue, 0), [true, true, false]), (Scope(.venue, 1), [false, false, true]),
    (Scope(.order, 1), [false, false, false]),
  ])
  func `a halt binds its scope`(scope: Scope, halted: [Bool]) {
    var stage = Self.stage(strategies: ["a", "b"])
    stage.step(.operatorAct(OperatorAct(act: .halt, scope: scope, subject: "op", reason: "test")))
    #expect(stage.engine.halts == [scope])
    for (id, isHalted) in halted.enumerated() {
      let rule = Self.rule(stage.tell("buy 1000", to: "a", InstrumentID(UInt16(id))))
      #expect(rule == (isHalted ? .engineHalted : nil), "instrument \(id)")
    }
    stage.step(.operatorAct(OperatorAct(act: .resume, scope: scope, subject: "op", reason: "ok")))
    #expect(stage.engine.halts.isEmpty)
    #expect(Self.rule(stage.tell("buy 1", to: "a")) == nil)
  }

  @Test func `resuming one scope leaves the others halted, resuming all leaves none`() {
    func act(_ act: OperatorAct.Act, _ scope: Scope) -> Observation {
      .operatorAct(OperatorAct(act: act, scope: scope, subject: "op", reason: ""))
    }
    var stage = Self.stage()
    for scope in [Scope.all, Scope(.strategy, 0), Scope(.strategy, 0), Scope(.venue, 0)] {
      stage.step(act(.halt, scope))
    }
    #expect(stage.engine.halts == [.all, Scope(.strategy, 0), Scope(.venue, 0)])
    stage.step(act(.resume, Scope(.strategy, 0)))
    #expect(stage.engine.halts == [.all, Scope(.venue, 0)])
    #expect(Self.rule(stage.tell("buy 1")) == .engineHalted)
    stage.step(act(.resume, .all))
    #expect(stage.engine.halts.isEmpty)
    #expect(Self.rule(stage.tell("buy 1")) == nil)
  }

  @Test func `the first rule that is broken names itself`() {
    let all = """
      risk.order.max_quantity=10
      risk.order.max_notional=1 USD
      risk.position.max_quantity=1
      risk.order.price_collar=0 %
      risk.order.max_rate=1/s
      """
    var stage = Self.stage(all)
    // Each order mends what the one before was refused for.
    stage.step(.market(.status(StatusChange(instrument: Self.share, status: .closed))))
    stage.step(.operatorAct(OperatorAct(act: .halt, scope: .all, subject: "op", reason: "")))
    #expect(Self.rule(stage.tell("buy 0 @ 20000")) == .engineHalted)
    stage.step(.operatorAct(OperatorAct(act: .resume, scope: .all, subject: "op", reason: "")))
    #expect(Self.rule(stage.tell("buy 0 @ 20000")) == .instrumentNotTrading)
    stage.step(.market(.status(StatusChange(instrument: Self.share, status: .trading))))
    #expect(Self.rule(stage.tell("buy 0 @ 20000")) == .orderInvalid)
    #expect(Self.rule(stage.tell("buy 11 @ 20000")) == .orderMaxQuantity)
    #expect(Self.rule(stage.tell("buy 10 @ 20000")) == .orderMaxNotional)
    #expect(Self.rule(stage.tell("buy 10 @ 10")) == .positionMaxQuantity)
    #expect(Self.rule(stage.tell("sell 1 @ 100")) == .orderPriceCollar)
    #expect(Self.rule(stage.tell("buy 1 @ 100")) == nil)
    #expect(Self.rule(stage.tell("sell 1 @ 100", after: 0)) == .orderPriceCollar)
    stage.quote(100, 101)
    #expect(Self.rule(stage.tell("sell 1 @ 100", after: 0)) == .orderMaxRate)
  }

  @Test func `huge open orders do not trap the gate`() {
    var stage = Self.stage("risk.position.max_quantity=4000000000000000000")
    for _ in 0..<9 { stage.tell("buy 2305843009213693952 @ 1") }
    #expect(stage.engine.market.orders.openCount == 1)
    var free = Self.stage()
    for _ in 0..<9 { free.tell("buy 2305843009213693952 @ 1") }
    #expect(free.engine.market.orders.openCount == 9)
    #expect(Self.rule(free.tell("target -5")) == .arithmeticOverflow)
  }
}
