import CLMDB
import Events

/// The handles of a journal's databases.
struct Databases {
  var meta: MDB_dbi = 0
  var blocks: MDB_dbi = 0
  var snapshots: MDB_dbi = 0
  var checkpoints: MDB_dbi = 0
  var orders: MDB_dbi = 0
  var times: MDB_dbi = 0
}

/// An open LMDB transaction, lent by `Environment.read` and `Environment.write`.
///
/// Memory it hands out is valid until the transaction ends; memory to write until its next `put`.
@safe
struct Transaction: ~Copyable {
  let raw: OpaquePointer
  let databases: Databases
  /// The journal's folder, for errors.
  let path: String
  /// Whether every page was looked at before LMDB uses it.
  let isWhole: Bool

  func check(_ code: Int32, _ doing: String) throws(JournalError) {
    if code != MDB_SUCCESS { throw .failure(code, path: path, doing: doing) }
  }

  /// The value at an integer key; nil if there is none.
  func value(
    _ database: MDB_dbi, _ key: UInt64
  ) throws(JournalError) -> UnsafeRawBufferPointer? {
    var key = key
    var data = unsafe MDB_val()
    let code = unsafe withUnsafeMutableBytes(of: &key) { bytes in
      var name = unsafe MDB_val(mv_size: bytes.count, mv_data: bytes.baseAddress)
      return unsafe mdb_get(raw, database, &name, &data)
    }
    if code == MDB_NOTFOUND { return nil }
    try check(code, "reading")
    return unsafe UnsafeRawBufferPointer(start: data.mv_data, count: data.mv_size)
  }

  /// Makes room for a value of `count` bytes at an integer key.
  func reserve(
    _ database: MDB_dbi, _ key: UInt64, count: Int, appending: Bool = false
  ) throws(JournalError) -> UnsafeMutableRawBufferPointer {
    var key = key
    var data = unsafe MDB_val(mv_size: count, mv_data: nil)
    let flags = UInt32(MDB_RESERVE) | (appending ? UInt32(MDB_APPEND) : 0)
    let code = unsafe withUnsafeMutableBytes(of: &key) { bytes in
      var name = unsafe MDB_val(mv_size: bytes.count, mv_data: bytes.baseAddress)
      return unsafe mdb_put(raw, database, &name, &data, flags)
    }
    try check(code, "adding a value")
    return unsafe UnsafeMutableRawBufferPointer(start: data.mv_data, count: count)
  }

  /// Adds an integer to the ordered set at an integer key; adding it again changes nothing.
  func insert(_ database: MDB_dbi, _ key: UInt64, _ member: UInt64) throws(JournalError) {
    var pair = (key, member)
    let code = unsafe withUnsafeMutableBytes(of: &pair) { bytes in
      var name = unsafe MDB_val(mv_size: 8, mv_data: bytes.baseAddress)
      var data = unsafe MDB_val(mv_size: 8, mv_data: bytes.baseAddress! + 8)
      return unsafe mdb_put(raw, database, &name, &data, 0)
    }
    try check(code, "adding to an index")
  }

  /// Removes the value at an integer key; no error if there is none.
  func remove(_ database: MDB_dbi, _ key: UInt64) throws(JournalError) {
    var key = key
    let code = unsafe withUnsafeMutableBytes(of: &key) { bytes in
      var name = unsafe MDB_val(mv_size: 8, mv_data: bytes.baseAddress)
      return unsafe mdb_del(raw, database, &name, nil)
    }
    if code != MDB_NOTFOUND { try check(code, "removing a value") }
  }

  /// A value of `meta`; nil if there is none.
  func meta(_ key: String) throws(JournalError) -> [UInt8]? {
    var name = [UInt8](key.utf8)
    var data = unsafe MDB_val()
    let code = unsafe name.withUnsafeMutableBytes { bytes in
      var name = unsafe MDB_val(mv_size: bytes.count, mv_data: bytes.baseAddress)
      return unsafe mdb_get(raw, databases.meta, &name, &data)
    }
    if code == MDB_NOTFOUND { return nil }
    try check(code, "reading meta")
    return unsafe [UInt8](UnsafeRawBufferPointer(start: data.mv_data, count: data.mv_size))
  }

  /// Sets a value of `meta`.
  func putMeta(_ key: String, _ value: [UInt8]) throws(JournalError) {
    var name = [UInt8](key.utf8)
    var value = value
    let code = unsafe name.withUnsafeMutableBytes { name in
      unsafe value.withUnsafeMutableBytes { value in
        var name = unsafe MDB_val(mv_size: name.count, mv_data: name.baseAddress)
        var data = unsafe MDB_val(mv_size: value.count, mv_data: value.baseAddress)
        return unsafe mdb_put(raw, databases.meta, &name, &data, 0)
      }
    }
    try check(code, "writing meta")
  }

  /// Removes a value of `meta`; no error if there is none.
  func removeMeta(_ key: String) throws(JournalError) {
    var name = [UInt8](key.utf8)
    let code = unsafe name.withUnsafeMutableBytes { name in
      var name = unsafe MDB_val(mv_size: name.count, mv_data: name.baseAddress)
      return unsafe mdb_del(raw, databases.meta, &name, nil)
    }
    if code != MDB_NOTFOUND { try check(code, "writing meta") }
  }

  /// First sequence of the import under way; nil if none is.
  func pending() throws(JournalError) -> UInt64? {
    guard let bytes = try meta("pending") else { return nil }
    guard let first = UInt64(littleEndianBytes: bytes), first > 0 else {
      throw .damagedStore(path: path, what: "\"pending\" in its meta database is no sequence")
    }
    return first
  }
}
