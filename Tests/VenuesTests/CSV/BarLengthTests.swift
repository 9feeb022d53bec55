import Events
import Testing

@testable import Venues

/// Bars where clocks change: 10 March and 3 November 2024 in New York, 31 March and 27 October in Berlin.
struct BarLengthTests {
  private func hours(_ count: Int64) -> Int64 { count * Nanoseconds.hour }

  /// Length in hours, clock, start and end.
  @Test(
    arguments: [
      (24, .newYork, "2024-11-03T04:00Z", "2024-11-04T05:00Z"),
      (24, .newYork, "2024-03-10T05:00Z", "2024-03-11T04:00Z"),
      (24, .newYork, "2024-06-03T04:00Z", "2024-06-04T04:00Z"),
      (24, .newYork, "2024-11-02T21:30Z", "2024-11-03T22:30Z"),
      // The time is left out, or shown twice: an hour ahead of it, the first time.
      (24, .newYork, "2024-03-09T07:30Z", "2024-03-10T07:30Z"),
      (24, .newYork, "2024-11-02T05:30Z", "2024-11-03T05:30Z"),
      (48, .newYork, "2024-11-02T04:00Z", "2024-11-04T05:00Z"),
      (168, .newYork, "2024-03-04T05:00Z", "2024-03-11T04:00Z"),
      (24, .berlin, "2024-10-26T22:00Z", "2024-10-27T23:00Z"),
      (24, .berlin, "2024-03-30T23:00Z", "2024-03-31T22:00Z"),
      (24, .utc, "2024-11-03T00:00Z", "2024-11-04T00:00Z"),
      (24, .tokyo, "2024-11-03T15:00Z", "2024-11-04T15:00Z"),
      (4, .newYork, "2024-11-03T04:00Z", "2024-11-03T09:00Z"),
      (4, .newYork, "2024-03-10T05:00Z", "2024-03-10T08:00Z"),
      (4, .newYork, "2024-03-10T08:00Z", "2024-03-10T12:00Z"),
      (2, .newYork, "2024-11-03T04:00Z", "2024-11-03T07:00Z"),
      (2, .newYork, "2024-03-10T05:00Z", "2024-03-10T07:00Z"),
      (12, .newYork, "2024-11-03T04:00Z", "2024-11-03T17:00Z"),
      // Not at a multiple of its length, or of a length that divides no day.
      (4, .newYork, "2024-03-10T04:00Z", "2024-03-10T08:00Z"),
      (5, .newYork, "2024-03-10T05:00Z", "2024-03-10T10:00Z"),
      // Each hour that clocks show twice has its own bar.
      (1, .newYork, "2024-11-03T05:00Z", "2024-11-03T06:00Z"),
      (1, .newYork, "2024-11-03T06:00Z", "2024-11-03T07:00Z"),
      (1, .newYork, "2024-03-10T06:00Z", "2024-03-10T07:00Z"),
      (24, .newYork, "1968-04-28T05:00Z", "1968-04-29T04:00Z"),
    ] as [(Int64, TimeZoneRule, String, String)])
  func `bars end by the clock that they go by`(
    length: Int64, zone: TimeZoneRule, start: String, end: String
  ) throws {
    let length = BarLength(interval: hours(length), zone: zone)
    func instant(_ text: String) throws -> Instant {
      try #require(Instant(text.replacing("Z", with: ":00Z")))
    }
    #expect(length.end(of: try instant(start)) == (try instant(end)), "\(start)")
  }

  @Test func `the ends of time are no traps`() {
    for time in [Int64.min, .max, .max - 1] {
      for zone in [TimeZoneRule.newYork, .london, .fixed(-39600)] {
        _ = BarLength(interval: hours(24), zone: zone).end(of: Instant(nanoseconds: time))
      }
    }
  }
}
