/// Strings: in double quotes with escapes, or in single quotes as they stand; on one line or on several.
extension TOMLReader {
  /// Reads a string that ends on its line; the quote is next.
  mutating func readString(on quote: UInt8) throws(TOMLError) -> String {
    let start = cursor.position()
    cursor.advance()
    var text: [UInt8] = []
    var run = cursor.index
    while let byte = cursor.next, !cursor.isAtNewline {
      if byte == quote {
        text += cursor.bytes[run..<cursor.index]
        cursor.advance()
        return String(decoding: text, as: UTF8.self)
      }
      if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
        text += cursor.bytes[run..<cursor.index]
        try readEscape(into: &text)
        run = cursor.index
      } else {
        try pass(byte)
      }
    }
    throw TOMLError(position: start, fault: .openString(quote: Self.written(quote)))
  }

  /// Reads a string of several lines; three quotes are next.
  mutating func readText(in quote: UInt8) throws(TOMLError) -> String {
    let start = cursor.position()
    cursor.advance(3)
    _ = cursor.takeNewline()
    var text: [UInt8] = []
    var run = cursor.index
    while let byte = cursor.next {
      if byte == quote, cursor.peek(1) == quote, cursor.peek(2) == quote {
        // One or two quotes may stand before the closing three.
        for _ in 0..<2 where cursor.peek(3) == quote { cursor.advance() }
        text += cursor.bytes[run..<cursor.index]
        cursor.advance(3)
        return String(decoding: text, as: UTF8.self)
      }
      if cursor.isAtNewline {
        text += cursor.bytes[run..<cursor.index] + [UInt8(ascii: "\n")]
        _ = cursor.takeNewline()
        run = cursor.index
      } else if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
        text += cursor.bytes[run..<cursor.index]
        if !skipLineEnd() { try readEscape(into: &text) }
        run = cursor.index
      } else {
        try pass(byte)
      }
    }
    throw TOMLError(
      position: start, fault: .openText(quote: String(repeating: Self.written(quote), count: 3)))
  }

  /// Passes a character of a string.
  private mutating func pass(_ byte: UInt8) throws(TOMLError) {
    guard byte >= 0x20 && byte != 0x7F || byte == UInt8(ascii: "\t") else {
      throw error(byte == UInt8(ascii: "\r") ? .loneReturn : .control(byte))
    }
    cursor.advance()
  }

  private static func written(_ quote: UInt8) -> String { String(UnicodeScalar(quote)) }

  /// Passes a backslash at the end of a line, and all blanks up to the next character.
  /// - Returns: whether there was one.
  private mutating func skipLineEnd() -> Bool {
    var count = 1
    while cursor.peek(count) == UInt8(ascii: " ") || cursor.peek(count) == UInt8(ascii: "\t") {
      count += 1
    }
    let before = cursor
    cursor.advance(count)
    guard cursor.isAtNewline else {
      cursor = before
      return false
    }
    repeat { cursor.skipSpaces() } while cursor.takeNewline()
    return true
  }

  /// Reads an escape; the backslash is next.
  private mutating func readEscape(into text: inout [UInt8]) throws(TOMLError) {
    let start = cursor.index
    guard let letter = cursor.peek(1), letter != UInt8(ascii: "\n"), letter != UInt8(ascii: "\r")
    else {
      // The string does not end, which is told where it begins.
      return cursor.advance()
    }
    switch letter {
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): text.append(letter)
    case UInt8(ascii: "u"): return try readScalarEscape(4, into: &text)
    case UInt8(ascii: "U"): return try readScalarEscape(8, into: &text)
    default:
      let rest = cursor.bytes[(start + 1)...].prefix(32)
      let shown = letter < 0x20 ? nil : String(decoding: rest, as: UTF8.self).first
      throw error(.badEscape("\\" + (shown.map { String($0) } ?? letter.codePoint)))
    }
    cursor.advance(2)
  }

  /// Reads `\u` with four hexadecimal digits, or `\U` with eight.
  private mutating func readScalarEscape(_ count: Int, into text: inout [UInt8])
    throws(TOMLError)
  {
    var value: UInt32 = 0
    for place in 2..<2 + count {
      guard let digit = cursor.peek(place)?.digit else {
        throw error(.shortEscape(written(place)))
      }
      value = value << 4 | UInt32(digit)
    }
    guard let scalar = Unicode.Scalar(value) else {
      throw error(.notACharacter(written(2 + count)))
    }
    text += UTF8.encode(scalar).map { Array($0) } ?? []
    cursor.advance(2 + count)
  }

  /// The next bytes as text.
  private func written(_ count: Int) -> String {
    String(decoding: cursor.bytes[cursor.index..<cursor.index + count], as: UTF8.self)
  }
}
