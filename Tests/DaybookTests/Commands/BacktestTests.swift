import Foundation
import Testing

/// From a market to an explanation, as a user goes.
struct BacktestTests {
  private let folder = Workshop.market

  private func run(_ arguments: String...) throws -> Program.Result {
    try Program.run(arguments, in: folder)
  }

  @Test func `a backtest says in JSON what it did`() throws {
    let out = try Workshop.scratch().path + "/a/b"
    let result = try run(
      "backtest", "--journal", "market", "--config", "run.toml", "--out", out, "--json")
    #expect(result.code == 0)
    let json = result.json
    #expect(json["events"] as? Int == 20_004)
    #expect((json["orders"] as? Int ?? 0) > 10)
    #expect(json["fills"] as? Int == json["orders"] as? Int)
    #expect((json["refused"] as? [String: Int]) != nil)
    #expect((json["start_equity"] as? [String: String]) == ["USD": "100000.00"])
    #expect((json["end_equity"] as? [String: String])?["USD"]?.contains(".") == true)
    #expect((json["state_hash"] as? String)?.count == 64)
    #expect((json["events_per_second"] as? Int ?? 0) > 0)
    #expect(json["report"] as? String == out + "/report.json")
    let report = try Data(contentsOf: URL(fileURLWithPath: out + "/report.json"))
    let text = try JSONSerialization.jsonObject(with: report)
    let parsed = try #require(text as? [String: Any])
    let provenance = try #require(parsed["provenance"] as? [String: Any])
    #expect(provenance["state_hash"] as? String == json["state_hash"] as? String)
    #expect(provenance["source"] as? String == "market")
  }

  @Test func `the report measures against the benchmark that is configured`() throws {
    let out = try Workshop.scratch().path
    func backtest(_ name: String, _ benchmark: String) throws -> Program.Result {
      try Program.run(
        [
          "backtest", "--journal", "market", "--config", "run.toml", "--out", "\(out)/\(name)",
          "--set", "run.benchmark=\(benchmark)", "--set", "run.risk_free=2 %",
        ], in: folder)
    }
    #expect(try backtest("run", "COINUSD").code == 0)
    let data = try Data(contentsOf: URL(fileURLWithPath: out + "/run/report.json"))
    let report = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    let statistics = try #require(report["statistics"] as? [String: Any])
    #expect(statistics["risk_free"] as? Double == 0.02)
    #expect(statistics["sharpe"] is NSNull)
    let benchmark = try #require(statistics["benchmark"] as? [String: Any])
    #expect(benchmark["instrument"] as? String == "COINUSD")
    #expect(benchmark["beta"] is NSNull)
    let trades = try #require(report["trades"] as? [String: Any])
    #expect((trades["closed"] as? Int ?? 0) > 3)
    let orders = try #require((report["orders"] as? [[String: Any]])?.first)
    #expect(orders["fill_ratio"] as? Double == 1)
    let wrong = try backtest("wrong", "COINUSDT")
    #expect(wrong.code == 78 && wrong.complaint.contains("did you mean `COINUSD`?"))
    #expect(wrong.complaint.contains("run.benchmark"))
  }

  @Test func `equal input and seed make equal entries`() throws {
    let out = try Workshop.scratch().path
    for name in ["one", "two"] {
      #expect(
        try run(
          "backtest", "--journal", "market", "--config", "run.toml", "--out", "\(out)/\(name)",
          "-q"
        ).code == 0)
    }
    let exports = try ["one", "two"].map { try run("export", "\(out)/\($0)", "--ndjson").output }
    #expect(exports[0].utf8.count > 1_000_000)
    #expect(exports[0] == exports[1])
    #expect(try run("diff", "\(out)/one", "\(out)/two").code == 0)
    let states = try ["one", "two"].map {
      try run("inspect", "\(out)/\($0)", "--json").json["state_hash"] as? String
    }
    #expect(states[0] != nil && states[0] == states[1])
  }

  @Test func `a run replays identically and its state is the same by every way`() throws {
    let replay = try run("replay", "run", "--json")
    #expect(replay.code == 0)
    #expect(replay.json["identical"] as? Bool == true)
    #expect((replay.json["decisions"] as? Int ?? 0) > 20)
    let stored = try run("inspect", "run", "--json").json["state_hash"] as? String
    #expect(replay.json["state_hash"] as? String == stored)
    let looked = try run("inspect", "run", "--at", "end", "--json").json["state_hash"] as? String
    #expect(looked == stored)
  }

  @Test func `another configuration diverges at its first decision`() throws {
    let other = Workshop.configuration.replacing("fast = 10", with: "fast = 11")
    let path = try Workshop.scratch().path + "/other.toml"
    try other.write(toFile: path, atomically: true, encoding: .utf8)
    let result = try run("replay", "run", "--against", path, "--json")
    #expect(result.code == 2)
    let divergence = try #require(result.json["divergence"] as? [String: Any])
    #expect((divergence["sequence"] as? Int ?? 0) > 5)
    #expect(divergence["recorded"] != nil && divergence["remade"] != nil)
    #expect(divergence["field"] as? String != "")
    #expect(
      try run("replay", "run", "--against", "run.toml", "--set", "strategy.ema.fast=10").code == 0)
  }

  @Test func `a run verifies, with its own key and not with another`() throws {
    let result = try run("verify", "run", "--public-key", "run/checkpoint.pub.pem", "--json")
    #expect(result.code == 0)
    #expect(result.json["intact"] as? Bool == true)
    #expect(result.json["checkpoints"] as? Int == 1)
    #expect(result.json["signed_through"] as? Int == result.json["last_sequence"] as? Int)
    #expect(result.json["snapshots"] as? Int == 1)
    let data = try Workshop.scratch().path
    let other = try Workshop.scratch().path + "/other"
    let simulated = try Program.run(
      ["simulate", "--out", other, "--events", "100"], environment: ["XDG_DATA_HOME": data])
    #expect(simulated.code == 0)
    let forged = try run("verify", "run", "--public-key", other + "/checkpoint.pub.pem", "--json")
    #expect(forged.code == 2)
    let problems = try #require(forged.json["problems"] as? [[String: Any]])
    #expect(problems.first?["kind"] as? String == "bad_signature")
  }

  @Test(arguments: ["1", "ord-1"])
  func `an order is explained down to the tick`(_ order: String) throws {
    let result = try run("explain", "run", order, "--json")
    #expect(result.code == 0)
    #expect(result.json["order"] as? Int == 1)
    let chain = try #require(result.json["chain"] as? [[String: Any]])
    let kinds = chain.compactMap { $0["kind"] as? String }
    #expect(kinds == ["quote", "intent", "submitted", "accepted", "filled"])
    let sequences = chain.compactMap { $0["seq"] as? Int }
    #expect(sequences == sequences.sorted() && sequences.count == kinds.count)
    let text = try run("explain", "run", order).output
    #expect(text.hasPrefix("ord-1  "))
    #expect(text.contains("FILLED"))
  }

  @Test func `a refusal is explained as fully as an order`() throws {
    let out = try Workshop.scratch().path + "/refused"
    let limit = "risk.order.max_quantity=0.05"
    let made = try run(
      "backtest", "--journal", "market", "--config", "run.toml", "--out", out, "--set", limit, "-q")
    #expect(made.code == 0, "\(made.complaint)")
    let refused = try run("tail", out, "--kind", "refused", "-n", "1").output
    let sequence = String(refused.prefix { $0 != " " })
    let text = try run("explain", out, sequence).output
    #expect(text.contains("0.10000 COINUSD at market  REFUSED"), "\(text)")
    #expect(text.contains("by order.max_quantity  0.10 > 0.05"), "\(text)")
    #expect(text.contains(", holding 0.00000  because"), "\(text)")
  }

  @Test func `an order to a target says what was held before`() throws {
    let text = try run("explain", "run", "2").output
    let first = try run("explain", "run", "1").output
    #expect(first.contains(", holding 0.00000  because"), "\(first)")
    #expect(
      text.contains(", holding 0.10000  because") || text.contains(", holding -0.10000  because"))
  }

  @Test func `what makes a run worthless is said first`() throws {
    let out = try Workshop.scratch().path
    func readFirst(_ name: String, _ settings: String...) throws -> [String] {
      let result = try Program.run(
        [
          "backtest", "--journal", "market", "--config", "run.toml", "--out", "\(out)/\(name)",
          "--json",
        ]
          + settings.flatMap { ["--set", $0] }, in: folder)
      #expect(result.code == 0, "\(result.complaint)")
      return result.json["read_first"] as? [String] ?? []
    }
    let bars = try readFirst("bars", "strategy.ema.clock=bar:30d")
    #expect(bars.first?.contains("strategy ema never ran: no bar") == true, "\(bars)")
    #expect(try readFirst("plain").first?.hasPrefix("1 daily return: ") == true)
  }

  @Test func `an act whose time did not come is said first`() throws {
    func run(_ form: String...) throws -> Program.Result {
      try Program.run(
        [
          "backtest", "--journal", "market", "--config", "run.toml", "--out",
          try Workshop.scratch().path + "/run", "--act", "2035-01-01T00:00 kill all late",
        ] + form, in: folder)
    }
    let said = "the recording ended before 2035-01-01T00:00:00.000000000Z, so there was no kill"
    #expect((try run("--json").json["read_first"] as? [String])?.first == said)
    #expect(try run().output.contains("read first  " + said))
  }

  @Test func `capital that positions bring in is no profit`() throws {
    let scratch = try Workshop.scratch()
    let rows = (0..<6).map { "\($0 * 60),\(100 + $0)\n" }.joined()
    let bars = "kind = \"bar\"\nbar = \"1m\"\nopen = 2\nhigh = 2\nlow = 2\nclose = 2"
    #expect(try Workshop.importCSV(rows, bars, into: scratch.path + "/bars").code == 0)
    let configuration = """
      [account]
      cash = "10000 USD"
      [strategy.a]
      kind = "manual"
      instruments = "X"
      position.X = "1000 @ 100"
      """
    try configuration.write(
      to: scratch.appendingPathComponent("a.toml"), atomically: true, encoding: .utf8)
    func run(_ form: String...) throws -> Program.Result {
      try Program.run(
        ["backtest", "--journal", "bars", "--config", "a.toml", "--out", "run", "--force"] + form,
        in: scratch)
    }
    let json = try run("--json").json
    #expect((json["profit"] as? [String: String]) == ["USD": "5000.00"])
    #expect((json["contributed"] as? [String: String]) == ["USD": "100000.00"])
    #expect((json["exchanged"] as? [String: String]) == ["USD": "0.00"])
    let text = try run().output
    #expect(text.contains("115,000.00 USD  ▲ +5,000.00 profit"), "\(text)")
    #expect(text.contains("+100,000.00 brought in"), "\(text)")
    let report = try Data(contentsOf: scratch.appendingPathComponent("run/report.json"))
    let parsed = try #require(
      try JSONSerialization.jsonObject(with: report) as? [String: Any])
    let statistics = try #require(parsed["statistics"] as? [String: Any])
    // 5,000 on 110,000.
    #expect(abs(try #require(statistics["total_return"] as? Double) - 5.0 / 110) < 1e-12)
  }

  @Test(arguments: [
    ("[calendar]\nSIMAX = \"24/7\"", "calendar.SIMAX: `SIMAX` is not in the journal"),
    ("[margin.COINUSDT]\ninitial = \"5 %\"\nmaintenance = \"4 %\"", "did you mean `COINUSD`?"),
    ("[rate]\nEUR = \"EURUSD\"", "rate.EUR: `EURUSD` is not in the journal"),
    ("[interest.EUR]\ncredit = \"1 %\"", "interest.EUR: `EUR` is not in the journal"),
    ("[borrow.BRVOO]\nrate = \"1 %\"", "did you mean `BRVO`?"),
    ("[margin.COINUSD]\ninitial = \"4 %\"\nmaintenance = \"5 %\"", "is above `initial`"),
  ])
  func `a table of what the journal has not is refused`(_ table: String, _ problem: String) throws {
    let scratch = try Workshop.scratch()
    try (Workshop.configuration + "\n" + table + "\n").write(
      to: scratch.appendingPathComponent("a.toml"), atomically: true, encoding: .utf8)
    let result = try Program.run(
      [
        "backtest", "--journal", "market", "--config", scratch.path + "/a.toml", "--out",
        scratch.path + "/run",
      ], in: folder)
    #expect(result.code == 78 && result.complaint.contains(problem), "\(result.complaint)")
  }

  @Test func `orders that the venue rejected are said first`() throws {
    let scratch = try Workshop.scratch()
    let rows = (0..<20).map { "\($0 * 60),\(10 + $0 * $0 % 7)\n" }.joined()
    let bars = "kind = \"bar\"\nbar = \"1m\"\nopen = 2\nhigh = 2\nlow = 2\nclose = 2"
    #expect(try Workshop.importCSV(rows, bars, into: scratch.path + "/bars").code == 0)
    let out = scratch.path + "/run"
    let settings = [
      "strategy.ema.instruments=X", "strategy.ema.clock=bar:1m", "strategy.ema.fast=1",
      "strategy.ema.slow=2", "strategy.ema.size=1", "risk.position.max_quantity=10",
      "venue.fill_model=book",
    ]
    // Bars have no book to trade against.
    let result = try Program.run(
      [
        "backtest", "--journal", scratch.path + "/bars", "--config", "run.toml", "--out", out,
        "--json",
      ] + settings.flatMap { ["--set", $0] }, in: folder)
    #expect(result.code == 0, "\(result.complaint)")
    let orders = try #require(result.json["orders"] as? Int)
    #expect(orders > 1 && result.json["rejected"] as? Int == orders)
    let first = (result.json["read_first"] as? [String])?.first ?? ""
    #expect(first.hasPrefix("\(orders) of \(orders) orders were rejected by the venue"), "\(first)")
  }

  @Test func `an entry is explained by its sequence, with or without commas`() throws {
    let first = try run("export", "run", "--ndjson", "--kind", "filled").lines.first
    let line = try #require(first)
    let parsed = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
    let sequence = try #require(parsed?["seq"] as? Int)
    let result = try run("explain", "run", "#\(sequence)", "--json")
    #expect(result.code == 0)
    let chain = try #require(result.json["chain"] as? [[String: Any]])
    #expect(chain.last?["seq"] as? Int == sequence)
    #expect(result.json["order"] is NSNull)
  }

  @Test func `the environment goes above the file, --set above it, --seed above all`() throws {
    let out = try Workshop.scratch().path
    func seed(_ name: String, _ extra: [String], _ variables: [String: String] = [:]) throws -> Int?
    {
      let result = try Program.run(
        ["backtest", "--journal", "market", "--config", "run.toml", "--out", "\(out)/\(name)"]
          + extra, in: folder, environment: variables)
      #expect(result.code == 0, "\(result.complaint)")
      return try run("inspect", "\(out)/\(name)", "--json").json["seed"] as? Int
    }
    let variable = ["DAYBOOK_RUN__SEED": "7"]
    #expect(try seed("a", []) == 42)
    #expect(try seed("b", [], variable) == 7)
    #expect(try seed("c", ["--set", "run.seed=8"], variable) == 8)
    #expect(try seed("d", ["--set", "run.seed=8", "--seed", "9"], variable) == 9)
  }

  @Test(arguments: [
    "strategy.ema.size=0.1", "strategy.ema.size='0.1'", #"strategy.ema.size="0.1""#,
    #"strategy.ema.instruments=["COINUSD"]"#, "strategy.ema.instruments=COINUSD",
  ])
  func `a value of --set is taken as a file has it`(_ setting: String) throws {
    let out = try Workshop.scratch().path + "/run"
    let result = try run(
      "backtest", "--journal", "market", "--config", "run.toml", "--out", out, "--set", setting)
    #expect(result.code == 0, "\(result.complaint)")
    #expect(try run("diff", "run", out).code == 0)
  }

  @Test func `a symbol that two venues have is refused with both`() throws {
    let journal = try Workshop.scratch().path + "/two"
    for venue in ["ONE", "TWO"] {
      let result = try Workshop.importCSV(
        "10,5,1\n", "venue = \"\(venue)\"\nkind = \"trade\"\nprice = 2\nsize = 3",
        into: journal)
      #expect(result.code == 0, "\(result.complaint)")
    }
    func backtest(_ symbol: String) throws -> Program.Result {
      try run(
        "backtest", "--journal", journal, "--config", "run.toml", "--out",
        Workshop.scratch().path + "/run", "--set", "strategy.ema.instruments=\(symbol)",
        "--set", "strategy.ema.size=1", "--set", "risk.position.max_quantity=1")
    }
    let result = try backtest("X")
    #expect(result.code == 78, "\(result.complaint)")
    #expect(result.complaint.contains("ONE:X"), "\(result.complaint)")
    #expect(result.complaint.contains("TWO:X"), "\(result.complaint)")
    let exact = try backtest("TWO:X")
    #expect(exact.code == 0, "\(exact.complaint)")
  }

  @Test func `a new signing key belongs to its owner alone`() throws {
    let data = try Workshop.scratch()
    let out = try Workshop.scratch().path + "/m"
    let result = try Program.run(
      ["simulate", "--out", out, "--events", "100"], environment: ["XDG_DATA_HOME": data.path])
    #expect(result.code == 0)
    let key = data.appendingPathComponent("daybook/signing.pem").path
    let attributes = try FileManager.default.attributesOfItem(atPath: key)
    #expect((attributes[.posixPermissions] as? Int) == 0o600)
  }
}
