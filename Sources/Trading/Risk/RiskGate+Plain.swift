import Events

/// A plain order that passed the gate; only the gate can make one.
struct ApprovedPlain {
  let order: PlainIntent
  fileprivate init(_ order: PlainIntent) { self.order = order }
}

// Orders that no rule needs to be asked about.
extension RiskGate {
  /// Passes an order without terms if nothing is configured, halted or published that a rule could object to: most
  /// orders, for which this is all that the rules cost. It never allows what they do not; debug builds hold each
  /// answer against them.
  /// - Returns: nil if the rules are to be asked.
  @inline(__always)
  func approve(_ order: PlainIntent, _ market: borrowing Market) -> ApprovedPlain? {
    let index = order.instrument.index
    guard !hasControls, !hasRate, halts.isEmpty, order.side != .none, order.timeInForce != .none,
      order.timeInForce.rawValue <= TimeInForce.fillOrKill.rawValue,
      order.quantity.raw > 0, order.quantity.raw <= Quantity.limit, index < scaled.count,
      scaled[index].isOpen, order.quantity.raw <= scaled[index].orderQuantity,
      market.takes(order)
    else { return nil }
    assert(checkOrder(Asked(order), nil, market) == nil, "an order that a rule refuses")
    return ApprovedPlain(order)
  }
}

extension Market {
  /// Whether a market or limit order is of whole lots and ticks and inside the price bands of an instrument that
  /// is trading and does not expire.
  @inline(__always)
  fileprivate func takes(_ request: PlainIntent) -> Bool {
    let index = request.instrument.index
    guard let terms = terms(request.instrument), terms.expiry == .epoch,
      books[index].status ?? .trading == .trading,
      terms.lotSize.raw == 1 || request.quantity.raw % terms.lotSize.raw == 0
    else { return false }
    let price = request.price
    if request.type == .market { return price.isNone }
    return request.type == .limit && !price.isNone && abs(price.raw) <= Price.limit
      && (terms.tickSize.raw == 1 || price.raw % terms.tickSize.raw == 0)
      && !references[index].isBeyondBand(request.side, price)
  }
}
