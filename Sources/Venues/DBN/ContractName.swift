import Events

/// What an instrument of Eurex, EEX or ICE is by its name, where no definition says it.
/// Source: Databento, instruments of XEUR.EOBI, XEEE.EOBI, IFEU.IMPACT and NDEX.IMPACT.
struct ContractName: Equatable {
  /// Nil where the name has blanks and does not tell it, or none and others know.
  var kind: InstrumentClass?
  /// The end of trading on the day that the name has; the epoch where it has none.
  var expiry = Instant.epoch
  /// The venue's, unless the product's is known.
  var currency: String

  init(_ symbol: String, at venue: String) {
    let words = symbol.split(separator: " ")
    let product = symbol.prefix { $0 != " " && $0 != "." }
    currency = Self.currency(of: String(product), at: venue)
    guard words.count > 1 else { return }
    kind = .future
    if let day = takeEurex(words) {
      expiry = TimeZoneRule.berlin.instant(day, nanoseconds: 22 * Nanoseconds.hour)
    } else if let day = takeICE(words[words.count - 1]) {
      expiry = TimeZoneRule.london.instant(day, nanoseconds: 23 * Nanoseconds.hour)
    }
  }

  /// `FDAX SI 20250620 CS`, and of an option style, right, strike and version behind it:
  /// `OESX SI 20250620 CS EU C 5000 0`.
  /// - Returns: its last day; nil of a combination, and of what is not named so.
  private mutating func takeEurex(_ words: [Substring]) -> CivilDate? {
    guard words.count >= 4, ["SI", "FI"].contains(words[1]), words[2].utf8.count == 8,
      let day = Int64(words[2]).flatMap({ CivilDate(yyyymmdd: $0) })
    else { return nil }
    if words.count >= 7, ["C", "P"].contains(words[5]) { kind = .option }
    return day
  }

  /// The last word of `BRN  FMU0025!`, a future's, and of `BRN  FMU0025_OMPA0000062002072825`: an option, by
  /// month, a put, American, strike and digits behind its point, its last day (month, day, year).
  /// - Returns: the last day of an option; nil of what is none.
  private mutating func takeICE(_ word: Substring) -> CivilDate? {
    let parts = word.split(separator: "_", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].hasPrefix("F"), parts[1].hasPrefix("O") else { return nil }
    kind = .option
    // Without four letters and ten digits before it the end is no day.
    guard parts[1].utf8.count >= 20, let number = Int64(parts[1].suffix(6)) else { return nil }
    return CivilDate(yyyymmdd: (2000 + number % 100) * 10_000 + number / 100)
  }

  private static func currency(of product: String, at venue: String) -> String {
    switch venue {
    case "XEUR":
      switch product {
      case "FSMI", "OSMI", "FSMM", "FSLI", "CONF": "CHF"
      case "FCEU", "FCPU": "USD"
      default: "EUR"
      }
    case "XEEE", "NDEX": "EUR"
    case "IFLL": "GBP"
    default: "USD"
    }
  }
}
