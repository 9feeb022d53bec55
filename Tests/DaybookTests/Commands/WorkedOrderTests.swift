import Foundation
import Testing

/// A shipped strategy whose orders are worked by an algorithm, with exits, from a configuration alone.
struct WorkedOrderTests {
  private static let configuration =
    Workshop.configuration.replacing(
      "size = 0.1",
      with:
        "size = 0.1\nexecution = \"slow\"\nbracket.take_profit = \"0.5 %\"\nbracket.stop_loss = \"50 ticks\""
    )
      + """

      [execution.slow]
      algorithm = "twap"
      duration = "5s"
      slices = 4
      participation = "50 %"
      """

  private func run(_ arguments: String..., in folder: URL) throws -> Program.Result {
    try Program.run(arguments, in: folder)
  }

  @Test func `parents are measured, explained and replayed`() throws {
    let folder = try Workshop.scratch()
    try Self.configuration.write(
      to: folder.appendingPathComponent("slow.toml"), atomically: true, encoding: .utf8)
    let market = Workshop.market.path + "/market"
    let result = try run(
      "backtest", "--journal", market, "--config", "slow.toml", "--out", "out", "--json", in: folder
    )
    #expect(result.code == 0, "\(result.complaint)")
    #expect((result.json["held"] as? Int ?? 0) > 3)
    #expect((result.json["children"] as? Int ?? 0) > 3)
    #expect((result.json["derived"] as? Int ?? 0) > 3)
    let data = try Data(contentsOf: folder.appendingPathComponent("out/report.json"))
    let report = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    let executions = try #require(report["executions"] as? [[String: Any]])
    #expect(executions.count > 1)
    let whole = try #require(executions.first { $0["outcome"] as? String == "completed" })
    #expect(whole["algorithm"] as? String == "twap")
    #expect(whole["strategy"] as? String == "ema")

    let parent = try #require(whole["order"] as? String)
    let explained = try run("explain", "out", parent, "--json", in: folder).json
    let children = try #require(explained["children"] as? [[String: Any]])
    // An entry has two exits as well, an order that closes has not.
    #expect([0, 2].contains(children.count - (whole["children"] as? Int ?? 0)))
    let slice = try #require(
      children.first { ($0["why"] as? String)?.hasPrefix("twap slice") == true })
    let child = try #require(slice["order"] as? Int)
    let chain = try run("explain", "out", "\(child)", "--json", in: folder).json["chain"]
    let kinds = (chain as? [[String: Any]] ?? []).compactMap { $0["kind"] as? String }
    #expect(kinds.contains("held") && kinds.contains("submitted"))

    #expect(try run("replay", "out", in: folder).code == 0)
    // Orders that were held have scales, too, if only fills are asked for.
    let all = try run("export", "out", "--ndjson", in: folder).output.split(separator: "\n")
    let fills = try run("export", "out", "--ndjson", "--kind", "filled", in: folder).output
    #expect(fills.split(separator: "\n") == all.filter { $0.contains(#""kind":"filled""#) })
    #expect(fills.contains(#""basis":"level""#))
    let last = try run("explain", "out", "999999", in: folder)
    #expect(last.complaint.contains("orders go from ord-1 to ord-"))
    let text = try run(
      "backtest", "--journal", market, "--config", "slow.toml", "--out", "two", in: folder)
    #expect(text.output.contains("costs of the orders that algorithms worked"))
    #expect(try run("explain", "two", parent, in: folder).output.contains("its children"))
  }
}
