import Calendars
import Events

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
  /// The calendars that venues keep, in ascending order of the venues' names.
  public var calendars: [(venue: String, calendar: String)]

  /// The tables the whole program knows; another one is a mistyped name.
  public static let tables = [
    "account", "calendar", "orders", "risk", "run", "strategy", "venue",
  ]
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
    calendars = try Self.calendars(tables["calendar"] ?? [])
  }

  /// The calendar by which a run's days end and its figures are annualised: `run.calendar`; else the venues'
  /// if they all keep one; `24/7` where they keep several, since one of them is always open. Nil if nothing
  /// is said.
  public static func runCalendar(_ items: ConfigurationItems) throws(ConfigurationError)
    -> TradingCalendar?
  {
    if let name = items.items.first(where: { $0.key == "run.calendar" })?.value {
      try checkCalendar(name, key: "run.calendar")
      return TradingCalendar(named: name)
    }
    let names = items.items.filter { $0.key.hasPrefix("calendar.") }.map(\.value)
    guard let first = names.first else { return nil }
    return names.allSatisfy { $0 == first } ? TradingCalendar(named: first) : .always
  }

  private static func calendars(_ items: [ConfigurationItems.Item]) throws(ConfigurationError)
    -> [(venue: String, calendar: String)]
  {
    var calendars: [(venue: String, calendar: String)] = []
    for item in items {
      try checkCalendar(item.value, key: "calendar.\(item.key)")
      calendars.append((item.key, item.value))
    }
    return calendars.sorted { $0.venue < $1.venue }
  }

  /// - Throws: `ConfigurationError` for a name that no calendar has.
  public static func checkCalendar(_ name: String, key: String) throws(ConfigurationError) {
    guard TradingCalendar(named: name) == nil else { return }
    throw ConfigurationError(
      key, "`\(name)` is not a calendar", advice: TradingCalendar.advice(for: name))
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
      let clock: Clock
      do throws(ClockFault) { clock = try Clock(reading: clockText) } catch {
        throw table.error("clock", "`\(clockText)` \(error.what)", advice: error.advice)
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
