import COpenSSL
import Events

/// The 16 random bytes that tell one journal from every other; the hash chain starts from them.
public struct JournalID: Hashable, Sendable, CustomStringConvertible {
  public let bytes: [UInt8]

  /// - Returns: nil unless there are exactly 16 bytes.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count == 16 else { return nil }
    self.bytes = bytes
  }

  /// A new identity from the system's random source.
  public static func random() -> JournalID {
    var bytes = [UInt8](repeating: 0, count: 16)
    let done = unsafe bytes.withUnsafeMutableBufferPointer {
      unsafe RAND_bytes($0.baseAddress, 16)
    }
    precondition(done == 1, "libcrypto has no random source")
    return JournalID(bytes)!
  }

  /// 32 lower-case hexadecimal digits.
  public var description: String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// What the first block carries as "hash of the block before".
  public var chainStart: Digest {
    Sha256().hash([UInt8]("daybook journal".utf8) + bytes)
  }
}

/// What is said once about a journal, at its creation.
public struct JournalMeta: Equatable, Sendable {
  /// The newest journal format this build reads and the one it writes.
  public static let supportedFormat: UInt32 = 1

  /// Format version of the journal.
  public var format: UInt32
  /// Identity, fixed at creation.
  public var id: JournalID
  /// When the journal was created.
  public var created: Instant
  /// Version of the engine that created it.
  public var engine: String
  /// Versions of the strategies, `name=version`, comma-separated; may be empty.
  public var strategies: String
  /// Seed of every pseudo-random choice of the run.
  public var seed: UInt64

  public init(
    created: Instant, engine: String, strategies: String = "", seed: UInt64,
    id: JournalID = .random()
  ) {
    format = Self.supportedFormat
    self.id = id
    self.created = created
    self.engine = engine
    self.strategies = strategies
    self.seed = seed
  }
}

extension JournalMeta {
  /// Writes all of it.
  func write(to transaction: borrowing Transaction) throws(JournalError) {
    try transaction.putMeta("format", littleEndian(format))
    try transaction.putMeta("journal-id", id.bytes)
    try transaction.putMeta("created", littleEndian(created.nanoseconds))
    try transaction.putMeta("engine", [UInt8](engine.utf8))
    try transaction.putMeta("strategies", [UInt8](strategies.utf8))
    try transaction.putMeta("seed", littleEndian(seed))
  }

  /// Reads it, refusing a format this build does not know.
  init(from transaction: borrowing Transaction) throws(JournalError) {
    let path = transaction.path
    func damage(_ what: String) -> JournalError { .damagedStore(path: path, what: what) }
    func value(_ key: String) throws(JournalError) -> [UInt8] {
      guard let bytes = try transaction.meta(key) else {
        throw damage("it has no \"\(key)\" in its meta database")
      }
      return bytes
    }
    func text(_ key: String) throws(JournalError) -> String {
      guard let text = String(validating: try value(key), as: UTF8.self) else {
        throw damage("\"\(key)\" in its meta database is not UTF-8")
      }
      return text
    }
    func integer<T: FixedWidthInteger>(_ key: String, _: T.Type) throws(JournalError) -> T {
      guard let number = T(littleEndianBytes: try value(key)) else {
        throw damage("\"\(key)\" in its meta database has a wrong length")
      }
      return number
    }
    guard let identity = try transaction.meta("journal-id") else {
      throw .notAJournal(path: path, why: "it has no \"journal-id\" in its meta database")
    }
    guard let id = JournalID(identity) else {
      throw damage("its journal id is not 16 bytes")
    }
    format = try integer("format", UInt32.self)
    guard format <= Self.supportedFormat else {
      throw .newerFormat(path: path, found: format, supported: Self.supportedFormat)
    }
    self.id = id
    created = Instant(nanoseconds: try integer("created", Int64.self))
    engine = try text("engine")
    strategies = try text("strategies")
    seed = try integer("seed", UInt64.self)
  }
}

/// The bytes of an integer, lowest first.
func littleEndian<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
  (0..<T.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> T($0 * 8)) }
}

extension FixedWidthInteger {
  /// - Returns: nil unless there are exactly as many bytes as the type has.
  init?(littleEndianBytes bytes: [UInt8]) {
    guard bytes.count == Self.bitWidth / 8 else { return nil }
    self = bytes.reversed().reduce(0) { $0 << 8 | Self(truncatingIfNeeded: $1) }
  }
}
