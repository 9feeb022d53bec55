import Events

/// The second leg of a pair: it follows what the first has filled, in a ratio.
public struct SecondLeg: Equatable, Sendable, BitwiseCopyable {
  public let instrument: InstrumentID
  /// The other side than the first leg's if the ratio is positive, else the same.
  public let side: Side
  /// Units of the second a unit of the first, × 10^9, above 0.
  let ratio: Int64
  public let lot: Quantity
  public let quantityScale: UInt8
  let firstScale: UInt8

  init(_ settings: ExecutionSettings, of first: Execution.Parent, _ instrument: Instrument) {
    self.init(
      instrument: instrument.id, side: settings.ratio > 0 ? first.side.opposite : first.side,
      ratio: abs(settings.ratio), lot: instrument.lotSize,
      quantityScale: instrument.quantityScale, firstScale: first.quantityScale)
  }

  init(
    instrument: InstrumentID, side: Side, ratio: Int64, lot: Quantity, quantityScale: UInt8,
    firstScale: UInt8
  ) {
    self.instrument = instrument
    self.side = side
    self.ratio = ratio
    self.lot = lot
    self.quantityScale = quantityScale
    self.firstScale = firstScale
  }

  /// What is due for so much of the first leg, rounded down to whole lots; stops at `Quantity.limit`.
  public func due(for filled: Quantity) -> Quantity {
    // Scales are at most 9, so that the power is of 0 to 18; quantity and ratio fill 121 bits at most.
    let raw =
      Int128(filled.raw) * Int128(ratio) / power(Int(firstScale) + 9 - Int(quantityScale))
    return Quantity(Int64(min(raw, Int128(Quantity.limit))) / lot.raw * lot.raw)
  }
}
