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

/// An account: what cash and positions belong to.
public struct Account: Equatable, Sendable {
  public var name: String
  /// What its worth is told in; nil if it is told by currency only.
  public var currency: String?
  public var lots: LotMethod
  public var settlement: SettlementRule
  public var margin = MarginModel.exempt
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

  /// Whether fills need nothing beyond positions and balances.
  var isPlain: Bool { lots == .average && settlement == .trade }

  /// The account without a name of its own.
  public static let main = Account("main")
}
