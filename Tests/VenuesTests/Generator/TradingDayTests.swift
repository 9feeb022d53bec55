import Events
import Testing

@testable import Venues

@Suite struct TradingDayTests {
  @Test func `an exchange is closed at weekends`() {
    // Friday, 1 March 2024.
    let friday = Instant(nanoseconds: 1_709_251_200_000_000_000)
    let day = TradingDay(.newYork, start: friday, days: 4)
    let first = day.session(from: friday.nanoseconds)
    #expect(first?.open == friday.nanoseconds + 52_200_000_000_000)
    #expect(first?.close == friday.nanoseconds + 75_600_000_000_000)
    let second = first.flatMap { day.session(from: $0.close) }
    #expect(second?.open == friday.nanoseconds + 3 * TradingDay.day + 52_200_000_000_000)
    #expect(second.flatMap { day.session(from: $0.close) } == nil)
  }

  @Test func `a market around the clock has one session for all days`() {
    let monday = MarketGeneratorTests.monday
    let day = TradingDay(.always, start: monday, days: 7)
    let whole = day.session(from: monday.nanoseconds)
    #expect(whole?.open == monday.nanoseconds)
    #expect(whole?.close == monday.nanoseconds + 7 * TradingDay.day)
    #expect(day.session(from: monday.nanoseconds + 1) == nil)
  }

  @Test(arguments: [GeneratedMarket.Session.newYork, .always])
  func `activity averages to about one and an exchange's is U-shaped`(
    _ session: GeneratedMarket.Session
  ) throws {
    let monday = MarketGeneratorTests.monday
    let day = TradingDay(session, start: monday, days: 1)
    let current = try #require(day.session(from: monday.nanoseconds))
    let length = current.close - current.open
    let samples = (0..<1_000).map {
      day.activity(at: current.open + length / 1_000 * $0, in: current)
    }
    let mean = samples.reduce(0, +) / 1_000
    #expect((240...275).contains(mean))
    if session == .newYork {
      #expect(samples[0] > 2 * samples[500] && samples[999] > 2 * samples[500])
    }
  }
}
