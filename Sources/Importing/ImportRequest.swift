import Events
import Venues

/// The kinds of recorded data that can be imported.
public enum ImportFormat: String, CaseIterable, Sendable {
  case lobster
  case dbn
  case binance
  case kraken
  case iex
  case lean
  case csv
}

/// What is to be imported, and how.
public struct ImportRequest: Sendable {
  public var format: ImportFormat
  /// Files and directories; a directory stands for the files of the format below it, sorted by path.
  public var paths: [String]
  /// Name of the instrument where the files do not tell, or against what they tell.
  public var symbol: String?
  /// Column maps (CSV), or one that says what the instruments are (other formats).
  public var mapPaths: [String]
  /// LOBSTER order book file whose first row gives the starting levels.
  public var bookPath: String?
  /// Instruments that the journal has, by id.
  public var known: [Instrument] = []
  /// Books that the journal's instruments have at its end, by id.
  public var oldBooks: [BookKinds] = []
  /// The last bars that the journal has: what repeats them is left out.
  public var oldBars = BarLedger()
  /// Receive time of the journal's last entry: nothing is recorded before it.
  public var head: Instant?
  /// Whether books are built while importing, to find unknown orders and crossed books.
  public var checksBooks = true

  public init(
    format: ImportFormat, paths: [String], symbol: String? = nil, mapPaths: [String] = []
  ) {
    self.format = format
    self.paths = paths
    self.symbol = symbol
    self.mapPaths = mapPaths
  }
}

/// Takes what is imported, in the order in which it is to be recorded.
public protocol ImportSink {
  /// Records a tick. Receive times never decrease.
  mutating func append(_ event: MarketEvent, event time: Instant, receive: Instant) throws
  /// Records anything else: definitions before the first tick of an instrument, data quality.
  mutating func append(_ observation: Observation, event time: Instant, receive: Instant) throws
}

/// How far an import has come.
public struct ImportProgress: Equatable, Sendable {
  public enum Phase: Equatable, Sendable {
    /// Looking for the scales that prices and sizes need; nothing is recorded.
    case surveying
    case importing
  }
  public var phase: Phase
  /// Bytes of the files as they lie on the disk.
  public var bytesRead: Int
  public var bytesTotal: Int
  public var entries: UInt64
}

/// What an import recorded and left out.
public struct ImportCounts: Equatable, Sendable {
  /// Entries by `EntryKind.rawValue`.
  public private(set) var byKind = [UInt64](repeating: 0, count: 256)
  /// Times an issue was met, by `DataQuality.Issue.rawValue`; more than there are entries, as of each
  /// issue of a file only the first hundred are recorded.
  public internal(set) var byIssue = [UInt64](repeating: 0, count: 16)
  /// What was left out on purpose.
  public internal(set) var skipped = SkipCounts()
  /// Sizes rounded to the instrument's scale.
  public internal(set) var roundedSizes: UInt64 = 0
  /// Reference values rounded to the instrument's scale.
  public internal(set) var roundedReferences: UInt64 = 0
  /// Ticks from before the journal's end, received at it.
  public internal(set) var late: UInt64 = 0
  /// Files read.
  public internal(set) var files = 0
  /// Bytes of those files.
  public internal(set) var bytes = 0
  /// Instruments that were new to the journal.
  public internal(set) var newInstruments = 0
  /// New instruments whose multiplier nobody said, so that it is taken for 1; `VENUE:SYMBOL`.
  public internal(set) var assumedMultipliers: [String] = []
  /// Class and currency that those have, which are assumed too: `future, in EUR`.
  public internal(set) var assumedTerms: [String] = []
  /// Definitions that say of the journal's instruments what it has.
  public internal(set) var definitionsKnown: UInt64 = 0
  /// Event times of the first and last tick in order of recording.
  public internal(set) var firstTime: Instant?
  public internal(set) var lastTime: Instant?

  public init() {}

  /// All entries.
  public var entries: UInt64 { byKind.reduce(0, +) }

  public subscript(kind: EntryKind) -> UInt64 { byKind[Int(kind.rawValue)] }
  public subscript(issue: DataQuality.Issue) -> UInt64 { byIssue[Int(issue.rawValue)] }

  @inline(__always)
  mutating func count(_ kind: EntryKind) { byKind[Int(kind.rawValue)] += 1 }

  /// A tick happened at a time.
  @inline(__always)
  mutating func tell(_ time: Instant) {
    if firstTime == nil { firstTime = time }
    lastTime = time
  }
}

extension MarketEvent {
  /// The event's kind in the journal.
  var entryKind: EntryKind {
    switch self {
    case .quote: .quote
    case .trade: .trade
    case .depth(let change): change.action == .clear ? .depthClear : .depth
    case .order(let change):
      switch change.action {
      case .add: .orderAdd
      case .modify: .orderModify
      case .cancel: .orderCancel
      case .delete: .orderDelete
      case .execute: .orderExecute
      case .clear: .orderClear
      }
    case .bar: .bar
    case .status: .status
    }
  }
}

extension Reference {
  /// The kind in the journal.
  var entryKind: EntryKind {
    switch self {
    case .value: .reference
    case .imbalance: .imbalance
    case .action: .corporateAction
    }
  }
}
