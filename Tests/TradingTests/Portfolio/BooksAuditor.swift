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
  var holdings: [Key: Holding] = [:]
  /// By account and currency, then by name.
  var balances: [String: [String: Double]] = [:]
  var due: [Due] = []
  var instruments: [Int: Instrument] = [:]
  var tickets: [UInt64: OrderTicket] = [:]
  var fills: [[UInt64]: Fill] = [:]
  var observations: [UInt64: Observation] = [:]
  var last: [Int: Double] = [:]
  var mids: [Int: Double] = [:]
  /// Bid and ask as integers, from which the middle is made.
  var tops: [Int: (bid: Double, ask: Double)] = [:]
  /// A split whose bookings are at the price of before: its sequence.
  var splitting: UInt64?
  var marks: [Int: Double] = [:]
  var settlements: [Int: Double] = [:]
  var counts: [Booking.Kind: Int] = [:]
  /// The date through whose beginning days are charged, and that of the entry taken last.
  var charged = CivilDate(year: 1970, month: 1, day: 1)
  var today: CivilDate?

  init(accounts: [(lots: String, isDated: Bool)], owners: [Int]) {
    (self.accounts, self.owners) = (accounts, owners)
  }

  static func money(_ money: Money) -> Double { Double(money.raw) / 1e12 }

  func price(_ price: Price, _ instrument: Instrument) -> Double {
    Double(price.raw) / binaryPower(Int(instrument.priceScale))
  }

  func units(_ quantity: Quantity, _ instrument: Instrument) -> Double {
    Double(quantity.raw) / binaryPower(Int(instrument.quantityScale))
  }

  func multiplier(_ instrument: Instrument) -> Double {
    Double(instrument.multiplier) / 1e9
  }

  func isContract(_ instrument: Instrument) -> Bool {
    [.future, .perpetual, .inverse].contains(instrument.kind)
  }

  /// Whether an account's trades in an instrument exchange cash.
  func isExchange(_ instrument: Instrument, _ account: Int) -> Bool {
    instrument.kind == .forex && exchanging.contains(account)
  }

  /// What so much costs at a price; of an inverse contract the coins that it is worth, turned round.
  func cost(_ price: Double, _ quantity: Double, _ instrument: Instrument) -> Double {
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
    if let splitting, entry.header.cause != splitting { reprice(splitting) }
    switch entry.event {
    case .observation(let observation): try take(observation, entry.header)
    case .decision(.submitted(let ticket)): tickets[ticket.order.raw] = ticket
    case .decision(.booked(let booking)):
      counts[booking.kind, default: 0] += 1
      try take(booking, entry.header)
    case .decision: break
    }
  }

  /// Prices are in the new units from now on, each rounded half to even.
  mutating func reprice(_ sequence: UInt64) {
    splitting = nil
    guard case .corporateAction(let action) = observations[sequence],
      let instrument = instruments[action.instrument.index]
    else { return }
    let (id, factor) = (action.instrument.index, (Double(action.old), Double(action.new)))
    func scaled(_ raw: Double) -> Double { (raw * factor.0 / factor.1).rounded(.toNearestOrEven) }
    if let top = tops[id] {
      tops[id] = (scaled(top.bid), scaled(top.ask))
      mids[id] = price(Price(Int64(scaled(top.bid) + scaled(top.ask)) >> 1), instrument)
    }
    if let known = last[id] {
      let raw = (known * binaryPower(Int(instrument.priceScale))).rounded()
      last[id] = price(Price(Int64(scaled(raw))), instrument)
    }
  }

  mutating func take(_ observation: Observation, _ header: EntryHeader) throws {
    observations[header.sequence] = observation
    switch observation {
    case .instrument(let instrument): instruments[instrument.id.index] = instrument
    case .market(.quote(let quote)):
      // The middle is rounded down to a unit of the price.
      guard let instrument = instruments[quote.instrument.index] else { return }
      tops[quote.instrument.index] = (Double(quote.bid.raw), Double(quote.ask.raw))
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
    case .corporateAction(let action) where action.action == .split: splitting = header.sequence
    default: break
    }
  }

  mutating func take(
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
  mutating func trade(
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
  func change(
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
