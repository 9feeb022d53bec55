import Books
import Events
import Scenarios
import Testing

@testable import Trading

/// Limits that change in a run: who may, from when on, and what stays counted.
@Suite struct LimitChangeTests {
  static func change(
    _ key: String, _ value: String, by author: String = "ann", after delay: Int64 = 0,
    from stage: borrowing Stage
  ) -> Observation {
    let effective = delay == 0 ? Instant.epoch : stage.time.advanced(by: delay)
    return .limitChange(
      LimitChange(
        key: "risk.\(key)", value: value, author: author, reason: "test", effective: effective))
  }

  static func rule(_ decisions: [Decision]) -> Rule? {
    RiskControlsTests.refusal(decisions)?.rule
  }

  @Test func `a changed limit holds from its entry on`() {
    var stage = RiskControlsTests.stage("order.max_quantity=5")
    #expect(Self.rule(stage.tell("buy 6", to: "a")) == .orderMaxQuantity)
    let made = stage.step(Self.change("order.max_quantity", "6", from: stage))
    #expect(made.map(\.brief) == ["limit risk.order.max_quantity 6"])
    #expect(Self.rule(stage.tell("buy 6", to: "a")) == nil)
    #expect(Self.rule(stage.tell("buy 7", to: "a")) == .orderMaxQuantity)
    stage.step(Self.change("order.max_quantity", "", from: stage))
    #expect(Self.rule(stage.tell("buy 7", to: "a")) == nil)
  }

  @Test func `a limit for later holds when its time has come, and wakes the engine`() {
    var stage = RiskControlsTests.stage("")
    let later = Self.change("order.max_quantity", "5", after: 10_000_000, from: stage)
    #expect(stage.step(later, after: 0).isEmpty)
    #expect(stage.engine.nextWake == stage.time.advanced(by: 10_000_000))
    #expect(Self.rule(stage.tell("buy 6", to: "a", after: 9_999_999)) == nil)
    #expect(stage.step(.timer(.engine), after: 1).count == 1)
    #expect(Self.rule(stage.tell("buy 6", to: "a")) == .orderMaxQuantity)
    #expect(stage.engine.nextWake == nil)
  }

  @Test func `what was counted and what is halted stays`() {
    var stage = RiskControlsTests.stage(
      "order.max_rate=5/s\nexposure.max_gross=1000 USD\nstrategy.a.order.max_rate=9/s")
    for _ in 0..<3 { stage.tell("buy 1", to: "a") }
    stage.step(Self.change("order.max_rate", "3/s", from: stage))
    #expect(Self.rule(stage.tell("buy 1", to: "a")) == .orderMaxRate)
    stage.step(Self.change("order.max_rate", "", from: stage))
    stage.step(Self.change("strategy.a.order.max_rate", "3/s", from: stage))
    #expect(Self.rule(stage.tell("buy 1", to: "a")) == .orderMaxRate)
    #expect(Self.rule(stage.tell("buy 1", to: "b")) == nil)
    stage.step(Self.change("exposure.max_gross", "400 USD", from: stage))
    #expect(Self.rule(stage.tell("buy 1", to: "b")) == .exposureMaxGross)
    stage.step(.operatorAct(OperatorAct(act: .halt, scope: .all, subject: "x", reason: "")))
    stage.step(Self.change("exposure.max_gross", "4000 USD", from: stage))
    #expect(Self.rule(stage.tell("buy 1", to: "b")) == .engineHalted)
  }

  @Test func `the first limit that needs exposures finds what is held and open`() {
    var stage = RiskControlsTests.stage("")
    stage.tell("buy 3", to: "a")
    stage.fill(1, 3, at: 10_000)
    stage.tell("buy 1 @ 9000", to: "b")
    stage.step(Self.change("exposure.max_gross", "500 USD", from: stage))
    #expect(Self.rule(stage.tell("buy 2", to: "a")) == .exposureMaxGross)
    #expect(Self.rule(stage.tell("buy 1", to: "a")) == nil)
  }

  @Test func `limits may change after an instrument was traded of which nothing is left`() {
    var stage = RiskControlsTests.stage("exposure.max_gross=500 USD\nloss.max_day=900 USD")
    stage.tell("buy 3", to: "a")
    stage.report(1, .rejected(code: 1, text: ""))
    stage.step(Self.change("exposure.max_gross", "200 USD", from: stage))
    #expect(Self.rule(stage.tell("buy 1", to: "a")) == nil)
    #expect(Self.rule(stage.tell("buy 2", to: "a")) == .exposureMaxGross)
    stage.step(Self.change("exposure.max_gross", "", from: stage))
    stage.step(Self.change("loss.max_day", "", from: stage))
    #expect(Self.rule(stage.tell("buy 9", to: "a")) == nil)
  }

  @Test(arguments: [
    ("order.max_quantity", "many", "ann", Alert.Code.limitRefused),
    ("order.max_quantty", "5", "ann", .limitRefused),
    ("currency", "EUR", "ann", .limitRefused), ("officers", "eve", "ann", .limitRefused),
    ("strategy.zz.orders.max_open", "5", "ann", .limitRefused),
    ("order.max_quantity", "50", "eve", .actNotPermitted),
    ("order.max_quantity", "50", "", .actNotPermitted),
  ])
  func `a change that cannot be is refused with an alert and changes nothing`(
    key: String, value: String, author: String, code: Alert.Code
  ) {
    var stage = RiskControlsTests.stage("order.max_quantity=5\nofficers=ann, bob")
    let before = stage.stateBytes()
    let made = stage.step(Self.change(key, value, by: author, from: stage), after: 0)
    #expect(made.map(\.brief) == ["alert \(code.name) 0"])
    #expect(Self.rule(stage.tell("buy 6", to: "a", after: 0)) == .orderMaxQuantity)
    #expect(before.count == stage.stateBytes().count)
  }

  @Test(arguments: [
    ("eve, approved by ann", true), ("ann, approved by eve", false),
    ("ann, approved by ann", false),
    ("bob", true),
  ])
  func `of two persons the one who approves must be an officer`(author: String, isTaken: Bool) {
    var stage = RiskControlsTests.stage("order.max_quantity=5\nofficers=ann, bob")
    let made = stage.step(
      Self.change("order.max_quantity", "50", by: author, from: stage), after: 0)
    let wanted = isTaken ? "limit risk.order.max_quantity 50" : "alert act.not_permitted 0"
    #expect(made.map(\.brief) == [wanted])
  }

  @Test func `a limit can be tried without changing anything`() throws {
    let stage = RiskControlsTests.stage("order.max_quantity=5")
    let before = stage.stateBytes()
    try stage.engine.checkLimit("risk.order.max_quantity", "50")
    try stage.engine.checkLimit("risk.order.max_quantity", "")
    for (key, value) in [
      ("risk.order.max_quantity", "many"), ("risk.currency", "EUR"), ("account.cash", "1 USD"),
    ] {
      #expect(throws: ConfigurationError.self) { try stage.engine.checkLimit(key, value) }
    }
    #expect(stage.stateBytes() == before)
  }

  /// Changed keys, an order of `a` in the share that breaks one, and which change it is told of; 0: none.
  @Test(
    arguments: [
      (["order.max_quantity=5"], "buy 6", 1), (["order.max_quantity=5"], "buy 5", 0),
      (["order.max_rate=1/s", "order.max_quantity=5"], "buy 6", 2),
      (["order.max_quantity=9", "instrument.SHR.order.max_quantity=5"], "buy 6", 2),
      (["order.max_quantity=5", "instrument.XV0:SHR.orders.max_open=5"], "buy 6", 1),
      (["strategy.a.order.max_quantity=5"], "buy 6", 1),
      (["account.main.order.max_quantity=5", "order.max_quantity=50"], "buy 6", 1),
      (["exposure.max_gross=500 USD", "exposure.max_net=900 USD"], "buy 6", 1),
      (["cash.cover=traded"], "buy 60", 1), (["restricted=SHR"], "buy 1", 1),
    ] as [([String], String, Int)])
  func `a refusal names the decision that set its limit`(
    changes: [String], script: String, told: Int
  ) throws {
    var stage = RiskControlsTests.stage("")
    var sequences: [UInt64] = [0]
    for change in changes {
      let parts = change.split(separator: "=").map(String.init)
      #expect(stage.step(Self.change(parts[0], parts[1], from: stage)).count == 1)
      sequences.append(stage.sequence)
    }
    let found = RiskControlsTests.refusal(stage.tell(script, to: "a"))
    let source = found?.values.first { $0.name == Refusal.limitSource }?.value
    #expect(source.map { UInt64($0.mantissa) } ?? 0 == sequences[told])
    // The same after a restart.
    var again = Engine(catalog: [ScriptedStrategy.kind])
    try again.restoreState(stage.stateBytes())
    var restored = Stage(again, after: stage.sequence, at: stage.time)
    #expect(RiskControlsTests.refusal(restored.tell(script, to: "a")) == found)
  }

  @Test func `the limits in force say which change they are of`() {
    var stage = RiskControlsTests.stage("order.max_quantity=5\nexposure.max_gross=9 USD")
    stage.step(Self.change("order.max_quantity", "6", from: stage))
    let sequence = stage.sequence
    stage.step(Self.change("exposure.max_gross", "", from: stage))
    #expect(
      stage.engine.limitsInForce == [
        LimitSource(key: "risk.order.max_quantity", value: "6", sequence: sequence)
      ])
  }

  @Test func `changed limits, changes to come and counts are in a snapshot`() throws {
    var stage = RiskControlsTests.stage(
      "exposure.max_gross=900 USD\nloss.max_rolling=90 USD\nloss.window=1h\n"
        + "order.duplicate_window=5s\norder.period=1m\norder.period_collar=50 %")
    stage.tell("buy 3", to: "a")
    stage.fill(1, 3, at: 10_000)
    stage.step(Self.change("exposure.max_gross", "500 USD", from: stage), after: 2_000_000_000)
    stage.step(Self.change("orders.max_open", "1", after: 5_000_000_000, from: stage))
    var again = Engine(catalog: [ScriptedStrategy.kind])
    try again.restoreState(stage.stateBytes())
    var restored = Stage(again, after: stage.sequence, at: stage.time)
    #expect(restored.stateBytes() == stage.stateBytes())
    for (script, delay) in [("buy 3", 1), ("buy 2 @ 9000", 1), ("buy 2 @ 9000", 6_000_000_000)] {
      let one = stage.tell(script, to: "a", after: Int64(delay))
      #expect(one == restored.tell(script, to: "a", after: Int64(delay)))
      #expect(!one.isEmpty)
    }
    #expect(restored.stateBytes() == stage.stateBytes())
  }
}
