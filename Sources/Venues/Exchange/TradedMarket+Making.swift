import Books
import Events

// Our resting orders as the recorded market goes on.
extension TradedMarket {
  mutating func apply(_ change: DepthChange, _ outbox: inout Outbox) {
    if source < .depth {
      source = .depth
      noteAll()
    }
    _ = depth.apply(change)
    if isIdle { return }
    if change.action == .clear {
      requeue(change.side)
      taken.noteAll()
    } else {
      note(change.side, at: change.price)
    }
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
      taken.removeAll()
    }
    (hasPrints, lastTrade) = (true, trade.price)
    if isIdle { return }
    if !isTrading { return printAuction(trade, &outbox) }
    if awaitsOpen { openAt(trade.price, within: trade.size, &outbox) }
    if !resting.isEmpty(.buy) { meet(trade, .buy, &outbox) }
    if !resting.isEmpty(.sell) { meet(trade, .sell, &outbox) }
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
  mutating func hit(_ trade: Trade, _ side: Side, _ outbox: inout Outbox) {
    let isTouch = method == .touch
    var budget = trade.size
    var shares = Shares()
    var cursor = resting.start(side)
    while let place = resting.next(&cursor) {
      let limit = resting[place].ticket.price
      let isThrough = resting[place].isBetter(than: trade.price)
      // The others' limits are worse than the trade.
      if !isThrough && (limit != trade.price || trade.side == side) { break }
      if isTouch || isThrough {
        let rest = resting[place].remaining
        let size = isTouch ? rest : min(budget, rest)
        if size <= .zero { continue }
        let basis = isTouch ? FillBasis(.touch) : queued(.through, at: place)
        if !isTouch { budget -= size }
        fill(resting: place, at: limit, size, basis, &outbox)
        if resting[place].isSpent { resting[place].reload(behind: 0) }
      } else if case .proRata(_, let minimum) = allocation {
        if shares.isEmpty { shares = self.shares(of: budget, side, at: limit) }
        let size = shares.next(for: resting[place], instrument.lotSize, minimum)
        if size <= .zero { continue }
        fill(resting: place, at: limit, size, shares.basis, &outbox)
        if resting[place].isSpent { resting[place].reload(behind: resting[place].shown) }
      } else {
        budget -= queueUp(place, by: budget, &outbox)
      }
      resting.release(place)
    }
    resting.note(side, at: trade.price)
    if resting.hasRefilled, !isTouch, case .priceTime = allocation {
      goOn(budget, at: trade.price, &outbox)
    }
    resting.requeueRefilled()
  }

  /// What a trade's price-time queue left of it goes through all else that is displayed at its price, and then
  /// to the icebergs that showed their next parts: part by part, each behind those shown before.
  private mutating func goOn(_ trade: Quantity, at price: Price, _ outbox: inout Outbox) {
    var line = resting.takeRefilled()
    var (left, next) = (trade.raw, 0)
    for place in line where resting[place].ticket.price == price {
      let behind = resting[place].ahead
      if behind == WorkingOrder.unknownQueue { continue }
      if isExact {
        // The orders ahead leave by their own messages.
        resting.requeue(
          place,
          behind: book.queue(at: price, side: resting[place].ticket.side).map(\.order).sorted())
        left = 0
      } else {
        resting[place].ahead = max(behind - trade.raw, 0)
        left = min(left, trade.raw - min(behind, trade.raw))
      }
    }
    while left > 0, next < line.count {
      let place = line[next]
      guard resting[place].ticket.price == price, resting[place].ahead == 0 else {
        next += 1
        continue
      }
      let size = min(Quantity(left), resting[place].inQueue)
      left -= size.raw
      let placed = resting[place].placed
      fill(
        resting: place, at: price, size, queued(.queue, placed: placed, left: placed), &outbox)
      guard resting[place].isSpent else {
        if resting[place].isDone { line[next] = -1 }
        next += 1
        if resting[place].isDone { resting.remove(at: place) }
        continue
      }
      resting[place].reload(behind: 0)
      line.append(line.remove(at: next))
    }
    resting.refill(line.filter { $0 >= 0 })
  }

  /// A trade at an order's price goes through the queue ahead of it and then to the order; an iceberg shows
  /// its next part behind all that was displayed, ours too: that part's time comes in `goOn`.
  /// - Returns: what of the trade was ours.
  private mutating func queueUp(
    _ place: Int, by trade: Quantity, _ outbox: inout Outbox
  ) -> Quantity {
    let shown = resting[place].shown
    if shown != WorkingOrder.unknownQueue { resting[place].shown -= min(shown, trade.raw) }
    if resting[place].ahead >= trade.raw {
      // It ends in the queue. With L3 the orders ahead leave by their own messages.
      if !isExact, resting[place].ahead != WorkingOrder.unknownQueue {
        resting[place].ahead -= trade.raw
      }
      return .zero
    }
    let ahead = resting[place].ahead
    if !isExact { resting[place].ahead = 0 }
    let size = min(trade - Quantity(ahead), resting[place].inQueue)
    if size <= .zero { return .zero }
    let basis = queued(.queue, placed: resting[place].placed, left: ahead)
    fill(resting: place, at: resting[place].ticket.price, size, basis, &outbox)
    if resting[place].isSpent {
      resting[place].reload(behind: isExact ? 0 : shown)
      // What has traded in this print is no longer ahead.
      if resting[place].placed != WorkingOrder.unknownQueue {
        resting[place].placed = max(resting[place].placed - ahead, 0)
      }
    }
    return size
  }

  /// What pro-rata allocation has to share at a price of ours.
  private func shares(of trade: Quantity, _ side: Side, at price: Price) -> Shares {
    var all = Int128(displayed(side, at: price)?.possible.raw ?? Quantity.limit)
    if var cursor = resting.start(side, at: price) {
      while let place = resting.nextAtPrice(&cursor) { all += Int128(resting[place].inQueue.raw) }
    }
    return Shares(trade: trade, all: Quantity(Int64(min(all, Int128(Quantity.limit)))))
  }

  /// The market stands still for a moment: queues are compared with the book, and orders that the other
  /// side has reached are filled.
  mutating func settle(_ outbox: inout Outbox) {
    if usesBars { return }
    if !taken.isEmpty { refreshTaken() }
    if !resting.isEmpty {
      if source == .quotes { noteBest() }
      let hasChanges = resting.hasChanges
      for side in [Side.buy, .sell] where !resting.isEmpty(side) {
        if hasChanges { learn(side) }
        if case .proRata(true, _) = allocation { loseTop(side) }
        if isTrading && source != .trades { cross(side, &outbox) }
      }
      resting.endChanges()
      resting.requeueRefilled()
    }
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

  /// Quotes show the best prices, and that there is nothing at better ones.
  private mutating func noteBest() {
    for side in [Side.buy, .sell] {
      if let best = level(0, of: side) { resting.note(side, from: best.price) }
    }
  }

  /// Orders at prices where something may have changed learn what is displayed there now.
  private mutating func learn(_ side: Side) {
    var level = Int.max
    while case (var cursor, let price)? = resting.takeChanged(side, below: &level) {
      let shown = isExact ? nil : displayed(side, at: price)?.possible.raw
      while let place = resting.nextAtPrice(&cursor) {
        if resting[place].mustQueue {
          var order = resting[place]
          // One that stood there before does not get ahead by joining anew.
          let mayLead = order.isTop || !order.hasJoined
          let ids = queue(
            &order, isFirst: mayLead && resting.isFirst(place) && isTop(side, price))
          resting.join(place, as: order, behind: ids)
        } else if let shown {
          resting[place].learn(shown, queueModel, lot: instrument.lotSize.raw)
        }
      }
    }
  }

  /// An order that somebody bettered is no longer the top order.
  private mutating func loseTop(_ side: Side) {
    var cursor = resting.start(side)
    while let place = resting.next(&cursor) {
      guard resting[place].isTop, let best = level(0, of: side)?.price else { continue }
      let limit = resting[place].ticket.price
      if side == .buy ? best > limit : best < limit { resting[place].isTop = false }
    }
  }

  /// Fills resting orders of a side that the opposite levels have reached. Where the recorded book is crossed or
  /// locked, what is ahead of an order takes of them first.
  private mutating func cross(_ side: Side, _ outbox: inout Outbox) {
    // Most often the best level does not reach the best of them.
    let best = best(of: side.opposite)
    guard !best.isNone, resting.reaches(best, side) else { return }
    let isTouch = method == .touch
    var cursor = resting.start(side)
    while let place = resting.next(&cursor) {
      let limit = resting[place].ticket.price
      var depth = 0
      let queue = resting[place].ahead
      var ahead = Quantity(isTouch || queue == WorkingOrder.unknownQueue ? 0 : queue)
      while let level = level(depth, of: side.opposite),
        side == .buy ? level.price <= limit : level.price >= limit
      {
        let rest = resting.remaining(at: place)
        if rest <= .zero { break }
        let size = isTouch ? rest : available(level, of: side.opposite)
        let passed = min(ahead, size)
        ahead -= passed
        let filled = min(size - passed, rest)
        if filled > .zero {
          if !isTouch { take(filled, of: level, side.opposite) }
          let basis = isTouch ? FillBasis(.touch) : queued(.crossed, at: place)
          fill(resting: place, at: limit, filled, basis, &outbox)
          if resting[place].isSpent { resting[place].reload(behind: resting[place].shown) }
        }
        depth += 1
      }
      // The others' limits are worse: the best level does not reach them either.
      if depth == 0 { return }
      resting.release(place)
    }
  }

  mutating func requeue(_ side: Side) {
    for own in [Side.buy, .sell] where side == .none || side == own {
      var cursor = resting.start(own)
      while let place = resting.next(&cursor) {
        resting[place].ahead = WorkingOrder.unknownQueue
        resting.requeue(place, behind: [])
      }
    }
  }
}

extension WorkingOrder {
  /// Whether all that an iceberg showed was filled and there is more.
  var isSpent: Bool { isIceberg && visible == .zero && !isDone }

  /// Shows the next part of an iceberg, behind what is ahead of it now.
  mutating func reload(behind size: Int64) {
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
