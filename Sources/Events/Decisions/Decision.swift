/// What the core concluded from the observations; replay makes each of them again and compares.
public enum Decision: Equatable, Sendable {
  case intent(IntentRecord)
  indirect case refused(Refusal)
  case submitted(OrderTicket)
  case cancelRequested(OrderID, CancelReason)
  case replaceRequested(OrderID, quantity: Quantity, price: Price)
  case alert(Alert)
  case halted(Scope, reason: String)
  case resumed(Scope, reason: String)
  /// An order was taken that the core keeps: until its condition is met or its parent has filled, or to be
  /// worked by an algorithm.
  indirect case held(OrderTicket, ExecutionPlan?)
  /// An order that was held goes out.
  case released(Release)
  /// An order that was held ends without going out.
  case ended(OrderID, EndCause)
  /// How an order is split over venues.
  case routed(RouteRecord)
  /// The books moved without a fill.
  indirect case booked(Booking)
  /// An account has less than it must have, or has enough again.
  indirect case marginCall(MarginCall)
  /// Positions of an account are closed, since it has not had what it must have.
  indirect case liquidation(Liquidation)
  /// A continuous future stands for another contract.
  indirect case rolled(ContractRoll)
  /// A circuit breaker has another state.
  indirect case breakerChanged(BreakerChange)
  /// How far a kill has come.
  indirect case killReport(KillReport)
  /// A limit holds from now on.
  indirect case limitApplied(LimitApplied)
  /// A rule scales its limits by another factor.
  indirect case limitsScaled(LimitsScaled)
  /// How near an order came to its limits.
  indirect case limitsUsed(LimitsUsed)
  /// A statement disagrees with the journal.
  indirect case breakOpened(BreakRecord)
  /// A break is over, by its number.
  case breakClosed(UInt64, BreakEnd)
}

public enum OrderType: UInt8, Sendable, CaseIterable, BitwiseCopyable {
  case none = 0
  case market = 1
  case limit = 2
  /// Becomes a market order when the market reaches the stop, which is on the far side.
  case stop = 3
  /// Becomes a limit order when the market reaches the stop.
  case stopLimit = 4
  /// A stop that follows the market at a distance and never goes back.
  case trailingStop = 5
  case trailingStopLimit = 6
  /// Becomes a market order when the market reaches the trigger, which is on the near side.
  case marketIfTouched = 7
  case limitIfTouched = 8
  /// Takes the best price; what is left rests at that price.
  case marketToLimit = 9
  /// A limit order whose limit follows a reference price.
  case pegged = 10

  /// Whether it waits for a price to be reached.
  public var isConditional: Bool {
    switch self {
    case .stop, .stopLimit, .trailingStop, .trailingStopLimit, .marketIfTouched, .limitIfTouched:
      true
    case .none, .market, .limit, .marketToLimit, .pegged: false
    }
  }

  /// Whether it carries a limit of its own.
  public var hasLimit: Bool {
    switch self {
    case .limit, .stopLimit, .limitIfTouched: true
    case .none, .market, .stop, .trailingStop, .trailingStopLimit, .marketIfTouched, .marketToLimit,
      .pegged:
      false
    }
  }
}

public enum TimeInForce: UInt8, Sendable, CaseIterable, BitwiseCopyable {
  case none = 0
  case day = 1
  case goodTillCancelled = 2
  case immediateOrCancel = 3
  case fillOrKill = 4
  /// Until the terms' expiry.
  case goodTillDate = 5
  /// Only in the opening auction, or at the session's first price.
  case atOpen = 6
  /// Only in the closing auction, or at the session's last price.
  case atClose = 7
}

/// Why a strategy wants something, in its own words and numbers.
public struct Reason: Equatable, Sendable {
  public struct Value: Equatable, Sendable {
    public var name: String
    public var value: Decimal

    @inlinable
    public init(_ name: String, _ value: Decimal) {
      self.name = name
      self.value = value
    }

    /// A number, rounded to nine decimals, half away from zero.
    @inlinable
    public init(_ name: String, rounding value: Double) {
      self.init(name, Decimal(rounding: value))
    }
  }

  public var text: String
  /// In the order written.
  public var values: [Value]

  public init(_ text: String, values: [Value]) {
    self.text = text
    self.values = values
  }

  /// `Reason("fast against slow", ["fast": f, "slow": s])`: numbers are rounded to nine decimals, half
  /// away from zero, and kept in the order written.
  public init(_ text: String, _ values: KeyValuePairs<String, Double> = [:]) {
    self.init(text, values: values.map { Value($0.key, rounding: $0.value) })
  }
}

/// What a strategy wanted, as journaled before the gate saw it.
public struct IntentRecord: Equatable, Sendable {
  public enum Action: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    /// Hold `quantity` (signed) of the instrument.
    case target = 1
    case order = 2
    case cancel = 3
    case replace = 4
    /// Have an algorithm work `quantity`.
    case execute = 5
  }
  public var strategy: StrategyID
  public var action: Action
  public var instrument: InstrumentID
  public var side: Side
  public var type: OrderType
  public var timeInForce: TimeInForce
  public var quantity: Quantity
  public var price: Price
  /// The order to cancel or replace.
  public var order: OrderID
  public var reason: Reason
  public var terms: OrderTerms
  @usableFromInline var rarePlan: Rare<ExecutionPlan>

  @inlinable @inline(__always)
  public init(
    strategy: StrategyID, action: Action, instrument: InstrumentID, side: Side = .none,
    type: OrderType = .none, timeInForce: TimeInForce = .none, quantity: Quantity = .zero,
    price: Price = .none, order: OrderID = .none, reason: Reason, terms: OrderTerms = .plain,
    plan: ExecutionPlan? = nil
  ) {
    self.strategy = strategy
    self.action = action
    self.instrument = instrument
    self.side = side
    self.type = type
    self.timeInForce = timeInForce
    self.quantity = quantity
    self.price = price
    self.order = order
    self.reason = reason
    self.terms = terms
    rarePlan = Rare(plan)
  }

  /// Of `execute`.
  public var hasPlan: Bool { rarePlan.exists }
  public var plan: ExecutionPlan? {
    get { rarePlan.value }
    set { rarePlan = Rare(newValue) }
  }
}

/// The pre-trade rules, in the order in which they are checked.
public enum Rule: UInt16, Sendable, CaseIterable, BitwiseCopyable {
  case engineHalted = 1
  case instrumentUnknown = 2
  case instrumentNotTrading = 3
  case orderInvalid = 4
  case orderMaxQuantity = 5
  case orderMaxNotional = 6
  case positionMaxQuantity = 7
  case orderPriceCollar = 8
  case orderMaxRate = 9
  case orderNoReferencePrice = 10
  case orderUnknown = 11
  case orderNotCancellable = 12
  case arithmeticOverflow = 13
  case orderPostOnlyWouldTake = 14
  case orderNotReducing = 15
  case orderPriceBand = 16
  case orderUnsupported = 17
  case orderLimitCurrency = 18
  case exposureMaxGross = 19
  case exposureMaxNet = 20
  case exposureMaxLeverage = 21
  case exposureMaxConcentration = 22
  case ordersMaxOpen = 23
  case ordersMaxCancelRate = 24
  case ordersMaxMessageRatio = 25
  case orderPeriodCollar = 26
  case orderDuplicate = 27
  case orderSelfMatch = 28
  case instrumentRestricted = 29
  case strategyNotPermitted = 30
  case shortNoLocate = 31
  case shortPriceTest = 32
  case lossMax = 33
  case drawdownMax = 34
  case currencyNoRate = 35
  case scopeReducing = 36
  case valueAtRiskMax = 37
  case shortfallMax = 38
  case stressMax = 39
  case marginAvailable = 40
  case cashAvailable = 41
  case marginUnknown = 42
  case instrumentExpired = 43
}

/// An intent that the gate did not let pass: which rule, what was asked, what is allowed.
public struct Refusal: Equatable, Sendable {
  /// Name of the value that is the sequence of the `limit_applied` by which the limit holds.
  public static let limitSource = "limit_set_by"
  /// The same of the `limits_scaled`, and of the value that is the limit as it is configured.
  public static let limitScaling = "limit_scaled_by"
  public static let limitUnscaled = "limit_unscaled"

  public var strategy: StrategyID
  public var instrument: InstrumentID
  public var rule: Rule
  public var side: Side
  public var quantity: Quantity
  public var price: Price
  /// The value that broke the rule, and the limit, both with `scale` decimals.
  public var value: Int128
  public var limit: Int128
  public var scale: UInt8
  /// Unit of value and limit: a currency, `shares`, `orders/s`; may be empty.
  public var unit: String
  /// Whose limit, and what else there is to say: `firm`, `strategy momo`. Empty for rules that have one
  /// scope only.
  public var context: String
  /// Further numbers that the verdict rests on.
  public var values: [Reason.Value]

  public init(
    strategy: StrategyID, instrument: InstrumentID, rule: Rule, side: Side, quantity: Quantity,
    price: Price, value: Int128 = 0, limit: Int128 = 0, scale: UInt8 = 0, unit: String = "",
    context: String = "", values: [Reason.Value] = []
  ) {
    self.strategy = strategy
    self.instrument = instrument
    self.rule = rule
    self.side = side
    self.quantity = quantity
    self.price = price
    self.value = value
    self.limit = limit
    self.scale = scale
    self.unit = unit
    self.context = context
    self.values = values
  }
}

/// An order as submitted to a venue.
public struct OrderTicket: Equatable, Sendable {
  public var order: OrderID
  public var strategy: StrategyID
  public var account: AccountID
  public var instrument: InstrumentID
  public var side: Side
  public var type: OrderType
  public var timeInForce: TimeInForce
  /// Above 0.
  public var quantity: Quantity
  /// The limit; `Price.none` for a market order.
  public var price: Price
  public var terms: OrderTerms

  public init(
    order: OrderID, strategy: StrategyID, account: AccountID = .main, instrument: InstrumentID,
    side: Side, type: OrderType, timeInForce: TimeInForce, quantity: Quantity,
    price: Price = .none, terms: OrderTerms = .plain
  ) {
    self.order = order
    self.strategy = strategy
    self.account = account
    self.instrument = instrument
    self.side = side
    self.type = type
    self.timeInForce = timeInForce
    self.quantity = quantity
    self.price = price
    self.terms = terms
  }

  /// Takes the terms of a replacement: `price` is the limit or, where there is none to have, the stop.
  public mutating func replace(_ quantity: Quantity, _ price: Price) {
    self.quantity = quantity
    if type.hasLimit || !type.isConditional {
      self.price = price
    } else if !price.isNone {
      terms.stop = price
    }
  }
}

/// On whose behalf a cancel is asked for.
public enum CancelReason: UInt8, Sendable, CaseIterable, BitwiseCopyable {
  case strategy = 1
  case `operator` = 2
  case halt = 3
  /// A linked order was filled or ended.
  case linked = 4
  /// Its parent ended.
  case parentEnded = 5
  /// Its time is over, which the venue does not watch.
  case expired = 6
  /// An algorithm wants the order back.
  case algorithm = 7
  /// A corporate action changed what it is for.
  case adjusted = 8
  /// Its account's positions are closed for want of margin.
  case liquidation = 9
  /// Its contract is not in front any more.
  case roll = 10
}

/// Something a person should know.
public struct Alert: Equatable, Sendable {
  public enum Severity: UInt8, Sendable, CaseIterable {
    case info = 1
    case warning = 2
    case critical = 3
  }
  public enum Code: UInt16, Sendable, CaseIterable {
    case reportUnknownOrder = 1
    case reportIllegal = 2
    case reportOverfill = 3
    case reportDuplicateFill = 4
    case booksOverflow = 5
    case strategyFailed = 6
    case orderUnknownState = 7
    case listBothFilled = 8
    case reportBusted = 9
    case executionUnhedged = 10
    /// A change of a limit could not be taken, and why.
    case limitRefused = 11
    /// Somebody did what their role does not allow.
    case actNotPermitted = 12
    /// Securities were sold before the cash that paid for them had settled.
    case booksFreeRiding = 30
    /// Something had to be booked at a price, and there is none.
    case booksUnpriced = 31
  }
  public var severity: Severity
  public var code: Code
  public var instrument: InstrumentID
  public var order: OrderID
  public var text: String

  public init(
    severity: Severity, code: Code, instrument: InstrumentID = .none, order: OrderID = .none,
    text: String
  ) {
    self.severity = severity
    self.code = code
    self.instrument = instrument
    self.order = order
    self.text = text
  }
}
