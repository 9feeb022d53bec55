import Events
import Foundation
import Journaling
import Sequencing
import Testing

/// `inspect`, `export`, `tail`, `diff` and `seal` on journals that are whole.
struct InspectTests {
  private let folder = Workshop.market

  private func run(_ arguments: String...) throws -> Program.Result {
    try Program.run(arguments, in: folder)
  }

  @Test func `a journal is summed up`() throws {
    let json = try run("inspect", "market", "--json").json
    #expect(json["entries"] as? Int == 20_006)
    #expect(json["first_sequence"] as? Int == 1)
    #expect(json["last_sequence"] as? Int == 20_006)
    #expect((json["first_time"] as? String)?.hasPrefix("2026-01-05T00:00:00") == true)
    let kinds = try #require(json["kinds"] as? [String: Int])
    #expect(kinds["instrument"] == 4)
    #expect(kinds.values.reduce(0, +) == 20_006)
    #expect(json["data_quality"] as? [String: Int] == [:])
    #expect((json["chain_head"] as? String)?.count == 64)
    #expect((json["state_hash"] as? String)?.count == 64)
    #expect(try run("inspect", "market", "--no-state", "--json").json["state_hash"] is NSNull)
    let text = try run("inspect", "market").output
    #expect(text.contains("20,006") && text.contains("COINUSD"))
  }

  @Test(arguments: ["20006", "#20,006", "end", "2026-12-31", "2026-01-06T00:00:00Z"])
  func `a moment is named by sequence, time or end`(_ place: String) throws {
    let result = try run(
      "inspect", "market", "--at", place, "--book", "COINUSD", "--depth", "3", "--json")
    #expect(result.json["seq"] as? Int == 20_006)
    let book = try #require(result.json["book"] as? [String: Any])
    let bids = try #require(book["bids"] as? [[String]])
    #expect(bids.count == 1 && bids[0].count == 2)
    #expect(book["bid_levels"] as? Int == 1)
    #expect(book["ask_levels"] as? Int == 1)
  }

  @Test func `an open order says what it waits for, and for whom`() throws {
    let out = try Workshop.scratch().path + "/bracketed"
    let made = try run(
      "backtest", "--journal", "market", "--config", "run.toml", "--out", out,
      "--set", "strategy.ema.bracket.stop_loss=50 %",
      "--set", "strategy.ema.bracket.take_profit=50 %", "-q")
    #expect(made.code == 0, "\(made.complaint)")
    let lines = try Program.run(["export", out, "--ndjson", "--kind", "filled"]).output
    let first = try #require(lines.split(separator: "\n").first)
    let fill = try #require(
      try JSONSerialization.jsonObject(with: Data(first.utf8)) as? [String: Any])
    let place = "#\(try #require(fill["seq"] as? Int) + 6)"
    let state = try Program.run(["inspect", out, "--at", place, "--json"]).json
    let orders = try #require(state["orders"] as? [[String: Any]])
    let stops = orders.filter { $0["type"] as? String == "stop" }
    #expect(stops.count == 1, "\(orders)")
    let stop = try #require(stops.first?["stop"] as? String)
    #expect(stops.first?["parent"] as? Int == 1)
    #expect(stops.first?["price"] is NSNull)
    #expect(try Program.run(["inspect", out, "--at", place]).output.contains("stop \(stop)"))
  }

  @Test func `the state as of then has limits and breakers`() throws {
    let out = try Workshop.scratch().path + "/guarded"
    let made = try run(
      "backtest", "--journal", "market", "--config", "run.toml", "--out", out,
      "--set", "risk.order.max_quantity=50", "--set", "risk.breaker.rejects.watch=rejects",
      "--set", "risk.breaker.rejects.window=1m", "--set", "risk.breaker.rejects.halt_at=3", "-q")
    #expect(made.code == 0, "\(made.complaint)")
    let json = try run("inspect", out, "--at", "end", "--json").json
    let limits = try #require(json["limits"] as? [[String: Any]])
    let quantity = try #require(limits.first { $0["key"] as? String == "risk.order.max_quantity" })
    #expect(quantity["value"] as? String == "50" && quantity["set_by"] is NSNull)
    let breakers = try #require(json["breakers"] as? [[String: Any]])
    #expect(breakers.count == 1)
    #expect(breakers[0]["breaker"] as? String == "rejects")
    #expect(breakers[0]["state"] as? String == "active" && breakers[0]["scope"] as? String == "all")
    let text = try run("inspect", out, "--at", "end").output
    #expect(text.contains("risk.order.max_quantity") && text.contains("configuration"))
  }

  @Test func `the state as of then has what scales which limits`() throws {
    let out = try Workshop.scratch().path + "/scaled"
    let made = try run(
      "backtest", "--journal", "market", "--config", "run.toml", "--out", out,
      "--set", "risk.order.max_quantity=50", "--set", "risk.dynamic.calm.watch=volatility",
      "--set", "risk.dynamic.calm.instrument=COINUSD", "--set", "risk.dynamic.calm.target=0.01 %",
      "--set", "risk.dynamic.calm.floor=20 %", "--set", "risk.dynamic.calm.interval=1s",
      "--set", "risk.dynamic.calm.window=10s", "--set",
      "risk.dynamic.calm.limits=order.max_quantity", "-q")
    #expect(made.code == 0, "\(made.complaint)")
    let json = try run("inspect", out, "--at", "end", "--json").json
    let rules = try #require(json["dynamic_limits"] as? [[String: Any]])
    #expect(rules.count == 1 && rules[0]["rule"] as? String == "calm")
    #expect(rules[0]["factor"] as? String == "0.200000")
    let limits = try #require(rules[0]["limits"] as? [[String: String]])
    #expect(limits[0]["key"] == "order.max_quantity")
    #expect(limits[0]["configured"] == "50.000000" && limits[0]["holds"] == "10.000000")
    let decision = try #require(rules[0]["set_by"] as? Int)
    let line = try run("export", out, "--from", "\(decision)", "--to", "\(decision)", "--ndjson")
    #expect(line.output.contains(#""kind":"limits_scaled""#))
    let text = try run("inspect", out, "--at", "end").output
    #expect(text.contains("dynamic limit") && text.contains("volatility of instrument COINUSD"))
    #expect(try run("replay", out).code == 0)
    let bad = try run(
      "backtest", "--journal", "market", "--config", "run.toml", "--out", out + "2",
      "--set", "risk.dynamic.calm.watch=drawdown", "--set", "risk.dynamic.calm.steps=5 %: 50 %",
      "--set", "risk.dynamic.calm.limits=order.max_quantity", "-q")
    #expect(bad.code == 78 && bad.complaint.contains("risk.dynamic.calm.limits"))
  }

  @Test func `a book says what export says of the same entry`() throws {
    let rows = try run("export", "market", "--book", "COINUSD", "--csv").lines
    #expect(rows[0] == "seq,time,bid_price_1,bid_size_1,ask_price_1,ask_size_1")
    for row in [rows[2], rows[rows.count / 2], rows[rows.count - 1]] {
      let cells = row.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      let view = try run("inspect", "market", "--at", cells[0], "--book", "COINUSD", "--json").json
      let book = try #require(view["book"] as? [String: Any])
      #expect((book["bids"] as? [[String]])?.first == [cells[2], cells[3]])
      #expect((book["asks"] as? [[String]])?.first == [cells[4], cells[5]])
    }
  }

  @Test func `the state as of then has positions, cash and orders`() throws {
    let fills = try run("export", "run", "--ndjson", "--kind", "filled").lines
    let line = try JSONSerialization.jsonObject(with: Data(fills[0].utf8))
    let first = try #require(line as? [String: Any])
    let sequence = try #require(first["seq"] as? Int)
    let before = try run("inspect", "run", "--at", "\(sequence - 1)", "--json").json
    #expect((before["positions"] as? [Any])?.isEmpty == true)
    let orders = try #require(before["orders"] as? [[String: Any]])
    #expect(orders.count == 1 && orders[0]["order"] as? Int == 1)
    #expect(before["cash"] as? [String: String] == ["USD": "100000.00"])
    let after = try run("inspect", "run", "--at", "\(sequence)", "--json").json
    let positions = try #require(after["positions"] as? [[String: Any]])
    #expect(positions.count == 1 && positions[0]["symbol"] as? String == "COINUSD")
    #expect((positions[0]["quantity"] as? String)?.hasSuffix("0.10000") == true)
    #expect((after["orders"] as? [Any])?.isEmpty == true)
    let text = try run("inspect", "run", "--at", "\(sequence)").output
    #expect(text.contains("position") && text.contains("ema"))
  }

  @Test func `export cuts by sequence, time and kind`() throws {
    func sequences(_ arguments: String...) throws -> [Int] {
      try Program.run(["export", "market", "--ndjson"] + arguments, in: folder).lines.map { line in
        let parsed = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        return parsed?["seq"] as? Int ?? 0
      }
    }
    #expect(try sequences("--from", "10", "--to", "#12") == [10, 11, 12])
    #expect(try sequences("--from", "20,005") == [20_005, 20_006])
    #expect(try sequences("--from", "30000").isEmpty)
    #expect(try sequences("--kind", "instrument") == [2, 3, 4, 5])
    #expect(try sequences("--kind", "run_started", "--kind", "run_stopped") == [1, 20_006])
    let minute = try sequences("--from", "2026-01-05T00:01", "--to", "2026-01-05T00:02")
    let rest = try sequences("--from", "2026-01-05T00:02:00.000000001").first ?? 0
    #expect(!minute.isEmpty && minute[0] > 5)
    #expect(minute.last == rest - 1)
    // Names and scales come from definitions before the range.
    let line = try run("export", "market", "--ndjson", "--from", "20000", "--to", "20000").output
    #expect(line.contains("\"instrument\":\"COINUSD\""))
  }

  @Test func `tail prints the last entries`() throws {
    let lines = try run("tail", "market", "-n", "3").lines
    #expect(lines.count == 3)
    #expect(lines[2].hasPrefix("#20,006  2026-01-05 "))
    #expect(lines[2].contains("run_stopped"))
    let kinds = try run("tail", "market", "--kind", "instrument", "--ndjson").lines
    #expect(kinds.count == 4)
    #expect(kinds[0].hasPrefix("{\"seq\":2,"))
    #expect(try run("tail", "market", "-n", "0").output.isEmpty)
  }

  @Test(arguments: ["quote", "trade", "filled"])
  func `tail of a kind prints what export says last`(_ kind: String) throws {
    let all = try run("export", "run", "--ndjson", "--kind", kind).lines
    let last = try run("tail", "run", "--ndjson", "--kind", kind, "-n", "7").lines
    #expect(last.count == 7)
    #expect(Array(last) == Array(all.suffix(7)))
    let most = try run("tail", "run", "--ndjson", "--kind", kind, "-n", "1000000").lines
    #expect(most == all)
  }

  @Test func `a book before the damage can still be seen`() throws {
    let journal = try Workshop.scratch().appendingPathComponent("j")
    // Each import ends in a block of its own.
    for day in 1...2 {
      let rows = (0..<50).map { "\(day * 1000 + $0),\($0 + 1),\($0 + 2)\n" }.joined()
      let result = try Workshop.importCSV(
        rows, "kind = \"quote\"\nbid = 2\nask = 3", into: journal.path)
      #expect(result.code == 0, "\(result.complaint)")
    }
    let file = journal.appendingPathComponent("data.mdb")
    var bytes = try Data(contentsOf: file)
    // Every copy that the store keeps of the later blocks; a block's sequence is at 8, its records at 72.
    var place = bytes.startIndex
    while let magic = bytes.range(of: Data("DYBK".utf8), in: place..<bytes.endIndex) {
      place = magic.lowerBound + 72
      if bytes[magic.lowerBound + 8] > 1 {
        for index in place..<place + 40 { bytes[index] = 0xFF }
      }
    }
    try bytes.write(to: file)
    let early = try run("inspect", journal.path, "--at", "10", "--book", "X", "--json")
    #expect(early.code == 0, "\(early.complaint)")
    #expect(try run("inspect", journal.path, "--at", "end", "--book", "X").code == 2)
  }

  @Test func `a run that was stopped by force is told, and what of it is not signed`() throws {
    let path = try Workshop.scratch().path + "/j"
    let meta = JournalMeta(created: .epoch, engine: "0", seed: 0)
    var journal = try Journal.create(at: path, meta: meta, durability: .none)
    var recorder = Recorder(after: journal.head)
    for stopped in [true, false] {
      let start = RunStart(mode: .importing, seed: 0, engine: "0", strategies: "", source: "a")
      try recorder.append(.runStarted(start), event: .epoch, receive: .epoch, to: &journal)
      guard stopped else { continue }
      let stop = RunStop(why: .finished)
      try recorder.append(.runStopped(stop), event: .epoch, receive: .epoch, to: &journal)
    }
    try recorder.flush(to: &journal)
    let json = try run("inspect", path, "--json", "--no-state").json
    let runs = try #require(json["runs"] as? [[String: Any]])
    #expect(runs.map { $0["ended"] as? Bool } == [true, false])
    #expect(try run("inspect", path, "--no-state").output.contains("not ended"))
    #expect(try run("verify", path, "--json").json["signed_through"] is NSNull)
    #expect(try run("verify", path).output.contains("entries after #0 are not signed"))
  }

  @Test func `diff names the first difference`() throws {
    #expect(try run("diff", "run", "run").output.hasPrefix("equal"))
    let other = try Workshop.scratch().path + "/other"
    #expect(try run("simulate", "--out", other, "--seed", "7", "--events", "19000").code == 0)
    let result = try run("diff", "market", other, "--json")
    #expect(result.code == 2)
    let difference = try #require(result.json["difference"] as? [String: Any])
    #expect(difference["sequence"] as? Int == 19_006)
    #expect(difference["field"] as? String == "kind")
    #expect((difference["other"] as? [String: Any])?["kind"] as? String == "run_stopped")
  }

  @Test func `diff goes on behind a difference, and names the keys that differ`() throws {
    let out = try Workshop.scratch().path + "/other"
    let other = try run(
      "backtest", "--journal", "market", "--config", "run.toml", "--out", out, "--set",
      "risk.position.max_quantity=0.05")
    #expect(other.code == 0, "\(other.complaint)")
    let first = try run("diff", "run", out, "--json")
    #expect(first.code == 2)
    let difference = try #require(first.json["difference"] as? [String: Any])
    let items = try #require(difference["items"] as? [[String: Any]])
    #expect(items.map { $0["key"] as? String } == ["risk.position.max_quantity"])
    #expect(items[0]["one"] as? String == "0.15" && items[0]["other"] as? String == "0.05")
    let sequence = try #require(difference["sequence"] as? Int)
    let text = try run("diff", "run", out).output
    #expect(text.contains("what follows: daybook diff run \(out) --from \(sequence + 1)"))
    let second = try run("diff", "run", out, "--from", "\(sequence + 1)", "--json")
    #expect(second.code == 2)
    let next = try #require(second.json["difference"] as? [String: Any])
    #expect(try #require(next["sequence"] as? Int) > sequence)
    #expect(try run("diff", "run", "run", "--from", "\(sequence + 1)").code == 0)
    #expect(try run("diff", "run", out, "--from", "0").code == 64)
  }

  @Test func `a sealed journal is smaller and says the same`() throws {
    let copy = try Workshop.copy("market").path
    let result = try run("seal", copy, "--json")
    #expect(result.code == 0)
    #expect((result.json["blocks"] as? Int ?? 0) > 0)
    let before = result.json["bytes_before"] as? Int ?? 0
    #expect((result.json["bytes_after"] as? Int ?? .max) < before)
    #expect(try run("diff", "market", copy).code == 0)
    #expect(try run("verify", copy, "--json").json["sealed_blocks"] as? Int != 0)
  }

  @Test func `the same seed simulates the same market`() throws {
    let out = try Workshop.scratch().path
    for (name, seed) in [("a", "3"), ("b", "3"), ("c", "4")] {
      let result = try run(
        "simulate", "--out", "\(out)/\(name)", "--seed", seed, "--events", "500", "--instruments",
        "equity:ACME,COINUSD")
      #expect(result.code == 0)
    }
    #expect(try run("diff", "\(out)/a", "\(out)/b").code == 0)
    #expect(try run("diff", "\(out)/a", "\(out)/c").code == 2)
    let symbols = try run("inspect", "\(out)/a", "--json").json["instruments"] as? [[String: Any]]
    #expect(symbols?.compactMap { $0["symbol"] as? String } == ["ACME", "COINUSD"])
  }
}
