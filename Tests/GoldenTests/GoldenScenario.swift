import Testing
import Events
import Scenarios
import Testing
import Trading

/// A small scripted run whose journal and end state are kept as text in `Journals/Golden`.
struct GoldenScenario: Sendable, CustomTestStringConvertible {
  var name: String
  var play: @Sendable (inout Stage) -> Void

  var testDescription: String { name }

  static let all = [
    GoldenScenario(name: "every-decision", play: everyDecision),
    GoldenScenario(name: "positions", play: positions),
    GoldenScenario(name: "strategies", play: strategies),
    GoldenScenario(name: "held-orders", play: heldOrders),
    GoldenScenario(name: "orders", play: orders),
    GoldenScenario(name: "books", play: books),
    GoldenScenario(name: "charges", play: charges),
    GoldenScenario(name: "rolls", play: rolls),
    GoldenScenario(name: "reconciliation", play: reconciliation),
    GoldenScenario(name: "risk", play: risk),
    GoldenScenario(name: "funds", play: funds),
    GoldenScenario(name: "dynamic-limits", play: dynamicLimits),
  ]

  /// Every kind of decision, of intent and of cancel.
  private static func everyDecision(_ stage: inout Stage) {
    start(
      &stage,
      """
      account.cash=10000 USD
      risk.order.max_quantity=500
      risk.position.max_quantity=800
      strategy.one.kind=scripted
      strategy.one.instruments=SHR
      strategy.one.name=one
      strategy.two.kind=scripted
      strategy.two.instruments=SHR,IDX
      strategy.two.name=two
      strategy.two.on_end=buy 1 @ 9900 day
      """)
    stage.quote(9990, 10_010)
    stage.tell("target 100", to: "one")
    stage.accept(1)
    stage.fill(1, 60, at: 10_010, fee: Money(raw: 300_000_000_000))
    stage.fill(1, 40, at: 10_011, id: 7)
    stage.fill(1, 40, at: 10_011, id: 7)
    stage.tell("buy 501 @ 9900; buy 500 @ 9900; buy 400 @ 9900 gtc", to: "one")
    stage.accept(2)
    stage.tell("replace 2 300 @ 9950", to: "one")
    stage.report(2, .replaced(quantity: Quantity(300), price: Price(9950)))
    stage.tell("sell 5 @ 480000; cancel 2; cancel 9", to: "two", InstrumentID(1))
    stage.tell("cancel 2", to: "one")
    stage.fill(2, 50, at: 9950)
    stage.report(2, .requestRejected(.cancel, code: 2, text: "too late"))
    act(&stage, .cancel, Scope(.order, 2))
    stage.report(2, .cancelled(.requested, text: "by \"the\" operator"))
    stage.fill(2, 10, at: 9949)
    act(&stage, .halt, Scope(.instrument, 1))
    stage.tell("sell 5 @ 480000", to: "two", InstrumentID(1))
    stage.report(3, .cancelled(.requested, text: ""))
    act(&stage, .resume, Scope(.instrument, 1))
    stage.tell("sell 1", to: "two")
    stage.step(.connection(ConnectionChange(venue: VenueID(0), state: .disconnected, text: "gone")))
    stage.report(4, .status(.neverReceived, filled: .zero))
    stage.report(99, .accepted(venueOrder: "stranger"))
    stage.step(
      .runStopped(RunStop(why: .finished)))
  }

  /// Averages, flips and shorts of a share, a future and a coin, with fees and rebates.
  private static func positions(_ stage: inout Stage) {
    start(
      &stage,
      """
      account.cash=100000 USD, 50000 EUR
      strategy.p.kind=scripted
      strategy.p.instruments=SHR,IDX,COIN
      """)
    stage.step(.instrument(.coin(2, "COIN")))
    let fills: [(UInt16, String, [(Int64, Int64, Int64)])] = [
      (0, "buy 300", [(100, 10_000, 5), (100, 10_101, 5), (100, 9_999, 5)]),
      (0, "sell 450", [(200, 10_050, -2), (250, 10_075, -2)]),
      (1, "sell 3", [(3, 480_025, 210)]),
      (1, "buy 5", [(4, 479_975, 280), (1, 480_100, 70)]),
      (2, "buy 150000", [(50_000, 4_000_001, 100), (100_000, 4_000_003, 200)]),
      (2, "sell 33300", [(33_300, 4_100_007, 50)]),
    ]
    for (index, (id, order, parts)) in fills.enumerated() {
      stage.tell(order, InstrumentID(id))
      stage.accept(UInt64(index + 1))
      for (quantity, price, cents) in parts {
        stage.fill(
          UInt64(index + 1), quantity, at: price, fee: Money(raw: Int128(cents) * Money.one / 100),
          in: id == 2 ? "EUR" : "USD")
      }
    }
    stage.quote(10_090, 10_110)
  }

  /// The shipped strategies on a few ticks.
  private static func strategies(_ stage: inout Stage) {
    start(
      &stage,
      """
      account.cash=100000 USD
      strategy.a-cross.kind=ema-cross
      strategy.a-cross.instruments=IDX
      strategy.a-cross.clock=trade
      strategy.a-cross.fast=2
      strategy.a-cross.slow=3
      strategy.a-cross.size=1
      strategy.b-maker.kind=market-maker
      strategy.b-maker.instruments=SHR
      strategy.b-maker.size=10
      strategy.b-maker.max_position=10
      strategy.b-maker.spread=3
      strategy.c-follow.kind=signal-follower
      strategy.c-follow.instruments=SHR
      strategy.c-follow.enter=0.5
      strategy.c-follow.exit=0.1
      strategy.c-follow.size=7
      """)
    stage.quote(9990, 10_010)
    stage.accept(1)
    stage.accept(2)
    stage.quote(9992, 10_012)
    stage.report(1, .replaced(quantity: Quantity(10), price: Price(9999)))
    stage.report(2, .replaced(quantity: Quantity(10), price: Price(10_005)))
    stage.fill(1, 10, at: 9999)
    stage.quote(9992, 10_012)
    for price in [480_000, 480_025, 480_050, 479_900, 479_800, 480_200, 480_300] as [Int64] {
      stage.step(
        .market(
          .trade(
            Trade(
              instrument: InstrumentID(1), price: Price(price), size: Quantity(1), side: .buy))))
    }
    for score in [400_000_000, 600_000_000, 50_000_000, -700_000_000] as [Int64] {
      stage.step(
        .signal(
          Signal(instrument: InstrumentID(0), score: score, model: "hold", version: "1")))
    }
  }

  /// Orders that the core keeps, links and ends, and what venues publish beside the books.
  private static func heldOrders(_ stage: inout Stage) {
    start(
      &stage,
      """
      account.cash=100000 USD
      orders.native=none
      orders.trigger=bid-ask
      strategy.one.kind=scripted
      strategy.one.instruments=SHR
      """)
    stage.quote(9_990, 10_010)
    stage.tell("sell 5 stop 9900 @ 9890; buy 5 trail 50 watch mark; sell 3 touch 10100 day")
    stage.step(
      .reference(
        ReferenceValue(instrument: InstrumentID(0), field: .mark, value: 10_000)))
    stage.step(
      .priceBand(
        PriceBand(instrument: InstrumentID(0), lower: Price(9_000), upper: Price(11_000))))
    stage.tell("bracket buy 10 @ 9980 | sell 10 @ 10080 | sell 10 stop 9950; buy 1 @ 11001")
    stage.accept(4)
    stage.fill(4, 4, at: 9_980, id: 1)
    stage.accept(5)
    stage.fill(4, 6, at: 9_979, id: 2)
    stage.report(5, .replaced(quantity: Quantity(10), price: Price(10_080)))
    stage.report(
      4,
      .corrected(
        Fill(
          id: 2, price: Price(9_978), quantity: Quantity(6), fee: .zero, feeCurrency: "USD",
          liquidity: .maker), text: "price"))
    stage.fill(5, 3, at: 10_080, id: 3)
    stage.quote(9_940, 9_960)
    stage.accept(6)
    stage.fill(6, 7, at: 9_940, id: 4)
    stage.report(5, .cancelled(.requested, text: ""))
    stage.report(6, .busted(fill: 4, text: "clearly erroneous"))
    stage.tell("oco buy 1 @ 9000 | buy 1 stop 12000")
    stage.accept(7)
    stage.tell("cancel 7")
    stage.report(7, .cancelled(.requested, text: ""))
    stage.step(.market(.status(StatusChange(instrument: InstrumentID(0), status: .closed))))
  }

  static func start(_ stage: inout Stage, _ lines: String) {
    stage.step(
      .runStarted(
        RunStart(mode: .simulation, seed: 1, engine: "golden", strategies: "", source: "script")))
    stage.step(.configuration(ConfigurationItems(lines: lines)))
    stage.step(.instrument(.share(0, "SHR")))
    stage.step(.instrument(.future(1, "IDX")))
  }

  private static func act(_ stage: inout Stage, _ act: OperatorAct.Act, _ scope: Scope) {
    stage.step(
      .operatorAct(OperatorAct(act: act, scope: scope, subject: "golden", reason: "script")))
  }
}
