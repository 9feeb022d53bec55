import Events

// Margin calls, and what becomes of those that are not met (docs/portfolio.md, Liquidation).
extension Engine {
  /// Has the margins of all accounts looked at.
  mutating func checkMargins(_ sequence: UInt64) {
    for account in market.portfolio.accounts.indices {
      work.add(.books(.margin(AccountID(UInt16(account)))), cause: sequence)
    }
  }

  /// Has the margins looked at of the accounts that may be liquidated and hold an instrument.
  mutating func checkMargins(of id: InstrumentID, _ sequence: UInt64) {
    for (index, account) in market.portfolio.accounts.enumerated()
    where account.isLiquidated
      && market.portfolio.quantity(id, of: AccountID(UInt16(index))) != .zero
    {
      work.add(.books(.margin(AccountID(UInt16(index)))), cause: sequence)
    }
  }

  /// Looks at the margins of the accounts that may be liquidated, and says when to look again.
  mutating func lookAtMargins(_ time: Instant, _ sequence: UInt64) {
    for (index, account) in market.portfolio.accounts.enumerated() where account.isLiquidated {
      work.add(.books(.margin(AccountID(UInt16(index)))), cause: sequence)
    }
    schedule.look =
      market.portfolio.isHolding ? time.advanced(by: Nanoseconds.second) : .distantFuture
  }

  /// The decision by which a margin call begins or ends, or by which positions are closed because of it; nil
  /// while nothing changes, or nothing is known.
  func margin(_ account: AccountID) -> Decision? {
    guard let state = market.margin(of: account) else { return nil }
    let isShort = state.excess < .zero
    let call = market.portfolio.calls[Int(account.raw)]
    guard isShort == (call != nil) else {
      return .marginCall(
        MarginCall(
          account: account, isShort ? .called : .met, currency: state.currency,
          equity: state.equity, required: state.maintenance))
    }
    guard isShort, let call, market.time >= call.next else { return nil }
    return liquidation(account, state, call)
  }

  mutating func apply(_ call: MarginCall, _ header: EntryHeader) {
    let index = Int(call.account.raw)
    guard call.state == .called else { return market.portfolio.calls[index] = nil }
    let time = header.receiveTime
    let grace = market.portfolio.accounts[index].liquidation
    let next = grace.map { time.advanced(by: $0) } ?? .distantFuture
    market.portfolio.calls[index] = MarginWatch(since: time, next: next)
    if next <= time {
      work.add(.books(.margin(call.account)), cause: header.sequence)
    } else {
      schedule.next = min(schedule.next, next)
      noteMoment()
    }
  }

  // MARK: - Liquidation

  /// What is closed: whole instruments, the one that needs most first, until the rest is covered. Nil while
  /// orders of a liquidation are open, or if nothing is held.
  private func liquidation(_ account: AccountID, _ state: MarginState, _ call: MarginWatch)
    -> Decision?
  {
    let isUnderWay = market.orders.open.contains {
      $0.ticket.account == account && $0.ticket.terms.isLiquidation
    }
    guard !isUnderWay else { return nil }
    var needs: [(id: InstrumentID, required: Money)] = []
    for id in market.portfolio.held(by: account) {
      guard let instrument = market.instrument(id),
        market.portfolio.quantity(id, of: account) != .zero,
        !market.isExchanged(instrument, account)
      else { continue }
      guard let required = market.maintenance(of: instrument, account, in: state.currency) else {
        return nil
      }
      needs.append((id, required))
    }
    needs.sort { ($1.required, $0.id) < ($0.required, $1.id) }
    var positions: [Liquidation.Holding] = []
    var left = state.maintenance
    for (id, required) in needs {
      guard left > state.equity else { break }
      left -= required
      for strategy in market.portfolio.holders(of: id)
      where market.portfolio.account(of: strategy) == account {
        positions.append(
          Liquidation.Holding(
            strategy: strategy, instrument: id,
            quantity: market.portfolio.position(strategy, id).quantity, required: required))
      }
    }
    guard !positions.isEmpty else { return nil }
    let isAtOnce = market.portfolio.accounts[Int(account.raw)].liquidation == 0
    return .liquidation(
      Liquidation(
        account: account, isAtOnce ? .maintenance : .callNotMet, round: call.rounds,
        currency: state.currency, equity: state.equity, required: state.maintenance,
        positions: positions))
  }

  /// Asks for the cancel of all the account's orders, then has the positions closed. What is still there
  /// after a pause is tried again; each pause is twice the one before, up to 4096 seconds.
  mutating func apply(_ liquidation: Liquidation, _ header: EntryHeader) {
    let index = Int(liquidation.account.raw)
    let pause = Nanoseconds.second << Int64(min(liquidation.round, 12))
    let next = header.receiveTime.advanced(by: pause)
    market.portfolio.calls[index]?.rounds = liquidation.round + 1
    market.portfolio.calls[index]?.next = next
    schedule.next = min(schedule.next, next)
    noteMoment()
    for order in market.orders.open
    where order.ticket.account == liquidation.account && order.isCancellable {
      work.add(.cancel(order.id, .liquidation), cause: header.sequence)
    }
    for holding in liquidation.positions {
      work.add(.liquidate(liquidation.account, holding), cause: header.sequence)
    }
  }

  /// The intent that closes a position, or what the strategy's own orders on their way leave of it: it meets the gate
  /// like any other.
  mutating func liquidate(_ account: AccountID, _ holding: Liquidation.Holding) -> Decision? {
    let held = market.portfolio.position(holding.strategy, holding.instrument).quantity
    guard held != .zero, (held > .zero) == (holding.quantity > .zero) else { return nil }
    var request = OrderRequest.market(
      holding.instrument, held > .zero ? .sell : .buy,
      min(held.magnitude, holding.quantity.magnitude)
    ).reduceOnly()
    request.terms.isLiquidation = true
    request.quantity = min(
      request.quantity, gate.reducible(request, holding.strategy, besides: nil, market))
    guard request.quantity > .zero else { return nil }
    let name = market.portfolio.accounts[Int(account.raw)].name
    let reason = Reason("liquidation: account \(name) has less than its maintenance margin")
    return record(.order(request, because: reason), of: holding.strategy, .core).map { .intent($0) }
  }

  /// Charges for a fill of a liquidation.
  mutating func chargeLiquidation(_ fill: Fill, of order: Order, _ header: EntryHeader) {
    let ticket = order.ticket
    let rate = market.portfolio.accounts[Int(ticket.account.raw)].liquidationFee
    guard rate > 0, let instrument = market.instrument(ticket.instrument),
      let value = Money.notional(fill.price, fill.quantity, of: instrument)?.magnitude
    else { return }
    let booking = Booking(
      .liquidationFee, account: ticket.account, strategy: ticket.strategy,
      instrument: ticket.instrument, price: fill.price, currency: instrument.currency,
      cash: -value.share(rate), order: order.id, charge: .init(base: value, rate: rate))
    work.add(.books(.liquidationFee(booking)), cause: header.sequence)
  }
}
