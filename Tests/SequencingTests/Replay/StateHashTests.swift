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
      UInt64(1), "d4b0bee5c22069e5dcd1921435311635b22a99884e271087fde2423e38a5fec4"
    ),
    (2, "190753b73ed691957473b39199a73321be14dfa11fb148d40770ee953691df23"),
    (3, "de91604e1dd4b1a48319769c4805583c8fbc09c8bae199ccbd95611e1d66d6b3"),
  ])
  func `every build reaches the same state`(seed: UInt64, hash: String) throws {
    let folder = try JournalFolder()
    let source = try Rehearsal.record(Rehearsal.market(seed: seed), in: folder)
    let backtest = try Rehearsal.run(Rehearsal.setup(seed: seed), over: source, in: folder)
    #expect(backtest.sequencer.engine.tally.fills > 20)
    #expect(backtest.sequencer.engine.stateHash().description == hash)
  }
}
