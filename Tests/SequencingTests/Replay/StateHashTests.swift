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
      UInt64(1), "cd256f2ae9d8d3dc0614c8514468f94fe14ee4dbe53f5bf6138f7e08ca2ff88a"
    ),
    (2, "90b4e8940c55632e1547f4e2f6b2ec92126421657d996eb1a9c7fd535e265720"),
    (3, "3af2cca0cc650b1a926b2b26aa34564a7d5c4a1f7ba4486545a076619c39d80d"),
  ])
  func `every build reaches the same state`(seed: UInt64, hash: String) throws {
    let folder = try JournalFolder()
    let source = try Rehearsal.record(Rehearsal.market(seed: seed), in: folder)
    let backtest = try Rehearsal.run(Rehearsal.setup(seed: seed), over: source, in: folder)
    #expect(backtest.sequencer.engine.tally.fills > 20)
    #expect(backtest.sequencer.engine.stateHash().description == hash)
  }
}
