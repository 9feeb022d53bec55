import Calendars
import Events
import Testing

@testable import Books

/// Time bars that keep to the sessions of a calendar.
@Suite struct SessionBarTests {
  private func at(_ text: String) -> Instant { Instant(text) ?? .epoch }

  private func builder(
    _ calendar: String, _ interval: Int64, isWhole: Bool = false,
    from source: BarBuilder.Source = .trades
  ) throws -> BarBuilder {
    let grid: SessionGrid = try #require(SessionGrid(calendar, isWhole: isWhole))
    return BarBuilder(instrument, from: source, interval: interval, in: grid)
  }

  /// Calendar, length in minutes (0: the whole session), a moment, begin and end of its bar.
  @Test(arguments: [
    ("XNYS", 60, "2024-07-02T13:30", "13:30", "14:30"),
    ("XNYS", 60, "2024-07-02T14:29:59", "13:30", "14:30"),
    ("XNYS", 60, "2024-07-02T14:30", "14:30", "15:30"),
    // The last bar ends with the session.
    ("XNYS", 60, "2024-07-02T19:59", "19:30", "20:00"),
    ("XNYS", 7, "2024-07-02T19:59", "19:55", "20:00"),
    // An early close, and winter.
    ("XNYS", 60, "2024-07-03T16:45", "16:30", "17:00"),
    ("XNYS", 60, "2024-01-03T20:45", "20:30", "21:00"),
    ("XNYS", 0, "2024-07-03T16:45", "13:30", "17:00"),
    ("XNYS", 1440, "2024-07-02T15:00", "13:30", "20:00"),
    // Before the open, at the close, on a holiday.
    ("XNYS", 60, "2024-07-02T13:29:59", "", ""), ("XNYS", 60, "2024-07-02T20:00", "", ""),
    ("XNYS", 0, "2024-07-04T15:00", "", ""),
    // Tokyo pauses: bars end there and begin anew.
    ("XTKS", 60, "2024-07-02T02:15", "02:00", "02:30"), ("XTKS", 60, "2024-07-02T02:30", "", ""),
    ("XTKS", 60, "2024-07-02T03:30", "03:30", "04:30"),
    ("XTKS", 0, "2024-07-02T02:45", "00:00", "06:00"),
    ("24/7", 60, "2024-07-02T23:10", "23:00", "00:00"),
  ])
  func `a bar has its place in the session`(
    calendar: String, minutes: Int64, moment: String, begin: String, end: String
  ) throws {
    let isWhole = minutes == 0
    var builder = try builder(
      calendar, isWhole ? Nanoseconds.day : minutes * Nanoseconds.minute, isWhole: isWhole)
    #expect(builder.apply(trade(10, 1), at: at(moment)) == nil)
    guard !begin.isEmpty else { return #expect(!builder.isUnderWay) }
    let last = builder.advance(to: .distantFuture)
    let closed = try #require(last)
    #expect(closed.end.timeText(digits: 0).hasPrefix(end))
    #expect(
      closed.end.advanced(by: -closed.bar.interval).timeText(digits: 0).hasPrefix(begin))
  }

  @Test func `no bar has anything of two sessions`() throws {
    var builder = try builder("XNYS", Nanoseconds.day)
    #expect(builder.apply(trade(10, 1), at: at("2024-07-02T19:59")) == nil)
    let first = builder.apply(trade(99, 9), at: at("2024-07-02T21:00"))
    #expect(first?.end == at("2024-07-02T20:00"))
    #expect(first?.bar.close == Price(10))
    #expect(builder.apply(trade(99, 9), at: at("2024-07-03T13:29")) == nil)
    #expect(builder.apply(trade(11, 2), at: at("2024-07-03T13:30")) == nil)
    let second = builder.advance(to: at("2024-07-03T17:00"))
    #expect(second?.bar.volume == Quantity(2))
    #expect(second?.end == at("2024-07-03T17:00"))
  }

  @Test func `shorter bars count in the session in which they end`() throws {
    var builder = try builder("XNYS", 5 * Nanoseconds.minute, from: .bars)
    let minute = bar(10, 12, 9, 11, 5, interval: Nanoseconds.minute)
    // 13:30 is the end of the last minute before the open.
    #expect(builder.apply(minute, at: at("2024-07-02T13:30")) == nil)
    #expect(!builder.isUnderWay)
    for end in ["13:31", "13:32", "13:33", "13:34"] {
      #expect(builder.apply(minute, at: at("2024-07-02T\(end)")) == nil)
    }
    let closed = builder.apply(minute, at: at("2024-07-02T13:35"))
    #expect(closed?.bar.volume == Quantity(25))
    #expect(builder.apply(minute, at: at("2024-07-02T20:00"))?.end == at("2024-07-02T20:00"))
    #expect(builder.apply(minute, at: at("2024-07-02T20:01")) == nil)
    #expect(!builder.isUnderWay)
  }

  @Test func `beyond the calendar's table there are no bars, and it is noted`() throws {
    var builder = try builder("XNYS", Nanoseconds.minute)
    #expect(builder.apply(trade(10, 1), at: at("1980-07-02T15:00")) == nil)
    #expect(!builder.isUnderWay && builder.sessions?.isBeyondTable == true)
    #expect(SessionGrid("NYSE") == nil)
    // What was noted is part of the state.
    var buffer = ByteBuffer()
    builder.encode(to: &buffer)
    #expect(try BarBuilderTests().read(buffer.array) == builder)
  }

  @Test func `a builder read back goes on in its session`() throws {
    var builder = try builder("XNYS", Nanoseconds.hour)
    #expect(builder.apply(trade(7, 2), at: at("2024-07-02T19:45")) == nil)
    var buffer = ByteBuffer()
    builder.encode(to: &buffer)
    var again = try BarBuilderTests().read(buffer.array)
    #expect(again == builder)
    for length in 0..<buffer.count {
      #expect(throws: Damage.self) {
        try BarBuilderTests().read(Array(buffer.array.prefix(length)))
      }
    }
    #expect(
      again.advance(to: at("2024-07-02T20:00"))?.bar == builder.advance(to: .distantFuture)?.bar)
  }
}
