import Events

extension RandomEntries {
  /// Any moment, often none.
  mutating func time() -> Instant {
    random.oneIn(3)
      ? .epoch : Instant(nanoseconds: random.oneIn(2) ? raw() : Int64(random.next() >> 2))
  }

  /// An order, half of them plain.
  mutating func ticket() -> OrderTicket {
    OrderTicket(
      order: orderID(), strategy: StrategyID(id()), account: AccountID(id()),
      instrument: instrument(), side: any(), type: any(), timeInForce: any(),
      quantity: quantity(), price: price(.init(2)), terms: terms())
  }

  mutating func intent() -> IntentRecord {
    IntentRecord(
      strategy: StrategyID(id()), action: any(), instrument: instrument(), side: any(),
      type: any(), timeInForce: any(), quantity: quantity(), price: price(.init(3)),
      order: orderID(), reason: Reason(text(), values: values()), terms: terms(), plan: plan())
  }

  /// Terms, half of them plain, the others with some that are not.
  mutating func terms() -> OrderTerms {
    var terms = OrderTerms()
    guard random.oneIn(2) else { return terms }
    if random.oneIn(2) { terms.stop = price(.init(3)) }
    if random.oneIn(3) { terms.trigger = any() }
    if random.oneIn(3) { terms.trail = Trail(any(), raw()) }
    if random.oneIn(4) { terms.limitOffset = raw() }
    if random.oneIn(3) { terms.peg = any() }
    if random.oneIn(4) { terms.pegOffset = raw() }
    if random.oneIn(3) { terms.display = quantity() }
    terms.isPostOnly = random.oneIn(3)
    terms.isReduceOnly = random.oneIn(3)
    if random.oneIn(3) { terms.expiry = time() }
    if random.oneIn(3) { terms.parent = orderID() }
    if random.oneIn(3) { terms.activation = any() }
    if random.oneIn(3) { terms.list = orderID() }
    if random.oneIn(3) { terms.linkage = any() }
    terms.isLiquidation = random.oneIn(4)
    if random.oneIn(4) {
      terms.lots = (0..<Int.random(in: 1...3, using: &random)).map { _ in random.next() }
    }
    return terms
  }

  mutating func statement() -> StatementTaken {
    StatementTaken(
      source: text(),
      digest: Digest(words: (random.next(), random.next(), random.next(), random.next())),
      format: any(), account: AccountID(id()), from: time(), to: time(), through: random.next(),
      compared: UInt32(truncatingIfNeeded: random.next()),
      checks: (0..<Int.random(in: 0...3, using: &random)).map { _ in check() })
  }

  mutating func check() -> StatementCheck {
    StatementCheck(
      any(), text(), ours: text(), theirs: text(),
      instrument: random.oneIn(2) ? .none : instrument(), order: orderID(),
      entry: random.next(), line: UInt32(truncatingIfNeeded: random.next()))
  }

  mutating func plan() -> ExecutionPlan? {
    guard random.oneIn(2) else { return nil }
    return ExecutionPlan(any(), start: time(), end: time(), values: values())
  }

  mutating func values() -> [Reason.Value] {
    (0..<Int.random(in: 0...4, using: &random)).map { _ in
      Reason.Value(
        text(), Decimal(mantissa: raw(), scale: UInt8.random(in: 0...18, using: &random)))
    }
  }

  mutating func route() -> RouteRecord {
    let candidates = (0..<Int.random(in: 0...4, using: &random)).map { _ in
      RouteRecord.Candidate(
        instrument: instrument(), price: price(.init(0)), size: quantity(), fee: raw(),
        latency: raw(), fillRate: raw(), score: raw(), quantity: quantity())
    }
    return RouteRecord(
      order: orderID(), round: id(), quantity: quantity(), candidates: candidates)
  }
}
