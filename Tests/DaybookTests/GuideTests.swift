import Configuring
import Events
import Foundation
import Journaling
import Sequencing
import Testing
import Trading
import Venues

@testable import daybook

/// docs/guide.md, run as it stands.
struct GuideTests {
  private static let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../docs/guide.md")

  /// What stands between fences: the language, and the lines.
  static func blocks(_ text: String) -> [(language: String, lines: [String])] {
    var blocks: [(language: String, lines: [String])] = []
    var open: (language: String, lines: [String])?
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      if line.hasPrefix("```") {
        if let block = open { blocks.append(block) }
        open = open == nil ? (String(line.dropFirst(3)), []) : nil
      } else {
        open?.lines.append(line)
      }
    }
    return blocks
  }

  @Test(.enabled(if: SharedData.folder != nil, "the recordings are not there"))
  func `every configuration and command of the guide works`() throws {
    let data = try #require(SharedData.folder).path + "/data"
    let folder = try Workshop.scratch()
    var (commands, files) = (0, 0)
    for (language, lines) in Self.blocks(try String(contentsOf: Self.page, encoding: .utf8)) {
      if language == "toml" {
        let name = try #require(lines.first?.dropFirst(2))
        try lines.joined(separator: "\n").write(
          to: folder.appendingPathComponent(String(name)), atomically: true, encoding: .utf8)
        files += 1
        continue
      }
      if language == "swift" {
        let source = Self.page.deletingLastPathComponent()
          .appendingPathComponent("../Tests/DaybookTests/Guide/Climb.swift")
        let text = try String(contentsOf: source, encoding: .utf8)
        #expect(lines.joined(separator: "\n") + "\n" == text)
        continue
      }
      for line in lines {
        let words = line.replacing("$DATA", with: data).split(separator: " ").map(String.init)
        #expect(words.first == "daybook")
        let result = try Program.run(Array(words.dropFirst()), in: folder)
        #expect(result.code == 0, "\(line): \(result.complaint)")
        try check(line, result.output)
        commands += 1
      }
    }
    #expect(files == 3 && commands == 18)
    for (name, keys) in [
      ("btc", "exits=300\nduration=10s\nsize=0.3"), ("es", "exits=8\nduration=30s\nsize=60"),
      ("spy", "exits=40\nduration=20m\nsize=2000"),
    ] { try climb(name, keys, in: folder) }
  }

  /// The page's own strategy in the place of the shipped one: bracket and VWAP, routed, audited.
  private func climb(_ name: String, _ keys: String, in folder: URL) throws {
    let path = folder.appendingPathComponent("\(name).toml").path
    let file = try ConfigurationFile(path: path, environment: [], settings: [])
    var items = file.items.items.filter {
      !$0.key.hasPrefix("strategy.") || $0.key.hasSuffix(".instruments")
        || $0.key.hasSuffix(".clock")
    }
    for line in (keys + "\nkind=climb\nn=2").split(separator: "\n") {
      let parts = line.split(separator: "=").map(String.init)
      items.append(ConfigurationItems.Item(key: "strategy.trend." + parts[0], value: parts[1]))
    }
    let configuration = ConfigurationItems(items)
    let catalog = [StrategyKind(name: "climb", version: "1", type: Climb.self)]
    try Engine.check(configuration, catalog: catalog)
    let source = try JournalReader.open(at: folder.appendingPathComponent(name).path)
    let out = folder.appendingPathComponent("\(name)-climb").path
    var journal = try Journal.create(
      at: out,
      meta: JournalMeta(
        created: .epoch, engine: Engine.version, strategies: "climb=1", seed: 1))
    var run = Backtest(
      Backtest.Setup(
        configuration: configuration,
        exchange: try ExchangeConfiguration(configuration, seed: 1), seed: 1, source: name,
        catalog: catalog))
    try run.run(over: source, into: &journal)
    let tally = run.sequencer.engine.tally
    #expect(tally.routed > 0 && tally.children > 3 && tally.fills > 3, "\(name): \(tally)")
    #expect(tally.released.reduce(0, +) > 0, "\(name): exits go out")
    var replay = Replay(engine: Engine(catalog: catalog))
    try replay.run(try JournalReader.open(at: out))
    #expect(replay.divergence == nil && replay.decisions > 10)
    #expect(replay.engine.stateHash() == run.sequencer.engine.stateHash())
    let routed = try Program.run(["export", out, "--ndjson", "--kind", "routed"], in: folder).output
    let lines = routed.split(separator: "\n")
    #expect(lines.allSatisfy { $0.contains("\"2\":\"") }, "\(name): two venues are looked at")
  }

  /// What the page says that is seen.
  private func check(_ command: String, _ output: String) throws {
    let expected: [String: [String]] = [
      "backtest --journal btc": ["routed", "made of them", "costs of the orders"],
      "backtest --journal": ["held", "children", "costs of the orders"],
      "replay": ["identical"],
      "explain btc-run ord-1": [
        "0.150000 filled", "holding 0.150000", "its children", "vwap slice 1 of 4",
      ],
      "explain btc-run ord-4": ["BINANCE:BTCUSDT", "BINANCE_USDM:BTCUSDT", "took what was shown"],
      "backtest --journal es": ["routed", "XB  entry_latency 4ms"],
      "explain es-run ord-1": ["60 filled", "its children", "XB:ESH4", "XCME:ESH4", "vwap slice"],
      "explain es-run ord-5": [
        "20 to send", "sent 10", "vwap slice 1 of 4", "took what was shown",
      ],
      "explain es-run ord-2": ["exact queue", "29 ahead when placed"],
      "backtest --journal spy": ["routed", "lean"],
      "explain spy-run ord-1": ["USA:SPY", "XB:SPY", "its children", "on XB"],
      "explain spy-run ord-6": ["400 to send", "sent 100", "vwap slice"],
    ]
    for (start, texts) in expected where command.contains(start) {
      for text in texts { #expect(output.contains(text), "\(command): \(output)") }
    }
  }
}
