import Events
import Scenarios
import Testing
import Trading

@Suite struct SignalFollowerTests {
  static func signal(_ score: Double, model: String = "m") -> Observation {
    .signal(
      Signal(
        instrument: InstrumentID(0), score: Int64(score * 1e9), model: model, version: "1"))
  }

  @Test func `scores beyond the thresholds are followed`() {
    var stage = stage("kind=signal-follower, size=7, enter=0.5, exit=0.1")
    var order: UInt64 = 0
    for (score, expected) in [
      (0.5, ""), (0.500000001, "buy 7"), (0.9, ""), (0.3, ""), (0.100000001, ""), (0.1, "sell 7"),
      (0, ""), (-0.5, ""), (-0.6, "sell 7"), (-0.2, ""), (0.7, "buy 14"), (-0.05, "sell 7"),
    ] as [(Double, String)] {
      let decisions = stage.step(Self.signal(score))
      #expect(lines(decisions) == (expected.isEmpty ? [] : [expected]), "\(score)")
      guard case .submitted(let ticket) = decisions.last else { continue }
      order += 1
      stage.fill(order, ticket.quantity.raw, at: 100)
    }
  }

  @Test func `an order under way counts as held`() {
    var stage = stage("kind=signal-follower, size=7, enter=0.5, exit=0")
    #expect(lines(stage.step(Self.signal(0.6))) == ["buy 7"])
    #expect(lines(stage.step(Self.signal(0.6))).isEmpty)
    #expect(lines(stage.step(Self.signal(-0.6))) == ["sell 14"])
    stage.report(2, .rejected(code: 4, text: ""))
    #expect(lines(stage.step(Self.signal(-0.6))) == ["sell 14"])
  }

  @Test func `only the model asked for is listened to`() {
    var stage = stage("kind=signal-follower, size=7, enter=0.5, exit=0.1, model=good")
    #expect(lines(stage.step(Self.signal(1, model: "bad"))).isEmpty)
    #expect(lines(stage.step(Self.signal(1, model: "good"))) == ["buy 7"])
  }

  @Test func `the extreme scores do not trap`() {
    var stage = stage("kind=signal-follower, size=7, enter=0.5, exit=0.1")
    for score in [Int64.min, .max] {
      stage.step(
        .signal(
          Signal(instrument: InstrumentID(0), score: score, model: "m", version: "1")))
    }
    #expect(stage.engine.tally.orders == 2)
  }
}
