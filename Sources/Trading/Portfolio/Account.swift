import Events

/// In which order lots are closed.
public enum LotMethod: String, Sendable, CaseIterable {
  /// There are no lots: what is closed leaves at the average cost of all.
  case average
  /// The oldest first.
  case fifo
  /// The newest first.
  case lifo
  /// The one with the highest cost first; of a short, the one that brought least.
  case hifo
}

/// From when on cash of trades counts as settled.
public enum SettlementRule: String, Sendable, CaseIterable {
  /// At once.
  case trade
  /// On the settlement date of the venue's calendar.
  case calendar
}

/// What a trade in a currency pair is.
public enum CurrencyTrade: String, Sendable, CaseIterable {
  /// A position at cost, like one in a share.
  case position
  /// An exchange of cash: one currency comes, the other goes.
  case exchange
}

/// An account: what cash and positions belong to.
public struct Account: Equatable, Sendable {
  public var name: String
  /// What its worth is told in; nil if it is told by currency only.
  public var currency: String?
  public var lots: LotMethod
  public var settlement: SettlementRule
  public var margin = MarginModel.exempt
  /// How long a margin call may stay unmet before positions are closed, in nanoseconds; nil: for ever.
  public var liquidation: Int64?
  /// Of the value of what a liquidation closes, × 10^6.
  public var liquidationFee: Int64 = 0
  public var currencies = CurrencyTrade.position
  /// Whether its cash bears interest and its shorts are charged for.
  public var isCharged = true
  /// The account that it is a part of.
  public var parent: AccountID?

  public init(
    _ name: String, currency: String? = nil, lots: LotMethod = .average,
    settlement: SettlementRule = .trade, parent: AccountID? = nil
  ) {
    self.name = name
    self.currency = currency
    self.lots = lots
    self.settlement = settlement
    self.parent = parent
  }

  /// Whether its positions are closed for want of margin.
  var isLiquidated: Bool { margin != .exempt && liquidation != nil }

  /// Whether fills need nothing beyond positions and balances.
  var isPlain: Bool { lots == .average && settlement == .trade }

  /// The account without a name of its own.
  public static let main = Account("main")
}
