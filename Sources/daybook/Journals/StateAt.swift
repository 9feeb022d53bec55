import Events
import Journaling
import Sequencing
import Strategies
import Trading

extension Replay {
  /// The engine as it was after an entry: from the newest snapshot before, then by replaying the rest.
  /// - Throws: `Failure` if the rest cannot be replayed to the entry.
  static func state(
    of reader: JournalReader, at sequence: UInt64, _ options: PrintOptions
  ) throws -> Replay {
    var replay = try start(reader, notAfter: sequence)
    guard replay.sequence < sequence else { return replay }
    let first = replay.sequence
    var progress = Progress("replay", total: sequence - first, isQuiet: options.quiet)
    try replay.run(reader, through: sequence, verify: false) { done in
      Interruption.obey()
      progress.update(done - first)
    }
    progress.finish()
    if let divergence = replay.divergence {
      throw Failure(
        .found,
        """
        \(reader.path): the state after \(sequenceText(sequence)) cannot be made again, because replay \
        diverges at \(sequenceText(divergence.sequence)): \(divergence.field) recorded \
        \(divergence.recorded), re-made \(divergence.remade).
        Use the daybook that wrote the journal (engine \(reader.meta.engine)), or run `daybook replay`.
        """)
    }
    return replay
  }

  private static func start(_ reader: JournalReader, notAfter sequence: UInt64) throws -> Replay {
    guard
      let snapshot = try reader.snapshot(notAfter: sequence, version: Engine.stateVersion)
    else { return Replay(engine: Engine(catalog: Catalog.shipped)) }
    var engine = Engine(catalog: Catalog.shipped)
    do {
      try engine.restoreState(snapshot.state)
    } catch {
      // A snapshot of another engine: the journal from its start says the same, slower.
      return Replay(engine: Engine(catalog: Catalog.shipped))
    }
    return Replay(engine: engine, after: snapshot.sequence)
  }
}
