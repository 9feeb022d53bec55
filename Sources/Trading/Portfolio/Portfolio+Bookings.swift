import Events

// MARK: - Lots

extension Portfolio {
  /// The lots that a change of a position would close; nil where none are kept or none are closed.
  func choice(
    _ change: Quantity, of strategy: StrategyID, _ instrument: InstrumentID,
    named: [UInt64] = []
  ) -> LotBook.Choice? {
    let method = accounts[Int(account(of: strategy).raw)].lots
    guard method != .average else { return nil }
    let held = position(strategy, instrument).quantity
    guard (held.raw > 0 && change.raw < 0) || (held.raw < 0 && change.raw > 0) else { return nil }
    let closed = change.magnitude < held.magnitude ? -change : held
    return lots.choose(closed, of: strategy, instrument, by: method, named: named)
  }

  /// Closes and opens lots after a change of a position.
  mutating func keepLots(
    _ signed: Quantity, from before: Quantity, _ movement: Position.Movement,
    _ choice: LotBook.Choice?, _ ticket: OrderTicket, _ sequence: UInt64
  ) {
    guard accounts[Int(owners[ticket.strategy.index].raw)].lots != .average else { return }
    keepLots(
      signed, from: before, cost: movement.cost, closed: choice?.lots ?? [],
      of: ticket.strategy, ticket.instrument, sequence)
  }

  private mutating func keepLots(
    _ signed: Quantity, from before: Quantity, cost: Money, closed: [Booking.Lot],
    of strategy: StrategyID, _ instrument: InstrumentID, _ sequence: UInt64
  ) {
    lots.close(closed, of: strategy, instrument)
    let taken = closed.reduce(Quantity.zero) { $0 + $1.quantity }
    let gone = closed.reduce(Money.zero) { $0 + $1.cost }
    lots.add(
      Booking.Lot(id: sequence, quantity: signed + taken, cost: cost + gone), of: strategy,
      instrument)
  }
}

// MARK: - Bookings

extension Portfolio {
  /// What a fill at a price, without a fee, would move: the form of deliveries.
  func movement(
    of signed: Quantity, notional: Money, _ strategy: StrategyID, _ instrument: InstrumentID
  ) -> (movement: Position.Movement, lots: [Booking.Lot]) {
    let choice = choice(signed, of: strategy, instrument)
    let movement = position(strategy, instrument).movement(
      of: signed, notional: notional, closedCost: choice?.cost)
    return (movement, choice?.lots ?? [])
  }

  /// Whether a position was brought in at the start.
  func isOpened(_ strategy: StrategyID, _ instrument: InstrumentID) -> Bool {
    openings.contains(Opening(strategy: strategy, instrument: instrument))
  }

  /// Takes a recorded booking.
  /// - Parameters:
  ///   - terms: of the instrument, if it names one.
  ///   - base: what its quantity is money of, if cash is exchanged; empty if not.
  /// - Returns: false, with nothing changed, if an amount leaves its range.
  mutating func take(
    _ booking: Booking, _ terms: Instrument.Terms?, base: String = "", _ sequence: UInt64
  ) -> Bool {
    switch booking.kind {
    case .closed: return true
    case .settled:
      guard let item = settlements.take(booking.account, booking.currency) else { return true }
      if item.account == .main {
        ledger.settle(item.amounts, owed: item.owed, item.currency)
      } else {
        others[Int(item.account.raw) - 1].settle(item.amounts, owed: item.owed, item.currency)
      }
      return true
    case .opening, .dividend, .split, .delisted, .variation, .expired, .exercised, .assigned,
      .delivered, .funding, .interest, .borrowFee, .liquidationFee:
      return move(booking, terms, base, sequence)
    }
  }

  private mutating func move(
    _ booking: Booking, _ terms: Instrument.Terms?, _ base: String, _ sequence: UInt64
  ) -> Bool {
    let isInventory = terms?.kind.isSettledInFull ?? true
    var posting = Ledger.Amounts(
      cash: booking.cash, inventory: isInventory ? booking.cost : .zero,
      variation: -booking.variation)
    var exchanged = Ledger.Amounts()
    if !base.isEmpty, let terms {
      guard let side = posting.exchange(booking.quantity, of: terms),
        admits(side, base, booking.account)
      else { return false }
      exchanged = side
    }
    var profit = Money.zero
    switch booking.kind {
    case .opening: posting.capital = -posting.sum
    case .dividend: posting.income = -booking.cash
    case .funding, .interest, .borrowFee: posting.financing = -booking.cash
    case .liquidationFee: posting.fees = -booking.cash
    default:
      profit = posting.sum
      posting.realised = -profit
    }
    guard admits(posting, booking.currency, booking.account) else { return false }
    if booking.strategy != .none, booking.instrument.index < stride {
      let index = booking.strategy.index * stride + booking.instrument.index
      let before = positions[index].quantity
      guard positions[index].take(booking, profit: profit, fee: posting.fees) else { return false }
      noteMove(booking.instrument)
      followLots(booking, from: before, costing: positions[index].cost, sequence)
    }
    if booking.kind == .opening {
      openings.append(Opening(strategy: booking.strategy, instrument: booking.instrument))
    }
    post(posting, booking.currency, booking.account, settles: booking.settles)
    if exchanged.cash != .zero {
      post(exchanged, base, booking.account, settles: booking.settles)
    }
    return true
  }

  private mutating func followLots(
    _ booking: Booking, from before: Quantity, costing cost: Money, _ sequence: UInt64
  ) {
    guard booking.quantity != .zero, accounts[Int(booking.account.raw)].lots != .average else {
      return
    }
    if booking.kind == .split {
      lots.split(
        to: before + booking.quantity, costing: cost, of: booking.strategy, booking.instrument)
    } else {
      keepLots(
        booking.quantity, from: before, cost: booking.cost, closed: booking.lots,
        of: booking.strategy, booking.instrument, sequence)
    }
  }
}

extension Ledger.Amounts {
  /// Makes of a trade in a currency pair, which holds inventory at cost, an exchange of cash.
  /// - Returns: what moves in the base currency; nil, with nothing changed, if it is out of range.
  mutating func exchange(_ quantity: Quantity, of terms: Instrument.Terms) -> Self? {
    guard let units = Money.units(quantity, of: terms) else { return nil }
    (inventory, exchange) = (.zero, inventory)
    return Self(cash: units, exchange: -units)
  }
}
