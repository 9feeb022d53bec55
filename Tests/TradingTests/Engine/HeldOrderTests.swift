import Calendars
import Events
import Scenarios
import Testing

@testable import Trading

/// Orders that the core keeps because no venue knows their type.
@Suite struct HeldOrderTests {
  static let emulated = "orders.native=none\nrisk.position.max_quantity=50"

  static func stage(_ configuration: String = emulated) -> Stage {
    var stage = EngineTests.stage(configuration)
    stage.quote(9_990, 10_010)
    return stage
  }

  static func brief(_ decisions: [Decision]) -> [String] {
    decisions.map(\.brief).filter { !$0.hasPrefix("intent") }
  }

  @Test func `a stop is held, watches, and goes out as a market order`() {
    var stage = Self.stage()
    #expect(Self.brief(stage.tell("sell 5 stop 9900")) == ["held 1 sell 5 stop stop 9900"])
    #expect(stage.engine.market.orders[OrderID(1)]?.state == .held)
    #expect(Self.brief(stage.quote(9_901, 9_920)) == [])
    #expect(
      Self.brief(stage.quote(9_880, 9_900)) == ["released 1 sell 5 market triggered 9880"])
    #expect(stage.engine.market.orders[OrderID(1)]?.state == .pending)
    // Released once, whatever comes.
    #expect(Self.brief(stage.quote(9_700, 9_720)) == [])
    stage.accept(1)
    stage.fill(1, 5, at: 9_690)
    #expect(stage.engine.market.orders[OrderID(1)]?.state == .filled)
    #expect(stage.engine.market.orders.open.isEmpty)
  }

  @Test(arguments: [
    // The source, then what does not reach a buy stop at 10,100, then what does.
    ("watch last", EngineTests.trade(10_099), EngineTests.trade(10_100)),
    ("watch bid_ask", quote(10_100, 10_099), quote(9_000, 10_100)),
    ("watch mid", quote(10_000, 10_198), quote(10_000, 10_200)),
    ("watch mark", mark(10_099), mark(10_100)),
    // Without prints the standard source is the side that would be taken.
    ("", quote(10_090, 10_099), quote(10_000, 10_101)),
  ])
  func `a condition watches the price it names`(
    _ terms: String, _ near: Observation, _ at: Observation
  ) {
    var stage = Self.stage()
    stage.tell("buy 5 stop 10100 \(terms)")
    #expect(Self.brief(stage.step(near)) == [])
    #expect(Self.brief(stage.step(at)).count == 1)
  }

  @Test func `once there are prints the standard source is the last one`() {
    var stage = Self.stage()
    stage.tell("buy 5 stop 10100")
    stage.step(EngineTests.trade(10_000))
    #expect(Self.brief(stage.quote(10_150, 10_160)) == [])
    #expect(
      Self.brief(stage.step(EngineTests.trade(10_120)))
        == ["released 1 buy 5 market triggered 10120"])
  }

  @Test func `orders that are due together go out in the order of their ids`() {
    var stage = Self.stage()
    stage.tell("sell 1 stop 9900; sell 2 stop 9950 @ 9800; buy 3 touch 9960")
    #expect(
      Self.brief(stage.quote(9_890, 9_900)) == [
        "released 1 sell 1 market triggered 9890", "released 2 sell 2 limit @ 9800 triggered 9890",
        "released 3 buy 3 market triggered 9900",
      ])
  }

  @Test func `the gate looks again when an order goes out`() {
    var stage = Self.stage()
    stage.tell("buy 30 stop 10100")
    // What is held counts: with 30 on the way, 21 more are too many.
    #expect(Self.brief(stage.tell("buy 21")) == ["refused position.max_quantity 51 50"])
    stage.step(
      .operatorAct(OperatorAct(act: .halt, scope: Scope(.order, 99), subject: "op", reason: "x")))
    stage.step(
      .market(.status(StatusChange(instrument: InstrumentID(0), status: .halted))))
    #expect(
      Self.brief(stage.quote(10_100, 10_200)) == [
        "refused instrument.not_trading", "ended 1 refused",
      ])
    #expect(stage.engine.market.orders[OrderID(1)]?.state == .rejected)
    stage.step(
      .market(.status(StatusChange(instrument: InstrumentID(0), status: .trading))))
    #expect(Self.brief(stage.tell("buy 50")).first?.hasPrefix("submitted 2") == true)
  }

  @Test func `a held order is cancelled and changed without the venue`() {
    var stage = Self.stage()
    stage.tell("sell 5 stop 9900; sell 6 stop 9800 @ 9700")
    #expect(Self.brief(stage.tell("replace 1 7 @ 9950")) == ["held 1 sell 7 stop stop 9950"])
    #expect(
      Self.brief(stage.tell("replace 2 6 @ 9750")) == ["held 2 sell 6 stop_limit @ 9750 stop 9800"])
    #expect(Self.brief(stage.tell("cancel 2")) == ["ended 2 strategy"])
    #expect(EngineTests.calls(stage).last == "end 2 cancelled")
    #expect(Self.brief(stage.quote(9_940, 9_960)) == ["released 1 sell 7 market triggered 9940"])
  }

  @Test func `a halt and an operator end held orders`() {
    var stage = Self.stage()
    stage.tell("sell 5 stop 9900; sell 6 stop 9800")
    let cancel = OperatorAct(act: .cancel, scope: Scope(.order, 1), subject: "op", reason: "drill")
    #expect(Self.brief(stage.step(.operatorAct(cancel))) == ["ended 1 operator"])
    let halt = OperatorAct(act: .halt, scope: .all, subject: "op", reason: "drill")
    #expect(Self.brief(stage.step(.operatorAct(halt))) == ["halted", "ended 2 halt"])
  }

  @Test func `held orders end with their time`() {
    var stage = Self.stage()
    let expiry = stage.time.nanoseconds + 10_000_000
    stage.tell("sell 5 stop 9900 gtd until \(expiry); sell 6 stop 9800 day")
    #expect(stage.engine.nextWake == Instant(nanoseconds: expiry))
    let wake = Observation.timer(.engine)
    #expect(Self.brief(stage.step(wake, after: 8_999_999)) == [])
    #expect(Self.brief(stage.step(wake, after: 1)) == ["ended 1 expired"])
    #expect(stage.engine.nextWake == nil)
    #expect(
      Self.brief(
        stage.step(.market(.status(StatusChange(instrument: InstrumentID(0), status: .closed)))))
        == ["ended 2 expired"])
    #expect(stage.engine.market.orders[OrderID(2)]?.state == .expired)
  }

  @Test func `held day orders end at the close of their venue's session`() throws {
    var stage = EngineTests.stage(Self.emulated + "\ncalendar.XV0=XNYS")
    stage.quote(9_990, 10_010)
    let close = try TradingCalendar.xnys.session(closingAfter: stage.time).close
    stage.tell("sell 5 stop 9900 day; sell 6 stop 9800 day; sell 7 stop 9700")
    #expect(stage.engine.nextWake == close)
    #expect(stage.engine.market.orders[OrderID(1)]?.ticket.terms.expiry == close)
    // A change of the order does not give it another day.
    #expect(Self.brief(stage.tell("replace 1 4 @ 9850")).count == 1)
    #expect(stage.engine.market.orders[OrderID(1)]?.ticket.terms.expiry == close)
    // What goes out has no date any more.
    stage.quote(9_780, 9_800)
    #expect(stage.engine.market.orders[OrderID(2)]?.state == .pending)
    #expect(stage.engine.market.orders[OrderID(2)]?.ticket.terms.expiry == .epoch)
    #expect(stage.engine.market.orders[OrderID(1)]?.state == .pending)
    stage.tell("buy 3 stop 10500 day")
    let wake = Observation.timer(.engine)
    #expect(Self.brief(stage.step(wake, after: close.since(stage.time) - 1)) == [])
    #expect(Self.brief(stage.step(wake, after: 1)) == ["ended 4 expired"])
  }

  @Test(arguments: ["stop 9900", "stop 9900 @ 9800"])
  func `a stop with a date goes out when it is due, and can be changed then`(_ terms: String) {
    var stage = Self.stage()
    stage.tell("sell 5 \(terms) gtd until \(stage.time.nanoseconds + 1_000_000_000)")
    let released = Self.brief(stage.quote(9_880, 9_900))
    #expect(released.count == 1 && released[0].hasPrefix("released 1 sell 5"))
    guard terms.contains("@") else { return }
    stage.accept(1)
    #expect(Self.brief(stage.tell("replace 1 4 @ 9850")).first?.hasPrefix("refused") == false)
  }

  @Test func `what the venue does not end in time the core cancels`() {
    var stage = Self.stage()
    let expiry = stage.time.nanoseconds + 10_000_000
    #expect(
      Self.brief(stage.tell("buy 5 @ 9900 gtd until \(expiry)"))
        == ["submitted 1 buy 5 limit @ 9900"])
    stage.accept(1)
    #expect(Self.brief(stage.quote(9_990, 10_010, after: 20_000_000)) == ["cancel 1 expired"])
  }

  @Test func `a peg follows its reference, one change at a time`() {
    var stage = Self.stage()
    #expect(
      Self.brief(stage.tell("buy 5 peg primary by -3")) == ["submitted 1 buy 5 limit @ 9987"])
    // Not answered yet: nothing can be changed.
    #expect(Self.brief(stage.quote(9_995, 10_010)) == [])
    stage.accept(1)
    #expect(Self.brief(stage.quote(9_996, 10_010)) == ["replace 1 5 @ 9993"])
    #expect(Self.brief(stage.quote(9_999, 10_010)) == [])
    stage.report(1, .replaced(quantity: Quantity(5), price: Price(9_993)))
    #expect(Self.brief(stage.quote(10_000, 10_010)) == ["replace 1 5 @ 9997"])
  }

  @Test(arguments: [
    ("buy 1 peg primary", 9_990), ("sell 1 peg primary", 10_010), ("buy 1 peg mid", 10_000),
    ("sell 1 peg mid", 10_001), ("buy 1 peg market", 10_011), ("buy 1 peg mid by 50", 10_010),
    ("sell 1 peg mid by 50", 9_991), ("buy 1 peg market by 2", 10_013),
    ("sell 1 peg market by -2", 9_992),
  ])
  func `a pegged price is away from the other side`(_ script: String, _ price: Int64) {
    var stage = Self.stage()
    stage.quote(9_990, 10_011)
    if script == "sell 1 peg primary" { stage.quote(9_990, 10_010) }
    let decisions = stage.tell(script)
    guard case .submitted(let ticket) = decisions.last else {
      Issue.record("\(Self.brief(decisions))")
      return
    }
    #expect(ticket.price == Price(price))
  }

  @Test func `a market-to-limit order is a limit at the best opposite price`() {
    var stage = Self.stage()
    #expect(Self.brief(stage.tell("buy 5 to-limit day")) == ["submitted 1 buy 5 limit @ 10010"])
  }

  @Test(arguments: [
    ("buy 5 @ 10010 post-only", "refused order.post_only_would_take 10010 10010"),
    ("buy 5 @ 10009 post-only", "submitted 1 buy 5 limit @ 10009"),
    ("buy 5 stop 10100 @ 10100 show 2", "refused order.unsupported"),
    ("buy 5 @ 9900 at_open", "refused order.unsupported"),
    ("buy 5 at_close", "refused order.unsupported"),
    ("buy 5 reduce-only", "refused order.not_reducing 5 0"),
    ("buy 5 stop 10001 ioc", "held 1 buy 5 stop stop 10001"),
    ("buy 5 trail 0", "refused order.invalid"), ("buy 5 peg none", "refused order.invalid"),
    ("buy 5 @ 9900 gtd", "refused order.invalid"),
    ("buy 5 @ 9900 gtc until 5", "refused order.invalid"),
    ("buy 5 show 2", "refused order.invalid"), ("buy 5 @ 9900 show 6", "refused order.invalid"),
    ("buy 5 @ 9900 ioc post-only", "refused order.invalid"),
    ("buy 5 peg mid ioc", "refused order.invalid"),
    ("buy 5 @ 9900 watch mid", "refused order.invalid"),
  ])
  func `terms that do not fit are refused`(_ script: String, _ outcome: String) {
    var stage = Self.stage()
    #expect(Self.brief(stage.tell(script)) == [outcome])
  }

  @Test func `a limit beyond the band is refused`() {
    var stage = Self.stage("")
    stage.step(
      .priceBand(
        PriceBand(instrument: InstrumentID(0), lower: Price(9_500), upper: Price(10_500))))
    #expect(
      Self.brief(stage.tell("buy 1 @ 10501; buy 1 @ 10500; sell 1 @ 9499")) == [
        "refused order.price_band 10501 10500", "submitted 1 buy 1 limit @ 10500",
        "refused order.price_band 9499 9500",
      ])
  }

  @Test func `reduce-only orders never close more than there is`() {
    var stage = Self.stage("")
    stage.tell("buy 10")
    stage.accept(1)
    stage.fill(1, 10, at: 10_010)
    #expect(
      Self.brief(stage.tell("sell 6 @ 10100 reduce-only; sell 5 @ 10200 reduce-only")) == [
        "submitted 2 sell 6 limit @ 10100", "refused order.not_reducing 5 4",
      ])
  }

  @Test func `venues that know the types get them as they are`() {
    var stage = Self.stage("")
    #expect(
      Self.brief(stage.tell("sell 5 stop 9900; buy 5 trail 50; buy 5 peg mid; buy 5 @ 9900 show 2"))
        == [
          "submitted 1 sell 5 stop stop 9900", "submitted 2 buy 5 trailing_stop",
          "submitted 3 buy 5 pegged", "submitted 4 buy 5 limit @ 9900",
        ])
    stage.accept(1)
    #expect(Self.brief(stage.report(1, .triggered(price: Price(9_890)))) == [])
    #expect(stage.engine.market.orders[OrderID(1)]?.ticket.type == .market)
    stage.accept(2)
    #expect(
      Self.brief(stage.report(4, .triggered(price: Price(9_890)))) == ["alert report.illegal 4"])
  }

  @Test func `state with held orders comes back from its bytes`() throws {
    var stage = Self.stage()
    stage.tell("sell 5 stop 9900; buy 5 trail 50; buy 5 peg primary")
    stage.accept(3)
    stage.step(Self.mark(10_001))
    stage.quote(9_980, 10_000)
    stage.report(3, .replaced(quantity: Quantity(5), price: Price(9_980)))
    var engine = Engine(catalog: [ScriptedStrategy.kind])
    try engine.restoreState(stage.stateBytes())
    var copy = Stage(engine, after: stage.sequence, at: stage.time)
    #expect(copy.stateBytes() == stage.stateBytes())
    let expected = Self.brief(stage.quote(9_890, 10_060))
    #expect(expected.count == 3)
    #expect(Self.brief(copy.quote(9_890, 10_060)) == expected)
    #expect(copy.stateBytes() == stage.stateBytes())
  }

  static func quote(_ bid: Int64, _ ask: Int64) -> Observation {
    .market(
      .quote(
        Quote(
          instrument: InstrumentID(0), bid: Price(bid), ask: Price(ask), bidSize: Quantity(1),
          askSize: Quantity(1))))
  }

  static func mark(_ price: Int64) -> Observation {
    .reference(ReferenceValue(instrument: InstrumentID(0), field: .mark, value: price))
  }
}
