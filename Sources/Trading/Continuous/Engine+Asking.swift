import Events

// What is asked of a continuous future, as asked of its contracts.
extension Engine {
  /// Turns an intent for a continuous future into one for the contract in front. A target that is nearer to
  /// zero takes contracts first that are held though they are not in front.
  mutating func turn(_ intent: inout Proposal) -> Handling {
    switch intent.action {
    case .cancel: return .asAsked
    case .replace:
      guard let order = market.orders[intent.order],
        let series = market.series(of: order.ticket.instrument, intent.strategy),
        intent.request.instrument == series.id
      else { return .asAsked }
      turn(&intent, order, series)
      return .asAsked
    case .target, .order, .execute: break
    }
    guard let series = market.series(intent.request.instrument) else {
      return market.terms(intent.request.instrument)?.kind == .continuous
        ? .refused(.instrumentUnknown) : .asAsked
    }
    guard series.front != .none else { return .refused(.instrumentUnknown) }
    if intent.action == .target { return turn(target: &intent, series) }
    intent.request = series.asked(intent.request, of: series.front)
    turnSecondLeg()
    return .asAsked
  }

  /// The price of a replacement is a limit, or a stop where there is no limit.
  private func turn(_ intent: inout Proposal, _ order: Order, _ series: ContinuousSeries) {
    var request = OrderRequest(order.ticket)
    let hasLimit = request.type.hasLimit || !request.type.isConditional
    request.price = hasLimit ? intent.request.price : .none
    request.terms = .plain
    if !hasLimit { request.terms.stop = intent.request.price }
    if !intent.request.terms.stop.isNone { request.terms.stop = intent.request.terms.stop }
    let asked = series.asked(request, of: order.ticket.instrument)
    intent.request.instrument = order.ticket.instrument
    intent.request.price = hasLimit ? asked.price : asked.terms.stop
    if !intent.request.terms.stop.isNone { intent.request.terms.stop = asked.terms.stop }
  }

  /// Pairs may name a continuous future as their second leg.
  private mutating func turnSecondLeg() {
    guard let values = proposedPlan?.values else { return }
    for (place, value) in values.enumerated() where value.name == "instrument" {
      guard let id = UInt16(exactly: value.value.mantissa),
        let second = market.series(InstrumentID(id))
      else { continue }
      proposedPlan?.values[place].value = Decimal(mantissa: Int64(second.front.raw), scale: 0)
    }
  }

  private mutating func turn(target intent: inout Proposal, _ series: ContinuousSeries) -> Handling
  {
    let strategy = intent.strategy
    // What is on its way from one contract to the next arrives first.
    let waits = awaited.firstIndex { $0.strategy == strategy && $0.instrument == series.id }
    if let waits {
      awaited[waits].quantity = intent.request.quantity
      return .handled
    }
    if isLeaving(strategy, series) || isMoving(strategy, series.id) {
      awaited.append(
        AwaitedTarget(
          strategy: strategy, instrument: series.id, quantity: intent.request.quantity))
      return .handled
    }
    let committed = market.committed(strategy, series.id)
    var (change, overflow) = intent.request.quantity.raw.subtractingReportingOverflow(committed.raw)
    guard !overflow, change.magnitude <= UInt64(Quantity.limit) else {
      return .refused(.arithmeticOverflow)
    }
    let holds = series.configuration.positions == .hold
    for contract in series.contracts where holds && contract.id != series.front && change != 0 {
      let left = market.committed(strategy, contract.id).raw
      guard left != 0, (left > 0) != (change > 0) else { continue }
      let part = min(left.magnitude, change.magnitude)
      change += change > 0 ? -Int64(part) : Int64(part)
      let rest = Quantity(left > 0 ? left - Int64(part) : left + Int64(part))
      work.add(
        .handled(
          strategy,
          .target(contract.id, rest, because: Reason("what is left in the contract goes first"))),
        cause: intent.cause)
    }
    if change == 0, !awaits(strategy, series.front) { return .handled }
    let (target, beyond) = market.committed(strategy, series.front).raw.addingReportingOverflow(
      change)
    guard !beyond else { return .refused(.arithmeticOverflow) }
    intent.request.instrument = series.front
    intent.request.quantity = Quantity(target)
    return .asAsked
  }

  /// The instrument that a strategy's order is in, as the strategy names it.
  func asked(_ order: OrderID, _ strategy: StrategyID) -> InstrumentID {
    guard let instrument = market.orders[order]?.ticket.instrument else { return .none }
    if market.series.isEmpty { return instrument }
    return market.series(of: instrument, strategy)?.id ?? instrument
  }
}
