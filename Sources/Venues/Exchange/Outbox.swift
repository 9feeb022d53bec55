import Events

/// A report of the exchange on its way.
public struct DueReport: Equatable, Sendable {
  public var report: VenueReport
  /// When it happened at the exchange.
  public var eventTime: Instant
  /// When it arrives.
  public var deliverTime: Instant
}

extension DueReport: Due {
  @inline(__always) var due: Instant { deliverTime }
}

/// Where the exchange puts its reports: numbers fills, stamps times, keeps the order of events.
struct Outbox {
  private(set) var reports = Line<DueReport>()
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
  private var lastFills: [VenueReport] = []
  private let repeats: Int

  init(_ rules: (latency: Latency, faults: Faults), line: Int, seed: UInt64) {
    delays = DelaySource(rules.latency.response, seed: seed, stream: Gateway.stream(1, of: line))
    records = rules.faults.hasOutages ? OrderRecords() : nil
    repeats = rules.faults.repeats
  }

  mutating func advance(to time: Instant) { now = max(now, time) }

  mutating func send(_ order: OrderID, _ outcome: consuming VenueReport.Outcome) {
    if records != nil { records?.note(order, outcome) }
    post(VenueReport(order: order, outcome))
  }

  private mutating func post(_ report: consuming VenueReport) {
    let delay = delays.next()
    var due = now.advanced(by: delay)
    if let outage, due >= outage.start, due < outage.end { due = outage.end.advanced(by: delay) }
    lastDelivery = max(lastDelivery, due)
    reports.append(DueReport(report: report, eventTime: now, deliverTime: lastDelivery))
  }

  mutating func sendFill(
    _ order: OrderID, price: Price, quantity: Quantity, fee: Money, currency: String,
    liquidity: Fill.Liquidity, basis: FillBasis
  ) {
    let fill = Fill(
      id: nextFill, price: price, quantity: quantity, fee: fee, feeCurrency: currency,
      liquidity: liquidity, basis: basis)
    nextFill += 1
    if repeats > 0 {
      if lastFills.count == repeats { lastFills.removeFirst() }
      lastFills.append(VenueReport(order: order, .filled(fill)))
    }
    send(order, .filled(fill))
  }

  /// Notes an order that arrived, to answer for it later.
  mutating func record(_ order: OrderID, _ quantity: Quantity) { records?.add(order, quantity) }

  /// Sends the last fills once more.
  mutating func repeatFills() {
    for report in lastFills { post(report) }
  }

  /// Takes the oldest report.
  /// - Precondition: there is one.
  @inline(__always)
  mutating func takeReport() -> DueReport { reports.removeFirst() }
}
