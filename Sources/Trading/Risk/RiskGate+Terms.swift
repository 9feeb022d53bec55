import Books
import Events

// The rules of an order's terms: what fits together, and what the market of now allows.
extension RiskGate {
  /// Whether side, quantity, type, time in force and terms make an order.
  func isValid(_ request: OrderRequest, _ instrument: Instrument.Terms) -> Bool {
    guard request.side != .none, request.timeInForce != .none, request.quantity.raw > 0,
      request.quantity.raw <= Quantity.limit, request.quantity.raw % instrument.lotSize.raw == 0
    else { return false }
    let terms = request.terms
    let isPriced =
      request.type.hasLimit
      ? Self.isPrice(request.price, instrument) : request.type == .pegged || request.price.isNone
    // Most orders, for which all that follows comes to this.
    if terms.isPlain, request.type == .market || request.type == .limit {
      return isPriced && request.timeInForce != .goodTillDate
    }
    return isPriced && isCondition(request, instrument) && isTimed(request)
      && terms.display.raw >= 0 && terms.display <= request.quantity
      && terms.display.raw % instrument.lotSize.raw == 0
      && (terms.display == .zero || request.type.mayRest)
      && (!terms.isPostOnly
        || request.type.mayRest && request.type != .marketToLimit && !request.isImmediate)
      && (request.type == .pegged) == (terms.peg != .none && request.type != .limit)
      && terms.pegOffset.magnitude <= Price.limit.magnitude
  }

  private func isCondition(_ request: OrderRequest, _ instrument: Instrument.Terms) -> Bool {
    let terms = request.terms
    switch request.type {
    case .stop, .stopLimit, .marketIfTouched, .limitIfTouched:
      return Self.isPrice(terms.stop, instrument) && terms.trail == .none && terms.limitOffset == 0
    case .trailingStop, .trailingStopLimit:
      return terms.trail.unit != .none && terms.trail.amount > 0
        && terms.trail.amount <= Price.limit
        && (terms.stop.isNone || abs(terms.stop.raw) <= Price.limit)
        && (terms.limitOffset == 0 || request.type == .trailingStopLimit)
        && terms.limitOffset.magnitude <= Price.limit.magnitude
    case .none: return false
    case .market, .limit, .marketToLimit, .pegged:
      return terms.stop.isNone && terms.trail == .none && terms.limitOffset == 0
        && terms.trigger == .standard
    }
  }

  private func isTimed(_ request: OrderRequest) -> Bool {
    switch request.timeInForce {
    case .goodTillDate: request.terms.expiry > .epoch
    case .immediateOrCancel, .fillOrKill:
      request.terms.expiry == .epoch && request.type != .marketToLimit && request.type != .pegged
    case .atOpen, .atClose:
      request.terms.expiry == .epoch && (request.type == .market || request.type == .limit)
    case .none, .day, .goodTillCancelled: request.terms.expiry == .epoch
    }
  }

  private static func isPrice(_ price: Price, _ instrument: Instrument.Terms) -> Bool {
    !price.isNone && abs(price.raw) <= Price.limit && price.raw % instrument.tickSize.raw == 0
  }

  /// The first rule of its terms that an order breaks.
  func checkTerms(
    _ asked: Asked, _ old: Order?, _ instrument: Instrument.Terms, _ market: borrowing Market
  ) -> Refusal? {
    let request = asked.request
    let terms = request.terms
    if request.timeInForce == .atOpen && !native.contains(.atOpen)
      || request.timeInForce == .atClose && !native.contains(.atClose)
      || terms.display > .zero && !native.contains(.iceberg)
    {
      return asked.refused(.orderUnsupported)
    }
    // A child waits for the position that it closes.
    if terms.isReduceOnly, terms.activation == .immediate {
      let room = reducible(request, asked.strategy, besides: old?.id, market)
      let open = asked.open(old)
      if open > room {
        return asked.refused(
          .orderNotReducing, value: Int128(open.raw), limit: Int128(max(room.raw, 0)),
          scale: instrument.quantityScale)
      }
    }
    guard request.type == .limit else { return nil }
    if terms.isPostOnly, !native.contains(.postOnly) {
      let best = market.best(request.instrument)
      let other = request.side == .buy ? best.ask : best.bid
      let takes =
        !other.isNone && (request.side == .buy ? request.price >= other : request.price <= other)
      if takes { return beyond(.orderPostOnlyWouldTake, other, asked, instrument, market) }
    }
    let references = market.references[request.instrument.index]
    guard references.isBeyondBand(request.side, request.price) else { return nil }
    let bound = request.side == .buy ? references.upperBand : references.lowerBand
    return beyond(.orderPriceBand, bound, asked, instrument, market)
  }

  private func beyond(
    _ rule: Rule, _ bound: Price, _ asked: Asked, _ instrument: Instrument.Terms,
    _ market: borrowing Market
  ) -> Refusal {
    asked.refused(
      rule, value: Int128(asked.request.price.raw), limit: Int128(bound.raw),
      scale: instrument.priceScale, unit: market.currency(asked.request.instrument) ?? "")
  }

  /// How much of a strategy's position an order may still close, less what others of its orders will: the reduce-only
  /// ones, but for those it is linked with, and those that trade at once. Negative if the side adds to the position.
  func reducible(
    _ request: OrderRequest, _ strategy: StrategyID, besides own: OrderID?,
    _ market: borrowing Market
  ) -> Quantity {
    let held = market.portfolio.position(strategy, request.instrument).quantity.raw
    var room = request.side == .sell ? held : -held
    let list = request.terms.list
    let opposite = Self.opposite(request.side, request.instrument, market)
    for order in market.orders.open
    where order.ticket.strategy == strategy && order.ticket.instrument == request.instrument
      && order.ticket.side == request.side && order.id != own
    {
      let isOther = list == .none || order.ticket.terms.list != list
      if order.ticket.terms.isReduceOnly ? isOther : order.takes(opposite) {
        room -= order.exposure.raw
      }
    }
    return Quantity(room)
  }
}

extension Order {
  /// Whether it is on its way to trade at once.
  /// - Parameter opposite: best price of the other side; absent if there is none.
  fileprivate func takes(_ opposite: Price) -> Bool {
    if state == .held { return false }
    if ticket.type == .market || ticket.type == .marketToLimit || OrderRequest(ticket).isImmediate {
      return true
    }
    guard ticket.type == .limit, !opposite.isNone else { return false }
    return ticket.side == .buy ? ticket.price >= opposite : ticket.price <= opposite
  }
}

extension OrderRequest {
  /// The request that led to a ticket.
  init(_ ticket: OrderTicket) {
    self.init(
      instrument: ticket.instrument, side: ticket.side, type: ticket.type,
      timeInForce: ticket.timeInForce, quantity: ticket.quantity, price: ticket.price,
      terms: ticket.terms)
  }

  /// Whether nothing of it may rest.
  var isImmediate: Bool { timeInForce == .immediateOrCancel || timeInForce == .fillOrKill }

  /// Whether an order may be asked for while an instrument has a status: one for an auction also before and
  /// during it, one with a condition always, for it does not trade yet.
  func isTakenDuring(_ status: TradingStatus) -> Bool {
    if status == .trading { return true }
    if type.isConditional || terms.activation != .immediate { return status != .closed }
    switch timeInForce {
    case .atOpen: return status == .preOpen || status == .openingAuction
    case .atClose: return status == .closingAuction
    default: return false
    }
  }
}

extension OrderType {
  /// Whether orders of the type can rest in a book.
  var mayRest: Bool {
    switch self {
    case .limit, .stopLimit, .limitIfTouched, .trailingStopLimit, .pegged, .marketToLimit: true
    case .none, .market, .stop, .trailingStop, .marketIfTouched: false
    }
  }
}

extension Order {
  /// How much counts as committed for a target: of stops, exits and orders that wait nothing, of one that an
  /// algorithm works what is not with its children.
  var committed: Quantity {
    if placed != nil { return exposure }
    return state == .held || ticket.type.isConditional || isExit ? .zero : remaining
  }

  /// Whether it closes what another order of its list opened.
  var isExit: Bool {
    ticket.terms.list != .none && (ticket.terms.parent != .none || ticket.terms.isReduceOnly)
  }
}
