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
    (hasPrints, lastTrade) = (true, trade.price)
    if attention == 0 { return }
    if !isTrading { return printAuction(trade, &outbox) }
    if awaitsOpen { openAt(trade.price, within: trade.size, &outbox) }
    if !buys.isEmpty { meet(trade, .buy, &outbox) }
    if !sells.isEmpty { meet(trade, .sell, &outbox) }
    if !conditionals.isEmpty { showPrice(.last, &outbox) }
  }

  private mutating func meet(_ trade: Trade, _ side: Side, _ outbox: inout Outbox) {
    let isTouch = method == .touch
    guard isTouch || method == .book, isTouch || source != .orders || !hasExecutions else {
      return
    }
    hit(trade, side, &outbox)
  }

  /// Fills our resting orders of a side by a trade, from the best price on.
  private mutating func hit(_ trade: Trade, _ side: Side, _ outbox: inout Outbox) {
    let isTouch = method == .touch
    var orders = takeOut(side)
    var budget = trade.size
    var shares = Shares()
    for index in 0..<orders.count {
      let isThrough = orders[index].isBetter(than: trade.price)
      let isHit = orders[index].ticket.price == trade.price && trade.side != side
      // The list is sorted: the others' limits are worse than the trade.
      if !isThrough && !isHit { break }
      if isTouch || isThrough {
        let size = isTouch ? orders[index].remaining : min(budget, orders[index].remaining)
        if size <= .zero { continue }
        let basis = isTouch ? FillBasis(.touch) : queued(.through, orders[index])
        if !isTouch { budget -= size }
        fill(&orders[index], at: orders[index].ticket.price, size, .maker, basis, &outbox)
      } else if case .proRata(_, let minimum) = allocation {
        if shares.isEmpty { shares = self.shares(of: budget, orders, from: index) }
        let size = shares.next(for: orders[index], instrument.lotSize, minimum)
        if size <= .zero { continue }
        fill(&orders[index], at: trade.price, size, .maker, shares.basis, &outbox)
        if orders[index].isSpent { orders[index].reload(behind: orders[index].shown) }
      } else {
        budget -= queueUp(&orders[index], by: budget, &outbox)
      }
    }
    putBack(orders, side)
  }

  /// A trade at an order's price goes through the queue ahead of it and then to the order; an iceberg shows
  /// its next part behind all that is displayed.
  /// - Returns: what of the trade was ours.
  private mutating func queueUp(
    _ order: inout WorkingOrder, by trade: Quantity, _ outbox: inout Outbox
  ) -> Quantity {
    var (left, ours, consumed) = (trade, Quantity.zero, Int64(0))
    let shown = order.shown
    if order.shown != WorkingOrder.unknownQueue { order.shown -= min(order.shown, trade.raw) }
    while left > .zero, !order.isDone {
      let ahead = order.ahead
      let before = min(Quantity(ahead), left)
      // With L3 the orders ahead leave by their own messages.
      if !isExact && order.ahead != WorkingOrder.unknownQueue {
        order.ahead -= before.raw
      }
      left -= before
      consumed += before.raw
      let size = min(left, order.inQueue)
      if size <= .zero { break }
      (left, ours) = (left - size, ours + size)
      let basis = queued(.queue, order, ahead: ahead)
      fill(&order, at: order.ticket.price, size, .maker, basis, &outbox)
      if !order.isSpent { break }
      // What has traded in this print is no longer ahead.
      order.reload(behind: shown == WorkingOrder.unknownQueue ? shown : max(shown - consumed, 0))
    }
    return ours
  }

  /// What pro-rata allocation has to share at the price of the order at `first`.
  private func shares(of trade: Quantity, _ orders: borrowing OrderLadder, from first: Int)
    -> Shares
  {
    let price = orders[first].ticket.price
    let displayed = displayed(orders[first].ticket.side, at: price)
    var all = Int128(displayed?.possible.raw ?? Quantity.limit)
    for index in first..<orders.count where orders[index].ticket.price == price {
      all += Int128(orders[index].inQueue.raw)
    }
    return Shares(trade: trade, all: Quantity(Int64(min(all, Int128(Quantity.limit)))))
  }

  /// The market stands still for a moment: queues are compared with the book, and orders that the other
  /// side has reached are filled.
  mutating func settle(_ outbox: inout Outbox) {
    if usesBars { return }
    if !taken.isEmpty { refreshTaken() }
    if !buys.isEmpty { settle(.buy, &outbox) }
    if !sells.isEmpty { settle(.sell, &outbox) }
    if !isTrading { return }
    if hasPegs { movePegs(&outbox) }
    if hasNews {
      hasNews = false
      if awaitsOpen { openAt(lastTrade, within: nil, &outbox) }
      showPrice(.last, &outbox)
    }
    if awaitsOpen, !hasPrints { openWithoutPrint(&outbox) }
    if !conditionals.isEmpty {
      showPrice(.bidAsk, &outbox)
      showPrice(.mid, &outbox)
    }
  }

  private mutating func settle(_ side: Side, _ outbox: inout Outbox) {
    var orders = takeOut(side)
    for index in 0..<orders.count {
      if orders[index].mustQueue {
        let ids = queue(&orders[index])
        orders.setAhead(ids, of: index)
      } else if !isExact, let shown = displayed(side, at: orders[index].ticket.price) {
        orders[index].learn(shown.possible.raw, queueModel, lot: instrument.lotSize.raw)
      }
      if orders[index].isTop, let best = level(0, of: side)?.price,
        side == .buy ? best > orders[index].ticket.price : best < orders[index].ticket.price
      {
        orders[index].isTop = false
      }
    }
    if isTrading && source != .trades { cross(&orders, side, &outbox) }
    putBack(orders, side)
  }

  /// Fills resting orders of a side that the opposite levels have reached. Where the recorded book is crossed or
  /// locked, what is ahead of an order takes of them first.
  private mutating func cross(
    _ orders: inout OrderLadder, _ side: Side, _ outbox: inout Outbox
  ) {
    let isTouch = method == .touch
    for index in 0..<orders.count {
      var depth = 0
      let queue = orders[index].ahead
      var ahead = Quantity(isTouch || queue == WorkingOrder.unknownQueue ? 0 : queue)
      while !orders[index].isDone, let level = level(depth, of: side.opposite),
        orders[index].reaches(level.price)
      {
        let size = isTouch ? orders[index].remaining : available(level, of: side.opposite)
        let passed = min(ahead, size)
        ahead -= passed
        let filled = min(size - passed, orders[index].remaining)
        if filled > .zero {
          if !isTouch { take(filled, of: level, side.opposite) }
          let basis =
            isTouch ? FillBasis(.touch) : queued(.crossed, orders[index])
          fill(&orders[index], at: orders[index].ticket.price, filled, .maker, basis, &outbox)
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
    if change.action == .execute {
      hasExecutions = true
      note(change)
    }
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

  /// The price of an execution; what waits for it sees it when the venue's event ends.
  private mutating func note(_ execution: OrderChange) {
    var price = execution.price
    if price.isNone, attention > 0 { price = resting(execution)?.price ?? .none }
    if price.isNone { return }
    (hasPrints, lastTrade, hasNews) = (true, price, true)
  }

  /// What is about to happen to a recorded order: if it is ahead of ours, our queue shrinks; if it is
  /// executed behind ours or at a worse price, the execution would have been ours.
  private mutating func follow(_ change: OrderChange, _ outbox: inout Outbox) {
    guard let resting = resting(change), hasResting(resting.side) else { return }
    let side = resting.side
    var budget = Quantity.zero
    if change.action == .execute && isTrading { budget = min(change.size, resting.size) }
    if !isExact, method != .touch {
      // The level is looked at as one: an execution is a trade at its price.
      if budget > .zero {
        let trade = Trade(
          instrument: instrument.id, price: resting.price, size: budget, side: side.opposite)
        hit(trade, side, &outbox)
      }
      return
    }
    var orders = takeOut(side)
    for index in 0..<orders.count {
      let limit = orders[index].ticket.price
      let isThrough = orders[index].isBetter(than: resting.price)
      if !isThrough {
        if limit != resting.price { break }
        let isAhead = orders.follow(change, at: index, size: resting.size, isKnown: resting.isKnown)
        if isAhead && method != .touch { continue }
      }
      let rest = isThrough ? orders[index].remaining : orders[index].inQueue
      let size = method == .touch ? orders[index].remaining : min(budget, rest)
      if budget <= .zero || size <= .zero { continue }
      let basis =
        method == .touch
        ? FillBasis(.touch)
        : queued(isThrough ? .through : .queue, orders[index])
      if method != .touch { budget -= size }
      fill(&orders[index], at: limit, size, .maker, basis, &outbox)
      if orders[index].isSpent {
        orders[index].reload(behind: 0)
        orders[index].mustQueue = true
        orders.setAhead(book.queue(at: limit, side: side).map(\.order).sorted(), of: index)
      }
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

extension WorkingOrder {
  /// Whether all that an iceberg showed was filled and there is more.
  fileprivate var isSpent: Bool { isIceberg && visible == .zero && !isDone }

  /// Shows the next part of an iceberg, behind what is ahead of it now.
  fileprivate mutating func reload(behind size: Int64) {
    visible = min(ticket.terms.display, remaining)
    (ahead, placed) = (size, size)
    isRefilled = true
  }

  /// Learns what is displayed at its price now.
  fileprivate mutating func learn(_ now: Int64, _ model: QueueModel, lot: Int64) {
    if ahead == WorkingOrder.unknownQueue || shown == WorkingOrder.unknownQueue {
      ahead = min(ahead, now)
    } else {
      ahead = model.ahead(ahead, from: shown, to: now, lot: lot)
    }
    shown = now
  }
}

/// A trade that is shared pro rata among those at its price.
private struct Shares {
  /// What is left of it after the top order; and of that what no order of ours had.
  var trade = Quantity.zero
  var free = Quantity.zero
  /// Displayed and ours at the price.
  var all = Quantity.zero
  var isEmpty = true
  /// Why the order asked about last got its part.
  var basis = FillBasis(.proRata)

  init() {}

  init(trade: Quantity, all: Quantity) {
    (self.trade, free, self.all, isEmpty) = (trade, trade, all, false)
  }

  /// What an order gets.
  mutating func next(for order: WorkingOrder, _ lot: Quantity, _ minimum: Int64) -> Quantity {
    let rest = order.inQueue
    if order.isTop {
      let size = min(trade, rest)
      basis = FillBasis(.topOrder, .share(of: trade, among: all))
      trade -= size
      (free, all) = (trade, max(all - rest, .zero))
      return size
    }
    let size = min(
      Allocation.share(trade, of: rest, among: all, lot: lot, minimum: minimum), free)
    free -= size
    basis = FillBasis(.proRata, .share(of: trade, among: all))
    return size
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
