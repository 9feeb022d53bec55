import Events

/// A report of the exchange on its way.
public struct DueReport: Equatable, Sendable {
  public var report: VenueReport
  /// When it happened at the exchange.
  public var eventTime: Instant
  /// When it arrives.
  public var deliverTime: Instant
}

/// A first-in, first-out line of what comes due, in order of time. All operations amortised O(1).
///
/// Its places are kept and used again, so that what is taken out is moved and nothing is copied.
struct Line<Element> {
  private struct Place {
    var time: Instant
    /// nil once it was taken.
    var element: Element?
  }

  private var places: [Place] = []
  private var (head, tail) = (0, 0)
  /// When the first is due; nil if there is none.
  private(set) var nextTime: Instant?

  var isEmpty: Bool { head == tail }

  /// - Precondition: nothing in the line is due later.
  mutating func append(_ element: consuming Element, due time: Instant) {
    if head == tail {
      (head, tail, nextTime) = (0, 0, time)
    } else if tail == places.count, head > 0, head * 2 >= tail {
      places.removeSubrange(..<head)
      (head, tail) = (0, tail - head)
    }
    if tail == places.count { places.append(Place(time: time, element: nil)) }
    places[tail].time = time
    places[tail].element = element
    tail += 1
  }

  /// Takes the first if it is due by `time`.
  mutating func take(through time: Instant) -> Element? {
    guard let nextTime, nextTime <= time else { return nil }
    var element: Element?
    swap(&element, &places[head].element)
    head += 1
    self.nextTime = head < tail ? places[head].time : nil
    return element
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

  mutating func send(_ order: OrderID, _ outcome: consuming VenueReport.Outcome) {
    let jitter = latency.jitter > 0 ? Int64(random.below(Int(latency.jitter))) : 0
    lastDelivery = max(lastDelivery, now.advanced(by: latency.response + jitter))
    reports.append(
      DueReport(
        report: VenueReport(order: order, outcome), eventTime: now, deliverTime: lastDelivery),
      due: lastDelivery)
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
    reports.take(through: time)
  }
}
