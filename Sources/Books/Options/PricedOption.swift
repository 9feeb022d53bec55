/// What is the same in every model of an option's price.
public struct PricedOption: Equatable, Sendable, BitwiseCopyable {
  public enum Right: Sendable, BitwiseCopyable, CaseIterable {
    case call
    case put

    /// +1 for a call, −1 for a put.
    var sign: Double { self == .call ? 1 : -1 }
  }

  public var right: Right
  /// Above 0.
  public var strike: Double
  /// To the expiry, in years; not below 0.
  public var time: Double

  public init(_ right: Right, strike: Double, time: Double) {
    self.right = right
    self.strike = strike
    self.time = time
  }

  /// What exercise at once would bring.
  func exercise(at spot: Double) -> Double { max(right.sign * (spot - strike), 0) }
}

/// A price and how it moves.
public struct OptionValue: Equatable, Sendable, BitwiseCopyable {
  public var price: Double
  /// Per unit of the underlying's price.
  public var delta: Double
  /// Change of delta per unit of the underlying's price.
  public var gamma: Double
  /// Per 1.00 of volatility.
  public var vega: Double
  /// Per year that passes.
  public var theta: Double
  /// Per 1.00 of the rate.
  public var rho: Double
}

/// Why there is no price.
public enum PricingProblem: Error, Equatable, Sendable {
  /// A number that is not finite, or below what it may be; its name.
  case invalid(String)
  /// The inputs are so far apart that a result is no number.
  case outOfRange
  /// The tree's probabilities would leave 0 to 1: for so small a volatility it needs more steps.
  case tooFewSteps
}

/// What the underlying costs and earns. Rates are continuous, a year.
struct PricingMarket {
  /// Spot or forward price; above 0.
  var price: Double
  var rate: Double
  /// Dividends, or the foreign currency's rate.
  var yield: Double
  /// A year; not below 0.
  var volatility: Double

  func check(_ option: PricedOption) throws(PricingProblem) {
    func isAbove(_ value: Double) -> Bool { value > 0 && value < .infinity }
    guard isAbove(price) else { throw .invalid("price of the underlying") }
    guard isAbove(option.strike) else { throw .invalid("strike") }
    guard option.time >= 0, option.time < .infinity else { throw .invalid("time") }
    guard volatility >= 0, volatility < .infinity else { throw .invalid("volatility") }
    guard rate.isFinite else { throw .invalid("rate") }
    guard yield.isFinite else { throw .invalid("yield") }
  }
}

extension OptionValue {
  func checked() throws(PricingProblem) -> OptionValue {
    guard price.isFinite, delta.isFinite, gamma.isFinite, vega.isFinite, theta.isFinite,
      rho.isFinite
    else { throw .outOfRange }
    return self
  }
}
