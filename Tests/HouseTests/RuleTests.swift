import Testing

/// Runs every rule over the package, and proves of every rule that it bites.
struct RuleTests {
  @Test(arguments: Rule.all)
  func `the code keeps the rule`(_ rule: Rule) {
    for file in House.own.sources where rule.applies(to: file, in: House.own.table) {
      for finding in rule.findings(in: file) { finding.record() }
    }
  }

  @Test(arguments: Rule.all)
  func `the rule bites each snippet that breaks it`(_ rule: Rule) {
    #expect(!rule.bites.isEmpty)
    for snippet in rule.bites {
      let file = SourceFile(path: "Sources/Trading/Snippet.swift", text: snippet)
      #expect(!rule.findings(in: file).isEmpty, "not caught: \(snippet.prefix(80))")
    }
  }

  @Test(arguments: Rule.all)
  func `the rule spares what only looks like it`(_ rule: Rule) {
    for snippet in rule.spares {
      let file = SourceFile(path: "Sources/Trading/Snippet.swift", text: snippet)
      #expect(rule.findings(in: file).isEmpty, "\(rule.findings(in: file))")
    }
  }

  @Test(arguments: Rule.all)
  func `the rule speaks about the files it should`(_ rule: Rule) {
    func applies(_ path: String) -> Bool {
      rule.applies(to: SourceFile(path: path, text: ""), in: sampleTable)
    }
    let isPureOnly =
      switch rule.scope {
      case .pureRooms: true
      default: false
      }
    let isTestsOnly =
      switch rule.scope {
      case .tests: true
      default: false
      }
    #expect(applies("Sources/Trading/Order.swift") == !isTestsOnly)
    #expect(applies("Sources/Journaling/Journal.swift") == !(isPureOnly || isTestsOnly))
    #expect(!applies("Tests/HouseTests/Rule.swift"))
    if let exempt = rule.exempt { #expect(!applies(exempt + "ByteBuffer.swift")) }
  }

  @Test(arguments: ["Sources/Trading/Utils/Order.swift", "Sources/Trading/OrderHelpers.swift"])
  func `a file or folder without a meaning is found by its path`(_ path: String) throws {
    let rule = try #require(Rule.all.first { $0.name == "names say what a thing is" })
    #expect(!rule.findings(in: SourceFile(path: path, text: "")).isEmpty)
  }

  @Test func `a finding names the file and the line`() throws {
    let rule = try #require(Rule.all.first { $0.name == "no output in a pure room" })
    let file = SourceFile(path: "Sources/Books/Ladder.swift", text: "let a = 1\n\nprint(a)\n")
    let finding = try #require(rule.findings(in: file).first)
    #expect(finding.description.hasPrefix("Sources/Books/Ladder.swift:3: `print(` breaks"))
  }

  @Test func `the package's own sources were found`() {
    #expect(House.own.sources.contains { $0.path == "Sources/Events/Bytes/ByteReader.swift" })
    #expect(House.own.sources.contains { $0.path == "Tests/HouseTests/RuleTests.swift" })
  }
}

private let sampleTable = RoomTable(
  markdown: """
    | ring | target | purpose | may import |
    |---|---|---|---|
    | 2 pure | Trading | orders | – |
    | 3 store | Journaling | the journal | – |
    """)
