import Books
import Events
import Sequencing
import Trading

// Continuous futures against what a journal has (docs/continuous.md, What is an error).
extension RunConfiguration {
  /// The contracts that a name stands for in turn; nil if it is no continuous future.
  /// - Throws: `ConfigurationError` if they are not there, or cannot be one instrument.
  func contracts(
    _ name: String, of strategy: StrategyConfiguration, _ known: [Instrument], at path: String
  ) throws(ConfigurationError) -> [Instrument]? {
    guard let symbol = ContinuousSymbol(name), !known.contains(where: { $0.isNamed(name) }) else {
      return nil
    }
    let key = "strategy.\(strategy.name).instruments"
    let contracts = known.filter(symbol.isContract)
    guard let first = contracts.first else {
      let futures = known.filter { $0.kind == .future }.map(\.symbol).sorted()
      throw ConfigurationError(
        key, "the journal \(path) has no contract of `\(symbol.root)` for `\(name)`",
        advice: futures.isEmpty
          ? "it has no futures"
          : "its futures are \(futures.prefix(12).joined(separator: ", "))")
    }
    if let other = contracts.first(where: { $0.venueName != first.venueName }) {
      throw ConfigurationError(
        key, "`\(name)` is at \(first.venueName) and at \(other.venueName)",
        advice: "say which: \"\(first.venueName):\(symbol.symbol)\"")
    }
    if let other = contracts.first(where: { !$0.hasUnits(of: first) }) {
      throw ConfigurationError(
        key,
        "`\(name)` cannot be one instrument: \(first.symbol) and \(other.symbol) have other scales, "
          + "ticks, lots, multipliers or currencies",
        advice: "name the contracts")
    }
    let settings = core.continuous.first { $0.root == symbol.root }
    if let strange = settings?.expiries.first(where: { expiry in
      !contracts.contains { $0.symbol == expiry.symbol }
    }) {
      throw ConfigurationError(
        "continuous.\(symbol.root).expiry.\(strange.symbol)",
        "`\(strange.symbol)` is no contract of \(symbol.root) in the journal \(path)",
        advice: "it has \(contracts.map(\.symbol).sorted().joined(separator: ", "))")
    }
    if let open = contracts.first(where: { settings?.expiry(of: $0) == nil }) {
      throw ConfigurationError(
        key, "`\(name)` needs the expiry of \(open.symbol), which its data do not tell",
        advice: "add expiry.\(open.symbol) = \"2013-12-20\" to [continuous.\(symbol.root)]")
    }
    for other in strategy.instruments where other != name {
      guard let contract = contracts.first(where: { $0.isNamed(other) }) else { continue }
      throw ConfigurationError(
        key, "names `\(name)` and its contract `\(contract.symbol)`",
        advice: "give each a strategy of its own: what is held of one would count for the other")
    }
    return contracts
  }
}

extension RunConfiguration {
  /// Why a daemon does not take it; nil if it does.
  var obstacleToRun: Failure? {
    do throws(ConfigurationError) {
      try checkLive()
      return nil
    } catch {
      return file.failure(error)
    }
  }

  /// What only a recording can give: instruments that are numbered once all others are known.
  /// - Throws: `ConfigurationError` for continuous futures, and for venues with another's market data.
  private func checkLive() throws(ConfigurationError) {
    for strategy in core.strategies {
      for name in strategy.instruments where ContinuousSymbol(name) != nil {
        throw ConfigurationError(
          "strategy.\(strategy.name).instruments", "`\(name)` is traded in backtests only",
          advice: "name the contract")
      }
    }
    for venue in exchange.venues where venue.marketData != nil {
      throw ConfigurationError(
        "venue.\(venue.name).market_data", "is for backtests only", advice: "leave it out")
    }
  }
}

extension Instrument {
  /// Whether a position can go from one to the other as it is.
  fileprivate func hasUnits(of other: Instrument) -> Bool {
    priceScale == other.priceScale && quantityScale == other.quantityScale
      && tickSize == other.tickSize && lotSize == other.lotSize && multiplier == other.multiplier
      && currency == other.currency
  }
}
