import Events

/// How much equity an account has to have for what it holds.
public enum MarginModel: String, Sendable, CaseIterable {
  /// Nobody asks.
  case exempt = "none"
  /// The shares of Regulation T and FINRA rule 4210, but for what the table says.
  case regT = "reg-t"
  /// The table; what is not in it is paid in full.
  case table
}

/// What of an instrument's value, or how much for a unit, has to be there.
public enum MarginRequirement: Equatable, Sendable {
  /// Of the value, × 10^6.
  case share(Int64)
  /// For a unit of quantity, in the instrument's currency.
  case unit(Money)

  /// Whether it asks for no more than another; of a share and an amount nobody can tell without a price.
  func isAtMost(_ other: Self) -> Bool {
    switch (self, other) {
    case (.share(let a), .share(let b)): a <= b
    case (.unit(let a), .unit(let b)): a <= b
    case (.share, .unit), (.unit, .share): true
    }
  }
}

/// An instrument's row of the margin table: `margin.ESZ3.initial = "12650 USD"`, `margin.BTCUSDT.tiers`.
public struct MarginRow: Equatable, Sendable {
  /// From a value on; shares of the whole value.
  public struct Tier: Equatable, Sendable {
    public var from: Money
    public var initial: Int64
    public var maintenance: Int64
  }

  /// `SYMBOL` or `VENUE:SYMBOL`.
  public var name: String
  public var initial: MarginRequirement
  public var maintenance: MarginRequirement
  /// In order of their values, the first from 0; empty where there are none.
  public var tiers: [Tier]
  /// Of amounts for a unit; nil without any.
  public var currency: String?

  init(_ name: String, _ items: [ConfigurationItems.Item]) throws(ConfigurationError) {
    self.name = name
    var table = Parameters(path: "margin.\(name)", items)
    (initial, maintenance, tiers) = (.share(0), .share(0), [])
    if let text = table.text("tiers") {
      tiers = try Self.tiers(text, table)
    } else {
      var currency: String?
      initial = try Self.requirement("initial", &table, &currency)
      maintenance = try Self.requirement("maintenance", &table, &currency)
      self.currency = currency
      guard maintenance.isAtMost(initial) else {
        throw table.error(
          "maintenance", "is above `initial`",
          advice: "what a position must keep is at most what it takes to open it")
      }
    }
    try table.finish()
  }

  private static func requirement(
    _ key: String, _ table: inout Parameters, _ currency: inout String?
  ) throws(ConfigurationError) -> MarginRequirement {
    let text = try table.requiredText(key)
    var one = Parameters(path: table.path, [ConfigurationItems.Item(key: key, value: text)])
    if text.hasSuffix("%") { return .share(try one.percent(key) ?? 0) }
    guard let (amount, unit) = try one.money(key), amount >= .zero else {
      throw table.error(key, "`\(text)` is below 0")
    }
    guard currency == nil || currency == unit else {
      throw table.error(key, "is in \(unit), what stands before it in \(currency ?? "")")
    }
    currency = unit
    return .unit(amount)
  }

  /// `0: 1 % / 0.5 %, 50000: 2 % / 1 %`
  private static func tiers(_ text: String, _ table: Parameters) throws(ConfigurationError)
    -> [Tier]
  {
    var tiers: [Tier] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let halves = part.split(separator: ":").map { $0.split(separator: " ").joined() }
      let rates = halves.last?.split(separator: "/").map(String.init) ?? []
      guard halves.count == 2, rates.count == 2, let from = Decimal(halves[0]),
        let value = Money.rescaled(Int128(from.mantissa), from: Int(from.scale)),
        let initial = share(rates[0]), let maintenance = share(rates[1]),
        maintenance <= initial, tiers.isEmpty ? value == .zero : value > tiers[tiers.count - 1].from
      else {
        throw table.error(
          "tiers", "`\(text)` is not a list of tiers from 0 upwards, initial / maintenance or less",
          advice: "write \"0: 1 % / 0.5 %, 50000: 2 % / 1 %\"")
      }
      tiers.append(Tier(from: value, initial: initial, maintenance: maintenance))
    }
    return tiers
  }

  private static func share(_ text: String) -> Int64? {
    var one = Parameters(path: "", [ConfigurationItems.Item(key: "x", value: text)])
    return (try? one.percent("x")) ?? nil
  }
}
