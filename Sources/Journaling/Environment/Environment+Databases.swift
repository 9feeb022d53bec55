import CLMDB
import Glibc

extension Environment {
  /// Opens the databases, after a look at the pages of an environment that is there.
  /// - Returns: their handles, and whether every page was looked at.
  static func openDatabases(
    _ raw: OpaquePointer, path: String, creating meta: JournalMeta?,
    looking reach: PageCheck.Reach
  ) throws(JournalError) -> (Databases, isWhole: Bool) {
    if meta == nil { unsafe try checkLength(raw, path: path) }
    let transaction = unsafe try begin(raw, path: path, writing: meta != nil)
    var databases = Databases()
    var isWhole = true
    do {
      if meta == nil {
        isWhole = unsafe try checkPages(renewing: transaction, raw, path: path, reach)
      }
      databases.meta = unsafe try database("meta", 0, in: transaction, path, creating: meta != nil)
      let view = unsafe Transaction(
        raw: transaction, databases: databases, path: path, isWhole: true)
      // Read before the rest is opened: a newer format may have other databases.
      if let meta { try meta.write(to: view) } else { _ = try JournalMeta(from: view) }
      func open(_ name: String, _ flags: Int32) throws(JournalError) -> MDB_dbi {
        unsafe try database(name, flags, in: transaction, path, creating: meta != nil)
      }
      // Verification goes on without it: the look at all pages tells that it is missing, and it is not read.
      func openUnlessVerifying(_ name: String, _ flags: Int32) throws(JournalError) -> MDB_dbi {
        if case .core = reach { return (try? open(name, flags)) ?? 0 }
        return try open(name, flags)
      }
      let index = MDB_INTEGERKEY | MDB_DUPSORT | MDB_DUPFIXED | MDB_INTEGERDUP
      databases.blocks = try open("blocks", MDB_INTEGERKEY)
      databases.snapshots = try openUnlessVerifying("snapshots", MDB_INTEGERKEY)
      databases.checkpoints = try openUnlessVerifying("checkpoints", MDB_INTEGERKEY)
      databases.orders = try openUnlessVerifying("orders", index)
      databases.times = try openUnlessVerifying("times", index)
    } catch {
      unsafe mdb_txn_abort(transaction)
      throw error
    }
    let committed = unsafe mdb_txn_commit(transaction)
    if committed != MDB_SUCCESS { throw .failure(committed, path: path, doing: "opening") }
    return (databases, isWhole)
  }

  private static func begin(
    _ raw: OpaquePointer, path: String, writing: Bool
  ) throws(JournalError) -> OpaquePointer {
    var begun: OpaquePointer?
    let flags = writing ? 0 : UInt32(MDB_RDONLY)
    var code = unsafe mdb_txn_begin(raw, nil, flags, &begun)
    // The writer, in another process, may grow the map at any moment: nobody else uses this one yet, so its
    // new size is taken over as often as it takes.
    while code == MDB_MAP_RESIZED {
      code = unsafe mdb_env_set_mapsize(raw, 0)
      if code == MDB_SUCCESS { code = unsafe mdb_txn_begin(raw, nil, flags, &begun) }
    }
    guard code == MDB_SUCCESS, let transaction = unsafe begun else {
      throw .failure(code, path: path, doing: "opening")
    }
    return unsafe transaction
  }

  private static func database(
    _ name: String, _ flags: Int32, in transaction: OpaquePointer, _ path: String, creating: Bool
  ) throws(JournalError) -> MDB_dbi {
    var handle: MDB_dbi = 0
    let code = unsafe mdb_dbi_open(
      transaction, name, UInt32(flags | (creating ? MDB_CREATE : 0)), &handle)
    if code == MDB_NOTFOUND || code == MDB_INCOMPATIBLE {
      throw unsafe missing(name, in: transaction, path)
    }
    if code != MDB_SUCCESS { throw .failure(code, path: path, doing: "opening") }
    return handle
  }

  /// The error for a database that is not there.
  private static func missing(
    _ name: String, in transaction: OpaquePointer, _ path: String
  ) -> JournalError {
    let what = "it has no database \"\(name)\""
    var (blocks, names) = (MDB_dbi(0), MDB_stat())
    if unsafe name != "meta" || mdb_dbi_open(transaction, "blocks", 0, &blocks) == MDB_SUCCESS {
      return .damagedStore(path: path, what: what)
    }
    // The tree of names is LMDB's second own.
    let isEmpty = unsafe mdb_stat(transaction, 1, &names) == MDB_SUCCESS && names.ms_entries == 0
    return .notAJournal(
      path: path,
      why: isEmpty
        ? "it is empty, as if its creation was cut off; then the folder can be removed" : what)
  }
}
