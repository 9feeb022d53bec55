import Events
import Scenarios
import Testing

@testable import Trading

/// Orders that algorithms work, from the intent to the end, through the engine.
@Suite struct ParentTests {
  typealias Held = HeldOrderTests

  static func stage(_ configuration: String = "") -> Stage {
    var stage = EngineTests.stage(configuration)
    stage.quote(9_990, 10_010)
    return stage
  }

  /// Lets so many seconds pass since the last entry, then wakes the engine.
  static func wait(_ stage: inout Stage, _ seconds: Int64) -> [String] {
    Held.brief(stage.step(.timer(.engine), after: seconds * 1_000_000_000))
  }

  static func print(_ size: Int64, _ price: Int64 = 10_000) -> Observation {
    .market(
      .trade(
        Trade(
          instrument: InstrumentID(0), price: Price(price), size: Quantity(size), side: .buy)))
  }

  @Test func `a parent is held and its slices go out in time`() {
    var stage = Self.stage()
    #expect(
      Held.brief(stage.tell("execute buy 100 twap 10s slices 2")) == [
        "held 1 buy 100 market", "submitted 2 buy 50 limit @ 10010",
      ])
    let start = stage.time
    stage.accept(2)
    #expect(Held.brief(stage.fill(2, 50, at: 10_010)) == [])
    #expect(stage.engine.market.orders[OrderID(1)]?.filled == Quantity(50))
    #expect(stage.engine.nextWake == start.advanced(by: 5_000_000_000))
    #expect(Self.wait(&stage, 4) == [])
    #expect(Self.wait(&stage, 1) == ["submitted 3 buy 50 limit @ 10010"])
    #expect(Held.brief(stage.fill(3, 50, at: 10_012)) == ["ended 1 completed"])
    #expect(stage.engine.market.orders[OrderID(1)]?.state == .filled)
    #expect(stage.engine.market.orders.open.isEmpty)
    #expect(stage.engine.nextWake == nil)
    // The strategy hears of fills, not of ends of what it did not send.
    #expect(
      EngineTests.calls(stage).filter { !$0.hasPrefix("quote") } == ["fill 2 50", "fill 3 50"])
  }

  @Test func `a child says why, and goes back to what woke its parent`() {
    var stage = Self.stage()
    stage.tell("execute sell 10 @ 9980 twap 10s slices 2")
    let intents = stage.entries.filter { $0.event.kind == .intent }
    guard intents.count == 2, case .decision(.intent(let child)) = intents[1].event else {
      Issue.record("two intents")
      return
    }
    #expect(child.terms.parent == OrderID(1))
    #expect(child.price == Price(9_990))
    #expect(child.timeInForce == .immediateOrCancel)
    #expect(child.reason.text == "twap slice 1 of 2: takes what is due")
    let held = stage.entries.first { $0.event.kind == .held }
    #expect(intents[1].header.cause == held?.header.sequence)
    #expect(stage.engine.tally.derived == 1)
    #expect(stage.engine.tally.children == 1)
  }

  @Test(arguments: [
    ("cancel 1", "strategy"), ("operator", "operator"), ("halt", "halt"),
    ("halt strategy", "halt"),
  ])
  func `a parent ends when its children have`(_ how: String, _ cause: String) {
    var stage = Self.stage()
    stage.tell("execute buy 10 @ 10000 twap 10s slices 1 style 1")
    stage.accept(2)
    let stopped =
      switch how {
      case "operator": stage.step(Self.act(.cancel, Scope(.order, 1)))
      case "halt": stage.step(Self.act(.halt, .all))
      case "halt strategy": stage.step(Self.act(.halt, Scope(.strategy, 0)))
      default: stage.tell(how)
      }
    let cancels = Held.brief(stopped).filter { $0.hasPrefix("cancel 2") }
    #expect(cancels.count == 1)
    #expect(stage.engine.market.orders[OrderID(1)]?.state == .held)
    // Nothing of it counts as open any more but the child.
    #expect(stage.engine.market.working[0].buy == 10)
    stage.fill(2, 4, at: 9_990)
    #expect(
      Held.brief(stage.report(2, .cancelled(.requested, text: ""))) == ["ended 1 \(cause)"])
    #expect(stage.engine.market.orders[OrderID(1)]?.filled == Quantity(4))
    #expect(EngineTests.calls(stage).last == "end 1 cancelled")
    #expect(stage.engine.executions.live.isEmpty)
  }

  private static func act(_ act: OperatorAct.Act, _ scope: Scope) -> Observation {
    .operatorAct(OperatorAct(act: act, scope: scope, subject: "op", reason: "test"))
  }

  @Test func `a parent and its children count once against the position`() {
    var stage = Self.stage("risk.position.max_quantity=100")
    stage.tell("execute buy 100 twap 10s slices 2")
    #expect(stage.engine.market.working[0].buy == 100)
    #expect(stage.engine.market.committed(InstrumentID(0)) == Quantity(100))
    #expect(Held.brief(stage.tell("buy 1")) == ["refused position.max_quantity 101 100"])
    stage.fill(2, 50, at: 10_010)
    #expect(stage.engine.market.working[0].buy == 50)
    #expect(Self.wait(&stage, 5) == ["submitted 3 buy 50 limit @ 10010"])
    #expect(stage.engine.market.working[0].buy == 50)
    #expect(stage.engine.market.committed(InstrumentID(0)) == Quantity(100))
  }

  @Test func `a child that the gate refuses is asked for again after a pause`() {
    var stage = Self.stage("risk.order.price_collar=1 %")
    #expect(
      Held.brief(stage.tell("execute buy 10 @ 10050 twap 20s slices 1 pause 5")) == [
        "held 1 buy 10 limit @ 10050", "submitted 2 buy 10 limit @ 10010",
      ])
    stage.report(2, .rejected(code: 99, text: "not now"))
    #expect(stage.engine.market.working[0].buy == 10)
    #expect(Self.wait(&stage, 4) == [])
    stage.step(Self.act(.halt, Scope(.instrument, 0)))
    #expect(stage.engine.executions.live.isEmpty)
  }

  @Test func `what was refused counts for the parent again`() {
    var stage = Self.stage("risk.order.max_quantity=60")
    let made = Held.brief(stage.tell("execute buy 60 twap 10s slices 1; buy 61"))
    #expect(
      made == [
        "held 1 buy 60 market", "refused order.max_quantity 61 60",
        "submitted 2 buy 60 limit @ 10010",
      ])
    // One second leg beyond the limit is refused again and again, and the pair says that it is not hedged.
    var pair = Self.stage("risk.instrument.TWO.order.max_quantity=5")
    pair.step(.instrument(.share(1, "TWO")))
    pair.quote(4_990, 5_010, InstrumentID(1))
    pair.tell("execute buy 10 pairs 60s instrument 1 ratio 1")
    let filled = Held.brief(pair.fill(2, 10, at: 10_010))
    #expect(filled == ["refused order.max_quantity 10 5"])
    var ended: [String] = []
    for _ in 0..<20 where ended.isEmpty {
      ended = Self.wait(&pair, 6).filter { !$0.hasPrefix("refused") }
    }
    #expect(ended == ["alert execution.unhedged 1", "ended 1 completed"])
  }

  @Test(arguments: [
    "execute buy 10 stop 9900 twap 10s slices 2", "execute buy 10 twap 10s",
    "execute buy 10 pov 10s",
    "execute buy 10 pairs 10s instrument 9 ratio 1", "execute buy 10 @ 10 show 5 twap 10s slices 1",
    "execute buy 10 twap 10s slices 2 colour 3",
  ])
  func `a plan that cannot be worked is refused`(_ script: String) {
    var stage = Self.stage()
    #expect(Held.brief(stage.tell(script)) == ["refused order.invalid"])
    #expect(stage.engine.market.orders.lastID == .none)
  }

  @Test func `only its algorithm changes a parent and its children`() {
    var stage = Self.stage()
    stage.tell("execute buy 10 @ 10000 twap 10s slices 1 style 1")
    stage.accept(2)
    #expect(
      Held.brief(stage.tell("replace 1 20 @ 10000; replace 2 5 @ 9990")) == [
        "refused order.not_cancellable", "refused order.not_cancellable",
      ])
  }

  @Test func `a share of the volume follows the prints`() {
    var stage = Self.stage()
    #expect(
      Held.brief(stage.tell("execute buy 100 pov 60s rate 0.1")) == ["held 1 buy 100 market"])
    #expect(Held.brief(stage.step(Self.print(9))) == [])
    #expect(Held.brief(stage.step(Self.print(11))) == ["submitted 2 buy 2 limit @ 10010"])
    // Bars do not count where there are prints.
    stage.fill(2, 2, at: 10_010)
    #expect(Held.brief(stage.step(Self.bar(1_000))) == [])
  }

  @Test func `without prints it follows the bars`() {
    var stage = Self.stage()
    stage.tell("execute buy 100 pov 60s rate 0.1")
    #expect(Held.brief(stage.step(Self.bar(50))).count == 1)
  }

  private static func bar(_ volume: Int64) -> Observation {
    let price = Price(10_000)
    return .market(
      .bar(
        Bar(
          instrument: InstrumentID(0), side: .none, interval: 60_000_000_000, open: price,
          high: price, low: price, close: price, volume: Quantity(volume))))
  }

  @Test func `an execution taken back is sent for again`() {
    var stage = Self.stage()
    stage.tell("execute buy 10 twap 60s slices 1")
    stage.fill(2, 4, at: 10_010, id: 70)
    #expect(stage.engine.market.orders[OrderID(1)]?.filled == Quantity(4))
    stage.report(
      2,
      .corrected(
        Fill(
          id: 70, price: Price(10_010), quantity: Quantity(3), fee: .zero, feeCurrency: "USD",
          liquidity: .taker), text: ""))
    #expect(stage.engine.market.orders[OrderID(1)]?.filled == Quantity(3))
    stage.report(2, .cancelled(.immediate, text: ""))
    #expect(Self.wait(&stage, 7) == ["submitted 3 buy 7 limit @ 10010"])
    #expect(Held.brief(stage.report(2, .busted(fill: 70, text: ""))) == ["alert report.busted 2"])
    #expect(stage.engine.market.orders[OrderID(1)]?.filled == .zero)
    stage.fill(3, 7, at: 10_010)
    #expect(Self.wait(&stage, 1) == [])
    #expect(stage.engine.executions[OrderID(1)]?.remaining == Quantity(3))
  }

  @Test func `a fill after the parent ended still counts as the parent's`() {
    var stage = Self.stage()
    stage.tell("execute buy 10 @ 10000 twap 10s slices 1 style 1")
    stage.accept(2)
    stage.tell("cancel 1")
    stage.report(2, .cancelled(.requested, text: ""))
    stage.fill(2, 3, at: 10_000)
    #expect(stage.engine.market.orders[OrderID(1)]?.filled == Quantity(3))
    #expect(stage.engine.market.orders[OrderID(1)]?.state == .cancelled)
  }

  @Test func `a cancel that the venue refuses is asked for again`() {
    var stage = Self.stage()
    stage.tell("execute buy 10 @ 10000 twap 10s slices 1 style 1 pause 2")
    stage.accept(2)
    #expect(Held.brief(stage.tell("cancel 1")) == ["cancel 2 algorithm"])
    #expect(Held.brief(stage.report(2, .requestRejected(.cancel, code: 99, text: ""))) == [])
    #expect(Self.wait(&stage, 2) == ["cancel 2 algorithm"])
  }

  @Test func `an iceberg that the venue does not know is shown part by part`() {
    var stage = Self.stage("orders.native=gtd")
    #expect(
      Held.brief(stage.tell("buy 100 @ 9990 show 40")) == [
        "held 1 buy 100 limit @ 9990", "submitted 2 buy 40 limit @ 9990",
      ])
    stage.accept(2)
    #expect(Held.brief(stage.fill(2, 40, at: 9_990)) == ["submitted 3 buy 40 limit @ 9990"])
    #expect(Held.brief(stage.fill(3, 40, at: 9_990)) == ["submitted 4 buy 20 limit @ 9990"])
    #expect(Held.brief(stage.fill(4, 20, at: 9_990)) == ["ended 1 completed"])
    // Where the venue knows it, it is the venue's.
    var native = Self.stage()
    #expect(
      Held.brief(native.tell("buy 100 @ 9990 show 40")) == ["submitted 1 buy 100 limit @ 9990"])
  }

  @Test func `a day's parent ends with the session`() {
    var stage = Self.stage("orders.native=none")
    stage.tell("buy 100 @ 9990 show 40 day")
    stage.accept(2)
    let status = StatusChange(instrument: InstrumentID(0), status: .closed)
    #expect(Held.brief(stage.step(.market(.status(status)))) == ["cancel 2 algorithm"])
    #expect(Held.brief(stage.report(2, .cancelled(.requested, text: ""))) == ["ended 1 expired"])
  }

  @Test func `a state in the middle of a parent goes on as the engine would have`() throws {
    var stage = Self.stage()
    stage.tell("execute buy 100 twap 10s slices 2 style 1")
    stage.accept(2)
    stage.fill(2, 20, at: 9_990)
    var other = Engine(catalog: [ScriptedStrategy.kind])
    try other.restoreState(stage.stateBytes())
    var copy = Stage(other, after: stage.sequence, at: stage.time)
    #expect(copy.stateBytes() == stage.stateBytes())
    #expect(copy.engine.nextWake == stage.engine.nextWake)
    #expect(copy.engine.market.working == stage.engine.market.working)
    for seconds in [4, 1, 3, 3] as [Int64] {
      #expect(Self.wait(&copy, seconds) == Self.wait(&stage, seconds))
    }
    #expect(copy.stateBytes() == stage.stateBytes())
  }
}
