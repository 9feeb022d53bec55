import CLMDB

/// A place in a database with integer keys.
@safe
struct Cursor: ~Copyable {
  private let raw: OpaquePointer
  private let path: String

  /// The key and the value at a place.
  @unsafe
  struct Item {
    var key: UInt64
    var value: UnsafeRawBufferPointer

    /// The value of an index database: an integer. Nil if the value is none.
    var member: UInt64? {
      guard unsafe value.count == 8 else { return nil }
      return unsafe value.loadUnaligned(as: UInt64.self)
    }
  }

  static func open(
    _ transaction: borrowing Transaction, _ database: MDB_dbi
  ) throws(JournalError) -> Cursor {
    var raw: OpaquePointer?
    try transaction.check(
      unsafe mdb_cursor_open(transaction.raw, database, &raw), "opening a cursor")
    return unsafe Cursor(raw: raw!, path: transaction.path)
  }

  private init(raw: OpaquePointer, path: String) {
    unsafe self.raw = raw
    self.path = path
  }

  deinit { unsafe mdb_cursor_close(raw) }

  /// Moves, and tells what is there; nil if there is nothing.
  /// - Parameter key: what `MDB_SET_RANGE` and its like look for.
  func move(_ operation: MDB_cursor_op, to key: UInt64 = 0) throws(JournalError) -> Item? {
    var key = key
    var data = unsafe MDB_val()
    var found: UInt64?
    let code = unsafe withUnsafeMutableBytes(of: &key) { bytes in
      var name = unsafe MDB_val(mv_size: 8, mv_data: bytes.baseAddress)
      let code = unsafe mdb_cursor_get(raw, &name, &data, operation)
      if code == MDB_SUCCESS, unsafe name.mv_size == 8 {
        found = unsafe name.mv_data.loadUnaligned(as: UInt64.self)
      }
      return code
    }
    // Asking a cursor that is nowhere for its next place is EINVAL in LMDB.
    if code == MDB_NOTFOUND { return nil }
    guard code == MDB_SUCCESS, let found else {
      throw .failure(code == MDB_SUCCESS ? MDB_CORRUPTED : code, path: path, doing: "reading")
    }
    return unsafe Item(
      key: found, value: UnsafeRawBufferPointer(start: data.mv_data, count: data.mv_size))
  }

  /// The last item whose key is at most `key`; nil if there is none.
  func floor(_ key: UInt64) throws(JournalError) -> Item? {
    guard let above = unsafe try move(MDB_SET_RANGE, to: key) else {
      return unsafe try move(MDB_LAST)
    }
    if unsafe above.key == key { return unsafe above }
    return unsafe try move(MDB_PREV)
  }

  /// Whether an integer is in the ordered set at an integer key.
  func has(_ key: UInt64, _ member: UInt64) throws(JournalError) -> Bool {
    var pair = (key, member)
    let code = unsafe withUnsafeMutableBytes(of: &pair) { bytes in
      var name = unsafe MDB_val(mv_size: 8, mv_data: bytes.baseAddress)
      var data = unsafe MDB_val(mv_size: 8, mv_data: bytes.baseAddress! + 8)
      return unsafe mdb_cursor_get(raw, &name, &data, MDB_GET_BOTH)
    }
    guard code == MDB_SUCCESS || code == MDB_NOTFOUND else {
      throw .failure(code, path: path, doing: "reading an index")
    }
    return code == MDB_SUCCESS
  }

  /// Adds integers to the ordered set at an integer key, with one way down the tree; adding one again changes
  /// nothing.
  /// - Precondition: there is at least one.
  func insert(_ key: UInt64, _ members: Span<UInt64>) throws(JournalError) {
    var key = key
    let code = unsafe members.withUnsafeBytes { members in
      unsafe withUnsafeMutableBytes(of: &key) { key in
        var name = unsafe MDB_val(mv_size: 8, mv_data: key.baseAddress)
        // The length of one, then how many there are.
        var data = unsafe (
          MDB_val(mv_size: 8, mv_data: UnsafeMutableRawPointer(mutating: members.baseAddress)),
          MDB_val(mv_size: members.count / 8, mv_data: nil)
        )
        return unsafe withUnsafeMutableBytes(of: &data) { data in
          unsafe mdb_cursor_put(
            raw, &name, data.baseAddress!.assumingMemoryBound(to: MDB_val.self),
            UInt32(MDB_MULTIPLE))
        }
      }
    }
    if code != MDB_SUCCESS { throw .failure(code, path: path, doing: "adding to an index") }
  }

  /// Removes the item the cursor is at.
  func remove() throws(JournalError) {
    let code = unsafe mdb_cursor_del(raw, 0)
    if code != MDB_SUCCESS { throw .failure(code, path: path, doing: "removing a value") }
  }
}
