/// A SHA-256 digest: 32 bytes.
public struct Digest: Hashable, Sendable, BitwiseCopyable, CustomStringConvertible {
  /// The digest's bytes as four words, each read big-endian, so that comparing words compares text.
  public var words: (UInt64, UInt64, UInt64, UInt64)

  /// All zeros: "no digest".
  public static let zero = Digest(words: (0, 0, 0, 0))

  public init(words: (UInt64, UInt64, UInt64, UInt64)) { self.words = words }

  /// - Returns: nil unless there are exactly 32 bytes.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count == 32 else { return nil }
    func word(_ index: Int) -> UInt64 {
      bytes[index * 8..<index * 8 + 8].reduce(0) { $0 << 8 | UInt64($1) }
    }
    words = (word(0), word(1), word(2), word(3))
  }

  /// The 32 bytes in order.
  public var bytes: [UInt8] {
    [words.0, words.1, words.2, words.3].flatMap { word in
      (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) }
    }
  }

  /// 64 lower-case hexadecimal digits.
  public var description: String { bytes.map(hex).joined() }

  /// The first and last four digits, as people compare them: `9f3c..a1e7`.
  public var short: String { "\(description.prefix(4))..\(description.suffix(4))" }

  public static func == (a: Digest, b: Digest) -> Bool { a.words == b.words }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(words.0)
    hasher.combine(words.1)
    hasher.combine(words.2)
    hasher.combine(words.3)
  }
}

private func hex(_ byte: UInt8) -> String {
  let digits = String(byte, radix: 16)
  return byte < 16 ? "0" + digits : digits
}
