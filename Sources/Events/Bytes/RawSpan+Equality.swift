extension RawSpan {
  /// Whether two runs of bytes are the same. O(n).
  public func isEqual(to other: RawSpan) -> Bool {
    guard byteCount == other.byteCount else { return false }
    for offset in 0..<byteCount {
      let mine = unsafe unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)
      let theirs = unsafe other.unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)
      if mine != theirs { return false }
    }
    return true
  }
}

extension [UInt8] {
  /// Lends the bytes.
  public func withBytes<R, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
    try body(unsafe span.bytes)
  }
}
