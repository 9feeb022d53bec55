import Events
import Scenarios
import Testing
import Trading

@Suite struct EmaCrossTests {
  /// Prices 100, 104, 104, 96, 96, 110, 110, 110 with fast 1 (the price itself) and slow 3 (alpha 1/2):
  /// slow = 100, 102, 103, 99.5, 97.75, 103.875, …; ready from the third on. Signs: third up, fourth
  /// down, sixth up.
  @Test(arguments: [
    ("flip", ["", "", "", "sell 5", "", "buy 5", "", ""]),
    ("target", ["", "", "buy 5", "sell 10", "", "buy 10", "", ""]),
    ("long", ["", "", "buy 5", "sell 5", "", "buy 5", "", ""]),
  ])
  func `the modes trade as worked by hand`(mode: String, expected: [String]) {
    var stage = stage("kind=ema-cross, clock=trade, fast=1, slow=3, size=5, mode=\(mode)")
    var order: UInt64 = 0
    for (price, wanted) in zip([100, 104, 104, 96, 96, 110, 110, 110] as [Int64], expected) {
      let decisions = stage.step(trade(price))
      #expect(lines(decisions) == (wanted.isEmpty ? [] : [wanted]))
      guard case .submitted(let ticket) = decisions.last else { continue }
      order += 1
      stage.fill(order, ticket.quantity.raw, at: price)
    }
  }

  @Test func `equal averages keep the last sign`() {
    var stage = stage("kind=ema-cross, clock=trade, fast=1, slow=2, size=5")
    for _ in 0..<6 { #expect(lines(stage.step(trade(100))).isEmpty) }
    #expect(lines(stage.step(trade(101))).isEmpty)
    #expect(lines(stage.step(trade(90))) == ["sell 5"])
  }

  @Test func `one-sided quotes are no observations`() {
    var stage = stage("kind=ema-cross, fast=1, slow=2, size=1, mode=target")
    stage.quote(100, 102)
    stage.quote(Price.none.raw, 900, sizes: (0, 1))
    #expect(lines(stage.quote(102, 104)) == ["buy 1"])
  }

  @Test func `the reason shows both averages in the currency`() throws {
    var stage = stage("kind=ema-cross, clock=trade, fast=1, slow=2, size=1, mode=target")
    stage.step(trade(100))
    let decisions = stage.step(trade(200))
    guard case .intent(let intent) = try #require(decisions.first) else { return }
    #expect(intent.reason.text == "fast average above slow")
    // alpha of 2 is 2/3: 100 + 2/3 × 100 cents.
    #expect(
      intent.reason.values.map { "\($0.name) \($0.value)" } == [
        "fast 2.000000000", "slow 1.666666667",
      ])
  }

  @Test func `a size below a lot is refused, not rounded up`() {
    var stage = stage("kind=ema-cross, clock=trade, fast=1, slow=2, size=0.5")
    stage.step(trade(100))
    stage.step(trade(101))
    #expect(lines(stage.step(trade(90))) == ["refused orderInvalid"])
  }
}
