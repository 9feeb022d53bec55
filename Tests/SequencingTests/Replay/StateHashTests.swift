import Events
import Journaling
import Scenarios
import Testing
import Trading

@testable import Sequencing

/// State hashes of three seeded runs, written down: debug and release builds, other processes and other
/// machines must reach them. They change only when the engine, the strategies, the generator, the
/// simulated exchange or the state's encoding mean to decide otherwise.
@Suite struct StateHashTests {
  @Test(arguments: [
    (
      UInt64(1), "39e7023b145dd25ce72e5211453abf7ee7b5ad9235414785907f94a4c7ee9507"
    ),
    (2, "432bb0c7edfef1fbd8aa2aa3dc92f4c46f0c80dabc651b065f89452e9ffc61ae"),
    (3, "b50aff2ae4cdb8bd7d6810007154e4959ec30fa46d6bc508bf033fa22007555d"),
  ])
  func `every build reaches the same state`(seed: UInt64, hash: String) throws {
    let folder = try JournalFolder()
    let source = try Rehearsal.record(Rehearsal.market(seed: seed), in: folder)
    let backtest = try Rehearsal.run(Rehearsal.setup(seed: seed), over: source, in: folder)
    #expect(backtest.sequencer.engine.tally.fills > 20)
    #expect(backtest.sequencer.engine.stateHash().description == hash)
  }
}
