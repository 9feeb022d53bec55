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
      UInt64(1), "eab04ec21d4e789bafe93b48af8cd2e25ea890dad292867e1065eccf94f1f4ba"
    ),
    (2, "31aa8695562b4dab6eb2f0805cf8fe19d9038e7ff9619a58c5cd13d3fd569614"),
    (3, "aba761b20c9b0e8ae6b63dab8bbcc7cddf01d83d6e22a72cfd311bd1eb487483"),
  ])
  func `every build reaches the same state`(seed: UInt64, hash: String) throws {
    let folder = try JournalFolder()
    let source = try Rehearsal.record(Rehearsal.market(seed: seed), in: folder)
    let backtest = try Rehearsal.run(Rehearsal.setup(seed: seed), over: source, in: folder)
    #expect(backtest.sequencer.engine.tally.fills > 20)
    #expect(backtest.sequencer.engine.stateHash().description == hash)
  }
}
