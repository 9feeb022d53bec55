import Events
import Testing

@testable import Alerting

/// What readings raise: each row is a reading after the good one, what it raises, and how long it must last.
struct ReadingTests {
  static let good = Reading(
    daemon: Reading.Daemon(sequence: 10, durable: 10, inboxDepth: 0, inboxCapacity: 1000),
    disk: Reading.Disk(free: 50, total: 100),
    clock: ClockReading(offset: 100, error: 0, isSynchronised: true, source: "kernel"),
    follower: Reading.Follower(applied: 10, head: 10),
    worths: [Reading.Worth(account: "main", currency: "USD", equity: Money(units: 100))])

  private static func with(_ change: (inout Reading) -> Void) -> Reading {
    var reading = good
    change(&reading)
    return reading
  }

  static let rows: [(reading: Reading, seconds: Double, key: String, severity: Alert.Severity)] = [
    (with { $0.daemon = nil }, 5, "daemon.gone", .critical),
    (with { $0.daemon?.stall = "disk full" }, 0, "journal.stalled", .critical),
    (with { $0.daemon?.sequence = 11 }, 5, "journal.lag", .warning),
    (with { $0.daemon?.inboxDepth = 500 }, 0, "inbox.full", .critical),
    (with { $0.disk?.free = 4 }, 0, "disk.low", .warning),
    (with { $0.disk?.free = 0 }, 0, "disk.low", .critical),
    (with { $0.clock?.offset = -50_000_001 }, 0, "clock.offset", .warning),
    (with { $0.clock?.isSynchronised = false }, 0, "clock.offset", .warning),
    (with { $0.follower?.head = 100_011 }, 0, "api.lag", .warning),
    (with { $0.follower?.failure = "diverged at #7" }, 0, "api.diverged", .critical),
    (with { $0.worths[0].equity = Money(units: 90) }, 0, "risk.drawdown:main~20USD", .critical),
  ]

  @Test(arguments: rows)
  func `a bad reading raises, a good one clears`(
    _ row: (reading: Reading, seconds: Double, key: String, severity: Alert.Severity)
  ) throws {
    var story = Story()
    #expect(story.read(Self.good).isEmpty)
    let first = story.read(row.reading)
    #expect(first.isEmpty == (row.seconds > 0))
    story.wait(row.seconds)
    let actions = row.seconds > 0 ? story.read(row.reading) : first
    #expect(actions.words.last == "opened \(row.key)")
    #expect(actions.count == 2, "it is journaled too")
    #expect(try #require(story.monitor.book[row.key]).severity == row.severity)
    #expect(story.read(row.reading).isEmpty, "once is enough")
    #expect(story.read(Self.good).words.last == "resolved \(row.key)")
  }

  static let fine: [Reading] = [
    with { $0.daemon?.inboxDepth = 499 }, with { $0.disk?.free = 5 },
    with { $0.clock?.offset = 50_000_000 }, with { $0.follower?.head = 100_010 },
    with { $0.worths[0].equity = Money(raw: 90_000_000_000_001) },
    with { $0.disk = nil }, with { $0.clock = nil }, with { $0.follower = nil },
  ]

  @Test(arguments: fine)
  func `at the threshold nothing is raised, nor where nothing is known`(_ reading: Reading) {
    var story = Story()
    _ = story.read(Self.good)
    _ = story.read(reading)
    story.wait(1)
    #expect(story.read(reading).isEmpty)
  }

  @Test func `a disk that catches up is not behind`() {
    var story = Story()
    for step in 0..<20 {
      let sequence = UInt64(step * 10)
      let daemon = Reading.Daemon(sequence: sequence + 10, durable: sequence)
      #expect(story.read(Reading(daemon: daemon)).isEmpty)
      story.wait(1)
    }
  }

  @Test func `a journal whose run ended in order needs no daemon`() {
    var story = Story()
    _ = story.take(.observation(.runStopped(RunStop(why: .operator))))
    for _ in 0..<10 {
      #expect(story.read(Reading()).isEmpty)
      story.wait(1)
    }
    var crashed = Story()
    _ = crashed.read(Reading())
    crashed.wait(5)
    #expect(crashed.read(Reading()).words.last == "opened daemon.gone")
  }

  @Test func `amounts at the end of their range harm nobody`() {
    var story = Story()
    for raw in [Int128.max, .min, 0, 1, -1] {
      var reading = Reading()
      reading.worths = [Reading.Worth(account: "a", currency: "USD", equity: Money(raw: raw))]
      _ = story.read(reading)
    }
    #expect(story.monitor.book["risk.drawdown:a~20USD"] != nil)
  }
}
