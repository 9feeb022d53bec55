import Books
import Events

/// Prices that an entry brought, lowest and highest: of a trade or a quote one and the same, of a bar its
/// low and its high.
struct SeenPrices: Equatable, BitwiseCopyable {
  var low: Price
  var high: Price

  init(_ price: Price) { (low, high) = (price, price) }
  init(low: Price, high: Price) { (self.low, self.high) = (low, high) }
}

extension OrderTicket {
  /// What a conditional order does when prices are seen that it watches (docs/orders.md, Conditions): whether
  /// it is due, and at which price; the stop of a trailing order that is not due follows the market.
  ///
  /// - Returns: the price that made it due, the stop itself or the first price beyond it; nil if it is not
  ///   due.
  mutating func see(_ prices: SeenPrices) -> Price? {
    let isTrailing = type == .trailingStop || type == .trailingStopLimit
    // What a stop is reached by is the worst price, what a trail follows the best; the order asked for
    // protection against the worst, so that comes first.
    let (worst, best) = side == .buy ? (prices.high, prices.low) : (prices.low, prices.high)
    if isTrailing, terms.stop.isNone {
      terms.stop = trailed(behind: best)
      return nil
    }
    let isStop = type != .marketIfTouched && type != .limitIfTouched
    let seen = isStop ? worst : best
    // A buy stop and a sell trigger lie above the market.
    let isAbove = isStop == (side == .buy)
    if isAbove ? seen >= terms.stop : seen <= terms.stop {
      return prices.low == prices.high ? seen : reached(prices)
    }
    if isTrailing {
      let stop = trailed(behind: best)
      terms.stop = side == .buy ? min(terms.stop, stop) : max(terms.stop, stop)
    }
    return nil
  }

  /// Of a bar the stop itself if the bar covers it, else the end that is nearer to it.
  private func reached(_ prices: SeenPrices) -> Price {
    min(max(terms.stop, prices.low), prices.high)
  }

  /// The stop that a trail puts behind a price; stops at the ends of the range.
  private func trailed(behind price: Price) -> Price {
    let distance: Int128
    switch terms.trail.unit {
    case .none: distance = 0
    case .price: distance = Int128(terms.trail.amount)
    case .ppm:
      distance = Int128(price.raw.magnitude) * Int128(terms.trail.amount) / 1_000_000
    }
    let stop = Int128(price.raw) + (side == .buy ? distance : -distance)
    return Price(Int64(clamping: max(min(stop, Int128(Price.limit)), -Int128(Price.limit))))
  }

  /// The order as it goes out once its condition is met: without the condition, under the same id.
  func released(tick: Int64) -> OrderTicket {
    var sent = self
    switch type {
    case .stop, .trailingStop, .marketIfTouched:
      (sent.type, sent.price) = (.market, .none)
      // Nothing of a market order can rest.
      if sent.timeInForce != .fillOrKill { sent.timeInForce = .immediateOrCancel }
    case .stopLimit, .limitIfTouched: sent.type = .limit
    case .trailingStopLimit:
      sent.type = .limit
      let offset = side == .buy ? terms.limitOffset : -terms.limitOffset
      let limit = terms.stop.raw + offset
      // To whole ticks, on the side that fills sooner.
      let rest = limit % tick
      let floor = limit - (rest < 0 ? rest + tick : rest)
      sent.price = Price(side == .buy && floor != limit ? floor + tick : floor)
    case .none, .market, .limit, .marketToLimit, .pegged: break
    }
    if type.isConditional {
      (sent.terms.stop, sent.terms.trail, sent.terms.limitOffset) = (.none, .none, 0)
      sent.terms.trigger = .standard
    }
    sent.terms.activation = .immediate
    return sent
  }
}

extension MarketBook {
  /// The prices of a source that an event of the instrument brought for an order of a side; nil if it brought
  /// none. Mark prices are no events of the book.
  func seen(_ source: TriggerSource, _ side: Side, by event: MarketEvent, movedTop: Bool)
    -> SeenPrices?
  {
    switch source {
    case .standard:
      let hasPrints = !sources.isDisjoint(with: [.trades, .bars])
      return seen(hasPrints ? .last : .bidAsk, side, by: event, movedTop: movedTop)
    case .last:
      switch event {
      case .trade(let trade): return SeenPrices(trade.price)
      case .bar(let bar) where bar.side == .none: return SeenPrices(low: bar.low, high: bar.high)
      case .order(let change) where change.action == .execute && !change.price.isNone:
        return SeenPrices(change.price)
      default: return nil
      }
    case .bidAsk:
      if case .bar(let bar) = event {
        guard bar.side == side.opposite else { return nil }
        return SeenPrices(low: bar.low, high: bar.high)
      }
      let price = side == .buy ? best.ask : best.bid
      return movedTop && !price.isNone ? SeenPrices(price) : nil
    case .mid: return movedTop && best.isTwoSided ? SeenPrices(best.middle) : nil
    case .mark: return nil
    }
  }
}
