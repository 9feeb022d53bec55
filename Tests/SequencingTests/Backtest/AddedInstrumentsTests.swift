import Events
import Journaling
import Scenarios
import Sequencing
import Testing
import Trading
import Venues

/// Venues that show the market data of a recorded one.
@Suite struct AddedInstrumentsTests {
  /// A venue XB beside XV0, with latency and fees of its own, and a route over both.
  static let setup: Backtest.Setup = {
    var setup = Rehearsal.setup(
      seed: 1,
      configuration: ConfigurationItems(
        lines: """
          account.cash=100000 USD
          execution.slow.algorithm=twap
          execution.slow.duration=1h
          execution.slow.slices=4
          execution.slow.style=take
          route.both.instruments=XV0:FTX3,XB:FTX3
          route.both.fee.XV0=2 USD
          strategy.cross.execution=slow
          strategy.cross.fast=6
          strategy.cross.instruments=XV0:FTX3
          strategy.cross.kind=ema-cross
          strategy.cross.mode=target
          strategy.cross.size=400
          strategy.cross.slow=24
          """))
    setup.exchange = ExchangeConfiguration(
      venues: [
        VenueRules("XB", latency: Latency(entry: 5_000_000, response: 5_000_000), marketData: "XV0")
      ], seed: 1)
    return setup
  }()

  @Test func `a copy has a number, a venue and each tick of its own`() throws {
    let folder = try JournalFolder()
    let source = try Rehearsal.record(ContinuousBacktestTests.market(), in: folder)
    let run = try Rehearsal.run(Self.setup, over: source, in: folder)
    let reader = try JournalReader.open(at: folder.path("run"))
    #expect(try ReplayTests.replayed(reader) == nil)
    let entries = try reader.entries()
    var (defined, quotes) = ([Instrument](), [[Quote]](repeating: [], count: 4))
    for case .observation(let observation) in entries.map(\.event) {
      switch observation {
      case .instrument(let instrument): defined.append(instrument)
      case .market(.quote(let quote)): quotes[quote.instrument.index].append(quote)
      default: break
      }
    }
    let names = defined.map { "\($0.id.raw) \($0.venueName):\($0.symbol) \($0.venue.raw)" }
    #expect(names == ["0 XV0:FTX3 0", "2 XB:FTX3 1", "1 XV0:FTZ3 0", "3 XB:FTZ3 1"])
    #expect(quotes[0].count > 100 && quotes[0].count == quotes[2].count)
    #expect(quotes[1].map(\.bid) == quotes[3].map(\.bid))
    // Both venues show fifty: what is larger is split, cheaper first.
    let routes = entries.compactMap { entry -> RouteRecord? in
      if case .decision(.routed(let route)) = entry.event { route } else { nil }
    }
    let split = try #require(routes.first { $0.quantity.raw == 100 })
    #expect(split.candidates.map(\.instrument.raw) == [2, 0])
    #expect(split.candidates.map(\.quantity.raw) == [50, 50])
    let results = [0, 1, 2].map { id in
      run.sequencer.engine.market.portfolio.position(StrategyID(0), InstrumentID(id)).realised
    }
    #expect(results[0] != .zero && results[2] != .zero && results[1] == .zero, "both were traded")
  }

  @Test func `continuous futures and copies do not meet in their numbers`() throws {
    let known = [Instrument.future(7, "FTX3"), .future(9, "FTZ3"), .share(3, "SHR")]
    let configuration = try Configuration(
      ConfigurationItems(
        lines: """
          strategy.a.instruments=XV0:FT.c.0
          strategy.a.kind=scripted
          strategy.b.instruments=XB:FT.c.0
          strategy.b.kind=scripted
          strategy.c.instruments=FT.c.0
          strategy.c.kind=scripted
          """))
    let added = AddedInstruments(configuration, Self.setup.exchange, among: known)
    #expect(added.copies.map(\.id.raw) == [10, 11, 12])
    #expect(
      added.futures.map { "\($0.venueName):\($0.symbol) \($0.id.raw)" } == [
        "XV0:FT.c.0 13", "XB:FT.c.0 14",
      ])
    #expect(added.futures.allSatisfy { $0.kind == .continuous && $0.problem == nil })
  }
}
