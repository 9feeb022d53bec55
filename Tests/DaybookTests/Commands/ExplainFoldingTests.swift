import Foundation
import Testing

/// The explanation of an order that was replaced over and over.
struct ExplainFoldingTests {
  private static let configuration = """
    [account]
    cash = "100000 USD"

    [strategy.maker]
    kind = "market-maker"
    instruments = ["COINUSD"]
    size = 0.1
    spread = 20
    max_position = 1
    """

  private static func lines(_ arguments: String..., in folder: URL) throws -> [String] {
    let result = try Program.run(["explain", "out", "ord-1"] + arguments, in: folder)
    #expect(result.code == 0, "\(result.complaint)")
    return result.output.split(separator: "\n").map {
      // Columns are as wide as what is in them.
      $0.split(separator: " ").joined(separator: " ")
    }
  }

  @Test func `the middle of a long chain is counted, and printed when asked for`() throws {
    let folder = try Workshop.scratch()
    try Self.configuration.write(
      to: folder.appendingPathComponent("maker.toml"), atomically: true, encoding: .utf8)
    let run = try Program.run(
      [
        "backtest", "--journal", Workshop.market.path + "/market", "--config", "maker.toml",
        "--out", "out", "-q",
      ], in: folder)
    #expect(run.code == 0, "\(run.complaint)")
    let short = try Self.lines(in: folder)
    let whole = try Self.lines("--all", in: folder)
    #expect(whole.count > 1_000 && short.count < 80)
    // Title and both ends are as they were.
    #expect(short.prefix(21) == whole.prefix(21) && short.suffix(20) == whole.suffix(20))
    let folds = short.filter { $0.hasPrefix("…") }
    let counts = folds.compactMap { Int($0.split(separator: " ")[1].filter { $0 != "," }) }
    #expect(!folds.isEmpty && folds.allSatisfy { $0.contains("--all") })
    #expect(counts.reduce(0, +) == whole.count - (short.count - folds.count))
    #expect(!whole.contains { $0.hasPrefix("…") })
    // Nothing but replacements is left out, each line in its place.
    let kept = Set(short)
    var rest = short.filter { !$0.hasPrefix("…") }[...]
    for line in whole where rest.first == line { rest.removeFirst() }
    #expect(rest.isEmpty)
    for line in whole where !kept.contains(line) {
      let label = line.split(separator: " ").dropFirst(2).first.map(String.init) ?? ""
      #expect(["quote", "trade", "intent", "replace", "replaced"].contains(label), "\(line)")
    }
    let json = try Program.run(["explain", "out", "ord-1", "--json"], in: folder).json
    #expect((json["chain"] as? [Any])?.count == whole.count - 1)
  }
}
