import Events
import Testing

@testable import Venues

struct CivilTimeTests {
  private func instant(_ text: some Sequence<UInt8>) -> Instant? {
    let bytes = Array(text)
    return TimeFormat.iso8601.instant(bytes.span, 0..<bytes.count, zone: .utc)
  }

  @Test(arguments: [
    // date, local time of day in seconds, seconds east of UTC
    (20_120_621, 34_200, -14_400), (20_131_007, 14_400, -14_400), (20_151_224, 34_200, -18_000),
    // Around the changes of 2013: the second Sunday of March, the first of November.
    (20_130_310, 3600, -18_000), (20_130_310, 9000, -18_000), (20_130_310, 10_800, -14_400),
    (20_131_103, 3600, -14_400), (20_131_103, 7200, -18_000),
    // 1987 to 2006: first Sunday of April, last of October.
    (20_060_402, 43_200, -14_400), (20_060_401, 43_200, -18_000), (20_061_028, 43_200, -14_400),
    (20_061_029, 43_200, -18_000),
    // Until 1986: last Sunday of April. 1974 and 1975 were exceptions. 1966 had no rule.
    (19_860_426, 43_200, -18_000), (19_860_427, 43_200, -14_400), (19_740_106, 43_200, -14_400),
    (19_740_105, 43_200, -18_000), (19_750_223, 43_200, -14_400), (19_660_701, 43_200, -18_000),
  ])
  func `New York's clock`(day: Int64, seconds: Int64, offset: Int64) throws {
    let date = try #require(CivilDate(yyyymmdd: day))
    let instant = TimeZoneRule.newYork.instant(date, nanoseconds: seconds * 1_000_000_000)
    let expected = date.daysSinceEpoch * 86_400 + seconds - offset
    #expect(instant.nanoseconds == expected * 1_000_000_000)
  }

  @Test(arguments: [
    (20_240_330, 3600), (20_240_331, 7200), (20_241_026, 7200), (20_241_027, 3600),
    (19_950_923, 7200), (19_950_924, 3600), (19_800_701, 3600),
  ])
  func `Berlin's clock at noon`(day: Int64, offset: Int64) throws {
    let date = try #require(CivilDate(yyyymmdd: day))
    let noon = TimeZoneRule.berlin.instant(date, nanoseconds: 43_200 * 1_000_000_000)
    #expect(noon.nanoseconds / 1_000_000_000 == date.daysSinceEpoch * 86_400 + 43_200 - offset)
  }

  @Test(.enabled(if: SharedData.isThere, "the shared data folder is absent"))
  func `New York opens at half past nine in every session from 1990 on`() throws {
    var sessions = 0
    for line in try SharedData.bytes("exchange-calendars/xnys.csv").split(separator: 0x0A)
      .dropFirst()
    {
      let fields = line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
      let day = Array(fields[0].prefix(10))
      let date = try #require(instant(day))
      let expected = try #require(instant(fields[1]))
      let number = Int64(String(decoding: day.filter { $0 != 0x2D }, as: UTF8.self)) ?? 0
      let civil = try #require(CivilDate(yyyymmdd: number))
      #expect(civil.daysSinceEpoch * 86_400_000_000_000 == date.nanoseconds)
      let halfPastNine = TimeZoneRule.newYork.instant(
        civil, nanoseconds: 34_200 * 1_000_000_000)
      // A few sessions opened late; none opened at an odd hour early.
      if halfPastNine == expected { sessions += 1 } else { #expect(expected > halfPastNine) }
    }
    #expect(sessions > 8300)
  }

  @Test(arguments: [
    ("2013-02-01 00:00:00+00:00", 1_359_676_800), ("2013-02-01T01:00:00+01:00", 1_359_676_800),
    ("2013-02-01", 1_359_676_800), ("2013-02-01 00:00", 1_359_676_800),
    ("2013-01-31 19:00:00-0500", 1_359_676_800), ("2013-02-01T00:00:00Z", 1_359_676_800),
  ])
  func `dates with separators`(text: String, seconds: Int64) {
    #expect(instant(text.utf8) == Instant(nanoseconds: seconds * 1_000_000_000))
  }

  @Test(arguments: [
    "", "2013", "2013-13-01", "2013-02-29", "2013-02-01 24:00:00", "2013-02-01 00:60",
    "2013-02-01 00:00:00.", "2013-02-01 00:00:00.1234567890", "2013-02-01 00:00:00+1", "20130201",
    "2013-02-01x", "1600-01-01", "2013-02-01 00:00:00 UTC", "٢٠١٣-02-01",
  ])
  func `what is no date is refused`(text: String) {
    #expect(instant(text.utf8) == nil)
  }
}
