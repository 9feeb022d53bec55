import Foundation
import Serving

/// The fields of a JSON body: an object of strings, as its route says.
struct Fields: Sendable, Equatable {
  /// Longest value in bytes; the journal's reasons are short.
  static let longest = 1024

  private var values: [String: String]

  /// Reads a body. All that is wrong is said at once.
  /// - Throws: 400 if it is no object, or has a key twice; 422 with each field that is missing, unknown or of another type.
  init(_ body: [UInt8], _ fields: [Field]) throws(Problem) {
    // Nested bodies are refused below, but must not exhaust the stack before.
    guard Self.depth(body) <= 8,
      let object = try? JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]
    else {
      throw .malformed("not_an_object", "The body is not a JSON object.")
    }
    if let key = RepeatedKey.first(in: body) {
      throw .malformed(
        "repeated_key", "The body has `\(key)` twice: which is meant?",
        [.init(name: key, what: "twice")])
    }
    values = [:]
    var faults: [Problem.Fault] = []
    for name in object.keys.sorted() where !fields.contains(where: { $0.name == name }) {
      faults.append(.init(name: name, what: "unknown field"))
    }
    for field in fields {
      switch object[field.name] {
      case nil, is NSNull:
        if field.isRequired { faults.append(.init(name: field.name, what: "missing")) }
      case let text as String:
        if text.utf8.count > Self.longest {
          faults.append(.init(name: field.name, what: "longer than \(Self.longest) bytes"))
        } else if text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
          faults.append(.init(name: field.name, what: "has control characters"))
        } else if text.isEmpty, field.isRequired, !field.mayBeEmpty {
          faults.append(.init(name: field.name, what: "empty"))
        }
        values[field.name] = text
      default: faults.append(.init(name: field.name, what: "must be a string"))
      }
    }
    guard faults.isEmpty else {
      throw Problem(
        status: 422, code: "bad_body",
        detail: "The fields are \(fields.map(\.name).joined(separator: ", ")).", faults: faults)
    }
  }

  subscript(_ name: String) -> String? { values[name] }

  /// A field that is required.
  func text(_ name: String) -> String { values[name] ?? "" }

  /// How deep objects and arrays are nested, at least.
  static func depth(_ body: [UInt8]) -> Int {
    var (depth, deepest) = (0, 0)
    var (isText, isEscaped) = (false, false)
    for byte in body {
      if isText {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isText = false
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): isText = true
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        deepest = max(deepest, depth)
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      default: break
      }
    }
    return deepest
  }
}
