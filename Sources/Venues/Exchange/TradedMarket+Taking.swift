import Books
import Events

extension TradedMarket {
  /// An order that has just been accepted meets the market; what is left of it rests, waits or is
  /// cancelled.
  mutating func enter(_ entering: WorkingOrder, _ outbox: inout Outbox) {
    var order = entering
    if case .bar(let price) = method {
      enterBars(order, price, &outbox)
      return
    }
    if order.ticket.timeInForce == .fillOrKill && !canFill(order) {
      outbox.send(order.ticket.order, .cancelled(.immediate, text: "not fillable in full"))
      return
    }
    sweep(&order, &outbox)
    if order.isDone { return }
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

  /// Whether a market order would find anything, now or, in the bar model, at the next bar.
  func hasLiquidity(for side: Side) -> Bool {
    if case .bar = method { return true }
    return level(0, of: side.opposite) != nil
  }

  /// Takes displayed levels from the best on, as far as limit and size go.
  private mutating func sweep(_ order: inout WorkingOrder, _ outbox: inout Outbox) {
    let side = order.ticket.side.opposite
    var depth = 0
    while !order.isDone, let level = level(depth, of: side), order.allows(level.price) {
      let size = min(available(level, of: side), order.remaining)
      if size > .zero { take(size, of: level, side) }
      let fillSize = fillsAtTop(order) ? order.remaining : size
      if fillSize > .zero { fill(&order, at: level.price, fillSize, .taker, &outbox) }
      depth += 1
    }
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
    while missing > .zero, let level = level(depth, of: side), order.allows(level.price) {
      if fillsAtTop(order) { return true }
      missing -= available(level, of: side)
      depth += 1
    }
    return missing <= .zero
  }

  /// Puts an order at the back of the displayed queue at its price.
  /// - Returns: with L3 the orders ahead of it, ascending by id.
  func queue(_ order: inout WorkingOrder) -> [UInt64] {
    order.mustQueue = false
    order.ahead =
      displayed(order.ticket.side, at: order.ticket.price)?.raw ?? WorkingOrder.unknownQueue
    guard source == .orders, method == .book else { return [] }
    return book.queue(at: order.ticket.price, side: order.ticket.side).map(\.order).sorted()
  }
}

extension WorkingOrder {
  /// Whether nothing of it may rest.
  var isImmediate: Bool {
    ticket.type == .market || ticket.timeInForce == .immediateOrCancel
      || ticket.timeInForce == .fillOrKill
  }
}
