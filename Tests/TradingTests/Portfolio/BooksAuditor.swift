import Events

/// An auditor of the books with arithmetic of its own: binary numbers over the entries alone. It works out
/// what every entry should have moved, compares each booking with that, and goes on with its own numbers.
struct BooksAuditor {
  struct Failure: Error, CustomStringConvertible { var description: String }

  struct Lot {
    var quantity: Double
    var cost: Double
  }

  struct Holding {
    var lots: [Lot] = []
    var realised = 0.0
    var variation = 0.0
    var quantity: Double { lots.reduce(0) { $0 + $1.quantity } }
    var cost: Double { lots.reduce(0) { $0 + $1.cost } }
  }

  struct Key: Hashable {
    var owner: Int
    var item: Int
  }

  struct Due {
    var moment: Instant
    var account: Int
    var currency: String
    var amounts: [String: Double]
  }

  /// By account: the order in which it closes lots, and whether its cash waits for settlement dates.
  let accounts: [(lots: String, isDated: Bool)]
  /// By strategy: its account.
  let owners: [Int]
  /// Accounts that exchange cash, and what is charged a year.
  var exchanging: Set<Int> = []
  var rates: (credit: Double, debit: Double, borrow: Double) = (0, 0, 0)
  private(set) var holdings: [Key: Holding] = [:]
  /// By account and currency, then by name.
  private(set) var balances: [String: [String: Double]] = [:]
  private(set) var due: [Due] = []
  private var instruments: [Int: Instrument] = [:]
  private var tickets: [UInt64: OrderTicket] = [:]
  private var fills: [[UInt64]: Fill] = [:]
  private var observations: [UInt64: Observation] = [:]
  private var last: [Int: Double] = [:]
  private var mids: [Int: Double] = [:]
  private var marks: [Int: Double] = [:]
  private var settlements: [Int: Double] = [:]
  private(set) var counts: [Booking.Kind: Int] = [:]
  /// The date through whose beginning days are charged, and that of the entry taken last.
  private var charged = CivilDate(year: 1970, month: 1, day: 1)
  private var today: CivilDate?

  init(accounts: [(lots: String, isDated: Bool)], owners: [Int]) {
    (self.accounts, self.owners) = (accounts, owners)
  }

  static func money(_ money: Money) -> Double { Double(money.raw) / 1e12 }

  private func price(_ price: Price, _ instrument: Instrument) -> Double {
    Double(price.raw) / binaryPower(Int(instrument.priceScale))
  }

  private func units(_ quantity: Quantity, _ instrument: Instrument) -> Double {
    Double(quantity.raw) / binaryPower(Int(instrument.quantityScale))
  }

  private func multiplier(_ instrument: Instrument) -> Double {
    Double(instrument.multiplier) / 1e9
  }

  private func isContract(_ instrument: Instrument) -> Bool {
    [.future, .perpetual, .inverse].contains(instrument.kind)
  }

  /// Whether an account's trades in an instrument exchange cash.
  private func isExchange(_ instrument: Instrument, _ account: Int) -> Bool {
    instrument.kind == .forex && exchanging.contains(account)
  }

  /// What so much costs at a price; of an inverse contract the coins that it is worth, turned round.
  private func cost(_ price: Double, _ quantity: Double, _ instrument: Instrument) -> Double {
    instrument.kind == .inverse
      ? -quantity * multiplier(instrument) / price : quantity * price * multiplier(instrument)
  }

  mutating func post(
    _ account: Int, _ currency: String, _ amounts: [String: Double], due moment: Instant?
  ) {
    for (name, amount) in amounts {
      balances["\(account) \(currency)", default: [:]][name, default: 0] += amount
    }
    if let moment {
      due.append(Due(moment: moment, account: account, currency: currency, amounts: amounts))
    }
  }

  mutating func take(_ entry: Entry) throws {
    // The charges of a day's end are decided by the first entry of a day.
    if let today, today != entry.header.receiveTime.date { charged = today }
    today = entry.header.receiveTime.date
    switch entry.event {
    case .observation(let observation): try take(observation, entry.header)
    case .decision(.submitted(let ticket)): tickets[ticket.order.raw] = ticket
    case .decision(.booked(let booking)):
      counts[booking.kind, default: 0] += 1
      try take(booking, entry.header)
    case .decision: break
    }
  }

  private mutating func take(_ observation: Observation, _ header: EntryHeader) throws {
    observations[header.sequence] = observation
    switch observation {
    case .instrument(let instrument): instruments[instrument.id.index] = instrument
    case .market(.quote(let quote)):
      // The middle is rounded down to a unit of the price.
      guard let instrument = instruments[quote.instrument.index] else { return }
      mids[quote.instrument.index] = price(
        Price((quote.bid.raw + quote.ask.raw) >> 1), instrument)
    case .market(.trade(let trade)):
      guard let instrument = instruments[trade.instrument.index] else { return }
      last[trade.instrument.index] = price(trade.price, instrument)
    case .reference(let value):
      guard let instrument = instruments[value.instrument.index] else { return }
      if value.field == .mark {
        marks[value.instrument.index] = price(Price(value.value), instrument)
      }
      if value.field == .settlement {
        settlements[value.instrument.index] = price(Price(value.value), instrument)
      }
    case .report(let report):
      guard let ticket = tickets[report.order.raw] else { return }
      switch report.outcome {
      case .filled(let fill):
        fills[[report.order.raw, fill.id]] = fill
        take(fill, ticket, ticket.side == .buy ? 1 : -1, header.receiveTime)
      case .busted(let id, _):
        guard var fill = fills[[report.order.raw, id]] else { return }
        fill.fee = -fill.fee
        take(fill, ticket, ticket.side == .buy ? -1 : 1, header.receiveTime)
      default: break
      }
    default: break
    }
  }

  private mutating func take(
    _ fill: Fill, _ ticket: OrderTicket, _ sign: Double, _ now: Instant
  ) {
    let instrument = instruments[ticket.instrument.index]!
    let quantity = sign * units(fill.quantity, instrument)
    let moment = settlement(instrument, owners[ticket.strategy.index], now)
    trade(
      ticket.strategy.index, instrument, quantity,
      cost(price(fill.price, instrument), quantity, instrument), due: moment)
    let fee = Self.money(fill.fee)
    post(
      owners[ticket.strategy.index], fill.feeCurrency, ["cash": -fee, "fees": fee], due: moment)
  }

  /// A trade of so much for so much money.
  private mutating func trade(
    _ owner: Int, _ instrument: Instrument, _ quantity: Double, _ value: Double,
    due moment: Instant?
  ) {
    let key = Key(owner: owner, item: instrument.id.index)
    var holding = holdings[key] ?? Holding()
    let (before, held, paid) = (holding.realised, holding.quantity, holding.variation)
    let costBefore = holding.cost
    change(&holding, by: quantity, for: value, accounts[owners[owner]].lots)
    let profit = holding.realised - before
    if isContract(instrument) {
      let closed = held * quantity < 0 ? min(abs(quantity), abs(held)) / abs(held) : 0
      let share = paid * closed
      holding.variation -= share
      post(
        owners[owner], instrument.currency,
        ["cash": profit - share, "realised": -profit, "variation": share], due: moment)
    } else {
      let isExchange = isExchange(instrument, owners[owner])
      post(
        owners[owner], instrument.currency,
        [
          "cash": -value, isExchange ? "exchange" : "inventory": holding.cost - costBefore,
          "realised": -profit,
        ], due: moment)
      if isExchange {
        post(
          owners[owner], instrument.base, ["cash": quantity, "exchange": -quantity], due: moment)
      }
    }
    holdings[key] = holding
  }

  /// Closes lots against a quantity, and opens one for what is left of it.
  private func change(
    _ holding: inout Holding, by quantity: Double, for value: Double, _ method: String
  ) {
    var left = quantity
    while left != 0, let first = holding.lots.first, first.quantity * left < 0 {
      let index: Int
      switch method {
      case "lifo": index = holding.lots.count - 1
      case "hifo":
        let sign = first.quantity > 0 ? 1.0 : -1.0
        let dearest = holding.lots.map { sign * $0.cost / $0.quantity }.max()!
        index = holding.lots.firstIndex { sign * $0.cost / $0.quantity == dearest }!
      default: index = 0
      }
      let lot = holding.lots[index]
      let part = abs(lot.quantity) <= abs(left) ? -lot.quantity : left
      let cost = lot.cost * (-part / lot.quantity)
      holding.realised += -(value * part / quantity) - cost
      holding.lots[index].quantity += part
      holding.lots[index].cost -= cost
      if holding.lots[index].quantity == 0 { holding.lots.remove(at: index) }
      left -= part
    }
    guard left != 0 else { return }
    holding.lots.append(Lot(quantity: left, cost: value * left / quantity))
    if method == "average" {
      holding.lots = [Lot(quantity: holding.quantity, cost: holding.cost)]
    }
  }
}

// MARK: - Bookings

extension BooksAuditor {
  private func check(_ what: String, _ mine: Double, _ theirs: Double, _ header: EntryHeader) throws
  {
    guard abs(mine - theirs) < 1e-5 else {
      throw Failure(description: "#\(header.sequence) \(what): \(mine), booked \(theirs)")
    }
  }

  private func mark(_ id: Int) -> Double { mids[id] ?? last[id] ?? .nan }

  private mutating func take(_ booking: Booking, _ header: EntryHeader) throws {
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
  private func days(_ header: EntryHeader) -> Double {
    Double(header.receiveTime.date.daysSinceEpoch - charged.daysSinceEpoch)
  }

  private mutating func interest(_ booking: Booking, _ header: EntryHeader) throws {
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
  private func rate(_ id: Int) -> Double {
    let told = observations.filter { _, observation in
      if case .reference(let value) = observation {
        return value.field == .fundingRate && value.instrument.index == id
      }
      return false
    }
    guard case .reference(let value) = told.max(by: { $0.key < $1.key })?.value else { return .nan }
    return Double(value.value) / 1e9
  }

  private mutating func split(
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

  private mutating func end(
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

  private mutating func settle(_ booking: Booking, _ header: EntryHeader) throws {
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
  private func settlement(_ instrument: Instrument, _ account: Int, _ now: Instant) -> Instant? {
    guard accounts[account].isDated, instrument.kind == .equity || instrument.kind == .option
    else { return nil }
    func isOpen(_ date: CivilDate) -> Bool {
      date.weekday < 5 && !(date.month == 11 && date.day == 23)
    }
    var date = now.date
    let close: Int64 = date.month == 11 && date.day == 24 ? 18 : 21
    if !isOpen(date) || now.nanosecondsOfDay >= close * 3600 * Nanoseconds.second {
      repeat { date = date.advanced(by: 1) } while !isOpen(date)
    }
    for _ in 0..<(instrument.kind == .equity ? 2 : 1) {
      repeat { date = date.advanced(by: 1) } while !isOpen(date)
    }
    return Instant(date, nanoseconds: (14 * 60 + 30) * 60 * Nanoseconds.second)
  }
}
