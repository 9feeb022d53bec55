import Events
import Testing

@Suite struct InstantTextTests {
  /// Days since 1970-01-01 of well-known dates, with their weekday (0 Monday).
  @Test(
    arguments: [
      (1970, 1, 1, 0, 3), (1969, 12, 31, -1, 2), (2000, 2, 29, 11_016, 1), (2000, 3, 1, 11_017, 2),
      (1900, 2, 28, -25_509, 2), (1900, 3, 1, -25_508, 3), (2024, 2, 29, 19_782, 3),
      (2038, 1, 19, 24_855, 1), (1582, 10, 15, -141_427, 4), (2262, 4, 11, 106_751, 4),
      (1677, 9, 21, -106_752, 1), (1, 1, 1, -719_162, 0), (0, 2, 29, -719_469, 1),
      (-1, 12, 31, -719_529, 4), (9999, 12, 31, 2_932_896, 4),
    ] as [(Int, Int, Int, Int, Int)])
  func `known dates have their day number and weekday`(
    year: Int, month: Int, day: Int, days: Int, weekday: Int
  ) {
    let date = CivilDate(year: year, month: month, day: day)
    #expect(date.isValid)
    #expect(date.daysSinceEpoch == days)
    #expect(CivilDate(daysSinceEpoch: days) == date)
    #expect(date.weekday == weekday)
  }

  @Test func `each day follows the one before over eight hundred years`() {
    var before = CivilDate(daysSinceEpoch: -200_001)
    for days in -200_000...100_000 {
      let date = CivilDate(daysSinceEpoch: days)
      let follows =
        date.day == before.day + 1 && date.month == before.month && date.year == before.year
        || date.day == 1 && date.month == before.month + 1 && date.year == before.year
        || date.day == 1 && date.month == 1 && before.month == 12 && date.year == before.year + 1
      guard follows, date > before, date.daysSinceEpoch == days else {
        Issue.record("\(date) after \(before)")
        return
      }
      before = date
    }
  }

  @Test(
    arguments: [
      (2023, 2, 29), (1900, 2, 29), (2024, 2, 30), (2024, 4, 31), (2024, 0, 1), (2024, 13, 1),
      (2024, 1, 0), (2024, 1, 32), (2024, -1, 1), (.max, 1, 1), (.min, 12, 31),
    ] as [(Int, Int, Int)])
  func `there is no such day`(year: Int, month: Int, day: Int) {
    #expect(!CivilDate(year: year, month: month, day: day).isValid)
  }

  @Test(
    arguments: [
      (0, "1970-01-01T00:00:00.000000000Z"), (-1, "1969-12-31T23:59:59.999999999Z"),
      (1_767_277_800_000_000_001, "2026-01-01T14:30:00.000000001Z"),
      (951_827_696_123_456_789, "2000-02-29T12:34:56.123456789Z"),
      (.max, "2262-04-11T23:47:16.854775807Z"), (.min, "1677-09-21T00:12:43.145224192Z"),
      (.min + 1, "1677-09-21T00:12:43.145224193Z"),
    ] as [(Int64, String)])
  func `a moment is written and read back`(nanoseconds: Int64, text: String) {
    let instant = Instant(nanoseconds: nanoseconds)
    #expect(instant.text == text)
    #expect(Instant(text) == instant)
  }

  @Test func `any moment survives its text`() {
    var random = SplitMix64(seed: 4)
    for _ in 0..<5000 {
      let instant = Instant(nanoseconds: Int64(truncatingIfNeeded: random.next()))
      guard Instant(instant.text) == instant else {
        Issue.record("\(instant.nanoseconds) is written \(instant.text)")
        return
      }
    }
  }

  @Test(
    arguments: [
      ("2026-01-01", 1_767_225_600_000_000_000), ("2026-01-01Z", 1_767_225_600_000_000_000),
      ("2026-01-01T14:30", 1_767_277_800_000_000_000),
      ("2026-01-01T14:30:00", 1_767_277_800_000_000_000),
      ("2026-01-01 14:30:00Z", 1_767_277_800_000_000_000),
      ("2026-01-01T14:30:00.5", 1_767_277_800_500_000_000),
      ("2026-01-01T23:59:59.999999999Z", 1_767_311_999_999_999_999),
    ] as [(String, Int64)])
  func `shorter texts of a moment are read`(text: String, nanoseconds: Int64) {
    #expect(Instant(text)?.nanoseconds == nanoseconds)
  }

  @Test(arguments: [
    "", "Z", "T", "2026", "2026-01", "2026-1-1", "26-01-01", "2026-01-1", "2026-001-01",
    "2026-02-29", "2026-13-01", "2026-00-01", "2026-01-00", "+026-01-01", "-026-01-01",
    "2026-01-01T", "2026-01-01T14", "2026-01-01T14:", "2026-01-01T24:00:00", "2026-01-01T14:60:00",
    "2026-01-01T14:30:60", "2026-01-01T14:30:", "2026-01-01T14:30:5", "2026-01-01T14:30:+5",
    "2026-01-01T14:30:-0", "2026-01-01T14:30:.5", "2026-01-01T14:30:00.", "2026-01-01T4:30:00",
    "2026-01-01T14:30:00.0000000001", "2026-01-01T14:30:00:00", "2026-01-01T14:30:00+01:00",
    "2026-01-01TT14:30:00", "2026-01-01T14:30:00ZZ", " 2026-01-01", "2026-01-01 ",
    "2026-01-01T14:30:00,5", "1677-09-21T00:12:43.145224191Z", "2262-04-11T23:47:16.854775808Z",
    "1677-09-20", "2262-04-12", "0000-01-01", "9999-12-31", "20２6-01-01",
  ])
  func `a text that is no moment is refused`(text: String) {
    #expect(Instant(text) == nil)
  }

  @Test func `the second is cut to the wanted digits`() {
    let instant = Instant(nanoseconds: 951_827_696_999_999_999)
    #expect(instant.timeText(digits: 0) == "12:34:56")
    #expect(instant.timeText(digits: 3) == "12:34:56.999")
    #expect(instant.timeText(digits: 9) == "12:34:56.999999999")
    #expect(instant.dateText == "2000-02-29")
    #expect(instant.date == CivilDate(year: 2000, month: 2, day: 29))
  }

  @Test func `moments stop at the ends of the range`() {
    #expect(Instant.distantFuture.advanced(by: 1) == .distantFuture)
    #expect(Instant(nanoseconds: .min).advanced(by: -1) == Instant(nanoseconds: .min))
    #expect(Instant.epoch.advanced(by: -5) == Instant(nanoseconds: -5))
    #expect(Instant.distantFuture.since(Instant(nanoseconds: -1)) == .max)
    #expect(Instant(nanoseconds: .min).since(.epoch) == .min)
    #expect(Instant(nanoseconds: .min).since(Instant(nanoseconds: 1)) == .min)
    #expect(Instant(nanoseconds: 7).since(Instant(nanoseconds: 9)) == -2)
    #expect(Instant(CivilDate(year: 2263, month: 1, day: 1)) == nil)
    #expect(
      Instant(CivilDate(year: 1677, month: 9, day: 21), nanoseconds: 86_399_999_999_999) != nil)
  }
}
