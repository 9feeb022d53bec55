/// A circuit breaker changed its state.
public struct BreakerChange: Equatable, Sendable {
  /// What may be done in a breaker's scope.
  public enum State: UInt8, Sendable, CaseIterable, Comparable {
    case active = 1
    /// Only orders that bring a position nearer to zero.
    case reducing = 2
    /// No order.
    case halted = 3

    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
  }

  /// What a breaker watches.
  public enum Watch: UInt8, Sendable, CaseIterable {
    case priceMove = 1
    case volatility = 2
    case spread = 3
    case staleness = 4
    case rejects = 5
    case fillPrice = 6
    case signalScore = 7
    case signalRate = 8
    case executions = 9
    case loss = 10
    case exposure = 11
  }

  /// Name of the breaker in the configuration.
  public var breaker: String
  public var watch: Watch
  public var scope: Scope
  public var state: State
  /// The instrument whose data moved it, or `InstrumentID.none`.
  public var instrument: InstrumentID
  /// What was seen and the threshold it is beyond, both with `scale` decimals; 0 on release.
  public var value: Int128
  public var limit: Int128
  public var scale: UInt8
  /// Unit of value and limit: `%`, `USD`, `orders`; may be empty.
  public var unit: String
  /// Why: `tripped`, or who released it.
  public var reason: String

  public init(
    breaker: String, watch: Watch, scope: Scope, state: State, instrument: InstrumentID = .none,
    value: Int128 = 0, limit: Int128 = 0, scale: UInt8 = 0, unit: String = "", reason: String
  ) {
    self.breaker = breaker
    self.watch = watch
    self.scope = scope
    self.state = state
    self.instrument = instrument
    self.value = value
    self.limit = limit
    self.scale = scale
    self.unit = unit
    self.reason = reason
  }
}

/// How far the killing of a scope has come.
public struct KillReport: Equatable, Sendable {
  /// The most orders that are listed.
  public static let listed = 1000

  public var scope: Scope
  /// 0 when the kill was told, then one more each time that cancels are asked for again.
  public var round: UInt32
  /// Orders of the scope that are not known to be finished; 0: the kill is done.
  public var open: UInt32
  /// The oldest of them, ascending; at most `listed`.
  public var orders: [OrderID]

  public init(scope: Scope, round: UInt32, open: UInt32, orders: [OrderID]) {
    self.scope = scope
    self.round = round
    self.open = open
    self.orders = orders
  }
}

/// A limit that was changed holds from here on.
public struct LimitApplied: Equatable, Sendable {
  public var key: String
  /// Empty: the limit is gone.
  public var value: String
  public var author: String
  /// Sequence of the observation that asked for it.
  public var change: UInt64

  public init(key: String, value: String, author: String, change: UInt64) {
    self.key = key
    self.value = value
    self.author = author
    self.change = change
  }
}

/// A rule scales its limits by another factor from here on, or the same limits anew.
public struct LimitsScaled: Equatable, Sendable {
  /// What a rule goes by.
  public enum Watch: UInt8, Sendable, CaseIterable {
    case volatility = 1
    case drawdown = 2
  }

  /// A limit as it is configured and as it holds, both with `scale` decimals.
  public struct Limit: Equatable, Sendable {
    /// Below `risk.`: `exposure.max_gross`.
    public var key: String
    public var base: Int128
    /// Of several rules that scale it the least factor holds.
    public var effective: Int128
    public var scale: UInt8
    /// A currency, `%`, `x`; empty for quantities.
    public var unit: String

    public init(key: String, base: Int128, effective: Int128, scale: UInt8, unit: String) {
      self.key = key
      self.base = base
      self.effective = effective
      self.scale = scale
      self.unit = unit
    }
  }

  /// Name of the rule in the configuration.
  public var rule: String
  public var watch: Watch
  /// Whose volatility or drawdown.
  public var scope: Scope
  /// × 10^6, from 0 to 1,000,000.
  public var factor: Int64
  /// What was seen, and the bound that it is held against: the target, or the loss from which the factor
  /// holds; both with `scale` decimals.
  public var value: Int128
  public var bound: Int128
  public var scale: UInt8
  /// Unit of value and bound: `%`, `USD`.
  public var unit: String
  /// In the order of the configuration.
  public var limits: [Limit]

  public init(
    rule: String, watch: Watch, scope: Scope, factor: Int64, value: Int128, bound: Int128,
    scale: UInt8, unit: String, limits: [Limit]
  ) {
    self.rule = rule
    self.watch = watch
    self.scope = scope
    self.factor = factor
    self.value = value
    self.bound = bound
    self.scale = scale
    self.unit = unit
    self.limits = limits
  }
}

/// How much of each limit an order that passed the gate uses, the closest first.
public struct LimitsUsed: Equatable, Sendable {
  /// A limit, and what it is held against.
  public struct Use: Equatable, Sendable {
    public var rule: Rule
    /// Whose limit: `firm`, `strategy momo`, `instrument ESH4`.
    public var scope: String
    /// Both with `scale` decimals.
    public var value: Int128
    public var limit: Int128
    public var scale: UInt8
    public var unit: String

    public init(
      rule: Rule, scope: String, value: Int128, limit: Int128, scale: UInt8, unit: String
    ) {
      self.rule = rule
      self.scope = scope
      self.value = value
      self.limit = limit
      self.scale = scale
      self.unit = unit
    }
  }
  public var order: OrderID
  public var uses: [Use]

  public init(order: OrderID, uses: [Use]) {
    self.order = order
    self.uses = uses
  }
}
