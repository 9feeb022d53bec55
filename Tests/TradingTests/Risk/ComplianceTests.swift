import Books
import Events
import Scenarios
import Testing

@testable import Trading

/// What regulators ask of orders, control by control: EU 2017/589 (RTS 6) and SEC Rule 15c3-5. Each test is
/// named after the requirement it shows.
@Suite struct ComplianceTests {
  typealias Play = RiskControlsTests

  /// A venue of its own for each of three shares, a hundred orders at each.
  private static func threeVenues() -> Stage {
    var stage = Stage()
    stage.step(
      .configuration(
        ConfigurationItems(
          lines: "strategy.a.kind=scripted\nstrategy.a.instruments=S0,S1,S2\nstrategy.a.log=false"))
    )
    for id in 0..<3 as Range<UInt16> {
      stage.step(.instrument(.share(id, "S\(id)", venue: id)))
      for _ in 0..<100 { stage.tell("buy 1 @ 1000", InstrumentID(id)) }
    }
    return stage
  }

  private static func venue(_ id: UInt16, _ state: ConnectionChange.State) -> Observation {
    .connection(ConnectionChange(venue: VenueID(id), state: state))
  }

  @Test func `M1: a kill cancels all at once, and what a lost venue had as soon as it is back`() {
    var stage = Self.threeVenues()
    stage.step(Self.venue(2, .disconnected))
    let made = stage.step(KillTests.act(.kill, .all))
    #expect(made[0].brief == "halted" && made[1].brief == "kill 0 300")
    #expect(made.dropFirst(2).count { $0.kind == .cancelRequested } == 300)
    // Person and reason are in the journal.
    guard case .observation(.operatorAct(let act)) = stage.entries[stage.entries.count - 303].event
    else {
      Issue.record("the act is not where it should be")
      return
    }
    #expect(act.act == .kill && act.subject == "ann" && act.reason == "drill")
    #expect(stage.tell("buy 1 @ 1000").last?.brief == "refused engine.halted")
    // Two venues answer, the first at once, the second after the cancels were asked for again.
    for order in 1...100 as ClosedRange<UInt64> {
      stage.report(order, .cancelled(.requested, text: ""))
    }
    let again = stage.step(.timer(.engine), after: Nanoseconds.second)
    #expect(again.count { $0.kind == .cancelRequested } == 200)
    #expect(again.last?.brief == "kill 1 200")
    for order in 101...200 as ClosedRange<UInt64> {
      stage.report(order, .cancelled(.requested, text: ""))
    }
    let back = stage.step(Self.venue(2, .connected))
    #expect(back.count == 100 && back.allSatisfy { $0.kind == .cancelRequested })
    var last: [Decision] = []
    for order in 201...300 as ClosedRange<UInt64> {
      last = stage.report(order, .cancelled(.requested, text: ""))
    }
    #expect(last.map(\.brief) == ["kill 1 0"])
    #expect(stage.engine.market.orders.open.isEmpty && stage.engine.halts == [.all])
    let isSame = Self.isSame(stage)
    #expect(isSame)
  }

  /// Whether an engine that takes the same observations decides the same and ends in the same state.
  private static func isSame(_ stage: borrowing Stage) -> Bool {
    var engine = Engine(catalog: [ScriptedStrategy.kind])
    for entry in stage.entries {
      switch entry.event {
      case .observation(let observation): engine.apply(observation, entry.header)
      case .decision(let decision):
        guard let made = engine.decide(), made == decision else { return false }
        engine.apply(decision, entry.header)
      }
    }
    var out = ByteBuffer()
    engine.encodeState(to: &out)
    return out.array == stage.stateBytes()
  }

  @Test func `M2: every order names its strategy, and one that nobody answers for is refused`() {
    var stage = Play.stage("require_owner=true\nstrategy.a.owner=ann")
    for name in ["a", "b", "a", "a"] { stage.tell("buy 1", to: name) }
    for entry in stage.entries {
      switch entry.event {
      case .decision(.submitted(let ticket)): #expect(ticket.strategy == StrategyID(0))
      case .decision(.refused(let refusal)):
        #expect(refusal.rule == .strategyNotPermitted && refusal.strategy == StrategyID(1))
      default: break
      }
    }
    // Which algorithm a strategy is, and who decides, stand in the journaled configuration.
    #expect(stage.engine.strategyNames == ["a", "b"])
    #expect(stage.engine.configuration["strategy.a.kind"] == "scripted")
    #expect(stage.engine.configuration["risk.strategy.a.owner"] == "ann")
  }

  @Test(
    arguments: [
      ("order.price_collar=1 %", "buy 1 @ 10150", "buy 1 @ 10151", Rule.orderPriceCollar),
      (
        "order.period=1m\norder.period_collar=1 %", "buy 1 @ 10100", "buy 1 @ 10101",
        .orderPeriodCollar
      ),
      ("order.max_notional=1005 USD", "buy 10", "buy 11", .orderMaxNotional),
      ("order.max_quantity=5", "buy 5", "buy 6", .orderMaxQuantity),
    ])
  func `M3: collar, value and volume pass at the limit and not beyond`(
    risk: String, at: String, beyond: String, rule: Rule
  ) {
    var stage = Play.stage(risk)
    stage.step(
      .timer(Timer(strategy: StrategyID(99), timer: 0)), after: 2 * Nanoseconds.second)
    #expect(Play.refusal(stage.tell(at, to: "a")) == nil)
    #expect(Play.refusal(stage.tell(beyond, to: "a"))?.rule == rule)
    guard case .decision(.refused) = stage.entries.last?.event else {
      Issue.record("a refusal is an entry")
      return
    }
  }

  @Test func `M3: messages are bounded, and a limit changed in between binds from there on`() {
    var stage = Play.stage("order.max_rate=3/s")
    for expected in [nil, nil, nil, Rule.orderMaxRate] {
      #expect(Play.refusal(stage.tell("buy 1", to: "a"))?.rule == expected)
    }
    stage.step(LimitChangeTests.change("order.max_rate", "4/s", from: stage))
    #expect(Play.refusal(stage.tell("buy 1", to: "a")) == nil)
    #expect(Play.refusal(stage.tell("buy 1", to: "a"))?.rule == .orderMaxRate)
    let isSame = Self.isSame(stage)
    #expect(isSame)
  }

  @Test(arguments: [
    "position.max_quantity=5", "exposure.max_gross=500 USD", "exposure.max_net=500 USD",
    "orders.max_open=5", "strategy.a.exposure.max_gross=500 USD",
    "instrument.SHR.exposure.max_gross=500 USD", "account.main.exposure.max_leverage=0.5",
    "stress.max=100 USD\nstress.crash.others=-20 %",
  ])
  func `M4: orders count when they are sent, before any answer`(risk: String) {
    var stage = Play.stage(risk)
    stage.step(
      .timer(Timer(strategy: StrategyID(99), timer: 0)), after: 2 * Nanoseconds.second)
    for _ in 1...5 { #expect(Play.refusal(stage.tell("buy 1", to: "a", after: 0)) == nil) }
    #expect(Play.refusal(stage.tell("buy 1", to: "a", after: 0)) != nil)
  }

  @Test func `M5: repeated executions disable a strategy until a named person enables it`() throws {
    var stage = Play.stage(
      "officers=ann\nbreaker.repeat.watch=executions\nbreaker.repeat.strategies=a\n"
        + "breaker.repeat.halt_at=2\nbreaker.repeat.window=1m")
    for order in 1...3 as ClosedRange<UInt64> {
      stage.tell("buy 1", to: "a")
      stage.fill(order, 1, at: 10_000)
    }
    #expect(Play.refusal(stage.tell("buy 1", to: "a"))?.rule == .engineHalted)
    #expect(Play.refusal(stage.tell("buy 1", to: "b")) == nil)
    var again = Engine(catalog: [ScriptedStrategy.kind])
    try again.restoreState(stage.stateBytes())
    var restored = Stage(again, after: stage.sequence, at: stage.time)
    #expect(Play.refusal(restored.tell("buy 1", to: "a"))?.rule == .engineHalted)
    func enable(_ subject: String) -> Observation {
      .operatorAct(
        OperatorAct(
          act: .enable, scope: Scope(.strategy, 0), subject: subject, reason: "looked into it"))
    }
    #expect(stage.step(enable("eve")).map(\.brief) == ["alert act.not_permitted 0"])
    #expect(Play.refusal(stage.tell("buy 1", to: "a"))?.rule == .engineHalted)
    #expect(stage.step(enable("ann")).map(\.brief) == ["breaker repeat active"])
    #expect(Play.refusal(stage.tell("buy 1", to: "a")) == nil)
    let isSame = Self.isSame(stage)
    #expect(isSame)
  }

  @Test(arguments: ["", "account.main.", "strategy.a.", "instrument.SHR."])
  func `M6: a limit of each level binds an order`(level: String) {
    var stage = Play.stage("\(level)exposure.max_gross=500 USD")
    #expect(Play.refusal(stage.tell("buy 5", to: "a")) == nil)
    #expect(Play.refusal(stage.tell("buy 1", to: "a"))?.rule == .exposureMaxGross)
  }

  @Test(arguments: ["fill", "price"])
  func `M6: a breach by a fill or by the price cancels the orders that would add to it`(by: String)
  {
    var stage = Play.stage(
      "exposure.max_gross=1000 USD\nbreaker.limit.watch=exposure\nbreaker.limit.reduce_at=80 %")
    stage.tell("buy 8", to: "a")
    stage.tell("sell 1 @ 20000", to: "a")
    let made: [Decision]
    if by == "price" {
      stage.fill(1, 8, at: 10_000)
      stage.tell("buy 1 @ 9000", to: "a")
      stage.quote(11_000, 11_000)
      made = stage.step(
        .timer(Timer(strategy: StrategyID(99), timer: 0)), after: 2 * Nanoseconds.second)
      #expect(made.map(\.brief) == ["breaker limit reducing", "cancel 3 halt"])
    } else {
      stage.tell("buy 1 @ 9000", to: "a")
      made = stage.fill(1, 8, at: 10_000)
      #expect(made.map(\.brief) == ["breaker limit reducing", "cancel 3 halt"])
    }
    #expect(Play.refusal(stage.tell("buy 1", to: "a"))?.rule == .scopeReducing)
    #expect(Play.refusal(stage.tell("sell 2", to: "a")) == nil)
  }

  @Test func `M6: who has no permission for an instrument may not trade it`() {
    var stage = Play.stage("strategy.a.permitted=FUT\nrestricted=COIN")
    #expect(Play.refusal(stage.tell("buy 1", to: "a"))?.rule == .strategyNotPermitted)
    #expect(Play.refusal(stage.tell("buy 1", to: "b")) == nil)
    #expect(
      Play.refusal(stage.tell("buy 100000", to: "b", InstrumentID(2)))?.rule
        == .instrumentRestricted)
  }

  @Test(arguments: [
    ("watch=rejects\nhalt_at=0\nwindow=1m", ["a 0 buy 1", "reject 1"]),
    ("watch=price-move\ninstruments=SHR\nwindow=1m\nhalt_at=1 %", ["quote 0 10200 10200"]),
    ("watch=fill-price\nhalt_at=1 %", ["a 0 buy 1", "fill 1 1 10200"]),
    ("watch=staleness\ninstruments=SHR\nhalt_at=4s", ["quote 0 9950 10050", "wait 4000000001"]),
    ("watch=signal-rate\nhalt_at=1\nwindow=1m", ["a 0 buy 1", "a 0 buy 1"]),
    (
      "watch=loss\nhalt_at=50 %",
      ["wait 1000000000", "a 0 buy 9", "fill 1 9 10000", "quote 0 9800 9800", "wait 1000000000"]
    ),
  ])
  func `M8: what is disorderly is told by the entry that shows it`(
    breaker: String, lines: [String]
  ) throws {
    var stage = BreakerTests.stage(breaker)
    for line in lines.dropLast() {
      #expect(BreakerTests.change(Play.play(line, &stage)) == nil, "\(line)")
    }
    let before = stage.sequence
    #expect(BreakerTests.change(Play.play(lines[lines.count - 1], &stage)) != nil)
    let told = try #require(stage.entries.first { $0.event.kind == .breakerChanged })
    // In the same step as the entry that caused it, and with its sequence.
    #expect(told.header.cause == before + 1)
    #expect(told.header.receiveTime == stage.entries[Int(before)].header.receiveTime)
  }

  @Test(arguments: ["", "account.main.", "strategy.a.", "instrument.SHR."])
  func `U1: thresholds of each level bind before any answer comes`(level: String) {
    var stage = Play.stage("\(level)exposure.max_gross=500 USD")
    for _ in 1...5 { #expect(Play.refusal(stage.tell("buy 1", to: "a", after: 0)) == nil) }
    #expect(Play.refusal(stage.tell("buy 1", to: "a", after: 0))?.rule == .exposureMaxGross)
  }

  @Test func `U2: a duplicate within the window is refused, after it it passes`() {
    var stage = Play.stage("order.duplicate_window=5s")
    #expect(Play.refusal(stage.tell("buy 1 @ 9000", to: "a")) == nil)
    #expect(
      Play.refusal(stage.tell("buy 1 @ 9000", to: "a", after: 5 * Nanoseconds.second - 1))?.rule
        == .orderDuplicate)
    #expect(Play.refusal(stage.tell("buy 1 @ 9000", to: "a", after: 1)) == nil)
    stage.step(LimitChangeTests.change("order.duplicate_window", "", from: stage))
    #expect(Play.refusal(stage.tell("buy 1 @ 9000", to: "a")) == nil)
  }

  @Test func `U3: a short sale needs a locate`() {
    var stage = Play.stage("short.locate=true\ninstrument.SHR.short.located=5")
    #expect(Play.refusal(stage.tell("sell 5", to: "a")) == nil)
    #expect(Play.refusal(stage.tell("sell 1", to: "a"))?.rule == .shortNoLocate)
    stage.step(LimitChangeTests.change("instrument.SHR.short.located", "6", from: stage))
    #expect(Play.refusal(stage.tell("sell 1", to: "a")) == nil)
  }

  @Test func `U3: under Rule 201 a short sale is above the best bid`() {
    var stage = Play.stage("short.price_test=true")
    _ = Play.play("restrict", &stage)
    #expect(Play.refusal(stage.tell("sell 1 @ 9950", to: "a"))?.rule == .shortPriceTest)
    #expect(Play.refusal(stage.tell("sell 1 @ 9951", to: "a")) == nil)
  }

  @Test(arguments: [TradingStatus.halted, .paused, .closed, .preOpen, .quoteOnly])
  func `U3: a symbol that does not trade gets no order`(status: TradingStatus) {
    var stage = Play.stage("")
    stage.step(.market(.status(StatusChange(instrument: InstrumentID(0), status: status))))
    #expect(Play.refusal(stage.tell("buy 1", to: "a"))?.rule == .instrumentNotTrading)
  }

  @Test func `U3: a limit up, limit down band and a restricted list bind`() {
    var stage = Play.stage("restricted=COIN")
    stage.step(
      .priceBand(
        PriceBand(instrument: InstrumentID(0), lower: Price(9500), upper: Price(10_500))))
    #expect(Play.refusal(stage.tell("buy 1 @ 10501", to: "a"))?.rule == .orderPriceBand)
    #expect(Play.refusal(stage.tell("buy 1 @ 10500", to: "a")) == nil)
    #expect(
      Play.refusal(stage.tell("buy 100000", to: "a", InstrumentID(2)))?.rule
        == .instrumentRestricted)
  }
}
