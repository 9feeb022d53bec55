import CLMDB
import Events

/// The engine's state after an entry, from which a start need only apply the entries that follow.
public struct Snapshot: Equatable, Sendable {
  /// Sequence of the last entry applied.
  public var sequence: UInt64
  /// Version of the state's own encoding.
  public var version: UInt32
  /// SHA-256 of the state's bytes: the state hash.
  public var hash: Digest
  /// The state, in the engine's own encoding.
  public var state: [UInt8]
}

/// What can be said about a snapshot without reading its state.
public struct SnapshotSummary: Equatable, Sendable {
  public var sequence: UInt64
  public var version: UInt32
  public var hash: Digest
  /// Length of the state in bytes.
  public var byteCount: Int
}

/// The fixed part of a stored snapshot (docs/journal-format.md, section 6).
enum SnapshotLayout {
  static let headerSize = 48
  static let magic: UInt32 = 0x5342_5944  // "DYBS"

  /// Reads the fixed part and checks it against the length.
  static func summary(
    of stored: RawSpan, at sequence: UInt64
  ) throws(Damage) -> SnapshotSummary {
    var reader = ByteReader(stored)
    guard try reader.read(UInt32.self) == magic else { throw Damage(at: 0, "not a snapshot") }
    let version = try reader.read(UInt32.self)
    guard let hash = Digest(try reader.read(count: 32)) else { throw Damage(at: 8, "no hash") }
    let count = try reader.read(UInt64.self)
    guard count == UInt64(stored.byteCount - headerSize) else {
      throw Damage(at: 40, "\(stored.byteCount - headerSize) bytes of state, not \(count)")
    }
    return SnapshotSummary(
      sequence: sequence, version: version, hash: hash, byteCount: Int(count))
  }
}

extension Journal {
  /// Stores the state after an entry; one already stored for the entry is replaced.
  /// - Parameter version: version of the state's own encoding.
  /// - Returns: the state hash.
  /// - Precondition: the entry is in the journal.
  @discardableResult
  public mutating func writeSnapshot(
    at sequence: UInt64, version: UInt32, state: RawSpan
  ) throws(JournalError) -> Digest {
    precondition(sequence <= self.sequence, "a snapshot is of a state the journal leads to")
    let hash = hasher.hash(state)
    var header = ByteBuffer(capacity: SnapshotLayout.headerSize)
    header.append(SnapshotLayout.magic)
    header.append(version)
    header.append(hash.bytes)
    header.append(UInt64(state.byteCount))
    let fixed = header.array
    unsafe try state.withUnsafeBytes { (bytes) throws(JournalError) in
      try environment.write { (transaction) throws(JournalError) in
        let space = unsafe try transaction.reserve(
          transaction.databases.snapshots, sequence, count: fixed.count + bytes.count)
        unsafe space.copyBytes(from: fixed)
        unsafe UnsafeMutableRawBufferPointer(rebasing: space[fixed.count...])
          .copyMemory(from: bytes)
      }
    }
    return hash
  }

  /// Removes all snapshots but the newest `count`.
  public mutating func keepSnapshots(newest count: Int) throws(JournalError) {
    precondition(count >= 0)
    try environment.write { (transaction) throws(JournalError) in
      let cursor = try Cursor.open(transaction, transaction.databases.snapshots)
      var keys: [UInt64] = []
      var item = unsafe try cursor.move(MDB_FIRST)
      while let current = unsafe item {
        unsafe keys.append(current.key)
        unsafe item = try cursor.move(MDB_NEXT)
      }
      for key in keys.dropLast(count) {
        try transaction.remove(transaction.databases.snapshots, key)
      }
    }
  }
}

extension JournalReader {
  /// All readable snapshots, oldest first. O(number of snapshots); their states are not checked.
  public func snapshots() throws(JournalError) -> [SnapshotSummary] {
    try environment.read { (view) throws(JournalError) in
      let shown = try view.pending() ?? .max
      let cursor = try Cursor.open(view, view.databases.snapshots)
      var result: [SnapshotSummary] = []
      var item = unsafe try cursor.move(MDB_FIRST)
      while let current = unsafe item, unsafe current.key < shown {
        if let summary = unsafe try? SnapshotLayout.summary(
          of: RawSpan(_unsafeBytes: current.value), at: current.key)
        {
          result.append(summary)
        }
        unsafe item = try cursor.move(MDB_NEXT)
      }
      return result
    }
  }

  /// The newest valid snapshot of an encoding at or before an entry; one whose hash or version does
  /// not fit is passed over. Nil if there is none: apply the journal from its start.
  public func snapshot(
    notAfter sequence: UInt64 = .max, version: UInt32
  ) throws(JournalError) -> Snapshot? {
    try environment.read { (view) throws(JournalError) in
      let shown = min(sequence, (try view.pending()).map { $0 - 1 } ?? .max)
      let hasher = Sha256()
      let cursor = try Cursor.open(view, view.databases.snapshots)
      var item = unsafe try cursor.floor(shown)
      while let current = unsafe item {
        let stored = unsafe RawSpan(_unsafeBytes: current.value)
        if let summary = unsafe try? SnapshotLayout.summary(of: stored, at: current.key),
          summary.version == version
        {
          let state = unsafe UnsafeRawBufferPointer(
            rebasing: current.value[SnapshotLayout.headerSize...])
          if unsafe hasher.hash(state) == summary.hash {
            return Snapshot(
              sequence: summary.sequence, version: version, hash: summary.hash,
              state: unsafe [UInt8](state))
          }
        }
        unsafe item = try cursor.move(MDB_PREV)
      }
      return nil
    }
  }
}
