import Events

// What moves the books without a fill: when it is due, and what follows from it (docs/portfolio.md).

/// One thing that the books have to take, for one position or one currency of an account.
enum Bookkeeping: Sendable {
  case open(StrategyID, InstrumentID, Quantity, Price)
  case settle(AccountID, currency: String)
  case dividend(StrategyID, CorporateAction)
  case split(StrategyID, CorporateAction)
  /// All positions are split: from now on prices are in the new units.
  case reprice(CorporateAction)
  case delist(StrategyID, CorporateAction)
  /// A future is settled to a price.
  case variation(StrategyID, InstrumentID, Price)
  /// A contract or an option ends; a contract has been settled to its last price before.
  case expire(StrategyID, InstrumentID)
  /// So much of an option is exercised or assigned.
  case exercise(StrategyID, InstrumentID, Quantity)
  case deliver(StrategyID, option: InstrumentID, Quantity)
  case funding(StrategyID, InstrumentID, rate: Int64)
  /// Of so many days, on settled cash.
  case interest(AccountID, currency: String, days: Int64)
  /// Of so many days, for a short position.
  case borrowFee(StrategyID, InstrumentID, days: Int64)
  /// What a fill closed.
  case closed(Booking)
  /// What is charged for a fill that closed a position for want of margin.
  case liquidationFee(Booking)
  /// Whether an account has what it must have.
  case margin(AccountID)
  /// There is no price to book it at.
  case unpriced(InstrumentID, String)
}

extension Engine {
  /// What a fill of an order means for its account: nothing, for plain ones.
  mutating func context(
    of strategy: StrategyID, _ instrument: InstrumentID, _ header: EntryHeader
  ) -> Portfolio.Context {
    let owner = market.portfolio.account(of: strategy)
    var context = Portfolio.Context(sequence: header.sequence, time: header.receiveTime)
    if market.portfolio.accounts[Int(owner.raw)].settlement != .trade {
      context.settles = settlement(of: instrument, owner)
    }
    context.base = exchanged(instrument, owner)
    return context
  }

  /// What a quantity of an instrument is money of, where an account exchanges cash; empty where it does not.
  private func exchanged(_ id: InstrumentID, _ account: AccountID) -> String {
    guard market.portfolio.accounts[Int(account.raw)].currencies == .exchange,
      let instrument = market.instrument(id), market.isExchanged(instrument, account)
    else { return "" }
    return instrument.base
  }

  /// What follows from a fill that was booked.
  mutating func follow(
    _ fill: Fill, _ outcome: Portfolio.Outcome, of order: Order, _ context: Portfolio.Context,
    _ header: EntryHeader
  ) {
    let instrument = order.ticket.instrument
    if !order.ticket.terms.isPlain, order.ticket.terms.isLiquidation {
      chargeLiquidation(fill, of: order, header)
    }
    if market.portfolio.hasMargins { watchMargins() }
    if context.settles != .epoch || hasEnd(instrument) {
      noteBooks(instrument, context.settles)
      endIfOver(instrument, header.sequence)
    }
    if !outcome.closed.isEmpty {
      let booking = Booking(
        .closed, account: order.ticket.account, strategy: order.ticket.strategy,
        instrument: instrument, currency: market.currency(instrument) ?? "",
        lots: outcome.closed, order: order.id)
      work.add(.books(.closed(booking)), cause: header.sequence)
    }
    if outcome.isFreeRiding {
      let alert = Alert(
        severity: .warning, code: .booksFreeRiding, instrument: instrument,
        order: order.id, text: "sold before the cash that paid for it had settled")
      work.add(.alert(alert), cause: header.sequence)
    }
  }

  private func hasEnd(_ id: InstrumentID) -> Bool {
    id.index < market.instruments.count && market.instruments[id.index]?.expiry != .epoch
  }

  /// Something is to be done at the end of an instrument, or when cash settles.
  private mutating func noteBooks(_ id: InstrumentID, _ settles: Instant) {
    if settles != .epoch { schedule.next = min(schedule.next, settles) }
    if let expiry = market.instrument(id)?.expiry, expiry > market.time {
      schedule.next = min(schedule.next, expiry)
    }
    noteMoment()
  }

  /// A fill that came after the end of its instrument.
  private mutating func endIfOver(_ id: InstrumentID, _ sequence: UInt64) {
    guard let instrument = market.instrument(id), instrument.expiry <= market.time else { return }
    end(instrument, sequence)
  }

  /// Takes a recorded booking.
  mutating func take(_ booking: Booking, _ header: EntryHeader) {
    guard
      market.portfolio.take(
        booking, market.terms(booking.instrument),
        base: exchanged(booking.instrument, booking.account), header.sequence)
    else {
      let alert = Alert(
        severity: .critical, code: .booksOverflow, instrument: booking.instrument,
        text: "the amounts of a \(booking.kind.name) are out of range")
      work.add(.alert(alert), cause: header.sequence)
      work.add(.halt(.all, reason: "the books cannot hold a booking"), cause: header.sequence)
      return
    }
    if booking.strategy != .none { market.touch(booking.strategy, booking.instrument) }
    noteBooks(booking.instrument, booking.settles)
    guard market.portfolio.hasMargins else { return }
    switch booking.kind {
    case .opening, .delivered: watchMargins()
    case .variation, .funding:
      work.add(.books(.margin(booking.account)), cause: header.sequence)
    default: break
    }
  }

  /// Margins are looked at when the next day begins, UTC.
  private mutating func watchMargins() {
    schedule.next = min(schedule.next, Self.nextDay(after: market.time))
    if market.portfolio.hasLiquidations {
      schedule.look = min(schedule.look, market.time.advanced(by: Nanoseconds.second))
    }
    noteMoment()
  }

  static func nextDay(after time: Instant) -> Instant {
    Instant(time.date.advanced(by: 1)) ?? .distantFuture
  }

  // MARK: - What the outside says

  /// Brings in the positions that strategies are configured to hold of an instrument, once.
  mutating func openPositions(in id: InstrumentID, _ sequence: UInt64) {
    guard let instrument = market.instrument(id) else { return }
    for index in strategies.indices {
      let (strategy, slot) = (StrategyID(UInt16(index)), strategies[index])
      for opening in slot.openings where instrument.names.contains(opening.instrument) {
        guard !market.portfolio.isOpened(strategy, id) else { continue }
        if let (quantity, price) = opening.scaled(to: instrument) {
          work.add(.books(.open(strategy, id, quantity, price)), cause: sequence)
        } else {
          let text = "the position of \(slot.name) does not fit \(instrument.symbol)"
          work.add(.books(.unpriced(id, text)), cause: sequence)
        }
      }
    }
  }

  /// A settlement price or a funding rate was published.
  mutating func settle(_ value: ReferenceValue, _ sequence: UInt64) {
    guard let terms = market.terms(value.instrument) else { return }
    switch (value.field, terms.kind) {
    case (.settlement, .future):
      for strategy in market.portfolio.holders(of: value.instrument) {
        let matter = Bookkeeping.variation(strategy, value.instrument, Price(value.value))
        work.add(.books(matter), cause: sequence)
      }
    case (.fundingRate, let kind) where kind.isFunded:
      if value.effective > market.time {
        schedule.announce(
          BooksSchedule.Funding(
            instrument: value.instrument, rate: value.value, time: value.effective))
        noteMoment()
      } else {
        fund(value.instrument, value.value, sequence)
      }
    default: break
    }
  }

  private mutating func fund(_ id: InstrumentID, _ rate: Int64, _ sequence: UInt64) {
    for strategy in market.portfolio.holders(of: id) {
      work.add(.books(.funding(strategy, id, rate: rate)), cause: sequence)
    }
  }

  mutating func apply(_ action: CorporateAction, _ sequence: UInt64) {
    let id = action.instrument
    guard market.instrument(id) != nil else { return }
    for strategy in market.portfolio.holders(of: id) {
      switch action.action {
      case .dividend: work.add(.books(.dividend(strategy, action)), cause: sequence)
      case .split where action.old > 0 && action.new > 0:
        work.add(.books(.split(strategy, action)), cause: sequence)
      case .delisting: work.add(.books(.delist(strategy, action)), cause: sequence)
      case .split, .symbolChange: break
      }
    }
    switch action.action {
    case .dividend: return
    case .symbolChange where !action.symbol.isEmpty:
      market.instruments[id.index]?.rename(action.symbol)
    case .symbolChange: return
    // Prices and quantities of orders no longer mean what they meant.
    case .split, .delisting: endOrders(in: id, .adjusted, sequence)
    }
    if action.action == .split, action.old > 0, action.new > 0 {
      work.add(.books(.reprice(action)), cause: sequence)
    }
  }

  private mutating func endOrders(
    in id: InstrumentID, _ reason: CancelReason, _ sequence: UInt64
  ) {
    for order in market.orders.open where order.ticket.instrument == id && order.isCancellable {
      work.add(.cancel(order.id, reason), cause: sequence)
    }
  }

  /// The clearing house says what became of options, of all strategies of an account together: they share
  /// it in order of their ids.
  mutating func apply(_ notice: OptionNotice, _ sequence: UInt64) {
    guard market.instrument(notice.instrument)?.option != nil else { return }
    var left = notice.quantity
    for strategy in market.portfolio.holders(of: notice.instrument)
    where market.portfolio.account(of: strategy) == notice.account && left > .zero {
      let held = market.portfolio.position(strategy, notice.instrument).quantity
      guard (held > .zero) == (notice.notice != .assignment) else { continue }
      let part = min(left, held.magnitude)
      left -= part
      if notice.notice == .abandon {
        work.add(.books(.expire(strategy, notice.instrument)), cause: sequence)
      } else {
        exercise(part, strategy, notice.instrument, sequence)
      }
    }
  }

  private mutating func exercise(
    _ part: Quantity, _ strategy: StrategyID, _ id: InstrumentID, _ sequence: UInt64
  ) {
    work.add(.books(.exercise(strategy, id, part)), cause: sequence)
    guard market.instrument(id)?.option?.settlement == .physical else { return }
    let held = market.portfolio.position(strategy, id).quantity
    work.add(
      .books(.deliver(strategy, option: id, held > .zero ? part : -part)), cause: sequence)
  }

  // MARK: - Time

  /// Does what the books have to do by a time.
  @inline(never)
  mutating func keepBooks(at time: Instant, _ sequence: UInt64) {
    for item in market.portfolio.settlements.items {
      guard item.moment <= time else { break }
      work.add(.books(.settle(item.account, currency: item.currency)), cause: sequence)
    }
    for funding in schedule.takeFundings(through: time) {
      fund(funding.instrument, funding.rate, sequence)
    }
    for case let instrument? in market.instruments
    where instrument.expiry != .epoch && instrument.expiry <= time {
      end(instrument, sequence)
    }
    accrue(through: time, sequence)
    if market.portfolio.hasMargins { checkMargins(sequence) }
    scheduleBooks(after: time)
  }

  /// Finds out when there is something to do next. O(strategies × instruments).
  mutating func scheduleBooks(after time: Instant) {
    var next = schedule.fundings.reduce(Instant.distantFuture) { min($0, $1.time) }
    if let item = market.portfolio.settlements.items.first(where: { $0.moment > time }) {
      next = min(next, item.moment)
    }
    for case let instrument? in market.instruments where instrument.expiry > time {
      guard !market.portfolio.holders(of: instrument.id).isEmpty else { continue }
      next = min(next, instrument.expiry)
    }
    if market.portfolio.hasMargins, market.portfolio.isHolding {
      next = min(next, Self.nextDay(after: time))
    }
    if market.hasCharges { next = min(next, schedule.accrued) }
    for case let call? in market.portfolio.calls where call.next > time {
      next = min(next, call.next)
    }
    schedule.next = next
  }

  /// An instrument's life is over.
  private mutating func end(_ instrument: Instrument, _ sequence: UInt64) {
    let id = instrument.id
    let holders = market.portfolio.holders(of: id)
    guard !holders.isEmpty else { return }
    if let option = instrument.option {
      return end(option, of: instrument, holders, sequence)
    }
    switch instrument.kind {
    case .future, .perpetual, .inverse:
      let published = market.references[id.index].settlement
      let last = published.isNone ? market.books[id.index].mark : published
      guard !last.isNone else {
        return work.add(.books(.unpriced(id, "it expired without a price")), cause: sequence)
      }
      for strategy in holders {
        work.add(.books(.variation(strategy, id, last)), cause: sequence)
        work.add(.books(.expire(strategy, id)), cause: sequence)
      }
    case .option:
      let text = "it expired, and nobody said on what it is"
      work.add(.books(.unpriced(id, text)), cause: sequence)
    case .equity, .forex, .crypto, .index, .continuous: break
    }
  }

  /// In the money by a cent or more an option is exercised, by its holder or against its writer
  /// (OCC rule 805).
  private mutating func end(
    _ option: OptionTerms, of instrument: Instrument, _ holders: [StrategyID], _ sequence: UInt64
  ) {
    guard let difference = moneyness(option, of: instrument) else {
      let text = "it expired, and \(option.underlying) has no price"
      return work.add(.books(.unpriced(instrument.id, text)), cause: sequence)
    }
    for strategy in holders {
      let held = market.portfolio.position(strategy, instrument.id).quantity
      if difference.raw >= Money.one / 100 {
        exercise(held.magnitude, strategy, instrument.id, sequence)
      } else {
        work.add(.books(.expire(strategy, instrument.id)), cause: sequence)
      }
    }
  }
}

extension OpeningPosition {
  /// The numbers in an instrument's integers; nil if they do not fit.
  func scaled(to instrument: Instrument) -> (Quantity, Price)? {
    func integer(_ value: Decimal, _ scale: UInt8) -> Int64? {
      let (wide, rest) = (Int128(value.mantissa) * power(Int(scale))).quotientAndRemainder(
        dividingBy: power(Int(value.scale)))
      return rest == 0 ? Int64(exactly: wide) : nil
    }
    guard let quantity = integer(quantity, instrument.quantityScale),
      let price = integer(price, instrument.priceScale),
      quantity.magnitude <= Quantity.limit, price.magnitude <= Price.limit
    else { return nil }
    return (Quantity(quantity), Price(price))
  }
}
