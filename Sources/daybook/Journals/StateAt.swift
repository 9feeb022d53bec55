import Events
import Journaling
import Reporting
import Sequencing
import Strategies
import Trading

extension Replay {
  /// The engine as it was after an entry, with progress on the terminal.
  /// - Throws: `Failure` if the journal cannot be replayed to the entry.
  static func state(
    of reader: JournalReader, at sequence: UInt64, _ options: PrintOptions
  ) throws -> Replay {
    var progress: Progress?
    do throws(SequencingError) {
      let replay = try state(of: reader, at: sequence, catalog: Catalog.shipped) { done, total in
        Interruption.obey()
        if progress == nil {
          progress = Progress("replay", total: total, isQuiet: options.quiet)
        }
        progress?.update(done)
        return true
      }
      progress?.finish()
      guard let replay else { preconditionFailure("nobody said to stop") }
      return replay
    } catch {
      let divergence: Divergence
      switch error {
      case .journal(let inner): throw inner
      case .diverged(let found): divergence = found
      }
      throw Failure(
        .found,
        """
        \(reader.path): the state after \(sequenceText(sequence)) cannot be made again, because replay \
        diverges at \(sequenceText(divergence.sequence)): \(divergence.field) recorded \
        \(divergence.recorded), re-made \(divergence.remade).
        Use the daybook that wrote the journal (engine \(reader.meta.engine)), or run `daybook replay`.
        """)
    }
  }
}
