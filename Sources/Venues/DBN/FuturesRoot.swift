import Events

/// What is fixed about the contracts of a future's root, for files that carry no definitions.
/// Source: contract specifications of CME, CBOT, NYMEX and COMEX, 2023.
struct FuturesRoot {
  var venue: String
  /// Digits that prices of outright contracts need.
  var priceScale: UInt8
  /// × 10^9.
  var tickSize: Int64
  /// US dollars per point × 10^9.
  var multiplier: Int64
  /// Settled in cash to the opening of the third Friday of the month, as index futures of the CME are.
  var endsOnThirdFriday = false

  /// The root of an outright contract such as `ESH4`, if it is well known. Spreads and options have
  /// finer ticks than their contracts, so they are not.
  init?(symbol: String) {
    let bytes = Array(symbol.utf8)
    var end = bytes.count
    while end > 0, bytes[end - 1] &- UInt8(ascii: "0") <= 9 { end -= 1 }
    let months = "FGHJKMNQUVXZ".utf8
    let name = String(decoding: bytes[..<(max(end, 1) - 1)], as: UTF8.self)
    guard (1...2).contains(bytes.count - end), end >= 3, months.contains(bytes[end - 1]),
      let root = Self.named(name)
    else { return nil }
    self = root
    endsOnThirdFriday = ["ES", "MES", "NQ", "MNQ", "RTY", "M2K", "YM", "MYM"].contains(name)
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

  private init(_ venue: String, _ priceScale: UInt8, _ tickSize: Int64, _ multiplier: Int64) {
    self.venue = venue
    self.priceScale = priceScale
    self.tickSize = tickSize
    self.multiplier = multiplier
  }

  private static func named(_ root: String) -> FuturesRoot? {
    let one: Int64 = 1_000_000_000
    return switch root {
    case "ES": FuturesRoot("XCME", 2, one / 4, 50 * one)
    case "MES": FuturesRoot("XCME", 2, one / 4, 5 * one)
    case "NQ": FuturesRoot("XCME", 2, one / 4, 20 * one)
    case "MNQ": FuturesRoot("XCME", 2, one / 4, 2 * one)
    case "RTY": FuturesRoot("XCME", 2, one / 10, 50 * one)
    case "M2K": FuturesRoot("XCME", 2, one / 10, 5 * one)
    case "YM": FuturesRoot("XCBT", 2, one, 5 * one)
    case "MYM": FuturesRoot("XCBT", 2, one, one / 2)
    case "CL": FuturesRoot("XNYM", 2, one / 100, 1000 * one)
    case "MCL": FuturesRoot("XNYM", 2, one / 100, 100 * one)
    case "NG": FuturesRoot("XNYM", 3, one / 1000, 10_000 * one)
    case "RB", "HO": FuturesRoot("XNYM", 4, one / 10_000, 42_000 * one)
    case "GC": FuturesRoot("XCEC", 2, one / 10, 100 * one)
    case "MGC": FuturesRoot("XCEC", 2, one / 10, 10 * one)
    case "SI": FuturesRoot("XCEC", 3, one / 200, 5000 * one)
    case "HG": FuturesRoot("XCEC", 4, one / 2000, 25_000 * one)
    case "ZN": FuturesRoot("XCBT", 6, one / 64, 1000 * one)
    case "ZF": FuturesRoot("XCBT", 7, one / 128, 1000 * one)
    case "ZT": FuturesRoot("XCBT", 8, one / 256, 2000 * one)
    case "ZB", "UB": FuturesRoot("XCBT", 5, one / 32, 1000 * one)
    case "ZC", "ZW", "ZS": FuturesRoot("XCBT", 2, one / 4, 50 * one)
    case "6E": FuturesRoot("XCME", 5, one / 20_000, 125_000 * one)
    case "6J": FuturesRoot("XCME", 7, one / 2_000_000, 12_500_000 * one)
    case "6B": FuturesRoot("XCME", 4, one / 10_000, 62_500 * one)
    default: nil
    }
  }
}
