extension BlockDecoder {
  /// Reads a run of bars whose event and receive times are one, each behind its base of time if it has one, as bars of
  /// a few seconds and more do; as long as all is well with them. What is not, and what is no such bar, is left.
  /// - Returns: whether to go on.
  @inlinable @inline(__always)
  mutating func forEachPlainBar(
    of content: RawSpan, _ tell: (Bar, EntryHeader) throws(Damage) -> Bool
  ) throws(Damage) -> Bool {
    // Then no price can leave its range by differences.
    guard references.areInner else { return true }
    let (table, end) = (references.table, last)
    var (here, base) = (place, timeBase)
    defer { (place, timeBase) = (here, base) }
    while here.header.sequence != end,
      content.byteCount &- here.offset >= TickLayout.timeBase &+ TickLayout.plainBarSize
    {
      var (start, own) = (here.offset, base)
      if content.load(start, UInt64.self) == 0 {
        own = content.load(start &+ 8, Int64.self)
        start &+= TickLayout.timeBase
      }
      let head = content.load(start, UInt64.self)
      let flags = UInt8(truncatingIfNeeded: head >> 8)
      let instrument = InstrumentID(UInt16(truncatingIfNeeded: head >> 16))
      let (time, overflow) = own.addingReportingOverflow(Int64(head >> 32))
      let interval = Int64(content.load(start &+ 8, UInt32.self))
      guard UInt8(truncatingIfNeeded: head) == EntryKind.bar.rawValue,
        flags & ~TickLayout.sideMask == TickLayout.plainBar,
        flags & TickLayout.sideMask != TickLayout.sideMask, let last = table[instrument],
        !overflow, time >= here.header.receiveTime.nanoseconds, interval > 0
      else { break }
      let open = last.price &+ Int64(content.load(start &+ 12, Int32.self))
      let close = open &+ Int64(content.load(start &+ 16, Int32.self))
      let bar = Bar(
        instrument: instrument, side: TickLayout.side(flags), interval: interval &* 1_000_000_000,
        open: Price(open), high: Price(open &+ Int64(content.load(start &+ 20, UInt32.self))),
        low: Price(open &- Int64(content.load(start &+ 24, UInt32.self))), close: Price(close),
        volume: Quantity(Int64(content.load(start &+ 28, UInt32.self))))
      table.move(instrument, to: close)
      base = own
      here.accept(time, time, next: start &+ TickLayout.plainBarSize)
      guard try tell(bar, here.header) else { return false }
    }
    return true
  }
}
