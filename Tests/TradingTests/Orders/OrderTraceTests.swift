import Events
import Scenarios
import Testing
import Trading

/// An order made again from its entries, against the engine that had it.
struct OrderTraceTests {
  private static let configuration = ConfigurationItems(
    lines: """
      account.cash=1000000 USD
      strategy.s.kind=scripted
      strategy.s.instruments=AAA
      strategy.s.name=s
      """)

  private static func stage() -> Stage {
    var stage = Stage()
    stage.step(.instrument(.share(0, "AAA")))
    stage.step(.configuration(configuration))
    stage.quote(9_999, 10_001)
    return stage
  }

  private static func trace(_ order: UInt64, in stage: borrowing Stage) -> OrderTrace {
    var trace = OrderTrace(OrderID(order))
    for entry in stage.entries { trace.take(entry.event, entry.header) }
    return trace
  }

  @Test func `fills, busts, corrections, cancels and conditions are followed`() throws {
    var stage = Self.stage()
    stage.tell("buy 100 @ 10000")
    stage.tell("sell 50 @ 10100")
    stage.tell("buy 10 @ 9000 ioc")
    stage.tell("sell 5 stop 9900")
    stage.accept(1)
    stage.fill(1, 40, at: 10_000, id: 1)
    stage.fill(1, 40, at: 10_000, id: 1)
    stage.fill(1, 10, at: 10_000, id: 2)
    stage.report(1, .busted(fill: 2, text: "error"))
    stage.accept(2)
    stage.tell("replace 2 60 @ 10090")
    stage.report(2, .replaced(quantity: Quantity(60), price: Price(10_090)))
    stage.tell("cancel 2")
    stage.report(2, .cancelled(.requested, text: ""))
    stage.report(3, .rejected(code: 1, text: "no"))
    var seen: [OrderState] = []
    for raw in 1...stage.engine.market.orders.lastID.raw {
      let found = stage.engine.market.orders[OrderID(raw)]
      let known = try #require(found)
      let traced = try #require(Self.trace(raw, in: stage).order)
      #expect(traced.state == known.state && traced.filled == known.filled, "ord-\(raw)")
      #expect(traced.ticket == known.ticket, "ord-\(raw)")
      seen.append(traced.state)
    }
    #expect(seen == [.partial, .cancelled, .rejected, .pending])
    #expect(Self.trace(3, in: stage).reason == "no")
    #expect(Self.trace(9, in: stage).order == nil)
  }
}
