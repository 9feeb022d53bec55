import Events

/// The line to a venue: commands on their way in, reports on their way out, and what goes wrong.
struct Gateway {
  /// What happened to the connection.
  enum Change {
    case disconnection(Instant)
    case connection(Instant)
  }

  var outbox: Outbox
  /// Numbers of the venues behind it, in order of definition.
  private(set) var venues: [VenueID] = []
  private(set) var isConnected = true
  let faults: Faults
  /// Whether faults may befall a command that arrives.
  let hasFaults: Bool
  private var arrivals = Line<Arrival>()
  private var terms = TermsLine()
  private var lastArrival = Instant(nanoseconds: .min)
  private var delays: DelaySource
  private var outages: OutageSource
  private var meter: MessageMeter?
  private var random: SeededRandom

  init(_ rules: (latency: Latency, faults: Faults), line: Int, seed: UInt64) {
    faults = rules.faults
    hasFaults = faults.throttle != nil || faults.rejects > 0 || faults.hasOutages
    outbox = Outbox(rules, line: line, seed: seed)
    delays = DelaySource(rules.latency.entry, seed: seed, stream: Self.stream(0, of: line))
    random = SeededRandom(seed: seed, stream: Self.stream(2, of: line))
    outages = OutageSource(rules.faults, seed: seed, stream: Self.stream(3, of: line))
    meter = rules.faults.throttle.map(MessageMeter.init)
  }

  /// The stream of random numbers for one purpose of a line.
  static func stream(_ purpose: UInt64, of line: Int) -> UInt64 { UInt64(line) * 16 + purpose }

  mutating func serve(_ venue: VenueID) {
    if !venues.contains(venue) { venues.append(venue) }
  }

  /// From here on the connection can be lost.
  mutating func begin(at time: Instant) { outbox.outage = outages.next(after: time) }

  /// Takes a command on its way.
  /// - Returns: whether it has arrived at once.
  @inline(__always)
  mutating func receive(_ command: borrowing Command, at time: Instant) -> Bool {
    let isExcess = send(at: time)
    switch command {
    case .submit(let ticket):
      if !ticket.terms.isPlain { terms.append(ticket.terms) }
      arrivals.append(Arrival(ticket, isExcess: isExcess, sent: time, time: lastArrival))
    case .cancel(let order):
      arrivals.append(
        Arrival(.cancel, order, isExcess: isExcess, sent: time, time: lastArrival))
    case .replace(let order, let quantity, let price):
      arrivals.append(
        Arrival(
          .replace, order, quantity, price, isExcess: isExcess, sent: time, time: lastArrival))
    }
    return lastArrival <= time
  }

  /// Takes a question on its way.
  mutating func receive(queryOf order: OrderID, at time: Instant) {
    let isExcess = send(at: time)
    arrivals.append(Arrival(.query, order, isExcess: isExcess, sent: time, time: lastArrival))
  }

  /// Finds when a message sent now arrives: `lastArrival`.
  /// - Returns: whether it is beyond what the venue takes a second.
  @inline(__always)
  private mutating func send(at time: Instant) -> Bool {
    lastArrival = max(lastArrival, time.advanced(by: delays.next()))
    guard meter != nil, let taken = meter?.take(at: lastArrival) else { return false }
    lastArrival = taken.time
    return taken.isExcess
  }

  /// When a message arrives or the connection changes; `distantFuture` for never.
  @inline(__always)
  var nextArrival: Instant { min(arrivals.next, nextChange) }

  /// When anything comes of it: a message or a change as above, or a report's delivery.
  @inline(__always)
  var nextTime: Instant { min(nextArrival, outbox.reports.next) }

  /// The same while the connection stays.
  @inline(__always)
  var nextTimeConnected: Instant { min(arrivals.next, outbox.reports.next) }

  /// Whether a message has arrived or the connection changed by `time`.
  @inline(__always)
  func isDue(by time: Instant) -> Bool {
    arrivals.isDue(by: time) || outbox.outage != nil && nextChange <= time
  }

  @inline(__always)
  private var nextChange: Instant {
    guard let outage = outbox.outage else { return .distantFuture }
    return isConnected ? outage.start : outage.end
  }

  /// Takes the next change of the connection if that is due by `time` and no message before it; a change comes before
  /// a message of the same moment.
  @inline(__always)
  mutating func takeChange(through time: Instant) -> Change? {
    guard outbox.outage != nil else { return nil }
    let change = nextChange
    return change <= time && change <= arrivals.next ? changeConnection(at: change) : nil
  }

  /// Whether a message has arrived by `time` and is not lost, as what arrives without a connection is. To be asked
  /// when there is no change of the connection to take before.
  @inline(__always)
  mutating func hasMessage(by time: Instant) -> Bool {
    guard arrivals.isDue(by: time) else { return false }
    if isConnected { return true }
    if arrivals.removeFirst().hasTerms { _ = terms.removeFirst() }
    return false
  }

  /// Takes the message that has arrived first; what it brings is to be taken before the next.
  /// - Precondition: there is one.
  @inline(__always)
  mutating func takeMessage() -> Arrival { arrivals.removeFirst() }

  /// Takes the order that a message taken brings.
  @inline(__always)
  mutating func takeTicket(_ arrival: Arrival) -> OrderTicket {
    arrival.ticket(arrival.hasTerms ? terms.removeFirst() : .plain)
  }

  @inline(never)
  private mutating func changeConnection(at time: Instant) -> Change {
    outbox.advance(to: time)
    isConnected.toggle()
    if !isConnected { return .disconnection(time) }
    outbox.outage = outages.next(after: time)
    return .connection(time)
  }

  /// Whether a new order is one of those that the venue rejects for nothing.
  mutating func rejectsAtRandom() -> Bool {
    faults.rejects > 0 && random.below(1_000_000) < Int(faults.rejects)
  }
}
