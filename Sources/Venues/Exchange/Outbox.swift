import Events

/// A report of the exchange on its way.
public struct DueReport: Equatable, Sendable {
  public var report: VenueReport
  /// When it happened at the exchange.
  public var eventTime: Instant
  /// When it arrives.
  public var deliverTime: Instant
}

/// A first-in, first-out line whose front is at hand. All operations amortised O(1).
struct Line<Element> {
  private var elements: [Element] = []
  private var head = 0

  var isEmpty: Bool { head == elements.count }

  var first: Element? { head < elements.count ? elements[head] : nil }

  mutating func append(_ element: Element) { elements.append(element) }

  mutating func removeFirst() {
    head += 1
    if head == elements.count {
      elements.removeAll(keepingCapacity: true)
      head = 0
    } else if head > 1024 && head * 2 > elements.count {
      elements.removeSubrange(..<head)
      head = 0
    }
  }
}

/// Where the exchange puts its reports: numbers fills, stamps times, keeps the order of events.
struct Outbox {
  private(set) var reports = Line<DueReport>()
  /// The exchange's clock: never runs backwards.
  private(set) var now = Instant(nanoseconds: .min)
  private let latency: Latency
  private var random: SeededRandom
  private var lastDelivery = Instant(nanoseconds: .min)
  private var nextFill: UInt64 = 1

  init(latency: Latency, seed: UInt64) {
    self.latency = latency
    random = SeededRandom(seed: seed, stream: 1)
  }

  mutating func advance(to time: Instant) { now = max(now, time) }

  mutating func send(_ order: OrderID, _ outcome: VenueReport.Outcome) {
    let jitter = latency.jitter > 0 ? Int64(random.below(Int(latency.jitter))) : 0
    lastDelivery = max(lastDelivery, now.advanced(by: latency.response + jitter))
    reports.append(
      DueReport(
        report: VenueReport(order: order, outcome), eventTime: now, deliverTime: lastDelivery))
  }

  mutating func sendFill(
    _ order: OrderID, price: Price, quantity: Quantity, fee: Money, currency: String,
    liquidity: Fill.Liquidity
  ) {
    let fill = Fill(
      id: nextFill, price: price, quantity: quantity, fee: fee, feeCurrency: currency,
      liquidity: liquidity)
    nextFill += 1
    send(order, .filled(fill))
  }

  /// Takes the oldest report if it arrives by `time`.
  mutating func next(through time: Instant) -> DueReport? {
    guard let report = reports.first, report.deliverTime <= time else { return nil }
    reports.removeFirst()
    return report
  }
}
