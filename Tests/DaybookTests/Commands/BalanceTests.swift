import Foundation
import Testing

/// `daybook explain --balance`, and acts that are planned for a backtest.
@Suite struct BalanceTests {
  private let folder = Workshop.market

  @Test func `the postings of a balance add up to it, and the last is what inspect says`() throws {
    let all = try Program.run(
      ["explain", "run", "--balance", "main:USD", "--last", "100000", "--json"], in: folder)
    #expect(all.code == 0, "\(all.complaint)")
    let postings = try #require(all.json["postings"] as? [[String: Any]])
    #expect(all.json["count"] as? Int == postings.count && postings.count > 4)
    func amount(_ object: [String: Any], _ key: String) throws -> Decimal {
      try #require(Decimal(string: object[key] as? String ?? ""))
    }
    var sum = Decimal(0)
    var last = 0
    for posting in postings {
      sum += try amount(posting, "change")
      #expect(try amount(posting, "balance") == sum)
      let sequence = try #require(posting["seq"] as? Int)
      #expect(sequence > last)
      last = sequence
    }
    #expect(postings.first?["kind"] as? String == "configuration")
    #expect(postings.last?["kind"] as? String == "filled")
    let state = try Program.run(["inspect", "run", "--at", "end", "--json"], in: folder).json
    let cash = try #require(state["cash"] as? [String: String])
    #expect(cash["USD"] == all.json["balance"] as? String)
  }

  @Test func `a balance of before is what it was then`() throws {
    let all = try Program.run(
      ["explain", "run", "--balance", "main:USD:fees", "--last", "100000", "--json"], in: folder)
    let postings = try #require(all.json["postings"] as? [[String: Any]])
    let second = try #require(postings.dropFirst().first)
    let sequence = try #require(second["seq"] as? Int)
    let then = try Program.run(
      ["explain", "run", "--balance", "main:USD:fees", "--at", "#\(sequence)", "--json"],
      in: folder)
    #expect(then.json["balance"] as? String == second["balance"] as? String)
    #expect(then.json["count"] as? Int == 2)
    let text = try Program.run(
      ["explain", "run", "--balance", "main:USD:fees", "--last", "1"], in: folder)
    #expect(text.output.contains("main  fees") && text.output.contains("postings before these"))
    let none = try Program.run(["explain", "run", "--balance", "main:JPY"], in: folder)
    #expect(none.code == 0 && none.output.contains("no entry has moved it"))
  }

  @Test(
    arguments: [
      (["--balance", "sub:USD"], Int32(66), "there is no account `sub`; it has main."),
      (["--balance", "main"], 64, "main"), (["--balance", "main:USD:x"], 64, "main:USD:x"),
      (["--balance", "main:USD", "ord-1"], 64, "explained apart"), ([], 64, "Name an order"),
      (["ord-1", "--at", "5"], 64, "--at goes with --balance"),
      (["--balance", "main:USD", "--last", "0"], 64, "at least 1"),
      (["--balance", "main:USD", "--at", "#99,999,999"], 66, "there is no entry"),
    ])
  func `what cannot be explained says why`(arguments: [String], code: Int32, says: String) throws {
    let result = try Program.run(["explain", "run"] + arguments, in: folder)
    #expect(result.code == code && result.complaint.contains(says), "\(result.complaint)")
  }

  @Test func `a kill at a moment halts the run, is an entry of it, and audits`() throws {
    let scratch = try Workshop.scratch().path + "/killed"
    let plain = try Program.run(
      ["export", "run", "--ndjson", "--kind", "submitted"], in: folder)
    let times = try plain.lines.map { line in
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      return try #require(object?["time"] as? String)
    }
    #expect(times.count > 4)
    let moment = times[times.count / 2]
    let made = try Program.run(
      [
        "backtest", "--journal", "market", "--config", "run.toml", "--out", scratch, "--act",
        "\(moment.dropLast()) kill all a drill", "--act",
        "2100-01-01T00:00 resume strategy ema",
      ], in: folder)
    #expect(made.code == 0, "\(made.complaint)")
    #expect(made.output.contains("so there was no resume"), "\(made.output)")
    let after = try Program.run(
      ["export", scratch, "--ndjson", "--kind", "submitted", "--kind", "halted"], in: folder)
    #expect(after.lines.last?.contains(#""kind":"halted""#) == true)
    #expect(after.lines.last?.contains("a drill") == true)
    // What came at that very moment came before.
    #expect(after.lines.count == times.filter { $0 <= moment }.count + 1)
    let audit = try Program.run(["replay", scratch], in: folder)
    #expect(audit.code == 0 && audit.output.contains("identical"), "\(audit.output)")
  }

  @Test func `a person closes by lots at a moment, and explain says which went`() throws {
    let scratch = try Workshop.scratch().path
    func trade(_ name: String, _ more: String...) throws {
      let made = try Program.run(
        [
          "backtest", "--journal", "market", "--config", "run.toml", "--out", scratch + name,
          "--set", "account.lots=fifo", "-q",
        ] + more, in: folder)
      #expect(made.code == 0, "\(made.complaint)")
    }
    try trade("/plain")
    let fills = try Program.run(
      ["export", scratch + "/plain", "--ndjson", "--kind", "filled"], in: folder)
    let line = try JSONSerialization.jsonObject(with: Data(try #require(fills.lines.first).utf8))
    let fill = try #require(line as? [String: Any])
    let size = try #require(fill["quantity"] as? String)
    let (lot, moment) = (
      try #require(fill["seq"] as? Int), try #require(fill["received"] as? String)
    )
    try trade(
      "/closed", "--act",
      "\(moment.dropLast()) close strategy ema COINUSD \(size) lots \(lot) for the tax year")
    let booked = try Program.run(
      ["export", scratch + "/closed", "--ndjson", "--kind", "booked"], in: folder)
    let first = try #require(booked.lines.first)
    #expect(first.contains(#""booking":"closed""#) && first.contains("\"\(lot)\":\""))
    let order =
      try #require(
        try JSONSerialization.jsonObject(with: Data(first.utf8)) as? [String: Any])["order"] as? Int
    let why = try Program.run(
      ["explain", scratch + "/closed", "ord-\(try #require(order))"], in: folder
    ).output
    #expect(why.contains("close strategy ema  \(size) COINUSD by lots \(lot)"), "\(why)")
    #expect(why.contains("for the tax year"), "\(why)")
    let audit = try Program.run(["replay", scratch + "/closed"], in: folder)
    #expect(audit.code == 0 && audit.output.contains("identical"), "\(audit.output)")
  }

  @Test(
    arguments: [
      ("noon kill all", "noon kill all"), ("2024-01-01T00:00 stop all", "stop all"),
      ("2024-01-01T00:00 kill venue X", "venue X"), ("2024-01-01T00:00 kill", "kill"),
      ("2024-01-01T00:00 kill strategy nobody", "configured are ema"),
      ("2024-01-01T00:00 close all COINUSD 1", "close all"),
      ("2024-01-01T00:00 close strategy ema COINUSD", "COINUSD"),
      ("2024-01-01T00:00 close strategy ema COINUSD half", "half"),
      ("2024-01-01T00:00 close strategy ema COINUSD -1", "-1"),
      ("2024-01-01T00:00 close strategy ema COINUSD 1 lots 5,x", "5,x"),
      ("2024-01-01T00:00 close strategy ema COINUSD 0.0000001", "which has 5 decimals"),
    ])
  func `an act that means nothing is wrong usage`(act: String, says: String) throws {
    let scratch = try Workshop.scratch().path + "/none"
    let result = try Program.run(
      [
        "backtest", "--journal", "market", "--config", "run.toml", "--out", scratch, "--act", act,
      ], in: folder)
    #expect(result.code == 64 && result.complaint.contains(says), "\(result.complaint)")
  }

  @Test func `statements are of accounts that there are`() throws {
    let scratch = try Workshop.scratch()
    try FileManager.default.copyItem(
      at: folder.appendingPathComponent("run"), to: scratch.appendingPathComponent("run"))
    try """
    type,date,instrument,side,quantity,price,fee,currency,order,execution
    from,2000-01-01,,,,,,,,
    to,2100-01-01,,,,,,,,
    cash,,,,5,,,EUR,,
    """.write(
      to: scratch.appendingPathComponent("s.csv"), atomically: true, encoding: .utf8)
    let result = try Program.run(
      ["reconcile", "run", "s.csv", "--account", "sub"], in: scratch)
    #expect(result.code == 66 && result.complaint.contains("the journal has main"))
    let main = try Program.run(["reconcile", "run", "s.csv", "--json"], in: scratch)
    #expect(main.code == 2)
    let statements = try #require(main.json["statements"] as? [[String: Any]])
    #expect(statements.first?["account"] as? String == "main")
  }
}
