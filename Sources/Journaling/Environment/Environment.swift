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
  private let gate = Gate()
  // All below changes only alone in the gate.
  private var raw: OpaquePointer
  private var databases: Databases
  private(set) var access: Access
  /// Bytes the map may grow to; the writer's option.
  private var largestMap = Int.max
  /// A descriptor of `lock.mdb` whose closing would drop LMDB's own locks; closed after LMDB's.
  private var lockFile: Int32 = -1

  private init(path: String, raw: OpaquePointer, databases: Databases, access: Access) {
    self.path = path
    unsafe self.raw = raw
    self.databases = databases
    self.access = access
  }

  deinit {
    unsafe mdb_env_close(raw)
    if lockFile >= 0 { Glibc.close(lockFile) }
  }

  var dataPath: String { path + "/data.mdb" }

  /// Opens the environment in a folder.
  /// - Parameter meta: what to write into a new environment; nil to open one that is there.
  static func open(
    path: String, access: Access, mapSize: Int?, creating meta: JournalMeta?
  ) throws(JournalError) -> Environment {
    let raw = unsafe try openRaw(path: path, access: access, mapSize: mapSize)
    do {
      let databases = unsafe try openDatabases(raw, path: path, creating: meta)
      return unsafe Environment(path: path, raw: raw, databases: databases, access: access)
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
    for _ in 0..<16 {
      var made: OpaquePointer?
      guard unsafe mdb_env_create(&made) == MDB_SUCCESS, let raw = unsafe made else {
        throw .failure(ENOMEM, path: path, doing: "opening")
      }
      unsafe mdb_env_set_maxdbs(raw, 8)
      if let mapSize { unsafe mdb_env_set_mapsize(raw, mapSize) }
      let flags = MDB_NOTLS | MDB_NOMEMINIT | (access == .reading ? MDB_RDONLY : 0)
      let code = unsafe mdb_env_open(raw, path, UInt32(flags), 0o640)
      guard code == MDB_SUCCESS else {
        unsafe mdb_env_close(raw)
        if code == ENOENT { throw .missing(path: path) }
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

  private static func openDatabases(
    _ raw: OpaquePointer, path: String, creating meta: JournalMeta?
  ) throws(JournalError) -> Databases {
    if meta == nil { unsafe try checkLength(raw, path: path) }
    var begun: OpaquePointer?
    let flags = meta == nil ? UInt32(MDB_RDONLY) : 0
    let code = unsafe mdb_txn_begin(raw, nil, flags, &begun)
    guard code == MDB_SUCCESS, let transaction = unsafe begun else {
      throw .failure(code, path: path, doing: "opening")
    }
    var databases = Databases()
    do {
      func open(_ name: String, _ flags: Int32) throws(JournalError) -> MDB_dbi {
        var handle: MDB_dbi = 0
        let flags = UInt32(flags | (meta == nil ? 0 : MDB_CREATE))
        let code = unsafe mdb_dbi_open(transaction, name, flags, &handle)
        if code == MDB_NOTFOUND || code == MDB_INCOMPATIBLE {
          throw .notAJournal(path: path, why: "it has no database \"\(name)\"")
        }
        if code != MDB_SUCCESS { throw .failure(code, path: path, doing: "opening") }
        return handle
      }
      databases.meta = try open("meta", 0)
      let view = unsafe Transaction(raw: transaction, databases: databases, path: path)
      // Read before the rest is opened: a newer format may have other databases.
      if let meta { try meta.write(to: view) } else { _ = try JournalMeta(from: view) }
      let index = MDB_INTEGERKEY | MDB_DUPSORT | MDB_DUPFIXED | MDB_INTEGERDUP
      databases.blocks = try open("blocks", MDB_INTEGERKEY)
      databases.snapshots = try open("snapshots", MDB_INTEGERKEY)
      databases.checkpoints = try open("checkpoints", MDB_INTEGERKEY)
      databases.orders = try open("orders", index)
      databases.times = try open("times", index)
    } catch {
      unsafe mdb_txn_abort(transaction)
      throw error
    }
    let committed = unsafe mdb_txn_commit(transaction)
    if committed != MDB_SUCCESS { throw .failure(committed, path: path, doing: "opening") }
    return databases
  }

  /// Reading a page that the file does not have would kill the process (SIGBUS), so the length is
  /// compared with the newest meta page's first.
  private static func checkLength(_ raw: OpaquePointer, path: String) throws(JournalError) {
    var info = unsafe MDB_envinfo()
    var shape = MDB_stat()
    var descriptor: Int32 = -1
    unsafe mdb_env_info(raw, &info)
    unsafe mdb_env_stat(raw, &shape)
    unsafe mdb_env_get_fd(raw, &descriptor)
    var file = stat()
    guard unsafe fstat(descriptor, &file) == 0 else {
      throw .system(path: path, doing: "checking the file's length")
    }
    if file.st_nlink == 0 { throw .missing(path: path) }
    let expected = unsafe (info.me_last_pgno + 1) * Int(shape.ms_psize)
    if Int(file.st_size) < expected {
      throw .tornTail(path: path, bytes: Int(file.st_size), expected: expected)
    }
  }
}

extension Environment {
  /// Runs `body` in a read transaction: everything it sees is of one moment. The writer does not
  /// wait for it, but the pages it may see are not reused, and the map does not grow, until it ends.
  func read<R>(
    _ body: (borrowing Transaction) throws(JournalError) -> R
  ) throws(JournalError) -> R {
    while true {
      gate.enter()
      var begun: OpaquePointer?
      let code = unsafe mdb_txn_begin(raw, nil, UInt32(MDB_RDONLY), &begun)
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
      unsafe try Self.checkLength(raw, path: path)
      return unsafe try body(Transaction(raw: transaction, databases: databases, path: path))
    }
  }

  /// Runs `body` in a write transaction and commits: all of it or nothing. When the map is full, the
  /// map grows and `body` runs again, so `body` must begin from the same state each time.
  func write<R>(
    _ body: (borrowing Transaction) throws(JournalError) -> R
  ) throws(JournalError) -> R {
    while true {
      let failed: Int32
      do {
        return try attempt(body)
      } catch {
        guard case .lmdb(_, let code, _) = error, code == MDB_MAP_FULL || code == MDB_MAP_RESIZED
        else { throw explained(error) }
        failed = code
      }
      if failed == MDB_MAP_FULL { try grow() } else { try adoptMapSize() }
    }
  }

  private func attempt<R>(
    _ body: (borrowing Transaction) throws(JournalError) -> R
  ) throws(JournalError) -> R {
    gate.enter()
    defer { gate.leave() }
    var begun: OpaquePointer?
    let code = unsafe mdb_txn_begin(raw, nil, 0, &begun)
    guard code == MDB_SUCCESS, let transaction = unsafe begun else {
      throw .failure(code, path: path, doing: "beginning to write")
    }
    let result: R
    do {
      result = unsafe try body(Transaction(raw: transaction, databases: databases, path: path))
    } catch {
      unsafe mdb_txn_abort(transaction)
      throw error
    }
    let committed = unsafe mdb_txn_commit(transaction)
    if committed != MDB_SUCCESS { throw .failure(committed, path: path, doing: "committing") }
    // A file that was deleted or cut under the writer keeps nothing: do not acknowledge.
    unsafe try Self.checkLength(raw, path: path)
    return result
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

  /// Waits until everything committed is on the disk.
  func sync() throws(JournalError) {
    gate.enter()
    defer { gate.leave() }
    let code = unsafe mdb_env_sync(raw, 1)
    if code != MDB_SUCCESS {
      throw .failure(code, path: path, doing: "waiting for the disk")
    }
  }

  /// Bytes of address space mapped now.
  var mapSize: Int {
    gate.enter()
    defer { gate.leave() }
    var info = unsafe MDB_envinfo()
    unsafe mdb_env_info(raw, &info)
    return unsafe info.me_mapsize
  }

  /// Makes this the writer's environment: opened for writing, with the writer's wait for the disk.
  func prepareWriting(
    waitsForDisk: Bool, largestMap: Int
  ) throws(JournalError) {
    try gate.exclusively { () throws(JournalError) in
      if access == .reading { try reopen(.writing) }
      unsafe mdb_env_set_flags(raw, UInt32(MDB_NOSYNC), waitsForDisk ? 0 : 1)
      self.largestMap = largestMap
    }
  }

  /// Closes and opens again. Only alone in the gate.
  private func reopen(_ access: Access) throws(JournalError) {
    unsafe mdb_env_close(raw)
    unsafe raw = try Self.openRaw(path: path, access: access, mapSize: nil)
    databases = unsafe try Self.openDatabases(raw, path: path, creating: nil)
    self.access = access
  }

  private func grow() throws(JournalError) {
    try gate.exclusively { () throws(JournalError) in
      var dead: Int32 = 0
      unsafe mdb_reader_check(raw, &dead)
      var info = unsafe MDB_envinfo()
      unsafe mdb_env_info(raw, &info)
      let (now, most) = unsafe (info.me_mapsize, largestMap)
      guard now < most else { throw .mapFull(path: path, size: now) }
      try map(now > most / 2 ? most : now * 2)
    }
  }

  /// Takes over the size that the writer, in another process, grew the map to.
  private func adoptMapSize() throws(JournalError) {
    try gate.exclusively { () throws(JournalError) in
      var descriptor: Int32 = -1
      var shape = MDB_stat()
      unsafe mdb_env_get_fd(raw, &descriptor)
      unsafe mdb_env_stat(raw, &shape)
      var size = 0
      for page in 0..<2 {
        // `mm_mapsize` is 32 bytes into each of the two meta pages.
        var stored = 0
        let place = page * Int(shape.ms_psize) + 32
        if unsafe pread(descriptor, &stored, 8, place) == 8 { size = max(size, stored) }
      }
      try map(size)
    }
  }

  /// Maps `size` bytes. Only alone in the gate.
  private func map(_ size: Int) throws(JournalError) {
    // LMDB gives up its old map before it asks for the new one and cannot go on without: ask first.
    var descriptor: Int32 = -1
    unsafe mdb_env_get_fd(raw, &descriptor)
    let trial = unsafe mmap(nil, size, PROT_READ, MAP_SHARED, descriptor, 0)
    guard unsafe trial != MAP_FAILED else { throw .mapFull(path: path, size: size) }
    unsafe munmap(trial, size)
    let code = unsafe mdb_env_set_mapsize(raw, size)
    if code != MDB_SUCCESS { throw .failure(code, path: path, doing: "growing the map") }
  }
}
