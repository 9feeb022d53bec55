import Events

/// A report of the exchange that has arrived.
public struct DueReport: Equatable, Sendable {
  public var report: VenueReport
  /// When it happened at the exchange.
  public var eventTime: Instant
  /// When it arrives.
  public var deliverTime: Instant
}

/// Where the exchange puts its reports: numbers fills, stamps times, keeps the order of events.
struct Outbox {
  private(set) var reports = Line<PostedReport>()
  /// The exchange's clock: never runs backwards.
  private(set) var now = Instant(nanoseconds: .min)
  /// The outage that is under way or comes next: what would arrive in it arrives after it.
  var outage: Faults.Outage?
  /// What counts for fees by volume.
  var volume = TradedVolume()
  /// How our orders stand, where a connection can be lost.
  private(set) var records: OrderRecords?
  private var delays: DelaySource
  private var lastDelivery = Instant(nanoseconds: .min)
  private var nextFill: UInt64 = 1
  /// The last fills, which are sent again after a reconnection; at most `repeats`.
  private var lastFills: [PostedReport] = []
  private let repeats: Int
  private var texts = ReportTexts()

  init(_ rules: (latency: Latency, faults: Faults), line: Int, seed: UInt64) {
    delays = DelaySource(rules.latency.response, seed: seed, stream: Gateway.stream(1, of: line))
    records = rules.faults.hasOutages ? OrderRecords() : nil
    repeats = rules.faults.repeats
  }

  @inline(__always)
  mutating func advance(to time: Instant) { now = max(now, time) }

  // MARK: Sending

  mutating func send(_ order: OrderID, _ outcome: VenueReport.Outcome) {
    switch outcome {
    case .rejected(let code, let text):
      send(PostedReport(order: order, kind: .rejected, code: code, text: texts.number(of: text)))
    case .cancelled(let cause, let text):
      send(
        PostedReport(
          order: order, kind: .cancelled, detail: cause.rawValue, text: texts.number(of: text)))
    case .expired: send(PostedReport(order: order, kind: .expired))
    case .requestRejected(let request, let code, let text):
      send(
        PostedReport(
          order: order, kind: .requestRejected, detail: request.rawValue, code: code,
          text: texts.number(of: text)))
    case .status(let state, let filled):
      send(
        PostedReport(order: order, kind: .status, detail: state.rawValue, quantity: filled))
    case .triggered(let price): send(PostedReport(order: order, kind: .triggered, price: price))
    case .replaced(let quantity, let price):
      sendReplaced(order, quantity: quantity, price: price)
    case .accepted, .filled, .busted, .corrected:
      preconditionFailure("has a call of its own, or is nothing that the exchange says")
    }
  }

  /// - Parameter number: the venue's own of the order.
  mutating func sendAccepted(_ order: OrderID, number: UInt64) {
    send(PostedReport(order: order, kind: .accepted, number: number))
  }

  mutating func sendReplaced(_ order: OrderID, quantity: Quantity, price: Price) {
    send(PostedReport(order: order, kind: .replaced, price: price, quantity: quantity))
  }

  /// The order was cancelled as requested.
  mutating func sendCancelled(_ order: OrderID) {
    send(
      PostedReport(
        order: order, kind: .cancelled, detail: VenueReport.CancelCause.requested.rawValue))
  }

  mutating func sendFill(
    _ order: OrderID, price: Price, quantity: Quantity, fee: Money, currency: String,
    liquidity: Fill.Liquidity, basis: FillBasis
  ) {
    let fill = PostedReport(
      order: order, kind: .filled, detail: liquidity.rawValue, text: texts.number(of: currency),
      number: nextFill, price: price, quantity: quantity, fee: fee, basis: basis)
    nextFill += 1
    if repeats > 0 {
      if lastFills.count == repeats { lastFills.removeFirst() }
      lastFills.append(fill)
    }
    send(fill)
  }

  /// Notes an order that arrived, to answer for it later.
  mutating func record(_ order: OrderID, _ quantity: Quantity) { records?.add(order, quantity) }

  /// Sends the last fills once more.
  mutating func repeatFills() {
    for report in lastFills { post(report) }
  }

  @inline(__always)
  private mutating func send(_ report: PostedReport) {
    if records != nil { records?.note(report) }
    post(report)
  }

  @inline(__always)
  private mutating func post(_ sent: PostedReport) {
    var report = sent
    let delay = delays.next()
    var due = now.advanced(by: delay)
    if let outage, due >= outage.start, due < outage.end { due = outage.end.advanced(by: delay) }
    lastDelivery = max(lastDelivery, due)
    (report.eventTime, report.deliverTime) = (now, lastDelivery)
    reports.append(report)
  }

  // MARK: Arriving

  /// Takes the oldest report.
  /// - Precondition: there is one.
  @inline(__always)
  mutating func takeReport() -> DueReport {
    let report = DueReport(
      report: VenueReport(order: reports.first.order, outcome(of: reports.first)),
      eventTime: reports.first.eventTime, deliverTime: reports.first.deliverTime)
    reports.dropFirst()
    return report
  }

  @inline(__always)
  private func outcome(of report: borrowing PostedReport) -> VenueReport.Outcome {
    switch report.kind {
    case .accepted: return .accepted(venueOrder: String(prefix: "SIM", number: report.number))
    case .rejected: return .rejected(code: report.code, text: texts[report.text])
    case .filled:
      return .filled(
        Fill(
          id: report.number, price: report.price, quantity: report.quantity, fee: report.fee,
          feeCurrency: texts[report.text],
          liquidity: Self.known(Fill.Liquidity(rawValue: report.detail)), basis: report.basis))
    case .cancelled:
      let cause = Self.known(VenueReport.CancelCause(rawValue: report.detail))
      return .cancelled(cause, text: texts[report.text])
    case .replaced: return .replaced(quantity: report.quantity, price: report.price)
    case .expired: return .expired
    case .requestRejected:
      let request = Self.known(VenueReport.Request(rawValue: report.detail))
      return .requestRejected(request, code: report.code, text: texts[report.text])
    case .status:
      let state = Self.known(VenueReport.KnownState(rawValue: report.detail))
      return .status(state, filled: report.quantity)
    case .triggered: return .triggered(price: report.price)
    }
  }

  @inline(__always)
  private static func known<T>(_ value: T?) -> T {
    guard let value else { preconditionFailure("a raw value that was posted") }
    return value
  }
}
