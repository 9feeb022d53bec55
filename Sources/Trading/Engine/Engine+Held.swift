import Books
import Events

// Orders that the core keeps: what they wait for, and what becomes of them (docs/orders.md).
extension Engine {
  /// Which price an order watches.
  private func source(of ticket: OrderTicket) -> TriggerSource {
    ticket.terms.trigger == .standard ? rules.trigger : ticket.terms.trigger
  }

  /// Shows the prices of a market event to the orders that watch its instrument.
  @inline(never)
  mutating func showConditions(_ event: MarketEvent, movedTop: Bool, _ sequence: UInt64) {
    let instrument = event.instrument.index
    for id in watchers[instrument] {
      guard let order = market.orders[id],
        let prices = market.books[instrument].seen(
          source(of: order.ticket), order.ticket.side, by: event, movedTop: movedTop)
      else { continue }
      show(prices, to: id, sequence)
    }
  }

  /// Shows a mark price to the orders that watch it.
  mutating func showMark(_ price: Price, of instrument: InstrumentID, _ sequence: UInt64) {
    guard instrument.index < watchers.count else { return }
    for id in watchers[instrument.index] {
      guard let order = market.orders[id], source(of: order.ticket) == .mark else { continue }
      show(SeenPrices(price), to: id, sequence)
    }
  }

  private mutating func show(_ prices: SeenPrices, to id: OrderID, _ sequence: UInt64) {
    let seen = market.orders.change(id) { $0.see(prices) } ?? nil
    guard let seen else { return }
    unwatch(id)
    work.add(.release(id, .triggered, seen: seen), cause: sequence)
  }

  /// Has an order watch its instrument, if it is one that does.
  mutating func watch(_ id: OrderID) {
    guard let order = market.orders[id], order.isWatching else { return }
    let index = order.ticket.instrument.index
    guard index < watchers.count, !watchers[index].contains(id) else { return }
    let place = watchers[index].firstIndex { $0 > id } ?? watchers[index].count
    watchers[index].insert(id, at: place)
    interest[index].isWatched = true
  }

  mutating func unwatch(_ id: OrderID) {
    guard let index = market.orders[id]?.ticket.instrument.index, index < watchers.count else {
      return
    }
    watchers[index].removeAll { $0 == id }
    interest[index].isWatched = !watchers[index].isEmpty
  }

  /// Finds the watchers and the next moment again after a state was restored.
  mutating func rebuildHeld() {
    for index in watchers.indices { watchers[index] = [] }
    for order in market.orders.open {
      watch(order.id)
      if order.isPeggedByCore { interest[order.ticket.instrument.index].isPegged = true }
    }
    nextExpiry = soonestExpiry(after: Instant(nanoseconds: .min))
    for execution in executions.live {
      interest[execution.parent.instrument.index].isWorked = true
    }
    scheduleBooks(after: market.time)
    noteMoment()
  }

  // MARK: - Decisions

  /// The decision by which a held order goes out, or is refused at the last moment.
  mutating func release(_ id: OrderID, _ cause: ReleaseCause, seen: Price) -> Decision? {
    guard let order = market.orders[id], order.state == .held,
      let instrument = market.instrument(order.ticket.instrument)
    else { return nil }
    let ticket =
      cause == .triggered || !rules.native.has(order.ticket.type)
      ? order.ticket.released(tick: instrument.tickSize.raw) : order.ticket.activated
    switch gate.judge(venueForm(ticket), of: order, in: market) {
    case .refused(let refusal):
      work.addFirst(.end(id, .refused), cause: deciding)
      return .refused(refusal)
    case .passed(let passed): return .released(Release(passed.ticket, cause, seen: seen))
    }
  }

  /// A ticket as the venue understands it: a peg or a market-to-limit order that it does not know becomes a
  /// limit order at the price of now, which the core then keeps moving or not.
  func venueForm(_ ticket: OrderTicket) -> OrderTicket {
    var sent = ticket
    // The core ends what the venue would not.
    // Only what is good till a date goes out with one: a triggered stop may have become immediate.
    switch sent.timeInForce {
    case .goodTillDate, .goodTillCancelled: break
    case .none, .day, .immediateOrCancel, .fillOrKill, .atOpen, .atClose:
      sent.terms.expiry = .epoch
    }
    if sent.timeInForce == .goodTillDate, !rules.native.contains(.goodTillDate) {
      sent.timeInForce = .goodTillCancelled
    }
    guard !rules.native.has(ticket.type), let instrument = market.instrument(ticket.instrument)
    else { return sent }
    switch ticket.type {
    case .pegged:
      sent.type = .limit
      sent.price = pegged(ticket, instrument) ?? .none
    case .marketToLimit:
      sent.type = .limit
      let best = market.best(ticket.instrument)
      sent.price = ticket.side == .buy ? best.ask : best.bid
    default: break
    }
    return sent
  }

  /// The limit that a pegged order has now; nil if its reference is not there.
  ///
  /// Whole ticks, rounded away from the other side, and never at or beyond it unless it is pegged to it.
  func pegged(_ ticket: OrderTicket, _ instrument: Instrument) -> Price? {
    let best = market.best(ticket.instrument)
    let (own, other) = ticket.side == .buy ? (best.bid, best.ask) : (best.ask, best.bid)
    let reference: Price
    switch ticket.terms.peg {
    case .none: return nil
    case .primary: reference = own
    case .mid:
      // The middle is rounded down, a sell's must be rounded up.
      let isHalf = (best.bid.raw ^ best.ask.raw) & 1 != 0
      let up: Int64 = ticket.side == .sell && isHalf ? 1 : 0
      reference = best.isTwoSided ? Price(best.middle.raw + up) : .none
    case .market: reference = other
    }
    guard !reference.isNone else { return nil }
    let tick = instrument.tickSize.raw
    let (sum, overflow) = reference.raw.addingReportingOverflow(
      ticket.terms.pegOffset * ticket.side.sign)
    guard !overflow, sum.magnitude < Price.limit.magnitude else { return nil }
    let rest = sum % tick
    let floor = sum - (rest < 0 ? rest + tick : rest)
    var price = ticket.side == .buy || floor == sum ? floor : floor + tick
    if ticket.terms.peg != .market, !other.isNone {
      price = ticket.side == .buy ? min(price, other.raw - tick) : max(price, other.raw + tick)
    }
    return Price(price)
  }

  /// Moves the pegged orders of an instrument whose reference moved, when nothing is outstanding.
  @inline(never)
  mutating func movePegs(_ instrument: InstrumentID, _ sequence: UInt64) {
    guard let definition = market.instrument(instrument) else { return }
    for order in market.orders.open
    where order.ticket.instrument == instrument && order.isPeggedByCore && order.isReplaceable {
      guard let price = pegged(order.ticket, definition), price != order.ticket.price else {
        continue
      }
      work.add(.move(order.id, price), cause: sequence)
    }
  }

  /// The decision that gives a pegged order its new limit.
  mutating func move(_ id: OrderID, to price: Price) -> Decision? {
    guard let order = market.orders[id], order.isReplaceable else { return nil }
    switch gate.judge(order, quantity: order.ticket.quantity, price: price, in: market) {
    case .refused: return nil
    case .passed(let passed):
      return .replaceRequested(passed.order, quantity: passed.quantity, price: passed.price)
    }
  }

  // MARK: - Time

  /// When the driver should step a timer for the engine, if nothing comes before; nil for never.
  public var nextWake: Instant? { nextMoment == .distantFuture ? nil : nextMoment }

  /// Whether that is before a time.
  @inlinable public func wakes(before time: Instant) -> Bool { nextMoment < time }

  /// Does what is due by time alone.
  @inline(never)
  mutating func come(to time: Instant, _ sequence: UInt64) {
    lookAtRisk(time, sequence)
    takeLimits(at: time)
    repeatKills(at: time, sequence)
    comeToBreakers(time, sequence)
    if time >= nextExpiry { expire(at: time, sequence) }
    for parent in executions.due(at: time) { drain(parent, cause: sequence) }
    if time >= schedule.next { keepBooks(at: time, sequence) }
    if time >= schedule.look { lookAtMargins(time, sequence) }
    if time >= nextDayEnd { endDay(sequence) }
    noteMoment()
  }

  /// Finds the next moment again after one of those it is the first of has changed.
  mutating func noteMoment() {
    nextMoment = min(nextExpiry, executions.nextWake, schedule.next, nextDayEnd)
    if let awaited = awaitedLimits.first { nextMoment = min(nextMoment, awaited.change.effective) }
    if let wake = gate.controls?.breakers.nextWake { nextMoment = min(nextMoment, wake) }
    for kill in kills { nextMoment = min(nextMoment, kill.next) }
    nextLook = min(nextMoment, gate.nextLook, schedule.look)
  }

  /// The first expiry after a time that the core has to see to, or the end of time. O(open orders).
  private func soonestExpiry(after time: Instant) -> Instant {
    market.orders.open.reduce(.distantFuture) { soonest, order in
      guard order.expiresInCore, order.ticket.terms.expiry > time else { return soonest }
      return min(soonest, order.ticket.terms.expiry)
    }
  }

  /// Ends orders whose time is over.
  @inline(never)
  mutating func expire(at time: Instant, _ sequence: UInt64) {
    for order in market.orders.open
    where order.expiresInCore && order.ticket.terms.expiry <= time {
      work.add(.cancel(order.id, .expired), cause: sequence)
    }
    nextExpiry = soonestExpiry(after: time)
  }

  /// A ticket that is held: one for the day gets the close of its venue's session as its expiry. Without a
  /// calendar for the venue, or beyond what that one knows, the day ends when the venue says so.
  func forTheDay(_ ticket: OrderTicket) -> OrderTicket {
    guard ticket.timeInForce == .day, let instrument = market.instrument(ticket.instrument),
      let calendar = calendars.first(where: { $0.venue == instrument.venueName })?.calendar,
      let session = try? calendar.session(closingAfter: market.time)
    else { return ticket }
    var ticket = ticket
    ticket.terms.expiry = session.close
    return ticket
  }

  /// A session ended: held day orders end with it.
  mutating func closeSession(_ instrument: InstrumentID, _ sequence: UInt64) {
    for order in market.orders.open
    where order.state == .held && order.ticket.instrument == instrument
      && order.ticket.timeInForce == .day
    {
      work.add(.end(order.id, .expired), cause: sequence)
    }
  }

  /// Notes when an order expires, if the core sees to that.
  mutating func noteExpiry(of order: Order) {
    guard order.expiresInCore else { return }
    nextExpiry = min(nextExpiry, order.ticket.terms.expiry)
    noteMoment()
  }
}

extension Order {
  /// An order that is good till a date of which the venue knows nothing.
  fileprivate var expiresInCore: Bool {
    ticket.terms.expiry != .epoch
      && (state == .held || ticket.timeInForce == .goodTillCancelled)
  }

  /// A limit order whose peg the core keeps.
  fileprivate var isPeggedByCore: Bool { ticket.type == .limit && ticket.terms.peg != .none }
}

extension OrderTicket {
  /// The ticket without its parent's condition.
  var activated: OrderTicket {
    var ticket = self
    ticket.terms.activation = .immediate
    return ticket
  }
}
