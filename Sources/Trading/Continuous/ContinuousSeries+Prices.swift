import Events

// Prices of the contract in front as prices of the series, and the other way about.
extension ContinuousSeries {
  /// A price of the contract as one of the series, rounded half to even; absent if it leaves its range.
  func seen(_ price: Price) -> Price {
    guard !price.isNone else { return .none }
    let raw: Int128 =
      switch configuration.adjust {
      case .none: Int128(price.raw)
      case .difference: Int128(price.raw) + Int128(adjustment)
      case .ratio: divideHalfEven(Int128(price.raw) * Int128(adjustment), by: Int128(Self.one))
      }
    return raw.magnitude <= Price.limit.magnitude ? Price(Int64(raw)) : .none
  }

  /// A price of the series as one of the contract, whole ticks, rounded up or down.
  func asked(_ price: Price, up: Bool) -> Price {
    guard !price.isNone, configuration.adjust != .none else { return price }
    let tick = Int128(terms.tickSize.raw)
    // Price × units / parts in the contract's integers, then whole ticks: one division, so one rounding.
    var dividend = Int128(price.raw) - Int128(adjustment)
    var divisor = tick
    if configuration.adjust == .ratio {
      dividend = Int128(price.raw) * Int128(Self.one)
      divisor = tick * Int128(adjustment)
    }
    let (quotient, rest) = dividend.quotientAndRemainder(dividingBy: divisor)
    let floor = rest < 0 ? quotient - 1 : quotient
    let raw = (up && rest != 0 ? floor + 1 : floor) * tick
    return raw.magnitude <= Price.limit.magnitude ? Price(Int64(raw)) : .none
  }

  /// A difference of the series' prices as one of the contract's, rounded half to even, but not to 0.
  private func asked(difference: Int64) -> Int64 {
    guard configuration.adjust == .ratio, difference != 0 else { return difference }
    let exact = divideHalfEven(
      Int128(difference) * Int128(Self.one), by: Int128(adjustment))
    return exact == 0 ? difference.signum() : Int64(clamping: exact)
  }

  /// An order for the series as one for a contract.
  func asked(_ request: OrderRequest, of contract: InstrumentID) -> OrderRequest {
    var request = request
    request.instrument = contract
    let isBuy = request.side == .buy
    request.price = asked(request.price, up: !isBuy)
    guard !request.terms.isPlain else { return request }
    let terms = request.terms
    if !terms.stop.isNone {
      // A stop is on the far side, a trigger on the near one: neither is reached sooner than asked.
      let isNear = request.type == .marketIfTouched || request.type == .limitIfTouched
      request.terms.stop = asked(terms.stop, up: isBuy != isNear)
    }
    if terms.trail.unit == .price {
      request.terms.trail.amount = asked(difference: terms.trail.amount)
    }
    request.terms.limitOffset = asked(difference: terms.limitOffset)
    request.terms.pegOffset = asked(difference: terms.pegOffset)
    return request
  }

  /// An order in a contract as the strategy that follows the series sees it.
  func seen(_ order: Order) -> Order {
    var order = order
    order.ticket.instrument = id
    order.ticket.price = seen(order.ticket.price)
    if !order.ticket.terms.stop.isNone {
      order.ticket.terms.stop = seen(order.ticket.terms.stop)
    }
    if let replacement = order.replacement {
      order.replacement?.price = seen(replacement.price)
    }
    return order
  }

  /// A tick of the contract in front as one of the series; a change of a book is not shown, its best prices are.
  func seen(_ tick: MarketEvent) -> MarketEvent? {
    switch tick {
    case .quote(let quote):
      return .quote(
        Quote(
          instrument: id, bid: seen(quote.bid), ask: seen(quote.ask), bidSize: quote.bidSize,
          askSize: quote.askSize))
    case .trade(let trade):
      return .trade(
        Trade(instrument: id, price: seen(trade.price), size: trade.size, side: trade.side))
    case .bar(var bar):
      bar.instrument = id
      (bar.open, bar.high) = (seen(bar.open), seen(bar.high))
      (bar.low, bar.close) = (seen(bar.low), seen(bar.close))
      return .bar(bar)
    case .status(var change):
      change.instrument = id
      return .status(change)
    case .depth, .order: return nil
    }
  }

  /// A published value of the contract in front as one of the series.
  func seen(_ value: ReferenceValue) -> ReferenceValue {
    var value = value
    value.instrument = id
    switch value.field {
    case .mark, .index, .settlement, .previousClose: value.value = seen(Price(value.value)).raw
    case .fundingRate, .openInterest, .shortSaleRestricted: break
    }
    return value
  }

  /// What an auction of the contract in front would do, as one of the series.
  func seen(_ imbalance: AuctionImbalance) -> AuctionImbalance {
    var imbalance = imbalance
    imbalance.instrument = id
    imbalance.reference = seen(imbalance.reference)
    (imbalance.near, imbalance.far) = (seen(imbalance.near), seen(imbalance.far))
    return imbalance
  }
}
