import Events

/// Market data on their way from the exchange to us, one line a venue: a slow venue delays no other.
///
/// Give it each recorded tick in the order of the recording; `exchangeTime` says when the exchange has
/// it. What it takes comes out again when we see it. A line's ticks do not overtake each other, so one
/// that was stamped before its predecessor counts as of the same moment.
public struct MarketFeed {
  /// A tick on its way.
  public struct DueTick: Sendable, BitwiseCopyable {
    public var tick: MarketEvent
    public var eventTime: Instant
    public var time: Instant
  }

  private struct Source {
    var feed: FeedDelay
    var delays: DelaySource?
    var ticks = Line<DueTick>()
    var last = Instant(nanoseconds: .min)
  }

  private let configuration: ExchangeConfiguration
  private var sources: [Source]
  /// By instrument id.
  private var lines: [Int] = []
  private var clock = Instant(nanoseconds: .min)
  /// Whether any venue's data take time.
  public let isNeeded: Bool
  /// When the next tick comes to us; nil for none. O(1).
  public private(set) var nextTime: Instant?

  /// - Precondition: the configuration has no `problem`.
  public init(_ configuration: ExchangeConfiguration) {
    self.configuration = configuration
    sources = (0...configuration.venues.count).map { line in
      let feed = configuration.rules(ofLine: line).latency.feed
      guard case .delayed(let delay) = feed else { return Source(feed: feed) }
      return Source(
        feed: feed,
        delays: DelaySource(delay, seed: configuration.seed, stream: Gateway.stream(4, of: line)))
    }
    isNeeded = sources.contains { $0.feed != .asReceived }
  }

  public mutating func define(_ instrument: Instrument) {
    while lines.count <= instrument.id.index { lines.append(0) }
    lines[instrument.id.index] = configuration.line(of: instrument)
  }

  /// When the exchange has a tick; never before a tick that it had earlier.
  public mutating func exchangeTime(_ tick: MarketEvent, event: Instant, receive: Instant)
    -> Instant
  {
    let isRecorded = sources[line(of: tick.instrument)].feed == .recorded
    // An entry without a time of the venue has the epoch's.
    clock = max(clock, isRecorded && event > .epoch ? min(event, receive) : receive)
    return clock
  }

  /// Something that has no delay came to us: whatever the exchange still gets, it gets later.
  public mutating func advance(to time: Instant) { clock = max(clock, time) }

  /// Sends a tick on its way to us.
  public mutating func send(_ tick: MarketEvent, event: Instant, receive: Instant) {
    let line = line(of: tick.instrument)
    let delay = sources[line].delays?.next() ?? 0
    sources[line].last = max(sources[line].last, receive.advanced(by: delay))
    sources[line].ticks.append(
      DueTick(tick: tick, eventTime: event, time: sources[line].last))
    findNextTime()
  }

  /// Takes the earliest tick that has come to us by `time`, of the first line if several have one.
  public mutating func take(through time: Instant) -> DueTick? {
    guard let nextTime, nextTime <= time,
      let line = sources.firstIndex(where: { $0.ticks.nextTime == nextTime })
    else { return nil }
    let tick = sources[line].ticks.take(through: time)
    findNextTime()
    return tick
  }

  /// Takes the earliest tick of an instrument's venue that is on its way, or nil.
  public mutating func take(underwayFrom instrument: InstrumentID) -> DueTick? {
    if nextTime == nil { return nil }
    let tick = sources[line(of: instrument)].ticks.take(through: .distantFuture)
    findNextTime()
    return tick
  }

  private func line(of instrument: InstrumentID) -> Int {
    let index = instrument.index
    return index < lines.count ? lines[index] : 0
  }

  private mutating func findNextTime() {
    nextTime = nil
    for source in sources {
      guard let time = source.ticks.nextTime else { continue }
      nextTime = min(nextTime ?? time, time)
    }
  }
}

extension MarketFeed.DueTick: Due {
  @inline(__always) var due: Instant { time }
}
