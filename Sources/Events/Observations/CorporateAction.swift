/// Something that an issuer or its market does to an instrument. It holds from the moment it comes: the
/// ex date of a dividend, the first session after a split.
public struct CorporateAction: Equatable, Sendable {
  public enum Action: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    case dividend = 1
    case split = 2
    case symbolChange = 3
    case delisting = 4
  }
  public var instrument: InstrumentID
  public var action: Action
  /// Paid for each unit: of a dividend, or what is left at a delisting.
  public var amount: Money
  public var currency: String
  /// Of a split: so many new units for so many old ones; otherwise 0.
  public var new: UInt32
  public var old: UInt32
  /// Of a symbol change: the name from now on.
  public var symbol: String
  /// When the amount is paid; `epoch` for at once.
  public var payable: Instant

  public init(
    _ action: Action, of instrument: InstrumentID, amount: Money = .zero, currency: String = "",
    new: UInt32 = 0, old: UInt32 = 0, symbol: String = "", payable: Instant = .epoch
  ) {
    self.instrument = instrument
    self.action = action
    self.amount = amount
    self.currency = currency
    self.new = new
    self.old = old
    self.symbol = symbol
    self.payable = payable
  }
}

/// What a clearing house says of options held: of a long that its exercise was taken, of a short that it
/// was assigned.
public struct OptionNotice: Equatable, Sendable, BitwiseCopyable {
  public enum Notice: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    case exercise = 1
    case assignment = 2
    /// The holder lets it expire, in the money or not.
    case abandon = 3
  }
  public var account: AccountID
  public var instrument: InstrumentID
  public var notice: Notice
  /// Above 0.
  public var quantity: Quantity

  public init(
    _ notice: Notice, account: AccountID = .main, instrument: InstrumentID, quantity: Quantity
  ) {
    self.account = account
    self.instrument = instrument
    self.notice = notice
    self.quantity = quantity
  }
}

/// How much of one currency a unit of another is worth.
public struct ExchangeRate: Equatable, Sendable {
  /// The currency of which one unit is priced.
  public var base: String
  /// The currency of the rate.
  public var currency: String
  /// × 10^9, above 0.
  public var rate: Int64

  /// Digits of `rate` after the point.
  public static let scale = 9

  public init(base: String, currency: String, rate: Int64) {
    self.base = base
    self.currency = currency
    self.rate = rate
  }
}
