import Foundation
import Testing

/// What a run may replace, and what it may not.
struct OutputFolderTests {
  private let folder = Workshop.market

  private func run(_ arguments: String...) throws -> Program.Result {
    try Program.run(arguments, in: folder)
  }

  @Test func `what stands in an output folder is kept unless --force says otherwise`() throws {
    let out = try Workshop.copy("run").path
    let command = ["backtest", "--journal", "market", "--config", "run.toml", "--out", out, "-q"]
    let refused = try Program.run(command, in: folder)
    #expect(refused.code == 64)
    #expect(refused.complaint.contains("not empty"))
    #expect(try Program.run(command + ["--force"], in: folder).code == 0)
    #expect(try run("replay", out).code == 0)
    try "mine".write(toFile: out + "/notes.txt", atomically: true, encoding: .utf8)
    let spared = try Program.run(command + ["--force"], in: folder)
    #expect(spared.code == 64)
    #expect(spared.complaint.contains("notes.txt"))
    #expect(try run("verify", out).code == 0)
    let own = try Program.run(
      ["backtest", "--journal", out, "--config", "run.toml", "--out", out, "--force"], in: folder)
    #expect(own.code == 64)
    #expect(try run("verify", out).code == 0)
  }

  @Test(arguments: ["import", "damaged", "drafts"])
  func `--force replaces what can be made again, and nothing else`(_ what: String) throws {
    let out = try Workshop.scratch().path + "/out"
    switch what {
    case "import":
      let result = try Workshop.importCSV(
        "10,5,1\n", "kind = \"trade\"\nprice = 2\nsize = 3", into: out)
      #expect(result.code == 0)
    case "damaged":
      let copy = try Workshop.copy("run").path
      try FileManager.default.moveItem(atPath: copy, toPath: out)
      let file = URL(fileURLWithPath: out + "/data.mdb")
      try Data(contentsOf: file).prefix(20_000).write(to: file)
    default:
      let copy = try Workshop.copy("run").path
      try FileManager.default.moveItem(atPath: copy, toPath: out)
      for name in ["report.json.new", "checkpoint.pub.pem.4711.new"] {
        try "half".write(toFile: out + "/" + name, atomically: true, encoding: .utf8)
      }
    }
    let before = try Data(contentsOf: URL(fileURLWithPath: out + "/data.mdb"))
    for command in [
      ["backtest", "--journal", "market", "--config", "run.toml", "--out", out, "-q", "--force"],
      ["simulate", "--out", out, "--events", "100", "-q", "--force"],
    ] {
      let result = try Program.run(command, in: folder)
      if what == "drafts" {
        #expect(result.code == 0, "\(result.complaint)")
        #expect(
          try FileManager.default.contentsOfDirectory(atPath: out).allSatisfy {
            !$0.hasSuffix(".new")
          })
      } else {
        #expect(result.code == 64, "\(result.complaint)")
        #expect(result.complaint.contains("--force"), "\(result.complaint)")
        #expect(try Data(contentsOf: URL(fileURLWithPath: out + "/data.mdb")) == before)
      }
    }
  }
}
