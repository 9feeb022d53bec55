/// What makes an instrument an option.
public struct OptionTerms: Equatable, Sendable {
  public enum Right: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    case call = 1
    case put = 2
  }
  public enum Style: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    /// Can be exercised at any time.
    case american = 1
    /// Can be exercised when it expires.
    case european = 2
  }
  public enum Settlement: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    /// The underlying changes hands at the strike.
    case physical = 1
    /// The difference of price and strike is paid.
    case cash = 2
  }

  public var right: Right
  public var style: Style
  public var settlement: Settlement
  /// At the price scale of the option.
  public var strike: Price
  /// Name of what it is on, `SYMBOL` or `VENUE:SYMBOL`.
  public var underlying: String

  public init(
    _ right: Right, style: Style, settlement: Settlement, strike: Price, underlying: String
  ) {
    self.right = right
    self.style = style
    self.settlement = settlement
    self.strike = strike
    self.underlying = underlying
  }
}
