import Books
import Events

/// The bars that strategies asked for, made of ticks or shorter bars; one stream for each instrument,
/// length and source, however many strategies use it.
///
/// Recorded bars of the wanted length are passed on as they are, whatever their alignment; shorter ones
/// are put together, the longest that there are. Once an instrument has bars of a source, ticks no longer
/// count for it. A recorded bar counts at its receive time. In the sessions of a calendar all are put
/// together, but for daily bars where whole sessions are wanted.
struct BarStreams: Sendable {
  struct Completed: Sendable {
    var bar: Bar
    /// Who wants it, one bit each.
    var strategies: UInt64
    /// Sequence of the last entry that went into it.
    var cause: UInt64
  }

  fileprivate struct Stream: Sendable {
    let instrument: InstrumentID
    let interval: Int64
    let source: Clock.BarSource
    var strategies: UInt64
    var ofTicks: BarBuilder
    var ofBars: BarBuilder
    /// Length of the recorded bars in use; 0 before the first.
    var recorded: Int64 = 0
    /// A bid or ask bar that waits for its other half, for middles of sided bars.
    var half: Bar?
    var halfEnd = Instant.epoch
    /// End of the interval under way.
    var end = Instant(nanoseconds: .min)
    /// Sequence of the last entry that counted.
    var last: UInt64 = 0

    /// Whether somebody was told that the calendar's table has ended.
    var isBeyondTold = false

    init(
      _ instrument: InstrumentID, _ interval: Int64, _ source: Clock.BarSource,
      _ sessions: SessionGrid?
    ) {
      self.instrument = instrument
      self.interval = interval
      self.source = source
      strategies = 0
      ofTicks = BarBuilder(
        instrument, from: source == .mid ? .middles : .trades, interval: interval, in: sessions)
      ofBars = BarBuilder(instrument, from: .bars, interval: interval, in: sessions)
    }
  }

  /// In order of instrument, length and source, so that the order tells nothing of the past.
  private var streams: [Stream] = []
  /// Bars that do not close with time.
  private var activity = ActivityStreams()
  /// By instrument id: its stream, where it is the only one and has no calendar.
  private var only: [Int?] = []
  /// What the last call returned; kept, so that its memory serves the next one.
  private var completed: [Completed] = []
  /// Whether a stream keeps to a calendar.
  private(set) var hasSessions = false
  /// No bar ends before then.
  private(set) var nextEnd = Instant.distantFuture

  /// Whether an instrument has a stream. O(streams).
  func isUsed(_ instrument: Int) -> Bool {
    streams.contains { $0.instrument.index == instrument }
      || activity.instruments.contains { $0.index == instrument }
  }

  /// Asks for bars on behalf of strategies.
  /// - Precondition: the calendars of the length exist.
  mutating func add(
    _ instrument: Instrument, _ length: BarLength, _ source: Clock.BarSource, strategies: UInt64
  ) {
    switch length {
    case .time(let interval): add(instrument.id, interval, source, strategies: strategies)
    case .sessionTime(let interval, let calendar):
      let grid = SessionGrid(calendar)
      add(instrument.id, interval, source, in: grid, strategies: strategies)
    case .session(let calendar):
      let grid = SessionGrid(calendar, isWhole: true)
      add(instrument.id, Nanoseconds.day, source, in: grid, strategies: strategies)
    case .ticks, .volume, .notional, .range, .renko, .information:
      guard let builder = ActivityStreams.Builder(length, of: instrument) else { return }
      admit(instrument.id)
      activity.add(instrument.id, builder, source, strategies: strategies)
      findOnly()
    }
  }

  private mutating func admit(_ instrument: InstrumentID) {
    while only.count <= instrument.index { only.append(nil) }
  }

  private mutating func findOnly() {
    for index in only.indices { only[index] = nil }
    for (place, stream) in streams.enumerated()
    where stream.ofTicks.sessions == nil && !activity.instruments.contains(stream.instrument)
      && streams.count(where: { $0.instrument == stream.instrument }) == 1
    {
      only[stream.instrument.index] = place
    }
  }

  /// Asks for time bars on behalf of strategies.
  mutating func add(
    _ instrument: InstrumentID, _ interval: Int64, _ source: Clock.BarSource,
    in sessions: SessionGrid? = nil, strategies: UInt64
  ) {
    admit(instrument)
    hasSessions = hasSessions || sessions != nil
    let wanted = Stream(instrument, interval, source, sessions)
    let place = streams.firstIndex { !($0.key < wanted.key) } ?? streams.count
    if place == streams.count || streams[place].key != wanted.key {
      streams.insert(wanted, at: place)
    }
    streams[place].strategies |= strategies
    findOnly()
  }

  /// Forgets who wants an instrument's bars; `add` says it anew, `removeDismissed` drops the rest.
  mutating func dismiss(_ instrument: InstrumentID) {
    for index in streams.indices where streams[index].instrument == instrument {
      streams[index].strategies = 0
    }
    activity.dismiss(instrument)
  }

  mutating func removeDismissed() {
    streams.removeAll { $0.strategies == 0 }
    activity.removeDismissed()
    findOnly()
  }

  /// The streams whose calendar was asked beyond what it knows, each once.
  mutating func takeBeyondTable() -> [(instrument: InstrumentID, sessions: SessionGrid)] {
    var found: [(instrument: InstrumentID, sessions: SessionGrid)] = []
    for index in streams.indices where !streams[index].isBeyondTold {
      guard let sessions = streams[index].sessionsBeyondTable else { continue }
      streams[index].isBeyondTold = true
      found.append((streams[index].instrument, sessions))
    }
    return found
  }

  /// Takes a recorded bar that its instrument's only stream passes on as it is: the bars of such a stream do
  /// not end by time. O(1).
  /// - Returns: who wants it, one bit each; nil, with nothing changed, for any other bar.
  @inline(__always)
  mutating func passOn(_ bar: Bar, _ sequence: UInt64) -> UInt64? {
    guard let place = only[bar.instrument.index], streams[place].passesOn(bar) else { return nil }
    streams[place].last = sequence
    return streams[place].strategies
  }

  /// Takes a tick of an instrument that has a stream.
  /// - Parameters:
  ///   - best: the instrument's best prices after the tick.
  ///   - sequence: the tick's.
  /// - Returns: the bars it completes, in order of the streams.
  mutating func collect(
    _ tick: MarketEvent, best: Quote, at time: Instant, sequence: UInt64
  ) -> [Completed] {
    while completed.popLast() != nil {}
    for index in streams.indices where streams[index].instrument == tick.instrument {
      let due = streams[index].collect(tick, best, at: time, sequence, into: &completed)
      nextEnd = min(nextEnd, due)
    }
    if !activity.isEmpty {
      activity.collect(tick, best: best, at: time, sequence: sequence, into: &completed)
    }
    return completed
  }

  /// Says that time has reached `time`.
  /// - Returns: the bars that ended by then, in order of the streams.
  mutating func advance(to time: Instant) -> [Completed] {
    while completed.popLast() != nil {}
    nextEnd = .distantFuture
    for index in streams.indices {
      let due = streams[index].advance(to: time, into: &completed)
      if due > time { nextEnd = min(nextEnd, due) }
    }
    return completed
  }

  func encode(to out: inout ByteBuffer) {
    out.append(UInt32(streams.count))
    for stream in streams {
      stream.ofTicks.encode(to: &out)
      stream.ofBars.encode(to: &out)
      out.append(stream.recorded)
      out.append(stream.end.nanoseconds)
      out.append(stream.last)
      out.append(UInt8(stream.isBeyondTold ? 1 : 0))
      out.append(UInt8(stream.half == nil ? 0 : 1))
      guard let half = stream.half else { continue }
      out.append(stream.halfEnd.nanoseconds)
      out.append(half.side.rawValue)
      out.append(half.interval)
      for value in [half.open, half.high, half.low, half.close] { out.append(value.raw) }
      out.append(half.volume.raw)
    }
    out.append(nextEnd.nanoseconds)
    activity.encode(to: &out)
  }

  /// Reads what `encode` wrote into streams of the same configuration.
  mutating func restore(_ input: inout ByteReader) throws(Damage) {
    guard Int(try input.read(UInt32.self)) == streams.count else {
      throw Damage(at: input.offset, "another number of bar streams")
    }
    for index in streams.indices {
      streams[index].ofTicks = try BarBuilder(reading: &input)
      streams[index].ofBars = try BarBuilder(reading: &input)
      streams[index].recorded = try input.read(Int64.self)
      streams[index].end = Instant(nanoseconds: try input.read(Int64.self))
      streams[index].last = try input.read(UInt64.self)
      streams[index].isBeyondTold = try input.read(UInt8.self) != 0
      guard try input.read(UInt8.self) != 0 else { continue }
      streams[index].halfEnd = Instant(nanoseconds: try input.read(Int64.self))
      streams[index].half = Bar(
        instrument: streams[index].instrument,
        side: Side(rawValue: try input.read(UInt8.self)) ?? .none,
        interval: try input.read(Int64.self), open: Price(try input.read(Int64.self)),
        high: Price(try input.read(Int64.self)), low: Price(try input.read(Int64.self)),
        close: Price(try input.read(Int64.self)), volume: Quantity(try input.read(Int64.self)))
    }
    nextEnd = Instant(nanoseconds: try input.read(Int64.self))
    try activity.restore(&input)
  }
}

extension BarStreams.Stream {
  fileprivate var key: (UInt16, Int64, String, String) {
    let sessions = ofTicks.sessions.map { $0.calendar.name + ($0.isWhole ? " whole" : "") }
    return (instrument.raw, interval, source.rawValue, sessions ?? "")
  }

  fileprivate var sessionsBeyondTable: SessionGrid? {
    [ofTicks.sessions, ofBars.sessions].compactMap { $0 }.first { $0.isBeyondTable }
  }

  /// Whether a recorded bar is wanted as it is, as those before it.
  @inline(__always)
  fileprivate func passesOn(_ bar: Bar) -> Bool {
    bar.interval == interval && recorded == interval && bar.side == .none && source == .trades
  }

  /// Takes a tick of the instrument, and adds the bar it completes.
  /// - Returns: when the interval under way can be closed.
  fileprivate mutating func collect(
    _ tick: MarketEvent, _ best: Quote, at time: Instant, _ sequence: UInt64,
    into completed: inout [BarStreams.Completed]
  ) -> Instant {
    if case .bar(let recorded) = tick {
      if let bar = take(recorded, at: time) { add(bar, sequence, to: &completed) }
    } else if let bar = take(tick, best: best, at: time) {
      add(bar, sequence, to: &completed)
    }
    note(tick, sequence)
    return nextDue(after: time)
  }

  /// Says that time has reached `time`, and adds the bars that ended by then: of ticks, of bars.
  /// - Returns: when the interval under way can be closed.
  fileprivate mutating func advance(
    to time: Instant, into completed: inout [BarStreams.Completed]
  ) -> Instant {
    if ofTicks.isUnderWay, let closed = ofTicks.advance(to: time) {
      add(closed.bar, last, to: &completed)
    }
    // A shorter bar that comes at the very end still belongs to the interval.
    if ofBars.isUnderWay, let closed = ofBars.advance(to: time.advanced(by: -1)) {
      add(closed.bar, last, to: &completed)
    }
    return due
  }

  private func add(_ bar: Bar, _ cause: UInt64, to completed: inout [BarStreams.Completed]) {
    completed.append(BarStreams.Completed(bar: bar, strategies: strategies, cause: cause))
  }

  /// When the interval under way can be closed.
  private var due: Instant { recorded > 0 ? end.advanced(by: 1) : end }

  /// When the interval that `time` is in can be closed.
  private mutating func nextDue(after time: Instant) -> Instant {
    if ofTicks.sessions != nil {
      end = ofTicks.end ?? ofBars.end ?? .distantFuture
    } else if time >= end {
      let rest = time.nanoseconds % interval
      end = time.advanced(by: interval - (rest < 0 ? rest + interval : rest))
    }
    return due
  }

  /// Remembers the last entry of a kind that counts for the source.
  private mutating func note(_ tick: MarketEvent, _ sequence: UInt64) {
    switch (source, tick) {
    case (_, .bar), (.trades, .trade): last = sequence
    case (.trades, _), (_, .trade), (_, .status): break
    case (_, .quote), (_, .depth), (_, .order): last = sequence
    }
  }

  /// Takes a quote, a trade or a change of the book.
  private mutating func take(_ tick: MarketEvent, best: Quote, at time: Instant) -> Bar? {
    guard recorded == 0 else { return nil }
    switch (source, tick) {
    case (.trades, .trade(let trade)): return ofTicks.apply(trade, at: time)?.bar
    case (.mid, .quote), (.mid, .depth), (.mid, .order): return ofTicks.apply(best, at: time)?.bar
    case (.bid, .quote), (.bid, .depth), (.bid, .order): return take(best.bid, at: time)
    case (.ask, .quote), (.ask, .depth), (.ask, .order): return take(best.ask, at: time)
    default: return nil
    }
  }

  private mutating func take(_ price: Price, at time: Instant) -> Bar? {
    let point = Trade(instrument: instrument, price: price, size: .zero, side: .none)
    return ofTicks.apply(point, at: time)?.bar
  }

  /// Takes a recorded bar.
  private mutating func take(_ recorded: Bar, at time: Instant) -> Bar? {
    guard recorded.interval >= self.recorded, recorded.interval <= interval,
      let bar = wanted(recorded, at: time)
    else { return nil }
    if recorded.interval > self.recorded {
      self.recorded = recorded.interval
      let anew = BarStreams.Stream(instrument, interval, source, ofTicks.sessions)
      (ofTicks, ofBars) = (anew.ofTicks, anew.ofBars)
    }
    // In sessions only daily bars are of the wanted length: they know their session themselves.
    let isWanted = ofBars.sessions.map(\.isWhole) ?? true
    return isWanted && bar.interval == interval ? bar : ofBars.apply(bar, at: time)?.bar
  }

  /// The recorded bar as one of this stream's source, if it is or completes one.
  private mutating func wanted(_ recorded: Bar, at time: Instant) -> Bar? {
    var bar = recorded
    bar.side = .none
    switch source {
    case .trades: return recorded.side == .none ? bar : nil
    case .bid: return recorded.side == .buy ? bar : nil
    case .ask: return recorded.side == .sell ? bar : nil
    case .mid:
      guard recorded.side != .none else { return nil }
      guard let other = half, halfEnd == time, other.side != recorded.side,
        other.interval == recorded.interval
      else {
        (half, halfEnd) = (recorded, time)
        return nil
      }
      half = nil
      func middle(_ a: Price, _ b: Price) -> Price {
        Quote(instrument: instrument, bid: a, ask: b, bidSize: .zero, askSize: .zero).middle
      }
      bar.open = middle(other.open, recorded.open)
      bar.high = middle(other.high, recorded.high)
      bar.low = middle(other.low, recorded.low)
      bar.close = middle(other.close, recorded.close)
      bar.volume = .zero
      return bar
    }
  }
}
