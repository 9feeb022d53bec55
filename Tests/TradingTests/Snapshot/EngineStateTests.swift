import Events
import Scenarios
import Strategies
import Testing

@testable import Trading

@Suite struct EngineStateTests {
  static let catalog = [ScriptedStrategy.kind] + Catalog.shipped

  static let lines = """
    account.cash=100000 USD, 5000 EUR
    risk.order.max_rate=20/s
    risk.order.max_quantity=400
    risk.position.max_quantity=1000
    strategy.a.kind=scripted
    strategy.a.instruments=SHR,FUT,LATE
    strategy.a.name=a
    strategy.b.kind=scripted
    strategy.b.instruments=SHR,COIN
    strategy.b.name=b
    strategy.b.clock=bar:20ms:mid
    strategy.c.kind=ema-cross
    strategy.c.instruments=SHR,FUT
    strategy.c.clock=bar:10ms
    strategy.c.fast=2
    strategy.c.slow=4
    strategy.c.size=3
    strategy.c.mode=target
    strategy.d.kind=market-maker
    strategy.d.instruments=LATE
    strategy.d.size=2
    strategy.d.max_position=6
    strategy.d.spread=2
    strategy.e.kind=signal-follower
    strategy.e.instruments=COIN
    strategy.e.enter=0.5
    strategy.e.exit=0.1
    strategy.e.size=0.5
    """

  /// A random but seeded day: every kind of observation, in any order.
  static func play(_ stage: inout Stage, _ random: inout SeededNumbers, steps: Int) {
    for _ in 0..<steps { step(&stage, &random) }
  }

  private static func step(_ stage: inout Stage, _ random: inout SeededNumbers) {
    let id = InstrumentID(UInt16(random.below(5)))
    let price = Int64(1000 + random.below(40)) * 25
    let last = stage.engine.market.orders.lastID.raw
    let order = last == 0 ? 0 : 1 + UInt64(random.below(Int(last)))
    switch random.below(16) {
    case 0...3: stage.quote(price, price + 25 * Int64(1 + random.below(3)), id)
    case 4, 5:
      stage.step(
        .market(
          .trade(Trade(instrument: id, price: Price(price), size: Quantity(3), side: .sell))))
    case 6, 7: stage.fill(order, Int64(1 + random.below(3)), at: price)
    case 8: stage.accept(order)
    case 9: stage.report(order, .cancelled(.venue, text: "x"))
    case 10:
      let scripts = [
        "buy 5 @ \(price)", "sell 4", "target \(random.below(9) - 4)", "cancel \(order)",
        "replace \(order) 9 @ \(price)",
      ]
      stage.tell(scripts[random.below(5)], to: random.below(2) == 0 ? "a" : "b", id)
    case 11:
      stage.step(
        .signal(
          Signal(
            instrument: id, score: Int64(random.below(2_000_000_000)) - 1_000_000_000,
            model: "hold", version: "")))
    case 12: stage.report(order, .requestRejected(.replace, code: 2, text: ""))
    case 13:
      stage.step(
        .market(
          .depth(
            DepthChange(
              instrument: id, action: .set, side: random.below(2) == 0 ? .buy : .sell,
              price: Price(price), size: Quantity(Int64(random.below(5)))))))
    case 14 where random.below(8) == 0:
      stage.step(
        .connection(ConnectionChange(venue: VenueID(0), state: .disconnected)))
    case 15 where random.below(8) == 0:
      let scope = Scope(.instrument, UInt64(id.raw))
      for act in [OperatorAct.Act.halt, .resume] where random.below(3) > 0 {
        stage.step(
          .operatorAct(OperatorAct(act: act, scope: scope, subject: "op", reason: "r")))
      }
    default: stage.step(.timer(Timer(strategy: StrategyID(0), timer: 1)))
    }
  }

  static func opened(seed: UInt64) -> Stage {
    var stage = Stage(catalog: catalog)
    // Instruments out of order, before and after the configuration, one id never defined.
    if seed % 2 == 0 { stage.step(.instrument(.future(3, "FUT"))) }
    stage.step(.configuration(ConfigurationItems(lines: lines)))
    if seed % 2 == 1 { stage.step(.instrument(.future(3, "FUT"))) }
    stage.step(.instrument(.coin(1, "COIN")))
    stage.step(.instrument(.share(0, "SHR")))
    return stage
  }

  @Test(arguments: 0..<24 as Range<UInt64>)
  func `a restored engine has the same bytes and the same future`(seed: UInt64) throws {
    var random = SeededNumbers(seed: seed)
    var stage = Self.opened(seed: seed)
    Self.play(&stage, &random, steps: 200)
    if seed % 3 == 0 { stage.step(.instrument(.share(4, "LATE"))) }
    Self.play(&stage, &random, steps: 100)

    let bytes = stage.stateBytes()
    var engine = Engine(catalog: Self.catalog)
    try engine.restoreState(bytes)
    var copy = Stage(engine, after: stage.sequence, at: stage.time)
    #expect(copy.stateBytes() == bytes)
    let (count, time) = (stage.entries.count, stage.time)
    var again = random
    Self.play(&stage, &random, steps: 150)
    Self.play(&copy, &again, steps: 150)
    #expect(time < copy.time)
    let future = stage.entries.dropFirst(count)
    #expect(future.elementsEqual(copy.entries) { $0.event == $1.event && $0.header == $1.header })
    #expect(copy.stateBytes() == stage.stateBytes())
    #expect(stage.engine.tally.orders > 0)
  }

  @Test func `an engine that was never configured is restored`() throws {
    var stage = Stage(catalog: Self.catalog)
    stage.step(.instrument(.share(0, "SHR")))
    stage.quote(1, 2)
    let bytes = stage.stateBytes()
    var engine = Engine(catalog: Self.catalog)
    try engine.restoreState(bytes)
    let copy = Stage(engine, after: stage.sequence, at: stage.time)
    #expect(copy.stateBytes() == bytes)
  }

  @Test func `a state of another catalog or cut short is damage`() throws {
    var random = SeededNumbers(seed: 5)
    var stage = Self.opened(seed: 5)
    Self.play(&stage, &random, steps: 60)
    let bytes = stage.stateBytes()
    #expect(throws: Damage.self) {
      var engine = Engine(catalog: [ScriptedStrategy.kind])
      try engine.restoreState(bytes)
    }
    for length in stride(from: 0, to: bytes.count, by: 7) {
      #expect(throws: Damage.self) {
        var engine = Engine(catalog: Self.catalog)
        try engine.restoreState(Array(bytes[..<length]))
      }
    }
    #expect(throws: Damage.self) {
      var engine = Engine(catalog: Self.catalog)
      try engine.restoreState(bytes + [0])
    }
  }

  @Test func `a changed state is damage or another state, never a trap`() {
    var random = SeededNumbers(seed: 6)
    var stage = Self.opened(seed: 6)
    Self.play(&stage, &random, steps: 120)
    let bytes = stage.stateBytes()
    var damaged = 0
    for _ in 0..<1500 {
      var changed = bytes
      changed[random.below(changed.count)] ^= UInt8(1 << random.below(8))
      var engine = Engine(catalog: Self.catalog)
      do throws(Damage) {
        try engine.restoreState(changed)
        _ = engine.valuations
      } catch {
        damaged += 1
      }
    }
    #expect(damaged > 100)
  }
}
