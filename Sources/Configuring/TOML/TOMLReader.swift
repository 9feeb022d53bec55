/// Reads TOML 1.0 (https://toml.io/en/v1.0.0) in one pass over the bytes, strictly: what the standard
/// refuses is refused here.
///
/// Beyond the standard: whole numbers have 64 bits, and nesting ends at `TOMLDocument.deepest`.
struct TOMLReader {
  var cursor: TOMLCursor
  private var document: TOMLDocument
  /// The arrays and tables in braces that are open, outermost first, and where each begins. A stack of
  /// our own: nesting must not be able to end the thread's.
  private var open: [(node: Int, start: Int, position: TextPosition)] = []

  /// Reads a document. O(n).
  static func read(_ text: String) throws(TOMLError) -> TOMLDocument {
    var reader = TOMLReader(text)
    try reader.readLines()
    return reader.document
  }

  private init(_ text: String) {
    cursor = TOMLCursor(text)
    document = TOMLDocument(of: cursor.bytes)
  }

  /// Whether a byte may stand in a name without quotes.
  static func isBare(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  /// The error for a fault where the cursor is.
  func error(_ fault: TOMLFault) -> TOMLError {
    TOMLError(position: cursor.position(at: cursor.index), fault: fault)
  }
}

// MARK: Lines

extension TOMLReader {
  private mutating func readLines() throws(TOMLError) {
    var table = 0
    while true {
      try skipBlanks()
      guard let byte = cursor.next else { return }
      if byte == UInt8(ascii: "[") {
        table = try readHeading()
      } else {
        try readValue(of: readPair(in: table))
      }
      try endLine()
    }
  }

  /// After a heading or a value only a comment may follow.
  private mutating func endLine() throws(TOMLError) {
    cursor.skipSpaces()
    try skipComment()
    guard cursor.takeNewline() || cursor.next == nil else {
      throw error(loneReturn ?? .afterValue(found: cursor.found))
    }
  }

  /// A carriage return is a fault of its own wherever it stands without a line feed.
  private var loneReturn: TOMLFault? {
    cursor.next == UInt8(ascii: "\r") && !cursor.isAtNewline ? .loneReturn : nil
  }

  /// Skips spaces, comments and line ends.
  private mutating func skipBlanks() throws(TOMLError) {
    repeat {
      cursor.skipSpaces()
      try skipComment()
    } while cursor.takeNewline()
    if let loneReturn { throw error(loneReturn) }
  }

  private mutating func skipComment() throws(TOMLError) {
    guard cursor.take("#") else { return }
    while let byte = cursor.next, !cursor.isAtNewline {
      if let loneReturn { throw error(loneReturn) }
      guard byte >= 0x20 && byte != 0x7F || byte == UInt8(ascii: "\t") else {
        throw error(.control(byte))
      }
      cursor.advance()
    }
  }

  /// Reads `[a.b]` or `[[a.b]]`.
  /// - Returns: the table that the lines after it speak of.
  private mutating func readHeading() throws(TOMLError) -> Int {
    cursor.advance()
    let isElement = cursor.take("[")
    cursor.skipSpaces()
    let position = cursor.position()
    guard let byte = cursor.next, Self.canBeginName(byte) else { throw error(.noHeadingName) }
    let path = try readPath()
    guard cursor.take("]"), !isElement || cursor.take("]") else {
      throw error(.openHeading(found: cursor.found))
    }
    do throws(TOMLFault) {
      return isElement
        ? try document.open(element: path, at: position)
        : try document.open(table: path, at: position)
    } catch {
      throw TOMLError(position: position, fault: error)
    }
  }

  /// Reads a key up to its value.
  /// - Returns: the node that the value is of.
  private mutating func readPair(in table: Int) throws(TOMLError) -> Int {
    let position = cursor.position()
    guard let byte = cursor.next, Self.canBeginName(byte) else {
      throw error(.noName(found: cursor.found))
    }
    let path = try readPath()
    guard cursor.take("=") else {
      let fault: TOMLFault =
        isAtForeign
        ? .badName(found: cursor.found)
        : .noEquals(name: TOMLDocument.written(path), found: cursor.found)
      throw error(loneReturn ?? fault)
    }
    cursor.skipSpaces()
    do throws(TOMLFault) {
      return try document.add(key: path, to: table, at: position)
    } catch {
      throw TOMLError(position: position, fault: error)
    }
  }

  /// Whether a character beyond ASCII is next.
  private var isAtForeign: Bool { cursor.next.map { $0 >= 0x80 } ?? false }

  private static func canBeginName(_ byte: UInt8) -> Bool {
    isBare(byte) || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'")
  }

  /// Reads `a."b c".d` and the spaces after it.
  private mutating func readPath() throws(TOMLError) -> [String] {
    var path: [String] = []
    repeat {
      cursor.skipSpaces()
      path.append(try readName())
      cursor.skipSpaces()
    } while cursor.take(".")
    return path
  }

  private mutating func readName() throws(TOMLError) -> String {
    if let quote = cursor.next, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
      return try readString(on: quote)
    }
    let start = cursor.index
    while let byte = cursor.next, Self.isBare(byte) { cursor.advance() }
    guard cursor.index > start else {
      throw error(isAtForeign ? .badName(found: cursor.found) : .noNamePart)
    }
    return String(decoding: cursor.bytes[start..<cursor.index], as: UTF8.self)
  }
}

// MARK: Values

extension TOMLReader {
  /// Reads a value and all that is in it.
  private mutating func readValue(of node: Int) throws(TOMLError) {
    try begin(node)
    while let container = open.last {
      let isArray = document.nodes[container.node].value == .array
      if isArray { try skipBlanks() } else { cursor.skipSpaces() }
      if cursor.take(isArray ? "]" : "}") {
        document.set(source: container.start..<cursor.index, of: container.node)
        open.removeLast()
        try endItem()
      } else if cursor.next == nil || !isArray && cursor.isAtNewline {
        throw unclosed(container.node, container.position)
      } else if isArray {
        try begin(element(of: container.node))
      } else {
        try begin(readPair(in: container.node))
      }
    }
  }

  private mutating func element(of array: Int) throws(TOMLError) -> Int {
    let position = cursor.position()
    do throws(TOMLFault) {
      return try document.addElement(to: array, at: position)
    } catch {
      throw TOMLError(position: position, fault: error)
    }
  }

  /// Reads a value that holds no others, or opens an array or a table in braces.
  private mutating func begin(_ node: Int) throws(TOMLError) {
    let (start, position) = (cursor.index, cursor.position())
    if cursor.take("[") {
      document.set(.array, of: node, at: position)
      open.append((node, start, position))
    } else if cursor.take("{") {
      document.set(.table(.inline), of: node, at: position)
      open.append((node, start, position))
    } else {
      document.set(try readScalar(), of: node, at: position)
      document.set(source: start..<cursor.index, of: node)
      try endItem()
    }
  }

  /// Passes what stands after a value in an array or in braces.
  private mutating func endItem() throws(TOMLError) {
    guard let container = open.last else { return }
    if document.nodes[container.node].value == .array {
      try skipBlanks()
      guard !cursor.take(","), cursor.next != UInt8(ascii: "]") else { return }
      guard cursor.next != nil else { throw unclosed(container.node, container.position) }
      throw error(.noArrayComma(found: cursor.found))
    }
    cursor.skipSpaces()
    if cursor.take(",") {
      cursor.skipSpaces()
      guard cursor.next != UInt8(ascii: "}") else { throw error(.lastBraceComma) }
    } else if cursor.next != UInt8(ascii: "}") {
      guard cursor.next != nil, !cursor.isAtNewline else {
        throw unclosed(container.node, container.position)
      }
      throw error(loneReturn ?? .noBraceComma(found: cursor.found))
    }
  }

  private func unclosed(_ node: Int, _ position: TextPosition) -> TOMLError {
    TOMLError(
      position: position, fault: document.nodes[node].value == .array ? .openArray : .openBrace)
  }

  private mutating func readScalar() throws(TOMLError) -> TOMLValue {
    if let quote = cursor.next, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
      let isText = cursor.peek(1) == quote && cursor.peek(2) == quote
      return .string(try isText ? readText(in: quote) : readString(on: quote))
    }
    let start = cursor.index
    skipWord()
    let word = cursor.bytes[start..<cursor.index]
    guard !word.isEmpty else { throw error(loneReturn ?? .noValue(found: cursor.found)) }
    // The one value with a space in it: 1979-05-27 07:32:00.
    if TOMLScalar.isDate(word), cursor.next == UInt8(ascii: " "), cursor.peek(1)?.isDigit == true {
      cursor.advance()
      skipWord()
    }
    do throws(TOMLFault) {
      return try TOMLScalar.value(cursor.bytes[start..<cursor.index])
    } catch {
      throw TOMLError(position: cursor.position(at: start), fault: error)
    }
  }

  /// Passes a value without quotes.
  private mutating func skipWord() {
    while let byte = cursor.next, byte > 0x20, byte != 0x7F, !Self.endsWord(byte) {
      cursor.advance()
    }
  }

  private static func endsWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"),
      UInt8(ascii: "}"), UInt8(ascii: "#"), UInt8(ascii: "="), UInt8(ascii: "\""),
      UInt8(ascii: "'"):
      true
    default: false
    }
  }
}
