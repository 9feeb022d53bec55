import CLMDB
import Glibc

extension Environment {
  /// Replaces the data file by a copy without free pages.
  ///
  /// Only the writer calls this. Done only while no other process has the journal open, as that one
  /// would go on with the old file; transactions of this process end first.
  /// - Returns: whether the file was replaced.
  func compact() throws(JournalError) -> Bool {
    guard try isAlone() else { return false }
    let copy = path + "/data.mdb.compact"
    defer { unsafe unlink(copy) }
    try writeCompact(to: copy)
    return try gate.exclusively { () throws(JournalError) in
      closeFiles()
      var replaced = false
      do throws(JournalError) {
        replaced = try replaceData(by: copy)
      } catch {
        try reopenForWriting()
        throw error
      }
      // The lock is held over the opening: LMDB then finds itself alone and resets the table of
      // readers, which still speaks of the old file.
      try reopenForWriting()
      return replaced
    }
  }

  /// Whether no other process has the journal open.
  private func isAlone() throws(JournalError) -> Bool {
    gate.enter()
    defer { gate.leave() }
    if lockFile < 0 { lockFile = try openLockFile() }
    var lock = wholeLock()
    // Asks only: taking the lock would change the one LMDB holds.
    guard unsafe fcntl(lockFile, F_GETLK, &lock) == 0 else {
      throw .system(path: path, doing: "looking for other readers")
    }
    return lock.l_type == Int16(F_UNLCK)
  }

  private func writeCompact(to copy: String) throws(JournalError) {
    let descriptor = unsafe Glibc.open(copy, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o640)
    guard descriptor >= 0 else { throw .system(path: path, doing: "compacting") }
    defer { close(descriptor) }
    gate.enter()
    defer { gate.leave() }
    let code = unsafe mdb_env_copyfd2(try opened(), descriptor, UInt32(MDB_CP_COMPACT))
    if code != MDB_SUCCESS { throw .failure(code, path: path, doing: "compacting") }
    if fsync(descriptor) != 0 { throw .system(path: path, doing: "compacting") }
  }

  /// Takes LMDB's lock file for this process alone and puts the copy in the data file's place.
  /// - Returns: false, with nothing done, if another process has opened the journal meanwhile.
  private func replaceData(by copy: String) throws(JournalError) -> Bool {
    lockFile = try openLockFile()
    var lock = wholeLock()
    guard unsafe fcntl(lockFile, F_SETLK, &lock) == 0 else {
      if errno == EAGAIN || errno == EACCES { return false }
      throw .system(path: path, doing: "locking out readers")
    }
    guard unsafe rename(copy, path + "/data.mdb") == 0 else {
      throw .system(path: path, doing: "replacing the data file")
    }
    try syncFolder(path)
    return true
  }

  private func openLockFile() throws(JournalError) -> Int32 {
    let descriptor = unsafe Glibc.open(path + "/lock.mdb", O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system(path: path, doing: "opening the lock file") }
    return descriptor
  }

  /// The lock by which LMDB knows who has an environment open: the first byte of the lock file.
  private func wholeLock() -> flock {
    flock(l_type: Int16(F_WRLCK), l_whence: Int16(SEEK_SET), l_start: 0, l_len: 1, l_pid: 0)
  }
}
