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

  public init() {
    general = InstrumentLimits()
    special = []
  }

  /// Reads the table `risk`:
  /// `order.max_quantity`, `order.max_notional`, `order.price_collar`, `order.max_rate`,
  /// `position.max_quantity`, and `instrument.SYMBOL.` before the first three and the last.
  init(_ items: [ConfigurationItems.Item]) throws(ConfigurationError) {
    let own = items.filter { !$0.key.hasPrefix("instrument.") }
    var table = Parameters(path: "risk", own)
    general = try InstrumentLimits(&table)
    if let text = table.text("order.max_rate") {
      guard text.hasSuffix("/s"), let rate = Int(text.dropLast(2)), rate > 0, rate <= 1_000_000
      else {
        throw table.error("order.max_rate", "`\(text)` is not a rate", advice: "write \"100/s\"")
      }
      maxRate = rate
    }
    try table.finish()
    special = []
    var rest = items.filter { $0.key.hasPrefix("instrument.") }.map { item in
      ConfigurationItems.Item(
        key: String(item.key.dropFirst("instrument.".count)), value: item.value)
    }[...]
    while let first = rest.first {
      let symbol = String(first.key.prefix { $0 != "." })
      let own = rest.prefix { $0.key.hasPrefix(symbol + ".") }
      guard !own.isEmpty else {
        throw ConfigurationError("risk.instrument.\(first.key)", "is not a table of limits")
      }
      rest = rest.dropFirst(own.count)
      var table = Parameters(
        path: "risk.instrument.\(symbol)",
        own.map {
          ConfigurationItems.Item(key: String($0.key.dropFirst(symbol.count + 1)), value: $0.value)
        })
      special.append((symbol, try InstrumentLimits(&table)))
      try table.finish()
    }
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

  init() {}

  init(_ table: inout Parameters) throws(ConfigurationError) {
    maxOrderQuantity = try Self.quantity("order.max_quantity", &table)
    if let (amount, currency) = try table.money("order.max_notional") {
      guard amount > .zero else { throw table.error("order.max_notional", "is not above 0") }
      maxOrderNotional = amount
      notionalCurrency = currency
    }
    maxPosition = try Self.quantity("position.max_quantity", &table)
    collar = try table.percent("order.price_collar")
  }

  private static func quantity(_ key: String, _ table: inout Parameters) throws(ConfigurationError)
    -> Decimal?
  {
    guard let value = try table.decimal(key) else { return nil }
    guard value.mantissa >= 0 else { throw table.error(key, "`\(value)` is below 0") }
    return value
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
