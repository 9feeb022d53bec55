/// Payloads of reference values, imbalances and bands (docs/journal-format.md, section 4.3).
extension ReferenceValue {
  func encode(into out: inout ByteBuffer) -> EntryKind {
    out.append(instrument.raw)
    out.append(field.rawValue)
    out.append(value)
    out.append(effective.nanoseconds)
    return .reference
  }

  init(_ input: inout ByteReader) throws(Damage) {
    self.init(
      instrument: InstrumentID(try input.read(UInt16.self)), field: try input.read(named: "field"),
      value: try input.read(Int64.self),
      effective: Instant(nanoseconds: try input.read(Int64.self)))
  }
}

extension AuctionImbalance {
  func encode(into out: inout ByteBuffer) -> EntryKind {
    out.append(instrument.raw)
    out.append(auction.rawValue)
    out.append(side.rawValue)
    out.append(paired.raw)
    out.append(surplus.raw)
    out.append(reference.raw)
    out.append(near.raw)
    out.append(far.raw)
    return .imbalance
  }

  init(_ input: inout ByteReader) throws(Damage) {
    self.init(
      instrument: InstrumentID(try input.read(UInt16.self)),
      auction: try input.read(named: "auction"), side: try input.read(named: "side"),
      paired: try input.readQuantity(), surplus: try input.readQuantity(),
      reference: try input.readPrice(), near: try input.readPrice(), far: try input.readPrice())
  }
}

extension PriceBand {
  func encode(into out: inout ByteBuffer) -> EntryKind {
    out.append(instrument.raw)
    out.append(lower.raw)
    out.append(upper.raw)
    return .priceBand
  }

  init(_ input: inout ByteReader) throws(Damage) {
    self.init(
      instrument: InstrumentID(try input.read(UInt16.self)), lower: try input.readPrice(),
      upper: try input.readPrice())
  }
}

extension AuctionImbalance {
  /// Appends the imbalance, as in a journal.
  public func encodeState(to out: inout ByteBuffer) { _ = encode(into: &out) }

  /// Reads what `encodeState` wrote.
  public init(state input: inout ByteReader) throws(Damage) { try self.init(&input) }
}
