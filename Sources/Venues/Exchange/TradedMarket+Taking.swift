import Books
import Events

extension TradedMarket {
  /// An order that has just been accepted goes to where its kind belongs. What is left of `order` means nothing then.
  mutating func enter(_ order: inout WorkingOrder, _ outbox: inout Outbox) {
    if order.ticket.timeInForce == .atOpen || order.ticket.timeInForce == .atClose {
      auction.append(order)
    } else if order.ticket.type.isConditional {
      enterConditional(order, &outbox)
    } else if order.ticket.type == .pegged {
      enterPegged(order, &outbox)
    } else {
      enterBook(&order, &outbox)
    }
  }

  /// An order meets the market; what is left of it rests, waits or is cancelled.
  mutating func enterBook(_ order: inout WorkingOrder, _ outbox: inout Outbox) {
    switch method {
    case .bar(let price): return enterBars(order, price, &outbox)
    case .lean: return enterLean(order, &outbox)
    case .book, .touch: break
    }
    if order.ticket.type == .marketToLimit {
      order.ticket.type = .limit
      order.ticket.price = best(of: order.ticket.side.opposite)
    }
    if isTrading {
      if order.ticket.timeInForce == .fillOrKill && !canFill(order) {
        outbox.send(order.ticket.order, .cancelled(.immediate, text: "not fillable in full"))
        return
      }
      if selfTrades != .none || reachesMarket(order) {
        sweep(&order, &outbox)
        if order.isDone { return }
      }
    }
    if order.isImmediate {
      outbox.send(order.ticket.order, .cancelled(.immediate, text: ""))
      return
    }
    let (side, limit) = (order.ticket.side, order.ticket.price)
    let ids = queue(&order, isFirst: isBest(side, limit))
    rest(order, behind: ids)
  }

  @inline(__always)
  mutating func rest(_ order: WorkingOrder, behind ids: [UInt64] = []) {
    resting.insert(order, behind: ids)
  }

  /// Whether a market order would find anything, now or, where bars are traded, at the next one.
  func hasLiquidity(for side: Side) -> Bool {
    usesBars || level(0, of: side.opposite) != nil
  }

  /// Whether an order's limit allows the best displayed level.
  @inline(__always)
  private func reachesMarket(_ order: borrowing WorkingOrder) -> Bool {
    let best = best(of: order.ticket.side.opposite)
    return !best.isNone && order.allows(best)
  }

  /// Takes displayed levels from the best on, as far as limit, price band and size go.
  private mutating func sweep(_ order: inout WorkingOrder, _ outbox: inout Outbox) {
    let side = order.ticket.side.opposite
    var depth = 0
    while !order.isDone {
      let next = level(depth, of: side)
      if selfTrades != .none, preventSelfTrade(&order, before: next?.price, &outbox) { continue }
      guard let level = next, order.allows(level.price),
        !isBeyondBand(order.ticket.side, level.price)
      else { return }
      let size = min(available(level, of: side), order.remaining)
      if size > .zero { take(size, of: level, side) }
      let fillSize = fillsAtTop(order) ? order.remaining : size
      let basis = FillBasis(fillSize > size ? .top : .level)
      if fillSize > .zero { fill(&order, at: level.price, fillSize, .taker, basis, &outbox) }
      depth += 1
    }
  }

  /// Keeps an order from trading with the best of ours on the other side, if that comes before the next
  /// displayed level; see `SelfTradePrevention`.
  /// - Returns: whether it had to.
  private mutating func preventSelfTrade(
    _ order: inout WorkingOrder, before level: Price?, _ outbox: inout Outbox
  ) -> Bool {
    guard let place = ownBest(against: order) else { return false }
    let own = resting[place].ticket
    if let level, order.ticket.side == .buy ? own.price > level : own.price < level {
      return false
    }
    let text = "self-trade prevented"
    let (incoming, rest) = (order.remaining, resting[place].remaining)
    switch selfTrades {
    case .none: return false
    case .cancelNewest: order.withheld += incoming
    case .cancelOldest: resting[place].withheld += rest
    case .cancelBoth:
      order.withheld += incoming
      resting[place].withheld += rest
    case .decrement:
      order.withheld += min(incoming, rest)
      resting[place].withheld += min(incoming, rest)
    }
    if order.isDone { outbox.send(order.ticket.order, .cancelled(.venue, text: text)) }
    if resting[place].isDone {
      resting.remove(at: place)
      outbox.send(own.order, .cancelled(.venue, text: text))
    }
    return true
  }

  /// Place of the best resting order of the same account on the other side that an order's limit reaches.
  private func ownBest(against order: WorkingOrder) -> Int? {
    var cursor = resting.start(order.ticket.side.opposite)
    while let place = resting.next(&cursor) {
      guard resting[place].ticket.account == order.ticket.account else { continue }
      return order.allows(resting[place].ticket.price) ? place : nil
    }
    return nil
  }

  /// Whether the best level counts as infinitely deep for the order.
  private func fillsAtTop(_ order: WorkingOrder) -> Bool {
    order.ticket.type == .market && source <= .quotes && overflow == .fillAtTop
  }

  /// Whether the displayed sizes within the limit cover the order.
  private func canFill(_ order: WorkingOrder) -> Bool {
    let side = order.ticket.side.opposite
    var depth = 0
    var missing = order.remaining
    if selfTrades != .none, selfTrades != .cancelOldest, ownBest(against: order) != nil {
      return false
    }
    while missing > .zero, let level = level(depth, of: side), order.allows(level.price),
      !isBeyondBand(order.ticket.side, level.price)
    {
      if fillsAtTop(order) { return true }
      missing -= available(level, of: side)
      depth += 1
    }
    return missing <= .zero
  }

  /// Puts an order at the back of the displayed queue at its price.
  /// - Parameter isFirst: whether it betters the market, where that counts.
  /// - Returns: with L3 the orders ahead of it, ascending by id.
  func queue(_ order: inout WorkingOrder, isFirst: @autoclosure () -> Bool) -> [UInt64] {
    let (side, price) = (order.ticket.side, order.ticket.price)
    (order.mustQueue, order.hasJoined) = (false, true)
    order.ahead = displayed(side, at: price)?.possible.raw ?? WorkingOrder.unknownQueue
    (order.placed, order.shown) = (order.ahead, order.ahead)
    if order.isIceberg { order.visible = min(order.ticket.terms.display, order.remaining) }
    if case .proRata(true, _) = allocation { order.isTop = isFirst() }
    guard isExact, method == .book else { return [] }
    return book.queue(at: price, side: side).map(\.order).sorted()
  }

  /// Whether a price is better than all that rests on a side, recorded and ours.
  private func isBest(_ side: Side, _ price: Price) -> Bool {
    guard let own = resting.bestPrice(side) else { return isTop(side, price) }
    return (side == .buy ? price > own : price < own) && isTop(side, price)
  }

  /// Whether a price is better than all recorded ones of a side.
  func isTop(_ side: Side, _ price: Price) -> Bool {
    guard let other = level(0, of: side)?.price else { return true }
    return side == .buy ? price > other : price < other
  }
}

extension Quantity {
  /// What a displayed size counts for: at least nothing, at most what an order can have.
  var possible: Quantity { Quantity(min(max(raw, 0), Quantity.limit)) }
}

extension WorkingOrder {
  /// Whether nothing of it may rest.
  var isImmediate: Bool {
    ticket.type == .market || ticket.timeInForce == .immediateOrCancel
      || ticket.timeInForce == .fillOrKill
  }
}
