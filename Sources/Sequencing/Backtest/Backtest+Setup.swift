import Calendars
import Events
import Trading
import Venues

extension Backtest {
  /// What a run is made of.
  public struct Setup: Sendable {
    public var configuration: ConfigurationItems
    public var exchange: ExchangeConfiguration
    public var seed: UInt64
    /// Where the observations come from, for the record.
    public var source: String
    public var catalog: [StrategyKind]
    /// At whose sessions' closes the portfolio's worth is sampled. Beyond what it knows days end at
    /// midnight UTC.
    public var calendar: TradingCalendar
    /// Symbol, or VENUE:SYMBOL, of the instrument whose mark is sampled with the worth.
    public var benchmark: String?
    /// What people do in the course of the run, in order of time.
    public var acts: [TimedAct] = []

    public init(
      configuration: ConfigurationItems, exchange: ExchangeConfiguration, seed: UInt64,
      source: String, catalog: [StrategyKind], calendar: TradingCalendar = .always,
      benchmark: String? = nil
    ) {
      self.calendar = calendar
      self.benchmark = benchmark
      self.configuration = configuration
      self.exchange = exchange
      self.seed = seed
      self.source = source
      self.catalog = catalog
    }

    /// `name=version` of the catalog's strategies.
    public var strategyVersions: String {
      catalog.map { "\($0.name)=\($0.version)" }.joined(separator: ",")
    }
  }

  /// Something that a person does at a moment of the run.
  public struct TimedAct: Sendable {
    public var time: Instant
    public var act: OperatorAct

    public init(at time: Instant, _ act: OperatorAct) { (self.time, self.act) = (time, act) }
  }

  /// The portfolio's worth at the end of a day of the run's calendar.
  public struct DaySample: Equatable, Sendable {
    /// The session's close, of `24/7` midnight UTC; of the last day, the last entry's time.
    public var end: Instant
    public var valuations: [Valuation]
    /// What one unit of the benchmark at the run's start is worth, which splits make several, in units of its price's
    /// scale; nil if it has no price.
    public var benchmark: Double?
  }
}

extension Backtest {
  /// What of a recording is taken over: what the world said of the market, not what an engine did or
  /// what became of its orders.
  static func isTaken(_ kind: EntryKind) -> Bool {
    kind == .connection || RecordedMarket.plays(kind)
  }
}

extension MarketEvent {
  /// The moment by which it belongs to a day.
  func dayMoment(at time: Instant) -> Instant {
    if case .bar(let bar) = self { bar.dayMoment(endingAt: time) } else { time }
  }
}
