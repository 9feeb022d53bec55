import Foundation

/// Performance as QuantConnect's LEAN computes it, which compounds the mean return of a day over 252 days.
///
/// The first day's return is left out. What cannot be computed is nil, where LEAN prints 0.
public struct LeanStatistics: Sendable {
  private static let periods = 252.0

  private let own: ReturnStatistics
  private let other: ReturnStatistics?
  private let riskFree: Double

  /// - Parameters:
  ///   - returns: of each day, the first included.
  ///   - benchmark: the same of the benchmark; nil if one is missing beyond the first.
  ///   - riskFree: a year.
  public init(_ returns: [Double], benchmark: [Double]? = nil, riskFree: Double) {
    precondition(
      benchmark.map { $0.count == returns.count } ?? true, "returns are compared in pairs")
    let rate = riskFree / Self.periods
    own = ReturnStatistics(
      Array(returns.dropFirst()), periods: Self.periods, riskFreeRate: rate)
    other = benchmark.map {
      ReturnStatistics(Array($0.dropFirst()), periods: Self.periods, riskFreeRate: rate)
    }
    self.riskFree = riskFree
  }

  /// (1 + mean)^252 − 1.
  public var annualPerformance: Double? { Self.performance(own.returns) }

  private static func performance(_ returns: [Double]) -> Double? {
    guard !returns.isEmpty else { return nil }
    let mean = returns.reduce(0, +) / Double(returns.count)
    return mean > -1 ? pow(1 + mean, periods) - 1 : nil
  }

  /// Sample standard deviation × √252.
  public var annualDeviation: Double? { own.volatility }
  public var annualVariance: Double? { own.volatility.map { $0 * $0 } }

  /// Performance beyond the risk-free rate, over the deviation.
  public var sharpe: Double? { ratio(annualDeviation) }

  /// The same over the deviation of the returns below 0, of which it takes two.
  public var sortino: Double? {
    ratio(ReturnStatistics(own.returns.filter { $0 < 0 }, periods: Self.periods).volatility)
  }

  /// Performance beyond the risk-free rate, over beta.
  public var treynor: Double? {
    guard let annualPerformance, let beta, beta != 0 else { return nil }
    return (annualPerformance - riskFree) / beta
  }

  private func ratio(_ deviation: Double?) -> Double? {
    guard let annualPerformance, let deviation, deviation > 0 else { return nil }
    return (annualPerformance - riskFree) / deviation
  }

  /// Probability that the true Sharpe ratio is above 1 a year: Φ((S − 1/√252) / e) with S per day and
  /// e = √((1 − g S + (k − 1) S² / 4) / (n − 1)), g and k the adjusted sample skewness and excess kurtosis.
  public var probabilisticSharpe: Double? {
    guard let daily = own.sharpe.map({ $0 / Self.periods.squareRoot() }), let skew = own.skew,
      let kurtosis = own.kurtosis
    else { return nil }
    let variance = 1 - skew * daily + (kurtosis - 1) / 4 * daily * daily
    guard variance > 0 else { return nil }
    let error = (variance / Double(own.returns.count - 1)).squareRoot()
    return 0.5 * erfc(-(daily - 1 / Self.periods.squareRoot()) / error / 2.0.squareRoot())
  }

  /// Sample covariance over the benchmark's sample variance.
  public var beta: Double? { comparison?.beta }

  /// Performance beyond rf + beta (the benchmark's performance − rf).
  public var alpha: Double? {
    guard let annualPerformance, let beta,
      let market = other.flatMap({ Self.performance($0.returns) })
    else { return nil }
    return annualPerformance - (riskFree + beta * (market - riskFree))
  }

  /// Sample standard deviation of the differences of returns × √252.
  public var trackingError: Double? { differences?.volatility }

  /// Difference of the performances over the tracking error.
  public var information: Double? {
    guard let annualPerformance, let trackingError, trackingError > 0,
      let market = other.flatMap({ Self.performance($0.returns) })
    else { return nil }
    return (annualPerformance - market) / trackingError
  }

  private var comparison: BenchmarkStatistics? {
    other.map {
      BenchmarkStatistics(own.returns, against: $0.returns, periods: Self.periods)
    }
  }

  private var differences: ReturnStatistics? {
    other.map {
      ReturnStatistics(zip(own.returns, $0.returns).map { $0 - $1 }, periods: Self.periods)
    }
  }
}
