import Events

/// The limits of the pre-trade gate; nil means no limit. Quantities are decimals, made integers of the
/// instrument's scale when the instrument is defined.
public struct Limits: Sendable {
  /// For all instruments, in units of each.
  public var general: InstrumentLimits
  /// For single instruments, by symbol, in ascending order; a value here goes before the general one.
  public var special: [(symbol: String, limits: InstrumentLimits)]
  /// Most orders and replacements a second, over all instruments.
  public var maxRate: Int?

  /// Limits of the firm, and of scopes by name, in ascending order of the names.
  public var firm = ScopeLimits()
  public var accounts: [(name: String, limits: ScopeLimits)] = []
  public var strategies: [(name: String, limits: ScopeLimits)] = []
  public var instruments: [(symbol: String, limits: ScopeLimits)] = []
  public var permissions: [(strategy: String, permission: StrategyPermission)] = []
  public var settings = GateSettings()
  /// In ascending order of their names.
  public var breakers: [BreakerRule] = []
  /// In ascending order of their names.
  public var dynamic: [DynamicLimitRule] = []
  public var valueAtRisk: ValueAtRiskSettings?
  /// In ascending order of their names, and the most that the worst of them may cost.
  public var stress: [StressScenario] = []
  public var stressLimit: Money?
  /// The currency in which values are added up; empty if no limit needs it.
  public var currency = ""

  public init() {
    general = InstrumentLimits()
    special = []
  }

  /// Reads the table `risk` (docs/risk.md).
  init(_ items: [ConfigurationItems.Item]) throws(ConfigurationError) {
    let nested = [
      "account.", "breaker.", "dynamic.", "instrument.", "strategy.", "stress.", "var.",
    ]
    let own = items.filter { item in !nested.contains { item.key.hasPrefix($0) } }
    var table = Parameters(path: "risk", own)
    var base = BaseCurrency(&table)
    general = try InstrumentLimits(&table)
    maxRate = try ScopeLimits.rate("order.max_rate", &table)
    firm = try ScopeLimits(&table, of: .firm, &base)
    settings = try GateSettings(&table)
    try table.finish()
    special = []
    for (symbol, var table) in try Self.tables("instrument", items) {
      special.append((symbol, try InstrumentLimits(&table, isSpecial: true)))
      let limits = try ScopeLimits(&table, of: .instrument, &base)
      if limits.isUsed { instruments.append((symbol, limits)) }
      try table.finish()
    }
    for (name, var table) in try Self.tables("account", items) {
      accounts.append((name, try ScopeLimits(&table, of: .account, &base)))
      try table.finish()
    }
    for (name, var table) in try Self.tables("strategy", items) {
      strategies.append((name, try ScopeLimits(&table, of: .strategy, &base)))
      permissions.append((name, try StrategyPermission(&table)))
      try table.finish()
    }
    for (name, var table) in try Self.tables("breaker", items) {
      breakers.append(try BreakerRule(name, &table))
    }
    try takeModels(items, &base)
    for (name, var table) in try Self.tables("dynamic", items) {
      dynamic.append(try DynamicLimitRule(name, &table, &base))
    }
    currency = base.name ?? ""
    try checkBreakers()
    try takeDynamic()
  }

  /// The tables below one: `[risk.strategy.momo]`.
  private static func tables(_ kind: String, _ items: [ConfigurationItems.Item])
    throws(ConfigurationError) -> [(name: String, table: Parameters)]
  {
    var tables: [(name: String, items: [ConfigurationItems.Item])] = []
    for item in items where item.key.hasPrefix(kind + ".") {
      let rest = item.key.dropFirst(kind.count + 1)
      guard let point = rest.firstIndex(of: ".") else {
        throw ConfigurationError("risk.\(item.key)", "is not a table of limits")
      }
      let name = String(rest[..<point])
      if tables.last?.name != name { tables.append((name, [])) }
      tables[tables.count - 1].items.append(
        ConfigurationItems.Item(
          key: String(rest[rest.index(after: point)...]), value: item.value))
    }
    return tables.map { ($0.name, Parameters(path: "risk.\(kind).\($0.name)", $0.items)) }
  }

  /// Reads `var` and `stress`.
  private mutating func takeModels(
    _ items: [ConfigurationItems.Item], _ base: inout BaseCurrency
  ) throws(ConfigurationError) {
    func below(_ prefix: String) -> [ConfigurationItems.Item] {
      items.filter { $0.key.hasPrefix(prefix) }.map {
        ConfigurationItems.Item(key: String($0.key.dropFirst(prefix.count)), value: $0.value)
      }
    }
    let own = below("var.")
    if !own.isEmpty {
      var table = Parameters(path: "risk.var", own)
      valueAtRisk = try ValueAtRiskSettings(&table, &base)
    }
    var general = Parameters(
      path: "risk.stress", below("stress.").filter { !$0.key.contains(".") })
    stressLimit = try base.amount("max", &general)
    try general.finish()
    var scenarios: [(name: String, moves: [(key: String, value: String)])] = []
    for item in below("stress.") {
      guard let point = item.key.firstIndex(of: ".") else { continue }
      let name = String(item.key[..<point])
      if scenarios.last?.name != name { scenarios.append((name, [])) }
      scenarios[scenarios.count - 1].moves.append(
        (String(item.key[item.key.index(after: point)...]), item.value))
    }
    for (name, moves) in scenarios {
      stress.append(try StressScenario(name, moves, path: "risk.stress.\(name)"))
    }
    guard stress.isEmpty == (stressLimit == nil) else {
      throw ConfigurationError(
        "risk.stress.max", stress.isEmpty ? "has no scenario" : "is missing",
        advice: stress.isEmpty ? "add [risk.stress.NAME] with moves" : "write \"50000 USD\"")
    }
  }

  /// Shares of an equity have no currency of their own: it is that of the cash, if that is one.
  mutating func settle(cash: [String]) throws(ConfigurationError) {
    let equities = [firm] + accounts.map(\.limits)
    guard currency.isEmpty, equities.contains(where: \.isShareOfEquity) else { return }
    guard let first = cash.first, cash.allSatisfy({ $0 == first }) else {
      throw ConfigurationError(
        "risk.currency", "is missing: leverage, concentration and drawdown need it",
        advice: "write \"USD\"")
    }
    currency = first
  }

  /// Has the scopes watched that rules go by, and checks that what they scale is there.
  private mutating func takeDynamic() throws(ConfigurationError) {
    for rule in dynamic {
      for key in rule.limits where number(of: key) == nil {
        throw ConfigurationError(
          "risk.dynamic.\(rule.name).limits", "scales risk.\(key.text), which is not there",
          advice: "set that limit, or leave it out")
      }
      guard case .drawdown(let drawdown) = rule.source else { continue }
      let words = drawdown.scope.split(separator: " ", maxSplits: 1).map(String.init)
      switch words[0] {
      case "account": Self.watch(words[1], &accounts)
      case "strategy": Self.watch(words[1], &strategies)
      default: firm.isWatched = true
      }
    }
  }

  private static func watch(_ name: String, _ scopes: inout [(name: String, limits: ScopeLimits)]) {
    if let known = scopes.firstIndex(where: { $0.name == name }) {
      return scopes[known].limits.isWatched = true
    }
    var limits = ScopeLimits()
    limits.isWatched = true
    scopes.insert((name, limits), at: scopes.firstIndex { $0.name > name } ?? scopes.count)
  }

  /// A breaker that watches the use of a limit needs that limit.
  private func checkBreakers() throws(ConfigurationError) {
    for rule in breakers where rule.watch.isOfLimits {
      let scopes =
        rule.strategies.isEmpty
        ? [("", firm)]
        : rule.strategies.map { name in
          ("strategy.\(name).", strategies.first { $0.name == name }?.limits ?? ScopeLimits())
        }
      for (prefix, limits) in scopes {
        let (limit, key) =
          rule.watch == .loss
          ? (limits.maxDayLoss, "loss.max_day") : (limits.maxGross, "exposure.max_gross")
        guard limit == nil else { continue }
        throw ConfigurationError(
          "risk.breaker.\(rule.name).watch", "goes by risk.\(prefix)\(key), which is not there")
      }
    }
  }

  /// Checks that the strategies and accounts that are named are there.
  func check(strategies names: [String], accounts known: [Account]) throws(ConfigurationError) {
    if firm.maxMarginUse != nil, known.allSatisfy({ $0.margin == .exempt }) {
      throw ConfigurationError(
        "risk.margin.max_use", "means nothing: no account has a margin model",
        advice: "write account.margin = \"reg-t\" or \"table\"")
    }
    for rule in dynamic { try rule.check(names, known.map(\.name)) }
    for (name, limits) in accounts {
      guard let account = known.first(where: { $0.name == name }) else {
        let near = ConfigurationError.nearest(to: name, among: known.map(\.name))
        throw ConfigurationError(
          "risk.account.\(name)", "is not an account of this run",
          advice: near.map { "did you mean `\($0)`?" } ?? "there is no [account.\(name)]")
      }
      if limits.maxMarginUse != nil, account.margin == .exempt {
        throw ConfigurationError(
          "risk.account.\(name).margin.max_use", "means nothing: the account has no margin model",
          advice: "give it margin = \"reg-t\" or \"table\"")
      }
    }
    for rule in breakers {
      for name in rule.strategies where !names.contains(name) {
        throw ConfigurationError(
          "risk.breaker.\(rule.name).strategies", "`\(name)` is not a strategy of this run")
      }
    }
    for (name, _) in strategies where !names.contains(name) {
      let near = ConfigurationError.nearest(to: name, among: names)
      throw ConfigurationError(
        "risk.strategy.\(name)", "is not a strategy of this run",
        advice: near.map { "did you mean `\($0)`?" } ?? "there is no [strategy.\(name)]")
    }
  }

  /// Whether the gate has more to do than to look at single orders.
  var needsControls: Bool {
    firm.isUsed || accounts.contains { $0.limits.isUsed }
      || strategies.contains { $0.limits.isUsed }
      || !instruments.isEmpty || !permissions.isEmpty || settings.isUsed || !breakers.isEmpty
      || valueAtRisk != nil || stressLimit != nil || !dynamic.isEmpty
  }
}

/// The limits that apply per instrument.
public struct InstrumentLimits: Sendable, Equatable {
  public var maxOrderQuantity: Decimal?
  /// With the currency it is in; it binds instruments of that currency.
  public var maxOrderNotional: Money?
  public var notionalCurrency = ""
  public var maxPosition: Decimal?
  /// How far beyond the reference price an order may reach, as a fraction × 10^6.
  public var collar: Int64?
  /// How much may be sold short because somebody lends it; only of single instruments.
  public var located: Decimal?

  init() {}

  init(_ table: inout Parameters, isSpecial: Bool = false) throws(ConfigurationError) {
    maxOrderQuantity = try Self.quantity("order.max_quantity", &table)
    if let (amount, currency) = try table.money("order.max_notional") {
      guard amount > .zero else { throw table.error("order.max_notional", "is not above 0") }
      maxOrderNotional = amount
      notionalCurrency = currency
    }
    maxPosition = try Self.quantity("position.max_quantity", &table)
    collar = try table.percent("order.price_collar")
    if isSpecial { located = try Self.quantity("short.located", &table) }
  }

  private static func quantity(_ key: String, _ table: inout Parameters) throws(ConfigurationError)
    -> Decimal?
  {
    guard let value = try table.decimal(key) else { return nil }
    guard value.mantissa >= 0 else { throw table.error(key, "`\(value)` is below 0") }
    return value
  }

  /// A quantity in the integers of an instrument's scale, rounded down.
  static func integer(_ limit: Decimal, _ scale: UInt8) -> Int64 {
    let shift = Int(scale) - Int(limit.scale)
    return Int64(
      clamping: Int128(limit.mantissa) * power(max(0, shift)) / power(max(0, -shift)))
  }

  /// The most an order may be worth, if a limit is in this currency.
  public func maxNotional(in currency: String) -> Money? {
    notionalCurrency == currency ? maxOrderNotional : nil
  }

  /// These limits, with the general ones where these say nothing; the notional, which goes by currency,
  /// apart.
  func over(_ general: InstrumentLimits) -> InstrumentLimits {
    var merged = self
    merged.maxOrderQuantity = maxOrderQuantity ?? general.maxOrderQuantity
    merged.maxPosition = maxPosition ?? general.maxPosition
    merged.collar = collar ?? general.collar
    return merged
  }
}
