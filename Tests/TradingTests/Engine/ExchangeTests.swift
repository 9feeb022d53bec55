import Events
import Scenarios
import Testing

@testable import Trading

/// Trades in a currency pair as an exchange of cash.
@Suite struct ExchangeTests {
  static let pair = InstrumentID(4)

  static func stage(_ lines: String = "", currencies: String = "exchange") -> Stage {
    var stage = Stage()
    stage.step(
      .configuration(
        ConfigurationItems(
          lines: """
            account.cash=1000 USD
            account.currencies=\(currencies)
            account.currency=USD
            rate.EUR=EURUSD
            strategy.one.kind=scripted
            strategy.one.instruments=EURUSD
            strategy.one.log=false
            \(lines)
            """)))
    stage.step(
      .instrument(
        Instrument(
          id: pair, venueName: "XV0", symbol: "EURUSD", kind: .forex, base: "EUR",
          currency: "USD", priceScale: 4, quantityScale: 0)))
    return stage
  }

  static func book(_ stage: borrowing Stage, _ currency: String) -> Ledger.Book {
    stage.engine.market.portfolio.ledger[currency]!
  }

  /// Limits that make the gate add up what the firm, the account and the strategy are worth.
  static let limits = """
    risk.currency=USD
    risk.drawdown.max=99 %
    risk.account.main.drawdown.max=99 %
    risk.strategy.one.loss.max_day=100000 USD
    """

  @Test func `the gate counts what is in the cash once`() {
    var stage = Self.stage(Self.limits)
    stage.quote(11_000, 11_000, Self.pair)
    _ = BooksTests.trade(&stage, "buy 1000", at: 11_000, Self.pair.raw)
    stage.quote(12_000, 12_000, Self.pair)
    let worths = MarkToMarketTests.worths(stage).map(\.worth)
    #expect(worths == [Money(units: 1100), Money(units: 1100), Money(units: 100)])
  }

  @Test func `a trade brings one currency and takes the other`() {
    var stage = Self.stage()
    _ = BooksTests.trade(&stage, "buy 1000", at: 11_000, Self.pair.raw)
    let (eur, usd) = (Self.book(stage, "EUR"), Self.book(stage, "USD"))
    #expect(eur[.cash] == Money(units: 1000) && eur[.exchange] == Money(units: -1000))
    #expect(usd[.cash] == Money(units: -100) && usd[.exchange] == Money(units: 1100))
    #expect(usd[.inventory] == .zero && eur.sum == .zero && usd.sum == .zero)
    // The position is there for strategies and limits, its worth is in the cash.
    let position = stage.engine.market.portfolio.position(StrategyID(0), Self.pair)
    #expect(position.quantity == Quantity(1000) && position.cost == Money(units: 1100))
    stage.quote(12_000, 12_000, Self.pair)
    #expect(stage.engine.valuations.map(\.equity) == [Money(units: -100), Money(units: 1000)])
    let worth = stage.engine.market.worth(of: .main)
    #expect(worth == Money(units: 1100))
    // A quarter is sold 10 cents dearer.
    _ = BooksTests.trade(&stage, "sell 250", at: 12_000, Self.pair.raw)
    #expect(Self.book(stage, "EUR")[.cash] == Money(units: 750))
    #expect(Self.book(stage, "EUR")[.exchange] == Money(units: -750))
    #expect(Self.book(stage, "USD")[.exchange] == Money(units: 825))
    #expect(Self.book(stage, "USD")[.realised] == Money(units: -25))
    #expect(Self.book(stage, "USD")[.cash] == Money(units: 200))
    #expect(Self.book(stage, "USD").sum == .zero)
  }

  @Test func `a short sale owes the base`() {
    var stage = Self.stage()
    _ = BooksTests.trade(&stage, "sell 1000", at: 11_000, Self.pair.raw)
    #expect(Self.book(stage, "EUR")[.cash] == Money(units: -1000))
    #expect(Self.book(stage, "USD")[.cash] == Money(units: 2100))
  }

  @Test func `both sides settle two sessions later`() {
    var stage = Self.stage("account.settlement=calendar\ncalendar.XV0=XNYS")
    _ = BooksTests.trade(&stage, "buy 1000", at: 11_000, Self.pair.raw)
    #expect(Self.book(stage, "EUR").posted(.cash) == .zero)
    #expect(Self.book(stage, "USD").posted(.cash) == Money(units: 1000))
    #expect(Self.book(stage, "EUR").pending.sum == .zero)
    // Traded on Tuesday, 2023-11-14, after the close.
    let moment = Instant("2023-11-16T14:30:00")!
    #expect(stage.engine.nextWake == moment)
    #expect(
      BooksTests.briefs(stage.step(.timer(.engine), after: moment.since(stage.time))) == [
        "booked settled cash -1100", "booked settled cash 1000",
      ])
    #expect(Self.book(stage, "EUR").posted(.cash) == Money(units: 1000))
    #expect(Self.book(stage, "USD").posted(.cash) == Money(units: -100))
  }

  @Test func `a fee in the base and a bust are booked on both sides`() {
    var stage = Self.stage()
    stage.tell("buy 1000", Self.pair)
    let order = stage.engine.market.orders.lastID.raw
    stage.fill(order, 1000, at: 11_000, fee: Money(units: 2), in: "EUR", id: 77)
    #expect(Self.book(stage, "EUR")[.cash] == Money(units: 998))
    #expect(Self.book(stage, "EUR")[.fees] == Money(units: 2))
    stage.report(order, .busted(fill: 77, text: ""))
    for (currency, cash) in [("EUR", Int64(0)), ("USD", 1000)] {
      #expect(Self.book(stage, currency)[.cash] == Money(units: cash))
      #expect(Self.book(stage, currency)[.exchange] == .zero)
      #expect(Self.book(stage, currency).sum == .zero)
    }
  }

  @Test func `a position from before is cash that was brought in`() {
    let stage = Self.stage("strategy.one.position.EURUSD=500 @ 1.05")
    #expect(Self.book(stage, "EUR")[.cash] == Money(units: 500))
    #expect(Self.book(stage, "USD")[.exchange] == Money(units: 525))
    #expect(Self.book(stage, "USD")[.capital] == Money(units: -1525))
    #expect(Self.book(stage, "USD").sum == .zero && Self.book(stage, "EUR").sum == .zero)
  }

  @Test func `other accounts hold the pair as a position`() {
    var stage = Self.stage(currencies: "position")
    _ = BooksTests.trade(&stage, "buy 100", at: 11_000, Self.pair.raw)
    #expect(stage.engine.market.portfolio.ledger["EUR"] == nil)
    #expect(Self.book(stage, "USD")[.inventory] == Money(units: 110))
  }
}

/// Lots that an order names.
@Suite struct ChosenLotTests {
  /// Three lots at 100, 120 and 110 dollars.
  static func stage(_ method: String) -> Stage {
    var stage = BooksTests.stage("account.lots=\(method)")
    for price in [10_000, 12_000, 11_000] as [Int64] {
      _ = BooksTests.trade(&stage, "buy 10", at: price)
    }
    return stage
  }

  /// The sequences of the fills.
  static func lots(_ stage: borrowing Stage) -> [UInt64] {
    stage.entries.filter { $0.event.kind == .filled }.map(\.header.sequence)
  }

  /// Lots named by rank, how much is sold; lots closed by rank and quantity, profit at 130 dollars.
  @Test(
    arguments: [
      ([2], 10, [(2, 10)], Int64(100)),
      ([3, 2], 15, [(3, 10), (2, 5)], 250),
      // What is named does not suffice: the oldest of the others goes on.
      ([3], 15, [(3, 10), (1, 5)], 350),
    ] as [([Int], Int64, [(Int, Int64)], Int64)])
  func `the lots that an order names go first`(
    named: [Int], quantity: Int64, closed: [(Int, Int64)], profit: Int64
  ) throws {
    var stage = Self.stage("fifo")
    let ids = Self.lots(stage)
    let names = named.map { String(ids[$0 - 1]) }.joined(separator: ",")
    stage.tell("sell \(quantity) lots \(names)")
    let order = stage.engine.market.orders.lastID
    #expect(stage.engine.market.orders[order]?.ticket.terms.lots == named.map { ids[$0 - 1] })
    let made = stage.fill(order.raw, quantity, at: 13_000)
    let lots = made.flatMap { decision -> [Booking.Lot] in
      if case .booked(let booking) = decision { booking.lots } else { [] }
    }
    #expect(lots.map(\.id) == closed.map { ids[$0.0 - 1] })
    #expect(lots.map(\.quantity.raw) == closed.map(\.1))
    let position = stage.engine.market.portfolio.position(StrategyID(0), BooksTests.share)
    #expect(position.realised == Money(units: profit))
    #expect(BooksTests.usd(stage).sum == .zero)
    let left = stage.engine.market.portfolio.lots(StrategyID(0), BooksTests.share)
    #expect(left.reduce(Money.zero) { $0 + $1.cost } == position.cost)
  }

  @Test func `a lot that is not there to be closed is refused`() {
    var stage = Self.stage("lifo")
    let ids = Self.lots(stage)
    let many = (0...1000).map { String($0) }.joined(separator: ",")
    for script in [
      "sell 5 lots 1", "sell 5 lots \(ids[0]),\(ids[0])", "buy 5 lots \(ids[0])",
      "sell 5 lots \(many)", "execute sell 5 lots \(ids[0]) twap 10m slices 5",
    ] {
      #expect(
        BooksTests.briefs(stage.tell(script)).last?.hasPrefix("refused order.invalid") == true,
        "\(script)")
    }
    var plain = Self.stage("average")
    let lots = Self.lots(plain)
    #expect(
      BooksTests.briefs(plain.tell("sell 5 lots \(lots[0])")).last?.hasPrefix("refused") == true)
  }

  @Test func `lots that an order names are in the state`() throws {
    var stage = Self.stage("hifo")
    let ids = Self.lots(stage)
    stage.tell("sell 5 @ 14000 gtc lots \(ids[0])")
    let bytes = stage.stateBytes()
    var engine = Engine(catalog: [ScriptedStrategy.kind])
    try engine.restoreState(bytes)
    var again = ByteBuffer()
    engine.encodeState(to: &again)
    #expect(again.array == bytes)
    #expect(engine.market.orders.open.map(\.ticket.terms.lots) == [[ids[0]]])
  }
}
