import Events

/// The last bars of trades, bids and asks, each with the time of its end.
struct LastBars: BitwiseCopyable {
  private var trades: (bar: Bar, end: Instant)?
  private var bids: (bar: Bar, end: Instant)?
  private var asks: (bar: Bar, end: Instant)?

  /// - Parameter side: as in `Bar`.
  subscript(side: Side) -> (bar: Bar, end: Instant)? {
    switch side {
    case .none: trades
    case .buy: bids
    case .sell: asks
    }
  }

  /// Keeps a bar; false if it cannot be one.
  mutating func note(_ bar: Bar, end: Instant) -> Bool {
    guard bar.interval > 0, bar.low <= bar.open, bar.open <= bar.high, !bar.low.isNone else {
      return false
    }
    switch bar.side {
    case .none: trades = (bar, end)
    case .buy: bids = (bar, end)
    case .sell: asks = (bar, end)
    }
    return true
  }
}

// The bar model: orders meet bars that begin after they were sent.
extension TradedMarket {
  /// An accepted order in the bar model.
  mutating func enterBars(
    _ entering: WorkingOrder, _ price: FillModel.MarketOrderPrice, _ outbox: inout Outbox
  ) {
    var order = entering
    guard order.isImmediate else {
      rest(order)
      return
    }
    if order.ticket.type == .market, price == .lastClose,
      let last = lastBars[barSide(of: order)],
      outbox.now.since(last.end) <= last.bar.interval
    {
      fill(&order, at: last.bar.close, order.remaining, .taker, &outbox)
      return
    }
    waiting.append(order)
  }

  /// Bars that came while nothing of ours was in the market, stored apart on the hot path.
  mutating func show(_ bars: LastBars) {
    if source < .bars { source = .bars }
    lastBars = bars
  }

  mutating func apply(_ bar: Bar, end: Instant, _ outbox: inout Outbox) {
    guard lastBars.note(bar, end: end) else { return }
    if source < .bars { source = .bars }
    guard attention > 0, isTrading else { return }
    let start = end.advanced(by: -bar.interval)
    fillWaiting(bar, start: start, &outbox)
    guard case .bar = method else { return }
    for side in [Side.buy, .sell] where hasResting(side) {
      var orders = takeOut(side)
      for index in 0..<orders.count {
        let order = orders[index]
        guard barSide(of: order) == bar.side, start >= order.sent,
          let price = bar.price(of: order.ticket)
        else { continue }
        let liquidity: Fill.Liquidity = order.allows(bar.open) ? .taker : .maker
        fill(&orders[index], at: price, order.remaining, liquidity, &outbox)
      }
      putBack(orders, side)
    }
  }

  /// Orders that waited for the open of a bar.
  private mutating func fillWaiting(_ bar: Bar, start: Instant, _ outbox: inout Outbox) {
    if waiting.isEmpty { return }
    var still: [WorkingOrder] = []
    for var order in waiting {
      guard barSide(of: order) == bar.side, start >= order.sent else {
        still.append(order)
        continue
      }
      if order.allows(bar.open) {
        fill(&order, at: bar.open, order.remaining, .taker, &outbox)
      } else {
        outbox.send(order.ticket.order, .cancelled(.immediate, text: "open beyond the limit"))
      }
    }
    waiting = still
  }

  /// Which bars an order meets: limits trade bars, market orders those of the opposite side, and either
  /// the other kind where the first has never come.
  private func barSide(of order: WorkingOrder) -> Side {
    let opposite = order.ticket.side.opposite
    let hasTrades = lastBars[.none] != nil
    let hasOpposite = lastBars[opposite] != nil
    if order.isImmediate { return hasOpposite ? opposite : .none }
    return hasTrades || !hasOpposite ? .none : opposite
  }
}

extension Bar {
  /// What a resting limit order pays in the bar, or nil if the bar does not go beyond its limit.
  fileprivate func price(of ticket: OrderTicket) -> Price? {
    if ticket.side == .buy { return low < ticket.price ? min(open, ticket.price) : nil }
    return high > ticket.price ? max(open, ticket.price) : nil
  }
}
