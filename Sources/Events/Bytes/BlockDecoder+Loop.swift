extension BlockDecoder {
  /// Reads all entries that are left of a block: what `next` does, with the loop on this side of the
  /// wall, where the place in the block stays in registers. O(entries); a quote takes about 25
  /// instructions.
  ///
  /// Damage is thrown after all entries before it were handed over. Whatever is thrown, the block must
  /// be begun again.
  /// - Parameters:
  ///   - quote: gets each plain quote (compact, its event and receive times one), the commonest record, which
  ///     comes in runs; returns whether to go on.
  ///   - bar: gets each plain bar (medium, its times one); returns whether to go on.
  ///   - tick: gets any other market event; returns whether to go on.
  ///   - record: gets any other entry's kind and where in the content its payload is; returns whether
  ///     to go on.
  /// - Returns: whether the end was reached; false if one of them said to stop, and then this can be
  ///   called again to go on.
  @inlinable @inline(__always)
  public mutating func forEachEntry(
    of content: RawSpan,
    quote: (Quote, EntryHeader) throws(Damage) -> Bool,
    bar: (Bar, EntryHeader) throws(Damage) -> Bool,
    tick: (MarketEvent, EntryHeader) throws(Damage) -> Bool,
    record: (EntryKind, Range<Int>, EntryHeader) throws(Damage) -> Bool
  ) throws(Damage) -> Bool {
    while true {
      guard try forEachRelative(of: content, quote, tick), try forEachPlainBar(of: content, bar)
      else { return false }
      switch try anyRecord(content) {
      case .market(let event): guard try tick(event, header) else { return false }
      case .record(let kind, let payload):
        guard try record(kind, payload, header) else { return false }
      case .end: return true
      }
    }
  }

  /// The same, with all market events told by `tick`.
  @inlinable @inline(__always)
  public mutating func forEachEntry(
    of content: RawSpan,
    tick: (MarketEvent, EntryHeader) throws(Damage) -> Bool,
    record: (EntryKind, Range<Int>, EntryHeader) throws(Damage) -> Bool
  ) throws(Damage) -> Bool {
    try forEachEntry(
      of: content,
      quote: { (quote, header) throws(Damage) in try tick(.quote(quote), header) },
      bar: { (bar, header) throws(Damage) in try tick(.bar(bar), header) },
      tick: tick, record: record)
  }

  /// Reads on while the records are compact or medium and all is well with them.
  /// - Returns: whether to go on.
  @inlinable @inline(__always)
  mutating func forEachRelative(
    of content: RawSpan, _ quote: (Quote, EntryHeader) throws(Damage) -> Bool,
    _ tick: (MarketEvent, EntryHeader) throws(Damage) -> Bool
  ) throws(Damage) -> Bool {
    // Copies, which nothing else can see and which need not be read again after each write.
    let (table, base, end) = (references.table, timeBase, last)
    let canRun = references.areInner && base <= .max - Int64(UInt32.max)
    var here = place
    defer { place = here }
    while here.header.sequence != end,
      content.byteCount &- here.offset >= TickLayout.longestRelative
    {
      if canRun, content.load(here.offset, UInt16.self) == TickLayout.plainQuote {
        let start = here.offset
        guard try forEachPlainQuote(of: content, table, base, end, &here, quote) else {
          return false
        }
        if here.offset != start { continue }
      }
      guard let event = Self.relativeTick(content, table, base, &here) else { break }
      guard try tick(event, here.header) else { return false }
    }
    return true
  }

  /// Reads a run of compact quotes whose event and receive times are one, the commonest records.
  ///
  /// - Precondition: no price or time can leave its range by differences.
  /// - Returns: whether to go on.
  @inlinable @inline(__always)
  func forEachPlainQuote(
    of content: RawSpan, _ table: TickReferenceTable, _ base: Int64, _ end: UInt64,
    _ here: inout Place, _ quote: (Quote, EntryHeader) throws(Damage) -> Bool
  ) throws(Damage) -> Bool {
    let size = 16
    let room = (content.byteCount &- here.offset) / size
    let left = Int(truncatingIfNeeded: min(end &- here.header.sequence, UInt64(room)))
    let stop = here.offset &+ left &* size
    var offset = here.offset
    var time = here.header.receiveTime.nanoseconds
    // The sequence follows from the place: one thing less to carry along.
    let before = here.header.sequence &- UInt64(truncatingIfNeeded: offset) / 16
    defer {
      if offset != here.offset {
        here.offset = offset
        here.header = EntryHeader(
          sequence: before &+ UInt64(truncatingIfNeeded: offset) / 16,
          eventTime: Instant(nanoseconds: time), receiveTime: Instant(nanoseconds: time))
      }
    }
    while offset != stop {
      let instrument = InstrumentID(content.load(offset &+ 2, UInt16.self))
      let now = base &+ Int64(content.load(offset &+ 4, UInt32.self))
      guard content.load(offset, UInt16.self) == TickLayout.plainQuote, now >= time,
        let last = table[instrument]
      else { break }
      let bid = last.price &+ Int64(content.load(offset &+ 8, Int16.self))
      let next = Quote(
        instrument: instrument, bid: Price(bid),
        ask: Price(bid &+ Int64(content.load(offset &+ 10, UInt16.self))),
        bidSize: Quantity(Int64(content.load(offset &+ 12, UInt16.self))),
        askSize: Quantity(Int64(content.load(offset &+ 14, UInt16.self))))
      table.move(instrument, to: bid)
      offset &+= size
      time = now
      let at = Instant(nanoseconds: now)
      let header = EntryHeader(
        sequence: before &+ UInt64(truncatingIfNeeded: offset) / 16, eventTime: at,
        receiveTime: at)
      guard try quote(next, header) else { return false }
    }
    return true
  }
}
