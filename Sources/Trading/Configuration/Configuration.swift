import Events

/// When a strategy is called.
public enum Clock: Equatable, Sendable {
  case quote
  case trade
  /// Bars of this many nanoseconds, of trades, mid prices, bids or asks.
  case bar(interval: Int64, BarSource)

  /// What bars are made of.
  public enum BarSource: String, Sendable, CaseIterable {
    case trades
    case mid
    case bid
    case ask
  }

  /// Reads `quote`, `trade`, `bar:1m` or `bar:5m:mid`.
  public init?(_ text: String) {
    switch text {
    case "quote": self = .quote
    case "trade": self = .trade
    default:
      let parts = text.split(separator: ":", omittingEmptySubsequences: false)
      guard (2...3).contains(parts.count), parts[0] == "bar",
        let interval = Parameters.nanoseconds(String(parts[1])), interval > 0,
        let source = parts.count == 3 ? BarSource(rawValue: String(parts[2])) : .trades
      else { return nil }
      self = .bar(interval: interval, source)
    }
  }
}

/// A strategy as configured.
public struct StrategyConfiguration: Sendable {
  public var name: String
  public var kind: String
  /// Symbols; `SYMBOL` or `VENUE:SYMBOL`.
  public var instruments: [String]
  public var clock: Clock
  /// The kind's own parameters.
  public var parameters: Parameters
}

/// The configuration of the core: cash, limits and strategies. Keys outside `account`, `risk` and
/// `strategy` belong to others (`venue` to the simulated exchange, `run` to the door) and are left
/// alone here.
public struct Configuration: Sendable {
  /// Starting cash by currency, in ascending order of currency.
  public var cash: [(currency: String, amount: Money)]
  public var limits: Limits
  public var orders: OrderRules
  public var strategies: [StrategyConfiguration]

  /// The tables the whole program knows; another one is a mistyped name.
  public static let tables = ["account", "orders", "risk", "run", "strategy", "venue"]
  /// The most strategies a run can have.
  public static let maxStrategies = 64

  /// - Throws: `ConfigurationError` for an unknown key or a value that does not fit.
  public init(_ items: ConfigurationItems) throws(ConfigurationError) {
    var tables: [String: [ConfigurationItems.Item]] = [:]
    for item in items.items {
      let parts = item.key.split(
        separator: ".", maxSplits: 1, omittingEmptySubsequences: false
      ).map(String.init)
      guard parts.count == 2, Self.tables.contains(parts[0]) else {
        let near = ConfigurationError.nearest(to: parts.first ?? "", among: Self.tables)
        throw ConfigurationError(
          item.key, "is not a known key",
          advice: near.map { "did you mean `\($0)`?" }
            ?? "known tables are \(Self.tables.joined(separator: ", "))")
      }
      tables[parts[0], default: []].append(
        ConfigurationItems.Item(key: parts[1], value: item.value))
    }
    cash = try Self.cash(tables["account"] ?? [])
    limits = try Limits(tables["risk"] ?? [])
    orders = try OrderRules(tables["orders"] ?? [])
    strategies = try Self.strategies(tables["strategy"] ?? [])
  }

  private static func cash(_ items: [ConfigurationItems.Item]) throws(ConfigurationError)
    -> [(currency: String, amount: Money)]
  {
    var table = Parameters(path: "account", items)
    var cash: [(currency: String, amount: Money)] = []
    if let text = table.text("cash") {
      for part in text.split(separator: ",", omittingEmptySubsequences: false) {
        var one = Parameters(
          path: "account", [ConfigurationItems.Item(key: "cash", value: String(part))])
        guard let (amount, currency) = try one.money("cash") else { continue }
        guard amount >= .zero else { throw table.error("cash", "`\(text)` is below 0") }
        guard !cash.contains(where: { $0.currency == currency }) else {
          throw table.error("cash", "names \(currency) twice")
        }
        cash.append((currency, amount))
      }
    }
    try table.finish()
    return cash.sorted { $0.currency < $1.currency }
  }

  private static func strategies(_ items: [ConfigurationItems.Item]) throws(ConfigurationError)
    -> [StrategyConfiguration]
  {
    var result: [StrategyConfiguration] = []
    var rest = items[...]
    while let first = rest.first {
      guard let dot = first.key.firstIndex(of: "."), dot != first.key.startIndex else {
        throw ConfigurationError("strategy.\(first.key)", "is not a table of a strategy")
      }
      let name = String(first.key[..<dot])
      let own = rest.prefix { $0.key.hasPrefix(name + ".") }
      rest = rest.dropFirst(own.count)
      var table = Parameters(
        path: "strategy.\(name)",
        own.map {
          ConfigurationItems.Item(key: String($0.key.dropFirst(name.count + 1)), value: $0.value)
        })
      let kind = try table.requiredText("kind")
      let symbols = try table.requiredText("instruments").split(
        separator: ",", omittingEmptySubsequences: false
      ).map { symbol in symbol.split(separator: " ").joined(separator: " ") }
      let clockText = table.text("clock") ?? "quote"
      guard let clock = Clock(clockText) else {
        throw table.error(
          "clock", "`\(clockText)` is not a clock",
          advice: "write quote, trade, bar:1m or bar:5m:mid")
      }
      guard !symbols.contains("") else {
        throw table.error(
          "instruments", "names nothing", advice: "write symbols, comma-separated")
      }
      result.append(
        StrategyConfiguration(
          name: name, kind: kind, instruments: symbols, clock: clock, parameters: table))
    }
    guard result.count <= maxStrategies else {
      throw ConfigurationError("strategy", "has \(result.count) strategies, at most 64 can run")
    }
    return result
  }
}
