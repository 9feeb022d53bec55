import Events
import Scenarios
import Testing

@testable import Trading

@Suite struct RatesTests {
  static let pair = Instrument(
    id: InstrumentID(3), venueName: "FX", symbol: "EURUSD", kind: .forex, base: "EUR",
    currency: "USD", priceScale: 5, quantityScale: 0)

  static func stage() -> Stage {
    var stage = BooksTests.stage(
      """
      account.currency=USD
      account.sub.cash=100 EUR
      account.sub.parent=main
      account.sub.currency=EUR
      account.yen.cash=10000 JPY
      account.yen.parent=sub
      account.free.cash=1 USD
      rate.EUR=FX:EURUSD
      rate.JPY=observed
      """)
    stage.step(.instrument(pair))
    return stage
  }

  @Test func `an account is worth what its parts are, by the rates as they are`() {
    var stage = Self.stage()
    let sub = AccountID(2)
    #expect(stage.engine.market.portfolio.accounts.map(\.name) == ["main", "free", "sub", "yen"])
    #expect(stage.engine.market.worth(of: .main) == nil)
    stage.quote(120_000, 130_000, Self.pair.id)
    #expect(stage.engine.market.worth(of: sub) == nil)
    stage.step(.exchangeRate(ExchangeRate(base: "USD", currency: "JPY", rate: 125_000_000_000)))
    // 10000 yen are 80 dollars, and those 64 euros.
    #expect(stage.engine.market.worth(of: sub) == Money(units: 164))
    #expect(stage.engine.market.worth(of: .main) == Money(units: 1000 + 205))
    #expect(stage.engine.market.worth(of: AccountID(1)) == nil)
    #expect(stage.engine.market.worth(of: AccountID(9)) == nil)
    stage.step(.exchangeRate(ExchangeRate(base: "EUR", currency: "USD", rate: 1_000_000_000)))
    #expect(stage.engine.market.worth(of: .main) == Money(units: 1000 + 180))
  }

  @Test func `a rate that cannot be changes nothing`() {
    var stage = Self.stage()
    stage.step(.exchangeRate(ExchangeRate(base: "EUR", currency: "USD", rate: 0)))
    stage.step(.exchangeRate(ExchangeRate(base: "EUR", currency: "USD", rate: .min)))
    #expect(stage.engine.market.rates.rates.isEmpty)
    #expect(
      stage.engine.market.convert(Money(units: 1), from: "EUR", to: "USD") == nil)
    #expect(stage.engine.market.convert(.zero, from: "EUR", to: "USD") == .zero)
    stage.step(.exchangeRate(ExchangeRate(base: "EUR", currency: "USD", rate: .max)))
    #expect(
      stage.engine.market.convert(Money(raw: Money.limit), from: "EUR", to: "USD") == nil)
  }

  /// What is wrong, at which key it is said, and a word of the message or advice.
  @Test(arguments: [
    ("account.currency=usd", "account.currency", "not a currency"),
    ("account.lots=fifi", "account.lots", "none of average, fifo"),
    ("account.settlement=calendar", "account.settlement", "calendars"),
    ("account.a.parent=b", "account.a.parent", "no account `b`"),
    ("account.a.parent=a", "account.a.parent", "leads back"),
    ("account.a.parent=b\naccount.b.parent=a", "account.a.parent", "leads back"),
    ("account.main.cash=1 USD", "account.main", "write [account]"),
    ("account.a.csh=1 USD", "account.a.csh", "`cash`"),
    ("account.a.cash=-1 USD", "account.a.cash", "below 0"),
    ("account.currency=USD\naccount.cash=1 EUR", "rate.EUR", "is missing"),
    (
      "account.currency=USD\naccount.a.parent=main\naccount.a.cash=1 EUR", "rate.EUR", "is missing"
    ),
    ("rate.eur=EURUSD", "rate.eur", "not a currency"),
    (
      "strategy.s.kind=scripted\nstrategy.s.instruments=A\nstrategy.s.account=b",
      "strategy.s.account", "no table [account.b]"
    ),
    (
      "strategy.s.kind=scripted\nstrategy.s.instruments=A\nstrategy.s.position.A=5",
      "strategy.s.position.A", "not a position"
    ),
    (
      "strategy.s.kind=scripted\nstrategy.s.instruments=A\nstrategy.s.position.A=0 @ 5",
      "strategy.s.position.A", "not a position"
    ),
  ])
  func `a wrong account says where and what`(lines: String, key: String, word: String) throws {
    let error = try #require(ConfigurationTests.error(lines))
    #expect(error.key == key)
    #expect(error.description.contains(word), "\(error)")
  }

  @Test func `a position that does not fit its instrument is an alert`() {
    let stage = BooksTests.stage("strategy.one.position.SHR=1.5 @ 10")
    #expect(stage.entries.contains { $0.event.kind == .alert })
    #expect(stage.engine.market.portfolio.quantity(BooksTests.share) == .zero)
  }
}
