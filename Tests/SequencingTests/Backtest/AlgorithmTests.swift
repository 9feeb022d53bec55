import Events
import Journaling
import Scenarios
import Testing
import Trading
import Venues

@testable import Sequencing

/// Algorithms, routes and brackets in whole backtests: timers among data and reports, replay, snapshots.
@Suite struct AlgorithmTests {
  private typealias Run = BacktestTests
  private static let second: Int64 = 1_000_000_000

  private static func quote(
    _ time: Int64, _ ask: Int64, _ instrument: UInt16 = 0, size: Int64 = 50
  ) -> TimedObservation {
    TimedObservation(
      .market(
        .quote(
          Quote(
            instrument: InstrumentID(instrument), bid: Price(ask - 2), ask: Price(ask),
            bidSize: Quantity(size), askSize: Quantity(size)))), at: Run.at(time))
  }

  @Test func `the engine is woken between data and reports, in order of time`() throws {
    let source = [
      Run.definition(), Run.quote(100), Run.signal(200, "execute buy 30 twap 6s slices 3"),
      Run.quote(9 * Self.second),
    ]
    let run = try Run.run(source, latency: Latency(entry: 100, response: 250))
    let parts = ["intent", "submitted"]
    func sent(_ time: Int64) -> [String] {
      parts.map { "\($0)@\(time)" } + ["accepted@\(time + 350)", "filled@\(time + 350)"]
    }
    let second = 200 + 2 * Self.second
    let third = 200 + 4 * Self.second
    #expect(
      run.lines
        == ["instrument@0", "quote@100", "signal@200", "intent@200", "held@200"] + sent(200)
        + ["timer@\(second)"] + sent(second) + ["timer@\(third)"] + sent(third)
        + ["ended@\(third + 350)", "quote@9000000000", "run_stopped@9000000000"])
  }

  @Test func `a moment that data come at needs no timer`() throws {
    let source = [
      Run.definition(), Run.quote(100), Run.signal(200, "execute buy 30 twap 6s slices 3"),
      Run.quote(200 + 2 * Self.second), Run.quote(200 + 3 * Self.second),
    ]
    let run = try Run.run(source)
    #expect(run.lines.filter { $0.hasPrefix("timer") }.isEmpty)
    #expect(run.lines.filter { $0.hasPrefix("submitted") }.count == 2)
  }

  /// A share on two venues that rises, falls and rises, a quote of each every half second.
  static func market(seconds: Int64 = 120) -> [TimedObservation] {
    var made = [
      TimedObservation(.instrument(.share(0, "SHR", venue: 0)), at: Run.at(0)),
      TimedObservation(.instrument(.share(1, "SHR", venue: 1)), at: Run.at(0)),
    ]
    for step in 0..<(2 * seconds) {
      let time = step * second / 2 + 1
      let wave = abs(step % 80 - 40)
      made.append(quote(time, 10_000 + 3 * wave, size: 25))
      made.append(quote(time + 10, 10_001 + 3 * wave - step % 3, 1, size: 30))
      made.append(
        TimedObservation(
          .market(
            .trade(
              Trade(
                instrument: InstrumentID(0), price: Price(10_000 + 3 * wave), size: Quantity(40),
                side: .buy))), at: Run.at(time + 20)))
    }
    return made
  }

  private static let cross = """
    account.cash=1000000 USD
    strategy.c.kind=ema-cross
    strategy.c.instruments=XV0:SHR
    strategy.c.clock=bar:1s:mid
    strategy.c.fast=2
    strategy.c.slow=5
    strategy.c.size=100
    strategy.c.mode=target
    """
  private static let worked = """
    strategy.c.execution=curve
    execution.curve.algorithm=vwap
    execution.curve.duration=10s
    execution.curve.curve=3, 1, 1, 2
    execution.curve.pause=1s
    route.one.instruments=XV0:SHR, XV1:SHR
    route.one.fee.XV1=0.005 USD
    route.one.latency.XV1=1ms
    route.one.latency_cost=0.01 USD
    route.one.miss_cost=0.01 USD
    route.one.rounds=2
    """
  private static let bracket = """
    strategy.c.bracket.take_profit=20 ticks
    strategy.c.bracket.stop_loss=0.5 %
    orders.native=none
    """

  private static func play(
    _ lines: String, _ folder: JournalFolder, latency: Latency = .zero
  ) throws -> (entries: [Entry], hash: Digest, reader: JournalReader) {
    let source = try Rehearsal.record(market(), in: folder)
    let setup = Rehearsal.setup(
      seed: 3, configuration: ConfigurationItems(lines: cross + "\n" + lines), latency: latency)
    let backtest = try Rehearsal.run(setup, over: source, in: folder)
    let reader = try JournalReader.open(at: folder.path("run"))
    return (try reader.entries(), backtest.sequencer.engine.stateHash(), reader)
  }

  private static func count(_ entries: [Entry], _ kind: EntryKind) -> Int {
    entries.count { $0.event.kind == kind }
  }

  @Test func `a configuration alone has a strategy trade by VWAP over two venues`() throws {
    let folder = try JournalFolder()
    let run = try Self.play(
      Self.worked, folder, latency: Latency(entry: 1_000_000, response: 1_000_000))
    #expect(Self.count(run.entries, .routed) > 8)
    var fills = [0, 0]
    var instruments: [OrderID: InstrumentID] = [:]
    for entry in run.entries {
      if case .decision(.submitted(let ticket)) = entry.event {
        instruments[ticket.order] = ticket.instrument
      }
      if case .observation(.report(let report)) = entry.event, case .filled = report.outcome {
        fills[instruments[report.order]!.index] += 1
      }
    }
    #expect(fills[0] > 3 && fills[1] > 3)
    let completed = run.entries.count { entry in
      if case .decision(.ended(_, .completed)) = entry.event { true } else { false }
    }
    #expect(completed > 2 && completed >= Self.count(run.entries, .held) - 1)
  }

  @Test(arguments: ["all", "none"])
  func `a configuration alone has a strategy trade with brackets`(_ native: String) throws {
    let folder = try JournalFolder()
    let run = try Self.play(
      Self.bracket + "\norders.native=\(native)", folder,
      latency: Latency(entry: 1_000_000, response: 1_000_000))
    #expect(Self.count(run.entries, .held) > 3)
    #expect(Self.count(run.entries, .released) > 3)
    // Some exits took their profit, and their other half went.
    let linked = run.entries.contains { entry in
      switch entry.event {
      case .decision(.cancelRequested(_, .linked)), .decision(.ended(_, .linked)): true
      default: false
      }
    }
    #expect(linked)
    #expect(Self.count(run.entries, .alert) == 0)
  }

  @Test(arguments: [worked, bracket, worked + "\n" + bracket, bracket + "\norders.native=all"])
  func `replay makes it again, from any snapshot too`(_ lines: String) throws {
    let folder = try JournalFolder()
    let run = try Self.play(
      lines, folder, latency: Latency(entry: 3_000_000, response: 2_000_000, jitter: 1_000_000))
    let last = UInt64(run.entries.count)
    var replay = Replay(engine: Engine(catalog: Rehearsal.catalog))
    try replay.run(run.reader)
    #expect(replay.divergence == nil)
    #expect(replay.engine.stateHash() == run.hash)
    // Between any two entries at which nothing is left to decide.
    let decisions = Set(run.entries.filter { $0.event.kind.isDecision }.map(\.header.sequence))
    let places = (1..<last).filter { !decisions.contains($0 + 1) }
    for place in stride(from: 7, to: places.count, by: places.count / 40) {
      var first = Replay(engine: Engine(catalog: Rehearsal.catalog))
      try first.run(run.reader, through: places[place])
      var state = ByteBuffer()
      first.engine.encodeState(to: &state)
      var engine = Engine(catalog: Rehearsal.catalog)
      try engine.restoreState(state.array)
      var second = Replay(engine: engine, after: places[place])
      try second.run(run.reader)
      #expect(second.divergence == nil)
      #expect(second.engine.stateHash() == run.hash)
    }
  }
}
