import Events

/// A file of `key = value` lines: a strict, small part of TOML.
///
/// A value is a text in double quotes (with `\"`, `\\` and `\t`), a whole number, a decimal number or
/// `true` or `false`. `#` begins a comment. A key is given once. There are no tables.
public struct MapFile: Equatable, Sendable {
  public enum Value: Equatable, Sendable {
    case text(String)
    case number(String)
    case flag(Bool)
  }
  public struct Item: Equatable, Sendable {
    public var key: String
    public var value: Value
    public var line: Int
  }
  /// In the order of the file.
  public private(set) var items: [Item] = []

  /// - Throws: the line and what is wrong with it.
  public init(_ bytes: Span<UInt8>) throws(DecodeError) {
    var lines = TextLines(after: 0)
    while let range = try lines.next(bytes, isEnd: true) {
      let line = text(bytes, range)
      let content = Self.trimmed(Self.withoutComment(line))
      if content.isEmpty { continue }
      guard let equals = content.firstIndex(of: "=") else {
        throw DecodeError(.line(lines.number), "neither a comment nor key = value")
      }
      let key = String(Self.trimmed(content[..<equals]))
      guard !key.isEmpty, key.utf8.allSatisfy(Self.isKeyByte) else {
        throw DecodeError(.line(lines.number), "“\(key)” is no key")
      }
      guard !items.contains(where: { $0.key == key }) else {
        throw DecodeError(.line(lines.number), "“\(key)” is given twice")
      }
      guard let value = Self.value(Self.trimmed(content[content.index(after: equals)...])) else {
        throw DecodeError(
          .line(lines.number), "the value of “\(key)” is no \"text\", number, true or false")
      }
      items.append(Item(key: key, value: value, line: lines.number))
    }
  }

  private static func isKeyByte(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte == UInt8(ascii: "_")
      || byte &- UInt8(ascii: "0") <= 9
  }

  static func trimmed(_ text: String) -> String { String(trimmed(text[...])) }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text
    while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
    while let last = text.last, last == " " || last == "\t" { text.removeLast() }
    return text
  }

  private static func withoutComment(_ line: String) -> Substring {
    var isQuoted = false
    var isEscaped = false
    for index in line.indices {
      let character = line[index]
      if isEscaped {
        isEscaped = false
      } else if isQuoted, character == "\\" {
        isEscaped = true
      } else if character == "\"" {
        isQuoted.toggle()
      } else if character == "#", !isQuoted {
        return line[..<index]
      }
    }
    return line[...]
  }

  private static func value(_ text: Substring) -> Value? {
    switch text {
    case "true": return .flag(true)
    case "false": return .flag(false)
    default: break
    }
    guard text.first == "\"" else {
      guard case .success = Events.parseDecimal(text.utf8, scale: 9) else { return nil }
      return .number(String(text))
    }
    var content = ""
    var isEscaped = false
    var rest = text.dropFirst()
    while let character = rest.popFirst() {
      if isEscaped {
        guard let plain = ["\"": "\"", "\\": "\\", "t": "\t"][character] else { return nil }
        content += plain
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else if character == "\"" {
        return rest.isEmpty ? .text(content) : nil
      } else {
        content.append(character)
      }
    }
    return nil
  }
}
