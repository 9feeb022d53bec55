/// A movement of the books that is not a fill: what the core booked because of time, a price, a corporate
/// action or a notice.
///
/// It holds every amount that changes, so that balances can be followed without knowing why they moved.
/// For securities cash + cost is the profit; for contracts cash − variation is.
public struct Booking: Equatable, Sendable {
  public enum Kind: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    /// A position that was there before the run.
    case opening = 1
    /// Pending cash is posted.
    case settled = 2
    case dividend = 3
    case split = 4
    case delisted = 5
    /// Daily settlement of a future: the profit since the last one is paid.
    case variation = 6
    /// The end of a contract's life, at its final price or worthless.
    case expired = 7
    case exercised = 8
    case assigned = 9
    /// The underlying that an exercise or assignment moves, at the strike.
    case delivered = 10
    /// Paid between the longs and shorts of a perpetual.
    case funding = 11
    /// On cash that is held or owed.
    case interest = 12
    /// For securities that were sold short.
    case borrowFee = 13
    /// Which lots a fill closed; nothing else moves.
    case closed = 14
    /// For having a position closed that had not the margin it needs.
    case liquidationFee = 15
  }

  /// How a charge was worked out: `base` × `rate` × `days` / `year`, or without the last two.
  public struct Charge: Equatable, Sendable, BitwiseCopyable {
    /// What it is charged on: a balance or a value.
    public var base: Money
    /// × 10^6, a year where there are days.
    public var rate: Int64
    /// Days that are charged; 0 for a charge that no time is in.
    public var days: UInt16
    /// Days of a year: 360 or 365; 0 as above.
    public var year: UInt16

    public init(base: Money, rate: Int64, days: UInt16 = 0, year: UInt16 = 0) {
      (self.base, self.rate, self.days, self.year) = (base, rate, days, year)
    }
  }

  /// A part of a position that was opened by one entry.
  public struct Lot: Equatable, Sendable, BitwiseCopyable {
    /// Sequence of the entry that opened it.
    public var id: UInt64
    /// What is taken off it, signed as the position.
    public var quantity: Quantity
    /// What that had cost.
    public var cost: Money

    public init(id: UInt64, quantity: Quantity, cost: Money) {
      self.id = id
      self.quantity = quantity
      self.cost = cost
    }
  }

  public var kind: Kind
  public var account: AccountID
  /// Whose position changes; `StrategyID(.max)` where none does.
  public var strategy: StrategyID
  public var instrument: InstrumentID
  /// Change of the position.
  public var quantity: Quantity
  /// At which it is booked; absent where there is none.
  public var price: Price
  public var currency: String
  /// Change of cash.
  public var cash: Money
  /// Change of the cost of what is held.
  public var cost: Money
  /// Change of what was paid on an open position by daily settlement.
  public var variation: Money
  /// When the cash is posted; `epoch` for at once.
  public var settles: Instant
  /// The lots that are closed by it, in that order.
  public var lots: [Lot]
  /// The order whose fill closed them, or is charged for.
  public var order: OrderID
  /// Of interest and fees.
  public var charge: Charge?

  public init(
    _ kind: Kind, account: AccountID = .main, strategy: StrategyID = .none,
    instrument: InstrumentID = .none, quantity: Quantity = .zero, price: Price = .none,
    currency: String, cash: Money = .zero, cost: Money = .zero, variation: Money = .zero,
    settles: Instant = .epoch, lots: [Lot] = [], order: OrderID = .none, charge: Charge? = nil
  ) {
    self.kind = kind
    self.account = account
    self.strategy = strategy
    self.instrument = instrument
    self.quantity = quantity
    self.price = price
    self.currency = currency
    self.cash = cash
    self.cost = cost
    self.variation = variation
    self.settles = settles
    self.lots = lots
    self.order = order
    self.charge = charge
  }
}

extension StrategyID {
  /// Where an entry concerns no strategy.
  public static let none = StrategyID(.max)
}

/// An account's equity against what it must have for what it holds.
public struct MarginCall: Equatable, Sendable {
  public enum State: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    /// Equity is below what is required.
    case called = 1
    /// It no longer is.
    case met = 2
  }
  public var account: AccountID
  public var state: State
  public var currency: String
  public var equity: Money
  public var required: Money

  public init(
    account: AccountID, _ state: State, currency: String, equity: Money, required: Money
  ) {
    self.account = account
    self.state = state
    self.currency = currency
    self.equity = equity
    self.required = required
  }
}

/// An account has not had the margin it needs, and what it holds is closed: orders that the core makes, in the
/// order of the positions, until what is left is covered.
public struct Liquidation: Equatable, Sendable {
  public enum Reason: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    /// Equity is below what must be kept, and no time is given.
    case maintenance = 1
    /// A margin call was not met in the time that is given.
    case callNotMet = 2
  }

  /// A position that is closed.
  public struct Holding: Equatable, Sendable, BitwiseCopyable {
    public var strategy: StrategyID
    public var instrument: InstrumentID
    /// Signed.
    public var quantity: Quantity
    /// What the account must keep for the instrument.
    public var required: Money

    public init(
      strategy: StrategyID, instrument: InstrumentID, quantity: Quantity, required: Money
    ) {
      self.strategy = strategy
      self.instrument = instrument
      self.quantity = quantity
      self.required = required
    }
  }

  public var account: AccountID
  public var reason: Reason
  /// From 0: how often before it was tried since the call.
  public var round: UInt32
  public var currency: String
  public var equity: Money
  /// What must be kept for all that is held.
  public var required: Money
  /// In the order in which they are closed: what needs most first.
  public var positions: [Holding]

  public init(
    account: AccountID, _ reason: Reason, round: UInt32, currency: String, equity: Money,
    required: Money, positions: [Holding]
  ) {
    self.account = account
    self.reason = reason
    self.round = round
    self.currency = currency
    self.equity = equity
    self.required = required
    self.positions = positions
  }
}
