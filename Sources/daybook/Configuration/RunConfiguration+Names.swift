import Events
import Trading

// Tables that are called after what a journal has: one of another name would do nothing, without a word.
extension RunConfiguration {
  /// Every name that the configuration calls an instrument by.
  var instrumentNames: [String] {
    let strategies = core.strategies.flatMap { $0.instruments + $0.openings.map(\.instrument) }
    let rules =
      core.limits.special.map(\.symbol) + core.limits.breakers.flatMap(\.instruments)
      + core.limits.dynamic.compactMap(\.instrument) + core.limits.settings.restricted
    return strategies + rules + core.routes.flatMap(\.instruments)
      + exchange.exceptions.map(\.instrument) + core.margins.map(\.name) + borrowed
      + [benchmark].compactMap { $0 }
  }

  /// Every name that it calls a venue by.
  var venueNames: [String] { exchange.venues.map(\.name) + core.calendars.map(\.venue) }

  /// Currencies whose interest it names, and in which none of its accounts begins.
  var foreignCurrencies: [String] {
    let own = core.accounts.flatMap {
      $0.cash.map(\.currency) + [$0.account.currency].compactMap { $0 }
    }
    return core.charges.interest.map(\.currency).filter { !own.contains($0) }
  }

  private var borrowed: [String] { core.charges.borrow.map(\.name).filter { $0 != "others" } }

  /// Checks that the journal has the venues, instruments and currencies that have tables of their own.
  /// - Throws: `Failure` that says where and what is near.
  func checkNames(_ known: [Instrument], at path: String) throws {
    let venues = known.map(\.venueName)
    for venue in exchange.venues where !venues.contains(venue.name) {
      throw unknown("venue.\(venue.name)", venue.name, among: venues, at: path)
    }
    for (venue, _) in core.calendars where !venues.contains(venue) {
      throw unknown("calendar.\(venue)", venue, among: venues, at: path)
    }
    let tables =
      exchange.exceptions.map { ("venue.instrument.\($0.instrument)", $0.instrument) }
      + core.margins.map { ("margin.\($0.name)", $0.name) }
      + borrowed.map { ("borrow.\($0)", $0) }
      + core.rates.filter { $0.source != "observed" }.map { ("rate.\($0.currency)", $0.source) }
      + core.strategies.flatMap { strategy in
        strategy.openings.map {
          ("strategy.\(strategy.name).position.\($0.instrument)", $0.instrument)
        }
      }
    for (key, name) in tables where !known.contains(where: { $0.isNamed(name) }) {
      throw unknown(key, name, among: known.map(\.symbol), at: path)
    }
    let currencies = known.flatMap { [$0.currency, $0.base] }.filter { !$0.isEmpty }
    for currency in foreignCurrencies where !currencies.contains(currency) {
      throw unknown("interest.\(currency)", currency, among: currencies, at: path)
    }
  }

  /// Checks that a strategy's name of an instrument is not that of several in the journal: which of them it
  /// traded would be chance. Copies for other venues are the configuration's own.
  func checkIsOne(
    _ name: String, among recorded: [Instrument], of strategy: String, at path: String
  ) throws(ConfigurationError) {
    let found = recorded.filter { $0.isNamed(name) }
    guard found.count > 1 else { return }
    throw ConfigurationError(
      "strategy.\(strategy).instruments",
      "`\(name)` is \(found.map(\.fullName).joined(separator: " and ")) in the journal \(path)",
      advice: "say which, with its venue")
  }

  private func unknown(
    _ key: String, _ name: String, among known: [String], at path: String
  ) -> Failure {
    let all = Set(known).sorted()
    let near = ConfigurationError.nearest(to: name, among: all)
    return file.failure(
      ConfigurationError(
        key, "`\(name)` is not in the journal \(path)",
        advice: near.map { "did you mean `\($0)`?" }
          ?? "it has \(all.prefix(12).joined(separator: ", "))"))
  }
}
