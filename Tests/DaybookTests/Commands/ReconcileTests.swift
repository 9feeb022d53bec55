import Foundation
import Testing

/// `daybook reconcile` from a run to its closed break.
@Suite struct ReconcileTests {
  private let folder = Workshop.market

  /// A run and what a broker would say of it: rows of its fills, its position and its cash.
  private func run() throws -> (folder: URL, rows: [String]) {
    let scratch = try Workshop.scratch()
    let out = scratch.path + "/run"
    let made = try Program.run(
      ["backtest", "--journal", "market", "--config", "run.toml", "--out", out], in: folder)
    #expect(made.code == 0, "\(made.complaint)")
    let entries = try Program.run(
      ["export", "run", "--ndjson", "--kind", "submitted", "--kind", "filled"], in: scratch)
    var orders: [Int: (instrument: String, side: String)] = [:]
    var rows: [String] = []
    for line in entries.output.split(separator: "\n") {
      let object = try #require(
        JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      let order = try #require(object["order"] as? Int)
      func text(_ key: String) throws -> String { try #require(object[key] as? String) }
      if object["kind"] as? String == "submitted" {
        orders[order] = (try text("instrument"), try text("side"))
      } else {
        let ticket = try #require(orders[order])
        let number = try #require(object["fill"] as? Int)
        rows.append(
          "execution,\(try text("time")),\(ticket.instrument),\(ticket.side),"
            + "\(try text("quantity")),\(try text("price")),\(try text("fee")),"
            + "\(try text("fee_currency")),ord-\(order),\(number)")
      }
    }
    let state = try Program.run(["inspect", "run", "--at", "end", "--json"], in: scratch).json
    for (currency, amount) in try #require(state["cash"] as? [String: String]) {
      rows.append("cash,,,,\(amount),,,\(currency),,")
    }
    for position in try #require(state["positions"] as? [[String: Any]]) {
      let instrument = try #require(position["symbol"] as? String)
      rows.append("position,,\(instrument),,\(try #require(position["quantity"] as? String)),,,,,")
    }
    return (scratch, rows)
  }

  private func write(_ rows: [String], _ name: String, in folder: URL) throws {
    let head = [
      "type,date,instrument,side,quantity,price,fee,currency,order,execution",
      "from,2000-01-01,,,,,,,,", "to,2100-01-01,,,,,,,,",
    ]
    try (head + rows).joined(separator: "\n").write(
      to: folder.appendingPathComponent(name), atomically: true, encoding: .utf8)
  }

  private func breaks(_ result: Program.Result) throws -> [[String: Any]] {
    try #require(result.json["breaks"] as? [[String: Any]], "\(result.complaint)")
  }

  @Test func `a planted break is found, named, explained, owned and closed, and the run audits`()
    throws
  {
    let (folder, rows) = try run()
    func reconcile(_ arguments: String...) throws -> Program.Result {
      try Program.run(["reconcile", "run"] + arguments + ["--json"], in: folder)
    }
    #expect(rows.count > 6)
    try write(rows, "good.csv", in: folder)
    let good = try reconcile("good.csv")
    #expect(good.code == 0, "\(good.output) \(good.complaint)")
    #expect(try breaks(good).isEmpty)

    var planted = rows
    var fields = rows[2].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    fields[6] = "77.5"
    planted[2] = fields.joined(separator: ",")
    try write(planted, "planted.csv", in: folder)
    let found = try reconcile("planted.csv")
    #expect(found.code == 2, "\(found.complaint)")
    let open = try breaks(found)
    #expect(open.count == 1)
    #expect(open.first?["kind"] as? String == "fee" && open.first?["theirs"] as? String == "77.5")
    #expect(open.first?["key"] as? String == "execution \(fields[8])/\(fields[9])")
    #expect(open.first?["line"] as? Int == 6 && open.first?["owner"] is NSNull)

    let why = try Program.run(["explain", "run", "brk-1"], in: folder)
    #expect(why.code == 0, "\(why.complaint)")
    #expect(why.output.contains("brk-1  fee  OPEN"))
    #expect(why.output.contains("planted.csv") && why.output.contains("77.5 in line 6"))
    // Down to the fill that it is about, and why that was.
    #expect(why.output.contains("filled") && why.output.contains("because"))

    #expect(try reconcile("--assign", "brk-1", "--owner", "ops", "--by", "ann").code == 2)
    let listed = try reconcile()
    #expect(listed.code == 2)
    #expect(try breaks(listed).first?["owner"] as? String == "ops")
    #expect(try reconcile("--resolve", "9", "--because", "x").code == 66)
    // Their correction closes it.
    #expect(try reconcile("good.csv").code == 0)
    #expect(try reconcile("planted.csv").code == 2)
    let resolved = try reconcile("--resolve", "2", "--because", "they paid it back", "--by", "ann")
    #expect(resolved.code == 0, "\(resolved.complaint)")
    let text = try Program.run(["reconcile", "run"], in: folder)
    #expect(text.code == 0 && text.output.contains("no break is open"))

    for arguments in [["replay", "run"], ["verify", "run"]] {
      let audit = try Program.run(arguments, in: folder)
      #expect(audit.code == 0, "\(audit.output) \(audit.complaint)")
    }
  }

  @Test func `a statement that cannot be read changes nothing, nor do those beside it`() throws {
    let (folder, rows) = try run()
    let before = try Program.run(["inspect", "run", "--json"], in: folder).output
    try write(rows, "good.csv", in: folder)
    try write(rows + ["position,,COINUSD,,many,,,,,"], "bad.csv", in: folder)
    try "8=FIX.4.4\u{1}9=5\u{1}35=AE\u{1}".write(
      to: folder.appendingPathComponent("bad.fix"), atomically: true, encoding: .utf8)
    for (file, said) in [
      ("bad.csv", "bad.csv:\(rows.count + 4): quantity: `many` is not a decimal number"),
      ("bad.fix", "bad.fix:1: tag 9: the body is not 5 bytes long"),
    ] {
      let result = try Program.run(["reconcile", "run", "good.csv", file], in: folder)
      #expect(result.code == 65)
      #expect(result.complaint.contains(said), "\(result.complaint)")
    }
    #expect(try Program.run(["reconcile", "run", "none.csv"], in: folder).code == 66)
    #expect(try Program.run(["inspect", "run", "--json"], in: folder).output == before)
  }

  @Test func `options that say nothing together are refused`() throws {
    for arguments in [
      ["--assign", "1"], ["--owner", "ops"], ["--resolve", "1"], ["--because", "x"],
      ["--resolve", "none", "--because", "x"],
    ] {
      let result = try Program.run(["reconcile", "run"] + arguments, in: folder)
      #expect(result.code == 64, "\(arguments)")
    }
    #expect(try Program.run(["explain", "run", "brk-1"], in: folder).code == 66)
  }
}
