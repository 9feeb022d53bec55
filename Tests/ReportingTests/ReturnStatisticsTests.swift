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
    let line = try #require(lines.first { $0.hasPrefix("\(series),\(library),\(function),") })
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

  @Test func `what cannot be computed is absent, never a number`() {
    let none = ReturnStatistics([], periods: 252)
    #expect(none.annualGrowth == nil)
    #expect(none.sharpe == nil)
    #expect(none.sortino == nil)
    #expect(none.valueAtRisk == nil)
    #expect(none.maxDrawdown == 0)
    let flat = ReturnStatistics([0, 0, 0, 0], periods: 252)
    #expect(flat.sharpe == nil)
    #expect(flat.sortino == nil)
    #expect(flat.calmar == nil)
    #expect(flat.skew == nil)
    #expect(flat.volatility == 0)
    #expect(ReturnStatistics([-1], periods: 252).annualGrowth == nil)
  }
}
