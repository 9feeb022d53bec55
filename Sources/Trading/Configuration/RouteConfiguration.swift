import Events

/// Instruments that are one market, `[route.NAME]`, and what the router goes by.
public struct RouteConfiguration: Sendable, Equatable {
  public var name: String
  /// `SYMBOL` or `VENUE:SYMBOL`.
  public var instruments: [String]
  public var router: Router
  /// Currency of the costs and fees; nil if there are none.
  public var currency: String?
  /// How often a quantity is routed at most.
  public var rounds: UInt16
  /// What is known of a venue.
  public struct Venue: Sendable, Equatable {
    public var name: String
    public var fee: Router.Fee
    public var latency: Int64
  }
  /// In order of names; a venue that is not there costs nothing and answers at once.
  public var venues: [Venue]

  init(_ name: String, _ items: [ConfigurationItems.Item]) throws(ConfigurationError) {
    self.name = name
    var table = Parameters(path: "route.\(name)", items)
    instruments = try table.symbols("instruments")
    guard instruments.count > 1 else {
      throw table.error("instruments", "names one only", advice: "a route needs two or more")
    }
    var currency: String?
    var router = Router()
    router.latencyCost = try Self.cost("latency_cost", &table, &currency)
    router.missCost = try Self.cost("miss_cost", &table, &currency)
    rounds = UInt16(try table.integer("rounds", in: 1...100, default: 1))
    let names = Set(
      items.compactMap { item -> String? in
        let parts = item.key.split(separator: ".", maxSplits: 1)
        return parts.count == 2 && (parts[0] == "fee" || parts[0] == "latency")
          ? String(parts[1]) : nil
      }
    ).sorted()
    venues = []
    for name in names {
      venues.append(
        Venue(
          name: name, fee: try Self.fee("fee.\(name)", &table, &currency),
          latency: try table.duration("latency.\(name)", default: 0)))
    }
    try table.finish()
    self.router = router
    self.currency = currency
  }

  /// Whether an instrument is one of them.
  public func names(_ instrument: Instrument) -> Bool {
    instruments.contains(where: instrument.names.contains)
  }

  /// Why instruments that it names cannot be one market, or nil.
  public func problem(of own: [Instrument]) -> String? {
    guard let first = own.first else { return nil }
    if let problem = Router.problem(of: own) { return problem }
    guard let currency, currency != first.currency else { return nil }
    return "the costs are in \(currency), \(first.symbol) trades in \(first.currency)"
  }

  private static func cost(
    _ key: String, _ table: inout Parameters, _ currency: inout String?
  ) throws(ConfigurationError) -> Int64 {
    guard let (amount, unit) = try table.money(key) else { return 0 }
    guard currency == nil || currency == unit else {
      throw table.error(key, "is in \(unit), what stands before it in \(currency ?? "")")
    }
    currency = unit
    guard let raw = Int64(exactly: amount.raw) else { throw table.error(key, "is out of range") }
    return raw
  }

  private static func fee(
    _ key: String, _ table: inout Parameters, _ currency: inout String?
  ) throws(ConfigurationError) -> Router.Fee {
    guard let text = table.text(key) else { return .perUnit(0) }
    let units: [(name: String, factor: Int128)] = [("%", 10_000_000), ("bp", 100_000)]
    for unit in units where text.hasSuffix(unit.name) {
      var digits = text.dropLast(unit.name.count)
      while digits.last == " " { digits.removeLast() }
      guard let rate = Decimal(String(digits)),
        let share = Int64(exactly: Int128(rate.mantissa) * unit.factor / power(Int(rate.scale)))
      else { throw table.error(key, "`\(text)` is not a rate", advice: "write \"2 bp\"") }
      return .perValue(share)
    }
    var one = Parameters(path: table.path, [ConfigurationItems.Item(key: key, value: text)])
    return .perUnit(try cost(key, &one, &currency))
  }
}
