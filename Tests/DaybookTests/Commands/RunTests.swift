import Events
import Foundation
import Glibc
import Journaling
import Sequencing
import Serving
import Strategies
import Testing
import Trading

/// The daemon as a process: started, asked, stopped, killed.
@Suite(.serialized) struct RunTests {
  /// A running `daybook run`, and how it is asked.
  final class Daemon {
    let running: Program.Running
    let journal: String

    init(_ folder: URL, _ arguments: [String] = []) throws {
      journal = folder.appendingPathComponent("j").path
      running = try Program.start(
        // A busy machine is no stalled disk.
        [
          "run", "--journal", journal, "--api", "none", "--set", "live.speed=5", "--set",
          "live.stale_after=60s",
        ]
          + arguments)
    }

    deinit {
      if running.process.isRunning { Glibc.kill(running.process.processIdentifier, SIGKILL) }
    }

    /// Waits until it answers.
    func ready() throws {
      for _ in 0..<3_000 {
        if ControlClient.isAnswered(in: journal) { return }
        guard running.process.isRunning else { break }
        usleep(20_000)
      }
      Issue.record("the daemon does not answer: \(running.complaint)")
      throw CancellationError()
    }

    func status() throws -> [String: Any] {
      let client = try ControlClient.connect(to: journal)
      return try client.ask([("op", "status")]).fields["status"] as? [String: Any] ?? [:]
    }

    /// Waits until its status is so.
    func wait(_ what: String, _ condition: ([String: Any]) -> Bool) throws {
      for _ in 0..<3_000 {
        if condition(try status()) { return }
        usleep(20_000)
      }
      Issue.record("\(what) did not come: \(try status())")
    }

    /// Halts and waits until venue and daemon agree: what was lost on the way is asked for again.
    func settle() throws {
      let client = try ControlClient.connect(to: journal)
      _ = try client.act([("op", "act"), ("act", "kill"), ("scope", "all")])
      try wait("the end of the orders") { $0["open_orders"] as? Int == 0 }
      usleep(2_500_000)
      try wait("the end of the orders") { $0["open_orders"] as? Int == 0 }
    }

    func command(_ arguments: [String]) throws -> Program.Result {
      try Program.run(arguments + ["--journal", journal])
    }

    func kill(_ signal: Int32) { Glibc.kill(running.process.processIdentifier, signal) }
  }

  @Test(arguments: [
    ("strategy.maker.instruments=ES.c.0", "`ES.c.0` is traded in backtests only"),
    ("venue.XB.market_data=SIMX", "venue.XB.market_data: is for backtests only"),
  ])
  func `what only a recording can give is refused`(_ setting: String, _ says: String) throws {
    let folder = try Workshop.scratch()
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try Program.run(
      ["run", "--journal", folder.appendingPathComponent("j").path, "--set", setting])
    #expect(result.code == 78)
    #expect(result.complaint.contains(says), "\(result.complaint)")
  }

  /// All entries but ticks, in their order.
  static func forEachRecord(in journal: String, _ body: (Event, EntryHeader) -> Void) throws {
    var decoder = BlockDecoder()
    try JournalReader.open(at: journal).forEachBlock { (_, content) throws(Damage) in
      _ = try decoder.begin(content)
      return try decoder.forEachEntry(
        of: content, tick: { (_, _) throws(Damage) in true },
        record: { (kind, payload, header) throws(Damage) in
          body(try kind.event(content, payload), header)
          return true
        })
    }
  }

  /// What the journal says, after everything was checked that can be.
  static func audit(_ journal: String) throws -> [(EntryKind, OrderID)] {
    #expect(try Program.run(["verify", journal, "--quiet"]).code == 0)
    let replay = try Program.run(["replay", journal, "--quiet"])
    #expect(replay.code == 0, "\(replay.output)\(replay.complaint)")
    var entries: [(EntryKind, OrderID)] = []
    try forEachRecord(in: journal) { event, _ in entries.append((event.kind, event.order)) }
    let sent = entries.filter { $0.0 == .submitted || $0.0 == .released }.map(\.1)
    #expect(Set(sent).count == sent.count, "an order was sent twice")
    return entries
  }

  /// The exchange gave statements, also after each restart, and never said otherwise than the journal.
  static func expectAgreement(_ journal: String) throws {
    var (starts, statements, breaks) = (0, 0, 0)
    try forEachRecord(in: journal) { event, _ in
      switch event {
      case .observation(.runStarted): starts += 1
      case .observation(.statement): statements += 1
      case .decision(.breakOpened): breaks += 1
      default: break
      }
    }
    #expect(statements > starts / 2 && breaks == 0, "\(starts), \(statements), \(breaks)")
  }

  /// Orders of a person, by number and by name.
  private static func giveOrders(to daemon: Daemon) throws {
    let order = try daemon.command(["order", "hedge-1", "buy", "3", "ALFA", "--reason", "hedge"])
    #expect(order.code == 0 && order.output.hasPrefix("RECORDED hedge-1  #"), "\(order.complaint)")
    #expect(order.output.contains("  it is ord-"), "\(order.output)")
    let priceless = try daemon.command(["order", "hedge-3", "buy", "3", "ALFA", "--type", "limit"])
    #expect(priceless.code == 64 && priceless.complaint.contains("`price` is missing"))
    let large = try daemon.command(["order", "hedge-4", "buy", "3000000", "ALFA"])
    #expect(large.code == 1 && large.output.contains("REFUSED by order."), "\(large.output)")
    let refused = try daemon.command(["cancel", "hedge-4"])
    #expect(refused.code == 64 && refused.complaint.contains("was refused"))
    let explained = try Program.run(["explain", daemon.journal, "hedge-4"])
    #expect(explained.code == 0 && explained.output.contains("order.max_"), "\(explained.output)")
    let unknown = try Program.run(["explain", daemon.journal, "hedge-5"])
    #expect(unknown.code == 66 && unknown.complaint.contains("did you mean `hedge-1`?"))
    let filled = try daemon.command(["cancel", "hedge-1"])
    #expect(
      filled.code == 1 && filled.output.contains("NOTHING TO CANCEL: hedge-1 is filled"),
      "\(filled.output)")
    let low = ["order", "hedge-6", "buy", "3", "ALFA", "--type", "limit", "--price", "1.00"]
    #expect(try daemon.command(low).code == 0)
    let resting = try daemon.command(["cancel", "hedge-6"])
    #expect(resting.code == 0 && resting.output.hasPrefix("CANCEL of hedge-6"), "\(resting.output)")
    #expect(try daemon.command(["order", "hedge-2", "buy", "much", "ALFA"]).code == 64)
    #expect(try daemon.command(["cancel", "hedge-9"]).code == 64)
    let none = try daemon.command(["cancel", "ord-999999"])
    #expect(none.code == 64 && none.complaint.contains("there is no order `ord-999999`"))
  }

  @Test func `it trades, is asked, halted, resumed and stopped`() throws {
    let folder = try Workshop.scratch()
    defer { try? FileManager.default.removeItem(at: folder) }
    let daemon = try Daemon(folder, ["--set", "live.reconcile_every=200ms"])
    try daemon.ready()
    try daemon.wait("an order") { $0["orders"] as? Int ?? 0 > 3 }
    let status = try daemon.command(["status"])
    #expect(status.code == 0 && status.output.contains("TRADING  PAPER"))
    let json = try daemon.command(["status", "--json"])
    #expect((json.json["status"] as? [String: Any])?["mode"] as? String == "paper")

    let halt = try daemon.command(["halt", "strategy", "maker", "--reason", "drill"])
    #expect(halt.code == 0 && halt.output.hasPrefix("HALTED strategy maker  #"))
    #expect(try daemon.status()["halts"] as? [String] == ["strategy maker"])
    let stranger = try daemon.command(["halt", "strategy", "mkaer"])
    #expect(stranger.code == 64 && stranger.complaint.contains("cross, desk, follow, maker"))
    let seen = try daemon.command(["alert", "acknowledge", "trading.halted:strategy~20maker"])
    #expect(seen.code == 0 && seen.output.hasPrefix("ACKNOWLEDGED trading.halted:strategy~20maker"))
    #expect(try daemon.command(["alert", "silence", "feed.stale", "--for", "2h"]).code == 0)
    #expect(try daemon.command(["alert", "silence", "feed.stale", "--for", "8d"]).code == 64)
    #expect(try daemon.command(["alert", "acknowledge", "feed.fresh"]).code == 64)
    #expect(try daemon.command(["halt", "instrument", "ALFA", "--keep-orders"]).code == 0)
    let resume = try daemon.command(["resume", "strategy", "maker"])
    #expect(resume.code == 0 && resume.output.contains("strategy maker"), "\(resume.output)")
    #expect(resume.output.contains("still halted  instrument ALFA"), "\(resume.output)")
    let all = try daemon.command(["resume", "--json"])
    #expect(all.json["ended"] as? [String] == ["instrument ALFA"])
    #expect(all.json["halts"] as? [String] == [])
    #expect(try daemon.status()["halts"] as? [String] == [])

    let limit = try daemon.command(["limit", "risk.order.max_notional", "40000 USD"])
    #expect(limit.code == 0 && limit.output.contains("40000 USD"))
    for (key, value) in [
      ("risk.order.max_notionl", "1 USD"), ("account.cash", "1 USD"),
      ("risk.order.max_notional", "much"), ("risk.order.max_notional", "5 EUR"),
      ("risk.instrument.ALFB.order.max_quantity", "5"),
    ] {
      let result = try daemon.command(["limit", key, value])
      #expect(result.code == 64, "\(key)=\(value): \(result.complaint)")
    }
    try Self.giveOrders(to: daemon)
    let second = try Program.run(["run", "--journal", daemon.journal, "--api", "none"])
    #expect(second.code == 75, "there is one writer")

    #expect(try daemon.command(["stop", "--reason", "end of the test"]).code == 0)
    let result = daemon.running.finish()
    #expect(result.code == 0 && result.complaint.contains("no order is open"))
    #expect(try daemon.command(["status"]).code == 69)
    let entries = try Self.audit(daemon.journal)
    try Self.expectAgreement(daemon.journal)
    #expect(entries.last?.0 == .runStopped)
    #expect(entries.contains { $0.0 == .limitChange })
    #expect(entries.contains { $0.0 == .clockReading }, "the clock is measured at the start")
    let place = try #require(entries.firstIndex { $0.0 == .instruction })
    #expect(entries[place + 1].0 == .intent && entries[place + 2].0 == .submitted)
    let told = try Program.run(["explain", daemon.journal, "\(entries[place + 2].1)"])
    #expect(told.output.contains("hedge-1") && told.output.contains("ordered by"), "\(told.output)")
  }

  @Test func `what it tells programs is lines of JSON without the token`() throws {
    let folder = try Workshop.scratch()
    let result = try Program.run(
      ["run", "--journal", "j", "--for", "1s", "--log", "json", "--api", "none"], in: folder)
    #expect(result.code == 0)
    let lines = try result.complaint.split(separator: "\n").map { line in
      try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
    #expect(lines.map { $0["message"] as? String } == ["started", "stopping", "stopped"])
    #expect(lines[1]["reason"] as? String == "its time is up")
    #expect((lines[2]["seq"] as? Int ?? 0) > 0 && lines[2]["level"] as? String == "info")
  }

  @Test func `a halt without a daemon holds from the next start on`() throws {
    let folder = try Workshop.scratch()
    defer { try? FileManager.default.removeItem(at: folder) }
    var daemon = try Daemon(folder, ["--for", "1s"])
    #expect(daemon.running.finish().code == 0)
    let halt = try daemon.command(["halt", "--reason", "overnight"])
    #expect(halt.code == 0 && halt.output.contains("no daemon runs"))
    daemon = try Daemon(folder)
    try daemon.ready()
    try daemon.wait("the halt") { $0["halts"] as? [String] == ["all"] }
    daemon.kill(SIGTERM)
    #expect(daemon.running.finish().code == 0)
    daemon = try Daemon(folder)
    try daemon.ready()
    #expect(try daemon.status()["state"] as? String == "halted", "a stop does not end a halt")
    #expect(try daemon.command(["resume"]).code == 0)
    #expect(try daemon.command(["halt", "strategy", "maker"]).code == 0)
    daemon.kill(SIGTERM)
    #expect(daemon.running.finish().code == 0)
    daemon = try Daemon(folder)
    try daemon.ready()
    #expect(try daemon.status()["halts"] as? [String] == ["strategy maker"], "nor one of a scope")
    _ = try Self.audit(daemon.journal)
  }

  @Test func `a configuration that is another cannot go on with the orders of the first`() throws {
    let folder = try Workshop.scratch()
    defer { try? FileManager.default.removeItem(at: folder) }
    let daemon = try Daemon(folder)
    try daemon.ready()
    try daemon.wait("an order") { $0["orders"] as? Int ?? 0 > 0 }
    daemon.kill(SIGTERM)
    _ = daemon.running.finish()
    let other = try Program.run([
      "run", "--journal", daemon.journal, "--api", "none", "--set", "live.speed=5", "--set",
      "strategy.cross.slow=65",
    ])
    #expect(other.code == 78)
    #expect(other.complaint.contains("strategy.cross.slow was 64 and is 65"))
  }

  /// Rounds of the crash test; by hand hundreds: `DAYBOOK_CRASH_ROUNDS=300`.
  static let rounds =
    ProcessInfo.processInfo.environment["DAYBOOK_CRASH_ROUNDS"].flatMap { Int($0) } ?? 8

  @Test(arguments: Durability.allCases)
  func `killed at any moment it loses nothing acknowledged and sends nothing twice`(
    _ durability: Durability
  ) throws {
    let folder = try Workshop.scratch()
    defer { try? FileManager.default.removeItem(at: folder) }
    var random: UInt64 = 0x5eed + UInt64(durability.rawValue.utf8.count)
    func next(_ bound: UInt64) -> UInt64 {
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (random >> 33) % bound
    }
    var acknowledged: [UInt64: String] = [:]
    let settings = [
      "--set", "live.durability=\(durability)", "--set", "live.snapshot_interval=300ms", "--set",
      "live.reconcile_every=100ms",
    ]
    for round in 0..<Self.rounds {
      let daemon = try Daemon(folder, ["--quiet"] + settings)
      // Some die while they start.
      if next(5) == 0 {
        usleep(UInt32(next(60_000)))
        daemon.kill(SIGKILL)
      } else {
        try daemon.ready()
        let process = daemon.running.process.processIdentifier
        let delay = UInt32(next(500_000))
        Thread {
          usleep(delay)
          Glibc.kill(process, SIGKILL)
        }.start()
        acknowledged.merge(try Self.writeNotes(to: daemon.journal, round)) { first, _ in first }
      }
      _ = daemon.running.finish()
    }
    let last = try Daemon(folder, ["--for", "500ms"] + settings)
    let result = last.running.finish()
    #expect(result.code == 0, "\(result.complaint)")
    _ = try Self.audit(last.journal)
    try Self.expectAgreement(last.journal)
    #expect(!acknowledged.isEmpty)
    let found = try Self.reasons(in: last.journal)
    for (sequence, text) in acknowledged where found[sequence] != text {
      Issue.record("#\(sequence) was acknowledged as \(text) and is \(found[sequence] ?? "no act")")
    }
  }

  /// Writes notes until the daemon is gone.
  /// - Returns: those that were acknowledged, by sequence.
  static func writeNotes(to journal: String, _ round: Int) throws -> [UInt64: String] {
    let client = try ControlClient.connect(to: journal)
    var acknowledged: [UInt64: String] = [:]
    while true {
      let text = "note \(round)-\(acknowledged.count)"
      let sequence = try? client.act([
        ("op", "act"), ("act", "note"), ("scope", "all"), ("reason", text),
      ])
      guard let sequence else { return acknowledged }
      acknowledged[sequence] = text
    }
  }

  /// The reasons of all acts, by sequence.
  static func reasons(in journal: String) throws -> [UInt64: String] {
    var found: [UInt64: String] = [:]
    try forEachRecord(in: journal) { event, header in
      if case .observation(.operatorAct(let act)) = event { found[header.sequence] = act.reason }
    }
    return found
  }

  @Test func `a disk that is full stops trading, loses nothing, and goes on when there is room`()
    throws
  {
    let folder = try Workshop.scratch()
    defer { try? FileManager.default.removeItem(at: folder) }
    let daemon = try Daemon(folder, ["--set", "live.stale_after=300ms"])
    try daemon.ready()
    try daemon.wait("an order") { $0["orders"] as? Int ?? 0 > 0 }
    let process = daemon.running.process.processIdentifier
    func limit(_ bytes: String) throws {
      let limiter = try Process.run(
        URL(fileURLWithPath: "/usr/bin/prlimit"),
        arguments: ["--pid", "\(process)", "--fsize=\(bytes):unlimited"])
      limiter.waitUntilExit()
      #expect(limiter.terminationStatus == 0)
    }
    let size = try FileManager.default.attributesOfItem(atPath: daemon.journal + "/data.mdb")[.size]
    try limit("\(size as? Int ?? 0)")
    try daemon.wait("a stall") { $0["state"] as? String == "stalled" }
    let before = try daemon.status()["durable_seq"] as? Int ?? 0
    let client = try ControlClient.connect(to: daemon.journal)
    #expect {
      try client.act([("op", "act"), ("act", "note"), ("scope", "all"), ("reason", "late")])
    } throws: { error in
      guard case ServingError.refused(let code, _) = error else { return false }
      return code == "stalled"
    }
    try limit("unlimited")
    try daemon.wait("the disk") { $0["stall"] is NSNull }
    try daemon.wait("what waited") { $0["durable_seq"] as? Int ?? 0 > before }
    daemon.kill(SIGTERM)
    #expect(daemon.running.finish().code == 0)
    _ = try Self.audit(daemon.journal)
    let acts = try Program.run([
      "export", daemon.journal, "--ndjson", "--kind", "operator", "--quiet",
    ]).output
    #expect(acts.contains(#""reason":"late""#), "it was recorded when there was room")
  }
}
