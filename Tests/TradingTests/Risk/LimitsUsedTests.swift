import Books
import Events
import Scenarios
import Testing

@testable import Trading

/// How much of each limit an order uses, recorded with it.
@Suite struct LimitsUsedTests {
  static func used(_ decisions: [Decision]) -> LimitsUsed? {
    for case .limitsUsed(let used) in decisions { return used }
    return nil
  }

  @Test func `the closest limit comes first, and each says value, limit and whose it is`() throws {
    var stage = RiskControlsTests.stage(
      "record_use=true\norder.max_quantity=100\norder.max_notional=2000 USD\n"
        + "position.max_quantity=20\norder.max_rate=4/s\nexposure.max_gross=1000 USD\n"
        + "strategy.a.exposure.max_net=700 USD\norders.max_open=50")
    let made = stage.tell("buy 6", to: "a")
    #expect(made.map(\.brief) == ["intent order", "submitted 1 buy 6 market", "used 1 7"])
    let used = try #require(Self.used(made))
    #expect(used.order == OrderID(1))
    #expect(
      used.uses.map { "\($0.rule.name) \($0.scope)" } == [
        "exposure.max_net strategy a", "exposure.max_gross firm", "order.max_notional order",
        "position.max_quantity order", "order.max_rate order", "order.max_quantity order",
        "orders.max_open firm",
      ])
    let net = used.uses[0]
    #expect(net.value == 600 * Money.one && net.limit == 700 * Money.one && net.unit == "USD")
    #expect(used.uses[4].value == 1 && used.uses[4].limit == 4)
    #expect(used.uses[4].unit == "orders/s")
  }

  @Test func `without being asked for, nothing is recorded`() {
    var stage = RiskControlsTests.stage("exposure.max_gross=1000 USD")
    #expect(Self.used(stage.tell("buy 6", to: "a")) == nil)
  }
}
