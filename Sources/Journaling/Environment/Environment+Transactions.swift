import CLMDB
import Glibc

extension Environment {
  /// Runs `body` in a read transaction: everything it sees is of one moment. The writer does not
  /// wait for it, but the pages it may see are not reused, and the map does not grow, until it ends.
  func read<R>(
    _ body: (borrowing Transaction) throws(JournalError) -> R
  ) throws(JournalError) -> R {
    var result: R?
    try reading { (view) throws(JournalError) in result = try body(view) }
    return result!
  }

  /// Runs `body` in a write transaction and commits: all of it or nothing. When the map is full, the
  /// map grows and `body` runs again, so `body` must begin from the same state each time.
  ///
  /// - Parameters:
  ///   - growth: the most bytes by which the data can grow; nil if that is not known.
  ///   - isCarried: whether the page that makes the commit count may reach the disk with the next
  ///     commit or `sync`, so that this one waits for the disk once and not twice.
  func write<R>(
    growth: Int? = nil, isCarried: Bool = false,
    _ body: (borrowing Transaction) throws(JournalError) -> R
  ) throws(JournalError) -> R {
    var result: R?
    try writing(growth: growth, isCarried: isCarried) { (transaction) throws(JournalError) in
      result = try body(transaction)
    }
    return result!
  }

  // Not generic, as `read` and `write` are: they are compiled once, and the optimiser of Swift 6.3.1
  // fails on generic functions that make a noncopyable value.
  private func reading(
    _ body: (borrowing Transaction) throws(JournalError) -> Void
  ) throws(JournalError) {
    while true {
      gate.enter()
      var begun: OpaquePointer?
      let code: Int32
      do {
        code = unsafe mdb_txn_begin(try opened(), nil, UInt32(MDB_RDONLY), &begun)
      } catch {
        gate.leave()
        throw error
      }
      if code == MDB_MAP_RESIZED {
        gate.leave()
        try adoptMapSize()
        continue
      }
      defer { gate.leave() }
      guard code == MDB_SUCCESS, let transaction = unsafe begun else {
        throw .failure(code, path: path, doing: "beginning to read")
      }
      defer { unsafe mdb_txn_abort(transaction) }
      unsafe try Self.checkLength(try opened(), path: path)
      return unsafe try body(
        Transaction(raw: transaction, databases: databases, path: path, isWhole: isWhole))
    }
  }

  private func writing(
    growth: Int?, isCarried: Bool, _ body: (borrowing Transaction) throws(JournalError) -> Void
  ) throws(JournalError) {
    while true {
      let failed: Int32
      do {
        return try attempt(growth: growth, isCarried: isCarried, body)
      } catch {
        guard case .lmdb(_, let code, _) = error, code == MDB_MAP_FULL || code == MDB_MAP_RESIZED
        else { throw explained(error) }
        failed = code
      }
      if failed == MDB_MAP_FULL { try grow() } else { try adoptMapSize() }
    }
  }

  private func attempt(
    growth: Int?, isCarried: Bool, _ body: (borrowing Transaction) throws(JournalError) -> Void
  ) throws(JournalError) {
    gate.enter()
    defer { gate.leave() }
    if let prewriter {
      let used = try usedBytes()
      prewriter.prepare(through: growth.map { used + $0 } ?? .max)
    }
    defer { if let prewriter, let used = try? usedBytes() { prewriter.finish(used: used) } }
    let carries = isCarried && !disk.isInDoubt
    if carries != disk.carries {
      unsafe mdb_env_set_flags(try opened(), UInt32(MDB_NOMETASYNC), carries ? 1 : 0)
      disk.carries = carries
    }
    var begun: OpaquePointer?
    let code = unsafe mdb_txn_begin(try opened(), nil, 0, &begun)
    guard code == MDB_SUCCESS, let transaction = unsafe begun else {
      throw .failure(code, path: path, doing: "beginning to write")
    }
    do {
      unsafe try body(
        Transaction(raw: transaction, databases: databases, path: path, isWhole: true))
    } catch {
      unsafe mdb_txn_abort(transaction)
      throw error
    }
    let committed = unsafe mdb_txn_commit(transaction)
    guard committed == MDB_SUCCESS else {
      if waitsForDisk { disk.commitFailed() }
      throw .failure(committed, path: path, doing: "committing")
    }
    disk.committed(isSynced: waitsForDisk && !carries)
    // A file that was deleted or cut under the writer keeps nothing: do not acknowledge.
    unsafe try Self.checkLength(try opened(), path: path)
  }

  /// LMDB reports a write that was cut short, as by a full disk, as EIO: looks which it was.
  private func explained(_ error: JournalError) -> JournalError {
    guard case .system(_, EIO, _) = error else { return error }
    var room = statvfs()
    if unsafe statvfs(path, &room) == 0, room.f_bavail * room.f_frsize < 64 << 20 {
      return .diskFull(path: path)
    }
    var limit = rlimit()
    if unsafe getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0,
      limit.rlim_cur != rlim_t.max
    {
      return .diskFull(path: path)
    }
    return error
  }
}
