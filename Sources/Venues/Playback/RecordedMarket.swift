import Books
import Events

/// A recorded market as it is played again, without I/O: whoever drives it reads the recording and brings the
/// time (docs/live.md, Recorded markets).
///
/// ```
/// begin(at:) when somebody is there
/// while wantsMore: add(entries, at:), restart(at:) or finish()
/// when nextTime has come: take(at:)
/// ```
/// It keeps every book, so that somebody who joins can be told all of it.
public struct RecordedMarket: Sendable {
  /// An entry of the recording, at its recorded times.
  public struct Entry: Sendable {
    public var observation: Observation
    public var event: Instant
    public var receive: Instant
    public var sequence: UInt64
    /// It is from before what is to be played: the exchange learns of it, nobody is told.
    public var isSilent: Bool

    public init(
      _ observation: Observation, event: Instant, receive: Instant, sequence: UInt64,
      isSilent: Bool = false
    ) {
      self.observation = observation
      (self.event, self.receive) = (event, receive)
      (self.sequence, self.isSilent) = (sequence, isSilent)
    }
  }

  /// Something that happens now.
  struct Played {
    var observation: Observation
    /// When it happened, moved as all of the recording.
    var event: Instant
    /// Whether it changes the market that our orders meet, and whether it is told.
    var isApplied = true
    var isTold = true
  }

  /// How far it was played.
  public struct Position: Equatable, Sendable {
    /// Sequence and receive time in the recording of what was played last; 0 before.
    public var sequence: UInt64 = 0
    public var time = Instant.epoch
    /// Ticks played, of all rounds.
    public var ticks: UInt64 = 0
  }

  /// What may be played by hand.
  private enum Allowance {
    case nothing
    case ticks(Int)
    case through(Instant)
    /// So many nanoseconds from the first entry on, which has not been read.
    case further(Int64)
  }

  public private(set) var pace: PlaybackPace
  /// A person says when; the pace may be another for a while.
  public let isByHand: Bool
  public private(set) var position = Position()
  /// Nothing of the recording is left to be played.
  public private(set) var isOver = false
  /// While whoever listens has not taken what was told, nothing more is.
  var isHeld = false

  private var queue: [Entry] = []
  private var head = 0
  private var isComplete = false
  private var allowance = Allowance.nothing
  private var listings = Listings()
  /// What is to be told before the next entry.
  private var notices: [Played] = []
  private var nextNotice = 0
  /// Entries were read of which nobody was told.
  private var hasSilence = false
  /// The latest time that it was brought; nil until it has begun.
  private var clock: Instant?
  /// Where the recorded time meets the clock's: of the pace, and of the round for expiries.
  private var base: (now: Instant, recorded: Instant)?
  private var anchor: (now: Instant, recorded: Instant)?

  public init(_ pace: PlaybackPace) {
    self.pace = pace
    isByHand = pace == .stepwise
  }

  /// Kinds of entries that are played: what the world said of the market. Not connections, of which there is
  /// another one now.
  public static func plays(_ kind: EntryKind) -> Bool {
    switch kind {
    case .quote, .trade, .depth, .depthClear, .orderAdd, .orderModify, .orderCancel, .orderDelete,
      .orderExecute, .orderClear, .bar, .status, .instrument, .signal, .dataQuality, .reference,
      .imbalance, .priceBand, .corporateAction, .optionNotice, .exchangeRate:
      true
    default: false
    }
  }

  /// Somebody is there: time begins to go by, unless it has.
  public mutating func begin(at time: Instant) {
    if clock == nil { clock = time }
    meetClock()
  }

  public var hasBegun: Bool { clock != nil }

  /// Whether it needs more of the recording to go on.
  public var wantsMore: Bool { hasBegun && head == queue.count && !isComplete }

  /// Takes what comes next in the recording, in its order.
  public mutating func add(_ entries: [Entry], at time: Instant) {
    precondition(head == queue.count && !isComplete, "there is something left")
    queue = entries.filter { listings.admits($0.observation) }
    head = 0
    pass(time)
  }

  /// The recording has ended: when all is played the market halts.
  public mutating func finish() { isComplete = true }

  /// The recording has ended and begins again: every book is empty, and trading until it says otherwise.
  public mutating func restart(at time: Instant) {
    precondition(head == queue.count, "there is something left")
    let quality = DataQuality(
      issue: .gap, instrument: .none, expected: position.sequence + 1, actual: 1,
      detail: "the recording begins again")
    notices.append(Played(observation: .dataQuality(quality), event: time))
    for observation in listings.clear() {
      notices.append(Played(observation: observation, event: time))
    }
    (base, anchor) = (nil, nil)
    pass(time)
  }

  /// The recording cannot be read on: the market halts, and why is told.
  public mutating func fail(_ why: String, at time: Instant) {
    (isComplete, isOver, isHeld) = (true, true, false)
    halt(.gap, why, at: time)
  }

  /// Does what a person says.
  public mutating func follow(_ order: PlaybackOrder, at time: Instant) {
    precondition(isByHand, "it goes on by itself")
    begin(at: time)
    pace = .stepwise
    switch order {
    case .ticks(let count): allowance = .ticks(count)
    case .until(let moment): allowance = .through(moment)
    case .further(let length):
      allowance =
        position.sequence > 0 ? .through(position.time.advanced(by: length)) : .further(length)
    case .run(let pace):
      // The recorded time goes by from here on.
      (self.pace, allowance, base) = (pace, .nothing, nil)
    case .quit: allowance = .nothing
    }
    pass(time)
  }

  /// Whether a person can say what comes: it is played by hand, and what they said before is done. What goes on
  /// by itself ends with the next order.
  public var awaitsOrder: Bool { isByHand && (!hasBegun || isAtRest || pace != .stepwise) }

  /// Whether it waits for a person.
  public var isAtRest: Bool {
    guard pace == .stepwise, nextNotice == notices.count else { return false }
    guard head < queue.count else { return isOver }
    return !queue[head].isSilent && !isAllowed(queue[head])
  }

  /// When something happens; nil while it waits for somebody. What may happen at once has the epoch.
  var nextTime: Instant? {
    guard hasBegun, !isHeld else { return nil }
    if nextNotice < notices.count { return .epoch }
    guard head < queue.count else { return isComplete && !isOver ? .epoch : nil }
    if queue[head].isSilent || hasSilence { return .epoch }
    switch pace {
    case .unpaced: return .epoch
    case .stepwise: return isAllowed(queue[head]) ? .epoch : nil
    case .times: return moved(queue[head].receive)
    }
  }

  /// Lets the next thing happen.
  /// - Precondition: `nextTime` is not nil.
  mutating func take(at time: Instant) -> Played {
    pass(time)
    if nextNotice < notices.count { return takeNotice() }
    guard head < queue.count else {
      isOver = true
      halt(.stale, "the recording has ended: nothing comes after #\(position.sequence)", at: time)
      return takeNotice()
    }
    let entry = queue[head]
    if hasSilence, !entry.isSilent {
      hasSilence = false
      for observation in introduction() {
        // The exchange knows all of it but when instruments end.
        var isApplied = false
        if case .instrument = observation { isApplied = true }
        notices.append(Played(observation: observation, event: time, isApplied: isApplied))
      }
      if nextNotice < notices.count { return takeNotice() }
    }
    head += 1
    listings.note(entry.observation)
    if entry.isSilent {
      if case .instrument = entry.observation { hasSilence = true }
      meetClock()
      return Played(observation: told(entry.observation), event: time, isTold: false)
    }
    let event = moved(entry.event, receive: entry.receive, at: time)
    count(entry)
    return Played(observation: told(entry.observation), event: event)
  }

  /// What somebody who begins to listen now has to know; see `Listings.tell`.
  func introduction() -> [Observation] { listings.tell().map(told) }

  private mutating func takeNotice() -> Played {
    defer {
      nextNotice += 1
      if nextNotice == notices.count { (notices, nextNotice) = ([], 0) }
    }
    listings.note(notices[nextNotice].observation)
    return notices[nextNotice]
  }

  private mutating func halt(_ issue: DataQuality.Issue, _ why: String, at time: Instant) {
    let quality = DataQuality(issue: issue, instrument: .none, detail: why)
    notices.append(Played(observation: .dataQuality(quality), event: time))
    for id in listings.open {
      let status = StatusChange(instrument: id, status: .halted)
      notices.append(Played(observation: .market(.status(status)), event: time))
    }
  }

  private mutating func count(_ entry: Entry) {
    (position.sequence, position.time) = (entry.sequence, entry.receive)
    guard case .market = entry.observation else { return }
    position.ticks += 1
    if case .ticks(let count) = allowance { allowance = count > 1 ? .ticks(count - 1) : .nothing }
  }

  private func isAllowed(_ entry: Entry) -> Bool {
    switch allowance {
    case .nothing, .further: false
    case .ticks: true
    case .through(let moment): entry.receive <= moment
    }
  }

  private mutating func pass(_ time: Instant) {
    if let clock { self.clock = max(clock, time) }
    meetClock()
  }

  /// From the first entry that is told on, recorded times have a place on the clock.
  private mutating func meetClock() {
    guard let clock, head < queue.count, !queue[head].isSilent else { return }
    if base == nil { base = (clock, queue[head].receive) }
    if anchor == nil { anchor = base }
    if case .further(let length) = allowance {
      allowance = .through(queue[head].receive.advanced(by: length))
    }
  }

  /// A recorded moment on the clock, at the pace.
  private func moved(_ recorded: Instant) -> Instant {
    guard let base else { return .epoch }
    return base.now.advanced(by: Self.shortened(recorded.since(base.recorded), pace.rate))
  }

  /// An event time keeps its distance from the receive time; an entry without one has none.
  private func moved(_ event: Instant, receive: Instant, at time: Instant) -> Instant {
    guard event != .epoch else { return .epoch }
    if case .times = pace { return moved(event) }
    return time.advanced(by: event.since(receive))
  }

  /// As it is told: an expiry comes as long after the beginning as it did; before that there is none.
  private func told(_ observation: Observation) -> Observation {
    guard case .instrument(var instrument) = observation, instrument.expiry != .epoch else {
      return observation
    }
    guard let anchor else {
      instrument.expiry = .epoch
      return .instrument(instrument)
    }
    instrument.expiry = anchor.now.advanced(
      by: Self.shortened(instrument.expiry.since(anchor.recorded), pace.rate))
    return .instrument(instrument)
  }

  private static func shortened(_ duration: Int64, _ rate: Int64) -> Int64 {
    rate == 1_000 ? duration : Int64(clamping: Int128(duration) * 1_000 / Int128(rate))
  }
}
