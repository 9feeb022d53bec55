import Events
import Trading
import Venues

extension FeeModel {
  /// Reads the fees of a table: schedules by name, and charges by key, which add up.
  /// - Returns: nil if the table says nothing of fees.
  static func read(_ table: inout Parameters) throws(ConfigurationError) -> FeeModel? {
    let isThere = feeKeys.contains { table.has($0) }
    try checkContradictions(table)
    let currency = try currency(table)
    var model = try schedules(&table)
    for part in [
      try byValue(&table), try byTiers(&table), try byUnit(&table), try byOrder(&table),
    ] {
      guard let part else { continue }
      guard let sum = model.adding(part) else {
        throw table.error(
          "fees", "bounds an order's fee twice", advice: "leave out fee_per_unit or a schedule")
      }
      model = sum
    }
    try round(&model, &table)
    model.isTakenFromBase = try table.flag("fee_in_base", default: false)
    if model.isTakenFromBase && model.charges.isEmpty {
      throw table.error("fee_in_base", "has no fee to take", advice: "it goes with taker_fee")
    }
    model.currency = currency
    if let problem = model.problem { throw table.error("fees", problem) }
    return isThere ? model : nil
  }

  private static let feeKeys = [
    "fees", "maker_fee", "taker_fee", "fee_tiers", "fee_per_unit", "fee_minimum", "fee_maximum",
    "fee_per_order", "fee_rounding", "fee_in_base",
  ]

  /// Keys whose values may be amounts.
  public static let amountKeys = [
    "maker_fee", "taker_fee", "fee_per_unit", "fee_minimum", "fee_per_order",
  ]

  /// The currency that all amounts of a table are in; nil if it has none.
  private static func currency(_ table: Parameters) throws(ConfigurationError) -> String? {
    var found: (key: String, currency: String)?
    for key in amountKeys {
      guard let text = table.peek(key), basisPoints(text) == nil else { continue }
      var one = Parameters(path: "", [ConfigurationItems.Item(key: key, value: text)])
      // What is no amount at all is told by whoever reads it.
      guard let amount = try? one.money(key) else { continue }
      if let found, found.currency != amount.1 {
        throw table.error(key, "is in \(amount.1), \(found.key) in \(found.currency)")
      }
      found = found ?? (key, amount.1)
    }
    return found?.currency
  }

  private static func checkContradictions(_ table: Parameters) throws(ConfigurationError) {
    let isByValue = table.has("maker_fee") || table.has("taker_fee")
    if isByValue, table.has("fee_per_unit") {
      throw table.error(
        "fee_per_unit", "cannot stand beside a fee on the value", advice: "keep one of them")
    }
    if isByValue, table.has("fee_tiers") {
      throw table.error(
        "fee_tiers", "cannot stand beside maker_fee or taker_fee",
        advice: "write them as the tier from 0")
    }
    if !table.has("fee_per_unit") {
      for key in ["fee_minimum", "fee_maximum"] where table.has(key) {
        throw table.error(key, "bounds nothing", advice: "it goes with fee_per_unit")
      }
    }
  }

  private static func schedules(_ table: inout Parameters) throws(ConfigurationError) -> FeeModel {
    guard let text = table.text("fees") else { return .none }
    let names = text.split(separator: ",", omittingEmptySubsequences: false).map { name in
      name.split(separator: " ").joined(separator: " ")
    }
    var model = FeeModel.none
    for (index, name) in names.enumerated() {
      guard let schedule = FeeModel.schedules.first(where: { $0.name == name }) else {
        let known = FeeModel.schedules.map(\.name)
        let near = ConfigurationError.nearest(to: name, among: known)
        throw table.error(
          "fees", "`\(name)` is no schedule",
          advice: near.map { "did you mean `\($0)`?" }
            ?? "known are \(known.joined(separator: ", "))")
      }
      if names[..<index].contains(name) { throw table.error("fees", "names \(name) twice") }
      if name == "none", names.count > 1 || chargeKeys.contains(where: { table.has($0) }) {
        throw table.error("fees", "is none, and others stand beside it", advice: "keep one of them")
      }
      guard let sum = model.adding(schedule) else {
        throw table.error("fees", "bounds an order's fee twice", advice: "name one broker")
      }
      model = sum
    }
    return model
  }

  private static let chargeKeys = [
    "maker_fee", "taker_fee", "fee_tiers", "fee_per_unit", "fee_per_order",
  ]

  private static func byValue(_ table: inout Parameters) throws(ConfigurationError) -> FeeModel? {
    let maker = try charge("maker_fee", &table)
    let taker = try charge("taker_fee", &table)
    guard maker != nil || taker != nil else { return nil }
    let zero = FeeCharge.Basis.value(Decimal(mantissa: 0, scale: 0))
    return FeeModel(
      name: "maker-taker",
      charges: [
        FeeCharge(maker ?? zero, liquidity: .maker), FeeCharge(taker ?? zero, liquidity: .taker),
      ])
  }

  private static func byTiers(_ table: inout Parameters) throws(ConfigurationError) -> FeeModel? {
    guard let text = table.text("fee_tiers") else { return nil }
    var tiers: [Tier] = []
    for line in text.split(separator: ",", omittingEmptySubsequences: false) {
      let parts = line.split(separator: ":", omittingEmptySubsequences: false)
      let rates = parts.count == 2 ? parts[1].split(separator: "/") : []
      guard rates.count == 2, let start = Decimal(trimmed(parts[0])), start.mantissa >= 0,
        let from = Money.rescaled(Int128(start.mantissa), from: Int(start.scale)),
        let maker = basisPoints(trimmed(rates[0])), let taker = basisPoints(trimmed(rates[1]))
      else {
        throw table.error(
          "fee_tiers", "`\(trimmed(line))` is not a tier",
          advice: "write \"50000: 0.14 % / 0.24 %\": volume, maker, taker")
      }
      guard tiers.isEmpty ? from == .zero : from > tiers[tiers.count - 1].from else {
        throw table.error("fee_tiers", "do not ascend from 0")
      }
      tiers.append(Tier(from: from, maker: maker, taker: taker))
    }
    return .tiers(tiers)
  }

  private static func byUnit(_ table: inout Parameters) throws(ConfigurationError) -> FeeModel? {
    let unit = try table.money("fee_per_unit")
    let minimum = try table.money("fee_minimum")
    let maximum = try table.percent("fee_maximum")
    guard let unit else { return nil }
    // Fractions × 10^6 of the whole are percent × 10^4.
    return .perUnit(
      amount: unit.0, minimum: minimum?.0 ?? .zero,
      maximumPercent: Decimal(mantissa: maximum ?? 0, scale: 4))
  }

  private static func byOrder(_ table: inout Parameters) throws(ConfigurationError) -> FeeModel? {
    guard let (amount, _) = try table.money("fee_per_order") else { return nil }
    return FeeModel(name: "per order", charges: [FeeCharge(.order(amount, above: .zero))])
  }

  /// `up 2`: how the charges that have no rounding of their own are rounded.
  private static func round(_ model: inout FeeModel, _ table: inout Parameters)
    throws(ConfigurationError)
  {
    guard let text = table.text("fee_rounding") else { return }
    let parts = text.split(separator: " ")
    guard parts.count == 2, let mode = FeeRounding.Mode(rawValue: String(parts[0])),
      let decimals = Int(parts[1]), (0...Money.scale).contains(decimals)
    else {
      throw table.error(
        "fee_rounding", "`\(text)` is not a rounding",
        advice: "write \"nearest 2\", \"up 2\" or \"down 2\": to how many decimals")
    }
    if model.charges.isEmpty { throw table.error("fee_rounding", "rounds nothing") }
    for index in model.charges.indices where model.charges[index].rounding == .exact {
      model.charges[index].rounding = FeeRounding(mode, decimals)
    }
  }

  /// A rate on the traded value, or money per unit.
  private static func charge(_ key: String, _ table: inout Parameters) throws(ConfigurationError)
    -> FeeCharge.Basis?
  {
    guard let text = table.text(key) else { return nil }
    if let rate = basisPoints(text) { return .value(rate) }
    var one = Parameters(path: "", [ConfigurationItems.Item(key: key, value: text)])
    if let amount = try? one.money(key) { return .unit(amount.0) }
    throw table.error(
      key, "`\(text)` is not a rate",
      advice: "write \"0.1 %\" or \"2 bp\" of the value, or \"0.003 USD\" a unit")
  }

  /// `0.1 %` or `2 bp` in basis points.
  static func basisPoints(_ text: String) -> Decimal? {
    let units: [(name: String, factor: Int64)] = [("%", 100), ("bp", 1)]
    for unit in units where text.hasSuffix(unit.name) {
      var digits = text.dropLast(unit.name.count)
      while digits.last == " " { digits.removeLast() }
      guard let rate = Decimal(String(digits)) else { break }
      let (product, overflow) = rate.mantissa.multipliedReportingOverflow(by: unit.factor)
      if !overflow { return Decimal(mantissa: product, scale: rate.scale) }
    }
    return nil
  }
}

/// Without spaces around.
func trimmed(_ text: Substring) -> String {
  text.split(separator: " ").joined(separator: " ")
}
