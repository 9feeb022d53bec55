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

  /// Charges, exchanges of cash, chosen lots, and an inverse contract that is liquidated.
  static func charges(_ stage: inout Stage) {
    start(
      &stage,
      """
      account.cash=100000 USD
      account.currencies=exchange
      account.lots=fifo
      account.coins.cash=2 BTC
      account.coins.liquidation=0s
      account.coins.liquidation_fee=0.25 %
      account.coins.margin=table
      borrow.others.day_count=act/365
      borrow.others.rate=1.5 %
      interest.BTC.credit=1 %
      interest.USD.credit=4 %
      interest.USD.debit=6 %
      margin.INV.tiers=0: 2 % / 1 %, 20: 4 % / 2 %
      strategy.p.kind=scripted
      strategy.p.instruments=SHR,EURUSD
      strategy.p.name=p
      strategy.q.kind=scripted
      strategy.q.instruments=INV
      strategy.q.name=q
      strategy.q.account=coins
      """)
    stage.step(
      .instrument(
        Instrument(
          id: InstrumentID(2), venueName: "XV0", symbol: "INV", kind: .inverse, base: "USD",
          currency: "BTC", priceScale: 1, quantityScale: 0, tickSize: Price(5))))
    stage.step(
      .instrument(
        Instrument(
          id: InstrumentID(3), venueName: "XV0", symbol: "EURUSD", kind: .forex, base: "EUR",
          currency: "USD", priceScale: 4, quantityScale: 0)))
    stage.quote(9_990, 10_010)
    stage.quote(400_000, 400_005, InstrumentID(2))
    stage.quote(10_800, 10_801, InstrumentID(3))
    stage.tell("buy 10; buy 10", to: "p")
    stage.fill(1, 10, at: 10_010)
    let second = stage.sequence + 1
    stage.fill(2, 10, at: 10_020)
    stage.tell("sell 15 lots \(second)", to: "p")
    stage.fill(3, 15, at: 10_100)
    stage.tell("sell 20", to: "p")
    stage.fill(4, 20, at: 10_100)
    stage.tell("buy 50000", to: "p", InstrumentID(3))
    stage.fill(5, 50_000, at: 10_801, fee: Money(units: 2), in: "EUR")
    stage.tell("buy 1000000; sell 10 @ 500000 gtc", to: "q", InstrumentID(2))
    stage.fill(6, 1_000_000, at: 400_005, in: "BTC")
    stage.accept(7)
    stage.step(.timer(.engine), after: Nanoseconds.day)
    stage.step(
      .reference(
        ReferenceValue(instrument: InstrumentID(2), field: .mark, value: 376_000)))
    stage.report(7, .cancelled(.requested, text: ""))
    stage.fill(8, 1_000_000, at: 375_500, in: "BTC")
    stage.step(.timer(.engine), after: 2 * Nanoseconds.day)
  }
}
