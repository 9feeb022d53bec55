import Events
import Scenarios
import Testing

@testable import Trading

/// Exits, algorithms and targets of strategies on continuous futures, over a roll.
@Suite struct ContinuousHandlingTests {
  private typealias Rolls = ContinuousTests

  @Test func `exits are ended with the contract and made anew in the next`() {
    var stage = Rolls.stage("continuous.FT.days=2\nstrategy.one.bracket.stop_loss=4 ticks")
    stage.quote(9_975, 10_025, Rolls.old)
    stage.quote(10_175, 10_225, Rolls.new)
    stage.tell("target 2", Rolls.series)
    stage.fill(1, 2, at: 10_025)
    #expect(stage.engine.market.orders[OrderID(2)]?.ticket.instrument == Rolls.old)
    stage.accept(2)
    _ = Rolls.endDay(&stage)
    #expect(Rolls.endDay(&stage) == ["rolled 2 0 to 1 by -200", "cancel 2 roll"])
    #expect(
      Rolls.briefs(stage.report(2, .cancelled(.requested, text: ""))) == [
        "intent order", "submitted 3 sell 2 market", "intent order", "submitted 4 buy 2 market",
        "intent order", "held 5 sell 2 stop stop 10125",
      ])
    stage.fill(3, 2, at: 9_975)
    #expect(
      Rolls.briefs(stage.fill(4, 2, at: 10_225)) == ["released 5 sell 2 stop stop 10125 activated"])
  }

  @Test func `a target that waits for orders in a contract goes on in the next`() {
    var stage = Rolls.stage("continuous.FT.days=2\nstrategy.one.bracket.stop_loss=4 ticks")
    stage.quote(9_975, 10_025, Rolls.old)
    stage.quote(10_175, 10_225, Rolls.new)
    stage.tell("target 2", Rolls.series)
    stage.fill(1, 2, at: 10_025)
    stage.accept(2)
    _ = Rolls.endDay(&stage)
    // The exits have to go before the position is closed, and the roll comes first.
    #expect(
      Rolls.briefs(stage.tell("target 0", Rolls.series)) == ["intent target", "cancel 2 strategy"])
    #expect(Rolls.endDay(&stage) == ["rolled 2 0 to 1 by -200"])
    // It says itself what is to be held, so nothing is opened before.
    #expect(
      Rolls.briefs(stage.report(2, .cancelled(.requested, text: ""))) == [
        "intent order", "submitted 3 sell 2 market",
      ])
    #expect(stage.tell("target -1", Rolls.series).map(\.brief) == ["intent target"])
    #expect(
      Rolls.briefs(stage.fill(3, 2, at: 9_975)) == [
        "intent target", "intent order", "submitted 4 sell 1 market", "intent order",
        "held 5 buy 1 stop stop 10275",
      ])
    stage.fill(4, 1, at: 10_175)
    #expect((Rolls.held(stage, Rolls.old), Rolls.held(stage, Rolls.new)) == (0, -1))
  }

  @Test func `algorithms stop with their contract`() {
    var stage = Rolls.stage("continuous.FT.days=2")
    stage.quote(9_975, 10_025, Rolls.old)
    stage.quote(10_175, 10_225, Rolls.new)
    #expect(
      Rolls.briefs(stage.tell("execute buy 4 twap 10d slices 4", Rolls.series)) == [
        "intent execute", "held 1 buy 4 market", "intent order", "submitted 2 buy 1 limit @ 10025",
      ])
    stage.fill(2, 1, at: 10_025)
    _ = Rolls.endDay(&stage)
    let made = Rolls.endDay(&stage)
    #expect(made.contains("ended 1 roll"), "\(made)")
    #expect(made.contains("submitted 3 sell 1 market"), "\(made)")
  }
}
