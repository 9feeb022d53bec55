import Events

extension RunReport {
  /// Figures as LEAN defines them, on 252 days a year: see docs/statistics.md.
  public struct Lean: Codable, Sendable {
    @OrNull public var annualPerformance: Double?
    @OrNull public var annualDeviation: Double?
    @OrNull public var annualVariance: Double?
    @OrNull public var sharpe: Double?
    @OrNull public var sortino: Double?
    @OrNull public var probabilisticSharpe: Double?
    @OrNull public var beta: Double?
    @OrNull public var alpha: Double?
    @OrNull public var trackingError: Double?
    @OrNull public var information: Double?
    @OrNull public var treynor: Double?
    public var undefined: [String: String]
  }
}

extension RunReport.Lean {
  /// - Parameters:
  ///   - returns: of the run, by day.
  ///   - marks: of the benchmark at the days' ends; nil without one.
  ///   - riskFree: a year.
  init(_ returns: [Double], marks: [Double?]?, riskFree: Double) {
    let benchmark = marks.flatMap { Self.benchmark($0, days: returns.count) }
    let figures = LeanStatistics(returns, benchmark: benchmark, riskFree: riskFree)
    self.init(
      annualPerformance: figures.annualPerformance, annualDeviation: figures.annualDeviation,
      annualVariance: figures.annualVariance, sharpe: figures.sharpe, sortino: figures.sortino,
      probabilisticSharpe: figures.probabilisticSharpe, beta: figures.beta, alpha: figures.alpha,
      trackingError: figures.trackingError, information: figures.information,
      treynor: figures.treynor, undefined: [:])
    let few = "needs more daily returns after the first, that differ"
    let alone =
      marks == nil
      ? "no benchmark is configured"
      : benchmark == nil ? "the benchmark had no price at some day's end" : few
    let named: [(String, Double?, String)] = [
      ("annual_performance", annualPerformance, few), ("annual_deviation", annualDeviation, few),
      ("annual_variance", annualVariance, few), ("sharpe", sharpe, few),
      ("sortino", sortino, "needs two returns below 0 that differ"),
      ("probabilistic_sharpe", probabilisticSharpe, few), ("beta", beta, alone),
      ("alpha", alpha, alone), ("tracking_error", trackingError, alone),
      ("information", information, alone), ("treynor", treynor, alone),
    ]
    for (name, value, reason) in named where value == nil { undefined[name] = reason }
  }

  /// The benchmark's returns; the first stands for a day that is left out.
  /// - Returns: nil if a price is missing at the end of a day.
  private static func benchmark(_ marks: [Double?], days: Int) -> [Double]? {
    let known = marks.compactMap { $0 }.filter { $0 > 0 }
    guard days > 0, marks.count == days, known.count == days else { return nil }
    return [0] + zip(known.dropFirst(), known).map { $0 / $1 - 1 }
  }
}
