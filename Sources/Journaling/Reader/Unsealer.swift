import CZstd
import Events

/// Turns what is stored for a block into the block's content, with memory it uses again.
@safe
struct Unsealer: ~Copyable {
  /// "DYBZ", little-endian.
  static let magic: UInt32 = 0x5A42_5944
  /// A longer content is taken for damage, so that a flipped bit does not ask for 4 GB.
  static let longest = 1 << 30

  private var context: OpaquePointer?
  private var memory: UnsafeMutableRawBufferPointer?

  init() {}

  deinit {
    unsafe ZSTD_freeDCtx(context)
    unsafe memory?.deallocate()
  }

  /// Whether a stored block is compressed.
  static func isSealed(_ stored: UnsafeRawBufferPointer) -> Bool {
    unsafe stored.count >= 8 && stored.loadUnaligned(as: UInt32.self).littleEndian == magic
  }

  /// The content of a stored block: the stored bytes themselves or, if sealed, memory of this value
  /// that is valid until the next call. O(1) unsealed, O(length) sealed.
  mutating func content(
    of stored: UnsafeRawBufferPointer
  ) throws(Damage) -> UnsafeRawBufferPointer {
    guard unsafe Self.isSealed(stored) else { return unsafe stored }
    let length = unsafe Int(stored.loadUnaligned(fromByteOffset: 4, as: UInt32.self).littleEndian)
    let frame = unsafe UnsafeRawBufferPointer(rebasing: stored[8...])
    let declared = unsafe ZSTD_getFrameContentSize(frame.baseAddress, frame.count)
    guard length <= Self.longest, declared == UInt64(length) else {
      throw Damage(at: 4, "the sealed block's length is not its content's")
    }
    let space = unsafe room(length)
    if unsafe context == nil { unsafe context = ZSTD_createDCtx() }
    let count = unsafe ZSTD_decompressDCtx(
      context, space.baseAddress, length, frame.baseAddress, frame.count)
    guard ZSTD_isError(count) == 0, count == length else {
      throw Damage(at: 8, "the sealed block cannot be decompressed")
    }
    return unsafe UnsafeRawBufferPointer(start: space.baseAddress, count: length)
  }

  /// The content of the block at a cursor.
  mutating func content(
    of item: Cursor.Item
  ) throws(JournalError) -> UnsafeRawBufferPointer {
    do {
      return unsafe try content(of: item.value)
    } catch {
      throw .damagedBlock(first: unsafe item.key, last: nil, what: error.description)
    }
  }

  private mutating func room(_ count: Int) -> UnsafeMutableRawBufferPointer {
    if let memory = unsafe memory, memory.count >= count { return unsafe memory }
    unsafe memory?.deallocate()
    let fresh = UnsafeMutableRawBufferPointer.allocate(
      byteCount: max(count, 1 << 16), alignment: 16)
    unsafe memory = fresh
    return unsafe fresh
  }
}

extension BlockHeader {
  /// Reads the header of a block's content and checks that the block begins where its key says.
  init(content: RawSpan, at key: UInt64) throws(Damage) {
    try self.init(content: content)
    guard firstSequence == key else {
      throw Damage(at: 8, "the block says it begins at #\(firstSequence)")
    }
  }
}
