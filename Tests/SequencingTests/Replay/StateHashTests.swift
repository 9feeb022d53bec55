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
      UInt64(1), "f31de578cfc5bb7c57837ff203c11145a0ccfb02dde31c1509c780953b41215e"
    ),
    (2, "b66dbdc81467dd3dc90f78574b6168187efc219f95b3f4ae0f7836f355a0c7b1"),
    (3, "8dc2fd2efe2bc2f26e553fe63e6d3801506f14a685650b9d82203909a0daf3e9"),
  ])
  func `every build reaches the same state`(seed: UInt64, hash: String) throws {
    let folder = try JournalFolder()
    let source = try Rehearsal.record(Rehearsal.market(seed: seed), in: folder)
    let backtest = try Rehearsal.run(Rehearsal.setup(seed: seed), over: source, in: folder)
    #expect(backtest.sequencer.engine.tally.fills > 20)
    #expect(backtest.sequencer.engine.stateHash().description == hash)
  }
}
