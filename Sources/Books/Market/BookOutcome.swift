import Events

/// What applying an event did to a book, besides changing it. Empty: applied, best prices as before.
public struct BookOutcome: OptionSet, Hashable, Sendable, BitwiseCopyable {
  public var rawValue: UInt8
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The best price or its size changed on a side.
  public static let topChanged = BookOutcome(rawValue: 1)
  /// The best bid is above the best ask.
  public static let crossed = BookOutcome(rawValue: 2)
  /// The order was not in the book. A modify has added it; anything else took the size off the
  /// anonymous size at its price, as far as there was any.
  public static let unknownOrder = BookOutcome(rawValue: 4)
  /// More was executed or cancelled than there was; nothing is left of it.
  public static let overExecuted = BookOutcome(rawValue: 8)
  /// The id of an added order was already in the book; the new order has replaced the old one.
  public static let duplicateOrder = BookOutcome(rawValue: 16)
  /// A price, size or side no order can have, or a level beyond `Quantity.limit`: not applied.
  public static let impossible = BookOutcome(rawValue: 32)
}

/// A price level of a book.
public struct BookLevel: Equatable, Sendable, BitwiseCopyable {
  public var price: Price
  /// Sum of the sizes resting at the price, above 0.
  public var size: Quantity
  /// Orders known by id at the price; 0 where the feed names no orders.
  public var orderCount: Int

  @inlinable
  public init(price: Price, size: Quantity, orderCount: Int = 0) {
    self.price = price
    self.size = size
    self.orderCount = orderCount
  }
}

extension Price {
  /// Whether the price can rest in a book: there is one, within `Price.limit`.
  @inlinable var isPossible: Bool {
    UInt64(bitPattern: raw &+ Price.limit) <= UInt64(2 * Price.limit)
  }
}

extension Quantity {
  /// Whether something of this size can rest in a book: 1 to `Quantity.limit`.
  @inlinable var isPossible: Bool { UInt64(bitPattern: raw &- 1) < UInt64(Quantity.limit) }
}
