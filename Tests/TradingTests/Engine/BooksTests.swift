import Events
import Scenarios
import Testing

@testable import Trading

/// What moves the books without a fill, and what fills mean for accounts that are not plain.
@Suite struct BooksTests {
  static let share = InstrumentID(0)

  /// One scripted strategy with 1000 dollars, a share, a future and a perpetual.
  static func stage(_ lines: String = "") -> Stage {
    var stage = Stage()
    stage.step(
      .configuration(
        ConfigurationItems(
          lines: """
            account.cash=1000 USD
            strategy.one.kind=scripted
            strategy.one.instruments=SHR,FUT,PERP,OPT
            strategy.one.log=false
            \(lines)
            """)))
    stage.step(.instrument(.share(0, "SHR")))
    stage.step(.instrument(.future(1, "FUT")))
    var perpetual = Instrument.share(2, "PERP")
    perpetual.kind = .perpetual
    stage.step(.instrument(perpetual))
    return stage
  }

  static func briefs(_ decisions: [Decision]) -> [String] { decisions.map(\.brief) }

  /// Trades at once: an order and its fill.
  static func trade(
    _ stage: inout Stage, _ script: String, at price: Int64, _ instrument: UInt16 = 0
  ) -> [String] {
    stage.tell(script, InstrumentID(instrument))
    let order = stage.engine.market.orders.lastID.raw
    let quantity = Int64(script.split(separator: " ")[1])!
    return briefs(stage.fill(order, quantity, at: price))
  }

  static func usd(_ stage: borrowing Stage, _ account: UInt16 = 0) -> Ledger.Book {
    stage.engine.market.portfolio.ledger(AccountID(account))["USD"]!
  }

  @Test(
    arguments: [
      ("average", [] as [Int], Int64(300)), ("fifo", [1, 2], 350), ("lifo", [3, 2], 250),
      ("hifo", [2, 3], 200),
    ])
  func `lots are closed in the order of the method`(
    method: String, lots: [Int], realised: Int64
  ) throws {
    var stage = Self.stage("account.lots=\(method)")
    var ids: [UInt64] = []
    for price in [10_000, 12_000, 11_000] as [Int64] {
      _ = Self.trade(&stage, "buy 10", at: price)
      ids.append(stage.sequence)
    }
    stage.tell("sell 15")
    let order = stage.engine.market.orders.lastID.raw
    let made = stage.fill(order, 15, at: 13_000)
    let closed = made.compactMap { decision -> Booking? in
      if case .booked(let booking) = decision { booking } else { nil }
    }
    #expect(closed.flatMap(\.lots).map(\.id) == lots.map { ids[$0 - 1] })
    #expect(closed.flatMap(\.lots).map(\.quantity.raw) == (lots.isEmpty ? [] : [10, 5]))
    let position = stage.engine.market.portfolio.position(StrategyID(0), Self.share)
    #expect(position.quantity == Quantity(15))
    #expect(position.realised == Money(units: realised))
    #expect(position.cost == Money(units: 3300 - 1950 + realised))
    #expect(Self.usd(stage).sum == .zero)
    let left = stage.engine.market.portfolio.lots(StrategyID(0), Self.share)
    #expect(left.reduce(Int64(0)) { $0 + $1.quantity.raw } == (lots.isEmpty ? 0 : 15))
    #expect(lots.isEmpty || left.reduce(Money.zero) { $0 + $1.cost } == position.cost)
  }

  @Test func `a position that turns closes all lots and opens one`() {
    var stage = Self.stage("account.lots=fifo")
    _ = Self.trade(&stage, "buy 10", at: 10_000)
    _ = Self.trade(&stage, "sell 25", at: 11_000)
    let fill = stage.entries.last { $0.event.kind == .filled }
    let lots = stage.engine.market.portfolio.lots(StrategyID(0), Self.share)
    #expect(lots.map(\.id) == [fill?.header.sequence])
    #expect(lots.map(\.quantity) == [Quantity(-15)])
    #expect(lots.map(\.cost) == [Money(units: -1650)])
  }

  @Test func `cash of a trade is pending until its settlement date`() {
    var stage = Self.stage("account.settlement=calendar\ncalendar.XV0=XNYS")
    // Tuesday evening in New York: the trade date is Tuesday, 2023-11-14, and settles on Thursday.
    _ = Self.trade(&stage, "buy 5", at: 10_000)
    #expect(Self.usd(stage)[.cash] == Money(units: 500))
    #expect(Self.usd(stage).posted(.cash) == Money(units: 1000))
    #expect(Self.usd(stage).free == Money(units: 500))
    let moment = Instant("2023-11-16T14:30:00")!
    #expect(stage.engine.nextWake == moment)
    #expect(stage.step(.timer(.engine), after: moment.since(stage.time) - 1).isEmpty)
    #expect(
      Self.briefs(stage.step(.timer(.engine), after: 1)) == ["booked settled cash -500"])
    #expect(Self.usd(stage).posted(.cash) == Money(units: 500))
    #expect(Self.usd(stage).pending.sum == .zero && Self.usd(stage).owed == .zero)
    #expect(stage.engine.nextWake == nil)
  }

  @Test func `what was bought with unsettled cash is not sold unnoticed`() {
    var stage = Self.stage("account.settlement=calendar\ncalendar.XV0=XNYS")
    #expect(Self.trade(&stage, "buy 8", at: 10_000).isEmpty)
    #expect(Self.trade(&stage, "sell 8", at: 11_000).isEmpty)
    #expect(Self.trade(&stage, "buy 8", at: 10_000).isEmpty)
    #expect(Self.usd(stage).free == Money(units: -600))
    #expect(Self.trade(&stage, "sell 3", at: 11_000) == ["alert books.free_riding 4"])
    stage.step(.timer(.engine), after: 4 * Nanoseconds.day)
    #expect(Self.trade(&stage, "sell 5", at: 11_000).isEmpty)
  }

  @Test(
    arguments: [
      (UInt32(7), UInt32(1), "booked split 60", Int64(70), Int64(1000)),
      (1, 3, "booked split -7 @ 10000 cash 100 cost -100", 3, 900),
      (3, 2, "booked split 5", 15, 1000),
      (1, 20, "booked split -10 @ 10000 cash 1000 cost -1000", 0, 0),
    ])
  func `a split scales positions and ends orders`(
    new: UInt32, old: UInt32, brief: String, quantity: Int64, cost: Int64
  ) {
    for method in ["average", "lifo"] {
      var stage = Self.stage("account.lots=\(method)")
      stage.quote(10_000, 10_000)
      _ = Self.trade(&stage, "buy 4", at: 10_000)
      _ = Self.trade(&stage, "buy 6", at: 10_000)
      stage.tell("sell 1 @ 12000 gtc")
      stage.accept(3)
      let made = stage.step(
        .corporateAction(CorporateAction(.split, of: Self.share, new: new, old: old)))
      #expect(Self.briefs(made) == [brief, "cancel 3 adjusted"])
      let position = stage.engine.market.portfolio.position(StrategyID(0), Self.share)
      #expect(position.quantity == Quantity(quantity))
      #expect(position.cost == Money(units: cost))
      #expect(Self.usd(stage).sum == .zero)
      let lots = stage.engine.market.portfolio.lots(StrategyID(0), Self.share)
      let total = lots.reduce(Int64(0)) { $0 + $1.quantity.raw }
      #expect(total == (method == "average" ? 0 : quantity))
      // What the fraction had cost leaves the lots, too, and so does one of which nothing is left.
      let sum = lots.reduce(Money.zero) { $0 + $1.cost }
      #expect(sum == (method == "average" ? .zero : Money(units: cost)))
      #expect(!lots.contains { $0.quantity == .zero })
      var engine = Engine(catalog: [ScriptedStrategy.kind])
      let bytes = stage.stateBytes()
      #expect(throws: Never.self) { try engine.restoreState(bytes) }
      #expect(engine.stateHash() == stage.engine.stateHash())
    }
  }

  @Test func `a split changes no worth before the next price comes`() {
    var stage = Self.stage("account.margin=reg-t\naccount.liquidation=0s")
    stage.quote(10_000, 10_010)
    _ = Self.trade(&stage, "sell 8", at: 10_000)
    let before = stage.engine.valuations
    let made = stage.step(
      .corporateAction(CorporateAction(.split, of: Self.share, new: 7, old: 1)))
    #expect(Self.briefs(made) == ["booked split -48"])
    #expect(stage.engine.market.best(Self.share).bid == Price(1429))
    #expect(stage.engine.market.best(Self.share).ask == Price(1430))
    let gap = stage.engine.valuations[0].equity - before[0].equity
    // Less than a cent a share, which prices are rounded to.
    #expect(gap.magnitude < Money(raw: 56 * Money.one / 100))
    // No call, and nobody is liquidated for a price of before.
    #expect(stage.step(.timer(.engine), after: 2 * Nanoseconds.second).isEmpty)
    #expect(stage.step(.timer(.engine), after: Nanoseconds.day).isEmpty)
  }

  @Test func `a dividend is earned at once and settled when it is paid`() {
    var stage = Self.stage()
    _ = Self.trade(&stage, "sell 4", at: 10_000)
    let action = CorporateAction(
      .dividend, of: Self.share, amount: Money(raw: 1_250_000_000_000), currency: "USD",
      payable: stage.time.advanced(by: Nanoseconds.day))
    #expect(
      Self.briefs(stage.step(.corporateAction(action))) == ["booked dividend cash -5"])
    #expect(Self.usd(stage)[.income] == Money(units: 5))
    #expect(Self.usd(stage).posted(.income) == .zero)
    #expect(
      Self.briefs(stage.step(.timer(.engine), after: Nanoseconds.day))
        == ["booked settled cash -5"])
    #expect(Self.usd(stage).posted(.income) == Money(units: 5))
  }

  @Test func `a share that is delisted leaves at what is paid for it`() {
    var stage = Self.stage()
    _ = Self.trade(&stage, "buy 4", at: 10_000)
    let action = CorporateAction(
      .delisting, of: Self.share, amount: Money(units: 1), currency: "USD")
    #expect(
      Self.briefs(stage.step(.corporateAction(action))) == [
        "booked delisted -4 cash 4 cost -400"
      ])
    #expect(Self.usd(stage)[.realised] == Money(units: 396))
    #expect(Self.usd(stage)[.inventory] == .zero)
  }

  @Test func `a share that is renamed goes by its new name`() {
    var stage = Self.stage()
    stage.step(.corporateAction(CorporateAction(.symbolChange, of: Self.share, symbol: "NEW")))
    #expect(stage.engine.market.instrument(Self.share)?.symbol == "NEW")
    #expect(
      stage.step(.corporateAction(CorporateAction(.symbolChange, of: .none, symbol: "X"))).isEmpty)
  }

  @Test func `what is configured of a share holds after it is renamed, and restored`() {
    let lines = "risk.instrument.SHR.order.max_quantity=5\nrisk.officers=ann"
    var stage = Self.stage(lines)
    stage.quote(10_000, 10_000)
    stage.step(.corporateAction(CorporateAction(.symbolChange, of: Self.share, symbol: "NEW")))
    #expect(Self.briefs(stage.tell("buy 6")).last == "refused order.max_quantity 6 5")
    // Defined again by its new name, as a venue does when it is there again.
    var again = Instrument.share(0, "NEW")
    again.lotSize = Quantity(2)
    stage.step(.instrument(again))
    #expect(Self.briefs(stage.tell("buy 6")).last == "refused order.max_quantity 6 5")
    var engine = Engine(catalog: [ScriptedStrategy.kind])
    let bytes = stage.stateBytes()
    #expect(throws: Never.self) { try engine.restoreState(bytes) }
    #expect(engine.stateHash() == stage.engine.stateHash())
    var other = Stage(engine, after: stage.sequence, at: stage.time)
    #expect(Self.briefs(other.tell("buy 6")).last == "refused order.max_quantity 6 5")
    other.step(
      .limitChange(
        LimitChange(
          key: "risk.instrument.SHR.order.max_quantity", value: "4", author: "ann",
          reason: "less", effective: .epoch)))
    #expect(Self.briefs(other.tell("buy 4")).last?.hasPrefix("submitted") == true)
    #expect(Self.briefs(other.tell("buy 6")).last == "refused order.max_quantity 6 4")
    #expect(other.engine.market.instrument(Self.share)?.symbol == "NEW")
  }

  @Test func `daily settlement pays what was not paid, and closing only the rest`() {
    var stage = Self.stage("strategy.one.position.FUT=2 @ 4800.25")
    func settle(_ price: Int64) -> Observation {
      .reference(
        ReferenceValue(instrument: InstrumentID(1), field: .settlement, value: price))
    }
    #expect(
      stage.entries.compactMap { entry -> String? in
        if case .decision(let decision) = entry.event { decision.brief } else { nil }
      } == ["booked opening 2 @ 480025 cost 480025"])
    #expect(Self.usd(stage)[.cash] == Money(units: 1000))
    #expect(
      Self.briefs(stage.step(settle(480_125))) == [
        "booked variation @ 480125 cash 100 variation 100"
      ])
    #expect(stage.step(settle(480_125)).isEmpty)
    #expect(
      Self.briefs(stage.step(settle(480_025))) == [
        "booked variation @ 480025 cash -100 variation -100"
      ])
    stage.step(settle(480_225))
    _ = Self.trade(&stage, "sell 1", at: 480_325, 1)
    // Three points on one contract were made, of which two had been paid on each.
    #expect(Self.usd(stage)[.realised] == Money(units: -150))
    #expect(Self.usd(stage)[.variation] == Money(units: -100))
    #expect(Self.usd(stage)[.cash] == Money(units: 1250))
    _ = Self.trade(&stage, "sell 3", at: 480_225, 1)
    #expect(Self.usd(stage)[.variation] == .zero)
    #expect(Self.usd(stage)[.cash] == Money(units: 1250))
    #expect(Self.usd(stage).sum == .zero)
  }

  @Test func `a future ends at its last price`() {
    var stage = Self.stage()
    var future = Instrument.future(1, "FUT")
    future.expiry = stage.time.advanced(by: Nanoseconds.day)
    stage.step(.instrument(future))
    _ = Self.trade(&stage, "buy 2", at: 480_000, 1)
    stage.tell("buy 1", InstrumentID(1))
    #expect(stage.engine.nextWake == future.expiry)
    stage.quote(480_100, 480_100, InstrumentID(1))
    #expect(
      Self.briefs(stage.step(.timer(.engine), after: Nanoseconds.day)) == [
        "booked variation @ 480100 cash 100 variation 100",
        "booked expired -2 cost -480000 variation -100",
      ])
    #expect(Self.usd(stage)[.realised] == Money(units: -100))
    #expect(Self.usd(stage)[.cash] == Money(units: 1100))
    #expect(stage.engine.nextWake == nil)
    // An execution that was reported late.
    #expect(
      Self.briefs(stage.fill(2, 1, at: 480_000)) == [
        "booked variation @ 480100 cash 50 variation 50",
        "booked expired -1 cost -240000 variation -50",
      ])
  }

  @Test func `what ends without a price is an alert, not a guess`() {
    var stage = Self.stage()
    var future = Instrument.future(1, "FUT")
    future.expiry = stage.time.advanced(by: Nanoseconds.day)
    stage.step(.instrument(future))
    _ = Self.trade(&stage, "buy 2", at: 480_000, 1)
    #expect(
      Self.briefs(stage.step(.timer(.engine), after: Nanoseconds.day)) == [
        "alert books.unpriced 0"
      ])
    #expect(stage.engine.market.portfolio.quantity(InstrumentID(1)) == Quantity(2))
  }

  @Test(
    arguments: [
      ("buy 3", Int64(100_000), "booked funding @ 10000 cash -0.03"),
      ("sell 3", 100_000, "booked funding @ 10000 cash 0.03"),
      ("buy 3", -100_000, "booked funding @ 10000 cash 0.03"),
    ])
  func `funding is paid at its moment on what is held then`(
    order: String, rate: Int64, brief: String
  ) {
    var stage = Self.stage()
    let id = InstrumentID(2)
    stage.quote(9_000, 9_000, id)
    stage.step(.reference(ReferenceValue(instrument: id, field: .mark, value: 10_000)))
    let value = ReferenceValue(
      instrument: id, field: .fundingRate, value: rate,
      effective: stage.time.advanced(by: Nanoseconds.second))
    #expect(stage.step(.reference(value)).isEmpty)
    _ = Self.trade(&stage, order, at: 9_000, 2)
    #expect(
      Self.briefs(stage.step(.timer(.engine), after: value.effective.since(stage.time)))
        == [brief])
    #expect(stage.step(.timer(.engine), after: Nanoseconds.second).isEmpty)
    var now = value
    now.effective = .epoch
    #expect(Self.briefs(stage.step(.reference(now))) == [brief])
    #expect(Self.usd(stage).sum == .zero)
  }

  @Test func `accounts keep their books apart`() {
    var stage = Self.stage(
      """
      account.sub.cash=500 USD
      account.sub.parent=main
      account.sub.lots=fifo
      strategy.two.kind=scripted
      strategy.two.instruments=SHR
      strategy.two.account=sub
      strategy.two.name=two
      """)
    stage.tell("buy 2", to: "two")
    #expect(stage.engine.market.orders[OrderID(1)]?.ticket.account == AccountID(1))
    stage.fill(1, 2, at: 10_000, fee: Money(units: 1))
    #expect(Self.usd(stage)[.cash] == Money(units: 1000))
    #expect(Self.usd(stage, 1)[.cash] == Money(units: 299))
    #expect(Self.usd(stage, 1)[.fees] == Money(units: 1))
    #expect(stage.engine.valuations.map(\.cash) == [Money(units: 1299)])
    #expect(
      stage.engine.market.valuations(of: AccountID(1)).map(\.inventory) == [Money(units: 200)])
    #expect(stage.engine.market.portfolio.ledger(AccountID(2)).books.isEmpty)
  }

  @Test func `the state of rich books is read back`() throws {
    var stage = Self.stage(
      """
      account.settlement=calendar
      account.lots=hifo
      account.sub.cash=5 EUR
      calendar.XV0=XNYS
      strategy.one.position.FUT=1 @ 4800
      """)
    stage.step(.exchangeRate(ExchangeRate(base: "EUR", currency: "USD", rate: 5)))
    _ = Self.trade(&stage, "buy 9", at: 10_000)
    _ = Self.trade(&stage, "buy 9", at: 10_100)
    _ = Self.trade(&stage, "sell 3", at: 10_100)
    stage.step(
      .reference(
        ReferenceValue(
          instrument: InstrumentID(2), field: .fundingRate, value: 7,
          effective: stage.time.advanced(by: Nanoseconds.day))))
    let bytes = stage.stateBytes()
    var engine = Engine(catalog: [ScriptedStrategy.kind])
    try engine.restoreState(bytes)
    var again = ByteBuffer()
    engine.encodeState(to: &again)
    #expect(again.array == bytes)
    #expect(engine.nextWake == stage.engine.nextWake)
  }
}
