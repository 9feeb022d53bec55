import Events
import Trading

/// Buys after `n` rising bars, worked by VWAP over `duration`, with a profit to take and a loss to stop at
/// `exits` ticks from the last close.
public struct Climb: Strategy {
  private let n: Int
  private let exits: Int64
  private let duration: Int64
  private let size: Decimal
  private var rising = 0
  private var last = Price.none

  public init(_ parameters: inout Parameters) throws(ConfigurationError) {
    n = Int(try parameters.integer("n", in: 1...100))
    exits = try parameters.integer("exits", in: 1...1_000_000)
    duration = try parameters.duration("duration", default: 30_000_000_000)
    size = try parameters.positive("size")
  }

  public mutating func onBar(_ bar: Bar, in market: borrowing Market) -> Intent {
    rising = !last.isNone && bar.close > last ? rising + 1 : 0
    last = bar.close
    let id = bar.instrument
    guard rising >= n, let tick = market.terms(id)?.tickSize.raw,
      let size = market.quantity(size, of: id), market.committed(id) == .zero,
      market.openOrders(id).isEmpty
    else { return .hold }
    let base = bar.close.raw / tick * tick
    let entry = OrderList.bracket(
      .market(id, .buy, size),
      takeProfit: .limit(id, .sell, size, at: Price(base + exits * tick)),
      stopLoss: .stop(id, .sell, size, at: Price(base - exits * tick)))
    let weights: [Int64] = [2, 1, 1, 2]
    let plan = ExecutionPlan(
      .vwap, start: market.time, end: market.time.advanced(by: duration),
      values: weights.enumerated().map {
        Reason.Value("curve.\($0 + 1)", Decimal(mantissa: $1, scale: 0))
      })
    return .list(
      entry.executed(by: plan), because: Reason("rising bars", ["count": Double(rising)]))
  }
}
