import Events
import Trading

/// The one path: gives each observation its time and sequence, applies it, asks the engine for its
/// decisions, and records and applies each of them.
///
/// Live trading, backtests and recovery call the same `step`; replay makes the same calls on the engine
/// with the recorded headers and compares.
public struct Sequencer: ~Copyable {
  public internal(set) var engine: Engine
  /// Sequence of the entry made last.
  public private(set) var sequence: UInt64
  /// Receive time of the entry made last; time never goes backwards.
  public private(set) var time: Instant

  /// - Parameters:
  ///   - engine: its state is that after the entry `sequence`.
  ///   - sequence: of the journal's last entry, 0 for an empty one.
  ///   - time: receive time of that entry; before the first, earlier than any.
  public init(
    engine: consuming Engine, sequence: UInt64 = 0, time: Instant = Instant(nanoseconds: .min)
  ) {
    self.engine = engine
    self.sequence = sequence
    self.time = time
  }

  /// Takes an observation.
  /// - Parameters:
  ///   - event: when it happened, as the outside says.
  ///   - receive: when it came; if that is before the last entry's time, that time is taken.
  public mutating func step(
    _ observation: Observation, event: Instant, at receive: Instant, into batch: inout Batch
  ) {
    switch observation {
    case .market(let tick): return step(tick, event: event, at: receive, into: &batch)
    case .report(let report): return step(report, event: event, at: receive, into: &batch)
    default: break
    }
    stamp(receive)
    let header = EntryHeader(sequence: sequence, eventTime: event, receiveTime: time)
    let written = batch.encoder.append(observation, event: event, receive: time)
    precondition(written == sequence, "the batch continues the journal")
    engine.apply(observation, header)
    if !engine.isAtRest { conclude(into: &batch) }
  }

  /// Takes a venue's report; see `step(_:event:at:into:)`.
  public mutating func step(
    _ report: VenueReport, event: Instant, at receive: Instant, into batch: inout Batch
  ) {
    stamp(receive)
    let header = EntryHeader(
      sequence: sequence, eventTime: event, receiveTime: time, cause: engine.cause(of: report))
    let written = batch.encoder.append(
      report, event: event, receive: time, cause: header.cause)
    precondition(written == sequence, "the batch continues the journal")
    engine.apply(report, header)
    if !engine.isAtRest { conclude(into: &batch) }
  }

  /// Takes a quote; see below.
  /// - Returns: whether the engine had something to decide.
  @inline(__always)
  mutating func step(
    _ quote: Quote, event: Instant, at receive: Instant, into batch: inout Batch
  ) -> Bool {
    stamp(receive)
    batch.encoder.append(quote, event: event, receive: time)
    engine.apply(quote, EntryHeader(sequence: sequence, eventTime: event, receiveTime: time))
    if engine.isAtRest { return false }
    conclude(into: &batch)
    return true
  }

  /// Takes a bar; see above.
  @inline(__always)
  mutating func step(
    _ bar: Bar, event: Instant, at receive: Instant, into batch: inout Batch
  ) -> Bool {
    stamp(receive)
    batch.encoder.append(bar, event: event, receive: time)
    engine.apply(bar, EntryHeader(sequence: sequence, eventTime: event, receiveTime: time))
    if engine.isAtRest { return false }
    conclude(into: &batch)
    return true
  }

  /// Takes a tick; see `step(_:event:at:into:)`. It allocates nothing unless a strategy wants something.
  @inline(__always)
  public mutating func step(
    _ tick: MarketEvent, event: Instant, at receive: Instant, into batch: inout Batch
  ) {
    stamp(receive)
    let header = EntryHeader(sequence: sequence, eventTime: event, receiveTime: time)
    batch.encoder.append(tick, event: event, receive: time)
    engine.apply(tick, header)
    if !engine.isAtRest { conclude(into: &batch) }
  }

  @inline(__always)
  private mutating func stamp(_ receive: Instant) {
    sequence &+= 1
    if receive > time { time = receive }
  }

  /// Records and applies what the engine decides, until it has nothing left to decide.
  @inline(never)
  private mutating func conclude(into batch: inout Batch) {
    repeat {
      let written: UInt64
      switch engine.conclude() {
      case .nothing: return
      case .intent(let intent):
        let header = nextHeader()
        written = engine.withReason { reason in
          batch.encoder.append(
            intent, because: reason, at: header.receiveTime, cause: header.cause)
        }
        engine.apply(intent, header)
      case .order(let ticket):
        let header = nextHeader()
        written = batch.encoder.append(ticket, at: time, cause: header.cause)
        engine.apply(ticket, header)
        batch.commands.append(.submit(ticket))
      case .other(let decision):
        let header = nextHeader()
        written = batch.encoder.append(decision, at: time, cause: header.cause)
        if let command = decision.command { batch.commands.append(command) }
        engine.apply(decision, header)
      }
      precondition(written == sequence, "the batch continues the journal")
    } while engine.hasWork
  }

  /// The header of the decision just made.
  @inline(__always)
  private mutating func nextHeader() -> EntryHeader {
    stamp(time)
    return EntryHeader(
      sequence: sequence, eventTime: time, receiveTime: time, cause: engine.deciding)
  }
}
