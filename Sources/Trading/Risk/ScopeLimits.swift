import Events

/// The limits that a scope has: the firm, an account, a strategy or an instrument; nil means no limit.
public struct ScopeLimits: Sendable, Equatable {
  /// Of the values of positions and open orders, without and with their signs.
  public var maxGross: Money?
  public var maxNet: Money?
  /// Gross exposure over equity, × 10^6.
  public var maxLeverage: Int64?
  /// Value of one instrument over equity, × 10^6.
  public var maxConcentration: Int64?
  public var maxOpen: Int?
  /// Orders and replacements, and cancels, a second.
  public var maxRate: Int?
  public var maxCancelRate: Int?
  /// Orders, replacements and cancels for each fill of a day, × 100, beyond the free ones.
  public var maxMessageRatio: Int64?
  public var freeMessages: Int64 = 0
  public var maxDayLoss: Money?
  public var maxRollingLoss: Money?
  /// Nanoseconds over which the rolling loss counts.
  public var lossWindow: Int64 = 0
  /// Loss from the highest equity of the run, as a share of it, × 10^6.
  public var maxDrawdown: Int64?

  /// Initial margin over equity, × 10^6.
  public var maxMarginUse: Int64?
  /// Which cash has to cover purchases.
  public var cashCover: CashCover?
  /// Whether a rule scales limits by its drawdown.
  var isWatched = false
  /// Of single orders and of positions; of accounts and strategies.
  public var order = InstrumentLimits()

  /// Cash that purchases are held against.
  public enum CashCover: String, Sendable, CaseIterable {
    /// All, with what is to be received and paid.
    case traded
    /// What has settled, less what pending payments need.
    case settled
  }

  /// What a scope is.
  enum Kind {
    case firm
    case account
    case strategy
    case instrument
  }

  init() {}

  /// Takes the keys that a scope of this kind may have. Leverage, concentration and drawdown are shares of
  /// an equity, which only the firm and its accounts have.
  init(_ table: inout Parameters, of kind: Kind, _ base: inout BaseCurrency)
    throws(ConfigurationError)
  {
    maxGross = try base.amount("exposure.max_gross", &table)
    maxNet = try base.amount("exposure.max_net", &table)
    maxOpen = try Self.count("orders.max_open", &table)
    maxDayLoss = try base.amount("loss.max_day", &table)
    maxRollingLoss = try base.amount("loss.max_rolling", &table)
    lossWindow = try table.duration("loss.window", default: 0)
    guard (maxRollingLoss == nil) == (lossWindow == 0) else {
      throw table.error(
        "loss.window", "goes with loss.max_rolling: both or neither", advice: "write \"1h\"")
    }
    if kind == .firm || kind == .account {
      if let leverage = try table.decimal("exposure.max_leverage") {
        guard let raw = Self.scaled(leverage, 6), raw > 0 else {
          throw table.error("exposure.max_leverage", "`\(leverage)` is not above 0")
        }
        maxLeverage = raw
      }
      maxConcentration = try table.percent("exposure.max_concentration")
      maxDrawdown = try table.percent("drawdown.max")
      maxMarginUse = try table.percent("margin.max_use")
      if table.has("cash.cover") {
        cashCover = try table.word("cash.cover") as CashCover
      } else {
        _ = table.text("cash.cover")
      }
    }
    if kind == .account || kind == .strategy { order = try InstrumentLimits(&table) }
    guard kind != .instrument else { return }
    if kind != .firm { maxRate = try Self.rate("order.max_rate", &table) }
    maxCancelRate = try Self.rate("orders.max_cancel_rate", &table)
    if let ratio = try table.decimal("orders.max_message_ratio") {
      guard let raw = Self.scaled(ratio, 2), raw > 0 else {
        throw table.error("orders.max_message_ratio", "`\(ratio)` is not above 0")
      }
      maxMessageRatio = raw
    }
    freeMessages = try table.integer("orders.free_messages", in: 0...1_000_000_000, default: 0)
    guard freeMessages == 0 || maxMessageRatio != nil else {
      throw table.error("orders.free_messages", "means nothing without orders.max_message_ratio")
    }
  }

  /// Whether any limit is there.
  var isUsed: Bool { self != ScopeLimits() }
  /// Whether what positions are worth is needed.
  var needsWealth: Bool {
    maxLeverage != nil || maxConcentration != nil || maxDayLoss != nil || maxRollingLoss != nil
      || maxDrawdown != nil || maxMarginUse != nil || isWatched
  }
  var isShareOfEquity: Bool {
    maxLeverage != nil || maxConcentration != nil || maxDrawdown != nil || maxMarginUse != nil
      || isWatched
  }
  var needsExposure: Bool {
    maxGross != nil || maxNet != nil || maxLeverage != nil || maxConcentration != nil
  }

  private static func count(_ key: String, _ table: inout Parameters) throws(ConfigurationError)
    -> Int?
  {
    guard table.has(key) else {
      _ = table.text(key)
      return nil
    }
    return Int(try table.integer(key, in: 0...1_000_000))
  }

  /// Takes `100/s`.
  static func rate(_ key: String, _ table: inout Parameters) throws(ConfigurationError) -> Int? {
    guard let text = table.text(key) else { return nil }
    guard text.hasSuffix("/s"), let rate = Int(text.dropLast(2)), rate > 0, rate <= 1_000_000
    else { throw table.error(key, "`\(text)` is not a rate", advice: "write \"100/s\"") }
    return rate
  }

  /// A decimal as an integer with `digits` decimals, cut off; nil if it does not fit.
  static func scaled(_ value: Decimal, _ digits: Int) -> Int64? {
    let shift = digits - Int(value.scale)
    let raw =
      shift >= 0
      ? Int128(value.mantissa) * power(shift) : Int128(value.mantissa) / power(-shift)
    return Int64(exactly: raw)
  }
}

/// The currency in which values of several instruments are added up.
struct BaseCurrency: Sendable {
  /// nil as long as no amount said it.
  private(set) var name: String?

  init(_ table: inout Parameters) { name = table.text("currency") }

  /// Takes an amount in the base currency, above 0.
  mutating func amount(_ key: String, _ table: inout Parameters) throws(ConfigurationError)
    -> Money?
  {
    guard let (amount, currency) = try table.money(key) else { return nil }
    guard name == nil || name == currency else {
      throw table.error(
        key, "is in \(currency), but the gate adds up in \(name ?? "")",
        advice: "give it in the one, or set risk.currency")
    }
    guard amount > .zero else { throw table.error(key, "is not above 0") }
    name = currency
    return amount
  }
}

/// Rules of the gate that have no scope of their own.
public struct GateSettings: Sendable {
  /// Who may change limits and release breakers; empty: anybody with a name.
  public var officers: [String] = []
  /// Symbols that nobody may trade.
  public var restricted: [String] = []
  public var needsLocate = false
  public var hasPriceTest = false
  public var needsOwner = false
  /// Nanoseconds within which the same order again is refused.
  public var duplicateWindow: Int64?
  public var refusesSelfMatch = false
  /// How far an order's price may be from the market's of a period ago, × 10^6, and the period.
  public var periodCollar: Int64?
  public var period: Int64 = 0
  /// Nanoseconds between two looks at what everything is worth.
  public var sampling: Int64 = Nanoseconds.second
  /// Whether the use of each limit is recorded with each order.
  public var recordsUse = false

  init() {}

  /// Whether somebody may change limits and release breakers. Of two persons it is the one who approved.
  func mayChange(_ subject: String) -> Bool {
    officers.isEmpty
      ? !subject.isEmpty : officers.contains(FourEyes(subject)?.approver ?? subject)
  }

  init(_ table: inout Parameters) throws(ConfigurationError) {
    officers = try Self.names("officers", &table)
    restricted = try Self.names("restricted", &table)
    needsLocate = try table.flag("short.locate", default: false)
    hasPriceTest = try table.flag("short.price_test", default: false)
    needsOwner = try table.flag("require_owner", default: false)
    if table.has("order.duplicate_window") {
      duplicateWindow = try Self.time("order.duplicate_window", &table)
    } else {
      _ = table.text("order.duplicate_window")
    }
    refusesSelfMatch = try table.flag("order.no_self_match", default: false)
    periodCollar = try table.percent("order.period_collar")
    let hasPeriod = table.has("order.period")
    guard hasPeriod == (periodCollar != nil) else {
      throw table.error("order.period", "goes with order.period_collar: both or neither")
    }
    if hasPeriod {
      period = try Self.time("order.period", &table)
    } else {
      _ = table.text("order.period")
    }
    if table.has("sampling") {
      sampling = try Self.time("sampling", &table)
    } else {
      _ = table.text("sampling")
    }
    recordsUse = try table.flag("record_use", default: false)
  }

  private static func time(_ key: String, _ table: inout Parameters) throws(ConfigurationError)
    -> Int64
  {
    let time = try table.duration(key, default: 0)
    guard time > 0 else { throw table.error(key, "is 0") }
    return time
  }

  static func names(_ key: String, _ table: inout Parameters) throws(ConfigurationError)
    -> [String]
  {
    guard table.has(key) else {
      _ = table.text(key)
      return []
    }
    return try table.symbols(key)
  }

  var isUsed: Bool {
    !restricted.isEmpty || needsLocate || hasPriceTest || needsOwner || duplicateWindow != nil
      || refusesSelfMatch || periodCollar != nil || recordsUse
  }
}

/// What a strategy may trade, and who answers for it.
public struct StrategyPermission: Sendable {
  /// Symbols; nil: all.
  public var permitted: [String]?
  public var restricted: [String]
  /// The person who decides what the strategy does.
  public var owner: String

  init(_ table: inout Parameters) throws(ConfigurationError) {
    permitted = table.has("permitted") ? try table.symbols("permitted") : nil
    if permitted == nil { _ = table.text("permitted") }
    restricted = try GateSettings.names("restricted", &table)
    owner = table.text("owner") ?? ""
  }
}
