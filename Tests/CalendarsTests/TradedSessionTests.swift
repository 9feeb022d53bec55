import Events
import Testing

@testable import Calendars

/// On whose date a trade counts that is made while the market is closed.
struct TradedSessionTests {
  /// The calendar, a moment in UTC, the session's date.
  @Test(
    arguments: [
      (.xnys, "2000-08-04T20:00", "2000-08-04"),
      // A bar of all Friday ends at midnight in New York.
      (.xnys, "2000-08-05T04:00", "2000-08-04"),
      (.xnys, "2000-08-05T04:00:00.000000001", "2000-08-07"),
      (.xnys, "2000-08-06T15:00", "2000-08-07"), (.xnys, "2000-08-07T13:29", "2000-08-07"),
      (.xnys, "2000-08-07T05:00", "2000-08-07"), (.xnys, "2000-08-07T14:00", "2000-08-07"),
      // The eve of Independence Day closes early; the day itself has no session.
      (.xnys, "2000-07-03T18:00", "2000-07-03"), (.xnys, "2000-07-05T03:00", "2000-07-05"),
      // Chicago opens when it closes: nothing lies between but the weekend.
      (.cmes, "2013-10-08T22:00", "2013-10-09"), (.cmes, "2013-10-11T23:00", "2013-10-11"),
      (.cmes, "2013-10-12T05:00", "2013-10-11"), (.cmes, "2013-10-12T06:00", "2013-10-14"),
      (.xtks, "2024-03-05T15:00", "2024-03-05"), (.xtks, "2024-03-05T15:01", "2024-03-06"),
      (.always, "2024-03-05T00:00", "2024-03-05"), (.weekdays, "2024-03-09T00:00", "2024-03-08"),
      (.weekdays, "2024-03-09T00:01", "2024-03-11"),
    ] as [(TradingCalendar, String, String)])
  func `a trade after the close counts while the date lasts`(
    calendar: TradingCalendar, moment: String, date: String
  ) throws {
    let time = try #require(Instant(moment))
    var cursor = SessionCursor(calendar)
    let session = try calendar.session(tradedAt: time)
    #expect(session.date.text == date)
    #expect(try cursor.session(tradedAt: time) == session)
    #expect(calendar.lastMoment(of: session) >= time)
  }

  @Test(
    arguments: [
      (.xnys, "2000-08-04", "2000-08-05T04:00"), (.cmes, "2013-10-08", "2013-10-08T22:00"),
      (.cmes, "2013-10-11", "2013-10-12T05:00"), (.always, "2024-03-05", "2024-03-06T00:00"),
      (.xtks, "2024-03-05", "2024-03-05T15:00"),
    ] as [(TradingCalendar, String, String)])
  func `a day ends at midnight or with the next open`(
    calendar: TradingCalendar, date: String, end: String
  ) throws {
    let midnight = try #require(Instant(date))
    let session = try #require(try calendar.session(on: midnight.date))
    #expect(calendar.lastMoment(of: session) == Instant(end))
  }
}
