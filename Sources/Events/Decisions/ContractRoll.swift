/// A continuous future stands for another contract of its root from now on (docs/continuous.md).
public struct ContractRoll: Equatable, Sendable {
  /// What decides which contract is in front.
  public enum Rule: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    /// The dates of expiry; the figures are those, as numbers such as 20131220.
    case calendar = 1
    /// The quantities traded on the day.
    case volume = 2
    /// The quantities that were open at its end.
    case openInterest = 3
  }

  /// How prices of the series are made of the contract's.
  public enum Adjust: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    case none = 0
    /// A difference is added.
    case difference = 1
    /// They are multiplied.
    case ratio = 2
  }

  /// What becomes of positions in the old contract.
  public enum Positions: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    /// They are closed and opened in the new one.
    case carry = 1
    case close = 2
    case hold = 3
  }

  /// Digits of a ratio after the point.
  public static let ratioScale = 12

  /// The continuous future.
  public var instrument: InstrumentID
  /// The contract before; none at the first one.
  public var from: InstrumentID
  /// The contract in front now; none if none is left.
  public var to: InstrumentID
  public var rule: Rule
  /// The day that ended.
  public var day: CivilDate
  /// What the rule compared, of the old and of the new contract; 0 where there is no contract or figure.
  public var fromFigure: Int64
  public var toFigure: Int64
  /// What the contracts are worth now; absent where nobody knows.
  public var fromPrice: Price
  public var toPrice: Price
  public var adjust: Adjust
  /// From now on: what is added, in units of the price scale, or multiplied, × 10^12; 0 without any.
  public var adjustment: Int64
  public var positions: Positions

  public init(
    of instrument: InstrumentID, from: InstrumentID, to: InstrumentID, by rule: Rule,
    day: CivilDate, figures: (from: Int64, to: Int64), prices: (from: Price, to: Price),
    adjust: Adjust, adjustment: Int64, positions: Positions
  ) {
    self.instrument = instrument
    self.from = from
    self.to = to
    self.rule = rule
    self.day = day
    (fromFigure, toFigure) = figures
    (fromPrice, toPrice) = prices
    self.adjust = adjust
    self.adjustment = adjustment
    self.positions = positions
  }
}
