extension EntryText {
  func write(_ roll: ContractRoll, to line: inout JSONLine) {
    let instrument = instrument(roll.instrument)
    line.field("instrument", symbol(roll.instrument))
    line.field("from", symbol(roll.from))
    line.field("to", symbol(roll.to))
    line.field("rule", roll.rule.name)
    line.field("day", roll.day.text)
    line.field("from_figure", roll.figureText(roll.fromFigure, instrument))
    line.field("to_figure", roll.figureText(roll.toFigure, instrument))
    line.field("from_price", text(roll.fromPrice, instrument))
    line.field("to_price", text(roll.toPrice, instrument))
    line.field("adjust", roll.adjust.name)
    line.field("adjustment", roll.adjustmentText(instrument))
    line.field("positions", roll.positions.name)
  }
}

extension ContractRoll {
  /// A figure as people read it: a date of expiry, or a quantity.
  public func figureText(_ figure: Int64, _ instrument: Instrument?) -> String {
    decimalText(
      Int128(figure), scale: rule == .calendar ? 0 : Int(instrument?.quantityScale ?? 0))
  }

  /// The adjustment as people read it; nil without any.
  public func adjustmentText(_ instrument: Instrument?) -> String? {
    switch adjust {
    case .none: nil
    case .difference: decimalText(Int128(adjustment), scale: Int(instrument?.priceScale ?? 0))
    case .ratio: decimalText(Int128(adjustment), scale: Self.ratioScale)
    }
  }
}
