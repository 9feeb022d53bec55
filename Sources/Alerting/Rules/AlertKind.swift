import Events

/// What an alert is about. Names are stable: each is a heading of the runbooks in docs/operating.md, and of one
/// line in the table of docs/alerts.md.
public struct AlertKind: Hashable, Sendable {
  /// Words joined by `_`, with one point: `venue.disconnected`.
  public var name: String
  /// One clause, without the subject.
  public var title: String
  /// Severity where a finding says no other.
  public var severity: Alert.Severity
  /// Whether it ends with its cause. One that does not is an event: it ends when a person has acknowledged it
  /// and it has not come again for a while.
  public var isLasting: Bool

  private init(
    _ name: String, _ title: String, _ severity: Alert.Severity, isLasting: Bool = true
  ) {
    self.name = name
    self.title = title
    self.severity = severity
    self.isLasting = isLasting
  }

  /// Where the runbook is, from the root of the sources.
  public var runbook: String { "docs/operating.md#\(name.filter { $0 != "." })" }

  public static let daemonGone = Self("daemon.gone", "no daemon answers", .critical)
  public static let journalStalled = Self(
    "journal.stalled", "the journal cannot be written", .critical)
  public static let journalLag = Self(
    "journal.lag", "the disk is behind the decisions", .warning)
  public static let diskLow = Self("disk.low", "the journal's disk is almost full", .warning)
  public static let clockJumped = Self(
    "clock.jumped", "the clock jumped", .critical, isLasting: false)
  public static let clockOffset = Self("clock.offset", "the clock is not true", .warning)
  public static let inboxFull = Self(
    "inbox.full", "ticks wait for the core", .critical)
  public static let inboxConflated = Self(
    "inbox.conflated", "quotes were replaced unseen", .warning)
  public static let feedStale = Self("feed.stale", "no market data comes", .warning)
  public static let feedFaulty = Self(
    "feed.faulty", "market data are wrong", .info, isLasting: false)
  public static let venueDisconnected = Self(
    "venue.disconnected", "a venue is not connected", .critical)
  public static let venueRejects = Self("venue.rejects", "venues reject orders", .warning)
  public static let riskRefusals = Self("risk.refusals", "the gate refuses orders", .warning)
  public static let riskBreaker = Self("risk.breaker", "a circuit breaker tripped", .critical)
  public static let riskDrawdown = Self("risk.drawdown", "an account lost much", .critical)
  public static let tradingHalted = Self("trading.halted", "trading is halted", .critical)
  public static let tradingKilled = Self(
    "trading.killed", "orders are being killed", .critical)
  public static let marginCalled = Self(
    "margin.called", "an account lacks margin", .critical)
  public static let marginLiquidation = Self(
    "margin.liquidation", "positions were closed for want of margin", .critical, isLasting: false)
  public static let modelAnomaly = Self(
    "model.anomaly", "a model says what it should not", .warning, isLasting: false)
  public static let modelSilent = Self("model.silent", "a model is silent", .warning)
  public static let reconciliationBreak = Self(
    "reconciliation.break", "a statement disagrees with the journal", .warning)
  public static let apiLag = Self("api.lag", "the API is behind the journal", .warning)
  public static let apiDiverged = Self(
    "api.diverged", "the API cannot follow the journal", .critical)
  public static let deliveryFailing = Self(
    "delivery.failing", "alerts cannot be delivered", .warning)
  public static let deliveryLost = Self(
    "delivery.lost", "alerts were lost on their way", .critical, isLasting: false)

  /// Those that the monitor raises by itself.
  public static let own = [
    daemonGone, journalStalled, journalLag, diskLow, clockJumped, clockOffset, inboxFull,
    inboxConflated, feedStale, feedFaulty, venueDisconnected, venueRejects, riskRefusals,
    riskBreaker, riskDrawdown, tradingHalted, tradingKilled, marginCalled, marginLiquidation,
    modelAnomaly, modelSilent, reconciliationBreak, apiLag, apiDiverged, deliveryFailing,
    deliveryLost,
  ]

  /// All, those of the core's alerts (kind `alert` of the journal) included.
  public static let all = own + Alert.Code.allCases.map { AlertKind($0) }

  /// The kind with this name, or nil. O(kinds).
  public init?(named name: some StringProtocol) {
    guard let kind = Self.all.first(where: { $0.name == name }) else { return nil }
    self = kind
  }

  /// The kind of an alert of the core, which is an event.
  public init(_ code: Alert.Code) {
    self.init(code.name, Self.title(of: code), .warning, isLasting: false)
  }

  private static func title(of code: Alert.Code) -> String {
    switch code {
    case .reportUnknownOrder: "a report of an order that is not ours"
    case .reportIllegal: "a report that does not fit the order"
    case .reportOverfill: "more was filled than ordered"
    case .reportDuplicateFill: "a fill was reported twice"
    case .reportBusted: "a fill was taken back"
    case .booksOverflow: "an amount is out of range"
    case .booksFreeRiding: "sold before it was paid for"
    case .booksUnpriced: "there is no price to book at"
    case .strategyFailed: "a strategy cannot run"
    case .orderUnknownState: "an order's state is not known"
    case .listBothFilled: "both orders of a pair were filled"
    case .executionUnhedged: "a leg could not follow"
    case .limitRefused: "a limit could not be taken"
    case .actNotPermitted: "somebody did what they may not"
    }
  }
}

extension Alert.Severity: Comparable {
  public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

  /// The severity with this name, or nil.
  public init?(named name: some StringProtocol) {
    guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = found
  }
}

/// That a rule's condition holds, or holds no more.
public struct Finding: Equatable, Sendable {
  public enum Change: Sendable {
    case raised
    case cleared
  }

  public var kind: AlertKind
  /// What it is about, as people name it: a venue, a symbol, a scope. Empty where there is only one.
  public var subject: String
  public var change: Change
  public var severity: Alert.Severity
  /// What was seen, with figures; empty when cleared.
  public var detail: String
  /// Sequence of the entry that shows it; 0 if none does.
  public var sequence: UInt64

  public static func raised(
    _ kind: AlertKind, _ subject: String = "", _ detail: String,
    severity: Alert.Severity? = nil, sequence: UInt64 = 0
  ) -> Finding {
    Finding(
      kind: kind, subject: subject, change: .raised, severity: severity ?? kind.severity,
      detail: detail, sequence: sequence)
  }

  public static func cleared(
    _ kind: AlertKind, _ subject: String = "", sequence: UInt64 = 0
  ) -> Finding {
    Finding(
      kind: kind, subject: subject, change: .cleared, severity: kind.severity, detail: "",
      sequence: sequence)
  }

  /// By which findings are one alert: `venue.disconnected:XSIM`. Without spaces, so that it can stand in a note and
  /// in a path.
  public var key: String { Self.key(kind, subject) }

  /// Bytes of a subject other than letters, digits and `._-:@` become `~XX`: no mark that paths treat in another way.
  public static func key(_ kind: AlertKind, _ subject: String) -> String {
    guard !subject.isEmpty else { return kind.name }
    var text = kind.name + ":"
    for byte in subject.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "-"), UInt8(ascii: ":"), UInt8(ascii: "@"):
        text.unicodeScalars.append(Unicode.Scalar(byte))
      default: text += (byte < 16 ? "~0" : "~") + String(byte, radix: 16, uppercase: true)
      }
    }
    return text
  }
}
