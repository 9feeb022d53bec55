import Events
import Testing
import Trading
import Venues

@testable import Sequencing

/// Keys of `venue` that say how orders are matched.
@Suite struct MatchingRulesTests {
  private func read(_ key: String, _ value: String) throws(ConfigurationError)
    -> ExchangeConfiguration
  {
    try ExchangeConfiguration(
      ConfigurationItems([.init(key: "venue.\(key)", value: value)]), seed: 1)
  }

  @Test func `without keys the venue matches as it always did`() throws {
    let plain = try ExchangeConfiguration(ConfigurationItems(), seed: 1)
    #expect(plain == ExchangeConfiguration(seed: 1))
  }

  @Test(arguments: [
    ("exact", QueueModel.exact), ("risk-averse", .riskAverse), ("power-2", .power(exponent: 2)),
    ("logarithmic", .logarithmic),
  ])
  func `a queue model has a name`(_ name: String, _ model: QueueModel) throws {
    #expect(try read("queue", name).queue == model)
  }

  @Test func `allocation, self-trades, path and participation have keys`() throws {
    #expect(try read("allocation", "cme").allocation == .cme)
    #expect(try read("allocation", "pro-rata").allocation == .proRata(top: false, minimum: 1))
    #expect(try read("self_trades", "cancel-oldest").selfTrades == .cancelOldest)
    #expect(try read("bar_path", "low-first").barPath == .lowFirst)
    #expect(try read("participation", "12.5 %").participation == 125_000)
    #expect(try read("fill_model", "lean").fills == .lean)
  }

  @Test(arguments: [
    ("queue", "exakt", "did you mean `exact`?"), ("queue", "power-4", "is none of exact"),
    ("allocation", "fifo", "is none of price-time, pro-rata, cme"),
    ("self_trades", "yes", "is none of none, cancel-newest"), ("bar_path", "random", "is none of"),
    ("participation", "0.1", "is not a percentage"), ("participation", "101 %", "is above 100 %"),
  ])
  func `a value that is none says what there is`(_ key: String, _ value: String, _ says: String)
    throws
  {
    let error = try #require(throws: ConfigurationError.self) { try read(key, value) }
    #expect(error.key == "venue.\(key)")
    #expect(error.description.contains(says) || error.advice.contains(says), "\(error)")
  }
}
