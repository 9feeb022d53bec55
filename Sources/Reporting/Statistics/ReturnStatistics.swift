import Foundation

/// Performance and risk of a series of simple returns, one a period. What cannot be computed is nil.
///
/// Definitions and their sources stand in docs/statistics.md; the tests compare with quantstats and
/// empyrical.
public struct ReturnStatistics: Sendable {
  public let returns: [Double]
  /// Periods a year: 252 for exchange sessions, 365 for markets that never close.
  public let periods: Double
  /// Risk-free rate per period.
  public let riskFreeRate: Double

  /// - Parameter riskFree: a year, compounded to a rate per period; above −1.
  public init(_ returns: [Double], periods: Double, riskFree: Double = 0) {
    self.init(
      returns, periods: periods, riskFreeRate: Self.rate(ofYear: riskFree, periods: periods))
  }

  /// - Parameter riskFreeRate: per period.
  public init(_ returns: [Double], periods: Double, riskFreeRate: Double) {
    self.returns = returns
    self.periods = periods
    self.riskFreeRate = riskFreeRate
  }

  /// The rate per period that compounds to a rate a year: (1 + annual)^(1/N) − 1.
  public static func rate(ofYear annual: Double, periods: Double) -> Double {
    annual == 0 ? 0 : pow(1 + annual, 1 / periods) - 1
  }

  /// Returns less the risk-free rate.
  public var excess: [Double] { returns.map { $0 - riskFreeRate } }

  /// Growth over the whole series.
  public var total: Double { returns.reduce(1) { $0 * (1 + $1) } - 1 }

  /// Compound annual growth rate: (1 + total)^(N/n) − 1.
  public var annualGrowth: Double? {
    returns.isEmpty || total <= -1 ? nil : pow(1 + total, periods / Double(returns.count)) - 1
  }

  /// Sample standard deviation × √N.
  public var volatility: Double? { deviation(returns).map { $0 * periods.squareRoot() } }

  /// Mean excess return over its sample standard deviation, per period.
  private var periodSharpe: Double? {
    guard let spread = deviation(excess), spread > 0 else { return nil }
    return mean(excess) / spread
  }

  /// Mean excess return over its sample standard deviation, × √N.
  public var sharpe: Double? { periodSharpe.map { $0 * periods.squareRoot() } }

  /// Standard error of the Sharpe ratio per period S: √((1 − g S + (k + 2) S² / 4) / (n − 1)) with skew g
  /// and excess kurtosis k (Mertens, Comments on variance of the IID estimator in Lo, 2002).
  private var periodSharpeError: Double? {
    guard let ratio = periodSharpe, let skew, let kurtosis else { return nil }
    let variance = 1 - skew * ratio + (kurtosis + 2) / 4 * ratio * ratio
    return variance > 0 ? (variance / Double(returns.count - 1)).squareRoot() : nil
  }

  /// Standard error of `sharpe`.
  public var sharpeError: Double? { periodSharpeError.map { $0 * periods.squareRoot() } }

  /// Probability that the true Sharpe ratio is above 0: Φ(S / e) (Bailey and López de Prado, The Sharpe
  /// ratio efficient frontier, Journal of Risk 15, 2012).
  public var probabilisticSharpe: Double? {
    guard let ratio = periodSharpe, let error = periodSharpeError, error > 0 else { return nil }
    return 0.5 * erfc(-ratio / error / 2.0.squareRoot())
  }

  /// Mean excess return over the root mean square of the negative ones, × √N.
  public var sortino: Double? {
    guard !returns.isEmpty else { return nil }
    let losses = excess.map { min($0, 0) * min($0, 0) }
    let downside = mean(losses).squareRoot()
    return downside > 0 ? mean(excess) / downside * periods.squareRoot() : nil
  }

  /// Deepest fall from a peak of the compounded series, the start included; 0 or negative.
  public var maxDrawdown: Double { underwater.min() ?? 0 }

  /// Root mean square of the falls from the peak (Martin, The Investor's Guide to Fidelity Funds, 1989).
  public var ulcer: Double? {
    returns.isEmpty ? nil : mean(underwater.map { $0 * $0 }).squareRoot()
  }

  /// Gains over losses of the excess returns, both summed (Keating and Shadwick, A universal performance
  /// measure, 2002).
  public var omega: Double? {
    let losses = excess.reduce(0) { $0 + max(-$1, 0) }
    return losses > 0 ? excess.reduce(0) { $0 + max($1, 0) } / losses : nil
  }

  /// Annual growth over the deepest fall.
  public var calmar: Double? {
    guard let annualGrowth, maxDrawdown < 0 else { return nil }
    return annualGrowth / -maxDrawdown
  }

  /// The 5 % quantile of the returns, linearly interpolated.
  public var valueAtRisk: Double? {
    guard !returns.isEmpty else { return nil }
    let sorted = returns.sorted()
    let position = 0.05 * Double(sorted.count - 1)
    let low = Int(position)
    let high = min(low + 1, sorted.count - 1)
    return sorted[low] + (sorted[high] - sorted[low]) * (position - Double(low))
  }

  /// Mean of the ⌊0.05 (n − 1)⌋ + 1 worst returns.
  public var expectedShortfall: Double? {
    guard !returns.isEmpty else { return nil }
    return mean(Array(returns.sorted().prefix(Int(0.05 * Double(returns.count - 1)) + 1)))
  }

  /// Sample skewness, adjusted (G1).
  public var skew: Double? {
    let n = Double(returns.count)
    guard n > 2, let spread = deviation(returns), spread > 0 else { return nil }
    let centre = mean(returns)
    let cubes = returns.reduce(0) { $0 + pow(($1 - centre) / spread, 3) }
    return n / ((n - 1) * (n - 2)) * cubes
  }

  /// Sample excess kurtosis, adjusted (G2).
  public var kurtosis: Double? {
    let n = Double(returns.count)
    guard n > 3, let spread = deviation(returns), spread > 0 else { return nil }
    let centre = mean(returns)
    let fourths = returns.reduce(0) { $0 + pow(($1 - centre) / spread, 4) }
    return n * (n + 1) / ((n - 1) * (n - 2) * (n - 3)) * fourths
      - 3 * (n - 1) * (n - 1) / ((n - 2) * (n - 3))
  }

  private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

  private func deviation(_ values: [Double]) -> Double? {
    guard values.count > 1 else { return nil }
    let centre = mean(values)
    let squares = values.reduce(0) { $0 + ($1 - centre) * ($1 - centre) }
    return (squares / Double(values.count - 1)).squareRoot()
  }
}
