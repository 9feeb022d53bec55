extension BlockDecoder {
  /// Reads a compact or medium record of a quote, trade, level, order or bar, when all is well with it.
  ///
  /// Each kind ends with its own `accept` and `return`: so the caller's `switch` over the kinds melts
  /// into this one, and a tick costs one unpredictable branch and not two. The length of a body is
  /// set where its form is known, so that the next record's place waits for no load.
  /// - Precondition: an entry is left, and its record lies within the content.
  /// - Returns: nil, and nothing has changed, if the record is another or anything is wrong with it.
  @inlinable @inline(__always)
  static func relativeTick(
    _ content: RawSpan, _ references: TickReferenceTable, _ timeBase: Int64, _ place: inout Place
  ) -> MarketEvent? {
    let head = content.load(place.offset, UInt64.self)
    let flags = UInt8(truncatingIfNeeded: head >> 8)
    let instrument = InstrumentID(UInt16(truncatingIfNeeded: head >> 16))
    let (time, overflow) = timeBase.addingReportingOverflow(Int64(head >> 32))
    guard flags & (TickLayout.reserved | TickLayout.wide) == 0,
      flags & TickLayout.sideMask != TickLayout.sideMask,
      let last = references[instrument],
      !overflow, time >= place.header.receiveTime.nanoseconds
    else { return nil }
    var event = time
    var body = place.offset &+ TickLayout.head
    if flags & TickLayout.hasEventTime != 0 {
      let (earlier, isFar) = time.subtractingReportingOverflow(
        Int64(content.load(body, Int32.self)))
      if isFar { return nil }
      event = earlier
      body &+= 4
    }
    let isCompact = flags & TickLayout.formMask == 0
    let kind = UInt8(truncatingIfNeeded: head)
    switch kind {
    case 1:
      guard let quote = quote(content, references, &body, isCompact, instrument, last) else {
        return nil
      }
      place.accept(event, time, next: body)
      return .quote(quote)
    case 2:
      guard let level = level(content, references, &body, isCompact, instrument, last) else {
        return nil
      }
      place.accept(event, time, next: body)
      return .trade(
        Trade(
          instrument: instrument, price: level.price, size: level.size, side: TickLayout.side(flags)
        ))
    case 3:
      guard let level = level(content, references, &body, isCompact, instrument, last) else {
        return nil
      }
      place.accept(event, time, next: body)
      return .depth(
        DepthChange(
          instrument: instrument, action: .set, side: TickLayout.side(flags), price: level.price,
          size: level.size, marks: TickLayout.marks(flags)))
    case 5...9:
      guard let change = order(content, references, &body, isCompact, instrument, last, kind, flags)
      else {
        return nil
      }
      place.accept(event, time, next: body)
      return .order(change)
    case 11:
      guard !isCompact, let bar = bar(content, references, body, instrument, last, flags) else {
        return nil
      }
      place.accept(event, time, next: body &+ 24)
      return .bar(bar)
    default: return nil
    }
  }

  /// Out of line: bars are few beside ticks, and the loop over ticks stays short.
  @usableFromInline @inline(never)
  static func bar(
    _ content: RawSpan, _ references: TickReferenceTable, _ body: Int,
    _ instrument: InstrumentID, _ last: TickReference, _ flags: UInt8
  ) -> Bar? {
    let interval = Int64(content.load(body, UInt32.self))
    let (open, overflow) = last.price.addingReportingOverflow(
      Int64(content.load(body &+ 4, Int32.self)))
    let (close, closeOverflow) = open.addingReportingOverflow(
      Int64(content.load(body &+ 8, Int32.self)))
    let (high, highOverflow) = open.addingReportingOverflow(
      Int64(content.load(body &+ 12, UInt32.self)))
    let (low, lowOverflow) = open.subtractingReportingOverflow(
      Int64(content.load(body &+ 16, UInt32.self)))
    guard interval > 0, !overflow, !closeOverflow, !highOverflow, !lowOverflow,
      open != Price.none.raw, close != Price.none.raw, low != Price.none.raw
    else { return nil }
    references.move(instrument, to: close)
    return Bar(
      instrument: instrument, side: TickLayout.side(flags), interval: interval &* 1_000_000_000,
      open: Price(open), high: Price(high), low: Price(low), close: Price(close),
      volume: Quantity(Int64(content.load(body &+ 20, UInt32.self))))
  }

  @inlinable @inline(__always)
  static func quote(
    _ content: RawSpan, _ references: TickReferenceTable, _ body: inout Int, _ isCompact: Bool,
    _ instrument: InstrumentID,
    _ last: TickReference
  ) -> Quote? {
    let (move, spread, bidSize, askSize): (Int64, Int64, Int64, Int64)
    if isCompact {
      let word = content.load(body, UInt64.self)
      move = Int64(Int16(truncatingIfNeeded: word))
      spread = Int64(UInt16(truncatingIfNeeded: word >> 16))
      bidSize = Int64(UInt16(truncatingIfNeeded: word >> 32))
      askSize = Int64(word >> 48)
      body &+= 8
    } else {
      move = Int64(content.load(body, Int32.self))
      spread = Int64(content.load(body &+ 4, UInt32.self))
      bidSize = Int64(content.load(body &+ 8, UInt32.self))
      askSize = Int64(content.load(body &+ 12, UInt32.self))
      body &+= 16
    }
    let (bid, overflow) = last.price.addingReportingOverflow(move)
    let (ask, carry) = bid.addingReportingOverflow(spread)
    if overflow || carry || bid == Price.none.raw { return nil }
    references.move(instrument, to: bid)
    return Quote(
      instrument: instrument, bid: Price(bid), ask: Price(ask), bidSize: Quantity(bidSize),
      askSize: Quantity(askSize))
  }

  @inlinable @inline(__always)
  static func level(
    _ content: RawSpan, _ references: TickReferenceTable, _ body: inout Int, _ isCompact: Bool,
    _ instrument: InstrumentID,
    _ last: TickReference
  ) -> (price: Price, size: Quantity)? {
    let (move, size): (Int64, Int64)
    if isCompact {
      let word = content.load(body, UInt32.self)
      move = Int64(Int16(truncatingIfNeeded: word))
      size = Int64(word >> 16)
      body &+= 4
    } else {
      let word = content.load(body, UInt64.self)
      move = Int64(Int32(truncatingIfNeeded: word))
      size = Int64(word >> 32)
      body &+= 8
    }
    let (price, overflow) = last.price.addingReportingOverflow(move)
    if overflow || price == Price.none.raw { return nil }
    references.move(instrument, to: price)
    return (Price(price), Quantity(size))
  }

  @inlinable @inline(__always)
  static func order(
    _ content: RawSpan, _ references: TickReferenceTable, _ body: inout Int, _ isCompact: Bool,
    _ instrument: InstrumentID,
    _ last: TickReference, _ kind: UInt8, _ flags: UInt8
  ) -> OrderChange? {
    let (order, move, size): (UInt64, Int64, Int64)
    let word = content.load(body, UInt64.self)
    if isCompact {
      order = last.order &+ UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: word)))
      move = Int64(Int16(truncatingIfNeeded: word >> 32))
      size = Int64(word >> 48)
      body &+= 8
    } else {
      order = word
      move = Int64(content.load(body &+ 8, Int32.self))
      size = Int64(content.load(body &+ 12, UInt32.self))
      body &+= 16
    }
    let (price, overflow) = last.price.addingReportingOverflow(move)
    if overflow || price == Price.none.raw { return nil }
    references.move(instrument, to: price, order: order)
    return OrderChange(
      instrument: instrument, action: TickLayout.action(kind), side: TickLayout.side(flags),
      order: order,
      price: Price(price), size: Quantity(size), marks: TickLayout.marks(flags))
  }
}

extension BlockDecoder.Place {
  /// Counts an entry without a cause whose record ends at `next`.
  @inlinable @inline(__always)
  mutating func accept(_ event: Int64, _ receive: Int64, next: Int) {
    offset = next
    header = EntryHeader(
      sequence: header.sequence &+ 1, eventTime: Instant(nanoseconds: event),
      receiveTime: Instant(nanoseconds: receive))
  }
}
