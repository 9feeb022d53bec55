/// A value that a venue publishes about an instrument beside its book.
public struct ReferenceValue: Equatable, Sendable, BitwiseCopyable {
  public enum Field: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    /// Price that margins and liquidations go by.
    case mark = 1
    /// Price of the underlying index.
    case index = 2
    /// Share of the value that longs pay shorts at `effective`, × 10^9.
    case fundingRate = 3
    /// Contracts held, as a quantity.
    case openInterest = 4
    /// Price at which the day is settled.
    case settlement = 5
    /// 1 while short sales are restricted (Regulation SHO, Rule 201), else 0.
    case shortSaleRestricted = 6
    /// The close of the session before, which bands and restrictions start from.
    case previousClose = 7

    /// Whether the value is a price at the instrument's price scale.
    public var isPrice: Bool {
      switch self {
      case .mark, .index, .settlement, .previousClose: true
      case .fundingRate, .openInterest, .shortSaleRestricted: false
      }
    }
  }
  public var instrument: InstrumentID
  public var field: Field
  /// In the unit of the field.
  public var value: Int64
  /// When it takes effect, of a funding rate the time of the payment; `epoch` for at once.
  public var effective: Instant

  public init(
    instrument: InstrumentID, field: Field, value: Int64, effective: Instant = .epoch
  ) {
    self.instrument = instrument
    self.field = field
    self.value = value
    self.effective = effective
  }
}

/// What an auction would do if it happened now.
public struct AuctionImbalance: Equatable, Sendable, BitwiseCopyable {
  public enum Auction: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    case opening = 1
    case closing = 2
    /// After a halt or a volatility pause.
    case reopening = 3
    case intraday = 4
  }
  public var instrument: InstrumentID
  public var auction: Auction
  /// The side with the surplus; none if there is none.
  public var side: Side
  /// What would trade, and what would be left over.
  public var paired: Quantity
  public var surplus: Quantity
  /// Price at which `paired` is largest.
  public var reference: Price
  /// Price at which the auction orders and the continuous book would trade together.
  public var near: Price
  /// Price at which the auction orders alone would trade.
  public var far: Price

  public init(
    instrument: InstrumentID, auction: Auction, side: Side, paired: Quantity, surplus: Quantity,
    reference: Price, near: Price = .none, far: Price = .none
  ) {
    self.instrument = instrument
    self.auction = auction
    self.side = side
    self.paired = paired
    self.surplus = surplus
    self.reference = reference
    self.near = near
    self.far = far
  }
}

/// Between which prices an instrument may trade: limit-up limit-down bands, price limits of futures.
public struct PriceBand: Equatable, Sendable, BitwiseCopyable {
  public var instrument: InstrumentID
  /// `none` where there is no bound.
  public var lower: Price
  public var upper: Price

  public init(instrument: InstrumentID, lower: Price, upper: Price) {
    self.instrument = instrument
    self.lower = lower
    self.upper = upper
  }
}
