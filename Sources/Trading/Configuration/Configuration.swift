import Calendars
import Events

/// A strategy as configured.
public struct StrategyConfiguration: Sendable {
  public var name: String
  public var kind: String
  /// Symbols; `SYMBOL` or `VENUE:SYMBOL`.
  public var instruments: [String]
  public var clock: Clock
  /// How its orders are worked; nil: they are sent as they are.
  public var execution: PlanTemplate?
  /// The exits that its entries get.
  public var bracket: BracketTerms?
  /// The account it trades for.
  public var account: AccountID
  /// What it holds from the start.
  public var openings: [OpeningPosition]
  /// The kind's own parameters.
  public var parameters: Parameters
}

/// The configuration of the core: cash, limits, orders, algorithms, routes and strategies. `venue` belongs
/// to the simulated exchange, `live` to the daemon, `run` to the door; they are left alone here.
public struct Configuration: Sendable {
  /// By account id.
  public var accounts: [AccountConfiguration]
  /// Starting cash of the first account by currency, in ascending order of currency.
  public var cash: [(currency: String, amount: Money)] { accounts[0].cash }
  /// Where the worth of currencies in others is known from: an instrument, or `observed` rates.
  public var rates: [(currency: String, source: String)]
  /// What must be there for instruments, in order of their names.
  public var margins: [MarginRow]
  /// What is charged by the day.
  public var charges: Charges
  public var limits: Limits
  public var orders: OrderRules
  /// In order of their names.
  public var routes: [RouteConfiguration]
  public var strategies: [StrategyConfiguration]
  /// Roots whose contracts are traded as one, in order of their names.
  public var continuous: [ContinuousConfiguration]
  /// The calendars that venues keep, in ascending order of the venues' names.
  public var calendars: [(venue: String, calendar: String)]

  /// The tables the whole program knows; another one is a mistyped name.
  public static let tables = [
    "account", "alerts", "borrow", "calendar", "continuous", "execution", "interest", "live",
    "margin", "orders", "rate", "risk", "route", "run", "strategy", "traces", "venue",
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
    accounts = try AccountConfiguration.all(tables["account"] ?? [])
    limits = try Limits(tables["risk"] ?? [])
    orders = try OrderRules(tables["orders"] ?? [])
    var routes: [RouteConfiguration] = []
    for route in try Self.named("route", tables["route"] ?? []) {
      routes.append(try RouteConfiguration(route.name, route.items))
    }
    self.routes = routes
    var plans: [(name: String, plan: PlanTemplate)] = []
    for plan in try Self.named("execution", tables["execution"] ?? []) {
      var table = Parameters(path: "execution.\(plan.name)", plan.items)
      plans.append((plan.name, try PlanTemplate(&table)))
    }
    strategies = try Self.strategies(tables["strategy"] ?? [], plans, accounts)
    continuous = try ContinuousConfiguration.all(tables["continuous"] ?? [], strategies)
    calendars = try Self.calendars(tables["calendar"] ?? [])
    var margins: [MarginRow] = []
    for row in try Self.named("margin", tables["margin"] ?? []) {
      margins.append(try MarginRow(row.name, row.items))
    }
    self.margins = margins
    charges = try Charges(interest: tables["interest"] ?? [], borrow: tables["borrow"] ?? [])
    rates = try Self.rates(tables["rate"] ?? [])
    try checkSettlement()
    try checkRates()
    try limits.check(
      strategies: strategies.map(\.name), accounts: accounts.map(\.account))
    try limits.settle(cash: accounts.flatMap(\.cash).map(\.currency))
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

  /// Takes tables with names of their own apart: `momo.fast` is `fast` of `momo`.
  static func named(_ table: String, _ items: [ConfigurationItems.Item])
    throws(ConfigurationError) -> [(name: String, items: [ConfigurationItems.Item])]
  {
    var result: [(name: String, items: [ConfigurationItems.Item])] = []
    for item in items {
      guard let dot = item.key.firstIndex(of: "."), dot != item.key.startIndex else {
        let article = table == "execution" ? "an" : "a"
        throw ConfigurationError("\(table).\(item.key)", "is not a table of \(article) \(table)")
      }
      let name = String(item.key[..<dot])
      if result.last?.name != name { result.append((name, [])) }
      result[result.count - 1].items.append(
        ConfigurationItems.Item(
          key: String(item.key[item.key.index(after: dot)...]), value: item.value))
    }
    return result
  }

  private static func strategies(
    _ items: [ConfigurationItems.Item], _ plans: [(name: String, plan: PlanTemplate)],
    _ accounts: [AccountConfiguration]
  ) throws(ConfigurationError) -> [StrategyConfiguration] {
    var result: [StrategyConfiguration] = []
    for strategy in try named("strategy", items) {
      let (openings, items) = try OpeningPosition.split(strategy.items, of: strategy.name)
      var table = Parameters(path: "strategy.\(strategy.name)", items)
      let kind = try table.requiredText("kind")
      let symbols = try table.symbols("instruments")
      let clockText = table.text("clock") ?? "quote"
      let clock: Clock
      do throws(ClockFault) { clock = try Clock(reading: clockText) } catch {
        throw table.error("clock", "`\(clockText)` \(error.what)", advice: error.advice)
      }
      var execution: PlanTemplate?
      if let name = table.text("execution") {
        guard let plan = plans.first(where: { $0.name == name }) else {
          let near = ConfigurationError.nearest(to: name, among: plans.map(\.name))
          throw table.error(
            "execution", "there is no table [execution.\(name)]",
            advice: near.map { "did you mean `\($0)`?" } ?? "add it, with an algorithm")
        }
        execution = plan.plan
      }
      let bracket = try BracketTerms(&table)
      let account = try AccountConfiguration.named(table.text("account"), among: accounts, table)
      result.append(
        StrategyConfiguration(
          name: strategy.name, kind: kind, instruments: symbols, clock: clock,
          execution: execution, bracket: bracket, account: account, openings: openings,
          parameters: table))
    }
    guard result.count <= maxStrategies else {
      throw ConfigurationError("strategy", "has \(result.count) strategies, at most 64 can run")
    }
    return result
  }
}
