import Calendars
import Events
import Testing

/// The sessions that the package exchange_calendars publishes as its own test resources.
@Suite(.enabled(if: SharedData.isThere, "the shared data folder is absent"))
struct PublishedSessionTests {
  @Test(arguments: [
    ("xnys.csv", TradingCalendar.xnys, 8324), ("xnys.csv", .xnas, 8324),
    ("cmes.csv", .cmes, 9682), ("xlon.csv", .xlon, 8515), ("24-5.csv", .weekdays, 261),
    ("24-7.csv", .always, 366),
  ])
  func `each published session is ours, and ours are published`(
    file: String, calendar: TradingCalendar, count: Int
  ) throws {
    let rows = try SharedData.rows("exchange-calendars/\(file)", separator: ",").dropFirst()
    #expect(rows.count == count)
    let dates = try rows.map { try writtenDate(String($0[0])) }
    let first = try #require(dates.first)
    let last = try #require(dates.last)
    var sessions = try calendar.sessions(in: first...last)
    for (row, date) in zip(rows, dates) {
      let next = sessions.next()
      let session = try #require(next)
      let isSame =
        session.date == date && session.open == Instant(String(row[1]))
        && session.close == Instant(String(row[2])) && session.pause == nil
      guard isSame, row[3].isEmpty, row[4].isEmpty else {
        Issue.record("\(file), \(row[0]): \(session)")
        return
      }
    }
    #expect(sessions.next() == nil)
  }

  @Test
  func `bars of extended hours lie between the pre-market's open and the post-market's close`()
    throws
  {
    var phases: [SessionPhase: Int] = [:]
    for row in try SharedData.rows("pyalgotrade/nt-spy-minute-2011.csv", separator: ";") {
      let stamp = String(row[0])
      let time =
        "\(stamp.prefix(4))-\(stamp.dropFirst(4).prefix(2))-\(stamp.dropFirst(6).prefix(2))T"
        + "\(stamp.dropFirst(9).prefix(2)):\(stamp.dropFirst(11).prefix(2)):00"
      // A bar is stamped with its end: its trades were in the minute before.
      let end = try #require(Instant(time))
      let phase = try TradingCalendar.xnys.phase(at: end.advanced(by: -Nanoseconds.minute))
      phases[phase, default: 0] += 1
    }
    #expect(phases[.closed] == nil && phases[.pause] == nil)
    // Twenty sessions in January of 2011, of which each has all of its 390 minutes.
    #expect(phases[.regular] == 20 * 390)
    #expect(phases.values.reduce(0, +) == 14_180)
  }
}
