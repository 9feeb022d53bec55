import Events
import Scenarios
import Trading

extension GoldenScenario {
  /// Exposure beyond a limit that is then changed, a breaker that trips and is released, a kill.
  static func risk(_ stage: inout Stage) {
    start(
      &stage,
      """
      account.cash=10000 USD
      risk.exposure.max_gross=5000 USD
      risk.record_use=true
      risk.stress.max=3000 USD
      risk.stress.crash.others=-30 %
      risk.breaker.fast.watch=price-move
      risk.breaker.fast.instruments=SHR
      risk.breaker.fast.window=10s
      risk.breaker.fast.reduce_at=2 %
      risk.breaker.fast.halt_at=9 %
      strategy.r.kind=scripted
      strategy.r.instruments=SHR
      """)
    stage.quote(9990, 10_010)
    stage.step(.timer(Timer(strategy: StrategyID(9), timer: 0)), after: 2_000_000_000)
    stage.tell("buy 10")
    stage.fill(1, 10, at: 10_010)
    stage.tell("buy 41 @ 9900")
    stage.step(
      .limitChange(
        LimitChange(
          key: "risk.exposure.max_gross", value: "6000 USD", author: "ann", reason: "more cash")))
    stage.step(
      .limitChange(
        LimitChange(key: "risk.exposure.max_gros", value: "1 USD", author: "ann", reason: "")))
    stage.tell("buy 41 @ 9900")
    stage.accept(2)
    stage.quote(10_290, 10_310)
    stage.report(2, .cancelled(.requested, text: ""))
    stage.tell("buy 1; sell 4 @ 10400; sell 1 @ 10400")
    stage.tell("buy 90")
    stage.step(
      .operatorAct(
        OperatorAct(act: .enable, scope: .all, subject: "ann", reason: "the news are out")))
    stage.tell("buy 90")
    stage.step(
      .operatorAct(OperatorAct(act: .kill, scope: .all, subject: "ann", reason: "drill")))
    stage.report(3, .cancelled(.requested, text: ""))
    stage.step(.timer(.engine), after: 1_000_000_000)
    stage.report(4, .cancelled(.requested, text: ""))
  }
}
