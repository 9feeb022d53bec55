import Events
import Testing

@testable import Calendars

/// Each query around each boundary of each session, against a list of all sessions searched plainly.
struct SessionBoundaryTests {
  /// The sessions of a calendar as one list.
  struct Plain {
    let sessions: [Session]
    let calendar: TradingCalendar

    /// - Parameter place: an index near which the moment lies.
    func current(_ time: Instant, near place: Int) -> Int? {
      (max(0, place - 2)..<min(sessions.count, place + 3)).first { sessions[$0].close > time }
    }

    /// The first thing that a calendar says of a moment and the list does not; nil if there is none.
    func mismatch(_ time: Instant, near place: Int, cursor: inout SessionCursor) throws -> String? {
      guard let index = current(time, near: place), index + 1 < sessions.count else { return nil }
      let session = sessions[index]
      let inside = session.open <= time
      let isPaused = session.pause.map { $0.lowerBound <= time && time < $0.upperBound } ?? false
      if try calendar.session(closingAfter: time) != session { return "closingAfter" }
      if try cursor.session(closingAfter: time) != session { return "the cursor" }
      if try calendar.session(containing: time) != (inside ? session : nil) { return "containing" }
      if try calendar.isOpen(at: time) != (inside && !isPaused) { return "isOpen" }
      if try cursor.isOpen(at: time) != (inside && !isPaused) { return "the cursor's isOpen" }
      let starts = [session.open, session.pause?.upperBound, sessions[index + 1].open]
      if try calendar.nextOpen(after: time) != starts.compactMap({ $0 }).first(where: { $0 > time })
      {
        return "nextOpen"
      }
      let ends = [session.pause?.lowerBound, session.close]
      if try calendar.nextClose(after: time) != ends.compactMap({ $0 }).first(where: { $0 > time })
      {
        return "nextClose"
      }
      return nil
    }
  }

  /// Calendar, and the years that are looked at.
  private static let cases: [(TradingCalendar, ClosedRange<Int>)] = [
    (.xnys, 1990...2028), (.cmes, 1990...2027), (.xlon, 1990...2027), (.xtks, 1997...2027),
    (.weekdays, 2015...2027), (.always, 2015...2027),
  ]

  private static func plain(_ calendar: TradingCalendar, _ years: ClosedRange<Int>) throws -> Plain
  {
    let first = CivilDate(year: years.lowerBound, month: 1, day: 1)
    let last = CivilDate(year: years.upperBound, month: 12, day: 31)
    return Plain(sessions: Array(try calendar.sessions(in: first...last)), calendar: calendar)
  }

  @Test(arguments: cases)
  func `every minute around an open, a close and a break has the right answer`(
    calendar: TradingCalendar, years: ClosedRange<Int>
  ) throws {
    let plain = try Self.plain(calendar, years)
    var cursor = SessionCursor(calendar)
    let (minute, second) = (Nanoseconds.minute, Nanoseconds.second)
    let steps = [-2 * minute, -minute, -second, -1, 0, 1, second, minute]
    for (place, session) in plain.sessions.enumerated().dropFirst(2) {
      let bounds = [
        session.open, session.pause?.lowerBound, session.pause?.upperBound, session.close,
      ]
      for bound in bounds.compactMap({ $0 }) {
        for step in steps {
          let time = bound.advanced(by: step)
          if let what = try plain.mismatch(time, near: place, cursor: &cursor) {
            Issue.record("\(calendar.name) at \(time.text): \(what)")
            return
          }
        }
      }
    }
  }

  @Test(arguments: cases)
  func `neighbours lead to each other, and sessions do not overlap`(
    calendar: TradingCalendar, years: ClosedRange<Int>
  ) throws {
    let sessions = try Self.plain(calendar, years).sessions
    for (before, after) in zip(sessions, sessions.dropFirst()) {
      let isInOrder =
        try before.close <= after.open && before.open < before.close
        && calendar.session(after: before.date) == after
        && calendar.session(before: after.date) == before
        && calendar.session(on: after.date) == after
      let isInside =
        before.pause.map { before.open < $0.lowerBound && $0.upperBound < before.close } ?? true
      guard isInOrder, isInside else {
        Issue.record("\(calendar.name): \(before) and \(after)")
        return
      }
    }
  }

  @Test func `a cursor answers in any order`() throws {
    let plain = try Self.plain(.xtks, 2023...2025)
    var cursor = SessionCursor(.xtks)
    var state: UInt64 = 42
    for _ in 0..<20_000 {
      // Knuth's linear congruential generator of MMIX; the upper bits are the good ones.
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let place = Int(state >> 33) % (plain.sessions.count - 4) + 2
      let offset = Int64(state >> 20 & 0xFFFF) * 2 * Nanoseconds.second
      let time = plain.sessions[place].open.advanced(by: offset)
      if let what = try plain.mismatch(time, near: place, cursor: &cursor) {
        Issue.record("at \(time.text): \(what)")
        return
      }
    }
  }
}
