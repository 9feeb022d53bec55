import Events
import Journaling
import Trading

/// What a start begins with: the state at the journal's end, from the newest snapshot that can be read
/// and a replay of what came after, in which every decision is made again and compared.
///
/// Commands are sent after their commit, so the decisions at the end of the journal may or may not have
/// reached their venue. They are never sent again: whoever goes on steps `connection` observations, by
/// which orders without an answer become *unknown*, asks the venues about the orders in `unanswered`,
/// and steps what they say.
public struct Recovery: ~Copyable {
  private let sequencer: Sequencer
  private let divergence: Divergence?
  /// Sequence of the snapshot the state comes from; 0 if all of the journal was replayed.
  public let snapshot: UInt64
  /// Sequence of the journal's last entry.
  public let sequence: UInt64
  /// Open orders that await an answer, oldest first. Others may have changed since, too.
  public let unanswered: [OrderID]

  /// Recovers the state at a journal's end. O(entries after the newest snapshot).
  /// - Parameters:
  ///   - catalog: the kinds of strategies that the journal's configuration names.
  ///   - progress: called after each block with the sequence reached.
  /// - Throws: `journal` if it cannot be read or is damaged; `diverged` if a decision is made otherwise.
  public static func run(
    _ reader: JournalReader, catalog: [StrategyKind], progress: (UInt64) -> Void = { _ in }
  ) throws(SequencingError) -> Recovery {
    let recovery = try journaled { () throws(JournalError) in
      var replay = try Replay.start(reader, notAfter: reader.lastSequence(), catalog: catalog)
      let snapshot = replay.sequence
      try replay.run(reader, progress: progress)
      return Recovery(replay, from: snapshot)
    }
    if let divergence = recovery.divergence { throw .diverged(divergence) }
    return recovery
  }

  private static func journaled(_ body: () throws(JournalError) -> Recovery)
    throws(SequencingError) -> Recovery
  {
    do { return try body() } catch { throw .journal(error) }
  }

  private init(_ replay: consuming Replay, from snapshot: UInt64) {
    let (sequence, time) = (replay.sequence, replay.time)
    self.snapshot = snapshot
    self.sequence = sequence
    divergence = replay.divergence
    unanswered = replay.engine.market.orders.open.filter(\.awaitsAnswer).map(\.id)
    sequencer = Sequencer(
      engine: replay.engine, sequence: sequence,
      time: sequence == 0 ? Instant(nanoseconds: .min) : time)
  }

  /// The sequencer that goes on after the journal's last entry.
  public consuming func resume() -> Sequencer { sequencer }
}
