import Journaling
import Projections
import Trading

/// Makes a journal's read model again, whole.
public enum Rebuild {
  public struct Outcome: Sendable {
    /// Sequence of the journal's last entry.
    public var sequence: UInt64
    public var path: String
  }

  /// - Parameters:
  ///   - path: nil for the journal's own place.
  ///   - progress: gets the sequence reached and the journal's last.
  /// - Throws: `ServerError`.
  public static func run(
    journal: String, path: String?, catalog: [StrategyKind],
    progress: (UInt64, UInt64) -> Void
  ) throws(ServerError) -> Outcome {
    let reader: JournalReader
    do { reader = try JournalReader.open(at: journal) } catch { throw .journal(error) }
    let place = Projector.Place.standard(journal, path)
    let model = try ServerError.readModel { () throws(ReadModelError) in
      try ReadModel.open(
        at: place.path, of: reader, engine: Engine.version, isOurs: place.isOurs, isAnew: true
      ).model
    }
    guard var run = try ProjectionRun.begin(model, of: reader, catalog: catalog) else {
      preconditionFailure("nobody told it to stop")
    }
    while try run.advance() {
      do { progress(run.position.sequence, try reader.lastSequence()) } catch {
        throw .journal(error)
      }
    }
    return Outcome(sequence: run.position.sequence, path: place.path)
  }
}

extension Projector.Place {
  /// Where the read model is: a file of the user's choice, or the journal's own.
  static func standard(_ journal: String, _ path: String?) -> Projector.Place {
    Projector.Place(path: path ?? journal + "/read.sqlite", isOurs: path == nil)
  }
}
