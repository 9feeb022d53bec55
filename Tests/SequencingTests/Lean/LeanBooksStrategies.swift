import Events
import Trading

// The strategies of LEAN's regression runs that exercise the books, from their descriptions in
// shared/oracles/lean.md.

/// Run 5: half of the money into SPY once.
struct BuyHalf: Strategy {
  static let kind = StrategyKind(name: "buy-half", version: "1", type: BuyHalf.self)
  private var isSent = false

  init(_ parameters: inout Parameters) throws(ConfigurationError) {}

  mutating func onBar(_ bar: Bar, in market: borrowing Market) -> Intent {
    guard !isSent else { return .hold }
    isSent = true
    let cash = Double(market.portfolio.ledger["USD"]![.cash].raw) / 1e12
    let quantity = (cash * 0.9975 * 0.5 / (Double(bar.close.raw) / 1e4)).rounded(.down)
    return .order(
      .market(bar.instrument, .buy, Quantity(Int64(quantity))), because: Reason("half"))
  }
}

/// Run 6: adds, reduces, turns and closes a position in a future, by the bars of each day.
struct SettledFuture: Strategy {
  static let kind = StrategyKind(name: "settled-future", version: "1", type: SettledFuture.self)
  private var day: Int64 = 0
  private var bars = 0

  init(_ parameters: inout Parameters) throws(ConfigurationError) {}

  mutating func onBar(_ bar: Bar, in market: borrowing Market) -> Intent {
    let today = Int64(market.time.date.day)
    if today != day { (day, bars) = (today, 0) }
    bars += 1
    func order(_ side: Side, _ quantity: Int64) -> Intent {
      .order(.market(bar.instrument, side, Quantity(quantity)), because: Reason("by the plan"))
    }
    switch (today, bars) {
    case (7, 1), (7, 2): return order(.buy, 1)
    case (8, 1), (10, 1): return order(.sell, 1)
    case (9, 1): return order(.sell, 3)
    case (10, 2): return .target(bar.instrument, .zero, because: Reason("the end"))
    default: return .hold
    }
  }
}

/// Run 7: buys the call with the highest strike below the price, sells the next one, and lets both expire.
struct ExpiringSpread: Strategy {
  static let kind = StrategyKind(name: "expiring-spread", version: "1", type: ExpiringSpread.self)

  init(_ parameters: inout Parameters) throws(ConfigurationError) {}

  mutating func onBar(_ bar: Bar, in market: borrowing Market) -> Intent {
    guard bar.side == .none, let stock = market.instrument(bar.instrument), stock.kind == .equity,
      market.orders.open.isEmpty
    else { return .hold }
    var calls: [(strike: Price, id: InstrumentID)] = []
    for case let instrument? in market.instruments {
      guard market.position(instrument.id).quantity == .zero else { return .hold }
      guard let option = instrument.option, option.right == .call,
        instrument.expiry.date == market.time.date, option.strike < bar.close
      else { continue }
      calls.append((option.strike, instrument.id))
    }
    calls.sort { $0.strike > $1.strike }
    guard calls.count > 1 else { return .hold }
    return .several([
      .order(.market(calls[0].id, .buy, Quantity(1)), because: Reason("the first")),
      .order(.market(calls[1].id, .sell, Quantity(1)), because: Reason("the second")),
    ])
  }
}
