import Events
import Trading
import Venues

extension ExchangeConfiguration {
  /// Reads the table `venue` of a configuration. What stands in it itself is general; `venue.NAME` holds
  /// what a venue has instead, `venue.instrument.SYMBOL` what an instrument has. Keys go in groups (latency,
  /// fees, slippage, faults): a table that has one key of a group has nothing of that group from elsewhere.
  ///
  /// docs/simulation.md lists the keys.
  /// - Throws: `ConfigurationError` for an unknown key or a value that does not fit.
  public init(_ items: ConfigurationItems, seed: UInt64) throws(ConfigurationError) {
    var general: [ConfigurationItems.Item] = []
    var instruments: [RuleTable] = []
    var venues: [RuleTable] = []
    for item in items.items where item.key.hasPrefix("venue.") {
      let key = item.key.dropFirst("venue.".count)
      guard let point = key.firstIndex(of: ".") else {
        general.append(ConfigurationItems.Item(key: String(key), value: item.value))
        continue
      }
      let (name, rest) = (key[..<point], key[key.index(after: point)...])
      // Symbols may have points, keys have none.
      if name == "instrument" {
        guard let last = rest.lastIndex(of: ".") else {
          throw ConfigurationError(
            item.key, "is not a known key", advice: "write venue.instrument.SYMBOL.fees")
        }
        let key = String(rest[rest.index(after: last)...])
        instruments.put(item.value, key, named: String(rest[..<last]))
      } else {
        venues.put(item.value, String(rest), named: String(name))
      }
    }
    var table = Parameters(path: "venue", general)
    let matching = try MatchingRules(&table)
    try self.init(
      VenueRules("", &table), venues: Self.venues(venues),
      exceptions: Self.instruments(instruments), seed: seed)
    matching.put(into: &self)
    if let problem { throw ConfigurationError("venue", problem) }
  }

  private init(
    _ general: VenueRules, venues: [VenueRules], exceptions: [InstrumentRules], seed: UInt64
  ) {
    self.init(
      latency: general.latency ?? .zero, fees: general.fees ?? .none,
      fills: general.fills ?? .automatic, overflow: general.overflow ?? .fillAtTop,
      slippage: general.slippage ?? .none, faults: general.faults ?? Faults(), venues: venues,
      exceptions: exceptions, seed: seed)
  }

  private static func venues(_ tables: [RuleTable]) throws(ConfigurationError) -> [VenueRules] {
    var rules: [VenueRules] = []
    for table in tables {
      var parameters = Parameters(path: "venue.\(table.name)", table.items)
      rules.append(try VenueRules(table.name, &parameters))
    }
    return rules
  }

  private static func instruments(_ tables: [RuleTable]) throws(ConfigurationError)
    -> [InstrumentRules]
  {
    var rules: [InstrumentRules] = []
    for table in tables {
      var parameters = Parameters(path: "venue.instrument.\(table.name)", table.items)
      rules.append(
        InstrumentRules(
          table.name, fees: try FeeModel.read(&parameters),
          fills: try FillModelName.read(&parameters), slippage: try Slippage.read(&parameters)))
      try parameters.finish()
    }
    // `SYMBOL` is for all venues: what names a venue goes before it.
    return rules.filter { !$0.instrument.contains(":") }
      + rules.filter { $0.instrument.contains(":") }
  }
}

/// The items of a named table.
private struct RuleTable {
  var name: String
  var items: [ConfigurationItems.Item]
}

extension [RuleTable] {
  fileprivate mutating func put(_ value: String, _ key: String, named name: String) {
    let item = ConfigurationItems.Item(key: key, value: value)
    if let index = firstIndex(where: { $0.name == name }) {
      self[index].items.append(item)
    } else {
      append(RuleTable(name: name, items: [item]))
    }
  }
}

extension VenueRules {
  fileprivate init(_ name: String, _ table: inout Parameters) throws(ConfigurationError) {
    let fills = try FillModelName.read(&table)
    self.init(
      name, latency: try Latency.read(&table), fees: try FeeModel.read(&table), fills: fills,
      overflow: try OverflowName.read(&table),
      slippage: try Slippage.read(&table), faults: try Faults.read(&table))
    if !name.isEmpty { marketData = table.text("market_data") }
    guard marketData != name else { throw table.error("market_data", "is the venue itself") }
    try table.finish()
  }
}

private enum FillModelName: String, CaseIterable {
  case automatic
  case book
  case touch
  case barNextOpen = "bar-next-open"
  case barLastClose = "bar-last-close"
  case lean

  static func read(_ table: inout Parameters) throws(ConfigurationError) -> FillModel? {
    guard table.has("fill_model") else {
      _ = table.text("fill_model")
      return nil
    }
    let name: Self = try table.word("fill_model")
    return name.model
  }

  private var model: FillModel {
    switch self {
    case .automatic: .automatic
    case .book: .book
    case .touch: .touch
    case .barNextOpen: .bar(.nextOpen)
    case .barLastClose: .bar(.lastClose)
    case .lean: .lean
    }
  }
}

private enum OverflowName: String, CaseIterable {
  case fillAtTop = "fill-at-top"
  case cancel

  static func read(_ table: inout Parameters) throws(ConfigurationError) -> Overflow? {
    guard table.has("overflow") else {
      _ = table.text("overflow")
      return nil
    }
    let name: Self = try table.word("overflow")
    return name == .cancel ? .cancel : .fillAtTop
  }
}
