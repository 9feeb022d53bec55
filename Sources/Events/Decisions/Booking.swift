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
  /// The order whose fill closed them.
  public var order: OrderID

  public init(
    _ kind: Kind, account: AccountID = .main, strategy: StrategyID = .none,
    instrument: InstrumentID = .none, quantity: Quantity = .zero, price: Price = .none,
    currency: String, cash: Money = .zero, cost: Money = .zero, variation: Money = .zero,
    settles: Instant = .epoch, lots: [Lot] = [], order: OrderID = .none
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
