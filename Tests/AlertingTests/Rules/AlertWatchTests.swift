import Events
import Testing

@testable import Alerting

/// One rule a test: what an entry or a reading raises, and what ends it.
struct AlertWatchTests {
  private static func connection(_ state: ConnectionChange.State) -> Event {
    .observation(.connection(ConnectionChange(venue: VenueID(0), state: state, text: "line cut")))
  }
  private static func refusal() -> Event {
    .decision(
      .refused(
        Refusal(
          strategy: StrategyID(0), instrument: InstrumentID(0), rule: .orderMaxRate, side: .buy,
          quantity: Quantity(1), price: .none)))
  }
  private static func act(_ act: OperatorAct.Act, _ subject: String, _ reason: String) -> Event {
    .observation(.operatorAct(OperatorAct(act: act, scope: .all, subject: subject, reason: reason)))
  }
  private static func breaker(_ state: BreakerChange.State) -> Event {
    .decision(
      .breakerChanged(
        BreakerChange(
          breaker: "moves", watch: .priceMove, scope: Scope(.instrument, 0), state: state,
          value: 512, limit: 500, scale: 2, unit: "%", reason: "tripped")))
  }
  private static func kill(_ open: UInt32, round: UInt32) -> Event {
    .decision(.killReport(KillReport(scope: .all, round: round, open: open, orders: [])))
  }
  private static func margin(_ state: MarginCall.State) -> Event {
    .decision(
      .marginCall(
        MarginCall(
          account: .main, state, currency: "USD", equity: Money(units: 10),
          required: Money(units: 20))))
  }
  private static func breakOpened(_ id: UInt64) -> Event {
    .decision(
      .breakOpened(
        BreakRecord(
          id: id, account: .main,
          check: StatementCheck(.cash, "cash USD", ours: "1", theirs: "2"))))
  }

  struct Case: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var steps: [(Event, String)]

    init(_ name: String, _ steps: [(Event, String)]) {
      (testDescription, self.steps) = (name, steps)
    }
  }

  static let cases: [Case] = [
    Case(
      "a venue goes and comes",
      [
        (connection(.disconnected), "opened venue.disconnected:XSIM"),
        (connection(.connected), "resolved venue.disconnected:XSIM"),
      ]),
    Case(
      "a venue goes and the run ends",
      [
        (connection(.disconnected), "opened venue.disconnected:XSIM"),
        (.observation(.runStopped(RunStop(why: .finished))), "resolved venue.disconnected:XSIM"),
      ]),
    Case(
      "the clock jumps",
      [(act(.halt, "daybook", "the clock jumped by 3.0 s"), "opened clock.jumped")]),
    Case("somebody notes", [(act(.note, "daybook", "the clock jumped by 3.0 s"), "")]),
    Case(
      "a halt and a resumption",
      [
        (.decision(.halted(.all, reason: "a drill")), "opened trading.halted:all"),
        (.decision(.resumed(.all, reason: "over")), "resolved trading.halted:all"),
      ]),
    Case(
      "a halt of an instrument with its kill, ended by a resumption of all",
      [
        (
          .decision(.halted(Scope(.instrument, 0), reason: "")),
          "opened trading.halted:instrument~20ALFA"
        ),
        (
          .decision(
            .killReport(
              KillReport(scope: Scope(.instrument, 0), round: 0, open: 1, orders: [OrderID(1)]))),
          "opened trading.killed:instrument~20ALFA"
        ),
        (
          .decision(.resumed(.all, reason: "")),
          "resolved trading.halted:instrument~20ALFA;resolved trading.killed:instrument~20ALFA"
        ),
      ]),
    Case(
      "a breaker trips in two steps and is released",
      [
        (breaker(.reducing), "opened risk.breaker:moves~20instrument~20ALFA"),
        (breaker(.halted), "escalated risk.breaker:moves~20instrument~20ALFA"),
        (breaker(.active), "resolved risk.breaker:moves~20instrument~20ALFA"),
      ]),
    Case(
      "a kill goes on",
      [
        (kill(2, round: 0), "opened trading.killed:all"), (kill(1, round: 1), ""),
        (kill(1, round: 3), "escalated trading.killed:all"),
        (kill(0, round: 4), "resolved trading.killed:all"),
      ]),
    Case(
      "margin is called and met",
      [
        (margin(.called), "opened margin.called:account~20main"),
        (margin(.met), "resolved margin.called:account~20main"),
      ]),
    Case(
      "two breaks, the second closed first",
      [
        (breakOpened(1), "opened reconciliation.break:account~20main"), (breakOpened(2), ""),
        (.decision(.breakClosed(2, .agreed)), ""),
        (
          .decision(.breakClosed(1, .resolved)), "resolved reconciliation.break:account~20main"
        ),
      ]),
    Case(
      "the core's own alert",
      [
        (
          .decision(
            .alert(
              Alert(
                severity: .critical, code: .reportOverfill, instrument: InstrumentID(0),
                order: OrderID(3), text: "too much"))),
          "opened report.overfill:ALFA"
        )
      ]),
    Case(
      "a model out of its range, then of another version",
      [
        (signal(0.5, "1"), ""), (signal(1.5, "1"), "opened model.anomaly:m"),
      ]),
    Case(
      "a feed with a gap",
      [
        (
          .observation(
            .dataQuality(
              DataQuality(issue: .gap, instrument: InstrumentID(0), detail: "3 are missing"))),
          "opened feed.faulty:ALFA"
        )
      ]),
    Case(
      "quotes are replaced",
      [
        (
          .observation(
            .dataQuality(
              DataQuality(
                issue: .conflated, instrument: InstrumentID(0), actual: 7, detail: "7"))),
          "opened inbox.conflated"
        )
      ]),
  ]

  @Test(arguments: [
    (DataQuality.Issue.malformed, Alert.Severity.warning), (.gap, .warning), (.stale, .info),
    (.duplicate, .info),
  ])
  func `a feed that sends nonsense or loses something is a warning`(
    _ issue: DataQuality.Issue, _ severity: Alert.Severity
  ) {
    var watch = AlertWatch(AlertSettings())
    let quality = DataQuality(issue: issue, instrument: .none, detail: "x")
    let findings = watch.take(
      Entry(
        header: EntryHeader(sequence: 1, eventTime: .epoch, receiveTime: .epoch),
        event: .observation(.dataQuality(quality))))
    #expect(findings.map(\.kind) == [.feedFaulty] && findings.map(\.severity) == [severity])
  }

  private static func signal(_ score: Double, _ version: String) -> Event {
    .observation(
      .signal(
        Signal(
          instrument: InstrumentID(0), score: Int64(score * 1e9), model: "m", version: version)))
  }

  @Test(arguments: cases)
  func `entries raise and clear`(_ one: Case) {
    var story = Story()
    for (event, word) in one.steps {
      #expect(story.take(event).words == word.split(separator: ";").map(String.init))
      story.wait(1)
    }
  }

  @Test func `a halt by a person is no emergency, one by the daemon is`() throws {
    for (subject, severity) in [("ann", Alert.Severity.warning), ("daybook", .critical)] {
      var story = Story()
      _ = story.take(Self.act(.halt, subject, "so"))
      _ = story.take(.decision(.halted(.all, reason: "so")), cause: story.sequence)
      #expect(try #require(story.monitor.book["trading.halted:all"]).severity == severity)
    }
  }

  @Test func `refusals are told when they are many, and over when they are few`() {
    var settings = AlertSettings()
    settings.refusals = 3
    var story = Story(settings)
    for _ in 0..<2 { #expect(story.take(Self.refusal()).isEmpty) }
    story.wait(30)
    #expect(story.take(Self.refusal()).words == ["opened risk.refusals"])
    #expect(story.monitor.book["risk.refusals"]?.detail.contains("order.max_rate, of ALFA") == true)
    story.wait(29)
    #expect(story.read(Reading()).words.isEmpty)
    story.wait(1)
    let over = story.read(Reading(daemon: Reading.Daemon(sequence: 1, durable: 1)))
    #expect(over.words == ["record alert resolved risk.refusals", "resolved risk.refusals"])
  }

  @Test func `rejects of venues are counted, and 0 turns a rule off`() {
    let reject = Event.observation(
      .report(VenueReport(order: OrderID(1), .rejected(code: 99, text: "no"))))
    for (bound, word) in [(1, ["opened venue.rejects"]), (0, [])] {
      var settings = AlertSettings()
      settings.rejects = bound
      var story = Story(settings)
      #expect(story.take(reject).words == word)
    }
  }

  @Test func `a feed that is silent while it should trade is stale`() {
    var story = Story()
    let daemon = Reading(daemon: Reading.Daemon(sequence: 1, durable: 1))
    story.wait(100)
    #expect(story.read(daemon).isEmpty, "nothing ever came")
    story.tick()
    story.wait(59)
    #expect(story.read(daemon).isEmpty)
    story.wait(1)
    #expect(
      story.read(daemon).words == [
        "record alert opened feed.stale:ALFA warning: nothing since "
          + "2026-01-05T14:31:40.000000000Z",
        "opened feed.stale:ALFA",
      ])
    story.tick()
    #expect(
      story.read(daemon).words == [
        "record alert resolved feed.stale:ALFA", "resolved feed.stale:ALFA",
      ])
    // What is closed may be silent.
    var change = MarketEvent.status(
      StatusChange(instrument: InstrumentID(0), status: .closed))
    story.monitor.take(
      tick: change, EntryHeader(sequence: 9, eventTime: story.now, receiveTime: story.now))
    story.wait(1000)
    #expect(story.read(daemon).isEmpty)
    change = .status(StatusChange(instrument: InstrumentID(0), status: .trading))
    story.monitor.take(
      tick: change, EntryHeader(sequence: 10, eventTime: story.now, receiveTime: story.now))
    story.wait(60)
    #expect(story.read(daemon).words.last == "opened feed.stale:ALFA")
  }

  @Test func `a calendar says when a feed may be silent`() {
    var story = Story()
    _ = story.take(
      .observation(
        .configuration(ConfigurationItems([.init(key: "calendar.XSIM", value: "XNYS")]))))
    story.tick()
    // 20:00 UTC + 8 h: New York is closed.
    story.wait(8 * 3600)
    #expect(story.read(Reading(daemon: Reading.Daemon(sequence: 1, durable: 1))).isEmpty)
    story.wait(16 * 3600)
    #expect(
      story.read(Reading(daemon: Reading.Daemon(sequence: 1, durable: 1))).words.last
        == "opened feed.stale:ALFA")
  }

  @Test func `another version of a model is told, another digest of one version is grave`() throws {
    var story = Story()
    _ = story.take(Self.signal(0.1, "1"))
    _ = story.take(Self.signal(0.1, "2"))
    #expect(try #require(story.monitor.book["model.anomaly:m"]).severity == .info)
    _ = story.take(
      .observation(
        .signal(
          Signal(
            instrument: InstrumentID(0), score: 0, model: "m", version: "2",
            digest: Digest(Array(repeating: 1, count: 32))!))))
    #expect(try #require(story.monitor.book["model.anomaly:m"]).severity == .critical)
  }

  @Test func `a model that falls silent is told of if that is asked for`() {
    var settings = AlertSettings()
    settings.modelSilence = 10_000_000_000
    settings.feedSilence = 0
    var story = Story(settings)
    _ = story.take(Self.signal(0.1, "1"))
    story.wait(10)
    let daemon = Reading(daemon: Reading.Daemon(sequence: 1, durable: 1))
    #expect(story.read(daemon).words.last == "opened model.silent:m")
    #expect(story.take(Self.signal(0.1, "1")).words == ["resolved model.silent:m"])
  }
}
