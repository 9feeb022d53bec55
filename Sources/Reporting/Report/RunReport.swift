import Calendars
import Events
import Foundation
import Journaling
import Sequencing
import Trading

/// The report of a run as `report.json`. Money, prices and quantities are decimal strings; what is
/// unknown is null, with the reason under `undefined`.
public struct RunReport: Codable, Sendable {
  /// Where the figures come from.
  public struct Provenance: Codable, Sendable {
    public var journal: String
    public var source: String
    public var engine: String
    public var strategies: String
    public var seed: UInt64
    public var first: UInt64
    public var last: UInt64
    public var from: String
    public var to: String
    public var chainHead: String
    public var stateHash: String
  }

  /// How many signals and bars became orders, and why the rest did not.
  public struct Funnel: Codable, Sendable {
    public var events: UInt64
    public var bars: UInt64
    public var signals: UInt64
    public var intents: UInt64
    /// Of the intents: made by the core, for algorithms' children and configured brackets and plans.
    public var derived: UInt64
    /// By rule's name.
    public var refused: [String: UInt64]
    /// Orders that the core kept, instead of sending them or before.
    public var held: UInt64
    /// Of those: by why they went out.
    public var released: [String: UInt64]
    /// Of those: by why they ended without.
    public var ended: [String: UInt64]
    /// Times that a quantity was split over venues.
    public var routed: UInt64
    /// Orders that were sent to a venue.
    public var orders: UInt64
    /// Of those: children of orders that algorithms worked.
    public var children: UInt64
    /// Orders that the venue rejected.
    public var rejected: UInt64
    public var fills: UInt64
    public var alerts: UInt64
  }

  /// What the portfolio is worth in one currency.
  public struct Worth: Codable, Sendable {
    public var currency: String
    public var equity: String
    public var cash: String
    public var inventory: String
    public var realised: String
    public var unrealised: String
    public var fees: String
    /// Brought in by owners, less taken out.
    public var contributed: String
    /// Came in exchange for other currencies, less given.
    public var exchanged: String
    /// Of the equity: what was earned.
    public var profit: String
  }

  public struct Day: Codable, Sendable {
    public var end: String
    public var equity: [String: String]
  }

  public struct Holding: Codable, Sendable {
    public var strategy: String
    public var instrument: String
    public var quantity: String
    @OrNull public var averagePrice: Double?
    @OrNull public var mark: String?
    public var realised: String
    @OrNull public var unrealised: String?
    public var fees: String
    public var currency: String
  }

  public var provenance: Provenance
  /// What a reader must know before believing the rest.
  public var readFirst: [String]
  public var funnel: Funnel
  public var start: [Worth]
  public var end: [Worth]
  public var days: [Day]
  public var positions: [Holding]
  public var accounts: [AccountWorth]
  /// Trades from flat to flat.
  public var trades: Trades
  /// How orders were executed, by currency.
  public var orders: [Orders]
  /// The orders that algorithms worked, and what that cost.
  public var executions: [TransactionCosts.Execution]
  public var statistics: Statistics
  /// The simulated exchange's models, by name.
  public var models: [String: String]

  /// The report as JSON, keys in alphabetical order.
  public func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return try encoder.encode(self) + Data("\n".utf8)
  }
}

extension RunReport {
  /// The report of a finished backtest.
  /// - Parameters:
  ///   - head: of the run's journal.
  ///   - rejected: orders that the venue rejected.
  ///   - costs: of the run's journal.
  ///   - record: trades and executions of the run's journal.
  ///   - calendar: the run's, if one is configured; else N is told by the instruments' kinds.
  ///   - riskFree: rate a year.
  ///   - models: names of the simulated exchange's models.
  public init(
    _ backtest: borrowing Backtest, meta: JournalMeta, head: JournalHead, stateHash: Digest,
    source: String, models: [String: String], rejected: UInt64, costs: TransactionCosts,
    record: TradingRecord, calendar: TradingCalendar? = nil, riskFree: Double = 0
  ) {
    let days = backtest.days
    let instruments = backtest.sequencer.engine.market.instruments.compactMap { $0 }
    let valuations = days.last?.valuations ?? []
    provenance = Provenance(
      journal: meta.id.description, source: source, engine: meta.engine,
      strategies: meta.strategies, seed: meta.seed, first: head.sequence == 0 ? 0 : 1,
      last: head.sequence, from: backtest.startTime.text, to: (head.time ?? .epoch).text,
      chainHead: head.chain.description, stateHash: stateHash.description)
    funnel = Funnel(head.sequence, backtest.sequencer.engine.tally, rejected: rejected)
    start = backtest.startValuations.map(Worth.init)
    end = valuations.map(Worth.init)
    self.days = days.map { day in
      Day(
        end: day.end.text,
        equity: Dictionary(
          day.valuations.map { ($0.currency, $0.equity.shortText) },
          uniquingKeysWith: { _, last in last }))
    }
    positions = Self.positions(backtest)
    accounts = AccountWorth.all(backtest)
    let names = backtest.sequencer.engine.strategyNames
    trades = Trades(record, strategies: names)
    executions = costs.executions(strategies: names)
    let neverCloses = instruments.contains { [.crypto, .perpetual, .inverse].contains($0.kind) }
    let periods = calendar.map { Double($0.periodsPerYear) } ?? (neverCloses ? 365 : 252)
    statistics = Statistics(
      EquitySeries(start: backtest.startValuations, days: days), calendar: calendar ?? .always,
      periods: periods, riskFree: riskFree,
      benchmark: backtest.benchmark.map { ($0, days.map(\.benchmark)) })
    orders = record.orders.map {
      Orders($0, equity: Self.equities(backtest.startValuations, days, $0.currency))
    }
    self.models = models
    readFirst = Self.warnings(
      statistics, funnel: funnel, trades: trades, record, valuations: valuations,
      holdings: positions)
    if let calendar, backtest.isBeyondCalendar {
      readFirst.append(
        "the calendar \(calendar.name) knows \(calendar.dates.lowerBound.text) to "
          + "\(calendar.dates.upperBound.text): days outside end at midnight UTC")
    }
  }

  private static func positions(_ backtest: borrowing Backtest) -> [Holding] {
    let names = backtest.sequencer.engine.strategyNames
    var holdings: [Holding] = []
    for case let instrument? in backtest.sequencer.engine.market.instruments {
      for (strategy, name) in names.enumerated() {
        let position = backtest.sequencer.engine.market.portfolio.position(
          StrategyID(UInt16(strategy)), instrument.id)
        guard position != Position() else { continue }
        let mark = backtest.sequencer.engine.market.books[instrument.id.index].mark
        holdings.append(
          Holding(
            strategy: name, instrument: instrument.symbol,
            quantity: instrument.text(position.quantity),
            averagePrice: position.averagePrice(of: instrument),
            mark: mark.isNone ? nil : instrument.text(mark),
            realised: position.realised.shortText,
            unrealised: position.unrealised(at: mark, of: instrument).map(\.shortText),
            fees: position.fees.shortText, currency: instrument.currency))
      }
    }
    return holdings
  }

  /// Equity in a currency at the start and at the days' ends.
  private static func equities(
    _ start: [Valuation], _ days: [Backtest.DaySample], _ currency: String
  ) -> [Money] {
    ([start] + days.map(\.valuations)).compactMap { valuations in
      valuations.first { $0.currency == currency }?.equity
    }
  }

  private static func warnings(
    _ statistics: Statistics, funnel: Funnel, trades: Trades, _ record: TradingRecord,
    valuations: [Valuation], holdings: [Holding]
  ) -> [String] {
    var warnings: [String] = []
    func number<N: BinaryInteger>(_ count: N, _ one: String, _ many: String) -> String {
      "\(count) \(count == 1 ? one : many)"
    }
    if funnel.rejected > 0 {
      let orders = number(funnel.orders, "order was", "orders were")
      warnings.append(
        "\(funnel.rejected) of \(orders) rejected by the venue: `daybook export --kind rejected`"
          + " says why")
    }
    if let why = statistics.undefined["total_return"] {
      warnings.append("there are no statistics of returns: \(why)")
    } else if statistics.days < 30 {
      warnings.append(
        "\(number(statistics.days, "daily return", "daily returns")): statistics need 30 or more to"
          + " mean much")
    }
    for valuation in valuations where valuation.equity.raw < 0 {
      warnings.append(
        "the end is bankruptcy: the equity is \(valuation.equity.shortText) \(valuation.currency)")
    }
    if trades.closed < 100 {
      warnings.append(
        "\(number(trades.closed, "closed trade", "closed trades")): fewer than 100")
    }
    if statistics.undefined["annual_growth"] == RunReport.Statistics.shorterThanAYear {
      warnings.append("the run is shorter than a year: nothing is said of growth a year")
    }
    if record.crossedFills > 0 {
      warnings.append(
        "\(number(record.crossedFills, "fill", "fills")) came while the book was crossed, as before an"
          + " open: at prices at which nobody trades")
    }
    if record.gaps > 0 {
      warnings.append(
        "the data have \(number(record.gaps, "gap", "gaps")): see `daybook export --kind data_quality`"
      )
    }
    let mixed = trades.byCurrency.reduce(0) { $0 + $1.withOtherFees }
    if mixed > 0 {
      warnings.append(
        "\(number(mixed, "trade", "trades")) paid fees in another currency, which no trade counts")
    }
    let open = holdings.filter { $0.quantity.contains { ("1"..."9").contains($0) } }.count
    if open > 0 {
      warnings.append(
        "\(number(open, "position is", "positions are")) open at the end, valued at the mark")
    }
    if valuations.contains(where: { !$0.unmarked.isEmpty }) {
      warnings.append("positions without a mark count at cost")
    }
    if valuations.count > 1 {
      warnings.append("\(valuations.count) currencies: amounts are not converted or added")
    }
    if funnel.alerts > 0 {
      warnings.append(
        "\(number(funnel.alerts, "alert", "alerts")): see `daybook export --kind alert`")
    }
    return warnings
  }
}

extension RunReport.Funnel {
  private static func counts(_ counts: [(String, UInt64)]) -> [String: UInt64] {
    Dictionary(uniqueKeysWithValues: counts.filter { $0.1 > 0 })
  }

  init(_ events: UInt64, _ tally: Tally, rejected: UInt64) {
    let refusals = Rule.allCases.map { ($0.name, tally.refused[Int($0.rawValue)]) }
    self.init(
      events: events, bars: tally.bars, signals: tally.signals, intents: tally.intents,
      derived: tally.derived,
      refused: Self.counts(refusals), held: tally.held,
      released: Self.counts(
        ReleaseCause.allCases.map { ($0.name, tally.released[Int($0.rawValue)]) }),
      ended: Self.counts(EndCause.allCases.map { ($0.name, tally.ended[Int($0.rawValue)]) }),
      routed: tally.routed, orders: tally.orders, children: tally.children, rejected: rejected,
      fills: tally.fills, alerts: tally.alerts)
  }
}

extension RunReport.Worth {
  init(_ valuation: Valuation) {
    self.init(
      currency: valuation.currency, equity: valuation.equity.shortText,
      cash: valuation.cash.shortText, inventory: valuation.inventory.shortText,
      realised: valuation.realised.shortText,
      unrealised: valuation.unrealised.shortText, fees: valuation.fees.shortText,
      contributed: valuation.contributed.shortText, exchanged: valuation.exchanged.shortText,
      profit: valuation.profit.shortText)
  }
}
