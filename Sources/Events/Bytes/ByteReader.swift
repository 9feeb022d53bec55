/// Why bytes could not be read as what they should be.
public struct Damage: Error, Equatable, Sendable, CustomStringConvertible {
  /// Offset of the first byte that was not as expected.
  public var offset: Int
  /// What was wrong, in one clause.
  public var what: String

  public init(at offset: Int, _ what: String) {
    self.offset = offset
    self.what = what
  }

  public var description: String { "byte \(offset): \(what)" }
}

/// A cursor over bytes that takes little-endian values off the front and never reads past the end.
public struct ByteReader: ~Escapable {
  @usableFromInline let bytes: RawSpan
  /// Offset of the next byte.
  public var offset: Int

  @_lifetime(copy bytes)
  @inlinable
  public init(_ bytes: RawSpan, at offset: Int = 0) {
    self.bytes = bytes
    self.offset = offset
  }

  /// Bytes not read yet.
  @inlinable
  public var remaining: Int { bytes.byteCount &- offset }

  /// Takes an integer.
  @inlinable @inline(__always)
  @_lifetime(self: copy self)
  public mutating func read<T: FixedWidthInteger & BitwiseCopyable>(_: T.Type) throws(Damage) -> T {
    guard remaining >= MemoryLayout<T>.size else { throw Damage(at: offset, "ends too early") }
    let value = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: T.self)
    offset &+= MemoryLayout<T>.size
    return T(littleEndian: value)
  }

  /// Takes `count` raw bytes.
  @_lifetime(self: copy self)
  public mutating func read(count: Int) throws(Damage) -> [UInt8] {
    guard count >= 0, remaining >= count else { throw Damage(at: offset, "ends too early") }
    let slice = bytes.extracting(offset..<(offset + count))
    offset += count
    return unsafe slice.withUnsafeBytes { unsafe [UInt8]($0) }
  }

  /// Takes a string of `count` bytes of UTF-8.
  @_lifetime(self: copy self)
  public mutating func read(utf8 count: Int) throws(Damage) -> String {
    guard count >= 0, remaining >= count else { throw Damage(at: offset, "ends too early") }
    let slice = bytes.extracting(offset..<(offset + count))
    let text = unsafe slice.withUnsafeBytes { unsafe String(validating: $0, as: UTF8.self) }
    guard let text else { throw Damage(at: offset, "text is not UTF-8") }
    offset += count
    return text
  }

  /// Takes a string with a `UInt16` length before it.
  @_lifetime(self: copy self)
  public mutating func readString() throws(Damage) -> String {
    let length = Int(try read(UInt16.self))
    return try read(utf8: length)
  }
}

extension ByteBuffer {
  /// Appends a string with a `UInt16` length before it; a longer one is cut at a character boundary.
  public mutating func append(string: String) {
    let text = string.utf8.span
    guard text.count <= Int(UInt16.max) else { return appendCut(string) }
    reserve(2 &+ text.count)
    stage(UInt16(truncatingIfNeeded: text.count), at: 0)
    unsafe stage(text.bytes, at: 2)
    commit(2 &+ text.count)
  }

  @inline(never)
  private mutating func appendCut(_ string: String) {
    var text = string[...]
    while text.utf8.count > Int(UInt16.max) { text.removeLast() }
    append(UInt16(text.utf8.count))
    append([UInt8](text.utf8))
  }
}
