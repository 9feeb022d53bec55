/// What a venue says about one of our orders.
public struct VenueReport: Equatable, Sendable {
  public var order: OrderID
  public var outcome: Outcome

  public init(order: OrderID, _ outcome: Outcome) {
    self.order = order
    self.outcome = outcome
  }

  public enum Outcome: Equatable, Sendable {
    case accepted(venueOrder: String)
    case rejected(code: UInt16, text: String)
    case filled(Fill)
    case cancelled(CancelCause, text: String)
    /// `quantity` is the order's new total, filled part included.
    case replaced(quantity: Quantity, price: Price)
    case expired
    case requestRejected(Request, code: UInt16, text: String)
    /// Answer to a query: how the venue knows the order.
    case status(KnownState, filled: Quantity)
    /// A conditional order that rested at the venue has become active.
    case triggered(price: Price)
    /// An execution is taken back.
    case busted(fill: UInt64, text: String)
    /// An execution is changed: the fill as it is now, under its old id.
    // Indirect: it is seldom, and larger than all others.
    indirect case corrected(Fill, text: String)
  }

  /// Why an order is cancelled.
  public enum CancelCause: UInt8, Sendable, CaseIterable {
    case requested = 1
    case venue = 2
    /// The rest of an immediate-or-cancel, fill-or-kill or market order.
    case immediate = 3
    case connectionLost = 4
  }

  public enum Request: UInt8, Sendable, CaseIterable {
    case cancel = 1
    case replace = 2
  }

  public enum KnownState: UInt8, Sendable, CaseIterable {
    case working = 1
    case filled = 2
    case cancelled = 3
    case rejected = 4
    case expired = 5
    case neverReceived = 6
  }

  /// Codes of `rejected` and `requestRejected`.
  public enum RejectCode {
    public static let unknownOrder: UInt16 = 1
    public static let tooLate: UInt16 = 2
    public static let notTrading: UInt16 = 3
    public static let noLiquidity: UInt16 = 4
    public static let invalidPrice: UInt16 = 5
    public static let invalidQuantity: UInt16 = 6
    public static let duplicateOrder: UInt16 = 7
    public static let unknownInstrument: UInt16 = 8
    /// A post-only order would have taken.
    public static let wouldTake: UInt16 = 9
    /// Beyond the bounds in which the instrument may trade.
    public static let priceBand: UInt16 = 10
    /// A short sale at or below the best bid while short sales are restricted.
    public static let shortSaleRestricted: UInt16 = 11
    /// The venue does not do orders of this kind.
    public static let unsupported: UInt16 = 12
    public static let other: UInt16 = 99
  }
}

/// An execution of part or all of an order.
public struct Fill: Equatable, Sendable {
  public enum Liquidity: UInt8, Sendable, CaseIterable {
    case unknown = 0
    case maker = 1
    case taker = 2
  }
  /// The venue's number of the execution, unique per order.
  public var id: UInt64
  public var price: Price
  /// Above 0.
  public var quantity: Quantity
  /// Positive if paid, negative if received.
  public var fee: Money
  public var feeCurrency: String
  /// Why a simulated fill is as it is; nil of a real one.
  public var basis: FillBasis?
  public var liquidity: Liquidity

  public init(
    id: UInt64, price: Price, quantity: Quantity, fee: Money, feeCurrency: String,
    liquidity: Liquidity, basis: FillBasis? = nil
  ) {
    self.id = id
    self.price = price
    self.quantity = quantity
    self.fee = fee
    self.feeCurrency = feeCurrency
    self.liquidity = liquidity
    self.basis = basis
  }
}
