import Books
import Events
import Journaling
import Sequencing
import Trading

/// How everything stood after an entry: instruments, positions, money, open orders.
struct StateView {
  private struct Holding {
    var strategy: String
    var instrument: Instrument
    var position: Position
    var mark: Price
  }

  private let sequence: UInt64
  private let time: Instant
  private let hash: Digest
  private let instruments: [(instrument: Instrument, book: MarketBook)]
  private let holdings: [Holding]
  private let valuations: [Valuation]
  private let orders: [(order: Order, instrument: Instrument, strategy: String)]
  private let halts: [Scope]
  private let series: [(series: ContinuousSeries, name: String, contract: String)]
  private let accounts: AccountView
  private let risk: RiskView

  init(_ reader: JournalReader, at sequence: UInt64, _ options: PrintOptions) throws {
    let replay = try Replay.state(of: reader, at: sequence, options)
    self.sequence = sequence
    time = replay.engine.market.time
    hash = replay.engine.stateHash()
    valuations = replay.engine.valuations
    halts = replay.engine.halts
    accounts = AccountView(replay.engine.market)
    risk = RiskView(replay.engine)
    var series: [(series: ContinuousSeries, name: String, contract: String)] = []
    for one in replay.engine.market.series {
      let front = replay.engine.market.instrument(one.front)
      series.append(
        (one, replay.engine.market.instrument(one.id)?.symbol ?? "", front?.symbol ?? "–"))
    }
    self.series = series
    let names = replay.engine.strategyNames
    let all = replay.engine.market.instruments
    instruments = all.compactMap { $0 }.map { ($0, replay.engine.market.books[$0.id.index]) }
    holdings = replay.engine.holdings.map { held in
      Holding(
        strategy: names[held.strategy.index], instrument: held.instrument,
        position: held.position, mark: held.mark)
    }
    var orders: [(order: Order, instrument: Instrument, strategy: String)] = []
    for order in replay.engine.market.orders.open {
      guard let instrument = replay.engine.market.instrument(order.ticket.instrument) else {
        continue
      }
      let strategy = order.ticket.strategy.index
      orders.append((order, instrument, strategy < names.count ? names[strategy] : "–"))
    }
    self.orders = orders
  }

  var json: JSON {
    .object([
      ("seq", .number(sequence)), ("time", .string(time.text)),
      ("state_hash", .string(hash.description)),
      ("instruments", .array(instruments.map { Self.json($0.instrument, $0.book) })),
      ("continuous", .array(series.map(json))),
      ("positions", .array(holdings.map(Self.json))),
      (
        "cash",
        .object(valuations.map { ($0.currency, .string(moneyText($0.cash))) })
      ),
      ("equity", .object(valuations.map { ($0.currency, .string(moneyText($0.equity))) })),
      ("accounts", accounts.json),
      ("orders", .array(orders.map { Self.json($0.order, $0.instrument, $0.strategy) })),
      (
        "halts",
        .array(
          halts.map { .object([("scope", .string($0.kind.name)), ("scope_id", .number($0.id))]) })
      ),
      ("breakers", risk.breakerJSON), ("limits", risk.limitJSON),
      ("limits_to_come", risk.scheduledJSON),
      ("dynamic_limits", risk.scalingJSON),
    ])
  }

  private static func json(_ instrument: Instrument, _ book: MarketBook) -> JSON {
    func price(_ price: Price) -> JSON { price.isNone ? .null : .string(instrument.text(price)) }
    return .object([
      ("symbol", .string(instrument.symbol)), ("venue", .string(instrument.venueName)),
      ("status", .string(book.status?.name)), ("bid", price(book.best.bid)),
      ("ask", price(book.best.ask)), ("last", price(book.lastPrice)), ("mark", price(book.mark)),
    ])
  }

  private func json(
    _ row: (series: ContinuousSeries, name: String, contract: String)
  ) -> JSON {
    .object([
      ("symbol", .string(row.name)),
      ("contract", row.series.front == .none ? .null : .string(row.contract)),
      ("since", row.series.since == 0 ? .null : .number(row.series.since)),
      ("adjust", .string(row.series.adjust.name)), ("adjustment", .string(adjustment(row.series))),
    ])
  }

  /// `+4.75` or `×0.997`; nil where prices are the contract's.
  private func adjustment(_ series: ContinuousSeries) -> String? {
    let scale = instruments.first { $0.instrument.id == series.id }?.instrument.priceScale ?? 0
    return switch series.adjust {
    case .none: nil
    case .difference: decimalText(Int128(series.adjustment), scale: Int(scale))
    case .ratio: decimalText(Int128(series.adjustment), scale: ContractRoll.ratioScale)
    }
  }

  private static func json(_ holding: Holding) -> JSON {
    let position = holding.position
    let unrealised = position.unrealised(at: holding.mark, of: holding.instrument)
    return .object([
      ("strategy", .string(holding.strategy)), ("symbol", .string(holding.instrument.symbol)),
      ("quantity", .string(holding.instrument.text(position.quantity))),
      ("cost", .string(moneyText(position.cost))),
      ("realised", .string(moneyText(position.realised))),
      ("unrealised", .string(unrealised.map(moneyText))),
      ("fees", .string(moneyText(position.fees))),
      ("currency", .string(holding.instrument.currency)),
    ])
  }

  private static func json(_ order: Order, _ instrument: Instrument, _ strategy: String) -> JSON {
    let ticket = order.ticket
    return .object([
      ("order", .number(order.id.raw)), ("strategy", .string(strategy)),
      ("symbol", .string(instrument.symbol)), ("side", .string(ticket.side.name)),
      ("type", .string(ticket.type.name)), ("time_in_force", .string(ticket.timeInForce.name)),
      ("quantity", .string(instrument.text(ticket.quantity))),
      ("filled", .string(instrument.text(order.filled))),
      ("price", ticket.price.isNone ? .null : .string(instrument.text(ticket.price))),
      ("stop", ticket.terms.stop.isNone ? .null : .string(instrument.text(ticket.terms.stop))),
      ("parent", ticket.terms.parent == .none ? .null : .number(ticket.terms.parent.raw)),
      ("state", .string(order.state.name)), ("requested", .number(order.requestSequence)),
    ])
  }

  func lines(_ style: Style) -> [String] {
    var facts = Facts()
    facts.add("at", "\(sequenceText(sequence))  \(time.text)")
    facts.add("state hash", hash.description)
    for value in valuations {
      facts.add(
        "equity",
        "\(grouped(decimal: moneyText(value.equity))) \(value.currency)  cash "
          + "\(grouped(decimal: moneyText(value.cash))), realised "
          + "\(grouped(decimal: moneyText(value.realised))), unrealised "
          + "\(grouped(decimal: moneyText(value.unrealised))), fees "
          + grouped(decimal: moneyText(value.fees)))
    }
    for halt in halts {
      facts.add("halted", style(risk.text(halt), .bad))
    }
    var lines = facts.lines(style)
    for table in [
      marketTable, seriesTable, accounts.table, positionTable, orderTable, risk.breakerTable,
      risk.limitTable, risk.scheduledTable, risk.scalingTable,
    ] where !table.isEmpty {
      lines += [""] + table.lines(style)
    }
    if !accounts.table.isEmpty { lines += ["", accounts.balance] }
    return lines
  }

  private var marketTable: Table {
    var table = Table([
      ("instrument", .left), ("venue", .left), ("status", .left), ("bid", .right), ("ask", .right),
      ("last", .right),
    ])
    for (instrument, book) in instruments {
      table.row(
        instrument.symbol, instrument.venueName, book.status?.name ?? "–",
        instrument.text(book.best.bid), instrument.text(book.best.ask),
        instrument.text(book.lastPrice))
    }
    return table
  }

  private var seriesTable: Table {
    var table = Table([
      ("continuous", .left), ("contract", .left), ("since", .right), ("adjust", .left),
      ("by", .right),
    ])
    for (series, name, contract) in series {
      table.row(
        name, contract, series.since == 0 ? "–" : sequenceText(series.since), series.adjust.name,
        adjustment(series) ?? "–")
    }
    return table
  }

  private var positionTable: Table {
    var table = Table([
      ("position", .left), ("strategy", .left), ("quantity", .right), ("average", .right),
      ("mark", .right), ("realised", .right), ("unrealised", .right), ("fees", .right),
      ("", .left),
    ])
    for holding in holdings {
      let (position, instrument) = (holding.position, holding.instrument)
      let average = position.averagePrice(of: instrument).map {
        rounded($0, Int(instrument.priceScale))
      }
      table.row(
        instrument.symbol, holding.strategy, instrument.text(position.quantity), average ?? "–",
        instrument.text(holding.mark), moneyText(position.realised),
        position.unrealised(at: holding.mark, of: instrument).map(moneyText) ?? "–",
        moneyText(position.fees), instrument.currency)
    }
    return table
  }

  private var orderTable: Table {
    var table = Table([
      ("open order", .left), ("strategy", .left), ("side", .left), ("quantity", .right),
      ("filled", .right), ("instrument", .left), ("price", .right), ("state", .left),
      ("requested", .right),
    ])
    for (order, instrument, strategy) in orders {
      let ticket = order.ticket
      table.row(
        order.id.description, strategy, ticket.side.name, instrument.text(ticket.quantity),
        instrument.text(order.filled), instrument.symbol,
        Self.priceText(ticket, instrument), order.state.name,
        sequenceText(order.requestSequence))
    }
    return table
  }

  /// What an order waits for: `101.20`, `market`, `stop 99.00`, `stop_limit 99.00, 98.90`.
  private static func priceText(_ ticket: OrderTicket, _ instrument: Instrument) -> String {
    let limit = ticket.price.isNone ? nil : instrument.text(ticket.price)
    guard ticket.type != .limit, ticket.type != .market else { return limit ?? "market" }
    let stop = ticket.terms.stop.isNone ? nil : instrument.text(ticket.terms.stop)
    let prices = [stop, limit].compactMap { $0 }.joined(separator: ", ")
    return prices.isEmpty ? ticket.type.name : "\(ticket.type.name) \(prices)"
  }
}
