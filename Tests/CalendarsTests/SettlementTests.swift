import Calendars
import Events
import Testing

struct SettlementTests {
  /// Trade date and settlement date. Those of 1992 to 2000 are of the National Association of Securities
  /// Dealers' notices 92-54, 94-49, 95-77, 99-83, 99-94 and 00-82.
  @Test(arguments: [
    // Five days until June of 1995; Veterans Day is a session, but does not settle.
    ("1992-11-02", "1992-11-09"), ("1992-11-03", "1992-11-10"), ("1992-11-04", "1992-11-12"),
    ("1992-11-05", "1992-11-13"), ("1992-11-10", "1992-11-18"), ("1992-11-11", "1992-11-18"),
    ("1992-11-12", "1992-11-19"), ("1992-11-19", "1992-11-27"), ("1992-11-20", "1992-11-30"),
    ("1992-11-27", "1992-12-04"), ("1994-06-24", "1994-07-01"), ("1994-06-27", "1994-07-05"),
    ("1994-07-01", "1994-07-11"), ("1994-07-05", "1994-07-12"),
    // The last trades of five days and the first of three.
    ("1995-06-06", "1995-06-13"), ("1995-06-07", "1995-06-12"),
    // Three days; Columbus Day.
    ("1995-10-02", "1995-10-05"), ("1995-10-03", "1995-10-06"), ("1995-10-04", "1995-10-10"),
    ("1995-10-05", "1995-10-11"), ("1995-10-06", "1995-10-12"), ("1995-10-09", "1995-10-12"),
    ("1995-10-10", "1995-10-13"), ("1999-10-05", "1999-10-08"), ("1999-10-11", "1999-10-14"),
    ("1999-12-21", "1999-12-27"), ("1999-12-27", "1999-12-30"), ("2000-12-19", "2000-12-22"),
    ("2000-12-20", "2000-12-26"), ("2000-12-27", "2001-01-02"), ("2000-12-29", "2001-01-04"),
    // Two days from September of 2017: both trades settle together.
    ("2017-09-01", "2017-09-07"), ("2017-09-05", "2017-09-07"),
    // No session on the days of mourning, and settlement all the same.
    ("2018-12-03", "2018-12-05"), ("2018-12-04", "2018-12-06"), ("2025-01-08", "2025-01-09"),
    // Veterans Day on a Sunday and on a Saturday.
    ("2018-11-09", "2018-11-14"), ("2023-11-08", "2023-11-10"), ("2023-11-09", "2023-11-13"),
    // One day from May of 2024.
    ("2024-05-24", "2024-05-29"), ("2024-05-28", "2024-05-29"), ("2024-10-11", "2024-10-15"),
    ("2024-10-14", "2024-10-15"), ("2024-11-08", "2024-11-12"), ("2024-12-24", "2024-12-26"),
  ])
  func `a trade in New York settles`(trade: String, settlement: String) throws {
    let date = try writtenDate(trade)
    let expected = try writtenDate(settlement)
    #expect(try TradingCalendar.xnys.settlementDate(of: date) == expected)
    #expect(try TradingCalendar.xnas.settlementDate(of: date) == expected)
  }

  @Test(arguments: [
    (TradingCalendar.xlon, "2014-10-03", "2014-10-08"), (.xlon, "2014-10-06", "2014-10-08"),
    (.xlon, "2024-03-27", "2024-04-02"), (.xlon, "2001-02-05", "2001-02-08"),
    (.xlon, "2027-10-08", "2027-10-12"), (.xtks, "2019-07-12", "2019-07-18"),
    (.xtks, "2019-07-16", "2019-07-18"), (.xtks, "2024-12-27", "2025-01-06"),
    (.cmes, "2024-10-14", "2024-10-14"), (.always, "2024-12-21", "2024-12-21"),
  ])
  func `a trade elsewhere settles`(
    calendar: TradingCalendar, trade: String, settlement: String
  ) throws {
    let date = try writtenDate(trade)
    #expect(try calendar.settlementDate(of: date) == writtenDate(settlement))
  }

  @Test(arguments: [
    ("2024-10-11", 0, "2024-10-11"), ("2024-10-14", 0, "2024-10-15"),
    ("2024-10-11", 1, "2024-10-15"),
    ("2024-10-11", 2, "2024-10-16"), ("2024-10-14", 2, "2024-10-16"),
  ])
  func `a lag can be named`(trade: String, lag: Int, settlement: String) throws {
    let date = try writtenDate(trade)
    #expect(
      try TradingCalendar.xnys.settlementDate(of: date, lag: lag)
        == writtenDate(settlement))
  }

  @Test func `what is not known is said`() throws {
    let holiday = try writtenDate("2024-07-04")
    #expect(throws: CalendarError.noSession(calendar: "XNYS", date: holiday)) {
      try TradingCalendar.xnys.settlementDate(of: holiday)
    }
    for (calendar, day) in [
      (TradingCalendar.xlon, "2001-02-02"), (.xlon, "2027-10-11"), (.weekdays, "2024-07-04"),
    ] {
      let trade = try writtenDate(day)
      #expect(throws: CalendarError.noConvention(calendar: calendar.name, date: trade)) {
        try calendar.settlementDate(of: trade)
      }
      #expect(calendar.settlementLag(of: trade) == nil)
      #expect(try calendar.settlementDate(of: trade, lag: 0) == trade)
    }
    let last = TradingCalendar.xnys.dates.upperBound
    #expect(
      throws: CalendarError.beyondTable(
        calendar: "XNYS", asked: last.advanced(by: 1), known: TradingCalendar.xnys.dates)
    ) {
      try TradingCalendar.xnys.settlementDate(of: writtenDate("2028-12-29"))
    }
  }

  @Test(arguments: [
    ("1990-01-02", 5), ("1995-06-06", 5), ("1995-06-07", 3), ("2017-09-01", 3), ("2017-09-05", 2),
    ("2024-05-24", 2), ("2024-05-28", 1), ("2028-12-29", 1), ("1989-12-29", nil as Int?),
  ])
  func `the convention of New York`(trade: String, days: Int?) throws {
    let date = try writtenDate(trade)
    #expect(TradingCalendar.xnys.settlementLag(of: date) == days)
  }
}
