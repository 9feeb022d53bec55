extension RawSpan {
  /// A copy of the bytes.
  public var array: [UInt8] {
    unsafe withUnsafeBytes { bytes in unsafe Array(bytes) }
  }
}

extension [UInt8] {
  /// Lends the bytes.
  public func withContent<R, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
    unsafe try body(span.bytes)
  }
}
