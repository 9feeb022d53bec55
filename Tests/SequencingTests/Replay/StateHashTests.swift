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
      UInt64(1), "6dd02481efb517377f228b8554be2615c7c7a14edcfda384f04dd230e98141b2"
    ),
    (2, "07f4df0043ba44130176d064f1769ee3f213e09add079abc7a3cb3832dc7bbd7"),
    (3, "5322681c9d6017507e7874198a24149a51054ac05d4fcce877a43e82169822c2"),
  ])
  func `every build reaches the same state`(seed: UInt64, hash: String) throws {
    let folder = try JournalFolder()
    let source = try Rehearsal.record(Rehearsal.market(seed: seed), in: folder)
    let backtest = try Rehearsal.run(Rehearsal.setup(seed: seed), over: source, in: folder)
    #expect(backtest.sequencer.engine.tally.fills > 20)
    #expect(backtest.sequencer.engine.stateHash().description == hash)
  }
}
