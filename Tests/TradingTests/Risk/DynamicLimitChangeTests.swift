import Events
import Scenarios
import Testing

@testable import Trading

/// Dynamic limits with limits that change in a run, splits, restarts, and configurations that cannot be.
@Suite struct DynamicLimitChangeTests {
  typealias Play = RiskControlsTests
  typealias Rules = DynamicLimitTests

  /// Half since a moment ago.
  static func stage(_ lines: String = "") -> Stage {
    var stage = Play.stage("order.max_quantity=10\n" + Rules.calm + "\n" + lines)
    #expect(Rules.quote(4_997, 11_000, &stage)?.factor == 500_000)
    return stage
  }

  @Test func `a scaled limit that is changed is scaled anew, and said so`() throws {
    var stage = Self.stage()
    let made = stage.step(LimitChangeTests.change("order.max_quantity", "21", from: stage))
    #expect(made.map(\.brief) == ["limit risk.order.max_quantity 21", "scaled x 500000"])
    let scaled = try #require(Rules.scaled(made))
    #expect(scaled.value == 1_000_000 && scaled.bound == 500_000)
    #expect(scaled.limits[0].base == 21_000_000 && scaled.limits[0].effective == 10_500_000)
    #expect(stage.entries.last?.header.cause == stage.sequence - 1)
    #expect(Play.refusal(stage.tell("buy 10", to: "a")) == nil)
    let refusal = try #require(Play.refusal(stage.tell("buy 11", to: "a")))
    #expect(refusal.limit == 10)
    #expect(
      refusal.values.map(\.name) == [
        Refusal.limitSource, Refusal.limitScaling, Refusal.limitUnscaled,
      ])
    // The time of the factor's last change stays.
    #expect(stage.engine.limitScalings[0].since == stage.time.advanced(by: -3_000_000))
  }

  @Test func `other changes leave factors as they are`() {
    var stage = Self.stage()
    let made = stage.step(LimitChangeTests.change("orders.max_open", "4", from: stage))
    #expect(made.map(\.brief) == ["limit risk.orders.max_open 4"])
    #expect(Play.refusal(stage.tell("buy 6", to: "a"))?.limit == 5)
  }

  @Test func `a limit that a rule scales cannot go away, and a rule can`() {
    var stage = Self.stage()
    let refused = stage.step(LimitChangeTests.change("order.max_quantity", "", from: stage))
    #expect(refused.map(\.brief) == ["alert limit.refused 0"])
    let floor = stage.step(LimitChangeTests.change("dynamic.x.floor", "30 %", from: stage))
    #expect(floor.map(\.brief) == ["limit risk.dynamic.x.floor 30 %", "scaled x 500000"])
    #expect(Rules.quote(3_000, 30_000, &stage)?.factor == 300_000)
    #expect(Play.refusal(stage.tell("buy 4", to: "a"))?.limit == 3)
  }

  @Test func `a split starts the samples anew`() {
    var stage = Self.stage()
    stage.step(.corporateAction(CorporateAction(.split, of: Play.share, new: 10, old: 1)))
    // A tenth of the price, ten times the shares.
    for _ in 0..<4 { #expect(Rules.quote(1_000, 1_100, &stage) == nil) }
    #expect(Rules.quote(2_000, 1_100, &stage)?.factor == 1_000_000)
  }

  @Test func `factors and samples are in a snapshot, and both lives go on alike`() throws {
    var stage = Self.stage(
      "exposure.max_gross=9000 USD\ndynamic.y.watch=drawdown\ndynamic.y.limits=exposure.max_gross\n"
        + "dynamic.y.steps=1 USD: 50 %\ndynamic.y.hold=0s")
    _ = Play.play("a 0 buy 5", &stage)
    _ = Play.play("fill 1 5 11000", &stage)
    stage.step(LimitChangeTests.change("order.max_quantity", "12", from: stage))
    var again = Engine(catalog: [ScriptedStrategy.kind])
    try again.restoreState(stage.stateBytes())
    var restored = Stage(again, after: stage.sequence, at: stage.time)
    #expect(restored.stateBytes() == stage.stateBytes())
    #expect(restored.engine.limitScalings == stage.engine.limitScalings)
    var changes = 0
    for line in [
      "a 0 buy 7", "a 0 buy 6", "quote 0 10000 10000", "wait 1000000000", "a 0 buy 7",
      "quote 0 11000 11000", "wait 1000000000", "quote 0 9000 9000", "wait 9000000000",
      "quote 0 9000 9000", "wait 5000000000", "quote 0 9000 9000", "a 0 buy 12",
    ] {
      let made = Play.play(line, &stage)
      if Rules.scaled(made) != nil { changes += 1 }
      #expect(made == Play.play(line, &restored), "\(line)")
    }
    #expect(changes >= 3)
    #expect(restored.stateBytes() == stage.stateBytes())
  }

  @Test func `a factor beyond its range in a state is damage`() throws {
    var limits = DynamicLimits(
      try Configuration(ConfigurationItems(lines: Self.complete([:]))).limits.dynamic)
    var bytes = ByteBuffer()
    limits.encode(to: &bytes)
    let good = bytes.array
    for (place, value) in [(7, 0x40), (7, 0x80)] as [(Int, UInt8)] {
      var bad = good
      bad[place] = value
      #expect(throws: Damage.self) {
        try bad.withBytes { (span) throws(Damage) in
          var input = ByteReader(span)
          try limits.restore(&input)
        }
      }
    }
  }

  /// A configuration whose rule `x` has these keys in place of its own; an empty value takes one away.
  static func complete(_ changes: [String: String]) -> String {
    var keys = [
      "watch": "volatility", "instrument": "SHR", "target": "20 %", "floor": "25 %",
      "limits": "order.max_quantity",
    ]
    for (key, value) in changes { keys[key] = value.isEmpty ? nil : value }
    let own = keys.sorted { $0.key < $1.key }.map { "risk.dynamic.x.\($0.key)=\($0.value)" }
    return """
      account.cash=1000 USD
      account.sub.cash=1000 USD
      risk.order.max_quantity=10
      strategy.momo.kind=scripted
      strategy.momo.instruments=SHR
      \(own.joined(separator: "\n"))
      """
  }

  static let drawdown = [
    "watch": "drawdown", "instrument": "", "target": "", "floor": "", "steps": "5 %: 50 %",
  ]

  /// Keys of the rule, at which key the error is, and a word of the message or advice.
  @Test(
    arguments: [
      (["watch": ""], "watch", "missing"),
      (["watch": "weather"], "watch", "none of volatility, drawdown"),
      (["limits": ""], "limits", "missing"),
      (["limits": "order.max_quantty"], "limits", "did you mean `order.max_quantity`"),
      (["limits": "order.max_rate"], "limits", "not a limit that can be scaled"),
      (["limits": "exposure.max_gross"], "limits", "scales risk.exposure.max_gross"),
      (["limits": "strategy.momo.position.max_quantity"], "limits", "which is not there"),
      (["limits": "var.max"], "limits", "which is not there"),
      (["limits": "order.max_quantity, order.max_quantity"], "limits", "twice"),
      (["instrument": ""], "instrument", "missing"),
      (["instrument": "SHR, FUT"], "instrument", "one instrument"),
      (["target": ""], "target", "write \"20 %\""),
      (["target": "0 %"], "target", "is 0"),
      (["target": "20"], "target", "not a percentage"),
      (["floor": ""], "floor", "missing"),
      (["floor": "100 %"], "floor", "not below 100 %"),
      (["step": "0 %"], "step", "not above 0"),
      (["step": "51 %"], "step", "at most 50 %"),
      (["interval": "1us"], "interval", "below a millisecond"),
      (["window": "3m"], "window", "below four intervals"),
      (["interval": "1s", "window": "2001s"], "window", "more than 2000 intervals"),
      (["year": "59m"], "year", "not from the window"),
      (["year": "367d"], "year", "366d"),
      (["hold": "soon"], "hold", "not a duration"),
      (["steps": "5 %: 50 %"], "steps", "means nothing to volatility"),
      (["account": "main"], "account", "means nothing to volatility"),
      (["flor": "5 %"], "flor", "did you mean `floor`"),
    ] as [([String: String], String, String)])
  func `a wrong rule of volatility says where and what`(
    changes: [String: String], key: String, word: String
  ) throws {
    let error = try #require(ConfigurationTests.error(Self.complete(changes)))
    #expect(error.key == "risk.dynamic.x.\(key)")
    #expect(error.description.contains(word), "\(error)")
  }

  @Test(
    arguments: [
      (["steps": ""], "steps", "missing"),
      (["steps": "5 %"], "steps", "not a list of steps"),
      (["steps": "5 %: 50 %: 3 %"], "steps", "not a list of steps"),
      (["steps": "5 %: 100 %"], "steps", "not below 100 %"),
      (["steps": "5 %: half"], "steps", "not a percentage"),
      (["steps": "five: 50 %"], "steps", "not an amount of money"),
      (["steps": "5 %: 50 %, 5 %: 40 %"], "steps", "not beyond the step before"),
      (["steps": "5 %: 50 %, 6 %: 50 %"], "steps", "scales no further"),
      (["steps": "5 %: 50 %, 100 USD: 40 %"], "steps", "shares of the peak and money"),
      (["steps": "0 USD: 50 %"], "steps", "not above 0"),
      (["account": "main", "strategy": "momo"], "strategy", "exclude each other"),
      (["strategy": "momo"], "steps", "a strategy has no equity"),
      (["account": "sup"], "account", "did you mean `sub`"),
      (["strategy": "mono", "steps": "5 USD: 50 %"], "strategy", "did you mean `momo`"),
      (["target": "5 %"], "target", "means nothing to drawdown"),
      (["window": "5s"], "window", "means nothing to drawdown"),
    ] as [([String: String], String, String)])
  func `a wrong rule of drawdown says where and what`(
    changes: [String: String], key: String, word: String
  ) throws {
    let all = Self.drawdown.merging(changes) { _, new in new }
    let error = try #require(ConfigurationTests.error(Self.complete(all)))
    #expect(error.key == "risk.dynamic.x.\(key)")
    #expect(error.description.contains(word), "\(error)")
  }

  @Test func `shares of a peak in several currencies need one that they are told in`() throws {
    let lines = Self.complete(Self.drawdown)
      .replacing("account.sub.cash=1000 USD", with: "account.sub.cash=1000 EUR")
    #expect(try #require(ConfigurationTests.error(lines)).key == "risk.currency")
    #expect(ConfigurationTests.error(lines + "\nrisk.currency=USD") == nil)
    #expect(ConfigurationTests.error(Self.complete(Self.drawdown)) == nil)
    #expect(ConfigurationTests.error(Self.complete([:])) == nil)
  }

  @Test func `each limit that can be scaled is read and set by its key`() throws {
    let lines = """
      account.cash=1000 USD
      account.margin=reg-t
      risk.margin.max_use=80 %
      risk.order.max_notional=50 USD
      risk.loss.max_day=60 USD
      risk.loss.max_rolling=70 USD
      risk.loss.window=1h
      risk.var.max=80 USD
      risk.var.max_shortfall=90 USD
      risk.stress.max=12 USD
      risk.stress.x.others=-1 %
      risk.instrument.XV0:SHR.position.max_quantity=0.5
      risk.order.max_quantity=922337203685477580.7
      """
    var limits = try Configuration(ConfigurationItems(lines: lines)).limits
    let expected: [(String, String, String, String)] = [
      ("margin.max_use", "80.0000", "20.0000", "%"),
      ("order.max_notional", "50.000000000000", "12.500000000000", "USD"),
      ("loss.max_day", "60.000000000000", "15.000000000000", "USD"),
      ("loss.max_rolling", "70.000000000000", "17.500000000000", "USD"),
      ("var.max", "80.000000000000", "20.000000000000", "USD"),
      ("var.max_shortfall", "90.000000000000", "22.500000000000", "USD"),
      ("stress.max", "12.000000000000", "3.000000000000", "USD"),
      ("instrument.XV0:SHR.position.max_quantity", "0.5000000", "0.1250000", ""),
      // Without room for more decimals it is cut off.
      ("order.max_quantity", "922337203685477580.7", "230584300921369395.1", ""),
    ]
    for (text, before, after, unit) in expected {
      let key = try #require(LimitKey(text))
      let number = try #require(limits.number(of: key))
      #expect(decimalText(number.raw, scale: Int(number.scale)) == before && number.unit == unit)
      limits.set(key, to: number.scaled(by: 250_000))
      let scaled = try #require(limits.number(of: key))
      #expect(scaled.decimal == Decimal(after)?.trimmed, "\(text)")
    }
    for text in [
      "order.max_rate", "drawdown.max", "account.main", "venue.x.order.max_quantity", "",
    ] {
      #expect(LimitKey(text) == nil)
    }
  }
}

extension Decimal {
  /// Without zeros at its end.
  fileprivate var trimmed: Decimal? {
    LimitNumber(raw: Int128(mantissa), scale: scale, unit: "").decimal
  }
}
