import Events
import Journaling
import Scenarios
import Sequencing
import Trading

/// Checks a world after the fact with nothing of the engine's arithmetic: sums over the venue's own fills
/// and over the journal's entries.
struct Auditor {
  typealias Failure = World.Failure

  /// What fills add up to, by instrument.
  struct Sums: Equatable {
    var quantity: [Int128] = [0, 0, 0]
    /// Price × quantity × multiplier, exactly, in units of money.
    var notional: [Int128] = [0, 0, 0]
    var fees: [Int128] = [0, 0, 0]

    mutating func add(_ fill: Fill, _ ticket: OrderTicket, _ instrument: Instrument) {
      let index = ticket.instrument.index
      let signed = Int128(fill.quantity.raw) * (ticket.side == .buy ? 1 : -1)
      var unit: Int128 = Money.one * Int128(instrument.multiplier) / 1_000_000_000
      for _ in 0..<(instrument.priceScale + instrument.quantityScale) { unit /= 10 }
      quantity[index] += signed
      notional[index] += signed * Int128(fill.price.raw) * unit
      fees[index] += fill.fee.raw
    }
  }

  let world: World
  let entries: [Entry]
  let tickets: [UInt64: OrderTicket]
  let instruments: [Instrument]

  init(_ world: World) throws {
    self.world = world
    entries = try world.reader().entries()
    var tickets: [UInt64: OrderTicket] = [:]
    var instruments: [Instrument] = []
    for entry in entries {
      switch entry.event {
      case .decision(let decision):
        guard case .submit(let ticket) = decision.command else { continue }
        guard tickets.updateValue(ticket, forKey: ticket.order.raw) == nil else {
          throw Failure("\(ticket.order) submitted twice in the journal")
        }
      case .observation(.instrument(let instrument)): instruments.append(instrument)
      default: break
      }
    }
    instruments.sort { $0.id < $1.id }
    guard instruments.map(\.id.index) == [0, 1, 2] else {
      throw Failure("instruments \(instruments.map(\.symbol))")
    }
    (self.tickets, self.instruments) = (tickets, instruments)
  }

  func check() throws {
    try checkJournal()
    try checkCommands()
    try checkOrders()
    try checkParents()
    try checkBooks()
    try checkReplay()
  }

  private func checkJournal() throws {
    guard UInt64(entries.count) == world.acknowledged,
      entries.indices.allSatisfy({ entries[$0].header.sequence == UInt64($0 + 1) })
    else { throw Failure("\(entries.count) entries of \(world.acknowledged) acknowledged") }
  }

  /// Every command that reached the venue is a recorded decision, in order, and none came twice.
  private func checkCommands() throws {
    var decided = entries.lazy.compactMap { entry -> Command? in
      if case .decision(let decision) = entry.event { decision.command } else { nil }
    }.makeIterator()
    for command in world.link.received {
      var next = decided.next()
      while let one = next, one != command { next = decided.next() }
      guard next != nil else { throw Failure("\(command) was sent twice or never decided") }
    }
  }

  /// The engine knows of every order what the venue knows.
  private func checkOrders() throws {
    let orders = world.sequencer.engine.market.orders
    guard orders.open.isEmpty else {
      throw Failure("still open: \(orders.open.map { "\($0.id) \($0.state.name)" })")
    }
    for (id, ticket) in tickets {
      guard let order = orders[OrderID(id)] else { throw Failure("\(ticket.order) is gone") }
      let known = world.link.known[id]
      let expected: OrderState =
        switch known?.ended {
        case .filled: .filled
        case .cancelled: .cancelled
        case .expired: .expired
        default: .rejected
        }
      guard order.state == expected, order.filled.raw == known?.filled ?? 0 else {
        throw Failure(
          "\(order.id) is \(order.state.name) \(order.filled.raw), at the venue "
            + "\(known.map { "\($0)" } ?? "never received")")
      }
    }
  }

  /// What a parent has filled is what its children have, and never more than it was for.
  private func checkParents() throws {
    let orders = world.sequencer.engine.market.orders
    for case .decision(.held(let parent, let plan?)) in entries.map(\.event) {
      var filled = Int64(0)
      for ticket in tickets.values
      where ticket.terms.parent == parent.order && ticket.terms.list == .none
        && ticket.instrument == parent.instrument
      {
        filled += orders[ticket.order]?.filled.raw ?? 0
      }
      guard let order = orders[parent.order], order.filled.raw == filled,
        order.state == .cancelled || order.state == .filled
      else { throw Failure("\(plan.algorithm) of \(parent.order): children filled \(filled)") }
      guard filled <= parent.quantity.raw else {
        throw Failure("\(parent.order) filled \(filled) of \(parent.quantity.raw)")
      }
    }
  }

  /// Positions and money from the venue's fills, from the journal's, and as the engine keeps them.
  private func checkBooks() throws {
    var venue = Sums()
    for item in world.link.said {
      guard case .filled(let fill) = item.report.outcome else { continue }
      guard let ticket = tickets[item.report.order.raw] else {
        throw Failure("the venue filled \(item.report.order), which was never recorded")
      }
      venue.add(fill, ticket, instruments[ticket.instrument.index])
    }
    var journal = Sums()
    var seen: Set<[UInt64]> = []
    for entry in entries {
      guard case .observation(.report(let report)) = entry.event,
        case .filled(let fill) = report.outcome, seen.insert([report.order.raw, fill.id]).inserted,
        let ticket = tickets[report.order.raw]
      else { continue }
      journal.add(fill, ticket, instruments[ticket.instrument.index])
    }
    guard journal == venue else { throw Failure("journal \(journal), venue \(venue)") }

    let portfolio = world.sequencer.engine.market.portfolio
    var cash = Int128(1_000_000) * Money.one
    var (inventory, realised, fees) = (Int128(0), Int128(0), Int128(0))
    for instrument in instruments {
      let index = instrument.id.index
      var (quantity, result, cost, paid) = (Int128(0), Int128(0), Int128(0), Int128(0))
      for strategy in 0..<4 as Range<UInt16> {
        let position = portfolio.position(StrategyID(strategy), instrument.id)
        quantity += Int128(position.quantity.raw)
        result += position.realised.raw
        cost += position.cost.raw
        paid += position.fees.raw
      }
      guard quantity == venue.quantity[index], result - cost == -venue.notional[index],
        paid == venue.fees[index]
      else { throw Failure("\(instrument.symbol): \(quantity) \(result) \(cost), venue \(venue)") }
      let isContract = instrument.kind == .future
      cash += (isContract ? result : -venue.notional[index]) - paid
      inventory += isContract ? 0 : cost
      realised += result
      fees += paid
    }
    guard let book = portfolio.ledger["USD"], portfolio.ledger.books.count == 1 else {
      throw Failure("books of \(portfolio.ledger.books.map(\.currency))")
    }
    let balances = [book[.cash].raw, book[.inventory].raw, -book[.realised].raw, book[.fees].raw]
    guard balances == [cash, inventory, realised, fees], book.sum == .zero else {
      throw Failure("balances \(balances), should be \([cash, inventory, realised, fees])")
    }
  }

  /// Every decision is made again, and the state is the one the process ended with.
  private func checkReplay() throws {
    var replay = Replay(engine: Engine(catalog: World.catalog))
    try replay.run(try world.reader())
    if let divergence = replay.divergence { throw Failure("replay: \(divergence)") }
    guard replay.engine.stateHash() == world.sequencer.engine.stateHash() else {
      throw Failure("replay leads to another state")
    }
  }
}
