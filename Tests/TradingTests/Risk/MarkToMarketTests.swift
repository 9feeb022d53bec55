import Events
import Scenarios
import Testing

@testable import Trading

/// What the gate takes accounts to be worth is what reports say, entry by entry.
@Suite struct MarkToMarketTests {
  /// Strategies `a` and `b` trade for `main`, `c` for `sub`; a share in dollars, a future, a coin in euros and a
  /// share in yen, whose rates are a pair and observed ones.
  static func stage(_ lines: String = "") -> Stage {
    var stage = Stage()
    let strategies = [("a", "main"), ("b", "main"), ("c", "sub")].map { name, account in
      """
      strategy.\(name).kind=scripted
      strategy.\(name).name=\(name)
      strategy.\(name).instruments=SHR,FUT,COIN,YEN
      \(account == "main" ? "" : "strategy.\(name).account=\(account)")
      """
    }
    let text = """
      account.cash=100000 USD
      account.sub.cash=5000 EUR, 100000 JPY
      account.idle.cash=70 EUR
      rate.JPY=observed
      risk.currency=USD
      risk.drawdown.max=99 %
      risk.account.main.drawdown.max=99 %
      risk.account.sub.drawdown.max=99 %
      risk.strategy.a.loss.max_day=1000000 USD
      risk.strategy.b.loss.max_day=1000000 USD
      risk.strategy.c.loss.max_day=1000000 USD
      \(lines)
      """
    let items = ConfigurationItems(lines: ([text] + strategies).joined(separator: "\n"))
    #expect(stage.step(.configuration(items)).isEmpty)
    stage.step(.instrument(.share(0, "SHR")))
    stage.step(.instrument(.future(1, "FUT")))
    stage.step(.instrument(.coin(2, "COIN")))
    stage.step(.instrument(RiskControlsTests.pair))
    var yen = Instrument.share(4, "YEN")
    yen.currency = "JPY"
    stage.step(.instrument(yen))
    return stage
  }

  /// By scope of the gate: its worth now.
  static func worths(_ stage: borrowing Stage) -> [(name: String, worth: Money?)] {
    guard var controls = stage.engine.gate.controls else { return [] }
    controls.walk(stage.engine.market)
    var all: [(name: String, worth: Money?)] = []
    for index in controls.scopes.indices {
      all.append((controls.scopes[index].name, controls.worth(of: index, stage.engine.market)))
    }
    return all
  }

  /// What the valuations of an account come to in dollars.
  static func reported(_ account: UInt16, _ stage: borrowing Stage) -> Money? {
    var sum = Money.zero
    for one in stage.engine.market.valuations(of: AccountID(account)) {
      guard let amount = stage.engine.market.convert(one.equity, from: one.currency, to: "USD")
      else { return nil }
      sum += amount
    }
    return sum
  }

  static func check(_ stage: borrowing Stage, _ what: String) {
    let found = worths(stage)
    #expect(
      found.map(\.name) == [
        "firm", "account main", "account sub", "strategy a", "strategy b", "strategy c",
      ])
    let (main, idle, sub) = (reported(0, stage), reported(1, stage), reported(2, stage))
    #expect(found[1].worth == main, "\(what)")
    #expect(found[2].worth == sub, "\(what)")
    guard let main, let idle, let sub else { return #expect(found[0].worth == nil, "\(what)") }
    #expect(found[0].worth == main + idle + sub, "\(what)")
  }

  static func trade(
    _ stage: inout Stage, _ strategy: String, _ script: String, _ instrument: UInt16,
    at price: Int64
  ) {
    let before = stage.engine.market.orders.lastID
    stage.tell(script, to: strategy, InstrumentID(instrument))
    let order = stage.engine.market.orders.lastID
    guard order != before else { return }
    let quantity = Int64(script.split(separator: " ")[1])!
    let currency = stage.engine.market.currency(InstrumentID(instrument))!
    stage.fill(order.raw, quantity, at: price, fee: Money(units: 1), in: currency)
  }

  @Test func `a firm is worth what its accounts are, whatever they hold in which currency`() {
    var stage = Self.stage()
    Self.check(stage, "no rate is known")
    stage.quote(12_000, 12_000, InstrumentID(3))
    Self.check(stage, "yen are not known")
    let rate = ExchangeRate(base: "USD", currency: "JPY", rate: 143_210_000_000)
    stage.step(.exchangeRate(rate))
    Self.check(stage, "cash alone")
    // 5000 euros at 1.2 and 100,000 yen at 143.21.
    #expect(Self.reported(2, stage) == Money(raw: 6698_275260_107534))
    stage.quote(9_990, 10_010)
    stage.quote(480_000, 480_000, InstrumentID(1))
    stage.quote(10_000, 10_000, InstrumentID(2))
    Self.trade(&stage, "a", "buy 7", 0, at: 10_010)
    Self.trade(&stage, "b", "sell 3", 0, at: 9_990)
    Self.trade(&stage, "c", "sell 2", 1, at: 480_000)
    Self.trade(&stage, "c", "buy 123300", 2, at: 10_000)
    // No mark yet: at cost.
    Self.trade(&stage, "a", "buy 1", 4, at: 333_333)
    Self.check(stage, "a share without a mark")
    stage.quote(340_000, 340_001, InstrumentID(4))
    stage.quote(481_025, 481_025, InstrumentID(1))
    Self.check(stage, "marks have moved")
  }

  @Test func `what daily settlement has paid counts once`() {
    var stage = Self.stage()
    stage.quote(12_000, 12_000, InstrumentID(3))
    stage.step(.exchangeRate(ExchangeRate(base: "USD", currency: "JPY", rate: 143_000_000_000)))
    stage.quote(480_000, 480_000, InstrumentID(1))
    Self.trade(&stage, "a", "buy 2", 1, at: 480_000)
    Self.trade(&stage, "c", "sell 1", 1, at: 480_000)
    stage.quote(481_000, 481_000, InstrumentID(1))
    let before = Self.worths(stage).map(\.worth)
    let value = ReferenceValue(instrument: InstrumentID(1), field: .settlement, value: 481_000)
    #expect(stage.step(.reference(value)).count == 2)
    // The cash came for what the position was worth already.
    #expect(Self.worths(stage).map(\.worth) == before)
    Self.check(stage, "settled")
    stage.quote(482_000, 482_000, InstrumentID(1))
    Self.check(stage, "moved after the settlement")
    #expect(Self.worths(stage)[3].worth == Money(units: 2 * 20 * 50 - 1))
    Self.trade(&stage, "a", "sell 1", 1, at: 482_000)
    Self.check(stage, "closed in part")
    #expect(Self.worths(stage)[3].worth == Money(units: 2 * 20 * 50 - 2))
  }

  @Test func `a position that was brought in counts, for worth and for exposure`() {
    var stage = Self.stage("strategy.a.position.SHR=10 @ 90\nrisk.exposure.max_gross=1050 USD")
    stage.quote(12_000, 12_000, InstrumentID(3))
    stage.step(.exchangeRate(ExchangeRate(base: "USD", currency: "JPY", rate: 143_000_000_000)))
    stage.quote(9_950, 10_050)
    Self.check(stage, "brought in")
    #expect(Self.worths(stage)[3].worth == Money(units: 100))
    let refusal = RiskControlsTests.refusal(stage.tell("buy 1", to: "b"))
    #expect(refusal?.rule == .exposureMaxGross && refusal?.value == 1100 * Money.one)
  }

  @Test func `what is held without a mark counts at cost`() {
    var stage = Self.stage("strategy.a.position.SHR=10 @ 90\nrisk.exposure.max_gross=240900 USD")
    stage.quote(12_000, 12_000, InstrumentID(3))
    stage.step(.exchangeRate(ExchangeRate(base: "USD", currency: "JPY", rate: 143_000_000_000)))
    stage.quote(480_000, 480_000, InstrumentID(1))
    let refusal = RiskControlsTests.refusal(stage.tell("buy 2", to: "b", InstrumentID(1)))
    #expect(refusal?.rule == .exposureMaxGross && refusal?.value == 480_900 * Money.one)
    // One fits exactly.
    #expect(RiskControlsTests.refusal(stage.tell("buy 1", to: "b", InstrumentID(1))) == nil)
    // An order in it still needs a price.
    let own = RiskControlsTests.refusal(stage.tell("buy 1", to: "a"))
    #expect(own?.rule == .orderNoReferencePrice)
  }

  @Test(arguments: 1...8 as ClosedRange<UInt64>)
  func `in random lives the gate and the reports agree after each step`(seed: UInt64) throws {
    var random = NormalDraws(seed: seed)
    func draw(_ count: Int) -> Int { Int((random.next() * 1000).magnitude) % count }
    var stage = Self.stage()
    var prices: [Int64] = [10_000, 480_000, 10_000, 12_000, 330_000]
    for step in 0..<160 {
      let (instrument, id) = { (UInt16($0), InstrumentID(UInt16($0))) }(draw(5))
      let price = prices[Int(instrument)] + Int64(draw(81) - 40) * 25
      switch draw(8) {
      case 0...2:
        prices[Int(instrument)] = price
        stage.quote(price, price, id)
      case 3...5 where instrument != 3:
        let quantity = (1 + draw(9)) * (instrument == 2 ? 100 : 1)
        let script = "\(draw(2) == 0 ? "buy" : "sell") \(quantity)"
        Self.trade(&stage, ["a", "b", "c"][draw(3)], script, instrument, at: price)
      case 6 where instrument == 1:
        stage.step(.reference(ReferenceValue(instrument: id, field: .settlement, value: price)))
      case 6 where instrument == 0:
        stage.step(
          .corporateAction(
            CorporateAction(.dividend, of: id, amount: Money(units: 2), currency: "EUR")))
      case 7:
        let rate = Int64(140_000_000_000 + draw(9_000) * 1_000_003)
        stage.step(.exchangeRate(ExchangeRate(base: "USD", currency: "JPY", rate: rate)))
      default: break
      }
      Self.check(stage, "seed \(seed), step \(step)")
    }
    var again = Engine(catalog: [ScriptedStrategy.kind])
    try again.restoreState(stage.stateBytes())
    let restored = Stage(again, after: stage.sequence, at: stage.time)
    #expect(stage.engine.tally.fills > 20)
    #expect(Self.worths(restored).map(\.worth) == Self.worths(stage).map(\.worth))
  }
}
