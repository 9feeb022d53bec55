import Foundation

/// Finds a key that a JSON object has twice: readers of JSON keep one of both, and which is not said.
public enum RepeatedKey {
  /// The first key that the outermost object has again; nil if there is none, or the text is no object. O(bytes).
  public static func first(in json: [UInt8]) -> String? {
    var seen: Set<String> = []
    var depth = 0
    var index = 0
    // A text at depth 1 that a colon follows is a key.
    while index < json.count {
      switch json[index] {
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      case UInt8(ascii: "\""):
        let start = index
        index = end(ofTextAt: start, json)
        if depth == 1, isColonNext(after: index, json), index < json.count,
          let key = text(json[start...index]), !seen.insert(key).inserted
        {
          return key
        }
      default: break
      }
      index += 1
    }
    return nil
  }

  /// Where the closing quotation mark is; the end of a text that has none.
  private static func end(ofTextAt start: Int, _ json: [UInt8]) -> Int {
    var index = start + 1
    while index < json.count, json[index] != UInt8(ascii: "\"") {
      index += json[index] == UInt8(ascii: "\\") ? 2 : 1
    }
    return index
  }

  private static func isColonNext(after index: Int, _ json: [UInt8]) -> Bool {
    json.dropFirst(index + 1).first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
      == UInt8(ascii: ":")
  }

  /// Without escapes: `\u0061` is `a`.
  private static func text(_ quoted: ArraySlice<UInt8>) -> String? {
    (try? JSONSerialization.jsonObject(with: Data(quoted), options: .fragmentsAllowed)) as? String
  }
}
