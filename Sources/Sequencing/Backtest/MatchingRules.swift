import Trading
import Venues

/// The keys of `venue` that say how orders are matched; they hold for all venues.
struct MatchingRules {
  private let queue: QueueModel
  private let allocation: Allocation
  private let selfTrades: SelfTradePrevention
  private let barPath: BarPath
  /// Share of a bar's volume, × 10^6; 0 for no bound.
  private let participation: Int64

  private static let queues: [(String, QueueModel)] = [
    QueueModel.exact, .riskAverse, .power(exponent: 1), .power(exponent: 2), .power(exponent: 3),
    .logarithmic,
  ].map { ($0.description, $0) }
  private static let allocations: [(String, Allocation)] = [
    ("price-time", .priceTime), ("pro-rata", .proRata(top: false, minimum: 1)), ("cme", .cme),
  ]

  /// Takes `queue`, `allocation`, `self_trades`, `bar_path` and `participation`.
  init(_ table: inout Parameters) throws(ConfigurationError) {
    queue = try Self.choice("queue", among: Self.queues, &table)
    allocation = try Self.choice("allocation", among: Self.allocations, &table)
    selfTrades = try Self.choice(
      "self_trades", among: SelfTradePrevention.allCases.map { ($0.description, $0) }, &table)
    barPath = try Self.choice(
      "bar_path", among: BarPath.allCases.map { ($0.description, $0) }, &table)
    let share = try table.percent("participation")
    participation = share ?? 0
    guard share == nil || participation > 0 else {
      throw table.error(
        "participation", "is 0 %, so nothing would fill", advice: "leave it out for no bound")
    }
    guard participation <= 1_000_000 else {
      throw table.error("participation", "is above 100 %")
    }
  }

  /// The value of a name; the first without the key.
  private static func choice<Value>(
    _ key: String, among choices: [(String, Value)], _ table: inout Parameters
  ) throws(ConfigurationError) -> Value {
    guard let text = table.text(key) else { return choices[0].1 }
    guard let choice = choices.first(where: { $0.0 == text }) else {
      let names = choices.map(\.0)
      let near = ConfigurationError.nearest(to: text, among: names)
      throw table.error(
        key, "`\(text)` is none of \(names.joined(separator: ", "))",
        advice: near.map { "did you mean `\($0)`?" } ?? "")
    }
    return choice.1
  }

  func put(into configuration: inout ExchangeConfiguration) {
    configuration.queue = queue
    configuration.allocation = allocation
    configuration.selfTrades = selfTrades
    configuration.barPath = barPath
    configuration.participation = participation
  }
}
