import Foundation
import Testing

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
      for line in lines {
        let words = line.replacing("$DATA", with: data).split(separator: " ").map(String.init)
        #expect(words.first == "daybook")
        let result = try Program.run(Array(words.dropFirst()), in: folder)
        #expect(result.code == 0, "\(line): \(result.complaint)")
        try check(line, result.output)
        commands += 1
      }
    }
    #expect(files == 3 && commands == 14)
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
      "explain es-run": ["exact queue", "ahead when placed"],
    ]
    for (start, texts) in expected where command.contains(start) {
      for text in texts { #expect(output.contains(text), "\(command): \(output)") }
    }
  }
}
