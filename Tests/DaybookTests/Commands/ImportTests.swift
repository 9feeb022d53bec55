import Foundation
import Testing

/// Imports, whole and broken.
struct ImportTests {
  @Test(.enabled(if: SharedData.folder != nil, "no folder of outside data"))
  func `the E-mini's order-by-order file ends in the published book`() throws {
    let shared = try #require(SharedData.folder)
    let journal = try Workshop.scratch().path + "/es"
    let file = shared.appendingPathComponent(
      "data/databento-es-mbo/esh4-glbx-mdp3-20231225.mbo.dbn.zst")
    let result = try Program.run(
      ["import", "--journal", journal, "--format", "dbn", file.path, "--json"])
    #expect(result.code == 0, "\(result.complaint)")
    #expect(result.json["files"] as? Int == 1)
    #expect((result.json["data_quality"] as? [String: Int])?["crossed"] == 891)
    let view = try Program.run(
      ["inspect", journal, "--at", "end", "--book", "ESH4", "--depth", "2", "--json"]).json
    let book = try #require(view["book"] as? [String: Any])
    #expect(book["bids"] as? [[String]] == [["4810.00", "22"], ["4809.75", "47"]])
    #expect(book["asks"] as? [[String]] == [["4810.25", "28"], ["4810.50", "40"]])
    #expect(book["bid_levels"] as? Int == 922)
    #expect(book["ask_levels"] as? Int == 565)
    #expect(try Program.run(["verify", journal]).code == 0)
    let started = try Program.run(["export", journal, "--ndjson", "--to", "1"]).output
    #expect(started.contains("\"mode\":\"import\""))
    #expect(started.contains("\"source\":\"esh4-glbx-mdp3-20231225.mbo.dbn.zst\""))
  }

  @Test(.enabled(if: SharedData.folder != nil, "no folder of outside data"))
  func `a second import goes on after the first, and a broken one leaves it as it was`() throws {
    let shared = try #require(SharedData.folder)
    let scratch = try Workshop.scratch()
    let journal = scratch.path + "/aapl"
    let folder = shared.appendingPathComponent("data/lobster-aapl/first-999-rows")
    let name = "AAPL_2012-06-21_34200000_57600000_message_10.csv"
    let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
    let lines = text.split(separator: "\n")
    func write(_ lines: some Sequence<Substring>, _ date: String) throws -> String {
      let path = scratch.path + "/AAPL_\(date)_34200000_57600000_message_10.csv"
      try lines.map { $0 + "\n" }.joined().write(toFile: path, atomically: true, encoding: .utf8)
      return path
    }
    func run(_ path: String) throws -> Program.Result {
      try Program.run(
        ["import", "--journal", journal, "--format", "lobster", path, "--json", "-q"])
    }
    let first = try run(write(lines[..<500], "2012-06-21"))
    #expect(first.code == 0, "\(first.complaint)")
    let before = try Program.run(["inspect", journal, "--json"]).json
    let end = try #require(before["last_sequence"] as? Int)

    let broken = try run(write(lines[500..<700] + ["34201.5,1,x,y,z,1"], "2012-06-22"))
    #expect(broken.code == 65)
    #expect(broken.complaint.contains("AAPL_2012-06-22"))
    #expect(broken.complaint.contains("line 201"))
    let after = try Program.run(["inspect", journal, "--json"]).json
    #expect(after["chain_head"] as? String == before["chain_head"] as? String)

    let second = try run(write(lines[500...], "2012-06-22"))
    #expect(second.code == 0, "\(second.complaint)")
    #expect(second.json["first_sequence"] as? Int == end + 1)
    #expect(second.json["new_instruments"] as? Int == 0)
    let whole = try Program.run(["inspect", journal, "--json"]).json
    #expect((whole["instruments"] as? [Any])?.count == 1)
    #expect((whole["runs"] as? [Any])?.count == 2)
    #expect(try Program.run(["verify", journal, "--json"]).json["checkpoints"] as? Int == 2)
  }

  @Test func `an import behind the journal's end says so, and one of disorder how to help it`()
    throws
  {
    let journal = try Workshop.scratch().path + "/not/there/yet"
    func run(_ rows: String) throws -> Program.Result {
      try Workshop.importCSV(rows, "kind = \"trade\"\nprice = 2\nsize = 3", into: journal)
    }
    let first = try run("10,1,1\n11,1,1\n")
    #expect(first.code == 0 && first.complaint.isEmpty, "\(first.complaint)")
    let late = try run("5,1,1\n6,1,1\n12,1,1\n")
    #expect(late.code == 0)
    #expect(late.json["late"] as? Int == 2)
    #expect(late.complaint.contains("2 entries are from before the journal's end"))
    let disorder = try run("20,1,1\n19,1,1\n")
    #expect(disorder.json["late"] as? Int == 0)
    #expect(disorder.complaint.contains("`sort = true`"))
  }

  @Test(.enabled(if: SharedData.folder != nil, "no folder of outside data"))
  func `a file of what is not taken says what that is`() throws {
    let shared = try #require(SharedData.folder)
    let file = shared.appendingPathComponent(
      "data/databento-dbn-samples/test_data.statistics.v3.dbn.zst")
    let journal = try Workshop.scratch().path + "/j"
    let result = try Program.run(["import", "--journal", journal, "--format", "dbn", file.path])
    #expect(result.code == 65)
    #expect(result.complaint.contains("2 statistic"), "\(result.complaint)")
    #expect(!FileManager.default.fileExists(atPath: journal))
  }

  @Test(.enabled(if: SharedData.folder != nil, "no folder of outside data"))
  func `captures of Kraken and IEX are imported, and what is broken leaves no journal`() throws {
    let shared = try #require(SharedData.folder).appendingPathComponent("data")
    let scratch = try Workshop.scratch()
    let kraken = try Program.run(
      [
        "import", "--journal", scratch.path + "/kraken", "--format", "kraken",
        shared.appendingPathComponent("exchange-ws").path, "--json",
      ])
    #expect(kraken.code == 0, "\(kraken.complaint)")
    #expect(kraken.json["files"] as? Int == 4)
    #expect((kraken.json["kinds"] as? [String: Int])?["depth"] == 11_745)
    let book =
      try Program.run(
        [
          "inspect", scratch.path + "/kraken", "--at", "end", "--book", "BTC/CHF", "--depth", "1",
          "--json",
        ]).json["book"] as? [String: Any]
    #expect(book?["bids"] as? [[String]] == [["56060.3", "0.05804973"]])
    #expect(book?["asks"] as? [[String]] == [["56194.2", "0.01700000"]])
    let capture = shared.appendingPathComponent("iex-tops/TOPS16.pcapng.gz")
    let iex = try Program.run(
      ["import", "--journal", scratch.path + "/iex", "--format", "iex", capture.path, "--json"])
    #expect(iex.code == 0, "\(iex.complaint)")
    #expect((iex.json["kinds"] as? [String: Int])?["quote"] == 27_217)
    #expect(try Program.run(["verify", scratch.path + "/iex"]).code == 0)
    let cut = scratch.appendingPathComponent("cut.pcapng.gz")
    try Data(contentsOf: capture).prefix(300_000).write(to: cut)
    let broken = try Program.run(
      ["import", "--journal", scratch.path + "/cut", "--format", "iex", cut.path])
    #expect(broken.code == 65)
    #expect(broken.complaint.contains("cut.pcapng.gz"))
    #expect(!FileManager.default.fileExists(atPath: scratch.path + "/cut"))
  }

  @Test func `a broken file leaves no journal`() throws {
    let scratch = try Workshop.scratch().path
    let path = scratch + "/AAPL_2012-06-21_34200000_57600000_message_10.csv"
    try "34200.1,1,16113575,18,5853300,1\nnonsense\n".write(
      toFile: path, atomically: true, encoding: .utf8)
    let result = try Program.run(
      ["import", "--journal", scratch + "/j", "--format", "lobster", path])
    #expect(result.code == 65)
    #expect(result.complaint.contains("line 2"))
    #expect(!FileManager.default.fileExists(atPath: scratch + "/j"))
  }

  /// Prices of the second import's bar at the journal's last time, and what is counted.
  @Test(arguments: [("5", 1, 2), ("6", 0, 3)])
  func `a bar that repeats the journal's last one is left out`(
    price: String, duplicates: Int, bars: Int
  ) throws {
    let scratch = try Workshop.scratch()
    func write(_ name: String, _ text: String) throws -> String {
      try text.write(toFile: "\(scratch.path)/\(name)", atomically: true, encoding: .utf8)
      return "\(scratch.path)/\(name)"
    }
    let map = try write(
      "map.toml",
      "kind = \"bar\"\nbar = \"1m\"\nsymbol = \"X\"\ntime = 1\nopen = 2\nhigh = 2\nlow = 2\nclose = 2\n"
    )
    func run(_ path: String) throws -> Program.Result {
      try Program.run(
        [
          "import", "--journal", scratch.path + "/j", "--format", "csv", "--map", map, path, "-q",
          "--json",
        ])
    }
    let first = try run(write("a.csv", "2024-01-02 09:30,4\n2024-01-02 09:31,5\n"))
    #expect(first.code == 0, "\(first.complaint)")
    let rows =
      "2024-01-02 09:31,\(price)\n2024-01-02 09:32,5\n2024-01-02 09:33,5\n"
    let second = try run(write("b.csv", rows))
    #expect(second.code == 0, "\(second.complaint)")
    #expect((second.json["data_quality"] as? [String: Int])?["duplicate"] ?? 0 == duplicates)
    #expect((second.json["kinds"] as? [String: Int])?["bar"] == bars)
  }
}
