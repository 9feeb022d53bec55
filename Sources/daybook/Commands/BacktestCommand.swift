import ArgumentParser
import Calendars
import Events
import Journaling
import Reporting
import Sequencing
import Strategies
import Trading

/// `daybook backtest`
struct BacktestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backtest",
    abstract: "Trade a recorded journal with strategies, into a journal of its own.",
    discussion: """
      The new journal can be replayed, verified and explained like any other. Equal data, configuration \
      and seed make equal entries, byte for byte. A damaged recording ends it with 2 and leaves nothing.

      Example: daybook backtest --journal market --config momo.toml --out run
      """)

  @Option(help: "Journal to trade on.", completion: .directory)
  var journal: String

  @Option(help: "Configuration file (TOML); see `daybook config schema`.", completion: .file())
  var config: String

  @Option(help: "Folder of the new journal; must not exist or be empty.", completion: .directory)
  var out: String

  @Option(help: "Seed of every random choice, above run.seed.")
  var seed: UInt64?

  @Option(
    help: ArgumentHelp(
      "Do this in the course of the run: '2014-06-06T15:00 kill all'. Repeatable.",
      discussion: """
        A moment, an act (halt, resume, kill, enable) and its scope: all, or strategy NAME; then, if \
        there is more, the reason. Or 'close strategy NAME SYMBOL QUANTITY lots 17,23', where the \
        lots may be left out. The acts are entries of the run like any other.
        """, valueName: "act"))
  var act: [PlannedAct] = []

  @Flag(help: "Replace the run that is in the folder.")
  var force = false

  @OptionGroup var configuration: ConfigurationOptions
  @OptionGroup var signing: SigningOptions
  @OptionGroup var output: PrintOptions

  func run() throws {
    let configured = try configuration.read(config, seed: seed)
    let source = try JournalReader.open(at: journal)
    let known = try checkInstruments(configured, source)
    let traded = configured.core.strategies.flatMap(\.instruments)
    // Currencies rest at weekends.
    let isForex = traded.allSatisfy { name in
      known.contains { $0.isNamed(name) && $0.kind == .forex }
    }
    let calendar = configured.calendar ?? (isForex ? .weekdays : nil)
    let key = try signing.key()
    let acts = try act.map { act in
      try act.act(configured.core.strategies.map(\.name)) { try source.instrument(named: $0) }
    }
    var setup = Backtest.Setup(
      configuration: configured.items, exchange: configured.exchange, seed: configured.seed,
      source: Folder.baseName(journal), catalog: Catalog.shipped,
      calendar: calendar ?? .always, benchmark: configured.benchmark)
    setup.acts = acts.sorted { $0.time < $1.time }
    var folder = try OutputFolder(claiming: out, force: force, keeping: [journal])
    var target = try Journal.create(
      at: out,
      meta: JournalMeta(
        created: Stopwatch.wallClock, engine: Engine.version, strategies: setup.strategyVersions,
        seed: configured.seed),
      durability: .none)
    var backtest = Backtest(setup)
    var check = SourceCheck.start(
      try JournalReader.open(at: journal), through: try source.lastSequence())
    let seconds = try Failure.naming(journal) {
      let seconds = try trade(&backtest, source, into: &target, folder)
      // What was traded on a damaged recording must not be signed.
      try check.finish()
      return seconds
    }
    let state = try Self.seal(&target, backtest.sequencer.engine, key)
    try key.publicKey.save(to: out + "/checkpoint.pub.pem")
    try target.sync()
    var counts = JournalCounts()
    try counts.scan(target.reader())
    let costs = try TransactionCosts(target.reader())
    let record = try TradingRecord(target.reader())
    var report = RunReport(
      backtest, meta: target.meta, head: target.head, stateHash: state, source: setup.source,
      models: configured.models, rejected: counts[.rejected], costs: costs,
      record: record, calendar: calendar,
      riskFree: configured.riskFree)
    report.readFirst =
      Self.idle(
        configured.core, counts, backtest.sequencer.engine.market,
        bars: backtest.sequencer.engine.tally.bars)
      + backtest.pendingActs.map { act in
        "the recording ended before \(act.time.text), so there was no \(act.act.act.name)"
      }
      + report.readFirst
    let reportPath = out + "/report.json"
    try TextFile.write(
      String(decoding: report.json(), as: UTF8.self), to: reportPath, what: "the report")
    let summary = BacktestSummary(
      backtest, counts, head: target.head, state: state, seconds: seconds,
      readFirst: report.readFirst, costs: costs, models: configured.exchange.models)
    folder.keep()
    try output.show(
      summary.json(journal: out, report: reportPath),
      else: summary.lines(output.style, journal: out, report: reportPath))
  }

  /// Whether all market data are bars.
  private static func hasBarsAlone(_ counts: JournalCounts) -> Bool {
    let others: [EntryKind] = [.quote, .trade, .depth, .orderAdd]
    return counts[.bar] > 0 && others.allSatisfy { counts[$0] == 0 }
  }

  /// Strategies that cannot have acted as they should, as nothing in the journal wakes them.
  private static func idle(
    _ configured: Configuration, _ counts: JournalCounts, _ market: borrowing Market, bars: UInt64
  ) -> [String] {
    var priced: [String] = []
    for case let instrument? in market.instruments
    where !market.books[instrument.id.index].mark.isNone {
      priced += [instrument.symbol, instrument.fullName]
    }
    let idle = configured.strategies.compactMap { strategy -> String? in
      // People act for it.
      if strategy.kind == "manual" { return nil }
      if strategy.kind == "signal-follower" {
        return counts[.signal] > 0
          ? nil : "strategy \(strategy.name) heard no signal: the journal has none"
      }
      switch strategy.clock {
      case .trade where counts[.trade] == 0:
        return "strategy \(strategy.name) never ran: its clock is `trade`, and the journal has no "
          + "trades"
      case .quote where Self.hasBarsAlone(counts):
        return
          "strategy \(strategy.name) took closes of bars that changed for quotes: its clock is `quote`, "
          + "and the journal has bars alone; with a clock such as `bar:1m` it sees each bar"
      case .bar where bars == 0:
        return "strategy \(strategy.name) never ran: no bar of its clock was complete"
      case .quote, .trade, .bar: break
      }
      // Who had an intent had prices, if those of the contracts of a continuous future.
      guard counts[.intent] == 0, !strategy.instruments.contains(where: priced.contains) else {
        return nil
      }
      return "strategy \(strategy.name) never ran: the journal has no prices of "
        + strategy.instruments.joined(separator: ", ")
    }
    if !idle.isEmpty || counts[.intent] > 0 || configured.strategies.isEmpty { return idle }
    return ["no strategy had an intent: what they wait for did not come"]
  }

  /// - Returns: the instruments that the configuration names, perhaps with others.
  private func checkInstruments(
    _ configured: RunConfiguration, _ source: JournalReader
  ) throws -> [Instrument] {
    let (names, venues) = (configured.instrumentNames, configured.venueNames)
    let currencies = configured.foreignCurrencies
    // A symbol alone may be another venue's as well, whose definition comes last of all.
    let isExact = configured.core.strategies.allSatisfy { strategy in
      strategy.instruments.allSatisfy { $0.utf8.contains(UInt8(ascii: ":")) }
    }
    let known = try Failure.naming(journal) {
      try source.instruments { found in
        isExact && names.allSatisfy { name in found.contains { $0.isNamed(name) } }
          && venues.allSatisfy { name in found.contains { $0.venueName == name } }
          && currencies.allSatisfy { name in
            found.contains { $0.currency == name || $0.base == name }
          }
      }
    }
    try configured.check(known, at: journal)
    return known
  }

  /// - Returns: seconds it took.
  private func trade(
    _ backtest: inout Backtest, _ source: JournalReader, into target: inout Journal,
    _ folder: borrowing OutputFolder
  ) throws -> Double {
    var progress = Progress(
      "backtest", total: try source.lastSequence(), isQuiet: output.quiet)
    try backtest.run(over: source, into: &target) { done in
      Interruption.obey { folder.discard() }
      progress.update(done)
    }
    progress.finish()
    guard target.head.sequence > 0 else {
      throw Failure(.noInput, "\(journal): the journal is empty, so there is nothing to trade on.")
    }
    return progress.seconds
  }

  /// Stores the state at the end and signs where the journal ends.
  /// - Returns: the state hash.
  private static func seal(
    _ target: inout Journal, _ engine: borrowing Engine, _ key: borrowing SigningKey
  ) throws -> Digest {
    var state = ByteBuffer(capacity: 1 << 16)
    engine.encodeState(to: &state)
    let sequence = target.head.sequence
    let hash = try state.withBytes { (bytes) throws(JournalError) in
      try target.writeSnapshot(at: sequence, version: Engine.stateVersion, state: bytes)
    }
    try target.writeCheckpoint(state: hash, at: Stopwatch.wallClock, key: key)
    return hash
  }
}
