import CLMDB
import Glibc

/// What the writer knows about its newest commit and the disk.
struct DiskState {
  /// Whether LMDB leaves the page that makes a commit count to the next wait for the disk.
  var carries = false
  /// Whether the newest commit may not be on the disk yet. At first nobody knows: the process that
  /// wrote it may have died before its wait.
  private(set) var isUnsynced = true
  /// Whether a wait failed that should have brought that page of the newest commit to the disk. The
  /// kernel then takes it for written and says nothing the next time: it must be written anew.
  private(set) var isInDoubt = false
  /// Whether a wait failed that should have brought all the pages of commits to the disk: they are on
  /// no list any more.
  private(set) var isLost = false

  /// What is known when another writer goes on with the same environment.
  mutating func handOver() {
    carries = false
    isUnsynced = true
  }

  mutating func committed(isSynced: Bool) {
    isUnsynced = !isSynced
    if isSynced { isInDoubt = false }
  }

  /// A commit failed that would have waited for the disk; where in it is not known.
  mutating func commitFailed() { isInDoubt = isUnsynced }

  mutating func syncFailed(waitsForDisk: Bool) {
    if waitsForDisk { isInDoubt = true } else { isLost = true }
  }

  mutating func synced() { isUnsynced = false }
}

extension Environment {
  /// Waits until everything committed is on the disk; at once if it is.
  ///
  /// A wait that failed is not just asked for again: the answer would be a wrong yes.
  func sync() throws(JournalError) {
    if disk.isLost { throw .failure(EIO, path: path, doing: "waiting for the disk") }
    guard disk.isUnsynced else { return }
    if disk.isInDoubt {
      return try write { (transaction) throws(JournalError) in
        // The same again, as only what is written makes a commit.
        guard let format = try transaction.meta("format") else {
          throw .notAJournal(path: path, why: "it has no \"format\" in its meta database")
        }
        try transaction.putMeta("format", format)
      }
    }
    gate.enter()
    defer { gate.leave() }
    let code = unsafe mdb_env_sync(try opened(), 1)
    guard code == MDB_SUCCESS else {
      disk.syncFailed(waitsForDisk: waitsForDisk)
      throw .failure(code, path: path, doing: "waiting for the disk")
    }
    disk.synced()
  }
}
