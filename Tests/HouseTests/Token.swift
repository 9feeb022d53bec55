/// One piece of Swift source that means something: what is left when spaces and comments are gone.
struct Token: Equatable, Sendable {
  enum Kind: Sendable {
    /// A keyword, a name or a number.
    case word
    /// A name in backticks, without them.
    case quoted
    /// A string or regex literal's text, without interpolated code (which follows as its own tokens).
    case string
    /// Any other single character.
    case symbol
  }

  var kind: Kind
  var text: String
  /// Line in the file, from 1.
  var line: Int

  func isWord(_ word: String) -> Bool { kind == .word && text == word }
  func isSymbol(_ symbol: String) -> Bool { kind == .symbol && text == symbol }
}

/// A comment and the line it starts on.
struct SourceComment: Sendable {
  var text: String
  var line: Int
}
