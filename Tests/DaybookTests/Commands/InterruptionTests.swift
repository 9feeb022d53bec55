import Foundation
import Testing

/// Ctrl-C ends with 130 and leaves nothing half-written.
@Suite(.serialized) struct InterruptionTests {
  private let folder = Workshop.market

  /// Interrupts a program once it is well under way.
  private func interrupt(_ arguments: [String], when path: String) throws -> Program.Result {
    let running = try Program.start(arguments, in: folder)
    let deadline = Date().addingTimeInterval(60)
    while !FileManager.default.fileExists(atPath: path), running.process.isRunning,
      Date() < deadline
    {
      usleep(2000)
    }
    usleep(50_000)
    running.process.interrupt()
    return running.finish()
  }

  @Test func `a simulation that is interrupted leaves no folder`() throws {
    let out = try Workshop.scratch().path + "/m"
    let result = try interrupt(
      ["simulate", "--out", out, "--days", "3000", "-q"], when: out + "/data.mdb")
    #expect(result.code == 130)
    #expect(result.complaint.contains("interrupted"))
    #expect(!FileManager.default.fileExists(atPath: out))
  }

  @Test func `following a journal ends by interruption`() throws {
    let running = try Program.start(["tail", "market", "-n", "1", "-f"], in: folder)
    let deadline = Date().addingTimeInterval(60)
    while running.output.isEmpty, running.process.isRunning, Date() < deadline { usleep(2000) }
    running.process.interrupt()
    let result = running.finish()
    #expect(result.code == 130)
    #expect(result.lines.count == 1)
  }
}
