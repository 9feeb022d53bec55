import Alerting
import ArgumentParser
import Calendars
import Configuring
import Events
import Glibc
import Sequencing
import Serving
import Strategies
import Trading
import Venues

/// Which configuration a run gets.
struct ConfigurationOptions: ParsableArguments {
  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("Set a key, above the file and the environment.", valueName: "key=value"))
  var settings: [String] = []

  /// Reads a file and checks all of it.
  /// - Parameter seed: above `run.seed`.
  func read(_ path: String, seed: UInt64? = nil) throws -> RunConfiguration {
    try RunConfiguration(
      ConfigurationFile(path: path, environment: Self.environment(), settings: settings),
      seed: seed)
  }

  /// Reads a file, or what is built in where none is named.
  func read(_ path: String?, builtIn text: String, at place: String, seed: UInt64?) throws
    -> RunConfiguration
  {
    if let path { return try read(path, seed: seed) }
    return try RunConfiguration(
      ConfigurationFile(
        path: place, text: text, environment: Self.environment(), settings: settings),
      seed: seed)
  }

  /// All variables of the environment, sorted by name.
  static func environment() -> [(name: String, value: String)] {
    var variables: [(name: String, value: String)] = []
    var item = unsafe environ
    while let text = unsafe item.pointee {
      let pair = unsafe String(cString: text)
      if let equals = pair.firstIndex(of: "="), pair.hasPrefix("DAYBOOK_") {
        variables.append(
          (String(pair[..<equals]), String(pair[pair.index(after: equals)...])))
      }
      unsafe item += 1
    }
    return variables.sorted { $0.name < $1.name }
  }
}

/// A configuration that can be run.
struct RunConfiguration {
  private(set) var file: ConfigurationFile
  private(set) var seed: UInt64
  private(set) var exchange: ExchangeConfiguration
  private(set) var core: Configuration
  /// By which the run's days end; nil if the configuration says nothing of it.
  private(set) var calendar: TradingCalendar?
  /// The instrument that the run is measured against.
  private(set) var benchmark: String?
  /// Risk-free rate a year, for the report.
  private(set) var riskFree = 0.0

  var items: ConfigurationItems { file.items }

  /// Checks everything: tables, keys, types, units, strategies and their parameters.
  /// - Throws: `Failure` that says where and what is near.
  init(_ file: ConfigurationFile, seed flag: UInt64? = nil) throws {
    self.file = file
    if let flag { self.file.set("run.seed", String(flag), origin: "--seed") }
    try Self.readLatencies(&self.file)
    do throws(ConfigurationError) {
      try ConfigurationSchema.checkTypes(file)
      core = try Configuration(self.file.items)
      try Engine.check(self.file.items, catalog: Catalog.shipped)
      (seed, benchmark, riskFree) = try Self.run(self.file.items)
      calendar = try Configuration.runCalendar(self.file.items)
      exchange = try ExchangeConfiguration(self.file.items, seed: seed)
      _ = try AlertSettings.read(self.file.items)
      _ = try TraceSettings.read(self.file.items)
    } catch {
      throw self.file.failure(ConfigurationSchema.mistyped(error, in: self.file.items) ?? error)
    }
  }

  /// Puts measured latencies in the place of `file:PATH`, one on a line, the path from the configuration's
  /// folder on: what is journaled needs no file.
  private static func readLatencies(_ file: inout ConfigurationFile) throws {
    for item in file.items.items
    where item.key.hasPrefix("venue.") && item.key.hasSuffix("_latencies") {
      guard item.value.hasPrefix("file:") else { continue }
      let path = file.path(of: String(item.value.dropFirst("file:".count)))
      let lines = try TextFile.read(path, what: "the latencies").split(whereSeparator: \.isNewline)
      file.set(item.key, lines.joined(separator: ","), origin: path)
    }
  }

  private static func run(_ items: ConfigurationItems) throws(ConfigurationError)
    -> (seed: UInt64, benchmark: String?, riskFree: Double)
  {
    var table = Parameters(table: "run", of: items)
    let seed = try table.integer("seed", in: 0...Int64.max, default: 0)
    _ = table.text("calendar")
    let benchmark = table.text("benchmark")
    let riskFree = try table.percent("risk_free")
    try table.finish()
    return (UInt64(seed), benchmark, Double(riskFree ?? 0) / 1e6)
  }

  /// What decisions depend on, which is journaled: how a process treats its queue and its disk, and who is told of
  /// alerts, may be another at each start.
  var decisive: ConfigurationItems {
    ConfigurationItems(
      items.items.filter { item in
        !["live.", "alerts.", "traces."].contains { item.key.hasPrefix($0) }
      })
  }

  /// Addresses of the venues that are processes of their own.
  func venues() throws -> [SocketAddress] {
    guard let text = items["live.venues"] else { return [] }
    return try text.split(separator: ",").map { word in
      guard let address = SocketAddress(String(word)) else {
        throw file.failure(
          ConfigurationError(
            "live.venues", "`\(word)` is not an address", advice: "write 127.0.0.1:7401"))
      }
      return address
    }
  }

  /// How the daemon treats its queue and its disk, and how fast the built-in exchange's traders act.
  func live() throws -> (LiveSettings, Int64) {
    if let obstacleToRun { throw obstacleToRun }
    return try settings()
  }

  /// The same of a configuration that may not be a daemon's.
  func settings() throws -> (LiveSettings, Int64) {
    do throws(ConfigurationError) {
      return try LiveSettings.read(items)
    } catch {
      throw file.failure(error)
    }
  }

  /// The simulated exchange's models with their parameters, for the report.
  var models: [String: String] {
    Dictionary(exchange.models.map { ($0.name, $0.text) }, uniquingKeysWith: { _, last in last })
  }

  /// Checks that the journal has what the strategies trade and the limits name, and that limits and sizes
  /// are in the instruments' own currencies and lots: one that is not would bind nothing, or another size.
  /// - Throws: `Failure` that says where and what is near.
  func check(_ recorded: [Instrument], at path: String) throws {
    let added = AddedInstruments(core, exchange, among: recorded)
    let known = recorded.filter { $0.kind != .continuous } + added.copies
    do throws(ConfigurationError) {
      try checkCopies(recorded, at: path)
      for strategy in core.strategies {
        for name in strategy.instruments {
          try checkIsOne(name, among: recorded, of: strategy.name, at: path)
          let traded: [Instrument]
          if let contracts = try contracts(name, of: strategy, known, at: path) {
            traded = contracts
          } else {
            let key = "strategy.\(strategy.name).instruments"
            traded = [try Self.find(name, among: known, for: key, at: path)]
          }
          for instrument in traded {
            try checkNotional(instrument)
            try checkFees(instrument)
            try checkLots(strategy.name, instrument)
          }
        }
      }
      for (symbol, _) in core.limits.special {
        _ = try Self.find(symbol, among: known, for: "risk.instrument.\(symbol)", at: path)
      }
      for rule in core.limits.breakers {
        for symbol in rule.instruments {
          _ = try Self.find(
            symbol, among: known, for: "risk.breaker.\(rule.name).instruments", at: path)
        }
      }
      for rule in core.limits.dynamic {
        guard let symbol = rule.instrument else { continue }
        _ = try Self.find(
          symbol, among: known, for: "risk.dynamic.\(rule.name).instrument", at: path)
      }
      for symbol in core.limits.settings.restricted {
        _ = try Self.find(symbol, among: known, for: "risk.restricted", at: path)
      }
      for route in core.routes {
        try Self.checkRoute(route, known, at: path)
        for instrument in known.filter(route.names) { try checkFees(instrument) }
      }
      if let benchmark {
        _ = try Self.find(benchmark, among: known, for: "run.benchmark", at: path)
      }
      if core.strategies.isEmpty {
        throw ConfigurationError(
          "strategy", "there is no strategy", advice: "add a table [strategy.NAME] with a kind")
      }
    } catch {
      throw file.failure(error)
    }
    try checkNames(known, at: path)
  }

  /// Checks that a journal has what the strategies trade.
  /// - Throws: `Failure` that says where and what is near.
  func checkTraded(_ recorded: [Instrument], at path: String) throws {
    let known = recorded.filter { $0.kind != .continuous }
    do throws(ConfigurationError) {
      for strategy in core.strategies {
        for name in strategy.instruments
        where try contracts(name, of: strategy, known, at: path) == nil {
          let key = "strategy.\(strategy.name).instruments"
          _ = try Self.find(name, among: known, for: key, at: path)
        }
      }
    } catch {
      throw file.failure(error)
    }
  }

  /// Checks that venues that show another's market data are not recorded, and that the other is.
  private func checkCopies(_ recorded: [Instrument], at path: String) throws(ConfigurationError) {
    let venues = Set(recorded.map(\.venueName)).sorted()
    for venue in exchange.venues {
      guard let source = venue.marketData else { continue }
      let key = "venue.\(venue.name).market_data"
      if venues.contains(venue.name) {
        throw ConfigurationError(
          key, "`\(venue.name)` is in the journal \(path) itself",
          advice: "leave market_data out, or give the venue another name")
      }
      guard !venues.contains(source) else { continue }
      let near = ConfigurationError.nearest(to: source, among: venues)
      throw ConfigurationError(
        key, "`\(source)` is not in the journal \(path)",
        advice: near.map { "did you mean `\($0)`?" } ?? "it has \(venues.joined(separator: ", "))")
    }
  }

  private static func find(
    _ name: String, among known: [Instrument], for key: String, at path: String
  ) throws(ConfigurationError) -> Instrument {
    if let found = known.first(where: { $0.isNamed(name) }) { return found }
    let all = Set(known.map(\.symbol)).sorted()
    let near = ConfigurationError.nearest(to: name, among: all)
    let has = all.prefix(12).joined(separator: ", ") + (all.count > 12 ? ", …" : "")
    throw ConfigurationError(
      key, "`\(name)` is not in the journal \(path)",
      advice: near.map { "did you mean `\($0)`?" }
        ?? (all.isEmpty ? "it has no instruments" : "it has \(has)"))
  }

  /// Checks that a route's instruments are there and can be one market: an engine would not use it, and say so
  /// only when the last of them is defined.
  private static func checkRoute(
    _ route: RouteConfiguration, _ known: [Instrument], at path: String
  ) throws(ConfigurationError) {
    let key = "route.\(route.name)"
    for name in route.instruments {
      _ = try find(name, among: known, for: key + ".instruments", at: path)
    }
    let own = known.filter(route.names)
    if let problem = route.problem(of: own) {
      throw ConfigurationError(
        key + ".instruments", "cannot be one market: \(problem)",
        advice: "name instruments that share currency and multiplier")
    }
    let venues = Set(own.map(\.venueName)).sorted()
    for venue in route.venues where !venues.contains(venue.name) {
      let near = ConfigurationError.nearest(to: venue.name, among: venues)
      throw ConfigurationError(
        key, "none of its instruments is of the venue `\(venue.name)`",
        advice: near.map { "did you mean `\($0)`?" }
          ?? "they are of \(venues.joined(separator: ", "))")
    }
  }

  private func checkNotional(_ instrument: Instrument) throws(ConfigurationError) {
    let own = core.limits.special.first { instrument.isNamed($0.symbol) }
    let key =
      own?.limits.maxOrderNotional == nil
      ? "risk.order.max_notional" : "risk.instrument.\(instrument.symbol).order.max_notional"
    let limits = own?.limits.maxOrderNotional == nil ? core.limits.general : own?.limits
    guard let limits, limits.maxOrderNotional != nil,
      limits.maxNotional(in: instrument.currency) == nil
    else { return }
    throw ConfigurationError(
      key,
      "is in \(limits.notionalCurrency), but \(instrument.symbol) trades in \(instrument.currency)",
      advice: "give risk.instrument.\(instrument.symbol).order.max_notional in "
        + instrument.currency)
  }

  /// Keys of strategies that are quantities of their instruments.
  private static let quantities = ["size", "max_position"]

  /// Fees are charged in an instrument's own currency: amounts in another would be taken for it.
  private func checkFees(_ instrument: Instrument) throws(ConfigurationError) {
    guard let currency = exchange.fees(of: instrument).currency, currency != instrument.currency
    else { return }
    let tables = [
      "venue.instrument.\(instrument.fullName)", "venue.instrument.\(instrument.symbol)",
      "venue.\(instrument.venueName)", "venue",
    ]
    let keys = tables.flatMap { table in FeeModel.amountKeys.map { "\(table).\($0)" } }
    throw ConfigurationError(
      keys.first { items[$0]?.hasSuffix(currency) == true } ?? "venue",
      "is in \(currency), but \(instrument.symbol) trades in \(instrument.currency)",
      advice: "give venue.instrument.\(instrument.symbol) fees in \(instrument.currency)")
  }

  private func checkLots(_ strategy: String, _ instrument: Instrument) throws(ConfigurationError) {
    for name in Self.quantities {
      let key = "strategy.\(strategy).\(name)"
      guard let text = items[key], let value = Decimal(text) else { continue }
      let scale = max(Int(value.scale), Int(instrument.quantityScale))
      let size = Int128(value.mantissa) * power(scale - Int(value.scale))
      let unit = power(scale - Int(instrument.quantityScale))
      let lot = Int128(instrument.lotSize.raw) * unit
      if size.magnitude / UInt128(unit) > UInt128(Quantity.limit) {
        throw ConfigurationError(
          key, "`\(text)` is more of \(instrument.symbol) than an order can have",
          advice: "the most is \(instrument.text(Quantity(Quantity.limit)))")
      }
      guard size % lot != 0 else { continue }
      throw ConfigurationError(
        key, "`\(text)` is not a whole number of lots of \(instrument.symbol)",
        advice: "a lot is \(instrument.text(instrument.lotSize))")
    }
  }
}
