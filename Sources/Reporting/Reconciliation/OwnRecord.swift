import Events
import Journaling
import Trading

/// What the journal says of an account in a time that a statement covers.
public struct OwnRecord: Sendable {
  /// A fill as it is at the journal's end.
  struct Execution: Sendable {
    var order: OrderID
    var fill: Fill
    var instrument: Instrument
    var side: Side
    /// As the venue says.
    var time: Instant
    /// Of the entry that reported it.
    var sequence: UInt64
  }

  /// By instrument id; nil where none was defined.
  private(set) var instruments: [Instrument?] = []
  /// All of the journal, in its order: a statement may have one under another day.
  private(set) var executions: [Execution] = []
  /// The last entry before the end of the time covered; 0 if there is none.
  public private(set) var through: UInt64 = 0

  private let account: AccountID
  private let revisions: FillRevisions
  private var tickets: [OrderID: (instrument: InstrumentID, side: Side)] = [:]

  /// Reads the journal twice. O(entries); memory grows with orders and fills.
  /// - Parameter end: of the time covered.
  /// - Throws: `JournalError` if the journal is damaged.
  public init(_ reader: JournalReader, before end: Instant, of account: AccountID = .main)
    throws(JournalError)
  {
    self.account = account
    let last = try reader.lastSequence()
    revisions = try FillRevisions(reader, through: last)
    try reader.entries(through: last, of: { _ in true }) { event, header in
      take(event, header, before: end)
    } tick: { _, header in
      note(header, before: end)
    }
    tickets = [:]
  }

  /// The same of entries at hand.
  init(_ entries: [Entry], before end: Instant, of account: AccountID = .main) {
    self.account = account
    revisions = FillRevisions(entries)
    for entry in entries { take(entry.event, entry.header, before: end) }
    tickets = [:]
  }

  private mutating func note(_ header: EntryHeader, before end: Instant) {
    if header.receiveTime < end { through = header.sequence }
  }

  private mutating func take(_ event: Event, _ header: EntryHeader, before end: Instant) {
    note(header, before: end)
    switch event {
    case .observation(.instrument(let instrument)):
      while instruments.count <= instrument.id.index { instruments.append(nil) }
      instruments[instrument.id.index] = instrument
    case .decision(.submitted(let ticket)): note(ticket)
    case .decision(.released(let release)): note(release.ticket)
    case .observation(.report(let report)):
      guard case .filled(let reported) = report.outcome, let ticket = tickets[report.order],
        let instrument = instrument(ticket.instrument),
        let fill = revisions.fill(reported, of: report.order, at: header.sequence)
      else { return }
      executions.append(
        Execution(
          order: report.order, fill: fill, instrument: instrument, side: ticket.side,
          time: header.eventTime, sequence: header.sequence))
    default: break
    }
  }

  private mutating func note(_ ticket: OrderTicket) {
    guard ticket.account == account else { return }
    tickets[ticket.order] = (ticket.instrument, ticket.side)
  }

  func instrument(_ id: InstrumentID) -> Instrument? {
    id.index < instruments.count ? instruments[id.index] : nil
  }

  /// The instrument that a statement calls SYMBOL or VENUE:SYMBOL.
  func instrument(named name: String) -> Instrument? {
    for case let instrument? in instruments
    where instrument.symbol == name || instrument.statementName == name { return instrument }
    return nil
  }
}

/// What an account holds, owes and has open at the end of the time that a statement covers.
public struct OwnState: Sendable {
  /// Of all its strategies together; none is zero.
  var positions: [(instrument: InstrumentID, quantity: Quantity)] = []
  /// By currency, in order of first use.
  var cash: [(currency: String, amount: Money)] = []
  /// At venues, oldest first.
  var orders: [Order] = []

  public init(_ engine: borrowing Engine, of account: AccountID = .main) {
    let portfolio = engine.market.portfolio
    for case let instrument? in engine.market.instruments {
      let quantity = portfolio.quantity(instrument.id, of: account)
      if quantity != .zero { positions.append((instrument.id, quantity)) }
    }
    cash = portfolio.ledger(account).books.map { ($0.currency, $0[.cash]) }
    orders = engine.market.orders.open.filter {
      $0.state != .held && $0.ticket.account == account
    }
  }

  init() {}
}
