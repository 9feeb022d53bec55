/// Reads little-endian integers and fixed-width texts inside the bytes of one record.
///
/// An offset beyond the record is a programmer error: records are checked against their type's length
/// before they are read.
extension Span<UInt8> {
  @inline(__always)
  func u16(_ offset: Int) -> UInt16 {
    UInt16(self[offset]) | UInt16(self[offset + 1]) << 8
  }

  @inline(__always)
  func u32(_ offset: Int) -> UInt32 {
    UInt32(u16(offset)) | UInt32(u16(offset + 2)) << 16
  }

  @inline(__always)
  func u64(_ offset: Int) -> UInt64 {
    UInt64(u32(offset)) | UInt64(u32(offset + 4)) << 32
  }

  @inline(__always)
  func i64(_ offset: Int) -> Int64 { Int64(bitPattern: u64(offset)) }

  /// A text padded with zeros to `width` bytes.
  func padded(_ offset: Int, _ width: Int) -> String {
    var end = offset
    while end < offset + width, self[end] != 0 { end += 1 }
    return text(self, offset..<end)
  }
}
