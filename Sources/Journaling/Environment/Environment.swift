import CLMDB
import Glibc

/// The LMDB environment of one journal, shared by everything in this process that uses the journal.
///
/// LMDB forbids opening a file twice in one process, so the registry hands out the one there is. All
/// access is inside the gate; growing and reopening happen alone, between transactions.
@safe
final class Environment: @unchecked Sendable {
  enum Access: Sendable { case reading, writing }

  /// The journal's folder.
  let path: String
  let gate = Gate()
  // What follows changes only alone in the gate.
  /// LMDB's handle; nil after a reopening that failed.
  private(set) var handle: OpaquePointer?
  private(set) var databases: Databases
  private(set) var access: Access
  /// Whether every page was looked at before LMDB's first use of it.
  private(set) var isWhole: Bool
  /// Bytes the map may grow to; the writer's option.
  private(set) var largestMap = Int.max
  /// Writes zeros ahead of the data; nil without that option. Only the writer's thread uses it.
  var prewriter: Prewriter?
  /// Whether commits wait for the disk; the writer's option.
  private(set) var waitsForDisk = true
  /// What is known of the newest commit and the disk. Only the writer's thread uses it.
  var disk = DiskState()
  /// A descriptor of `lock.mdb`, or -1; closing it would drop LMDB's own locks, so it is closed
  /// only after LMDB's.
  var lockFile: Int32 = -1

  private init(
    path: String, raw: OpaquePointer, databases: Databases, isWhole: Bool, access: Access
  ) {
    self.path = path
    unsafe handle = raw
    self.databases = databases
    self.isWhole = isWhole
    self.access = access
  }

  deinit { closeFiles() }

  func closeFiles() {
    if let raw = unsafe handle { unsafe mdb_env_close(raw) }
    unsafe handle = nil
    if lockFile >= 0 { Glibc.close(lockFile) }
    lockFile = -1
  }

  /// LMDB's handle. Only inside the gate.
  func opened() throws(JournalError) -> OpaquePointer {
    guard let raw = unsafe handle else {
      throw .failure(EBADF, path: path, doing: "using a journal that could not be reopened")
    }
    return unsafe raw
  }

  /// Opens the environment in a folder.
  /// - Parameters:
  ///   - meta: what to write into a new environment; nil to open one that is there.
  ///   - reach: how many of the pages of one that is there are looked at.
  static func open(
    path: String, access: Access, mapSize: Int?, creating meta: JournalMeta?,
    looking reach: PageCheck.Reach
  ) throws(JournalError) -> Environment {
    try LockFile.allocate(path: path, access)
    let raw = unsafe try openRaw(path: path, access: access, mapSize: mapSize)
    do {
      let (databases, isWhole) = unsafe try openDatabases(
        raw, path: path, creating: meta, looking: reach)
      return unsafe Environment(
        path: path, raw: raw, databases: databases, isWhole: isWhole, access: access)
    } catch {
      unsafe mdb_env_close(raw)
      throw error
    }
  }

  private static func openRaw(
    path: String, access: Access, mapSize: Int?
  ) throws(JournalError) -> OpaquePointer {
    // The file can be replaced by a compacted one between LMDB's opening it and its taking the lock;
    // whoever has the lock is safe from that, so a look after the lock tells.
    var withoutLock: Int32 = 0
    for _ in 0..<16 {
      var made: OpaquePointer?
      guard unsafe mdb_env_create(&made) == MDB_SUCCESS, let raw = unsafe made else {
        throw .failure(ENOMEM, path: path, doing: "opening")
      }
      unsafe mdb_env_set_maxdbs(raw, 8)
      if let mapSize { unsafe mdb_env_set_mapsize(raw, mapSize) }
      let flags =
        MDB_NOTLS | MDB_NOMEMINIT | (access == .reading ? MDB_RDONLY : 0) | withoutLock
      let code = unsafe mdb_env_open(raw, path, UInt32(flags), 0o640)
      guard code == MDB_SUCCESS else {
        unsafe mdb_env_close(raw)
        if code == ENOENT { throw .missing(path: path) }
        if code == EACCES, access == .reading, withoutLock == 0, !WriterLock.isTaken(path: path) {
          // Who may read but not write cannot enter the table of readers, which only a writer asks.
          withoutLock = MDB_NOLOCK
          continue
        }
        throw .failure(code, path: path, doing: "opening")
      }
      var dead: Int32 = 0
      unsafe mdb_reader_check(raw, &dead)
      if unsafe isCurrent(raw, path: path) { return unsafe raw }
      unsafe mdb_env_close(raw)
    }
    throw .failure(EAGAIN, path: path, doing: "opening")
  }

  private static func isCurrent(_ raw: OpaquePointer, path: String) -> Bool {
    var descriptor: Int32 = -1
    var mine = stat()
    var named = stat()
    return unsafe mdb_env_get_fd(raw, &descriptor) == MDB_SUCCESS
      && fstat(descriptor, &mine) == 0 && stat(path + "/data.mdb", &named) == 0
      && mine.st_ino == named.st_ino
  }

  /// Reading a page that the file does not have would kill the process (SIGBUS), so the length is
  /// compared with the newest meta page's first.
  static func checkLength(_ raw: OpaquePointer, path: String) throws(JournalError) {
    var info = unsafe MDB_envinfo()
    var shape = MDB_stat()
    var descriptor: Int32 = -1
    unsafe mdb_env_info(raw, &info)
    unsafe mdb_env_stat(raw, &shape)
    unsafe mdb_env_get_fd(raw, &descriptor)
    guard let file = FileState(descriptor) else {
      throw .system(path: path, doing: "checking the file's length")
    }
    if file.isDeleted { throw .missing(path: path) }
    let expected = unsafe (info.me_last_pgno + 1) * Int(shape.ms_psize)
    if file.size < expected {
      throw .tornTail(path: path, bytes: file.size, expected: expected)
    }
  }
}

extension Environment {
  /// Makes this the writer's environment: opened for writing, with the writer's options.
  func prepareWriting(waitsForDisk: Bool, largestMap: Int) throws(JournalError) {
    try gate.exclusively { () throws(JournalError) in
      self.waitsForDisk = waitsForDisk
      self.largestMap = largestMap
      disk.handOver()
      if access == .reading {
        closeFiles()
        try reopenForWriting()
      } else {
        unsafe mdb_env_set_flags(try opened(), UInt32(MDB_NOSYNC), waitsForDisk ? 0 : 1)
        unsafe mdb_env_set_flags(try opened(), UInt32(MDB_NOMETASYNC), 0)
      }
    }
  }

  /// Opens again after `closeFiles`. Only alone in the gate.
  func reopenForWriting() throws(JournalError) {
    let raw = unsafe try Self.openRaw(path: path, access: .writing, mapSize: nil)
    do {
      (databases, isWhole) = unsafe try Self.openDatabases(
        raw, path: path, creating: nil, looking: .quick)
    } catch {
      unsafe mdb_env_close(raw)
      throw error
    }
    unsafe mdb_env_set_flags(raw, UInt32(MDB_NOSYNC), waitsForDisk ? 0 : 1)
    disk.carries = false
    unsafe handle = raw
    access = .writing
  }
}
