import Foundation

/// A series of returns against a benchmark's over the same periods. What cannot be computed is nil.
public struct BenchmarkStatistics: Sendable {
  private let own: ReturnStatistics
  private let other: ReturnStatistics

  /// - Precondition: both have as many periods.
  public init(
    _ returns: [Double], against benchmark: [Double], periods: Double, riskFreeRate: Double = 0
  ) {
    precondition(returns.count == benchmark.count, "returns are compared in pairs")
    own = ReturnStatistics(returns, periods: periods, riskFreeRate: riskFreeRate)
    other = ReturnStatistics(benchmark, periods: periods, riskFreeRate: riskFreeRate)
  }

  /// Periods compared.
  public var count: Int { own.returns.count }

  /// Sample covariance of the excess returns over the sample variance of the benchmark's.
  public var beta: Double? {
    let (x, b) = (own.excess, other.excess)
    guard x.count > 1 else { return nil }
    let (meanX, meanB) = (mean(x), mean(b))
    let covariance = zip(x, b).reduce(0) { $0 + ($1.0 - meanX) * ($1.1 - meanB) }
    let variance = b.reduce(0) { $0 + ($1 - meanB) * ($1 - meanB) }
    return variance > 0 ? covariance / variance : nil
  }

  /// Mean excess return that beta does not explain, per period.
  private var periodAlpha: Double? { beta.map { mean(own.excess) - $0 * mean(other.excess) } }

  /// Mean excess return that beta does not explain, × N (Jensen, 1968).
  public var alpha: Double? { periodAlpha.map { $0 * own.periods } }

  /// The same compounded over N periods, as empyrical annualises it.
  public var compoundedAlpha: Double? {
    periodAlpha.flatMap { $0 > -1 ? pow(1 + $0, own.periods) - 1 : nil }
  }

  /// Mean of the differences over their sample standard deviation, × √N.
  public var information: Double? {
    let differences = zip(own.returns, other.returns).map { $0 - $1 }
    return ReturnStatistics(differences, periods: own.periods).sharpe
  }

  private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
}
