/// Options that can be exercised at the expiry only, in closed form. O(1).
///
/// Where nothing can move any more (no time, or no volatility) the price is the discounted intrinsic
/// value, gamma and vega are 0, and delta is a step with half its height at the money.
public enum EuropeanOption {
  /// On an underlying that is held: Black and Scholes (The pricing of options and corporate liabilities,
  /// Journal of Political Economy 81, 1973) with Merton's continuous dividend yield.
  /// - Parameters:
  ///   - rate: continuous, a year.
  ///   - yield: dividends, or the rate of the foreign currency; continuous, a year.
  public static func blackScholes(
    _ option: PricedOption, spot: Double, rate: Double, yield: Double = 0, volatility: Double
  ) throws(PricingProblem) -> OptionValue {
    let market = PricingMarket(price: spot, rate: rate, yield: yield, volatility: volatility)
    try market.check(option)
    let carry = Elementary.exponential(-yield * option.time)
    let discount = Elementary.exponential(-rate * option.time)
    let drift = (rate - yield) * option.time
    let terms = BlackTerms(
      option, Elementary.logarithm(spot / option.strike) + drift, spot * carry,
      option.strike * discount, volatility)
    let sign = option.right.sign
    return try OptionValue(
      price: terms.price, delta: sign * carry * terms.first,
      gamma: terms.density > 0 ? carry * terms.density / (spot * terms.total) : 0,
      vega: terms.asset * terms.density * option.time.squareRoot(),
      theta: terms.decay + sign
        * (yield * terms.asset * terms.first - rate * terms.cash * terms.second),
      rho: sign * option.time * terms.cash * terms.second
    ).checked()
  }

  /// On a forward or future: Black (The pricing of commodity contracts, Journal of Financial Economics 3,
  /// 1976). Delta and gamma are with respect to the forward, discounted.
  public static func black76(
    _ option: PricedOption, forward: Double, rate: Double, volatility: Double
  ) throws(PricingProblem) -> OptionValue {
    let market = PricingMarket(price: forward, rate: rate, yield: 0, volatility: volatility)
    try market.check(option)
    let discount = Elementary.exponential(-rate * option.time)
    let terms = BlackTerms(
      option, Elementary.logarithm(forward / option.strike), forward * discount,
      option.strike * discount, volatility)
    return try OptionValue(
      price: terms.price, delta: option.right.sign * discount * terms.first,
      gamma: terms.density > 0 ? discount * terms.density / (forward * terms.total) : 0,
      vega: terms.asset * terms.density * option.time.squareRoot(),
      theta: terms.decay + rate * terms.price, rho: -option.time * terms.price
    ).checked()
  }
}

/// What both formulas have in common.
struct BlackTerms {
  /// Present values of the underlying and of the strike.
  let asset: Double
  let cash: Double
  /// Standard deviation of the logarithm of the price at the expiry.
  let total: Double
  /// Φ(± d₁), Φ(± d₂), sign of the right.
  let first: Double
  let second: Double
  /// φ(d₁).
  let density: Double
  let price: Double
  /// Theta's part that comes of the volatility.
  let decay: Double

  /// - Parameter moneyness: log (asset / cash), exactly as it can be had.
  init(
    _ option: PricedOption, _ moneyness: Double, _ asset: Double, _ cash: Double,
    _ volatility: Double
  ) {
    self.asset = asset
    self.cash = cash
    let root = option.time.squareRoot()
    total = volatility * root
    let sign = option.right.sign
    if total > 0 {
      let d1 = moneyness / total + total / 2
      (density, first) = NormalDistribution.densityAndCumulative(d1, sign: sign)
      second = NormalDistribution.cumulative(sign * (d1 - total))
    } else {
      first = moneyness == 0 ? 0.5 : sign * moneyness > 0 ? 1 : 0
      second = first
      density = 0
    }
    // Far out of the money the difference is smaller than the roundings of its parts.
    price = max(sign * (asset * first - cash * second), 0)
    decay = root > 0 ? -asset * density * volatility / (2 * root) : 0
  }
}
