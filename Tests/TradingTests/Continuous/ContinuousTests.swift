import Events
import Scenarios
import Testing

@testable import Trading

/// Continuous futures: contracts 0 (ends on 17 November 2023) and 1 (on 15 December), the symbol is 2.
@Suite struct ContinuousTests {
  static let (old, new, series) = (InstrumentID(0), InstrumentID(1), InstrumentID(2))

  static func contract(_ id: UInt16, _ symbol: String, ends: String) -> Instrument {
    var contract = Instrument.future(id, symbol)
    contract.expiry = Instant(ends)!
    return contract
  }

  /// A scripted strategy on FT.c.0 that starts on 14 November at 22:13:20.
  static func stage(_ lines: String = "", symbol: String = "FT.c.0") -> Stage {
    var stage = Stage()
    stage.step(
      .configuration(
        ConfigurationItems(
          lines: """
            account.cash=100000 USD
            strategy.one.kind=scripted
            strategy.one.instruments=\(symbol)
            \(lines)
            """)))
    var future = Instrument.future(2, symbol)
    future.kind = .continuous
    stage.step(.instrument(future))
    stage.step(.instrument(contract(0, "FTX3", ends: "2023-11-17T14:30:00")))
    stage.step(.instrument(contract(1, "FTZ3", ends: "2023-12-15T14:30:00")))
    return stage
  }

  static func briefs(_ decisions: [Decision]) -> [String] { decisions.map(\.brief) }

  static func calls(_ stage: borrowing Stage) -> [String] {
    (stage.engine.strategies[0].logic as? ScriptedStrategy)?.calls ?? []
  }

  /// A timer at the next end of a day.
  static func endDay(_ stage: inout Stage) -> [String] {
    let moment = stage.engine.nextWake ?? stage.time
    return briefs(stage.step(.timer(.engine), after: moment.since(stage.time)))
  }

  static func held(_ stage: borrowing Stage, _ id: InstrumentID) -> Int64 {
    stage.engine.market.portfolio.position(StrategyID(0), id).quantity.raw
  }

  /// Three of the old contract, bought at 100.00, which the market then is at; the new one is at 102.00.
  static func holding(_ lines: String = "", symbol: String = "FT.c.0") -> Stage {
    var stage = stage(lines, symbol: symbol)
    stage.quote(9_975, 10_025, old)
    stage.quote(10_175, 10_225, new)
    stage.tell("buy 3", series)
    stage.fill(1, 3, at: 10_025)
    return stage
  }

  @Test func `the first tick says what the symbol stands for`() {
    var stage = Self.stage()
    #expect(stage.engine.market.contract(Self.series) == .none)
    #expect(
      Self.briefs(stage.tell("buy 3", Self.series)) == [
        "intent order", "refused instrument.unknown",
      ])
    #expect(Self.briefs(stage.quote(10_175, 10_225, Self.new)) == ["rolled 2 – to 0 by 0"])
    #expect(stage.engine.market.contract(Self.series) == Self.old)
    #expect(Self.calls(stage).isEmpty)
    stage.quote(9_975, 10_025, Self.old)
    stage.quote(10_175, 10_225, Self.new)
    #expect(Self.calls(stage) == ["quote 9975/10025"])
    #expect(stage.engine.market.best(Self.series).ask == Price(10_025))
  }

  @Test func `an intent names the symbol, the order the contract`() throws {
    var stage = Self.stage()
    stage.quote(9_975, 10_025, Self.old)
    let made = stage.tell("buy 3 @ 9950 gtc", Self.series)
    guard case .intent(let intent) = made[0], case .submitted(let ticket) = made[1] else {
      return #expect(Bool(false), "\(made)")
    }
    #expect(intent.instrument == Self.series && ticket.instrument == Self.old)
    #expect(ticket.price == Price(9_950))
    stage.accept(1)
    let replaced = stage.tell("replace 1 4 @ 9925", Self.series)
    guard case .intent(let change) = replaced[0] else { return #expect(Bool(false)) }
    #expect(change.instrument == Self.series)
    #expect(replaced[1].brief == "replace 1 4 @ 9925")
  }

  @Test func `a roll cancels orders, then carries the position, and says why`() throws {
    var stage = Self.holding()
    stage.tell("sell 1 @ 11000 gtc", Self.series)
    stage.accept(2)
    // Two days pass; the third ends with the 15th: the contract is over from the 16th, a day early.
    #expect(Self.endDay(&stage).isEmpty)
    #expect(Self.endDay(&stage).isEmpty)
    let roll = stage.sequence + 2
    #expect(Self.endDay(&stage) == ["rolled 2 0 to 1 by -200", "cancel 2 roll"])
    #expect(stage.time.text == "2023-11-17T00:00:00.000000001Z")
    guard case .decision(.rolled(let record)) = stage.entries[Int(roll) - 1].event else {
      return #expect(Bool(false))
    }
    #expect(record.day == CivilDate(year: 2023, month: 11, day: 16))
    #expect((record.fromFigure, record.toFigure) == (20_231_117, 20_231_215))
    #expect((record.fromPrice, record.toPrice) == (Price(10_000), Price(10_200)))
    // Nothing moves before the order is gone.
    #expect(stage.quote(9_975, 10_025, Self.old).isEmpty)
    let made = stage.report(2, .cancelled(.requested, text: ""))
    #expect(
      Self.briefs(made) == [
        "intent order", "submitted 3 sell 3 market", "intent order", "submitted 4 buy 3 market",
      ])
    let intents = stage.entries.suffix(4).filter { $0.event.kind == .intent }
    #expect(intents.map(\.header.cause) == [roll, roll])
    let orders = [3, 4].compactMap { stage.engine.market.orders[OrderID($0)]?.ticket }
    #expect(orders.map(\.instrument) == [Self.old, Self.new])
    #expect(orders.map(\.terms.isRoll) == [true, true])
    #expect(orders[0].terms.isReduceOnly)
    // While both are under way the strategy holds and will hold three.
    #expect(stage.engine.market.committed(StrategyID(0), Self.series) == Quantity(3))
    let calls = Self.calls(stage).count
    stage.fill(3, 3, at: 9_975)
    stage.fill(4, 3, at: 10_225)
    #expect(Self.calls(stage).count == calls, "what the core moves is no news to the strategy")
    #expect((Self.held(stage, Self.old), Self.held(stage, Self.new)) == (0, 3))
    #expect(stage.engine.market.position(Self.series).quantity == Quantity(3))
    // −0.50 × 3 × 50 dollars.
    let book = stage.engine.market.portfolio.ledger(.main)["USD"]
    #expect(book?[.realised] == Money(units: 75) && book?.sum == .zero)
  }

  @Test func `a position that is to be closed is closed, one to be held is held`() {
    var stage = Self.holding("continuous.FT.roll=close\ncontinuous.FT.days=2")
    #expect(Self.endDay(&stage).isEmpty)
    #expect(
      Self.endDay(&stage) == [
        "rolled 2 0 to 1 by -200", "intent order", "submitted 2 sell 3 market",
      ])
    stage.fill(2, 3, at: 9_975)
    #expect(stage.engine.market.position(Self.series).quantity == .zero)

    var other = Self.holding("continuous.FT.roll=hold\ncontinuous.FT.days=2")
    #expect(Self.endDay(&other).isEmpty)
    #expect(Self.endDay(&other) == ["rolled 2 0 to 1 by -200"])
    #expect(other.engine.market.position(Self.series).quantity == Quantity(3))
    #expect(
      Self.briefs(other.tell("target 4", Self.series)) == [
        "intent target", "submitted 2 buy 1 market",
      ])
    other.fill(2, 1, at: 10_225)
    #expect(Self.held(other, Self.new) == 1)
    // Less: what is left in the old contract goes first.
    #expect(
      Self.briefs(other.tell("target 2", Self.series)) == [
        "intent target", "intent target", "submitted 3 sell 2 market",
      ])
    #expect(other.engine.market.orders[OrderID(3)]?.ticket.instrument == Self.old)
    other.fill(3, 2, at: 9_975)
    #expect(
      Self.briefs(other.tell("target -1", Self.series)) == [
        "intent target", "submitted 4 sell 2 market", "intent target", "submitted 5 sell 1 market",
      ])
    other.fill(4, 2, at: 10_175)
    other.fill(5, 1, at: 9_975)
    #expect((Self.held(other, Self.old), Self.held(other, Self.new)) == (0, -1))
  }

  @Test(
    arguments: [
      ("none", "10175/10225", 10_125, 10_125), ("difference", "9975/10025", 9_925, 10_125),
      // 100 / 102: a quote of 99.75 at 101.75, and 99.25 is 101.235.
      ("ratio", "9975/10025", 9_925, 10_100),
    ] as [(String, String, Int64, Int64)])
  func `the series goes on at its level, orders go out at the contract's`(
    adjust: String, quote: String, asked: Int64, sent: Int64
  ) {
    var stage = Self.stage("continuous.FT.adjust=\(adjust)\ncontinuous.FT.days=2")
    stage.quote(9_975, 10_025, Self.old)
    stage.quote(10_175, 10_225, Self.new)
    _ = Self.endDay(&stage)
    _ = Self.endDay(&stage)
    stage.quote(10_175, 10_225, Self.new)
    #expect(Self.calls(stage).last == "quote \(quote)")
    #expect(stage.engine.market.best(Self.series).bid.raw == Int64(quote.split(separator: "/")[0]))
    stage.tell("buy 1 @ \(asked) gtc", Self.series)
    #expect(stage.engine.market.orders[OrderID(1)]?.ticket.price == Price(sent))
    // A sell stop is not reached sooner, a limit not worse.
    stage.tell("sell 1 @ \(asked) gtc; sell 1 stop \(asked)", Self.series)
    let up: Int64 = adjust == "ratio" ? 10_125 : sent
    #expect(stage.engine.market.orders[OrderID(2)]?.ticket.price == Price(up))
    #expect(stage.engine.market.orders[OrderID(3)]?.ticket.terms.stop == Price(sent))
    let seen = stage.engine.market.openOrders(Self.series)
    #expect(seen.map(\.ticket.instrument) == Array(repeating: Self.series, count: 3))
    stage.accept(1)
    stage.fill(1, 1, at: sent)
    #expect(Self.calls(stage).last == "fill 1 1")
  }

  @Test func `by volume and open interest the next is in front after it had more`() {
    func trade(_ id: InstrumentID, _ size: Int64) -> Observation {
      .market(
        .trade(Trade(instrument: id, price: Price(10_000), size: Quantity(size), side: .buy)))
    }
    var stage = Self.stage(symbol: "FT.v.0")
    stage.step(trade(Self.old, 10))
    stage.step(trade(Self.new, 10))
    #expect(Self.endDay(&stage).isEmpty)
    // A day without trades decides nothing, though the one before is known.
    #expect(Self.endDay(&stage).isEmpty)
    stage.step(trade(Self.old, 10))
    stage.step(trade(Self.new, 11))
    #expect(Self.endDay(&stage) == ["rolled 2 0 to 1 by 0"])
    stage.step(trade(Self.old, 100))
    #expect(Self.endDay(&stage).isEmpty, "no contract comes back")

    func open(_ id: InstrumentID, _ value: Int64) -> Observation {
      .reference(ReferenceValue(instrument: id, field: .openInterest, value: value))
    }
    var other = Self.stage(symbol: "FT.n.0")
    other.step(trade(Self.old, 10))
    other.step(trade(Self.new, 10))
    other.step(open(Self.old, 7))
    other.step(open(Self.new, 7))
    #expect(Self.endDay(&other).isEmpty)
    other.step(open(Self.new, 8))
    #expect(Self.endDay(&other) == ["rolled 2 0 to 1 by 0"])
  }

  @Test func `a contract without a price is waited for, and after the last there is none`() {
    var stage = Self.stage("continuous.FT.days=2")
    stage.quote(9_975, 10_025, Self.old)
    stage.tell("buy 3", Self.series)
    stage.fill(1, 3, at: 10_025)
    #expect(Self.endDay(&stage).isEmpty)
    #expect(Self.endDay(&stage).isEmpty)
    // On the date of expiry it has to be.
    let made = Self.endDay(&stage)
    #expect(
      made == [
        "rolled 2 0 to 1 by 0", "intent order", "submitted 2 sell 3 market", "intent order",
        "submitted 3 buy 3 market",
      ])
    stage.fill(2, 3, at: 9_975)
    stage.fill(3, 3, at: 10_225)
    let ended = stage.step(.timer(.engine), after: 27 * Nanoseconds.day)
    #expect(
      Self.briefs(ended) == [
        "rolled 2 1 to – by 0", "alert strategy.failed 0", "intent order",
        "submitted 4 sell 3 market",
      ])
    #expect(
      Self.briefs(stage.tell("target 5", Self.series)) == [
        "intent target", "refused instrument.unknown",
      ])
  }

  @Test func `what was not let pass is tried again the next day`() {
    var stage = Self.holding("continuous.FT.days=2\nrisk.instrument.FTZ3.position.max_quantity=2")
    _ = Self.endDay(&stage)
    #expect(
      Self.endDay(&stage) == [
        "rolled 2 0 to 1 by -200", "intent order", "submitted 2 sell 3 market", "intent order",
        "refused position.max_quantity 3 2",
      ])
    stage.report(2, .cancelled(.venue, text: "closed"))
    #expect(
      Self.endDay(&stage) == [
        "intent order", "submitted 3 sell 3 market", "intent order",
        "refused position.max_quantity 3 2",
      ])
  }

  @Test func `a state in the middle of a roll is the same again`() throws {
    var stage = Self.holding("continuous.FT.days=2\ncontinuous.FT.adjust=ratio", symbol: "FT.c.0")
    stage.tell("sell 1 @ 11000 gtc", Self.series)
    stage.accept(2)
    _ = Self.endDay(&stage)
    _ = Self.endDay(&stage)
    let bytes = stage.stateBytes()
    var engine = Engine(catalog: [ScriptedStrategy.kind])
    try engine.restoreState(bytes)
    var again = Stage(engine, after: stage.sequence, at: stage.time)
    #expect(again.stateBytes() == bytes)
    #expect(again.engine.nextWake == stage.engine.nextWake)
    for _ in 0..<2 {
      let one = stage.report(2, .cancelled(.requested, text: ""))
      let other = again.report(2, .cancelled(.requested, text: ""))
      #expect(Self.briefs(one) == Self.briefs(other))
      stage.quote(10_175, 10_225, Self.new)
      again.quote(10_175, 10_225, Self.new)
      #expect(again.stateBytes() == stage.stateBytes())
    }
    for cut in [1, 9, 20] {
      var broken = Engine(catalog: [ScriptedStrategy.kind])
      #expect(throws: Damage.self) { try broken.restoreState(Array(bytes.dropLast(cut))) }
    }
  }

  @Test func `a contract that does not fit is left out with an alert`() {
    var stage = Self.stage()
    var odd = Self.contract(3, "FTH4", ends: "2024-03-15T14:30:00")
    odd.multiplier = 5_000_000_000
    #expect(Self.briefs(stage.step(.instrument(odd))) == ["alert strategy.failed 0"])
    let open = Instrument.future(4, "FTM4")
    #expect(Self.briefs(stage.step(.instrument(open))) == ["alert strategy.failed 0"])
    // Neither a spread nor another root is a contract.
    #expect(stage.step(.instrument(.future(5, "FTX3-FTZ3"))).isEmpty)
    #expect(stage.step(.instrument(.future(6, "FTSEZ3"))).isEmpty)
    #expect(stage.engine.market.series(Self.series)?.contracts.map(\.id) == [Self.old, Self.new])
  }

  @Test(
    arguments: [
      ("FT.v.1", "", "strategy.one.instruments", "rank"),
      ("FT.c.0,FT.c.1", "", "strategy.one.instruments", "two symbols"),
      ("FT.c.0", "continuous.FX.roll=hold", "continuous.FX", "no strategy"),
      ("FTX3", "continuous.FT.roll=hold", "continuous.FT", "no strategy"),
      ("FT.c.0", "continuous.FT.roll=keep", "continuous.FT.roll", "none of carry, close, hold"),
      ("FT.c.0", "continuous.FT.adjust=back", "continuous.FT.adjust", "none of none, difference"),
      ("FT.c.0", "continuous.FT.days=0", "continuous.FT.days", "whole number from 1"),
      ("FT.c.0", "continuous.FT.expiry.FTX3=20231117", "continuous.FT.expiry.FTX3", "not a date"),
      ("FT.c.0", "continuous.FT.rule=volume", "continuous.FT.rule", "not a known key"),
    ])
  func `a wrong configuration says where and what`(
    symbols: String, line: String, key: String, what: String
  ) {
    let items = ConfigurationItems(
      lines: "strategy.one.instruments=\(symbols)\nstrategy.one.kind=scripted\n\(line)")
    let error = #expect(throws: ConfigurationError.self) {
      try Engine.check(items, catalog: [ScriptedStrategy.kind])
    }
    #expect(error?.key == key)
    #expect(error?.description.contains(what) == true, "\(error?.description ?? "")")
  }
}
