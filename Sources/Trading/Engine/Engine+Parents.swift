import Books
import Events

// Parents that algorithms work: how the engine feeds an `Execution` and does what it wants
// (docs/orders.md, Algorithms).
extension Engine {
  /// Takes an intent to execute through the gate: the parent is held with its plan.
  mutating func execute(_ intent: Proposal) -> Decision {
    let request = intent.request
    guard let plan = proposedPlan, request.type == .market || request.type == .limit,
      request.terms.activation == .immediate, request.terms.linkage == .none,
      request.terms.display == .zero
    else { return refuse(intent, .orderInvalid) }
    return hold(request, plan, intent)
  }

  private mutating func hold(_ request: OrderRequest, _ plan: ExecutionPlan, _ intent: Proposal)
    -> Decision
  {
    switch gate.judge(request, by: intent.strategy, in: market) {
    case .refused(let refusal): return .refused(refusal)
    case .passed(let approved):
      let ticket = ticket(approved, intent.strategy)
      guard execution(of: ticket, plan) != nil else { return refuse(intent, .orderInvalid) }
      return .held(ticket, plan)
    }
  }

  mutating func holdIceberg(_ request: OrderRequest, _ intent: Proposal) -> Decision {
    guard let instrument = market.instrument(request.instrument) else {
      return refuse(intent, .instrumentUnknown)
    }
    let display = request.terms.display
    guard display <= request.quantity, display.raw % instrument.lotSize.raw == 0 else {
      return refuse(intent, .orderInvalid)
    }
    var plain = request
    plain.terms.display = .zero
    let isDated = request.timeInForce == .goodTillDate
    let plan = ExecutionPlan(
      .iceberg, start: market.time, end: isDated ? request.terms.expiry : .distantFuture,
      values: [
        Reason.Value(
          "display", Decimal(mantissa: display.raw, scale: instrument.quantityScale)),
        Reason.Value("pause", Decimal(mantissa: 1, scale: 0)),
      ])
    return hold(plain, plan, intent)
  }

  private func execution(of ticket: OrderTicket, _ plan: ExecutionPlan) -> Execution? {
    guard let instrument = market.instrument(ticket.instrument) else { return nil }
    var second: Instrument?
    if let number = plan["instrument"], number.scale == 0,
      let id = UInt16(exactly: number.mantissa)
    {
      second = market.instrument(InstrumentID(id))
    }
    // What rests or shows little is not routed.
    let rounds = plan.algorithm == .pairs ? 0 : route(of: ticket.instrument)?.rounds ?? 0
    return try? Execution(ticket, plan, instrument, second: second, rounds: rounds)
  }

  /// A parent is held from now on.
  mutating func begin(_ ticket: OrderTicket, _ plan: ExecutionPlan, _ header: EntryHeader) {
    guard executions[ticket.order] == nil, let execution = execution(of: ticket, plan) else {
      return
    }
    executions.add(execution)
    change(ticket.order) { $0.placed = .zero }
    interest[ticket.instrument.index].isWorked = true
    drain(ticket.order, cause: header.sequence)
  }

  /// Has a parent end as soon as its children have.
  /// - Returns: false if no algorithm works it.
  mutating func stop(_ parent: OrderID, _ why: EndCause) -> Bool {
    guard let attention = executions.change(parent, { $0.cancel(why) }) else { return false }
    settle(parent)
    if attention == .wake { drain(parent, cause: deciding) }
    return true
  }

  // MARK: - Doing what an execution wants

  /// Does what a parent's algorithm wants now.
  mutating func drain(_ parent: OrderID, cause: UInt64) {
    guard let before = executions[parent] else { return }
    let view = Execution.View(
      best: market.best(before.parent.instrument),
      second: before.second.map { market.best($0.instrument) })
    let time = market.time
    var unhedged = Quantity.zero
    while true {
      let action = executions.change(parent) { execution in
        unhedged = execution.unhedged
        return execution.wake(at: time, in: view)
      }
      switch action {
      case .send(let child): send(child, of: parent, cause)
      case .cancel(let child): work.add(.cancel(child, .algorithm), cause: cause)
      case .complete(let why):
        noteEnd(before, unhedged, cause)
        work.add(.end(parent, why), cause: cause)
        return noteMoment()
      case .nothing, nil:
        settle(parent)
        return noteMoment()
      }
    }
  }

  private mutating func send(_ child: ChildOrder, of parent: OrderID, _ cause: UInt64) {
    if child.isRouted { return work.add(.route(parent, child), cause: cause) }
    work.add(
      .child(
        self.child(of: parent, child, child.instrument, child.quantity, child.price)),
      cause: cause)
  }

  /// A child as the gate will see it.
  func child(
    of parent: OrderID, _ child: ChildOrder, _ instrument: InstrumentID, _ quantity: Quantity,
    _ price: Price
  ) -> Child {
    var request = OrderRequest.limit(
      instrument, child.side, quantity, at: price, child.timeInForce)
    request.terms.parent = parent
    if child.leg == .first, let terms = market.orders[parent]?.ticket.terms {
      request.terms.isReduceOnly = terms.isReduceOnly
      request.terms.isPostOnly = terms.isPostOnly && !request.isImmediate
    }
    return Child(parent: parent, leg: child.leg, request: request, reason: child.reason)
  }

  private mutating func noteEnd(_ execution: Execution, _ unhedged: Quantity, _ cause: UInt64) {
    let instrument = execution.parent.instrument
    interest[instrument.index].isWorked = executions.live.contains {
      $0.parent.instrument == instrument
    }
    guard unhedged > .zero, let second = execution.second else { return }
    let text = "the second leg lacks \(unhedged.raw) units after ten hedges that filled nothing"
    work.add(
      .alert(
        Alert(
          severity: .critical, code: .executionUnhedged, instrument: second.instrument,
          order: execution.parent.order, text: text)),
      cause: cause)
  }

  /// Keeps the parent's order at what its execution knows.
  func placedQuantity(_ execution: Execution) -> Quantity {
    execution.exposure == .zero
      ? execution.parent.quantity : Quantity(execution.working.raw - execution.asked.raw)
  }

  mutating func settle(_ parent: OrderID) {
    guard let execution = executions[parent], let order = market.orders[parent] else { return }
    let placed = placedQuantity(execution)
    if order.placed != placed { change(parent) { $0.placed = placed } }
  }

  // MARK: - Children

  /// Records what a child is asked for, unless its parent has come to an end since.
  mutating func record(_ child: Child) -> Decision? {
    guard let execution = executions[child.parent],
      execution.ending == nil || child.leg == .second,
      let strategy = market.orders[child.parent]?.ticket.strategy
    else {
      refused(child)
      return nil
    }
    origin = .child(child)
    return .intent(IntentRecord(child.request, of: strategy, because: child.reason))
  }

  /// A child is before the gate: from here on its quantity is its own, no longer the parent's.
  mutating func place(_ child: Child) {
    guard child.leg == .first else { return }
    let size = units(child.request.quantity, of: child.request.instrument, for: child.parent)
    change(child.parent) { order in
      order.placed = order.placed.map { min($0 + size, Quantity(.max >> 1)) }
    }
  }

  mutating func noteSent(_ ticket: OrderTicket, of child: Child, _ header: EntryHeader) {
    origin = .strategy
    tally.children += 1
    change(ticket.order) { $0.isSlice = true }
    let size = units(ticket.quantity, of: ticket.instrument, for: child.parent)
    executions.change(child.parent) { $0.childSent(ticket.order, ticket.instrument, size) }
    settle(child.parent)
    // The parent may have been told to end while the child was before the gate.
    if executions[child.parent]?.ending != nil { drain(child.parent, cause: header.sequence) }
  }

  /// The gate refused what was asked for last.
  mutating func noteRefused(_ header: EntryHeader) {
    if case .person = origin { origin = .strategy }
    guard case .child(let child) = origin else { return }
    origin = .strategy
    deciding = header.sequence
    refused(child)
  }

  private mutating func refused(_ child: Child) {
    let id = child.request.instrument
    let size = units(child.request.quantity, of: id, for: child.parent)
    let time = market.time
    let attention = executions.change(child.parent) { $0.childRefused(id, size, at: time) }
    settle(child.parent)
    if attention == .wake { drain(child.parent, cause: deciding) }
  }

  /// Tells a parent what a report did to one of its children.
  /// - Parameter filled: just now; negative if an execution was taken back.
  mutating func followSlice(
    _ after: Order, filled: Quantity, hasEnded: Bool = false, isCancelRefused: Bool = false,
    _ header: EntryHeader
  ) {
    let parent = after.ticket.terms.parent
    let isFirst = executions[parent].map { after.ticket.instrument != $0.second?.instrument }
    if hasEnded, isFirst == true, executions[parent]?.rounds ?? 0 > 0,
      after.ticket.timeInForce == .immediateOrCancel
    {
      fillHistory.note(
        after.ticket.instrument, sent: after.ticket.quantity, filled: after.filled)
    }
    // As differences of sums, so that the parts of a unit that rounding takes off come with the next fill.
    let instrument = after.ticket.instrument
    let filled =
      units(after.filled, of: instrument, for: parent)
      - units(after.filled - filled, of: instrument, for: parent)
    guard isFirst != nil else { return fillLate(parent, filled) }
    let (order, time) = (after.id, market.time)
    var attention = Execution.Attention.none
    if filled != .zero {
      attention =
        executions.change(parent) {
          $0.childFilled(order, after.ticket.instrument, filled, at: time)
        } ?? .none
      fill(parent, header)
    }
    if hasEnded, executions.change(parent, { $0.childEnded(order, at: time) }) == .wake {
      attention = .wake
    }
    if isCancelRefused, executions.change(parent, { $0.cancelRefused(order, at: time) }) == .wake {
      attention = .wake
    }
    settle(parent)
    if attention == .wake { drain(parent, cause: header.sequence) }
    noteMoment()
  }

  /// A parent has filled what its first leg's children have; its list and those that wait for it follow.
  private mutating func fill(_ parent: OrderID, _ header: EntryHeader) {
    guard let execution = executions[parent], let before = market.orders[parent] else { return }
    let placed = placedQuantity(execution)
    change(parent) { ($0.filled, $0.placed) = (execution.filled, placed) }
    guard let after = market.orders[parent], after.filled > before.filled else { return }
    follow(after, filled: after.filled - before.filled, hasEnded: false, header)
  }

  /// A child of a parent that has ended filled all the same, or lost a fill.
  private mutating func fillLate(_ parent: OrderID, _ filled: Quantity) {
    guard filled != .zero else { return }
    change(parent) { order in
      let (sum, overflow) = order.filled.raw.addingReportingOverflow(filled.raw)
      order.filled = Quantity(overflow ? .max : max(0, sum))
    }
  }

  // MARK: - The market

  /// Counts what the market traded, by prints or, without any, by bars.
  @inline(never)
  mutating func countVolume(_ tick: MarketEvent, _ sequence: UInt64) {
    let size: Quantity
    switch tick {
    case .trade(let trade): size = trade.size
    case .bar(let bar) where bar.side == .none:
      guard !market.books[tick.instrument.index].sources.contains(.trades) else { return }
      size = bar.volume
    case .quote, .depth, .order, .bar, .status: return
    }
    for parent in executions.traded(tick.instrument, size, at: market.time) {
      drain(parent, cause: sequence)
    }
  }

  mutating func countIntent() {
    tally.intents += 1
    switch origin {
    case .strategy, .list, .person: break
    case .again, .core, .child: tally.derived += 1
    }
  }
}
