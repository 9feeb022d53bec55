import GRDB

/// A row of a table, written over an older one with the same key.
protocol StoredRow {
  static var table: String { get }
  /// In the table's order, the key's first.
  static var columns: [String] { get }
  static var key: [String] { get }
  /// What a column becomes where there is a row already; the new value if nothing is said.
  static var merges: [String: String] { get }
  /// In the order of `columns`.
  var values: [(any DatabaseValueConvertible)?] { get }
}

extension StoredRow {
  static var merges: [String: String] { [:] }

  static var upsert: String {
    let marks = columns.map { _ in "?" }.joined(separator: ", ")
    let changes = columns.filter { !key.contains($0) }.map { column in
      "\(column) = \(merges[column] ?? "excluded.\(column)")"
    }
    return
      "INSERT INTO \(table) (\(columns.joined(separator: ", "))) VALUES (\(marks)) ON CONFLICT ("
      + key.joined(separator: ", ") + ") DO "
      + (changes.isEmpty ? "NOTHING" : "UPDATE SET " + changes.joined(separator: ", "))
  }
}

extension Database {
  /// Writes rows over those that have their keys.
  func write<R: StoredRow>(_ rows: [R]) throws {
    guard !rows.isEmpty else { return }
    let statement = try cachedStatement(sql: R.upsert)
    for row in rows { try statement.execute(arguments: StatementArguments(row.values)) }
  }
}

extension Int64 {
  /// A sequence or order number as SQLite keeps it. Journals end long before 2^63.
  init(stored number: UInt64) { self.init(clamping: number) }
}
