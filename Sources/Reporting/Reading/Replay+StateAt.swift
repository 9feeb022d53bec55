import Events
import Journaling
import Sequencing
import Trading

extension Replay {
  /// Entries between two questions whether to go on.
  private static let stride: UInt64 = 1 << 18

  /// The engine as it was after an entry: from the newest snapshot before it, then by replaying the rest.
  /// O(entries after the snapshot).
  /// - Parameters:
  ///   - catalog: the kinds of strategies that the journal's configuration names.
  ///   - progress: gets how many entries are replayed and how many are to be; returns whether to go on.
  /// - Returns: nil if `progress` said to stop.
  /// - Throws: `journal` if it cannot be read or is damaged; `diverged` if a decision is made otherwise.
  public static func state(
    of reader: JournalReader, at sequence: UInt64, catalog: [StrategyKind],
    progress: (UInt64, UInt64) -> Bool = { _, _ in true }
  ) throws(SequencingError) -> Replay? {
    var replay = try journaled { () throws(JournalError) in
      try start(reader, notAfter: sequence, catalog: catalog)
    }
    let first = replay.sequence
    while replay.sequence < sequence {
      let (before, total) = (replay.sequence, sequence - first)
      guard progress(before - first, total) else { return nil }
      do {
        try replay.run(reader, through: min(sequence, before + stride), verify: false)
      } catch {
        throw .journal(error)
      }
      if let divergence = replay.divergence { throw .diverged(divergence) }
      // The journal ends before.
      if replay.sequence == before { break }
    }
    return replay
  }

  private static func journaled(_ body: () throws(JournalError) -> Replay)
    throws(SequencingError) -> Replay
  {
    do { return try body() } catch { throw .journal(error) }
  }
}
