import Events
import Foundation
import Importing
import Journaling
import Scenarios
import Sequencing
import Trading
import Venues

/// SPY as LEAN's regression runs see it: prices adjusted by the factor file, regular hours only, at each
/// moment quotes before trades, and a status for the session's open and close.
struct LeanMarket {
  static let root = SharedData.folder?.appendingPathComponent("data/lean/equity/usa")

  /// Nine decimals: a raw price of cents times a factor of seven decimals.
  static let spy = Instrument(
    id: InstrumentID(0), venueName: "USA", symbol: "SPY", kind: .equity, currency: "USD",
    priceScale: 9, quantityScale: 0)

  private struct Bars: ImportSink {
    var bars: [(bar: Bar, end: Instant)] = []

    mutating func append(_ event: MarketEvent, event time: Instant, receive: Instant) {
      if case .bar(let bar) = event { bars.append((bar, time)) }
    }

    mutating func append(_ observation: Observation, event time: Instant, receive: Instant) {}
  }

  private let factors: [(date: CivilDate, factor: Int64)]
  private let raw: [(bar: Bar, end: Instant)]

  /// - Parameter path: a file or a folder under `equity/usa`.
  init(_ path: String) throws {
    let root = Self.root!
    let text = try String(
      contentsOf: root.appendingPathComponent("factor_files/spy.csv"), encoding: .utf8)
    factors = text.split(whereSeparator: \.isNewline).map { line in
      let fields = line.split(separator: ",")
      let digits = fields[0].compactMap { $0.wholeNumberValue }
      func number(_ range: Range<Int>) -> Int { digits[range].reduce(0) { $0 * 10 + $1 } }
      let date = CivilDate(
        year: number(0..<4), month: number(4..<6), day: number(6..<8))
      // Price factor × split factor; SPY never split.
      let factor = Decimal(String(fields[1]))!
      let scaled = factor.mantissa * Int64(power(7 - Int(factor.scale)))
      return (date, fields[2] == "1" ? scaled : .min)
    }
    var sink = Bars()
    _ = try ImportSession(
      ImportRequest(format: .lean, paths: [root.appendingPathComponent(path).path])
    ).run(into: &sink)
    raw = sink.bars
  }

  /// Raw prices have four decimals, factors seven: to nine decimals, half to even.
  private func adjusted(_ price: Price, on date: CivilDate) -> Price {
    let factor = factors.first { $0.date >= date }!.factor
    let (quotient, rest) = (Int128(price.raw) * Int128(factor)).quotientAndRemainder(
      dividingBy: 100)
    let up = rest > 50 || rest == 50 && quotient % 2 != 0
    return Price(Int64(quotient + (up ? 1 : 0)))
  }

  private func adjusted(_ bar: Bar, on date: CivilDate) -> Bar {
    var bar = bar
    bar.instrument = Self.spy.id
    for path in [\Bar.open, \.high, \.low, \.close] {
      bar[keyPath: path] = adjusted(bar[keyPath: path], on: date)
    }
    return bar
  }

  /// Minute bars of whole sessions from a day to another, at New York's summer time.
  func minutes(from first: CivilDate, through last: CivilDate) -> [TimedObservation] {
    let (hour, zone): (Int64, Int64) = (3_600_000_000_000, 4 * 3_600_000_000_000)
    var made: [TimedObservation] = []
    var day: CivilDate?
    let sorted = raw.sorted { ($0.end, Self.rank($0.bar)) < ($1.end, Self.rank($1.bar)) }
    for (bar, end) in sorted {
      let local = end.advanced(by: -zone)
      let date = local.advanced(by: -1).date
      guard date >= first, date <= last else { continue }
      let midnight = Instant(date)!
      let since = local.since(midnight)
      guard since > 9 * hour + hour / 2, since <= 16 * hour else { continue }
      if day != date {
        if let day { made.append(Self.status(.closed, at: Instant(day)!.advanced(by: 20 * hour))) }
        made.append(Self.status(.trading, at: midnight.advanced(by: 13 * hour + hour / 2)))
        day = date
      }
      made.append(TimedObservation(.market(.bar(adjusted(bar, on: date))), at: end))
    }
    if let day { made.append(Self.status(.closed, at: Instant(day)!.advanced(by: 20 * hour))) }
    return [TimedObservation(.instrument(Self.spy), at: made[0].time)] + made
  }

  /// Daily bars from a day to another.
  func days(from first: CivilDate, through last: CivilDate) -> [TimedObservation] {
    let made = raw.compactMap { bar, end -> TimedObservation? in
      let date = end.advanced(by: -12 * 3_600_000_000_000).date
      guard date >= first, date <= last else { return nil }
      return TimedObservation(.market(.bar(adjusted(bar, on: date))), at: end)
    }
    return [TimedObservation(.instrument(Self.spy), at: made[0].time)] + made
  }

  private static func rank(_ bar: Bar) -> Int {
    switch bar.side {
    case .buy: 0
    case .sell: 1
    case .none: 2
    }
  }

  private static func status(_ status: TradingStatus, at time: Instant) -> TimedObservation {
    TimedObservation(
      .market(.status(StatusChange(instrument: spy.id, status: status))), at: time)
  }

  /// A backtest with LEAN's fills and fees, and its audit.
  static func run(
    _ market: [TimedObservation], _ kind: StrategyKind, clock: String, in folder: JournalFolder
  ) throws -> Backtest {
    let source = try Rehearsal.record(market, in: folder)
    let configuration = ConfigurationItems(
      lines: """
        account.cash=100000 USD
        strategy.lean.kind=\(kind.name)
        strategy.lean.instruments=SPY
        strategy.lean.clock=\(clock)
        """)
    let setup = Backtest.Setup(
      configuration: configuration,
      exchange: ExchangeConfiguration(fees: .usEquity, fills: .lean), seed: 0, source: "lean",
      catalog: [kind])
    let backtest = try Rehearsal.run(setup, over: source, in: folder)
    var replay = Replay(engine: Engine(catalog: [kind]))
    try replay.run(try JournalReader.open(at: folder.path("run")))
    guard replay.divergence == nil else { throw Divergent(what: replay.divergence!) }
    return backtest
  }

  struct Divergent: Error { var what: Divergence }
}
