import Events
import Foundation
import Testing

struct TimeZoneRuleTests {
  private static func date(_ number: Int64) throws -> CivilDate {
    try #require(CivilDate(yyyymmdd: number))
  }

  @Test(arguments: [
    // date, local time of day in seconds, seconds east of UTC
    (20_120_621, 34_200, -14_400), (20_131_007, 14_400, -14_400), (20_151_224, 34_200, -18_000),
    // Around the changes of 2013: the second Sunday of March, the first of November.
    (20_130_310, 3600, -18_000), (20_130_310, 9000, -18_000), (20_130_310, 10_800, -14_400),
    (20_131_103, 3600, -14_400), (20_131_103, 7199, -14_400), (20_131_103, 7200, -18_000),
    // 1987 to 2006: first Sunday of April, last of October.
    (20_060_402, 43_200, -14_400), (20_060_401, 43_200, -18_000), (20_061_028, 43_200, -14_400),
    (20_061_029, 43_200, -18_000),
    // Until 1986: last Sunday of April. 1974 and 1975 were exceptions. 1966 had no rule.
    (19_860_426, 43_200, -18_000), (19_860_427, 43_200, -14_400), (19_740_106, 43_200, -14_400),
    (19_740_105, 43_200, -18_000), (19_750_223, 43_200, -14_400), (19_660_701, 43_200, -18_000),
    // The evening before and the morning after, counted from a midnight.
    (20_130_311, -86_400, -18_000), (20_130_309, 93_000, -18_000), (20_130_309, 108_000, -14_400),
  ])
  func `New York's clock`(day: Int64, seconds: Int64, offset: Int64) throws {
    let date = try Self.date(day)
    let instant = TimeZoneRule.newYork.instant(date, nanoseconds: seconds * Nanoseconds.second)
    let expected = Int64(date.daysSinceEpoch) * 86_400 + seconds - offset
    #expect(instant.nanoseconds == expected * Nanoseconds.second)
  }

  @Test(arguments: [
    (20_240_330, 3600), (20_240_331, 7200), (20_241_026, 7200), (20_241_027, 3600),
    (19_950_923, 7200), (19_950_924, 3600), (19_800_701, 3600),
  ])
  func `Berlin's clock at noon`(day: Int64, offset: Int64) throws {
    let date = try Self.date(day)
    let noon = TimeZoneRule.berlin.instant(date, nanoseconds: 12 * Nanoseconds.hour)
    let expected = Int64(date.daysSinceEpoch) * 86_400 + 43_200 - offset
    #expect(noon.nanoseconds == expected * Nanoseconds.second)
  }

  /// All changes of these clocks are on Sundays.
  @Test(arguments: [
    (TimeZoneRule.newYork, "America/New_York", 1970), (.chicago, "America/Chicago", 1970),
    (.london, "Europe/London", 1972), (.berlin, "Europe/Berlin", 1981),
    (.tokyo, "Asia/Tokyo", 1970), (.utc, "UTC", 1970),
  ])
  func `each noon and each hour of a Sunday has the offset of the time zone database`(
    rule: TimeZoneRule, name: String, year: Int
  ) throws {
    let zone = try #require(TimeZone(identifier: name))
    let start = CivilDate(year: year, month: 1, day: 1).daysSinceEpoch
    let end = CivilDate(year: 2037, month: 1, day: 1).daysSinceEpoch
    for day in start..<end {
      let isSunday = CivilDate(daysSinceEpoch: day).weekday == 6
      for hour in isSunday ? 0...23 : 12...12 {
        for second in [day * 86_400 + hour * 3600 - 1, day * 86_400 + hour * 3600] {
          let expected = Int64(
            zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(second))))
          let time = Instant(nanoseconds: Int64(second) * Nanoseconds.second)
          guard rule.offset(at: time) == expected else {
            Issue.record("\(name) at \(time.text): \(rule.offset(at: time)), not \(expected)")
            return
          }
          guard isWayBack(time, rule, offset: expected) else {
            Issue.record("\(name) at \(time.text) does not come back")
            return
          }
        }
      }
    }
  }

  @Test(arguments: [
    TimeZoneRule.newYork, .chicago, .london, .berlin, .tokyo, .utc, .fixed(-43_200),
  ])
  func `the ends of time have an offset and a date`(rule: TimeZoneRule) {
    // On 1 January 1970 all of them were on standard time.
    let standard = rule.offset(at: .epoch)
    for time in [Instant(nanoseconds: .min), .distantFuture] {
      #expect(rule.offset(at: time) == standard)
      #expect([1677, 2262].contains(rule.date(at: time).year))
    }
  }

  /// Whether the local time leads back; of an hour that the clock shows twice, to the first.
  private func isWayBack(_ time: Instant, _ rule: TimeZoneRule, offset: Int64) -> Bool {
    let local = time.advanced(by: offset * Nanoseconds.second)
    let back = rule.instant(rule.date(at: time), nanoseconds: local.nanosecondsOfDay)
    let hourBefore = time.advanced(by: -Nanoseconds.hour)
    return back == (rule.offset(at: hourBefore) > offset ? hourBefore : time)
  }

  @Test(
    arguments: [
      (20_131_007, CivilDate(year: 2013, month: 10, day: 7)),
      (16_780_101, CivilDate(year: 1678, month: 1, day: 1)),
      (22_611_231, CivilDate(year: 2261, month: 12, day: 31)), (16_771_231, nil),
      (22_620_101, nil), (20_130_229, nil), (20_131_301, nil), (20_130_100, nil),
      (0, nil), (-20_130_101, nil), (.max, nil),
    ] as [(Int64, CivilDate?)])
  func `a number is a date or not`(number: Int64, date: CivilDate?) {
    #expect(CivilDate(yyyymmdd: number) == date)
    if let date { #expect(date.yyyymmdd == number) }
  }
}
