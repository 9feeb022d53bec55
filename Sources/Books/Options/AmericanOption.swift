/// Options that can be exercised at any time, by the binomial tree of Cox, Ross and Rubinstein (Option
/// pricing: a simplified approach, Journal of Financial Economics 7, 1979): steps of ± σ √dt in the
/// logarithm of the price, up with probability ½ + ½ (r − q − σ²/2) √dt / σ.
public enum AmericanOption {
  /// An odd number, so that the prices at the expiry do not meet the strike at the money.
  public static let steps = 1001

  /// Price, delta, gamma and theta of one tree. O(steps²).
  public struct TreeValue: Equatable, Sendable, BitwiseCopyable {
    public var price: Double
    public var delta: Double
    public var gamma: Double
    /// Per year; by the equation of Black and Scholes from the three others. 0 where the option is worth
    /// no more than its exercise.
    public var theta: Double
  }

  /// - Parameters:
  ///   - rate: continuous, a year.
  ///   - yield: dividends, or the rate of the foreign currency; continuous, a year.
  ///   - steps: 3 or more.
  public static func tree(
    _ option: PricedOption, spot: Double, rate: Double, yield: Double = 0, volatility: Double,
    steps: Int = steps
  ) throws(PricingProblem) -> TreeValue {
    let market = PricingMarket(price: spot, rate: rate, yield: yield, volatility: volatility)
    try market.check(option)
    guard steps >= 3, steps <= 100_000 else { throw .invalid("steps") }
    if option.time == 0 {
      let isExercised = option.right.sign * (spot - option.strike) > 0
      return TreeValue(
        price: option.exercise(at: spot), delta: isExercised ? option.right.sign : 0, gamma: 0,
        theta: 0)
    }
    let value = try BinomialTree(option, market, steps).value(market)
    guard value.price.isFinite, value.delta.isFinite, value.gamma.isFinite, value.theta.isFinite
    else { throw .outOfRange }
    return value
  }

  /// The same with vega and rho, by central differences of one hundredth of the volatility and of a basis
  /// point: five trees.
  public static func value(
    _ option: PricedOption, spot: Double, rate: Double, yield: Double = 0, volatility: Double,
    steps: Int = steps
  ) throws(PricingProblem) -> OptionValue {
    func price(_ rate: Double, _ volatility: Double) throws(PricingProblem) -> Double {
      try tree(
        option, spot: spot, rate: rate, yield: yield, volatility: volatility, steps: steps
      ).price
    }
    let centre = try tree(
      option, spot: spot, rate: rate, yield: yield, volatility: volatility, steps: steps)
    let (wide, narrow) = (volatility / 100, 0.0001)
    let vega =
      wide > 0
      ? (try price(rate, volatility + wide) - (try price(rate, volatility - wide))) / (2 * wide)
      : 0
    let rho =
      (try price(rate + narrow, volatility) - (try price(rate - narrow, volatility)))
      / (2 * narrow)
    return try OptionValue(
      price: centre.price, delta: centre.delta, gamma: centre.gamma, vega: vega,
      theta: centre.theta, rho: rho
    ).checked()
  }
}

/// The tree's prices and values, from the expiry back.
private struct BinomialTree {
  let steps: Int
  /// A step's probabilities, each with the step's discount in it.
  private let up: Double
  private let down: Double
  /// The underlying's price after `j` ups more than downs, at `j + steps`.
  private var prices: [Double] = []
  /// What exercise is worth there.
  private var exercise: [Double] = []

  init(_ option: PricedOption, _ market: PricingMarket, _ steps: Int) throws(PricingProblem) {
    self.steps = steps
    let step = option.time / Double(steps)
    let size = market.volatility * step.squareRoot()
    let drift = (market.rate - market.yield - market.volatility * market.volatility / 2) * step
    guard drift.magnitude < size else { throw .tooFewSteps }
    let discount = Elementary.exponential(-market.rate * step)
    let probability = 0.5 + 0.5 * drift / size
    up = discount * probability
    down = discount * (1 - probability)
    prices.reserveCapacity(2 * steps + 1)
    exercise.reserveCapacity(2 * steps + 1)
    for ups in -steps...steps {
      let price = market.price * Elementary.exponential(Double(ups) * size)
      prices.append(price)
      exercise.append(option.exercise(at: price))
    }
  }

  func value(_ market: PricingMarket) -> AmericanOption.TreeValue {
    var values = (0...steps).map { exercise[2 * $0] }
    var second = (down: 0.0, middle: 0.0, up: 0.0)
    var first = (down: 0.0, up: 0.0)
    for level in stride(from: steps - 1, through: 0, by: -1) {
      let base = steps - level
      for node in 0...level {
        let held = down * values[node] + up * values[node + 1]
        values[node] = max(held, exercise[base + 2 * node])
      }
      if level == 2 { second = (values[0], values[1], values[2]) }
      if level == 1 { first = (values[0], values[1]) }
    }
    let price = values[0]
    let delta = (first.up - first.down) / (prices[steps + 1] - prices[steps - 1])
    let upper = (second.up - second.middle) / (prices[steps + 2] - prices[steps])
    let lower = (second.middle - second.down) / (prices[steps] - prices[steps - 2])
    let gamma = (upper - lower) / ((prices[steps + 2] - prices[steps - 2]) / 2)
    let spot = market.price
    let variance = market.volatility * market.volatility
    let theta =
      price == exercise[steps] && price > 0
      ? 0
      : market.rate * price - (market.rate - market.yield) * spot * delta
        - variance * spot * spot * gamma / 2
    return AmericanOption.TreeValue(price: price, delta: delta, gamma: gamma, theta: theta)
  }
}
