import Events

/// The line to a venue: commands on their way in, reports on their way out, and what goes wrong.
struct Gateway {
  /// What we send to a venue.
  enum Message {
    case command(Command)
    /// What has become of an order?
    case query(OrderID)
  }

  struct Arrival {
    var message: Message
    var sent: Instant
    var time: Instant
    /// Beyond what the venue takes a second.
    var isExcess = false
  }

  var outbox: Outbox
  /// Numbers of the venues behind it, in order of definition.
  private(set) var venues: [VenueID] = []
  private(set) var isConnected = true
  let faults: Faults
  private var arrivals = Line<Arrival>()
  private var lastArrival = Instant(nanoseconds: .min)
  private var delays: DelaySource
  private var outages: OutageSource
  private var meter: MessageMeter?
  private var random: SeededRandom

  init(_ rules: (latency: Latency, faults: Faults), line: Int, seed: UInt64) {
    faults = rules.faults
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

  mutating func receive(_ message: consuming Message, at time: Instant) {
    lastArrival = max(lastArrival, time.advanced(by: delays.next()))
    var isExcess = false
    if meter != nil, let taken = meter?.take(at: lastArrival) {
      isExcess = taken.isExcess
      lastArrival = taken.time
    }
    arrivals.append(
      Arrival(message: message, sent: time, time: lastArrival, isExcess: isExcess),
      due: lastArrival)
  }

  /// When a message arrives or the connection changes; nil for never.
  var nextArrival: Instant? {
    switch (arrivals.nextTime, nextChange) {
    case (nil, nil): nil
    case (let arrival?, let change?): min(arrival, change)
    case (let arrival, let change): arrival ?? change
    }
  }

  private var nextChange: Instant? {
    outbox.outage.map { isConnected ? $0.start : $0.end }
  }

  /// What happens next at a venue.
  enum Event {
    case arrival(Arrival)
    case disconnection(Instant)
    case connection(Instant)
  }

  /// Takes what happens next, by `time`; a change of the connection before a message of the same moment.
  /// What arrives without a connection is lost.
  mutating func take(through time: Instant) -> Event? {
    while let next = nextArrival, next <= time {
      if let change = nextChange, change <= next { return changeConnection(at: change) }
      if let arrival = arrivals.take(through: time), isConnected { return .arrival(arrival) }
    }
    return nil
  }

  private mutating func changeConnection(at time: Instant) -> Event {
    outbox.advance(to: time)
    isConnected.toggle()
    if !isConnected { return .disconnection(time) }
    outbox.outage = outages.next(after: time)
    return .connection(time)
  }

  /// Whether faults may befall a command that arrives.
  var hasFaults: Bool { meter != nil || faults.rejects > 0 || outbox.records != nil }

  /// Whether a new order is one of those that the venue rejects for nothing.
  mutating func rejectsAtRandom() -> Bool {
    faults.rejects > 0 && random.below(1_000_000) < Int(faults.rejects)
  }
}
