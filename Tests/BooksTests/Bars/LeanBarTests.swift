import Calendars
import Events
import Testing

@testable import Books

/// Bars made of LEAN's ticks and minutes, compared with LEAN's own longer bars of the same days.
@Suite(.enabled(if: LeanFiles.isThere, "no folder of outside data")) struct LeanBarTests {
  @Test(arguments: [("20140501", 1363), ("20140502", 1222)])
  func `ticks make the minutes that LEAN made of them`(day: String, count: Int) throws {
    let date = try #require(CivilDate(yyyymmdd: Int64(day) ?? 0))
    let ticks = try LeanFiles.rows("forex/oanda/tick/eurusd/\(day)_quote.zip")
    let minutes = try LeanFiles.rows("forex/oanda/minute/eurusd/\(day)_quote.zip")
    #expect(minutes.count == count)
    for (column, first) in [(1, 1), (2, 6)] {
      var builder = BarBuilder(instrument, from: .trades, interval: Nanoseconds.minute)
      var made: [BarBuilder.Closed] = []
      for tick in ticks {
        let point = Trade(
          instrument: instrument, price: try LeanFiles.price(tick[column]), size: .zero, side: .none
        )
        if let bar = builder.apply(point, at: try LeanFiles.time(date, tick[0])) {
          made.append(bar)
        }
      }
      if let bar = builder.advance(to: .distantFuture) { made.append(bar) }
      #expect(made.count == count)
      for (bar, minute) in zip(made, minutes) {
        let start = bar.end.advanced(by: -Nanoseconds.minute)
        #expect(try start == LeanFiles.time(date, minute[0]))
        let prices = [bar.bar.open, bar.bar.high, bar.bar.low, bar.bar.close]
        #expect(try prices == minute[first..<first + 4].map(LeanFiles.price))
      }
    }
  }

  /// LEAN opens an hour at the close of the one before; ours opens with its first minute.
  @Test(arguments: ["20140506", "20140507", "20140508"])
  func `minutes make LEAN's hours, but for their opens`(day: String) throws {
    let date = try #require(CivilDate(yyyymmdd: Int64(day) ?? 0))
    var builder = BarBuilder(instrument, from: .bars, interval: Nanoseconds.hour)
    var made: [BarBuilder.Closed] = []
    for row in try LeanFiles.rows("forex/oanda/minute/eurusd/\(day)_quote.zip") {
      let prices = try row[1...4].map(LeanFiles.price)
      let minute = Bar(
        instrument: instrument, interval: Nanoseconds.minute, open: prices[0], high: prices[1],
        low: prices[2], close: prices[3], volume: .zero)
      let end = try LeanFiles.time(date, row[0]).advanced(by: Nanoseconds.minute)
      // After minutes without quotes a bar can end two hours.
      for _ in 0..<2 {
        if let bar = builder.advance(to: end.advanced(by: -1)) { made.append(bar) }
      }
      if let bar = builder.apply(minute, at: end) { made.append(bar) }
    }
    if let bar = builder.advance(to: .distantFuture) { made.append(bar) }
    let hours = try LeanFiles.rows("forex/oanda/hour/eurusd.zip").filter { $0[0].hasPrefix(day) }
    #expect(made.count == 24 && hours.count == 24)
    for (bar, hour) in zip(made, hours) {
      let prices = try hour[1...4].map(LeanFiles.price)
      #expect(max(bar.bar.high, prices[0]) == prices[1])
      #expect(min(bar.bar.low, prices[0]) == prices[2])
      #expect(bar.bar.close == prices[3])
    }
  }

  @Test func `minutes make New York's sessions as LEAN's days have them`() throws {
    let days = try LeanFiles.rows("equity/usa/daily/spy.zip")
    for number in [20131004, 20131007, 20131008, 20131009, 20131010, 20131011] {
      let day = String(number)
      let date = try #require(CivilDate(yyyymmdd: Int64(number)))
      let grid = try #require(SessionGrid("XNYS", isWhole: true))
      var builder = BarBuilder(instrument, from: .bars, interval: Nanoseconds.day, in: grid)
      var made: [BarBuilder.Closed] = []
      // From 04:00 to 20:00 in New York: what is not of the session does not count.
      let rows = try LeanFiles.rows("equity/usa/minute/spy/\(day)_trade.zip")
      #expect(rows.count > 390)
      for row in rows {
        let numbers = try row[0...5].map { try #require(Int64($0.split(separator: ".")[0])) }
        let end = TimeZoneRule.newYork.instant(
          date, nanoseconds: numbers[0] * 1_000_000 + Nanoseconds.minute)
        let minute = Bar(
          instrument: instrument, interval: Nanoseconds.minute, open: Price(numbers[1]),
          high: Price(numbers[2]), low: Price(numbers[3]), close: Price(numbers[4]),
          volume: Quantity(numbers[5]))
        if let bar = builder.apply(minute, at: end) { made.append(bar) }
      }
      #expect(made.count == 1 && !builder.isUnderWay)
      let bar = try #require(made.first)
      #expect(bar.end == Instant("\(date.text)T20:00:00Z"))
      #expect(bar.bar.interval == 390 * Nanoseconds.minute)
      let row = try #require(days.first { $0[0].hasPrefix(day) })
      let wanted = try row[1...5].map { try #require(Int64($0)) }
      // LEAN's minutes of that day have a trade one cent below the day's own low.
      let low = number == 20131008 ? wanted[2] - 100 : wanted[2]
      #expect(
        [bar.bar.open, bar.bar.high, bar.bar.low, bar.bar.close].map(\.raw) == [
          wanted[0], wanted[1], low, wanted[3],
        ])
      #expect(bar.bar.volume.raw == wanted[4])
    }
  }
}
