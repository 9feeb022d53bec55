/// A price in the instrument's quote currency, scaled by 10^`priceScale` of the instrument.
public struct Price: Hashable, Comparable, Codable, Sendable, BitwiseCopyable {
  public var raw: Int64

  @inlinable public init(_ raw: Int64) { self.raw = raw }

  /// "There is no such price": an empty side of a book, a market order's limit.
  public static let none = Price(.min)

  @inlinable public var isNone: Bool { raw == .min }

  /// The largest magnitude accepted from the outside; sums and differences of two never overflow.
  public static let limit: Int64 = 1 << 61

  @inlinable public static func < (a: Price, b: Price) -> Bool { a.raw < b.raw }
}

/// A size in units of the instrument, scaled by 10^`quantityScale` of the instrument. Positions are
/// signed (short is negative), sizes of orders, trades and levels are not.
public struct Quantity: Hashable, Comparable, Codable, Sendable, BitwiseCopyable {
  public var raw: Int64

  @inlinable public init(_ raw: Int64) { self.raw = raw }

  public static let zero = Quantity(0)

  /// The largest magnitude accepted from the outside; sums and differences of two never overflow.
  public static let limit: Int64 = 1 << 61

  @inlinable public static func < (a: Quantity, b: Quantity) -> Bool { a.raw < b.raw }
  @inlinable public static func + (a: Quantity, b: Quantity) -> Quantity { Quantity(a.raw + b.raw) }
  @inlinable public static func - (a: Quantity, b: Quantity) -> Quantity { Quantity(a.raw - b.raw) }
  @inlinable public static prefix func - (a: Quantity) -> Quantity { Quantity(-a.raw) }
  @inlinable public static func += (a: inout Quantity, b: Quantity) { a.raw += b.raw }
  @inlinable public static func -= (a: inout Quantity, b: Quantity) { a.raw -= b.raw }

  /// Size without direction.
  @inlinable public var magnitude: Quantity { Quantity(abs(raw)) }
}
