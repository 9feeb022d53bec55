import Configuring
import Events
import Foundation
import Testing

@testable import daybook

/// What a configuration may say, and where an error in it is found.
struct ConfigurationTests {
  private static let good = """
    [account]
    cash = ["100000 USD", "5 BTC"]
    [risk]
    order.max_notional = "50000 USD"
    [risk.instrument.ALFA]
    position.max_quantity = 500
    [strategy."ema-1"]   # a name in quotes
    kind = "ema-cross"
    instruments = [
      "ALFA",  # the first
      "BRVO",
    ]
    fast = 1_0
    slow = 50
    size = 0.10
    [venue]
    latency = "200us"
    fee_per_unit = "0.85 USD"
    fee_maximum = "0.5 %"
    """

  private func read(_ text: String, _ settings: [String] = []) throws -> RunConfiguration {
    do {
      return try RunConfiguration(
        ConfigurationFile(path: "run.toml", text: text, settings: settings))
    } catch let fault as ConfigurationFault { throw Failure(fault) }
  }

  @Test func `a file becomes canonical items`() throws {
    let items = try read(Self.good).items
    #expect(items["account.cash"] == "100000 USD,5 BTC")
    #expect(items["strategy.ema-1.instruments"] == "ALFA,BRVO")
    #expect(items["strategy.ema-1.fast"] == "10")
    #expect(items["strategy.ema-1.size"] == "0.10")
    #expect(items["risk.instrument.ALFA.position.max_quantity"] == "500")
  }

  @Test func `seed, exchange and instruments come out of it`() throws {
    let configuration = try read(Self.good, ["run.seed=7", "venue.overflow=cancel"])
    #expect(configuration.seed == 7)
    #expect(configuration.exchange.latency.entry == 200_000)
    #expect(configuration.exchange.latency.response == 200_000)
    #expect(configuration.exchange.overflow == .cancel)
    var fees = configuration.exchange.fees
    #expect(fees.currency == "USD")
    fees.currency = nil
    #expect(
      fees
        == .perUnit(
          amount: Money(raw: 850_000_000_000), minimum: .zero,
          maximumPercent: Decimal(mantissa: 5000, scale: 4)))
    #expect(configuration.core.strategies.map(\.instruments) == [["ALFA", "BRVO"]])
  }

  struct Fault: CustomTestStringConvertible, Sendable {
    var change: (String, String)
    var place: String
    var says: String

    init(_ old: String, _ new: String, _ place: String, _ says: String) {
      change = (old, new)
      self.place = place
      self.says = says
    }

    var testDescription: String { change.1 }
  }

  static let faults: [Fault] = [
    Fault("fast = 1_0", "fats = 10", "13:1", "did you mean `fast`?"),
    Fault("fast = 1_0", "fast = ", "13:8", "not TOML"),
    Fault("fast = 1_0", "fast = \"10\"", "13:1", "is a string, not a whole number"),
    Fault("fast = 1_0", "fast = 10.5", "13:1", "is a decimal number, not a whole number"),
    Fault("fast = 1_0", "fast = 2026-01-01", "13:1", "a date is no value here"),
    Fault("fast = 1_0", "fast = 60", "13:1", "is not below slow"),
    Fault("[venue]", "[=]", "16:2", "needs a name"),
    Fault("[venue]", "[[ \n", "16:4", "needs a name"),
    Fault("size = 0.10\n[venue]", "size =\n[=]", "15:7", "not TOML"),
    Fault("fast = 1_0", "fast = 10\nfast = 11", "14:1", "is there twice, first at 13:1"),
    Fault("fast = 1_0", "fast = ten", "13:8", "put text in quotes"),
    Fault("[account]", "\"account.cash\" = \"1 USD\"\n[account]", "3:1", "twice, first at 1:1"),
    Fault("\"ALFA\",", "1.5,", "10:3", "the number 1.5 is no value in a list"),
    Fault("\"ALFA\",", "[],", "10:3", "a list is no value in a list"),
    Fault("[venue]", "[[venue]]", "16:3", "a list of tables is no value here"),
    Fault("slow = 50", "", "7:2", "is missing"),
    Fault("kind = \"ema-cross\"", "kind = \"ema-cros\"", "8:1", "did you mean `ema-cross`?"),
    Fault("size = 0.10", "size = 0.1\nclock = \"bar:1x\"", "16:1", "has no bars of `x`"),
    Fault("size = 0.10", "size = 0.1\nclock = \"bar:1m@NYSE\"", "16:1", "did you mean `XNYS`?"),
    Fault("[venue]", "[run]\ncalendar = \"XNYC\"\n[venue]", "17:1", "did you mean `XNYS`?"),
    Fault("[venue]", "[calendar]\nSIMA = \"24-7\"\n[venue]", "17:1", "did you mean `24/7`?"),
    Fault("[venue]", "[calendar]\nSIMA = 24\n[venue]", "17:1", "put it in quotes"),
    Fault("size = 0.10", "size = 1e3", "15:1", "is no value here"),
    Fault("[venue]", "[venu]", "16:2", "did you mean `venue`?"),
    Fault("latency = \"200us\"", "latency = \"200 furlongs\"", "17:1", "is not a duration"),
    Fault("latency = \"200us\"", "latency = 200", "17:1", "put it in quotes"),
    Fault("latency = \"200us\"", "latensy = \"200us\"", "17:1", "did you mean `latency`?"),
    Fault("latency = \"200us\"", "fill_model = \"bok\"", "17:1", "is none of automatic, book"),
    Fault("latency = \"200us\"", "taker_fee = \"1 %\"", "18:1", "cannot stand beside"),
    Fault("\"0.85 USD\"", "\"0.85\"", "18:1", "is not an amount of money"),
    Fault("latency = \"200us\"", "fees = [\"us-acces\"]", "17:1", "did you mean `us-access`?"),
    Fault("latency = \"200us\"", "feed_latency = 5", "17:1", "put it in quotes"),
    Fault("latency = \"200us\"", "slippage = \"1 tock\"", "17:1", "is no slippage"),
    Fault("latency = \"200us\"", "repeat_fills = \"1\"", "17:1", "without quotes"),
    Fault("latency = \"200us\"", "XNAS.latensy = \"1s\"", "17:1", "did you mean `latency`?"),
    Fault("latency = \"200us\"", "instrument.A.fees = \"x\"", "17:1", "`x` is no schedule"),
    Fault("latency = \"200us\"", "participation = \"0 %\"", "17:1", "so nothing would fill"),
    Fault("order.max_notional", "order.max_notionl", "4:1", "order.max_notional"),
    Fault("\"50000 USD\"", "50000", "4:1", "is a whole number"),
    Fault("\"5 BTC\"", "\"5 USD\"", "2:1", "names USD twice"),
    Fault("[venue]", "[run]\nseed = -1\n[venue]", "17:1", "is not a whole number from 0"),
    Fault("[venue]", "[run]\nsede = 1\n[venue]", "17:1", "did you mean `seed`?"),
  ]

  @Test(arguments: faults)
  func `a fault is found at its line and column`(_ fault: Fault) throws {
    let text = Self.good.replacing(fault.change.0, with: fault.change.1)
    let failure = try #require(throws: Failure.self) { try read(text) }
    #expect(failure.status == .configuration)
    #expect(failure.text.contains(fault.says), "\(failure.text)")
    #expect(failure.text.hasPrefix("run.toml:"), "\(failure.text)")
    let place = failure.text.dropFirst("run.toml:".count).prefix { $0.isNumber || $0 == ":" }
    #expect(place.hasPrefix(fault.place), "\(failure.text)")
  }

  @Test func `a value from elsewhere names its origin`() throws {
    let set = try #require(throws: Failure.self) { try read(Self.good, ["strategy.ema-1.fast=x"]) }
    #expect(set.text.hasPrefix("--set strategy.ema-1.fast: "))
    let variable = try #require(throws: Failure.self) {
      try RunConfiguration(
        ConfigurationFile(
          path: "run.toml", text: Self.good,
          environment: [("DAYBOOK_STRATEGY__EMA_1__SLOW", "many")]))
    }
    #expect(variable.text.hasPrefix("environment DAYBOOK_STRATEGY__EMA_1__SLOW: "))
    let malformed = try #require(throws: Failure.self) { try read(Self.good, ["nonsense"]) }
    #expect(malformed.status == .usage)
  }

  @Test(arguments: [
    ("strategy.ema-1.fast", "run.toml:13:1"), ("risk.order.max_notional", "run.toml:4:1"),
    ("risk.order", "run.toml:4:1"), ("risk.instrument.ALFA.order.max_rate", "run.toml:5:2"),
    ("risk.instrument.BRVO", "run.toml:5:2"), ("strategy.other.kind", "run.toml:7:2"),
    ("venue", "run.toml:16:2"), ("run.seed", "run.toml"), ("venue.jitter", "--set venue.jitter"),
  ])
  func `a key's origin is where it is said, else the nearest table`(_ key: String, _ place: String)
    throws
  {
    let file = try ConfigurationFile(
      path: "run.toml", text: Self.good, settings: ["venue.jitter=1us"])
    #expect(file.origin(of: key) == place)
  }

  @Test(arguments: [
    ("DAYBOOK_RUN__SEED", "run.seed"), ("DAYBOOK_STRATEGY__EMA_1__FAST", "strategy.ema-1.fast"),
    ("DAYBOOK_RISK__ORDER__MAX_NOTIONAL", "risk.order.max_notional"), ("DAYBOOK_SHARED", nil),
    ("DAYBOOK_SIGNING_KEY", nil), ("PATH", nil),
  ])
  func `a variable names a key`(_ name: String, _ key: String?) {
    let known = ["strategy.ema-1.fast", "run.calendar"]
    #expect(ConfigurationFile.key(ofVariable: name, among: known) == key)
  }

  @Test func `the schema's keys are all known to who reads them`() throws {
    let values: [ConfigurationSchema.Form: String] = [
      .text: "x", .integer: "3", .number: "3", .flag: "true", .list: "A", .money: "5 USD",
      .moneyList: "5 USD", .duration: "5ms", .percent: "5 %", .rate: "5 %", .perSecond: "5/s",
      .distance: "5 ticks", .fee: "5 bp", .threshold: "5 %", .move: "-5 %",
    ]
    let tables = [
      ("execution.", ["execution.s.algorithm=twap", "execution.s.duration=5m"]),
      ("route.", ["route.s.instruments=A,B"]), ("risk.breaker.", ["risk.breaker.s.watch=spread"]),
    ]
    for key in ConfigurationSchema.keys {
      let kind = key.kind ?? "ema-cross"
      let name = key.key.replacing("NAME", with: "s").replacing("SYMBOL", with: "A")
        .replacing("VENUE", with: "V")
      let text = try #require(values[key.form])
      // A wrong value is another matter: only an unknown key may not happen.
      var settings = ["strategy.s.kind=\(kind)"]
      for other in ConfigurationSchema.keys
      where other.key.hasPrefix("strategy.") && (other.kind ?? kind) == kind
        && other.standard == "–" && other.key != "strategy.NAME.kind"
      {
        let key = other.key.replacing("NAME", with: "s")
        settings.append("\(key)=\(key.hasSuffix("slow") ? "9" : values[other.form] ?? "")")
      }
      for (table, needed) in tables where name.hasPrefix(table) { settings += needed }
      settings.append("\(name)=\(text)")
      do {
        _ = try read("", settings)
      } catch let failure as Failure {
        #expect(!failure.text.contains("is not a known key"), "\(failure.text)")
      }
    }
  }

  @Test(arguments: [
    ("", nil), ("[risk]\norder.max_notional = \"1 EUR\"", "is in EUR, but SPY trades in USD"),
    ("[risk.instrument.SPY]\norder.max_notional = \"1 EUR\"", "is in EUR, but SPY trades in USD"),
    (
      "[risk]\norder.max_notional = \"1 EUR\"\n[risk.instrument.SPY]\norder.max_notional = \"1 USD\"",
      nil
    ),
    ("[risk.instrument.SPX]\norder.max_quantity = 1", "did you mean `SPY`?"),
    (
      "[strategy.b]\nkind = \"ema-cross\"\ninstruments = [\"SPY\"]\nfast = 1\nslow = 2\nsize = 1.5",
      "is not a whole number of lots of SPY; a lot is 1"
    ),
    (
      "[strategy.b]\nkind = \"ema-cross\"\ninstruments = [\"QQQ\"]\nfast = 1\nslow = 2\nsize = 1",
      "`QQQ` is not in the journal"
    ),
  ])
  func `what binds nothing in a journal is refused`(_ more: String, _ says: String?) throws {
    let text = """
      [strategy.a]
      kind = "ema-cross"
      instruments = ["SPY"]
      fast = 1
      slow = 2
      size = 100
      \(more)
      """
    let spy = Instrument(
      id: InstrumentID(0), venueName: "ARCX", symbol: "SPY", kind: .equity, currency: "USD",
      priceScale: 4, quantityScale: 0)
    let configuration = try read(text)
    guard let says else { return try configuration.check([spy], at: "market") }
    let failure = try #require(throws: Failure.self) {
      try configuration.check([spy], at: "market")
    }
    #expect(failure.status == .configuration)
    #expect(failure.text.hasPrefix("run.toml:"), "\(failure.text)")
    #expect(failure.text.contains(says), "\(failure.text)")
  }

  @Test func `mutations of a file never trap`() throws {
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    var failures = 0
    for _ in 0..<2000 {
      var bytes = Array(Self.good.utf8)
      for _ in 0...next(3) {
        let place = next(bytes.count)
        switch next(3) {
        case 0: bytes[place] = Array("[]{}=\"'.,#\n x0".utf8)[next(14)]
        case 1: bytes.remove(at: place)
        default: bytes.insert(contentsOf: bytes[place...].prefix(next(9)), at: place)
        }
      }
      do {
        _ = try read(String(decoding: bytes, as: UTF8.self))
      } catch let failure as Failure {
        failures += 1
        #expect(failure.status == .configuration)
      }
    }
    #expect(failures > 500)
  }
}
