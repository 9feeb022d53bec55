import Events

/// A target that waits for its strategy's orders in the instrument to be gone.
struct AwaitedTarget: Equatable, Sendable {
  var strategy: StrategyID
  var instrument: InstrumentID
  var quantity: Quantity
}

// What a strategy's configuration makes of its targets and orders: `execution` has an algorithm work them,
// `bracket` gives each entry its exits (docs/orders.md, Handling).
extension Engine {
  enum Handling {
    /// Nothing is configured that concerns it.
    case asAsked
    case refused(Rule)
    /// Intents of the core's own follow instead.
    case handled
  }

  /// Handles a recorded target or order.
  mutating func handle(_ intent: Proposal, _ cause: UInt64) -> Handling {
    switch origin {
    case .list, .core, .child, .person: return .asAsked
    case .strategy, .again: break
    }
    if isDirect(intent.strategy) { return .asAsked }
    let slot = strategies[intent.strategy.index]
    let request = intent.request
    if intent.action == .target {
      return handle(target: request.quantity, intent, slot, cause)
    }
    guard request.isPlainEntry else { return .asAsked }
    guard let bracket = slot.bracket else {
      return enter(request, nil, intent, slot, cause)
    }
    let held = market.held(intent.strategy, request.instrument).raw
    if request.type == .market {
      let (target, overflow) = market.committed(intent.strategy, request.instrument).raw
        .addingReportingOverflow(request.quantity.raw * request.side.sign)
      guard !overflow, request.quantity.raw <= Quantity.limit else { return .asAsked }
      return handle(target: Quantity(target), intent, slot, cause)
    }
    let isOpening = held == 0 || (held > 0) == (request.side == .buy)
    return enter(request, isOpening ? bracket : nil, intent, slot, cause)
  }

  private mutating func handle(
    target: Quantity, _ intent: Proposal, _ slot: StrategySlot, _ cause: UInt64
  ) -> Handling {
    let (strategy, instrument) = (intent.strategy, intent.request.instrument)
    let committed = market.committed(strategy, instrument)
    let (change, overflow) = target.raw.subtractingReportingOverflow(committed.raw)
    guard !overflow, change.magnitude <= UInt64(Quantity.limit),
      target.raw.magnitude <= UInt64(Quantity.limit)
    else { return .refused(.arithmeticOverflow) }
    let order = OrderRequest.market(
      instrument, change > 0 ? .buy : .sell, Quantity(change).magnitude)
    guard let bracket = slot.bracket else {
      let opposing = change == 0 ? [] : parents(strategy, instrument, order.side.opposite)
      guard opposing.isEmpty, !awaits(strategy, instrument) else {
        postpone(target, intent, until: opposing)
        return .handled
      }
      return change == 0 ? .handled : enter(order, nil, intent, slot, cause)
    }
    if awaits(strategy, instrument) {
      postpone(target, intent, until: own(strategy, instrument))
      return .handled
    }
    if change == 0 { return .handled }
    let isGrowing =
      target.raw.magnitude > committed.raw.magnitude
      && (committed == .zero || (committed > .zero) == (target > .zero))
    if isGrowing { return enter(order, bracket, intent, slot, cause) }
    if !own(strategy, instrument).isEmpty {
      postpone(target, intent, until: own(strategy, instrument))
      return .handled
    }
    return turn(to: target, from: committed, intent, slot, bracket, cause)
  }

  /// Reduces or turns a position that no order of the strategy concerns any more.
  private mutating func turn(
    to target: Quantity, from held: Quantity, _ intent: Proposal, _ slot: StrategySlot,
    _ bracket: BracketTerms, _ cause: UInt64
  ) -> Handling {
    let instrument = intent.request.instrument
    let isTurning = target != .zero && (target > .zero) != (held > .zero)
    let closing = isTurning ? held.magnitude : Quantity(held.raw - target.raw).magnitude
    let side: Side = held > .zero ? .sell : .buy
    let close = OrderRequest.market(instrument, side, closing)
    let handling = enter(close, nil, intent, slot, cause)
    guard case .handled = handling, target != .zero else { return handling }
    if isTurning {
      let entry = OrderRequest.market(instrument, side, target.magnitude)
      return enter(entry, bracket, intent, slot, cause)
    }
    // What stays is protected anew, from the price of now.
    let kept = OrderRequest.market(instrument, side.opposite, target.magnitude)
    guard let exits = exits(of: kept, bracket) else { return .refused(.orderNoReferencePrice) }
    add(.oneUpdatesOther(exits.map { $0.reduceOnly() }), bracket.reason, intent, cause)
    return .handled
  }

  /// Asks for an order, worked by the strategy's algorithm, with exits if it opens a position.
  private mutating func enter(
    _ request: OrderRequest, _ bracket: BracketTerms?, _ intent: Proposal, _ slot: StrategySlot,
    _ cause: UInt64
  ) -> Handling {
    let plan = slot.execution.flatMap { $0.plan(from: market.time, in: market) }
    guard (plan == nil) == (slot.execution == nil) else { return .refused(.instrumentUnknown) }
    if let bracket {
      guard let exits = exits(of: request, bracket) else {
        return .refused(.orderNoReferencePrice)
      }
      let list = OrderList.oneTriggersOther(
        request, exits, .parentFilling, linkage: .oneUpdatesOther)
      add(list.executed(by: plan), bracket.reason, intent, cause)
    } else if let plan {
      let reason = Reason("worked by \(plan.algorithm.name), as configured")
      work.add(
        .handled(intent.strategy, .execute(request, plan, because: reason)), cause: cause)
    } else {
      work.add(
        .handled(
          intent.strategy, .order(request, because: Reason("closes, as the exits are gone"))),
        cause: cause)
    }
    return .handled
  }

  /// Asks for an order that takes a position to another contract, with the strategy's exits.
  mutating func reopen(
    _ request: OrderRequest, of strategy: StrategyID, _ reason: Reason, _ cause: UInt64
  ) {
    guard let bracket = strategies[strategy.index].bracket,
      let exits = exits(of: request, bracket)
    else {
      return work.add(.handled(strategy, .order(request, because: reason)), cause: cause)
    }
    let list = OrderList.oneTriggersOther(
      request, exits, .parentFilling, linkage: .oneUpdatesOther)
    work.add(
      .member(
        ListProgress(
          strategy: strategy, list: list, reason: reason, cause: cause, isHandled: true)),
      cause: cause)
  }

  private mutating func add(
    _ list: OrderList, _ reason: Reason, _ intent: Proposal, _ cause: UInt64
  ) {
    work.add(
      .member(
        ListProgress(
          strategy: intent.strategy, list: list, reason: reason, cause: cause, isHandled: true)),
      cause: cause)
  }

  /// The orders that end what an entry opens; nil if there is no price to measure from.
  private func exits(of entry: OrderRequest, _ bracket: BracketTerms) -> [OrderRequest]? {
    guard let terms = market.terms(entry.instrument) else { return nil }
    let price =
      entry.type.hasLimit
      ? entry.price : RiskGate.opposite(entry.side, entry.instrument, market)
    guard !price.isNone else { return nil }
    let (side, size) = (entry.side.opposite, entry.quantity)
    func away(_ distance: BracketTerms.Distance, isUp: Bool) -> Price {
      distance.price(from: price, tick: terms.tickSize.raw, isUp: isUp)
    }
    var exits: [OrderRequest] = []
    if let distance = bracket.takeProfit {
      let limit = away(distance, isUp: entry.side == .buy)
      exits.append(.limit(entry.instrument, side, size, at: limit))
    }
    if let distance = bracket.stopLoss {
      let stop = away(distance, isUp: entry.side == .sell)
      exits.append(.stop(entry.instrument, side, size, at: stop))
    }
    return exits
  }

  // MARK: - Targets that wait

  func awaits(_ strategy: StrategyID, _ instrument: InstrumentID) -> Bool {
    guard !awaited.isEmpty else { return false }
    let front = market.series.isEmpty ? instrument : market.contract(instrument)
    return awaited.contains {
      $0.strategy == strategy && ($0.instrument == instrument || $0.instrument == front)
    }
  }

  /// A strategy's open orders in a market, but for the children of its parents.
  private func own(_ strategy: StrategyID, _ instrument: InstrumentID) -> [Order] {
    let instruments = market.market(of: instrument)
    return market.orders.open.filter {
      $0.ticket.strategy == strategy && !$0.isSlice && instruments.contains($0.ticket.instrument)
    }
  }

  /// A strategy's orders on a side of a market that algorithms work.
  private func parents(_ strategy: StrategyID, _ instrument: InstrumentID, _ side: Side)
    -> [Order]
  {
    own(strategy, instrument).filter { $0.placed != nil && $0.ticket.side == side }
  }

  /// Keeps a target until orders of the strategy are gone, and has them go.
  private mutating func postpone(
    _ target: Quantity, _ intent: Proposal, until orders: [Order]
  ) {
    let (strategy, instrument) = (intent.strategy, intent.request.instrument)
    awaited.removeAll { $0.strategy == strategy && $0.instrument == instrument }
    awaited.append(
      AwaitedTarget(strategy: strategy, instrument: instrument, quantity: target))
    for order in orders where order.isCancellable {
      work.add(.cancel(order.id, .strategy), cause: deciding)
    }
  }

  /// An order ended: a target that waited for it may be asked for.
  mutating func resumeAwaited(_ order: Order, _ header: EntryHeader) {
    let strategy = order.ticket.strategy
    for target in awaited where target.strategy == strategy {
      if !market.series.isEmpty, let series = market.series(target.instrument) {
        guard !isMoving(strategy, series.id), !isUnderWay(strategy, series) else { continue }
      } else if isWaited(for: target) {
        continue
      }
      awaited.removeAll { $0 == target }
      work.add(
        .retarget(strategy, target.instrument, target.quantity), cause: header.sequence)
    }
  }

  /// Whether orders that a target waits for are there: with exits all of the strategy's, without them the parents
  /// that are ending.
  private func isWaited(for target: AwaitedTarget) -> Bool {
    let orders = own(target.strategy, target.instrument)
    if strategies[target.strategy.index].bracket != nil { return !orders.isEmpty }
    return orders.contains { order in
      guard order.placed != nil else { return false }
      return executions[order.id].map { $0.ending != nil } ?? true
    }
  }

  /// Records a target again that waited.
  mutating func retarget(
    _ strategy: StrategyID, _ instrument: InstrumentID, _ quantity: Quantity
  ) -> Decision? {
    if !market.series.isEmpty, let series = market.series(instrument),
      isLeaving(strategy, series)
    {
      awaited.append(
        AwaitedTarget(strategy: strategy, instrument: instrument, quantity: quantity))
      return nil
    }
    guard !awaits(strategy, instrument), market.committed(strategy, instrument) != quantity else {
      return nil
    }
    origin = .again
    return .intent(
      IntentRecord(
        strategy: strategy, action: .target, instrument: instrument, quantity: quantity,
        reason: Reason("the orders of the position before are gone")))
  }
}

extension OrderRequest {
  /// A market or limit order without any terms, which a strategy's configuration may concern.
  fileprivate var isPlainEntry: Bool {
    (type == .market || type == .limit) && terms.isPlain
      && timeInForce != .atOpen && timeInForce != .atClose
  }
}

extension BracketTerms {
  fileprivate var reason: Reason {
    var values: [Reason.Value] = []
    for (name, distance) in [("take_profit", takeProfit), ("stop_loss", stopLoss)] {
      switch distance {
      case .ppm(let share):
        values.append(Reason.Value("\(name)_percent", Decimal(mantissa: share, scale: 4)))
      case .ticks(let count):
        values.append(Reason.Value("\(name)_ticks", Decimal(mantissa: count, scale: 0)))
      case nil: break
      }
    }
    return Reason("with exits, as configured", values: values)
  }
}

extension BracketTerms.Distance {
  /// A price at this distance, whole ticks, rounded away.
  fileprivate func price(from price: Price, tick: Int64, isUp: Bool) -> Price {
    let reach: Int128 =
      switch self {
      case .ppm(let share):
        (Int128(price.raw.magnitude) * Int128(share) + 999_999) / 1_000_000
      case .ticks(let count): Int128(count) * Int128(tick)
      }
    let exact = Int128(price.raw) + (isUp ? reach : -reach)
    let rest = exact % Int128(tick)
    let floor = exact - (rest < 0 ? rest + Int128(tick) : rest)
    let rounded = isUp && floor != exact ? floor + Int128(tick) : floor
    return Price(Int64(clamping: max(min(rounded, Int128(Price.limit)), -Int128(Price.limit))))
  }
}
