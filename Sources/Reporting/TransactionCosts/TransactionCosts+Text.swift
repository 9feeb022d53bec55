import Events
import Foundation

extension TransactionCosts {
  /// A parent in `report.json` under `executions`: see docs/statistics.md.
  public struct Execution: Codable, Equatable, Sendable {
    /// A part of the costs.
    public struct Cost: Codable, Equatable, Sendable {
      public var money: String
      @OrNull public var basisPoints: Double?
    }
    public var order: String
    public var strategy: String
    public var algorithm: String
    public var leg: Int
    public var instrument: String
    public var side: String
    public var quantity: String
    public var filled: String
    public var children: Int
    public var fills: Int
    public var start: String
    @OrNull public var end: String?
    public var outcome: String
    public var currency: String
    @OrNull public var decisionPrice: String?
    @OrNull public var arrivalPrice: String?
    @OrNull public var endPrice: String?
    @OrNull public var averagePrice: Double?
    @OrNull public var marketVwap: Double?
    public var marketVolume: String
    @OrNull public var vwapSlippage: Double?
    @OrNull public var participation: Double?
    @OrNull public var delay: Cost?
    @OrNull public var drift: Cost?
    @OrNull public var impact: Cost?
    @OrNull public var fees: Cost?
    @OrNull public var opportunity: Cost?
    @OrNull public var shortfall: Cost?
    /// By currency.
    public var otherFees: [String: String]
    public var undefined: [String: String]
  }

  /// The parents for `report.json`.
  /// - Parameter strategies: names, by id.
  public func executions(strategies: [String] = []) -> [Execution] {
    parents.map { Execution($0, strategies) }
  }

  /// The table's headings.
  public static let headings = [
    "order", "algorithm", "side", "instrument", "filled", "average", "vwap bp", "delay bp",
    "drift bp", "impact bp", "fees bp", "missed bp", "shortfall bp", "shortfall",
  ]

  /// The parents as rows of a table under `headings`; what is unknown is `–`.
  public var rows: [[String]] {
    parents.map { costs in
      let parts = costs.parts
      func points(_ amount: Money?) -> String { text(amount.flatMap(costs.basisPoints)) }
      return [
        costs.leg == 1 ? "\(costs.order)" : "\(costs.order) (2nd leg)", costs.algorithm.name,
        costs.side.name, costs.instrument.symbol,
        "\(costs.instrument.text(costs.filled)) of \(costs.instrument.text(costs.quantity))",
        text(costs.averagePrice, digits: Int(costs.instrument.priceScale) + 2),
        text(costs.slippage), points(parts?.delay), points(parts?.drift), points(parts?.impact),
        points(parts?.fees), points(parts?.opportunity), points(parts?.total),
        parts.map { "\($0.total.shortText) \(costs.instrument.currency)" } ?? "–",
      ]
    }
  }

  private func text(_ value: Double?, digits: Int = 2) -> String {
    value.map { String(format: "%.\(digits)f", $0) } ?? "–"
  }
}

extension TransactionCosts.Execution {
  init(_ costs: ParentCosts, _ strategies: [String]) {
    let instrument = costs.instrument
    order = "\(costs.order)"
    strategy =
      costs.strategy.index < strategies.count
      ? strategies[costs.strategy.index] : "strategy \(costs.strategy.raw)"
    algorithm = costs.algorithm.name
    leg = costs.leg
    self.instrument = instrument.symbol
    side = costs.side.name
    quantity = instrument.text(costs.quantity)
    filled = instrument.text(costs.filled)
    children = costs.children
    fills = costs.fills
    start = costs.start.text
    end = costs.end?.text
    outcome = costs.outcome?.name ?? "open"
    currency = instrument.currency
    decisionPrice = costs.decisionMid?.text(of: instrument)
    arrivalPrice = costs.arrivalMid?.text(of: instrument)
    endPrice = costs.endMid?.text(of: instrument)
    averagePrice = costs.averagePrice
    marketVwap = costs.marketAverage
    marketVolume = instrument.text(costs.marketVolume)
    vwapSlippage = costs.slippage
    participation = costs.participation
    func cost(_ amount: Money) -> Cost {
      Cost(money: amount.shortText, basisPoints: costs.basisPoints(amount))
    }
    delay = (costs.parts?.delay).map(cost)
    drift = (costs.parts?.drift).map(cost)
    impact = (costs.parts?.impact).map(cost)
    fees = (costs.parts?.fees).map(cost)
    opportunity = (costs.parts?.opportunity).map(cost)
    shortfall = (costs.parts?.total).map(cost)
    otherFees = [:]
    for fee in costs.otherFees { otherFees[fee.currency] = fee.amount.shortText }
    undefined = costs.problem.map { ["shortfall": $0] } ?? [:]
    if costs.filled == .zero { undefined["average_price"] = "nothing was filled" }
    if costs.marketVolume == .zero { undefined["market_vwap"] = "the market did not trade" }
  }
}
