/// A Swift file as the house rules see it.
struct SourceFile: Sendable {
  /// Path from the package's root, with slashes.
  var path: String
  var text: String
  var tokens: [Token]
  var comments: [SourceComment]

  init(path: String, text: String) {
    let lexer = Lexer(text)
    self.path = path
    self.text = text
    tokens = lexer.tokens
    comments = lexer.comments
  }

  var lineCount: Int { text.split(separator: "\n", omittingEmptySubsequences: false).count - 1 }

  /// `Sources/<Room>/…` belongs to that room; other files to none.
  var room: String? {
    let parts = path.split(separator: "/")
    return parts.count > 2 && parts[0] == "Sources" ? String(parts[1]) : nil
  }

  /// Every module the file imports, once per import.
  var imports: [(module: String, line: Int)] {
    let kinds: Set<String> = [
      "struct", "class", "enum", "protocol", "func", "var", "let", "typealias", "actor",
    ]
    return tokens.indices.compactMap { index in
      guard tokens[index].isWord("import"), index == 0 || !tokens[index - 1].isSymbol("."),
        index + 1 < tokens.count
      else { return nil }
      let isKind = kinds.contains(tokens[index + 1].text) && index + 2 < tokens.count
      return (tokens[isKind ? index + 2 : index + 1].text, tokens[index].line)
    }
  }

  /// Every function, initialiser and subscript with a body: its name, first line and number of lines.
  var functions: [(name: String, line: Int, length: Int)] {
    tokens.indices.compactMap { index in
      guard tokens[index].kind == .word, functionWords.contains(tokens[index].text),
        index == 0 || !tokens[index - 1].isSymbol("."),
        let open = bodyStart(after: index), let close = closingBrace(of: open)
      else { return nil }
      let isNamed = tokens[index].text == "func" && index + 1 < tokens.count
      return (
        tokens[isNamed ? index + 1 : index].text, tokens[index].line,
        tokens[close].line - tokens[index].line + 1
      )
    }
  }

  /// Index of the brace that opens the body, nil for a requirement of a protocol.
  private func bodyStart(after index: Int) -> Int? {
    var depth = 0
    for position in tokens.index(after: index)..<tokens.endIndex {
      let token = tokens[position]
      if token.kind == .symbol, "([".contains(token.text) { depth += 1 }
      if token.kind == .symbol, ")]".contains(token.text) { depth -= 1 }
      if depth < 0 { return nil }
      if depth > 0 { continue }
      if token.isSymbol("{") { return position }
      if token.isSymbol("}") { return nil }
      if token.kind == .word, functionWords.contains(token.text) || token.text == "var" {
        return nil
      }
    }
    return nil
  }

  private func closingBrace(of open: Int) -> Int? {
    var depth = 0
    for position in open..<tokens.endIndex {
      if tokens[position].isSymbol("{") { depth += 1 }
      if tokens[position].isSymbol("}") { depth -= 1 }
      if depth == 0 { return position }
    }
    return nil
  }
}

private let functionWords: Set<String> = ["func", "init", "deinit", "subscript"]
