/// Decimals as they are compared: exact, without zeros at their ends.
public enum StatementFigure {
  public static func text(_ raw: Int128, scale: Int) -> String {
    let text = decimalText(raw, scale: scale)
    guard scale > 0 else { return text }
    var kept = Substring(text)
    while kept.last == "0" { kept.removeLast() }
    if kept.last == "." { kept.removeLast() }
    return String(kept)
  }

  public static func text(_ value: Decimal) -> String {
    text(Int128(value.mantissa), scale: Int(value.scale))
  }

  public static func text(_ money: Money) -> String { text(money.raw, scale: Money.scale) }

  public static func text(_ price: Price, of instrument: Instrument) -> String {
    price.isNone ? "" : text(Int128(price.raw), scale: Int(instrument.priceScale))
  }

  public static func text(_ quantity: Quantity, of instrument: Instrument) -> String {
    text(Int128(quantity.raw), scale: Int(instrument.quantityScale))
  }
}

extension Instrument {
  /// `VENUE:SYMBOL`, as statements name it.
  public var statementName: String { "\(venueName):\(symbol)" }
}
