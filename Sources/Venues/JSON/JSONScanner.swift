/// A piece of JSON as the scanner gives it. Ranges are of the bytes scanned; those of keys and strings
/// lie between the quotes.
enum JSONToken: Equatable, Sendable {
  case beginObject
  case endObject
  case beginArray
  case endArray
  case key(JSONText)
  case string(JSONText)
  case number(Range<Int>)
  case bool(Bool)
  case null
  /// The one value of the text is complete and nothing but space follows.
  case end
}

/// A string between its quotes.
struct JSONText: Equatable, Sendable {
  var range: Range<Int>
  var hasEscapes: Bool
}

/// Where and why bytes are no JSON.
struct JSONProblem: Error, Equatable, Sendable {
  var offset: Int
  var reason: String

  init(_ offset: Int, _ reason: String) {
    self.offset = offset
    self.reason = reason
  }
}

/// Scans one JSON text token by token: the whole grammar of RFC 8259, nothing else, at most 64 levels
/// deep. It allocates nothing and keeps no bytes: the same span is handed to every call.
struct JSONScanner: Sendable, BitwiseCopyable {
  static let deepest = 64

  private enum Expectation: BitwiseCopyable {
    /// A value, at the start or behind `:` or a comma of an array.
    case value
    /// A value or `]`, behind `[`.
    case valueOrEnd
    /// A key or `}`, behind `{`.
    case keyOrEnd
    /// A key, behind a comma of an object.
    case key
    /// A comma or the container's end; behind the outermost value, the end.
    case separator
  }

  /// Offset of the next byte.
  private(set) var position: Int
  private let limit: Int
  private var expectation = Expectation.value
  /// Containers open.
  private(set) var depth = 0
  /// Bit n: whether the container at depth n + 1 is an object.
  private var objects: UInt64 = 0

  /// - Parameter range: where the JSON text lies in the bytes.
  init(_ range: Range<Int>) {
    position = range.lowerBound
    limit = range.upperBound
  }

  /// The next token.
  /// - Throws: if there is none that could stand here.
  mutating func next(_ bytes: Span<UInt8>) throws(JSONProblem) -> JSONToken {
    skipSpace(bytes)
    if expectation == .separator {
      if depth == 0 {
        guard position == limit else { throw JSONProblem(position, "more behind the value") }
        return .end
      }
      let byte = try peek(bytes)
      if byte == UInt8(ascii: ",") {
        position += 1
        skipSpace(bytes)
        expectation = isInObject ? .key : .value
      } else {
        return try close(byte)
      }
    }
    let byte = try peek(bytes)
    switch expectation {
    case .keyOrEnd where byte == UInt8(ascii: "}"), .valueOrEnd where byte == UInt8(ascii: "]"):
      return try close(byte)
    case .key, .keyOrEnd: return try key(bytes, byte)
    case .value, .valueOrEnd, .separator: return try value(bytes, byte)
    }
  }

  /// Passes over the rest of a value that begins with `token`.
  mutating func skip(_ token: JSONToken, _ bytes: Span<UInt8>) throws(JSONProblem) {
    guard token == .beginObject || token == .beginArray else { return }
    let outside = depth - 1
    while depth > outside { _ = try next(bytes) }
  }

  private var isInObject: Bool { objects >> UInt64(depth - 1) & 1 == 1 }

  private func peek(_ bytes: Span<UInt8>) throws(JSONProblem) -> UInt8 {
    guard position < limit else { throw JSONProblem(position, "ends too early") }
    return bytes[position]
  }

  @inline(__always)
  private mutating func skipSpace(_ bytes: Span<UInt8>) {
    while position < limit {
      let byte = bytes[position]
      guard byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D else { return }
      position += 1
    }
  }

  private mutating func enter(isObject: Bool) throws(JSONProblem) {
    guard depth < Self.deepest else {
      throw JSONProblem(position, "more than \(Self.deepest) levels deep")
    }
    let bit: UInt64 = 1 << UInt64(depth)
    objects = isObject ? objects | bit : objects & ~bit
    depth += 1
    position += 1
    expectation = isObject ? .keyOrEnd : .valueOrEnd
  }

  private mutating func close(_ byte: UInt8) throws(JSONProblem) -> JSONToken {
    guard byte == (isInObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
      throw JSONProblem(position, "neither a comma nor the end of the container")
    }
    let token: JSONToken = isInObject ? .endObject : .endArray
    position += 1
    depth -= 1
    expectation = .separator
    return token
  }

  private mutating func key(_ bytes: Span<UInt8>, _ byte: UInt8) throws(JSONProblem) -> JSONToken {
    guard byte == UInt8(ascii: "\"") else { throw JSONProblem(position, "not a key") }
    let text = try string(bytes)
    skipSpace(bytes)
    guard try peek(bytes) == UInt8(ascii: ":") else {
      throw JSONProblem(position, "no colon behind the key")
    }
    position += 1
    expectation = .value
    return .key(text)
  }

  private mutating func value(_ bytes: Span<UInt8>, _ byte: UInt8) throws(JSONProblem)
    -> JSONToken
  {
    switch byte {
    case UInt8(ascii: "{"):
      try enter(isObject: true)
      return .beginObject
    case UInt8(ascii: "["):
      try enter(isObject: false)
      return .beginArray
    case UInt8(ascii: "\""):
      expectation = .separator
      return .string(try string(bytes))
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      expectation = .separator
      return .number(try number(bytes))
    case UInt8(ascii: "t"): return try word(bytes, "true", .bool(true))
    case UInt8(ascii: "f"): return try word(bytes, "false", .bool(false))
    case UInt8(ascii: "n"): return try word(bytes, "null", .null)
    default: throw JSONProblem(position, "not a value")
    }
  }

  private mutating func word(_ bytes: Span<UInt8>, _ word: String, _ token: JSONToken)
    throws(JSONProblem) -> JSONToken
  {
    let end = position + word.utf8.count
    guard end <= limit, matches(bytes, position..<end, word) else {
      throw JSONProblem(position, "not a value")
    }
    position = end
    expectation = .separator
    return token
  }

  private mutating func number(_ bytes: Span<UInt8>) throws(JSONProblem) -> Range<Int> {
    let start = position
    if bytes[position] == UInt8(ascii: "-") { position += 1 }
    if position < limit, bytes[position] == UInt8(ascii: "0") {
      position += 1
    } else {
      try digits(bytes)
    }
    if position < limit, bytes[position] == UInt8(ascii: ".") {
      position += 1
      try digits(bytes)
    }
    if position < limit, bytes[position] | 0x20 == UInt8(ascii: "e") {
      position += 1
      if position < limit,
        bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-")
      {
        position += 1
      }
      try digits(bytes)
    }
    return start..<position
  }

  private mutating func digits(_ bytes: Span<UInt8>) throws(JSONProblem) {
    let start = position
    while position < limit, bytes[position] &- UInt8(ascii: "0") <= 9 { position += 1 }
    guard position > start else { throw JSONProblem(position, "a digit is missing") }
  }

  /// A string whose first quote is at the position.
  private mutating func string(_ bytes: Span<UInt8>) throws(JSONProblem) -> JSONText {
    position += 1
    let start = position
    var hasEscapes = false
    while position < limit {
      let byte = bytes[position]
      if byte == UInt8(ascii: "\"") {
        position += 1
        return JSONText(range: start..<(position - 1), hasEscapes: hasEscapes)
      }
      if byte == UInt8(ascii: "\\") {
        hasEscapes = true
        try escape(bytes)
      } else if byte < 0x20 {
        throw JSONProblem(position, "a control character in a string")
      } else if byte < 0x80 {
        position += 1
      } else {
        try multibyte(bytes, byte)
      }
    }
    throw JSONProblem(position, "a string without an end")
  }

  private mutating func escape(_ bytes: Span<UInt8>) throws(JSONProblem) {
    let start = position
    position += 1
    let kind = try peek(bytes)
    position += 1
    switch kind {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
      UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      return
    case UInt8(ascii: "u"):
      guard limit - position >= 4, hexadecimal(bytes, position) != nil else {
        throw JSONProblem(start, "an escape without four hexadecimal digits")
      }
      position += 4
    default: throw JSONProblem(start, "an unknown escape")
    }
  }

  /// A character of two to four bytes. Source: RFC 3629, section 4.
  private mutating func multibyte(_ bytes: Span<UInt8>, _ lead: UInt8) throws(JSONProblem) {
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch lead {
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: length = 3
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    case 0xF1...0xF3: length = 4
    default: throw JSONProblem(position, "a string that is not UTF-8")
    }
    guard limit - position >= length, second.contains(bytes[position + 1]) else {
      throw JSONProblem(position, "a string that is not UTF-8")
    }
    for index in 2..<max(length, 2) where bytes[position + index] & 0xC0 != 0x80 {
      throw JSONProblem(position, "a string that is not UTF-8")
    }
    position += length
  }
}

/// Four hexadecimal digits from an offset on, or nil.
private func hexadecimal(_ bytes: Span<UInt8>, _ offset: Int) -> UInt16? {
  var value: UInt16 = 0
  for index in offset..<(offset + 4) {
    let digit: UInt8
    switch bytes[index] {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = bytes[index] - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = bytes[index] - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = bytes[index] - UInt8(ascii: "A") + 10
    default: return nil
    }
    value = value << 4 | UInt16(digit)
  }
  return value
}

extension JSONText {
  /// The string with its escapes resolved; a lone surrogate becomes U+FFFD.
  func string(_ bytes: Span<UInt8>) -> String {
    guard hasEscapes else { return text(bytes, range) }
    var units: [UInt8] = []
    var position = range.lowerBound
    while position < range.upperBound {
      guard bytes[position] == UInt8(ascii: "\\"), position + 1 < range.upperBound else {
        units.append(bytes[position])
        position += 1
        continue
      }
      let kind = bytes[position + 1]
      position += 2
      switch kind {
      case UInt8(ascii: "b"): units.append(0x08)
      case UInt8(ascii: "f"): units.append(0x0C)
      case UInt8(ascii: "n"): units.append(0x0A)
      case UInt8(ascii: "r"): units.append(0x0D)
      case UInt8(ascii: "t"): units.append(0x09)
      case UInt8(ascii: "u"): units += Array(String(scalar(bytes, &position)).utf8)
      default: units.append(kind)
      }
    }
    return String(decoding: units, as: UTF8.self)
  }

  /// The character of the four digits at the position, and of a second escape if it takes two.
  private func scalar(_ bytes: Span<UInt8>, _ position: inout Int) -> Unicode.Scalar {
    let replacement: Unicode.Scalar = "\u{FFFD}"
    guard range.upperBound - position >= 4, let first = hexadecimal(bytes, position) else {
      return replacement
    }
    position += 4
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard first < 0xDC00, range.upperBound - position >= 6, bytes[position] == UInt8(ascii: "\\"),
      bytes[position + 1] == UInt8(ascii: "u"), let second = hexadecimal(bytes, position + 2),
      (0xDC00...0xDFFF).contains(second)
    else { return replacement }
    position += 6
    let value = 0x10000 + (UInt32(first) - 0xD800) << 10 + UInt32(second) - 0xDC00
    return Unicode.Scalar(value) ?? replacement
  }

  /// Whether the string is a text that needs no escapes.
  func equals(_ other: String, _ bytes: Span<UInt8>) -> Bool {
    hasEscapes ? string(bytes) == other : matches(bytes, range, other)
  }
}
