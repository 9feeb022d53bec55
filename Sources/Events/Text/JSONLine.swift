/// One JSON object on one line, written key by key; no spaces, keys in the order written.
public struct JSONLine: Sendable {
  /// The UTF-8 text so far, without the closing brace.
  public private(set) var bytes: [UInt8] = [UInt8(ascii: "{")]
  private var isFirst = true

  public init() {}

  /// The whole object.
  public var text: String { String(decoding: closed, as: UTF8.self) }
  /// The whole object as UTF-8.
  public var closed: [UInt8] { bytes + [UInt8(ascii: "}")] }

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

  private mutating func null() { bytes += Array("null".utf8) }

  private mutating func name(_ key: String) {
    if !isFirst { bytes.append(UInt8(ascii: ",")) }
    isFirst = false
    append(quoted: key)
    bytes.append(UInt8(ascii: ":"))
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
