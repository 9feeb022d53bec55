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
  public private(set) var time = Instant.epoch
  /// Decisions that were made again, and are equal.
  public private(set) var decisions: UInt64 = 0
  /// The first difference; replay stops there.
  public private(set) var divergence: Divergence?

  private let substitute: ConfigurationItems?
  private var decoder = BlockDecoder()
  /// The decision that must come next.
  private var expected: Conclusion?
  private var scratch = ByteBuffer()

  /// - Parameters:
  ///   - engine: a new engine, or one whose state was restored after the entry `sequence`.
  ///   - substitute: a configuration to take instead of each recorded one: "what if".
  public init(
    engine: consuming Engine, after sequence: UInt64 = 0,
    substituting substitute: ConfigurationItems? = nil
  ) {
    self.engine = engine
    self.sequence = sequence
    self.substitute = substitute
  }

  /// Replays entries up to and including `last`, or to the journal's end.
  /// - Parameters:
  ///   - verify: also check the chain of hashes.
  ///   - progress: called after each block with the sequence reached.
  /// - Throws: `JournalError` if the journal cannot be read or is damaged.
  public mutating func run(
    _ reader: JournalReader, through last: UInt64 = .max, verify: Bool = true,
    progress: (UInt64) -> Void = { _ in }
  ) throws(JournalError) {
    let head = try reader.lastSequence()
    let end = min(last, head)
    guard sequence < end else { return }
    try reader.forEachBlock(from: sequence + 1, through: end, verify: verify) {
      (_, content) throws(Damage) in
      let isWanted = try replay(content, through: end)
      progress(sequence)
      return isWanted
    }
    if divergence == nil, end == head, let expected {
      diverge(recorded: nil, remade: expected)
    }
    if divergence == nil, end < head { settle() }
  }

  /// Replays the entries of one block.
  /// - Returns: false when there is nothing more to do.
  private mutating func replay(_ content: RawSpan, through end: UInt64) throws(Damage) -> Bool {
    let done = sequence
    _ = try decoder.begin(content)
    while true {
      let record = try decoder.next(content)
      if decoder.header.sequence <= done, case .market = record { continue }
      if decoder.header.sequence <= done, case .record = record { continue }
      switch record {
      case .end: return sequence < end
      case .market(let tick):
        if decoder.header.sequence > end { return false }
        if expected != nil {
          diverge(recorded: .observation(.market(tick)), remade: expected)
          return false
        }
        engine.apply(tick, decoder.header)
        if engine.hasWork { expected = engine.decide() }
      case .record(let kind, let payload):
        if decoder.header.sequence > end { return false }
        if kind.isDecision {
          guard try compare(kind, payload, content) else { return false }
        } else {
          guard try take(kind, payload, content) else { return false }
        }
      }
      sequence = decoder.header.sequence
      time = decoder.header.receiveTime
    }
  }

  /// Takes a recorded observation other than a tick.
  private mutating func take(_ kind: EntryKind, _ payload: Range<Int>, _ content: RawSpan)
    throws(Damage) -> Bool
  {
    guard case .observation(var observation) = try kind.event(content, payload) else {
      return false
    }
    if expected != nil {
      diverge(recorded: .observation(observation), remade: expected)
      return false
    }
    if case .configuration = observation, let substitute {
      observation = .configuration(substitute)
    }
    engine.apply(observation, decoder.header)
    expected = engine.decide()
    return true
  }

  /// Compares a recorded decision with the one that was made again, and applies it.
  private mutating func compare(_ kind: EntryKind, _ payload: Range<Int>, _ content: RawSpan)
    throws(Damage) -> Bool
  {
    guard let made = expected else {
      diverge(recorded: try kind.event(content, payload), remade: nil)
      return false
    }
    scratch.removeAll()
    let isSame =
      made.decision.encode(into: &scratch) == kind && made.cause == decoder.header.cause
      && decoder.header.eventTime == decoder.header.receiveTime
      && scratch.withBytes { $0.isEqual(to: content.extracting(payload)) }
    guard isSame else {
      diverge(recorded: try kind.event(content, payload), remade: made)
      return false
    }
    engine.apply(made.decision, decoder.header)
    decisions &+= 1
    expected = engine.decide()
    return true
  }

  /// Applies decisions that belong to the entry applied last but were recorded after it, so that the
  /// state can be looked at in the middle of a journal.
  private mutating func settle() {
    var header = EntryHeader(sequence: sequence, eventTime: time, receiveTime: time)
    while let made = expected {
      header.sequence += 1
      header.cause = made.cause
      engine.apply(made.decision, header)
      expected = engine.decide()
    }
  }

  private mutating func diverge(recorded: Event?, remade: Conclusion?) {
    var text = EntryText()
    for case let instrument? in engine.market.instruments {
      text.note(.observation(.instrument(instrument)))
    }
    var header = decoder.header
    if recorded == nil { header.sequence = sequence + 1 }
    let old = recorded.map { Entry(header: header, event: $0) }
    let new = remade.map { made in
      header.cause = made.cause
      header.eventTime = header.receiveTime
      return Entry(header: header, event: .decision(made.decision))
    }
    divergence = Divergence.between(old, new, at: header.sequence, text)
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
