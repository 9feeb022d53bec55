import Books
import Events

// Orders that wait for a price: stops, if-touched and trailing orders (docs/orders.md, Conditions).
extension TradedMarket {
  /// Which price a conditional order looks at: where nothing is said the last trade, or bid and ask where
  /// there has been none.
  func source(of order: WorkingOrder) -> TriggerSource {
    let source = order.ticket.terms.trigger
    if source != .standard { return source }
    return hasPrints ? .last : .bidAsk
  }

  /// The price of now that an order of a side looks at, or `none`.
  func price(_ source: TriggerSource, for side: Side) -> Price {
    switch source {
    case .standard: .none
    case .last: lastTrade
    case .bidAsk: level(0, of: side.opposite)?.price ?? .none
    case .mid: middle
    case .mark: mark
    }
  }

  /// Half way between the best prices, rounded down; `none` if one is absent.
  private var middle: Price {
    guard let bid = level(0, of: .buy)?.price, let ask = level(0, of: .sell)?.price else {
      return .none
    }
    return Price(Int64((Int128(bid.raw) + Int128(ask.raw)) >> 1))
  }

  /// A conditional order that has just been accepted: due at once if the price is there already. Where bars
  /// are traded the next one decides.
  mutating func enterConditional(_ entering: WorkingOrder, _ outbox: inout Outbox) {
    var order = entering
    let now = price(source(of: order), for: order.ticket.side)
    if method == .lean {
      // A trailing stop begins at the last trade.
      if order.ticket.type.isTrailing, !lastTrade.isNone { order.follow(lastTrade) }
    } else if !usesBars, isTrading, !now.isNone, order.isDue(at: now) {
      trigger(order, at: now, &outbox)
      return
    }
    conditionals.append(order)
  }

  /// Shows the orders that look at a source the price of now; those that are due act in the order in which
  /// they came.
  mutating func showPrice(_ source: TriggerSource, _ outbox: inout Outbox) {
    if conditionals.isEmpty || !isTrading || usesBars && source != .mark { return }
    let (buy, sell) = (price(source, for: .buy), price(source, for: .sell))
    var due: [(order: WorkingOrder, price: Price)] = []
    for index in conditionals.indices where self.source(of: conditionals[index]) == source {
      let now = conditionals[index].ticket.side == .buy ? buy : sell
      if !now.isNone, conditionals[index].isDue(at: now) { due.append((conditionals[index], now)) }
    }
    if due.isEmpty { return }
    conditionals.removeAll { order in
      due.contains { $0.order.ticket.order == order.ticket.order }
    }
    for (order, price) in due { trigger(order, at: price, &outbox) }
  }

  /// Reports that an order's condition is met and lets it act.
  private mutating func trigger(
    _ order: WorkingOrder, at price: Price, _ outbox: inout Outbox
  ) {
    outbox.send(order.ticket.order, .triggered(price: price))
    var active = order
    active.activate(tick: instrument.tickSize.raw)
    if let text = objectionNow(to: active) {
      outbox.send(order.ticket.order, .cancelled(.venue, text: text))
    } else {
      enter(&active, &outbox)
    }
  }

  /// Why a triggered order cannot act, or nil: what an incoming order would be rejected for.
  func objectionNow(to order: WorkingOrder) -> String? {
    if order.ticket.type == .limit, let (_, text) = marketObjection(to: order.ticket) {
      return text
    }
    if isShortSaleForbidden(order.ticket) { return "short sales are restricted" }
    return nil
  }
}

extension OrderType {
  var isTrailing: Bool { self == .trailingStop || self == .trailingStopLimit }
}

extension WorkingOrder {
  /// Whether its price is at or below the market: true for sell stops and for buys that are to be touched.
  var waitsBelow: Bool {
    let isTouch = ticket.type == .marketIfTouched || ticket.type == .limitIfTouched
    return isTouch == (ticket.side == .buy)
  }

  /// Whether a price meets the condition.
  func isReached(by price: Price) -> Bool {
    waitsBelow ? price <= ticket.terms.stop : price >= ticket.terms.stop
  }

  /// Whether a price that is seen makes it due; the stop of a trailing order follows one that does not.
  mutating func isDue(at price: Price) -> Bool {
    if !ticket.terms.stop.isNone, isReached(by: price) { return true }
    if ticket.type.isTrailing { follow(price) }
    return false
  }

  /// Draws the stop of a trailing order behind a price, never back.
  mutating func follow(_ price: Price) {
    let stop = trailed(behind: price)
    if ticket.terms.stop.isNone {
      ticket.terms.stop = stop
    } else {
      ticket.terms.stop =
        ticket.side == .buy ? min(ticket.terms.stop, stop) : max(ticket.terms.stop, stop)
    }
  }

  /// The stop that a trail puts behind a price; stops at the ends of the range.
  private func trailed(behind price: Price) -> Price {
    let distance: Int128 =
      switch ticket.terms.trail.unit {
      case .none: 0
      case .price: Int128(ticket.terms.trail.amount)
      case .ppm: Int128(price.raw.magnitude) * Int128(ticket.terms.trail.amount) / 1_000_000
      }
    let stop = Int128(price.raw) + (ticket.side == .buy ? distance : -distance)
    return Price(Int64(max(min(stop, Int128(Price.limit)), -Int128(Price.limit))))
  }

  /// Turns it into what it is once its condition is met: a market or a limit order.
  mutating func activate(tick: Int64) {
    switch ticket.type {
    case .stop, .trailingStop, .marketIfTouched: (ticket.type, ticket.price) = (.market, .none)
    case .stopLimit, .limitIfTouched: ticket.type = .limit
    case .trailingStopLimit:
      ticket.type = .limit
      let offset = ticket.side == .buy ? ticket.terms.limitOffset : -ticket.terms.limitOffset
      // To whole ticks, on the side that fills sooner.
      ticket.price = Price.inTicks(ticket.terms.stop.raw + offset, tick, up: ticket.side == .buy)
    case .none, .market, .limit, .marketToLimit, .pegged: break
    }
  }
}

extension Price {
  /// A number of units in whole ticks, rounded up or down.
  static func inTicks(_ units: Int64, _ tick: Int64, up: Bool) -> Price {
    let rest = units % tick
    let floor = units - (rest < 0 ? rest + tick : rest)
    return Price(up && floor != units ? floor + tick : floor)
  }
}
