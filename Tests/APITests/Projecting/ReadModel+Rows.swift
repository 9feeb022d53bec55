import GRDB

@testable import Projections

extension ReadModel {
  /// All rows of all tables as text, in order of their keys.
  func allRows() throws -> [String: [String]] {
    try read { db in
      var tables: [String: [String]] = [:]
      for name in Schema.names {
        let rows = try Row.fetchAll(db, sql: "SELECT * FROM \(name) ORDER BY 1, 2")
        tables[name] = rows.map { row in
          row.databaseValues.map { $0.storage.value.map { "\($0)" } ?? "null" }
            .joined(separator: "|")
        }.sorted()
      }
      return tables
    }
  }

  /// Bounds the file, as a full disk does.
  func limitSize(pages: Int) throws {
    try pool.write { db in try db.execute(sql: "PRAGMA max_page_count = \(pages)") }
  }
}
