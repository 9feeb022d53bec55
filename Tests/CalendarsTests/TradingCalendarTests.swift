import Events
import Testing

@testable import Calendars

struct TradingCalendarTests {
  /// Date, calendar, and why there is no session; nil if there is one.
  @Test(arguments: [
    ("2001-09-10", TradingCalendar.xnys, nil as String?),
    ("2001-09-11", .xnys, "September 11 attacks"), ("2001-09-12", .xnas, "September 11 attacks"),
    ("2001-09-13", .xnas, "September 11 attacks"), ("2001-09-14", .xnys, "September 11 attacks"),
    ("2001-09-17", .xnys, nil), ("2012-10-26", .xnys, nil),
    ("2012-10-29", .xnys, "Hurricane Sandy"),
    ("2012-10-30", .xnas, "Hurricane Sandy"), ("2012-10-31", .xnys, nil),
    ("2012-10-29", .cmes, nil), ("2025-01-09", .xnys, "National Day of Mourning"),
    ("2021-06-18", .xnys, nil), ("2022-06-20", .xnys, "Juneteenth"), ("2022-06-20", .cmes, nil),
    ("1997-01-20", .xnys, nil), ("1998-01-19", .xnys, "Martin Luther King Day"),
    ("2021-12-31", .xnys, nil), ("2023-01-02", .xnys, "New Year's Day"),
    ("2024-03-29", .xnys, "Good Friday"), ("2024-03-29", .cmes, "Good Friday"),
    ("2024-03-29", .xlon, "Good Friday"), ("2024-04-01", .xlon, "Easter Monday"),
    ("2024-04-01", .xnys, nil), ("2020-05-04", .xlon, nil),
    ("2020-05-08", .xlon, "Early May Bank Holiday"),
    ("2022-12-27", .xlon, "Christmas (substitute)"),
    ("2022-09-19", .xlon, "State Funeral of Queen Elizabeth II"),
    ("1999-12-31", .xlon, "Millennium Eve"), ("1999-12-31", .xnys, nil),
    ("2020-10-01", .xtks, "System failure"), ("2019-05-01", .xtks, "Imperial Succession"),
    ("2024-12-25", .xtks, nil), ("2024-12-25", .weekdays, nil), ("2024-12-25", .always, nil),
    ("2024-12-21", .always, nil),
  ])
  func `days without a session have a name`(
    day: String, calendar: TradingCalendar, reason: String?
  ) throws {
    let date = try writtenDate(day)
    #expect(try calendar.holiday(on: date) == reason)
    #expect(try (calendar.session(on: date) == nil) == (reason != nil))
  }

  @Test(arguments: [TradingCalendar.xnys, .xnas, .cmes, .xlon, .xtks, .weekdays])
  func `a weekend has no session and no name`(calendar: TradingCalendar) throws {
    for day in ["2024-06-01", "2024-06-02"] {
      let date = try writtenDate(day)
      #expect(try calendar.session(on: date) == nil)
      #expect(try calendar.holiday(on: date) == nil)
    }
  }

  /// Date, calendar, open and close in UTC, and whether it closes early.
  @Test(arguments: [
    ("2024-07-03", TradingCalendar.xnys, "2024-07-03T13:30", "2024-07-03T17:00", true),
    ("2024-07-02", .xnys, "2024-07-02T13:30", "2024-07-02T20:00", false),
    ("1992-12-24", .xnys, "1992-12-24T14:30", "1992-12-24T19:00", true),
    ("2013-07-03", .xnas, "2013-07-03T13:30", "2013-07-03T17:00", true),
    ("2023-11-24", .xnys, "2023-11-24T14:30", "2023-11-24T18:00", true),
    // The week in which New York has summer time and London has not.
    ("2024-03-11", .xnys, "2024-03-11T13:30", "2024-03-11T20:00", false),
    ("2024-03-11", .xlon, "2024-03-11T08:00", "2024-03-11T16:30", false),
    ("2024-04-02", .xlon, "2024-04-02T07:00", "2024-04-02T15:30", false),
    ("1994-10-21", .xlon, "1994-10-21T07:00", "1994-10-21T15:30", false),
    ("1994-10-24", .xlon, "1994-10-24T08:00", "1994-10-24T16:30", false),
    ("2024-12-24", .xlon, "2024-12-24T08:00", "2024-12-24T12:30", true),
    // Sunday evening opens Monday; that Sunday the clock was put forward, or back.
    ("2024-03-11", .cmes, "2024-03-10T22:00", "2024-03-11T22:00", false),
    ("2024-11-04", .cmes, "2024-11-03T23:00", "2024-11-04T23:00", false),
    ("2024-06-19", .cmes, "2024-06-18T22:00", "2024-06-19T17:00", true),
    ("2024-11-28", .cmes, "2024-11-27T23:00", "2024-11-28T18:00", true),
    ("2024-11-01", .xtks, "2024-11-01T00:00", "2024-11-01T06:00", false),
    ("2024-11-05", .xtks, "2024-11-05T00:00", "2024-11-05T06:30", false),
    ("2024-11-05", .weekdays, "2024-11-05", "2024-11-06", false),
    ("2024-02-29", .always, "2024-02-29", "2024-03-01", false),
  ])
  func `sessions open and close`(
    day: String, calendar: TradingCalendar, open: String, close: String, isEarly: Bool
  ) throws {
    let session = try #require(try calendar.session(on: writtenDate(day)))
    #expect(session.open == Instant(open))
    #expect(session.close == Instant(close))
    #expect(session.isEarlyClose == isEarly)
    #expect(!session.isLateOpen)
  }

  /// Moment and phase.
  @Test(arguments: [
    ("2024-07-03T07:59:59.999999999", TradingCalendar.xnys, SessionPhase.closed),
    ("2024-07-03T08:00", .xnys, .premarket), ("2024-07-03T13:29", .xnys, .premarket),
    ("2024-07-03T13:30", .xnys, .regular), ("2024-07-03T16:59:59.9", .xnys, .regular),
    ("2024-07-03T17:00", .xnys, .postmarket), ("2024-07-03T20:59", .xnas, .postmarket),
    ("2024-07-03T21:00", .xnas, .closed), ("2024-07-04T15:00", .xnas, .closed),
    ("2024-07-05T23:59", .xnas, .postmarket), ("2024-07-06T00:00", .xnas, .closed),
    ("2024-07-05T06:59", .xlon, .closed), ("2024-07-05T07:00", .xlon, .regular),
    ("2024-07-05T15:30", .xlon, .closed), ("2024-07-05T22:00", .cmes, .closed),
    ("2024-07-07T21:59", .cmes, .closed), ("2024-07-07T22:00", .cmes, .regular),
    ("2024-07-08T22:00", .cmes, .regular), ("2024-07-05T02:29", .xtks, .regular),
    ("2024-07-05T02:30", .xtks, .pause), ("2024-07-05T03:29", .xtks, .pause),
    ("2024-07-05T03:30", .xtks, .regular), ("2024-07-05T23:59", .weekdays, .regular),
    ("2024-07-06T00:00", .weekdays, .closed), ("2024-07-07T03:00", .always, .regular),
  ])
  func `a moment has a phase`(
    moment: String, calendar: TradingCalendar, phase: SessionPhase
  ) throws {
    let time = try #require(Instant(moment))
    #expect(try calendar.phase(at: time) == phase)
    #expect(try calendar.isOpen(at: time) == (phase == .regular))
  }

  @Test func `an order for the day lives until the close of its session or of the next`() throws {
    let calendar = TradingCalendar.xnys
    for (entered, close) in [
      ("2024-07-03T16:59:59", "2024-07-03T17:00"), ("2024-07-03T17:00", "2024-07-05T20:00"),
      ("2024-07-05T12:00", "2024-07-05T20:00"), ("2024-07-06T12:00", "2024-07-08T20:00"),
    ] {
      let time = try #require(Instant(entered))
      #expect(try calendar.session(closingAfter: time).close == Instant(close), "\(entered)")
    }
  }

  @Test(arguments: TradingCalendar.all)
  func `nothing is said of what lies beyond the tables`(calendar: TradingCalendar) throws {
    func error(_ asked: CivilDate) -> CalendarError {
      .beyondTable(calendar: calendar.name, asked: asked, known: calendar.dates)
    }
    let (first, last) = (calendar.dates.lowerBound, calendar.dates.upperBound)
    for date in [
      first.advanced(by: -1), last.advanced(by: 1), CivilDate(year: 9999, month: 1, day: 1),
    ] {
      #expect(throws: error(date)) { try calendar.session(on: date) }
      #expect(throws: error(date)) { try calendar.holiday(on: date) }
      #expect(throws: error(date)) { try calendar.session(after: date) }
      #expect(throws: error(date)) { try calendar.session(before: date) }
      #expect(throws: error(date)) { try calendar.settlementDate(of: date) }
    }
    #expect(throws: error(last.advanced(by: 1))) { try calendar.session(after: last) }
    #expect(throws: error(first.advanced(by: -1))) { try calendar.session(before: first) }
    #expect(throws: error(last.advanced(by: 1))) {
      try calendar.sessions(in: first...last.advanced(by: 1))
    }
    #expect(throws: error(first.advanced(by: -1))) {
      try calendar.sessions(in: first.advanced(by: -1)...last)
    }
    let (open, end) = (calendar.moments.lowerBound, calendar.moments.upperBound)
    let lastOpen = end.advanced(by: -1)
    #expect(try calendar.isOpen(at: open))
    #expect(try calendar.isOpen(at: lastOpen))
    #expect(try calendar.nextClose(after: lastOpen) == end)
    #expect(throws: CalendarError.self) { try calendar.nextOpen(after: lastOpen) }
    for time in [open.advanced(by: -1), end, .distantFuture, Instant(nanoseconds: .min)] {
      #expect(throws: error(calendar.zone.date(at: time))) {
        try calendar.session(closingAfter: time)
      }
      #expect(throws: CalendarError.self) { try calendar.session(containing: time) }
      #expect(throws: CalendarError.self) { try calendar.phase(at: time) }
      #expect(throws: CalendarError.self) { try calendar.nextOpen(after: time) }
      var cursor = SessionCursor(calendar)
      #expect(throws: CalendarError.self) { try cursor.isOpen(at: time) }
    }
  }

  @Test(arguments: [
    (TradingCalendar.xnys, 9820, 252), (.xnas, 9820, 252), (.cmes, 9801, 252), (.xlon, 9604, 252),
    (.xtks, 7593, 245), (.weekdays, 60_004, 260), (.always, 84_006, 365),
  ])
  func `the periods of a year are about the sessions of a year`(
    calendar: TradingCalendar, count: Int, periods: Int
  ) throws {
    var sessions = 0
    for _ in try calendar.sessions(in: calendar.dates) { sessions += 1 }
    #expect(sessions == count)
    #expect(calendar.periodsPerYear == periods)
    let years = calendar.dates.upperBound.year - calendar.dates.lowerBound.year + 1
    #expect(abs(sessions - periods * years) * 100 < sessions * 3)
  }

  @Test func `a calendar is found by its name only`() {
    for calendar in TradingCalendar.all {
      #expect(TradingCalendar(named: calendar.name)?.name == calendar.name)
    }
    #expect(TradingCalendar(named: "xnys") == nil)
    #expect(TradingCalendar(named: "") == nil)
  }
}
