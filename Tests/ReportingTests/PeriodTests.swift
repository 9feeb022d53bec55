import Events
import Foundation
import Testing

@testable import Reporting

/// Equity to returns, falls, months and rolling figures, worked by hand.
@Suite struct PeriodTests {
  static func end(_ text: String) throws -> Instant { try #require(Instant(text)) }

  @Test func `what owners bring in or take out is no return`() throws {
    let end = try Self.end("2024-01-02")
    func sample(_ equity: Int64, _ flow: Int64) -> EquitySeries.Sample {
      EquitySeries.Sample(end: end, equity: Money(units: equity), flow: Money(units: flow))
    }
    let series = EquitySeries(
      start: Money(units: 1000), [sample(1100, 100), sample(1210, 0), sample(605, -605)])
    let returns = try #require(series.returns)
    for (value, expected) in zip(returns, [0, 0.1, 0]) { #expect(abs(value - expected) < 1e-15) }
    // What was brought in is part of what the day's profit is measured on, and may be all of it.
    let opened = try #require(
      EquitySeries(start: Money(units: 10_000), [sample(111_100, 100_000)]).returns)
    #expect(abs(opened[0] - 0.01) < 1e-15)
    #expect(EquitySeries(start: .zero, [sample(101, 100)]).returns?.count == 1)
    #expect(EquitySeries(start: .zero, [sample(1, 0)]).returns == nil)
    #expect(EquitySeries(start: Money(units: 5), [sample(1, -5)]).returns == nil)
    #expect(EquitySeries(start: Money(units: 5), [sample(-1, 0)]).returns == nil)
    #expect(EquitySeries(start: Money(units: 5), []).returns == [])
  }

  @Test func `falls are told with peak, trough, recovery and length`() {
    // Values 1.1, 0.99, 0.891, 1.1583, 1.100385.
    let figures = ReturnStatistics([0.1, -0.1, -0.1, 0.3, -0.05], periods: 252)
    let falls = figures.worstDrawdowns(10)
    #expect(falls.map(\.peak) == [1, 4])
    #expect(falls.map(\.trough) == [3, 5])
    #expect(falls.map(\.recovery) == [4, nil])
    #expect(falls.map(\.length) == [2, 1])
    #expect(abs(falls[0].depth + 0.19) < 1e-15 && abs(falls[1].depth + 0.05) < 1e-15)
    #expect(figures.worstDrawdowns(1).count == 1)
    #expect(figures.longestUnderwater == 2)
    #expect(figures.maxDrawdown == falls[0].depth)
    // A first return below zero falls from the start.
    #expect(ReturnStatistics([-0.5], periods: 252).drawdowns.map(\.peak) == [0])
    #expect(ReturnStatistics([0.5, 0], periods: 252).drawdowns.isEmpty)
  }

  @Test func `months compound the days that ended in them`() throws {
    let ends = try ["2024-01-30T21:00", "2024-02-01T00:00", "2024-02-01T00:00:00.000000001"]
      .map { try Self.end($0) }
    let months = PeriodTables.months([0.1, 0.1, -0.5], ends: ends)
    #expect(months.map(\.month) == ["2024-01", "2024-02"])
    #expect(months.map(\.days) == [2, 1])
    #expect(abs(months[0].totalReturn - 0.21) < 1e-15 && months[1].totalReturn == -0.5)
    #expect(PeriodTables.months([], ends: []).isEmpty)
  }

  @Test func `rolling figures are those of each whole window`() throws {
    let returns = [0.01, -0.02, 0.03, 0.01]
    let ends = try (1...4).map { try Self.end("2024-01-0\($0)") }
    let rolling = PeriodTables.rolling(returns, ends: ends, window: 3, periods: 6)
    #expect(rolling.map(\.end) == [ends[2].text, ends[3].text])
    let last = ReturnStatistics(Array(returns[1...]), periods: 6)
    #expect(rolling[1].sharpe == last.sharpe && rolling[1].volatility == last.volatility)
    #expect(rolling[1].totalReturn == last.total)
    #expect(PeriodTables.rolling(returns, ends: ends, window: 5, periods: 6).isEmpty)
  }
}
