import Foundation
import Reporting
import Testing

@testable import Importing

/// Beta, alpha and information ratio against what empyrical-reloaded 0.7.1 says.
@Suite struct BenchmarkStatisticsTests {
  /// The whole text of a zip's first member.
  static func unzipped(_ path: String) throws -> String {
    var archive = try ArchiveReader.opened(path: path)
    _ = try archive.next()
    var buffer = InputBuffer()
    while try archive.read(1 << 16, into: &buffer) > 0 {}
    var text = ""
    _ = buffer.take { bytes in
      text = String(decoding: (0..<bytes.count).map { bytes[$0] }, as: UTF8.self)
      return bytes.count
    }
    return text
  }

  /// Simple returns of IWM's adjusted closes on the days on which SPY has one.
  static func small() throws -> [Double] {
    let oracles = try #require(ReturnStatisticsTests.folder)
    let folder = oracles.deletingLastPathComponent().path + "/data/lean/equity/usa"
    let factors = try String(contentsOfFile: folder + "/factor_files/iwm.csv", encoding: .utf8)
      .split(whereSeparator: \.isNewline).map { $0.split(separator: ",").map(String.init) }
    let days = try String(
      contentsOf: oracles.appendingPathComponent("series_spy_2013_2016.csv"), encoding: .utf8
    )
    .split(whereSeparator: \.isNewline).dropFirst()
    .map { $0.prefix(10).replacingOccurrences(of: "-", with: "") }
    var closes: [String: Double] = [:]
    for line in try unzipped(folder + "/daily/iwm.zip").split(whereSeparator: \.isNewline) {
      let fields = line.split(separator: ",")
      let day = String(fields[0].prefix(8))
      let factor = try #require(factors.first { $0[0] >= day })
      closes[day] =
        try #require(Double(fields[4])) / 10_000 * #require(Double(factor[1]))
        * #require(Double(factor[2]))
    }
    let prices = try days.map { try #require(closes[$0]) }
    return zip(prices.dropFirst(), prices).map { $0 / $1 - 1 }
  }

  @Test(
    .enabled(if: ReturnStatisticsTests.folder != nil, "no folder of outside data"),
    arguments: ["spy_2013_2016", "aapl_2013_2016"])
  func `beta and alpha equal those of empyrical`(series: String) throws {
    let benchmark =
      series == "spy_2013_2016"
      ? try Self.small() : try ReturnStatisticsTests.returns("spy_2013_2016")
    let figures = BenchmarkStatistics(
      try ReturnStatisticsTests.returns(series), against: benchmark, periods: 252)
    func expected(_ function: String) throws -> Double {
      try ReturnStatisticsTests.expected(series, "empyrical", function)
    }
    #expect(abs(try #require(figures.beta) - expected("beta(vs benchmark)")) <= 1e-12)
    // Empyrical compounds the alpha of a day; the report has both.
    let compounded = try expected("alpha(vs benchmark,rf=0)")
    #expect(abs(try #require(figures.compoundedAlpha) - compounded) <= 1e-12)
    let alpha = try #require(figures.alpha)
    #expect(abs(pow(1 + alpha / 252, 252) - 1 - compounded) <= 1e-12)
    let information = try #require(figures.information) / 252.0.squareRoot()
    #expect(abs(information - (try expected("excess_sharpe"))) <= 1e-12)
  }

  @Test func `a benchmark worked by hand`() throws {
    let figures = BenchmarkStatistics(
      [0.03, 0.01, -0.01], against: [0.02, 0, -0.02], periods: 4, riskFreeRate: 0.01)
    #expect(abs(try #require(figures.beta) - 1) < 1e-15)
    // Means 0.01 and 0: excess 0 and −0.01, alpha (0 + 0.01) × 4.
    #expect(abs(try #require(figures.alpha) - 0.04) < 1e-15)
    // The differences are equal.
    #expect(figures.information.map { abs($0) > 1e12 } ?? true)
  }

  @Test func `without two periods, or with a benchmark at rest, there are no figures`() {
    for (own, other) in [([], []), ([0.1], [0.2]), ([0.1, 0.2], [0, 0])] as [([Double], [Double])] {
      let figures = BenchmarkStatistics(own, against: other, periods: 252)
      #expect(figures.beta == nil && figures.alpha == nil && figures.compoundedAlpha == nil)
    }
  }
}
