import Books
import Events

extension TradedMarket {
  /// An order that has just been accepted goes to where its kind belongs.
  mutating func enter(_ order: WorkingOrder, _ outbox: inout Outbox) {
    let ticket = order.ticket
    if ticket.timeInForce == .atOpen || ticket.timeInForce == .atClose {
      auction.append(order)
    } else if ticket.type.isConditional {
      enterConditional(order, &outbox)
    } else if ticket.type == .pegged {
      enterPegged(order, &outbox)
    } else {
      enterBook(order, &outbox)
    }
  }

  /// An order meets the market; what is left of it rests, waits or is cancelled.
  mutating func enterBook(_ entering: WorkingOrder, _ outbox: inout Outbox) {
    var order = entering
    switch method {
    case .bar(let price): return enterBars(order, price, &outbox)
    case .lean: return enterLean(order, &outbox)
    case .book, .touch: break
    }
    if order.ticket.type == .marketToLimit {
      order.ticket.type = .limit
      order.ticket.price = level(0, of: order.ticket.side.opposite)?.price ?? .none
    }
    if isTrading {
      if order.ticket.timeInForce == .fillOrKill && !canFill(order) {
        outbox.send(order.ticket.order, .cancelled(.immediate, text: "not fillable in full"))
        return
      }
      sweep(&order, &outbox)
      if order.isDone { return }
    }
    if order.isImmediate {
      outbox.send(order.ticket.order, .cancelled(.immediate, text: ""))
      return
    }
    let ids = queue(&order)
    rest(order, behind: ids)
  }

  mutating func rest(_ order: WorkingOrder, behind ids: [UInt64] = []) {
    if order.ticket.side == .buy {
      buys.insert(order, behind: ids)
    } else {
      sells.insert(order, behind: ids)
    }
  }

  /// Whether a market order would find anything, now or, where bars are traded, at the next one.
  func hasLiquidity(for side: Side) -> Bool {
    usesBars || level(0, of: side.opposite) != nil
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
    guard var own = ownBest(against: order) else { return false }
    if let level {
      let comesFirst =
        order.ticket.side == .buy ? own.ticket.price <= level : own.ticket.price >= level
      if !comesFirst { return false }
    }
    let text = "self-trade prevented"
    let both = min(order.remaining, own.remaining)
    switch selfTrades {
    case .none: return false
    case .cancelNewest: order.withheld += order.remaining
    case .cancelOldest: own.withheld += own.remaining
    case .cancelBoth:
      order.withheld += order.remaining
      own.withheld += own.remaining
    case .decrement:
      order.withheld += both
      own.withheld += both
    }
    if order.isDone { outbox.send(order.ticket.order, .cancelled(.venue, text: text)) }
    if own.isDone {
      remove(own.ticket.order)
      outbox.send(own.ticket.order, .cancelled(.venue, text: text))
    } else if let index = buys.firstIndex(of: own.ticket.order) {
      buys[index].withheld = own.withheld
    } else if let index = sells.firstIndex(of: own.ticket.order) {
      sells[index].withheld = own.withheld
    }
    return true
  }

  /// The best resting order of the same account on the other side that an order's limit reaches.
  private func ownBest(against order: WorkingOrder) -> WorkingOrder? {
    let orders = order.ticket.side == .buy ? sells.orders : buys.orders
    guard let own = orders.first(where: { $0.ticket.account == order.ticket.account }),
      order.allows(own.ticket.price)
    else { return nil }
    return own
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
  /// - Returns: with L3 the orders ahead of it, ascending by id.
  func queue(_ order: inout WorkingOrder) -> [UInt64] {
    let (side, price) = (order.ticket.side, order.ticket.price)
    order.mustQueue = false
    order.ahead = displayed(side, at: price)?.possible.raw ?? WorkingOrder.unknownQueue
    (order.placed, order.shown) = (order.ahead, order.ahead)
    if order.isIceberg { order.visible = min(order.ticket.terms.display, order.remaining) }
    if case .proRata(true, _) = allocation { order.isTop = isBest(side, price) }
    guard isExact, method == .book else { return [] }
    return book.queue(at: price, side: side).map(\.order).sorted()
  }

  /// Whether a price is better than all that rests on a side, recorded and ours.
  func isBest(_ side: Side, _ price: Price) -> Bool {
    let own = (side == .buy ? buys : sells).orders.first?.ticket.price
    return [level(0, of: side)?.price, own].allSatisfy { other in
      guard let other else { return true }
      return side == .buy ? price > other : price < other
    }
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
