import Events
import Journaling
import Scenarios
import Sequencing
import Testing
import Trading
import Venues

/// Continuous futures in a whole run: recorded, traded, audited.
@Suite struct ContinuousBacktestTests {
  static let start = Instant("2023-11-14T12:00:00")!

  /// Two contracts that move in step, the later one two points above, quoted every ten minutes for four days.
  static func market() -> [TimedObservation] {
    var made: [TimedObservation] = []
    for (id, symbol, ends) in [
      (0, "FTX3", "2023-11-17T14:30:00"), (1, "FTZ3", "2023-12-15T14:30:00"),
    ] as [(UInt16, String, String)] {
      var contract = Instrument.future(id, symbol)
      contract.expiry = Instant(ends)!
      made.append(TimedObservation(.instrument(contract), at: start))
    }
    for step in 0..<(4 * 144) {
      let time = start.advanced(by: Int64(step) * 600 * Nanoseconds.second)
      // A slow wave, so that averages cross.
      let wave = Int64([0, 1, 2, 3, 4, 5, 6, 5, 4, 3, 2, 1][step / 12 % 12]) * 25
      for id in 0...1 as ClosedRange<UInt16> where id == 1 || time < Instant("2023-11-17T14:30:00")!
      {
        let bid = Price(10_000 + wave + Int64(id) * 200)
        let quote = Quote(
          instrument: InstrumentID(id), bid: bid, ask: Price(bid.raw + 25),
          bidSize: Quantity(50), askSize: Quantity(50))
        made.append(TimedObservation(.market(.quote(quote)), at: time))
      }
    }
    return made
  }

  static func setup(_ lines: String) -> Backtest.Setup {
    Rehearsal.setup(
      seed: 1,
      configuration: ConfigurationItems(
        lines: """
          account.cash=100000 USD
          strategy.cross.kind=ema-cross
          strategy.cross.instruments=FT.c.0
          strategy.cross.fast=6
          strategy.cross.slow=24
          strategy.cross.size=2
          strategy.cross.mode=target
          \(lines)
          """))
  }

  @Test(arguments: ["none", "difference", "ratio"], ["carry", "close", "hold"])
  func `a run over a roll is audited without a difference`(adjust: String, roll: String) throws {
    let folder = try JournalFolder()
    let source = try Rehearsal.record(Self.market(), in: folder)
    let setup = Self.setup("continuous.FT.adjust=\(adjust)\ncontinuous.FT.roll=\(roll)")
    let run = try Rehearsal.run(setup, over: source, in: folder)
    let reader = try JournalReader.open(at: folder.path("run"))
    #expect(try ReplayTests.replayed(reader) == nil)
    let entries = try reader.entries()
    let rolls = entries.compactMap { entry -> ContractRoll? in
      if case .decision(.rolled(let roll)) = entry.event { roll } else { nil }
    }
    #expect(rolls.map(\.to) == [InstrumentID(0), InstrumentID(1)])
    #expect(rolls.last.map { $0.toPrice.raw - $0.fromPrice.raw } == 200)
    let moved = entries.compactMap { entry -> OrderTicket? in
      guard case .decision(.submitted(let ticket)) = entry.event, ticket.terms.isRoll else {
        return nil
      }
      return ticket
    }
    let expected: [UInt16] = roll == "carry" ? [0, 1] : roll == "close" ? [0] : []
    #expect(moved.map(\.instrument.raw) == expected)
    // Its orders go to contracts only, and what it holds at the end is in the new one.
    for case .decision(.submitted(let ticket)) in entries.map(\.event) {
      #expect(ticket.instrument.raw < 2)
    }
    let left = run.sequencer.engine.market.portfolio.position(StrategyID(0), InstrumentID(0))
    #expect(left.quantity == .zero)
  }

  /// The wave is the same before and after the roll, so an adjusted series crosses as if there was none.
  @Test func `averages of an adjusted series do not see the roll`() throws {
    let folder = try JournalFolder()
    let source = try Rehearsal.record(Self.market(), in: folder)
    func targets(_ adjust: String) throws -> [Int64] {
      let name = "run-\(adjust)"
      _ = try Rehearsal.run(
        Self.setup("continuous.FT.adjust=\(adjust)"), over: source, in: folder, name)
      return try JournalReader.open(at: folder.path(name)).entries().compactMap { entry in
        guard case .decision(.intent(let intent)) = entry.event, intent.action == .target else {
          return nil
        }
        return (entry.header.receiveTime.since(Self.start)) / Nanoseconds.second
      }
    }
    let adjusted = try targets("difference")
    // A period of the wave is a day: each day has its two crossings at the same times.
    let second = adjusted.filter { (86_400..<172_800).contains($0) }
    let fourth = adjusted.filter { (259_200..<345_600).contains($0) }
    #expect(second.count == 2 && second.map { $0 + 172_800 } == fourth)
    #expect(try targets("none") != adjusted)
  }
}
