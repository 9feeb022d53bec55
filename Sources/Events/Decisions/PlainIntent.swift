/// An intent without its reason, terms and plan: what a strategy asks for, as plain bytes.
///
/// Most intents are no more than this and a reason. They go from the strategy into the journal and to the gate
/// without an `IntentRecord`, whose copies count references.
public struct PlainIntent: Equatable, Sendable, BitwiseCopyable {
  public var strategy: StrategyID
  public var action: IntentRecord.Action
  public var instrument: InstrumentID
  public var side: Side
  public var type: OrderType
  public var timeInForce: TimeInForce
  /// Of a target signed.
  public var quantity: Quantity
  public var price: Price
  /// The order to cancel or replace.
  public var order: OrderID

  public init(
    strategy: StrategyID, action: IntentRecord.Action, instrument: InstrumentID,
    side: Side = .none, type: OrderType = .none, timeInForce: TimeInForce = .none,
    quantity: Quantity, price: Price = .none, order: OrderID = .none
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
  }
}

extension IntentRecord {
  /// The record of a plain intent.
  public init(_ intent: PlainIntent, because reason: Reason) {
    self.init(
      strategy: intent.strategy, action: intent.action, instrument: intent.instrument,
      side: intent.side, type: intent.type, timeInForce: intent.timeInForce,
      quantity: intent.quantity, price: intent.price, order: intent.order, reason: reason)
  }

  /// The record without its reason, terms and plan.
  public var plain: PlainIntent {
    PlainIntent(
      strategy: strategy, action: action, instrument: instrument, side: side, type: type,
      timeInForce: timeInForce, quantity: quantity, price: price, order: order)
  }
}
