import Books
import Events

/// How a root's contracts are one instrument, `[continuous.ROOT]` (docs/continuous.md).
public struct ContinuousConfiguration: Sendable, Equatable {
  public var root: String
  /// What becomes of positions in a contract that is not in front any more.
  public var positions: ContractRoll.Positions
  public var adjust: ContractRoll.Adjust
  /// Calendar days before its expiry on which a contract is left at the latest; above 0.
  public var days: Int
  /// Of contracts whose definitions do not tell.
  public var expiries: [Expiry]
  /// What strategies trade of it, each name once, in order of the strategies.
  public var names: [ContinuousSymbol]

  public struct Expiry: Sendable, Equatable {
    /// The contract's.
    public var symbol: String
    public var date: CivilDate
  }

  private enum PositionsName: String, CaseIterable { case carry, close, hold }
  private enum AdjustName: String, CaseIterable { case none, difference, ratio }

  /// The last date on which a contract lives; nil if nobody tells.
  public func expiry(of contract: Instrument) -> CivilDate? {
    if contract.expiry != .epoch { return contract.expiry.date }
    return expiries.first { $0.symbol == contract.symbol }?.date
  }

  private init(_ root: String, _ items: [ConfigurationItems.Item], _ names: [ContinuousSymbol])
    throws(ConfigurationError)
  {
    self.root = root
    self.names = names
    var table = Parameters(path: "continuous.\(root)", items)
    let positions: PositionsName = try table.word("roll", default: .carry)
    switch positions {
    case .carry: self.positions = .carry
    case .close: self.positions = .close
    case .hold: self.positions = .hold
    }
    let adjust: AdjustName = try table.word("adjust", default: .difference)
    switch adjust {
    case .none: self.adjust = .none
    case .difference: self.adjust = .difference
    case .ratio: self.adjust = .ratio
    }
    days = Int(try table.integer("days", in: 1...365, default: 1))
    expiries = []
    for item in items where item.key.hasPrefix("expiry.") {
      let text = table.text(item.key) ?? ""
      guard let date = Self.date(text) else {
        throw table.error(item.key, "`\(text)` is not a date", advice: "write \"2013-12-20\"")
      }
      expiries.append(Expiry(symbol: String(item.key.dropFirst("expiry.".count)), date: date))
    }
    try table.finish()
  }

  /// `2013-12-20`
  private static func date(_ text: String) -> CivilDate? {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.map(\.utf8.count) == [4, 2, 2], let year = Int(parts[0]),
      let month = Int(parts[1]), let day = Int(parts[2])
    else { return nil }
    return CivilDate(validating: year, month: month, day: day)
  }

  /// Those that strategies trade, in order of their roots.
  /// - Throws: `ConfigurationError` for a table that no strategy needs, or names that contradict each other.
  static func all(_ items: [ConfigurationItems.Item], _ strategies: [StrategyConfiguration])
    throws(ConfigurationError) -> [ContinuousConfiguration]
  {
    var names: [ContinuousSymbol] = []
    for strategy in strategies {
      let key = "strategy.\(strategy.name).instruments"
      var own: [ContinuousSymbol] = []
      for symbol in strategy.instruments.compactMap({ ContinuousSymbol($0) }) {
        guard symbol.rule == .calendar || symbol.rank == 0 else {
          throw ConfigurationError(
            key, "`\(symbol.symbol)` has no rank that is known",
            advice: "by volume and open interest there is 0 only; \(symbol.root).c.1 is by calendar"
          )
        }
        guard !own.contains(where: { $0.root == symbol.root }) else {
          throw ConfigurationError(
            key, "names two symbols of the root \(symbol.root)",
            advice: "give each a strategy of its own: what is held of one would count for the other"
          )
        }
        own.append(symbol)
        if !names.contains(symbol) { names.append(symbol) }
      }
    }
    var result: [ContinuousConfiguration] = []
    let tables = try Configuration.named("continuous", items)
    for table in tables where !names.contains(where: { $0.root == table.name }) {
      let near = ConfigurationError.nearest(to: table.name, among: names.map(\.root))
      throw ConfigurationError(
        "continuous.\(table.name)", "no strategy trades \(table.name).c.0 or the like",
        advice: near.map { "did you mean `\($0)`?" } ?? "name it in a strategy's instruments")
    }
    for root in Set(names.map(\.root)).sorted() {
      result.append(
        try ContinuousConfiguration(
          root, tables.first { $0.name == root }?.items ?? [], names.filter { $0.root == root }))
    }
    return result
  }
}
