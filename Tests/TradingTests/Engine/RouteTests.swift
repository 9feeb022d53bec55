import Events
import Scenarios
import Testing

@testable import Trading

/// Orders that are split over the venues of one market, through the engine.
@Suite struct RouteTests {
  private typealias Held = HeldOrderTests

  private static let route = """
    route.all.instruments=XV0:SHR,XV1:SHR
    route.all.rounds=2
    route.all.fee.XV1=0.02 USD
    route.all.latency.XV1=5ms
    route.all.latency_cost=0.01 USD
    route.all.miss_cost=0.50 USD
    """

  /// Two venues: 60 offered at 100.10 at the first, 100 at 100.11 at the second, which charges two cents.
  private static func stage(_ configuration: String = route) -> Stage {
    var stage = EngineTests.stage(configuration)
    stage.step(.instrument(.share(1, "SHR", venue: 1)))
    stage.quote(9_990, 10_010, sizes: (100, 60))
    stage.quote(9_991, 10_011, InstrumentID(1))
    return stage
  }

  @Test func `what takes is split over the venues, the cheapest all told first`() {
    var stage = Self.stage()
    #expect(
      Held.brief(stage.tell("execute buy 100 route 60s")) == [
        "held 1 buy 100 market", "routed 1 0:60 1:40", "submitted 2 buy 60 limit @ 10010",
        "submitted 3 buy 40 limit @ 10011",
      ])
    let record = stage.entries.lazy.compactMap { entry -> RouteRecord? in
      if case .decision(.routed(let record)) = entry.event { record } else { nil }
    }.first
    #expect(record?.candidates.map(\.latency) == [0, 5_000_000])
    #expect(record?.candidates.map(\.fee) == [0, 20_000_000_000])
    // 100.11 + 0.02 + 5 ms of a cent a second.
    #expect(record?.candidates.last?.score == 100_130_050_000_000)
    #expect(
      stage.engine.market.instrument(stage.engine.market.orders[OrderID(3)]!.ticket.instrument)?
        .venue == VenueID(1))
    stage.fill(2, 60, at: 10_010)
    #expect(Held.brief(stage.fill(3, 40, at: 10_011)) == ["ended 1 completed"])
    #expect(stage.engine.market.committed(InstrumentID(0)) == Quantity(100))
    #expect(stage.engine.market.committed(InstrumentID(1)) == Quantity(100))
  }

  @Test func `fills of a venue with finer quantities add up in the parent's`() {
    var stage = EngineTests.stage(Self.route)
    var fine = Instrument.share(1, "SHR", venue: 1)
    fine.quantityScale = 3
    stage.step(.instrument(fine))
    stage.quote(9_990, 10_010, sizes: (100, 60))
    stage.quote(9_991, 10_011, InstrumentID(1), sizes: (50_000, 50_000))
    #expect(
      Held.brief(stage.tell("execute buy 100 route 60s")) == [
        "held 1 buy 100 market", "routed 1 0:60 1:40000", "submitted 2 buy 60 limit @ 10010",
        "submitted 3 buy 40000 limit @ 10011",
      ])
    stage.fill(2, 60, at: 10_010)
    // 12.345 and 27.655 are 40, though 12 and 27 are not.
    stage.fill(3, 12_345, at: 10_011)
    #expect(stage.engine.market.orders[OrderID(1)]?.filled == Quantity(72))
    #expect(Held.brief(stage.fill(3, 27_655, at: 10_011)) == ["ended 1 completed"])
    #expect(stage.engine.market.orders[OrderID(1)]?.filled == Quantity(100))
    #expect(stage.engine.market.committed(InstrumentID(0)) == Quantity(100))
    #expect(stage.engine.market.committed(InstrumentID(1)) == Quantity(100_000))
  }

  @Test func `what did not fill goes to the venue that did not fail`() {
    var stage = Self.stage()
    stage.tell("execute buy 50 route 60s")
    #expect(stage.engine.market.orders[OrderID(2)]?.ticket.instrument == InstrumentID(0))
    stage.fill(2, 10, at: 10_010)
    #expect(
      Held.brief(stage.report(2, .cancelled(.immediate, text: ""))) == [
        "routed 1 1:40", "submitted 3 buy 40 limit @ 10011",
      ])
    // A fifth was filled there: a miss is expected to cost forty cents.
    #expect(stage.engine.fillHistory.rate(of: InstrumentID(0)) == 200_000_000)
    stage.fill(3, 40, at: 10_011)
    #expect(
      Held.brief(stage.tell("execute buy 5 route 60s"))[1] == "routed 4 1:5 0:0")
  }

  @Test func `no venue has a price: it waits and looks again`() {
    var stage = Self.stage()
    #expect(
      Held.brief(stage.tell("execute buy 50 @ 10000 route 60s pause 5")) == [
        "held 1 buy 50 limit @ 10000", "routed 1 0:0 1:0",
      ])
    stage.quote(9_980, 10_000, sizes: (100, 20))
    #expect(
      ParentTests.wait(&stage, 5) == ["routed 1 0:20 1:0", "submitted 2 buy 20 limit @ 10000"])
  }

  @Test(arguments: [
    ("share", 1), ("coin", 2), ("elsewhere", 1),
  ])
  func `a market is what the route's instruments can be`(_ second: String, _ alerts: Int) {
    var stage = EngineTests.stage(Self.route)
    var instrument = second == "coin" ? Instrument.coin(1, "SHR") : .share(1, "SHR", venue: 1)
    if second == "elsewhere" { instrument.venueName = "XV9" }
    let made = stage.step(.instrument(instrument))
    #expect(made.count == (second == "coin" ? 1 : 0))
    stage.quote(9_990, 10_010)
    stage.quote(9_991, 10_011, InstrumentID(1))
    let routed = Held.brief(stage.tell("execute buy 5 route 60s")).contains {
      $0.hasPrefix("routed")
    }
    #expect(routed == (second == "share"))
  }

  @Test func `a state in the middle of a routed parent goes on`() throws {
    var stage = Self.stage()
    stage.tell("execute buy 100 route 60s")
    stage.fill(2, 10, at: 10_010)
    var other = Engine(catalog: [ScriptedStrategy.kind])
    try other.restoreState(stage.stateBytes())
    var copy = Stage(other, after: stage.sequence, at: stage.time)
    for order in [2, 3] as [UInt64] {
      #expect(
        copy.report(order, .cancelled(.immediate, text: ""))
          == stage.report(order, .cancelled(.immediate, text: "")))
    }
    #expect(copy.stateBytes() == stage.stateBytes())
  }
}
