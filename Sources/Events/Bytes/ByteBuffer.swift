/// Growable memory that little-endian values are appended to.
///
/// With `ByteReader` the only place in the pure rings that touches a pointer; its interface is safe:
/// every write is inside the capacity, which grows first if it must.
@safe
public struct ByteBuffer: ~Copyable {
  @usableFromInline var base: UnsafeMutableRawPointer
  @usableFromInline var capacity: Int
  @usableFromInline var length = 0

  /// Bytes written so far.
  @inlinable public var count: Int { length }

  /// - Parameter capacity: bytes to reserve at once; more are reserved as needed.
  public init(capacity: Int = 4096) {
    self.capacity = max(capacity, 64)
    unsafe base = .allocate(byteCount: self.capacity, alignment: 16)
  }

  deinit { unsafe base.deallocate() }

  /// Writes to each page that is reserved and not used, so that the system gives it now and not with the first
  /// value in it.
  public mutating func touch() {
    for offset in stride(from: count, to: capacity, by: 4096) {
      unsafe base.storeBytes(of: 0, toByteOffset: offset, as: UInt8.self)
    }
  }

  /// Makes room for `extra` more bytes. Amortised O(1) per byte.
  @inlinable @inline(__always)
  public mutating func reserve(_ extra: Int) {
    if count &+ extra > capacity { grow(extra) }
  }

  @usableFromInline @inline(never)
  mutating func grow(_ extra: Int) {
    let wanted = max(capacity * 2, count + extra)
    let larger = UnsafeMutableRawPointer.allocate(byteCount: wanted, alignment: 16)
    unsafe larger.copyMemory(from: base, byteCount: count)
    unsafe base.deallocate()
    unsafe base = larger
    capacity = wanted
  }

  /// Writes an integer, little-endian, `offset` bytes after the end, which `commit` then moves.
  /// - Precondition: `reserve` has made room for it.
  @inlinable @inline(__always)
  mutating func stage<T: FixedWidthInteger & BitwiseCopyable>(_ value: T, at offset: Int) {
    unsafe (base + (length &+ offset)).storeBytes(of: value.littleEndian, as: T.self)
  }

  /// Writes raw bytes, `offset` bytes after the end; see above.
  @inline(__always)
  mutating func stage(_ bytes: RawSpan, at offset: Int) {
    unsafe bytes.withUnsafeBytes { source in
      guard let start = source.baseAddress else { return }
      unsafe (base + (length &+ offset)).copyMemory(from: start, byteCount: bytes.byteCount)
    }
  }

  /// The bytes written so far, as long as the buffer lives and none are added.
  @unsafe public var rawBytes: UnsafeRawBufferPointer {
    unsafe UnsafeRawBufferPointer(start: base, count: count)
  }

  /// Overwrites an integer that the caller has appended itself.
  /// - Precondition: the bytes at `offset` were written.
  @inlinable @inline(__always)
  mutating func restage<T: FixedWidthInteger & BitwiseCopyable>(_ value: T, at offset: Int) {
    assert(offset >= 0 && offset + MemoryLayout<T>.size <= count)
    unsafe (base + offset).storeBytes(of: value.littleEndian, as: T.self)
  }

  /// Makes staged bytes part of the content.
  @inlinable @inline(__always)
  mutating func commit(_ count: Int) { length &+= count }

  /// Appends an integer, little-endian.
  @inlinable @inline(__always)
  public mutating func append<T: FixedWidthInteger & BitwiseCopyable>(_ value: T) {
    reserve(MemoryLayout<T>.size)
    unsafe (base + count).storeBytes(of: value.littleEndian, as: T.self)
    length &+= MemoryLayout<T>.size
  }

  /// Appends raw bytes.
  @inlinable
  public mutating func append(_ bytes: RawSpan) {
    let extra = bytes.byteCount
    reserve(extra)
    unsafe bytes.withUnsafeBytes { source in
      if let start = source.baseAddress {
        unsafe (base + count).copyMemory(from: start, byteCount: extra)
      }
    }
    length &+= extra
  }

  /// Appends raw bytes.
  public mutating func append(_ bytes: [UInt8]) { unsafe append(bytes.span.bytes) }

  /// Appends zeros.
  public mutating func append(zeros: Int) {
    reserve(zeros)
    unsafe (base + count).initializeMemory(as: UInt8.self, repeating: 0, count: zeros)
    length &+= zeros
  }

  /// Overwrites an integer written earlier.
  /// - Precondition: the bytes at `offset` were written.
  public mutating func overwrite<T: FixedWidthInteger & BitwiseCopyable>(_ value: T, at offset: Int)
  {
    precondition(offset >= 0 && offset + MemoryLayout<T>.size <= count)
    unsafe (base + offset).storeBytes(of: value.littleEndian, as: T.self)
  }

  /// Overwrites bytes written earlier.
  /// - Precondition: the bytes from `offset` on were written.
  public mutating func overwrite(_ bytes: RawSpan, at offset: Int) {
    precondition(offset >= 0 && offset + bytes.byteCount <= count)
    unsafe bytes.withUnsafeBytes { source in
      if let start = source.baseAddress {
        unsafe (base + offset).copyMemory(from: start, byteCount: bytes.byteCount)
      }
    }
  }

  /// Forgets all bytes, keeps the memory.
  public mutating func removeAll() { length = 0 }

  /// Lends the bytes written so far.
  @inlinable
  public func withBytes<R, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
    let span = unsafe RawSpan(_unsafeStart: base, byteCount: count)
    return try body(span)
  }

  /// A copy of the bytes written so far.
  public var array: [UInt8] {
    unsafe [UInt8](UnsafeRawBufferPointer(start: base, count: count))
  }
}
