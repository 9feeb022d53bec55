import Books
import Events
import Trading

/// Buys with a stop above the high of the last `n` bars, with a profit to take and a loss to stop at `exits`
/// ticks from it.
public struct Breakout: Strategy {
  private let n: Int
  private let exits: Int64
  private let size: Decimal
  private var highs: [Price] = []

  public init(_ parameters: inout Parameters) throws(ConfigurationError) {
    n = Int(try parameters.integer("n", in: 1...100))
    exits = try parameters.integer("exits", in: 1...10_000)
    size = try parameters.positive("size")
  }

  public mutating func onBar(_ bar: Bar, in market: borrowing Market) -> Intent {
    highs.append(bar.high)
    guard highs.count > n else { return .hold }
    highs.removeFirst()
    guard let terms = market.terms(bar.instrument), let high = highs.max(),
      let size = market.quantity(size, of: bar.instrument),
      market.position(bar.instrument).quantity == .zero,
      market.openOrders(bar.instrument).isEmpty
    else { return .hold }
    let entry = Price(high.raw + terms.tickSize.raw)
    let distance = exits * terms.tickSize.raw
    let bracket = OrderList.bracket(
      .stop(bar.instrument, .buy, size, at: entry),
      takeProfit: .limit(bar.instrument, .sell, size, at: Price(entry.raw + distance)),
      stopLoss: .stop(bar.instrument, .sell, size, at: Price(entry.raw - distance)))
    return .list(bracket, because: Reason("high of the last bars", ["bars": Double(n)]))
  }
}
