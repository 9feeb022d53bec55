import Events
import Foundation

/// Returns compounded over calendar months.
public struct MonthReturn: Codable, Equatable, Sendable {
  /// `2024-03`
  public var month: String
  public var totalReturn: Double
  /// Periods that ended in it.
  public var days: Int
}

/// Figures of the periods up to one, the window before it.
public struct RollingFigures: Codable, Equatable, Sendable {
  public var end: String
  public var totalReturn: Double
  @OrNull public var volatility: Double?
  @OrNull public var sharpe: Double?
}

/// Tables of returns by time.
public enum PeriodTables {
  /// Months in which a period ended, ascending. What ends at midnight UTC is of the day before.
  /// - Precondition: as many ends as returns.
  public static func months(_ returns: [Double], ends: [Instant]) -> [MonthReturn] {
    precondition(returns.count == ends.count, "every return has an end")
    var result: [MonthReturn] = []
    var growth = 1.0
    for (change, end) in zip(returns, ends) {
      let month = String(end.advanced(by: -1).date.text.prefix(7))
      if result.last?.month != month {
        result.append(MonthReturn(month: month, totalReturn: 0, days: 0))
        growth = 1
      }
      growth *= 1 + change
      result[result.count - 1].totalReturn = growth - 1
      result[result.count - 1].days += 1
    }
    return result
  }

  /// For every period that has a whole window behind it. O(periods × window).
  /// - Precondition: as many ends as returns; the window is above 0.
  public static func rolling(
    _ returns: [Double], ends: [Instant], window: Int, periods: Double, riskFreeRate: Double = 0
  ) -> [RollingFigures] {
    precondition(returns.count == ends.count && window > 0, "every return has an end")
    guard returns.count >= window else { return [] }
    return (window...returns.count).map { last in
      let figures = ReturnStatistics(
        Array(returns[last - window..<last]), periods: periods, riskFreeRate: riskFreeRate)
      return RollingFigures(
        end: ends[last - 1].text, totalReturn: figures.total, volatility: figures.volatility,
        sharpe: figures.sharpe)
    }
  }
}
