import Events
import Foundation
import Testing

@testable import Reporting

/// The statistics as `report.json` has them.
@Suite struct ReportStatisticsTests {
  private static func json(_ statistics: RunReport.Statistics) throws -> [String: Any] {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    let object = try JSONSerialization.jsonObject(with: encoder.encode(statistics))
    return try #require(object as? [String: Any])
  }

  /// A key of the report, the library and its function; both at no risk-free rate.
  private static let golden = [
    ("total_return", "empyrical", "cum_returns_final"),
    ("annual_growth", "empyrical", "annual_return(252)"),
    ("volatility", "empyrical", "annual_volatility(252)"),
    ("sharpe", "empyrical", "sharpe_ratio(rf=0)"),
    ("probabilistic_sharpe", "quantstats", "probabilistic_sharpe_ratio"),
    ("sortino", "empyrical", "sortino_ratio(mar=0)"),
    ("max_drawdown", "empyrical", "max_drawdown"), ("calmar", "empyrical", "calmar_ratio"),
    ("value_at_risk95", "empyrical", "value_at_risk(0.05)"),
    ("expected_shortfall95", "empyrical", "conditional_value_at_risk(0.05)"),
    ("skew", "quantstats", "skew"), ("kurtosis", "quantstats", "kurtosis"),
    ("omega", "empyrical", "omega_ratio(0)"),
  ]

  @Test(
    .enabled(if: ReturnStatisticsTests.folder != nil, "no folder of outside data"),
    arguments: ["spy_2013_2016", "aapl_2013_2016"])
  func `from equity to JSON the figures stay the published ones`(name: String) throws {
    let file = try #require(ReturnStatisticsTests.folder)
      .appendingPathComponent("series_\(name).csv")
    let rows = try String(contentsOf: file, encoding: .utf8).split(whereSeparator: \.isNewline)
      .dropFirst().map { $0.split(separator: ",") }
    let samples = try rows.map { row in
      let close = (try #require(Double(row[1])) * 1e12).rounded()
      return EquitySeries.Sample(
        end: try PeriodTests.end("\(row[0])T21:00"), equity: Money(raw: Int128(close)))
    }
    let series = EquitySeries(start: samples[0].equity, Array(samples.dropFirst()))
    let json = try Self.json(RunReport.Statistics(series, calendar: .xnys, periods: 252))
    for (key, library, function) in Self.golden {
      let expected = try ReturnStatisticsTests.expected(name, library, function)
      let value = try #require(json[key] as? Double, "\(key)")
      #expect(abs(value - expected) <= 1e-12 * max(1, abs(expected)), "\(key)")
    }
    #expect(json["days"] as? Int == 1007)
    #expect((json["drawdowns"] as? [Any])?.count == 10)
    #expect((json["months"] as? [Any])?.count == 48)
    #expect((json["rolling"] as? [Any])?.count == 1007 - 125)
    #expect(json["undefined"] as? [String: String] == ["benchmark": "no benchmark is configured"])
  }

  @Test func `what is unknown is null, with its reason`() throws {
    let end = try PeriodTests.end("2024-01-02")
    func sample(_ equity: Int64) -> EquitySeries.Sample {
      EquitySeries.Sample(end: end, equity: Money(units: equity))
    }
    let table: [(EquitySeries?, String, String)] = [
      (nil, "sharpe", "needs exactly one currency"),
      (
        EquitySeries(start: Money(units: 1), [sample(0)]), "sharpe",
        "the equity is not above zero throughout"
      ),
      (
        EquitySeries(start: Money(units: 1), [sample(1)]), "sharpe",
        "needs 2 or more daily returns"
      ),
      (
        EquitySeries(start: Money(units: 1), [sample(1), sample(1)]), "sharpe",
        "the returns do not differ"
      ),
      (
        EquitySeries(start: Money(units: 1), [sample(1), sample(2)]), "omega",
        "no return is below the risk-free rate"
      ),
      (
        EquitySeries(start: Money(units: 1), [sample(1)]), "calmar",
        "the run is shorter than a year"
      ),
    ]
    for (series, key, reason) in table {
      let json = try Self.json(RunReport.Statistics(series, calendar: .xnys, periods: 252))
      #expect(json[key] is NSNull, "\(key)")
      #expect((json["undefined"] as? [String: String])?[key] == reason)
    }
  }

  @Test func `only days with the benchmark's price at both ends are compared`() throws {
    let returns = [0.01, 0.03, -0.02, 0.01, 0.02]
    let marks: [Double?] = [nil, 100, 102, 101, nil]
    let benchmark = RunReport.Benchmark(
      "SPY", marks: marks, returns: returns, periods: 252, riskFreeRate: 0)
    #expect(benchmark.days == 2)
    #expect(abs(try #require(benchmark.totalReturn) - 0.01) < 1e-15)
    // Own −0.02 and 0.01, the benchmark's 0.02 and −1/102: a line through two points.
    let slope: Double = -0.03 / (0.02 + 1 / 102.0)
    let beta = try #require(benchmark.beta)
    #expect(abs(beta - slope) < 1e-12)
    #expect(benchmark.undefined.isEmpty)
    let none = RunReport.Benchmark(
      "SPY", marks: [nil, nil], returns: [0.1, 0.1], periods: 252, riskFreeRate: 0)
    #expect(none.days == 0 && none.beta == nil)
    #expect(none.undefined.count == 5)
  }
}
