import Calendars
import Events
import Journaling
import Scenarios
import Sequencing
import Testing

@testable import Reporting

/// The calendar by which a report's days end and its figures are annualised.
@Suite struct ReportCalendarTests {
  private static func report(_ instrument: Instrument, _ calendar: TradingCalendar?, from: String)
    throws -> RunReport
  {
    let folder = try JournalFolder()
    let start = try #require(Instant(from))
    let quote = MarketEvent.quote(
      Quote(
        instrument: instrument.id, bid: Price(99), ask: Price(101), bidSize: Quantity(5),
        askSize: Quantity(5)))
    let source = try Rehearsal.record(
      [
        TimedObservation(.instrument(instrument), at: start),
        TimedObservation(.market(quote), at: start.advanced(by: 5)),
        TimedObservation(.market(quote), at: start.advanced(by: Nanoseconds.day)),
      ], in: folder)
    var setup = Rehearsal.setup(
      seed: 1, configuration: ConfigurationItems(lines: "account.cash=1000 USD"))
    setup.calendar = calendar ?? .always
    let backtest = try Rehearsal.run(setup, over: source, in: folder)
    let journal = try JournalReader.open(at: folder.path("run"))
    return try RunReport(
      backtest, meta: journal.meta, head: try journal.head(), stateHash: .zero, source: "test",
      models: [:], rejected: 0, costs: TransactionCosts(journal), record: TradingRecord(journal),
      calendar: calendar)
  }

  /// Whether it is a coin, the calendar, and what the report says.
  @Test(
    arguments: [
      (false, nil, "24/7", 252, "2024-03-06T00:00"), (true, nil, "24/7", 365, "2024-03-06T00:00"),
      (false, .xnys, "XNYS", 252, "2024-03-05T21:00"),
      (true, .xnys, "XNYS", 252, "2024-03-05T21:00"),
      (false, .xtks, "XTKS", 245, "2024-03-06T06:00"),
      (false, .weekdays, "24/5", 260, "2024-03-06T00:00"),
      (false, .always, "24/7", 365, "2024-03-06T00:00"),
    ] as [(Bool, TradingCalendar?, String, Double, String)])
  func `days end and N is chosen by the calendar`(
    isCoin: Bool, calendar: TradingCalendar?, name: String, periods: Double, end: String
  ) throws {
    let instrument = isCoin ? Instrument.coin(0, "COIN") : Instrument.share(0, "SHR")
    let report = try Self.report(instrument, calendar, from: "2024-03-05T15:30")
    #expect(report.statistics.calendar == name)
    #expect(report.statistics.periodsPerYear == periods)
    #expect(report.days.first?.end == Instant(end)?.text)
    #expect(!report.readFirst.contains { $0.hasPrefix("the calendar") })
    let json = String(decoding: try report.json(), as: UTF8.self)
    #expect(json.contains("\"calendar\" : \"\(name)\""))
  }

  @Test func `days that the calendar does not know are told of first`() throws {
    let report = try Self.report(.share(0, "SHR"), .xlon, from: "1985-03-05T15:00")
    #expect(report.readFirst.contains { $0.hasPrefix("the calendar XLON knows 1990-01-01 to 20") })
  }
}
