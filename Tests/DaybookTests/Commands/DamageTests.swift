import Foundation
import Testing

/// Journals that the disk or somebody has changed: no command takes them for whole, and none dies of them.
struct DamageTests {
  @Test(arguments: [
    ["replay"], ["verify"], ["inspect"], ["export", "--ndjson"],
    ["explain", "1"], ["inspect", "--at", "end", "--book", "COINUSD"],
    ["export", "--book", "COINUSD", "--csv"],
  ])
  func `a changed block is told by whoever reads it`(words: [String]) throws {
    let copy = try Workshop.damaged("run")
    let result = try Program.run([words[0], copy.path] + words.dropFirst())
    #expect(result.code == 2, "\(result.complaint)")
    if words[0] != "verify" {
      #expect(result.complaint.contains("daybook: error: "), "\(result.complaint)")
    }
  }

  @Test(arguments: ["meta", "half"])
  func `of a file that cannot be read verify tells as much as of entries`(what: String) throws {
    let copy = try Workshop.damaged("run")
    let file = copy.appendingPathComponent("data.mdb")
    var bytes = try Data(contentsOf: file)
    switch what {
    case "meta": bytes.replaceSubrange(4096..<8192, with: repeatElement(0, count: 4096))
    default: bytes = bytes.prefix(bytes.count / 8192 * 4096)
    }
    try bytes.write(to: file)
    let result = try Program.run(["verify", copy.path, "--json"])
    #expect(result.code == 2, "\(result.complaint)")
    #expect(result.json["intact"] as? Bool == false)
    let problems = try #require(result.json["problems"] as? [[String: Any]], "\(result.complaint)")
    #expect(problems.count == 1)
    #expect(problems[0]["first"] as? Int == 1)
    #expect(problems[0]["kind"] as? String == "unreadable")
    #expect((problems[0]["what"] as? String)?.isEmpty == false)
  }

  @Test func `of two journals the damaged one is named`() throws {
    let copy = try Workshop.damaged("run")
    let result = try Program.run(["diff", "run", copy.path], in: Workshop.market)
    #expect(result.code == 2)
    #expect(
      result.complaint.hasPrefix("daybook: error: \(copy.path): #"), "\(result.complaint)")
  }

  @Test func `a backtest on a damaged recording leaves nothing`() throws {
    let copy = try Workshop.damaged("market")
    let out = try Workshop.scratch().path + "/out"
    let result = try Program.run(
      ["backtest", "--journal", copy.path, "--config", "run.toml", "--out", out],
      in: Workshop.market)
    #expect(result.code == 2, "\(result.complaint)")
    #expect(result.complaint.contains(copy.path), "\(result.complaint)")
    #expect(!FileManager.default.fileExists(atPath: out))
  }

  /// The system counts 512 or 1,024 bytes for one of `ulimit -f`, so the limits are in doublings.
  @Test(arguments: [8, 16, 32, 64, 128])
  func `an import for which there is no room leaves no journal`(limit: Int) throws {
    let scratch = try Workshop.scratch()
    let result = try importRows(40_000, limit: limit, in: scratch)
    #expect(result.code == 1, "\(result.complaint)")
    #expect(result.complaint.contains("is full, so there is no new journal"), "\(result.complaint)")
    #expect(!FileManager.default.fileExists(atPath: scratch.path + "/j"))
  }

  /// A journal may be larger than the limit already: then its file may not be written to at all.
  @Test(arguments: [1, 64, 256])
  func `an import for which there is no room leaves a journal as it was`(limit: Int) throws {
    let scratch = try Workshop.scratch()
    #expect(try importRows(40_000, limit: nil, in: scratch).code == 0)
    let before = try Program.run(["verify", scratch.path + "/j"])
    let result = try importRows(200_000, limit: limit, in: scratch)
    #expect(result.code == 1, "\(result.complaint)")
    #expect(result.complaint.contains("full"), "\(result.complaint)")
    let after = try Program.run(["verify", scratch.path + "/j"])
    #expect(after.code == 0)
    #expect(after.output == before.output)
  }

  /// Imports trades of their own, under a limit of what a file may hold.
  private func importRows(_ count: Int, limit: Int?, in scratch: URL) throws -> Program.Result {
    let rows = (0..<count).map { "\($0),1\($0 % 7),\($0 % 90 + 1)\n" }.joined()
    try rows.write(
      to: scratch.appendingPathComponent("rows.csv"), atomically: true, encoding: .utf8)
    try """
    symbol = "X"\ntime = 1\ntime_format = "unix_s"\nkind = "trade"\nprice = 2\nsize = 3
    """.write(to: scratch.appendingPathComponent("map.toml"), atomically: true, encoding: .utf8)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = [
      "-c",
      "\(limit.map { "ulimit -f \($0); " } ?? "")exec \"$0\" import --journal j --format csv "
        + "--map map.toml rows.csv -q", Program.path,
    ]
    process.currentDirectoryURL = scratch
    process.environment = ["XDG_DATA_HOME": scratch.path + "/data"]
    return try Program.Running(process).finish()
  }
}
