import Events
import Scenarios
import Testing

@testable import Trading

// What a corrected execution does to lists, children and parents.
@Suite struct CorrectionTests {
  private typealias Held = HeldOrderTests

  /// What is asked for; orders that fill and how much, in order, under execution ids from 1 on; the execution
  /// that is corrected and its new quantity; what follows; the state of the order corrected.
  static let table: [(String, [(UInt64, Int64)], (UInt64, Int64), [String], OrderState)] = [
    // It completes a parent: children wake, as by a fill.
    (
      "oto buy 5 @ 9980 | sell 5 @ 10100", [(1, 3)], (1, 5),
      ["released 2 sell 5 limit @ 10100 activated", "alert report.busted 1"], .filled
    ),
    // Not yet complete.
    ("oto buy 5 @ 9980 | sell 5 @ 10100", [(1, 3)], (1, 4), ["alert report.busted 1"], .partial),
    // The children of a bracket wake for what it adds.
    (
      "bracket buy 10 @ 9980 | sell 10 @ 10100 | sell 10 stop 9900", [(1, 4)], (1, 10),
      ["replace 2 10 @ 10100", "replace 3 10 @ 9900", "alert report.busted 1"], .filled
    ),
    // What it takes away leaves them as they are.
    (
      "bracket buy 10 @ 9980 | sell 10 @ 10100 | sell 10 stop 9900", [(1, 4)], (1, 1),
      ["alert report.busted 1"], .partial
    ),
    // It completes one of a linked pair: the other goes, also what the entry would still open.
    (
      "bracket buy 10 @ 9980 | sell 10 @ 10100 | sell 10 stop 9900", [(1, 10), (2, 6)], (2, 10),
      ["cancel 3 linked", "alert report.busted 2"], .filled
    ),
    (
      "bracket buy 10 @ 9980 | sell 10 @ 10100 | sell 10 stop 9900", [(1, 4), (2, 3)], (2, 4),
      ["cancel 1 linked", "cancel 3 linked", "alert report.busted 2"], .filled
    ),
    // It adds to one of a linked pair: the other loses as much.
    (
      "bracket buy 10 @ 9980 | sell 10 @ 10100 | sell 10 stop 9900", [(1, 10), (2, 2)], (2, 5),
      ["replace 3 5 @ 9900", "alert report.busted 2"], .partial
    ),
    // An order that ended stays ended.
    ("buy 10 @ 10010", [(1, 10)], (1, 6), ["alert report.busted 1"], .filled),
  ]

  @Test(arguments: table.indices) func `what a correction adds acts as a fill`(_ index: Int) {
    let (script, fills, (execution, quantity), expected, state) = Self.table[index]
    var stage = Held.stage("")
    stage.tell(script)
    var venue = Venue()
    for (number, (order, size)) in fills.enumerated() {
      venue.acceptAll(&stage)
      stage.fill(order, size, at: 10_000, id: UInt64(number + 1))
      venue.acceptAll(&stage)
    }
    let order = fills[Int(execution) - 1].0
    #expect(Self.correct(&stage, order, execution, quantity) == expected)
    #expect(stage.engine.market.orders[OrderID(order)]?.state == state)
  }

  private static func correct(
    _ stage: inout Stage, _ order: UInt64, _ execution: UInt64, _ quantity: Int64
  ) -> [String] {
    Held.brief(
      stage.report(
        order,
        .corrected(
          Fill(
            id: execution, price: Price(10_000), quantity: Quantity(quantity), fee: .zero,
            feeCurrency: "USD", liquidity: .maker), text: "")))
  }

  /// Accepts what is sent and replaces what is asked for.
  private struct Venue {
    mutating func acceptAll(_ stage: inout Stage) {
      for order in stage.engine.market.orders.open {
        if order.state == .pending { stage.accept(order.id.raw) }
        if let replacement = order.replacement {
          stage.report(
            order.id.raw,
            .replaced(quantity: replacement.quantity, price: replacement.price))
        }
      }
    }
  }

  @Test func `a bust that reopens a parent wakes no child twice`() {
    var stage = Held.stage("")
    stage.tell("bracket buy 10 @ 9980 | sell 10 @ 10100 | sell 10 stop 9900")
    stage.accept(1)
    stage.fill(1, 6, at: 9_980, id: 1)
    stage.accept(2)
    stage.accept(3)
    #expect(
      Held.brief(stage.report(1, .busted(fill: 1, text: ""))) == ["alert report.busted 1"])
    #expect(stage.engine.market.orders[OrderID(1)]?.state == .working)
    #expect(stage.engine.market.orders[OrderID(2)]?.ticket.quantity == Quantity(6))
    // 4 of the exits still slept: they are never more than the entry.
    #expect(
      Held.brief(stage.fill(1, 10, at: 9_980, id: 2)) == [
        "replace 2 10 @ 10100", "replace 3 10 @ 9900",
      ])
  }

  @Test func `a slice that a correction completes lets its parent go on`() {
    var stage = ParentTests.stage()
    stage.tell("execute buy 10 twap 20s slices 2")
    stage.accept(2)
    stage.fill(2, 3, at: 10_010, id: 7)
    #expect(Self.correct(&stage, 2, 7, 5) == ["alert report.busted 2"])
    #expect(stage.engine.market.orders[OrderID(1)]?.filled == Quantity(5))
    #expect(ParentTests.wait(&stage, 10) == ["submitted 3 buy 5 limit @ 10010"])
  }
}
