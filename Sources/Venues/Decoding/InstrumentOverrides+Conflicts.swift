import Events

extension InstrumentOverrides {
  /// What these say of an instrument that a journal has otherwise; nil if nothing.
  func conflict(with known: Instrument) -> String? {
    var differences: [String] = []
    func compare<T: Equatable>(_ key: String, _ said: T?, _ has: T, _ text: (T) -> String) {
      guard let said, said != has else { return }
      differences.append("\(key) \(text(has)), the map says \(text(said))")
    }
    let sizeText = { (size: Int64) in
      let digits = InstrumentRegistry.decimals(of: size)
      return decimalText(Int128(size) / power(9 - Int(digits)), scale: Int(digits))
    }
    compare("class", kind, known.kind, \.name)
    compare("base", base, known.base) { "\"\($0)\"" }
    compare("currency", currency, known.currency) { $0 }
    compare("price_scale", priceScale, known.priceScale) { String($0) }
    compare("quantity_scale", quantityScale, known.quantityScale) { String($0) }
    compare("tick_size", tickSize, Self.raised(known.tickSize.raw, known.priceScale), sizeText)
    compare("lot_size", lotSize, Self.raised(known.lotSize.raw, known.quantityScale), sizeText)
    compare("multiplier", multiplier, known.multiplier, sizeText)
    guard !differences.isEmpty else { return nil }
    return "the journal has \(known.fullName) with \(differences.joined(separator: "; with ")): "
      + "an instrument stays what it was first said to be. Leave it out of the map, give it another "
      + "venue, or import into a new journal"
  }

  /// A number of a scale × 10^9; the greatest value if that is too large.
  private static func raised(_ raw: Int64, _ scale: UInt8) -> Int64 {
    guard scale <= 9 else { return raw }
    let (product, overflow) = raw.multipliedReportingOverflow(by: Int64(power(9 - Int(scale))))
    return overflow ? .max : product
  }
}
