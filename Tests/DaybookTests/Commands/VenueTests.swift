import Events
import Foundation
import Glibc
import Journaling
import Sequencing
import Serving
import Strategies
import Testing
import Trading

/// A daemon and its venue as two processes, over TCP.
@Suite(.serialized) struct VenueTests {
  /// A running `daybook venue`.
  final class Venue {
    let running: Program.Running
    let port: Int

    init(_ folder: URL, port: Int = 0, _ arguments: [String] = []) throws {
      let journal = folder.appendingPathComponent("v").path
      running = try Program.start(
        ["venue", "--journal", journal, "--listen", "127.0.0.1:\(port)", "--set", "live.speed=5"]
          + arguments)
      for _ in 0..<600 {
        if let found = Self.port(in: running.complaint) {
          self.port = found
          return
        }
        usleep(20_000)
      }
      Issue.record("the venue does not listen: \(running.complaint)")
      throw CancellationError()
    }

    deinit { if running.process.isRunning { stop(SIGKILL) } }

    /// Kills it and starts one without its memory in its place.
    func forgetting(_ folder: URL) throws -> Venue {
      stop(SIGKILL)
      try FileManager.default.removeItem(at: folder.appendingPathComponent("v"))
      return try Venue(folder, port: port)
    }

    static func port(in text: String) -> Int? {
      guard let range = text.range(of: "127.0.0.1:"), text.contains("  journal ") else {
        return nil
      }
      return Int(text[range.upperBound...].prefix { $0.isNumber })
    }

    func stop(_ signal: Int32) {
      Glibc.kill(running.process.processIdentifier, signal)
      _ = running.finish()
    }
  }

  static func daemon(_ folder: URL, _ venue: Venue, _ arguments: [String] = []) throws
    -> RunTests.Daemon
  {
    try RunTests.Daemon(
      folder,
      [
        "--set", "live.venues=127.0.0.1:\(venue.port)", "--set", "live.snapshot_interval=300ms",
        "--set", "live.reconcile_every=200ms",
      ] + arguments)
  }

  /// By the venue's reports: fills of all lives, each once, in the daemon's words for its orders.
  static func fills(in journal: String) throws -> [OrderID: [UInt64: Int64]] {
    var fills: [OrderID: [UInt64: Int64]] = [:]
    try RunTests.forEachRecord(in: journal) { event, _ in
      guard case .observation(.report(let report)) = event, case .filled(let fill) = report.outcome
      else { return }
      fills[report.order, default: [:]][fill.id] = fill.quantity.raw
    }
    return fills
  }

  /// The daemon's orders hold what the venue has filled of them, and nothing more.
  static func compare(_ folder: URL) throws {
    let journal = folder.appendingPathComponent("j").path
    let ours = try fills(in: journal)
    let theirs = try fills(in: folder.appendingPathComponent("v").path)
    for (order, fills) in theirs where ours[order] != fills {
      Issue.record("\(order): the venue filled \(fills), we know of \(ours[order] ?? [:])")
    }
    #expect(ours.count == theirs.count && !ours.isEmpty)
    var replay = Replay(engine: Engine(catalog: Catalog.shipped))
    try replay.run(JournalReader.open(at: journal))
    #expect(replay.divergence == nil)
    // The venue's own statements agreed all the time.
    #expect(
      replay.engine.reconciliation.covered > .epoch && replay.engine.reconciliation.lastID == 0)
    // What is held by the books is what the venue's fills add up to.
    var sums: [OrderID: Int64] = [:]
    for (order, fills) in theirs { sums[order] = fills.values.reduce(0, +) }
    for order in replay.engine.market.orders.open {
      #expect(order.filled.raw == sums[order.id] ?? 0, "\(order.id)")
    }
  }

  @Test func `it trades over TCP, and both are stopped in order`() throws {
    let folder = try Workshop.scratch()
    defer { try? FileManager.default.removeItem(at: folder) }
    let venue = try Venue(folder)
    let daemon = try Self.daemon(folder, venue)
    try daemon.ready()
    try daemon.wait("fills") { $0["fills"] as? Int ?? 0 > 5 }
    let second = try Program.run([
      "run", "--journal", folder.appendingPathComponent("k").path, "--for", "1s", "--api", "none",
      "--set",
      "live.venues=127.0.0.1:\(venue.port)",
    ])
    #expect(second.code == 0, "one that is refused waits and ends in order")
    daemon.kill(SIGTERM)
    let result = daemon.running.finish()
    #expect(result.code == 0 && result.complaint.contains("no order is open"))
    venue.stop(SIGTERM)
    _ = try RunTests.audit(daemon.journal)
    try Self.compare(folder)
  }

  @Test func `whichever is killed, no order is sent twice and no fill is lost`() throws {
    let folder = try Workshop.scratch()
    defer { try? FileManager.default.removeItem(at: folder) }
    var random: UInt64 = 77
    func next(_ bound: UInt64) -> UInt64 {
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (random >> 33) % bound
    }
    var venue = try Venue(folder)
    let port = venue.port
    var daemon = try Self.daemon(folder, venue, ["--quiet"])
    for _ in 0..<RunTests.rounds {
      try daemon.ready()
      let fills = try daemon.status()["fills"] as? Int ?? 0
      try daemon.wait("a fill") { $0["fills"] as? Int ?? 0 > fills }
      usleep(UInt32(next(300_000)))
      let victim = next(3)
      if victim != 1 {
        daemon.kill(SIGKILL)
        _ = daemon.running.finish()
      }
      if victim != 0 {
        venue.stop(SIGKILL)
        venue = try Venue(folder, port: port)
      }
      if victim != 1 { daemon = try Self.daemon(folder, venue, ["--quiet"]) }
    }
    try daemon.ready()
    try daemon.wait("the connection") { ($0["open_orders"] as? Int ?? 0) > 0 }
    try daemon.settle()
    daemon.kill(SIGTERM)
    #expect(daemon.running.finish().code == 0)
    venue.stop(SIGTERM)
    _ = try RunTests.audit(daemon.journal)
    try Self.compare(folder)
  }

  @Test func `a line that loses, repeats, delays and cuts is lived with`() throws {
    let folder = try Workshop.scratch()
    defer { try? FileManager.default.removeItem(at: folder) }
    let venue = try Venue(folder, port: 0, ["--faults", "5"])
    let daemon = try Self.daemon(folder, venue)
    try daemon.ready()
    for _ in 0..<5 {
      let fills = try daemon.status()["fills"] as? Int ?? 0
      try daemon.wait("a fill") { $0["fills"] as? Int ?? 0 > fills + 1 }
    }
    try daemon.settle()
    daemon.kill(SIGTERM)
    #expect(daemon.running.finish().code == 0)
    venue.stop(SIGTERM)
    let entries = try RunTests.audit(daemon.journal)
    #expect(entries.contains { $0.0 == .dataQuality }, "what was wrong is in the journal")
    #expect(entries.count { $0.0 == .connection } > 3, "it has connected again")
    try Self.compare(folder)
  }

  @Test func `orders that a venue has forgotten are asked about and end`() throws {
    let folder = try Workshop.scratch()
    defer { try? FileManager.default.removeItem(at: folder) }
    var venue = try Venue(folder)
    let daemon = try Self.daemon(folder, venue)
    try daemon.ready()
    try daemon.wait("fills") { $0["fills"] as? Int ?? 0 > 3 && $0["open_orders"] as? Int ?? 0 > 1 }
    venue = try venue.forgetting(folder)
    let fills = try daemon.status()["fills"] as? Int ?? 0
    try daemon.wait("fills after it") { $0["fills"] as? Int ?? 0 > fills + 2 }
    // Each order is asked to be cancelled: those that are not there end by the venue's answer.
    try daemon.settle()
    daemon.kill(SIGTERM)
    let result = daemon.running.finish()
    #expect(result.code == 0 && result.complaint.contains("no order is open"))
    venue.stop(SIGTERM)
    _ = try RunTests.audit(daemon.journal)
    var (rejected, forgotten) = ([OrderID: Int](), 0)
    try RunTests.forEachRecord(in: daemon.journal) { event, _ in
      guard case .observation(.report(let report)) = event else { return }
      switch report.outcome {
      case .requestRejected(_, VenueReport.RejectCode.unknownOrder, _):
        rejected[report.order, default: 0] += 1
      case .status(.neverReceived, _): forgotten += 1
      default: break
      }
    }
    // Some are asked about as they awaited an answer when the venue was lost, others when a request is rejected;
    // one request may have been on its way when the other was.
    #expect(forgotten > 0)
    #expect(rejected.values.allSatisfy { $0 <= 2 }, "\(rejected)")
  }

  @Test func `what the venue has forgotten is a break`() throws {
    let folder = try Workshop.scratch()
    defer { try? FileManager.default.removeItem(at: folder) }
    var venue = try Venue(folder)
    let daemon = try Self.daemon(folder, venue)
    try daemon.ready()
    try daemon.wait("fills") { $0["fills"] as? Int ?? 0 > 5 }
    // No fill is known to it.
    venue = try venue.forgetting(folder)
    func breaks() throws -> [String] {
      var opened: [String] = []
      try RunTests.forEachRecord(in: daemon.journal) { event, _ in
        guard case .decision(.breakOpened(let record)) = event else { return }
        opened.append(record.check.key)
      }
      return opened
    }
    var opened: [String] = []
    for _ in 0..<300 where opened.isEmpty {
      usleep(100_000)
      opened = try breaks()
    }
    #expect(opened.contains("cash of fills USD"), "\(opened)")
    _ = try ControlClient.connect(to: daemon.journal).act([
      ("op", "act"), ("act", "kill"), ("scope", "all"),
    ])
    venue.stop(SIGKILL)
    daemon.kill(SIGTERM)
    _ = daemon.running.finish()
    #expect(try Program.run(["replay", daemon.journal, "--quiet"]).code == 0)
    let told = try Program.run(["explain", daemon.journal, "brk-1"])
    #expect(told.code == 0 && told.output.contains("SIMX"), "\(told.output)\(told.complaint)")
  }
}
