import Events
import Scenarios
import Testing

@testable import Strategies
@testable import Trading

@Suite struct ConfigurationTests {
  static let good = """
    account.cash=50000 USD, 1000.5 EUR
    risk.order.max_quantity=100
    risk.order.max_notional=25000 USD
    risk.order.price_collar=5 %
    risk.order.max_rate=100/s
    risk.position.max_quantity=500
    risk.instrument.AAPL.order.max_quantity=10
    risk.instrument.BRK.position.max_quantity=1.5
    strategy.momo.kind=scripted
    strategy.momo.instruments=AAPL, XNAS:MSFT
    strategy.momo.clock=bar:5m:mid
    strategy.momo-2.kind=scripted
    strategy.momo-2.instruments=AAPL
    venue.latency.entry=1ms
    """

  static func error(_ lines: String) -> ConfigurationError? {
    do throws(ConfigurationError) {
      try Engine.check(
        ConfigurationItems(lines: lines), catalog: [ScriptedStrategy.kind] + Catalog.shipped)
      return nil
    } catch {
      return error
    }
  }

  @Test func `a whole configuration is read`() throws {
    let read = try Configuration(ConfigurationItems(lines: Self.good))
    #expect(read.cash.map(\.currency) == ["EUR", "USD"])
    #expect(
      read.cash.map(\.amount) == [
        Money(raw: 1000 * Money.one + Money.one / 2), Money(units: 50_000),
      ])
    #expect(read.limits.maxRate == 100)
    #expect(read.limits.general.collar == 50_000)
    #expect(read.limits.special.map(\.symbol) == ["AAPL", "BRK"])
    #expect(read.limits.special[1].limits.maxPosition == Decimal("1.5"))
    #expect(read.strategies.map(\.name) == ["momo-2", "momo"])
    #expect(read.strategies[1].instruments == ["AAPL", "XNAS:MSFT"])
    #expect(read.strategies[1].clock == .bar(interval: 300_000_000_000, .mid))
    #expect(read.strategies[0].clock == .quote)
    #expect(Self.error(Self.good) == nil)
  }

  /// What is wrong, at which key it is said, and a word of the message or advice.
  @Test(arguments: [
    ("rsk.order.max_rate=1/s", "rsk.order.max_rate", "`risk`"),
    ("zzzzzz.a=1", "zzzzzz.a", "known tables are account, alerts, borrow, calendar, continuous,"),
    ("risk=1", "risk", "not a known key"),
    (".risk.order.max_rate=1/s", ".risk.order.max_rate", "not a known key"),
    ("account.csh=1 USD", "account.csh", "`cash`"),
    ("account.cash=50000", "account.cash", "50000 USD"),
    ("account.cash=50000 usd", "account.cash", "50000 USD"),
    ("account.cash=-1 USD", "account.cash", "below 0"),
    ("account.cash=1 USD, 2 USD", "account.cash", "twice"),
    ("account.cash=1 USD,", "account.cash", "not an amount"),
    ("account.cash=9e9 USD", "account.cash", "not an amount"),
    ("account.cash=99999999999999999999 USD", "account.cash", "not an amount"),
    ("risk.order.max_quantty=1", "risk.order.max_quantty", "`order.max_quantity`"),
    ("risk.order.max_quantity=-1", "risk.order.max_quantity", "below 0"),
    ("risk.order.max_quantity=many", "risk.order.max_quantity", "decimal number"),
    ("risk.order.max_notional=0 USD", "risk.order.max_notional", "not above 0"),
    ("risk.order.price_collar=5", "risk.order.price_collar", "5 %"),
    ("risk.order.price_collar=-5 %", "risk.order.price_collar", "percentage"),
    ("risk.order.price_collar=1.23456 %", "risk.order.price_collar", "percentage"),
    ("risk.order.max_rate=100", "risk.order.max_rate", "100/s"),
    ("risk.order.max_rate=0/s", "risk.order.max_rate", "100/s"),
    ("risk.order.max_rate=1000001/s", "risk.order.max_rate", "100/s"),
    ("risk.position.max_quantity=x", "risk.position.max_quantity", "decimal"),
    ("risk.instrument.AAPL=1", "risk.instrument.AAPL", "not a table"),
    ("risk.instrument.AAPL.max=1", "risk.instrument.AAPL.max", "known are"),
    (
      "risk.instrument.AAPL.order.max_rate=1/s", "risk.instrument.AAPL.order.max_rate",
      "not a known key"
    ),
    ("strategy.a=1", "strategy.a", "not a table"),
    ("strategy..kind=scripted", "strategy..kind", "not a table"),
    ("strategy.a.instruments=X", "strategy.a.kind", "missing"),
    ("strategy.a.kind=scripted", "strategy.a.instruments", "missing"),
    ("strategy.a.kind=scripted\nstrategy.a.instruments=,", "strategy.a.instruments", "nothing"),
    ("strategy.a.kind=scripted\nstrategy.a.instruments=A,,B", "strategy.a.instruments", "nothing"),
    (
      "strategy.a.kind=scripted\nstrategy.a.instruments=A\nstrategy.a.clock=tick",
      "strategy.a.clock", "bar:1m"
    ),
    ("strategy.a.kind=ema-cros\nstrategy.a.instruments=A", "strategy.a.kind", "`ema-cross`"),
    ("strategy.a.kind=nonsense\nstrategy.a.instruments=A", "strategy.a.kind", "known are"),
    (
      "strategy.a.kind=scripted\nstrategy.a.instruments=A\nstrategy.a.nme=x", "strategy.a.nme",
      "`name`"
    ),
    (
      "strategy.a.kind=ema-cross\nstrategy.a.instruments=A\nstrategy.a.fast=5\nstrategy.a.slow=5\nstrategy.a.size=1",
      "strategy.a.fast", "not below slow"
    ),
    (
      "strategy.a.kind=ema-cross\nstrategy.a.instruments=A\nstrategy.a.fast=0\nstrategy.a.slow=5\nstrategy.a.size=1",
      "strategy.a.fast", "from 1 to 1000000"
    ),
    (
      "strategy.a.kind=ema-cross\nstrategy.a.instruments=A\nstrategy.a.fast=2\nstrategy.a.slow=5",
      "strategy.a.size", "missing"
    ),
    (
      "strategy.a.kind=ema-cross\nstrategy.a.instruments=A\nstrategy.a.fast=2\nstrategy.a.slow=5\nstrategy.a.size=1\nstrategy.a.mode=flop",
      "strategy.a.mode", "flip, target, long"
    ),
    (
      "strategy.a.kind=signal-follower\nstrategy.a.instruments=A\nstrategy.a.enter=0.1\nstrategy.a.exit=0.2\nstrategy.a.size=1",
      "strategy.a.exit", "above enter"
    ),
    (
      "strategy.a.kind=market-maker\nstrategy.a.instruments=A\nstrategy.a.size=0\nstrategy.a.max_position=1\nstrategy.a.spread=1",
      "strategy.a.size", "not above 0"
    ),
  ])
  func `an error names the key and what to do`(lines: String, key: String, says: String) throws {
    let error = try #require(Self.error(lines))
    #expect(error.key == key)
    #expect(error.description.contains(says), "\(error)")
    #expect(error.description.hasPrefix(key + ": "))
  }

  @Test func `64 strategies can run, 65 cannot`() {
    func lines(_ count: Int) -> String {
      (0..<count).map { "strategy.s\($0).kind=scripted\nstrategy.s\($0).instruments=A" }
        .joined(separator: "\n")
    }
    #expect(Self.error(lines(64)) == nil)
    #expect(Self.error(lines(65))?.description.contains("65 strategies, at most 64") == true)
  }

  @Test(
    arguments: [
      ("quote", Clock.quote), ("trade", .trade), ("bar:1s", .bar(interval: 1_000_000_000, .trades)),
      ("bar:1m:trades", .bar(interval: 60_000_000_000, .trades)),
      ("bar:2h:bid", .bar(interval: 7_200_000_000_000, .bid)),
      ("bar:1d:ask", .bar(interval: 86_400_000_000_000, .ask)),
      ("bar:250ms:mid", .bar(interval: 250_000_000, .mid)), ("", nil), ("bar", nil), ("bar:", nil),
      ("bar:0s", nil), ("bar:-1s", nil), ("bar:1", nil), ("bar:1m:", nil), ("bar:1m:last", nil),
      ("bar:1m:mid:x", nil), ("quote:1m", nil), ("bar:9223372036854775807d", nil), ("Bar:1m", nil),
    ] as [(String, Clock?)])
  func `a clock is read or is none`(text: String, expected: Clock?) {
    #expect(Clock(text) == expected)
  }

  @Test(
    arguments: [
      ("500ns", 500), ("200us", 200_000), ("5ms", 5_000_000), ("1s", 1_000_000_000),
      ("1 s", 1_000_000_000), ("2m", 120_000_000_000), ("0h", 0), ("1d", 86_400_000_000_000),
      ("106751d", 9_223_286_400_000_000_000), ("106752d", nil), ("", nil), ("s", nil), ("1", nil),
      ("-1s", nil), ("1.5s", nil), ("1w", nil), ("1S", nil),
    ] as [(String, Int64?)])
  func `a duration is read in nanoseconds`(text: String, expected: Int64?) {
    #expect(Parameters.nanoseconds(text) == expected)
  }

  @Test(
    arguments: [
      ("fst", ["fast", "slow"], "fast"), ("fast", ["fast"], "fast"), ("x", ["fast", "slow"], nil),
      ("sze", ["size", "spread"], "size"), ("", [], nil), ("ab", ["ba"], nil), ("a", ["b"], nil),
    ] as [(String, [String], String?)])
  func `the nearest known word is offered if it is near`(
    word: String, known: [String], expected: String?
  ) {
    #expect(ConfigurationError.nearest(to: word, among: known) == expected)
  }

  @Test func `values are taken by kind and the rest is an error`() throws {
    func table(_ value: String) -> Parameters {
      Parameters(path: "t", [ConfigurationItems.Item(key: "k", value: value)])
    }
    func fails<T>(_ value: String, _ take: (inout Parameters) throws(ConfigurationError) -> T)
      -> Bool
    {
      var parameters = table(value)
      do throws(ConfigurationError) {
        _ = try take(&parameters)
        return false
      } catch {
        return error.key == "t.k"
      }
    }
    var flag = table("true")
    #expect(try flag.flag("k", default: false))
    try flag.finish()
    #expect(fails("yes") { (t) throws(ConfigurationError) in try t.flag("k", default: true) })
    #expect(fails("1.5") { (t) throws(ConfigurationError) in try t.integer("k", in: 0...9) })
    #expect(fails("10") { (t) throws(ConfigurationError) in try t.integer("k", in: 0...9) })
    #expect(fails("0") { (t) throws(ConfigurationError) in try t.positive("k") })
    #expect(fails("1 week") { (t) throws(ConfigurationError) in try t.duration("k", default: 1) })
    #expect(fails("5") { (t) throws(ConfigurationError) in try t.percent("k") })
    #expect(fails("USD 5") { (t) throws(ConfigurationError) in try t.money("k") })
    #expect(fails("x") { (t) throws(ConfigurationError) in try t.finish() })
    var empty = Parameters(path: "t", [])
    #expect(try empty.integer("k", in: 0...9, default: 4) == 4)
    #expect(try empty.duration("k", default: 7) == 7)
    #expect(try empty.percent("k") == nil)
    #expect(try empty.money("k") == nil)
    #expect(throws: ConfigurationError("t.k", "is missing")) { try empty.integer("k", in: 0...9) }
  }
}
