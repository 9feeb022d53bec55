import Events
import GRDB

/// Rows of a list, and up to where the journal was looked at for them.
public struct ListPage<Row: Sendable>: Sendable {
  public var rows: [Row]
  /// Position of the read model.
  public var through: UInt64
}

extension ReadModel {
  /// Orders by the sequence of their first entry.
  public func orders(after sequence: UInt64, limit: Int) throws(ReadModelError)
    -> ListPage<OrderRow>
  {
    try page("SELECT * FROM orders WHERE seq > ? ORDER BY seq LIMIT ?", sequence, limit)
  }

  /// An order.
  public func order(_ id: OrderID) throws(ReadModelError) -> ListPage<OrderRow> {
    try page("SELECT * FROM orders WHERE id = ? LIMIT ?", id.raw, 1)
  }

  /// Fills, busts and corrections.
  public func executions(after sequence: UInt64, limit: Int) throws(ReadModelError)
    -> ListPage<ExecutionRow>
  {
    try page("SELECT * FROM executions WHERE seq > ? ORDER BY seq LIMIT ?", sequence, limit)
  }

  public func alerts(after sequence: UInt64, limit: Int) throws(ReadModelError)
    -> ListPage<AlertRow>
  {
    try page("SELECT * FROM alerts WHERE seq > ? ORDER BY seq LIMIT ?", sequence, limit)
  }

  public func auditLog(after sequence: UInt64, limit: Int) throws(ReadModelError)
    -> ListPage<AuditRow>
  {
    try page("SELECT * FROM audit_log WHERE seq > ? ORDER BY seq LIMIT ?", sequence, limit)
  }

  /// The profit series. Rows of one sequence stay on one page, though it may then be longer than asked for.
  public func profits(
    after sequence: UInt64, limit: Int, scope: ProfitRow.Scope?, name: String?
  ) throws(ReadModelError) -> ListPage<ProfitRow> {
    var filter = ""
    var arguments: StatementArguments = []
    if let scope {
      filter += " AND scope = ?"
      arguments += [scope.rawValue]
    }
    if let name {
      filter += " AND name = ?"
      arguments += [name]
    }
    let start = StatementArguments([Int64(stored: sequence)]) + arguments
    return try read { db in
      let last = try Int64.fetchOne(
        db,
        sql: """
          SELECT MAX(seq) FROM (SELECT seq FROM pnl WHERE seq > ?\(filter) ORDER BY seq LIMIT ?)
          """, arguments: start + [limit])
      let rows = try ProfitRow.fetchAll(
        db,
        sql: """
          SELECT * FROM pnl WHERE seq > ?\(filter) AND seq <= ? ORDER BY seq, scope, name, currency
          """, arguments: start + [last ?? 0])
      return ListPage(rows: rows, through: try Self.position(db).sequence)
    }
  }

  /// What names and scales entries are written with, as of some entry.
  public struct Names: Sendable {
    /// Sequences of the definitions of instruments, ascending.
    public var definitions: [UInt64]
    public var orders: [(OrderID, InstrumentID)]
    /// The entry up to which all are there.
    public var through: UInt64
  }

  /// Where in the journal instruments are defined, and the instruments of all orders. O(orders).
  public func names(through last: UInt64) throws(ReadModelError) -> Names {
    let bound = Int64(stored: last)
    return try read { db in
      let definitions = try Int64.fetchAll(
        db, sql: "SELECT seq FROM definitions WHERE seq <= ? ORDER BY seq", arguments: [bound])
      var orders: [(OrderID, InstrumentID)] = []
      let cursor = try Row.fetchCursor(
        db, sql: "SELECT id, instrument FROM orders WHERE seq <= ?", arguments: [bound])
      while let row = try cursor.next() {
        orders.append(
          (OrderID(UInt64(row[0] as Int64)), InstrumentID(UInt16(row[1] as Int64))))
      }
      return Names(
        definitions: definitions.map { UInt64($0) }, orders: orders,
        through: min(last, try Self.position(db).sequence))
    }
  }

  private func page<R: FetchableRecord & Sendable>(_ sql: String, _ start: UInt64, _ limit: Int)
    throws(ReadModelError) -> ListPage<R>
  {
    try read { db in
      let rows = try R.fetchAll(
        db.cachedStatement(sql: sql), arguments: [Int64(stored: start), limit])
      return ListPage(rows: rows, through: try Self.position(db).sequence)
    }
  }
}
