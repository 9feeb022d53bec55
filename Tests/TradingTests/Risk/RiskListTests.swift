import Books
import Events
import Scenarios
import Testing

@testable import Trading

/// Lists, short sales, duplicates, own orders, the collar over a period, losses.
@Suite struct RiskListTests {
  typealias Case = RiskControlsTests.Case

  static let lists: [Case] = [
    Case("restricted=SHR", "a 0 buy 1", .instrumentRestricted),
    Case("restricted=XV0:SHR, COIN", "a 0 buy 1", .instrumentRestricted),
    Case("restricted=COIN", "a 0 buy 1", nil),
    Case("strategy.a.restricted=SHR", "a 0 buy 1", .strategyNotPermitted),
    Case("strategy.a.restricted=SHR", "b 0 buy 1", nil),
    Case("strategy.a.permitted=FUT", "a 0 buy 1", .strategyNotPermitted),
    Case("strategy.a.permitted=FUT", "a 1 buy 1", nil),
    Case("require_owner=true\nstrategy.a.owner=ann", "a 0 buy 1", nil),
    Case("require_owner=true\nstrategy.a.owner=ann", "b 0 buy 1", .strategyNotPermitted),
    // Short sales: what is held may be sold, what is located too, open sells count.
    Case("short.locate=true", "a 0 sell 1", .shortNoLocate),
    Case("short.locate=true", ["a 0 buy 2", "fill 1 2 10000"], "a 0 sell 2", nil),
    Case("short.locate=true", ["a 0 buy 2", "fill 1 2 10000"], "a 0 sell 3", .shortNoLocate),
    Case("short.locate=true\ninstrument.SHR.short.located=3", "a 0 sell 3", nil),
    Case("short.locate=true\ninstrument.SHR.short.located=3", "a 0 sell 4", .shortNoLocate),
    Case(
      "short.locate=true\ninstrument.SHR.short.located=3", ["a 0 sell 2"], "a 0 sell 2",
      .shortNoLocate),
    Case("short.locate=true", "a 1 sell 1", nil),
    Case("short.price_test=true", ["restrict"], "a 0 sell 1", .shortPriceTest),
    Case("short.price_test=true", ["restrict"], "a 0 sell 1 @ 9950", .shortPriceTest),
    Case("short.price_test=true", ["restrict"], "a 0 sell 1 @ 9951", nil),
    Case("short.price_test=true", "a 0 sell 1", nil),
    Case(
      "short.price_test=true", ["restrict", "a 0 buy 1", "fill 1 1 10000"], "a 0 sell 1", nil),
  ]

  static let prices: [Case] = [
    Case("order.duplicate_window=1s", ["a 0 buy 1 @ 9000"], "a 0 buy 1 @ 9000", .orderDuplicate),
    Case("order.duplicate_window=1s", ["a 0 buy 1 @ 9000"], "a 0 buy 1 @ 9001", nil),
    Case("order.duplicate_window=1s", ["a 0 buy 1 @ 9000"], "a 0 buy 2 @ 9000", nil),
    Case("order.duplicate_window=1s", ["a 0 buy 1 @ 9000"], "b 0 buy 1 @ 9000", nil),
    Case("order.duplicate_window=1s", ["a 0 buy 1"], "a 0 sell 1", nil),
    Case(
      "order.duplicate_window=1s", ["a 0 buy 1", "wait 998999999"], "a 0 buy 1", .orderDuplicate),
    Case("order.duplicate_window=1s", ["a 0 buy 1", "wait 999000000"], "a 0 buy 1", nil),
    // A refused order was not sent.
    Case("order.no_self_match=true", ["a 0 buy 1 @ 9000"], "b 0 sell 1 @ 9001", nil),
    Case("order.no_self_match=true", ["a 0 buy 1 @ 9000"], "b 0 sell 1 @ 9000", .orderSelfMatch),
    Case("order.no_self_match=true", ["a 0 sell 1 @ 20000"], "b 0 buy 1", .orderSelfMatch),
    Case("order.no_self_match=true", ["a 0 buy 1 @ 9000"], "b 0 buy 1 @ 9000", nil),
    Case("order.no_self_match=true", ["a 1 buy 1 @ 9000"], "b 0 sell 1 @ 9000", nil),
    Case("order.no_self_match=true", ["a 0 buy 1 @ 9000", "reject 1"], "b 0 sell 1", nil),
    Case("order.no_self_match=true", ["a 0 buy 1 @ 9000"], "b 0 sell 1 stop 8000", nil),
    // The mark was 100 as the period began; whatever it is now, 5 % from there is the end.
    Case(
      "order.period=1m\norder.period_collar=5 %", ["wait 1000000000", "quote 0 10400 10400"],
      "a 0 buy 1 @ 10500", nil),
    Case(
      "order.period=1m\norder.period_collar=5 %", ["wait 1000000000", "quote 0 10400 10400"],
      "a 0 buy 1 @ 10501", .orderPeriodCollar),
    Case(
      "order.period=1m\norder.period_collar=5 %",
      ["wait 1000000000", "quote 0 10400 10400", "wait 1000000000", "quote 0 10800 10800"],
      "a 0 buy 1", .orderPeriodCollar),
    Case(
      "order.period=1m\norder.period_collar=5 %",
      ["wait 1000000000", "quote 0 9000 9000"], "a 0 sell 1 @ 9499", .orderPeriodCollar),
    Case(
      "order.period=1m\norder.period_collar=5 %",
      ["wait 1000000000", "quote 0 9000 9000"], "a 0 sell 1 @ 9500", nil),
    // A period later the market is where it is.
    Case(
      "order.period=1m\norder.period_collar=5 %",
      ["quote 0 10800 10800", "wait 61000000000", "wait 61000000000"], "a 0 buy 1", nil),
  ]

  /// Bought 5 at 100; 1 lower is a loss of 5.
  static let held = ["a 0 buy 5", "fill 1 5 10000", "wait 1000000000"]

  static let losses: [Case] = [
    Case("loss.max_day=5 USD", held + ["quote 0 9900 9900"], "a 0 buy 1", nil),
    Case("loss.max_day=5 USD", held + ["quote 0 9899 9899"], "a 0 buy 1", .lossMax),
    Case("loss.max_day=5 USD", held + ["quote 0 9899 9899"], "a 0 sell 5", nil),
    Case("loss.max_day=5 USD", held + ["quote 0 9899 9899"], "a 0 sell 6", .lossMax),
    // Tomorrow is another day.
    Case(
      "loss.max_day=5 USD", held + ["quote 0 9000 9000", "wait 86400000000000"], "a 0 buy 1", nil),
    Case(
      "loss.max_rolling=5 USD\nloss.window=1h",
      held + ["quote 0 10100 10100", "wait 1000000000", "quote 0 10000 10000"], "a 0 buy 1", nil),
    Case(
      "loss.max_rolling=5 USD\nloss.window=1h",
      held + ["quote 0 10101 10101", "wait 1000000000", "quote 0 10000 10000"], "a 0 buy 1",
      .lossMax),
    Case(
      "loss.max_rolling=5 USD\nloss.window=10s",
      held + ["quote 0 10101 10101", "wait 1000000000", "quote 0 10000 10000", "wait 11000000000"],
      "a 0 buy 1", nil),
    // 1 % of a peak of 1,000.
    Case("drawdown.max=1 %", held + ["quote 0 9800 9800"], "a 0 buy 1", nil),
    Case("drawdown.max=1 %", held + ["quote 0 9799 9799"], "a 0 buy 1", .drawdownMax),
    Case("strategy.a.loss.max_day=5 USD", held + ["quote 0 9899 9899"], "a 0 buy 1", .lossMax),
    Case("strategy.a.loss.max_day=5 USD", held + ["quote 0 9899 9899"], "b 0 buy 1", nil),
    Case("instrument.SHR.loss.max_day=5 USD", held + ["quote 0 9899 9899"], "b 0 buy 1", .lossMax),
    Case("instrument.SHR.loss.max_day=5 USD", held + ["quote 0 9899 9899"], "b 1 buy 1", nil),
    Case("account.main.drawdown.max=1 %", held + ["quote 0 9799 9799"], "b 1 buy 1", .drawdownMax),
    Case("loss.max_day=5 GBP", "a 0 buy 1", .currencyNoRate),
  ]

  @Test(arguments: lists + prices + losses)
  func `a rule binds just beyond its limit`(one: Case) {
    var stage = RiskControlsTests.stage(one.risk)
    for line in one.before {
      #expect(
        RiskControlsTests.refusal(RiskControlsTests.play(line, &stage)) == nil, "\(line)")
    }
    let decisions = RiskControlsTests.play(one.order, &stage)
    #expect(RiskControlsTests.refusal(decisions)?.rule == one.expected)
  }

  @Test func `a refusal says whose limit, the value, the limit and the unit`() throws {
    func refused(_ risk: String, _ before: [String], _ order: String) throws -> Refusal {
      var stage = RiskControlsTests.stage(risk)
      for line in before { _ = RiskControlsTests.play(line, &stage) }
      return try #require(RiskControlsTests.refusal(RiskControlsTests.play(order, &stage)))
    }
    let gross = try refused("strategy.a.exposure.max_gross=500 USD", [], "a 0 buy 6")
    #expect(gross.value == 600 * Money.one && gross.limit == 500 * Money.one)
    #expect(gross.scale == 12 && gross.unit == "USD" && gross.context == "strategy a")
    let share = try refused("exposure.max_concentration=50 %", [], "a 0 buy 6")
    #expect(share.value == 600_000 && share.limit == 500_000 && share.scale == 4)
    #expect(share.unit == "%" && share.context == "firm")
    let twin = try refused("order.duplicate_window=1s", ["a 0 buy 1"], "a 0 buy 1")
    #expect(twin.context == "ord-1")
    let owner = try refused("require_owner=true", [], "a 0 buy 1")
    #expect(owner.context == "nobody answers for the strategy")
    let rate = try refused("strategy.a.order.max_rate=1/s", ["a 0 buy 1"], "a 0 buy 1")
    #expect(rate.value == 2 && rate.limit == 1 && rate.unit == "orders/s")
    let loss = try refused(
      "loss.max_day=5 USD", Self.held + ["quote 0 9899 9899"], "a 0 buy 1")
    #expect(loss.value == Money.one * 505 / 100 && loss.limit == 5 * Money.one)
  }

  @Test(arguments: [
    ("exposure.max_gross=0 USD", "exposure.max_gross"), ("exposure.max_gross=5", "not an amount"),
    ("exposure.max_gros=5 USD", "did you mean `exposure.max_gross`?"),
    ("exposure.max_gross=5 USD\nexposure.max_net=5 EUR", "adds up in"),
    ("exposure.max_leverage=-1", "above 0"), ("loss.max_rolling=5 USD", "loss.window"),
    ("loss.window=1h", "loss.window"), ("order.period=1m", "order.period_collar"),
    ("order.period_collar=1 %", "order.period_collar"), ("order.duplicate_window=0s", "is 0"),
    ("orders.free_messages=5", "means nothing"), ("orders.max_open=-1", "whole number"),
    ("strategy.zz.orders.max_open=1", "not a strategy"), ("account.x.orders.max_open=1", "account"),
    ("strategy.a.exposure.max_leverage=1", "not a known key"),
    ("instrument.SHR.order.max_rate=1/s", "not a known key"), ("sampling=0s", "is 0"),
    ("orders.max_cancel_rate=5", "not a rate"), ("short.locate=maybe", "neither true nor false"),
    ("restricted=SHR,,COIN", "names nothing"), ("strategy.a=1", "not a table"),
  ])
  func `what a limit cannot be is told with its key`(risk: String, words: String) {
    let lines = risk.split(separator: "\n").map { "risk.\($0)" }.joined(separator: "\n")
    let items = ConfigurationItems(
      lines: lines + "\nstrategy.a.kind=scripted\nstrategy.a.instruments=SHR")
    let error = #expect(throws: ConfigurationError.self) {
      try Engine.check(items, catalog: [ScriptedStrategy.kind])
    }
    #expect("\(error.map { "\($0)" } ?? "")".contains(words), "\(error?.description ?? "–")")
  }
}
