import CLMDB

extension Environment {
  /// Removes everything from a sequence on; only the roll-back of an unfinished import does that.
  ///
  /// Works from the end in small transactions and takes the mark of the import away last, so that a
  /// crash in between leaves an import that is still unfinished, and less of it.
  /// - Returns: the entries removed; nil if the import had recorded none.
  func truncate(from first: UInt64) throws(JournalError) -> ClosedRange<UInt64>? {
    let last = try read { (view) throws(JournalError) in try view.lastRecorded() }
    for database in [\Databases.orders, \Databases.times] {
      try removeMembers(of: database, from: first)
    }
    for database in [\Databases.snapshots, \Databases.checkpoints, \Databases.blocks] {
      while try removeLast(256, of: database, from: first) {}
    }
    try write { (transaction) throws(JournalError) in try transaction.removeMeta("pending") }
    return last >= first ? first...last : nil
  }

  /// Removes up to `count` values with keys from `first` on, from the end.
  /// - Returns: whether there may be more.
  private func removeLast(
    _ count: Int, of database: KeyPath<Databases, MDB_dbi>, from first: UInt64
  ) throws(JournalError) -> Bool {
    try write { (transaction) throws(JournalError) in
      let cursor = try Cursor.open(transaction, transaction.databases[keyPath: database])
      for _ in 0..<count {
        guard let item = unsafe try cursor.move(MDB_LAST), unsafe item.key >= first else {
          return false
        }
        try cursor.remove()
      }
      return true
    }
  }

  /// Removes the members from `first` on from every set of an index.
  private func removeMembers(of database: KeyPath<Databases, MDB_dbi>, from first: UInt64)
    throws(JournalError)
  {
    var from: UInt64 = 0
    while let next = try removeMembers(of: database, from: first, keysFrom: from) { from = next }
  }

  /// Does so for keys from `key` on, as many as one small transaction takes.
  /// - Returns: the key to go on with; nil if all are done.
  private func removeMembers(
    of database: KeyPath<Databases, MDB_dbi>, from first: UInt64, keysFrom key: UInt64
  ) throws(JournalError) -> UInt64? {
    try write { (transaction) throws(JournalError) in
      let cursor = try Cursor.open(transaction, transaction.databases[keyPath: database])
      var item = unsafe try cursor.move(MDB_SET_RANGE, to: key)
      var removed = 0
      while let current = unsafe item {
        let key = unsafe current.key
        if removed >= 4096 { return key }
        // The members are in order, so those to remove are the last.
        while let last = unsafe try cursor.move(MDB_LAST_DUP)?.member, last >= first {
          try cursor.remove()
          removed += 1
          guard unsafe try cursor.move(MDB_SET, to: key) != nil else { break }
        }
        guard key < .max else { return nil }
        unsafe item = try cursor.move(MDB_SET_RANGE, to: key + 1)
      }
      return nil
    }
  }
}
