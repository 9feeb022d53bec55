/// What a venue's market data said: one case per kind of tick, all plain values, so that the hot path
/// neither allocates nor counts references.
public enum MarketEvent: Equatable, Sendable, BitwiseCopyable {
  case quote(Quote)
  case trade(Trade)
  case depth(DepthChange)
  case order(OrderChange)
  case bar(Bar)
  case status(StatusChange)

  /// The instrument the event is about.
  @inlinable
  public var instrument: InstrumentID {
    switch self {
    case .quote(let quote): quote.instrument
    case .trade(let trade): trade.instrument
    case .depth(let change): change.instrument
    case .order(let change): change.instrument
    case .bar(let bar): bar.instrument
    case .status(let change): change.instrument
    }
  }

  /// The same of another instrument.
  public func of(_ id: InstrumentID) -> MarketEvent {
    switch self {
    case .quote(var quote):
      quote.instrument = id
      return .quote(quote)
    case .trade(var trade):
      trade.instrument = id
      return .trade(trade)
    case .depth(var change):
      change.instrument = id
      return .depth(change)
    case .order(var change):
      change.instrument = id
      return .order(change)
    case .bar(var bar):
      bar.instrument = id
      return .bar(bar)
    case .status(var change):
      change.instrument = id
      return .status(change)
    }
  }
}

/// Best bid and ask (L1). An absent side has `Price.none` and size 0.
public struct Quote: Equatable, Sendable, BitwiseCopyable {
  public var instrument: InstrumentID
  public var bid: Price
  public var ask: Price
  public var bidSize: Quantity
  public var askSize: Quantity

  @inlinable
  public init(
    instrument: InstrumentID, bid: Price, ask: Price, bidSize: Quantity, askSize: Quantity
  ) {
    self.instrument = instrument
    self.bid = bid
    self.ask = ask
    self.bidSize = bidSize
    self.askSize = askSize
  }

  /// Both sides are there.
  @inlinable public var isTwoSided: Bool { !bid.isNone && !ask.isNone }
}

/// A trade print. `side` is the aggressor's, if the venue says.
public struct Trade: Equatable, Sendable, BitwiseCopyable {
  public var instrument: InstrumentID
  public var price: Price
  public var size: Quantity
  public var side: Side

  @inlinable
  public init(instrument: InstrumentID, price: Price, size: Quantity, side: Side) {
    self.instrument = instrument
    self.price = price
    self.size = size
    self.side = side
  }
}

/// Where an entry stands in a venue's event.
public struct EventMarks: OptionSet, Sendable, BitwiseCopyable {
  public var rawValue: UInt8
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
  /// The venue's event ends with this entry: the book is consistent.
  public static let last = EventMarks(rawValue: 32)
  /// Part of a snapshot of the book, not a change of it.
  public static let snapshot = EventMarks(rawValue: 64)
}

/// A change of a price level (L2).
public struct DepthChange: Equatable, Sendable, BitwiseCopyable {
  public enum Action: UInt8, Sendable, BitwiseCopyable {
    /// The level now has `size`; 0 removes it.
    case set
    /// The side (both, if `side` is none) is emptied; price and size mean nothing.
    case clear
  }
  public var instrument: InstrumentID
  public var action: Action
  public var side: Side
  public var marks: EventMarks
  public var price: Price
  /// Absolute size of the level.
  public var size: Quantity

  @inlinable
  public init(
    instrument: InstrumentID, action: Action, side: Side, price: Price = .none,
    size: Quantity = .zero, marks: EventMarks = .last
  ) {
    self.instrument = instrument
    self.action = action
    self.side = side
    self.marks = marks
    self.price = price
    self.size = size
  }
}

/// A change of one resting order (L3).
public struct OrderChange: Equatable, Sendable, BitwiseCopyable {
  public enum Action: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    /// A new order joins the back of the queue at `price`.
    case add
    /// The order now has `price` and `size`; another price or a larger size loses priority.
    case modify
    /// `size` is taken off the order.
    case cancel
    /// The whole order leaves; `size` is 0 if the venue does not say how much was left.
    case delete
    /// `size` is executed against the order, at `price` if the venue says.
    case execute
    /// The side (both, if `side` is none) is emptied; id, price and size mean nothing.
    case clear
  }
  public var instrument: InstrumentID
  public var action: Action
  public var side: Side
  public var marks: EventMarks
  /// The venue's id of the resting order.
  public var order: UInt64
  public var price: Price
  public var size: Quantity

  @inlinable
  public init(
    instrument: InstrumentID, action: Action, side: Side, order: UInt64 = 0, price: Price = .none,
    size: Quantity = .zero, marks: EventMarks = .last
  ) {
    self.instrument = instrument
    self.action = action
    self.side = side
    self.marks = marks
    self.order = order
    self.price = price
    self.size = size
  }
}

/// Open, high, low, close and volume of an interval that ends at the event's time.
public struct Bar: Equatable, Sendable, BitwiseCopyable {
  public var instrument: InstrumentID
  /// `none`: of trades; `buy`: of bids; `sell`: of asks.
  public var side: Side
  /// Length in nanoseconds, above 0.
  public var interval: Int64
  public var open: Price
  public var high: Price
  public var low: Price
  public var close: Price
  /// Traded size; for bids and asks the size quoted at the close.
  public var volume: Quantity

  @inlinable
  public init(
    instrument: InstrumentID, side: Side = .none, interval: Int64, open: Price, high: Price,
    low: Price, close: Price, volume: Quantity
  ) {
    self.instrument = instrument
    self.side = side
    self.interval = interval
    self.open = open
    self.high = high
    self.low = low
    self.close = close
    self.volume = volume
  }
}

/// What may be done in an instrument now.
public enum TradingStatus: UInt32, Sendable, BitwiseCopyable, CaseIterable {
  case preOpen = 1
  case openingAuction = 2
  case trading = 3
  case closingAuction = 4
  case closed = 5
  case halted = 6
  case paused = 7
  case quoteOnly = 8
}

/// The venue changed an instrument's trading status.
public struct StatusChange: Equatable, Sendable, BitwiseCopyable {
  public var instrument: InstrumentID
  public var status: TradingStatus

  @inlinable
  public init(instrument: InstrumentID, status: TradingStatus) {
    self.instrument = instrument
    self.status = status
  }
}
