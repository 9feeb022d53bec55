import Events
import Journaling
import Sequencing
import Strategies
import Trading
import Venues

/// An observation and when it comes.
public struct TimedObservation: Equatable, Sendable {
  public var observation: Observation
  public var time: Instant

  public init(_ observation: Observation, at time: Instant) {
    self.observation = observation
    self.time = time
  }
}

/// A whole run in small: a made-up market, all shipped strategies and a scripted one, a backtest.
public enum Rehearsal {
  public static let catalog = [ScriptedStrategy.kind] + Catalog.shipped

  /// Two minutes of a share told order by order, a future by levels and a coin by quotes.
  public static func market(seed: UInt64, activity: Int = 12) -> [TimedObservation] {
    var markets: [GeneratedMarket] = [
      .equity(0, "ALFA"), .future(1, "IDX"), .crypto(2, "COINUSD"),
    ]
    for index in markets.indices {
      markets[index].session = GeneratedMarket.Session(
        open: 60_000_000_000, length: 120_000_000_000, isClosedAtWeekends: false)
      markets[index].activity = activity
    }
    var generator = MarketGenerator(
      GeneratorConfiguration(
        seed: seed, start: Instant(nanoseconds: 1_709_596_800_000_000_000), markets: markets,
        signalInterval: 1_000_000_000))
    var made: [TimedObservation] = []
    while let next = generator.next() {
      made.append(TimedObservation(next.observation, at: next.time))
    }
    return made
  }

  public static let configuration = ConfigurationItems(
    lines: """
      account.cash=1000000 USD
      risk.order.max_quantity=1000
      risk.order.max_notional=2000000 USD
      risk.order.price_collar=5 %
      risk.order.max_rate=5/s
      risk.position.max_quantity=300
      strategy.cross.kind=ema-cross
      strategy.cross.instruments=ALFA,IDX
      strategy.cross.clock=bar:1s:mid
      strategy.cross.fast=3
      strategy.cross.slow=8
      strategy.cross.size=10
      strategy.cross.mode=target
      strategy.maker.kind=market-maker
      strategy.maker.instruments=ALFA
      strategy.maker.size=100
      strategy.maker.max_position=200
      strategy.maker.spread=2
      strategy.signals.kind=signal-follower
      strategy.signals.instruments=COINUSD,IDX
      strategy.signals.enter=0.2
      strategy.signals.exit=0.05
      strategy.signals.size=3
      """)

  public static func setup(
    seed: UInt64, configuration: ConfigurationItems = configuration,
    latency: Latency = Latency(entry: 1_000_000, response: 2_000_000, jitter: 500_000)
  ) -> Backtest.Setup {
    Backtest.Setup(
      configuration: configuration,
      exchange: ExchangeConfiguration(latency: latency, fees: .usEquity, seed: seed), seed: seed,
      source: "rehearsal", catalog: catalog)
  }

  /// Records observations, each at its time.
  public static func record(
    _ observations: [TimedObservation], in folder: JournalFolder, _ name: String = "source"
  ) throws -> JournalReader {
    var journal = try folder.create(name)
    var recorder = Recorder(after: journal.head)
    for one in observations {
      try recorder.append(one.observation, event: one.time, receive: one.time, to: &journal)
    }
    try recorder.flush(to: &journal)
    return try JournalReader.open(at: folder.path(name))
  }

  /// Runs a backtest over a recording into a new journal.
  public static func run(
    _ setup: Backtest.Setup, over source: JournalReader, in folder: JournalFolder,
    _ name: String = "run"
  ) throws -> Backtest {
    var journal = try folder.create(name)
    var backtest = Backtest(setup)
    try backtest.run(over: source, into: &journal)
    return backtest
  }
}
