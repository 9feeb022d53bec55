import Events
import Testing

@testable import Alerting

/// The life of an alert, step by step.
struct AlertBookTests {
  private static let key = "disk.low"
  private static let full = Finding.raised(.diskLow, "", "1 of 100 MiB are free")
  private static let roomy = Finding.cleared(.diskLow)

  private static func at(_ seconds: Double) -> Instant {
    Story.start.advanced(by: Int64(seconds * 1e9))
  }

  @Test func `open, acknowledged, resolved`() throws {
    var book = AlertBook(AlertSettings())
    #expect(book.take(Self.full, at: Self.at(0)).words.last == "opened disk.low")
    #expect(try #require(book[Self.key]).stage == .open)
    let note = AlertNote.acknowledged(key: Self.key, note: "making room")
    #expect(
      book.take(note, by: "ann", sequence: 7, at: Self.at(1)).words == ["acknowledged disk.low"])
    let alert = try #require(book[Self.key])
    #expect(alert.stage == .acknowledged)
    #expect(
      alert.acknowledgement
        == .init(subject: "ann", note: "making room", time: Self.at(1), sequence: 7))
    #expect(book.take(Self.roomy, at: Self.at(2)).words.last == "resolved disk.low")
    #expect(book.active.isEmpty)
    #expect(book.resolved.map(\.stage) == [.resolved])
    #expect(book.resolved[0].resolved == Self.at(2))
  }

  @Test func `what is acknowledged and becomes graver is open again`() throws {
    var book = AlertBook(AlertSettings())
    _ = book.take(Self.full, at: Self.at(0))
    _ = book.take(
      .acknowledged(key: Self.key, note: ""), by: "ann", sequence: 1, at: Self.at(1))
    #expect(book.take(Self.full, at: Self.at(2)).isEmpty)
    let worse = Finding.raised(.diskLow, "", "0 of 100 MiB are free", severity: .critical)
    #expect(book.take(worse, at: Self.at(3)).words == ["escalated disk.low"])
    #expect(try #require(book[Self.key]).stage == .open)
    #expect(try #require(book[Self.key]).acknowledgement == nil)
  }

  @Test func `a critical alert that nobody acknowledges is told again`() {
    var settings = AlertSettings()
    settings.repetition = 60_000_000_000
    var book = AlertBook(settings)
    _ = book.take(.raised(.daemonGone, "", "gone"), at: Self.at(0))
    _ = book.take(Self.full, at: Self.at(0))
    #expect(book.pass(Self.at(59)).isEmpty)
    #expect(book.pass(Self.at(60)).words == ["reminder daemon.gone"], "a warning is not repeated")
    _ = book.take(
      .acknowledged(key: "daemon.gone", note: ""), by: "ann", sequence: 1, at: Self.at(61))
    #expect(book.pass(Self.at(600)).isEmpty)
  }

  @Test(arguments: ["disk.low", "disk"])
  func `a silence keeps quiet until it ends, and then says what is still open`(_ target: String) {
    var book = AlertBook(AlertSettings())
    let silence = AlertNote.silenced(target: target, until: Self.at(100), note: "moving disks")
    #expect(book.take(silence, by: "ann", sequence: 1, at: Self.at(0)).isEmpty)
    let words = book.take(Self.full, at: Self.at(1)).words
    #expect(words.contains("opened disk.low") == (target == "disk"), "a kind has a whole name")
    guard target == "disk.low" else { return }
    #expect(book.active.count == 1, "it is there, though nobody is told")
    #expect(book.pass(Self.at(99)).isEmpty)
    #expect(book.pass(Self.at(100)).words == ["opened disk.low"])
    #expect(book.silences.isEmpty)
  }

  @Test func `a silence of a kind covers its subjects, a shorter one takes its place`() {
    var book = AlertBook(AlertSettings())
    func silence(_ until: Double) -> AlertNote {
      .silenced(target: "feed.stale", until: Self.at(until), note: "")
    }
    _ = book.take(silence(1000), by: "ann", sequence: 1, at: Self.at(0))
    let stale = Finding.raised(.feedStale, "ALFA", "nothing")
    #expect(!book.take(stale, at: Self.at(1)).words.contains("opened feed.stale:ALFA"))
    #expect(book.take(.cleared(.feedStale, "ALFA"), at: Self.at(2)).words.count == 1)
    _ = book.take(silence(3), by: "ann", sequence: 2, at: Self.at(2))
    #expect(book.silences.map(\.sequence) == [2])
    #expect(book.take(stale, at: Self.at(100)).words.contains("opened feed.stale:ALFA"))
    _ = book.take(silence(50), by: "ann", sequence: 3, at: Self.at(100))
    #expect(book.silences.isEmpty, "one that has ended already is none")
  }

  @Test func `what comes and goes is told once in a while`() {
    var book = AlertBook(AlertSettings())
    var told: [String] = []
    for second in 0..<120 {
      let finding = second.isMultiple(of: 2) ? Self.full : Self.roomy
      told += book.take(finding, at: Self.at(Double(second))).words.filter {
        !$0.contains("record")
      }
      told += book.pass(Self.at(Double(second))).words
    }
    #expect(told.count <= 6, "\(told)")
    #expect(told.first == "opened disk.low")
    _ = book.take(Self.full, at: Self.at(120))
    #expect(book.pass(Self.at(200)).words == ["opened disk.low"], "at last it is told")
  }

  @Test func `an event is over when it was acknowledged and has not come again for a while`() throws
  {
    var book = AlertBook(AlertSettings())
    func event(_ sequence: UInt64) -> Finding {
      .raised(.marginLiquidation, "main", "3 positions", sequence: sequence)
    }
    #expect(book.take(event(5), at: Self.at(0)).words == ["opened margin.liquidation:main"])
    #expect(book.take(event(9), at: Self.at(1)).isEmpty)
    #expect(try #require(book["margin.liquidation:main"]).count == 2)
    #expect(try #require(book["margin.liquidation:main"]).sequence == 5)
    #expect(try #require(book["margin.liquidation:main"]).lastSequence == 9)
    _ = book.take(
      .acknowledged(key: "margin.liquidation:main", note: ""), by: "ann", sequence: 10,
      at: Self.at(2))
    #expect(book.take(event(11), at: Self.at(3)).words == ["opened margin.liquidation:main"])
    #expect(book.pass(Self.at(4000)).words == ["reminder margin.liquidation:main"])
    _ = book.take(
      .acknowledged(key: "margin.liquidation:main", note: ""), by: "ann", sequence: 12,
      at: Self.at(4001))
    #expect(book.pass(Self.at(4002)).words == ["resolved margin.liquidation:main"])
  }

  @Test func `only so many that are over are kept`() {
    var settings = AlertSettings()
    settings.pause = 0
    var book = AlertBook(settings)
    for second in 0..<1000 {
      _ = book.take(Self.full, at: Self.at(Double(second)))
      _ = book.take(Self.roomy, at: Self.at(Double(second) + 0.5))
    }
    #expect(book.resolved.count == AlertBook.kept)
    #expect(book.opened.map(\.count) == [1000])
  }

  @Test func `a book made anew from the journal is the one of before`() {
    var story = Story()
    func record(_ actions: [AlertAction]) {
      for case .record(let note) in actions { _ = story.note(note, by: "daybook-api") }
    }
    var reading = ReadingTests.good
    reading.disk?.free = 1
    record(story.read(reading))
    story.wait(1)
    _ = story.take(
      .observation(.connection(ConnectionChange(venue: VenueID(0), state: .disconnected))))
    _ = story.note(.acknowledged(key: "disk.low", note: "on it"))
    _ = story.note(
      .silenced(target: "feed.stale", until: story.now.advanced(by: 1 << 40), note: "maintenance"))
    story.wait(1)
    reading.daemon = nil
    record(story.read(reading))
    story.wait(6)
    record(story.read(reading))
    record(story.read(ReadingTests.good))
    var again = AlertMonitor(AlertSettings())
    for entry in story.entries { _ = again.take(entry) }
    #expect(!again.book.active.isEmpty && !again.book.resolved.isEmpty)
    #expect(again.book.active.map(\.key) == story.monitor.book.active.map(\.key))
    #expect(again.book.active.map(\.stage) == story.monitor.book.active.map(\.stage))
    #expect(
      again.book.active.map(\.acknowledgement)
        == story.monitor.book.active.map(\.acknowledgement))
    #expect(again.book.resolved.map(\.key) == story.monitor.book.resolved.map(\.key))
    #expect(again.book.silences == story.monitor.book.silences)
    #expect(
      again.remind(at: story.now).words == ["reminder venue.disconnected:XSIM"],
      "only what nobody has acknowledged")
  }

  @Test func `at the head a note of before does not end what has come again since`() throws {
    var story = Story()
    #expect(story.monitor.remind(at: story.now).isEmpty)
    var low = ReadingTests.good
    low.disk?.free = 1
    _ = story.read(low)
    _ = story.note(.opened(key: Self.key, .warning, detail: "x"), by: "daybook-api")
    #expect(try #require(story.monitor.book[Self.key]).sequence == story.sequence)
    _ = story.read(ReadingTests.good)
    _ = story.read(low)
    // The note of the end comes back only now.
    #expect(story.note(.resolved(key: Self.key), by: "daybook-api").isEmpty)
    #expect(try #require(story.monitor.book[Self.key]).stage == .open)
  }
}
