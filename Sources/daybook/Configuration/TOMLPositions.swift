/// A line and a column of a text file, both from 1.
struct TextPosition: Equatable, CustomStringConvertible {
  var line: Int
  /// In characters.
  var column: Int

  var description: String { "\(line):\(column)" }
}

/// Where the keys of a TOML document stand, and how their values are written; the parser tells neither.
///
/// Reads what is no TOML too, without a trap; what it then finds means nothing, but for
/// `unreadableHeading`.
struct TOMLPositions {
  struct Item: Equatable {
    var path: [String]
    /// Where the key, or the table's name, begins.
    var position: TextPosition
    /// The value as written; nil for a table's heading.
    var source: String?
  }

  private(set) var items: [Item] = []
  /// The first heading that does not begin with a name, and the text before it. The parser must not see
  /// such a heading: it aborts the process (toml++ 3.4, `parse_key`).
  private(set) var unreadableHeading: (position: TextPosition, before: String)?

  private let characters: [Character]
  private var index = 0
  private var position = TextPosition(line: 1, column: 1)
  /// Path of the table whose keys are read.
  private var table: [String] = []
  /// How many arrays and inline tables are open.
  private var depth = 0
  /// toml++ 3.4 refuses values nested deeper than this (`TOML_MAX_NESTED_VALUES`).
  private static let deepest = 256

  init(_ text: String) {
    characters = Array(text)
    while skipToKey() {
      if next == "[" { readHeading() } else { readPair(in: table) }
    }
  }

  /// Where a key is, else the nearest table around it; nil if not even that is written down.
  func position(of path: [String]) -> TextPosition? {
    for count in stride(from: path.count, to: 0, by: -1) {
      let prefix = Array(path.prefix(count))
      if let item = items.first(where: { $0.path == prefix }) { return item.position }
      // A table that is only named as part of others.
      if let item = items.first(where: { Array($0.path.prefix(count)) == prefix }) {
        return item.position
      }
    }
    return nil
  }

  /// The value of a key as written.
  func source(of path: [String]) -> String? { items.first { $0.path == path }?.source }

  /// Letters, digits, hyphens and quotes do; a closing bracket is an error that the parser tells.
  private static func canBeginName(_ character: Character?) -> Bool {
    guard let character, let byte = character.asciiValue else { return false }
    return character.isLetter || character.isNumber || "-_\"']".utf8.contains(byte)
  }

  private var next: Character? { index < characters.count ? characters[index] : nil }

  private mutating func advance() {
    guard let character = next else { return }
    index += 1
    if character.isNewline {
      position = TextPosition(line: position.line + 1, column: 1)
    } else {
      position.column += 1
    }
  }

  private mutating func skipSpaces() {
    while let character = next, character == " " || character == "\t" { advance() }
  }

  private mutating func skipLine() {
    while let character = next, !character.isNewline { advance() }
  }

  /// Skips blanks, comments and newlines.
  private mutating func skipToKey() -> Bool {
    while let character = next {
      if character == "#" {
        skipLine()
      } else if character.isWhitespace {
        advance()
      } else {
        return true
      }
    }
    return false
  }

  private mutating func readHeading() {
    let heading = index
    for _ in 0..<2 where next == "[" {
      advance()
      skipSpaces()
    }
    let start = position
    if unreadableHeading == nil, !Self.canBeginName(next) {
      unreadableHeading = (start, String(characters[..<heading]))
    }
    table = readPath(until: "]")
    items.append(Item(path: table, position: start, source: nil))
    skipLine()
  }

  private mutating func readPair(in table: [String]) {
    let start = position
    let before = index
    let path = table + readPath(until: "=")
    if next == "=" { advance() }
    skipSpaces()
    let from = index
    items.append(Item(path: path, position: start, source: nil))
    let place = items.count - 1
    skipValue(of: path)
    var end = index
    while end > from, characters[end - 1].isWhitespace { end -= 1 }
    items[place].source = String(characters[from..<end])
    // What cannot be read must still be left behind.
    if index == before { advance() }
  }

  /// Reads `a."b c".d` up to a character or the end of the line.
  private mutating func readPath(until end: Character) -> [String] {
    var path: [String] = []
    var word = ""
    while let character = next, character != end, !character.isNewline {
      switch character {
      case ".":
        path.append(word)
        word = ""
        advance()
      case "\"", "'": word += readQuoted()
      case " ", "\t": advance()
      default:
        word.append(character)
        advance()
      }
    }
    return path + [word]
  }

  /// Reads a quoted string on one line, without its quotes.
  private mutating func readQuoted() -> String {
    let quote = next
    var text = ""
    advance()
    while let character = next, character != quote, !character.isNewline {
      if character == "\\", quote == "\"" { advance() }
      if let character = next { text.append(character) }
      advance()
    }
    if next == quote { advance() }
    return text
  }

  private mutating func skipValue(of path: [String]) {
    switch next {
    case "\"", "'": skipString()
    case "[": skipArray()
    case "{": skipInlineTable(of: path)
    default:
      while let character = next, !character.isNewline, !"#,]}".contains(character) { advance() }
    }
  }

  private mutating func skipString() {
    guard let quote = next else { return }
    let triple = [quote, quote, quote]
    guard Array(characters[index...].prefix(3)) == triple else {
      _ = readQuoted()
      return
    }
    for _ in 0..<3 { advance() }
    while let character = next {
      if Array(characters[index...].prefix(3)) == triple {
        // Up to two quotes may stand before the closing three.
        while next == quote { advance() }
        return
      }
      if character == "\\", quote == "\"" { advance() }
      advance()
    }
  }

  private mutating func skipArray() {
    advance()
    while skipToKey(), next != "]" {
      let before = index
      if next == "," { advance() } else { skipNested { $0.skipValue(of: []) } }
      // As in `readPair`: a `}` is no value and ends none.
      if index == before { advance() }
    }
    advance()
  }

  private mutating func skipInlineTable(of path: [String]) {
    advance()
    while skipToKey(), next != "}" {
      if next == "," { advance() } else { skipNested { $0.readPair(in: path) } }
    }
    advance()
  }

  /// Goes one level deeper; what is nested deeper than the parser allows is no TOML, and is passed over
  /// line by line lest the stack end first.
  private mutating func skipNested(_ body: (inout Self) -> Void) {
    guard depth < Self.deepest else { return skipLine() }
    depth += 1
    body(&self)
    depth -= 1
  }
}
