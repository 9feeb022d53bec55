import Foundation
import Testing

/// docs/portfolio-guide.md, run as it stands.
struct PortfolioGuideTests {
  private static let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../docs/portfolio-guide.md")

  /// What is seen of a command, and its exit code if that is not 0.
  private static let expected: [(command: String, code: Int32, texts: [String])] = [
    (
      "backtest", 0,
      [
        "by order.max_quantity", "BTC", "+5,285.57924 profit",
        "+61,073.00 brought in, -27,378.80 in exchange", "+20,000.00 in exchange",
      ]
    ),
    (
      "inspect run --at end", 0,
      ["halted      all", "debits equal credits in USD, BTC, EUR", "main with its parts"]
    ),
    ("inspect run --at 2014-06-10", 0, ["AAPL", "329.00"]),
    ("--balance futures:USD", 0, ["variation", "1668.00", "1646.50"]),
    ("--balance options:USD:realised", 0, ["exercised", "GOOG151224C00740000"]),
    ("--balance fx:EUR", 0, ["filled", "20000.00"]),
    ("--balance coins:BTC:financing", 0, ["funding", "17152.00"]),
    ("reconcile run options.csv", 2, ["brk-1", "options", "fee"]),
    ("explain run brk-1", 0, ["options.csv", "fee"]),
    ("reconcile run --resolve", 0, ["no break is open"]),
    ("replay run", 0, ["identical"]),
    ("verify run", 0, ["1 signed and valid"]),
  ]

  /// The words of a command line; what stands in quotes is one.
  private static func words(_ line: String) -> [String] {
    var words: [String] = []
    var quote: Character?
    var word = ""
    for character in line {
      if character == quote {
        quote = nil
      } else if quote == nil, character == "'" || character == "\"" {
        quote = character
      } else if character == " ", quote == nil {
        words.append(word)
        word = ""
      } else {
        word.append(character)
      }
    }
    return words + [word]
  }

  @Test(.enabled(if: SharedData.folder != nil, "the recordings are not there"))
  func `a portfolio of everything balances, reconciles, halts and audits`() throws {
    let data = try #require(SharedData.folder).path + "/data"
    let folder = try Workshop.scratch()
    let blocks = GuideTests.blocks(try String(contentsOf: Self.page, encoding: .utf8))
    var seen = Set<String>()
    for (language, lines) in blocks {
      if !language.isEmpty {
        // A name after the language, or in the first line.
        let name = language.split(separator: " ").dropFirst().first.map(String.init)
        let path = folder.appendingPathComponent(name ?? String(lines[0].dropFirst(2)))
        try FileManager.default.createDirectory(
          at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
        try (lines.joined(separator: "\n") + "\n").write(
          to: path, atomically: true, encoding: .utf8)
        continue
      }
      for line in lines {
        let words = Self.words(line.replacing("$DATA", with: data))
        #expect(words.first == "daybook")
        let result = try Program.run(Array(words.dropFirst()), in: folder)
        let known = Self.expected.first { line.contains($0.command) }
        #expect(result.code == known?.code ?? 0, "\(line): \(result.complaint)")
        for text in known?.texts ?? [] {
          #expect(result.output.contains(text), "\(line): \(result.output)")
        }
        if let known { seen.insert(known.command) }
      }
    }
    #expect(seen.count == Self.expected.count)
    try check(folder)
  }

  /// What happened, from the journal itself.
  private func check(_ folder: URL) throws {
    func lines(_ kinds: String...) throws -> [[String: Any]] {
      let arguments = ["export", "run", "--ndjson"] + kinds.flatMap { ["--kind", $0] }
      return try Program.run(arguments, in: folder).output.split(separator: "\n").map { line in
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
        return object as? [String: Any] ?? [:]
      }
    }
    let bookings = Set(try lines("booked").compactMap { $0["booking"] as? String })
    #expect(
      bookings.isSuperset(of: [
        "opening", "settled", "dividend", "split", "variation", "exercised", "delivered", "funding",
        "interest", "borrow_fee", "closed",
      ]))
    let orders = try lines("submitted", "halted").map { $0["kind"] as? String }
    #expect(orders.last == "halted" && orders.count > 50)
    let state = try Program.run(["inspect", "run", "--at", "end", "--json"], in: folder).json
    let accounts = try #require(state["accounts"] as? [[String: Any]])
    #expect(accounts.count == 5)
    for account in accounts {
      let books = try #require(account["books"] as? [String: [String: String]])
      #expect(!books.isEmpty && books.values.allSatisfy { $0["sum"] == "0.00" })
    }
  }
}
