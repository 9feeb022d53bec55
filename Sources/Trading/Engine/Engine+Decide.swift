import Events

extension Engine {
  /// What a duty comes to, if it is no intent of a strategy.
  mutating func decision(for item: Work.Item) -> Decision? {
    switch item.duty {
    case .alert(let alert): return .alert(alert)
    case .halt(let scope, let reason, let keeps):
      keepsOrders = keeps
      return .halted(scope, reason: reason)
    case .resume(let scope, let reason): return .resumed(scope, reason: reason)
    case .cancel(let order, let reason):
      // It may have ended since the cancel was queued.
      return cancel(order, reason)
    case .cancelAgain(let order): return cancelAgain(order)
    case .kill(let scope, let round): return reportKill(scope, round)
    case .limit(let change, let sequence): return judge(change, sequence)
    case .breaker(let change): return .breakerChanged(change)
    case .scale(let rule, let change):
      return gate.controls?.scaling(rule, change).map { .limitsScaled($0) }
    case .used(let used): return .limitsUsed(used)
    case .intent(let strategy, let intent):
      return record(intent, of: strategy, .strategy).map { .intent($0) }
    case .handled(let strategy, let intent):
      return record(intent, of: strategy, .core).map { .intent($0) }
    case .retarget(let strategy, let instrument, let quantity):
      return retarget(strategy, instrument, quantity)
    case .child(let child): return record(child)
    case .route(let parent, let child): return route(parent, child)
    case .release(let order, let cause, let seen): return release(order, cause, seen: seen)
    case .end(let order, let cause):
      if stop(order, cause) { return nil }
      return market.orders[order]?.state == .held ? .ended(order, cause) : nil
    case .unlink(let order): return unlink(order)
    case .resize(let order, let change): return resize(order, by: change)
    case .move(let order, let price): return move(order, to: price)
    case .member(let progress): return member(progress)
    case .books(let matter): return book(matter)
    case .liquidate(let account, let holding): return liquidate(account, holding)
    case .roll(let series): return roll(series)
    case .carry(let strategy, let series):
      carry(strategy, series)
      return nil
    case .close(let strategy, let act): return closing(strategy, act)
    case .openBreak(let account, let check): return opening(account, check)
    case .closeBreak(let id, let why): return closing(id, why)
    case .instruct(let instruction): return instructed(instruction)
    case .done: return nil
    }
  }

  /// A held order ends at once, another is asked to be cancelled. One that an algorithm works ends when its
  /// children have.
  private mutating func cancel(_ id: OrderID, _ reason: CancelReason) -> Decision? {
    guard let order = market.orders[id], order.isCancellable else { return nil }
    if stop(id, EndCause(reason)) { return nil }
    return order.state == .held ? .ended(id, EndCause(reason)) : .cancelRequested(id, reason)
  }

  /// The same for one that may be asked for again.
  private mutating func cancelAgain(_ id: OrderID) -> Decision? {
    guard market.orders[id]?.state == .cancelPending else { return cancel(id, .halt) }
    return .cancelRequested(id, .halt)
  }

  /// What is journaled of an intent; nil if it asks for nothing.
  mutating func record(_ intent: Intent, of strategy: StrategyID, _ origin: Origin)
    -> IntentRecord?
  {
    self.origin = origin
    switch intent {
    case .hold, .several, .list: return nil
    case .execute(let request, let plan, let reason):
      return IntentRecord(request, of: strategy, because: reason, plan: plan)
    case .target(let instrument, let quantity, let reason):
      guard awaits(strategy, instrument) || market.committed(strategy, instrument) != quantity
      else { return nil }
      return IntentRecord(
        strategy: strategy, action: .target, instrument: instrument, quantity: quantity,
        reason: reason)
    case .order(let request, let reason):
      return IntentRecord(request, of: strategy, because: reason)
    case .cancel(let order, let reason):
      return IntentRecord(
        strategy: strategy, action: .cancel, instrument: asked(order, strategy), order: order,
        reason: reason)
    case .replace(let order, let quantity, let price, let reason):
      return IntentRecord(
        strategy: strategy, action: .replace, instrument: asked(order, strategy),
        quantity: quantity, price: price, order: order, reason: reason)
    }
  }

  /// Takes a recorded intent through the gate.
  mutating func judge(_ asked: Proposal) -> Conclusion {
    if isRepeated(asked) { return .other(refuse(asked, .orderDuplicate)) }
    if market.series.isEmpty { return weigh(asked) }
    var intent = asked
    switch turn(&intent) {
    case .asAsked: return weigh(intent)
    case .refused(let rule): return .other(refuse(asked, rule))
    case .handled: return .nothing
    }
  }

  private mutating func weigh(_ intent: Proposal) -> Conclusion {
    switch intent.action {
    case .target, .order:
      switch handle(intent, intent.cause) {
      case .asAsked: break
      case .refused(let rule): return .other(refuse(intent, rule))
      case .handled: return .nothing
      }
    case .execute, .cancel, .replace: return Conclusion(request(intent))
    }
    if intent.action == .order { return submit(intent.request, intent) }
    let target = intent.request
    let committed = market.committed(intent.strategy, target.instrument)
    let (difference, overflow) = target.quantity.raw.subtractingReportingOverflow(committed.raw)
    guard !overflow, difference != .min else { return .other(refuse(intent, .arithmeticOverflow)) }
    guard difference != 0 else { return .nothing }
    return submit(
      .market(target.instrument, difference > 0 ? .buy : .sell, Quantity(difference).magnitude),
      intent)
  }

  /// Weighs what is asked of an order that is there, or of an algorithm.
  private mutating func request(_ intent: Proposal) -> Decision? {
    switch intent.action {
    case .target, .order: return nil
    case .execute:
      // Its children would have to share the lots.
      if !intent.request.terms.lots.isEmpty { return refuse(intent, .orderInvalid) }
      return execute(intent)
    case .cancel:
      guard let order = owned(intent) else { return refuse(intent, .orderUnknown) }
      if gate.hasControls, let broken = gate.checkCancel(order, intent.strategy, market) {
        return .refused(broken)
      }
      if stop(order.id, .strategy) { return nil }
      return cancel(order.id, .strategy) ?? refuse(intent, .orderNotCancellable)
    case .replace:
      guard let order = owned(intent) else { return refuse(intent, .orderUnknown) }
      // Its algorithm alone changes a parent and its children.
      if order.isSlice || order.placed != nil { return refuse(intent, .orderNotCancellable) }
      if order.state == .held { return amend(order, intent) }
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

  @inline(__always)
  private mutating func submit(_ request: OrderRequest, _ intent: Proposal) -> Conclusion {
    switch origin {
    case .child(let child): place(child)
    case .strategy, .list, .again, .core, .person:
      // Nobody else adds to an algorithm's children.
      if !request.terms.isPlain, request.terms.activation == .immediate,
        executions.contains(request.terms.parent)
      {
        return .other(refuse(intent, .orderInvalid))
      }
      if !request.terms.isPlain, rules.mustSlice(request) {
        return .other(holdIceberg(request, intent))
      }
      if !request.terms.isPlain, !knowsLots(request, intent.strategy) {
        return .other(refuse(intent, .orderInvalid))
      }
    }
    switch gate.judge(request, by: intent.strategy, in: market) {
    case .refused(let refusal): return .other(.refused(refusal))
    case .passed(let approved):
      let ticket = ticket(approved, intent.strategy)
      if gate.hasControls, gate.recordsUse { recordUse(ticket) }
      // Most are plain orders, which go out as they are.
      if ticket.terms.isPlain, rules.native.has(ticket.type) { return .order(ticket) }
      return rules.mustHold(ticket)
        ? .other(.held(forTheDay(ticket), nil)) : .order(venueForm(ticket))
    }
  }

  /// Whether the lots that an order names are there to be closed by it, each named once.
  private func knowsLots(_ request: OrderRequest, _ strategy: StrategyID) -> Bool {
    let named = request.terms.lots
    guard !named.isEmpty else { return true }
    let lots = market.portfolio.lots(strategy, request.instrument)
    guard named.count <= OrderTerms.maxLots, let first = lots.first,
      (first.quantity > .zero) == (request.side == .sell)
    else { return false }
    return named.enumerated().allSatisfy { place, name in
      lots.contains { $0.id == name } && !named[..<place].contains(name)
    }
  }

  /// A held order gets another total, limit or stop: it is held anew.
  private mutating func amend(_ order: Order, _ intent: Proposal) -> Decision {
    var request = OrderRequest(order.ticket)
    if request.timeInForce == .day { request.terms.expiry = .epoch }
    request.quantity = intent.request.quantity
    if request.type.hasLimit || !request.type.isConditional {
      request.price = intent.request.price
    } else {
      request.terms.stop = intent.request.price
    }
    let stop = intent.request.terms.stop
    if !stop.isNone { request.terms.stop = stop }
    switch gate.judge(request, by: intent.strategy, replacing: order, in: market) {
    case .refused(let refusal): return .refused(refusal)
    case .passed(let approved):
      var ticket = ticket(approved, intent.strategy)
      ticket.order = order.id
      if ticket.timeInForce == .day { ticket.terms.expiry = order.ticket.terms.expiry }
      return .held(ticket, nil)
    }
  }

  /// An order is made here and of an `ApprovedPlain` only: from what the gate approved.
  func ticket(_ approved: Approved, _ strategy: StrategyID) -> OrderTicket {
    let request = approved.request
    return OrderTicket(
      order: market.orders.nextID, strategy: strategy,
      account: market.portfolio.account(of: strategy), instrument: request.instrument,
      side: request.side, type: request.type, timeInForce: request.timeInForce,
      quantity: request.quantity, price: request.price, terms: request.terms)
  }

  func refuse(_ intent: Proposal, _ rule: Rule) -> Decision {
    .refused(
      Refusal(
        strategy: intent.strategy, instrument: intent.request.instrument, rule: rule,
        side: intent.request.side, quantity: intent.request.quantity,
        price: intent.request.price))
  }

  /// Takes a recorded decision.
  public mutating func apply(_ decision: Decision, _ header: EntryHeader) {
    switch decision {
    case .intent(let intent): return apply(intent, header)
    case .submitted(let ticket): return apply(ticket, header)
    default: if gate.hasControls { noteRisk(decision, header) }
    }
    switch decision {
    case .intent, .submitted: break
    case .refused(let refusal):
      tally.refused[Int(refusal.rule.rawValue)] += 1
      noteRefused(header)
    case .held(let ticket, let plan):
      hold(ticket, header)
      noteOrder(ticket.order)
      if let plan { begin(ticket, plan, header) }
    case .released(let release):
      tally.orders += 1
      tally.released[Int(release.cause.rawValue)] += 1
      unwatch(release.ticket.order)
      change(release.ticket.order) { $0.release(release.ticket, sequence: header.sequence) }
      gate.count(at: header.receiveTime)
    case .ended(let order, let cause): end(order, cause, header)
    case .routed(let record): split(record, header)
    case .cancelRequested(let order, let why):
      change(order) { $0.requestCancel(sequence: header.sequence, leaving: why == .linked) }
    case .replaceRequested(let order, let quantity, let price):
      change(order) { $0.requestReplace(quantity, price, sequence: header.sequence) }
      gate.count(at: header.receiveTime)
    case .alert: tally.alerts += 1
    case .halted(let scope, _):
      gate.halt(scope)
      defer { keepsOrders = false }
      if keepsOrders { break }
      for order in Array(market.orders.open) where isIn(scope, order) && order.isCancellable {
        work.add(.cancel(order.id, .halt), cause: header.sequence)
      }
    case .resumed(let scope, _):
      gate.resume(scope)
      endKills(scope)
    case .booked(let booking): take(booking, header)
    case .marginCall(let call):
      apply(call, header)
    case .liquidation(let liquidation): apply(liquidation, header)
    case .rolled(let roll): apply(roll, header)
    case .killReport(let report): apply(report, header)
    case .limitApplied(let applied): apply(applied, header)
    case .breakerChanged(let change): apply(change, header)
    case .limitsScaled(let scaled): apply(scaled, header)
    case .limitsUsed: break
    case .breakOpened(let record): reconciliation.open(record, header)
    case .breakClosed(let id, _): reconciliation.close(id)
    }
  }

  /// Takes a recorded intent of no more than a reason; see above.
  public mutating func apply(_ intent: PlainIntent, _ header: EntryHeader) {
    countIntent()
    if proposedPlan != nil { proposedPlan = nil }
    work.propose(intent, cause: header.sequence)
  }

  /// Takes a recorded intent; see above.
  private mutating func apply(_ intent: IntentRecord, _ header: EntryHeader) {
    countIntent()
    noteInstructed(header)
    if proposedPlan != nil || intent.hasPlan { proposedPlan = intent.plan }
    work.propose(intent.plain, intent.terms, cause: header.sequence)
  }

  /// Takes a recorded order; see above.
  public mutating func apply(_ ticket: OrderTicket, _ header: EntryHeader) {
    if gate.hasControls { noteSent(ticket, at: header.receiveTime) }
    tally.orders += 1
    if ticket.terms.isPlain {
      market.recount(ticket, by: Int128(ticket.quantity.raw))
    } else {
      let order = Order(ticket, sequence: header.sequence)
      market.recount(order, from: .zero)
      noteExpiry(of: order)
    }
    market.orders.add(Order(ticket, sequence: header.sequence))
    gate.count(at: header.receiveTime)
    switch origin {
    case .child(let child): noteSent(ticket, of: child, header)
    case .person: noteOrder(ticket.order)
    case .strategy, .list, .again, .core: break
    }
  }

  /// An order is held from now on, or is held with other terms.
  private mutating func hold(_ ticket: OrderTicket, _ header: EntryHeader) {
    if market.orders[ticket.order] == nil {
      tally.held += 1
      let order = Order(ticket, sequence: header.sequence, isHeld: true)
      market.orders.add(order)
      market.recount(order, from: .zero)
    } else {
      change(ticket.order) { $0.hold(ticket, sequence: header.sequence) }
    }
    watch(ticket.order)
    if let order = market.orders[ticket.order] { noteExpiry(of: order) }
  }

  /// A held order ended.
  private mutating func end(_ id: OrderID, _ cause: EndCause, _ header: EntryHeader) {
    guard let before = market.orders[id] else { return }
    tally.ended[Int(cause.rawValue)] += 1
    unwatch(id)
    change(id) { order in
      if cause == .linked { order.ticket.terms.linkage = .none }
      order.end(cause)
    }
    if !kills.isEmpty { checkKills(header.sequence) }
    guard let after = market.orders[id] else { return }
    let hasEnded = after.state.isFinal && !before.state.isFinal
    follow(after, filled: .zero, hasEnded: hasEnded, header)
    // One that an algorithm worked may have been filled whole.
    guard after.state != .filled else { return }
    tell(after, header) { logic, order, market in logic.onEnd(of: order, in: market) }
  }

  mutating func change(_ id: OrderID, _ body: (inout Order) -> Void) {
    let change = market.orders.change(id) { order in
      let exposure = order.exposure
      body(&order)
      return (order, exposure)
    }
    if let (order, exposure) = change { market.recount(order, from: exposure) }
  }
}

extension EndCause {
  /// On whose behalf a held order ends that would otherwise be cancelled.
  init(_ reason: CancelReason) {
    switch reason {
    case .strategy: self = .strategy
    case .operator: self = .operator
    case .halt: self = .halt
    case .linked: self = .linked
    case .parentEnded: self = .parentEnded
    case .expired: self = .expired
    case .algorithm: self = .completed
    case .adjusted: self = .adjusted
    case .liquidation: self = .liquidation
    case .roll: self = .roll
    }
  }
}
