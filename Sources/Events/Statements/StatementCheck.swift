/// In what a statement disagrees with the journal.
public enum BreakKind: UInt8, Sendable, CaseIterable, BitwiseCopyable {
  /// The statement has it, the journal does not.
  case missingHere = 1
  /// The journal has it, the statement does not.
  case missingThere = 2
  case quantity = 3
  case price = 4
  case fee = 5
  /// Of the fee.
  case currency = 6
  /// The day of an execution.
  case date = 7
  case position = 8
  case cash = 9
}

/// One figure of a statement beside the journal's.
public struct StatementCheck: Equatable, Sendable {
  public var kind: BreakKind
  /// `InstrumentID.none` for cash, and for what the journal does not know.
  public var instrument: InstrumentID
  /// Of ours; `OrderID.none` where there is none.
  public var order: OrderID
  /// What is compared, the same from statement to statement: `execution ord-17/2`, `order ord-9`,
  /// `position XNAS:AAPL`, `cash USD`.
  public var key: String
  /// The figures as decimals without zeros at their ends, or as a date; empty where one side has nothing.
  public var ours: String
  public var theirs: String
  /// Sequence of the journal's entry that has ours; 0 if it is no single one.
  public var entry: UInt64
  /// Line of the statement, from 1; 0 if it has none.
  public var line: UInt32

  public init(
    _ kind: BreakKind, _ key: String, ours: String, theirs: String,
    instrument: InstrumentID = .none, order: OrderID = .none, entry: UInt64 = 0, line: UInt32 = 0
  ) {
    self.kind = kind
    self.instrument = instrument
    self.order = order
    self.key = key
    self.ours = ours
    self.theirs = theirs
    self.entry = entry
    self.line = line
  }

  /// Whether both sides say the same.
  public var agrees: Bool { ours.utf8.elementsEqual(theirs.utf8) }
}

/// Another party's statement, held against the journal by a reader of both. What agrees is counted; what
/// does not, and what a break is open on, is listed.
public struct StatementTaken: Equatable, Sendable {
  public enum Format: UInt8, Sendable, CaseIterable {
    case csv = 1
    case fix = 2
    /// Of a venue that we are connected with.
    case venue = 3
  }
  /// The file's name, without its folder; or the venues' names.
  public var source: String
  /// SHA-256 of the file; zeros if there was none.
  public var digest: Digest
  public var format: Format
  public var account: AccountID
  /// What it covers: from this moment, to before that one.
  public var from: Instant
  public var to: Instant
  /// The journal was read up to this entry.
  public var through: UInt64
  /// Figures compared.
  public var compared: UInt32
  public var checks: [StatementCheck]

  public init(
    source: String, digest: Digest, format: Format, account: AccountID = .main, from: Instant,
    to: Instant, through: UInt64, compared: UInt32, checks: [StatementCheck]
  ) {
    self.source = source
    self.digest = digest
    self.format = format
    self.account = account
    self.from = from
    self.to = to
    self.through = through
    self.compared = compared
    self.checks = checks
  }
}

/// What a person did about a break.
public struct BreakResolution: Equatable, Sendable {
  public enum Act: UInt8, Sendable, CaseIterable {
    /// Gives it to an owner.
    case assign = 1
    /// Ends it.
    case resolve = 2
  }
  public var breakID: UInt64
  public var act: Act
  /// Who did it.
  public var subject: String
  /// Who is to see to it; of `assign`.
  public var owner: String
  public var reason: String

  public init(breakID: UInt64, act: Act, subject: String, owner: String = "", reason: String) {
    self.breakID = breakID
    self.act = act
    self.subject = subject
    self.owner = owner
    self.reason = reason
  }
}

/// A break, numbered from 1 in the order in which they are opened.
public struct BreakRecord: Equatable, Sendable {
  public var id: UInt64
  public var account: AccountID
  /// As the statement had it that opened the break.
  public var check: StatementCheck

  public init(id: UInt64, account: AccountID, check: StatementCheck) {
    self.id = id
    self.account = account
    self.check = check
  }
}

/// Why a break is closed.
public enum BreakEnd: UInt8, Sendable, CaseIterable, BitwiseCopyable {
  /// A later statement agrees.
  case agreed = 1
  /// A person resolved it.
  case resolved = 2
}
