import Books
import Events

/// A trading strategy: a value whose hooks say what it wants.
///
/// A strategy sees what happened and the market as of then, and nothing else: no clock, file or random
/// source is in reach, so that replay makes the same intents again. Its state is `Codable`, which is
/// how snapshots keep it. Every hook has a default that holds.
public protocol Strategy: Codable, Sendable {
  /// Makes the strategy from its parameters.
  /// - Throws: `ConfigurationError` for a parameter that is missing, unknown or out of range.
  init(_ parameters: inout Parameters) throws(ConfigurationError)

  /// An instrument's best bid or ask changed, or a quote came (clock `quote`).
  mutating func onQuote(_ quote: Quote, in market: borrowing Market) -> Intent
  /// A trade was printed (clock `trade`).
  mutating func onTrade(_ trade: Trade, in market: borrowing Market) -> Intent
  /// A bar is complete (clock `bar:…`).
  mutating func onBar(_ bar: Bar, in market: borrowing Market) -> Intent
  /// A signal for one of the strategy's instruments came (any clock).
  mutating func onSignal(_ signal: Signal, in market: borrowing Market) -> Intent
  /// One of the strategy's orders was filled in part or whole.
  mutating func onFill(_ fill: Fill, of order: Order, in market: borrowing Market) -> Intent
  /// One of the strategy's orders ended without being filled whole.
  mutating func onEnd(of order: Order, in market: borrowing Market) -> Intent
  /// A timer of the strategy came due.
  mutating func onTimer(_ timer: UInt32, in market: borrowing Market) -> Intent
}

extension Strategy {
  public mutating func onQuote(_ quote: Quote, in market: borrowing Market) -> Intent { .hold }
  public mutating func onTrade(_ trade: Trade, in market: borrowing Market) -> Intent { .hold }
  public mutating func onBar(_ bar: Bar, in market: borrowing Market) -> Intent { .hold }
  public mutating func onSignal(_ signal: Signal, in market: borrowing Market) -> Intent { .hold }
  public mutating func onFill(_ fill: Fill, of order: Order, in market: borrowing Market) -> Intent
  { .hold }
  public mutating func onEnd(of order: Order, in market: borrowing Market) -> Intent { .hold }
  public mutating func onTimer(_ timer: UInt32, in market: borrowing Market) -> Intent { .hold }
}

/// What a strategy wants; all but `hold` say why.
///
/// Indirect, so that `hold`, which nearly every call returns, is a word in a register.
public indirect enum Intent: Sendable {
  case hold
  /// Be long (positive) or short (negative) this much, by a market order for the difference to what the
  /// strategy holds and has working. A target that is met already is the same as `hold`.
  case target(InstrumentID, Quantity, because: Reason)
  /// Send an order.
  case order(OrderRequest, because: Reason)
  /// Cancel one of the strategy's orders.
  case cancel(OrderID, because: Reason)
  /// Change total quantity and limit of one of the strategy's orders.
  case replace(OrderID, quantity: Quantity, price: Price, because: Reason)
  /// Several, in this order.
  case several([Intent])
}

/// An order that a strategy asks for.
public struct OrderRequest: Equatable, Sendable, BitwiseCopyable {
  public var instrument: InstrumentID
  public var side: Side
  public var type: OrderType
  public var timeInForce: TimeInForce
  public var quantity: Quantity
  public var price: Price

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
}

/// A kind of strategy that configurations can name.
public struct StrategyKind: Sendable {
  /// The value of `kind` in a configuration: `ema-cross`.
  public var name: String
  /// Changes whenever the kind may decide otherwise on the same input.
  public var version: String
  public var type: any Strategy.Type

  public init(name: String, version: String, type: any Strategy.Type) {
    self.name = name
    self.version = version
    self.type = type
  }
}
