import Events

/// The breaks that are open: what statements said otherwise than the journal, and nobody resolved.
public struct Reconciliation: Sendable {
  /// A break and what became of it so far.
  public struct OpenBreak: Equatable, Sendable {
    public var record: BreakRecord
    /// The end of what the statement covers that opened it; its age counts from there.
    public var opened: Instant
    /// Sequences of the entries that opened it and of the statement that led to that.
    public var sequence: UInt64
    public var statement: UInt64
    /// Who is to see to it; empty as long as nobody is.
    public var owner = ""
  }

  /// What a break is on: at most one is open on each.
  private struct Figure: Hashable {
    var account: AccountID
    var kind: BreakKind
    var key: String

    init(_ check: StatementCheck, _ account: AccountID) {
      self.account = account
      kind = check.kind
      key = check.key
    }
  }

  /// By number, and the numbers by what they are on. Only looked up: their order reaches nothing.
  private var breaks: [UInt64: OpenBreak] = [:]
  private var numbers: [Figure: UInt64] = [:]
  /// Number of the break opened last; 0 before the first.
  public private(set) var lastID: UInt64 = 0
  /// The latest end of what a statement covers; ages count up to there.
  public private(set) var covered = Instant.epoch
  /// The same of the statement taken last.
  private var current = Instant.epoch
  private var statements: UInt64 = 0

  public init() {}

  /// Whether no statement was ever taken.
  var isUnused: Bool { statements == 0 }

  /// How long a break has been open, in the time that statements cover, in nanoseconds.
  public func age(of item: OpenBreak) -> Int64 { covered.since(item.opened) }

  var nextID: UInt64 { lastID + 1 }

  /// In order of their numbers. O(n log n).
  public var open: [OpenBreak] { breaks.values.sorted { $0.record.id < $1.record.id } }

  /// The open break on the same figure of the same thing.
  public func openBreak(on check: StatementCheck, of account: AccountID) -> OpenBreak? {
    numbers[Figure(check, account)].flatMap { breaks[$0] }
  }

  /// The open break with a number.
  public subscript(id: UInt64) -> OpenBreak? { breaks[id] }

  mutating func take(_ statement: StatementTaken) {
    statements += 1
    current = statement.to
    covered = max(covered, current)
  }

  mutating func open(_ record: BreakRecord, _ header: EntryHeader) {
    lastID = record.id
    keep(
      OpenBreak(
        record: record, opened: current, sequence: header.sequence, statement: header.cause))
  }

  private mutating func keep(_ item: OpenBreak) {
    breaks[item.record.id] = item
    numbers[Figure(item.record.check, item.record.account)] = item.record.id
  }

  mutating func close(_ id: UInt64) {
    guard let item = breaks.removeValue(forKey: id) else { return }
    numbers[Figure(item.record.check, item.record.account)] = nil
  }

  mutating func assign(_ id: UInt64, to owner: String) { breaks[id]?.owner = owner }

  func encode(to out: inout ByteBuffer) {
    out.append(statements)
    out.append(lastID)
    out.append(covered.nanoseconds)
    out.append(current.nanoseconds)
    out.append(UInt32(breaks.count))
    for item in open {
      item.record.encodeState(to: &out)
      out.append(item.opened.nanoseconds)
      out.append(item.sequence)
      out.append(item.statement)
      out.append(string: item.owner)
    }
  }

  init(_ input: inout ByteReader) throws(Damage) {
    statements = try input.read(UInt64.self)
    guard statements > 0 else { throw Damage(at: input.offset, "breaks without a statement") }
    lastID = try input.read(UInt64.self)
    covered = Instant(nanoseconds: try input.read(Int64.self))
    current = Instant(nanoseconds: try input.read(Int64.self))
    var before: UInt64 = 0
    for _ in 0..<(try input.read(UInt32.self)) {
      let offset = input.offset
      let record = try BreakRecord(state: &input)
      guard record.id > before, record.id <= lastID else {
        throw Damage(at: offset, "breaks out of order")
      }
      before = record.id
      keep(
        OpenBreak(
          record: record, opened: Instant(nanoseconds: try input.read(Int64.self)),
          sequence: try input.read(UInt64.self), statement: try input.read(UInt64.self),
          owner: try input.readString()))
    }
  }
}

extension Engine {
  /// Takes a statement: what differs will be opened, what agrees again closed. O(checks).
  mutating func apply(_ statement: StatementTaken, _ header: EntryHeader) {
    reconciliation.take(statement)
    for check in statement.checks {
      let known = reconciliation.openBreak(on: check, of: statement.account)
      if let known, check.agrees {
        work.add(.closeBreak(known.record.id, .agreed), cause: header.sequence)
      } else if known == nil, !check.agrees {
        work.add(.openBreak(statement.account, check), cause: header.sequence)
      }
    }
  }

  mutating func apply(_ resolution: BreakResolution, _ header: EntryHeader) {
    switch resolution.act {
    case .assign: reconciliation.assign(resolution.breakID, to: resolution.owner)
    case .resolve: work.add(.closeBreak(resolution.breakID, .resolved), cause: header.sequence)
    }
  }

  /// The break to open, unless one is open on the figure by now.
  func opening(_ account: AccountID, _ check: StatementCheck) -> Decision? {
    guard reconciliation.openBreak(on: check, of: account) == nil else { return nil }
    return .breakOpened(
      BreakRecord(id: reconciliation.nextID, account: account, check: check))
  }

  /// The break to close, unless it is closed by now, or never was.
  func closing(_ id: UInt64, _ why: BreakEnd) -> Decision? {
    reconciliation[id] == nil ? nil : .breakClosed(id, why)
  }
}
