import Books
import Events
import Journaling

/// Trades and executions of a run, from its journal alone: see docs/statistics.md. Busts and corrections
/// count whenever they came.
public struct TradingRecord: Sendable {
  public private(set) var trips = RoundTrips()
  /// In order of the currencies' names.
  public private(set) var orders: [OrderStatistics] = []
  /// Fills that came while the book of their instrument was crossed.
  public private(set) var crossedFills: UInt64 = 0
  /// Places where data were missing.
  public var gaps: UInt64 { revisions.gaps }
  /// Share of the run's time in which something was held; nil if no time passed.
  public private(set) var timeInMarket: Double?

  private struct Sent {
    var ticket: OrderTicket
    var mid: MidPrice?
    var ordered: Quantity
    var filled = Quantity.zero
    /// Value of what was filled, at the mid.
    var filledValue = Money.zero
  }

  private let revisions: FillRevisions
  private var sent: [OrderID: Sent] = [:]
  private var books: [MarketBook] = []
  private var instruments: [Instrument?] = []
  private var times: (first: Instant, last: Instant)?

  /// Reads a journal twice. O(entries); memory grows with orders.
  /// - Throws: `JournalError` if the journal is damaged.
  public init(_ reader: JournalReader) throws(JournalError) {
    let last = try reader.lastSequence()
    revisions = try FillRevisions(reader, through: last)
    try reader.entries(through: last, of: { _ in true }) { event, header in
      take(event, header)
    } tick: { tick, header in
      take(tick, header)
    }
    finish()
  }

  /// The same of entries at hand.
  public init(_ entries: [Entry]) {
    revisions = FillRevisions(entries)
    for entry in entries { take(entry.event, entry.header) }
    finish()
  }

  private mutating func note(_ header: EntryHeader) {
    times = (times?.first ?? header.receiveTime, header.receiveTime)
  }

  private mutating func take(_ tick: MarketEvent, _ header: EntryHeader) {
    note(header)
    let index = tick.instrument.index
    guard index < revisions.isTraded.count, revisions.isTraded[index] else { return }
    admit(tick.instrument)
    _ = books[index].apply(tick)
  }

  private mutating func take(_ event: Event, _ header: EntryHeader) {
    switch event {
    case .observation(.market(let tick)): return take(tick, header)
    case .observation(.instrument(let instrument)):
      admit(instrument.id)
      instruments[instrument.id.index] = instrument
    case .decision(.submitted(let ticket)): send(ticket)
    case .decision(.released(let release)): send(release.ticket)
    case .decision(.booked(let booking)):
      if let instrument = instrument(booking.instrument) { trips.take(booking, instrument, header) }
    case .observation(.report(let report)): take(report, header)
    default: break
    }
    note(header)
  }

  private func instrument(_ id: InstrumentID) -> Instrument? {
    id.index < instruments.count ? instruments[id.index] : nil
  }

  private mutating func send(_ ticket: OrderTicket) {
    admit(ticket.instrument)
    sent[ticket.order] = Sent(
      ticket: ticket, mid: MidPrice(books[ticket.instrument.index]), ordered: ticket.quantity)
  }

  private mutating func take(_ report: VenueReport, _ header: EntryHeader) {
    guard let order = sent[report.order],
      let instrument = instruments[order.ticket.instrument.index]
    else { return }
    switch report.outcome {
    case .replaced(let quantity, _): sent[report.order]?.ordered = quantity
    case .filled(let reported):
      guard let fill = revisions.fill(reported, of: report.order, at: header.sequence) else {
        return
      }
      if books[order.ticket.instrument.index].isCrossed { crossedFills += 1 }
      trips.take(fill, of: order.ticket, instrument, header)
      count(fill, of: order, instrument)
    default: break
    }
  }

  private mutating func count(_ fill: Fill, of order: Sent, _ instrument: Instrument) {
    let place = statistics(of: instrument.currency)
    guard let value = Money.cost(fill.price, fill.quantity, of: instrument) else { return }
    orders[place].fills += 1
    orders[place].traded += value.magnitude
    orders[statistics(of: fill.feeCurrency.isEmpty ? instrument.currency : fill.feeCurrency)]
      .fees += fill.fee
    sent[order.ticket.order]?.filled = order.filled + fill.quantity
    guard let mid = order.mid?.value(fill.quantity, of: instrument) else {
      orders[place].fillsWithoutMid += 1
      return
    }
    orders[place].slippage += order.ticket.side == .buy ? value - mid : mid - value
    sent[order.ticket.order]?.filledValue = order.filledValue + mid.magnitude
  }

  private mutating func statistics(of currency: String) -> Int {
    if let place = orders.firstIndex(where: { $0.currency == currency }) { return place }
    orders.append(OrderStatistics(currency))
    return orders.count - 1
  }

  private mutating func finish() {
    for (_, order) in sent.sorted(by: { $0.key < $1.key }) {
      guard let instrument = instruments[order.ticket.instrument.index] else { continue }
      let place = statistics(of: instrument.currency)
      orders[place].orders += 1
      if order.filled != .zero { orders[place].filledOrders += 1 }
      guard let value = order.mid?.value(order.ordered, of: instrument) else { continue }
      orders[place].orderedValue += value.magnitude
      orders[place].filledValue += order.filledValue
    }
    orders.sort { $0.currency < $1.currency }
    guard let times else { return }
    trips.finish(at: times.last)
    let length = times.last.since(times.first)
    if length > 0 { timeInMarket = Double(trips.timeHeld) / Double(length) }
    sent = [:]
    books = []
  }

  private mutating func admit(_ id: InstrumentID) {
    while books.count <= id.index {
      books.append(MarketBook(InstrumentID(UInt16(books.count))))
      instruments.append(nil)
    }
  }
}
