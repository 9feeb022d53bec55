/// Splits Swift source into tokens and comments, well enough for the house rules: a banned word in a
/// comment or in a string's text is no finding, one in interpolated code is.
struct Lexer {
  private let bytes: [UInt8]
  private var position = 0
  private var line = 1
  private(set) var tokens: [Token] = []
  private(set) var comments: [SourceComment] = []

  init(_ text: String) {
    bytes = Array(text.utf8)
    readCode(insideInterpolation: false)
  }

  /// Reads to the end of the file, or to the parenthesis that closes an interpolation.
  private mutating func readCode(insideInterpolation: Bool) {
    var depth = 0
    while let byte = peek() {
      switch byte {
      case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "/"): readLineComment()
      case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "*"): readBlockComment()
      case UInt8(ascii: "/") where regexLength() != nil: readRegex(length: regexLength()!)
      case UInt8(ascii: "\""): readString(hashes: 0)
      case UInt8(ascii: "#") where hashesBeforeQuote() != nil:
        readString(hashes: hashesBeforeQuote()!)
      case UInt8(ascii: "`"): readQuotedName()
      case _ where isNamePart(byte): readWord()
      case _ where byte <= 0x20: advance()
      default:
        if byte == UInt8(ascii: "(") { depth += 1 }
        if byte == UInt8(ascii: ")") {
          if depth == 0 && insideInterpolation { return advance() }
          depth -= 1
        }
        tokens.append(Token(kind: .symbol, text: text(position..<position + 1), line: line))
        advance()
      }
    }
  }

  private mutating func readLineComment() {
    let start = position
    while let byte = peek(), byte != newline { advance() }
    comments.append(SourceComment(text: text(start..<position), line: line))
  }

  private mutating func readBlockComment() {
    let start = position
    let startLine = line
    var depth = 0
    repeat {
      if peek() == UInt8(ascii: "/") && peek(1) == UInt8(ascii: "*") {
        depth += 1
        advance(2)
      } else if peek() == UInt8(ascii: "*") && peek(1) == UInt8(ascii: "/") {
        depth -= 1
        advance(2)
      } else {
        advance()
      }
    } while depth > 0 && peek() != nil
    comments.append(SourceComment(text: text(start..<position), line: startLine))
  }

  private mutating func readString(hashes: Int) {
    advance(hashes)
    let isMultiline = peek(1) == quote && peek(2) == quote
    let quotes = isMultiline ? 3 : 1
    advance(quotes)
    let index = tokens.count
    tokens.append(Token(kind: .string, text: "", line: line))
    var content: [UInt8] = []
    while let byte = peek() {
      if byte == newline && !isMultiline { break }
      if byte == quote && isRun(of: quote, quotes) && isRun(of: hash, hashes, at: quotes) {
        advance(quotes + hashes)
        break
      }
      if byte == UInt8(ascii: "\\") && isRun(of: hash, hashes, at: 1) {
        advance(1 + hashes)
        if peek() == UInt8(ascii: "(") {
          advance()
          readCode(insideInterpolation: true)
          continue
        }
      }
      if let byte = peek() { content.append(byte) }
      advance()
    }
    tokens[index].text = String(decoding: content, as: UTF8.self)
  }

  private mutating func readRegex(length: Int) {
    tokens.append(Token(kind: .string, text: text(position..<position + length), line: line))
    advance(length)
  }

  private mutating func readQuotedName() {
    advance()
    let start = position
    while let byte = peek(), byte != UInt8(ascii: "`"), byte != newline { advance() }
    tokens.append(Token(kind: .quoted, text: text(start..<position), line: line))
    advance()
  }

  private mutating func readWord() {
    let start = position
    while let byte = peek(), isNamePart(byte) { advance() }
    tokens.append(Token(kind: .word, text: text(start..<position), line: line))
  }

  /// Length of the regex literal that starts here, or nil if the slash divides.
  private func regexLength() -> Int? {
    let opensExpression =
      switch tokens.last {
      case nil: true
      case let token? where token.kind == .symbol: !")]}".contains(token.text)
      case let token?: ["return", "in", "case", "try"].contains(token.text)
      }
    guard opensExpression, let first = peek(1), first > 0x20 else { return nil }
    var length = 1
    while let byte = peek(length), byte != newline {
      length += byte == UInt8(ascii: "\\") ? 2 : 1
      if byte == UInt8(ascii: "/") { return length }
    }
    return nil
  }

  private func hashesBeforeQuote() -> Int? {
    var count = 0
    while peek(count) == hash { count += 1 }
    return peek(count) == quote ? count : nil
  }

  private func peek(_ ahead: Int = 0) -> UInt8? {
    position + ahead < bytes.count ? bytes[position + ahead] : nil
  }

  private func isRun(of byte: UInt8, _ count: Int, at ahead: Int = 0) -> Bool {
    (0..<count).allSatisfy { peek(ahead + $0) == byte }
  }

  private mutating func advance(_ count: Int = 1) {
    for _ in 0..<count where position < bytes.count {
      if bytes[position] == newline { line += 1 }
      position += 1
    }
  }

  private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
}

private let newline = UInt8(ascii: "\n")
private let quote = UInt8(ascii: "\"")
private let hash = UInt8(ascii: "#")

private func isNamePart(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
    true
  default: false
  }
}
