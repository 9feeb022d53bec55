import Events

// Orders that no rule needs to be asked about.
extension RiskGate {
  /// Whether an order is plain, and nothing is configured, halted or published that a rule could object to: most
  /// orders, for which this is all that the rules cost. It never allows what they do not; debug builds hold each
  /// answer against them.
  @inline(__always)
  func isBeyondDoubt(_ request: OrderRequest, _ market: borrowing Market) -> Bool {
    let index = request.instrument.index
    guard !hasControls, halts.isEmpty, request.terms.isPlain, request.side != .none,
      request.timeInForce != .none,
      request.timeInForce.rawValue <= TimeInForce.fillOrKill.rawValue,
      request.quantity.raw > 0, request.quantity.raw <= Quantity.limit, index < scaled.count,
      scaled[index].isOpen, request.quantity.raw <= scaled[index].orderQuantity,
      market.takes(request)
    else { return false }
    assert(
      checkOrder(Asked(request: request, strategy: StrategyID(0)), nil, market) == nil,
      "an order that a rule refuses")
    return true
  }
}

extension Market {
  /// Whether a market or limit order is of whole lots and ticks and inside the price bands of an instrument that
  /// is trading and does not expire.
  @inline(__always)
  fileprivate func takes(_ request: OrderRequest) -> Bool {
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
