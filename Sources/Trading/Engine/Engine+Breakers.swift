import Events

// What the breakers see, and what follows from their states.
extension Engine {
  /// An instrument that breakers or rules of dynamic limits watch had a tick.
  @inline(never)
  mutating func guardTick(_ id: InstrumentID, _ header: EntryHeader) {
    let book = market.books[id.index]
    gate.controls?.breakers.see(id, book, at: header.receiveTime)
    gate.controls?.dynamic.see(id, book.mark, at: header.receiveTime)
    // The first data of an instrument start the wait for the next.
    if let wake = gate.controls?.breakers.nextWake, wake < nextMoment { noteMoment() }
    flushBreakers(header.sequence)
    flushScalings(header.sequence)
  }

  mutating func guardSignal(_ signal: Signal, _ header: EntryHeader) {
    let size = Int128(signal.score).magnitude.clamped
    gate.controls?.breakers.show(.signalScore, size, nil, signal.instrument)
    gate.controls?.breakers.count(.signalRate, nil, signal.instrument, at: header.receiveTime)
    flushBreakers(header.sequence)
  }

  mutating func guardReject(_ order: Order, _ header: EntryHeader) {
    let ticket = order.ticket
    gate.controls?.breakers.count(
      .rejects, ticket.strategy, ticket.instrument, at: header.receiveTime)
    flushBreakers(header.sequence)
  }

  /// A fill was booked.
  mutating func guardFill(_ fill: Fill, of order: Order, _ header: EntryHeader) {
    let ticket = order.ticket
    gate.controls?.countFill(order)
    gate.controls?.breakers.count(
      .executions, ticket.strategy, ticket.instrument, at: header.receiveTime)
    let mark = market.books[ticket.instrument.index].mark
    if !mark.isNone, mark.raw > 0, !fill.price.isNone {
      let away = Int128(abs(fill.price.raw - mark.raw)) * 1_000_000 / Int128(mark.raw)
      gate.controls?.breakers.show(.fillPrice, away, ticket.strategy, ticket.instrument)
    }
    gate.controls?.watchLimits(market)
    flushBreakers(header.sequence)
  }

  /// A fill came that no order was open for: as far away as a price can be.
  mutating func guardAnomaly(_ order: Order, _ header: EntryHeader) {
    gate.controls?.breakers.show(
      .fillPrice, Int128(Int64.max), order.ticket.strategy, order.ticket.instrument)
    flushBreakers(header.sequence)
  }

  mutating func comeToBreakers(_ time: Instant, _ sequence: UInt64) {
    guard let wake = gate.controls?.breakers.nextWake, time >= wake else { return }
    let statuses = market.books.map { $0.status ?? .trading }
    gate.controls?.breakers.come(to: time) { id in
      id.index < statuses.count && statuses[id.index] == .trading
    }
    flushBreakers(sequence)
  }

  /// Has what breakers want recorded.
  mutating func flushBreakers(_ sequence: UInt64) {
    guard let due = gate.controls?.breakers.due, !due.isEmpty else { return }
    for change in gate.controls?.breakers.take() ?? [] {
      work.add(.breaker(change), cause: sequence)
    }
  }

  /// Somebody releases breakers.
  mutating func enable(_ act: OperatorAct, _ header: EntryHeader) {
    guard gate.limits.settings.mayChange(act.subject) else {
      return forbid(act.subject, "release breakers", header)
    }
    gate.controls?.breakers.release(act.scope, "released by \(act.subject): \(act.reason)")
    flushBreakers(header.sequence)
  }

  /// A breaker has another state: what it forbids from now on is cancelled.
  mutating func apply(_ change: BreakerChange, _ header: EntryHeader) {
    gate.controls?.breakers.apply(change, at: header.receiveTime)
    noteMoment()
    guard change.state != .active else { return }
    for order in market.orders.open
    where isIn(change.scope, order) && order.isCancellable
      && (change.state == .halted || adds(order))
    {
      work.add(.cancel(order.id, .halt), cause: header.sequence)
    }
  }

  /// Whether an order takes its strategy's position further from zero.
  private func adds(_ order: Order) -> Bool {
    let ticket = order.ticket
    let held = market.portfolio.position(ticket.strategy, ticket.instrument).quantity.raw
    return ticket.side == .buy ? held >= 0 : held <= 0
  }
}
