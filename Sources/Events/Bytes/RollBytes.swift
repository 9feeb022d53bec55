extension ContractRoll {
  func encode(into out: inout ByteBuffer) -> EntryKind {
    out.append(instrument.raw)
    out.append(from.raw)
    out.append(to.raw)
    out.append(rule.rawValue)
    out.append(UInt32(clamping: day.yyyymmdd))
    out.append(fromFigure)
    out.append(toFigure)
    out.append(fromPrice.raw)
    out.append(toPrice.raw)
    out.append(adjust.rawValue)
    out.append(adjustment)
    out.append(positions.rawValue)
    return .rolled
  }

  init(_ input: inout ByteReader) throws(Damage) {
    let instrument = InstrumentID(try input.read(UInt16.self))
    let from = InstrumentID(try input.read(UInt16.self))
    let to = InstrumentID(try input.read(UInt16.self))
    let rule: Rule = try input.read(named: "rule")
    let start = input.offset
    guard let day = CivilDate(yyyymmdd: Int64(try input.read(UInt32.self))) else {
      throw Damage(at: start, "no date")
    }
    self.init(
      of: instrument, from: from, to: to, by: rule, day: day,
      figures: (try input.read(Int64.self), try input.read(Int64.self)),
      prices: (try input.readPrice(), try input.readPrice()),
      adjust: try input.read(named: "adjust"), adjustment: try input.read(Int64.self),
      positions: try input.read(named: "positions"))
  }
}
