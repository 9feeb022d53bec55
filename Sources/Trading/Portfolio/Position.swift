import Events

/// What one strategy holds of one instrument, at average cost.
public struct Position: Equatable, Sendable, BitwiseCopyable {
  /// Signed: short is negative.
  public private(set) var quantity: Quantity = .zero
  /// What the held quantity cost, `Money.cost` summed; negative for a short, and for a long inverse contract.
  public private(set) var cost: Money = .zero
  /// Profit and loss of what was closed, before fees.
  public private(set) var realised: Money = .zero
  /// Fees paid, less rebates, in the instrument's currency; others are in the ledger only.
  public private(set) var fees: Money = .zero
  /// Of an open contract: profit (positive) that daily settlement has paid.
  public private(set) var variation: Money = .zero

  public init() {}

  /// What a fill moves in the books.
  struct Movement: Equatable {
    /// `Money.cost` of what was traded.
    var notional: Money
    /// Change of the cost of what is held.
    var cost: Money
    /// Profit (positive) or loss on what was closed.
    var realised: Money
    /// The closed part's share of what daily settlement has paid.
    var variation = Money.zero
  }

  /// What a fill would move. The closed part leaves at the cost given, else at average cost, rounded half to
  /// even.
  /// - Parameters:
  ///   - signed: quantity, positive for a buy.
  ///   - notional: `Money.cost` of the quantity.
  ///   - closedCost: of the lots that are closed.
  func movement(of signed: Quantity, notional: Money, closedCost: Money? = nil) -> Movement {
    let isClosing = (quantity.raw > 0 && signed.raw < 0) || (quantity.raw < 0 && signed.raw > 0)
    guard isClosing else { return Movement(notional: notional, cost: notional, realised: .zero) }
    let closed = min(quantity.raw.magnitude, signed.raw.magnitude)
    let closedCost =
      closedCost ?? cost.scaled(by: Int64(closed), over: Int64(quantity.raw.magnitude))
    let closedNotional = notional.scaled(by: Int64(closed), over: Int64(signed.raw.magnitude))
    let openedCost = notional - closedNotional
    // Long: paid closedCost, received −closedNotional. Short: the signs are the other way about.
    return Movement(
      notional: notional, cost: openedCost - closedCost,
      realised: -(closedNotional + closedCost),
      variation: variation == .zero
        ? .zero : variation.scaled(by: Int64(closed), over: Int64(quantity.raw.magnitude)))
  }

  /// Takes a fill.
  /// - Returns: nil, with nothing changed, if a total would leave its range.
  mutating func fill(
    _ signed: Quantity, notional: Money, fee: Money, closedCost: Money? = nil
  ) -> Movement? {
    let (sum, overflow) = quantity.raw.addingReportingOverflow(signed.raw)
    guard !overflow, sum.magnitude <= UInt64(Quantity.limit) else { return nil }
    let movement = movement(of: signed, notional: notional, closedCost: closedCost)
    let totals = (cost + movement.cost, realised + movement.realised, fees + fee)
    guard totals.0.magnitude.raw <= Money.limit, totals.1.magnitude.raw <= Money.limit,
      totals.2.magnitude.raw <= Money.limit
    else { return nil }
    quantity = Quantity(sum)
    (cost, realised, fees) = totals
    variation -= movement.variation
    return movement
  }

  /// Takes what a booking changes.
  /// - Parameters:
  ///   - profit: what of it is realised.
  ///   - fee: what of it is a fee.
  /// - Returns: false, with nothing changed, if a total would leave its range.
  mutating func take(_ booking: Booking, profit: Money, fee: Money) -> Bool {
    let (sum, overflow) = quantity.raw.addingReportingOverflow(booking.quantity.raw)
    let totals = (
      cost + booking.cost, realised + profit, variation + booking.variation, fees + fee
    )
    guard !overflow, sum.magnitude <= UInt64(Quantity.limit), totals.0.magnitude.raw <= Money.limit,
      totals.1.magnitude.raw <= Money.limit, totals.2.magnitude.raw <= Money.limit,
      totals.3.magnitude.raw <= Money.limit
    else { return false }
    quantity = Quantity(sum)
    (cost, realised, variation, fees) = totals
    return true
  }

  /// Profit or loss of what is held at a price; nil if there is no price or it is out of range.
  public func unrealised(at mark: Price, of instrument: Instrument) -> Money? {
    if quantity == .zero { return .zero }
    guard let value = Money.cost(mark, quantity, of: instrument) else { return nil }
    return value - cost
  }

  /// Average price of what is held, in units of the instrument's price; nil if nothing is held.
  public func averagePrice(of instrument: Instrument) -> Double? {
    guard quantity != .zero else { return nil }
    let units = Double(quantity.raw) / binaryPower(Int(instrument.quantityScale))
    return instrument.price(ofUnits: units, worth: instrument.kind == .inverse ? -cost : cost)
  }

  /// Adds what is held of another contract in the same units.
  mutating func add(_ other: Position) {
    quantity = Quantity(Int64(clamping: Int128(quantity.raw) + Int128(other.quantity.raw)))
    cost += other.cost
    realised += other.realised
    fees += other.fees
    variation += other.variation
  }

  func encode(to out: inout ByteBuffer) {
    out.append(quantity.raw)
    out.append(cost.raw)
    out.append(realised.raw)
    out.append(fees.raw)
    out.append(variation.raw)
  }

  init(_ input: inout ByteReader) throws(Damage) {
    quantity = Quantity(try input.read(Int64.self))
    cost = Money(raw: try input.read(Int128.self))
    realised = Money(raw: try input.read(Int128.self))
    fees = Money(raw: try input.read(Int128.self))
    variation = try input.readBalance()
  }
}

extension Instrument {
  /// The price at which so many units have a notional; of an inverse contract the harmonic mean of what they
  /// were traded at. In units of the instrument's price; nil where there is none, as of an inverse contract that is
  /// worth nothing.
  public func price(ofUnits units: Double, worth value: Money) -> Double? {
    let (worth, multiplier) = (Double(value.raw) / 1e12, Double(multiplier) / 1e9)
    let price = kind == .inverse ? units * multiplier / worth : worth / units / multiplier
    return price.isFinite ? price : nil
  }
}
