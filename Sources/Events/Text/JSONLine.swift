/// One JSON object on one line, written key by key; no spaces, keys in the order written.
public struct JSONLine: Sendable {
  /// The UTF-8 text so far, without the closing brace.
  public private(set) var bytes: [UInt8] = [UInt8(ascii: "{")]
  /// Each key and where its value begins.
  private var keys: [(key: String, start: Int)] = []

  public init() {}

  /// The whole object.
  public var text: String { String(decoding: closed, as: UTF8.self) }
  /// The whole object as UTF-8.
  public var closed: [UInt8] { bytes + [UInt8(ascii: "}")] }

  /// Keys and values as written, in order.
  public var fields: [(String, String)] {
    keys.indices.map { index in
      let isLast = index == keys.count - 1
      // Before the next value stand a comma, the key in its quotes and a colon.
      let end = isLast ? bytes.count : keys[index + 1].start - keys[index + 1].key.utf8.count - 4
      return (keys[index].key, String(decoding: bytes[keys[index].start..<end], as: UTF8.self))
    }
  }

  public mutating func field(_ key: String, _ value: some FixedWidthInteger) {
    name(key)
    bytes += Array(String(value).utf8)
  }

  public mutating func field(_ key: String, _ value: Bool) {
    name(key)
    bytes += Array((value ? "true" : "false").utf8)
  }

  /// Writes a string, or `null` for nil.
  public mutating func field(_ key: String, _ value: String?) {
    name(key)
    guard let value else { return null() }
    append(quoted: value)
  }

  public mutating func field(_ key: String, _ time: Instant) { field(key, time.text) }

  /// Writes an object whose values are strings.
  public mutating func field(_ key: String, _ pairs: some Sequence<(String, String)>) {
    name(key)
    var object = JSONLine()
    for (key, value) in pairs { object.field(key, value) }
    bytes += object.closed
  }

  /// Writes an object.
  public mutating func field(_ key: String, object: JSONLine) {
    name(key)
    bytes += object.closed
  }

  /// Writes a list of strings.
  public mutating func field(_ key: String, list: [String]) {
    name(key)
    bytes.append(UInt8(ascii: "["))
    for (index, text) in list.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      append(quoted: text)
    }
    bytes.append(UInt8(ascii: "]"))
  }

  private mutating func null() { bytes += Array("null".utf8) }

  private mutating func name(_ key: String) {
    if !keys.isEmpty { bytes.append(UInt8(ascii: ",")) }
    append(quoted: key)
    bytes.append(UInt8(ascii: ":"))
    keys.append((key, bytes.count))
  }

  private mutating func append(quoted value: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in value.utf8 {
      switch byte {
      case UInt8(ascii: "\""): bytes += Array("\\\"".utf8)
      case UInt8(ascii: "\\"): bytes += Array("\\\\".utf8)
      case UInt8(ascii: "\n"): bytes += Array("\\n".utf8)
      case UInt8(ascii: "\r"): bytes += Array("\\r".utf8)
      case UInt8(ascii: "\t"): bytes += Array("\\t".utf8)
      case 0..<0x20:
        bytes += Array((byte < 16 ? "\\u000" : "\\u00").utf8) + Array(String(byte, radix: 16).utf8)
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
