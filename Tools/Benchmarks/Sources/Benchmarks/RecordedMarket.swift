import Events
import Journaling
import Sequencing
import Strategies
import Trading
import Venues

/// Journals of market data, and runs over them.
enum RecordedMarket {
  static let instrument = Instrument(
    id: InstrumentID(0), venueName: "SYNTH", symbol: "DAYB", kind: .equity, currency: "USD",
    priceScale: 2, quantityScale: 0)

  static let meta = JournalMeta(
    created: .epoch, engine: Engine.version, strategies: "", seed: 1)

  /// Records ticks; returns where.
  static func record(_ events: [TimedEvent], in bench: Bench) -> String {
    let path = bench.path("market")
    do {
      var journal = try Journal.create(at: path, meta: meta, durability: .none)
      var recorder = Recorder(after: journal.head)
      let first = Instant(nanoseconds: events[0].time)
      try recorder.append(.instrument(instrument), event: first, receive: first, to: &journal)
      for tick in events {
        let time = Instant(nanoseconds: tick.time)
        try recorder.append(tick.event, event: time, receive: time, to: &journal)
      }
      try recorder.flush(to: &journal)
      try journal.sync()
    } catch { fatalError("recording: \(error)") }
    return path
  }

  /// The peers' moving-average crossover.
  static func setup(clock: String = "quote", fast: Int, slow: Int) -> Backtest.Setup {
    Backtest.Setup(
      configuration: ConfigurationItems([
        .init(key: "account.cash", value: "1000000 USD"),
        .init(key: "strategy.ema.kind", value: "ema-cross"),
        .init(key: "strategy.ema.instruments", value: "DAYB"),
        .init(key: "strategy.ema.clock", value: clock),
        .init(key: "strategy.ema.fast", value: "\(fast)"),
        .init(key: "strategy.ema.slow", value: "\(slow)"),
        .init(key: "strategy.ema.size", value: "100"),
        .init(key: "strategy.ema.mode", value: "flip"),
      ]),
      exchange: ExchangeConfiguration(), seed: 1, source: "benchmark", catalog: Catalog.shipped)
  }

  /// An engine that has the configuration and the instrument.
  static func engine(_ setup: Backtest.Setup) -> Engine {
    var engine = Engine(catalog: setup.catalog)
    let header = EntryHeader(
      sequence: 1, eventTime: .epoch, receiveTime: Instant(nanoseconds: QuoteFeed.start))
    engine.apply(.configuration(setup.configuration), header)
    engine.apply(.instrument(instrument), header)
    return engine
  }

  /// A backtest over a journal into a new one.
  static func backtest(
    over path: String, into target: String, _ setup: Backtest.Setup
  ) throws -> (elapsed: Elapsed, tally: Tally, sequence: UInt64, bytes: Int) {
    let source = try JournalReader.open(at: path)
    var backtest = Backtest(setup)
    let elapsed = try timed {
      // Making and closing the journal is part of the run; the wait for the disk at the close is not
      // computation, so the clock of the thread does not see it.
      var journal = try Journal.create(
        at: target, meta: meta, durability: .none, options: JournalOptions(mapSize: 1 << 30))
      try backtest.run(over: source, into: &journal)
    }
    return (elapsed, backtest.sequencer.engine.tally, backtest.sequencer.sequence, size(of: target))
  }

  /// Length of a journal's file.
  static func size(of path: String) -> Int { Files.size(path + "/data.mdb") }
}
