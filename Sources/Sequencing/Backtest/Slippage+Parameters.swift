import Events
import Trading
import Venues

extension Slippage {
  private static let settings = [
    "slippage_impact", "slippage_limit", "slippage_volume", "slippage_coefficient",
    "slippage_volatility",
  ]

  /// - Returns: nil if the table says nothing of slippage.
  static func read(_ table: inout Parameters) throws(ConfigurationError) -> Slippage? {
    let text = table.text("slippage")
    let wanted: [String]
    switch text {
    case "volume-share": wanted = ["slippage_impact", "slippage_limit", "slippage_volume"]
    case "square-root":
      wanted = ["slippage_coefficient", "slippage_volatility", "slippage_volume"]
    default: wanted = []
    }
    for key in settings where table.has(key) && !wanted.contains(key) {
      throw table.error(
        key, "does not go with slippage \(text.map { "`\($0)`" } ?? "none")",
        advice: "volume-share and square-root have such keys")
    }
    let volume = try table.decimal("slippage_volume")
    let impact = try fraction("slippage_impact", default: 100_000_000, &table)
    let limit = try share("slippage_limit", &table) ?? 25_000_000
    let coefficient = try fraction("slippage_coefficient", default: 1_000_000_000, &table)
    let volatility = try share("slippage_volatility", &table)
    guard let text else { return nil }
    let model: Slippage
    switch text {
    case "none": model = .none
    case "volume-share": model = .volumeShare(impact: impact, largest: limit, volume: volume)
    case "square-root":
      guard let volatility, let volume else {
        throw table.error(
          "slippage", "`square-root` needs a day's volatility and volume",
          advice: "write slippage_volatility = \"2 %\" and slippage_volume = 1000000")
      }
      model = .squareRoot(coefficient: coefficient, volatility: volatility, volume: volume)
    default: model = try simple(text, table)
    }
    if let problem = model.problem { throw table.error("slippage", problem) }
    return model
  }

  /// `2 ticks`, `5 bp` or `0.1 %`.
  private static func simple(_ text: String, _ table: Parameters) throws(ConfigurationError)
    -> Slippage
  {
    let parts = text.split(separator: " ")
    if parts.count == 2, parts[1] == "ticks" || parts[1] == "tick", let ticks = Int64(parts[0]) {
      return .ticks(ticks)
    }
    if let rate = FeeModel.basisPoints(text), let share = billionths(rate, of: 100_000) {
      return .share(share)
    }
    throw table.error(
      "slippage", "`\(text)` is no slippage",
      advice: "write none, \"2 ticks\", \"5 bp\", \"0.1 %\", volume-share or square-root")
  }

  private static func share(_ key: String, _ table: inout Parameters) throws(ConfigurationError)
    -> Int64?
  {
    try table.percent(key).map { $0 * 1_000 }
  }

  private static func fraction(_ key: String, default fallback: Int64, _ table: inout Parameters)
    throws(ConfigurationError) -> Int64
  {
    guard let value = try table.decimal(key) else { return fallback }
    guard let share = billionths(value, of: 1_000_000_000) else {
      throw table.error(key, "`\(value)` has more than 9 decimals, or is too large")
    }
    return share
  }

  private static func billionths(_ value: Decimal, of unit: Int64) -> Int64? {
    let product = Int128(value.mantissa) * Int128(unit)
    let (whole, rest) = product.quotientAndRemainder(dividingBy: power(Int(value.scale)))
    return rest == 0 ? Int64(exactly: whole) : nil
  }
}
