import Books
import Events
import Testing

@testable import Trading

@Suite struct ClockTests {
  static let minute = Nanoseconds.minute

  @Test(
    arguments: [
      ("bar:1m@XNYS", .bar(.sessionTime(minute, calendar: "XNYS"), .trades)),
      ("bar:1m@24/7:mid", .bar(.sessionTime(minute, calendar: "24/7"), .mid)),
      ("bar:session@CMES", .bar(.session(calendar: "CMES"), .trades)),
      ("bar:session@XLON:bid", .bar(.session(calendar: "XLON"), .bid)),
      ("bar:1d@XTKS", .bar(.sessionTime(Nanoseconds.day, calendar: "XTKS"), .trades)),
      ("bar:100t", .bar(.ticks(100), .trades)), ("bar:100t:mid", .bar(.ticks(100), .mid)),
      ("bar:10000v", .bar(.volume(Decimal(mantissa: 10_000, scale: 0)), .trades)),
      ("bar:0.5v", .bar(.volume(Decimal(mantissa: 5, scale: 1)), .trades)),
      ("bar:1000000notional", .bar(.notional(Decimal(mantissa: 1_000_000, scale: 0)), .trades)),
      ("bar:8r:ask", .bar(.range(8), .ask)), ("bar:10renko", .bar(.renko(10), .trades)),
      ("bar:50t-imbalance", .bar(.information(.imbalance, .ticks, ticks: 50), .trades)),
      ("bar:50t-imbalance:mid", .bar(.information(.imbalance, .ticks, ticks: 50), .mid)),
      ("bar:50t-volume-imbalance", .bar(.information(.imbalance, .volume, ticks: 50), .trades)),
      ("bar:50t-notional-runs", .bar(.information(.runs, .notional, ticks: 50), .trades)),
      ("bar:50t-runs", .bar(.information(.runs, .ticks, ticks: 50), .trades)),
    ] as [(String, Clock)])
  func `bars of many lengths are read`(text: String, clock: Clock) {
    #expect(Clock(text) == clock)
  }

  @Test(arguments: [
    ("bar:1m@NYSE", "has no calendar `NYSE`", "did you mean `XNYS`?"),
    ("bar:1m@", "has no calendar ``", "known are XNYS, XNAS, CMES, XLON, XTKS, 24/5, 24/7"),
    ("bar:session", "names no calendar", "write `bar:session@XNYS`"),
    ("bar:100t@XNYS", "has a calendar, which only time has", "write `bar:100t` or `bar:1m@XNYS`"),
    ("bar:2d@XNYS", "is longer than a session", "write `bar:session@XNYS`"),
    ("bar:0s@XNYS", "has bars without length", "write `bar:1m`"),
    ("bar:100v:mid", "counts sizes, which only trades have", "write `bar:100v` without a source"),
    (
      "bar:9t-volume-runs:bid", "counts sizes, which only trades have",
      "write `bar:9t-volume-runs` without a source"
    ),
    ("bar:0t", "needs a whole number from 1 to 1000000000", "write `bar:100t`"),
    ("bar:1.5r", "needs a whole number from 1 to 1000000000", "write `bar:100r`"),
    ("bar:0v", "needs a number above 0", "write `bar:10000v`"),
    ("bar:1..2notional", "needs a number above 0", "write `bar:10000notional`"),
    ("bar:10renk", "has no bars of `renk`", "did you mean `bar:10renko`?"),
    ("bar:10t-imbalanc", "has no bars of `imbalanc`", ""),
    ("bar:1m:middle", "has no source `middle`", "write one of trades, mid, bid, ask"),
    ("bar:100", "has no bars of ``", ""), ("bars:1m", "is not a clock", ""),
    ("bar:t", "is not a clock", ""), ("bar", "is not a clock", ""),
  ])
  func `what is no clock is told with what to write`(text: String, what: String, advice: String) {
    let fault = #expect(throws: ClockFault.self) { _ = try Clock(reading: text) }
    #expect(fault?.what == what.replacing("`imbalanc`", with: "`t-imbalanc`"))
    #expect(fault?.advice.isEmpty == false)
    if !advice.isEmpty { #expect(fault?.advice == advice) }
  }

  @Test func `calendars of venues and of the run must exist`() throws {
    func read(_ lines: String) throws(ConfigurationError) -> Configuration {
      try Configuration(ConfigurationItems(lines: lines))
    }
    let configuration = try read("calendar.XNAS=XNAS\ncalendar.ARCX=XNYS")
    #expect(configuration.calendars.map(\.venue) == ["ARCX", "XNAS"])
    #expect(configuration.calendars.map(\.calendar) == ["XNYS", "XNAS"])
    let error = #expect(throws: ConfigurationError.self) { _ = try read("calendar.ARCX=XNY") }
    #expect(error?.key == "calendar.ARCX" && error?.advice == "did you mean `XNYS`?")
  }

  @Test(
    arguments: [
      ("", nil), ("run.seed=1", nil), ("run.calendar=XLON", "XLON"),
      ("calendar.A=XNYS\ncalendar.B=XNYS", "XNYS"), ("calendar.A=XNYS\ncalendar.B=24/5", "24/7"),
      ("calendar.A=XNYS\nrun.calendar=CMES", "CMES"),
    ] as [(String, String?)])
  func `the run's calendar is named, or the venues'`(lines: String, name: String?) throws {
    #expect(try Configuration.runCalendar(ConfigurationItems(lines: lines))?.name == name)
    #expect(throws: ConfigurationError.self) {
      _ = try Configuration.runCalendar(ConfigurationItems(lines: "run.calendar=x"))
    }
  }
}
