/// The 72 bytes at the start of every block's content (docs/journal-format.md, section 3).
public struct BlockHeader: Equatable, Sendable {
  /// Length of a header in bytes.
  public static let size = 72
  /// The journal format this build writes and the newest it reads.
  public static let version: UInt16 = 1
  /// Offset of the hash of the block before.
  public static let previousOffset = 40
  static let magic: UInt32 = 0x4B42_5944  // "DYBK"

  /// Sequence of the block's first entry, from 1.
  public var firstSequence: UInt64
  /// Number of entries, at least 1.
  public var entryCount: UInt32
  /// Number of bytes of records after the header.
  public var recordBytes: UInt32
  /// Receive time of the first entry.
  public var baseTime: Instant
  /// Receive time of the last entry.
  public var lastTime: Instant
  /// Hash of the block before, or the chain's starting value.
  public var previous: Digest

  public init(
    firstSequence: UInt64, entryCount: UInt32, recordBytes: UInt32, baseTime: Instant,
    lastTime: Instant, previous: Digest
  ) {
    self.firstSequence = firstSequence
    self.entryCount = entryCount
    self.recordBytes = recordBytes
    self.baseTime = baseTime
    self.lastTime = lastTime
    self.previous = previous
  }

  /// Sequence of the block's last entry.
  public var lastSequence: UInt64 { firstSequence + UInt64(entryCount) - 1 }

  /// Reads the header of a block and checks it against the block's length.
  /// - Throws: `Damage` for a wrong magic, version, length, count or sequence.
  public init(content: RawSpan) throws(Damage) {
    var reader = ByteReader(content)
    guard try reader.read(UInt32.self) == Self.magic else { throw Damage(at: 0, "not a block") }
    let version = try reader.read(UInt16.self)
    guard version == Self.version else { throw Damage(at: 4, "block version \(version)") }
    guard try reader.read(UInt16.self) == 0 else { throw Damage(at: 6, "reserved bytes not 0") }
    firstSequence = try reader.read(UInt64.self)
    entryCount = try reader.read(UInt32.self)
    recordBytes = try reader.read(UInt32.self)
    baseTime = Instant(nanoseconds: try reader.read(Int64.self))
    lastTime = Instant(nanoseconds: try reader.read(Int64.self))
    previous = Digest(try reader.read(count: 32))!
    guard firstSequence > 0, entryCount > 0,
      !firstSequence.addingReportingOverflow(UInt64(entryCount)).overflow
    else { throw Damage(at: 8, "impossible sequence or count") }
    guard lastTime >= baseTime else { throw Damage(at: 32, "last time before base time") }
    guard content.byteCount - Self.size == Int(recordBytes) else {
      throw Damage(at: 20, "\(content.byteCount - Self.size) bytes of records, not \(recordBytes)")
    }
  }

  /// Appends the header's 72 bytes.
  public func write(to buffer: inout ByteBuffer) {
    buffer.append(Self.magic)
    buffer.append(Self.version)
    buffer.append(UInt16(0))
    buffer.append(firstSequence)
    buffer.append(entryCount)
    buffer.append(recordBytes)
    buffer.append(baseTime.nanoseconds)
    buffer.append(lastTime.nanoseconds)
    buffer.append(previous.bytes)
  }
}
