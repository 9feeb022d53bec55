import Events

/// The built-in exchange as it goes on by itself: the generator's traders make the markets, or a recording is
/// played, and our orders are matched against them. A state machine without I/O: whoever drives it brings the
/// time, and the recording.
///
/// It is a venue of one life: orders that an earlier one had taken are unknown to it (see `forget`).
public struct PaperMarket: ~Copyable {
  /// What it tells.
  public struct Event: Sendable {
    public var observation: Observation
    /// When it happened; of recorded data as far from `time` as it was, the epoch if that is not known.
    public var event: Instant
    /// When it comes.
    public var time: Instant

    init(_ observation: Observation, event: Instant? = nil, at time: Instant) {
      self.observation = observation
      self.event = event ?? time
      self.time = time
    }
  }

  /// Who makes the market: one of both is there.
  private var generator: MarketGenerator?
  public var recording: RecordedMarket?
  private var exchange: SimulatedExchange
  private var feed: MarketFeed
  private let start: Instant
  private let speed: Int64
  private var next: Event?
  /// What was told of without anything happening.
  private var pending: [Event] = []

  /// - Parameters:
  ///   - markets: made from `start` on.
  ///   - exchange: how our orders are treated.
  ///   - speed: how many times faster than the clock the traders act, at least 1.
  /// - Precondition: neither configuration has a `problem`.
  public init(
    _ markets: GeneratorConfiguration, _ exchange: ExchangeConfiguration, speed: Int64 = 1
  ) {
    precondition(speed >= 1)
    generator = MarketGenerator(markets)
    self.exchange = SimulatedExchange(exchange)
    feed = MarketFeed(exchange)
    start = markets.start
    self.speed = speed
    self.exchange.begin(at: start)
    next = takeNext()
  }

  /// - Parameters:
  ///   - recording: is played.
  ///   - start: when this life of the exchange begins.
  /// - Precondition: the exchange's configuration has no `problem`.
  public init(
    playing recording: RecordedMarket, _ exchange: ExchangeConfiguration, at start: Instant
  ) {
    self.recording = recording
    self.exchange = SimulatedExchange(exchange)
    feed = MarketFeed(exchange)
    (self.start, speed) = (start, 1)
    self.exchange.begin(at: start)
  }

  /// When something happens next without a command; nil if nothing does by itself. At once is a time that has
  /// passed.
  public var nextTime: Instant? {
    if let first = pending.first { return first.time }
    let due = min(exchange.nextTime ?? .distantFuture, feed.nextTime ?? .distantFuture)
    let time = min(due, tradedTime)
    return time == .distantFuture ? nil : time
  }

  /// When the market itself goes on.
  private var tradedTime: Instant {
    (recording == nil ? next?.time : recording?.nextTime) ?? .distantFuture
  }

  /// Whether it loses nothing on its way to a client that is slower: it waits, or a person says when it goes on.
  public var isPatient: Bool { recording.map { $0.pace == .unpaced || $0.isByHand } ?? false }

  /// Has the recording wait while whoever listens has not taken what was told; one that goes by the clock does not.
  /// - Parameters:
  ///   - isListening: somebody is there.
  ///   - isBehind: they have not taken everything.
  public mutating func wait(isListening: Bool, isBehind: Bool) {
    switch recording?.pace {
    // A person who plays it by hand does not wait for anybody.
    case .unpaced where recording?.isByHand == false: recording?.isHeld = !isListening || isBehind
    case .unpaced, .stepwise: recording?.isHeld = isListening && isBehind
    case .times, nil: recording?.isHeld = false
    }
  }

  /// Takes a command that was sent at `time`.
  public mutating func receive(_ command: Command, at time: Instant) {
    exchange.receive(command, at: time)
  }

  /// What somebody who begins to listen now has to know: the instruments, their state and whole books.
  public mutating func introduction() -> [Observation] {
    // The books have what is still on its way.
    while feed.take(through: .distantFuture) != nil {}
    return recording?.introduction() ?? generator?.introduction() ?? []
  }

  /// Says of orders that an earlier life had taken that they have ended with it, and of those that it may
  /// never have seen that this one does not know them.
  /// - Parameters:
  ///   - orders: open ones, and whether the venue had taken each.
  ///   - venues: of those orders: they count as lost with the earlier life, and are there again.
  public mutating func forget(
    _ orders: [(order: OrderID, isTaken: Bool)], of venues: [VenueID], at time: Instant
  ) {
    for (order, isTaken) in orders {
      let outcome: VenueReport.Outcome =
        isTaken
        ? .cancelled(.connectionLost, text: "the built-in exchange ended with its process")
        : .status(.neverReceived, filled: .zero)
      pending.append(Event(.report(VenueReport(order: order, outcome)), at: time))
    }
    for venue in venues {
      let change = ConnectionChange(venue: venue, state: .connected, text: "begun anew")
      pending.append(Event(.connection(change), at: time))
    }
  }

  /// Lets everything happen that is due by `time`, and tells it, oldest first.
  public mutating func advance(to time: Instant, _ tell: (Event) -> Void) {
    while true {
      // What may happen at once does so now, behind what was due before.
      let traded = tradedTime == .epoch ? time : tradedTime
      let due = min(exchange.nextTime ?? .distantFuture, feed.nextTime ?? .distantFuture)
      if !pending.isEmpty {
        for event in pending { tell(event) }
        pending.removeAll()
      } else if due < traded, due <= time {
        deliver(due, tell)
      } else if traded <= time, traded != .distantFuture {
        goOn(at: traded, tell)
      } else {
        return
      }
    }
  }

  private mutating func deliver(_ due: Instant, _ tell: (Event) -> Void) {
    while let tick = feed.take(through: due) {
      tell(Event(.market(tick.tick), event: tick.eventTime, at: tick.time))
    }
    exchange.advance(to: due)
    while let change = exchange.nextConnection(through: due) {
      tell(Event(.connection(change.change), at: change.time))
    }
    while let report = exchange.nextReport(through: due) {
      tell(Event(.report(report.report), at: report.eventTime))
    }
  }

  /// Lets the next thing happen in the market.
  private mutating func goOn(at time: Instant, _ tell: (Event) -> Void) {
    if let event = next {
      next = takeNext()
      return trade(event, isTold: true, tell)
    }
    guard let played = recording?.take(at: time) else { return }
    let event = Event(played.observation, event: played.event, at: time)
    if played.isApplied { trade(event, isTold: played.isTold, tell) } else { tell(event) }
  }

  private mutating func trade(_ event: Event, isTold: Bool, _ tell: (Event) -> Void) {
    switch event.observation {
    case .market(let tick):
      let time = feed.exchangeTime(tick, event: event.time, receive: event.time)
      exchange.apply(tick, at: time)
      guard isTold, feed.isNeeded else { break }
      return feed.send(tick, event: event.event, receive: event.time)
    case .instrument(let instrument):
      exchange.define(instrument)
      feed.define(instrument)
    case .reference(let value): exchange.apply(value, at: event.time)
    case .imbalance(let imbalance): exchange.apply(imbalance, at: event.time)
    case .priceBand(let band): exchange.apply(band, at: event.time)
    case .corporateAction(let action):
      tellUnderway(from: action.instrument, at: event.time, tell)
      exchange.apply(action, at: event.time)
    default: break
    }
    if isTold { tell(event) }
  }

  /// Tells what an instrument's venue has said of what was before a corporate action.
  private mutating func tellUnderway(
    from instrument: InstrumentID, at time: Instant, _ tell: (Event) -> Void
  ) {
    while let tick = feed.take(underwayFrom: instrument) {
      tell(Event(.market(tick.tick), event: tick.eventTime, at: time))
    }
    while let report = exchange.nextReport(underwayFrom: instrument) {
      tell(Event(.report(report.report), at: report.eventTime))
    }
  }

  private mutating func takeNext() -> Event? {
    guard let made = generator?.next() else { return nil }
    return Event(made.observation, at: start.advanced(by: made.time.since(start) / speed))
  }
}
