import Events
import Foundation
import GRDB
import Glibc
import Journaling
import Scenarios
import Testing
import Trading

@testable import Projections

/// Opening the file, whatever is there.
struct ReadModelTests {
  private let folder: JournalFolder
  private let reader: JournalReader
  private let path: String

  init() throws {
    folder = try JournalFolder()
    var stage = Stage()
    for number in 0..<50 {
      stage.step(.instrument(.share(UInt16(number), "S\(number)")))
    }
    reader = try folder.write(stage.entries, to: "run", block: 10)
    path = folder.path("read.sqlite")
  }

  private func open(
    _ reader: JournalReader? = nil, engine: String = "1", isOurs: Bool = true
  ) throws -> (model: ReadModel, note: String?) {
    try ReadModel.open(at: path, of: reader ?? self.reader, engine: engine, isOurs: isOurs)
  }

  /// A read model with an alert, up to an entry.
  private func prepare(through sequence: UInt64) throws {
    let (model, _) = try open()
    var changes = Changes()
    changes.alerts = [
      AlertRow(sequence: 1, time: "", kind: "alert", text: "old", entry: "{}")
    ]
    let found = try reader.end(ofBlockWith: sequence)
    let end = try #require(found)
    try model.apply(changes, through: .init(sequence: end.sequence, chain: end.chain))
  }

  private func alerts(_ model: ReadModel) throws -> Int {
    try model.alerts(after: 0, limit: 10).rows.count
  }

  @Test func `what fits is gone on with`() throws {
    try prepare(through: 20)
    let (model, note) = try open()
    #expect(try note == nil && alerts(model) == 1)
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
    #expect((mode as? Int).map { $0 & 0o007 } == 0)
    #expect(try model.position().sequence == 20)
  }

  @Test func `another engine, journal or version is begun anew, and it is said why`() throws {
    try prepare(through: 20)
    #expect(try open(engine: "2").note == "it was made by another engine")
    try prepare(through: 20)
    let other = try open(folder.reader(copy(blocks: 10, through: 50, id: 1)))
    #expect(other.note == "it is of another journal")
    #expect(try alerts(other.model) == 0 && other.model.position().sequence == 0)
  }

  @Test
  func `a position that the journal does not have, or has with another hash, is not gone on with`()
    throws
  {
    try prepare(through: 50)
    let short = try open(folder.reader(copy(blocks: 10, through: 30, id: 0))).note
    #expect(short == "the journal is not the one of before at #50")
    try prepare(through: 20)
    // The same entries in other blocks have another chain.
    let changed = try open(folder.reader(copy(blocks: 20, through: 50, id: 0)))
    #expect(changed.note == "the journal is not the one of before at #20")
    #expect(try alerts(changed.model) == 0)
  }

  /// Another journal of the same entries.
  private func copy(blocks: Int, through last: Int, id: UInt8) throws -> String {
    let name = UUID().uuidString
    var meta = JournalFolder.meta
    meta.id = JournalID([id] + Array(1..<16))!
    var journal = try Journal.create(
      at: folder.path(name), meta: meta, durability: .none,
      options: JournalOptions(mapSize: 4 << 20))
    try folder.append(reader.entries().prefix(last).map { $0 }, to: &journal, block: blocks)
    return name
  }

  @Test func `a file of an older version is dropped and made anew`() throws {
    try prepare(through: 20)
    do {
      let queue = try DatabaseQueue(path: path)
      try queue.write { db in
        try db.execute(sql: "UPDATE projection SET version = 0; DROP TABLE pnl")
      }
    }
    let (model, note) = try open()
    #expect(note == "its tables are of another version")
    #expect(try model.profits(after: 0, limit: 1, scope: nil, name: nil).rows.isEmpty)
    #expect(try alerts(model) == 0)
  }

  @Test func `a file of a newer version is dropped too`() throws {
    try prepare(through: 20)
    do {
      let queue = try DatabaseQueue(path: path)
      try queue.write { db in
        try db.execute(sql: "INSERT INTO grdb_migrations VALUES ('9 of the future')")
      }
    }
    #expect(try open().note == "its tables are of another version")
  }

  @Test(arguments: [
    "a letter to my mother, long enough to be more than a hundred bytes of a header ........", "x",
  ])
  func `a file of somebody's is refused, but not in our own place`(_ text: String) throws {
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    #expect(throws: ReadModelError.foreign(path: path, why: "it is no SQLite file")) {
      _ = try open(isOurs: false)
    }
    #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
    let (model, note) = try open()
    #expect(note == "it was not a read model (it is no SQLite file)")
    #expect(try alerts(model) == 0)
  }

  @Test func `another program's database is refused`() throws {
    do {
      let queue = try DatabaseQueue(path: path)
      try queue.write { db in try db.execute(sql: "CREATE TABLE letters (text TEXT)") }
    }
    #expect(
      throws: ReadModelError.foreign(path: path, why: "it is an SQLite file of something else")
    ) {
      _ = try open(isOurs: false)
    }
  }

  @Test func `damaged pages are begun anew`() throws {
    try prepare(through: 20)
    let handle = try #require(FileHandle(forUpdatingAtPath: path))
    try handle.seek(toOffset: 100)
    try handle.write(contentsOf: Data(repeating: 0xFF, count: 8_000))
    try handle.close()
    try? FileManager.default.removeItem(atPath: path + "-wal")
    let (model, note) = try open()
    #expect(note == "it was damaged")
    #expect(try alerts(model) == 0)
  }

  @Test func `one process keeps it`() throws {
    do {
      let first = try open().model
      #expect(throws: ReadModelError.inUse(path: path)) { _ = try open() }
      #expect(first.path == path)
    }
    #expect(try open().note == nil)
  }

  @Test func `a place that cannot be written is said with its reason`() throws {
    let error = #expect(throws: ReadModelError.self) {
      _ = try ReadModel.open(
        at: folder.path("nowhere/read.sqlite"), of: reader, engine: "1", isOurs: true)
    }
    #expect(
      error?.description.contains("nowhere/read.sqlite.lock: failed while opening its lock") == true
    )
  }

  @Test func `rows and position are written together or not at all`() throws {
    try prepare(through: 20)
    let (model, _) = try open()
    var changes = Changes()
    changes.audits = [
      AuditRow(sequence: 21, time: "", kind: "operator", cause: 0, entry: "{}")
    ]
    // Alerts are written before, so it is the transaction that takes them back.
    try model.pool.write { db in
      try db.execute(
        sql: "CREATE TRIGGER t BEFORE INSERT ON audit_log BEGIN SELECT RAISE(ABORT, 'no'); END")
    }
    changes.alerts = [AlertRow(sequence: 21, time: "", kind: "alert", text: "", entry: "{}")]
    let found = try reader.end(ofBlockWith: 30)
    let end = try #require(found)
    #expect(throws: ReadModelError.self) {
      try model.apply(changes, through: .init(sequence: end.sequence, chain: end.chain))
    }
    #expect(try alerts(model) == 1 && model.position().sequence == 20)
  }
}
