import CLMDB
import CZstd
import Events
import Glibc

/// What sealing did.
public struct SealReport: Equatable, Sendable {
  /// Blocks sealed now.
  public internal(set) var blocks = 0
  /// Bytes these blocks had, and have now.
  public internal(set) var bytesBefore = 0
  public internal(set) var bytesAfter = 0
  /// Whether the file was made smaller: not while another process has the journal open.
  public internal(set) var compacted = false
}

extension Journal {
  /// Compresses blocks that are not compressed yet; what they hold and their hashes stay the same.
  ///
  /// Works in small commits between which readers and a crash find a whole journal. Then, if no
  /// other process has the journal open, the file is replaced by a copy without the free pages,
  /// which needs room for that copy. A block that would not get smaller stays as it is.
  /// - Parameters:
  ///   - last: the newest entry whose block is sealed.
  ///   - level: zstd's level; 1 is fastest.
  ///   - compact: whether to make the file smaller too.
  /// - Throws: `damagedBlock` or `brokenChain` before anything is changed.
  @discardableResult
  public mutating func seal(
    through last: UInt64 = .max, level: Int32 = 1, compact: Bool = true
  ) throws(JournalError) -> SealReport {
    // What is wrong must be told now: sealing would make it look whole.
    try reader().forEachBlock(through: last, verify: true) { (_, _) throws(Damage) in true }
    var report = SealReport()
    let sealer = Sealer(level: level)
    var key: UInt64? = 1
    while let from = key {
      // Counted on a copy, as a transaction can run twice when the map grows.
      let (next, done) = try environment.write { (transaction) throws(JournalError) in
        var done = report
        let next = try sealer.seal(from: from, through: last, in: transaction, counting: &done)
        return (next, done)
      }
      (key, report) = (next, done)
    }
    if compact, report.blocks > 0 {
      // Its zeros belong to the file that is replaced.
      environment.stopPrewriting()
      defer {
        if options.preallocate > 0 {
          // Fails only with the compacting: what comes next then says that the journal is not open.
          try? environment.startPrewriting(ahead: options.preallocate)
        }
      }
      report.compacted = try environment.compact()
    }
    return report
  }
}

/// Compresses blocks, with memory it uses again.
@safe
private struct Sealer: ~Copyable {
  private let context: OpaquePointer
  private static let headerSize = 8
  /// Blocks looked at, and bytes compressed, in one commit.
  private static let mostBlocks = 1024
  private static let mostBytes = 8 << 20

  init(level: Int32) {
    guard let context = unsafe ZSTD_createCCtx() else { preconditionFailure("no memory for zstd") }
    unsafe self.context = context
    unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level)
    // A flipped bit is then told apart from a changed block.
    unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
  }

  deinit { unsafe ZSTD_freeCCtx(context) }

  /// Seals what one commit takes.
  /// - Returns: the key to go on from; nil at the end.
  func seal(
    from first: UInt64, through last: UInt64, in transaction: borrowing Transaction,
    counting report: inout SealReport
  ) throws(JournalError) -> UInt64? {
    let blocks = transaction.databases.blocks
    let cursor = try Cursor.open(transaction, blocks)
    var item = unsafe try cursor.move(MDB_SET_RANGE, to: first)
    var (seen, bytes) = (0, 0)
    while let current = unsafe item {
      let key = unsafe current.key
      guard seen < Self.mostBlocks, bytes < Self.mostBytes else { return key }
      seen += 1
      if unsafe !Unsealer.isSealed(current.value) {
        let header: BlockHeader
        do {
          header = unsafe try BlockHeader(content: RawSpan(_unsafeBytes: current.value), at: key)
        } catch {
          throw .damagedBlock(first: key, last: nil, what: error.description)
        }
        guard header.lastSequence <= last else { return nil }
        bytes += unsafe current.value.count
        if let sealed = unsafe compressed(current.value) {
          report.blocks += 1
          report.bytesBefore += unsafe current.value.count
          report.bytesAfter += sealed.count
          unsafe try transaction.reserve(blocks, key, count: sealed.count).copyBytes(from: sealed)
        }
      }
      // Writing may have moved the pages under the cursor.
      guard key < .max else { return nil }
      unsafe item = try cursor.move(MDB_SET_RANGE, to: key + 1)
    }
    return nil
  }

  /// The sealed form of a block's content; nil if it would not be smaller.
  private func compressed(_ content: UnsafeRawBufferPointer) -> [UInt8]? {
    let bound = ZSTD_compressBound(content.count)
    let sealed = unsafe [UInt8](unsafeUninitializedCapacity: Self.headerSize + bound) {
      space, count in
      let bytes = UnsafeMutableRawBufferPointer(space)
      unsafe bytes.storeBytes(of: Unsealer.magic.littleEndian, as: UInt32.self)
      unsafe bytes.storeBytes(
        of: UInt32(content.count).littleEndian, toByteOffset: 4, as: UInt32.self)
      let written = unsafe ZSTD_compress2(
        context, bytes.baseAddress! + Self.headerSize, bound, content.baseAddress, content.count)
      count = ZSTD_isError(written) == 0 ? Self.headerSize + written : 0
    }
    return sealed.isEmpty || sealed.count >= content.count ? nil : sealed
  }
}
