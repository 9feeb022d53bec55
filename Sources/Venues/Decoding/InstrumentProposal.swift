import Events

/// What a decoder knows of an instrument before it is registered.
public struct InstrumentProposal: Equatable, Sendable {
  public var venueName: String
  public var symbol: String
  public var kind: InstrumentClass
  public var base = ""
  public var currency = "USD"
  /// Digits of prices after the point; nil if only the data can tell.
  public var priceScale: UInt8?
  /// Digits of sizes after the point; nil if only the data can tell.
  public var quantityScale: UInt8?
  /// × 10^9, as a price with scale 9; nil for one unit of the price scale.
  public var tickSize: Int64?
  /// The tick is what is usual of its kind: prices between its steps say that it was another.
  public var isTickUsual = false
  /// × 10^9, as a size with scale 9; nil for one unit of the quantity scale.
  public var lotSize: Int64?
  /// Units of currency per point, × 10^9.
  public var multiplier: Int64 = 1_000_000_000
  /// Nobody said the multiplier, and it may well be another.
  public var isMultiplierAssumed = false
  public var expiry = Instant.epoch
  /// Of an option; the strike × 10^9, as a price with scale 9.
  public var option: OptionTerms?

  public init(
    venueName: String, symbol: String, kind: InstrumentClass, priceScale: UInt8? = nil,
    quantityScale: UInt8? = nil
  ) {
    self.venueName = venueName
    self.symbol = symbol
    self.kind = kind
    self.priceScale = priceScale
    self.quantityScale = quantityScale
  }
}
