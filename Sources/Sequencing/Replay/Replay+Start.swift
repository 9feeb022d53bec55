import Events
import Journaling
import Trading

extension Replay {
  /// A replay that begins at the newest snapshot which this build can read, or at the journal's start.
  /// - Parameters:
  ///   - sequence: the snapshot is of an entry no later.
  ///   - catalog: the kinds of strategies that the journal's configuration names.
  /// - Throws: `JournalError` if the journal cannot be read.
  public static func start(
    _ reader: JournalReader, notAfter sequence: UInt64, catalog: [StrategyKind]
  ) throws(JournalError) -> Replay {
    var last = sequence
    while let snapshot = try reader.snapshot(notAfter: last, version: Engine.stateVersion) {
      var engine = Engine(catalog: catalog)
      do {
        try engine.restoreState(snapshot.state)
        return Replay(engine: engine, after: snapshot.sequence)
      } catch {
        // Its strategies are of another version; an older one, or none, may do.
        guard snapshot.sequence > 0 else { break }
        last = snapshot.sequence - 1
      }
    }
    return Replay(engine: Engine(catalog: catalog))
  }
}
