import Events

/// Wilder's average: the mean of the first `period` values, then value += (x − value) / period
/// (Wilder, New Concepts in Technical Trading Systems, 1978).
public struct WilderAverage: Codable, Equatable, Sendable {
  /// Length, at least 1.
  public let period: Int
  /// The average; before `period` values, the mean of those seen.
  public private(set) var value = 0.0
  /// Values seen.
  public private(set) var count = 0

  /// - Precondition: the period is at least 1.
  public init(_ period: Int) {
    precondition(period >= 1, "an average needs a period")
    self.period = period
  }

  /// `period` values have been seen.
  public var isReady: Bool { count >= period }

  /// Takes in a value.
  /// - Returns: the average with it.
  @discardableResult
  public mutating func push(_ x: Double) -> Double {
    count += 1
    value += (x - value) / Double(min(count, period))
    return value
  }
}

/// Relative strength index: 100 × mean gain / (mean gain + mean loss), Wilder's averages.
public struct RelativeStrength: Codable, Equatable, Sendable {
  private var gains: WilderAverage
  private var losses: WilderAverage
  private var previous: Double?

  /// - Precondition: the period is at least 1.
  public init(_ period: Int) {
    gains = WilderAverage(period)
    losses = WilderAverage(period)
  }

  /// 0 to 100; 50 while there was no change at all.
  public var value: Double {
    let sum = gains.value + losses.value
    return sum > 0 ? 100 * gains.value / sum : 50
  }

  /// `period` changes have been seen.
  public var isReady: Bool { gains.isReady }

  /// Takes in a price.
  /// - Returns: the index with it.
  @discardableResult
  public mutating func push(_ price: Double) -> Double {
    if let previous {
      gains.push(max(price - previous, 0))
      losses.push(max(previous - price, 0))
    }
    previous = price
    return value
  }
}

/// Average true range: Wilder's average of how far each bar reached, gaps included; in units of the
/// price scale.
public struct AverageTrueRange: Codable, Equatable, Sendable {
  private var average: WilderAverage
  private var close: Double?

  /// - Precondition: the period is at least 1.
  public init(_ period: Int) { average = WilderAverage(period) }

  public var value: Double { average.value }

  /// `period` bars have been seen.
  public var isReady: Bool { average.isReady }

  /// Takes in a bar; the range of the first is high − low.
  /// - Returns: the average with it.
  @discardableResult
  public mutating func push(_ bar: Bar) -> Double {
    let high = Double(bar.high.raw)
    let low = Double(bar.low.raw)
    let from = close.map { min(low, $0) } ?? low
    let to = close.map { max(high, $0) } ?? high
    close = Double(bar.close.raw)
    return average.push(to - from)
  }
}
