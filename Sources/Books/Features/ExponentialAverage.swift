/// An exponential moving average: value += alpha × (x − value), seeded with the first x.
public struct ExponentialAverage: Codable, Equatable, Sendable {
  /// Values after which the average counts as ready, at least 1.
  public let period: Int
  /// 2 / (period + 1).
  public let alpha: Double
  /// The average; 0 before the first value.
  public private(set) var value = 0.0
  /// Values seen.
  public private(set) var count = 0

  /// - Precondition: the period is at least 1.
  public init(_ period: Int) {
    precondition(period >= 1, "an average needs a period")
    self.period = period
    alpha = 2 / (Double(period) + 1)
  }

  /// `period` values have been seen.
  @inlinable public var isReady: Bool { count >= period }

  /// Takes in a value.
  /// - Returns: the average with it.
  @discardableResult
  public mutating func push(_ x: Double) -> Double {
    value = count == 0 ? x : value + alpha * (x - value)
    count += 1
    return value
  }
}
