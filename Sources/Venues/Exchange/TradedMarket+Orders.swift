import Books
import Events

// Our resting orders as recorded orders come and go (L3).
extension TradedMarket {
  mutating func apply(_ change: OrderChange, _ outbox: inout Outbox) {
    if source < .orders {
      source = .orders
      noteAll()
    }
    if change.action == .execute {
      hasExecutions = true
      note(change)
    }
    if isIdle {
      _ = book.apply(change)
      return
    }
    switch change.action {
    case .add: break
    case .clear: requeue(change.side)
    case .modify, .cancel, .delete, .execute: follow(change, &outbox)
    }
    if !taken.isEmpty { shrinkTaken(by: change) }
    if !taken.isEmpty || !isExact { noteLevels(of: change) }
    _ = book.apply(change)
    if change.marks.contains(.last) { settle(&outbox) }
  }

  /// What is about to leave of the recorded orders that ours took: we took those that stood first, and what one
  /// of them loses is first what we left of it.
  private mutating func shrinkTaken(by change: OrderChange) {
    guard change.action != .add, change.action != .clear, let order = recorded(change) else {
      return
    }
    let took = taken.size(order.side, at: order.price)
    if took <= .zero { return }
    // Anonymous size stands first.
    let ahead = order.isKnown ? book.position(of: change.order)?.sizeAhead ?? .zero : .zero
    let ours = min(max(took - ahead, .zero), order.size)
    if ours > .zero {
      let stays = min(ours, left(of: order, after: change))
      taken.shrink(order.side, at: order.price, by: ours - stays)
    }
  }

  /// What is left in its place of a recorded order after a change; a modified one may lose its place.
  private func left(
    of order: (side: Side, price: Price, size: Quantity, isKnown: Bool), after change: OrderChange
  ) -> Quantity {
    switch change.action {
    case .cancel, .execute: max(order.size - max(change.size, .zero), .zero)
    case .delete:
      order.isKnown || change.size <= .zero ? .zero : max(order.size - change.size, .zero)
    case .modify:
      (change.price.isNone || change.price == order.price)
        && (change.side == .none || change.side == order.side) && change.size <= order.size
        ? max(change.size, .zero) : .zero
    case .add, .clear: order.size
    }
  }

  /// Where a change of an order changes the size at a price.
  private mutating func noteLevels(of change: OrderChange) {
    if change.action == .clear { return taken.noteAll() }
    var side = change.side
    if let known = book.position(of: change.order) {
      note(known.side, at: known.price)
      if side == .none { side = known.side }
    }
    if side != .none, !change.price.isNone { note(side, at: change.price) }
  }

  /// The price of an execution; what waits for it sees it when the venue's event ends.
  private mutating func note(_ execution: OrderChange) {
    var price = execution.price
    if price.isNone, !isIdle { price = recorded(execution)?.price ?? .none }
    if price.isNone { return }
    (hasPrints, lastTrade, hasNews) = (true, price, true)
  }

  /// What is about to happen to a recorded order: if it is ahead of ours, our queue shrinks; if it is
  /// executed behind ours or at a worse price, the execution would have been ours.
  private mutating func follow(_ change: OrderChange, _ outbox: inout Outbox) {
    guard let recorded = recorded(change), !resting.isEmpty(recorded.side) else { return }
    let side = recorded.side
    var budget = Quantity.zero
    if change.action == .execute && isTrading { budget = min(change.size, recorded.size) }
    if !isExact, method != .touch {
      // The level is looked at as one: an execution is a trade at its price.
      if budget > .zero {
        let trade = Trade(
          instrument: instrument.id, price: recorded.price, size: budget, side: side.opposite)
        hit(trade, side, &outbox)
      }
      return
    }
    var cursor = resting.start(side)
    if budget <= .zero {
      // Only those behind it are concerned.
      guard let behind = resting.start(side, at: recorded.price) else { return }
      cursor = behind
    }
    while let place = resting.next(&cursor) {
      let limit = resting[place].ticket.price
      let isThrough = resting[place].isBetter(than: recorded.price)
      if !isThrough {
        if limit != recorded.price { break }
        let isAhead = resting.follow(
          change, at: place, size: recorded.size, left: left(of: recorded, after: change),
          isKnown: recorded.isKnown)
        if isAhead && method != .touch { continue }
      }
      let rest = isThrough ? resting[place].remaining : resting[place].inQueue
      let size = method == .touch ? resting[place].remaining : min(budget, rest)
      if budget <= .zero || size <= .zero { continue }
      let basis =
        method == .touch
        ? FillBasis(.touch)
        : queued(isThrough ? .through : .queue, at: place)
      if method != .touch { budget -= size }
      fill(resting: place, at: limit, size, basis, &outbox)
      if resting[place].isSpent {
        resting[place].reload(behind: 0)
        resting.requeue(place, behind: book.queue(at: limit, side: side).map(\.order).sorted())
      }
      resting.release(place)
    }
    resting.requeueRefilled()
  }

  /// The recorded order that a change is about; of an unknown one, the anonymous size at its price.
  private func recorded(_ change: OrderChange)
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

extension RestingOrders {
  /// A recorded order at the price of ours changes; if it is ahead of ours, our queue shrinks.
  /// - Returns: whether it is ahead.
  fileprivate mutating func follow(
    _ change: OrderChange, at place: Int, size: Quantity, left: Quantity, isKnown: Bool
  ) -> Bool {
    // Anonymous size is older than known orders; it is ahead as long as anything is.
    let index = placeAhead(of: change.order, at: place)
    guard isKnown ? index != nil : self[place].ahead > 0 else { return false }
    if self[place].ahead != WorkingOrder.unknownQueue {
      self[place].ahead = max(self[place].ahead - (size - left).raw, 0)
    }
    if left == .zero, let index { removeAhead(index, at: place) }
    return true
  }
}
