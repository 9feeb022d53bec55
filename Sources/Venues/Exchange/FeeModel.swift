import Events

/// What the exchange charges for fills: the sum of its charges, each rounded by its own rule.
///
/// Amounts are in the instrument's currency; with `isTakenFromBase` a buy pays in what it buys.
public struct FeeModel: Equatable, Sendable {
  /// Bounds of what an order's bounded charges come to.
  public struct Bounds: Equatable, Sendable {
    public var minimum: Money
    /// Of the order's traded value; 0 for no such bound. It wins over the minimum.
    public var maximumPercent: Decimal

    public init(minimum: Money, maximumPercent: Decimal) {
      self.minimum = minimum
      self.maximumPercent = maximumPercent
    }
  }

  /// What reports call it.
  public var name: String
  public var charges: [FeeCharge]
  public var bounds: Bounds?
  public var isTakenFromBase: Bool
  /// In which its amounts were written; nil if there are none, or a schedule has them.
  public var currency: String?

  public init(
    name: String, charges: [FeeCharge], bounds: Bounds? = nil, isTakenFromBase: Bool = false,
    currency: String? = nil
  ) {
    self.name = name
    self.charges = charges
    self.bounds = bounds
    self.isTakenFromBase = isTakenFromBase
    self.currency = currency
  }

  public static let none = FeeModel(name: "none", charges: [])

  /// `amount` per unit of quantity, in sum per order at least `minimum`, at most `maximumPercent` of the
  /// order's traded value (0: no such bound); the bound wins over the minimum. The fee of a fill is what
  /// it adds to the order's fee so far.
  public static func perUnit(
    amount: Money, minimum: Money, maximumPercent: Decimal
  ) -> FeeModel {
    FeeModel(
      name: "per unit", charges: [FeeCharge(.unit(amount), isBounded: true)],
      bounds: Bounds(minimum: minimum, maximumPercent: maximumPercent))
  }

  /// Basis points of the traded value; negative is a rebate.
  public static func perNotional(maker: Decimal, taker: Decimal) -> FeeModel {
    FeeModel(
      name: "maker-taker",
      charges: [
        FeeCharge(.value(maker), liquidity: .maker), FeeCharge(.value(taker), liquidity: .taker),
      ])
  }

  /// Both models' charges.
  /// - Returns: nil if both bound an order's fee, or only one is taken from the base.
  public func adding(_ other: FeeModel) -> FeeModel? {
    if charges.isEmpty { return other }
    if other.charges.isEmpty { return self }
    guard bounds == nil || other.bounds == nil, isTakenFromBase == other.isTakenFromBase else {
      return nil
    }
    return FeeModel(
      name: "\(name) + \(other.name)", charges: charges + other.charges,
      bounds: bounds ?? other.bounds, isTakenFromBase: isTakenFromBase,
      currency: currency ?? other.currency)
  }

  /// Whether a rate depends on what was traded before.
  var hasTiers: Bool { charges.contains { $0.volumes != nil } }

  /// What is wrong with it, or nil.
  public var problem: String? {
    for charge in charges {
      if let problem = charge.problem { return problem }
      if isTakenFromBase, case .value = charge.basis { continue }
      if isTakenFromBase { return "only a fee on the value can be taken from what is bought" }
    }
    guard let bounds else { return nil }
    if !(0...FeeCharge.largestAmount).contains(bounds.minimum.raw) {
      return "the minimum is not between 0 and 1000000"
    }
    return FeeCharge.isShare(bounds.maximumPercent, of: 100) && bounds.maximumPercent.mantissa >= 0
      ? nil : "the maximum is not between 0 and 100 %"
  }

  /// What a fill adds to an order's fees. O(charges).
  /// - Parameters:
  ///   - order: the order before the fill; notes what its bounded charges come to.
  ///   - volume: what was traded in the 30 days before.
  /// - Returns: the fee and its currency.
  func charge(
    _ fill: ChargedFill, _ order: inout WorkingOrder, of instrument: Instrument, volume: Money
  ) -> (fee: Money, currency: String) {
    if charges.isEmpty { return (.zero, instrument.currency) }
    let isInBase =
      isTakenFromBase && order.ticket.side == .buy && !instrument.base.isEmpty
    var charged = fill
    if isInBase {
      charged.value =
        Money.rescaled(Int128(fill.quantity.raw), from: Int(instrument.quantityScale))
        ?? Money(raw: Money.limit)
    }
    var sum: Int128 = 0
    var bounded = order.commission.raw
    for charge in charges where charge.applies(to: charged, order.ticket.side, volume: volume) {
      let amount = charge.amount(of: charged, order, quantityScale: instrument.quantityScale).raw
      if charge.isBounded { bounded += amount } else { sum += amount }
    }
    if bounds != nil {
      let before =
        order.filled == .zero ? Money.zero : clamped(order.commission, value: order.value)
      order.commission = Money(raw: min(max(bounded, -Money.limit), Money.limit))
      sum += (clamped(order.commission, value: order.value + fill.value) - before).raw
    }
    return (
      Money(raw: min(max(sum, -Money.limit), Money.limit)),
      isInBase ? instrument.base : instrument.currency
    )
  }

  private func clamped(_ amount: Money, value: Money) -> Money {
    guard let bounds else { return amount }
    let total = max(amount, bounds.minimum)
    if bounds.maximumPercent.mantissa == 0 { return total }
    return min(total, FeeCharge.share(bounds.maximumPercent, of: value, whole: 100))
  }
}

extension FeeModel: CustomStringConvertible {
  /// The name, then every charge with its conditions.
  public var description: String {
    var parts = charges.map(\.description)
    if let bounds {
      var text = "an order at least \(FeeCharge.text(bounds.minimum))"
      if bounds.maximumPercent.mantissa > 0 {
        text += ", at most \(FeeCharge.text(bounds.maximumPercent)) %"
      }
      parts.append(text)
    }
    if isTakenFromBase { parts.append("buys pay in what they buy") }
    return parts.isEmpty ? name : "\(name): \(parts.joined(separator: "; "))"
  }
}
