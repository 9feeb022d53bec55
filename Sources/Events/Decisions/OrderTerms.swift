/// What looks at a condition's price: which price has to reach it.
public enum TriggerSource: UInt8, Sendable, CaseIterable, BitwiseCopyable {
  /// The venue's own rule, or `last` where the core watches.
  case standard = 0
  /// The last trade; of bars, their prices.
  case last = 1
  /// The side that the order would take: the ask for buys, the bid for sells.
  case bidAsk = 2
  /// Half way between bid and ask, rounded down to the price scale.
  case mid = 3
  /// The venue's mark price.
  case mark = 4
}

/// How far a trailing stop stays behind the market.
public struct Trail: Equatable, Sendable, BitwiseCopyable {
  public enum Unit: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    case none = 0
    /// A difference of prices, at the instrument's price scale.
    case price = 1
    /// Millionths of the market's price: 1 % is 10,000.
    case ppm = 2
  }
  public var unit: Unit
  /// Above 0; in `unit`.
  public var amount: Int64

  @inlinable
  public init(_ unit: Unit, _ amount: Int64) {
    self.unit = unit
    self.amount = amount
  }

  public static let none = Trail(.none, 0)
}

/// What a pegged order's limit follows.
public enum PegReference: UInt8, Sendable, CaseIterable, BitwiseCopyable {
  case none = 0
  /// The best price of the order's own side.
  case primary = 1
  /// Half way between bid and ask, rounded away from the other side to whole ticks.
  case mid = 2
  /// The best price of the opposite side.
  case market = 3
}

/// When an order wakes up that waits for its parent (one-triggers-other, OTO).
public enum Activation: UInt8, Sendable, CaseIterable, BitwiseCopyable {
  /// At once; a parent, if there is one, is only where the order comes from.
  case immediate = 0
  /// When the parent is filled whole.
  case parentFilled = 1
  /// With each fill of the parent, for as much as that has filled.
  case parentFilling = 2
}

/// What the orders of a list do to each other.
public enum Linkage: UInt8, Sendable, CaseIterable, BitwiseCopyable {
  case none = 0
  /// One-cancels-other: when one is filled in part or whole, or ends, the others are cancelled.
  case oneCancelsOther = 1
  /// One-updates-other: what one fills is taken off the others.
  case oneUpdatesOther = 2
}

/// The terms of an order beyond side, type, time in force, quantity and limit. `plain` for most: only those
/// of other orders take more than a word.
public struct OrderTerms: Equatable, Sendable {
  private var fields: Rare<Fields>

  /// All terms, as they would stand beside the order.
  private struct Fields: Equatable, Sendable {
    var stop: Price = .none
    var trigger: TriggerSource = .standard
    var trail: Trail = .none
    var limitOffset: Int64 = 0
    var peg: PegReference = .none
    var pegOffset: Int64 = 0
    var display: Quantity = .zero
    var isPostOnly = false
    var isReduceOnly = false
    var expiry: Instant = .epoch
    var parent: OrderID = .none
    var activation: Activation = .immediate
    var list: OrderID = .none
    var linkage: Linkage = .none
    var isLiquidation = false
    var isRoll = false
    var lots: [UInt64] = []
  }

  public init() { fields = Rare() }

  /// Those of an order without any.
  public static let plain = OrderTerms()

  /// Whether there are none.
  public var isPlain: Bool { !fields.exists }

  /// What must be reached for the order to become active: the stop of stop orders, the trigger of
  /// if-touched orders, the present stop of a trailing one; `none` for a trailing stop that begins at the
  /// market.
  public var stop: Price {
    get { fields.value?.stop ?? .none }
    set { change { $0.stop = newValue } }
  }

  public var trigger: TriggerSource {
    get { fields.value?.trigger ?? .standard }
    set { change { $0.trigger = newValue } }
  }

  public var trail: Trail {
    get { fields.value?.trail ?? .none }
    set { change { $0.trail = newValue } }
  }

  /// Of a trailing stop-limit: its limit is the stop at the trigger, less (sell) or plus (buy) this many
  /// units of price.
  public var limitOffset: Int64 {
    get { fields.value?.limitOffset ?? 0 }
    set { change { $0.limitOffset = newValue } }
  }

  public var peg: PegReference {
    get { fields.value?.peg ?? .none }
    set { change { $0.peg = newValue } }
  }

  /// Added to the pegged price: towards the other side if positive, in units of price.
  public var pegOffset: Int64 {
    get { fields.value?.pegOffset ?? 0 }
    set { change { $0.pegOffset = newValue } }
  }

  /// Of an iceberg: the most that is shown at a time; 0 shows all.
  public var display: Quantity {
    get { fields.value?.display ?? .zero }
    set { change { $0.display = newValue } }
  }

  /// Only as a maker: refused or cancelled rather than taking.
  public var isPostOnly: Bool {
    get { fields.value?.isPostOnly ?? false }
    set { change { $0.isPostOnly = newValue } }
  }

  /// Only against the position: never more than what closes it.
  public var isReduceOnly: Bool {
    get { fields.value?.isReduceOnly ?? false }
    set { change { $0.isReduceOnly = newValue } }
  }

  /// Of a good-till-date order: when it ends.
  public var expiry: Instant {
    get { fields.value?.expiry ?? .epoch }
    set { change { $0.expiry = newValue } }
  }

  /// The order this one belongs to: that of a bracket, or the one an algorithm or a route works for.
  public var parent: OrderID {
    get { fields.value?.parent ?? .none }
    set { change { $0.parent = newValue } }
  }

  public var activation: Activation {
    get { fields.value?.activation ?? .immediate }
    set { change { $0.activation = newValue } }
  }

  /// Id of the first order of the list; `none` without one.
  public var list: OrderID {
    get { fields.value?.list ?? .none }
    set { change { $0.list = newValue } }
  }

  public var linkage: Linkage {
    get { fields.value?.linkage ?? .none }
    set { change { $0.linkage = newValue } }
  }

  /// Whether the core closes a position with it for want of margin.
  public var isLiquidation: Bool {
    get { fields.value?.isLiquidation ?? false }
    set { change { $0.isLiquidation = newValue } }
  }

  /// Whether the core takes a position from one contract to the next with it.
  public var isRoll: Bool {
    get { fields.value?.isRoll ?? false }
    set { change { $0.isRoll = newValue } }
  }

  /// The lots that it closes, in that order: the sequences of the entries that opened them. What they do not
  /// cover is taken by the account's method.
  public var lots: [UInt64] {
    get { fields.value?.lots ?? [] }
    set { change { $0.lots = newValue } }
  }

  /// Terms that say nothing are those of a plain order.
  @inline(__always)
  private mutating func change(_ body: (inout Fields) -> Void) {
    if fields.exists {
      fields.change(body)
      if fields.value == Fields() { fields = Rare() }
    } else {
      var new = Fields()
      body(&new)
      if new != Fields() { fields = Rare(new) }
    }
  }
}
