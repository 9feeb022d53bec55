import Events
import Scenarios
import Testing

@testable import Trading

/// What a strategy's configuration makes of its targets and orders.
@Suite struct HandlingTests {
  private typealias Held = HeldOrderTests

  private static let bracket = """
    strategy.a.bracket.take_profit=1 %
    strategy.a.bracket.stop_loss=50 ticks
    """
  private static let plan = """
    execution.slow.algorithm=twap
    execution.slow.duration=10s
    execution.slow.slices=2
    strategy.a.execution=slow
    """

  private static func stage(_ configuration: String) -> Stage {
    var stage = EngineTests.stage(configuration)
    stage.quote(9_990, 10_000)
    return stage
  }

  @Test func `a target is worked by the plan that the strategy names`() {
    var stage = Self.stage(Self.plan)
    let decisions = stage.tell("target 10")
    #expect(
      decisions.map(\.brief) == [
        "intent target", "intent execute", "held 1 buy 10 market", "intent order",
        "submitted 2 buy 5 limit @ 10000",
      ])
    // The same target again wants nothing more.
    #expect(stage.tell("target 10").isEmpty)
    #expect(Held.brief(stage.tell("buy 3 @ 9995")) == ["held 3 buy 3 limit @ 9995"])
    #expect(Held.brief(stage.tell("buy 3 stop 10100")) == ["submitted 4 buy 3 stop stop 10100"])
    #expect(stage.engine.tally.intents == 6 && stage.engine.tally.derived == 3)
  }

  @Test func `a target ends what is worked the other way before it asks for the rest`() {
    var stage = Self.stage(Self.plan)
    stage.tell("target 10")
    stage.accept(2)
    #expect(Held.brief(stage.tell("target -10")) == ["cancel 2 algorithm"])
    // Nothing goes the other way while the child may still fill, and the last target counts.
    #expect(Held.brief(stage.tell("target -9")).isEmpty)
    stage.fill(2, 3, at: 10_000)
    #expect(
      Held.brief(stage.report(2, .cancelled(.requested, text: ""))) == [
        "ended 1 strategy", "held 3 sell 12 market", "submitted 4 sell 6 limit @ 9990",
      ])
    #expect(stage.engine.awaited.isEmpty)
    // What goes its way is left alone.
    #expect(
      Held.brief(stage.tell("target -11")) == [
        "held 5 sell 2 market", "submitted 6 sell 1 limit @ 9990",
      ])
    stage.fill(4, 6, at: 9_990)
    stage.fill(6, 1, at: 9_990)
    // Nothing is out: both end at once.
    #expect(
      Held.brief(stage.tell("target 0")) == [
        "ended 3 strategy", "ended 5 strategy", "held 7 buy 4 market",
        "submitted 8 buy 2 limit @ 10000",
      ])
  }

  @Test func `a target that is met when the other way has ended asks for nothing`() {
    var stage = Self.stage(Self.plan)
    stage.tell("target 10")
    stage.accept(2)
    stage.tell("target 3")
    stage.fill(2, 3, at: 10_000)
    #expect(
      Held.brief(stage.report(2, .cancelled(.requested, text: ""))) == ["ended 1 strategy"])
    #expect(stage.engine.awaited.isEmpty && stage.engine.market.orders.open.isEmpty)
    // A target that came back to what was wanted first is asked for anew.
    stage.tell("target 10")
    stage.accept(4)
    stage.tell("target 0")
    stage.tell("target 10")
    #expect(
      Held.brief(stage.report(4, .cancelled(.requested, text: ""))) == [
        "ended 3 strategy", "held 5 buy 7 market", "submitted 6 buy 3 limit @ 10000",
      ])
  }

  @Test func `an entry gets its exits, which wake with its fills`() {
    var stage = Self.stage(Self.bracket)
    #expect(
      Held.brief(stage.tell("target 10")) == [
        "submitted 1 buy 10 market", "held 2 sell 10 limit @ 10100",
        "held 3 sell 10 stop stop 9950",
      ])
    #expect(
      Held.brief(stage.fill(1, 10, at: 10_000)) == [
        "released 2 sell 10 limit @ 10100 activated", "released 3 sell 10 stop stop 9950 activated",
      ])
    stage.accept(2)
    stage.accept(3)
    // Exits are no part of what the strategy means to hold.
    #expect(stage.tell("target 10").isEmpty)
    #expect(
      Held.brief(stage.tell("target 15")) == [
        "submitted 4 buy 5 market", "held 5 sell 5 limit @ 10100", "held 6 sell 5 stop stop 9950",
      ])
  }

  @Test func `a target that turns the position waits for the exits to be gone`() {
    var stage = Self.stage(Self.bracket)
    stage.tell("target 10")
    stage.fill(1, 10, at: 10_000)
    stage.accept(2)
    stage.accept(3)
    #expect(
      Held.brief(stage.tell("target -5")) == ["cancel 2 strategy", "cancel 3 strategy"])
    stage.report(2, .cancelled(.requested, text: ""))
    // The stop fills in part on the way out.
    stage.fill(3, 4, at: 9_950)
    #expect(
      Held.brief(stage.report(3, .cancelled(.requested, text: ""))) == [
        "submitted 4 sell 6 market", "submitted 5 sell 5 market", "held 6 buy 5 limit @ 9890",
        "held 7 buy 5 stop stop 10040",
      ])
  }

  @Test func `the last target is the one that counts`() {
    var stage = Self.stage(Self.bracket)
    stage.tell("target 10")
    stage.fill(1, 10, at: 10_000)
    stage.tell("target 0")
    stage.tell("target 10")
    stage.report(2, .cancelled(.requested, text: ""))
    #expect(Held.brief(stage.report(3, .cancelled(.requested, text: ""))) == [])
    #expect(stage.engine.awaited.isEmpty)
  }

  @Test func `what stays of a position that is reduced is protected anew`() {
    var stage = Self.stage(Self.bracket)
    stage.tell("target 10")
    stage.fill(1, 10, at: 10_000)
    stage.tell("sell 4")
    stage.report(2, .cancelled(.requested, text: ""))
    #expect(
      Held.brief(stage.report(3, .cancelled(.requested, text: ""))) == [
        "submitted 4 sell 4 market", "submitted 5 sell 6 limit @ 10100",
        "submitted 6 sell 6 stop stop 9950",
      ])
  }

  @Test func `an entry that is worked slowly has its exits grow with its fills`() {
    var stage = Self.stage(Self.plan + "\n" + Self.bracket)
    #expect(
      Held.brief(stage.tell("target 10")) == [
        "held 1 buy 10 market", "held 2 sell 10 limit @ 10100", "held 3 sell 10 stop stop 9950",
        "submitted 4 buy 5 limit @ 10000",
      ])
    #expect(
      Held.brief(stage.fill(4, 5, at: 10_000)) == [
        "released 2 sell 5 limit @ 10100 activated", "released 3 sell 5 stop stop 9950 activated",
      ])
    stage.accept(2)
    stage.accept(3)
    #expect(ParentTests.wait(&stage, 5) == ["submitted 5 buy 5 limit @ 10000"])
    #expect(
      Held.brief(stage.fill(5, 5, at: 10_000)) == [
        "replace 2 10 @ 10100", "replace 3 10 @ 9950", "ended 1 completed",
      ])
  }

  @Test func `an exit that has filled all that is open takes back the rest of the entry`() {
    var stage = Self.stage(Self.plan + "\n" + Self.bracket)
    stage.tell("target 10")
    stage.fill(4, 5, at: 10_000)
    stage.accept(2)
    stage.accept(3)
    #expect(Held.brief(stage.fill(2, 3, at: 10_100)) == ["replace 3 2 @ 9950"])
    stage.report(3, .replaced(quantity: Quantity(2), price: Price(9_950)))
    #expect(
      Held.brief(stage.fill(2, 2, at: 10_100)) == ["cancel 3 linked", "ended 1 linked"])
    stage.report(3, .cancelled(.requested, text: ""))
    #expect(stage.engine.market.orders.open.isEmpty)
  }

  @Test func `limit orders that open get exits from their limit, those that close do not`() {
    var stage = Self.stage(Self.bracket)
    #expect(
      Held.brief(stage.tell("buy 5 @ 9900")) == [
        "submitted 1 buy 5 limit @ 9900", "held 2 sell 5 limit @ 9999",
        "held 3 sell 5 stop stop 9850",
      ])
    stage.accept(1)
    stage.fill(1, 5, at: 9_900)
    #expect(Held.brief(stage.tell("sell 5 @ 9990")) == ["submitted 4 sell 5 limit @ 9990"])
  }

  @Test func `without a price there is nothing to measure exits from`() {
    var stage = EngineTests.stage(Self.bracket)
    #expect(Held.brief(stage.tell("target 10")) == ["refused order.no_reference_price"])
  }

  @Test func `a target that waits is part of the state`() throws {
    var stage = Self.stage(Self.bracket)
    stage.tell("target 10")
    stage.fill(1, 10, at: 10_000)
    stage.tell("target 0")
    var other = Engine(catalog: [ScriptedStrategy.kind])
    try other.restoreState(stage.stateBytes())
    var copy = Stage(other, after: stage.sequence, at: stage.time)
    for order in [2, 3] as [UInt64] {
      #expect(
        copy.report(order, .cancelled(.requested, text: ""))
          == stage.report(order, .cancelled(.requested, text: "")))
    }
    #expect(copy.stateBytes() == stage.stateBytes())
  }

  @Test(arguments: [
    ("strategy.a.execution=fast", "strategy.a.execution: there is no table [execution.fast]"),
    (
      "execution.x.algorithm=twap\nexecution.x.duration=5m",
      "execution.x: is no plan: `slices` is missing"
    ),
    ("execution.x.algorithm=twap\nexecution.x.slices=3", "execution.x.duration: is missing"),
    (
      "execution.x.algorithm=pov\nexecution.x.duration=5m\nexecution.x.rate=0.1",
      "execution.x.rate: `0.1` is not a percentage"
    ),
    (
      "execution.x.algorithm=twap\nexecution.x.duration=5m\nexecution.x.slices=2\nexecution.x.colour=3",
      "execution.x.colour: is not a known key"
    ),
    (
      "execution.x.algorithm=vwap\nexecution.x.duration=5m\nexecution.x.curve=1,b",
      "execution.x.curve: `b` is not a decimal number"
    ),
    ("strategy.a.bracket.take_profit=1", "strategy.a.bracket.take_profit: `1` is not a percentage"),
    (
      "strategy.a.bracket.stop_loss=0 ticks",
      "strategy.a.bracket.stop_loss: `0 ticks` is not a number of ticks"
    ),
    ("route.x.instruments=SHR", "route.x.instruments: names one only"),
    (
      "route.x.instruments=A,B\nroute.x.miss_cost=1 USD\nroute.x.fee.N=1 EUR",
      "route.x.fee.N: is in EUR"
    ),
    ("route.x.instruments=A,B\nroute.x.fee.N=fast", "route.x.fee.N: `fast` is not an amount"),
  ])
  func `a value that does not fit is named`(_ lines: String, _ problem: String) {
    let base = "strategy.a.kind=scripted\nstrategy.a.instruments=SHR\n"
    let error = #expect(throws: ConfigurationError.self) {
      try Engine.check(ConfigurationItems(lines: base + lines), catalog: [ScriptedStrategy.kind])
    }
    #expect(error?.description.hasPrefix(problem) == true, "\(error?.description ?? "")")
  }

  @Test func `every algorithm can be configured`() throws {
    let plans = [
      "vwap\ncurve=1, 2.5, 1\nstyle=join\npatience=50 %\nparticipation=10 %\nminimum=5\npause=3s",
      "pov\nrate=10 %", "shortfall\nslices=4\naversion=0.000001\nvolatility=0.5\nimpact=0.001",
      "pairs\ninstrument=XV0:SHR\nratio=-1.5", "route", "twap\nslices=3",
    ]
    for (index, plan) in plans.enumerated() {
      let lines = "algorithm=\(plan)\nduration=30m".split(separator: "\n").map {
        "execution.p.\($0)"
      }
      let items = ConfigurationItems(lines: lines.joined(separator: "\n"))
      #expect(throws: Never.self, "\(index)") { try Engine.check(items, catalog: []) }
    }
    let forever = ConfigurationItems(lines: "execution.p.algorithm=iceberg\nexecution.p.display=5")
    #expect(throws: Never.self) { try Engine.check(forever, catalog: []) }
  }
}
