import Events
import Scenarios
import Testing

@testable import Trading

/// Orders that people give.
@Suite struct InstructionTests {
  static func order(
    _ name: String = "hedge-1", _ quantity: Int64 = 10, strategy: UInt16 = 0,
    _ instrument: InstrumentID = BooksTests.share, type: OrderType = .market,
    action: IntentRecord.Action = .order, at price: Price = .none
  ) -> Observation {
    .instruction(
      Instruction(
        clientOrder: name, subject: "ann",
        intent: IntentRecord(
          strategy: StrategyID(strategy), action: action, instrument: instrument, side: .buy,
          type: type, timeInForce: type == .market ? .immediateOrCancel : .day,
          quantity: Quantity(quantity), price: price, reason: Reason("hedge"))))
  }

  @Test func `it becomes the strategy's intent and order, and is found by its name`() throws {
    var stage = BooksTests.stage()
    let made = stage.step(Self.order())
    #expect(BooksTests.briefs(made) == ["intent order", "submitted 1 buy 10 market"])
    guard case .intent(let intent) = made[0] else { return }
    #expect(intent.reason.text == "ordered by ann: hedge")
    let given = try #require(stage.engine.instructions["hedge-1"])
    #expect(given.order == OrderID(1))
    #expect(stage.engine.instructions["hedge-2"] == nil)
    _ = stage.fill(1, 10, at: 10_000)
    let position = stage.engine.market.portfolio.position(StrategyID(0), BooksTests.share)
    #expect(position.quantity == Quantity(10))
  }

  @Test func `a name is used once, also by an order that was refused`() throws {
    var stage = BooksTests.stage()
    stage.step(Self.order("b"))
    #expect(
      BooksTests.briefs(stage.step(Self.order("b", 3))) == [
        "intent order", "refused order.duplicate",
      ])
    #expect(
      BooksTests.briefs(stage.step(Self.order("a", 0))) == [
        "intent order", "refused order.invalid",
      ])
    #expect(
      BooksTests.briefs(stage.step(Self.order("a", 3))) == [
        "intent order", "refused order.duplicate",
      ])
    #expect(stage.engine.instructions["a"]?.order == OrderID.none)
    #expect(stage.engine.instructions["b"]?.order == OrderID(1))
    // What strategies want afterwards is not taken for the person's.
    #expect(
      BooksTests.briefs(stage.step(Self.order("c", 1))) == [
        "intent order", "submitted 2 buy 1 market",
      ])
    #expect(stage.engine.instructions["c"]?.order == OrderID(2))
    // And it is known after a restart.
    var bytes = ByteBuffer()
    stage.engine.encodeState(to: &bytes)
    var again = Engine(catalog: stage.engine.catalog)
    try again.restoreState(bytes.array)
    #expect(again.instructions["b"] == stage.engine.instructions["b"])
    var same = ByteBuffer()
    again.encodeState(to: &same)
    #expect(same.array == bytes.array)
  }

  @Test func `what cannot be an order of a strategy is an alert`() {
    for observation in [
      Self.order(strategy: 9), Self.order("ord-7"), Self.order("7"), Self.order("a b"),
      Self.order(action: .cancel),
    ] {
      var stage = BooksTests.stage()
      #expect(BooksTests.briefs(stage.step(observation)) == ["alert act.not_permitted 0"])
    }
  }

  @Test(arguments: [
    ("a", true), ("Desk-7.a_1", true), (String(repeating: "x", count: 64), true), ("", false),
    (String(repeating: "x", count: 65), false), ("17", false), ("ord-x", false), ("ü", false),
    ("a/b", false), ("7a", true),
  ])
  func `names are words that no order's number is`(_ name: String, _ isGood: Bool) {
    #expect(Instruction.isClientOrder(name) == isGood)
  }
}
