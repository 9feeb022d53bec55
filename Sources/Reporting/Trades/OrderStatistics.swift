import Events

/// How the orders of instruments in one currency were executed. What cannot be computed is nil.
public struct OrderStatistics: Equatable, Sendable {
  public let currency: String
  /// Orders sent to venues, rejected ones too.
  public internal(set) var orders = 0
  /// Of them: those with a fill.
  public internal(set) var filledOrders = 0
  public internal(set) var fills = 0
  /// Fills of orders that were sent when there was no price; in no slippage.
  public internal(set) var fillsWithoutMid = 0
  /// Price × quantity × multiplier of all fills.
  public internal(set) var traded = Money.zero
  /// In the currency itself, whatever the instrument's is.
  public internal(set) var fees = Money.zero
  /// What fills cost against the mid when their order was sent; positive is lost.
  public internal(set) var slippage = Money.zero
  /// Value at that mid of the quantity filled, and of that ordered.
  public internal(set) var filledValue = Money.zero
  public internal(set) var orderedValue = Money.zero

  init(_ currency: String) { self.currency = currency }

  /// Of the value at the mid of what was filled.
  public var slippageBasisPoints: Double? { points(slippage, filledValue) }
  /// Of the value traded.
  public var feesBasisPoints: Double? { points(fees, traded) }
  /// Value filled over value ordered, both at the mid when the order was sent.
  public var fillRatio: Double? {
    orderedValue > .zero ? Double(filledValue.raw) / Double(orderedValue.raw) : nil
  }

  private func points(_ part: Money, _ whole: Money) -> Double? {
    whole > .zero ? Double(part.raw) / Double(whole.raw) * 10_000 : nil
  }
}
