import Events
import Scenarios
import Trading

extension GoldenScenario {
  /// What moves the books without a fill: two accounts, lots, settlement dates, a dividend, a split, daily
  /// settlement and expiry of a future, a margin call that is met.
  static func books(_ stage: inout Stage) {
    start(
      &stage,
      """
      account.cash=100000 USD
      account.settlement=calendar
      account.lots=fifo
      account.other.cash=50000 USD, 10 EUR
      account.margin=table
      margin.SHR.initial=15100 USD
      margin.SHR.maintenance=15000 USD
      calendar.XV0=XNYS
      strategy.p.kind=scripted
      strategy.p.instruments=SHR,IDX
      strategy.p.name=p
      strategy.q.kind=scripted
      strategy.q.instruments=SHR,IDX
      strategy.q.name=q
      strategy.q.account=other
      strategy.q.position.IDX=-1 @ 4790.25
      """)
    var future = Instrument.future(1, "IDX")
    future.expiry = stage.time.advanced(by: 5 * Nanoseconds.day)
    stage.step(.instrument(future))
    stage.quote(9_990, 10_010)
    stage.quote(479_000, 479_100, InstrumentID(1))
    stage.step(.exchangeRate(ExchangeRate(base: "EUR", currency: "USD", rate: 1_080_000_000)))
    stage.tell("buy 10; buy 10", to: "p")
    stage.fill(1, 10, at: 10_010, fee: Money(units: 1))
    stage.fill(2, 10, at: 10_020, fee: Money(units: 1))
    stage.tell("sell 15", to: "p")
    stage.fill(3, 15, at: 10_100)
    stage.step(
      .corporateAction(
        CorporateAction(
          .dividend, of: InstrumentID(0), amount: Money(raw: 250_000_000_000), currency: "USD",
          payable: stage.time.advanced(by: Nanoseconds.day))))
    stage.tell("buy 1 @ 9000 gtc", to: "p")
    stage.accept(4)
    stage.step(.corporateAction(CorporateAction(.split, of: InstrumentID(0), new: 3, old: 2)))
    stage.report(4, .cancelled(.requested, text: ""))
    stage.step(
      .reference(
        ReferenceValue(instrument: InstrumentID(1), field: .settlement, value: 479_500)))
    stage.step(.timer(.engine), after: Nanoseconds.day)
    stage.quote(90_000, 90_010)
    stage.step(.timer(.engine), after: 3 * Nanoseconds.day)
    stage.step(.timer(.engine), after: 2 * Nanoseconds.day)
  }
}
