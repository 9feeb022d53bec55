/// What stands next in a block.
public enum DecodedRecord: Sendable {
  case market(MarketEvent)
  /// Any other entry; its payload is at this range of the content.
  case record(EntryKind, Range<Int>)
  /// All entries of the block were read.
  case end
}

/// Reads the entries of a block's content, one after the other; damage is an error, never a trap.
///
/// Call `begin`, then `next` until it returns `end`, with the same bytes. The memory for references is
/// kept for the next block.
public struct BlockDecoder: ~Copyable {
  @usableFromInline var references = TickReferences()
  @usableFromInline var offset = 0
  @usableFromInline var end = 0
  @usableFromInline var timeBase: Int64 = 0
  @usableFromInline var left: UInt32 = 0
  /// Header of the entry read last.
  public var header = EntryHeader(
    sequence: 0, eventTime: .epoch, receiveTime: .epoch, cause: 0)

  public init() {}

  /// Starts a block.
  /// - Throws: `Damage` if the block's header is wrong.
  public mutating func begin(_ content: RawSpan) throws(Damage) -> BlockHeader {
    let block = try BlockHeader(content: content)
    references.forget()
    offset = BlockHeader.size
    end = content.byteCount
    timeBase = block.baseTime.nanoseconds
    left = block.entryCount
    header = EntryHeader(
      sequence: block.firstSequence - 1, eventTime: block.baseTime, receiveTime: block.baseTime)
    return block
  }

  /// Reads the next entry's header into `header` and returns what it is. O(1).
  @inlinable
  public mutating func next(_ content: RawSpan) throws(Damage) -> DecodedRecord {
    precondition(content.byteCount == end)
    while true {
      guard left > 0 else {
        guard offset == end else { throw Damage(at: offset, "bytes after the last entry") }
        return .end
      }
      guard end &- offset >= TickLayout.head else { throw Damage(at: offset, "ends too early") }
      let word = unsafe content.unsafeLoadUnaligned(
        fromUncheckedByteOffset: offset, as: UInt32.self
      ).littleEndian
      let kind = UInt8(truncatingIfNeeded: word)
      if kind >= 1 && kind <= 12 { return try .market(market(content, kind, word)) }
      if kind == 0 {
        try readTimeBase(content)
        continue
      }
      return try record(content, kind, word)
    }
  }

  @inlinable @inline(__always)
  func load<T: FixedWidthInteger & BitwiseCopyable>(_ content: RawSpan, _ at: Int, _: T.Type) -> T {
    // Every caller has compared the record's length with the block's.
    T(littleEndian: unsafe content.unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: T.self))
  }

  @inlinable @inline(__always)
  mutating func advance(by delta: UInt32) throws(Damage) {
    let (time, overflow) = timeBase.addingReportingOverflow(Int64(delta))
    guard !overflow, time >= header.receiveTime.nanoseconds else {
      throw Damage(at: offset, "time goes backwards")
    }
    header.receiveTime = Instant(nanoseconds: time)
    header.sequence &+= 1
    left &-= 1
  }

  @usableFromInline @inline(never)
  mutating func readTimeBase(_ content: RawSpan) throws(Damage) {
    guard end - offset >= 16 else { throw Damage(at: offset, "ends too early") }
    guard load(content, offset, UInt64.self) == 0 else {
      throw Damage(at: offset, "reserved bytes not 0")
    }
    timeBase = load(content, offset + 8, Int64.self)
    offset += 16
  }

  @usableFromInline @inline(never)
  mutating func record(_ content: RawSpan, _ kind: UInt8, _ word: UInt32) throws(Damage)
    -> DecodedRecord
  {
    guard end - offset >= TickLayout.recordHead else { throw Damage(at: offset, "ends too early") }
    guard let entryKind = EntryKind(rawValue: kind) else {
      throw Damage(at: offset, "unknown kind \(kind)")
    }
    guard word >> 8 == 0, load(content, offset + 28, UInt32.self) == 0 else {
      throw Damage(at: offset, "reserved bytes not 0")
    }
    let length = Int(load(content, offset + 24, UInt32.self))
    let start = offset + TickLayout.recordHead
    let padded = (length + 3) & ~3
    guard end - start >= padded else { throw Damage(at: offset, "ends too early") }
    for at in (start + length)..<(start + padded) where load(content, at, UInt8.self) != 0 {
      throw Damage(at: at, "padding is not 0")
    }
    try advance(by: load(content, offset + 4, UInt32.self))
    header.cause = load(content, offset + 8, UInt64.self)
    guard header.cause < header.sequence else { throw Damage(at: offset + 8, "cause comes later") }
    let lag = load(content, offset + 16, Int64.self)
    header.eventTime = Instant(nanoseconds: header.receiveTime.nanoseconds &- lag)
    offset = start + padded
    return .record(entryKind, start..<(start + length))
  }
}
