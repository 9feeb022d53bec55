import Events
import Scenarios
import Trading

extension GoldenScenario {
  /// Orders that the core keeps, lists, algorithms, routes and what configurations make of targets.
  static func orders(_ stage: inout Stage) {
    start(
      &stage,
      """
      account.cash=1000000 USD
      orders.native=none
      risk.position.max_quantity=400
      risk.instrument.IDX.order.max_quantity=1
      strategy.a-lists.kind=scripted
      strategy.a-lists.instruments=SHR
      strategy.a-lists.name=lists
      strategy.b-plans.kind=scripted
      strategy.b-plans.instruments=SHR,IDX
      strategy.b-plans.name=plans
      strategy.c-handled.kind=scripted
      strategy.c-handled.instruments=SHR
      strategy.c-handled.name=handled
      strategy.c-handled.execution=slow
      strategy.c-handled.bracket.take_profit=1 %
      strategy.c-handled.bracket.stop_loss=40 ticks
      execution.slow.algorithm=twap
      execution.slow.duration=10s
      execution.slow.slices=2
      route.share.instruments=XV0:SHR,XV1:SHR
      route.share.fee.XV1=0.01 USD
      route.share.miss_cost=0.05 USD
      route.share.rounds=2
      """)
    stage.step(.instrument(.share(2, "SHR", venue: 1)))
    stage.quote(9990, 10_010, sizes: (100, 60))
    stage.quote(9991, 10_011, InstrumentID(2))
    stage.quote(479_975, 480_025, InstrumentID(1))
    lists(&stage)
    plans(&stage)
    handled(&stage)
  }

  /// Orders 1 to 6: a stop that is triggered, a bracket whose profit is taken, a day's stop that ends.
  private static func lists(_ stage: inout Stage) {
    stage.tell("sell 5 stop 9900", to: "lists")
    stage.quote(9880, 9900, sizes: (100, 60))
    stage.accept(1)
    stage.fill(1, 5, at: 9880)
    stage.tell("bracket buy 10 @ 9900 | sell 10 @ 10000 | sell 10 stop 9800", to: "lists")
    stage.accept(2)
    stage.fill(2, 4, at: 9900)
    stage.accept(3)
    stage.fill(2, 6, at: 9900)
    stage.report(3, .replaced(quantity: Quantity(10), price: Price(10_000)))
    stage.fill(3, 10, at: 10_000)
    stage.tell("buy 3 stop 10500 day; buy 3 stop 10600 gtd until 1700000000900000000", to: "lists")
    stage.step(
      .market(.status(StatusChange(instrument: InstrumentID(0), status: .closed))))
    stage.step(.timer(.engine), after: 1_000_000_000)
    stage.step(
      .market(.status(StatusChange(instrument: InstrumentID(0), status: .trading))))
  }

  /// Orders 7 and on: a slice, a split over venues that goes on where it did not fail, a pair that cannot be
  /// hedged.
  private static func plans(_ stage: inout Stage) {
    stage.tell("execute buy 100 route 60s", to: "plans")
    stage.fill(8, 20, at: 9900)
    stage.report(8, .cancelled(.immediate, text: ""))
    stage.fill(9, 40, at: 10_011)
    stage.fill(10, 40, at: 10_011)
    stage.tell(
      "execute sell 2 @ 480000 pairs 30s instrument 0 ratio 10", to: "plans", InstrumentID(1))
    stage.tell(
      "execute sell 1 @ 479975 pairs 30s instrument 0 ratio 500", to: "plans", InstrumentID(1))
    stage.fill(12, 1, at: 479_975)
    for _ in 0..<12 { stage.step(.timer(.engine), after: 3_100_000_000) }
    stage.tell("execute buy 50 pov 20s rate 0.5", to: "plans")
    stage.step(
      .market(
        .trade(
          Trade(
            instrument: InstrumentID(0), price: Price(9890), size: Quantity(40), side: .buy))))
    stage.tell("cancel 13", to: "plans")
  }

  /// A target worked slowly with exits, and its turn.
  private static func handled(_ stage: inout Stage) {
    stage.tell("target 10", to: "handled")
    stage.tell("target -10", to: "handled")
  }
}
