import Books
import Events
import Scenarios
import Testing

@testable import Trading

/// The kill switch: blocks, cancels, asks again until every order is known to be finished.
@Suite struct KillTests {
  static func act(_ act: OperatorAct.Act, _ scope: Scope) -> Observation {
    .operatorAct(OperatorAct(act: act, scope: scope, subject: "ann", reason: "drill"))
  }

  static func brief(_ decisions: [Decision]) -> [String] { decisions.map(\.brief) }

  @Test func `a kill blocks, then cancels, and is done when the last order is finished`() {
    var stage = RiskControlsTests.stage("")
    stage.tell("buy 1 @ 9000", to: "a")
    stage.tell("buy 2 @ 9000", to: "b")
    stage.accept(1)
    #expect(
      Self.brief(stage.step(Self.act(.kill, .all))) == [
        "halted", "kill 0 2", "cancel 1 halt", "cancel 2 halt",
      ])
    #expect(stage.engine.halts == [.all])
    #expect(Self.brief(stage.tell("buy 1", to: "a")).last == "refused engine.halted")
    #expect(stage.report(1, .cancelled(.requested, text: "")).isEmpty)
    #expect(
      Self.brief(stage.report(2, .cancelled(.requested, text: ""))) == ["kill 0 0"])
    #expect(stage.engine.kills.isEmpty && stage.engine.nextWake == nil)
    // It is blocked until somebody says otherwise.
    #expect(Self.brief(stage.tell("buy 1", to: "a")).last == "refused engine.halted")
    #expect(Self.brief(stage.step(Self.act(.resume, .all))) == ["resumed"])
    #expect(Self.brief(stage.tell("buy 1", to: "a")).last?.hasPrefix("submitted") == true)
  }

  @Test func `a block halts and leaves the orders where they are`() {
    var stage = RiskControlsTests.stage("")
    stage.tell("buy 1 @ 9000", to: "a")
    stage.accept(1)
    #expect(Self.brief(stage.step(Self.act(.block, .all))) == ["halted"])
    #expect(stage.engine.halts == [.all] && stage.engine.kills.isEmpty)
    #expect(stage.engine.market.orders[OrderID(1)]?.state == .working)
    #expect(Self.brief(stage.tell("buy 1", to: "a")).last == "refused engine.halted")
    // The next halt is one as ever.
    #expect(Self.brief(stage.step(Self.act(.halt, .all))) == ["halted", "cancel 1 halt"])
  }

  @Test func `an account is halted and killed without the others`() {
    var stage = FundsTests.stage("")
    stage.tell("buy 1 @ 9000", to: "a")
    stage.tell("buy 1 @ 9000", to: "c")
    let sub = Scope(.account, 1)
    #expect(
      Self.brief(stage.step(Self.act(.kill, sub))) == ["halted", "kill 0 1", "cancel 2 halt"])
    #expect(Self.brief(stage.tell("buy 1", to: "c")).last == "refused engine.halted")
    #expect(Self.brief(stage.tell("buy 1", to: "a")).last?.hasPrefix("submitted") == true)
    #expect(Self.brief(stage.report(2, .cancelled(.requested, text: ""))) == ["kill 0 0"])
    var again = Engine(catalog: [ScriptedStrategy.kind])
    #expect(throws: Never.self) { try again.restoreState(stage.stateBytes()) }
    #expect(again.halts == [sub])
    #expect(Self.brief(stage.step(Self.act(.resume, sub))) == ["resumed"])
    #expect(Self.brief(stage.tell("buy 1", to: "c")).last?.hasPrefix("submitted") == true)
  }

  @Test func `cancels that nobody answers are asked for again, after longer and longer pauses`() {
    var stage = RiskControlsTests.stage("")
    stage.tell("buy 1 @ 9000", to: "a")
    stage.step(Self.act(.kill, .all))
    var said: [[String]] = []
    for _ in 0..<3 {
      let pause = stage.engine.nextWake!.since(stage.time)
      #expect(pause == Nanoseconds.second << Int64(said.count))
      #expect(stage.step(.timer(.engine), after: pause - 1).isEmpty)
      said.append(Self.brief(stage.step(.timer(.engine), after: 1)))
    }
    #expect(said == (1...3).map { ["cancel 1 halt", "kill \($0) 1"] })
    // The venue says that it may not cancel: next time it is asked all the same.
    stage.report(1, .requestRejected(.cancel, code: 1, text: "too late"))
    #expect(
      Self.brief(stage.step(.timer(.engine), after: 8_000_000_000)) == [
        "cancel 1 halt", "kill 4 1",
      ])
    #expect(Self.brief(stage.fill(1, 1, at: 9000)) == ["kill 4 0"])
  }

  @Test func `a venue that is back is asked for its cancels before anything else`() {
    var stage = RiskControlsTests.stage("")
    stage.tell("buy 1 @ 9000", to: "a")
    stage.tell("buy 100000 @ 9000", to: "a", InstrumentID(2))
    let venue = VenueID(1)
    stage.step(.connection(ConnectionChange(venue: venue, state: .disconnected)))
    stage.step(Self.act(.kill, .all))
    #expect(
      Self.brief(stage.step(.connection(ConnectionChange(venue: venue, state: .connected))))
        == ["cancel 2 halt"])
  }

  @Test(arguments: [
    (Scope(.strategy, 0), ["halted", "kill 0 2", "cancel 1 halt", "cancel 3 halt"]),
    (Scope(.instrument, 0), ["halted", "kill 0 2", "cancel 1 halt", "cancel 2 halt"]),
    (Scope(.venue, 1), ["halted", "kill 0 1", "cancel 3 halt"]),
    (Scope(.venue, 9), ["halted", "kill 0 0"]),
  ])
  func `a kill takes the orders of its scope`(scope: Scope, expected: [String]) {
    var stage = RiskControlsTests.stage("")
    stage.tell("buy 1 @ 9000", to: "a")
    stage.tell("buy 1 @ 9000", to: "b")
    stage.tell("buy 100000 @ 9000", to: "a", InstrumentID(2))
    #expect(Self.brief(stage.step(Self.act(.kill, scope))) == expected)
  }

  @Test func `held orders and those of algorithms are killed too`() {
    var stage = RiskControlsTests.stage("")
    stage.tell("sell 1 trail 50", to: "a")
    stage.tell("execute buy 10 twap 1h slices 5", to: "a")
    let open = stage.engine.market.orders.open.map(\.id.raw)
    stage.step(Self.act(.kill, .all))
    for id in open where stage.engine.market.orders[OrderID(id)]?.state == .cancelPending {
      stage.report(id, .cancelled(.requested, text: ""))
    }
    #expect(stage.engine.market.orders.open.isEmpty && stage.engine.kills.isEmpty)
  }

  @Test func `a kill under way goes on from a snapshot`() throws {
    var stage = RiskControlsTests.stage("exposure.max_gross=5000 USD")
    stage.tell("buy 1 @ 9000", to: "a")
    stage.step(Self.act(.kill, .all))
    stage.step(.timer(.engine), after: Nanoseconds.second)
    var again = Engine(catalog: [ScriptedStrategy.kind])
    try again.restoreState(stage.stateBytes())
    var restored = Stage(again, after: stage.sequence, at: stage.time)
    #expect(restored.engine.kills == stage.engine.kills)
    #expect(restored.engine.nextWake == stage.engine.nextWake)
    let first = stage.step(.timer(.engine), after: 2 * Nanoseconds.second)
    let second = restored.step(.timer(.engine), after: 2 * Nanoseconds.second)
    #expect(first == second && !first.isEmpty)
    #expect(stage.stateBytes() == restored.stateBytes())
  }
}
