import Events
import Venues

/// What several files of an import tell of one moment: the k-th equal event of one file is the k-th of another,
/// and those of one file are all real.
///
/// Files are merged by receive time, and what one has of a moment comes before what the next has of it: so only
/// what is of the moment in hand is held.
struct RepeatLedger {
  private struct Count {
    /// Equal events that were taken.
    var taken = 0
    /// The source that told them last, and how many it told.
    var source = 0
    var ofSource = 0
  }

  /// What tells the record in hand apart.
  var record: UInt64 = 0
  private var time = Instant(nanoseconds: .min)
  /// The source that tells of the moment first, and what it told.
  private var first = 0
  private var told: [ToldTick] = []
  /// Of a moment of which another source tells, too; looked up only, never walked in their order.
  private var counts: [ToldTick: Count] = [:]

  /// Notes an event of a source.
  /// - Returns: whether no other source has told it. O(1), and for the second source that tells of a moment
  ///   O(what the first told of it).
  mutating func isNew(_ tick: ToldTick, of source: Int, at time: Instant) -> Bool {
    if time != self.time {
      (self.time, first) = (time, source)
      told.removeAll(keepingCapacity: true)
      if !counts.isEmpty { counts.removeAll(keepingCapacity: counts.count < 1000) }
    }
    if source == first {
      told.append(tick)
      return true
    }
    if counts.isEmpty {
      for tick in told { counts[tick, default: Count()].taken += 1 }
    }
    var count = counts[tick] ?? Count()
    if count.source != source { (count.source, count.ofSource) = (source, 0) }
    count.ofSource += 1
    let isNew = count.ofSource > count.taken
    if isNew {
      count.taken += 1
      if let book = tick.emptied { forget(book) }
    }
    counts[tick] = count
    return isNew
  }

  /// What a source says again of a book that it began anew is no repetition.
  private mutating func forget(_ book: InstrumentID) {
    counts = counts.filter { $0.key.book != book }
  }
}

/// What a file tells of an instrument at a moment.
struct ToldTick: Hashable {
  private enum Content: Equatable {
    case market(MarketEvent)
    case reference(Reference)
    case start(InstrumentID)
  }
  private var event: Instant
  private var record: UInt64
  private var content: Content

  /// - Returns: nil for what is no event of an instrument.
  init?(_ tick: DecodedTick, _ batch: borrowing DecodedBatch, record: UInt64) {
    switch tick.content {
    case .market(let event): content = .market(event)
    case .reference(let place): content = .reference(batch.references[place])
    case .start(let instrument): content = .start(instrument)
    case .quality, .goesOn, .contract, .record: return nil
    }
    event = tick.eventTime
    self.record = record
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(event.nanoseconds)
    hasher.combine(record)
    switch content {
    case .market(let event):
      hasher.combine(event.instrument.index)
      switch event {
      case .order(let change):
        hasher.combine(change.order)
        hasher.combine(change.price.raw)
      case .depth(let change): hasher.combine(change.price.raw)
      case .trade(let trade): hasher.combine(trade.price.raw)
      case .quote(let quote): hasher.combine(quote.bid.raw)
      case .bar, .status: break
      }
    case .reference(let reference): hasher.combine(reference.instrument.index)
    case .start(let instrument): hasher.combine(instrument.index)
    }
  }

  var instrument: InstrumentID {
    switch content {
    case .market(let event): event.instrument
    case .reference(let reference): reference.instrument
    case .start(let instrument): instrument
    }
  }

  /// As entries name it; nil for what is none.
  var kind: EntryKind? {
    switch content {
    case .market(let event): event.entryKind
    case .reference(let reference): reference.entryKind
    case .start: nil
    }
  }

  /// The instrument of a change of a book.
  fileprivate var book: InstrumentID? {
    switch content {
    case .market(.depth(let change)): change.instrument
    case .market(.order(let change)): change.instrument
    case .market, .reference, .start: nil
    }
  }

  /// The instrument whose book it empties.
  fileprivate var emptied: InstrumentID? {
    switch content {
    case .market(let event): event.cleared.isEmpty ? nil : event.instrument
    case .start(let instrument): instrument
    case .reference: nil
    }
  }
}
