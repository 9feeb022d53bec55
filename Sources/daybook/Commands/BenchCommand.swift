import ArgumentParser
import Events
import Glibc
import Journaling
import Sequencing
import Strategies
import Trading
import Venues

/// `daybook bench`
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract:
      "Measure this machine: encode, append, decode, backtest and audit, beside its limits.",
    discussion: """
      Makes a market, trades it and audits the run in a folder of its own, which it removes again. Each \
      figure stands beside what memory copy and SHA-256 reach here, measured in the same run. The full \
      benchmarks are in Tools/Benchmarks (make bench).

      Example: daybook bench --events 4000000
      """)

  @Option(help: "Market events to measure with.")
  var events = 1_000_000

  @Option(help: "Folder to work in; default TMPDIR or the system's.", completion: .directory)
  var folder: String?

  @OptionGroup var output: PrintOptions

  func validate() throws {
    guard (10_000...100_000_000).contains(events) else {
      throw ValidationError("--events must be 10000 to 100000000.")
    }
  }

  func run() throws {
    let folder = try WorkFolder(in: folder ?? environment("TMPDIR") ?? P_tmpdir)
    var progress = Progress("bench", total: 6, unit: "steps", isQuiet: output.quiet)
    func step(_ number: UInt64) throws {
      try Interruption.check()
      progress.update(number)
    }
    var table = BenchTable()
    table.copyRate = Self.copyRate()
    table.hashRate = Self.hashRate()
    try step(1)
    let market = try Recording(events: events)
    table.add("encode", market.ticks.count, bytes: market.encode(), seconds: market.encodeSeconds())
    try step(2)
    let seconds = try market.record(at: folder.path + "/market")
    let reader = try JournalReader.open(at: folder.path + "/market")
    let bytes = Folder.size(folder.path + "/market/data.mdb")
    table.add("append, chained", market.ticks.count, bytes: bytes, seconds: seconds)
    try step(3)
    table.add("decode", market.ticks.count, bytes: bytes, seconds: try Self.decode(reader))
    try step(4)
    let run = try Self.trade(reader, in: folder.path)
    table.add("backtest", Int(run.entries), bytes: run.bytes, seconds: run.seconds)
    try step(5)
    let audit = try Self.audit(in: folder.path)
    table.add("audit", Int(run.entries), bytes: run.bytes, seconds: audit)
    try step(6)
    progress.finish()
    try output.show(table.json, else: table.lines(output.style))
  }

  /// Bytes a second that memory copies.
  private static func copyRate() -> Double {
    let count = 64 << 20
    let source = [UInt8](repeating: 1, count: count)
    var target = [UInt8](repeating: 0, count: count)
    return Double(count)
      / best(of: 3) {
        unsafe target.withUnsafeMutableBytes { to in
          unsafe source.withUnsafeBytes { from in unsafe to.copyMemory(from: from) }
        }
      }
  }

  /// Bytes a second that libcrypto hashes.
  private static func hashRate() -> Double {
    let bytes = [UInt8](repeating: 7, count: 1 << 20)
    let hasher = Sha256()
    var kept = Digest.zero
    let seconds = best(of: 3) { for _ in 0..<16 { kept = hasher.hash(bytes) } }
    precondition(kept != .zero)
    return Double(bytes.count * 16) / seconds
  }

  /// Seconds of the fastest of several runs.
  static func best(of count: Int, _ body: () throws -> Void) rethrows -> Double {
    var best = Double.infinity
    for _ in 0..<count {
      let watch = Stopwatch()
      try body()
      best = min(best, watch.seconds)
    }
    return max(best, 1e-9)
  }

  private static func decode(_ reader: JournalReader) throws -> Double {
    var sum: Int64 = 0
    let seconds = try best(of: 3) {
      var decoder = BlockDecoder()
      try reader.forEachBlock { (_, content) throws(Damage) in
        _ = try decoder.begin(content)
        return try decoder.forEachEntry(
          of: content,
          tick: { (tick, _) throws(Damage) in
            sum &+= Int64(tick.instrument.raw)
            return true
          }, record: { (_, _, _) throws(Damage) in true })
      }
    }
    precondition(sum >= 0)
    return seconds
  }

  private static func trade(_ source: JournalReader, in folder: String) throws
    -> (seconds: Double, entries: UInt64, bytes: Int)
  {
    let items = ConfigurationItems(
      [
        ("account.cash", "1000000 USD"), ("strategy.ema.kind", "ema-cross"),
        ("strategy.ema.instruments", "COINUSD"), ("strategy.ema.fast", "100"),
        ("strategy.ema.slow", "500"), ("strategy.ema.size", "0.1"),
      ].map { ConfigurationItems.Item(key: $0.0, value: $0.1) })
    try Engine.check(items, catalog: Catalog.shipped)
    let path = folder + "/run"
    var journal = try Journal.create(
      at: path, meta: JournalMeta(created: .epoch, engine: Engine.version, seed: 1),
      durability: .none)
    var backtest = Backtest(
      Backtest.Setup(
        configuration: items, exchange: ExchangeConfiguration(), seed: 1, source: "bench",
        catalog: Catalog.shipped))
    let watch = Stopwatch()
    try backtest.run(over: source, into: &journal) { _ in
      Interruption.obey { WorkFolder.remove(folder) }
    }
    return (watch.seconds, journal.sequence, Folder.size(path + "/data.mdb"))
  }

  private static func audit(in folder: String) throws -> Double {
    let reader = try JournalReader.open(at: folder + "/run")
    var replay = Replay(engine: Engine(catalog: Catalog.shipped))
    let watch = Stopwatch()
    try replay.run(reader) { _ in Interruption.obey { WorkFolder.remove(folder) } }
    if let divergence = replay.divergence {
      throw Failure(.bug, "the audit of the bench's own run diverged: \(divergence).")
    }
    return watch.seconds
  }
}

/// A market made from a seed, in memory.
private struct Recording {
  var definitions: [Observation] = []
  var ticks: [(tick: MarketEvent, time: Instant)] = []

  init(events: Int) throws {
    let start = Instant(CivilDate(year: 2026, month: 1, day: 5)) ?? .epoch
    var configuration = GeneratorConfiguration.standard(seed: 1, start: start, days: 365)
    configuration.markets = [.crypto(0, "COINUSD")]
    var generator = MarketGenerator(configuration)
    // A generated hour, told again and again: making markets is not what is measured.
    var hour: [(tick: MarketEvent, time: Instant)] = []
    while hour.count < min(events, 100_000), let next = generator.next() {
      switch next.observation {
      case .market(let tick): hour.append((tick, next.time))
      case .instrument: definitions.append(next.observation)
      default: continue
      }
      if hour.count & 0xFFF == 0 { try Interruption.check() }
    }
    guard let first = hour.first, let last = hour.last else {
      throw Failure(.bug, "the market generator made nothing.")
    }
    let length = last.time.since(first.time) + 1
    ticks.reserveCapacity(events)
    while ticks.count < events {
      let shift = Int64(ticks.count / hour.count) * length
      for item in hour.prefix(events - ticks.count) {
        ticks.append((item.tick, item.time.advanced(by: shift)))
      }
    }
  }

  private func fill(_ encoder: inout BlockEncoder) -> Int {
    var bytes = 0
    encoder.begin(at: 1)
    for item in ticks {
      encoder.append(item.tick, event: item.time, receive: item.time)
      if encoder.byteCount >= 1 << 20 {
        bytes += encoder.byteCount
        encoder.begin(at: encoder.nextSequence)
      }
    }
    return bytes + encoder.byteCount
  }

  /// Bytes that the ticks take.
  func encode() -> Int {
    var encoder = BlockEncoder()
    return fill(&encoder)
  }

  func encodeSeconds() -> Double {
    var encoder = BlockEncoder()
    var bytes = 0
    let seconds = BenchCommand.best(of: 3) { bytes = fill(&encoder) }
    precondition(bytes > 0)
    return seconds
  }

  /// Records the ticks in a journal.
  /// - Returns: seconds it took, without waiting for the disk.
  func record(at path: String) throws -> Double {
    var journal = try Journal.create(
      at: path, meta: JournalMeta(created: .epoch, engine: Engine.version, seed: 1),
      durability: .none)
    var recorder = Recorder(after: journal.head)
    let watch = Stopwatch()
    for definition in definitions {
      let time = ticks[0].time
      try recorder.append(definition, event: time, receive: time, to: &journal)
    }
    for item in ticks {
      try recorder.append(item.tick, event: item.time, receive: item.time, to: &journal)
    }
    try recorder.flush(to: &journal)
    return watch.seconds
  }
}

/// The figures, and what the machine could do at most.
private struct BenchTable {
  var copyRate = 0.0
  var hashRate = 0.0
  private var rows: [(name: String, events: Int, bytes: Int, seconds: Double)] = []

  mutating func add(_ name: String, _ events: Int, bytes: Int, seconds: Double) {
    rows.append((name, events, bytes, max(seconds, 1e-9)))
  }

  var json: JSON {
    let figures = rows.map { row -> (String, JSON) in
      let rate = Double(row.bytes) / row.seconds
      return (
        row.name.replacing(", ", with: "_"),
        .object([
          ("events", .number(row.events)), ("bytes", .number(row.bytes)),
          ("seconds", .number(rounded(row.seconds, 6))),
          ("events_per_second", .number(rounded(Double(row.events) / row.seconds, 0))),
          ("of_memcpy", .number(rounded(rate / copyRate, 4))),
          ("of_sha256", .number(rounded(rate / hashRate, 4))),
        ])
      )
    }
    let limits: [(String, JSON)] = [
      ("memcpy_bytes_per_second", .number(rounded(copyRate, 0))),
      ("sha256_bytes_per_second", .number(rounded(hashRate, 0))),
    ]
    return .object(limits + figures)
  }

  func lines(_ style: Style) -> [String] {
    var table = Table([
      ("", .left), ("events", .right), ("events/s", .right), ("ns each", .right),
      ("bytes each", .right), ("of memcpy", .right), ("of SHA-256", .right),
    ])
    for row in rows {
      let rate = Double(row.bytes) / row.seconds
      table.row(
        row.name, grouped(row.events), shortCount(Double(row.events) / row.seconds),
        rounded(row.seconds * 1e9 / Double(row.events), 1),
        rounded(Double(row.bytes) / Double(row.events), 1),
        rounded(rate / copyRate * 100, 1) + " %", rounded(rate / hashRate * 100, 1) + " %")
    }
    let limits =
      "memcpy \(byteText(Int(copyRate)))/s, SHA-256 \(byteText(Int(hashRate)))/s, one thread"
    return table.lines(style) + ["", style(limits, .quiet)]
  }
}

/// A folder that is gone when the work is done.
struct WorkFolder: ~Copyable {
  let path: String

  init(in parent: String) throws {
    var template = Array((parent + "/daybook-bench-XXXXXX").utf8CString)
    let made = unsafe template.withUnsafeMutableBufferPointer { buffer -> String? in
      guard let start = buffer.baseAddress, let path = unsafe mkdtemp(start) else { return nil }
      return unsafe String(cString: path)
    }
    guard let made else {
      throw Failure(
        Failure.status(of: errno), "\(parent): cannot work in this folder: \(systemText(errno)).")
    }
    path = made
  }

  deinit { Self.remove(path) }

  static func remove(_ path: String) {
    for name in ["market", "run"] { OutputFolder.remove(path + "/" + name) }
    unsafe rmdir(path)
  }
}
