import Foundation
import Testing

/// Every way to go wrong: its exit code, and that the message says where and what to do.
struct ComplaintTests {
  private let folder = Workshop.market

  struct Case: CustomTestStringConvertible, Sendable {
    var command: String
    var code: Int32
    var says: [String]

    init(_ command: String, _ code: Int32, _ says: String...) {
      self.command = command
      self.code = code
      self.says = says
    }

    var testDescription: String { command }
  }

  static let usage: [Case] = [
    Case("bactest", 64, "`bactest` is not a command", "did you mean `daybook backtest`?"),
    Case("improt --journal x", 64, "did you mean `daybook import`?"),
    Case("export market --ndjson --from 10 --to 5", 64, "--from comes after --to."),
    Case("config chek x", 64, "did you mean `daybook config check`?"),
    Case("zzzzzz", 64, "known are init, doctor, keys, run"),
    Case("replay", 64, "Missing expected argument '<journal>'", "Usage: daybook replay"),
    Case("replay run --agaist x", 64, "--against"),
    Case("replay run --set a.b=1", 64, "--set goes with --against"),
    Case("replay market --against run.toml", 64, "no strategy ran", "daybook backtest"),
    Case("inspect market --at yesterday", 64, "yesterday"),
    Case("inspect market --book COINUSD --depth 0", 64, "--depth must be 1"),
    Case("export market", 64, "--ndjson, or --book SYMBOL --csv"),
    Case("export market --csv", 64, "--book and --csv go together"),
    Case("export market --book COINUSD --csv --kind quote", 64, "--kind goes with --ndjson"),
    Case("export market --ndjson --kind qoute", 64, "qoute"),
    Case("simulate --out x --instruments ALFFA", 64, "Did you mean ALFA?"),
    Case("simulate --out x --instruments ALFA,ALFA", 64, "twice"),
    Case("simulate --out x --days 0", 64, "days must be 1 to 3660"),
    Case("simulate --out x --start 12", 64, "not a time"),
    Case("simulate --out market", 64, "not empty", "--force"),
    Case("import --journal x --format lobstr y", 64, "lobstr"),
    Case("import --journal x --format csv run.toml", 64, "--map"),
    Case("import --journal run --format csv run.toml", 64, "backtest"),
    Case("completions tcsh", 64, "bash"),
    Case("seal market --level 40", 64, "--level must be 1 to 19"),
    Case("bench --events 3", 64, "--events"),
    Case("explain run ord-x", 64, "ord-x"),
  ]

  static let input: [Case] = [
    Case("inspect nowhere", 66, "nowhere: there is no journal here"),
    Case("replay nowhere", 66, "nowhere"),
    Case("verify nowhere", 66, "nowhere"),
    Case("explain nowhere 1", 66, "nowhere"),
    Case("tail nowhere", 66, "nowhere"),
    Case("diff run nowhere", 66, "nowhere"),
    Case("diff run market --from 99999999", 66, "#99,999,999", "nothing to compare"),
    Case("import --journal run.toml --format lean x", 66, "run.toml: is a file", "another path"),
    Case("seal nowhere", 66, "nowhere"),
    Case("export nowhere --ndjson", 66, "nowhere"),
    Case("backtest --journal nowhere --config run.toml --out x", 66, "nowhere"),
    Case("backtest --journal market --config nowhere.toml --out x", 66, "nowhere.toml"),
    Case("replay run --against nowhere.toml", 66, "nowhere.toml"),
    Case(
      "replay run --against run.toml --set strategy.ema.instruments=COINUSX", 78,
      "`COINUSX` is not in the journal",
      "did you mean `COINUSD`?"),
    Case("verify run --public-key nowhere.pem", 66, "nowhere.pem"),
    Case("simulate --out x --signing-key nowhere.pem", 66, "nowhere.pem"),
    Case("import --journal x --format dbn nowhere.dbn", 66, "nowhere.dbn"),
    Case("inspect market --at 20007", 66, "there is no entry #20,007", "#20,006"),
    Case("inspect market --at 0", 66, "there is no entry #0"),
    Case("inspect market --at 2020-01-01", 66, "begins after"),
    Case(
      "inspect market --book COINUSDT", 66, "no instrument `COINUSDT`", "Did you mean `COINUSD`?"),
    Case("export market --book X --csv", 66, "no instrument `X`", "ALFA"),
    Case("explain run 999999", 66, "no order ord-999999", "from ord-1 to ord-"),
    Case("explain run 20000", 66, "no order ord-20000", "The entry of that sequence is '#20,000'"),
    Case("explain market 1", 66, "this journal has no orders"),
    Case("explain run #999,999", 66, "no entry #999,999"),
    Case("verify run --public-key run.toml", 65, "run.toml", "key"),
    Case("simulate --out x --signing-key run/checkpoint.pub.pem", 77, "mode to 0600"),
    Case("import --journal x --format lobster run.toml", 65, "run.toml", "Expected names"),
    Case("import --journal x --format lean run.toml", 65, "run.toml", "does not tell what it is"),
  ]

  @Test(arguments: usage + input)
  func `a complaint has its code and says what to do`(_ item: Case) throws {
    // A place of its own: cases run side by side, and a command may make its folder for a moment.
    let out = try Workshop.scratch().appendingPathComponent("x").path
    let words = item.command.split(separator: " ").map { $0 == "x" ? out : String($0) }
    let result = try Program.run(words, in: folder)
    #expect(result.code == item.code, "\(result.complaint)")
    #expect(result.output.isEmpty)
    #expect(result.complaint.hasPrefix("daybook: error: "))
    for text in item.says { #expect(result.complaint.contains(text), "\(result.complaint)") }
    #expect(!FileManager.default.fileExists(atPath: out))
  }

  @Test func `a folder that is no journal is told apart`() throws {
    let other = try Workshop.scratch()
    try Data(repeating: 7, count: 100_000).write(to: other.appendingPathComponent("data.mdb"))
    let result = try Program.run(["inspect", other.path])
    #expect(result.code == 65, "\(result.complaint)")
    #expect(result.complaint.contains("not a journal"))
  }

  @Test func `damage is found, with its range`() throws {
    let copy = try Workshop.damaged("run")
    let result = try Program.run(["verify", copy.path, "--json"])
    #expect(result.code == 2)
    let problems = try #require(result.json["problems"] as? [[String: Any]])
    #expect((problems.first?["first"] as? Int ?? 0) > 0)
    #expect((problems.first?["what"] as? String ?? "").isEmpty == false)
    #expect(try Program.run(["verify", copy.path]).output.contains("damaged"))
    let replay = try Program.run(["replay", copy.path])
    #expect(replay.code == 2, "\(replay.complaint)")
  }

  @Test func `a cut-off file is found`() throws {
    let copy = try Workshop.copy("run")
    let file = copy.appendingPathComponent("data.mdb")
    let bytes = try Data(contentsOf: file)
    try bytes.prefix(bytes.count / 2).write(to: file)
    let result = try Program.run(["inspect", copy.path])
    #expect(result.code == 2, "\(result.complaint)")
    #expect(result.complaint.contains("cut off"))
  }

  @Test func `a second writer is told to wait`() throws {
    let copy = try Workshop.copy("market")
    let lock = open(copy.appendingPathComponent("writer.lock").path, O_RDWR | O_CREAT, 0o600)
    #expect(flock(lock, LOCK_EX | LOCK_NB) == 0)
    defer { close(lock) }
    let result = try Program.run(["seal", copy.path])
    #expect(result.code == 75, "\(result.complaint)")
    #expect(result.complaint.contains("another process"))
    #expect(try Program.run(["inspect", copy.path, "--no-state"]).code == 0)
  }

  @Test(.enabled(if: getuid() != 0, "root may write everywhere"))
  func `a folder that may not be written is told`() throws {
    let parent = try Workshop.scratch()
    chmod(parent.path, 0o555)
    let result = try Program.run(["simulate", "--out", parent.path + "/m", "--events", "10"])
    #expect(result.code == 77, "\(result.complaint)")
  }

  @Test func `an unwritable place ends as a refusal, not as a trace`() throws {
    let result = try Program.run(["simulate", "--out", "/proc/daybook", "--events", "10"])
    #expect([66, 77].contains(result.code), "\(result.complaint)")
    #expect(result.complaint.hasPrefix("daybook: error: /proc/daybook: "))
  }
}
