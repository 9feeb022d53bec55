/// A JSON text as a tree, for messages whose meaning depends on where in an array a value stands.
/// Strings and numbers stay ranges of the bytes read.
indirect enum JSONValue: Sendable {
  case object([(key: JSONText, value: JSONValue)])
  case array([JSONValue])
  case string(JSONText)
  case number(Range<Int>)
  case bool(Bool)
  case null

  /// Reads one whole text.
  /// - Throws: where and why the bytes are no JSON.
  static func read(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(JSONProblem) -> JSONValue {
    var scanner = JSONScanner(range)
    let value = try read(bytes, &scanner, try scanner.next(bytes))
    guard try scanner.next(bytes) == .end else {
      throw JSONProblem(scanner.position, "more behind the value")
    }
    return value
  }

  /// The scanner keeps containers to `JSONScanner.deepest` levels, and with them the recursion.
  private static func read(
    _ bytes: Span<UInt8>, _ scanner: inout JSONScanner, _ token: JSONToken
  ) throws(JSONProblem) -> JSONValue {
    switch token {
    case .beginObject:
      var members: [(key: JSONText, value: JSONValue)] = []
      while case .key(let key) = try scanner.next(bytes) {
        members.append((key, try read(bytes, &scanner, try scanner.next(bytes))))
      }
      return .object(members)
    case .beginArray:
      var items: [JSONValue] = []
      while true {
        let token = try scanner.next(bytes)
        if token == .endArray { return .array(items) }
        items.append(try read(bytes, &scanner, token))
      }
    case .string(let text): return .string(text)
    case .number(let range): return .number(range)
    case .bool(let flag): return .bool(flag)
    case .null: return .null
    case .endObject, .endArray, .key, .end:
      throw JSONProblem(scanner.position, "not a value")
    }
  }

  /// A member of an object by name, the first of several; nil if there is none.
  func member(_ name: String, _ bytes: Span<UInt8>) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key.equals(name, bytes) }?.value
  }

  var items: [JSONValue]? { if case .array(let items) = self { items } else { nil } }

  var text: JSONText? { if case .string(let text) = self { text } else { nil } }

  /// Where a decimal number stands, written as a number or as a string.
  var decimal: Range<Int>? {
    switch self {
    case .number(let range): range
    case .string(let text) where !text.hasEscapes: text.range
    default: nil
    }
  }

  /// Whether it is a string that says this.
  func equals(_ other: String, _ bytes: Span<UInt8>) -> Bool {
    text?.equals(other, bytes) ?? false
  }
}
