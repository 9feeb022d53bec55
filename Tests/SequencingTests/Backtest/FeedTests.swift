import Events
import Journaling
import Scenarios
import Testing
import Trading
import Venues

@testable import Sequencing

/// When the engine sees what the exchange does, and what becomes of orders without a connection.
@Suite struct FeedTests {
  static func run(
    _ source: [TimedObservation], _ venue: String, lag: Int64 = 0, parameters: String = ""
  ) throws -> (lines: [String], entries: [Entry]) {
    let folder = try JournalFolder()
    var journal = try folder.create("source")
    var recorder = Recorder(after: journal.head)
    for one in source {
      var event = one.time
      if case .market = one.observation { event = event.advanced(by: -lag) }
      try recorder.append(one.observation, event: event, receive: one.time, to: &journal)
    }
    try recorder.flush(to: &journal)
    let configuration = ConfigurationItems(
      lines: "account.cash=1000 USD\nstrategy.a.kind=scripted\nstrategy.a.instruments=SHR\n"
        + "strategy.a.log=false\n" + parameters + venue)
    let setup = Backtest.Setup(
      configuration: configuration, exchange: try ExchangeConfiguration(configuration, seed: 1),
      seed: 1, source: "test", catalog: Rehearsal.catalog)
    _ = try Rehearsal.run(
      setup, over: try JournalReader.open(at: folder.path("source")), in: folder)
    let reader = try JournalReader.open(at: folder.path("run"))
    let entries = try reader.entries()
    var replay = Replay(engine: Engine(catalog: Rehearsal.catalog))
    try replay.run(reader)
    #expect(replay.divergence == nil)
    return (
      entries.dropFirst(2).map {
        "\($0.event.kind.name)@\($0.header.receiveTime.nanoseconds - BacktestTests.start)"
      }, entries
    )
  }

  static func fill(_ entries: [Entry]) -> String? {
    for entry in entries {
      guard case .observation(.report(let report)) = entry.event,
        case .filled(let fill) = report.outcome
      else { continue }
      return "\(fill.price.raw)@\(entry.header.eventTime.nanoseconds - BacktestTests.start)"
    }
    return nil
  }

  static let market = [
    BacktestTests.definition(), BacktestTests.quote(100, 99, 101),
    BacktestTests.quote(1_000, 109, 111), BacktestTests.signal(1_050, "buy 5"),
    BacktestTests.quote(2_000, 119, 121),
  ]

  @Test func `delayed data reach the exchange when they were received, the engine later`() throws {
    let run = try Self.run(Self.market, "venue.feed_latency=200ns\nvenue.latency=10ns")
    #expect(
      run.lines == [
        "instrument@0", "quote@300", "signal@1050", "intent@1050", "submitted@1050",
        "accepted@1070", "filled@1070", "quote@1200", "quote@2200", "run_stopped@2200",
      ])
    // The strategy saw 101 when it bought; the exchange had moved on to 111.
    #expect(Self.fill(run.entries) == "111@1060")
    // What the data say of their own time stays.
    let quote = try #require(run.entries.first { $0.event.kind == .quote })
    #expect(quote.header.eventTime == BacktestTests.at(100))
  }

  @Test func `recorded data reach the exchange at their event times`() throws {
    let source = [
      BacktestTests.definition(), BacktestTests.quote(200, 99, 101),
      BacktestTests.signal(1_050, "buy 5"), BacktestTests.quote(1_100, 109, 111),
      BacktestTests.quote(2_000, 119, 121),
    ]
    // The second quote left the exchange at 1000, before the order came to it at 1060.
    let late = try Self.run(source, "venue.feed_latency=recorded\nvenue.latency=10ns", lag: 45)
    #expect(late.lines.contains("quote@1100") && late.lines.contains("filled@1070"))
    #expect(Self.fill(late.entries) == "111@1060")
    // As received: the exchange has it at 1100 only.
    let plain = try Self.run(source, "venue.latency=10ns", lag: 45)
    #expect(Self.fill(plain.entries) == "101@1060")
  }

  @Test func `an outage makes orders unknown, and the venue's answers resolve them`() throws {
    let start = BacktestTests.at(1_000).text
    let run = try Self.run(
      [
        BacktestTests.definition(), BacktestTests.quote(100),
        BacktestTests.signal(200, "buy 5 @ 95"), BacktestTests.signal(995, "buy 6 @ 95"),
        BacktestTests.quote(1_500), BacktestTests.quote(5_000),
      ], "venue.latency=10ns\nvenue.outages=\(start) 1us")
    #expect(
      run.lines == [
        "instrument@0", "quote@100", "signal@200", "intent@200", "submitted@200", "accepted@220",
        "signal@995", "intent@995", "submitted@995", "connection@1000", "alert@1000", "quote@1500",
        "connection@2000", "order_status@2020", "quote@5000", "run_stopped@5000",
      ])
    let states = run.entries.compactMap { entry in
      if case .observation(.report(let report)) = entry.event,
        case .status(let state, _) = report.outcome
      {
        "\(report.order.raw) \(state)"
      } else {
        nil
      }
    }
    // The second order was lost on the way; the first was answered before.
    #expect(states == ["2 neverReceived"])
  }

  @Test func `a run over seeded faults, venues and delays replays`() throws {
    let folder = try JournalFolder()
    let source = try Rehearsal.record(Rehearsal.market(seed: 4), in: folder)
    var setup = Rehearsal.setup(seed: 6)
    setup.exchange = try ExchangeConfiguration(
      ConfigurationItems(
        lines: """
          venue.latency=1ms
          venue.feed_quantiles=0 %: 100us, 90 %: 1ms, 100 %: 50ms
          venue.fees=us-equity, us-regulatory
          venue.reject_rate=2 %
          venue.outage_interval=20s
          venue.outage_length=2s
          venue.cancel_on_disconnect=true
          venue.repeat_fills=2
          venue.slippage=1 tick
          venue.throttle=4/s
          venue.throttle_excess=delay
          venue.instrument.IDX.fees=cme-emini
          """), seed: 6)
    var heads: [JournalHead] = []
    for name in ["a", "b"] {
      _ = try Rehearsal.run(setup, over: source, in: folder, name)
      let reader = try JournalReader.open(at: folder.path(name))
      var replay = Replay(engine: Engine(catalog: Rehearsal.catalog))
      try replay.run(reader)
      #expect(replay.divergence == nil)
      heads.append(try reader.head())
    }
    #expect(heads[0] == heads[1])
    let entries = try JournalReader.open(at: folder.path("a")).entries()
    #expect(entries.count { $0.event.kind == .connection } >= 2)
    #expect(entries.contains { $0.event.kind == .filled })
    #expect(entries.contains { $0.event.kind == .rejected })
    // No order is left in doubt while there is a connection, and nothing the venue said was illegal.
    for entry in entries {
      guard case .decision(.alert(let alert)) = entry.event else { continue }
      #expect(
        [.orderUnknownState, .reportDuplicateFill].contains(alert.code), "\(alert.text)")
    }
  }
}
