extension Journal {
  /// Begins an import: what is appended from here on counts only once `finishImport` returned.
  /// Readers do not show it before, and if the process dies the next writer removes it.
  /// - Returns: first sequence of the import.
  /// - Throws: `importState` if one is under way.
  @discardableResult
  public mutating func beginImport() throws(JournalError) -> UInt64 {
    if let pendingImport { throw .importState(path: path, pending: pendingImport) }
    let first = sequence + 1
    try environment.write { (transaction) throws(JournalError) in
      try transaction.putMeta("pending", littleEndian(first))
    }
    pendingImport = first
    return first
  }

  /// Makes the import count.
  /// - Throws: `importState` if none is under way.
  public mutating func finishImport() throws(JournalError) {
    if pendingImport == nil { throw .importState(path: path, pending: nil) }
    try environment.write { (transaction) throws(JournalError) in
      try transaction.removeMeta("pending")
    }
    pendingImport = nil
  }

  /// Removes what the import recorded, as opening the journal after a crash would.
  /// - Throws: `importState` if none is under way.
  public mutating func abandonImport() throws(JournalError) {
    guard let first = pendingImport else { throw .importState(path: path, pending: nil) }
    _ = try environment.truncate(from: first)
    pendingImport = nil
    let id = meta.id
    let head = try environment.read { (view) throws(JournalError) in
      try view.head(id: id, hasher: Sha256())
    }
    hashThread?.forget()
    (sequence, time, lastChain) = (head.sequence, head.time, head.chain)
    settled = min(settled, sequence)
  }
}
