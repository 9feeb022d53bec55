import Foundation
import Testing

/// Continuous futures from a configuration alone, on LEAN's days of the E-mini S&P 500 in 2013.
@Suite(.enabled(if: SharedData.folder != nil, "the recordings are not there"))
struct ContinuousFutureTests {
  private static let configuration = """
    [account]
    cash = "100000 USD"

    [strategy.trend]
    kind = "ema-cross"
    instruments = "ES.v.0"
    clock = "bar:1d"
    mode = "target"
    fast = 3
    slow = 8
    size = 2
    """

  /// A folder with the journal `es` and a configuration.
  private static func folder(_ configuration: String) throws -> URL {
    let folder = try Workshop.scratch()
    let archive = try #require(SharedData.folder).path + "/data/lean/future/cme/daily/"
    let imported = try Program.run(
      [
        "import", "--journal", "es", "--format", "lean", archive + "es_trade.zip",
        archive + "es_openinterest.zip",
      ], in: folder)
    #expect(imported.code == 0, "\(imported.complaint)")
    try configuration.write(
      to: folder.appendingPathComponent("es.toml"), atomically: true, encoding: .utf8)
    return folder
  }

  private static func backtest(_ folder: URL) throws -> Program.Result {
    try Program.run(
      ["backtest", "--journal", "es", "--config", "es.toml", "--out", "run", "--json"], in: folder)
  }

  @Test func `the position of December goes to March after the day with more volume there`() throws
  {
    let folder = try Self.folder(Self.configuration)
    let result = try Self.backtest(folder)
    #expect(result.code == 0, "\(result.complaint)")
    func run(_ arguments: String...) throws -> String {
      let result = try Program.run(arguments, in: folder)
      #expect(result.code == 0, "\(arguments): \(result.complaint)")
      return result.output
    }
    let rolls = try run("export", "run", "--ndjson", "--kind", "rolled").split(separator: "\n")
    let roll = try #require(rolls.first { $0.contains("\"to\":\"ESH14\"") })
    // The archive's own figures of 13 December 2013: volumes of December and March, and both closes.
    for text in [
      "\"from\":\"ESZ13\"", "\"rule\":\"volume\"", "\"day\":\"2013-12-13\"",
      "\"from_figure\":\"347764\"", "\"to_figure\":\"868208\"", "\"from_price\":\"1775.00\"",
      "\"to_price\":\"1768.75\"", "\"adjustment\":\"6.25\"",
    ] { #expect(roll.contains(text), "\(roll)") }
    let orders = try run("export", "run", "--ndjson", "--kind", "submitted").split(separator: "\n")
    let moved = orders.filter { $0.contains("\"roll\":\"true\"") }
    #expect(moved[0].contains("\"instrument\":\"ESZ13\"") && moved[0].contains("\"side\":\"buy\""))
    #expect(moved[1].contains("\"instrument\":\"ESH14\"") && moved[1].contains("\"side\":\"sell\""))
    #expect(!orders.contains { $0.contains("\"instrument\":\"ES.v.0\"") })
    let explained = try run("explain", "run", "ord-8")
    for text in ["SELL 2 ESH14", "rolled", "ESZ13 → ESH14 after 2013-12-13", "868208"] {
      #expect(explained.contains(text), "\(explained)")
    }
    let before = try run("inspect", "run", "--at", "2013-12-13T12:00")
    let after = try run("inspect", "run", "--at", "2013-12-16T12:00")
    func line(_ text: String) -> String? {
      text.split(separator: "\n").last { $0.hasPrefix("ES.v.0") }.map(String.init)
    }
    #expect(line(before)?.contains("ESZ13") == true, "\(before)")
    #expect(line(after)?.contains("ESH14") == true && line(after)?.contains("6.25") == true)
    #expect(try run("replay", "run").contains("identical"))
    // Trades are contracts' trades: one ends with the roll, at December's price.
    let data = try Data(contentsOf: folder.appendingPathComponent("run/report.json"))
    let report = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    let statistics = "\(report)"
    #expect(!statistics.contains("ES.v.0"), "what is traded is contracts")
  }

  @Test(
    arguments: [
      ("ES.v.0", "EZ.v.0", "es.toml:6:", "no contract of `EZ`"),
      ("ES.v.0", "ES.v.0, ESZ13", "es.toml:6:", "its contract `ESZ13`"),
      ("ES.v.0", "XCBT:ES.v.0", "es.toml:6:", "no contract of `ES`"),
      ("ES.v.0", "ES.n.2", "es.toml:6:", "rank"),
      ("size = 2", "size = 2.5", "es.toml:11:", "whole number of lots of ESZ13"),
      ("size = 2", "size = 2\n[continuous.NQ]\nroll = \"hold\"", "es.toml:12:", "no strategy"),
      (
        "size = 2", "size = 2\n[continuous.ES]\nexpiry.ESZ15 = \"2015-12-18\"", "es.toml:13:",
        "no contract of ES"
      ),
      ("size = 2", "size = 2\n[continuous.ES]\nroll = \"keep\"", "es.toml:13:", "carry"),
    ])
  func `what is wrong is said with file, line and key`(
    old: String, new: String, place: String, what: String
  ) throws {
    let folder = try Self.folder(Self.configuration.replacing(old, with: new))
    let result = try Self.backtest(folder)
    #expect(result.code == 78)
    #expect(result.complaint.contains(place), "\(result.complaint)")
    #expect(result.complaint.contains(what), "\(result.complaint)")
  }

  /// Of contracts whose data do not tell, the configuration has to: a root whose rule nobody knows here.
  @Test func `an expiry that nobody tells is asked for`() throws {
    let folder = try Workshop.scratch()
    try "time,price,size\n2024-01-02T00:00:00Z,70.1,5\n".write(
      to: folder.appendingPathComponent("cl.csv"), atomically: true, encoding: .utf8)
    try """
    kind = "trade"
    time = "time"
    price = "price"
    size = "size"
    class = "future"
    venue = "XNYM"
    price_scale = 2
    """.write(to: folder.appendingPathComponent("map.toml"), atomically: true, encoding: .utf8)
    let imported = try Program.run(
      [
        "import", "--journal", "es", "--format", "csv", "--symbol", "CLG4", "--map", "map.toml",
        "cl.csv",
      ], in: folder)
    #expect(imported.code == 0, "\(imported.complaint)")
    let text = Self.configuration.replacing("ES.v.0", with: "CL.c.0")
    for (extra, code) in [("", 78), ("\n[continuous.CL]\nexpiry.CLG4 = \"2024-01-22\"", 0)] {
      try (text + extra).write(
        to: folder.appendingPathComponent("es.toml"), atomically: true, encoding: .utf8)
      let result = try Self.backtest(folder)
      #expect(result.code == Int32(code), "\(result.complaint)")
      if code != 0 {
        #expect(result.complaint.contains("expiry.CLG4"), "\(result.complaint)")
        #expect(result.complaint.contains("es.toml:6:"), "\(result.complaint)")
      }
    }
  }
}
