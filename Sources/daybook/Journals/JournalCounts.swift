import Events
import Importing
import Journaling

/// How many entries of each kind a journal has.
struct JournalCounts {
  /// By `EntryKind.rawValue`.
  private var counts = [UInt64](repeating: 0, count: 256)
  /// Times, by `DataQuality.Issue.rawValue`.
  private var issues = [UInt64](repeating: 0, count: 256)
  /// Books that hold something at the end, by instrument; of the recordings, not of a run.
  private(set) var books: [BookKinds] = []
  /// The last bar of each kind.
  private(set) var bars = BarLedger()
  private(set) var instruments: [Instrument] = []
  /// The runs, and how each ended; nil for one under way, or stopped by force.
  private(set) var runs: [(start: RunStart, stop: RunStop?)] = []
  private(set) var firstTime: Instant?
  private(set) var lastTime: Instant?
  private(set) var sequence: UInt64 = 0

  init() {}

  subscript(kind: EntryKind) -> UInt64 { counts[Int(kind.rawValue)] }

  /// Entries of all kinds.
  var total: UInt64 { counts.reduce(0, +) }

  /// The kinds there are, in the order of their numbers.
  var kinds: [(kind: EntryKind, count: UInt64)] {
    EntryKind.allCases.filter { self[$0] > 0 }.map { ($0, self[$0]) }
  }

  /// The issues there are, in the order of their numbers.
  var qualityIssues: [(issue: DataQuality.Issue, count: UInt64)] {
    DataQuality.Issue.allCases.filter { issues[Int($0.rawValue)] > 0 }
      .map { ($0, issues[Int($0.rawValue)]) }
  }

  /// Entries that were taken over from a recording, or are one.
  var recorded: UInt64 {
    kinds.filter {
      $0.kind.isMarket || [.instrument, .signal, .dataQuality, .connection].contains($0.kind)
    }
    .reduce(0) { $0 + $1.count }
  }

  /// Counts the entries up to a sequence; about 5 ns an entry.
  mutating func scan(
    _ reader: JournalReader, through last: UInt64 = .max, progress: (UInt64) -> Void = { _ in }
  ) throws(JournalError) {
    var decoder = BlockDecoder()
    try reader.forEachBlock(through: last, verify: true) { (header, content) throws(Damage) in
      _ = try decoder.begin(content)
      if firstTime == nil { firstTime = header.baseTime }
      _ = try decoder.forEachEntry(
        of: content,
        tick: { (tick, entry) throws(Damage) in
          guard entry.sequence <= last else { return false }
          counts[Int(tick.kind.rawValue)] &+= 1
          books.note(tick)
          if case .bar(let bar) = tick { bars.note(bar, at: entry.eventTime) }
          sequence = entry.sequence
          lastTime = entry.receiveTime
          return true
        },
        record: { (kind, payload, entry) throws(Damage) in
          guard entry.sequence <= last else { return false }
          counts[Int(kind.rawValue)] &+= 1
          try note(kind, payload, content)
          sequence = entry.sequence
          lastTime = entry.receiveTime
          return true
        })
      progress(sequence)
      return true
    }
  }

  private mutating func note(_ kind: EntryKind, _ payload: Range<Int>, _ content: RawSpan)
    throws(Damage)
  {
    switch kind {
    case .dataQuality, .instrument, .runStarted, .runStopped: break
    default: return
    }
    switch try kind.event(content, payload) {
    case .observation(.dataQuality(let quality)):
      issues[Int(quality.issue.rawValue)] += quality.times
    case .observation(.instrument(let instrument)):
      instruments.removeAll { $0.id == instrument.id }
      instruments.append(instrument)
    case .observation(.runStarted(let run)): runs.append((run, nil))
    case .observation(.runStopped(let stop)):
      if !runs.isEmpty { runs[runs.count - 1].stop = stop }
    default: break
    }
  }
}
