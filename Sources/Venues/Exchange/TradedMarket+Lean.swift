import Events

// LEAN's fill models: `EquityFillModel` for equities, `FillModel` for all else (docs/simulation.md). An order
// meets the bars that end after it was sent, whole, but for `participation`; market orders may trade at once.
extension TradedMarket {
  private var isEquity: Bool { instrument.kind == .equity }

  /// An accepted market or limit order.
  mutating func enterLean(_ entering: WorkingOrder, _ outbox: inout Outbox) {
    var order = entering
    if order.ticket.type == .marketToLimit { order.ticket.type = .market }
    guard order.ticket.type == .market else {
      if order.isImmediate { waiting.append(order) } else { rest(order) }
      return
    }
    let side = quoteSide(of: order)
    let last = lastBars[side]
    if isEquity, let last, last.bar.interval >= Self.day {
      // With daily bars it is a market-on-open order.
      order.ticket.timeInForce = .atOpen
      auction.append(order)
    } else if let last, outbox.now.since(last.end) <= last.bar.interval,
      last.end >= lastBars[.none]?.end ?? last.end
    {
      fillAtBar(&order, last.bar.close, side, .leanMarket, &outbox)
      if !order.isDone { settleRest(order, at: last.bar.close, &outbox) }
    } else {
      // What is older than its own length is not traded at; nor is a quote bar whose successor is still to
      // come at the moment of the last trade bar.
      waiting.append(order)
    }
  }

  /// Our orders meet a bar: first those that wait, then limits, then conditions, each the oldest first.
  mutating func applyLean(_ bar: Bar, end: Instant, _ outbox: inout Outbox) {
    meetWaiting(bar, end: end, &outbox)
    for side in [Side.buy, .sell] {
      var cursor = resting.start(side)
      while let place = resting.next(&cursor) {
        guard end > resting[place].sent, limitSide(of: resting[place]) == bar.side,
          !filledLists.forbid(resting[place]), let price = limitPrice(resting[place], bar)
        else { continue }
        fillAtBar(resting: place, price, bar.side, .leanLimit, &outbox, as: .maker)
      }
    }
    let all = conditionals
    conditionals.removeAll(keepingCapacity: true)
    for var order in all {
      if end > order.sent, !filledLists.forbid(order) { meet(&order, bar, &outbox) }
      if !order.isDone { conditionals.append(order) }
    }
  }

  private mutating func meetWaiting(_ bar: Bar, end: Instant, _ outbox: inout Outbox) {
    let all = waiting
    waiting.removeAll(keepingCapacity: true)
    for var order in all {
      let isMarket = order.ticket.type == .market
      let side = isMarket ? quoteSide(of: order) : limitSide(of: order)
      guard isMarket ? end >= order.sent : end > order.sent, side == bar.side,
        !filledLists.forbid(order)
      else {
        waiting.append(order)
        continue
      }
      let price = isMarket ? bar.close : limitPrice(order, bar)
      let rule: FillBasis.Rule = isMarket ? .leanMarket : .leanLimit
      if let price { fillAtBar(&order, price, side, rule, &outbox) }
      if order.isDone { continue }
      if price != nil || !isMarket { settleRest(order, at: bar.close, &outbox) }
    }
  }

  /// What a resting limit pays in a bar, or nil.
  private func limitPrice(_ order: WorkingOrder, _ bar: Bar) -> Price? {
    let limit = order.ticket.price
    if order.ticket.side == .buy {
      if bar.low >= limit { return nil }
      return isEquity ? min(bar.open, limit) : min(bar.high, limit)
    }
    if bar.high <= limit { return nil }
    return isEquity ? max(bar.open, limit) : max(bar.low, limit)
  }

  /// A conditional order meets a bar.
  private mutating func meet(_ order: inout WorkingOrder, _ bar: Bar, _ outbox: inout Outbox) {
    switch order.ticket.type {
    case .stop: meetStop(&order, bar, &outbox)
    case .trailingStop where quoteSide(of: order) == bar.side:
      meetTrailing(&order, bar, &outbox)
    case .trailingStopLimit where quoteSide(of: order) == bar.side:
      if !order.isTouched {
        // Until it is reached the stop trails; from then on it is a stop-limit order.
        guard touch(&order, order.isReached(by: bar, orEqual: true), &outbox) else {
          order.follow(order.ticket.side == .buy ? bar.low : bar.high)
          return
        }
        var active = order
        active.activate(tick: instrument.tickSize.raw)
        order.ticket.price = active.ticket.price
      }
      meetStopLimit(&order, bar, &outbox)
    case .stopLimit where quoteSide(of: order) == bar.side:
      if touch(&order, order.isReached(by: bar, orEqual: false), &outbox) {
        meetStopLimit(&order, bar, &outbox)
      }
    case .limitIfTouched, .marketIfTouched: meetIfTouched(&order, bar, &outbox)
    default: break
    }
  }

  /// Equities: at the worse of open and stop of the trade bar, also when only touched. Others: at the worse
  /// of close and stop of the quote bar, when passed.
  private mutating func meetStop(_ order: inout WorkingOrder, _ bar: Bar, _ outbox: inout Outbox) {
    let side = isEquity ? restingBarSide(of: order) : quoteSide(of: order)
    guard side == bar.side, order.isReached(by: bar, orEqual: isEquity) else { return }
    execute(
      &order, at: order.worse(isEquity ? bar.open : bar.close, order.ticket.terms.stop), bar,
      &outbox)
  }

  private mutating func meetTrailing(
    _ order: inout WorkingOrder, _ bar: Bar, _ outbox: inout Outbox
  ) {
    if !order.ticket.terms.stop.isNone, order.isReached(by: bar, orEqual: true) {
      execute(&order, at: order.worse(bar.close, order.ticket.terms.stop), bar, &outbox)
    } else {
      order.follow(order.ticket.side == .buy ? bar.low : bar.high)
    }
  }

  /// A triggered stop-limit fills when the bar closes within its limit, at the better of the limit and the
  /// bar's far end.
  private mutating func meetStopLimit(
    _ order: inout WorkingOrder, _ bar: Bar, _ outbox: inout Outbox
  ) {
    let limit = order.ticket.price
    if order.ticket.side == .buy {
      if bar.close < limit {
        fillAtBar(&order, min(bar.high, limit), bar.side, .leanStopLimit, &outbox)
      }
    } else if bar.close > limit {
      fillAtBar(&order, max(bar.low, limit), bar.side, .leanStopLimit, &outbox)
    }
  }

  /// Touched by the trade bar; then at the close of the quote bar, within the limit.
  private mutating func meetIfTouched(
    _ order: inout WorkingOrder, _ bar: Bar, _ outbox: inout Outbox
  ) {
    if restingBarSide(of: order) == bar.side {
      _ = touch(&order, order.isReached(by: bar, orEqual: true), &outbox)
    }
    let side = quoteSide(of: order)
    guard order.isTouched, let last = lastBars[side], last.end == outbox.now,
      order.ticket.type == .marketIfTouched || order.reaches(last.bar.close)
    else { return }
    fillAtBar(&order, last.bar.close, side, .leanIfTouched, &outbox)
  }

  /// Notes and reports that an order's trigger was reached, once.
  /// - Returns: whether it has been.
  private func touch(_ order: inout WorkingOrder, _ isReached: Bool, _ outbox: inout Outbox)
    -> Bool
  {
    if !order.isTouched, isReached {
      order.isTouched = true
      outbox.send(order.ticket.order, .triggered(price: order.ticket.terms.stop))
    }
    return order.isTouched
  }

  /// A stop is triggered and traded.
  private mutating func execute(
    _ order: inout WorkingOrder, at price: Price, _ bar: Bar, _ outbox: inout Outbox
  ) {
    _ = touch(&order, true, &outbox)
    fillAtBar(&order, price, bar.side, .leanStop, &outbox)
  }

  // MARK: - Which bars

  /// The quote bar that an order would take from, or the trade bar where there is none.
  private func quoteSide(of order: WorkingOrder) -> Side {
    let opposite = order.ticket.side.opposite
    return lastBars[opposite] != nil ? opposite : .none
  }

  private func limitSide(of order: WorkingOrder) -> Side {
    isEquity ? restingBarSide(of: order) : quoteSide(of: order)
  }
}

extension WorkingOrder {
  /// Whether a bar meets the condition, by a touch or only by going beyond.
  fileprivate func isReached(by bar: Bar, orEqual: Bool) -> Bool {
    let stop = ticket.terms.stop
    if stop.isNone { return false }
    if waitsBelow { return orEqual ? bar.low <= stop : bar.low < stop }
    return orEqual ? bar.high >= stop : bar.high > stop
  }

  /// The price that is worse for the order.
  fileprivate func worse(_ a: Price, _ b: Price) -> Price {
    ticket.side == .buy ? max(a, b) : min(a, b)
  }
}
