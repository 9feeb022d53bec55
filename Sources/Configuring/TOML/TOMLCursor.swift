/// A place in a text's bytes that knows its line and column.
struct TOMLCursor {
  let bytes: [UInt8]
  private(set) var index = 0
  private var line = 1
  private var lineStart = 0
  /// A byte of this line whose column is known: so a long line is counted once, not once per value.
  private var known = (index: 0, column: 1)

  /// - Parameter text: a byte order mark before it is passed over and has no column.
  init(_ text: String) {
    bytes = Array(text.utf8)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
      index = 3
      lineStart = 3
      known.index = 3
    }
  }

  /// The byte here; nil at the end.
  var next: UInt8? { index < bytes.count ? bytes[index] : nil }

  /// The byte after the next `count` bytes; nil beyond the end.
  func peek(_ count: Int) -> UInt8? {
    index + count < bytes.count ? bytes[index + count] : nil
  }

  /// Whether CRLF or LF is next.
  var isAtNewline: Bool {
    next == UInt8(ascii: "\n") || next == UInt8(ascii: "\r") && peek(1) == UInt8(ascii: "\n")
  }

  /// Goes on within the line.
  mutating func advance(_ count: Int = 1) { index += count }

  /// Passes a line's end, CRLF or LF.
  /// - Returns: whether there was one.
  mutating func takeNewline() -> Bool {
    guard isAtNewline else { return false }
    index += next == UInt8(ascii: "\r") ? 2 : 1
    line += 1
    lineStart = index
    known = (index, 1)
    return true
  }

  /// Passes a byte.
  /// - Returns: whether it was next.
  mutating func take(_ byte: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: byte) else { return false }
    index += 1
    return true
  }

  mutating func skipSpaces() {
    while next == UInt8(ascii: " ") || next == UInt8(ascii: "\t") { index += 1 }
  }

  /// Where the cursor is. Asked in ascending places, all answers of a text take O(n) together.
  mutating func position() -> TextPosition {
    known = (index, column(of: index))
    return TextPosition(line: line, column: known.column)
  }

  /// Where a byte of the cursor's line is.
  func position(at place: Int) -> TextPosition {
    TextPosition(line: line, column: column(of: place))
  }

  private func column(of place: Int) -> Int {
    let from = known.index <= place ? known : (index: lineStart, column: 1)
    let part = bytes[from.index..<place]
    // Only text that is not ASCII can have characters of several bytes.
    let isPlain = part.allSatisfy { $0 < 0x80 }
    return from.column + (isPlain ? part.count : String(decoding: part, as: UTF8.self).count)
  }

  /// What is next, in words for a message.
  var found: String {
    guard let byte = next else { return "the end of the file" }
    if isAtNewline { return "the end of the line" }
    if byte < 0x20 || byte == 0x7F { return "the control character \(byte.codePoint)" }
    // A character may be long without bound, a message may not.
    let character = String(decoding: bytes[index...].prefix(32), as: UTF8.self).first
    return character.map { "`\($0)`" } ?? "nothing"
  }
}

extension UInt8 {
  /// `U+0007`
  var codePoint: String {
    let digits = String(self, radix: 16, uppercase: true)
    return "U+00" + (digits.count < 2 ? "0" : "") + digits
  }

  /// Whether it is one of a decimal number's digits.
  var isDigit: Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= self }

  /// The value of a digit in bases up to 16; nil for what is no digit.
  var digit: UInt8? {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
