/// What Package.swift says of its targets, read from its text: asking SwiftPM from inside a test run
/// would wait for the lock that the test run holds.
struct Manifest: Sendable {
  struct Entry: Equatable, Sendable {
    var name: String
    /// Targets and products, without the names of the packages that products come from.
    var dependencies: Set<String>
    var line: Int
  }

  private(set) var entries: [Entry] = []

  init(_ file: SourceFile) {
    let tokens = file.tokens
    var index = 0
    while index + 1 < tokens.count {
      guard tokens[index].kind == .word, Self.declarations.contains(tokens[index].text),
        tokens[index + 1].isSymbol("("), index == 0 || !tokens[index - 1].isWord("func")
      else {
        index += 1
        continue
      }
      let end = Self.close(of: index + 1, in: tokens)
      if let entry = Self.entry((index + 2)..<end, in: tokens) {
        entries.append(entry)
      }
      index = end
    }
  }

  subscript(_ name: String) -> Entry? { entries.first { $0.name == name } }

  /// `room` and `tests` are Package.swift's own functions: name first, then dependencies.
  private static let declarations: Set<String> = [
    "room", "tests", "target", "executableTarget", "systemLibrary", "testTarget",
  ]

  /// - Returns: nil if the name is a variable: then it is the body of one of Package.swift's functions.
  private static func entry(_ range: Range<Int>, in tokens: [Token]) -> Entry? {
    let isLabelled = tokens[range.lowerBound].isWord("name")
    let nameIndex = range.lowerBound + (isLabelled ? 2 : 0)
    guard range.contains(nameIndex), tokens[nameIndex].kind == .string else { return nil }
    var entry = Entry(
      name: tokens[nameIndex].text, dependencies: [], line: tokens[range.lowerBound].line)
    let label = range.first { tokens[$0].isWord("dependencies") && tokens[$0 + 1].isSymbol(":") }
    let start = isLabelled ? label.map { $0 + 2 } : nameIndex + 2
    guard let start, range.contains(start), tokens[start].isSymbol("[") else { return entry }
    for index in start..<close(of: start, in: tokens) where tokens[index].kind == .string {
      if !tokens[index - 2].isWord("package") { entry.dependencies.insert(tokens[index].text) }
    }
    return entry
  }

  /// Index of the bracket that closes the one at `open`, or the end.
  private static func close(of open: Int, in tokens: [Token]) -> Int {
    var depth = 0
    for index in open..<tokens.count where tokens[index].kind == .symbol {
      if "([".contains(tokens[index].text) { depth += 1 }
      if ")]".contains(tokens[index].text) { depth -= 1 }
      if depth == 0 { return index }
    }
    return tokens.count
  }
}
