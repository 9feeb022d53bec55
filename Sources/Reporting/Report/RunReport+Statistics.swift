import Calendars
import Events

extension RunReport {
  /// Statistics of daily returns in the run's only currency.
  public struct Statistics: Codable, Sendable {
    /// By whose sessions the days end.
    public var calendar: String
    public var periodsPerYear: Double
    /// A year.
    public var riskFree: Double
    public var days: Int
    @OrNull public var totalReturn: Double?
    @OrNull public var annualGrowth: Double?
    @OrNull public var volatility: Double?
    @OrNull public var sharpe: Double?
    /// Standard error of `sharpe`.
    @OrNull public var sharpeError: Double?
    @OrNull public var probabilisticSharpe: Double?
    @OrNull public var sortino: Double?
    @OrNull public var maxDrawdown: Double?
    @OrNull public var longestUnderwater: Int?
    @OrNull public var calmar: Double?
    @OrNull public var valueAtRisk95: Double?
    @OrNull public var expectedShortfall95: Double?
    @OrNull public var skew: Double?
    @OrNull public var kurtosis: Double?
    @OrNull public var omega: Double?
    @OrNull public var ulcer: Double?
    @OrNull public var benchmark: Benchmark?
    /// The same run as LEAN counts it.
    public var lean: Lean
    /// The ten deepest.
    public var drawdowns: [Fall]
    public var months: [MonthReturn]
    /// Days of each of the rolling figures: half a year.
    public var rollingDays: Int
    public var rolling: [RollingFigures]
    /// Why each statistic that is null is.
    public var undefined: [String: String]
  }

  /// A fall from a peak; lengths in days of the calendar.
  public struct Fall: Codable, Equatable, Sendable {
    public var depth: Double
    /// Null where the peak is the start.
    @OrNull public var peak: String?
    public var trough: String
    /// Null if it was not made up for.
    @OrNull public var recovery: String?
    public var days: Int
  }

  /// Against the price of an instrument; its dividends are not in it.
  public struct Benchmark: Codable, Sendable {
    public var instrument: String
    /// Days at whose begin and end it had a price: only they are compared.
    public var days: Int
    @OrNull public var totalReturn: Double?
    @OrNull public var beta: Double?
    @OrNull public var alpha: Double?
    @OrNull public var alphaCompounded: Double?
    @OrNull public var information: Double?
    public var undefined: [String: String]
  }
}

extension RunReport.Statistics {
  static let shorterThanAYear = "the run is shorter than a year"
  private static let worst = 10

  /// Statistics of the equity at the days' ends.
  /// - Parameters:
  ///   - series: nil if the run has not exactly one currency.
  ///   - riskFree: a year.
  ///   - benchmark: an instrument's name, and its mark at the end of each day.
  init(
    _ series: EquitySeries?, calendar: TradingCalendar, periods: Double, riskFree: Double = 0,
    benchmark: (name: String, marks: [Double?])? = nil
  ) {
    let returns = series?.returns ?? []
    let ends = returns.isEmpty ? [] : (series?.samples.map(\.end) ?? [])
    let figures = ReturnStatistics(returns, periods: periods, riskFree: riskFree)
    let isLong = Double(returns.count) >= periods
    let hasAny = !returns.isEmpty
    let half = Int(periods / 2)
    self.init(
      calendar: calendar.name, periodsPerYear: periods, riskFree: riskFree, days: returns.count,
      totalReturn: hasAny ? figures.total : nil,
      annualGrowth: isLong ? figures.annualGrowth : nil, volatility: figures.volatility,
      sharpe: figures.sharpe, sharpeError: figures.sharpeError,
      probabilisticSharpe: figures.probabilisticSharpe, sortino: figures.sortino,
      maxDrawdown: hasAny ? figures.maxDrawdown : nil,
      longestUnderwater: hasAny ? figures.longestUnderwater : nil,
      calmar: isLong ? figures.calmar : nil, valueAtRisk95: figures.valueAtRisk,
      expectedShortfall95: figures.expectedShortfall, skew: figures.skew,
      kurtosis: figures.kurtosis, omega: figures.omega, ulcer: figures.ulcer,
      benchmark: benchmark.map {
        RunReport.Benchmark(
          $0.name, marks: $0.marks, returns: returns, periods: periods,
          riskFreeRate: figures.riskFreeRate)
      },
      lean: RunReport.Lean(returns, marks: benchmark?.marks, riskFree: riskFree),
      drawdowns: figures.worstDrawdowns(Self.worst).map { RunReport.Fall($0, ends) },
      months: PeriodTables.months(returns, ends: ends), rollingDays: half,
      rolling: PeriodTables.rolling(
        returns, ends: ends, window: half, periods: periods, riskFreeRate: figures.riskFreeRate),
      undefined: [:])
    explain(series, isLong: isLong, returns)
  }

  /// Says why what is null is.
  private mutating func explain(_ series: EquitySeries?, isLong: Bool, _ returns: [Double]) {
    let general: String? =
      series == nil
      ? "needs exactly one currency"
      : series?.returns == nil ? "the equity is not above zero throughout" : nil
    let named: [(String, Double?, least: Int, String)] = [
      ("total_return", totalReturn, 1, ""), ("volatility", volatility, 2, ""),
      ("sharpe", sharpe, 2, "the returns do not differ"),
      ("sharpe_error", sharpeError, 4, "the returns do not differ"),
      ("probabilistic_sharpe", probabilisticSharpe, 4, "the returns do not differ"),
      ("sortino", sortino, 1, "no return is below the risk-free rate"),
      ("max_drawdown", maxDrawdown, 1, ""),
      ("longest_underwater", longestUnderwater.map(Double.init), 1, ""),
      ("value_at_risk95", valueAtRisk95, 1, ""),
      ("expected_shortfall95", expectedShortfall95, 1, ""),
      ("skew", skew, 3, "the returns do not differ"),
      ("kurtosis", kurtosis, 4, "the returns do not differ"),
      ("omega", omega, 1, "no return is below the risk-free rate"), ("ulcer", ulcer, 1, ""),
    ]
    for (name, value, least, reason) in named where value == nil {
      undefined[name] =
        general ?? (returns.count < least ? "needs \(least) or more daily returns" : reason)
    }
    if annualGrowth == nil {
      undefined["annual_growth"] =
        general ?? (isLong ? "everything was lost" : Self.shorterThanAYear)
    }
    if calmar == nil {
      undefined["calmar"] =
        general
        ?? (!isLong
          ? Self.shorterThanAYear
          : annualGrowth == nil ? "everything was lost" : "there was no drawdown")
    }
    if benchmark == nil { undefined["benchmark"] = "no benchmark is configured" }
  }
}

extension RunReport.Fall {
  /// - Parameter ends: of the days.
  init(_ fall: Drawdown, _ ends: [Instant]) {
    self.init(
      depth: fall.depth, peak: fall.peak == 0 ? nil : ends[fall.peak - 1].text,
      trough: ends[fall.trough - 1].text, recovery: fall.recovery.map { ends[$0 - 1].text },
      days: fall.length)
  }
}

extension RunReport.Benchmark {
  /// - Parameters:
  ///   - marks: what the benchmark is worth at the days' ends; nil where it has no price.
  ///   - returns: of the run, by day; empty if they are not known.
  init(
    _ name: String, marks: [Double?], returns: [Double], periods: Double, riskFreeRate: Double
  ) {
    var pairs: (own: [Double], other: [Double]) = ([], [])
    for (day, change) in returns.enumerated() where day > 0 && day < marks.count {
      guard let before = marks[day - 1], let after = marks[day], before > 0 else { continue }
      pairs.own.append(change)
      pairs.other.append(after / before - 1)
    }
    let figures = BenchmarkStatistics(
      pairs.own, against: pairs.other, periods: periods, riskFreeRate: riskFreeRate)
    self.init(
      instrument: name, days: figures.count,
      totalReturn: pairs.other.isEmpty
        ? nil : ReturnStatistics(pairs.other, periods: periods).total,
      beta: figures.beta, alpha: figures.alpha, alphaCompounded: figures.compoundedAlpha,
      information: figures.information, undefined: [:])
    let few = "needs 2 or more days with the benchmark's price at both ends"
    let named: [(String, Double?, String)] = [
      ("total_return", totalReturn, ""), ("beta", beta, "the benchmark's returns do not differ"),
      ("alpha", alpha, "the benchmark's returns do not differ"),
      ("alpha_compounded", alphaCompounded, "the benchmark's returns do not differ"),
      ("information", information, "the differences of returns do not differ"),
    ]
    for (name, value, reason) in named where value == nil {
      undefined[name] = days < 2 ? few : reason
    }
  }
}
