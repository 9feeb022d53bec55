import Foundation
import Scenarios
import Testing

/// Hundreds of small lives of the whole path, each from a seed, with faults everywhere.
///
/// `DAYBOOK_SIMULATION_SEEDS=5000` runs more of them, `DAYBOOK_SIMULATION_SEED=17` one.
@Suite struct SimulationTests {
  static let seeds: [UInt64] = {
    let environment = ProcessInfo.processInfo.environment
    if let one = environment["DAYBOOK_SIMULATION_SEED"].flatMap({ UInt64($0) }) { return [one] }
    let count = environment["DAYBOOK_SIMULATION_SEEDS"].flatMap { UInt64($0) } ?? 200
    return Array(0..<count)
  }()

  /// The markets take longer to make than to trade in: a few serve all seeds.
  /// Without the minute before they open, in which there is nothing to trade.
  static let markets = (0..<8 as Range<UInt64>).map { seed in
    let feed = Rehearsal.market(seed: seed, activity: 2)
    let open = feed[0].time.advanced(by: 59_900_000_000)
    return feed.filter { one in
      if case .instrument = one.observation { true } else { one.time >= open }
    }
  }

  @Test func `nothing acknowledged is lost, nothing is sent twice, the books are the venue's`() {
    var (crashes, fills, failures) = (0, UInt64(0), 0)
    var (children, released, ended) = (UInt64(0), UInt64(0), UInt64(0))
    for seed in Self.seeds {
      do {
        let world = try World(seed: seed, feed: Self.markets[Int(seed % 8)])
        try world.run()
        try Auditor(world).check()
        crashes += world.crashes
        let tally = world.sequencer.engine.tally
        fills += tally.fills
        children += tally.children
        released += tally.released.reduce(0, +)
        ended += tally.ended.reduce(0, +)
      } catch {
        failures += 1
        Issue.record(
          "\(error)\nagain: DAYBOOK_SIMULATION_SEED=\(seed) swift test --filter SimulationTests")
        if failures == 5 { return }
      }
    }
    // The lives must not be quiet ones, or they prove nothing; of a single one nothing can be asked.
    guard Self.seeds.count > 1 else { return }
    #expect(crashes > Self.seeds.count / 2)
    let count = UInt64(Self.seeds.count)
    #expect(fills > 10 * count)
    #expect(children > 5 * count && released > 2 * count && ended > 5 * count)
  }

  @Test func `a seed lives the same life again`() throws {
    func life() throws -> [String] {
      let world = try World(seed: 5, feed: Self.markets[5])
      try world.run()
      return [
        "\(world.sequencer.engine.stateHash())", "\(world.crashes)",
        "\(try world.reader().head().chain)",
      ]
    }
    #expect(try life() == life())
  }
}
