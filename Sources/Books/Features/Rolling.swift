/// Mean, variance, least and greatest of the last `period` values.
///
/// Mean and variance are updated as values come and go (Welford's method on a sliding window) and
/// computed anew from the window each time it has been filled once more, so that rounding errors do
/// not add up over time. All is a function of the values pushed, bit for bit. Amortised O(1) a value,
/// but the extremes are searched again, O(period), when the extreme itself leaves.
public struct Rolling: Codable, Equatable, Sendable {
  /// Length of the window, at least 1.
  public let period: Int
  /// The values in the window; a ring once it is full.
  private var values: [Double] = []
  /// Where the next value goes.
  private var next = 0
  /// Mean of the window; 0 if it is empty.
  public private(set) var mean = 0.0
  /// Sum of squared differences from the mean.
  private var squares = 0.0
  /// Least value of the window; 0 if it is empty.
  public private(set) var least = 0.0
  /// Greatest value of the window; 0 if it is empty.
  public private(set) var greatest = 0.0

  /// - Precondition: the period is at least 1.
  public init(_ period: Int) {
    precondition(period >= 1, "a window needs a length")
    self.period = period
  }

  /// Values in the window.
  public var count: Int { values.count }

  /// The window is full.
  public var isReady: Bool { values.count == period }

  /// Variance with divisor count − 1; 0 with fewer than two values.
  public var variance: Double { count < 2 ? 0 : max(squares, 0) / Double(count - 1) }

  /// Standard deviation with divisor count − 1; 0 with fewer than two values.
  public var deviation: Double { variance.squareRoot() }

  /// Takes in a value, and drops the oldest if the window is full.
  public mutating func push(_ x: Double) {
    let old: Double? = isReady ? values[next] : nil
    if let old {
      values[next] = x
      let before = mean
      mean += (x - old) / Double(count)
      squares += (x - old) * (x - mean + old - before)
    } else {
      values.append(x)
      let before = mean
      mean += (x - before) / Double(count)
      squares += (x - before) * (x - mean)
    }
    next = next + 1 == period ? 0 : next + 1
    if next == 0 { recompute() }
    findExtremes(x, leaving: old)
  }

  private mutating func recompute() {
    var sum = 0.0
    for value in values { sum += value }
    mean = sum / Double(count)
    squares = 0
    for value in values { squares += (value - mean) * (value - mean) }
  }

  private mutating func findExtremes(_ x: Double, leaving old: Double?) {
    if count == 1 {
      (least, greatest) = (x, x)
      return
    }
    if let old, old == least || old == greatest {
      (least, greatest) = (x, x)
      for value in values {
        least = min(least, value)
        greatest = max(greatest, value)
      }
    } else {
      least = min(least, x)
      greatest = max(greatest, x)
    }
  }
}
