import Events
import Trading

/// Makes rows of what the engine's state is after each entry. The rows of a journal's prefix are the same
/// however it is cut into stretches. A class, since the replay that it watches keeps hold of it.
public final class Projection {
  /// Nanoseconds between samples of the profit series.
  private static let interval: Int64 = 60_000_000_000
  /// Orders that are noted before their rows are made, so that none is forgotten by the engine before.
  private static let mostTouched = 1024

  /// What a stretch says of an order: the entries that are about it.
  private struct Touch {
    var first: OrderRow.Mark?
    var last: OrderRow.Mark?
    var reason: String?
  }

  private var changes = Changes()
  private var touched: [OrderID: Touch] = [:]
  /// Open orders as they were written last, to find those that changed without an entry of their own.
  private var written: [OrderID: Order] = [:]
  private var text = EntryText()
  /// Executions that the books have taken.
  private var fills: UInt64
  /// Whether there was an entry; before the first there is nothing to be sampled.
  private var isStarted: Bool
  /// When the profit series goes on.
  public private(set) var nextSample: Instant
  private var sampled: [ProfitRow.Key: ProfitRow.Figures]
  /// Looks up an order that the engine has forgotten.
  private let ticket: (OrderID) -> OrderTicket?

  /// - Parameters:
  ///   - engine: its state after the entry projected last.
  ///   - isFirst: whether nothing was projected before.
  ///   - sampled: the figures that the series has last.
  ///   - ticket: finds an order in the journal.
  public init(
    after engine: borrowing Engine, isFirst: Bool, sampled: [ProfitRow.Key: ProfitRow.Figures],
    ticket: @escaping (OrderID) -> OrderTicket?
  ) {
    for case let instrument? in engine.market.instruments {
      text.note(.observation(.instrument(instrument)))
    }
    fills = engine.tally.fills
    isStarted = !isFirst
    nextSample =
      isFirst ? Instant(nanoseconds: .min) : Self.sample(after: engine.market.time)
    self.sampled = sampled
    self.ticket = ticket
  }

  /// The first moment of the next minute.
  private static func sample(after time: Instant) -> Instant {
    let rest = time.nanoseconds % interval
    return time.advanced(by: interval - (rest < 0 ? rest + interval : rest))
  }

  /// Rows so far.
  public var count: Int { changes.count + touched.count }

  /// Takes an entry once the engine has applied it.
  /// - Parameter event: nil of a tick.
  /// - Returns: the moment from which on the next tick counts.
  public func take(_ engine: borrowing Engine, _ header: EntryHeader, _ event: Event?)
    -> Instant
  {
    if header.receiveTime >= nextSample {
      if isStarted { sample(engine, header) }
      isStarted = true
      nextSample = Self.sample(after: header.receiveTime)
    }
    if let event { take(event, engine, header) }
    return nextSample
  }

  private func take(_ event: Event, _ engine: borrowing Engine, _ header: EntryHeader) {
    if case .observation(.instrument(let instrument)) = event {
      text.note(event)
      changes.instruments.append(InstrumentRow(instrument: instrument, sequence: header.sequence))
      changes.definitions.append(
        DefinitionRow(sequence: header.sequence, instrument: instrument.id))
    }
    if let order = OrderTrace.subject(of: event) { touch(order, event, engine, header) }
    if case .observation(.report(let report)) = event { take(report, event, engine, header) }
    let kind = event.kind
    if AlertRow.kinds.contains(kind) { changes.alerts.append(alert(event, header)) }
    if AuditRow.kinds.contains(kind) { audit(event, header) }
  }

  // MARK: - Orders

  private func touch(
    _ id: OrderID, _ event: Event, _ engine: borrowing Engine, _ header: EntryHeader
  ) {
    guard let order = engine.market.orders[id] else { return }
    let mark = OrderRow.Mark(header)
    var touch = touched[id] ?? Touch()
    switch event {
    case .decision(.submitted), .decision(.held): touch.first = touch.first ?? mark
    default: break
    }
    touch.last = mark
    if let reason = OrderTrace.reason(in: event) { touch.reason = reason }
    touched[id] = touch
    // What a child does shows in its parent.
    let parent = order.ticket.terms.parent
    if parent != .none, touched[parent] == nil { touched[parent] = Touch() }
    if touched.count >= Self.mostTouched { settle(engine) }
  }

  /// Makes the rows of the orders touched.
  private func settle(_ engine: borrowing Engine) {
    let names = Names(engine)
    for (id, touch) in touched {
      guard let order = engine.market.orders[id] else { continue }
      put(order, touch, engine, names)
    }
    touched.removeAll(keepingCapacity: true)
  }

  private func put(
    _ order: Order, _ touch: Touch, _ engine: borrowing Engine, _ names: Names
  ) {
    let before = changes.orders[order.id]
    changes.orders[order.id] = OrderRow(
      order, engine.market.instrument(order.ticket.instrument), strategies: names.strategies,
      accounts: names.accounts, first: before?.first ?? touch.first,
      last: touch.last ?? before?.last, reason: touch.reason ?? before?.reason)
    written[order.id] = order.state.isFinal ? nil : order
  }

  /// By id.
  private struct Names {
    let strategies: [String]
    let accounts: [String]

    init(_ engine: borrowing Engine) {
      strategies = engine.strategyNames
      accounts = engine.market.portfolio.accounts.map(\.name)
    }
  }

  // MARK: - Executions

  private func take(
    _ report: VenueReport, _ event: Event, _ engine: borrowing Engine, _ header: EntryHeader
  ) {
    let isBooked = engine.tally.fills != fills
    fills = engine.tally.fills
    switch report.outcome {
    case .filled(let fill):
      list(report.order, event, engine, header)
      if isBooked { put(fill, of: report.order, .live, engine, header) }
    case .corrected(let fill, _):
      list(report.order, event, engine, header)
      if isBooked { put(fill, of: report.order, .corrected, engine, header) }
    case .busted(let fill, _):
      list(report.order, event, engine, header)
      // The engine ignores one of an order that it has forgotten, and says so.
      guard let order = engine.market.orders[report.order] else { return }
      changes.trades.append(
        .bust(order: report.order, execution: fill, sequence: header.sequence))
      sample(order.ticket, engine, header)
    default: return
    }
  }

  /// Puts an execution's entry into the list of them.
  private func list(
    _ id: OrderID, _ event: Event, _ engine: borrowing Engine, _ header: EntryHeader
  ) {
    let order = engine.market.orders[id]?.ticket ?? ticket(id)
    var names = text
    if let order { names.note(.decision(.submitted(order))) }
    changes.executions.append(
      ExecutionRow(
        header.sequence, id, order.flatMap { names.instrument($0.instrument) }, order?.side,
        entry: names.line(Entry(header: header, event: event)).text))
  }

  private func put(
    _ fill: Fill, of id: OrderID, _ status: TradeRow.Status, _ engine: borrowing Engine,
    _ header: EntryHeader
  ) {
    guard let ticket = engine.market.orders[id]?.ticket else { return }
    let (names, accounts) = (engine.strategyNames, engine.market.portfolio.accounts)
    let (strategy, account) = (ticket.strategy.index, Int(ticket.account.raw))
    changes.trades.append(
      .put(
        TradeRow(
          order: id, fill: fill, sequence: header.sequence, time: header.receiveTime,
          status: status, ticket: ticket, instrument: engine.market.instrument(ticket.instrument),
          strategy: strategy < names.count ? names[strategy] : nil,
          account: account < accounts.count ? accounts[account].name : nil)))
    sample(ticket, engine, header)
  }

  // MARK: - Profit

  private func sample(_ engine: borrowing Engine, _ header: EntryHeader) {
    for strategy in engine.strategyNames.indices {
      put(ProfitRow.figures(of: StrategyID(UInt16(strategy)), engine), header)
    }
    for account in engine.market.portfolio.accounts.indices {
      put(ProfitRow.figures(of: AccountID(UInt16(account)), engine), header)
    }
  }

  /// Samples whom an execution is of.
  private func sample(
    _ ticket: OrderTicket, _ engine: borrowing Engine, _ header: EntryHeader
  ) {
    if ticket.strategy.index < engine.strategyNames.count {
      put(ProfitRow.figures(of: ticket.strategy, engine), header)
    }
    if Int(ticket.account.raw) < engine.market.portfolio.accounts.count {
      put(ProfitRow.figures(of: ticket.account, engine), header)
    }
  }

  private func put(
    _ figures: [(ProfitRow.Key, ProfitRow.Figures)], _ header: EntryHeader
  ) {
    for (key, figures) in figures where sampled[key] != figures {
      sampled[key] = figures
      changes.profits.append(
        ProfitRow(
          sequence: header.sequence, time: header.receiveTime.text, key: key, figures: figures))
    }
  }

  // MARK: - What people look at

  private func alert(_ event: Event, _ header: EntryHeader) -> AlertRow {
    var row = AlertRow(
      sequence: header.sequence, time: header.receiveTime.text, kind: event.kind.name, text: "",
      entry: text.line(Entry(header: header, event: event)).text)
    switch event {
    case .decision(.alert(let alert)):
      (row.severity, row.code) = (alert.severity.name, alert.code.name)
      (row.symbol, row.text) = (text.symbol(alert.instrument), alert.text)
      row.order = alert.order == .none ? nil : alert.order
    case .decision(.halted(_, let reason)), .decision(.resumed(_, let reason)): row.text = reason
    case .decision(.breakerChanged(let change)):
      (row.symbol, row.text) = (text.symbol(change.instrument), change.reason)
    case .decision(.killReport(let report)): row.text = "\(report.open) orders are open"
    case .observation(.connection(let change)): row.text = change.text
    default: break
    }
    return row
  }

  private func audit(_ event: Event, _ header: EntryHeader) {
    var subject: String?
    switch event {
    case .observation(.operatorAct(let act)):
      subject = act.subject
      if act.act == .note, let seen = Acknowledgement(act.reason) {
        changes.acknowledgements.append(
          (
            seen.alert,
            AlertRow.Acknowledged(
              subject: act.subject, sequence: header.sequence, time: header.receiveTime.text,
              reason: seen.reason)
          ))
      }
    case .observation(.limitChange(let change)): subject = change.author
    case .observation(.breakResolution(let resolution)): subject = resolution.subject
    case .decision(.limitApplied(let applied)): subject = applied.author
    default: break
    }
    changes.audits.append(
      AuditRow(
        sequence: header.sequence, time: header.receiveTime.text, kind: event.kind.name,
        subject: subject, cause: header.cause,
        entry: text.line(Entry(header: header, event: event)).text))
  }

  // MARK: - Stretches

  /// Ends a stretch.
  /// - Parameter engine: its state after the entry taken last.
  /// - Returns: what the stretch changes.
  public func finish(_ engine: borrowing Engine) -> Changes {
    settle(engine)
    let names = Names(engine)
    for order in engine.market.orders.open where written[order.id] != order {
      put(order, Touch(), engine, names)
    }
    changes.positions = PositionRow.all(engine)
    changes.portfolio = PortfolioRow.all(engine)
    defer { changes = Changes() }
    return changes
  }
}
