import Events
import Sequencing
import Strategies
import Testing

@testable import Serving
@testable import Trading

@Suite struct ControlRequestTests {
  static let status: LiveStatus = {
    var status = LiveStatus()
    status.strategies = ["cross", "maker"]
    status.accounts = ["main", "pension"]
    status.lastOrder = OrderID(9)
    status.instruments = [
      Instrument(
        id: InstrumentID(0), venue: VenueID(3), venueName: "SIMX", symbol: "ALFA", kind: .equity,
        currency: "USD", priceScale: 2, quantityScale: 0)
    ]
    return status
  }()

  /// What a request means, or the code of what is wrong with it.
  static func text(_ line: String) -> String {
    do throws(ControlRequest.Problem) {
      switch try ControlRequest(Array(line.utf8), user: "ann", status) {
      case .status: return "status"
      case .stop(let subject, let reason): return "stop by \(subject): \(reason)"
      case .observation(.operatorAct(let act)):
        return
          "\(act.act.name) \(act.scope.kind.name) \(act.scope.id) by \(act.subject): \(act.reason)"
      case .observation(.limitChange(let change)):
        return
          "\(change.key)=\(change.value) by \(change.author) at \(change.effective.nanoseconds)"
      case .observation(.signal(let signal)):
        return "signal \(signal.instrument.raw) \(signal.score) \(signal.model)/\(signal.version)"
      case .observation(.instruction(let order)):
        let (intent, terms) = (order.intent, order.intent.terms)
        return "\(order.clientOrder) by \(order.subject): \(intent.strategy.raw) "
          + "\(intent.side.name) \(intent.quantity.raw) of \(intent.instrument.raw) "
          + "\(intent.type.name) \(intent.timeInForce.name) \(intent.price.raw) "
          + "\(terms.stop.raw) \(terms.trail.unit.name) \(terms.trail.amount) "
          + "\(terms.isPostOnly) \(terms.display.raw) \(intent.reason.text)"
      case .observation(let other): return "\(other)"
      }
    } catch { return error.code }
  }

  @Test(arguments: [
    (#"{"op":"status"}"#, "status"),
    (#"{"op":"stop"}"#, "stop by ann: "),
    (#"{"op":"stop","subject":"bob","reason":"r"}"#, "stop by bob: r"),
    (#"{"op":"act","act":"halt","scope":"all"}"#, "halt all 0 by ann: "),
    (
      #"{"op":"act","act":"kill","scope":"strategy maker","reason":"x"}"#,
      "kill strategy 1 by ann: x"
    ),
    (#"{"op":"act","act":"cancel","scope":"order ord-7"}"#, "cancel order 7 by ann: "),
    (#"{"op":"act","act":"resume","scope":"venue SIMX"}"#, "resume venue 3 by ann: "),
    (
      #"{"op":"act","act":"enable","scope":"instrument SIMX:ALFA"}"#, "enable instrument 0 by ann: "
    ),
    (#"{"op":"act","act":"note","scope":"account pension"}"#, "note account 1 by ann: "),
    (
      #"{"op":"limit","key":"risk.a","value":"1","at":"2026-01-05T14:30:00Z"}"#,
      "risk.a=1 by ann at 1767623400000000000"
    ),
    (#"{"op":"limit","key":"risk.a","value":""}"#, "risk.a= by ann at 0"),
    (#"{"op":"signal","instrument":"ALFA","score":"-0.25","model":"m"}"#, "signal 0 -250000000 m/"),
    ("", "malformed"), ("[]", "malformed"), (#"{"op":1}"#, "malformed"), ("{", "malformed"),
    (#"{"op":"status","x":"y"}"#, "malformed"), (#"{"op":"status"} {}"#, "malformed"),
    ("{}", "missing"), (#"{"op":"fly"}"#, "unknown_op"), (#"{"op":"act"}"#, "missing"),
    (#"{"op":"act","act":"explode","scope":"all"}"#, "unknown_act"),
    (#"{"op":"act","act":"halt"}"#, "missing"),
    (#"{"op":"act","act":"halt","scope":"everything"}"#, "unknown_scope"),
    (#"{"op":"act","act":"halt","scope":"strategy"}"#, "unknown_scope"),
    (#"{"op":"act","act":"halt","scope":"strategy momo"}"#, "unknown_scope"),
    (#"{"op":"act","act":"halt","scope":"order 7"}"#, "halt order 7 by ann: "),
    (#"{"op":"act","act":"cancel","scope":"order ord-10"}"#, "unknown_order"),
    (#"{"op":"act","act":"cancel","scope":"order ord-0"}"#, "unknown_order"),
    (#"{"op":"act","act":"cancel","scope":"order hedge-7"}"#, "unknown_order"),
    (#"{"op":"act","act":"halt","scope":"all","act":"note"}"#, "malformed"),
    (#"{"op":"act","act":"halt","scope":"all x"}"#, "unknown_scope"),
    (#"{"op":"limit","key":"risk.a","value":"1","at":"soon"}"#, "bad_value"),
    (#"{"op":"limit","key":"risk.a"}"#, "missing"),
    (#"{"op":"signal","instrument":"ZETA","score":"1","model":"m"}"#, "unknown_instrument"),
    (#"{"op":"signal","instrument":"ALFA","score":"much","model":"m"}"#, "bad_value"),
  ])
  func `a request means one thing, or is refused with a code`(line: String, meaning: String) {
    #expect(Self.text(line) == meaning)
  }

  static let order =
    #""op":"order","id":"a-1","strategy":"maker","instrument":"ALFA","side":"buy""#
  static let none = Price.none.raw

  @Test(arguments: [
    (
      #""quantity":"10","reason":"hedge""#,
      "a-1 by ann: 1 buy 10 of 0 market ioc \(none) \(none) none 0 false 0 hedge"
    ),
    (
      #""quantity":"10","type":"limit","price":"101.5","post_only":"true","display":"4""#,
      "a-1 by ann: 1 buy 10 of 0 limit day 10150 \(none) none 0 true 4 "
    ),
    (
      #""quantity":"10","type":"stop","stop":"99","time_in_force":"gtc","subject":"bob""#,
      "a-1 by bob: 1 buy 10 of 0 stop gtc \(none) 9900 none 0 false 0 "
    ),
    (
      #""quantity":"10","type":"trailing_stop","trail":"2.5 %""#,
      "a-1 by ann: 1 buy 10 of 0 trailing_stop day \(none) \(none) ppm 25000 false 0 "
    ),
    (
      #""quantity":"10","type":"trailing_stop","trail":"1.50""#,
      "a-1 by ann: 1 buy 10 of 0 trailing_stop day \(none) \(none) price 150 false 0 "
    ),
    ("", "missing"), (#""quantity":"0""#, "bad_value"), (#""quantity":"-1""#, "bad_value"),
    (#""quantity":"1.5""#, "bad_value"), (#""quantity":"1","type":"none""#, "bad_value"),
    (#""quantity":"1","type":"swap""#, "bad_value"), (#""quantity":"1","price":"x""#, "bad_value"),
    (#""quantity":"99999999999999999999""#, "bad_value"),
    (#""quantity":"1","trail":"%""#, "bad_value"), (#""quantity":"1","peg":"none""#, "bad_value"),
    (#""quantity":"1","post_only":"yes""#, "bad_value"), (#""quantity":"1","x":"y""#, "malformed"),
    (#""quantity":"1","expires":"soon""#, "bad_value"),
    (#""quantity":"1","type":"limit""#, "bad_value"), (#""quantity":"1","price":"1""#, "bad_value"),
    (#""quantity":"1","type":"stop""#, "bad_value"),
    (#""quantity":"1","time_in_force":"gtd""#, "bad_value"),
  ])
  func `an order of a person has terms that can be read`(rest: String, meaning: String) {
    #expect(Self.text("{\(Self.order)\(rest.isEmpty ? "" : ",")\(rest)}") == meaning)
  }

  @Test func `an order of a person has a name, a strategy and an instrument that are there`() {
    for (from, to, code) in [
      ("a-1", "17", "bad_value"), ("a-1", "ord-1", "bad_value"),
      ("maker", "mkaer", "unknown_strategy"),
      ("ALFA", "ZETA", "unknown_instrument"), ("buy", "hold", "bad_value"),
      (#""side":"buy""#, #""type":"limit""#, "missing"),
    ] {
      let line = "{\(Self.order),\"quantity\":\"1\"}"
      #expect(Self.text(line.replacing(from, with: to)) == code, "\(to)")
    }
  }

  @Test(
    arguments: [
      ("risk.order.max_notional", "5 USD", nil), ("risk.order.max_notional", "", nil),
      ("risk.instrument.ALFA.order.max_quantity", "5", nil),
      ("risk.instrument.SIMX:ALFA.order.max_quantity", "5", nil),
      ("risk.order.price_collar", "5 %", nil), ("risk.order.max_rate", "5/s", nil),
      ("risk.strategy.maker.orders.max_open", "5", nil),
      ("account.cash", "5 USD", "they begin with `risk.`"),
      ("risk.order.max_notional", "much", "much"),
      ("risk.order.max_notional", "5 EUR", "`EUR` is the currency of no instrument or account"),
      ("risk.exposure.max_gross", "5 USX", "did you mean `USD`?"),
      (
        "risk.instrument.ALFB.order.max_quantity", "5",
        "did you mean `ALFA`?"
      ),
      ("risk.instrument.NEWCO.order.max_quantity", "5", "there is ALFA"),
      ("risk.strategy.mkaer.orders.max_open", "5", "did you mean `maker`?"),
      ("risk.account.nobody.exposure.max_gross", "5 USD", "is not an account of this run"),
    ] as [(String, String, String?)])
  func `a limit that could bind nothing is refused`(_ key: String, _ value: String, _ why: String?)
  {
    let configuration = ConfigurationItems(
      [
        ("account.cash", "100 USD"), ("strategy.maker.kind", "manual"),
        ("strategy.maker.instruments", "ALFA"),
      ].map { ConfigurationItems.Item(key: $0.0, value: $0.1) })
    var found: String?
    do throws(ControlRequest.Problem) {
      try LimitDoor.check(
        .limitChange(LimitChange(key: key, value: value, author: "ann", reason: "")), configuration,
        Self.status.instruments, Catalog.shipped)
    } catch { found = error.what }
    #expect((found == nil) == (why == nil), "\(found ?? "taken")")
    #expect(found?.contains(why ?? "") ?? true, "\(found ?? "")")
  }

  @Test(
    arguments: [
      ("olga", true), ("bob", false), ("bob, approved by olga", true),
      ("olga, approved by bob", false),
    ])
  func `only officers change limits and release breakers`(_ who: String, _ may: Bool) {
    let configuration = ConfigurationItems(
      [("account.cash", "100 USD"), ("risk.officers", "olga")].map {
        ConfigurationItems.Item(key: $0.0, value: $0.1)
      })
    for asked in [
      .limitChange(
        LimitChange(key: "risk.orders.max_open", value: "5", author: who, reason: "")),
      .operatorAct(OperatorAct(act: .enable, scope: .all, subject: who, reason: "")),
    ] as [Observation] {
      var code: String?
      do throws(ControlRequest.Problem) {
        try LimitDoor.check(asked, configuration, Self.status.instruments, Catalog.shipped)
      } catch { code = error.code }
      #expect(code == (may ? nil : "not_permitted"))
    }
    // Whoever may not do that may stop.
    #expect(throws: Never.self) {
      try LimitDoor.check(
        .operatorAct(OperatorAct(act: .kill, scope: .all, subject: "bob", reason: "")),
        configuration, Self.status.instruments, Catalog.shipped)
    }
  }

  @Test(
    arguments: [
      (#"{"a":"1","b":"2"}"#, nil), (#"{"a":"1","a":"2"}"#, "a"), (#"{"a":{"b":1,"b":2}}"#, nil),
      (#"{"a":"a","b":"a"}"#, nil), (#"{"\u0061":"1" , "a" : "2"}"#, "a"), ("", nil), ("{\"a", nil),
      (#"{"a\"":1,"a\"":2}"#, "a\""), (#"["a","a"]"#, nil), (#"{"a":["b","b"],"c":"\\"}"#, nil),
    ] as [(String, String?)])
  func `a key that is there twice is found`(_ json: String, _ key: String?) {
    #expect(RepeatedKey.first(in: Array(json.utf8)) == key)
  }

  @Test func `what an act ended, and what is left, is told by name`() {
    var (before, after) = (Self.status, Self.status)
    before.halts = [.all, Scope(.strategy, 1), Scope(.instrument, 0)]
    after.halts = [Scope(.instrument, 0)]
    after.breakers = [
      Engine.BreakerState(
        breaker: "fast", scope: Scope(.strategy, 0), state: .halted, since: .epoch)
    ]
    let left = HaltsLeft(before: before, after: after)
    #expect(left.ended == ["all", "strategy maker"] && left.halts == ["instrument ALFA"])
    #expect(left.breakers == ["fast of strategy cross halted"])
  }

  @Test func `no bytes do harm`() {
    var state: UInt64 = 7
    func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 33
    }
    let seeds = [
      #"{"op":"act","act":"kill","scope":"strategy maker","reason":"x"}"#,
      #"{"op":"limit","key":"risk.a","value":"1","at":"2026-01-05T14:30:00Z"}"#,
      #"{"op":"signal","instrument":"ALFA","score":"-0.25","model":"m"}"#,
    ].map { Array($0.utf8) }
    var refused = 0
    for _ in 0..<20_000 {
      var bytes = seeds[Int(next() % 3)]
      for _ in 0...next() % 4 {
        let place = Int(next() % UInt64(bytes.count))
        switch next() % 3 {
        case 0: bytes[place] = UInt8(truncatingIfNeeded: next())
        case 1: bytes.remove(at: place)
        default: bytes.insert(UInt8(truncatingIfNeeded: next()), at: place)
        }
      }
      do { _ = try ControlRequest(bytes, user: "ann", Self.status) } catch { refused += 1 }
    }
    #expect(refused > 10_000)
  }

  @Test(arguments: [
    "all", "strategy cross", "account pension", "instrument ALFA", "venue SIMX", "order ord-9",
  ])
  func `a scope is told in the words in which it is asked for`(text: String) throws {
    #expect(try Self.status.text(Self.status.scope(text)) == text)
  }
}
