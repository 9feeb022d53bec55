import Events
import Scenarios
import Testing

@testable import Reporting

/// Why an account was liquidated.
@Suite struct LiquidationExplanationTests {
  /// 20 shares bought at 100 dollars with 1,000; at 66 a quarter of their value, 330, must be kept, and 320 are
  /// left. A call has two days. One before was met.
  static func stage() -> Stage {
    var stage = Stage()
    let lines = """
      account.cash=1000 USD
      account.margin=reg-t
      account.liquidation=2d
      strategy.one.kind=scripted
      strategy.one.instruments=SHR
      """
    stage.step(.configuration(ConfigurationItems(lines: lines)))
    stage.step(.instrument(.share(0, "SHR")))
    stage.quote(10_000, 10_000)
    stage.tell("buy 20")
    stage.accept(1)
    stage.fill(1, 20, at: 10_000)
    for price: Int64 in [6_600, 7_000, 6_600] {
      stage.quote(price, price, after: 2 * Nanoseconds.second)
    }
    return stage
  }

  @Test func `the margin call that was not met stands before the liquidation`() throws {
    var stage = Self.stage()
    let calls = stage.entries.filter { $0.event.kind == .marginCall }.map(\.header.sequence)
    #expect(calls.count == 3)
    let called = try #require(calls.last)
    stage.step(.timer(.engine), after: 2 * Nanoseconds.day)
    let order = try #require(
      stage.entries.compactMap { entry -> OrderTicket? in
        if case .decision(.submitted(let ticket)) = entry.event { ticket } else { nil }
      }.last)
    #expect(order.terms.isLiquidation)
    let folder = try JournalFolder()
    let reader = try folder.write(stage.entries, to: "run")
    let explained = [
      try #require(try Explanation(of: order.order, in: reader)),
      try #require(try Explanation(of: stage.sequence, in: reader)),
    ]
    withExtendedLifetime(folder) {}
    for explanation in explained {
      let kinds = explanation.steps.map(\.entry.event.kind.name)
      let call = try #require(kinds.firstIndex(of: "margin_call"), "\(kinds)")
      let liquidation = try #require(kinds.firstIndex(of: "liquidation"), "\(kinds)")
      #expect(call < liquidation && kinds.count { $0 == "margin_call" } == 1)
      #expect(explanation.steps[call].entry.header.sequence == called)
    }
  }
}
