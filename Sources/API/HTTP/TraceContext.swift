/// Whose trace a request belongs to, as it says (W3C Trace Context, `traceparent`).
struct TraceContext: Equatable, Sendable {
  /// 32 digits, not all 0.
  var trace: String

  /// - Returns: nil if the header is missing, there twice, or not of version 00.
  init?(_ headers: [Header]) {
    let all = headers.filter { $0.name == "traceparent" }
    guard all.count == 1 else { return nil }
    let parts = all[0].value.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 4, parts[0] == "00", parts.map(\.utf8.count) == [2, 32, 16, 2],
      parts.allSatisfy({ $0.utf8.allSatisfy(Self.isDigit) }),
      parts[1].contains(where: { $0 != "0" })
    else { return nil }
    trace = String(parts[1])
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
  }
}
