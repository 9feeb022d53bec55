import Events
import Scenarios
import Testing
import Trading

@Suite struct MarketMakerTests {
  static let parameters = "kind=market-maker, size=10, max_position=20, spread=3, skew=2, requote=2"

  @Test func `both sides are quoted around the microprice and moved with it`() {
    var stage = stage(Self.parameters)
    // Equal sizes: the microprice is the middle, 10000.
    #expect(lines(stage.quote(9990, 10_010)) == ["buy 10 @ 9997", "sell 10 @ 10003"])
    // Not answered: nothing can be moved.
    #expect(lines(stage.quote(9980, 10_000)).isEmpty)
    stage.accept(1)
    stage.accept(2)
    // One tick is within `requote`.
    #expect(lines(stage.quote(9991, 10_011)).isEmpty)
    #expect(
      lines(stage.quote(9992, 10_012)) == ["replace 1 10 @ 9999", "replace 2 10 @ 10005"])
    // Under way: not again.
    #expect(lines(stage.quote(9980, 10_000)).isEmpty)
  }

  @Test func `the inventory moves the centre and withdraws the side that would add`() {
    var stage = stage(Self.parameters)
    stage.quote(9990, 10_010)
    stage.accept(1)
    stage.accept(2)
    stage.fill(1, 10, at: 9997)
    // Held one size: two ticks lower, and the bid is quoted anew.
    #expect(lines(stage.quote(9990, 10_010)) == ["buy 10 @ 9995", "replace 2 10 @ 10001"])
    stage.report(2, .replaced(quantity: Quantity(10), price: Price(10_001)))
    stage.accept(3)
    stage.fill(3, 10, at: 9995)
    // Held two sizes, the limit: no bid.
    #expect(lines(stage.quote(9990, 10_010)) == ["replace 2 10 @ 9999"])
    stage.report(2, .replaced(quantity: Quantity(10), price: Price(9999)))
    stage.fill(2, 4, at: 9999)
    // Below the limit again: 16 held, 3.2 ticks; what is filled stays in the total.
    #expect(lines(stage.quote(9990, 10_010)) == ["buy 10 @ 9994"])
  }

  @Test func `a working order on the side that would add is cancelled at the limit`() {
    var stage = stage("kind=market-maker, size=10, max_position=5, spread=1")
    stage.quote(9990, 10_010)
    stage.accept(1)
    stage.accept(2)
    stage.fill(1, 6, at: 9999)
    // 6 of 10 held move the centre by 0.6 of a tick, to 9999.4: the ask goes to 10000.
    #expect(lines(stage.quote(9990, 10_010)) == ["cancel 1", "replace 2 10 @ 10000"])
  }

  @Test func `a maker never crosses the market`() {
    var stage = stage("kind=market-maker, size=10, max_position=20, spread=1")
    // All weight on the ask side: the microprice is near the bid, the ask must stay above it.
    #expect(
      lines(stage.quote(9990, 9991, sizes: (1, 1000))) == ["buy 10 @ 9989", "sell 10 @ 9991"])
  }

  @Test func `off-tick quotes give orders on the tick`() {
    var stage = Self.futures()
    #expect(
      lines(stage.quote(480_010, 480_020)) == ["buy 1 @ 480000", "sell 1 @ 480050"])
  }

  static func futures() -> Stage {
    var stage = Stage(catalog: Rehearsal.catalog)
    stage.step(.instrument(.future(0, "FUT")))
    stage.step(
      .configuration(
        ConfigurationItems(
          lines: """
            strategy.m.kind=market-maker
            strategy.m.instruments=FUT
            strategy.m.size=1
            strategy.m.max_position=5
            strategy.m.spread=1
            """)))
    return stage
  }

  @Test(
    arguments: [
      (101, 100), (100, 100), (Price.none.raw, 100), (100, Price.none.raw),
      (Price.limit - 1, Price.limit), (-Price.limit, -Price.limit + 1),
    ] as [(Int64, Int64)])
  func `a market that cannot be made is left alone`(bid: Int64, ask: Int64) {
    var stage = stage(Self.parameters)
    #expect(lines(stage.quote(bid, ask)).isEmpty)
  }
}
