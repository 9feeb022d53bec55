import Events
import Foundation
import Scenarios
import Testing
import Trading

/// The strategies of docs/strategies.md: the page has them word for word, and they do what it says.
@Suite struct ExampleTests {
  private static let catalog = [
    StrategyKind(name: "dip", version: "1", type: Dip.self),
    StrategyKind(name: "breakout", version: "1", type: Breakout.self),
  ]

  private static func stage(_ lines: String) -> Stage {
    var stage = Stage(catalog: catalog)
    stage.step(.instrument(.share(0, "SHR")))
    let all = "strategy.s.instruments=SHR\nstrategy.s.clock=bar:1m\n" + lines
    let decisions = stage.step(.configuration(ConfigurationItems(lines: all)))
    precondition(decisions.isEmpty, "\(decisions)")
    stage.quote(9_990, 10_010)
    return stage
  }

  /// A recorded minute.
  private static func bar(_ stage: inout Stage, _ prices: (Int64, Int64, Int64, Int64)) -> [String]
  {
    lines(
      stage.step(
        .market(
          .bar(
            Bar(
              instrument: InstrumentID(0), side: .none, interval: 60_000_000_000,
              open: Price(prices.0), high: Price(prices.1), low: Price(prices.2),
              close: Price(prices.3), volume: Quantity(100)))), after: 60_000_000_000))
  }

  @Test(arguments: ["Dip", "Breakout"]) func `the page has the code that is tested`(
    _ name: String
  ) throws {
    let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let code = try String(
      contentsOf: here.appendingPathComponent(name + ".swift"), encoding: .utf8)
    let page = try String(
      contentsOf: here.appendingPathComponent("../../../docs/strategies.md"), encoding: .utf8)
    #expect(page.contains("```swift\n\(code)```"))
  }

  @Test func `the dip is bought after falling bars and sold with a rising one`() {
    var stage = Self.stage("strategy.s.kind=dip\nstrategy.s.n=2\nstrategy.s.size=10")
    #expect(Self.bar(&stage, (10_000, 10_000, 9_990, 9_990)) == [])
    #expect(Self.bar(&stage, (9_990, 9_990, 9_980, 9_980)) == ["buy 10"])
    stage.fill(1, 10, at: 9_980)
    #expect(Self.bar(&stage, (9_980, 9_995, 9_980, 9_995)) == ["sell 10"])
  }

  @Test func `the breakout sends an entry whose exits wake with its fills`() {
    var stage = Self.stage(
      "strategy.s.kind=breakout\nstrategy.s.n=2\nstrategy.s.exits=50\nstrategy.s.size=10")
    #expect(Self.bar(&stage, (10_000, 10_020, 9_990, 10_000)) == [])
    #expect(Self.bar(&stage, (10_000, 10_030, 9_990, 10_000)) == [])
    // The high of the two is 100.30: a stop at 100.31, exits 50 ticks from it.
    #expect(Self.bar(&stage, (10_000, 10_010, 9_990, 10_000)) == ["buy 10", "held", "held"])
    #expect(stage.engine.market.orders[OrderID(1)]?.ticket.terms.stop == Price(10_031))
    stage.accept(1)
    #expect(Self.bar(&stage, (10_000, 10_010, 9_990, 10_000)) == [])
    #expect(lines(stage.fill(1, 4, at: 10_032)) == ["released", "released"])
    #expect(stage.engine.market.orders[OrderID(2)]?.ticket.price == Price(10_081))
    #expect(stage.engine.market.orders[OrderID(2)]?.ticket.quantity == Quantity(4))
    #expect(stage.engine.market.orders[OrderID(3)]?.ticket.terms.stop == Price(9_981))
    // The loss is stopped: what is left of entry and profit goes.
    stage.accept(2)
    stage.accept(3)
    #expect(lines(stage.fill(3, 4, at: 9_980)) == ["cancel 1", "cancel 2"])
    stage.report(1, .cancelled(.requested, text: ""))
    stage.report(2, .cancelled(.requested, text: ""))
    #expect(Self.bar(&stage, (10_000, 10_010, 9_990, 10_000)) == ["buy 10", "held", "held"])
  }

  @Test func `an example's state is restored with the engine's`() throws {
    var stage = Self.stage(
      "strategy.s.kind=breakout\nstrategy.s.n=2\nstrategy.s.exits=50\nstrategy.s.size=10")
    _ = Self.bar(&stage, (10_000, 10_020, 9_990, 10_000))
    _ = Self.bar(&stage, (10_000, 10_030, 9_990, 10_000))
    let bytes = stage.stateBytes()
    var engine = Engine(catalog: Self.catalog)
    try engine.restoreState(bytes)
    var again = Stage(engine, after: stage.sequence, at: stage.time)
    #expect(again.stateBytes() == bytes)
    #expect(Self.bar(&again, (10_000, 10_010, 9_990, 10_000)) == ["buy 10", "held", "held"])
    #expect(again.engine.market.orders[OrderID(1)]?.ticket.terms.stop == Price(10_031))
  }
}
