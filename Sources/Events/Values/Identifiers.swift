/// Identifiers are dense small integers inside, names at the edges. Each has its own type.

/// An instrument of the journal, numbered from 0 in order of definition.
public struct InstrumentID: Hashable, Comparable, Codable, Sendable, BitwiseCopyable {
  public var raw: UInt16
  @inlinable public init(_ raw: UInt16) { self.raw = raw }
  /// Where an entry concerns no instrument.
  public static let none = InstrumentID(.max)
  @inlinable public var index: Int { Int(raw) }
  @inlinable public static func < (a: Self, b: Self) -> Bool { a.raw < b.raw }
}

/// An order of the engine, numbered from 1 in order of submission.
public struct OrderID: Hashable, Comparable, Codable, Sendable, BitwiseCopyable,
  CustomStringConvertible
{
  public var raw: UInt64
  @inlinable public init(_ raw: UInt64) { self.raw = raw }
  /// Where an entry concerns no order.
  public static let none = OrderID(0)
  @inlinable public static func < (a: Self, b: Self) -> Bool { a.raw < b.raw }
  /// `ord-17`
  public var description: String { "ord-\(raw)" }
}

/// A strategy of the run, numbered from 0 in order of configuration.
public struct StrategyID: Hashable, Comparable, Sendable, BitwiseCopyable {
  public var raw: UInt16
  @inlinable public init(_ raw: UInt16) { self.raw = raw }
  @inlinable public var index: Int { Int(raw) }
  @inlinable public static func < (a: Self, b: Self) -> Bool { a.raw < b.raw }
}

/// An account of the run, numbered from 0.
public struct AccountID: Hashable, Comparable, Sendable, BitwiseCopyable {
  public var raw: UInt16
  @inlinable public init(_ raw: UInt16) { self.raw = raw }
  public static let main = AccountID(0)
  @inlinable public static func < (a: Self, b: Self) -> Bool { a.raw < b.raw }
}

/// A venue, numbered from 0.
public struct VenueID: Hashable, Comparable, Sendable, BitwiseCopyable {
  public var raw: UInt16
  @inlinable public init(_ raw: UInt16) { self.raw = raw }
  @inlinable public static func < (a: Self, b: Self) -> Bool { a.raw < b.raw }
}

/// The side of an order or a book, or the aggressor of a trade.
public enum Side: UInt8, Sendable, BitwiseCopyable, CaseIterable {
  case none = 0
  case buy = 1
  case sell = 2

  /// The other side; `none` stays `none`.
  @inlinable public var opposite: Side {
    switch self {
    case .none: .none
    case .buy: .sell
    case .sell: .buy
    }
  }

  /// +1 for buy, −1 for sell, 0 for none.
  @inlinable public var sign: Int64 {
    switch self {
    case .none: 0
    case .buy: 1
    case .sell: -1
    }
  }
}
