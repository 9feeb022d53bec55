import Events
import Journaling

/// Records observations as they are, without an engine: what an import or a simulation does.
public struct Recorder: ~Copyable {
  private var encoder = BlockEncoder(capacity: (1 << 20) + (1 << 16))
  /// Sequence of the last entry taken.
  public private(set) var sequence: UInt64
  /// Receive time of the last entry taken; time never goes backwards.
  public private(set) var time: Instant

  /// - Parameter head: where the journal ends.
  public init(after head: JournalHead) {
    sequence = head.sequence
    time = head.time ?? Instant(nanoseconds: .min)
    encoder.begin(at: head.sequence + 1)
  }

  /// Takes an observation; it is recorded when a block is full or on `flush`. An event time centuries from the
  /// receive time is brought nearer.
  public mutating func append(
    _ observation: Observation, event: Instant, receive: Instant, to journal: inout Journal
  ) throws(JournalError) {
    stamp(receive)
    encoder.append(observation, event: event.recordable(beside: time), receive: time)
    if encoder.byteCount >= Backtest.blockSize { try flush(to: &journal) }
  }

  /// Takes a tick; see above.
  @inline(__always)
  public mutating func append(
    _ tick: MarketEvent, event: Instant, receive: Instant, to journal: inout Journal
  ) throws(JournalError) {
    stamp(receive)
    encoder.append(tick, event: event.recordable(beside: time), receive: time)
    if encoder.byteCount >= Backtest.blockSize { try flush(to: &journal) }
  }

  @inline(__always)
  private mutating func stamp(_ receive: Instant) {
    sequence &+= 1
    if receive > time { time = receive }
  }

  /// Records what was taken.
  public mutating func flush(to journal: inout Journal) throws(JournalError) {
    guard encoder.entryCount > 0 else { return }
    encoder.finish()
    try encoder.withContent { (content) throws(JournalError) in
      _ = try journal.append(content, mentions: encoder.mentions)
    }
    encoder.begin(at: sequence + 1)
  }
}
