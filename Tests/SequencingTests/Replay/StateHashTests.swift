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
      UInt64(1), "247cb72d974d67240bb9f258306a5981ef032fdb3b05814707baf363b1c8b20f"
    ),
    (2, "1e1fe8ba5ceb8508a075ad3354701d503eb48d9fd10b9c97a14919211508f9ad"),
    (3, "39432edf6c92c4d0404b61d3b6746854a30dae8ba759a6ea03c575766deaf8ae"),
  ])
  func `every build reaches the same state`(seed: UInt64, hash: String) throws {
    let folder = try JournalFolder()
    let source = try Rehearsal.record(Rehearsal.market(seed: seed), in: folder)
    let backtest = try Rehearsal.run(Rehearsal.setup(seed: seed), over: source, in: folder)
    #expect(backtest.sequencer.engine.tally.fills > 20)
    #expect(backtest.sequencer.engine.stateHash().description == hash)
  }
}
