import Books
import Events

// Our resting orders as the recorded market goes on.
extension TradedMarket {
  mutating func apply(_ change: DepthChange, _ outbox: inout Outbox) {
    if source < .depth { source = .depth }
    _ = depth.apply(change)
    if attention == 0 { return }
    if change.action == .clear { requeue(change.side) }
    if change.marks.contains(.last) { settle(&outbox) }
  }

  /// A trade print: it works through our side of the book from the best price on. Where there are only
  /// trades, its price stands for both best prices.
  mutating func apply(_ trade: Trade, _ outbox: inout Outbox) {
    guard trade.size > .zero, !trade.price.isNone else { return }
    if source <= .trades {
      source = .trades
      quote.bid = trade.price
      quote.ask = trade.price
      quote.bidSize = trade.size
      quote.askSize = trade.size
      taken.removeAll(keepingCapacity: true)
    }
    if attention == 0 || !isTrading { return }
    if !buys.isEmpty { meet(trade, .buy, &outbox) }
    if !sells.isEmpty { meet(trade, .sell, &outbox) }
  }

  private mutating func meet(_ trade: Trade, _ side: Side, _ outbox: inout Outbox) {
    let isTouch = method == .touch
    guard isTouch || method == .book, isTouch || source != .orders || !hasExecutions else {
      return
    }
    var orders = takeOut(side)
    var budget = trade.size
    for index in 0..<orders.count {
      let isThrough = orders[index].isBetter(than: trade.price)
      let isHit = orders[index].ticket.price == trade.price && trade.side != side
      // The list is sorted: the others' limits are worse than the trade.
      if !isThrough && !isHit { break }
      var free = budget
      if isTouch {
        free = orders[index].remaining
      } else if !isThrough {
        let before = min(Quantity(orders[index].ahead), budget)
        // With L3 the orders ahead leave by their own messages.
        if source != .orders && orders[index].ahead != WorkingOrder.unknownQueue {
          orders[index].ahead -= before.raw
        }
        free -= before
      }
      let size = min(free, orders[index].remaining)
      if size <= .zero { continue }
      if !isTouch { budget -= size }
      fill(&orders[index], at: orders[index].ticket.price, size, .maker, &outbox)
    }
    putBack(orders, side)
  }

  /// The market stands still for a moment: queues are compared with the book, and orders that the other
  /// side has reached are filled.
  mutating func settle(_ outbox: inout Outbox) {
    if case .bar = method { return }
    if !taken.isEmpty { refreshTaken() }
    if !buys.isEmpty { settle(.buy, &outbox) }
    if !sells.isEmpty { settle(.sell, &outbox) }
  }

  private mutating func settle(_ side: Side, _ outbox: inout Outbox) {
    var orders = takeOut(side)
    for index in 0..<orders.count {
      if orders[index].mustQueue {
        let ids = queue(&orders[index])
        orders.setAhead(ids, of: index)
      } else if source != .orders,
        let shown = displayed(side, at: orders[index].ticket.price)
      {
        orders[index].ahead = min(orders[index].ahead, shown.raw)
      }
    }
    if isTrading && source != .trades { cross(&orders, side, &outbox) }
    putBack(orders, side)
  }

  /// Fills resting orders of a side that the opposite levels have reached.
  private mutating func cross(
    _ orders: inout OrderLadder, _ side: Side, _ outbox: inout Outbox
  ) {
    let isTouch = method == .touch
    for index in 0..<orders.count {
      var depth = 0
      while !orders[index].isDone, let level = level(depth, of: side.opposite),
        orders[index].reaches(level.price)
      {
        let size = isTouch ? orders[index].remaining : available(level, of: side.opposite)
        let filled = min(size, orders[index].remaining)
        if filled > .zero {
          if !isTouch { take(filled, of: level, side.opposite) }
          fill(&orders[index], at: orders[index].ticket.price, filled, .maker, &outbox)
        }
        depth += 1
      }
      // The others' limits are worse: the best level does not reach them either.
      if depth == 0 { return }
    }
  }

  private mutating func requeue(_ side: Side) {
    for own in [Side.buy, .sell] where side == .none || side == own {
      var orders = takeOut(own)
      for index in 0..<orders.count {
        orders[index].mustQueue = true
        orders[index].ahead = WorkingOrder.unknownQueue
        orders.setAhead([], of: index)
      }
      putBack(orders, own)
    }
  }
}

// MARK: - Order by order

extension TradedMarket {
  mutating func apply(_ change: OrderChange, _ outbox: inout Outbox) {
    if source < .orders { source = .orders }
    if change.action == .execute { hasExecutions = true }
    if attention > 0 {
      switch change.action {
      case .add: break
      case .clear: requeue(change.side)
      case .modify, .cancel, .delete, .execute: follow(change, &outbox)
      }
    }
    _ = book.apply(change)
    if attention > 0 && change.marks.contains(.last) { settle(&outbox) }
  }

  /// What is about to happen to a recorded order: if it is ahead of ours, our queue shrinks; if it is
  /// executed behind ours or at a worse price, the execution would have been ours.
  private mutating func follow(_ change: OrderChange, _ outbox: inout Outbox) {
    guard let resting = resting(change), hasResting(resting.side) else { return }
    let side = resting.side
    var budget = Quantity.zero
    if change.action == .execute && isTrading { budget = min(change.size, resting.size) }
    var orders = takeOut(side)
    for index in 0..<orders.count {
      let limit = orders[index].ticket.price
      let isThrough = orders[index].isBetter(than: resting.price)
      if !isThrough {
        if limit != resting.price { break }
        let isAhead = orders.follow(change, at: index, size: resting.size, isKnown: resting.isKnown)
        if isAhead && method != .touch { continue }
      }
      let reach = method == .touch ? orders[index].remaining : budget
      let size = min(reach, orders[index].remaining)
      if budget <= .zero || size <= .zero { continue }
      if method != .touch { budget -= size }
      fill(&orders[index], at: limit, size, .maker, &outbox)
    }
    putBack(orders, side)
  }

  /// The recorded order that a change is about; of an unknown one, the anonymous size at its price.
  private func resting(_ change: OrderChange)
    -> (side: Side, price: Price, size: Quantity, isKnown: Bool)?
  {
    if let known = book.position(of: change.order) {
      return (known.side, known.price, known.size, true)
    }
    let anonymous = book.anonymousSize(at: change.price, side: change.side)
    guard anonymous > .zero, change.action != .modify else { return nil }
    return (change.side, change.price, anonymous, false)
  }
}

extension OrderLadder {
  /// A recorded order at the price of ours changes; if it is ahead of ours, our queue shrinks.
  /// - Returns: whether it is ahead.
  fileprivate mutating func follow(
    _ change: OrderChange, at index: Int, size: Quantity, isKnown: Bool
  ) -> Bool {
    // Anonymous size is older than known orders; it is ahead as long as anything is.
    let place = placeAhead(of: change.order, at: index)
    let ticket = self[index].ticket
    guard isKnown ? place != nil : self[index].ahead > 0 else { return false }
    var left = Quantity.zero
    switch change.action {
    case .cancel, .execute: left = max(size - max(change.size, .zero), .zero)
    case .modify:
      let staysAhead =
        (change.price.isNone || change.price == ticket.price)
        && (change.side == .none || change.side == ticket.side) && change.size <= size
      left = staysAhead ? max(change.size, .zero) : .zero
    case .delete:
      if !isKnown && change.size > .zero { left = max(size - change.size, .zero) }
    case .add, .clear: break
    }
    if self[index].ahead != WorkingOrder.unknownQueue {
      self[index].ahead = max(self[index].ahead - (size - left).raw, 0)
    }
    if left == .zero, let place { removeAhead(place, at: index) }
    return true
  }
}
