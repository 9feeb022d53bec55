import Events

/// What is fixed about the contracts of a future's root, for files that carry no definitions.
/// Source: contract specifications of CME, CBOT, NYMEX and COMEX, 2025. docs/importing.md shows the table.
struct FuturesRoot: Equatable {
  var name: String
  var venue: String
  /// US dollars per point of the price, as the exchange quotes it, × 10^9.
  var multiplier: Int64
  /// × 10^9; the smaller where contracts near their end have a smaller one.
  var tickSize: Int64
  /// Digits that prices of outright contracts need; nil where the tick changed over the years, so that the
  /// data have to tell, and prices between its steps say that it was another.
  var priceScale: UInt8?

  /// Settled in cash to the opening of the third Friday of the month, as index futures of the CME are.
  private var endsOnThirdFriday: Bool {
    ["ES", "MES", "NQ", "MNQ", "RTY", "M2K", "YM", "MYM"].contains(name)
  }

  /// When a contract of a month ends, half past eight in Chicago; nil where the rule is not known here.
  /// A third Friday without trading (Good Friday of 2008, Juneteenth of 2026) moves it to the day before.
  func expiry(year: Int, month: Int) -> Instant? {
    guard endsOnThirdFriday else { return nil }
    let first = CivilDate(year: year, month: month, day: 1)
    var day = first.advanced(by: (4 - first.weekday + 7) % 7 + 14)
    if [20_080_321, 20_260_619].contains(day.yyyymmdd) { day = day.advanced(by: -1) }
    return TimeZoneRule.chicago.instant(day, nanoseconds: 30_600 * Nanoseconds.second)
  }

  /// `ES` of `ESH4`; nil of what is no outright contract.
  static func contractRoot(_ symbol: String) -> String? {
    let bytes = Array(symbol.utf8)
    var end = bytes.count
    while end > 0, bytes[end - 1] &- UInt8(ascii: "0") <= 9 { end -= 1 }
    guard (1...2).contains(bytes.count - end), end >= 3,
      "FGHJKMNQUVXZ".utf8.contains(bytes[end - 1]), bytes.allSatisfy(isWordLetter)
    else { return nil }
    return String(decoding: bytes[..<(end - 1)], as: UTF8.self)
  }
}

/// Whether it is a capital letter or a digit.
private func isWordLetter(_ byte: UInt8) -> Bool {
  byte &- UInt8(ascii: "0") <= 9 || byte &- UInt8(ascii: "A") < 26
}

extension FuturesRoot {
  private init(
    _ name: String, _ venue: String, _ multiplier: Int64, _ ticks: (tick: Int64, scale: UInt8?)
  ) {
    self.name = name
    self.venue = venue
    self.multiplier = multiplier
    tickSize = ticks.tick
    priceScale = ticks.scale
  }

  private static let one: Int64 = 1_000_000_000

  /// A root that is well known.
  static func named(_ root: String) -> FuturesRoot? {
    shares(root) ?? currencies(root) ?? rates(root) ?? energy(root) ?? metals(root) ?? farm(root)
  }

  /// On indices of shares, and on coins.
  private static func shares(_ root: String) -> FuturesRoot? {
    switch root {
    case "ES": FuturesRoot(root, "XCME", 50 * one, (one / 4, 2))
    case "MES": FuturesRoot(root, "XCME", 5 * one, (one / 4, 2))
    case "NQ": FuturesRoot(root, "XCME", 20 * one, (one / 4, 2))
    case "MNQ": FuturesRoot(root, "XCME", 2 * one, (one / 4, 2))
    case "RTY": FuturesRoot(root, "XCME", 50 * one, (one / 10, 2))
    case "M2K": FuturesRoot(root, "XCME", 5 * one, (one / 10, 2))
    case "EMD": FuturesRoot(root, "XCME", 100 * one, (one / 10, 2))
    case "NKD": FuturesRoot(root, "XCME", 5 * one, (5 * one, 2))
    case "YM": FuturesRoot(root, "XCBT", 5 * one, (one, 2))
    case "MYM": FuturesRoot(root, "XCBT", one / 2, (one, 2))
    case "BTC": FuturesRoot(root, "XCME", 5 * one, (5 * one, 2))
    case "MBT": FuturesRoot(root, "XCME", one / 10, (5 * one, 2))
    case "ETH": FuturesRoot(root, "XCME", 50 * one, (one / 2, nil))
    case "MET": FuturesRoot(root, "XCME", one / 10, (one / 2, nil))
    default: nil
    }
  }

  private static func currencies(_ root: String) -> FuturesRoot? {
    switch root {
    case "6E": FuturesRoot(root, "XCME", 125_000 * one, (one / 20_000, 5))
    case "6J": FuturesRoot(root, "XCME", 12_500_000 * one, (one / 2_000_000, 7))
    case "6B": FuturesRoot(root, "XCME", 62_500 * one, (one / 10_000, 4))
    case "6A", "6C", "6N": FuturesRoot(root, "XCME", 100_000 * one, (one / 20_000, nil))
    case "6S": FuturesRoot(root, "XCME", 125_000 * one, (one / 20_000, nil))
    case "6M": FuturesRoot(root, "XCME", 500_000 * one, (one / 100_000, nil))
    case "M6E": FuturesRoot(root, "XCME", 12_500 * one, (one / 10_000, nil))
    default: nil
    }
  }

  private static func rates(_ root: String) -> FuturesRoot? {
    switch root {
    case "ZN", "TN": FuturesRoot(root, "XCBT", 1000 * one, (one / 64, 6))
    case "ZF": FuturesRoot(root, "XCBT", 1000 * one, (one / 128, 7))
    case "ZT": FuturesRoot(root, "XCBT", 2000 * one, (one / 256, 8))
    case "ZB", "UB": FuturesRoot(root, "XCBT", 1000 * one, (one / 32, 5))
    case "ZQ": FuturesRoot(root, "XCBT", 4167 * one, (one / 400, nil))
    case "SR1": FuturesRoot(root, "XCME", 4167 * one, (one / 400, nil))
    case "SR3", "GE": FuturesRoot(root, "XCME", 2500 * one, (one / 400, nil))
    default: nil
    }
  }

  private static func energy(_ root: String) -> FuturesRoot? {
    switch root {
    case "CL", "BZ": FuturesRoot(root, "XNYM", 1000 * one, (one / 100, 2))
    case "QM": FuturesRoot(root, "XNYM", 500 * one, (one / 40, 3))
    case "MCL": FuturesRoot(root, "XNYM", 100 * one, (one / 100, 2))
    case "NG": FuturesRoot(root, "XNYM", 10_000 * one, (one / 1000, 3))
    case "QG": FuturesRoot(root, "XNYM", 2500 * one, (one / 200, 3))
    case "RB", "HO": FuturesRoot(root, "XNYM", 42_000 * one, (one / 10_000, 4))
    default: nil
    }
  }

  private static func metals(_ root: String) -> FuturesRoot? {
    switch root {
    case "GC": FuturesRoot(root, "XCEC", 100 * one, (one / 10, 2))
    case "MGC": FuturesRoot(root, "XCEC", 10 * one, (one / 10, 2))
    case "SI": FuturesRoot(root, "XCEC", 5000 * one, (one / 200, 3))
    case "SIL": FuturesRoot(root, "XCEC", 1000 * one, (one / 200, nil))
    case "HG": FuturesRoot(root, "XCEC", 25_000 * one, (one / 2000, 4))
    case "MHG": FuturesRoot(root, "XCEC", 2500 * one, (one / 2000, 4))
    case "PL": FuturesRoot(root, "XNYM", 50 * one, (one / 10, 2))
    case "PA": FuturesRoot(root, "XNYM", 100 * one, (one / 2, nil))
    default: nil
    }
  }

  /// Of cents for a bushel or pound, a point is a hundredth of the contract's size.
  private static func farm(_ root: String) -> FuturesRoot? {
    switch root {
    case "ZC", "ZW", "ZS", "ZO", "KE": FuturesRoot(root, "XCBT", 50 * one, (one / 4, 2))
    case "ZM": FuturesRoot(root, "XCBT", 100 * one, (one / 10, 2))
    case "ZL": FuturesRoot(root, "XCBT", 600 * one, (one / 100, 2))
    case "LE", "HE": FuturesRoot(root, "XCME", 400 * one, (one / 40, 3))
    case "GF": FuturesRoot(root, "XCME", 500 * one, (one / 40, 3))
    default: nil
    }
  }
}
