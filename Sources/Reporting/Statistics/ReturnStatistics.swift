import Foundation

/// Performance and risk of a series of simple returns, one a period. What cannot be computed is nil.
///
/// Definitions and their sources stand in docs/statistics.md; the tests compare with quantstats and
/// empyrical.
public struct ReturnStatistics: Sendable {
  public let returns: [Double]
  /// Periods a year: 252 for exchange sessions, 365 for markets that never close.
  public let periods: Double
  /// Risk-free rate a year, compounded to a rate per period.
  public let riskFree: Double

  public init(_ returns: [Double], periods: Double, riskFree: Double = 0) {
    self.returns = returns
    self.periods = periods
    self.riskFree = riskFree
  }

  private var excess: [Double] {
    let rate = pow(1 + riskFree, 1 / periods) - 1
    return returns.map { $0 - rate }
  }

  /// Growth over the whole series.
  public var total: Double { returns.reduce(1) { $0 * (1 + $1) } - 1 }

  /// Compound annual growth rate: (1 + total)^(N/n) − 1.
  public var annualGrowth: Double? {
    returns.isEmpty || total <= -1 ? nil : pow(1 + total, periods / Double(returns.count)) - 1
  }

  /// Sample standard deviation × √N.
  public var volatility: Double? { deviation(returns).map { $0 * periods.squareRoot() } }

  /// Mean excess return over its sample standard deviation, × √N.
  public var sharpe: Double? {
    guard let spread = deviation(excess), spread > 0 else { return nil }
    return mean(excess) / spread * periods.squareRoot()
  }

  /// Mean excess return over the root mean square of the negative ones, × √N.
  public var sortino: Double? {
    guard !returns.isEmpty else { return nil }
    let losses = excess.map { min($0, 0) * min($0, 0) }
    let downside = mean(losses).squareRoot()
    return downside > 0 ? mean(excess) / downside * periods.squareRoot() : nil
  }

  /// Deepest fall from a peak of the compounded series, the start included; 0 or negative.
  public var maxDrawdown: Double {
    var (value, peak, deepest) = (1.0, 1.0, 0.0)
    for change in returns {
      value *= 1 + change
      peak = max(peak, value)
      deepest = min(deepest, value / peak - 1)
    }
    return deepest
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
