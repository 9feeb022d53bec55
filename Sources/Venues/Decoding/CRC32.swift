/// CRC-32 as Ethernet, gzip and Kraken use it: reflected, polynomial 0xEDB88320, start and end inverted.
/// Source: ISO 3309, RFC 1952 section 8.
struct CRC32: Equatable, Sendable {
  private var register: UInt32 = 0xFFFF_FFFF

  /// The sum over the bytes added so far.
  var value: UInt32 { ~register }

  @inline(__always)
  mutating func add(_ byte: UInt8) {
    register = Self.table[Int(UInt8(truncatingIfNeeded: register) ^ byte)] ^ (register >> 8)
  }

  /// Adds a number's decimal digits; nothing for 0, as leading zeros do not count.
  mutating func add(digitsOf number: UInt64) {
    var divisor: UInt64 = 1
    while number / divisor >= 10 { divisor *= 10 }
    guard number > 0 else { return }
    while divisor > 0 {
      add(UInt8(ascii: "0") + UInt8(number / divisor % 10))
      divisor /= 10
    }
  }

  private static let table: [UInt32] = (0..<256).map { (index: UInt32) in
    (0..<8).reduce(index) { rest, _ in rest & 1 == 1 ? 0xEDB8_8320 ^ (rest >> 1) : rest >> 1 }
  }
}
