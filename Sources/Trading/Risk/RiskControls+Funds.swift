import Books
import Events

// What an account has for an order: margin, and cash.
extension RiskControls {
  func funds(
    _ index: Int, _ question: borrowing Question, _ market: borrowing Market,
    _ visit: (Measure) -> Bool
  ) -> Measure? {
    let limits = scopes[index].limits
    // What cash is exchanged for needs no margin.
    if let most = limits.maxMarginUse, let model = worths.model(of: index),
      !worths.isExchanged(question.id, scopes[index].account, market)
    {
      let measure = margin(index, most, model, question, market)
      if visit(measure) { return measure }
    }
    guard let cover = limits.cashCover, question.isBuy, question.terms.kind.isSettledInFull,
      let measure = cash(index, cover, question, market), visit(measure)
    else { return nil }
    return measure
  }

  /// Initial margin with the order, of a share of the equity.
  private func margin(
    _ index: Int, _ most: Int64, _ model: MarginModel, _ question: borrowing Question,
    _ market: borrowing Market
  ) -> Measure {
    let id = question.id
    let open = market.committed(scopes[index].members, id)
    var after = open
    if question.isBuy { after.buys += question.adds } else { after.sells += question.adds }
    let mark = market.marginMark(id)
    let price = mark.isNone ? question.price : mark
    guard let others = worths.margin(of: index), let equity = worth(of: index, market),
      let old = worths.margin(id, open, at: price, model, market),
      let new = worths.margin(id, after, at: price, model, market),
      let before = worths.convert(old, of: id), let needed = worths.convert(new, of: id)
    else {
      let isReducing = isReducing(question.asked, question.adds, market)
      return Measure(.marginUnknown, isBroken: !isReducing, scope: index)
    }
    // At most 2^106 × 2^40; what is beyond no equity covers.
    let (product, isOver) = equity.raw.multipliedReportingOverflow(by: Int128(most))
    return Measure(
      .marginAvailable, others + needed, of: isOver ? .max : product / 1_000_000,
      scale: UInt8(Money.scale), .money, scope: index, binds: needed > before)
  }

  /// What purchases of the account would cost in the order's currency, of its cash. O(open orders).
  /// - Returns: nil for what only closes a short.
  private func cash(
    _ index: Int, _ cover: ScopeLimits.CashCover, _ question: borrowing Question,
    _ market: borrowing Market
  ) -> Measure? {
    guard !isReducing(question.asked, question.adds, market) else { return nil }
    guard !question.price.isNone else {
      return Measure(.orderNoReferencePrice, isBroken: true, scope: index)
    }
    let own = question.adds + Int128(question.old?.exposure.raw ?? 0)
    var sum = worths.amount(question.id, question.price, own, market)
    for order in market.orders.open
    where order.ticket.side == .buy && order.id != question.old?.id
      && scopes[index].holds(order.ticket.strategy, order.ticket.instrument)
      && worths.isOneCurrency(order.ticket.instrument, question.id)
      && market.terms(order.ticket.instrument)?.kind.isSettledInFull == true
    {
      let price = RiskGate.reference(OrderRequest(order.ticket), market)
      let amount = worths.amount(
        order.ticket.instrument, price, Int128(order.exposure.raw), market)
      sum = sum.flatMap { sum in amount.map { sum + $0 } }
    }
    guard let sum else { return Measure(.arithmeticOverflow, isBroken: true, scope: index) }
    let book = market.currency(question.id).flatMap {
      market.portfolio.ledger(scopes[index].account)[$0]
    }
    let has = cover == .settled ? book?.free : book?[.cash]
    return Measure(
      .cashAvailable, sum, of: (has ?? .zero).raw, scale: UInt8(Money.scale), .ownMoney,
      scope: index, binds: question.adds > 0)
  }
}
