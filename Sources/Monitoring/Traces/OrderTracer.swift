import Events
import Journaling

/// Makes spans of the lives of orders, from entries alone (docs/alerts.md, "Traces"). One order in so many is traced,
/// by its number: the same orders whoever traces.
///
/// | span | from | to |
/// |---|---|---|
/// | `order` | the venue's time of the tick that led to it | the report that ended it |
/// | `feed` | the venue's time of the tick | its receive time |
/// | `decide` | the receive time of the tick | the order's entry |
/// | `record and send` | the order's entry | the venue's time of its first report |
/// | `report` | the venue's time of a report | its receive time |
struct OrderTracer: Sendable {
  /// Most orders at once; the oldest is given up for a new one.
  static let mostOpen = 1024
  /// Decisions whose causes are remembered.
  private static let remembered = 256

  private struct Open: Sendable {
    var order: OrderID
    var root: Span
    /// Sequence of the order's entry.
    var sequence: UInt64
    var submitted: Instant
    /// When it was found in the journal, so durable at the latest.
    var seen: Instant?
    var quantity: Quantity
    var filled: Int64 = 0
    var hasReport = false
    var spans: [Span] = []
  }

  private let journal: [UInt8]
  private let oneIn: UInt64
  private var open: [Open] = []
  /// The last decisions with their causes, in a circle.
  private var decisions: [EntryHeader] = []
  private var nextDecision = 0
  /// The last tick, which is what decisions are caused by.
  private var tick = EntryHeader(sequence: 0, eventTime: .epoch, receiveTime: .epoch)

  init(_ journal: JournalID, oneIn: UInt64) {
    self.journal = journal.bytes
    self.oneIn = max(oneIn, 1)
  }

  /// Orders that have not ended.
  var openCount: Int { open.count }

  @inline(__always)
  mutating func take(tick header: EntryHeader) { tick = header }

  /// Takes an entry that is no tick.
  /// - Parameter seen: when it was found in the journal; nil if that says nothing.
  /// - Returns: the spans of an order that ended.
  mutating func take(_ entry: Entry, seen: Instant?) -> [Span] {
    switch entry.event {
    case .decision(.intent): remember(entry.header)
    case .decision(.submitted(let ticket)): begin(ticket, entry.header, seen)
    case .decision(.released(let release)): begin(release.ticket, entry.header, seen)
    case .observation(.report(let report)): return take(report, entry.header)
    case .decision(.ended(let order, let cause)):
      return end(order, entry.header.receiveTime, "ended: \(cause.name)", isFailure: false)
    default: break
    }
    return []
  }

  private mutating func remember(_ header: EntryHeader) {
    if decisions.count < Self.remembered {
      decisions.append(header)
    } else {
      decisions[nextDecision] = header
    }
    nextDecision = (nextDecision + 1) % Self.remembered
  }

  private mutating func begin(_ ticket: OrderTicket, _ header: EntryHeader, _ seen: Instant?) {
    guard ticket.order.raw.isMultiple(of: oneIn),
      !open.contains(where: { $0.order == ticket.order })
    else { return }
    let trace = TraceID(journal, ticket.order)
    let intent = decisions.last { $0.sequence == header.cause }
    let cause = intent?.cause ?? header.cause
    let isTick = cause != 0 && cause == tick.sequence
    let received = isTick ? tick.receiveTime : intent?.receiveTime ?? header.receiveTime
    let start = isTick ? min(tick.eventTime, received) : received
    var root = Span(trace: trace, id: header.sequence << 4, name: "order", start: start, end: start)
    root.attributes = [
      ("daybook.order", .text(ticket.order.description)), ("daybook.seq", .number(header.sequence)),
      ("daybook.cause", .number(cause)), ("daybook.strategy", .number(UInt64(ticket.strategy.raw))),
      ("daybook.instrument", .number(UInt64(ticket.instrument.raw))),
      ("daybook.side", .text(ticket.side.name)), ("daybook.type", .text(ticket.type.name)),
    ]
    var one = Open(
      order: ticket.order, root: root, sequence: header.sequence, submitted: header.receiveTime,
      seen: seen, quantity: ticket.quantity)
    if isTick {
      one.spans.append(
        span(
          root, header.sequence << 4 | 1, "feed", start, received, [("daybook.seq", .number(cause))]
        ))
    }
    one.spans.append(
      span(
        root, header.sequence << 4 | 2, "decide", received, header.receiveTime,
        [("daybook.seq", .number(intent?.sequence ?? header.sequence))]))
    if open.count == Self.mostOpen { open.removeFirst() }
    open.append(one)
  }

  private func span(
    _ root: Span, _ id: UInt64, _ name: String, _ start: Instant, _ end: Instant,
    _ attributes: [(name: String, value: Span.Value)]
  ) -> Span {
    Span(
      trace: root.trace, id: id, parent: root.id, name: name, start: start, end: max(start, end),
      attributes: attributes)
  }

  private mutating func take(_ report: VenueReport, _ header: EntryHeader) -> [Span] {
    guard let index = open.firstIndex(where: { $0.order == report.order }) else { return [] }
    let root = open[index].root
    if !open[index].hasReport {
      open[index].hasReport = true
      let begun = open[index].submitted
      var sent = span(
        root, open[index].sequence << 4 | 3, "record and send", begun, header.eventTime,
        [("daybook.seq", .number(open[index].sequence))])
      if let seen = open[index].seen, seen >= begun, seen <= sent.end {
        sent.moments.append(Span.Moment(name: "durable", time: seen))
      }
      open[index].spans.append(sent)
    }
    let kind = Event.observation(.report(report)).kind
    open[index].spans.append(
      span(
        root, header.sequence << 4 | 4, "report", min(header.eventTime, header.receiveTime),
        header.receiveTime,
        [("daybook.seq", .number(header.sequence)), ("daybook.kind", .text(kind.name))]))
    switch report.outcome {
    case .filled(let fill):
      // Overfills count too: what is more than the whole is whole.
      open[index].filled =
        open[index].filled.addingReportingOverflow(fill.quantity.raw).partialValue
      return open[index].filled >= open[index].quantity.raw
        ? end(report.order, header.receiveTime, "filled", isFailure: false) : []
    case .replaced(let quantity, _):
      open[index].quantity = quantity
      return []
    case .rejected: return end(report.order, header.receiveTime, kind.name, isFailure: true)
    case .cancelled, .expired:
      return end(report.order, header.receiveTime, kind.name, isFailure: false)
    case .accepted, .requestRejected, .status, .triggered, .busted, .corrected: return []
    }
  }

  private mutating func end(_ order: OrderID, _ time: Instant, _ how: String, isFailure: Bool)
    -> [Span]
  {
    guard let index = open.firstIndex(where: { $0.order == order }) else { return [] }
    let one = open.remove(at: index)
    var root = one.root
    root.end = max(root.start, time)
    root.attributes.append(("daybook.end", .text(how)))
    root.isFailure = isFailure
    return [root] + one.spans
  }
}
