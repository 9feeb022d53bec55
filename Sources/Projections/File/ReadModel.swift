import Events
import GRDB
import Glibc
import Journaling

/// The read model: an SQLite file with what the journal comes to (docs/read-model.md). One process writes it;
/// reads see the rows of one position each.
public final class ReadModel: Sendable {
  /// Up to where the journal is projected.
  public struct Position: Equatable, Sendable {
    /// Of the entry projected last; 0 for none. It ends a block.
    public var sequence: UInt64
    /// The chain's hash there.
    public var chain: Digest

    public init(sequence: UInt64, chain: Digest) {
      self.sequence = sequence
      self.chain = chain
    }
  }

  public let path: String
  let pool: DatabasePool
  private let lock: FileLock

  private init(_ path: String, _ pool: DatabasePool, _ lock: consuming FileLock) {
    self.path = path
    self.pool = pool
    self.lock = lock
  }

  /// Opens the read model of a journal, to write it.
  /// - Parameters:
  ///   - engine: version of the engine that replays.
  ///   - isOurs: whether the place is Daybook's own, so that what is there may be removed whatever it is.
  ///   - isAnew: whether it is begun anew in any case.
  /// - Returns: the model, and why it was begun anew if there was one that could not be gone on with.
  public static func open(
    at path: String, of journal: JournalReader, engine: String, isOurs: Bool, isAnew: Bool = false
  ) throws(ReadModelError) -> (model: ReadModel, note: String?) {
    let lock = try FileLock.take(path)
    var note: String?
    if let why = try ForeignFile.reason(path) {
      guard isOurs else { throw ReadModelError.foreign(path: path, why: why) }
      note = "it was not a read model (\(why))"
      try remove(path)
    }
    var pool: DatabasePool
    do throws(ReadModelError) {
      pool = try connect(path)
      if let why = try misfit(pool, path, journal, engine, isAnew) {
        if !why.isEmpty { note = note ?? why }
        try begin(pool, path, journal, engine)
      }
    } catch {
      guard error.isDamage else { throw error }
      note = "it was damaged"
      try remove(path)
      pool = try connect(path)
      try begin(pool, path, journal, engine)
    }
    return (ReadModel(path, pool, lock), note)
  }

  private static func connect(_ path: String) throws(ReadModelError) -> DatabasePool {
    var configuration = Configuration()
    configuration.label = "read-model"
    configuration.maximumReaderCount = 4
    configuration.busyMode = .timeout(5)
    configuration.prepareDatabase { db in
      // A crash may lose the last transactions, never a part of one: they are made again.
      try db.execute(sql: "PRAGMA synchronous = NORMAL")
    }
    // As the journal's own file is.
    PrivateFile.make(path, mode: 0o640)
    return try ReadModelError.at(path, doing: "opening it") {
      try DatabasePool(path: path, configuration: configuration)
    }
  }

  /// Why a file cannot be gone on with; empty if it is new, nil if it can.
  private static func misfit(
    _ pool: DatabasePool, _ path: String, _ journal: JournalReader, _ engine: String,
    _ isAnew: Bool
  ) throws(ReadModelError) -> String? {
    if isAnew { return "" }
    let row = try ReadModelError.at(path, doing: "reading its position") {
      try pool.read { db -> Row?? in
        guard try db.tableExists("projection") else { return nil }
        let isKnown = try Schema.migrator.hasCompletedMigrations(db)
        let isNewer = try Schema.migrator.hasBeenSuperseded(db)
        guard isKnown, !isNewer else { return .some(nil) }
        return .some(try Row.fetchOne(db, sql: "SELECT * FROM projection"))
      }
    }
    guard let row else { return "" }
    guard let row, (row["version"] as Int64) == Schema.version else {
      return "its tables are of another version"
    }
    guard (row["engine"] as String) == engine else { return "it was made by another engine" }
    guard (row["journal"] as String) == journal.meta.id.description else {
      return "it is of another journal"
    }
    let (sequence, chain) = (UInt64(row["seq"] as Int64), row["chain"] as String)
    guard sequence > 0 else { return nil }
    let end: JournalHead?
    do { end = try journal.end(ofBlockWith: sequence) } catch { throw .journal(error) }
    guard end?.sequence == sequence, end?.chain.description == chain else {
      return "the journal is not the one of before at #\(sequence)"
    }
    return nil
  }

  /// Drops what is there, and makes empty tables.
  private static func begin(
    _ pool: DatabasePool, _ path: String, _ journal: JournalReader, _ engine: String
  ) throws(ReadModelError) {
    try ReadModelError.at(path, doing: "making its tables") {
      try pool.erase()
      try Schema.migrator.migrate(pool)
      try pool.write { db in
        try db.execute(sql: "PRAGMA application_id = \(Schema.application)")
        try db.execute(
          sql:
            "INSERT INTO projection (id, version, journal, engine, seq, chain) VALUES (1,?,?,?,?,?)",
          arguments: [
            Schema.version, journal.meta.id.description, engine, 0,
            journal.meta.id.chainStart.description,
          ])
      }
    }
  }

  private static func remove(_ path: String) throws(ReadModelError) {
    for file in ["", "-wal", "-shm"].map({ path + $0 }) {
      guard unsafe unlink(file) == 0 || errno == ENOENT else {
        let code = errno
        throw .system(
          path: file, code: code, what: unsafe String(cString: strerror(code)), doing: "removing it"
        )
      }
    }
  }

  // MARK: - Writing

  /// Up to where it is.
  public func position() throws(ReadModelError) -> Position {
    try read { db in try Self.position(db) }
  }

  static func position(_ db: Database) throws -> Position {
    guard let row = try Row.fetchOne(db, sql: "SELECT seq, chain FROM projection") else {
      throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "it has no position")
    }
    let digits = Array((row["chain"] as String).utf8)
    let bytes = stride(from: 0, to: digits.count - 1, by: 2).compactMap { place in
      UInt8(String(decoding: digits[place...place + 1], as: UTF8.self), radix: 16)
    }
    guard let chain = Digest(bytes) else {
      throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "its position cannot be read")
    }
    return Position(sequence: UInt64(row["seq"] as Int64), chain: chain)
  }

  /// Writes what a stretch of the journal changes, and up to where it goes, in one transaction.
  public func apply(_ changes: Changes, through position: Position) throws(ReadModelError) {
    try ReadModelError.at(path, doing: "writing up to #\(position.sequence)") {
      try pool.write { db in
        try changes.write(to: db)
        try db.cachedStatement(sql: "UPDATE projection SET seq = ?, chain = ?").execute(
          arguments: [Int64(stored: position.sequence), position.chain.description])
      }
    }
  }

  /// The figures that the profit series has last.
  public func lastProfits() throws(ReadModelError) -> [ProfitRow.Key: ProfitRow.Figures] {
    let rows = try read { db in
      try ProfitRow.fetchAll(
        db, sql: "SELECT *, MAX(seq) FROM pnl GROUP BY scope, name, currency")
    }
    return Dictionary(uniqueKeysWithValues: rows.map { ($0.key, $0.figures) })
  }

  func read<R>(_ body: (Database) throws -> R) throws(ReadModelError) -> R {
    try ReadModelError.at(path, doing: "reading it") { try pool.read(body) }
  }
}
