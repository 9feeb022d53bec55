import Events
import Testing

@testable import Calendars

/// What no shipped market has had since 1990: late opens, and short days of a market with a break.
struct CalendarTableTests {
  private static let calendar = TradingCalendar(
    "TEST",
    CalendarTable(
      zone: .london, first: 2024_03_01, last: 2024_04_30, weekdays: 0b0011111,
      hours: [
        .init(from: 2024_03_01, open: 9 * 60, close: 17 * 60, pause: (12 * 60)..<(13 * 60)),
        .init(from: 2024_04_15, open: 8 * 60, close: 17 * 60),
      ],
      closures: [2024_03_29_01, 2024_04_01_00], reasons: ["Easter Monday", "Good Friday"],
      specialOpens: [2024_03_04_1100, 2024_03_05_1230, 2024_03_06_0800],
      specialCloses: [2024_03_07_1200, 2024_03_08_1330, 2024_03_11_1800]),
    settlement: .unknown, periodsPerYear: 252)

  /// Date, open, close, whether there is a break, whether it opens late, whether it closes early.
  @Test(arguments: [
    ("2024-03-01", "09:00", "17:00", true, false, false),
    ("2024-03-04", "11:00", "17:00", true, true, false),
    ("2024-03-05", "12:30", "17:00", false, true, false),
    ("2024-03-06", "08:00", "17:00", true, false, false),
    ("2024-03-07", "09:00", "12:00", false, false, true),
    ("2024-03-08", "09:00", "13:30", true, false, true),
    ("2024-03-11", "09:00", "18:00", true, false, false),
    ("2024-04-12", "08:00", "16:00", true, false, false),
    ("2024-04-15", "07:00", "16:00", false, false, false),
  ])
  func `single days differ`(
    day: String, open: String, close: String, hasPause: Bool, isLate: Bool, isEarly: Bool
  ) throws {
    let date = try writtenDate(day)
    let session = try #require(try Self.calendar.session(on: date))
    #expect(session.open == Instant("\(day)T\(open)"))
    #expect(session.close == Instant("\(day)T\(close)"))
    #expect((session.pause != nil) == hasPause)
    #expect(session.isLateOpen == isLate)
    #expect(session.isEarlyClose == isEarly)
    #expect(session.premarketOpen == nil && session.postmarketClose == nil)
  }

  @Test func `closures are found at both ends of the list and not beside them`() throws {
    for (day, reason) in [
      (28, nil), (29, "Good Friday"), (30, nil), (31, nil), (32, "Easter Monday"), (33, nil),
    ] as [(Int, String?)] {
      let date = CivilDate(year: 2024, month: 3, day: 1).advanced(by: day - 1)
      #expect(try Self.calendar.holiday(on: date) == reason)
    }
  }

  @Test(arguments: [
    CalendarTable.xnys, .cmes, .xlon, .xtks, .weekdays, .always,
  ])
  func `lists are in order, within the table, and on days that exist`(table: CalendarTable) throws {
    let lists = [
      table.closures.map { $0 / 100 }, table.specialOpens.map { $0 / 10_000 },
      table.specialCloses.map { $0 / 10_000 }, table.hours.map(\.from),
    ]
    for list in lists {
      #expect(zip(list, list.dropFirst()).allSatisfy { $0 < $1 })
      for number in list {
        let date = try #require(CivilDate(yyyymmdd: number))
        #expect((table.first...table.last).contains(number))
        #expect(table.hours.map(\.from) == list || table.weekdays & (1 << UInt8(date.weekday)) != 0)
      }
    }
    #expect(table.hours.first?.from == table.first)
    #expect(table.closures.allSatisfy { table.reasons.indices.contains(Int($0 % 100)) })
  }
}
