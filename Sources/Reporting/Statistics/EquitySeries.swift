import Events
import Sequencing
import Trading

/// The worth of a portfolio in one currency at the ends of periods, and the returns between them.
public struct EquitySeries: Sendable {
  /// A period's end.
  public struct Sample: Equatable, Sendable {
    public var end: Instant
    public var equity: Money
    /// What owners brought in (positive) or took out during the period; it works from its beginning.
    public var flow: Money

    public init(end: Instant, equity: Money, flow: Money = .zero) {
      self.end = end
      self.equity = equity
      self.flow = flow
    }
  }

  /// Before the first period.
  public let start: Money
  public let samples: [Sample]
  /// E(t) / (E(t−1) + F(t)) − 1 for each period; nil if a base or an equity is not above zero.
  public let returns: [Double]?

  public init(start: Money, _ samples: [Sample]) {
    self.start = start
    self.samples = samples
    let bases = zip([start] + samples.map(\.equity), samples).map { $0 + $1.flow }
    guard samples.allSatisfy({ $0.equity > .zero }), bases.allSatisfy({ $0 > .zero }) else {
      returns = nil
      return
    }
    returns = zip(samples, bases).map { Double($0.equity.raw) / Double($1.raw) - 1 }
  }

  /// The series of a run's only currency.
  /// - Returns: nil if the run has none, or several.
  init?(start: [Valuation], days: [Backtest.DaySample]) {
    guard start.count == 1, let first = start.first,
      days.allSatisfy({ $0.valuations.count == 1 })
    else { return nil }
    var contributed = first.contributed
    let samples = days.map { day in
      let valuation = day.valuations[0]
      defer { contributed = valuation.contributed }
      return Sample(
        end: day.end, equity: valuation.equity, flow: valuation.contributed - contributed)
    }
    self.init(start: first.equity, samples)
  }
}
