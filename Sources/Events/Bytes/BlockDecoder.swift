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
  @usableFromInline var place = Place()
  @usableFromInline var end = 0
  @usableFromInline var timeBase: Int64 = 0
  /// Sequence of the block's last entry.
  @usableFromInline var last: UInt64 = 0
  private var lastTime = Instant.epoch
  private var isAtFirst = false

  /// How far a block was read: apart from the rest, so that a loop can keep it in registers.
  @usableFromInline
  struct Place: BitwiseCopyable {
    /// Offset of the next record.
    @usableFromInline var offset = 0
    /// Header of the entry read last.
    @usableFromInline var header = EntryHeader(
      sequence: 0, eventTime: .epoch, receiveTime: .epoch, cause: 0)

    @usableFromInline init() {}
  }

  /// Header of the entry read last.
  @inlinable @inline(__always)
  public internal(set) var header: EntryHeader {
    get { place.header }
    set { place.header = newValue }
  }
  var offset: Int {
    get { place.offset }
    set { place.offset = newValue }
  }

  public init() {}

  /// Starts a block.
  /// - Throws: `Damage` if the block's header is wrong.
  public mutating func begin(_ content: RawSpan) throws(Damage) -> BlockHeader {
    let block = try BlockHeader(content: content)
    references.forget()
    offset = BlockHeader.size
    end = content.byteCount
    timeBase = block.baseTime.nanoseconds
    last = block.lastSequence
    lastTime = block.lastTime
    isAtFirst = true
    header = EntryHeader(
      sequence: block.firstSequence - 1, eventTime: block.baseTime, receiveTime: block.baseTime)
    return block
  }

  /// Reads the next entry's header into `header` and returns what it is. O(1).
  ///
  /// The compact and medium records of quotes, trades, depth and orders, which are nearly all there
  /// are, are read in line; all others, and everything that is not as it should be, out of line.
  @inlinable @inline(__always)
  public mutating func next(_ content: RawSpan) throws(Damage) -> DecodedRecord {
    if place.header.sequence != last,
      content.byteCount &- place.offset >= TickLayout.longestRelative,
      let tick = Self.relativeTick(content, references.table, timeBase, &place)
    {
      return .market(tick)
    }
    return try anyRecord(content)
  }

  /// Reads any record, with the checks that name what is wrong.
  @usableFromInline @inline(never)
  mutating func anyRecord(_ content: RawSpan) throws(Damage) -> DecodedRecord {
    precondition(content.byteCount == end, "not the block that was begun")
    while header.sequence != last {
      guard end - offset >= TickLayout.head else { throw Damage(at: offset, "ends too early") }
      let word = content.load(offset, UInt32.self)
      switch UInt8(truncatingIfNeeded: word) {
      case 0:
        try readTimeBase(content)
        // What follows is as a rule what `next` would read: of bars each one comes by here.
        if header.sequence != last, end - offset >= TickLayout.longestRelative,
          let tick = Self.relativeTick(content, references.table, timeBase, &place)
        {
          return .market(tick)
        }
      case 1...12: return .market(try market(content, word))
      default: return try record(content, word)
      }
    }
    guard offset == end else { throw Damage(at: offset, "bytes after the last entry") }
    guard header.receiveTime == lastTime else {
      throw Damage(at: offset, "last time is not the last entry's")
    }
    return .end
  }

  /// Event and receive time of the entry at `offset`.
  func times(_ delta: UInt32, _ lag: Int64) throws(Damage) -> (event: Int64, receive: Int64) {
    let (time, overflow) = timeBase.addingReportingOverflow(Int64(delta))
    let (event, isFar) = time.subtractingReportingOverflow(lag)
    guard !overflow, !isFar else { throw Damage(at: offset, "time out of range") }
    guard time >= header.receiveTime.nanoseconds else {
      throw Damage(at: offset, "time goes backwards")
    }
    return (event, time)
  }

  /// Takes the times of the entry at `offset` and counts it.
  mutating func advance(by delta: UInt32, lag: Int64, cause: UInt64 = 0) throws(Damage) {
    let (event, time) = try times(delta, lag)
    // The first entry always comes by here: no instrument has a reference yet.
    guard !isAtFirst || time == header.receiveTime.nanoseconds else {
      throw Damage(at: 24, "base time is not the first entry's")
    }
    isAtFirst = false
    header = EntryHeader(
      sequence: header.sequence + 1, eventTime: Instant(nanoseconds: event),
      receiveTime: Instant(nanoseconds: time), cause: cause)
  }

  private mutating func readTimeBase(_ content: RawSpan) throws(Damage) {
    guard end - offset >= 16 else { throw Damage(at: offset, "ends too early") }
    guard content.load(offset, UInt64.self) == 0 else {
      throw Damage(at: offset, "reserved bytes not 0")
    }
    timeBase = content.load(offset + 8, Int64.self)
    offset += 16
  }

  private mutating func record(_ content: RawSpan, _ word: UInt32) throws(Damage) -> DecodedRecord {
    let kind = UInt8(truncatingIfNeeded: word)
    guard let entryKind = EntryKind(rawValue: kind) else {
      throw Damage(at: offset, "unknown kind \(kind)")
    }
    guard end - offset >= TickLayout.recordHead else { throw Damage(at: offset, "ends too early") }
    guard word >> 8 == 0, content.load(offset + 28, UInt32.self) == 0 else {
      throw Damage(at: offset, "reserved bytes not 0")
    }
    let length = Int(content.load(offset + 24, UInt32.self))
    let start = offset + TickLayout.recordHead
    let padded = (length + 3) & ~3
    guard end - start >= padded else { throw Damage(at: offset, "ends too early") }
    for at in (start + length)..<(start + padded) where content.load(at, UInt8.self) != 0 {
      throw Damage(at: at, "padding is not 0")
    }
    let cause = content.load(offset + 8, UInt64.self)
    guard cause <= header.sequence else { throw Damage(at: offset + 8, "cause comes later") }
    try advance(
      by: content.load(offset + 4, UInt32.self), lag: content.load(offset + 16, Int64.self),
      cause: cause)
    offset = start + padded
    return .record(entryKind, start..<(start + length))
  }
}
