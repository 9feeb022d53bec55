import Calendars
import Events
import Journaling
import Trading
import Venues

/// A backtest: recorded observations merged with the simulated exchange's reports and the moments that the
/// engine asked to be woken at, earliest first, taken through the same `step` as live trading, into a
/// journal like any other.
///
/// Commands go to the simulated exchange as soon as they are decided: it lives in this process, a crash
/// takes both, and the journal is committed about every megabyte.
public struct Backtest: ~Copyable {
  /// Blocks are recorded when they have grown to about this size.
  static let blockSize = 1 << 20

  public private(set) var sequencer: Sequencer
  public private(set) var days: [DaySample] = []
  /// The portfolio's worth before the first observation, and that one's time.
  public private(set) var startValuations: [Valuation] = []
  public private(set) var startTime = Instant.epoch
  /// Whether there were days of which the run's calendar knows nothing.
  public private(set) var isBeyondCalendar = false
  private var exchange: SimulatedExchange
  private var feed: MarketFeed
  private var batch: Batch
  let setup: Setup
  private var added = AddedInstruments()
  /// Whether a tick may come later to us than to the exchange, or to more than one instrument.
  private var isApart = false
  private var hasStarted = false
  /// How many of the acts were done, and when the next one is.
  private var actsDone = 0
  private var nextAct = Instant.distantFuture
  private var dayEnd = Instant(nanoseconds: .min)
  /// The first moment of the next day. What comes at the very close, such as the last bar, or after it on the same
  /// date is of the day.
  private var nextDay = Instant(nanoseconds: .min)
  /// Units that one of the benchmark at the start has become by splits.
  var benchmarkUnits = 1.0
  private var sessions: SessionCursor

  /// - Precondition: `Engine.check` passed the configuration, and the exchange's has no problem.
  public init(_ setup: Setup) {
    self.setup = setup
    nextAct = setup.acts.first?.time ?? .distantFuture
    sessions = SessionCursor(setup.calendar)
    sequencer = Sequencer(engine: Engine(catalog: setup.catalog))
    exchange = SimulatedExchange(setup.exchange)
    feed = MarketFeed(setup.exchange)
    batch = Batch(startingAt: 1)
  }

  /// Runs over all of a journal's recorded observations.
  /// - Parameter progress: called after each block with the source's sequence reached.
  /// - Throws: `JournalError` of the source or the target.
  public mutating func run(
    over source: JournalReader, into target: inout Journal,
    progress: (UInt64) -> Void = { _ in }
  ) throws(JournalError) {
    added = try AddedInstruments(setup.configuration, setup.exchange, in: source)
    isApart = feed.isNeeded || !added.copies.isEmpty
    let last = try source.lastSequence()
    var decoder = BlockDecoder()
    var failure: JournalError?
    try source.forEachBlock(through: last) { (header, content) throws(Damage) in
      _ = try decoder.begin(content)
      var isAtEnd = false
      while !isAtEnd {
        isAtEnd = try takeEntries(content, &decoder)
        if batch.byteCount >= (isAtEnd ? Self.blockSize / 2 : Self.blockSize) {
          do throws(JournalError) { try batch.record(in: &target) } catch {
            failure = error
            return false
          }
        }
      }
      progress(header.lastSequence)
      return true
    }
    if let failure { throw failure }
    finish()
    try batch.record(in: &target)
  }

  /// Takes the source's entries until there is a block to record.
  /// - Returns: whether the source's block is at its end.
  private mutating func takeEntries(
    _ content: RawSpan, _ decoder: inout BlockDecoder
  ) throws(Damage) -> Bool {
    try decoder.forEachEntry(
      of: content,
      quote: { (quote, header) throws(Damage) in
        take(quote, at: header.receiveTime)
        return batch.byteCount < Self.blockSize
      },
      bar: { (bar, header) throws(Damage) in
        take(bar, at: header.receiveTime)
        return batch.byteCount < Self.blockSize
      },
      tick: { (tick, header) throws(Damage) in
        take(tick, header)
        return batch.byteCount < Self.blockSize
      },
      record: { (kind, payload, header) throws(Damage) in
        try takeRecord(kind, payload, of: content, header)
        return batch.byteCount < Self.blockSize
      })
  }

  /// Takes a quote whose times are one.
  @inline(__always)
  private mutating func take(_ quote: Quote, at time: Instant) {
    if isApart { return takeApart(quote, at: time) }
    prepare(time)
    exchange.apply(quote, at: time)
    let isDecided = sequencer.step(quote, event: time, at: time, into: &batch)
    if isDecided, !batch.commands.isEmpty { send(at: time) }
  }

  /// Takes a bar whose times are one.
  @inline(__always)
  private mutating func take(_ bar: Bar, at time: Instant) {
    if isApart { return takeApart(bar, at: time) }
    prepare(time, of: bar.dayMoment(endingAt: time))
    exchange.apply(bar, at: time)
    let isDecided = sequencer.step(bar, event: time, at: time, into: &batch)
    if isDecided, !batch.commands.isEmpty { send(at: time) }
  }

  private mutating func take(_ tick: MarketEvent, _ header: EntryHeader) {
    if isApart { takeApart(tick, header) } else { takeSeen(tick, header) }
  }

  @inline(never)
  private mutating func takeSeen(_ tick: MarketEvent, _ header: EntryHeader) {
    prepare(header.receiveTime, of: tick.dayMoment(at: header.receiveTime))
    exchange.apply(tick, at: header.receiveTime)
    sequencer.step(tick, event: header.eventTime, at: header.receiveTime, into: &batch)
    if !batch.commands.isEmpty { send(at: header.receiveTime) }
  }

  // Out of line, so that a quote or bar is made a tick only there.
  @inline(never)
  private mutating func takeApart(_ quote: Quote, at time: Instant) {
    takeApart(.quote(quote), EntryHeader(sequence: 0, eventTime: time, receiveTime: time))
  }

  @inline(never)
  private mutating func takeApart(_ bar: Bar, at time: Instant) {
    takeApart(.bar(bar), EntryHeader(sequence: 0, eventTime: time, receiveTime: time))
  }

  /// Takes a tick that comes later to us than to the exchange, or to more than one instrument.
  private mutating func takeApart(_ tick: MarketEvent, _ header: EntryHeader) {
    takeAlone(tick, header)
    for copy in added.copies(of: tick.instrument) { takeAlone(tick.of(copy.id), header) }
  }

  private mutating func takeAlone(_ tick: MarketEvent, _ header: EntryHeader) {
    if feed.isNeeded { takeDelayed(tick, header) } else { takeSeen(tick, header) }
  }

  /// Takes an entry other than a tick, if it is of the market.
  private mutating func takeRecord(
    _ kind: EntryKind, _ payload: Range<Int>, of content: RawSpan, _ header: EntryHeader
  ) throws(Damage) {
    guard Self.isTaken(kind), case .observation(let observation) = try kind.event(content, payload)
    else { return }
    // A recording that is itself a run has numbered continuous futures of its own.
    if case .instrument(let instrument) = observation, instrument.kind == .continuous { return }
    prepare(header.receiveTime)
    feed.advance(to: header.receiveTime)
    take(observation, header)
    if !added.copies.isEmpty {
      for copy in added.copies(of: observation) { take(copy, header) }
    }
  }

  private mutating func take(_ observation: Observation, _ header: EntryHeader) {
    let time = header.receiveTime
    if case .corporateAction(let action) = observation {
      follow(action)
      takeUnderway(from: action.instrument, at: time)
    }
    show(observation, at: time)
    sequencer.step(observation, event: header.eventTime, at: time, into: &batch)
    if !batch.commands.isEmpty { send(at: time) }
  }

  /// Takes what the venue of an instrument has said of what was before a corporate action, which all of it comes before:
  /// a fill at a bar that ends in this moment is of units of before a split. What is decided because of it is sent
  /// with what the action leads to.
  private mutating func takeUnderway(from instrument: InstrumentID, at time: Instant) {
    while let due = feed.take(underwayFrom: instrument) {
      sequencer.step(due.tick, event: due.eventTime, at: time, into: &batch)
    }
    while let due = exchange.nextReport(underwayFrom: instrument) {
      sequencer.step(due.report, event: due.eventTime, at: time, into: &batch)
    }
  }

  /// Takes a tick that the exchange has before we see it.
  @inline(never)
  private mutating func takeDelayed(_ tick: MarketEvent, _ header: EntryHeader) {
    let time = feed.exchangeTime(tick, event: header.eventTime, receive: header.receiveTime)
    prepare(time, of: tick.dayMoment(at: time))
    exchange.apply(tick, at: time)
    feed.send(tick, event: header.eventTime, receive: header.receiveTime)
  }

  /// Tells the exchange what it has to know beside ticks.
  private mutating func show(_ observation: Observation, at time: Instant) {
    switch observation {
    case .instrument(let instrument):
      exchange.define(instrument)
      feed.define(instrument)
    case .reference(let value): exchange.apply(value, at: time)
    case .imbalance(let imbalance): exchange.apply(imbalance, at: time)
    case .priceBand(let band): exchange.apply(band, at: time)
    case .corporateAction(let action): exchange.apply(action, at: time)
    default: break
    }
  }

  @inline(__always)
  private mutating func prepare(_ time: Instant) { prepare(time, of: time) }

  /// Does all that is due before an entry at `time`.
  /// - Parameter day: a moment of the day that the entry belongs to.
  @inline(__always)
  private mutating func prepare(_ time: Instant, of day: Instant) {
    if day >= nextDay {
      if hasStarted { deliver(before: nextDay) }
      turnDay(time, to: day)
    }
    if exchange.isDue(before: time) || sequencer.engine.wakes(before: time) || nextAct < time {
      deliver(before: time)
    } else if let due = feed.nextTime, due < time {
      deliver(before: time)
    }
  }

  @inline(never)
  private mutating func turnDay(_ time: Instant, to day: Instant) {
    // An entry at the very end of a day belongs to it, but the first one begins a day.
    var moment = day
    if hasStarted {
      sample(at: dayEnd)
      moment = day.advanced(by: -1)
    } else {
      start(at: time)
    }
    do throws(CalendarError) {
      let session = try sessions.session(tradedAt: moment)
      dayEnd = session.close
      nextDay = setup.calendar.lastMoment(of: session).advanced(by: 1)
    } catch {
      isBeyondCalendar = true
      let day = CivilDate(daysSinceEpoch: moment.date.daysSinceEpoch + 1)
      dayEnd = Instant(day) ?? .distantFuture
      nextDay = dayEnd.advanced(by: 1)
    }
  }

  private mutating func sample(at end: Instant) {
    days.append(
      DaySample(end: end, valuations: sequencer.engine.valuations, benchmark: benchmarkWorth))
  }

  private mutating func start(at time: Instant) {
    hasStarted = true
    let run = RunStart(
      mode: .backtest, seed: setup.seed, engine: Engine.version,
      strategies: setup.strategyVersions, source: setup.source)
    sequencer.step(.runStarted(run), event: time, at: time, into: &batch)
    sequencer.step(.configuration(setup.configuration), event: time, at: time, into: &batch)
    for future in added.futures {
      sequencer.step(.instrument(future), event: time, at: time, into: &batch)
    }
    startValuations = sequencer.engine.valuations
    startTime = time
    exchange.begin(at: time)
  }

  /// Hands the commands decided at `time` to the exchange, and what it answers at once to the engine. What was on its
  /// way and is due now waits, as more recorded events of this moment may come, which go before it.
  @inline(never)
  private mutating func send(at time: Instant) {
    // Answers may lead to new commands, which may be answered at once: bounded, so that a strategy that
    // sends an order for each rejection cannot stop time.
    for _ in 0..<64 {
      var isDue = false
      for command in batch.commands { isDue = exchange.receive(command, at: time) || isDue }
      while batch.commands.popLast() != nil {}
      if !isDue { return }
      exchange.advance(to: time)
      takeConnections(through: time)
      while exchange.hasReport(by: time) { take(exchange.takeReport()) }
      if batch.commands.isEmpty { return }
    }
  }

  /// Delivers what is due before `time`, in order of time; of one moment first market data, then changes of
  /// connections, then reports, then the engine's own timer, then what people do.
  @inline(never)
  private mutating func deliver(before time: Instant) {
    let last = time.advanced(by: -1)
    while true {
      let wake = sequencer.engine.nextWake ?? .distantFuture
      let next = min(exchange.nextTime ?? .distantFuture, feed.nextTime ?? .distantFuture)
      if next <= last, next <= wake, next <= nextAct {
        while let due = feed.take(through: next) {
          sequencer.step(due.tick, event: due.eventTime, at: due.time, into: &batch)
          if !batch.commands.isEmpty { send(at: due.time) }
        }
        exchange.advance(to: next)
        takeConnections(through: next)
        if !batch.commands.isEmpty { send(at: next) }
        while exchange.hasReport(by: next) {
          let due = exchange.takeReport()
          take(due)
          if !batch.commands.isEmpty { send(at: due.deliverTime) }
        }
      } else if wake <= last, wake <= nextAct {
        wakeEngine(at: wake)
      } else if nextAct <= last {
        takeAct()
      } else {
        return
      }
    }
  }

  private mutating func takeAct() {
    let act = setup.acts[actsDone]
    actsDone += 1
    nextAct = actsDone < setup.acts.count ? setup.acts[actsDone].time : .distantFuture
    // One from before the recording comes with its first entry.
    let time = max(act.time, sequencer.time)
    sequencer.step(.operatorAct(act.act), event: act.time, at: time, into: &batch)
    if !batch.commands.isEmpty { send(at: time) }
  }

  /// Acts whose time did not come.
  public var pendingActs: ArraySlice<TimedAct> { setup.acts[actsDone...] }

  private mutating func wakeEngine(at moment: Instant) {
    sequencer.step(.timer(.engine), event: moment, at: moment, into: &batch)
    if !batch.commands.isEmpty { send(at: sequencer.time) }
    // An engine that asks for a moment that has come would stop time.
    precondition(
      sequencer.engine.nextWake ?? .distantFuture > moment, "the engine was woken in vain")
  }

  /// Tells the engine of connections that changed. When one is there again, the venue is asked about
  /// every order that it still has to answer for.
  private mutating func takeConnections(through time: Instant) {
    while let due = exchange.nextConnection(through: time) {
      sequencer.step(.connection(due.change), event: due.time, at: due.time, into: &batch)
      guard due.change.state == .connected else { continue }
      for order in sequencer.engine.ordersToAskAbout(at: due.change.venue) {
        exchange.query(order, at: due.time)
      }
    }
  }

  private mutating func take(_ due: DueReport) {
    sequencer.step(due.report, event: due.eventTime, at: due.deliverTime, into: &batch)
  }

  /// Lets outstanding answers arrive and ends the run. What a strategy sends because of them is answered
  /// too, but only for as long as some 64 round trips take: one that answers each answer would never end.
  private mutating func finish() {
    guard hasStarted else { return }
    let latencies = [setup.exchange.latency] + setup.exchange.venues.compactMap(\.latency)
    let roundTrip = latencies.map(\.longestRoundTrip).max() ?? 0
    // What is still on its way to us, and what an outage keeps back, comes first.
    while let due = feed.nextTime { deliver(before: due.advanced(by: 1)) }
    if let end = exchange.endOfOutage { deliver(before: end.advanced(by: 1)) }
    deliver(before: sequencer.time.advanced(by: max(64 * roundTrip, 1)))
    let time = sequencer.time
    sample(at: time < nextDay ? min(time, dayEnd) : time)
    sequencer.step(.runStopped(RunStop(why: .finished)), event: time, at: time, into: &batch)
  }
}
