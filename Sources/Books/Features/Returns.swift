/// Simple returns of a series of prices: price / price before − 1.
public struct Returns: Codable, Equatable, Sendable {
  /// The price before, if any.
  public private(set) var previous: Double?

  public init() {}

  /// Takes in a price.
  /// - Returns: the return since the price before; nil for the first price or after a price of 0.
  public mutating func push(_ price: Double) -> Double? {
    defer { previous = price }
    guard let previous, previous != 0 else { return nil }
    return price / previous - 1
  }
}

/// Volatility as the sample standard deviation of the last `period` simple returns, per step of the
/// series, not annualised.
public struct Volatility: Codable, Equatable, Sendable {
  private var returns = Returns()
  private var window: Rolling

  /// - Precondition: the period is at least 2.
  public init(_ period: Int) {
    precondition(period >= 2, "a deviation needs two values")
    window = Rolling(period)
  }

  /// The deviation of the returns in the window; 0 with fewer than two.
  public var value: Double { window.deviation }

  /// `period` returns have been seen.
  public var isReady: Bool { window.isReady }

  /// Takes in a price.
  /// - Returns: the volatility with it.
  @discardableResult
  public mutating func push(_ price: Double) -> Double {
    if let simple = returns.push(price) { window.push(simple) }
    return value
  }
}

/// Exponentially weighted volatility of simple returns around 0, per step of the series:
/// variance = decay × variance + (1 − decay) × return², seeded with the first squared return
/// (RiskMetrics Technical Document, 1996, section 5.2).
public struct WeightedVolatility: Codable, Equatable, Sendable {
  /// Weight of the past, above 0 and below 1; RiskMetrics takes 0.94 for days.
  public let decay: Double
  public private(set) var variance = 0.0
  /// Returns seen.
  public private(set) var count = 0
  private var returns = Returns()

  /// - Precondition: 0 < decay < 1.
  public init(decay: Double) {
    precondition(decay > 0 && decay < 1, "a decay is between 0 and 1")
    self.decay = decay
  }

  /// The square root of the variance; 0 before the first return.
  public var value: Double { variance.squareRoot() }

  /// A return has been seen.
  public var isReady: Bool { count > 0 }

  /// Takes in a price.
  /// - Returns: the volatility with it.
  @discardableResult
  public mutating func push(_ price: Double) -> Double {
    if let simple = returns.push(price) {
      let square = simple * simple
      variance = count == 0 ? square : decay * variance + (1 - decay) * square
      count += 1
    }
    return value
  }
}
