import Foundation
import Testing

struct DoctorTests {
  @Test func `it says of each thing whether a daemon could run with it`() throws {
    let folder = try Workshop.scratch()
    defer { try? FileManager.default.removeItem(at: folder) }
    let good = try Program.run(["doctor", "--json"], in: folder)
    let found = try #require(
      JSONSerialization.jsonObject(with: Data(good.output.utf8)) as? [[String: String]])
    #expect(
      found.compactMap { $0["what"] } == [
        "configuration", "signing key", "journal", "file system", "free space", "flush", "cores",
        "limits",
      ])
    #expect(found.allSatisfy { $0["state"] != "bad" } == (good.code == 0))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)

    try Data("[strategy.x]\nkind = \"ema-cros\"\ninstruments = [\"X\"]\n".utf8)
      .write(to: folder.appendingPathComponent("bad.toml"))
    let bad = try Program.run(["doctor", "--config", "bad.toml"], in: folder)
    #expect(bad.code == 2 && bad.output.contains("bad.toml:2:1"))
    #expect(bad.output.contains("did you mean"))
  }

  @Test func `a file is no journal`() throws {
    let folder = try Workshop.scratch()
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data("prices".utf8).write(to: folder.appendingPathComponent("prices.csv"))
    let result = try Program.run(["doctor", "--journal", "prices.csv"], in: folder)
    #expect(result.code == 2 && result.output.contains("is a file, and no journal"))
  }

  @Test func `init writes what run has built in, and does not replace a file`() throws {
    let folder = try Workshop.scratch()
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(try Program.run(["init"], in: folder).code == 0)
    #expect(try Program.run(["config", "check", "daybook.toml"], in: folder).code == 0)
    let again = try Program.run(["init"], in: folder)
    #expect(again.code == 64 && again.complaint.contains("--force"))
    #expect(try Program.run(["init", "--force"], in: folder).code == 0)
    let run = try Program.run(
      ["run", "--config", "daybook.toml", "--for", "1s", "--api", "none"], in: folder)
    #expect(run.code == 0, "\(run.complaint)")
  }
}
