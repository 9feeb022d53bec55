import Events
import Journaling
import Sequencing
import Strategies
import Trading

/// Reading, and the whole path: backtest and audit of the peers' moving-average crossover.
enum ReplayBenchmark {
  /// Scan and decode, warm.
  static func scan(_ bench: Bench) throws {
    let path = bench.quoteJournal
    let count = bench.quotes.events.count
    let bytes = Double(RecordedMarket.size(of: path))
    let plain = try scans(bench, verify: false)
    let rate = Double(count) / plain.cpu
    bench.report(
      "scan and decode", rate / 1e6, "M ticks/s",
      of: ("memcpy", bytes / plain.cpu / bench.limits.memcpy), goal: .atLeast(200))
    let hashed = try scans(bench, verify: true)
    bench.report(
      "scan and decode, chain verified", Double(count) / hashed.cpu / 1e6, "M ticks/s",
      of: ("SHA-256", bytes / hashed.cpu / bench.limits.sha256))
  }

  private static func scans(_ bench: Bench, verify: Bool) throws -> Elapsed {
    let reader = try JournalReader.open(at: bench.quoteJournal)
    var decoder = BlockDecoder()
    var sums: [Int64] = []
    let elapsed = try (0...bench.rounds).map { _ in
      try timed {
        var sum: Int64 = 0
        try reader.forEachBlock(verify: verify) { (_, content) throws(Damage) in
          sum &+= try decode(content, &decoder)
          return true
        }
        sums.append(sum)
      }
    }
    precondition(sums.allSatisfy { $0 == sums[0] && $0 != 0 })
    return median(Array(elapsed.dropFirst()))
  }

  @inline(never)
  private static func decode(
    _ content: RawSpan, _ decoder: inout BlockDecoder
  ) throws(Damage) -> Int64 {
    _ = try decoder.begin(content)
    var sum: Int64 = 0
    _ = try decoder.forEachEntry(
      of: content,
      tick: { (tick, header) throws(Damage) in
        if case .quote(let quote) = tick {
          sum &+= quote.bid.raw &+ quote.askSize.raw &+ header.receiveTime.nanoseconds
        }
        return true
      }, record: { (_, _, _) throws(Damage) in true })
    return sum
  }

  /// The engine alone, over ticks in memory: what the path costs without its journals.
  static func engine(_ bench: Bench) throws {
    let events = bench.quotes.events
    for (fast, slow) in [(100, 500), (10, 50)] {
      let setup = RecordedMarket.setup(fast: fast, slow: slow)
      let seconds = median(
        (0..<bench.rounds).map { _ in
          var engine = RecordedMarket.engine(setup)
          return timed { step(&engine, events) }
        })
      bench.report(
        "engine alone, EMA \(fast)/\(slow)", Double(events.count) / seconds.cpu / 1e6,
        "M quotes/s")
    }
  }

  @inline(never)
  private static func step(_ engine: inout Engine, _ events: [TimedEvent]) {
    var sequence: UInt64 = 1
    for tick in events {
      let time = Instant(nanoseconds: tick.time)
      sequence &+= 1
      engine.apply(
        tick.event, EntryHeader(sequence: sequence, eventTime: time, receiveTime: time))
      while engine.hasWork, let made = engine.decide() {
        sequence &+= 1
        engine.apply(
          made,
          EntryHeader(
            sequence: sequence, eventTime: time, receiveTime: time, cause: engine.deciding))
      }
    }
  }

  static func backtest(_ bench: Bench) throws {
    for (fast, slow, orders) in [(100, 500, UInt64(1_934)), (10, 50, 9_124)] {
      let setup = RecordedMarket.setup(fast: fast, slow: slow)
      let name = "EMA \(fast)/\(slow)"
      try measure(
        bench, name, over: bench.quoteJournal, setup, unit: "quotes",
        count: bench.quotes.events.count, goals: (10, 8),
        orders: bench.quotes.isShared ? orders : nil)
      try measure(
        bench, "\(name), limits on", over: bench.quoteJournal, setup.with(RiskBenchmark.open),
        unit: "quotes", count: bench.quotes.events.count, goals: (10, 8),
        orders: bench.quotes.isShared ? orders : nil)
    }
  }

  static func bars(_ bench: Bench) throws {
    let bars = BarFeed.make(1_000_000)
    let path = RecordedMarket.record(bars, in: bench)
    defer { bench.remove(path) }
    for (fast, slow) in [(100, 500), (10, 50)] {
      try measure(
        bench, "EMA \(fast)/\(slow) on bar:1m", over: path,
        RecordedMarket.setup(clock: "bar:1m", fast: fast, slow: slow), unit: "bars",
        count: bars.count, goals: (5, nil))
    }
  }

  static func depth(_ bench: Bench) throws {
    let changes = DepthFeed.make(1_000_000)
    let path = RecordedMarket.record(changes, in: bench)
    defer { bench.remove(path) }
    try measure(
      bench, "EMA 100/500 on L2", over: path, RecordedMarket.setup(fast: 100, slow: 500),
      unit: "changes", count: changes.count, goals: (nil, nil))
  }

  /// A backtest over a journal into a journal, then its audit, with the chain of hashes.
  private static func measure(
    _ bench: Bench, _ name: String, over source: String, _ setup: Backtest.Setup, unit: String,
    count: Int, goals: (backtest: Double?, audit: Double?), orders: UInt64? = nil
  ) throws {
    var (runs, audits): ([Elapsed], [Elapsed]) = ([], [])
    var bytes = 0
    for _ in 0..<bench.rounds {
      let target = bench.path("run")
      let run = try RecordedMarket.backtest(over: source, into: target, setup)
      if let orders { precondition(run.tally.orders == orders, "as many orders as the peers") }
      precondition(run.tally.orders > 0 && run.tally.fills == run.tally.orders)
      runs.append(run.elapsed)
      bytes = run.bytes
      var replay = Replay(engine: Engine(catalog: setup.catalog))
      let reader = try JournalReader.open(at: target)
      audits.append(try timed { try replay.run(reader) })
      precondition(replay.divergence == nil && replay.sequence == run.sequence)
      bench.remove(target)
    }
    for (what, elapsed, goal) in [
      ("backtest", median(runs), goals.backtest), ("audit", median(audits), goals.audit),
    ] {
      bench.report(
        "\(what), \(name)", Double(count) / elapsed.cpu / 1e6, "M \(unit)/s",
        of: ("SHA-256", Double(bytes) / elapsed.cpu / bench.limits.sha256),
        goal: goal.map { .atLeast($0) })
    }
  }
}

extension Backtest.Setup {
  /// The same with more in its configuration, a line `key=value` each.
  fileprivate func with(_ lines: String) -> Backtest.Setup {
    var setup = self
    let items = lines.split(separator: "\n").map { line in
      let parts = line.split(separator: "=", maxSplits: 1).map(String.init)
      return ConfigurationItems.Item(key: parts[0], value: parts[1])
    }
    setup.configuration = ConfigurationItems(setup.configuration.items + items)
    return setup
  }
}
