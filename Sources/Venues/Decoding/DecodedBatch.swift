import Events

/// One tick as a decoder gives it.
public struct DecodedTick: Sendable, BitwiseCopyable {
  public enum Content: Sendable, BitwiseCopyable {
    case market(MarketEvent)
    /// Index into the batch's `qualities`.
    case quality(Int)
    /// Index into the batch's `references`.
    case reference(Int)
    /// A book begins here: what other files left in it is gone.
    case start(InstrumentID)
    /// What follows goes on from before this import, and the book waits for a snapshot.
    case goesOn(InstrumentID)
    /// A continuous symbol is the contract of this number from here on.
    case contract(InstrumentID, UInt32)
    /// What follows is of a record with this number, which tells it apart from others of the same time where
    /// other files may have it, too.
    case record(UInt64)
  }
  /// When it happened, as the source says.
  public var eventTime: Instant
  /// When it was received, as the source says; the event time where it says nothing.
  public var receiveTime: Instant
  public var content: Content

  /// Whether the source told it, as against what the import has to say of it.
  public var isOfSource: Bool {
    switch content {
    case .market, .reference: true
    case .quality, .start, .goesOn, .contract, .record: false
    }
  }
}

/// What decoders put out: ticks in the source's order, and counts. Memory is reused from chunk to chunk,
/// so that a tick costs no allocation.
public struct DecodedBatch: Sendable {
  /// Journaled data-quality observations per source and issue; further ones are only counted.
  public static let notesPerIssue: UInt64 = 100

  /// Ticks since the last `removeAll`.
  public private(set) var ticks: [DecodedTick] = []
  /// Data-quality observations since the last `removeAll`.
  public private(set) var qualities: [DataQuality] = []
  /// Values that venues publish beside their books, since the last `removeAll`.
  public private(set) var references: [Reference] = []
  /// Events left out since the last `removeAll` because their values cannot be: they are read again
  /// once scales are known, so their digits count too.
  public private(set) var leftOut: [MarketEvent] = []
  /// How often each issue was met, by `DataQuality.Issue.rawValue`; kept over `removeAll`.
  public private(set) var issueCounts = [UInt64](repeating: 0, count: 16)
  /// What was left out on purpose, by reason; kept over `removeAll`.
  public private(set) var skipped = SkipCounts()
  /// Sizes that had more digits than the instrument's scale and were rounded; kept over `removeAll`.
  public internal(set) var roundedSizes: UInt64 = 0
  /// Reference values that had more digits than the instrument's scale and were rounded; kept over
  /// `removeAll`.
  public internal(set) var roundedReferences: UInt64 = 0
  /// What numbers ask of the scales that are sought; nil if none are. Kept over `removeAll`.
  public var needs: ScaleNeeds?

  public init() {}

  /// Adds a market event.
  @inline(__always)
  public mutating func append(_ event: MarketEvent, event time: Instant, receive: Instant) {
    ticks.append(DecodedTick(eventTime: time, receiveTime: receive, content: .market(event)))
  }

  /// Adds a value that a venue publishes beside its book.
  mutating func append(_ reference: Reference, event time: Instant, receive: Instant) {
    references.append(reference)
    ticks.append(
      DecodedTick(
        eventTime: time, receiveTime: receive, content: .reference(references.count - 1)))
  }

  /// Adds a data-quality observation; after `notesPerIssue` of an issue it is only counted.
  public mutating func note(
    _ issue: DataQuality.Issue, of instrument: InstrumentID, expected: UInt64 = 0,
    actual: UInt64 = 0, event time: Instant, receive: Instant, _ detail: @autoclosure () -> String
  ) {
    let index = Int(issue.rawValue)
    issueCounts[index] += 1
    guard issueCounts[index] <= Self.notesPerIssue else { return }
    qualities.append(
      DataQuality(
        issue: issue, instrument: instrument, expected: expected, actual: actual, detail: detail()))
    ticks.append(
      DecodedTick(
        eventTime: time, receiveTime: receive, content: .quality(qualities.count - 1)))
  }

  /// Says that an instrument's book begins, whatever other files told of it.
  mutating func start(_ instrument: InstrumentID, event time: Instant, receive: Instant) {
    ticks.append(
      DecodedTick(eventTime: time, receiveTime: receive, content: .start(instrument)))
  }

  /// Says that an instrument's book waits, whose start is not in this import.
  mutating func goOn(_ instrument: InstrumentID, event time: Instant, receive: Instant) {
    ticks.append(
      DecodedTick(eventTime: time, receiveTime: receive, content: .goesOn(instrument)))
  }

  /// Says which contract a continuous symbol is from here on.
  mutating func contract(
    _ instrument: InstrumentID, _ number: UInt32, event time: Instant, receive: Instant
  ) {
    ticks.append(
      DecodedTick(
        eventTime: time, receiveTime: receive, content: .contract(instrument, number)))
  }

  /// Says what tells the record that comes next apart.
  mutating func record(_ number: UInt64, event time: Instant, receive: Instant) {
    ticks.append(DecodedTick(eventTime: time, receiveTime: receive, content: .record(number)))
  }

  /// Remembers an event that is no tick because its values cannot be.
  mutating func leaveOut(_ event: MarketEvent) { leftOut.append(event) }

  /// Counts something left out on purpose.
  public mutating func skip(_ reason: String, _ count: UInt64 = 1) { skipped.add(reason, count) }

  /// Sorts the ticks by receive time; equal times keep their order. O(n log n).
  public mutating func sortByTime() {
    var isSorted = true
    for index in ticks.indices.dropFirst()
    where ticks[index].receiveTime < ticks[index - 1].receiveTime { isSorted = false }
    if isSorted { return }
    let order = ticks.indices.sorted {
      let (a, b) = (ticks[$0].receiveTime, ticks[$1].receiveTime)
      return a == b ? $0 < $1 : a < b
    }
    ticks = order.map { ticks[$0] }
  }

  /// Forgets ticks and observations, keeps memory and counts.
  public mutating func removeAll() {
    ticks.removeAll(keepingCapacity: true)
    qualities.removeAll(keepingCapacity: true)
    references.removeAll(keepingCapacity: true)
    leftOut.removeAll(keepingCapacity: true)
  }
}

/// Counts by reason, in order of first appearance.
public struct SkipCounts: Equatable, Sendable {
  public struct Item: Equatable, Sendable {
    public var reason: String
    public var count: UInt64
  }
  public private(set) var items: [Item] = []

  public init() {}

  /// Counts more of a reason. O(number of reasons).
  public mutating func add(_ reason: String, _ count: UInt64) {
    if let index = items.firstIndex(where: { $0.reason == reason }) {
      items[index].count += count
    } else {
      items.append(Item(reason: reason, count: count))
    }
  }

  /// Takes over another's counts.
  public mutating func add(_ other: SkipCounts) {
    for item in other.items { add(item.reason, item.count) }
  }
}
