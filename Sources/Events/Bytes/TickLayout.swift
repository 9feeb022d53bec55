/// Flags and sizes of the records of market events (docs/journal-format.md, section 4.2).
@usableFromInline
enum TickLayout {
  @usableFromInline static let formMask: UInt8 = 3
  @usableFromInline static let wide: UInt8 = 2
  @usableFromInline static let hasEventTime: UInt8 = 4
  @usableFromInline static let sideShift: UInt8 = 3
  @usableFromInline static let sideMask: UInt8 = 3 << 3
  @usableFromInline static let reserved: UInt8 = 128
  /// Kind and flags of a compact quote that has nothing else: no event time, side or marks.
  @usableFromInline static let plainQuote: UInt16 = 1
  /// Flags, but for the side, of a medium bar that has no event time.
  @usableFromInline static let plainBar: UInt8 = 1
  /// Length of such a bar.
  @usableFromInline static let plainBarSize = 32
  /// Length of a base of time.
  @usableFromInline static let timeBase = 16
  @usableFromInline static let marksMask: UInt8 = 32 | 64
  /// Length of a market record's head: kind, flags, instrument, time.
  @usableFromInline static let head = 8
  /// Length of the head of any other record.
  @usableFromInline static let recordHead = 32
  /// Length of the longest market record: head, lag, the body of a bar.
  @usableFromInline static let longest = 64
  /// Length of the longest compact or medium record that `BlockDecoder.next` reads by itself.
  @usableFromInline static let longestRelative = 36

  /// Length of a body in bytes, or nil where the kind has no such form.
  static func bodySize(kind: UInt8, form: UInt8) -> Int? {
    switch (kind, form) {
    case (1, 0): 8
    case (1, 1): 16
    case (1, 2): 32
    case (2...3, 0): 4
    case (2...3, 1): 8
    case (2...3, 2): 16
    case (5...9, 0): 8
    case (5...9, 1): 16
    case (5...9, 2): 24
    case (4, 0), (4, 2), (10, 0), (10, 2): 0
    case (11, 1): 24
    case (11, 2): 48
    case (12, 0), (12, 2): 4
    default: nil
    }
  }

  /// - Precondition: the side is not 3.
  @inlinable @inline(__always)
  static func side(_ flags: UInt8) -> Side {
    // A `switch` over random sides would be mispredicted; that the cases lie in order is tested.
    unsafe unsafeBitCast(flags >> sideShift & 3, to: Side.self)
  }

  @inlinable @inline(__always)
  static func marks(_ flags: UInt8) -> EventMarks { EventMarks(rawValue: flags & marksMask) }

  /// - Precondition: the kind is 5 to 9.
  @inlinable @inline(__always)
  static func action(_ kind: UInt8) -> OrderChange.Action {
    unsafe unsafeBitCast(kind &- EntryKind.orderAdd.rawValue, to: OrderChange.Action.self)
  }
}

extension RawSpan {
  /// The little-endian integer at an offset that the caller has compared with the length.
  @inlinable @inline(__always)
  func load<T: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, _: T.Type) -> T {
    T(littleEndian: unsafe unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: T.self))
  }
}
