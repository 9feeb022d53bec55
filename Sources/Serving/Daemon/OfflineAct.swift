import Events
import Journaling
import Sequencing
import Trading

/// An act on a journal that no daemon writes: it is recorded, and holds from the next start on.
public enum OfflineAct {
  /// Records an act at the journal's end.
  ///
  /// Commands that are decided because of it leave no more than after a crash: the next start asks the venues
  /// about the orders that were open.
  /// - Parameters:
  ///   - fields: of the control request, `op` included.
  ///   - user: who acts.
  /// - Returns: its sequence, and what became of halts.
  /// - Throws: `ServingError`; nothing was recorded then.
  public static func record(
    _ fields: [(String, String)], by user: String, in folder: String, catalog: [StrategyKind],
    clock: LiveClock = .system
  ) throws(ServingError) -> (sequence: UInt64, halts: HaltsLeft) {
    var journal = try recovering { () throws(JournalError) in
      try Journal.open(at: folder, durability: .each)
    }
    let reader = try recovering { () throws(JournalError) in try journal.reader() }
    var sequencer = try resumed(reader, catalog)
    if sequencer.engine.isOfRecording { throw .recording(folder) }
    var line = JSONLine()
    for (name, value) in fields { line.field(name, value) }
    let status = LiveStatus(sequencer.engine)
    let request: ControlRequest
    do throws(ControlRequest.Problem) {
      request = try ControlRequest(line.closed, user: user, status)
      if case .observation(let observation) = request {
        try LimitDoor.check(
          observation, sequencer.engine.configuration, status.instruments, catalog)
      }
    } catch { throw .refused(code: error.code, what: error.what) }
    guard case .observation(let observation) = request else { throw .notRunning(folder) }
    var batch = Batch(startingAt: sequencer.sequence + 1)
    let (now, sequence) = (clock.now(), sequencer.sequence + 1)
    sequencer.step(observation, event: now, at: now, into: &batch)
    do throws(JournalError) { _ = try batch.commit(to: &journal) } catch { throw .journal(error) }
    return (sequence, HaltsLeft(before: status, after: LiveStatus(sequencer.engine)))
  }

  private static func resumed(_ reader: JournalReader, _ catalog: [StrategyKind])
    throws(ServingError) -> Sequencer
  {
    do throws(SequencingError) {
      return try Recovery.run(reader, catalog: catalog).resume()
    } catch { throw ServingError(error) }
  }

  private static func recovering<R: ~Copyable>(_ body: () throws(JournalError) -> R)
    throws(ServingError) -> R
  {
    do { return try body() } catch { throw .journal(error) }
  }
}

extension Engine {
  /// Whether its journal has a market and no run, which would begin with its configuration.
  var isOfRecording: Bool {
    configuration.items.isEmpty && market.instruments.contains { $0 != nil }
  }
}
