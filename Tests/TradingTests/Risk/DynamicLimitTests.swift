import Events
import Scenarios
import Testing

@testable import Trading

/// Limits that rules scale by volatility and drawdown: which factor follows from what, when it changes, and what
/// the gate keeps then.
@Suite struct DynamicLimitTests {
  typealias Play = RiskControlsTests

  static func rule(_ lines: String) -> String {
    lines.split(separator: "\n").map { "dynamic.x.\($0)" }.joined(separator: "\n")
  }

  /// A year of 500 seconds: a return of 10 % in 5 seconds is a volatility of √(0.01 × 500 / 5) = 100 %.
  static let calm = rule(
    """
    watch=volatility
    instrument=SHR
    interval=1s
    window=10s
    year=500s
    target=50 %
    floor=20 %
    step=10 %
    hold=3s
    limits=order.max_quantity
    """)

  static func scaled(_ decisions: [Decision]) -> LimitsScaled? {
    for case .limitsScaled(let scaled) in decisions { return scaled }
    return nil
  }

  /// From the first sample, which the stage's quote at 100 is 3 milliseconds before its end.
  static func quote(_ delay: Int64, _ price: Int64, _ stage: inout Stage) -> LimitsScaled? {
    scaled(stage.quote(price, price, after: delay * 1_000_000))
  }

  @Test func `volatility scales by target over realised, in steps, down to the floor`() {
    var stage = Play.stage("order.max_quantity=10\n" + Self.calm)
    let rows: [(delay: Int64, price: Int64, factor: Int64?, realised: Int128)] = [
      // 100 % against 50 %.
      (4_997, 11_000, 500_000, 1_000_000),
      // No sample: the second has had one.
      (500, 5_000, nil, 0),
      // √(0.01 × 500 / 6) is 91.3 %, of which 50 % are 0.548: still half.
      (500, 11_000, nil, 0),
      // √(0.02 × 500 / 7) is 119.5 %: 0.418.
      (1_000, 12_100, 400_000, 1_195_229),
      // √(1.02 × 500 / 8) is 798 %: 0.06, of which the floor is left.
      (1_000, 24_200, 200_000, 7_984_360),
      // A sample that is as old as the window counts: √(1.01 × 500 / 10) is 711 %.
      (8_000, 24_200, nil, 0),
      // What is older does not, and nothing has moved since.
      (2_000, 24_200, 1_000_000, 0),
    ]
    for (delay, price, factor, realised) in rows {
      let scaled = Self.quote(delay, price, &stage)
      #expect(scaled?.factor == factor, "\(price) after \(delay)")
      #expect(scaled?.value ?? 0 == realised, "\(price) after \(delay)")
    }
  }

  @Test func `a volatility that is the target leaves limits whole, a millionth more does not`() {
    for (target, factor) in [("100 %", nil), ("99.9999 %", 900_000)] as [(String, Int64?)] {
      var stage = Play.stage(
        "order.max_quantity=10\n"
          + Self.calm.replacing("target=50 %", with: "target=\(target)"))
      #expect(Self.quote(4_997, 11_000, &stage)?.factor == factor)
    }
  }

  @Test func `nothing is measured before half the window, nor after a silence`() {
    var stage = Play.stage("order.max_quantity=10\n" + Self.calm)
    #expect(Self.quote(4_996, 11_000, &stage) == nil)
    var quiet = Play.stage("order.max_quantity=10\n" + Self.calm)
    #expect(Self.quote(4_997, 11_000, &quiet) != nil)
    // Both samples are too old: one is no return, and half stays.
    #expect(Self.quote(60_000, 11_000, &quiet) == nil)
    #expect(Self.quote(4_999, 11_000, &quiet) == nil)
    #expect(quiet.engine.limitScalings.map(\.scaled.factor) == [500_000])
    #expect(Self.quote(5_000, 11_000, &quiet)?.factor == 1_000_000)
  }

  @Test func `a factor falls at once and rises when it has held for a while`() {
    var stage = Play.stage(
      "order.max_quantity=10\n" + Self.calm.replacing("hold=3s", with: "hold=20s"))
    #expect(Self.quote(4_997, 11_000, &stage)?.factor == 500_000)
    for second in 1...19 {
      #expect(Self.quote(1_000, 11_000, &stage) == nil, "\(second)")
    }
    #expect(Self.quote(1_000, 11_000, &stage)?.factor == 1_000_000)
    // 20 % in 10 seconds: √(0.04 × 500 / 10) is 141 %.
    #expect(Self.quote(1_000, 13_200, &stage)?.factor == 300_000)
  }

  @Test func `a decision says what was seen, of whom, and what each limit is now`() throws {
    var stage = Play.stage(
      "order.max_quantity=10\nexposure.max_gross=1000.01 USD\n"
        + Self.calm.replacing(
          "limits=order.max_quantity", with: "limits=order.max_quantity, exposure.max_gross"))
    let scaled = try #require(Self.quote(4_997, 11_000, &stage))
    #expect(stage.entries.last?.header.cause == stage.sequence - 1)
    #expect(
      scaled
        == LimitsScaled(
          rule: "x", watch: .volatility, scope: Scope(.instrument, 0), factor: 500_000,
          value: 1_000_000, bound: 500_000, scale: 4, unit: "%",
          limits: [
            LimitsScaled.Limit(
              key: "order.max_quantity", base: 10_000_000, effective: 5_000_000, scale: 6, unit: ""),
            LimitsScaled.Limit(
              key: "exposure.max_gross", base: 1000_010000_000000, effective: 500_005000_000000,
              scale: 12, unit: "USD"),
          ]))
  }

  /// Limits, what is scaled to half, the largest order that passes, and the rule that refuses one more. The future
  /// moves by a tenth, so the share stays at 100.
  @Test(
    arguments: [
      ("order.max_quantity=11", "order.max_quantity", 5, .orderMaxQuantity),
      (
        "instrument.SHR.order.max_quantity=10", "instrument.SHR.order.max_quantity", 5,
        .orderMaxQuantity
      ),
      (
        "account.main.order.max_quantity=10", "account.main.order.max_quantity", 5,
        .orderMaxQuantity
      ),
      ("strategy.a.order.max_quantity=10", "strategy.a.order.max_quantity", 5, .orderMaxQuantity),
      // Valued at the ask of 100.50.
      ("order.max_notional=804 USD", "order.max_notional", 4, .orderMaxNotional),
      (
        "strategy.a.order.max_notional=804 USD", "strategy.a.order.max_notional", 4,
        .orderMaxNotional
      ),
      ("position.max_quantity=10", "position.max_quantity", 5, .positionMaxQuantity),
      (
        "account.main.position.max_quantity=10", "account.main.position.max_quantity", 5,
        .positionMaxQuantity
      ),
      ("exposure.max_gross=1000 USD", "exposure.max_gross", 5, .exposureMaxGross),
      ("exposure.max_net=1000 USD", "exposure.max_net", 5, .exposureMaxNet),
      ("exposure.max_leverage=1", "exposure.max_leverage", 5, .exposureMaxLeverage),
      (
        "exposure.max_concentration=100 %", "exposure.max_concentration", 5,
        .exposureMaxConcentration
      ),
      (
        "account.main.exposure.max_leverage=1", "account.main.exposure.max_leverage", 5,
        .exposureMaxLeverage
      ),
      (
        "strategy.a.exposure.max_gross=1000 USD", "strategy.a.exposure.max_gross", 5,
        .exposureMaxGross
      ),
      (
        "instrument.SHR.exposure.max_gross=1000 USD", "instrument.SHR.exposure.max_gross", 5,
        .exposureMaxGross
      ),
      ("stress.max=100 USD\nstress.crash.SHR=-10 %", "stress.max", 5, .stressMax),
    ] as [(String, String, Int, Rule)])
  func `the gate keeps the limit as it is scaled`(
    limits: String, scaled: String, most: Int, rule: Rule
  ) throws {
    var stage = Play.stage(
      limits + "\n"
        + Self.calm.replacing("instrument=SHR", with: "instrument=FUT")
        .replacing("limits=order.max_quantity", with: "limits=\(scaled)"))
    #expect(Play.refusal(stage.tell("buy \(most + 1) @ 9000", to: "a")) == nil)
    stage.report(1, .rejected(code: 1, text: ""))
    let moved = stage.quote(11_000, 11_000, InstrumentID(1), after: 4_996_000_000)
    #expect(Self.scaled(moved)?.factor == 500_000)
    let decision = stage.sequence
    #expect(Play.refusal(stage.tell("buy \(most)", to: "a")) == nil)
    stage.report(2, .rejected(code: 1, text: ""))
    let refusal = try #require(Play.refusal(stage.tell("buy \(most + 1)", to: "a")))
    #expect(refusal.rule == rule)
    let values = refusal.values.filter { $0.name.hasPrefix("limit_") }
    #expect(values.map(\.name) == [Refusal.limitScaling, Refusal.limitUnscaled])
    #expect(values.first?.value == Decimal(mantissa: Int64(decision), scale: 0))
    let configured = limits.split(separator: "\n")[0].split(separator: "=")[1].prefix { $0 != " " }
    #expect(values.last?.value == Decimal(String(configured)))
  }

  /// Lines, and the factor after each; nil if nothing changed. 1000 dollars, 5 shares at 100.
  static let drawdowns: [(rule: String, lines: [(String, Int64?)])] = [
    (
      "steps=5 %: 50 %, 10 %: 0 %",
      [
        ("quote 0 9000 9000", nil), ("wait 1000000000", nil), ("quote 0 8999 8999", nil),
        ("wait 1000000000", 500_000), ("quote 0 8000 8000", nil), ("wait 1000000000", nil),
        ("quote 0 7999 7999", nil), ("wait 1000000000", 0), ("quote 0 10000 10000", nil),
        // A minute after it fell; the look was due, and sees what is there now.
        ("wait 59997999999", nil), ("wait 1000000000", 1_000_000),
      ]
    ),
    (
      "account=main\nsteps=5 %: 50 %\nhold=0s",
      [
        ("quote 0 8999 8999", nil), ("wait 1000000000", 500_000), ("quote 0 9000 9000", nil),
        ("wait 1000000000", 1_000_000),
        // The peak is the highest worth of the run: 1100 dollars, 5 % of which are 55.
        ("quote 0 12000 12000", nil), ("wait 1000000000", nil), ("quote 0 10900 10900", nil),
        ("wait 1000000000", nil), ("quote 0 10899 10899", nil), ("wait 1000000000", 500_000),
      ]
    ),
    (
      "strategy=a\nsteps=20 USD: 75 %, 50 USD: 25 %",
      [
        ("quote 0 9600 9600", nil), ("wait 1000000000", nil), ("quote 0 9599 9599", nil),
        ("wait 1000000000", 750_000), ("quote 0 8999 8999", nil), ("wait 1000000000", 250_000),
      ]
    ),
    ("strategy=b\nsteps=20 USD: 75 %", [("quote 0 9000 9000", nil), ("wait 1000000000", nil)]),
  ]

  @Test(arguments: 0..<4)
  func `a drawdown scales beyond each step`(index: Int) {
    let one = Self.drawdowns[index]
    var stage = Play.stage(
      "exposure.max_gross=9000 USD\n"
        + Self.rule("watch=drawdown\nlimits=exposure.max_gross\n" + one.rule))
    for line in ["a 0 buy 5", "fill 1 5 10000", "quote 0 10000 10000", "wait 1000000000"] {
      #expect(Self.scaled(Play.play(line, &stage)) == nil)
    }
    for (line, factor) in one.lines {
      #expect(Self.scaled(Play.play(line, &stage))?.factor == factor, "\(line)")
    }
  }

  @Test func `of several rules the least factor holds`() throws {
    var stage = Play.stage(
      "exposure.max_gross=1000 USD\n"
        + Self.calm.replacing("limits=order.max_quantity", with: "limits=exposure.max_gross")
        + "\ndynamic.y.watch=drawdown\ndynamic.y.limits=exposure.max_gross\n"
        + "dynamic.y.steps=5 %: 60 %, 20 %: 30 %\ndynamic.y.hold=0s")
    for line in ["a 0 buy 5", "fill 1 5 10000", "wait 1000000000"] { _ = Play.play(line, &stage) }
    // Down a tenth: a loss of 50.05 dollars. Three milliseconds went by above, and as many with the orders.
    let fall = try #require(Self.quote(3_995, 8_999, &stage))
    #expect(fall.factor == 400_000 || fall.factor == 500_000)
    let least = fall.factor
    let loss = try #require(Self.scaled(Play.play("wait 1000000000", &stage)))
    #expect(loss.rule == "y" && loss.factor == 600_000)
    #expect(loss.limits[0].effective == loss.limits[0].base * Int128(least) / 1_000_000)
    #expect(stage.engine.gate.limits.firm.maxGross?.raw == loss.limits[0].effective)
    stage.quote(5_900, 5_900)
    let deep = try #require(
      stage.step(.timer(Timer(strategy: StrategyID(99), timer: 0)), after: 1_000_000_000)
        .compactMap { decision in Self.scaled([decision]) }.first { $0.rule == "y" })
    let factors = stage.engine.limitScalings.map(\.scaled.factor)
    #expect(deep.factor == 300_000 && factors == [200_000, 300_000])
    #expect(deep.limits[0].effective == 200 * Money.one)
  }
}
