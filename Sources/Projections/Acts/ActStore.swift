import GRDB

/// Why what acts need cannot be kept.
public struct ActStoreError: Error, Equatable, Sendable, CustomStringConvertible {
  public var path: String
  /// SQLite's extended result code.
  public var code: Int32
  public var what: String

  public var description: String {
    "\(path): SQLite failed: \(what) (code \(code)). Acts that must not be done twice are refused until it "
      + "can be written. Check the disk; if the file is damaged, remove it: keys and proposals of before are "
      + "then forgotten."
  }
}

/// What acts over the API must not forget when its process ends: the answers by key, and the proposals that
/// wait (docs/api.md, "Acts"). An SQLite file; what is written is on the disk when a call returns.
public final class ActStore: Sendable {
  /// Whose key, of their choice.
  public struct Key: Hashable, Sendable {
    public var subject: String
    public var key: String

    public init(subject: String, key: String) {
      self.subject = subject
      self.key = key
    }
  }

  public struct Answer: Equatable, Sendable {
    public var status: Int
    public var contentType: String
    public var text: String

    public init(status: Int, contentType: String, text: String) {
      self.status = status
      self.contentType = contentType
      self.text = text
    }
  }

  /// What is known of a key.
  public enum Known: Equatable, Sendable {
    /// It is new, and remembered from now on.
    case new
    /// Another request had it.
    case reused
    /// It was begun and not answered.
    case begun
    case answered(Answer)
    /// Too many are remembered: forgetting might do an act twice.
    case full
  }

  public struct Proposal: Equatable, Sendable {
    public var id: UInt64
    /// `resume` or `limit`.
    public var act: String
    public var scope: String
    public var key: String
    public var value: String
    public var at: String?
    public var reason: String
    public var proposer: String
    /// When it was made, in seconds since 1970.
    public var time: Double

    public init(
      id: UInt64 = 0, act: String, scope: String = "", key: String = "", value: String = "",
      at: String? = nil, reason: String, proposer: String, time: Double
    ) {
      (self.id, self.act, self.scope, self.key) = (id, act, scope, key)
      (self.value, self.at, self.reason) = (value, at, reason)
      (self.proposer, self.time) = (proposer, time)
    }
  }

  public let path: String
  private let queue: DatabaseQueue

  /// Opens the file, made if it is not there. What was being carried out when a process ended is offered no
  /// more: it may have been done.
  public static func open(at path: String) throws(ActStoreError) -> ActStore {
    PrivateFile.make(path, mode: 0o600)
    return try at(path) {
      var configuration = Configuration()
      configuration.label = "acts"
      configuration.busyMode = .timeout(5)
      configuration.prepareDatabase { db in
        try db.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
      }
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      try migrator.migrate(queue)
      try queue.write { db in try db.execute(sql: "DELETE FROM proposals WHERE is_taken") }
      return ActStore(path, queue)
    }
  }

  private init(_ path: String, _ queue: DatabaseQueue) {
    self.path = path
    self.queue = queue
  }

  private static let migrator: DatabaseMigrator = {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1 tables") { db in
      try db.execute(
        sql: """
          CREATE TABLE answers (
            subject TEXT NOT NULL, key TEXT NOT NULL, request TEXT NOT NULL, time REAL NOT NULL,
            status INTEGER, type TEXT, text TEXT, PRIMARY KEY (subject, key)
          ) STRICT, WITHOUT ROWID;
          CREATE INDEX answers_by_time ON answers (time);
          CREATE TABLE proposals (
            id INTEGER PRIMARY KEY AUTOINCREMENT, act TEXT NOT NULL, scope TEXT NOT NULL,
            key TEXT NOT NULL, value TEXT NOT NULL, at TEXT, reason TEXT NOT NULL,
            proposer TEXT NOT NULL, time REAL NOT NULL, is_taken INTEGER NOT NULL
          ) STRICT;
          """)
    }
    return migrator
  }()

  private static func at<R>(_ path: String, _ body: () throws -> R) throws(ActStoreError) -> R {
    do { return try body() } catch let error as DatabaseError {
      throw ActStoreError(
        path: path, code: error.extendedResultCode.rawValue,
        what: error.message ?? error.resultCode.description)
    } catch {
      throw ActStoreError(path: path, code: 1, what: "\(error)")
    }
  }

  private func write<R>(_ body: (Database) throws -> R) throws(ActStoreError) -> R {
    try Self.at(path) { try queue.write(body) }
  }

  // MARK: - Keys

  /// Begins an act, or finds what was answered.
  /// - Parameters:
  ///   - request: what is asked for, whole.
  ///   - now: seconds since 1970.
  ///   - life: seconds that a key is remembered.
  ///   - most: keys that are remembered at most.
  public func begin(
    _ key: Key, _ request: String, at now: Double, life: Double, most: Int
  ) throws(ActStoreError) -> Known {
    try write { db in
      try db.cachedStatement(sql: "DELETE FROM answers WHERE time <= ?").execute(
        arguments: [now - life])
      let found = try Row.fetchOne(
        db.cachedStatement(sql: "SELECT * FROM answers WHERE subject = ? AND key = ?"),
        arguments: [key.subject, key.key])
      if let found {
        guard (found["request"] as String) == request else { return .reused }
        guard let status = found["status"] as Int? else { return .begun }
        return .answered(Answer(status: status, contentType: found["type"], text: found["text"]))
      }
      let count = try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM answers") ?? 0
      guard count < most else { return .full }
      try db.cachedStatement(
        sql: "INSERT INTO answers (subject, key, request, time) VALUES (?, ?, ?, ?)"
      ).execute(arguments: [key.subject, key.key, request, now])
      return .new
    }
  }

  /// Ends an act.
  /// - Parameter answer: nil if nothing was done for certain, so that the key may try again.
  public func finish(_ key: Key, _ answer: Answer?) throws(ActStoreError) {
    try write { db in
      guard let answer else {
        return try db.cachedStatement(sql: "DELETE FROM answers WHERE subject = ? AND key = ?")
          .execute(arguments: [key.subject, key.key])
      }
      try db.cachedStatement(
        sql: "UPDATE answers SET status = ?, type = ?, text = ? WHERE subject = ? AND key = ?"
      ).execute(
        arguments: [answer.status, answer.contentType, answer.text, key.subject, key.key])
    }
  }

  // MARK: - Proposals

  /// Keeps a proposal.
  /// - Parameters:
  ///   - oldest: those made before are forgotten, in seconds since 1970.
  ///   - most: how many may wait.
  /// - Returns: its number, which no other had or will have; nil if too many wait.
  public func add(_ proposal: Proposal, forgetting oldest: Double, most: Int)
    throws(ActStoreError) -> UInt64?
  {
    try write { db in
      try db.execute(
        sql: "DELETE FROM proposals WHERE time <= ? AND NOT is_taken", arguments: [oldest])
      let count = try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM proposals") ?? 0
      guard count < most else { return nil }
      try db.execute(
        sql: """
          INSERT INTO proposals (act, scope, key, value, at, reason, proposer, time, is_taken)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)
          """,
        arguments: [
          proposal.act, proposal.scope, proposal.key, proposal.value, proposal.at, proposal.reason,
          proposal.proposer, proposal.time,
        ])
      return UInt64(db.lastInsertedRowID)
    }
  }

  /// The proposals made after a moment, oldest first, and which of them are being carried out.
  public func proposals(after oldest: Double) throws(ActStoreError) -> [(Proposal, isTaken: Bool)] {
    let rows = try Self.at(path) {
      try queue.read { db in
        try Row.fetchAll(
          db, sql: "SELECT * FROM proposals WHERE time > ? OR is_taken ORDER BY id",
          arguments: [oldest])
      }
    }
    return rows.map { row in
      let proposal = Proposal(
        id: UInt64(row["id"] as Int64), act: row["act"], scope: row["scope"], key: row["key"],
        value: row["value"], at: row["at"], reason: row["reason"], proposer: row["proposer"],
        time: row["time"])
      return (proposal, row["is_taken"])
    }
  }

  /// Takes a proposal to carry it out.
  /// - Returns: false if somebody else has, or it is gone.
  public func take(_ id: UInt64) throws(ActStoreError) -> Bool {
    try write { db in
      try db.execute(
        sql: "UPDATE proposals SET is_taken = 1 WHERE id = ? AND NOT is_taken",
        arguments: [Int64(clamping: id)])
      return db.changesCount == 1
    }
  }

  /// Puts a proposal back that was certainly not carried out.
  public func putBack(_ id: UInt64) throws(ActStoreError) {
    try write { db in
      try db.execute(
        sql: "UPDATE proposals SET is_taken = 0 WHERE id = ?", arguments: [Int64(clamping: id)])
    }
  }

  /// Removes a proposal.
  /// - Parameter isTaken: whether it was taken to be carried out.
  /// - Returns: false if there is none such.
  @discardableResult
  public func remove(_ id: UInt64, isTaken: Bool) throws(ActStoreError) -> Bool {
    try write { db in
      try db.execute(
        sql: "DELETE FROM proposals WHERE id = ? AND is_taken = ?",
        arguments: [Int64(clamping: id), isTaken])
      return db.changesCount == 1
    }
  }
}
