/// A key of a tree, in the tree's order.
protocol PageKey: Comparable {
  /// - Returns: nil if the bytes are no such key.
  init?(_ file: borrowing PageFile, at offset: Int, count: Int)
  /// The key as a sequence; nil if it is none.
  var number: UInt64? { get }
}

/// A key of MDB_INTEGERKEY, or a member of MDB_INTEGERDUP.
extension UInt64: PageKey {
  init?(_ file: borrowing PageFile, at offset: Int, count: Int) {
    guard count == 8 else { return nil }
    self = file.u64(offset)
  }

  var number: UInt64? { self }
}

/// A key of bytes, in the order of `memcmp`.
struct NameKey: PageKey {
  var bytes: [UInt8]

  init?(_ file: borrowing PageFile, at offset: Int, count: Int) {
    guard count > 0 else { return nil }
    bytes = file.bytes(offset, count: count)
  }

  var number: UInt64? { nil }
  var text: String { String(decoding: bytes, as: UTF8.self) }

  static func < (left: NameKey, right: NameKey) -> Bool {
    left.bytes.lexicographicallyPrecedes(right.bytes)
  }
}
