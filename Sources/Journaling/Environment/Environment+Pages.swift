import CLMDB
import Glibc

extension PageCheck.Reach {
  /// What opening looks at: a bounded number of pages, so that a restart stays short.
  static var quick: PageCheck.Reach { .opening(pages: 16_384) }
}

extension Environment {
  /// Looks for a root that a writer keeps replacing so often.
  private static let attempts = 100

  /// Checks the pages that a new transaction sees, whatever else was looked at.
  func checkPages() throws(JournalError) -> PageReport {
    for _ in 0..<Self.attempts {
      let report = try read { (view) throws(JournalError) in
        unsafe Self.look(view.raw, try opened(), .everything)
      }
      if let report { return report }
    }
    throw Self.noRoot(path)
  }

  /// Checks the pages that a transaction sees, which is renewed when a writer replaced its root.
  /// - Returns: whether every page was looked at.
  static func checkPages(
    renewing transaction: OpaquePointer, _ raw: OpaquePointer, path: String,
    _ reach: PageCheck.Reach
  ) throws(JournalError) -> Bool {
    for _ in 0..<attempts {
      if let report = unsafe look(transaction, raw, reach) {
        guard let first = report.damage.first else { return report.isWhole }
        let more = report.damage.count - 1
        throw .damagedStore(
          path: path, what: "\(first)" + (more > 0 ? ", and \(more) more" : ""))
      }
      unsafe mdb_txn_reset(transaction)
      let code = unsafe mdb_txn_renew(transaction)
      if code != MDB_SUCCESS { throw .failure(code, path: path, doing: "opening") }
    }
    throw noRoot(path)
  }

  private static func noRoot(_ path: String) -> JournalError {
    .damagedStore(path: path, what: "no meta page of data.mdb is of its newest transaction")
  }

  /// - Returns: nil if the meta page is not the transaction's any more, or not yet.
  private static func look(
    _ transaction: OpaquePointer, _ raw: OpaquePointer, _ reach: PageCheck.Reach
  ) -> PageReport? {
    guard let (descriptor, size, meta) = unsafe MetaPage.of(transaction, raw) else { return nil }
    var check = PageCheck(descriptor, pageSize: size, meta)
    check.run(reach)
    return check.report
  }
}

extension Transaction {
  /// Looks at the pages that lead to the entries of a database from a key on, and at the next leaves.
  ///
  /// Does nothing where opening looked at all pages, which is so unless the journal is large.
  func look(
    at tree: PageTree, from key: UInt64 = 0, leaves: Int = 2
  ) throws(JournalError) {
    if isWhole { return }
    guard let environment = unsafe mdb_txn_env(raw),
      let (descriptor, size, meta) = unsafe MetaPage.of(raw, environment)
    else {
      // A writer has replaced the root, and so has looked at the file.
      return
    }
    var check = PageCheck(descriptor, pageSize: size, meta)
    check.run(tree, from: key, leaves: leaves)
    if let first = check.report.damage.first {
      throw .damagedStore(path: path, what: "\(first)")
    }
  }
}

extension MetaPage {
  /// The meta page that a transaction sees.
  /// - Returns: nil if it is not the transaction's any more, or not yet.
  fileprivate static func of(
    _ transaction: OpaquePointer, _ raw: OpaquePointer
  ) -> (descriptor: Int32, pageSize: Int, MetaPage)? {
    var shape = MDB_stat()
    var descriptor: Int32 = -1
    unsafe mdb_env_stat(raw, &shape)
    unsafe mdb_env_get_fd(raw, &descriptor)
    guard let length = FileState(descriptor)?.size else { return nil }
    let (id, size) = unsafe (UInt64(mdb_txn_id(transaction)), Int(shape.ms_psize))
    guard
      let meta = MetaPage(descriptor, size, page: id % 2, fileLength: length),
      meta.transaction == id
    else { return nil }
    return (descriptor, size, meta)
  }
}
