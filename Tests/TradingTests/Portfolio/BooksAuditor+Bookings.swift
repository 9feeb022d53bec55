import Events

// MARK: - Bookings

extension BooksAuditor {
  func check(_ what: String, _ mine: Double, _ theirs: Double, _ header: EntryHeader) throws {
    guard abs(mine - theirs) < 1e-5 else {
      throw Failure(description: "#\(header.sequence) \(what): \(mine), booked \(theirs)")
    }
  }

  func mark(_ id: Int) -> Double { mids[id] ?? last[id] ?? .nan }

  mutating func take(_ booking: Booking, _ header: EntryHeader) throws {
    if booking.kind == .settled { return try settle(booking, header) }
    if booking.kind == .closed { return }
    if booking.kind == .interest { return try interest(booking, header) }
    let instrument = instruments[booking.instrument.index]!
    let key = Key(owner: booking.strategy.index, item: booking.instrument.index)
    guard owners[key.owner] == Int(booking.account.raw) else {
      throw Failure(description: "#\(header.sequence): a position of another account")
    }
    var holding = holdings[key] ?? Holding()
    let held = holding.quantity
    let cash: Double
    switch booking.kind {
    case .dividend:
      guard case .corporateAction(let action) = observations[header.cause] else {
        throw Failure(description: "#\(header.sequence): no dividend was announced")
      }
      cash = Self.money(action.amount) * held
      post(
        owners[key.owner], instrument.currency, ["cash": cash, "income": -cash],
        due: action.payable > header.receiveTime ? action.payable : nil)
    case .variation:
      let price = price(booking.price, instrument)
      try check("settlement", settlements[key.item] ?? mark(key.item), price, header)
      cash = cost(price, held, instrument) - holding.cost - holding.variation
      holding.variation += cash
      post(
        owners[key.owner], instrument.currency, ["cash": cash, "variation": -cash], due: nil)
    case .funding:
      // Inverse contracts are paid for by what they are worth.
      let value = cost(marks[key.item] ?? mark(key.item), held, instrument)
      cash = (instrument.kind == .inverse ? value : -value) * rate(key.item)
      post(
        owners[key.owner], instrument.currency, ["cash": cash, "financing": -cash], due: nil)
    case .split: cash = try split(&holding, booking, instrument, header)
    case .expired, .exercised, .assigned: cash = try end(&holding, booking, instrument, header)
    case .delivered:
      let value = -Self.money(booking.cash)
      try check(
        "delivery", value, price(booking.price, instrument) * units(booking.quantity, instrument),
        header)
      trade(
        key.owner, instrument, units(booking.quantity, instrument), value,
        due: settlement(instrument, owners[key.owner], header.receiveTime))
      return
    case .borrowFee:
      guard instrument.kind == .equity, held < 0 else {
        throw Failure(description: "#\(header.sequence): nothing was borrowed")
      }
      cash = mark(key.item) * held * rates.borrow * days(header) / 365
      post(owners[key.owner], instrument.currency, ["cash": cash, "financing": -cash], due: nil)
    case .opening, .delisted, .interest, .liquidationFee, .settled, .closed:
      throw Failure(description: "#\(header.sequence): \(booking.kind) was not expected")
    }
    try check("cash", cash, Self.money(booking.cash), header)
    try check("position", holding.quantity - held, units(booking.quantity, instrument), header)
    holdings[key] = holding
  }

  /// Days whose end came since the last charge.
  func days(_ header: EntryHeader) -> Double {
    Double(header.receiveTime.date.daysSinceEpoch - charged.daysSinceEpoch)
  }

  mutating func interest(_ booking: Booking, _ header: EntryHeader) throws {
    let account = Int(booking.account.raw)
    let key = "\(account) \(booking.currency)"
    let pending = due.filter { $0.account == account && $0.currency == booking.currency }
      .reduce(0) { $0 + ($1.amounts["cash"] ?? 0) }
    let settled = (balances[key]?["cash"] ?? 0) - pending
    let cash = settled * (settled > 0 ? rates.credit : rates.debit) * days(header) / 360
    try check("interest", cash, Self.money(booking.cash), header)
    post(account, booking.currency, ["cash": cash, "financing": -cash], due: nil)
  }

  /// The last rate that was announced.
  func rate(_ id: Int) -> Double {
    let told = observations.filter { _, observation in
      if case .reference(let value) = observation {
        return value.field == .fundingRate && value.instrument.index == id
      }
      return false
    }
    guard case .reference(let value) = told.max(by: { $0.key < $1.key })?.value else { return .nan }
    return Double(value.value) / 1e9
  }

  mutating func split(
    _ holding: inout Holding, _ booking: Booking, _ instrument: Instrument, _ header: EntryHeader
  ) throws -> Double {
    guard case .corporateAction(let action) = observations[header.cause] else {
      throw Failure(description: "#\(header.sequence): no split was announced")
    }
    let exact = holding.quantity * Double(action.new) / Double(action.old)
    let whole = exact.rounded(.towardZero)
    let gone = exact == 0 ? 0 : (exact - whole) / exact
    let cash = gone * holding.quantity * mark(booking.instrument.index)
    let cost = gone * holding.cost
    try check("cost", -cost, Self.money(booking.cost), header)
    holding.realised += cash - cost
    post(
      owners[booking.strategy.index], instrument.currency,
      ["cash": cash, "inventory": -cost, "realised": cost - cash], due: nil)
    // How whole units are shared among lots is the engine's affair; where there is one, nothing is to share.
    holding.lots = whole == 0 ? [] : [Lot(quantity: whole, cost: holding.cost - cost)]
    return cash
  }

  mutating func end(
    _ holding: inout Holding, _ booking: Booking, _ instrument: Instrument, _ header: EntryHeader
  ) throws -> Double {
    let (before, costBefore) = (holding.realised, holding.cost)
    let account = owners[booking.strategy.index]
    if isContract(instrument) {
      let profit = holding.variation
      try check("unpaid", holding.variation, -Self.money(booking.variation), header)
      holding.lots = []
      holding.realised += profit
      holding.variation = 0
      post(account, instrument.currency, ["realised": -profit, "variation": profit], due: nil)
      return 0
    }
    let part = units(booking.quantity, instrument)
    let option = instrument.option!
    let spot = last[0]!
    let strike = price(option.strike, instrument)
    let difference = option.right == .call ? spot - strike : strike - spot
    var cash = 0.0
    if booking.kind == .expired {
      guard difference < 0.01 else { throw Failure(description: "\(difference) thrown away") }
    } else if option.settlement == .cash {
      cash = -part * max(difference, 0) * multiplier(instrument)
    }
    change(&holding, by: part, for: -cash, accounts[account].lots)
    let profit = holding.realised - before
    post(
      account, instrument.currency,
      ["cash": cash, "inventory": holding.cost - costBefore, "realised": -profit],
      due: cash == 0 ? nil : settlement(instrument, account, header.receiveTime))
    return cash
  }

  mutating func settle(_ booking: Booking, _ header: EntryHeader) throws {
    let account = Int(booking.account.raw)
    let own = due.filter { $0.account == account && $0.currency == booking.currency }
    guard let moment = own.map(\.moment).min(), moment <= header.receiveTime else {
      throw Failure(description: "#\(header.sequence): nothing is due")
    }
    let cash = own.filter { $0.moment == moment }.reduce(0) { $0 + ($1.amounts["cash"] ?? 0) }
    try check("settled", cash, Self.money(booking.cash), header)
    due.removeAll {
      $0.account == account && $0.currency == booking.currency && $0.moment == moment
    }
  }

  /// Two sessions later for shares, one for options, at 14:30 UTC; nil for what settles at once. In November
  /// 2023, with Thanksgiving on the 23rd and the early close after it.
  func settlement(_ instrument: Instrument, _ account: Int, _ now: Instant) -> Instant? {
    guard accounts[account].isDated, instrument.kind == .equity || instrument.kind == .option
    else { return nil }
    func isOpen(_ date: CivilDate) -> Bool {
      date.weekday < 5 && !(date.month == 11 && date.day == 23)
    }
    // In New York, where midnight is of the day before; after the close the date is still the session's.
    var date = now.advanced(by: -5 * Nanoseconds.hour - 1).date
    while !isOpen(date) { date = date.advanced(by: 1) }
    for _ in 0..<(instrument.kind == .equity ? 2 : 1) {
      repeat { date = date.advanced(by: 1) } while !isOpen(date)
    }
    return Instant(date, nanoseconds: (14 * 60 + 30) * 60 * Nanoseconds.second)
  }
}
