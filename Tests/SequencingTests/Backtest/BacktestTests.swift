import Calendars
import Events
import Journaling
import Scenarios
import Testing
import Trading
import Venues

@testable import Sequencing

@Suite struct BacktestTests {
  static let second: Int64 = 1_000_000_000
  static let start: Int64 = 1_709_596_800 * second

  static func at(_ nanoseconds: Int64) -> Instant { Instant(nanoseconds: start + nanoseconds) }

  static func quote(_ time: Int64, _ bid: Int64 = 99, _ ask: Int64 = 101) -> TimedObservation {
    TimedObservation(
      .market(
        .quote(
          Quote(
            instrument: InstrumentID(0), bid: Price(bid), ask: Price(ask),
            bidSize: Quantity(50), askSize: Quantity(50)))), at: at(time))
  }

  static func signal(_ time: Int64, _ script: String) -> TimedObservation {
    TimedObservation(
      .signal(
        Signal(instrument: InstrumentID(0), score: 0, model: script, version: "")), at: at(time))
  }

  static func definition(_ time: Int64 = 0) -> TimedObservation {
    TimedObservation(.instrument(.share(0, "SHR")), at: at(time))
  }

  /// Runs a scripted strategy over a recording; gives the entries from the first after the
  /// configuration on as `kind@nanoseconds`.
  static func run(
    _ source: [TimedObservation], latency: Latency = .zero, parameters: String = "",
    calendar: TradingCalendar = .always, benchmark: String? = nil
  ) throws -> (lines: [String], entries: [Entry], days: [Backtest.DaySample]) {
    let folder = try JournalFolder()
    let reader = try Rehearsal.record(source, in: folder)
    let configuration = ConfigurationItems(
      lines: "account.cash=1000 USD\nstrategy.a.kind=scripted\nstrategy.a.instruments=SHR\n"
        + "strategy.a.log=false\n" + parameters)
    var setup = Rehearsal.setup(seed: 1, configuration: configuration, latency: latency)
    setup.calendar = calendar
    setup.benchmark = benchmark
    let backtest = try Rehearsal.run(setup, over: reader, in: folder)
    let days = backtest.days
    let entries = try JournalReader.open(at: folder.path("run")).entries()
    let lines = entries.dropFirst(2).map {
      "\($0.event.kind.name)@\($0.header.receiveTime.nanoseconds - start)"
    }
    var replay = Replay(engine: Engine(catalog: Rehearsal.catalog))
    try replay.run(try JournalReader.open(at: folder.path("run")))
    #expect(replay.divergence == nil)
    return (lines, entries, days)
  }

  @Test func `commands and reports take their time, earliest first`() throws {
    let run = try Self.run(
      [
        Self.definition(), Self.quote(100), Self.signal(200, "buy 5"), Self.quote(500),
        Self.quote(700),
      ], latency: Latency(entry: 100, response: 250))
    #expect(
      run.lines == [
        "instrument@0", "quote@100", "signal@200", "intent@200", "submitted@200", "quote@500",
        "accepted@550", "filled@550", "quote@700", "run_stopped@700",
      ])
    // The report says when it happened at the exchange.
    let filled = try #require(run.entries.first { $0.event.kind == .filled })
    #expect(filled.header.eventTime == Self.at(300))
    #expect(filled.header.cause == 7)
  }

  @Test func `market data of the same moment come before reports`() throws {
    let run = try Self.run(
      [
        Self.definition(), Self.quote(100), Self.signal(200, "buy 5"), Self.quote(300),
        Self.quote(300), Self.quote(301),
      ], latency: Latency(entry: 60, response: 40))
    #expect(
      run.lines.suffix(6) == [
        "quote@300", "quote@300", "accepted@300", "filled@300", "quote@301", "run_stopped@301",
      ])
  }

  @Test func `what is decided between data of one moment hurries no command that is due then`()
    throws
  {
    let run = try Self.run(
      [
        Self.definition(), Self.quote(100), Self.signal(200, "buy 5"), Self.signal(300, "sell 1"),
        Self.quote(300, 100, 102), Self.signal(300, "buy 2"), Self.quote(1_000),
      ], latency: Latency(entry: 100, response: 0))
    #expect(
      run.lines.suffix(18) == [
        "signal@200", "intent@200", "submitted@200", "signal@300", "intent@300", "submitted@300",
        "quote@300", "signal@300", "intent@300", "submitted@300", "accepted@300", "filled@300",
        "accepted@400", "filled@400", "accepted@400", "filled@400", "quote@1000",
        "run_stopped@1000",
      ])
    let prices = run.entries.compactMap { entry -> Int64? in
      guard case .observation(.report(let report)) = entry.event,
        case .filled(let fill) = report.outcome
      else { return nil }
      return fill.price.raw
    }
    #expect(prices == [102, 100, 102])
  }

  @Test(
    arguments: [
      (TradingCalendar.cmes, 0), (.xnys, 5 * 3600), (.xtks, 0), (.always, 0), (.weekdays, 0),
    ] as [(TradingCalendar, Int64)])
  func `a bar of a whole day belongs to its day`(calendar: TradingCalendar, midnight: Int64) throws
  {
    // From Tuesday, 5 March 2024 on, seven weekdays over a weekend.
    let day: Int64 = 86_400
    let bars = [1, 2, 3, 4, 7, 8, 9].map { (end: Int64) in
      TimedObservation(
        .market(
          .bar(
            Bar(
              instrument: InstrumentID(0), side: .none, interval: day * Self.second,
              open: Price(100), high: Price(200), low: Price(100), close: Price(100 + end),
              volume: Quantity(5)))), at: Self.at((end * day + midnight) * Self.second))
    }
    let run = try Self.run(
      [Self.definition((midnight + 1) * Self.second)] + bars, calendar: calendar,
      benchmark: "SHR")
    #expect(run.days.map(\.benchmark) == [101, 102, 103, 104, 107, 108, 109])
  }

  @Test func `a split makes several units of the benchmark`() throws {
    let day = 86_400 * Self.second
    let split = TimedObservation(
      .corporateAction(
        CorporateAction(.split, of: InstrumentID(0), new: 4, old: 1)),
      at: Self.at(2 * day + 5))
    let run = try Self.run(
      [
        Self.definition(), Self.quote(100, 400, 400), Self.quote(day + 100, 480, 480), split,
        Self.quote(2 * day + 100, 120, 120), Self.quote(3 * day + 100, 150, 150),
      ], benchmark: "SHR")
    #expect(run.days.map(\.benchmark) == [400, 480, 480, 600])
  }

  @Test func `bounds and restrictions reach the exchange and the run's journal`() throws {
    let id = InstrumentID(0)
    let run = try Self.run([
      Self.definition(), Self.quote(100),
      TimedObservation(
        .reference(ReferenceValue(instrument: id, field: .shortSaleRestricted, value: 1)),
        at: Self.at(150)),
      TimedObservation(
        .imbalance(
          AuctionImbalance(
            instrument: id, auction: .opening, side: .none, paired: .zero, surplus: .zero,
            reference: Price(100))), at: Self.at(160)),
      TimedObservation(
        .priceBand(PriceBand(instrument: id, lower: Price(90), upper: Price(100))),
        at: Self.at(170)),
      Self.signal(200, "sell 5"), Self.signal(300, "buy 5"),
    ])
    #expect(
      run.lines == [
        "instrument@0", "quote@100", "reference@150", "imbalance@160", "price_band@170",
        "signal@200", "intent@200", "submitted@200", "rejected@200", "signal@300", "intent@300",
        "submitted@300", "accepted@300", "cancelled@300", "run_stopped@300",
      ])
    let answers = run.entries.compactMap { entry -> VenueReport.Outcome? in
      guard case .observation(.report(let report)) = entry.event else { return nil }
      return report.outcome
    }
    #expect(
      answers.first
        == .rejected(
          code: VenueReport.RejectCode.shortSaleRestricted, text: "short sales are restricted"))
  }

  @Test func `a stop at the venue is triggered, and a good-till-date order ends without a tick`()
    throws
  {
    let run = try Self.run([
      Self.definition(), Self.quote(100), Self.signal(200, "buy 5 stop 105"),
      Self.signal(210, "buy 5 @ 90 gtd until \(Self.start + 350)"), Self.quote(300, 104, 106),
      Self.quote(1_000),
    ])
    #expect(
      run.lines.suffix(6) == [
        "quote@300", "triggered@300", "filled@300", "expired@350", "quote@1000",
        "run_stopped@1000",
      ])
  }

  @Test func `without latency answers come at once`() throws {
    let run = try Self.run([Self.definition(), Self.quote(100), Self.signal(200, "buy 5")])
    #expect(run.lines.suffix(3) == ["accepted@200", "filled@200", "run_stopped@200"])
  }

  @Test func `answers after the data's end still come`() throws {
    let run = try Self.run(
      [Self.definition(), Self.quote(100), Self.signal(200, "buy 5")],
      latency: Latency(entry: 1000, response: 1000))
    #expect(run.lines.suffix(3) == ["accepted@2200", "filled@2200", "run_stopped@2200"])
  }

  @Test(arguments: [(0, 10_000), (1, 10_000), (1_000_000, 1_000_000_000)] as [(Int64, Int64)])
  func `a strategy that answers every rejection does not stop time`(latency: Int64, end: Int64)
    throws
  {
    // No order can be taken: the venue knows no price.
    let run = try Self.run(
      [Self.definition(), Self.signal(200, "buy 5"), Self.quote(end)],
      latency: Latency(entry: latency, response: latency), parameters: "strategy.a.on_end=buy 5")
    let orders = run.lines.filter { $0.hasPrefix("submitted") }.count
    #expect(orders >= 60)
    #expect(run.lines.contains("quote@\(end)"))
    #expect(run.lines.last?.hasPrefix("run_stopped@") == true)
  }

  @Test(arguments: [Int64(0), 1, 1_000_000])
  func `a strategy that answers every rejection does not outlast the data`(latency: Int64) throws {
    let run = try Self.run(
      [Self.definition(), Self.signal(200, "buy 5")],
      latency: Latency(entry: latency, response: latency), parameters: "strategy.a.on_end=buy 5")
    let orders = run.lines.filter { $0.hasPrefix("submitted") }.count
    #expect((60...70).contains(orders))
  }

  @Test func `each day is valued at its end with the reports that came in it`() throws {
    let day = 86_400 * Self.second
    let run = try Self.run(
      [
        Self.definition(), Self.quote(100), Self.signal(day - 5, "buy 5"),
        Self.quote(day + 100, 109, 111), Self.quote(day + 200, 109, 111),
        Self.quote(4 * day + 5, 199, 201),
      ], latency: Latency(entry: 1, response: 1))
    #expect(run.days.map(\.end) == [Self.at(day), Self.at(2 * day), Self.at(4 * day + 5)])
    // Bought 5 at 1.01 before midnight, marked at 1.00, 1.10 and 2.00.
    let cents = run.days.map { $0.valuations[0].unrealised.raw / (Money.one / 100) }
    #expect(cents == [-5, 45, 495])
    #expect(run.days[0].valuations[0].cash.raw < 995 * Money.one)
  }

  /// The recording starts at midnight UTC of Tuesday, 5 March 2024.
  @Test func `with a calendar a day ends at its session's close`() throws {
    let hour = 3_600 * Self.second
    let run = try Self.run(
      [
        Self.definition(), Self.quote(15 * hour), Self.signal(15 * hour + 1, "buy 5"),
        // At the very close, as the last bar comes, and after hours: it is of the day. Then two days on.
        Self.quote(21 * hour, 109, 111), Self.quote(22 * hour, 199, 201),
        Self.quote(64 * hour, 299, 301), Self.quote(70 * hour, 399, 401),
      ], calendar: .xnys)
    // In New York the recording starts on Monday evening.
    #expect(run.days.map(\.end) == [Self.at(-3 * hour), Self.at(21 * hour), Self.at(69 * hour)])
    let marks = run.days.map { $0.valuations[0].unrealised.raw / (Money.one / 100) }
    #expect(marks == [0, 495, 1495])
  }

  /// A bar of a whole Friday ends at midnight in New York, which is Saturday's in UTC.
  @Test func `a day's bar counts on its own day`() throws {
    let hour = 3_600 * Self.second
    let midnight = 4 * 24 * hour + 5 * hour
    let run = try Self.run(
      [
        Self.definition(), Self.quote(midnight, 109, 111),
        Self.quote(midnight + 72 * hour - hour, 199, 201),
      ], calendar: .xnys)
    // Monday's: New York has gone over to summer time.
    #expect(
      run.days.map(\.end) == [
        Self.at(-3 * hour), Self.at(midnight - 8 * hour), Self.at(midnight + 63 * hour),
      ])
  }

  @Test func `what a calendar does not know ends at midnight`() throws {
    let before = -45 * 366 * 86_400 * Self.second
    let run = try Self.run(
      [
        Self.definition(before), Self.quote(before + 5), Self.quote(before + 100_000 * Self.second),
      ],
      calendar: .xnys)
    #expect(run.days.count == 2)
    #expect(run.days[0].end.nanosecondsOfDay == 0)
  }

  @Test func `only what the world said is taken over from a recording`() throws {
    let folder = try JournalFolder()
    var entries: [Entry] = []
    func add(_ event: Event, cause: UInt64 = 0) {
      let time = Self.at(Int64(entries.count))
      entries.append(
        Entry(
          header: EntryHeader(
            sequence: UInt64(entries.count + 1), eventTime: time, receiveTime: time, cause: cause),
          event: event))
    }
    let other = ConfigurationItems(lines: "strategy.b.kind=scripted\nstrategy.b.instruments=SHR")
    add(
      .observation(
        .runStarted(RunStart(mode: .live, seed: 9, engine: "", strategies: "", source: ""))))
    add(.observation(.configuration(other)))
    add(.observation(Self.definition().observation))
    add(.observation(.operatorAct(OperatorAct(act: .halt, scope: .all, subject: "", reason: ""))))
    add(.decision(.halted(.all, reason: "")), cause: 4)
    add(.observation(.timer(Timer(strategy: StrategyID(0), timer: 1))))
    add(.observation(.report(VenueReport(order: OrderID(1), .expired))))
    add(
      .observation(
        .dataQuality(DataQuality(issue: .gap, instrument: InstrumentID(0), detail: ""))))
    add(.observation(.connection(ConnectionChange(venue: VenueID(0), state: .connected))))
    add(
      .observation(
        .market(.status(StatusChange(instrument: InstrumentID(0), status: .trading)))))
    add(.observation(Self.signal(0, "hold").observation))
    add(.observation(.runStopped(RunStop(why: .failed))))
    let reader = try folder.write(entries, to: "source")
    _ = try Rehearsal.run(
      Rehearsal.setup(
        seed: 1, configuration: SequencerTests.configuration, latency: .zero), over: reader,
      in: folder)
    let kinds = try JournalReader.open(at: folder.path("run")).entries().map { $0.event.kind.name }
    #expect(
      kinds == [
        "run_started", "configuration", "instrument", "data_quality", "connection", "status",
        "signal", "run_stopped",
      ])
  }

  @Test func `a closed market rejects and expires`() throws {
    func status(_ time: Int64, _ status: TradingStatus) -> TimedObservation {
      TimedObservation(
        .market(.status(StatusChange(instrument: InstrumentID(0), status: status))),
        at: Self.at(time))
    }
    let run = try Self.run(
      [
        Self.definition(), Self.quote(100), Self.signal(200, "buy 5 @ 90 day; buy 5 @ 91"),
        status(300, .closed), Self.signal(400, "buy 5"), Self.quote(500),
      ])
    #expect(
      run.lines.dropFirst(9) == [
        "status@300", "expired@300", "signal@400", "intent@400", "refused@400", "quote@500",
        "run_stopped@500",
      ])
  }

  @Test func `an empty recording gives an empty journal`() throws {
    #expect(try Self.run([]).entries.isEmpty)
  }

  @Test func `two runs of the same setup give the same journal`() throws {
    let folder = try JournalFolder()
    let source = try Rehearsal.record(Rehearsal.market(seed: 3), in: folder)
    let first = try Rehearsal.run(Rehearsal.setup(seed: 5), over: source, in: folder, "a")
    let second = try Rehearsal.run(Rehearsal.setup(seed: 5), over: source, in: folder, "b")
    #expect(first.sequencer.engine.stateHash() == second.sequencer.engine.stateHash())
    let heads = try ["a", "b"].map { try JournalReader.open(at: folder.path($0)).head() }
    #expect(heads[0] == heads[1])
  }
}
