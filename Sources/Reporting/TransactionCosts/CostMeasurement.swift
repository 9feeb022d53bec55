import Books
import Events

/// The second reading: follows the books of the instruments that matter and notes prices and fills of the
/// parents. Memory is bounded by the parents, their fills and the books.
struct CostMeasurement: Sendable {
  private let isTraded: [Bool]
  private let schedule: [(sequence: UInt64, order: OrderID)]
  private var nextDecision = 0
  private var decisionMids: [OrderID: [MidPrice?]] = [:]
  private var books: [MarketBook] = []
  private var instruments: [Instrument?] = []
  private(set) var records: [ParentRecord] = []
  /// The records of a parent are one after the other: the first's place.
  private var places: [OrderID: Int] = [:]
  private var children: [OrderID: (place: Int, instrument: Instrument, mid: MidPrice?)] = [:]
  /// Executions taken. Only membership is asked for.
  private var known: Set<ExecutionKey> = []
  /// Places of parents that have not ended.
  private var live: [Int] = []

  private struct ExecutionKey: Hashable {
    var order: OrderID
    var fill: UInt64
  }

  init(_ survey: CostSurvey) {
    isTraded = survey.isTraded
    schedule = survey.schedule
  }

  /// The kinds of entries that it looks at, apart from ticks.
  static func looks(at kind: EntryKind) -> Bool {
    switch kind {
    case .instrument, .held, .submitted, .ended, .filled, .busted, .corrected: true
    default: false
    }
  }

  /// Takes a tick. O(parents under way).
  mutating func take(_ tick: MarketEvent, _ header: EntryHeader) {
    noteDecisions(through: header.sequence - 1)
    let index = tick.instrument.index
    if index < isTraded.count, isTraded[index] {
      admit(tick.instrument)
      _ = books[index].apply(tick)
      for place in live where records[place].instrument.id == tick.instrument {
        records[place].count(tick)
      }
    }
    noteDecisions(through: header.sequence)
  }

  /// Takes any other entry, also one of a kind that it does not look at.
  mutating func take(_ event: Event, _ header: EntryHeader) {
    noteDecisions(through: header.sequence - 1)
    switch event {
    case .observation(.market(let tick)): take(tick, header)
    case .observation(.instrument(let instrument)):
      admit(instrument.id)
      instruments[instrument.id.index] = instrument
    case .observation(.report(let report)): take(report)
    case .decision(.held(let ticket, let plan)):
      // Without an intent before it the entry itself is what decided.
      noteDecisions(through: header.sequence)
      if let plan { begin(ticket, plan, header) }
    case .decision(.submitted(let ticket)): send(ticket)
    case .decision(.ended(let order, let cause)): end(order, cause, header.receiveTime)
    default: break
    }
    noteDecisions(through: header.sequence)
  }

  /// Notes the mids of parents whose deciding entry has been taken.
  private mutating func noteDecisions(through sequence: UInt64) {
    while nextDecision < schedule.count, schedule[nextDecision].sequence <= sequence {
      // Which instruments the parent is in is not known until it is held: all mids are few.
      decisionMids[schedule[nextDecision].order] = books.map { MidPrice($0) }
      nextDecision += 1
    }
  }

  private mutating func begin(_ ticket: OrderTicket, _ plan: ExecutionPlan, _ header: EntryHeader) {
    guard let instrument = instrument(ticket.instrument), places[ticket.order] == nil else {
      return
    }
    places[ticket.order] = records.count
    add(
      ParentRecord(
        ticket, plan, leg: 1, instrument, side: ticket.side, start: header.receiveTime))
    if let id = SecondInstrument.of(plan), id != ticket.instrument,
      let second = self.instrument(id), let ratio = plan["ratio"]
    {
      let side = ratio.mantissa > 0 ? ticket.side.opposite : ticket.side
      add(ParentRecord(ticket, plan, leg: 2, second, side: side, start: header.receiveTime))
    }
    decisionMids[ticket.order] = nil
  }

  private mutating func add(_ record: ParentRecord) {
    var record = record
    let index = record.instrument.id.index
    record.arrivalMid = mid(record.instrument.id)
    if let mids = decisionMids[record.ticket.order], index < mids.count {
      record.decisionMid = mids[index]
    }
    live.append(records.count)
    records.append(record)
  }

  private mutating func send(_ ticket: OrderTicket) {
    guard ticket.isChild, let first = places[ticket.terms.parent],
      let instrument = instrument(ticket.instrument)
    else { return }
    let isSecond =
      first + 1 < records.count && records[first + 1].ticket.order == ticket.terms.parent
      && records[first + 1].instrument.id == ticket.instrument
    let place = isSecond ? first + 1 : first
    records[place].children += 1
    children[ticket.order] = (place, instrument, mid(ticket.instrument))
  }

  private mutating func take(_ report: VenueReport) {
    guard let child = children[report.order] else { return }
    switch report.outcome {
    case .filled(let fill):
      let isNew = known.insert(ExecutionKey(order: report.order, fill: fill.id)).inserted
      // A duplicate is no fill.
      guard isNew, fill.quantity.raw > 0 else { return }
      records[child.place].executions.append(
        ParentRecord.Execution(
          order: report.order, fill: fill, instrument: child.instrument, mid: child.mid))
    case .busted(let fill, _): records[child.place].bust(report.order, fill)
    case .corrected(let fill, _): records[child.place].correct(report.order, fill)
    default: break
    }
  }

  private mutating func end(_ order: OrderID, _ cause: EndCause, _ time: Instant) {
    guard let first = places[order] else { return }
    for place in first..<records.count where records[place].ticket.order == order {
      guard records[place].end == nil else { continue }
      records[place].end = time
      records[place].outcome = cause
      records[place].endMid = mid(records[place].instrument.id)
    }
    live.removeAll { records[$0].end != nil }
  }

  /// The journal is over: what is still under way is measured at its last prices.
  mutating func finish() {
    for place in live { records[place].endMid = mid(records[place].instrument.id) }
  }

  private func mid(_ id: InstrumentID) -> MidPrice? {
    id.index < books.count ? MidPrice(books[id.index]) : nil
  }

  private func instrument(_ id: InstrumentID) -> Instrument? {
    id.index < instruments.count ? instruments[id.index] : nil
  }

  private mutating func admit(_ id: InstrumentID) {
    while books.count <= id.index {
      books.append(MarketBook(InstrumentID(UInt16(books.count))))
      instruments.append(nil)
    }
  }
}
