import Events
import Trading

/// What working a parent order cost against the price at which it was decided: implementation shortfall
/// (Perold, The implementation shortfall, Journal of Portfolio Management 14, 1988), taken apart after
/// Wagner and Edwards (Best execution, Financial Analysts Journal 49, 1993).
///
/// All is a cost: positive is money lost, for buys and sells. With sign s (buy +1, sell −1), Q ordered and
/// X filled, mids D at the decision, A at the arrival, M(i) when the child of fill i was sent and E at the
/// end, fills of q(i) at p(i):
///
/// | part | is |
/// |---|---|
/// | delay | s X (A − D) |
/// | drift | s Σ q(i) (M(i) − A) |
/// | impact | s Σ q(i) (p(i) − M(i)) |
/// | fees | Σ fees |
/// | opportunity | s (Q − X) (E − D) |
///
/// The total is their sum, exactly, and equals paper profit less real profit: each product is rounded to
/// 10^-12 once and every one but the fills' and the decision's appears twice, with opposite signs.
public struct ParentCosts: Equatable, Sendable {
  /// The parts, in money of the instrument's currency.
  public struct Parts: Equatable, Sendable {
    public var delay: Money
    public var drift: Money
    /// Spread and impact: what the fills cost against the mid when their child was sent.
    public var impact: Money
    public var fees: Money
    public var opportunity: Money

    public var total: Money { delay + drift + impact + fees + opportunity }
  }

  public var order: OrderID
  public var strategy: StrategyID
  public var algorithm: ExecutionPlan.Algorithm
  /// 1, or 2 for the second leg of a pair.
  public var leg: Int
  public var instrument: Instrument
  public var side: Side
  /// Ordered; of a second leg what it filled.
  public var quantity: Quantity
  public var filled: Quantity
  /// Children that were sent.
  public var children: Int
  public var fills: Int
  /// When the parent was held, and when it ended; nil if it is under way at the journal's end.
  public var start: Instant
  public var end: Instant?
  public var outcome: EndCause?
  var decisionMid: MidPrice?
  var arrivalMid: MidPrice?
  var endMid: MidPrice?
  /// Notional of the fills; negative where prices were.
  public var value: Money
  /// What the market traded in the parent's life, and what that was worth.
  public var marketVolume: Quantity
  public var marketValue: Money
  /// What the whole quantity is worth at the decision's mid, without its sign: what basis points are of.
  public var basis: Money?
  /// nil if a price or a product is missing; `problem` says which.
  public var parts: Parts?
  public var problem: String?
  /// Fees in other currencies, which no part has.
  public var otherFees: [OtherFee]

  public struct OtherFee: Equatable, Sendable {
    public var currency: String
    public var amount: Money
  }

  /// An amount in basis points of `basis`; nil without one.
  public func basisPoints(_ amount: Money) -> Double? {
    guard let basis, basis > .zero else { return nil }
    return Double(amount.raw) / Double(basis.raw) * 10_000
  }

  /// Average price of the fills, in units of the instrument's price; nil without any.
  public var averagePrice: Double? { price(value, filled) }

  /// Volume-weighted average price of the market's trades in the parent's life.
  public var marketAverage: Double? { price(marketValue, marketVolume) }

  /// What the fills cost against that average, in basis points of its magnitude; nil if the market did not
  /// trade, nothing was filled or the average is 0.
  public var slippage: Double? {
    guard let own = averagePrice, let market = marketAverage, market != 0 else { return nil }
    return Double(side.sign) * (own - market) / market.magnitude * 10_000
  }

  /// Filled quantity over the market's volume.
  public var participation: Double? {
    marketVolume.raw > 0 ? Double(filled.raw) / Double(marketVolume.raw) : nil
  }

  private func price(_ value: Money, _ quantity: Quantity) -> Double? {
    guard quantity.raw > 0 else { return nil }
    let units = Double(quantity.raw) / binaryPower(Int(instrument.quantityScale))
    return instrument.price(ofUnits: units, worth: value)
  }
}
