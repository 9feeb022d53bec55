import Events
import Trading

// The strategies of LEAN's regression runs, from their descriptions in shared/oracles/lean.md.

/// Run 1: puts all into SPY once.
struct BuyOnce: Strategy {
  static let kind = StrategyKind(name: "buy-once", version: "1", type: BuyOnce.self)

  init(_ parameters: inout Parameters) throws(ConfigurationError) {}

  mutating func onBar(_ bar: Bar, in market: borrowing Market) -> Intent {
    guard market.position(bar.instrument).quantity == .zero, market.orders.open.isEmpty else {
      return .hold
    }
    let cash = Double(market.portfolio.ledger["USD"]![.cash].raw) / 1e12
    let price = Double(bar.close.raw) / 1e9
    // A quarter of a per cent is kept free, and the fee has to fit.
    let target = cash * 0.9975
    var quantity = (target / price).rounded(.down)
    func fee(_ quantity: Double) -> Double {
      min(max(1, 0.005 * quantity), 0.005 * quantity * price)
    }
    while quantity * price + fee(quantity) > target - fee(quantity) { quantity -= 1 }
    return .order(
      .market(bar.instrument, .buy, Quantity(Int64(quantity))), because: Reason("invest"))
  }
}

/// Run 2: six limit orders of three lifetimes on the first bar.
struct Lifetimes: Strategy {
  static let kind = StrategyKind(name: "lifetimes", version: "1", type: Lifetimes.self)
  private var isSent = false

  init(_ parameters: inout Parameters) throws(ConfigurationError) {}

  mutating func onBar(_ bar: Bar, in market: borrowing Market) -> Intent {
    guard !isSent else { return .hold }
    isSent = true
    // The close of 2013-10-10 in New York.
    let expiry = Instant(CivilDate(year: 2013, month: 10, day: 10))!.advanced(
      by: 20 * 3_600_000_000_000)
    func limit(_ dollars: Int64, _ force: TimeInForce) -> OrderRequest {
      .limit(bar.instrument, .buy, Quantity(10), at: Price(dollars * 1_000_000_000), force)
    }
    let requests = [
      limit(100, .goodTillCancelled), limit(160, .goodTillCancelled), limit(140, .day),
      limit(180, .day), limit(100, .goodTillDate).until(expiry),
      limit(160, .goodTillDate).until(expiry),
    ]
    return .several(requests.map { .order($0, because: Reason("lifetime")) })
  }
}

/// Run 3: stop-limit orders on a crossing of two averages.
struct StopLimits: Strategy {
  static let kind = StrategyKind(name: "stop-limits", version: "1", type: StopLimits.self)

  /// The mean of the first n, then exponential.
  private struct Average: Codable {
    let n: Int
    var seen = 0
    var value = 0.0

    init(_ n: Int) { self.n = n }

    mutating func push(_ x: Double) {
      seen += 1
      if seen <= n {
        value += x
        if seen == n { value /= Double(n) }
      } else {
        let k = 2 / Double(n + 1)
        value = x * k + value * (1 - k)
      }
    }
  }
  private var fast = Average(30)
  private var slow = Average(60)
  private var hasBought = false
  private var hasSold = false

  init(_ parameters: inout Parameters) throws(ConfigurationError) {}

  private static func price(_ bar: Price, _ factor: Double) -> Price {
    Price(Int64((Double(bar.raw) * factor).rounded(.toNearestOrEven)))
  }

  mutating func onBar(_ bar: Bar, in market: borrowing Market) -> Intent {
    fast.push(Double(bar.close.raw))
    slow.push(Double(bar.close.raw))
    guard slow.seen >= 60 else { return .hold }
    let isUp = fast.value > slow.value * 1.001
    if !hasBought, isUp {
      hasBought = true
      return .order(
        .stop(
          bar.instrument, .buy, Quantity(100), at: Self.price(bar.high, 1.10),
          limit: Self.price(bar.high, 1.11)), because: Reason("up"))
    }
    if market.position(bar.instrument).quantity > .zero, !hasSold, fast.value < slow.value * 1.001 {
      hasSold = true
      return .order(
        .stop(
          bar.instrument, .sell, Quantity(100), at: Self.price(bar.low, 0.99),
          limit: Self.price(bar.low, 0.98)), because: Reason("down"))
    }
    return .hold
  }
}

/// Run 4: a trailing stop to buy, then one to sell.
struct TrailingStops: Strategy {
  static let kind = StrategyKind(name: "trailing-stops", version: "1", type: TrailingStops.self)
  private var hasBought = false
  private var hasSold = false

  init(_ parameters: inout Parameters) throws(ConfigurationError) {}

  mutating func onBar(_ bar: Bar, in market: borrowing Market) -> Intent {
    if !hasBought {
      hasBought = true
      return .order(
        .trailingStop(
          bar.instrument, .buy, Quantity(100), behind: Trail(.price, 2_000_000_000),
          from: Price(bar.close.raw + 2_000_000_000)), because: Reason("enter"))
    }
    guard market.position(bar.instrument).quantity > .zero, !hasSold else { return .hold }
    hasSold = true
    return .order(
      .trailingStop(
        bar.instrument, .sell, Quantity(100), behind: Trail(.price, 500_000_000),
        from: Price(bar.close.raw - 500_000_000)), because: Reason("leave"))
  }
}
