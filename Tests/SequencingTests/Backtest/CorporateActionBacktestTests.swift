import Events
import Scenarios
import Testing
import Trading
import Venues

@testable import Sequencing

/// What is done in a day's bar belongs before the corporate action that comes as the bar ends.
@Suite struct CorporateActionBacktestTests {
  private static let day = 86_400 * BacktestTests.second

  private static func bar(_ number: Int64, _ open: Int64, _ close: Int64) -> TimedObservation {
    TimedObservation(
      .market(
        .bar(
          Bar(
            instrument: InstrumentID(0), side: .none, interval: day, open: Price(open),
            high: Price(max(open, close)), low: Price(min(open, close)), close: Price(close),
            volume: Quantity(5)))), at: BacktestTests.at(number * day))
  }

  /// Order, action, what the day after closes at, and in cents the cash and the unrealised profit then.
  static let table: [(String, CorporateAction, Int64, cash: Int64, unrealised: Int64)] = [
    // 10 at 98.50 and a fee of 1.00; then 20 at 50.00.
    ("buy 10", CorporateAction(.split, of: InstrumentID(0), new: 2, old: 1), 5_000, 1_400, 1_500),
    (
      "sell 10", CorporateAction(.split, of: InstrumentID(0), new: 2, old: 1), 4_925, 198_400, 0
    ),
    ("buy 10", CorporateAction(.split, of: InstrumentID(0), new: 1, old: 2), 19_800, 1_400, 500),
    // Held as it is paid: 10 × 1.50 more, or owed.
    (
      "buy 10",
      CorporateAction(
        .dividend, of: InstrumentID(0), amount: Money(raw: 3 * Money.one / 2), currency: "USD"),
      9_700, 2_900, -1_500
    ),
    (
      "sell 10",
      CorporateAction(
        .dividend, of: InstrumentID(0), amount: Money(raw: 3 * Money.one / 2), currency: "USD"),
      9_700, 196_900, 1_500
    ),
  ]

  @Test(arguments: table.indices, [0, 1_000_000] as [Int64])
  func `a fill at the bar that ends with a corporate action is from before it`(
    _ index: Int, _ latency: Int64
  ) throws {
    let (order, action, close, cash, unrealised) = Self.table[index]
    for feed in [FeedDelay.asReceived, .delayed(.uniform(5_000_000, jitter: 0))] {
      let run = try BacktestTests.run(
        [
          BacktestTests.definition(), Self.bar(1, 9_900, 9_900),
          BacktestTests.signal(Self.day, order), Self.bar(2, 9_850, 9_850),
          TimedObservation(.corporateAction(action), at: BacktestTests.at(2 * Self.day)),
          Self.bar(3, close, close),
        ],
        latency: Latency(
          entry: .uniform(latency, jitter: 0), response: .uniform(latency, jitter: 0), feed: feed))
      let kinds = run.entries.map { $0.event.kind }
      let filled = try #require(kinds.firstIndex(of: .filled))
      #expect(try #require(kinds.firstIndex(of: .corporateAction)) > filled)
      #expect(run.entries[filled].header.receiveTime == BacktestTests.at(2 * Self.day))
      let last = try #require(run.days.last?.valuations.first)
      let cent = Money.one / 100
      #expect(last.cash.raw / cent == cash)
      #expect(last.unrealised.raw / cent == unrealised)
    }
  }
}
