import Events
import Scenarios
import Testing

@testable import Trading

/// The short way past the gate's rules allows nothing that they refuse, and most of what is plain.
@Suite struct PlainOrderTests {
  @Test(
    arguments: [
      "", "order.max_quantity=40", "order.max_notional=2000 USD", "position.max_quantity=30",
      "order.price_collar=1 %", "orders.max_open=1",
    ])
  func `what is beyond doubt breaks no rule`(_ limit: String) {
    let risk = limit.isEmpty ? "" : "risk.\(limit)"
    var stage = RiskGateTests.stage(risk)
    var random = Dice(3)
    var (beyond, refused) = (0, 0)
    for turn in 0..<6_000 {
      if turn == 4_000 {
        stage.step(
          .priceBand(
            PriceBand(instrument: InstrumentID(0), lower: Price(9_900), upper: Price(10_100)))
        )
      }
      if turn == 5_000 {
        stage.step(
          .market(.status(StatusChange(instrument: InstrumentID(0), status: .halted))))
      }
      let request = Self.request(&random)
      let asked = RiskGate.Asked(request: request, strategy: StrategyID(0))
      let broken = stage.engine.gate.checkOrder(asked, nil, stage.engine.market)
      let plain = PlainIntent(request, of: StrategyID(0))
      let isBeyond =
        request.terms.isPlain && stage.engine.gate.approve(plain, stage.engine.market) != nil
      if isBeyond { beyond += 1 }
      if broken != nil { refused += 1 }
      if isBeyond, broken != nil { Issue.record("\(request) is refused") }
    }
    #expect(refused > 300)
    #expect(limit.isEmpty || limit == "order.max_quantity=40" ? beyond > 300 : beyond == 0)
  }

  private static func request(_ random: inout Dice) -> OrderRequest {
    let type =
      random.isOne(in: 8)
      ? OrderType.allCases[random.below(11)] : random.isOne(in: 2) ? .market : .limit
    var terms = OrderTerms.plain
    if random.isOne(in: 20) { terms.isReduceOnly = true }
    var price = Price(Int64(9_850 + random.below(300)))
    if random.isOne(in: 20) { price = Price([0, .min, .max, -1][random.below(4)]) }
    let quantity =
      random.isOne(in: 20) ? [0, -1, .max, .min][random.below(4)] : Int64(1 + random.below(60))
    return OrderRequest(
      instrument: InstrumentID(random.isOne(in: 8) ? UInt16(random.below(5)) : 0),
      side: random.isOne(in: 20) ? .none : random.isOne(in: 2) ? .buy : .sell, type: type,
      timeInForce: random.isOne(in: 4) ? TimeInForce.allCases[random.below(8)] : .goodTillCancelled,
      quantity: Quantity(quantity), price: type == .market ? .none : price, terms: terms)
  }
}

extension Dice {
  fileprivate mutating func isOne(in count: Int) -> Bool { below(count) == 0 }
  fileprivate mutating func below(_ count: Int) -> Int { Int(roll(0...Int64(count - 1))) }
}
