import Events

/// An order that a strategy asks for.
public struct OrderRequest: Equatable, Sendable {
  public var instrument: InstrumentID
  public var side: Side
  public var type: OrderType
  public var timeInForce: TimeInForce
  public var quantity: Quantity
  public var price: Price
  public var terms = OrderTerms.plain

  /// A market order; what cannot be filled at once is cancelled.
  public static func market(_ instrument: InstrumentID, _ side: Side, _ quantity: Quantity) -> Self
  {
    OrderRequest(
      instrument: instrument, side: side, type: .market, timeInForce: .immediateOrCancel,
      quantity: quantity, price: .none)
  }

  /// A limit order.
  public static func limit(
    _ instrument: InstrumentID, _ side: Side, _ quantity: Quantity, at price: Price,
    _ timeInForce: TimeInForce = .goodTillCancelled
  ) -> Self {
    OrderRequest(
      instrument: instrument, side: side, type: .limit, timeInForce: timeInForce,
      quantity: quantity, price: price)
  }

  /// A stop order: a market order once the market has come to `stop`, or a limit order at `limit`.
  public static func stop(
    _ instrument: InstrumentID, _ side: Side, _ quantity: Quantity, at stop: Price,
    limit: Price = .none, _ timeInForce: TimeInForce = .goodTillCancelled
  ) -> Self {
    conditional(
      limit.isNone ? .stop : .stopLimit, instrument, side, quantity, stop, limit, timeInForce)
  }

  /// An if-touched order: a market order once the market has come to the better price `trigger`, or a limit
  /// order at `limit`.
  public static func ifTouched(
    _ instrument: InstrumentID, _ side: Side, _ quantity: Quantity, at trigger: Price,
    limit: Price = .none, _ timeInForce: TimeInForce = .goodTillCancelled
  ) -> Self {
    conditional(
      limit.isNone ? .marketIfTouched : .limitIfTouched, instrument, side, quantity, trigger, limit,
      timeInForce)
  }

  /// A stop that follows the market at a distance.
  /// - Parameters:
  ///   - start: its first stop; `none` begins at the first price seen.
  ///   - offset: of a stop-limit, from the stop to the limit; nil for a market order.
  public static func trailingStop(
    _ instrument: InstrumentID, _ side: Side, _ quantity: Quantity, behind trail: Trail,
    from start: Price = .none, limitOffset offset: Int64? = nil,
    _ timeInForce: TimeInForce = .goodTillCancelled
  ) -> Self {
    var request = conditional(
      offset == nil ? .trailingStop : .trailingStopLimit, instrument, side, quantity, start, .none,
      timeInForce)
    request.terms.trail = trail
    request.terms.limitOffset = offset ?? 0
    return request
  }

  /// A limit order that follows a reference price.
  public static func pegged(
    _ instrument: InstrumentID, _ side: Side, _ quantity: Quantity, to reference: PegReference,
    offset: Int64 = 0, _ timeInForce: TimeInForce = .goodTillCancelled
  ) -> Self {
    var request = OrderRequest(
      instrument: instrument, side: side, type: .pegged, timeInForce: timeInForce,
      quantity: quantity, price: .none)
    (request.terms.peg, request.terms.pegOffset) = (reference, offset)
    return request
  }

  /// An order that takes the best price and rests there with what is left.
  public static func marketToLimit(
    _ instrument: InstrumentID, _ side: Side, _ quantity: Quantity,
    _ timeInForce: TimeInForce = .day
  ) -> Self {
    OrderRequest(
      instrument: instrument, side: side, type: .marketToLimit, timeInForce: timeInForce,
      quantity: quantity, price: .none)
  }

  private static func conditional(
    _ type: OrderType, _ instrument: InstrumentID, _ side: Side, _ quantity: Quantity,
    _ stop: Price, _ limit: Price, _ timeInForce: TimeInForce
  ) -> Self {
    var request = OrderRequest(
      instrument: instrument, side: side, type: type, timeInForce: timeInForce,
      quantity: quantity, price: limit)
    request.terms.stop = stop
    return request
  }

  /// The same, showing at most this much at a time (iceberg).
  public func showing(_ display: Quantity) -> Self { with { $0.display = display } }
  /// The same, only as a maker.
  public func postOnly() -> Self { with { $0.isPostOnly = true } }
  /// The same, only against the position.
  public func reduceOnly() -> Self { with { $0.isReduceOnly = true } }
  /// The same, closing these lots first, in that order (specific identification): the sequences of the
  /// entries that opened them, as `Market.lots` tells.
  public func closing(lots: [UInt64]) -> Self { with { $0.lots = lots } }
  /// The same, watching this price.
  public func watching(_ source: TriggerSource) -> Self { with { $0.trigger = source } }
  /// The same, until a moment (good till date).
  public func until(_ expiry: Instant) -> Self {
    var request = with { $0.expiry = expiry }
    request.timeInForce = .goodTillDate
    return request
  }

  private func with(_ change: (inout OrderTerms) -> Void) -> Self {
    var request = self
    change(&request.terms)
    return request
  }
}

extension OrderRequest {
  /// What a plain intent asks for.
  init(_ intent: PlainIntent, _ terms: OrderTerms = .plain) {
    self.init(
      instrument: intent.instrument, side: intent.side, type: intent.type,
      timeInForce: intent.timeInForce, quantity: intent.quantity, price: intent.price,
      terms: terms)
  }
}

extension PlainIntent {
  /// What a request without terms asks for.
  init(_ request: OrderRequest, of strategy: StrategyID) {
    self.init(
      strategy: strategy, action: .order, instrument: request.instrument, side: request.side,
      type: request.type, timeInForce: request.timeInForce, quantity: request.quantity,
      price: request.price)
  }
}

/// Orders that belong together; docs/orders.md, Lists.
public struct OrderList: Equatable, Sendable {
  public struct Member: Equatable, Sendable {
    public var request: OrderRequest
    /// Index of its parent in the list; nil for none.
    public var parent: Int?
    public var activation: Activation
    /// Index of the first of the members it is linked with, itself included; nil for none.
    public var link: Int?
    public var linkage: Linkage
    /// How an algorithm works it; nil: it is sent as it is.
    public var plan: ExecutionPlan? = nil
  }
  public private(set) var members: [Member]

  /// The first to fill or end cancels the others.
  public static func oneCancelsOther(_ requests: [OrderRequest]) -> OrderList {
    linked(requests, .oneCancelsOther)
  }

  /// What one fills is taken off the others.
  public static func oneUpdatesOther(_ requests: [OrderRequest]) -> OrderList {
    linked(requests, .oneUpdatesOther)
  }

  private static func linked(_ requests: [OrderRequest], _ linkage: Linkage) -> OrderList {
    OrderList(
      members: requests.map {
        Member(request: $0, parent: nil, activation: .immediate, link: 0, linkage: linkage)
      })
  }

  /// Children that wait for a parent, and may be linked with each other.
  public static func oneTriggersOther(
    _ parent: OrderRequest, _ children: [OrderRequest], _ activation: Activation = .parentFilled,
    linkage: Linkage = .none
  ) -> OrderList {
    let first = Member(
      request: parent, parent: nil, activation: .immediate, link: nil, linkage: .none)
    return OrderList(
      members: [first]
        + children.map {
          Member(
            request: $0, parent: 0, activation: activation, link: linkage == .none ? nil : 1,
            linkage: linkage)
        })
  }

  /// An entry, the limit that takes its profit and the stop that ends its loss, for what the entry fills.
  public static func bracket(
    _ entry: OrderRequest, takeProfit: OrderRequest, stopLoss: OrderRequest,
    _ activation: Activation = .parentFilling
  ) -> OrderList {
    oneTriggersOther(entry, [takeProfit, stopLoss], activation, linkage: .oneUpdatesOther)
  }

  /// The list with its first member worked by an algorithm.
  public func executed(by plan: ExecutionPlan?) -> OrderList {
    var list = self
    list.members[0].plan = plan
    return list
  }

  /// The list with another hung under one of its members: chains.
  /// - Precondition: the index is that of a member.
  public func then(
    _ index: Int, _ children: [OrderRequest], _ activation: Activation = .parentFilled
  )
    -> OrderList
  {
    precondition(members.indices.contains(index), "a member of the list")
    var longer = self
    longer.members += children.map {
      Member(request: $0, parent: index, activation: activation, link: nil, linkage: .none)
    }
    return longer
  }
}
