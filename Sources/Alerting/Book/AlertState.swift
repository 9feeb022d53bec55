import Events

/// An alert from its first finding until it is over.
public struct AlertState: Equatable, Sendable {
  public enum Stage: String, Sendable {
    case open
    case acknowledged
    case resolved
  }

  /// Who sees to it.
  public struct Acknowledgement: Equatable, Sendable {
    public var subject: String
    public var note: String
    public var time: Instant
    public var sequence: UInt64
  }

  public var key: String
  public var kind: AlertKind
  public var severity: Alert.Severity
  public var stage = Stage.open
  public var detail: String
  /// How often it came while it was not over.
  public var count: UInt64 = 1
  public var opened: Instant
  /// When it came last.
  public var last: Instant
  public var resolved: Instant?
  /// Sequence of the entry that opened it, or of the note of it; 0 until there is one.
  public var sequence: UInt64
  /// Sequence of the entry that showed it last.
  public var lastSequence: UInt64
  public var acknowledgement: Acknowledgement?
  /// When people were told of it last; nil: never.
  var told: Instant?
  /// The same of the key, those that are over included.
  var heard: Instant?
}

/// That nothing is to be told of an alert, or of all of a kind, until a moment.
public struct AlertSilence: Equatable, Sendable {
  /// A key, or the name of a kind.
  public var target: String
  public var until: Instant
  public var subject: String
  public var note: String
  public var sequence: UInt64

  func covers(_ alert: AlertState) -> Bool { target == alert.key || target == alert.kind.name }
}

/// What is to be done because of a finding, a note or the time.
public enum AlertAction: Equatable, Sendable {
  /// Why people are told.
  public enum Occasion: String, Sendable {
    case opened
    /// It is graver than it was.
    case escalated
    /// It is still open, and nobody has acknowledged it.
    case reminder
    case acknowledged
    case resolved
  }
  case tell(AlertState, Occasion)
  /// Have the daemon record a note, since no entry says it.
  case record(AlertNote)
}
