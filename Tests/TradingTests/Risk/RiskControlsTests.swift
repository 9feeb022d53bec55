import Books
import Events
import Scenarios
import Testing

@testable import Trading

/// The rules that look beyond one order: just below, at and just above their limits, through the engine.
@Suite struct RiskControlsTests {
  static let share = InstrumentID(0)

  /// SHR at 99.50 to 100.50 (mark 100), FUT at 100 × 50, COIN in euros at 100, the pair EURUSD at 1.2, and
  /// 1,000 dollars.
  static func stage(_ risk: String, strategies: [String] = ["a", "b"], cash: String = "1000 USD")
    -> Stage
  {
    var stage = Stage()
    let tables = strategies.map {
      "strategy.\($0).kind=scripted\nstrategy.\($0).instruments=SHR,FUT,COIN\nstrategy.\($0).name=\($0)"
    }
    let lines = risk.split(separator: "\n").map { "risk.\($0)" }
    let text = (["account.cash=\(cash)"] + lines + tables).joined(separator: "\n")
    #expect(stage.step(.configuration(ConfigurationItems(lines: text))).isEmpty)
    stage.step(.instrument(.share(0, "SHR")))
    stage.step(.instrument(.future(1, "FUT")))
    stage.step(.instrument(.coin(2, "COIN")))
    stage.step(.instrument(pair))
    stage.quote(9950, 10050)
    stage.quote(10_000, 10_000, InstrumentID(1))
    stage.quote(10_000, 10_000, InstrumentID(2))
    stage.quote(12_000, 12_000, InstrumentID(3))
    return stage
  }

  static let pair = Instrument(
    id: InstrumentID(3), venue: VenueID(2), venueName: "XFX", symbol: "EURUSD", kind: .forex,
    base: "EUR", currency: "USD", priceScale: 4, quantityScale: 0)

  static func refusal(_ decisions: [Decision]) -> Refusal? {
    if case .refused(let refusal) = decisions.last { return refusal }
    return nil
  }

  struct Case: Sendable {
    var risk: String
    /// Steps before, by `;`-free scripts: `a 0 buy 5`, `fill 1 5 10000`, `quote 0 9900 9900`.
    var before: [String]
    /// The order that is judged: strategy, instrument, script.
    var order: String
    var expected: Rule?

    init(_ risk: String, _ before: [String], _ order: String, _ expected: Rule?) {
      (self.risk, self.before, self.order, self.expected) = (risk, before, order, expected)
    }

    init(_ risk: String, _ order: String, _ expected: Rule?) {
      self.init(risk, [], order, expected)
    }
  }

  static func play(_ line: String, _ stage: inout Stage) -> [Decision] {
    let words = line.split(separator: " ").map(String.init)
    func number(_ index: Int) -> Int64 { Int64(words[index])! }
    switch words[0] {
    case "fill": return stage.fill(UInt64(words[1])!, number(2), at: number(3))
    case "accept": return stage.accept(UInt64(words[1])!)
    case "reject": return stage.report(UInt64(words[1])!, .rejected(code: 1, text: ""))
    case "cancelled": return stage.report(UInt64(words[1])!, .cancelled(.venue, text: ""))
    case "quote":
      return stage.quote(number(2), number(3), InstrumentID(UInt16(words[1])!))
    case "wait":
      return stage.step(.timer(Timer(strategy: StrategyID(99), timer: 0)), after: number(1))
    case "restrict":
      return stage.step(
        .reference(ReferenceValue(instrument: share, field: .shortSaleRestricted, value: 1)))
    default:
      return stage.tell(
        words.dropFirst(2).joined(separator: " "), to: words[0], InstrumentID(UInt16(words[1])!))
    }
  }

  static let exposures: [Case] = [
    Case("exposure.max_gross=500 USD", "a 0 buy 4", nil),
    Case("exposure.max_gross=500 USD", "a 0 buy 5", nil),
    Case("exposure.max_gross=500 USD", "a 0 buy 6", .exposureMaxGross),
    Case("exposure.max_gross=500 USD", "a 0 sell 6", .exposureMaxGross),
    // What is in flight counts at once, whoever sent it, and the worse side of an instrument.
    Case("exposure.max_gross=500 USD", ["a 0 buy 3"], "b 0 buy 2", nil),
    Case("exposure.max_gross=500 USD", ["a 0 buy 3"], "b 0 buy 3", .exposureMaxGross),
    Case("exposure.max_gross=500 USD", ["a 0 buy 3 @ 9000"], "b 0 sell 5 @ 20000", nil),
    Case(
      "exposure.max_gross=500 USD", ["a 0 buy 3 @ 9000"], "b 0 sell 6 @ 20000", .exposureMaxGross),
    Case("exposure.max_gross=500 USD", ["a 0 buy 3", "reject 1"], "b 0 buy 5", nil),
    Case(
      "exposure.max_gross=500 USD", ["a 0 buy 4", "fill 1 4 10000"], "a 0 buy 2", .exposureMaxGross),
    Case("exposure.max_gross=5500 USD", ["a 0 buy 5"], "a 1 sell 1", nil),
    Case("exposure.max_gross=5499.99 USD", ["a 0 buy 5"], "a 1 sell 1", .exposureMaxGross),
    // Beyond the limit by the market's move, one may still get out, and not further in.
    Case(
      "exposure.max_gross=500 USD", ["a 0 buy 5", "fill 1 5 10000", "quote 0 20000 20000"],
      "a 0 sell 5", nil),
    Case(
      "exposure.max_gross=500 USD", ["a 0 buy 5", "fill 1 5 10000", "quote 0 20000 20000"],
      "a 0 buy 1", .exposureMaxGross),
    Case("exposure.max_net=500 USD", ["a 0 buy 5"], "a 1 sell 1", .exposureMaxNet),
    Case("exposure.max_net=5000 USD", ["a 0 buy 5", "fill 1 5 10000"], "a 1 sell 1", nil),
    Case("exposure.max_net=500 USD", "a 0 sell 6", .exposureMaxNet),
    // A coin is 100 euros, which are 120 dollars.
    Case("exposure.max_gross=120 USD", "a 2 buy 100000", nil),
    Case("exposure.max_gross=119.99 USD", "a 2 buy 100000", .exposureMaxGross),
    Case("exposure.max_gross=100 EUR\ncurrency=EUR", "a 2 buy 100000", nil),
    // 120 dollars are 100 euros, the other way about.
    Case("exposure.max_gross=83.34 EUR", "a 0 buy 1", nil),
    Case("exposure.max_gross=83.33 EUR", "a 0 buy 1", .exposureMaxGross),
    Case("exposure.max_gross=500 GBP", "a 0 buy 1", .currencyNoRate),
    Case("stress.max=500 GBP\nstress.crash.others=-10 %", "a 0 buy 1", .currencyNoRate),
    Case("var.max=500 GBP\nvar.interval=1h", "a 0 buy 1", .currencyNoRate),
    Case("var.max_shortfall=500 GBP\nvar.interval=1h", "a 0 buy 1", .currencyNoRate),
    Case("var.max=500 EUR\nvar.interval=1h", "a 0 buy 1", nil),
    Case("exposure.max_leverage=0.5", "a 0 buy 5", nil),
    Case("exposure.max_leverage=0.5", "a 0 buy 6", .exposureMaxLeverage),
    Case("exposure.max_leverage=10", "a 1 buy 2", nil),
    Case("exposure.max_leverage=9.99", "a 1 buy 2", .exposureMaxLeverage),
    Case("exposure.max_concentration=500 %", ["a 1 buy 1"], "a 0 buy 50", nil),
    Case("exposure.max_concentration=50 %", "a 0 buy 6", .exposureMaxConcentration),
    Case("exposure.max_concentration=500 %", "a 1 buy 1", nil),
    Case("exposure.max_concentration=499 %", "a 1 buy 1", .exposureMaxConcentration),
    // Per strategy, instrument and account.
    Case("strategy.a.exposure.max_gross=500 USD", ["b 0 buy 9"], "a 0 buy 5", nil),
    Case("strategy.a.exposure.max_gross=500 USD", ["a 0 buy 3"], "a 0 buy 3", .exposureMaxGross),
    Case("strategy.a.exposure.max_gross=500 USD", ["a 0 buy 3"], "b 0 buy 3", nil),
    Case("strategy.a.exposure.max_net=500 USD", "a 0 sell 6", .exposureMaxNet),
    Case("instrument.SHR.exposure.max_gross=500 USD", ["a 1 buy 9"], "a 0 buy 5", nil),
    Case(
      "instrument.SHR.exposure.max_gross=500 USD", ["b 0 buy 3"], "a 0 buy 3", .exposureMaxGross),
    Case("instrument.XV0:SHR.exposure.max_gross=500 USD", "a 0 buy 6", .exposureMaxGross),
    Case("account.main.exposure.max_gross=500 USD", "a 0 buy 6", .exposureMaxGross),
    Case("account.main.exposure.max_leverage=0.5", "a 0 buy 6", .exposureMaxLeverage),
  ]

  static let orders: [Case] = [
    Case("orders.max_open=2", ["a 0 buy 1"], "a 0 buy 1", nil),
    Case("orders.max_open=2", ["a 0 buy 1", "b 1 buy 1"], "a 0 buy 1", .ordersMaxOpen),
    Case("orders.max_open=2", ["a 0 buy 1", "b 1 buy 1", "reject 1"], "a 0 buy 1", nil),
    Case("orders.max_open=0", "a 0 buy 1", .ordersMaxOpen),
    Case(
      "orders.max_open=1", ["a 0 buy 1 @ 9000", "accept 1"], "a 0 replace 1 2 @ 9000", nil),
    Case("strategy.a.orders.max_open=1", ["b 0 buy 1"], "a 0 buy 1", nil),
    Case("strategy.a.orders.max_open=1", ["a 0 buy 1"], "a 1 buy 1", .ordersMaxOpen),
    Case("instrument.SHR.orders.max_open=1", ["a 1 buy 1"], "b 0 buy 1", nil),
    Case("instrument.SHR.orders.max_open=1", ["a 0 buy 1"], "b 0 buy 1", .ordersMaxOpen),
    Case("strategy.a.order.max_rate=1/s", ["b 0 buy 1"], "a 0 buy 1", nil),
    Case("strategy.a.order.max_rate=1/s", ["a 0 buy 1"], "a 0 buy 1", .orderMaxRate),
    Case("strategy.a.order.max_rate=1/s", ["a 0 buy 1", "wait 999000000"], "a 0 buy 1", nil),
    Case(
      "strategy.a.order.max_rate=1/s", ["a 0 buy 1", "wait 998999999"], "a 0 buy 1", .orderMaxRate),
    Case("orders.max_cancel_rate=1/s", ["a 0 buy 1 @ 9000"], "a 0 cancel 1", nil),
    Case(
      "orders.max_cancel_rate=1/s", ["a 0 buy 1 @ 9000", "a 0 buy 1 @ 9001", "a 0 cancel 1"],
      "a 0 cancel 2", .ordersMaxCancelRate),
    Case(
      "strategy.a.orders.max_cancel_rate=1/s",
      ["a 0 buy 1 @ 9000", "b 0 buy 1 @ 9001", "a 0 cancel 1"], "b 0 cancel 2", nil),
    Case("orders.max_message_ratio=2\norders.free_messages=2", ["a 0 buy 1"], "a 0 buy 1", nil),
    Case(
      "orders.max_message_ratio=2\norders.free_messages=2", ["a 0 buy 1", "a 0 buy 1"],
      "a 0 buy 1", .ordersMaxMessageRatio),
    Case(
      "orders.max_message_ratio=2\norders.free_messages=2",
      ["a 0 buy 1", "a 0 buy 1", "fill 1 1 10000", "a 0 buy 1"], "a 0 buy 1", nil),
    Case(
      "orders.max_message_ratio=2\norders.free_messages=2",
      ["a 0 buy 1", "a 0 buy 1", "fill 1 1 10000", "a 0 buy 1", "a 0 buy 1"], "a 0 buy 1",
      .ordersMaxMessageRatio),
    // A new day starts the count again.
    Case(
      "orders.max_message_ratio=2\norders.free_messages=1", ["a 0 buy 1", "wait 86400000000000"],
      "a 0 buy 1", nil),
  ]

  static let sizes: [Case] = [
    Case("strategy.a.order.max_quantity=5", "a 0 buy 5", nil),
    Case("strategy.a.order.max_quantity=5", "a 0 buy 6", .orderMaxQuantity),
    Case("strategy.a.order.max_quantity=5", "b 0 buy 6", nil),
    Case("strategy.a.order.max_quantity=0.001", "a 2 buy 100", nil),
    Case("strategy.a.order.max_quantity=0.001", "a 2 buy 200", .orderMaxQuantity),
    Case("account.main.order.max_quantity=5", "b 0 buy 6", .orderMaxQuantity),
    Case("strategy.a.order.max_notional=500 USD", "a 0 buy 4", nil),
    Case("strategy.a.order.max_notional=500 USD", "a 0 buy 5", .orderMaxNotional),
    Case("strategy.a.order.max_notional=500 USD", "a 0 buy 5 @ 10000", nil),
    Case("strategy.a.order.max_notional=500 USD", "b 0 buy 5", nil),
    Case("strategy.a.order.max_notional=500 USD", "a 2 buy 100", .orderLimitCurrency),
    Case("strategy.a.position.max_quantity=5", ["a 0 buy 3", "b 0 buy 9"], "a 0 buy 2", nil),
    Case(
      "strategy.a.position.max_quantity=5", ["a 0 buy 3", "b 0 buy 9"], "a 0 buy 3",
      .positionMaxQuantity),
    Case(
      "strategy.a.position.max_quantity=5", ["a 0 buy 3", "fill 1 3 10000"], "a 0 sell 8", nil),
    Case(
      "strategy.a.position.max_quantity=5", ["a 0 buy 3", "fill 1 3 10000"], "a 0 sell 9",
      .positionMaxQuantity),
    Case("account.main.position.max_quantity=5", ["b 0 buy 3"], "a 0 buy 3", .positionMaxQuantity),
    // The ask is 100.50, the bid 99.50.
    Case("strategy.a.order.price_collar=5 %", "a 0 buy 1 @ 10552", nil),
    Case("strategy.a.order.price_collar=5 %", "a 0 buy 1 @ 10553", .orderPriceCollar),
    Case("strategy.a.order.price_collar=5 %", "a 0 sell 1 @ 9453", nil),
    Case("strategy.a.order.price_collar=5 %", "a 0 sell 1 @ 9452", .orderPriceCollar),
    Case("strategy.a.order.price_collar=5 %", "b 0 buy 1 @ 10553", nil),
  ]

  /// A replacement's quantity is a total: what has filled of it is no part of the order's size any more.
  static let replacements: [Case] = {
    let filled = ["a 0 buy 5 @ 9000", "fill 1 4 9000"]
    return [
      ("order.max_quantity=5", "9", nil), ("order.max_quantity=5", "10", .orderMaxQuantity),
      ("strategy.a.order.max_quantity=5", "9", nil),
      ("strategy.a.order.max_quantity=5", "10", .orderMaxQuantity),
      ("order.max_notional=450 USD", "9", nil),
      ("order.max_notional=450 USD", "10", .orderMaxNotional),
      ("strategy.a.order.max_notional=450 USD", "9", nil),
      ("strategy.a.order.max_notional=450 USD", "10", .orderMaxNotional),
      ("position.max_quantity=9", "9", nil),
      ("position.max_quantity=9", "10", .positionMaxQuantity),
      ("order.max_quantity=5", "4", .orderInvalid),
    ].map { Case($0, filled, "a 0 replace 1 \($1) @ 9000", $2) } + [
      // Nine held, an order to sell eight of them filled by three: six are left to sell.
      Case(
        "order.max_quantity=9",
        ["a 0 buy 9", "fill 1 9 10000", "a 0 sell 8 @ 11000 reduce-only", "fill 2 3 11000"],
        "a 0 replace 2 9 @ 11500", nil),
      Case(
        "order.max_quantity=9",
        ["a 0 buy 9", "fill 1 9 10000", "a 0 sell 8 @ 11000 reduce-only", "fill 2 3 11000"],
        "a 0 replace 2 10 @ 11500", .orderNotReducing),
    ]
  }()

  /// What is on its way to trade at once closes a position, too; what rests may never trade.
  static let reductions: [Case] = [
    ("a 0 sell 5", "5", .orderNotReducing), ("a 0 sell 3", "3", .orderNotReducing),
    ("a 0 sell 3", "2", nil), ("a 0 sell 3 @ 9950", "3", .orderNotReducing),
    ("a 0 sell 3 @ 9951", "5", nil), ("a 0 sell 3 @ 9951 ioc", "3", .orderNotReducing),
    ("b 0 sell 3", "5", nil), ("a 1 sell 1", "5", nil), ("a 0 buy 3", "5", nil),
    ("a 0 sell 3 @ 11000 reduce-only", "3", .orderNotReducing),
  ].map {
    Case(
      "order.max_quantity=99", ["a 0 buy 5", "fill 1 5 10000", $0.0],
      "a 0 sell \($0.1) reduce-only",
      $0.2)
  }

  @Test(arguments: exposures + orders + sizes + replacements + reductions)
  func `a rule binds just beyond its limit`(one: Case) {
    var stage = Self.stage(one.risk)
    for line in one.before { #expect(Self.refusal(Self.play(line, &stage)) == nil, "\(line)") }
    let decisions = Self.play(one.order, &stage)
    #expect(Self.refusal(decisions)?.rule == one.expected)
    #expect(decisions.count == 2)
  }
}
