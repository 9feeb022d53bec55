import Events
import Journaling
import Trading

/// Audits a journal: takes its recorded observations at their recorded times, makes every decision
/// again and compares it with the recorded one, byte for byte.
public struct Replay: ~Copyable {
  public private(set) var engine: Engine
  /// Sequence of the entry applied last.
  public private(set) var sequence: UInt64
  /// Receive time of the entry applied last.
  public private(set) var time: Instant
  /// Decisions that were made again, and are equal.
  public private(set) var decisions: UInt64 = 0
  /// The first difference; replay stops there.
  public private(set) var divergence: Divergence?

  private let substitute: ConfigurationItems?
  /// Of the entry looked at last, ticks that are as expected left out.
  private var header = EntryHeader(sequence: 0, eventTime: .epoch, receiveTime: .epoch)
  /// What the engine decided last and was not compared yet.
  private var expected: Decision?
  /// Whether a decision must come next: to look at `expected` itself would cost more than the rest of a tick.
  private var isOwed = false
  /// Decisions applied already to look at the state between them, but not compared yet.
  private var ahead: [Remade] = []
  private var scratch = ByteBuffer()

  /// A decision that was made again.
  private struct Remade {
    var decision: Decision
    var cause: UInt64
  }

  /// The decision that must come next.
  private var next: Remade? {
    ahead.first ?? expected.map { Remade(decision: $0, cause: engine.deciding) }
  }

  /// - Parameters:
  ///   - engine: a new engine, or one whose state was restored after the entry `sequence`.
  ///   - substitute: a configuration to take instead of each recorded one: "what if".
  public init(
    engine: consuming Engine, after sequence: UInt64 = 0,
    substituting substitute: ConfigurationItems? = nil
  ) {
    time = engine.market.time
    self.engine = engine
    self.sequence = sequence
    self.substitute = substitute
  }

  /// Replays entries up to and including `last`, or to the journal's end; can be called again to go on.
  /// If `last` is an entry whose decisions come after it, the engine's state has them already.
  /// - Parameters:
  ///   - verify: also check the chain of hashes.
  ///   - isOver: whether the journal's end is the run's end, so that a decision which is missing there is a
  ///     divergence. False for one that is still written.
  ///   - settles: whether decisions that belong to the last entry but come after it are applied before this
  ///     returns. Without it the state after each entry is the same wherever calls end.
  ///   - progress: called after each block with the sequence reached.
  ///   - moment: the first tick received at or after it is watched, too.
  ///   - watch: called after each entry that is no tick, and after ticks whose moment has come, once it is
  ///     applied; of a tick without the event. Returns the next moment for ticks.
  /// - Throws: `JournalError` if the journal cannot be read or is damaged.
  public mutating func run(
    _ reader: JournalReader, through last: UInt64 = .max, verify: Bool = true,
    isOver: Bool = true, settles: Bool = true,
    progress: (UInt64) -> Void = { _ in },
    from moment: Instant = .distantFuture,
    watch: ((borrowing Engine, EntryHeader, Event?) -> Instant)? = nil
  ) throws(JournalError) {
    let head = try reader.lastSequence()
    let end = min(last, head)
    guard divergence == nil, sequence < end else { return }
    var decoder = BlockDecoder()
    var moment = moment
    try reader.forEachBlock(from: sequence + 1, through: end, verify: verify) {
      (_, content) throws(Damage) in
      let isWanted = try replay(content, &decoder, through: end, &moment, watch)
      progress(sequence)
      return isWanted
    }
    let isWhole = isOver && end == head
    if divergence == nil, isWhole, let next {
      diverge(recorded: nil, remade: next)
    }
    if divergence == nil, !isWhole, settles { settle() }
  }

  /// Replays the entries of one block.
  /// - Returns: false when there is nothing more to do.
  private mutating func replay(
    _ content: RawSpan, _ decoder: inout BlockDecoder, through end: UInt64,
    _ moment: inout Instant, _ watch: ((borrowing Engine, EntryHeader, Event?) -> Instant)?
  ) throws(Damage) -> Bool {
    let done = sequence
    _ = try decoder.begin(content)
    let isAtEnd = try decoder.forEachEntry(
      of: content,
      quote: { (quote, header) throws(Damage) in
        if header.sequence <= done { return true }
        guard header.sequence <= end, take(quote, header) else { return false }
        if header.receiveTime >= moment, let watch { moment = watch(engine, header, nil) }
        return true
      },
      bar: { (bar, header) throws(Damage) in
        if header.sequence <= done { return true }
        guard header.sequence <= end, take(bar, header) else { return false }
        if header.receiveTime >= moment, let watch { moment = watch(engine, header, nil) }
        return true
      },
      tick: { (tick, header) throws(Damage) in
        if header.sequence <= done { return true }
        guard header.sequence <= end, take(tick, header) else { return false }
        if header.receiveTime >= moment, let watch { moment = watch(engine, header, nil) }
        return true
      },
      record: { (kind, payload, header) throws(Damage) in
        if header.sequence <= done { return true }
        guard header.sequence <= end else { return false }
        self.header = header
        let event: Event? =
          kind.isDecision
          ? try compare(kind, payload, content).map { .decision($0) }
          : try take(kind, payload, content).map { .observation($0) }
        guard let event else { return false }
        if let watch { moment = watch(engine, header, event) }
        (sequence, time) = (header.sequence, header.receiveTime)
        return true
      })
    return isAtEnd && sequence < end
  }

  /// Takes a quote.
  /// - Returns: false if a decision should have come.
  @inline(__always)
  private mutating func take(_ quote: Quote, _ header: EntryHeader) -> Bool {
    if isOwed { return miss(.quote(quote), header) }
    engine.apply(quote, header)
    return noteTick(header)
  }

  /// Takes a bar; see above.
  @inline(__always)
  private mutating func take(_ bar: Bar, _ header: EntryHeader) -> Bool {
    if isOwed { return miss(.bar(bar), header) }
    engine.apply(bar, header)
    return noteTick(header)
  }

  /// Takes any other tick; see above.
  @inline(never)
  private mutating func take(_ tick: MarketEvent, _ header: EntryHeader) -> Bool {
    if isOwed { return miss(tick, header) }
    engine.apply(tick, header)
    return noteTick(header)
  }

  @inline(__always)
  private mutating func noteTick(_ header: EntryHeader) -> Bool {
    if engine.hasWork { expect() }
    (sequence, time) = (header.sequence, header.receiveTime)
    return true
  }

  /// Tells that a tick came where a decision should have.
  @inline(never)
  private mutating func miss(_ tick: MarketEvent, _ header: EntryHeader) -> Bool {
    self.header = header
    diverge(recorded: .observation(.market(tick)), remade: next)
    return false
  }

  /// Takes a recorded observation other than a tick.
  /// - Returns: nil if the replay ends here.
  private mutating func take(_ kind: EntryKind, _ payload: Range<Int>, _ content: RawSpan)
    throws(Damage) -> Observation?
  {
    guard case .observation(var observation) = try kind.event(content, payload) else {
      return nil
    }
    if let next {
      diverge(recorded: .observation(observation), remade: next)
      return nil
    }
    guard header.cause == cause(of: observation) else {
      diverge(recorded: observation, cause: cause(of: observation))
      return nil
    }
    if case .configuration = observation, let substitute {
      observation = .configuration(substitute)
    }
    engine.apply(observation, header)
    expect()
    return observation
  }

  private func cause(of observation: Observation) -> UInt64 {
    if case .report(let report) = observation { return engine.cause(of: report) }
    return 0
  }

  /// Compares a recorded decision with the one that was made again, and applies it.
  /// - Returns: nil if they differ.
  private mutating func compare(_ kind: EntryKind, _ payload: Range<Int>, _ content: RawSpan)
    throws(Damage) -> Decision?
  {
    let same: Decision
    if let made = ahead.first {
      guard isSame(made.decision, made.cause, kind, content.extracting(payload)) else {
        diverge(recorded: try kind.event(content, payload), remade: made)
        return nil
      }
      ahead.removeFirst()
      isOwed = next != nil
      same = made.decision
    } else if let made = expected {
      guard isSame(made, engine.deciding, kind, content.extracting(payload)) else {
        diverge(recorded: try kind.event(content, payload), remade: next)
        return nil
      }
      engine.apply(made, header)
      expect()
      same = made
    } else {
      diverge(recorded: try kind.event(content, payload), remade: nil)
      return nil
    }
    decisions &+= 1
    return same
  }

  /// Whether a decision is the one that was recorded.
  private mutating func isSame(
    _ made: Decision, _ cause: UInt64, _ kind: EntryKind, _ recorded: RawSpan
  ) -> Bool {
    scratch.removeAll()
    return made.encode(into: &scratch) == kind && cause == header.cause
      && header.eventTime == time && header.receiveTime == time
      && scratch.withBytes { $0.isEqual(to: recorded) }
  }

  /// Applies decisions that belong to the entry applied last but were recorded after it, so that the
  /// state can be looked at in the middle of a journal.
  private mutating func settle() {
    var header = EntryHeader(
      sequence: sequence + UInt64(ahead.count), eventTime: time, receiveTime: time)
    while let made = expected {
      header.sequence += 1
      header.cause = engine.deciding
      engine.apply(made, header)
      ahead.append(Remade(decision: made, cause: header.cause))
      expect()
    }
  }

  /// Has the engine decide what must come next.
  @inline(never)
  private mutating func expect() {
    (expected, isOwed) = (nil, !ahead.isEmpty)
    if let made = engine.decide() { (expected, isOwed) = (made, true) }
  }

  private mutating func diverge(recorded: Event?, remade: Remade?) {
    var header = header
    if recorded == nil { header.sequence = sequence + 1 }
    let old = recorded.map { Entry(header: header, event: $0) }
    let new = remade.map { made in
      Entry(
        header: EntryHeader(
          sequence: header.sequence, eventTime: time, receiveTime: time, cause: made.cause),
        event: .decision(made.decision))
    }
    divergence = Divergence.between(old, new, at: header.sequence, text)
  }

  private mutating func diverge(recorded observation: Observation, cause: UInt64) {
    let old = Entry(header: header, event: .observation(observation))
    var new = old
    new.header.cause = cause
    divergence = Divergence.between(old, new, at: old.header.sequence, text)
  }

  private var text: EntryText {
    var text = EntryText()
    for case let instrument? in engine.market.instruments {
      text.note(.observation(.instrument(instrument)))
    }
    return text
  }
}

extension Engine {
  /// The state hash: SHA-256 of the state's bytes.
  public borrowing func stateHash() -> Digest {
    var out = ByteBuffer(capacity: 1 << 16)
    encodeState(to: &out)
    return out.withBytes { Sha256().hash($0) }
  }
}
