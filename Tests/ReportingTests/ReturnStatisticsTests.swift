import Foundation
import Reporting
import Testing

/// What empyrical-reloaded 0.7.1 and quantstats 0.0.86 say of the same returns.
@Suite struct ReturnStatisticsTests {
  static let folder: URL? = {
    let path = ProcessInfo.processInfo.environment["DAYBOOK_SHARED"] ?? "../shared"
    let url = URL(fileURLWithPath: path).appendingPathComponent("oracles")
    return FileManager.default.fileExists(atPath: url.path) ? url : nil
  }()

  static func returns(_ series: String) throws -> [Double] {
    let file = try #require(folder).appendingPathComponent("series_\(series).csv")
    return try String(contentsOf: file, encoding: .utf8).split(whereSeparator: \.isNewline)
      .compactMap {
        let fields = $0.split(separator: ",", omittingEmptySubsequences: false)
        return fields.count == 3 ? Double(fields[2]) : nil
      }
  }

  static func expected(_ series: String, _ library: String, _ function: String) throws -> Double {
    let file = try #require(folder).appendingPathComponent("statistics.csv")
    let lines = try String(contentsOf: file, encoding: .utf8).split(whereSeparator: \.isNewline)
    let quoted = function.contains(",") ? "\"\(function)\"" : function
    let line = try #require(lines.first { $0.hasPrefix("\(series),\(library),\(quoted),") })
    return try #require(Double(line.split(separator: ",").last ?? ""))
  }

  typealias Statistic = @Sendable (ReturnStatistics) -> Double?
  static let table: [(String, String, Double, Statistic)] = [
    ("empyrical", "cum_returns_final", 0, { $0.total }),
    ("empyrical", "annual_return(252)", 0, { $0.annualGrowth }),
    ("empyrical", "annual_volatility(252)", 0, { $0.volatility }),
    ("empyrical", "sharpe_ratio(rf=0)", 0, { $0.sharpe }),
    ("empyrical", "sortino_ratio(mar=0)", 0, { $0.sortino }),
    ("empyrical", "max_drawdown", 0, { $0.maxDrawdown }),
    ("empyrical", "calmar_ratio", 0, { $0.calmar }),
    ("empyrical", "value_at_risk(0.05)", 0, { $0.valueAtRisk }),
    ("empyrical", "conditional_value_at_risk(0.05)", 0, { $0.expectedShortfall }),
    ("quantstats", "sharpe{'rf': 0.02}", 0.02, { $0.sharpe }),
    ("quantstats", "sortino", 0, { $0.sortino }),
    ("quantstats", "max_drawdown", 0, { $0.maxDrawdown }),
    ("quantstats", "volatility", 0, { $0.volatility }),
    ("quantstats", "skew", 0, { $0.skew }),
    ("quantstats", "kurtosis", 0, { $0.kurtosis }),
    ("empyrical", "cagr(252)", 0, { $0.annualGrowth }),
    ("empyrical", "omega_ratio(0)", 0, { $0.omega }),
    ("quantstats", "cagr", 0, { $0.annualGrowth }),
    ("quantstats", "calmar", 0, { $0.calmar }),
    ("quantstats", "sharpe", 0, { $0.sharpe }),
    ("quantstats", "omega", 0, { $0.omega }),
    ("quantstats", "probabilistic_sharpe_ratio", 0, { $0.probabilisticSharpe }),
    // It divides the squares by one less than their number.
    (
      "quantstats", "ulcer_index", 0,
      { figures in
        let n = Double(figures.returns.count)
        return figures.ulcer.map { $0 * (n / (n - 1)).squareRoot() }
      }
    ),
  ]

  @Test(
    .enabled(if: ReturnStatisticsTests.folder != nil, "no folder of outside data"),
    arguments: ["spy_2013_2016", "aapl_2013_2016"])
  func `statistics equal those of empyrical and quantstats`(series: String) throws {
    let returns = try Self.returns(series)
    for (library, function, riskFree, statistic) in Self.table {
      let expected = try Self.expected(series, library, function)
      let statistics = ReturnStatistics(returns, periods: 252, riskFree: riskFree)
      let value = try #require(statistic(statistics))
      #expect(
        abs(value - expected) <= 1e-12 * max(1, abs(expected)), "\(library) \(function)")
    }
  }

  @Test(
    .enabled(if: ReturnStatisticsTests.folder != nil, "no folder of outside data"),
    arguments: ["spy_2013_2016", "aapl_2013_2016"])
  func `a risk-free rate per period is taken as it is`(series: String) throws {
    let figures = ReturnStatistics(
      try Self.returns(series), periods: 252, riskFreeRate: 0.02 / 252)
    let expected = try Self.expected(series, "empyrical", "sharpe_ratio(rf_daily=0.02/252)")
    #expect(abs(try #require(figures.sharpe) - expected) <= 1e-12)
  }

  @Test func `what cannot be computed is absent, never a number`() {
    let none = ReturnStatistics([], periods: 252)
    #expect(none.annualGrowth == nil)
    #expect(none.sharpe == nil)
    #expect(none.sortino == nil)
    #expect(none.valueAtRisk == nil)
    #expect(none.maxDrawdown == 0)
    #expect(none.omega == nil && none.ulcer == nil && none.probabilisticSharpe == nil)
    let flat = ReturnStatistics([0, 0, 0, 0], periods: 252)
    #expect(flat.sharpe == nil)
    #expect(flat.sortino == nil)
    #expect(flat.calmar == nil)
    #expect(flat.skew == nil)
    #expect(flat.volatility == 0)
    #expect(flat.omega == nil && flat.sharpeError == nil && flat.ulcer == 0)
    #expect(ReturnStatistics([-1], periods: 252).annualGrowth == nil)
  }

  /// Ernest Chan, Quantitative Trading: adjusted closes, simple daily returns.
  static func closes(_ name: String) throws -> [Double] {
    let file = try #require(folder).deletingLastPathComponent()
      .appendingPathComponent("data/pyalgotrade/sharpe-ratio-test-\(name).csv")
    return try String(contentsOf: file, encoding: .utf8).split(whereSeparator: \.isNewline)
      .dropFirst().compactMap { Double($0.split(separator: ",").last ?? "") }
  }

  @Test(.enabled(if: ReturnStatisticsTests.folder != nil, "no folder of outside data"))
  func `Chan's published figures are met`() throws {
    let (ige, spy) = (try Self.closes("ige"), try Self.closes("spy"))
    func changes(_ prices: [Double]) -> [Double] {
      zip(prices.dropFirst(), prices).map { $0 / $1 - 1 }
    }
    let long = ReturnStatistics(changes(ige), periods: 252, riskFreeRate: 0.04 / 252)
    #expect(abs(try #require(long.sharpe) - 0.7893) < 0.000_05)
    let pair = ReturnStatistics(
      zip(changes(ige), changes(spy)).map { ($0 - $1) / 2 }, periods: 252)
    #expect(abs(try #require(pair.sharpe) - 0.7837) < 0.000_05)
    #expect(abs(pair.maxDrawdown + 0.0953) < 0.000_05)
    #expect(pair.longestUnderwater == 497)
  }
}
