import Events

/// The built-in exchange as it goes on by itself: the generator's traders make the markets, and our orders
/// are matched against them. A state machine without I/O: whoever drives it brings the time.
///
/// It is a venue of one life: orders that an earlier one had taken are unknown to it (see `forget`).
public struct PaperMarket: ~Copyable {
  /// What it tells, and when that happened.
  public struct Event: Sendable {
    public var observation: Observation
    public var time: Instant
  }

  private var generator: MarketGenerator
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

  /// When something happens next without a command; nil after the last day.
  public var nextTime: Instant? {
    if let first = pending.first { return first.time }
    let due = min(exchange.nextTime ?? .distantFuture, feed.nextTime ?? .distantFuture)
    let time = min(due, next?.time ?? .distantFuture)
    return time == .distantFuture ? nil : time
  }

  /// Takes a command that was sent at `time`.
  public mutating func receive(_ command: Command, at time: Instant) {
    exchange.receive(command, at: time)
  }

  /// What somebody who begins to listen now has to know: the instruments, their state and whole books.
  public mutating func introduction() -> [Observation] { generator.introduction() }

  /// Says of orders that an earlier life had taken that they have ended with it, and of those that it may
  /// never have seen that this one does not know them.
  /// - Parameter orders: open ones, and whether the venue had answered to everything.
  public mutating func forget(_ orders: [(order: OrderID, isAnswered: Bool)], at time: Instant) {
    for (order, isAnswered) in orders {
      let outcome: VenueReport.Outcome =
        isAnswered
        ? .cancelled(.connectionLost, text: "the built-in exchange ended with its process")
        : .status(.neverReceived, filled: .zero)
      pending.append(
        Event(observation: .report(VenueReport(order: order, outcome)), time: time))
    }
  }

  /// Lets everything happen that is due by `time`, and tells it, oldest first.
  public mutating func advance(to time: Instant, _ tell: (Event) -> Void) {
    while true {
      let traded = next?.time ?? .distantFuture
      let due = min(exchange.nextTime ?? .distantFuture, feed.nextTime ?? .distantFuture)
      if !pending.isEmpty {
        for event in pending { tell(event) }
        pending.removeAll()
      } else if due < traded, due <= time {
        deliver(due, tell)
      } else if traded <= time, let event = next {
        trade(event, tell)
        next = takeNext()
      } else {
        return
      }
    }
  }

  private mutating func deliver(_ due: Instant, _ tell: (Event) -> Void) {
    while let tick = feed.take(through: due) {
      tell(Event(observation: .market(tick.tick), time: tick.eventTime))
    }
    exchange.advance(to: due)
    while let change = exchange.nextConnection(through: due) {
      tell(Event(observation: .connection(change.change), time: change.time))
    }
    while let report = exchange.nextReport(through: due) {
      tell(Event(observation: .report(report.report), time: report.eventTime))
    }
  }

  private mutating func trade(_ event: Event, _ tell: (Event) -> Void) {
    switch event.observation {
    case .market(let tick):
      guard feed.isNeeded else {
        exchange.apply(tick, at: event.time)
        break
      }
      let time = feed.exchangeTime(tick, event: event.time, receive: event.time)
      exchange.apply(tick, at: time)
      feed.send(tick, event: event.time, receive: event.time)
      return
    case .instrument(let instrument):
      exchange.define(instrument)
      feed.define(instrument)
    default: break
    }
    tell(event)
  }

  private mutating func takeNext() -> Event? {
    guard let made = generator.next() else { return nil }
    return Event(
      observation: made.observation, time: start.advanced(by: made.time.since(start) / speed))
  }
}
