/// Whether the least or the most significant byte of a number comes first.
enum ByteOrder: Equatable, Sendable {
  case little
  case big

  /// An offset beyond the bytes is a programmer error: lengths are checked before.
  @inline(__always)
  func u16(_ bytes: Span<UInt8>, _ offset: Int) -> UInt16 {
    let number = bytes.u16(offset)
    return self == .little ? number : number.byteSwapped
  }

  @inline(__always)
  func u32(_ bytes: Span<UInt8>, _ offset: Int) -> UInt32 {
    let number = bytes.u32(offset)
    return self == .little ? number : number.byteSwapped
  }

  @inline(__always)
  func u64(_ bytes: Span<UInt8>, _ offset: Int) -> UInt64 {
    let number = bytes.u64(offset)
    return self == .little ? number : number.byteSwapped
  }
}
