import Events

// The way of intents of no more than a reason that become orders without terms: nearly all, so it copies plain bytes
// only. What it does not know for sure it leaves to the general way.
extension Engine {
  /// Whether a strategy's targets and orders are sent as it asks for them.
  @inline(__always)
  func isDirect(_ strategy: StrategyID) -> Bool {
    // In place: a copy of the slot would count ten references.
    strategies[strategy.index].execution == nil && strategies[strategy.index].bracket == nil
  }

  /// What a strategy wants, if it is a target or an order of no more than a reason.
  mutating func plain(_ strategy: StrategyID) -> PlainIntent? {
    let intent: PlainIntent
    switch work.wanted {
    case .order(let request, _) where request.terms.isPlain:
      intent = PlainIntent(request, of: strategy)
    case .target(let instrument, let quantity, _)
    where awaits(strategy, instrument) || market.committed(strategy, instrument) != quantity:
      intent = PlainIntent(
        strategy: strategy, action: .target, instrument: instrument, quantity: quantity)
    case .hold, .target, .order, .cancel, .replace, .list, .execute, .several: return nil
    }
    origin = .strategy
    return intent
  }

  /// The order that comes of a recorded intent if nothing is configured, halted or published that would make
  /// anything else of it: most are such.
  @inline(__always)
  func ordinary(_ intent: PlainIntent) -> OrderTicket? {
    guard case .strategy = origin, work.hasPlainTerms, market.series.isEmpty,
      isDirect(intent.strategy)
    else { return nil }
    var asked = intent
    switch intent.action {
    case .order: break
    case .target:
      let committed = market.committed(intent.strategy, intent.instrument)
      let (change, overflow) = intent.quantity.raw.subtractingReportingOverflow(committed.raw)
      guard !overflow, change != .min, change != 0 else { return nil }
      let order = OrderRequest.market(
        intent.instrument, change > 0 ? .buy : .sell, Quantity(change).magnitude)
      asked = PlainIntent(order, of: intent.strategy)
    case .cancel, .replace, .execute: return nil
    }
    guard let approved = gate.approve(asked, market) else { return nil }
    return ticket(approved)
  }

  /// An order is made here and in `ticket(_:_:)` only: from what the gate approved.
  @inline(__always)
  private func ticket(_ approved: ApprovedPlain) -> OrderTicket {
    let order = approved.order
    return OrderTicket(
      order: market.orders.nextID, strategy: order.strategy,
      account: market.portfolio.account(of: order.strategy), instrument: order.instrument,
      side: order.side, type: order.type, timeInForce: order.timeInForce,
      quantity: order.quantity, price: order.price)
  }
}
