import Events
import Scenarios
import Trading

extension GoldenScenario {
  /// Margin and cash that accounts have for orders, limits and a halt of accounts, an instrument that ends.
  static func funds(_ stage: inout Stage) {
    start(
      &stage,
      """
      account.cash=1000 USD
      account.margin=reg-t
      account.sub.cash=500 USD, 100 EUR
      risk.margin.max_use=80 %
      risk.account.main.position.max_quantity=17
      risk.account.sub.cash.cover=traded
      risk.account.sub.order.max_quantity=3
      risk.currency=USD
      risk.officers=ann
      risk.record_use=true
      strategy.p.kind=scripted
      strategy.p.instruments=SHR,IDX
      strategy.p.name=p
      strategy.q.kind=scripted
      strategy.q.instruments=SHR,IDX
      strategy.q.name=q
      strategy.q.account=sub
      """)
    var future = Instrument.future(1, "IDX")
    future.expiry = stage.time.advanced(by: Nanoseconds.day)
    stage.step(.instrument(future))
    stage.quote(10_000, 10_000)
    stage.quote(479_000, 479_100, InstrumentID(1))
    // Half of 1700 dollars is more than 80 % of 1000; half of 1600 is not.
    stage.tell("buy 17 @ 9900; buy 16", to: "p")
    stage.fill(1, 16, at: 10_000)
    stage.tell("buy 2", to: "p")
    // A future without a row of the margin table.
    stage.tell("buy 1", to: "p", InstrumentID(1))
    stage.tell("buy 4; buy 3", to: "q")
    stage.fill(2, 3, at: 10_000, fee: Money(units: 1))
    // 199 dollars are left.
    stage.tell("buy 2; buy 1", to: "q")
    stage.accept(3)
    for (act, subject) in [(.halt, "ann"), (.resume, "ann")] as [(OperatorAct.Act, String)] {
      stage.step(
        .operatorAct(
          OperatorAct(act: act, scope: Scope(.account, 1), subject: subject, reason: "a check")))
      stage.tell("sell 1", to: "q")
      stage.report(act == .halt ? 3 : 4, .cancelled(.requested, text: ""))
    }
    stage.step(
      .limitChange(
        LimitChange(
          key: "risk.account.sub.order.max_quantity", value: "1", author: "ann", reason: "less")))
    stage.tell("sell 2; sell 1", to: "q")
    stage.fill(5, 1, at: 10_000)
    stage.step(.timer(.engine), after: Nanoseconds.day)
    stage.tell("sell 1", to: "q", InstrumentID(1))
  }

  /// Limits that volatility and drawdown scale, with one that is changed meanwhile.
  static func dynamicLimits(_ stage: inout Stage) {
    start(
      &stage,
      """
      account.cash=10000 USD
      risk.order.max_quantity=40
      risk.exposure.max_gross=8000 USD
      risk.dynamic.calm.watch=volatility
      risk.dynamic.calm.instrument=SHR
      risk.dynamic.calm.interval=1m
      risk.dynamic.calm.window=10m
      risk.dynamic.calm.year=1638h
      risk.dynamic.calm.target=40 %
      risk.dynamic.calm.floor=25 %
      risk.dynamic.calm.step=5 %
      risk.dynamic.calm.hold=2m
      risk.dynamic.calm.limits=order.max_quantity,exposure.max_gross
      risk.dynamic.losing.watch=drawdown
      risk.dynamic.losing.steps=0.5 %: 75 %, 2 %: 50 %
      risk.dynamic.losing.limits=exposure.max_gross
      risk.dynamic.own.watch=drawdown
      risk.dynamic.own.strategy=p
      risk.dynamic.own.steps=30 USD: 10 %
      risk.dynamic.own.limits=strategy.p.position.max_quantity
      risk.strategy.p.position.max_quantity=100
      strategy.p.kind=scripted
      strategy.p.instruments=SHR
      """)
    stage.quote(10_000, 10_000)
    stage.tell("buy 40")
    stage.fill(1, 40, at: 10_000)
    for price in [9_990, 10_010, 9_995, 10_005, 9_990, 9_980, 9_930, 9_900] as [Int64] {
      stage.quote(price, price, after: Nanoseconds.minute)
    }
    stage.tell("buy 40; buy 20; sell 20")
    stage.step(
      .limitChange(
        LimitChange(key: "risk.order.max_quantity", value: "60", author: "ann", reason: "calmer")))
    stage.tell("sell 40")
    for _ in 0..<12 { stage.quote(9_900, 9_900, after: Nanoseconds.minute) }
    stage.quote(9_700, 9_700, after: Nanoseconds.minute)
    stage.step(.timer(.engine), after: Nanoseconds.second)
    stage.tell("buy 30")
    stage.quote(10_100, 10_100, after: Nanoseconds.minute)
    stage.step(.timer(.engine), after: 2 * Nanoseconds.minute)
    stage.tell("buy 10")
  }
}
