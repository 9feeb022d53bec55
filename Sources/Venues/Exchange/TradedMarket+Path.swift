import Events

// Several orders in one bar: which of them is reached first follows from the path that the prices are
// supposed to have taken (`BarPath`). A stop in the way is triggered at the stop and traded there; one that
// the bar opens beyond is triggered and traded at the open.
extension TradedMarket {
  /// An order that the path reaches.
  private enum Reached {
    case conditional(Int)
    case resting(Int)
  }

  /// Lets our orders meet a bar along its path.
  mutating func walk(_ bar: Bar, start: Instant, _ outbox: inout Outbox) {
    let turns = barPath.turns(of: bar)
    for leg in 0..<turns.count {
      var from = leg == 0 ? bar.open : turns[leg - 1]
      while let (reached, price) = first(from, turns[leg], bar, start) {
        from = price
        switch reached {
        case .conditional(let index):
          trigger(index, at: price, bar, isOpen: leg == 0, &outbox)
        case .resting(let place):
          meet(place, at: price, bar, isOpen: leg == 0, &outbox)
        }
      }
      for index in conditionals.indices where isMet(conditionals[index], bar, start) {
        if conditionals[index].ticket.type.isTrailing { conditionals[index].follow(turns[leg]) }
      }
    }
  }

  /// Whether an order meets the bar: it was sent before, goes by bars of this kind, and no order that it is
  /// linked with has filled in this bar. That both would is what the path is there to decide.
  private func isMet(_ order: WorkingOrder, _ bar: Bar, _ start: Instant) -> Bool {
    if start < order.sent || filledLists.forbid(order) { return false }
    guard order.ticket.type.isConditional else { return barSide(of: order) == bar.side }
    switch source(of: order) {
    case .standard, .last: return restingBarSide(of: order) == bar.side
    case .bidAsk: return bar.side == order.ticket.side.opposite
    case .mid, .mark: return false
    }
  }

  /// The first order that the way from one price to another reaches, and where. Of those reached at one
  /// price conditional orders come first, then by age.
  private func first(
    _ from: Price, _ to: Price, _ bar: Bar, _ start: Instant
  ) -> (Reached, Price)? {
    var best: (reached: Reached, price: Price)?
    func consider(_ reached: Reached, _ price: Price?) {
      guard let price else { return }
      if let known = best, from.distance(to: price) >= from.distance(to: known.price) { return }
      best = (reached, price)
    }
    for index in conditionals.indices where isMet(conditionals[index], bar, start) {
      consider(.conditional(index), conditionals[index].reached(from, to))
    }
    if allowances[Int(bar.side.rawValue)] <= .zero { return best.map { ($0.reached, $0.price) } }
    for side in [Side.buy, .sell] {
      var cursor = resting.start(side)
      while let place = resting.next(&cursor) {
        if !isMet(resting[place], bar, start) { continue }
        consider(.resting(place), resting[place].passed(from, to))
      }
    }
    return best.map { ($0.reached, $0.price) }
  }

  /// A conditional order is reached: it becomes active and trades at once where it can.
  private mutating func trigger(
    _ index: Int, at price: Price, _ bar: Bar, isOpen: Bool, _ outbox: inout Outbox
  ) {
    var order = conditionals.remove(at: index)
    outbox.send(order.ticket.order, .triggered(price: price))
    order.activate(tick: instrument.tickSize.raw)
    if let text = objectionNow(to: order) {
      outbox.send(order.ticket.order, .cancelled(.venue, text: text))
      return
    }
    guard order.allows(price) else {
      if order.isImmediate {
        outbox.send(order.ticket.order, .cancelled(.immediate, text: ""))
      } else {
        rest(order)
      }
      return
    }
    let rule: FillBasis.Rule = isOpen && price == bar.open ? .barOpen : .barPath
    fillAtBar(&order, price, bar.side, rule, &outbox)
    if !order.isDone { settleRest(order, at: price, &outbox) }
  }

  /// A resting limit is reached.
  private mutating func meet(
    _ place: Int, at price: Price, _ bar: Bar, isOpen: Bool, _ outbox: inout Outbox
  ) {
    let isPostOnly = resting[place].ticket.terms.isPostOnly
    let isTaker = isOpen && resting[place].allows(bar.open) && !isPostOnly
    fillAtBar(
      resting: place, isPostOnly ? resting[place].ticket.price : price, bar.side,
      isTaker ? .barOpen : .barPath, &outbox, as: isTaker ? .taker : .maker)
  }
}

extension WorkingOrder {
  /// Where the way from one price to another meets the condition, or nil.
  fileprivate func reached(_ from: Price, _ to: Price) -> Price? {
    let stop = ticket.terms.stop
    if stop.isNone { return nil }
    if isReached(by: from) { return from }
    return isReached(by: to) ? stop : nil
  }

  /// Where the way goes beyond the limit, or nil: a touch alone does not fill.
  fileprivate func passed(_ from: Price, _ to: Price) -> Price? {
    if isBetter(than: from) { return from }
    return isBetter(than: to) ? ticket.price : nil
  }
}
