import Books
import Events

// Limits of single orders and positions that accounts and strategies have.
extension RiskControls {
  func sizes(
    _ index: Int, _ question: borrowing Question, _ market: borrowing Market,
    _ visit: (Measure) -> Bool
  ) -> Measure? {
    let limits = scopes[index].limits.order
    let (request, terms) = (question.request, question.terms)
    if let most = limits.maxOrderQuantity {
      let measure = Measure(
        .orderMaxQuantity, Int128(question.open.raw),
        of: Int128(InstrumentLimits.integer(most, terms.quantityScale)),
        scale: terms.quantityScale, .none, scope: index)
      if visit(measure) { return measure }
    }
    if limits.maxOrderNotional != nil {
      let measure = notional(index, question, market)
      if visit(measure) { return measure }
    }
    if let most = limits.maxPosition {
      let open = market.committed(scopes[index].members, question.id)
      let reached =
        question.isBuy ? open.long + question.adds : question.adds - open.short
      let measure = Measure(
        .positionMaxQuantity, max(0, reached),
        of: Int128(InstrumentLimits.integer(most, terms.quantityScale)),
        scale: terms.quantityScale, .none, scope: index)
      if visit(measure) { return measure }
    }
    guard let collar = limits.collar, request.type.hasLimit else { return nil }
    let measure = reach(index, collar, question, market)
    return measure.isBroken && visit(measure) ? measure : nil
  }

  private func notional(
    _ index: Int, _ question: borrowing Question, _ market: borrowing Market
  ) -> Measure {
    let limits = scopes[index].limits.order
    guard let limit = limits.maxNotional(in: market.currency(question.id) ?? "") else {
      return Measure(.orderLimitCurrency, isBroken: true, scope: index)
    }
    guard !question.price.isNone else {
      return Measure(.orderNoReferencePrice, isBroken: true, scope: index)
    }
    guard
      let value = Money.notional(question.price, question.open, of: question.terms)
    else { return Measure(.arithmeticOverflow, isBroken: true, scope: index) }
    return Measure(
      .orderMaxNotional, value.magnitude.raw, of: limit.raw, scale: UInt8(Money.scale), .ownMoney,
      scope: index)
  }

  /// How far beyond the opposite side the limit of an order is.
  private func reach(
    _ index: Int, _ collar: Int64, _ question: borrowing Question, _ market: borrowing Market
  ) -> Measure {
    let request = question.request
    let reference = RiskGate.opposite(request.side, question.id, market)
    guard !reference.isNone else {
      return Measure(.orderNoReferencePrice, isBroken: true, scope: index)
    }
    let (bound, isBeyond) = RiskGate.bound(reference, request, collar)
    var measure = Measure(
      .orderPriceCollar, Int128(request.price.raw), of: bound, scale: question.terms.priceScale,
      .ownMoney, scope: index)
    measure.isBroken = isBeyond
    return measure
  }
}
