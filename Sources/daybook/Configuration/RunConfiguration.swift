import ArgumentParser
import Calendars
import Events
import Glibc
import Sequencing
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

  var items: ConfigurationItems { file.items }

  /// Checks everything: tables, keys, types, units, strategies and their parameters.
  /// - Throws: `Failure` that says where and what is near.
  init(_ file: ConfigurationFile, seed flag: UInt64? = nil) throws {
    self.file = file
    if let flag { self.file.set("run.seed", String(flag), origin: "--seed") }
    do throws(ConfigurationError) {
      try ConfigurationSchema.checkTypes(file)
      core = try Configuration(self.file.items)
      try Engine.check(self.file.items, catalog: Catalog.shipped)
      seed = try Self.run(self.file.items)
      calendar = try Configuration.runCalendar(self.file.items)
      exchange = try ExchangeConfiguration(self.file.items, seed: seed)
    } catch {
      throw self.file.failure(ConfigurationSchema.mistyped(error, in: self.file.items) ?? error)
    }
  }

  private static func run(_ items: ConfigurationItems) throws(ConfigurationError) -> UInt64 {
    let prefix = "run."
    var table = Parameters(
      path: "run",
      items.items.filter { $0.key.hasPrefix(prefix) }.map {
        ConfigurationItems.Item(key: String($0.key.dropFirst(prefix.count)), value: $0.value)
      })
    let seed = try table.integer("seed", in: 0...Int64.max, default: 0)
    _ = table.text("calendar")
    try table.finish()
    return UInt64(seed)
  }

  /// The simulated exchange's models in words, for the report.
  var models: [String: String] {
    var models = ["fill_model": "automatic", "overflow": "fill-at-top", "latency": "0ns"]
    for item in items.items where item.key.hasPrefix("venue.") {
      models[String(item.key.dropFirst("venue.".count))] = item.value
    }
    if exchange.fees == .none { models["fees"] = "none" }
    return models
  }

  /// Checks that the journal has what the strategies trade.
  func check(_ known: [Instrument], at path: String) throws {
    for strategy in core.strategies {
      for name in strategy.instruments where !known.contains(where: { $0.isNamed(name) }) {
        let all = known.map(\.symbol).sorted()
        let near = ConfigurationError.nearest(to: name, among: all)
        let has = all.prefix(12).joined(separator: ", ") + (all.count > 12 ? ", …" : "")
        throw file.failure(
          ConfigurationError(
            "strategy.\(strategy.name).instruments", "`\(name)` is not in the journal \(path)",
            advice: near.map { "did you mean `\($0)`?" }
              ?? (all.isEmpty ? "it has no instruments" : "it has \(has)")))
      }
    }
    if core.strategies.isEmpty {
      throw file.failure(
        ConfigurationError(
          "strategy", "there is no strategy", advice: "add a table [strategy.NAME] with a kind"))
    }
  }
}
