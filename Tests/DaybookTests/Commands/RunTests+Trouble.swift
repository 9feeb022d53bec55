import Events
import Foundation
import Glibc
import Testing

/// What users have run into.
extension RunTests {
  @Test func `orders that a killed daemon left end after a halt that it never heard of`() throws {
    let folder = try Workshop.scratch()
    defer { try? FileManager.default.removeItem(at: folder) }
    var daemon = try Daemon(folder)
    try daemon.ready()
    try daemon.wait("open orders") { $0["open_orders"] as? Int ?? 0 > 1 }
    daemon.kill(SIGKILL)
    _ = daemon.running.finish()
    // It asks for cancels that leave no more.
    #expect(try daemon.command(["halt", "--reason", "it is dead"]).code == 0)
    daemon = try Daemon(folder)
    try daemon.ready()
    try daemon.wait("the end of the orders") { $0["open_orders"] as? Int == 0 }
    #expect(try daemon.command(["resume"]).code == 0)
    let before = try daemon.status()["orders"] as? Int ?? 0
    try daemon.wait("new orders") { $0["orders"] as? Int ?? 0 > before + 2 }
    usleep(500_000)
    let shown = try daemon.command(["status"])
    let decision = shown.lines.first { $0.hasPrefix("decision") }
    #expect(decision?.contains("p99 ") ?? false, "\(shown.output)")
    daemon.kill(SIGTERM)
    let result = daemon.running.finish()
    #expect(result.code == 0 && result.complaint.contains("no order is open"))
    _ = try Self.audit(daemon.journal)
    try Self.forEachRecord(in: daemon.journal) { event, _ in
      guard case .decision(.alert(let alert)) = event else { return }
      #expect(alert.code != .reportIllegal, "\(alert.text)")
    }
  }

  @Test func `a daemon's journal is none for a venue, and the other way round`() throws {
    let folder = try Workshop.scratch()
    defer { try? FileManager.default.removeItem(at: folder) }
    let run = ["run", "--journal", "j", "--api", "none", "--for", "1s", "--quiet"]
    #expect(try Program.run(run, in: folder).code == 0)
    let venue = try Program.run(
      ["venue", "--journal", "j", "--listen", "127.0.0.1:0"], in: folder)
    #expect(venue.code == 65 && venue.complaint.contains("no journal of a venue"))
    #expect(try Program.run(["replay", "j", "--quiet"], in: folder).code == 0)

    let own = try VenueTests.Venue(folder)
    own.stop(SIGTERM)
    let other = try Program.run(["run", "--journal", "v", "--api", "none"], in: folder)
    #expect(other.code == 65 && other.complaint.contains("the journal of a venue"))
    #expect(
      !FileManager.default.fileExists(atPath: folder.appendingPathComponent("v/control.sock").path))
  }

  @Test func `a daemon that stops while the disk is full is asked until its end`() throws {
    let folder = try Workshop.scratch()
    defer { try? FileManager.default.removeItem(at: folder) }
    let daemon = try Daemon(folder)
    try daemon.ready()
    try daemon.wait("an order") { $0["orders"] as? Int ?? 0 > 0 }
    let process = daemon.running.process.processIdentifier
    func limit(_ bytes: String) throws {
      try Process.run(
        URL(fileURLWithPath: "/usr/bin/prlimit"),
        arguments: ["--pid", "\(process)", "--fsize=\(bytes):unlimited"]
      ).waitUntilExit()
    }
    let size = try FileManager.default.attributesOfItem(atPath: daemon.journal + "/data.mdb")[.size]
    try limit("\(size as? Int ?? 0)")
    try daemon.wait("a stall") { $0["state"] as? String == "stalled" }
    daemon.kill(SIGTERM)
    try daemon.wait("the stop") { $0["state"] as? String == "stopping" }
    // Longer than answers are waited for.
    usleep(6_500_000)
    #expect(try daemon.status()["stall"] is String)
    try limit("unlimited")
    #expect(daemon.running.finish().code == 0)
    _ = try Self.audit(daemon.journal)
  }
}
