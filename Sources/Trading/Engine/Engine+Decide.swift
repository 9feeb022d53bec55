import Events

/// A decision and the sequence of the entry that caused it.
public struct Conclusion: Equatable, Sendable {
  public var decision: Decision
  public var cause: UInt64

  public init(decision: Decision, cause: UInt64) {
    self.decision = decision
    self.cause = cause
  }
}

extension Engine {
  /// Whether there is anything to decide.
  public var hasWork: Bool { !work.isEmpty }

  /// The next decision, which must be recorded and applied before the one after it is asked for.
  public mutating func decide() -> Conclusion? {
    if let (intent, cause) = work.nextProposal(), let decision = judge(intent) {
      return Conclusion(decision: decision, cause: cause)
    }
    while let item = work.next() {
      if let decision = decision(for: item.duty) {
        return Conclusion(decision: decision, cause: item.cause)
      }
    }
    return nil
  }

  private mutating func decision(for duty: Work.Duty) -> Decision? {
    switch duty {
    case .alert(let alert): return .alert(alert)
    case .halt(let scope, let reason): return .halted(scope, reason: reason)
    case .resume(let scope, let reason): return .resumed(scope, reason: reason)
    case .cancel(let order, let reason):
      // It may have ended since the cancel was queued.
      guard market.orders[order]?.isCancellable == true else { return nil }
      return .cancelRequested(order, reason)
    case .intent(let strategy, let intent): return record(intent, of: strategy).map { .intent($0) }
    case .done: return nil
    }
  }

  /// What is journaled of an intent; nil if it asks for nothing.
  private func record(_ intent: Intent, of strategy: StrategyID) -> IntentRecord? {
    switch intent {
    case .hold, .several: return nil
    case .target(let instrument, let quantity, let reason):
      guard market.committed(strategy, instrument) != quantity else { return nil }
      return IntentRecord(
        strategy: strategy, action: .target, instrument: instrument, quantity: quantity,
        reason: reason)
    case .order(let request, let reason):
      return IntentRecord(
        strategy: strategy, action: .order, instrument: request.instrument, side: request.side,
        type: request.type, timeInForce: request.timeInForce, quantity: request.quantity,
        price: request.price, reason: reason)
    case .cancel(let order, let reason):
      return IntentRecord(
        strategy: strategy, action: .cancel,
        instrument: market.orders[order]?.ticket.instrument ?? .none, order: order, reason: reason)
    case .replace(let order, let quantity, let price, let reason):
      return IntentRecord(
        strategy: strategy, action: .replace,
        instrument: market.orders[order]?.ticket.instrument ?? .none, quantity: quantity,
        price: price, order: order, reason: reason)
    }
  }

  /// Takes a recorded intent through the gate.
  private mutating func judge(_ intent: Proposal) -> Decision? {
    switch intent.action {
    case .target:
      let target = intent.request
      let committed = market.committed(intent.strategy, target.instrument)
      let (difference, overflow) =
        target.quantity.raw.subtractingReportingOverflow(committed.raw)
      guard !overflow, difference != .min else { return refuse(intent, .arithmeticOverflow) }
      guard difference != 0 else { return nil }
      return submit(
        .market(
          target.instrument, difference > 0 ? .buy : .sell, Quantity(difference).magnitude), intent)
    case .order: return submit(intent.request, intent)
    case .cancel:
      guard let order = owned(intent) else { return refuse(intent, .orderUnknown) }
      guard order.isCancellable else { return refuse(intent, .orderNotCancellable) }
      return .cancelRequested(order.id, .strategy)
    case .replace:
      guard let order = owned(intent) else { return refuse(intent, .orderUnknown) }
      guard order.isReplaceable else { return refuse(intent, .orderNotCancellable) }
      switch gate.judge(
        order, quantity: intent.request.quantity, price: intent.request.price, in: market)
      {
      case .refused(let refusal): return .refused(refusal)
      case .passed(let passed):
        return .replaceRequested(passed.order, quantity: passed.quantity, price: passed.price)
      }
    }
  }

  /// The order an intent names, if it is the strategy's own.
  private func owned(_ intent: Proposal) -> Order? {
    guard let order = market.orders[intent.order], order.ticket.strategy == intent.strategy else {
      return nil
    }
    return order
  }

  private mutating func submit(_ request: OrderRequest, _ intent: Proposal) -> Decision {
    switch gate.judge(request, by: intent.strategy, in: market) {
    case .refused(let refusal): return .refused(refusal)
    case .passed(let approved): return .submitted(ticket(approved, intent.strategy))
    }
  }

  /// The only place an order is made: from what the gate approved.
  private func ticket(_ approved: Approved, _ strategy: StrategyID) -> OrderTicket {
    let request = approved.request
    return OrderTicket(
      order: market.orders.nextID, strategy: strategy, instrument: request.instrument,
      side: request.side, type: request.type, timeInForce: request.timeInForce,
      quantity: request.quantity, price: request.price)
  }

  private func refuse(_ intent: Proposal, _ rule: Rule) -> Decision {
    .refused(
      Refusal(
        strategy: intent.strategy, instrument: intent.request.instrument, rule: rule,
        side: intent.request.side, quantity: intent.request.quantity,
        price: intent.request.price))
  }

  /// Takes a recorded decision.
  public mutating func apply(_ decision: Decision, _ header: EntryHeader) {
    switch decision {
    case .intent(let intent):
      tally.intents += 1
      work.propose(Proposal(intent), cause: header.sequence)
    case .refused(let refusal): tally.refused[Int(refusal.rule.rawValue)] += 1
    case .submitted(let ticket):
      tally.orders += 1
      market.orders.add(ticket, sequence: header.sequence)
      market.recount(Order(ticket, sequence: header.sequence), from: .zero)
      gate.count(at: header.receiveTime)
    case .cancelRequested(let order, _):
      change(order) { $0.requestCancel(sequence: header.sequence) }
    case .replaceRequested(let order, let quantity, let price):
      change(order) { $0.requestReplace(quantity, price, sequence: header.sequence) }
      gate.count(at: header.receiveTime)
    case .alert: tally.alerts += 1
    case .halted(let scope, _):
      gate.halt(scope)
      for order in Array(market.orders.open) where isIn(scope, order) && order.isCancellable {
        work.add(.cancel(order.id, .halt), cause: header.sequence)
      }
    case .resumed(let scope, _): gate.resume(scope)
    }
  }

  private mutating func change(_ id: OrderID, _ body: (inout Order) -> Void) {
    let change = market.orders.change(id) { order in
      let exposure = order.exposure
      body(&order)
      return (order, exposure)
    }
    if let (order, exposure) = change { market.recount(order, from: exposure) }
  }
}
