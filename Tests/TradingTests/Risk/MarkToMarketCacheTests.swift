import Events
import Scenarios
import Testing

@testable import Trading

/// A walk that values again only what has changed comes to what one comes to that values everything.
@Suite struct MarkToMarketCacheTests {
  /// Two accounts with margin, one of which exchanges cash; a share, a future, a coin in euros, a pair, a perpetual
  /// with a published mark, a written option, a share that no quote comes for until late, and one whose amounts can
  /// leave their range.
  static func stage() -> Stage {
    var stage = Stage()
    let symbols = "SHR,FUT,COIN,EURUSD,PERP,CALL,LATE,HUGE"
    let strategies = [("a", "main"), ("b", "main"), ("c", "sub")].map { name, account in
      """
      strategy.\(name).kind=scripted
      strategy.\(name).name=\(name)
      strategy.\(name).instruments=\(symbols)
      strategy.\(name).account=\(account)
      """
    }
    let text = """
      account.cash=100000 USD
      account.margin=reg-t
      account.sub.cash=50000 EUR
      account.sub.margin=table
      account.sub.currencies=exchange
      margin.FUT.initial=400 USD
      margin.FUT.maintenance=300 USD
      margin.PERP.tiers=0: 10 % / 5 %, 2000: 20 % / 10 %
      risk.currency=USD
      risk.margin.max_use=100000 %
      risk.drawdown.max=100 %
      risk.exposure.max_gross=900000000 USD
      risk.account.main.exposure.max_net=900000000 USD
      risk.account.sub.exposure.max_leverage=9000
      risk.strategy.a.loss.max_day=900000000 USD
      risk.strategy.b.exposure.max_gross=900000000 USD
      risk.strategy.c.exposure.max_gross=900000000 USD
      risk.instrument.SHR.loss.max_day=900000000 USD
      risk.sampling=5ms
      """
    let items = ConfigurationItems(lines: ([text] + strategies).joined(separator: "\n"))
    #expect(stage.step(.configuration(items)).isEmpty)
    for instrument in instruments { stage.step(.instrument(instrument)) }
    return stage
  }

  static var instruments: [Instrument] {
    var call = Instrument(
      id: InstrumentID(5), venueName: "XV0", symbol: "CALL", kind: .option, currency: "USD",
      priceScale: 2, quantityScale: 0, multiplier: 100_000_000_000)
    call.option = OptionTerms(
      .call, style: .american, settlement: .cash, strike: Price(10_500), underlying: "SHR")
    var huge = Instrument.share(7, "HUGE")
    huge.multiplier = 10_000_000_000_000
    return [
      .share(0, "SHR"), .future(1, "FUT"), .coin(2, "COIN"), RiskControlsTests.pair,
      Instrument(
        id: InstrumentID(4), venueName: "XV0", symbol: "PERP", kind: .perpetual, base: "X",
        currency: "USD", priceScale: 2, quantityScale: 0),
      call, .share(6, "LATE"), huge,
    ]
  }

  /// What a walk that knows nothing yet comes to.
  static func plain(_ stage: borrowing Stage, besides own: InstrumentID) -> MarkToMarket? {
    guard let controls = stage.engine.gate.controls else { return nil }
    var plain = MarkToMarket(
      controls.worths.currency, controls.scopes, stage.engine.roster)
    for case let instrument? in stage.engine.market.instruments { plain.define(instrument) }
    plain.walk(besides: own, stage.engine.market)
    return plain
  }

  /// Holds the sums that the engine's gate has kept through its life against those.
  /// - Returns: how many scopes' exposures are not known, and whether an amount is out of range.
  static func check(
    _ stage: borrowing Stage, besides own: InstrumentID, _ what: String
  ) -> (unknown: Int, isBeyond: Bool) {
    guard let controls = stage.engine.gate.controls, let plain = plain(stage, besides: own) else {
      Issue.record("there are no rules")
      return (0, false)
    }
    var kept = controls.worths
    kept.walk(besides: own, stage.engine.market)
    var failures = 0
    for (scope, limits) in controls.scopes.enumerated() {
      let name = "\(what), \(limits.name)"
      switch (kept.exposure(of: scope), plain.exposure(of: scope)) {
      case (.known(let one), .known(let other)):
        #expect(
          one.gross == other.gross && one.upper == other.upper && one.lower == other.lower,
          "\(name)")
      case (.failed(let one), .failed(let other)):
        failures += 1
        #expect(one == other, "\(name)")
      default: Issue.record("\(name)")
      }
      #expect(kept.margin(of: scope) == plain.margin(of: scope), "\(name)")
      let instrument = limits.instrument
      #expect(
        kept.worth(of: scope, instrument, stage.engine.market)
          == plain.worth(of: scope, instrument, stage.engine.market), "\(name)")
    }
    #expect(kept.isBeyond == plain.isBeyond, "\(what)")
    return (failures, kept.isBeyond)
  }

  @Test(arguments: 1...6 as ClosedRange<UInt64>)
  func `in random lives both walks agree after each step`(seed: UInt64) throws {
    var random = NormalDraws(seed: seed)
    func draw(_ count: Int) -> Int { Int((random.next() * 1000).magnitude) % count }
    var stage = Self.stage()
    var prices: [Int64] = [10_000, 480_000, 10_000, 12_000, 10_000, 500, 9_000, 100]
    var (failures, beyond) = (0, 0)
    for step in 0..<400 {
      let index = draw(8)
      let id = InstrumentID(UInt16(index))
      let price = prices[index] + Int64(draw(81) - 40)
      switch draw(10) {
      case 0...2 where index != 6 || step > 120:
        prices[index] = price
        stage.quote(price, price, id)
      case 3...5 where index != 7 || step > 60:
        let side = draw(2) == 0 ? "buy" : "sell"
        let quantity = (1 + draw(9)) * (index == 2 ? 100 : 1)
        let limit = draw(2) == 0 ? "" : " @ \(index == 1 ? price / 25 * 25 : price)"
        let before = stage.engine.market.orders.lastID
        stage.tell("\(side) \(quantity)\(limit)", to: ["a", "b", "c"][draw(3)], id)
        let order = stage.engine.market.orders.lastID
        guard order != before, draw(3) > 0 else { break }
        let currency = stage.engine.market.currency(id)!
        stage.fill(order.raw, Int64(1 + draw(quantity)), at: price, in: currency)
      case 6:
        for order in stage.engine.market.orders.open.prefix(1) {
          stage.report(order.id.raw, .cancelled(.venue, text: ""))
        }
      case 7 where index == 4:
        stage.step(.reference(ReferenceValue(instrument: id, field: .mark, value: price + 700)))
      case 7 where index == 1:
        stage.step(.reference(ReferenceValue(instrument: id, field: .settlement, value: price)))
      case 7 where index == 0:
        stage.step(
          .corporateAction(
            CorporateAction(.dividend, of: id, amount: Money(units: 2), currency: "EUR")))
      case 8 where index > 3:
        // Amounts leave their range, and come back.
        let far = draw(4) == 0 ? 100 : Price.limit
        stage.quote(far, far, InstrumentID(7))
      case 9 where index == 3:
        // A definition that says the same, or another multiplier.
        stage.step(.instrument(Self.instruments[draw(8)]))
      case 9 where index == 1:
        var yen = Instrument.share(UInt16(8 + draw(3)), "YEN")
        yen.currency = draw(2) == 0 ? "JPY" : "USD"
        stage.step(.instrument(yen))
      default: stage.step(.timer(.engine), after: 6_000_000)
      }
      let own = draw(3) == 0 ? InstrumentID.none : InstrumentID(UInt16(draw(8)))
      let found = Self.check(stage, besides: own, "seed \(seed), step \(step)")
      (failures, beyond) = (failures + found.0, beyond + (found.1 ? 1 : 0))
    }
    #expect(stage.engine.tally.fills > 20)
    #expect(failures > 0 && beyond > 0)
    // From a snapshot nothing is known, and all is the same.
    var again = Engine(catalog: [ScriptedStrategy.kind])
    try again.restoreState(stage.stateBytes())
    let restored = Stage(again, after: stage.sequence, at: stage.time)
    _ = Self.check(restored, besides: .none, "restored")
  }
}
