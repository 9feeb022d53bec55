import Foundation
import Testing

/// Ctrl-C ends with 130 and leaves nothing half-written.
@Suite(.serialized) struct InterruptionTests {
  private let folder = Workshop.market

  /// Waits for something that must come.
  private func wait(until isSo: () -> Bool) throws {
    let deadline = Date().addingTimeInterval(120)
    while !isSo() {
      try #require(Date() < deadline, "it never came")
      usleep(2000)
    }
  }

  @Test func `a simulation that is interrupted leaves no folder`() throws {
    let out = try Workshop.scratch().path + "/m"
    let running = try Program.start(["simulate", "--out", out, "--days", "3000", "-q"], in: folder)
    try wait { FileManager.default.fileExists(atPath: out + "/data.mdb") }
    running.interrupt()
    let result = running.finish()
    #expect(result.code == 130)
    #expect(result.complaint.contains("interrupted"))
    #expect(!FileManager.default.fileExists(atPath: out))
  }

  @Test func `following a journal ends by interruption`() throws {
    let running = try Program.start(["tail", "market", "-n", "1", "-f"], in: folder)
    try wait { !running.output.isEmpty }
    running.interrupt()
    let result = running.finish()
    #expect(result.code == 130)
    #expect(result.lines.count == 1)
  }
}
