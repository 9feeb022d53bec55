import Books
import Events
import Scenarios
import Testing

@testable import Trading

/// Circuit breakers: what trips each, at which value, what they forbid, and how they are released.
@Suite struct BreakerTests {
  typealias Play = RiskControlsTests

  struct Case: Sendable {
    var breaker: String
    var lines: [String]
    /// The state after each line, or nil if nothing changed.
    var states: [BreakerChange.State?]

    init(_ breaker: String, _ steps: [(String, BreakerChange.State?)]) {
      self.breaker = breaker
      lines = steps.map(\.0)
      states = steps.map(\.1)
    }
  }

  static let cases: [Case] = [
    Case(
      "watch=price-move\ninstruments=SHR\nwindow=10s\nreduce_at=2 %\nhalt_at=5 %",
      [
        ("quote 0 10200 10200", nil), ("quote 0 10201 10201", .reducing),
        ("quote 0 10500 10500", nil), ("quote 0 10501 10501", .halted),
        ("quote 0 10000 10000", nil),
      ]),
    Case(
      "watch=price-move\ninstruments=SHR\nwindow=10s\nhalt_at=2 %",
      [("quote 0 9801 9801", nil), ("quote 0 9799 9799", .halted)]),
    // What is older than the window is forgotten.
    Case(
      "watch=price-move\ninstruments=SHR\nwindow=10s\nhalt_at=2 %",
      [("wait 11000000000", nil), ("quote 0 10100 10100", nil), ("quote 0 10300 10300", nil)]),
    Case(
      "watch=volatility\ninstruments=SHR\nwindow=16s\nhalt_at=1.5 %",
      [
        ("wait 1000000000", nil), ("quote 0 10100 10100", nil), ("wait 1000000000", nil),
        ("quote 0 10000 10000", nil), ("wait 1000000000", nil), ("quote 0 10100 10100", .halted),
      ]),
    Case(
      "watch=spread\ninstruments=SHR\nreduce_at=2 %",
      [("quote 0 9900 10100", nil), ("quote 0 9900 10101", .reducing)]),
    Case(
      "watch=staleness\ninstruments=SHR\nreduce_at=5s\nhalt_at=10s",
      [
        ("quote 0 9950 10050", nil), ("wait 5000000000", nil), ("wait 1", .reducing),
        ("wait 4999999999", nil), ("wait 1", .halted),
      ]),
    Case(
      "watch=rejects\nhalt_at=1\nwindow=10s",
      [
        ("a 0 buy 1", nil), ("b 0 buy 1", nil), ("a 0 buy 1", nil), ("reject 1", nil),
        ("wait 10000000000", nil), ("reject 2", nil), ("reject 3", .halted),
      ]),
    Case(
      "watch=rejects\nhalt_at=0\nwindow=10s\nstrategies=b",
      [("a 0 buy 1", nil), ("b 0 buy 1", nil), ("reject 1", nil), ("reject 2", .halted)]),
    Case(
      "watch=fill-price\nhalt_at=3 %",
      [
        ("a 0 buy 1", nil), ("a 0 buy 1", nil), ("fill 1 1 10300", nil),
        ("fill 2 1 10301", .halted),
      ]),
    // A fill that no order was open for.
    Case(
      "watch=fill-price\nhalt_at=3 %",
      [("a 0 buy 1", nil), ("fill 1 1 10000", nil), ("fill 1 1 10000", .halted)]),
    Case(
      "watch=executions\nhalt_at=2\nwindow=1m\nstrategies=a",
      [
        ("a 0 buy 9", nil), ("b 0 buy 9", nil), ("fill 1 1 10000", nil), ("fill 2 1 10000", nil),
        ("fill 1 1 10000", nil), ("fill 1 1 10000", .halted),
      ]),
    Case(
      "watch=signal-rate\ninstruments=FUT\nhalt_at=1\nwindow=1s",
      [("a 1 buy 1", nil), ("a 0 buy 1", nil), ("a 1 buy 1", .halted)]),
    Case(
      "watch=loss\nreduce_at=50 %\nhalt_at=100 %",
      [
        ("a 0 buy 10", nil), ("fill 1 10 10000", nil), ("quote 0 9950 9950", nil),
        ("wait 1000000000", nil), ("quote 0 9949 9949", nil), ("wait 1000000000", .reducing),
        ("quote 0 9000 9000", nil), ("wait 1000000000", .halted),
      ]),
    Case(
      "watch=exposure\nreduce_at=100 %",
      [
        ("a 0 buy 10", nil), ("fill 1 10 10000", nil), ("quote 0 10001 10001", nil),
        ("wait 1000000000", .reducing),
      ]),
  ]

  static func stage(_ breaker: String) -> Stage {
    Play.stage(
      "loss.max_day=10 USD\nexposure.max_gross=1000 USD\n"
        + breaker.split(separator: "\n").map { "breaker.x.\($0)" }.joined(separator: "\n"))
  }

  static func change(_ decisions: [Decision]) -> BreakerChange? {
    for case .breakerChanged(let change) in decisions { return change }
    return nil
  }

  @Test(arguments: cases)
  func `a breaker trips just beyond its thresholds`(one: Case) {
    var stage = Self.stage(one.breaker)
    for (line, state) in zip(one.lines, one.states) {
      #expect(Self.change(Play.play(line, &stage))?.state == state, "\(line)")
    }
  }

  @Test func `a change names what it saw, the threshold and whose data`() throws {
    var stage = Self.stage("watch=spread\ninstruments=SHR\nhalt_at=2 %")
    let change = try #require(Self.change(stage.quote(9900, 10_110)))
    #expect(change.breaker == "x" && change.watch == .spread && change.reason == "tripped")
    #expect(change.scope == Scope(.instrument, 0) && change.instrument == InstrumentID(0))
    #expect(change.value == 20_989 && change.limit == 20_000 && change.scale == 4)
    #expect(change.unit == "%")
  }

  @Test func `while reducing, only what brings a position nearer to zero passes`() {
    var stage = Self.stage("watch=spread\ninstruments=SHR\nreduce_at=2 %")
    _ = Play.play("a 0 buy 5", &stage)
    _ = Play.play("fill 1 5 10000", &stage)
    _ = Play.play("a 0 buy 1 @ 9000", &stage)
    _ = Play.play("a 0 sell 1 @ 11000", &stage)
    // What adds to the position is cancelled, what reduces it may stay.
    #expect(
      stage.quote(9000, 11_000).map(\.brief) == ["breaker x reducing", "cancel 2 halt"])
    #expect(Play.refusal(Play.play("a 0 buy 1", &stage))?.rule == .scopeReducing)
    #expect(Play.refusal(Play.play("a 0 buy 1", &stage))?.context == "breaker x")
    #expect(Play.refusal(Play.play("a 0 sell 5", &stage))?.rule == .scopeReducing)
    #expect(Play.refusal(Play.play("a 0 sell 4", &stage)) == nil)
    #expect(Play.refusal(Play.play("b 0 sell 1", &stage))?.rule == .scopeReducing)
    #expect(Play.refusal(Play.play("a 1 buy 0", &stage))?.rule == .orderInvalid)
  }

  @Test func `what is halted is cancelled and stays so until somebody who may releases it`() {
    var stage = Play.stage(
      "officers=ann\nbreaker.x.watch=spread\nbreaker.x.instruments=SHR\nbreaker.x.halt_at=2 %")
    _ = Play.play("a 0 buy 1 @ 9000", &stage)
    _ = Play.play("a 1 buy 1 @ 9000", &stage)
    #expect(stage.quote(9000, 11_000).map(\.brief) == ["breaker x halted", "cancel 1 halt"])
    #expect(Play.refusal(Play.play("a 0 buy 1", &stage))?.rule == .engineHalted)
    #expect(Play.refusal(Play.play("a 1 buy 1", &stage)) == nil)
    stage.quote(9999, 10_001)
    #expect(Play.refusal(Play.play("a 0 buy 1", &stage))?.rule == .engineHalted)
    func enable(_ subject: String, _ scope: Scope) -> Observation {
      .operatorAct(OperatorAct(act: .enable, scope: scope, subject: subject, reason: "calm"))
    }
    #expect(
      stage.step(enable("eve", .all)).map(\.brief) == ["alert act.not_permitted 0"])
    #expect(stage.step(enable("ann", Scope(.instrument, 1))).isEmpty)
    #expect(
      stage.step(enable("ann", Scope(.instrument, 0))).map(\.brief) == ["breaker x active"])
    #expect(Play.refusal(Play.play("a 0 buy 1", &stage)) == nil)
    // It trips again.
    #expect(Self.change(stage.quote(9000, 11_000))?.state == .halted)
  }

  @Test func `a breaker that releases itself does so by time, and wakes the engine for it`() {
    var stage = Self.stage("watch=spread\ninstruments=SHR\nhalt_at=2 %\nrelease=10s")
    stage.quote(9000, 11_000)
    #expect(stage.engine.nextWake == stage.time.advanced(by: 10 * Nanoseconds.second))
    #expect(stage.step(.timer(.engine), after: 10 * Nanoseconds.second - 1).isEmpty)
    let change = Self.change(stage.step(.timer(.engine), after: 1))
    #expect(change?.state == .active && change?.reason.contains("released after 10") == true)
    #expect(stage.engine.nextWake == nil)
    #expect(Play.refusal(Play.play("a 0 buy 1", &stage)) == nil)
  }

  @Test func `silence of a market that is closed trips nothing`() {
    var stage = Self.stage("watch=staleness\ninstruments=SHR\nhalt_at=5s")
    stage.quote(9950, 10_050)
    stage.step(
      .market(.status(StatusChange(instrument: InstrumentID(0), status: .closed))))
    #expect(stage.step(.timer(.engine), after: 6 * Nanoseconds.second).isEmpty)
    stage.step(
      .market(.status(StatusChange(instrument: InstrumentID(0), status: .trading))))
    #expect(Self.change(stage.step(.timer(.engine), after: 11 * Nanoseconds.second)) != nil)
  }

  @Test func `breakers are latched over a restart and a change of limits`() throws {
    var stage = Self.stage(
      "watch=price-move\ninstruments=SHR\nwindow=10s\nreduce_at=2 %\nhalt_at=5 %\nrelease=1h")
    stage.quote(10_300, 10_300)
    var again = Engine(catalog: [ScriptedStrategy.kind])
    try again.restoreState(stage.stateBytes())
    var restored = Stage(again, after: stage.sequence, at: stage.time)
    #expect(restored.stateBytes() == stage.stateBytes())
    for line in ["a 0 buy 1", "quote 0 10600 10600", "a 0 buy 1", "wait 3600000000000"] {
      let first = Play.play(line, &stage)
      #expect(first == Play.play(line, &restored), "\(line)")
    }
    #expect(restored.stateBytes() == stage.stateBytes())
    stage.quote(11_300, 11_300)
    stage.quote(10_300, 10_300)
    stage.step(LimitChangeTests.change("orders.max_open", "5", from: stage))
    #expect(Play.refusal(Play.play("a 0 buy 1", &stage))?.rule == .engineHalted)
  }

  @Test(arguments: [
    ("watch=panic", "none of price-move"), ("halt_at=2 %", "watch"),
    ("watch=spread\ninstruments=SHR", "halt_at"),
    ("watch=spread\nhalt_at=2 %", "instruments"),
    ("watch=spread\ninstruments=SHR\nhalt_at=2", "percentage"),
    ("watch=spread\ninstruments=SHR\nhalt_at=2 %\nwindow=1s", "means nothing"),
    ("watch=rejects\nhalt_at=2", "window"),
    ("watch=rejects\nhalt_at=2\nwindow=1s\nstrategies=zz", "not a strategy"),
    ("watch=rejects\nhalt_at=2\nreduce_at=2\nwindow=1s", "not below halt_at"),
    ("watch=rejects\nhalt_at=2\nwindow=1s\nrelease=soon", "neither manual"),
    ("watch=loss\nhalt_at=50 %", "loss.max_day"),
    ("watch=exposure\nhalt_at=50 %\nstrategies=a", "risk.strategy.a.exposure.max_gross"),
    ("watch=rejects\nhalt_at=2\nwindow=1s\ninstruments=SHR\nstrategies=a", "exclude"),
    ("watch=rejects\nhalt_at=2\nwindow=1s\nhalt_ad=3", "did you mean `halt_at`?"),
  ])
  func `what a breaker cannot be is told with its key`(breaker: String, words: String) {
    let lines = breaker.split(separator: "\n").map { "risk.breaker.x.\($0)" }
      .joined(separator: "\n")
    let items = ConfigurationItems(
      lines: lines + "\nstrategy.a.kind=scripted\nstrategy.a.instruments=SHR")
    let error = #expect(throws: ConfigurationError.self) {
      try Engine.check(items, catalog: [ScriptedStrategy.kind])
    }
    #expect("\(error.map { "\($0)" } ?? "")".contains(words), "\(error?.description ?? "–")")
  }
}
