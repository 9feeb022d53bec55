import Reporting
import Testing

/// What LEAN prints of its run BasicTemplateAlgorithm: 688 SPY bought for the adjusted price of
/// 144.78172417 with a fee of 3.44, held over five closes; SPY itself is the benchmark.
@Suite struct LeanStatisticsTests {
  static let closes = [144.755785372, 143.078409768, 143.156226162, 146.329405784, 147.24590998]

  static func changes(_ values: [Double]) -> [Double] {
    zip(values.dropFirst(), values).map { $0 / $1 - 1 }
  }

  static let returns = changes(
    [100_000] + closes.map { 100_000 - 3.44 + 688 * ($0 - 144.781_724_17) })
  /// The first is not used.
  static let benchmark = [0] + changes(closes)

  @Test func `the published figures are met to their digits`() throws {
    let figures = LeanStatistics(Self.returns, benchmark: Self.benchmark, riskFree: 0.0075)
    let table: [(Double?, Double, Double)] = [
      (figures.sharpe, 8.854, 0.0005), (figures.annualDeviation, 0.222, 0.0005),
      (figures.annualVariance, 0.049, 0.0005), (figures.beta, 0.996, 0.0005),
      (figures.alpha, -0.005, 0.0005), (figures.trackingError, 0.001, 0.0005),
      (figures.treynor, 1.97, 0.005), (figures.probabilisticSharpe, 0.674_59, 0.000_005),
      // Its difference of performances and its tracking error are small, and rounded otherwise.
      (figures.information, -14.565, 0.1),
    ]
    for (value, expected, tolerance) in table {
      #expect(abs(try #require(value) - expected) <= tolerance, "\(expected)")
    }
    // One return below 0 has no deviation; LEAN prints 0.
    #expect(figures.sortino == nil)
  }

  @Test func `without returns, or a benchmark, there are no figures`() {
    for returns in [[], [0.1], [0.1, 0.2]] {
      let figures = LeanStatistics(returns, riskFree: 0)
      #expect(figures.sharpe == nil && figures.probabilisticSharpe == nil)
      #expect(figures.beta == nil && figures.alpha == nil && figures.trackingError == nil)
      #expect(figures.information == nil && figures.treynor == nil)
    }
    let falling = LeanStatistics([0, -0.1, 0.3, -0.2], riskFree: 0)
    #expect(falling.sortino != nil)
    #expect(LeanStatistics([0, -2], riskFree: 0).annualPerformance == nil)
  }
}
