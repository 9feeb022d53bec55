import Events
import Trading
import Venues

extension ExchangeConfiguration {
  /// Reads the table `venue` of a configuration:
  /// - `fill_model`: `automatic` (default), `book`, `touch`, `bar-next-open`, `bar-last-close`;
  /// - `overflow`: `fill-at-top` (default), `cancel`;
  /// - `latency` for both ways, or `entry_latency` and `response_latency`; `jitter`;
  /// - `fees`: `none` (default), `us-equity`; or `maker_fee` and `taker_fee` (`0.1 %`, `2 bp`, negative
  ///   for a rebate); or `fee_per_unit` (`0.85 USD`) with `fee_minimum` and `fee_maximum` (`0.5 %`).
  /// - Throws: `ConfigurationError` for an unknown key or a value that does not fit.
  public init(_ items: ConfigurationItems, seed: UInt64) throws(ConfigurationError) {
    let prefix = "venue."
    var table = Parameters(
      path: "venue",
      items.items.filter { $0.key.hasPrefix(prefix) }.map {
        ConfigurationItems.Item(key: String($0.key.dropFirst(prefix.count)), value: $0.value)
      })
    try self.init(&table, seed: seed)
  }

  private init(_ table: inout Parameters, seed: UInt64) throws(ConfigurationError) {
    let model: FillModelName = try table.word("fill_model", default: .automatic)
    let overflow: OverflowName = try table.word("overflow", default: .fillAtTop)
    let latency = try Latency(&table)
    let fees = try FeeModel(&table)
    try table.finish()
    self.init(
      latency: latency, fees: fees, fills: model.model,
      overflow: overflow == .cancel ? .cancel : .fillAtTop, seed: seed)
    if let problem { throw ConfigurationError("venue", problem) }
  }
}

private enum FillModelName: String, CaseIterable {
  case automatic
  case book
  case touch
  case barNextOpen = "bar-next-open"
  case barLastClose = "bar-last-close"

  var model: FillModel {
    switch self {
    case .automatic: .automatic
    case .book: .book
    case .touch: .touch
    case .barNextOpen: .bar(.nextOpen)
    case .barLastClose: .bar(.lastClose)
    }
  }
}

private enum OverflowName: String, CaseIterable {
  case fillAtTop = "fill-at-top"
  case cancel
}

extension Latency {
  fileprivate init(_ table: inout Parameters) throws(ConfigurationError) {
    let isSplit = table.has("entry_latency") || table.has("response_latency")
    if isSplit, table.has("latency") {
      throw table.error(
        "latency", "is given twice", advice: "use it alone, or entry_latency and response_latency")
    }
    let both = try table.duration("latency", default: 0)
    self.init(
      entry: try table.duration("entry_latency", default: both),
      response: try table.duration("response_latency", default: both),
      jitter: try table.duration("jitter", default: 0))
  }
}

extension FeeModel {
  private enum Name: String, CaseIterable {
    case none
    case usEquity = "us-equity"
  }

  fileprivate init(_ table: inout Parameters) throws(ConfigurationError) {
    let kinds = ["fees", "maker_fee", "taker_fee", "fee_per_unit"].filter { table.has($0) }
    let isByValue = kinds.contains("maker_fee") || kinds.contains("taker_fee")
    if kinds.contains("fees"), kinds.count > 1 {
      throw table.error("fees", "cannot stand beside \(kinds[1])", advice: "keep one of them")
    }
    if isByValue, table.has("fee_per_unit") {
      throw table.error(
        "fee_per_unit", "cannot stand beside a fee on the value", advice: "keep one of them")
    }
    let name: Name = try table.word("fees", default: Name.none)
    let maker = try Self.basisPoints("maker_fee", &table)
    let taker = try Self.basisPoints("taker_fee", &table)
    let unit = try table.money("fee_per_unit")
    if unit == nil {
      for key in ["fee_minimum", "fee_maximum"] where table.has(key) {
        throw table.error(key, "bounds nothing", advice: "it goes with fee_per_unit")
      }
    }
    let minimum = try table.money("fee_minimum")
    let maximum = try table.percent("fee_maximum")
    if let unit {
      if let minimum, minimum.1 != unit.1 {
        throw table.error("fee_minimum", "is in \(minimum.1), fee_per_unit in \(unit.1)")
      }
      // Fractions × 10^6 of the whole are percent × 10^4.
      self = .perUnit(
        amount: unit.0, minimum: minimum?.0 ?? .zero,
        maximumPercent: Decimal(mantissa: maximum ?? 0, scale: 4))
    } else if isByValue {
      let zero = Decimal(mantissa: 0, scale: 0)
      self = .perNotional(maker: maker ?? zero, taker: taker ?? zero)
    } else {
      self = name == .usEquity ? .usEquity : .none
    }
  }

  /// A rate on the traded value, `0.1 %` or `2 bp`, in basis points.
  private static func basisPoints(_ key: String, _ table: inout Parameters)
    throws(ConfigurationError) -> Decimal?
  {
    guard let text = table.text(key) else { return nil }
    let units: [(name: String, factor: Int64)] = [("%", 100), ("bp", 1)]
    for unit in units where text.hasSuffix(unit.name) {
      var digits = text.dropLast(unit.name.count)
      while digits.last == " " { digits.removeLast() }
      guard let rate = Decimal(String(digits)) else { break }
      let (product, overflow) = rate.mantissa.multipliedReportingOverflow(by: unit.factor)
      if !overflow { return Decimal(mantissa: product, scale: rate.scale) }
    }
    throw table.error(key, "`\(text)` is not a rate", advice: "write \"0.1 %\" or \"2 bp\"")
  }
}
