/// The target of a request: its path and its query, decoded (RFC 3986).
struct Target: Sendable, Equatable {
  /// At most so many bytes, as sent.
  static let longest = 4096

  /// The path between its slashes: `["api", "v1", "orders"]`.
  var path: [String]
  /// Names and values in the order given.
  var query: [(name: String, value: String)]

  static func == (a: Target, b: Target) -> Bool {
    a.path == b.path && a.query.elementsEqual(b.query) { $0 == $1 }
  }

  /// Reads `/path?name=value&…`.
  /// - Throws: a problem with what is wrong.
  init(_ text: String) throws(Problem) {
    guard text.utf8.count <= Self.longest else {
      throw .malformed("target_too_long", "The target has more than \(Self.longest) bytes.")
    }
    guard text.utf8.first == UInt8(ascii: "/") else {
      throw .malformed("malformed_target", "A target begins with a slash: /api/v1/orders.")
    }
    let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    path = []
    for segment in parts[0].dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
      path.append(try Self.decode(segment, isForm: false))
    }
    query = []
    guard parts.count == 2 else { return }
    for pair in parts[1].split(separator: "&") {
      let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = try Self.decode(halves[0], isForm: true)
      guard !query.contains(where: { $0.name == name }) else {
        throw .malformed(
          "malformed_target", "A parameter is given twice.",
          [.init(name: name, what: "given twice")])
      }
      query.append((name, halves.count == 2 ? try Self.decode(halves[1], isForm: true) : ""))
    }
  }

  /// Decodes `%41`, and `+` of forms.
  private static func decode(_ text: Substring, isForm: Bool) throws(Problem) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "%"):
        guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit)
        else {
          throw .malformed("malformed_target", "After % two hexadecimal digits are due.")
        }
        bytes.append(high << 4 | low)
      case UInt8(ascii: "+") where isForm: bytes.append(UInt8(ascii: " "))
      default: bytes.append(byte)
      }
    }
    guard let decoded = String(validating: bytes, as: UTF8.self),
      decoded.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
    else {
      throw .malformed("malformed_target", "The target is not UTF-8, or has control characters.")
    }
    return decoded
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
