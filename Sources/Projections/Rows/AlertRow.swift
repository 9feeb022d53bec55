import Events
import GRDB

/// An entry that somebody should see.
public struct AlertRow: Sendable, Equatable {
  /// Who has seen it, and when.
  public struct Acknowledged: Sendable, Equatable {
    public var subject: String
    /// Of the note that says so.
    public var sequence: UInt64
    /// Receive time in UTC.
    public var time: String
    public var reason: String
  }

  public var sequence: UInt64
  public var time: String
  public var kind: String
  /// Severity and code of an alert of the engine's.
  public var severity: String?
  public var code: String?
  public var symbol: String?
  public var order: OrderID?
  /// In a few words.
  public var text: String
  /// The entry as JSON.
  public var entry: String
  public var acknowledged: Acknowledged?

  /// The kinds that are listed.
  public static let kinds: Set<EntryKind> = [
    .alert, .halted, .resumed, .breakerChanged, .killReport, .marginCall, .liquidation,
    .breakOpened, .breakClosed, .connection,
  ]
}

extension AlertRow: StoredRow, FetchableRecord {
  static let table = "alerts"
  static let key = ["seq"]
  static let columns = [
    "seq", "time", "kind", "severity", "code", "symbol", "order_id", "text", "entry",
  ]
  /// The first acknowledgement counts.
  static let acknowledge = """
    UPDATE alerts SET acknowledged_by = ?, acknowledged_seq = ?, acknowledged_time = ?,
      acknowledged_reason = ? WHERE seq = ? AND acknowledged_seq IS NULL
    """

  var values: [(any DatabaseValueConvertible)?] {
    [
      Int64(stored: sequence), time, kind, severity, code, symbol,
      order.map { Int64(stored: $0.raw) }, text, entry,
    ]
  }

  public init(row: Row) {
    sequence = UInt64(row["seq"] as Int64)
    (time, kind, severity, code) = (row["time"], row["kind"], row["severity"], row["code"])
    symbol = row["symbol"]
    order = (row["order_id"] as Int64?).map { OrderID(UInt64($0)) }
    (text, entry) = (row["text"], row["entry"])
    if let subject = row["acknowledged_by"] as String? {
      acknowledged = Acknowledged(
        subject: subject, sequence: UInt64(row["acknowledged_seq"] as Int64),
        time: row["acknowledged_time"], reason: row["acknowledged_reason"])
    }
  }
}

/// What a person, a configuration or a limit did.
public struct AuditRow: Sendable, Equatable {
  public var sequence: UInt64
  /// Receive time in UTC.
  public var time: String
  public var kind: String
  /// Who, where the entry says it.
  public var subject: String?
  /// Sequence of the entry that led to it; 0 for none.
  public var cause: UInt64
  /// The entry as JSON.
  public var entry: String

  /// The kinds that are listed.
  public static let kinds: Set<EntryKind> = [
    .runStarted, .runStopped, .configuration, .operatorAct, .limitChange, .limitApplied,
    .limitsScaled, .halted, .resumed, .breakerChanged, .killReport, .statement, .breakResolution,
  ]
}

extension AuditRow: StoredRow, FetchableRecord {
  static let table = "audit_log"
  static let key = ["seq"]
  static let columns = ["seq", "time", "kind", "subject", "cause", "entry"]

  var values: [(any DatabaseValueConvertible)?] {
    [Int64(stored: sequence), time, kind, subject, Int64(stored: cause), entry]
  }

  public init(row: Row) {
    sequence = UInt64(row["seq"] as Int64)
    (time, kind, subject) = (row["time"], row["kind"], row["subject"])
    cause = UInt64(row["cause"] as Int64)
    entry = row["entry"]
  }
}
