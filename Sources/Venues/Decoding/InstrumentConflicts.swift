import Events

extension InstrumentOverrides {
  /// What these say of an instrument that a journal has otherwise; nil if nothing.
  func conflict(with known: Instrument) -> String? {
    var differences: [String] = []
    func compare<T: Equatable>(_ key: String, _ said: T?, _ has: T, _ text: (T) -> String) {
      guard let said, said != has else { return }
      differences.append("\(key) \(text(has)), the map says \(text(said))")
    }
    compare("class", kind, known.kind, \.name)
    compare("base", base, known.base) { "\"\($0)\"" }
    compare("currency", currency, known.currency) { $0 }
    compare("price_scale", priceScale, known.priceScale) { String($0) }
    compare("quantity_scale", quantityScale, known.quantityScale) { String($0) }
    compare("tick_size", tickSize, raised(known.tickSize.raw, known.priceScale), nanoText)
    compare("lot_size", lotSize, raised(known.lotSize.raw, known.quantityScale), nanoText)
    compare("multiplier", multiplier, known.multiplier, nanoText)
    guard !differences.isEmpty else { return nil }
    return "the journal has \(known.fullName) with \(differences.joined(separator: "; with ")): "
      + "an instrument stays what it was first said to be. Leave it out of the map, give it another "
      + "venue, or import into a new journal"
  }
}

extension InstrumentProposal {
  /// In what a definition differs from an instrument, of what never changes.
  func contradictions(of known: Instrument) -> [String] {
    var differences: [String] = []
    func compare(_ key: String, _ said: String, _ has: String) {
      if said != has { differences.append("\(key) \(has), the definition says \(said)") }
    }
    compare("class", kind.name, known.kind.name)
    compare("currency", currency, known.currency)
    compare("multiplier", nanoText(multiplier), nanoText(known.multiplier))
    if let said = option, let has = known.option {
      compare("right", said.right == .call ? "call" : "put", has.right == .call ? "call" : "put")
      compare(
        "strike", nanoText(said.strike.raw), nanoText(raised(has.strike.raw, known.priceScale)))
      compare("underlying", said.underlying, has.underlying)
    }
    return differences
  }

  /// In what a definition differs from an instrument, of what venues may change. An expiry that the
  /// instrument has not is no difference.
  func changes(of known: Instrument) -> [String] {
    var differences: [String] = []
    let tick = raised(known.tickSize.raw, known.priceScale)
    if let tickSize, tickSize != tick {
      differences.append(
        "tick_size \(nanoText(tick)), the definition says \(nanoText(tickSize))")
    }
    if known.expiry != .epoch, expiry != .epoch, known.expiry != expiry {
      differences.append("expiry \(known.expiry.text), the definition says \(expiry.text)")
    }
    return differences
  }
}

/// A size × 10^9 as people read it.
private func nanoText(_ size: Int64) -> String {
  let digits = InstrumentRegistry.decimals(of: size)
  return decimalText(Int128(size) / power(9 - Int(digits)), scale: Int(digits))
}

/// A number of a scale × 10^9; the greatest value if that is too large.
private func raised(_ raw: Int64, _ scale: UInt8) -> Int64 {
  guard scale <= 9 else { return raw }
  let (product, overflow) = raw.multipliedReportingOverflow(by: Int64(power(9 - Int(scale))))
  return overflow ? .max : product
}
