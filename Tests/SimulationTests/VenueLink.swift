import Events
import Venues

/// The venue's end of the line: the simulated exchange, which goes on through our crashes, and a numbered
/// stream of its reports on which faults happen.
///
/// Reports keep their order. A lost one is noticed by its number and asked for again; after a start
/// everything after the last recorded number is sent again, as a FIX session does.
struct VenueLink: ~Copyable {
  struct Item: Equatable {
    var number: Int
    var report: VenueReport
    var event: Instant
  }

  /// How the venue knows an order.
  struct Known {
    var quantity: Int64
    var filled: Int64 = 0
    var ended: VenueReport.KnownState?
  }

  static let latency = Latency(entry: 3_000_000, response: 4_000_000, jitter: 6_000_000)

  private var exchange: SimulatedExchange
  private var random: SeededRandom
  /// All that was ever said, by number.
  private(set) var said: [Item] = []
  /// Numbers on their way, with their arrival times; a lost one is not here.
  private var onTheWay: [(number: Int, arrival: Instant)] = []
  private var queries: [(order: OrderID, arrival: Instant)] = []
  private(set) var known: [UInt64: Known] = [:]
  /// Commands that came, in order.
  private(set) var received: [Command] = []
  /// How faulty the line is: one in so many.
  private let odds: Int

  init(seed: UInt64, odds: Int) {
    exchange = SimulatedExchange(
      ExchangeConfiguration(latency: Self.latency, fees: .usEquity, seed: seed))
    random = SeededRandom(seed: seed, stream: 77)
    self.odds = odds
  }

  mutating func define(_ instrument: Instrument) { exchange.define(instrument) }

  mutating func apply(_ tick: MarketEvent, at time: Instant) { exchange.apply(tick, at: time) }

  /// A command comes in; now and then the venue rejects an order on its own account.
  mutating func receive(_ command: Command, at time: Instant) {
    received.append(command)
    guard case .submit(let ticket) = command else {
      exchange.receive(command, at: time)
      return
    }
    known[ticket.order.raw] = Known(quantity: ticket.quantity.raw)
    if random.oneIn(odds) {
      say(
        VenueReport(order: ticket.order, .rejected(code: 99, text: "bad luck")), event: time,
        at: time.advanced(by: 4_000_000))
    } else {
      exchange.receive(command, at: time)
    }
  }

  /// Somebody asks how an order stands; answered after all that came before.
  mutating func query(_ order: OrderID, at time: Instant) {
    queries.append(
      (order, time.advanced(by: Self.latency.entry.longest)))
  }

  /// Lets the venue act up to a time.
  mutating func advance(to time: Instant) {
    while let next = exchange.nextTime, next <= time {
      answer(before: next)
      exchange.advance(to: next)
      while let due = exchange.nextReport(through: next) {
        say(due.report, event: due.eventTime, at: due.deliverTime)
      }
    }
    answer(before: time)
  }

  private mutating func answer(before time: Instant) {
    // An answer waits for the reports of what happened before it, which are at most this late.
    let lag = Self.latency.response.longest
    while let (order, arrival) = queries.first, arrival.advanced(by: lag) <= time {
      queries.removeFirst()
      let state = known[order.raw]
      say(
        VenueReport(
          order: order,
          .status(
            state.map { $0.ended ?? .working } ?? .neverReceived,
            filled: Quantity(state?.filled ?? 0))), event: arrival, at: arrival.advanced(by: lag))
    }
  }

  private mutating func say(_ report: VenueReport, event: Instant, at time: Instant) {
    learn(report)
    said.append(Item(number: said.count, report: report, event: event))
    if random.oneIn(odds) { return }
    var arrival = max(time, onTheWay.last?.arrival ?? time)
    if random.oneIn(odds) { arrival = arrival.advanced(by: 50_000_000) }
    onTheWay.append((said.count - 1, arrival))
    if random.oneIn(odds) { onTheWay.append((said.count - 1, arrival)) }
  }

  private mutating func learn(_ report: VenueReport) {
    guard var order = known[report.order.raw] else { return }
    switch report.outcome {
    case .filled(let fill):
      order.filled += fill.quantity.raw
      if order.filled == order.quantity { order.ended = .filled }
    case .rejected: order.ended = .rejected
    case .cancelled: order.ended = .cancelled
    case .expired: order.ended = .expired
    case .replaced(let quantity, _): order.quantity = quantity.raw
    case .accepted, .requestRejected, .status, .triggered, .busted, .corrected: break
    }
    known[report.order.raw] = order
  }

  /// The next report that has arrived.
  mutating func next(by time: Instant) -> Item? {
    guard let first = onTheWay.first, first.arrival <= time else { return nil }
    onTheWay.removeFirst()
    return said[first.number]
  }

  /// The line is new: nothing is on the way but what was said from a number on.
  mutating func resend(from number: Int, at time: Instant) {
    onTheWay = said.indices.dropFirst(number).map { ($0, time) }
  }

  /// Nothing is on its way in either direction.
  var isQuiet: Bool { exchange.nextTime == nil && onTheWay.isEmpty && queries.isEmpty }
}
