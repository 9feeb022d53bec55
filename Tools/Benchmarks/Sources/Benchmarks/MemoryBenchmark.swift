import Events
import Foundation
import Journaling
import Sequencing
import Trading

/// Starting again from a snapshot, and memory over a journal larger than 4 GB.
enum MemoryBenchmark {
  static func restart(_ bench: Bench) throws {
    let target = bench.path("restart")
    defer { bench.remove(target) }
    let setup = RecordedMarket.setup(fast: 10, slow: 50)
    _ = try RecordedMarket.backtest(over: bench.quoteJournal, into: target, setup)
    let bytes = try snapshot(target, setup)
    let seconds = try median((0..<5).map { _ in try timed { try start(target, setup) } })
    bench.report(
      "restart from a snapshot", seconds.wall * 1e3, "ms",
      of: ("SHA-256 of the state", Double(bytes) / bench.limits.sha256 / seconds.wall),
      goal: .atMost(1_000))
  }

  /// Replays a journal and stores the state it ends in; returns the state's length.
  private static func snapshot(_ path: String, _ setup: Backtest.Setup) throws -> Int {
    var replay = Replay(engine: Engine(catalog: setup.catalog))
    try replay.run(try JournalReader.open(at: path))
    precondition(replay.divergence == nil)
    var state = ByteBuffer()
    replay.engine.encodeState(to: &state)
    var journal = try Journal.open(at: path)
    let (sequence, count) = (replay.sequence, state.count)
    try state.withBytes { (bytes) throws(JournalError) in
      _ = try journal.writeSnapshot(at: sequence, version: Engine.stateVersion, state: bytes)
    }
    return count
  }

  /// What a start does: open, restore, apply what came after the snapshot.
  private static func start(_ path: String, _ setup: Backtest.Setup) throws {
    let journal = try Journal.open(at: path)
    let reader = try journal.reader()
    guard let snapshot = try reader.snapshot(version: Engine.stateVersion) else {
      fatalError("no snapshot")
    }
    var engine = Engine(catalog: setup.catalog)
    var input = ByteReader(snapshot.state.span.bytes)
    try engine.restoreState(&input)
    var replay = Replay(engine: engine, after: snapshot.sequence)
    try replay.run(reader)
    precondition(replay.sequence == journal.sequence && replay.divergence == nil)
  }

  /// Replays more than 4 GB and looks at the memory that is not the map.
  static func replay(_ bench: Bench) throws {
    let wanted = 9 << 29
    guard Files.freeBytes(bench.folder) > 2 * wanted else {
      throw BenchError("needs \(2 * wanted >> 30) GB of free disk in \(bench.folder)")
    }
    let setup = RecordedMarket.setup(fast: 100, slow: 500)
    let path = bench.path("large")
    defer { bench.remove(path) }
    try make(path, bytes: wanted, setup)
    let size = RecordedMarket.size(of: path)
    precondition(size > 4 << 30)
    var replay = Replay(engine: Engine(catalog: setup.catalog))
    let reader = try JournalReader.open(at: path)
    var (first, largest, count) = (0, 0, 0)
    let elapsed = try timed {
      try replay.run(reader) { _ in
        count += 1
        guard count % 128 == 0 else { return }
        let used = residentBytes()
        if first == 0 { first = used }
        largest = max(largest, used)
      }
    }
    precondition(replay.divergence == nil && replay.decisions > 0)
    bench.report("journal", Double(size) / 1e9, "GB")
    bench.report("audit", Double(replay.sequence) / elapsed.cpu / 1e6, "M entries/s")
    bench.report(
      "memory beyond the map, most", Double(largest) / 1e6, "MB", goal: .atMost(256))
    bench.report("its growth after 128 MB", Double(largest - first) / 1e6, "MB")
    try restartAtLength(path, replay.engine, replay.sequence, setup, bench)
  }

  /// A start on that journal with the longest tail that a daemon leaves: a million entries after the snapshot.
  private static func restartAtLength(
    _ path: String, _ engine: borrowing Engine, _ sequence: UInt64, _ setup: Backtest.Setup,
    _ bench: Bench
  ) throws {
    var state = ByteBuffer()
    engine.encodeState(to: &state)
    var journal = try Journal.open(at: path)
    try state.withBytes { (bytes) throws(JournalError) in
      _ = try journal.writeSnapshot(at: sequence, version: Engine.stateVersion, state: bytes)
    }
    var sequencer = try Recovery.run(try journal.reader(), catalog: setup.catalog).resume()
    try extend(&sequencer, by: QuoteFeed.walk(1_000_000), into: &journal)
    try journal.sync()
    let tail = journal.sequence - sequence
    _ = consume journal
    let seconds = try median((0..<3).map { _ in try timed { try start(path, setup) } })
    bench.report("entries after the snapshot", Double(tail) / 1e6, "M")
    bench.report("restart on it", seconds.wall * 1e3, "ms", goal: .atMost(1_000))
  }

  /// A run of that length: the same quotes again and again, through the sequencer.
  private static func make(_ path: String, bytes: Int, _ setup: Backtest.Setup) throws {
    let quotes = QuoteFeed.walk(4_000_000)
    var journal = try Journal.create(
      at: path, meta: RecordedMarket.meta, durability: .none,
      options: JournalOptions(mapSize: 2 * bytes))
    var sequencer = Sequencer(engine: Engine(catalog: setup.catalog))
    var batch = Batch(startingAt: 1)
    let start = Instant(nanoseconds: quotes[0].time)
    sequencer.step(.configuration(setup.configuration), event: start, at: start, into: &batch)
    sequencer.step(
      .instrument(RecordedMarket.instrument), event: start, at: start, into: &batch)
    _ = try batch.commit(to: &journal)
    while RecordedMarket.size(of: path) < bytes {
      try extend(&sequencer, by: quotes, into: &journal)
    }
  }

  /// Steps quotes as if they came after what was there, and fills orders at once.
  private static func extend(
    _ sequencer: inout Sequencer, by quotes: [TimedEvent], into journal: inout Journal
  ) throws {
    var batch = Batch(startingAt: sequencer.sequence + 1)
    let shift = max(sequencer.time.nanoseconds - quotes[0].time, 0)
    for tick in quotes {
      let time = Instant(nanoseconds: tick.time + shift)
      let orders = sequencer.engine.tally.orders
      sequencer.step(tick.event, event: time, at: time, into: &batch)
      if sequencer.engine.tally.orders != orders, case .quote(let quote) = tick.event {
        LatencyBenchmark.fill(quote, time, &sequencer, &batch)
      }
      if batch.entryCount >= 60_000 { _ = try batch.commit(to: &journal) }
    }
    _ = try batch.commit(to: &journal)
  }

  /// Resident memory that belongs to no file.
  private static func residentBytes() -> Int {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix("RssAnon:") }),
      let kilobytes = line.split(separator: " ").dropLast().last.flatMap({ Int($0) })
    else { return 0 }
    return kilobytes << 10
  }
}
