import Events

/// What the exchange charges for fills, in the instrument's currency, rounded half to even at 10^-12.
public enum FeeModel: Equatable, Sendable {
  case none
  /// `amount` per unit of quantity, in sum per order at least `minimum`, at most `maximumPercent` of the
  /// order's traded value (0: no such bound); the bound wins over the minimum. The fee of a fill is what
  /// it adds to the order's fee so far.
  ///
  /// US equities at a fixed-rate broker: 0.005 a share, at least 1.00, at most 0.5 %.
  case perUnit(amount: Money, minimum: Money, maximumPercent: Decimal)
  /// Basis points of the traded value; negative is a rebate.
  case perNotional(maker: Decimal, taker: Decimal)

  /// 0.005 dollars a share, at least 1 dollar, at most 0.5 % of the value.
  public static let usEquity = FeeModel.perUnit(
    amount: Money(raw: 5_000_000_000), minimum: Money(units: 1),
    maximumPercent: Decimal(mantissa: 5, scale: 1))

  /// Largest amount per unit, about 10^6: its product with any quantity fits.
  private static let largestAmount: Int128 = 1 << 60

  /// What is wrong with it, or nil.
  var problem: String? {
    switch self {
    case .none: return nil
    case .perUnit(let amount, let minimum, let percent):
      if !(0...Self.largestAmount).contains(amount.raw) {
        return "the amount per unit is not between 0 and 1000000"
      }
      if !(0...Self.largestAmount).contains(minimum.raw) {
        return "the minimum is not between 0 and 1000000"
      }
      return Self.isShare(percent, of: 100) && percent.mantissa >= 0
        ? nil : "the maximum is not between 0 and 100 %"
    case .perNotional(let maker, let taker):
      return Self.isShare(maker, of: 10_000) && Self.isShare(taker, of: 10_000)
        ? nil : "a rate is beyond 10000 basis points or has more than 9 decimals"
    }
  }

  private static func isShare(_ value: Decimal, of whole: Int64) -> Bool {
    value.scale <= 9
      && Int128(value.mantissa).magnitude <= (Int128(whole) * power(Int(value.scale))).magnitude
  }

  /// The fee that a fill adds.
  /// - Parameters:
  ///   - quantity: of the fill.
  ///   - value: of the fill.
  ///   - order: the order before the fill.
  func fee(
    quantity: Quantity, value: Money, liquidity: Fill.Liquidity, order: WorkingOrder,
    quantityScale: UInt8
  ) -> Money {
    switch self {
    case .none: return .zero
    case .perNotional(let maker, let taker):
      return Self.share(liquidity == .maker ? maker : taker, of: value, whole: 10_000)
    case .perUnit(let amount, let minimum, let percent):
      let units = Int128((order.filled + quantity).raw)
      let product = amount.raw * units
      let plain =
        Money.rescaled(product, from: Money.scale + Int(quantityScale)) ?? Money(raw: Money.limit)
      var total = max(plain, minimum)
      if percent.mantissa > 0 {
        total = min(total, Self.share(percent, of: order.value + value, whole: 100))
      }
      return total - order.fees
    }
  }

  private static func share(_ rate: Decimal, of value: Money, whole: Int64) -> Money {
    var denominator = whole
    for _ in 0..<rate.scale { denominator *= 10 }
    return value.scaled(by: rate.mantissa, over: denominator)
  }
}
