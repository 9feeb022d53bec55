/// Why a price has no volatility.
public enum ImpliedVolatilityProblem: Error, Equatable, Sendable {
  /// The price is not above what the option is worth without any volatility: that value.
  case belowIntrinsic(Double)
  /// The price is not below what no option can be worth: that value.
  case aboveBound(Double)
  /// The bracket did not close in the number of steps.
  case noConvergence(steps: Int)
  /// The price or an input is no number, or below what it may be.
  case pricing(PricingProblem)
}

/// The volatility at which a model gives a price.
public enum ImpliedVolatility {
  /// Most steps of a search.
  public static let steps = 100

  /// Of an option that can be exercised at the expiry only, on an underlying that is held.
  ///
  /// An option in the money is turned into the one out of the money of the same strike, which has the same
  /// time value, so that what intrinsic value there is costs no digits. The logarithm of that value is a
  /// concave function of the volatility: Newton's steps from the point of inflection (Manaster and Koehler,
  /// The calculation of implied variances from the Black-Scholes model, Journal of Finance 37, 1982) go
  /// there in a few steps; where one would leave the bracket it is halved instead.
  public static func blackScholes(
    _ option: PricedOption, price: Double, spot: Double, rate: Double, yield: Double = 0
  ) throws(ImpliedVolatilityProblem) -> Double {
    let market = PricingMarket(price: spot, rate: rate, yield: yield, volatility: 0)
    try check(option, market, price)
    let carry = Elementary.exponential(-yield * option.time)
    let discount = Elementary.exponential(-rate * option.time)
    return try solve(
      option, price, spot * carry, option.strike * discount,
      moneyness: Elementary.logarithm(spot / option.strike) + (rate - yield) * option.time)
  }

  /// Of an option on a forward or future.
  public static func black76(
    _ option: PricedOption, price: Double, forward: Double, rate: Double
  ) throws(ImpliedVolatilityProblem) -> Double {
    let market = PricingMarket(price: forward, rate: rate, yield: 0, volatility: 0)
    try check(option, market, price)
    let discount = Elementary.exponential(-rate * option.time)
    return try solve(
      option, price, forward * discount, option.strike * discount,
      moneyness: Elementary.logarithm(forward / option.strike))
  }

  static func check(
    _ option: PricedOption, _ market: PricingMarket, _ price: Double
  ) throws(ImpliedVolatilityProblem) {
    do throws(PricingProblem) { try market.check(option) } catch { throw .pricing(error) }
    guard price.isFinite else { throw .pricing(.invalid("price")) }
    guard option.time > 0 else { throw .pricing(.invalid("time")) }
  }

  private static func solve(
    _ option: PricedOption, _ price: Double, _ asset: Double, _ cash: Double, moneyness: Double
  ) throws(ImpliedVolatilityProblem) -> Double {
    guard asset > 0, cash > 0, asset < .infinity, cash < .infinity else {
      throw .pricing(.outOfRange)
    }
    let intrinsic = max(option.right.sign * (asset - cash), 0)
    let bound = option.right == .call ? asset : cash
    let value = price - intrinsic
    guard value > 0 else { throw .belowIntrinsic(intrinsic) }
    guard price < bound, value < min(asset, cash) else { throw .aboveBound(bound) }
    // A unit of time: the search is for the whole standard deviation.
    let unit = PricedOption(asset > cash ? .put : .call, strike: 1, time: 1)
    var (low, high) = (0.0, Double.infinity)
    var total = max(
      (2 * moneyness.magnitude).squareRoot(), value / (0.4 * (asset * cash).squareRoot()))
    for _ in 0..<steps {
      let terms = BlackTerms(unit, moneyness, asset, cash, total)
      if terms.price == value { return total / option.time.squareRoot() }
      if terms.price < value { low = total } else { high = total }
      var next = Double.nan
      if terms.price > 0, terms.density > 0 {
        next =
          total
          - Elementary.logarithm(terms.price / value) * terms.price / (asset * terms.density)
      }
      let change = (next - total).magnitude
      if change <= 1e-15 * total { return next / option.time.squareRoot() }
      if !(next > low && next < high) { next = high < .infinity ? (low + high) / 2 : 2 * total }
      if high < .infinity, high - low <= 1e-15 * high { return next / option.time.squareRoot() }
      total = next
    }
    throw .noConvergence(steps: steps)
  }
}

extension ImpliedVolatility {
  /// The highest volatility looked at for options that can be exercised at any time.
  public static let highest = 16.0

  /// Of an option that can be exercised at any time: a bracket of trees, narrowed by false position with
  /// the Illinois rule (Dowell and Jarratt, BIT 11, 1971). About ten trees.
  /// - Throws: `belowIntrinsic` with the least price that the tree can give, if the price is not above it.
  public static func american(
    _ option: PricedOption, price: Double, spot: Double, rate: Double, yield: Double = 0,
    steps: Int = AmericanOption.steps
  ) throws(ImpliedVolatilityProblem) -> Double {
    try check(
      option, PricingMarket(price: spot, rate: rate, yield: yield, volatility: 0), price)
    func excess(_ volatility: Double) throws(ImpliedVolatilityProblem) -> Double {
      do throws(PricingProblem) {
        return try AmericanOption.tree(
          option, spot: spot, rate: rate, yield: yield, volatility: volatility, steps: steps
        ).price - price
      } catch { throw .pricing(error) }
    }
    let bound = option.right == .call ? spot : option.strike
    guard price < bound else { throw .aboveBound(bound) }
    guard price > option.exercise(at: spot) else {
      throw .belowIntrinsic(option.exercise(at: spot))
    }
    // Below it the tree's probabilities leave 0 to 1.
    let step = (option.time / Double(steps)).squareRoot()
    var low = (at: 1.001 * (rate - yield).magnitude * step + 1e-4, excess: 0.0)
    low.excess = try excess(low.at)
    guard low.excess < 0 else { throw .belowIntrinsic(low.excess + price) }
    var high = (at: max(2 * low.at, 0.25), excess: 0.0)
    high.excess = try excess(high.at)
    while high.excess < 0 {
      guard high.at < highest else { throw .aboveBound(high.excess + price) }
      low = high
      high.at *= 2
      high.excess = try excess(high.at)
    }
    var side = 0
    for _ in 0..<Self.steps {
      if high.excess == 0 || high.at - low.at <= 1e-13 * high.at { return high.at }
      var middle = high.at - high.excess * (high.at - low.at) / (high.excess - low.excess)
      if !(middle > low.at && middle < high.at) { middle = (low.at + high.at) / 2 }
      let found = try excess(middle)
      if found.magnitude <= 1e-13 * price { return middle }
      if found < 0 {
        low = (middle, found)
        // The end that stays a second time counts half, or it would stay for long.
        if side < 0 { high.excess /= 2 }
        side = -1
      } else {
        high = (middle, found)
        if side > 0 { low.excess /= 2 }
        side = 1
      }
    }
    throw .noConvergence(steps: Self.steps)
  }
}
