import Events
import Scenarios
import Testing

@testable import Trading

@Suite struct EngineTests {
  static func stage(_ parameters: String = "", clock: String = "quote") -> Stage {
    var stage = Stage()
    stage.step(.instrument(.share(0, "SHR")))
    stage.step(
      .configuration(
        ConfigurationItems(
          lines: """
            account.cash=1000 USD
            strategy.a.kind=scripted
            strategy.a.instruments=SHR
            strategy.a.clock=\(clock)
            \(parameters)
            """)))
    return stage
  }

  static func calls(_ stage: borrowing Stage, _ index: Int = 0) -> [String] {
    (stage.engine.strategies[index].logic as? ScriptedStrategy)?.calls ?? []
  }

  static func kinds(_ decisions: [Decision]) -> [String] { decisions.map { $0.kind.name } }

  static func trade(_ price: Int64, _ id: UInt16 = 0) -> Observation {
    .market(
      .trade(
        Trade(
          instrument: InstrumentID(id), price: Price(price), size: Quantity(5), side: .buy)))
  }

  @Test(arguments: [
    ("quote", ["quote 99/101", "quote 99/101"]), ("trade", ["trade 100"]),
    ("bar:1s", ["bar 100/100/100/100 5"]), ("bar:1s:mid", ["bar 100/100/100/100 0"]),
  ])
  func `a strategy is called by its clock`(clock: String, calls: [String]) {
    var stage = Self.stage(clock: clock)
    stage.quote(99, 101)
    stage.quote(99, 101)
    stage.step(Self.trade(100))
    stage.step(Self.trade(100, 3))
    // Nothing but time: a note closes the bar.
    stage.step(
      .operatorAct(OperatorAct(act: .note, scope: .all, subject: "op", reason: "hello")),
      after: 2_000_000_000)
    #expect(Self.calls(stage) == calls)
  }

  @Test func `impossible ticks reach nobody`() {
    for clock in ["quote", "trade", "bar:1s"] {
      var stage = Self.stage(clock: clock)
      stage.quote(.max, 101)
      stage.quote(1, 2, sizes: (-1, 0))
      stage.step(Self.trade(.max))
      stage.step(
        .market(
          .bar(
            Bar(
              instrument: InstrumentID(0), interval: 1_000_000_000, open: Price(5),
              high: Price(1), low: Price(9), close: Price(5), volume: Quantity(1)))))
      stage.step(.timer(Timer(strategy: StrategyID(0), timer: 9)), after: 5_000_000_000)
      #expect(Self.calls(stage) == ["timer 9"])
    }
  }

  @Test func `an instrument may be defined before or after the configuration`() {
    var after = Stage()
    after.step(
      .configuration(
        ConfigurationItems(lines: "strategy.a.kind=scripted\nstrategy.a.instruments=XV0:SHR")))
    after.quote(99, 101)
    after.step(.instrument(.share(0, "SHR")))
    after.quote(98, 101)
    #expect(Self.calls(after) == ["quote 98/101"])
  }

  @Test func `an instrument with a problem is left out`() {
    var stage = Self.stage()
    var broken = Instrument.share(1, "BAD")
    broken.lotSize = .zero
    stage.step(.instrument(broken))
    #expect(stage.engine.market.instrument(InstrumentID(1)) == nil)
    var none = Instrument.share(0, "NONE")
    none.id = .none
    stage.step(.instrument(none))
    #expect(stage.engine.market.instruments.count == 1)
  }

  @Test func `an intent is recorded, judged and ordered before the next one`() {
    var stage = Self.stage("risk.order.max_quantity=10")
    let decisions = stage.tell("buy 1; sell 11; buy 2 @ 100; hold; cancel 7")
    #expect(
      Self.kinds(decisions) == [
        "intent", "submitted", "intent", "refused", "intent", "submitted", "intent", "refused",
      ])
    let signal = stage.entries.last { $0.event.kind == .signal }?.header.sequence
    let causes = stage.entries.suffix(8).map(\.header.cause)
    let first = stage.sequence - 7
    #expect(causes == [signal, first, signal, first + 2, signal, first + 4, signal, first + 6])
    let tally = stage.engine.tally
    #expect(tally.intents == 4 && tally.orders == 2 && tally.signals == 1)
    #expect(tally.refused[Int(Rule.orderMaxQuantity.rawValue)] == 1)
    #expect(tally.refused[Int(Rule.orderUnknown.rawValue)] == 1)
  }

  @Test func `a report's cause is the request it answers, a fill's the terms that it came by`() {
    var stage = Self.stage()
    func asked() -> UInt64 { stage.sequence }
    let part = VenueReport.Outcome.filled(
      Fill(
        id: 9, price: Price(100), quantity: Quantity(1), fee: .zero, feeCurrency: "USD",
        liquidity: .maker))
    func cause(_ outcome: VenueReport.Outcome) -> UInt64 {
      stage.engine.cause(of: VenueReport(order: OrderID(1), outcome))
    }
    stage.tell("buy 10 @ 100")
    let submitted = asked()
    #expect(cause(.accepted(venueOrder: "V")) == submitted && cause(part) == submitted)
    stage.accept(1)
    stage.tell("replace 1 20 @ 101")
    let replaced = asked()
    // Filled while the replacement is on its way: by the old terms.
    #expect(cause(part) == submitted && cause(.expired) == submitted)
    #expect(cause(.replaced(quantity: Quantity(20), price: Price(101))) == replaced)
    stage.tell("cancel 1")
    let cancelled = asked()
    #expect(cause(.replaced(quantity: Quantity(20), price: Price(101))) == replaced)
    #expect(cause(.requestRejected(.replace, code: 2, text: "")) == replaced)
    stage.report(1, .replaced(quantity: Quantity(20), price: Price(101)))
    #expect(cause(part) == replaced && cause(.cancelled(.venue, text: "")) == replaced)
    #expect(cause(.cancelled(.requested, text: "")) == cancelled)
    #expect(cause(.requestRejected(.cancel, code: 2, text: "")) == cancelled)
    #expect(submitted < replaced && replaced < cancelled)
    #expect(stage.engine.cause(of: VenueReport(order: OrderID(7), .expired)) == 0)
  }

  @Test func `a target counts what is held and working`() {
    var stage = Self.stage()
    func side(_ decisions: [Decision]) -> Int64 {
      guard case .submitted(let ticket) = decisions.last else { return 0 }
      return ticket.quantity.raw * ticket.side.sign
    }
    #expect(stage.tell("target 0").isEmpty)
    #expect(side(stage.tell("target 50")) == 50)
    #expect(stage.tell("target 50").isEmpty)
    stage.accept(1)
    stage.fill(1, 20, at: 100)
    #expect(side(stage.tell("target -10")) == -60)
    stage.report(1, .cancelled(.immediate, text: ""))
    // Held 20, 60 to sell under way: 50 more to be at 10.
    #expect(side(stage.tell("target 10")) == 50)
    stage.report(2, .rejected(code: 4, text: ""))
    #expect(side(stage.tell("target 10")) == -60)
    stage.tell("sell 5 @ 200")
    #expect(side(stage.tell("target 0")) == -5)
  }

  @Test func `only one's own open orders are cancelled or replaced`() {
    var stage = Self.stage(
      "strategy.a.name=a\nstrategy.b.kind=scripted\nstrategy.b.instruments=SHR\nstrategy.b.name=b")
    stage.tell("buy 10 @ 100", to: "a")
    #expect(RiskGateTests.rule(stage.tell("cancel 1", to: "b")) == .orderUnknown)
    #expect(RiskGateTests.rule(stage.tell("replace 1 5 @ 100", to: "b")) == .orderUnknown)
    #expect(RiskGateTests.rule(stage.tell("cancel 9", to: "a")) == .orderUnknown)
    // Not answered yet: it cannot be replaced, but cancelled.
    #expect(RiskGateTests.rule(stage.tell("replace 1 5 @ 100", to: "a")) == .orderNotCancellable)
    stage.accept(1)
    #expect(
      Self.kinds(stage.tell("replace 1 5 @ 101", to: "a")) == ["intent", "replace_requested"])
    #expect(Self.kinds(stage.tell("cancel 1", to: "a")) == ["intent", "cancel_requested"])
    #expect(RiskGateTests.rule(stage.tell("cancel 1", to: "a")) == .orderNotCancellable)
    stage.report(1, .replaced(quantity: Quantity(5), price: Price(101)))
    #expect(stage.engine.market.orders[OrderID(1)]?.state == .cancelPending)
    #expect(stage.report(1, .cancelled(.requested, text: "")).isEmpty)
    #expect(RiskGateTests.rule(stage.tell("cancel 1", to: "a")) == .orderNotCancellable)
    #expect(Self.calls(stage, 0) == ["end 1 cancelled"])
    #expect(Self.calls(stage, 1) == [])
  }

  @Test func `fills and ends are told to the order's strategy, which may act on them`() {
    var stage = Self.stage("strategy.a.on_fill=sell 1\nstrategy.a.on_end=buy 3 @ 90")
    stage.tell("buy 2; buy 2 @ 100")
    #expect(Self.kinds(stage.fill(1, 1, at: 100)) == ["intent", "submitted"])
    #expect(Self.kinds(stage.report(2, .expired)) == ["intent", "submitted"])
    #expect(Self.calls(stage) == ["fill 1 1", "end 2 expired"])
    #expect(stage.engine.market.orders.open.map(\.id.raw) == [1, 3, 4])
  }

  @Test(arguments: [
    ("unknown order", Alert.Code.reportUnknownOrder, Alert.Severity.critical),
    ("illegal", .reportIllegal, .warning), ("overfill", .reportOverfill, .critical),
    ("duplicate", .reportDuplicateFill, .warning), ("late fill", .reportOverfill, .critical),
  ])
  func `a report that should not be is an alert`(
    what: String, code: Alert.Code, severity: Alert.Severity
  ) throws {
    var stage = Self.stage()
    stage.tell("buy 10 @ 100")
    var decisions: [Decision] = []
    switch what {
    case "unknown order": decisions = stage.accept(2)
    case "illegal": decisions = stage.report(1, .replaced(quantity: Quantity(1), price: Price(1)))
    case "overfill": decisions = stage.fill(1, 11, at: 100)
    case "duplicate":
      stage.fill(1, 4, at: 100, id: 77)
      decisions = stage.fill(1, 4, at: 100, id: 77)
    default:
      stage.report(1, .cancelled(.venue, text: ""))
      decisions = stage.fill(1, 10, at: 100)
    }
    guard case .alert(let alert) = try #require(decisions.first) else { return }
    #expect(decisions.count == 1)
    #expect(alert.code == code && alert.severity == severity)
    let held = stage.engine.market.portfolio.quantity(InstrumentID(0)).raw
    #expect(held == ["overfill": 11, "duplicate": 4, "late fill": 10][what] ?? 0)
    #expect(stage.engine.tally.alerts == 1)
    #expect(stage.engine.market.working[0].buy == (what == "duplicate" ? 6 : held == 0 ? 10 : 0))
  }

  @Test func `books that cannot hold a fill halt everything`() {
    var stage = Self.stage()
    stage.tell("buy 5 @ 100; buy 5 @ 100")
    stage.accept(2)
    let decisions = stage.fill(1, 5, at: 100, fee: Money(raw: Money.limit + 1))
    #expect(Self.kinds(decisions) == ["alert", "halted", "cancel_requested"])
    #expect(RiskGateTests.rule(stage.tell("buy 1")) == .engineHalted)
    let absurd = stage.fill(2, .max, at: .max)
    #expect(Self.kinds(absurd) == ["alert", "alert", "halted"])
    #expect(stage.engine.market.portfolio.ledger["USD"]?.sum == .zero)
  }

  @Test func `the operator halts, cancels and resumes by scope`() {
    func act(_ act: OperatorAct.Act, _ scope: Scope) -> Observation {
      .operatorAct(OperatorAct(act: act, scope: scope, subject: "op", reason: "r"))
    }
    var stage = Self.stage()
    stage.step(.instrument(.share(1, "OTH", venue: 3)))
    stage.tell("buy 1 @ 10; buy 2 @ 10; buy 3 @ 10")
    #expect(Self.kinds(stage.step(act(.cancel, Scope(.order, 2)))) == ["cancel_requested"])
    #expect(stage.step(act(.cancel, Scope(.order, 2))).isEmpty)
    #expect(stage.step(act(.cancel, Scope(.venue, 3))).isEmpty)
    #expect(stage.step(act(.cancel, Scope(.strategy, 1))).isEmpty)
    #expect(stage.step(act(.note, .all)).isEmpty)
    let halted = stage.step(act(.halt, Scope(.instrument, 0)))
    #expect(Self.kinds(halted) == ["halted", "cancel_requested", "cancel_requested"])
    guard case .cancelRequested(let order, .halt) = halted[1] else { Issue.record("?"); return }
    #expect(order == OrderID(1))
    #expect(Self.kinds(stage.step(act(.resume, Scope(.instrument, 0)))) == ["resumed"])
    #expect(RiskGateTests.rule(stage.tell("buy 1")) == nil)
  }

  @Test func `a lost connection makes what awaits an answer unknown`() {
    var stage = Self.stage()
    stage.tell("buy 1 @ 10; buy 2 @ 10; buy 3 @ 10")
    stage.accept(1)
    stage.accept(2)
    stage.tell("cancel 2")
    let lost = ConnectionChange(venue: VenueID(0), state: .disconnected)
    #expect(
      stage.step(.connection(ConnectionChange(venue: VenueID(1), state: .disconnected))).isEmpty)
    let decisions = stage.step(.connection(lost))
    #expect(Self.kinds(decisions) == ["alert", "alert"])
    #expect(stage.engine.market.orders.open.map(\.state) == [.working, .unknown, .unknown])
    #expect(stage.step(.connection(ConnectionChange(venue: VenueID(0), state: .connected))).isEmpty)
    #expect(stage.report(2, .status(.cancelled, filled: .zero)).isEmpty)
    #expect(stage.report(3, .status(.neverReceived, filled: .zero)).isEmpty)
    #expect(Self.calls(stage) == ["end 2 cancelled", "end 3 rejected"])
    #expect(stage.engine.market.working[0].buy == 1)
  }

  @Test func `two strategies on one instrument are apart`() {
    var stage = Self.stage(
      "strategy.a.name=a\nstrategy.b.kind=scripted\nstrategy.b.instruments=SHR\nstrategy.b.name=b")
    stage.tell("target 10", to: "a")
    stage.fill(1, 10, at: 100)
    stage.tell("target -4", to: "b")
    stage.fill(2, 4, at: 110)
    let portfolio = stage.engine.market.portfolio
    #expect(portfolio.position(StrategyID(0), InstrumentID(0)).quantity == Quantity(10))
    #expect(portfolio.position(StrategyID(1), InstrumentID(0)).quantity == Quantity(-4))
    #expect(portfolio.quantity(InstrumentID(0)) == Quantity(6))
    #expect(Self.calls(stage, 0) == ["fill 1 10"])
    #expect(Self.calls(stage, 1) == ["fill 2 4"])
  }

  @Test func `64 strategies are called in their order`() {
    let lines = (0..<64).map { index in
      let name = "s" + (index < 10 ? "0" : "") + "\(index)"
      return
        "strategy.\(name).kind=scripted\nstrategy.\(name).instruments=SHR\nstrategy.\(name).on_quote=buy \(index + 1)"
    }
    var stage = Stage()
    stage.step(.configuration(ConfigurationItems(lines: lines.joined(separator: "\n"))))
    stage.step(.instrument(.share(0, "SHR")))
    let tickets = stage.quote(99, 101).compactMap { decision -> OrderTicket? in
      if case .submitted(let ticket) = decision { ticket } else { nil }
    }
    #expect(tickets.map(\.strategy.raw) == Array(0..<64))
    #expect(tickets.map(\.quantity.raw) == Array(1...64))
    stage.fill(64, 64, at: 101)
    #expect(
      stage.engine.market.portfolio.position(StrategyID(63), InstrumentID(0)).quantity.raw == 64)
  }

  @Test func `the same configuration may come again, another one only before the first order`() {
    let first = ConfigurationItems(lines: "strategy.a.kind=scripted\nstrategy.a.instruments=SHR")
    let second = ConfigurationItems(
      lines: "account.cash=5 USD\nstrategy.b.kind=scripted\nstrategy.b.instruments=SHR")
    var stage = Stage()
    stage.step(.instrument(.share(0, "SHR")))
    stage.step(.configuration(first))
    stage.step(.configuration(second))
    #expect(stage.engine.strategyNames == ["b"])
    stage.tell("buy 7")
    stage.fill(1, 7, at: 100)
    let before = stage.stateBytes().dropFirst(0)
    #expect(stage.step(.configuration(second)).isEmpty)
    #expect(stage.stateBytes().count == before.count)
    #expect(stage.engine.market.portfolio.quantity(InstrumentID(0)) == Quantity(7))
    #expect(Self.kinds(stage.step(.configuration(first))) == ["alert", "halted"])
    #expect(stage.engine.strategyNames == ["b"])
    #expect(stage.engine.configuration == second)
    #expect(stage.engine.market.portfolio.quantity(InstrumentID(0)) == Quantity(7))
  }

  @Test func `a configuration that cannot be run halts everything`() {
    var stage = Stage()
    let decisions = stage.step(.configuration(ConfigurationItems(lines: "risk.x=1")))
    #expect(Self.kinds(decisions) == ["alert", "halted"])
    guard case .alert(let alert) = decisions[0] else { return }
    #expect(alert.code == .strategyFailed && alert.text.hasPrefix("risk.x: is not a known key"))
    #expect(stage.engine.halts == [.all])
    _ = stage.stateBytes()
  }

  @Test func `valuations count securities at the mark and contracts by their profit`() throws {
    var stage = Stage()
    stage.step(.instrument(.share(0, "SHR")))
    stage.step(.instrument(.future(1, "FUT")))
    stage.step(
      .configuration(
        ConfigurationItems(
          lines: "account.cash=1000 USD\nstrategy.a.kind=scripted\nstrategy.a.instruments=SHR,FUT"))
    )
    stage.tell("buy 2")
    stage.tell("sell 1", InstrumentID(1))
    stage.fill(1, 2, at: 10_000, fee: Money(units: 1))
    stage.fill(2, 1, at: 480_000)
    var value = try #require(stage.engine.valuations.first)
    #expect(value.unmarked == [InstrumentID(0), InstrumentID(1)])
    #expect(value.equity == Money(units: 999))
    stage.quote(10_990, 11_010)
    stage.quote(479_900, 479_950, InstrumentID(1))
    value = try #require(stage.engine.valuations.first)
    // 2 × 10.00 and 0.75 points × 50.
    #expect(value.unrealised == Money(raw: Int128(20 + 37) * Money.one + Money.one / 2))
    #expect(value.cash == Money(units: 799) && value.inventory == Money(units: 200))
    #expect(value.unmarked.isEmpty && value.fees == Money(units: 1))
  }
}
