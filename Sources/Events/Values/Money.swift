/// An amount of a currency, scaled by 10^12 whatever the currency, so that a price times a quantity is
/// exact for all but the finest scales. Range ± 1.7 × 10^26 units.
public struct Money: Hashable, Comparable, Sendable, BitwiseCopyable {
  public var raw: Int128

  @inlinable public init(raw: Int128) { self.raw = raw }

  /// Decimal digits after the point.
  public static let scale = 12
  /// One unit of the currency.
  public static let one: Int128 = 1_000_000_000_000

  public static let zero = Money(raw: 0)

  /// A whole number of units.
  public init(units: Int64) { raw = Int128(units) * Self.one }

  @inlinable public static func < (a: Money, b: Money) -> Bool { a.raw < b.raw }
  @inlinable public static func + (a: Money, b: Money) -> Money { Money(raw: a.raw + b.raw) }
  @inlinable public static func - (a: Money, b: Money) -> Money { Money(raw: a.raw - b.raw) }
  @inlinable public static prefix func - (a: Money) -> Money { Money(raw: -a.raw) }
  @inlinable public static func += (a: inout Money, b: Money) { a.raw += b.raw }
  @inlinable public static func -= (a: inout Money, b: Money) { a.raw -= b.raw }

  @inlinable public var magnitude: Money { Money(raw: raw < 0 ? -raw : raw) }

  /// The largest magnitude books accept: sums of a million such amounts do not overflow.
  public static let limit: Int128 = 1 << 106

  /// What a quantity of an instrument is worth at a price: price × quantity × multiplier, of an inverse
  /// contract quantity × multiplier / price; signed as the quantity, rounded half to even at 10^-12.
  /// - Returns: nil if the price is absent, or not above 0 where it divides, or the result is beyond
  ///   `Money.limit`.
  public static func notional(_ price: Price, _ quantity: Quantity, of instrument: Instrument)
    -> Money?
  {
    notional(price, quantity, of: instrument.terms)
  }

  /// The same for an instrument's terms.
  public static func notional(_ price: Price, _ quantity: Quantity, of terms: Instrument.Terms)
    -> Money?
  {
    guard !price.isNone else { return nil }
    if terms.kind == .inverse { return inverse(price, quantity, of: terms) }
    let base = Int128(price.raw) * Int128(quantity.raw)
    let (product, overflow) = base.multipliedReportingOverflow(by: Int128(terms.multiplier))
    guard !overflow else { return nil }
    let shift = terms.priceScale + terms.quantityScale + Instrument.multiplierScale
    return rescaled(product, from: Int(shift))
  }

  private static func inverse(_ price: Price, _ quantity: Quantity, of terms: Instrument.Terms)
    -> Money?
  {
    guard price.raw > 0 else { return nil }
    let units = Int128(quantity.raw) * Int128(terms.multiplier)
    // 10^12 × 10^priceScale over 10^quantityScale × 10^9.
    let shift =
      scale + Int(terms.priceScale) - Int(terms.quantityScale) - Int(Instrument.multiplierScale)
    let (dividend, isOver) = units.multipliedReportingOverflow(by: power(max(shift, 0)))
    if isOver { return nil }
    let raw = divideHalfEven(dividend, by: Int128(price.raw) * power(max(-shift, 0)))
    return raw.magnitude <= limit.magnitude ? Money(raw: raw) : nil
  }

  /// Money × 10^12 of one unit of price × one of quantity, by which both are multiplied where that is exact; 0
  /// where it is not whole or out of range, or the price divides.
  public static func unit(of terms: Instrument.Terms) -> Int64 {
    // Not whole where the price divides.
    if terms.kind == .inverse { return 0 }
    let decimals = Int(terms.priceScale + terms.quantityScale + Instrument.multiplierScale)
    let (shift, multiplier) = (scale - decimals, Int128(terms.multiplier))
    if shift >= 0 { return Int64(exactly: multiplier * power(shift)) ?? 0 }
    return multiplier % power(-shift) == 0 ? Int64(exactly: multiplier / power(-shift)) ?? 0 : 0
  }

  /// What a quantity costs in the books, so that its profit is its cost at a later price less its cost now:
  /// the notional; of an inverse contract its negative, as whoever is long gains when it is worth fewer
  /// coins.
  public static func cost(_ price: Price, _ quantity: Quantity, of terms: Instrument.Terms)
    -> Money?
  {
    notional(price, quantity, of: terms).map { terms.kind == .inverse ? -$0 : $0 }
  }

  /// The same for an instrument.
  public static func cost(_ price: Price, _ quantity: Quantity, of instrument: Instrument)
    -> Money?
  {
    cost(price, quantity, of: instrument.terms)
  }

  /// A quantity of a currency pair as money of its base.
  /// - Returns: nil if the result is beyond `Money.limit`.
  public static func units(_ quantity: Quantity, of terms: Instrument.Terms) -> Money? {
    rescaled(
      Int128(quantity.raw) * Int128(terms.multiplier),
      from: Int(terms.quantityScale) + Int(Instrument.multiplierScale))
  }

  /// This amount × numerator / denominator, rounded half to even; nil if the result is beyond `Money.limit`.
  /// - Precondition: the denominator is not 0, and both magnitudes are at most 2^63.
  public func times(_ numerator: Int128, over denominator: Int128) -> Money? {
    guard let product = product(numerator, over: denominator),
      product.magnitude <= Self.limit.magnitude
    else { return nil }
    return Money(raw: product)
  }

  /// The same for a share, which is at most as large as the amount and so has no bound to keep.
  /// - Precondition: |numerator| ≤ |denominator|, and the amount's magnitude is below 2^126.
  public func scaled(by numerator: Int64, over denominator: Int64) -> Money {
    precondition(numerator.magnitude <= denominator.magnitude)
    if numerator == denominator, denominator != 0 { return self }
    guard let share = product(Int128(numerator), over: Int128(denominator)) else {
      preconditionFailure("an amount beyond 2^126")
    }
    return Money(raw: share)
  }

  /// - Returns: nil beyond 2^126.
  private func product(_ numerator: Int128, over denominator: Int128) -> Int128? {
    precondition(denominator != 0)
    precondition(numerator.magnitude <= 1 << 63 && denominator.magnitude <= 1 << 63)
    let isNegative = (raw < 0) != ((numerator < 0) != (denominator < 0))
    let divisor = UInt64(truncatingIfNeeded: denominator.magnitude)
    // Most amounts, with one division of two words by one.
    if let small = UInt64(exactly: raw.magnitude) {
      let wide = small.multipliedFullWidth(by: UInt64(truncatingIfNeeded: numerator.magnitude))
      if wide.high < divisor {
        let (quotient, rest) = divisor.dividingFullWidth(wide)
        let left = divisor - rest
        let isAway = rest > left || rest == left && quotient & 1 != 0
        let rounded = Int128(quotient) + (isAway ? 1 : 0)
        return isNegative ? -rounded : rounded
      }
    }
    // The product may need more than 128 bits, so whole and remainder are scaled apart.
    let (whole, rest) = raw.quotientAndRemainder(dividingBy: denominator)
    let (product, overflow) = whole.multipliedReportingOverflow(by: numerator)
    guard !overflow, product.magnitude < 1 << 126 else { return nil }
    let (more, remainder) = (rest * numerator).quotientAndRemainder(dividingBy: denominator)
    // Rounding comes last: which neighbour of a tie is even shows only in the sum.
    return roundHalfEven(
      product + more, remainder: remainder, divisor: denominator, isNegative: isNegative)
  }

  /// An amount with `scale` decimals as money, rounded half to even.
  /// - Precondition: 0 ≤ scale ≤ 50.
  /// - Returns: nil if the result is beyond `Money.limit`.
  public static func rescaled(_ amount: Int128, from scale: Int) -> Money? {
    let raw: Int128
    if scale <= Self.scale {
      let (product, overflow) = amount.multipliedReportingOverflow(by: power(Self.scale - scale))
      guard !overflow else { return nil }
      raw = product
    } else {
      raw = divideHalfEven(amount, by: power(scale - Self.scale))
    }
    return raw.magnitude <= Self.limit.magnitude ? Money(raw: raw) : nil
  }
}

/// 10^exponent.
/// - Precondition: 0 ≤ exponent ≤ 38.
public func power(_ exponent: Int) -> Int128 {
  precondition(exponent >= 0 && exponent <= 38)
  // In 64 bits as far as they go: a product of 128 bits costs several times as much.
  var small: Int64 = 1
  for _ in 0..<min(exponent, 18) { small &*= 10 }
  var value = Int128(small)
  for _ in min(exponent, 18)..<exponent { value *= 10 }
  return value
}

/// 10^exponent as a binary number, which is exact. Conversion of a number of 128 bits takes microseconds.
/// - Precondition: 0 ≤ exponent ≤ 22.
public func binaryPower(_ exponent: Int) -> Double {
  precondition(exponent >= 0 && exponent <= 22)
  var value = 1.0
  for _ in 0..<exponent { value *= 10 }
  return value
}

/// The quotient rounded to the nearest integer, ties to the even one.
/// - Precondition: the divisor is not 0, and not −1 for the smallest dividend.
public func divideHalfEven(_ dividend: Int128, by divisor: Int128) -> Int128 {
  let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
  return roundHalfEven(
    quotient, remainder: remainder, divisor: divisor, isNegative: (dividend < 0) != (divisor < 0))
}

/// Rounds a quotient that was cut towards zero, given what was cut off.
private func roundHalfEven(
  _ quotient: Int128, remainder: Int128, divisor: Int128, isNegative: Bool
) -> Int128 {
  if remainder == 0 { return quotient }
  let twice = remainder.magnitude * 2
  let isAway = twice > divisor.magnitude || (twice == divisor.magnitude && quotient & 1 != 0)
  guard isAway else { return quotient }
  return quotient + (isNegative ? -1 : 1)
}
