import Testing

/// A rule of the house: what it looks for, why, and snippets that prove that it bites.
struct Rule: Sendable, CustomTestStringConvertible {
  enum Scope: Sendable {
    /// Rooms of rings 1 and 2 in the table of ARCHITECTURE.md.
    case pureRooms
    /// Everything in Sources.
    case sources
    /// Sources, Tests and Tools.
    case everySwiftFile
    /// Tests only.
    case tests
  }

  /// A place in a file: its line and what stands there.
  typealias Match = (line: Int, what: String)

  var name: String
  var reason: String
  var scope: Scope
  /// Files that start with this path are let off.
  var exempt: String?
  var find: @Sendable (SourceFile) -> [Match]
  /// Snippets that break the rule, each in one way.
  var bites: [String]
  /// Snippets that look like it and are fine.
  var spares: [String]

  init(
    _ name: String, because reason: String, in scope: Scope, exempt: String? = nil,
    find: @escaping @Sendable (SourceFile) -> [Match], bites: [String], spares: [String] = []
  ) {
    self.name = name
    self.reason = reason
    self.scope = scope
    self.exempt = exempt
    self.find = find
    self.bites = bites
    self.spares = spares
  }

  var testDescription: String { name }

  /// Whether the rule speaks about a file.
  func applies(to file: SourceFile, in table: RoomTable) -> Bool {
    // These tests quote what they forbid.
    if file.path.hasPrefix("Tests/HouseTests/") { return false }
    if let exempt, file.path.hasPrefix(exempt) { return false }
    return switch scope {
    case .pureRooms: file.room.flatMap { table[$0]?.isPure } ?? false
    case .sources: file.path.hasPrefix("Sources/")
    case .everySwiftFile: true
    case .tests: file.path.hasPrefix("Tests/")
    }
  }

  /// Where the file breaks the rule.
  func findings(in file: SourceFile) -> [Finding] {
    find(file).map { match in
      Finding(path: file.path, line: match.line, what: "\(match.what) breaks «\(name)»: \(reason)")
    }
  }
}

/// Looks for any of these words, wherever they stand in code.
@Sendable func words(_ banned: Set<String>) -> @Sendable (SourceFile) -> [Rule.Match] {
  { file in
    file.tokens.filter { $0.kind == .word && banned.contains($0.text) }
      .map { ($0.line, "`\($0.text)`") }
  }
}

/// Looks for calls of free functions: not of members, not declarations, not cases of an enum.
func calls(_ banned: Set<String>) -> @Sendable (SourceFile) -> [Rule.Match] {
  { file in
    file.tokens.indices.compactMap { index in
      let token = file.tokens[index]
      guard token.kind == .word, banned.contains(token.text),
        file.tokens.indices.contains(index + 1), file.tokens[index + 1].isSymbol("(")
      else { return nil }
      if index > 0 {
        let before = file.tokens[index - 1]
        if before.isSymbol(".") || before.isWord("func") || before.isWord("case") { return nil }
      }
      return (token.line, "`\(token.text)(`")
    }
  }
}

/// Looks for members, `.name`.
func members(_ banned: Set<String>) -> @Sendable (SourceFile) -> [Rule.Match] {
  { file in
    file.tokens.indices.dropFirst().compactMap { index in
      let token = file.tokens[index]
      guard token.kind == .word, banned.contains(token.text),
        file.tokens[index - 1].isSymbol(".")
      else { return nil }
      return (token.line, "`.\(token.text)`")
    }
  }
}

/// Looks for a run of tokens, given as they are written, with spaces between.
func sequence(_ pattern: String) -> @Sendable (SourceFile) -> [Rule.Match] {
  let parts = pattern.split(separator: " ").map(String.init)
  return { file in
    guard file.tokens.count >= parts.count else { return [] }
    return (0...(file.tokens.count - parts.count)).compactMap { start in
      let isMatch = parts.indices.allSatisfy { index in
        let token = file.tokens[start + index]
        return token.text == parts[index] && (token.kind == .word || token.kind == .symbol)
      }
      return isMatch ? (file.tokens[start].line, "`\(pattern)`") : nil
    }
  }
}

/// Looks for any of these texts, without regard to case, in comments.
func comments(saying banned: [String]) -> @Sendable (SourceFile) -> [Rule.Match] {
  { file in
    file.comments.flatMap { comment in
      comment.text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
        .flatMap { offset, line in
          banned.filter { line.lowercased().contains($0) }
            .map { (comment.line + offset, "«\($0)»") }
        }
    }
  }
}

/// Looks for any of these texts anywhere in the file, comments and strings included.
func text(_ banned: [String]) -> @Sendable (SourceFile) -> [Rule.Match] {
  { file in
    file.text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
      .flatMap { offset, line in
        banned.filter { line.contains($0) }.map { (offset + 1, "«\($0)»") }
      }
  }
}

/// Looks with several eyes.
func either(
  _ finders: @Sendable (SourceFile) -> [Rule.Match]...
) -> @Sendable (SourceFile) -> [Rule.Match] {
  { file in finders.flatMap { $0(file) } }
}
