extension BlockDecoder {
  /// Reads a compact or medium record of a quote, trade, level or order, when all is well with it.
  /// - Precondition: an entry and `longestRelative` bytes are left.
  /// - Returns: nil, and nothing has changed, if the record is another or anything is wrong with it.
  @inlinable @inline(__always)
  mutating func relativeTick(_ content: RawSpan) -> MarketEvent? {
    let head = load(content, offset, UInt64.self)
    let flags = UInt8(truncatingIfNeeded: head >> 8)
    let instrument = InstrumentID(UInt16(truncatingIfNeeded: head >> 16))
    let (time, overflow) = timeBase.addingReportingOverflow(Int64(head >> 32))
    guard flags & (TickLayout.reserved | TickLayout.wide) == 0,
      flags & TickLayout.sideMask != TickLayout.sideMask,
      instrument.index < references.count, let last = references[instrument],
      !overflow, time >= header.receiveTime.nanoseconds
    else { return nil }
    var event = time
    var body = offset &+ TickLayout.head
    if flags & TickLayout.hasEventTime != 0 {
      let (earlier, isFar) = time.subtractingReportingOverflow(
        Int64(load(content, body, Int32.self)))
      if isFar { return nil }
      event = earlier
      body &+= 4
    }
    let kind = UInt8(truncatingIfNeeded: head)
    guard let tick = relativeBody(content, &body, kind, flags, instrument, last) else { return nil }
    offset = body
    left &-= 1
    header.sequence &+= 1
    header.eventTime = Instant(nanoseconds: event)
    header.receiveTime = Instant(nanoseconds: time)
    header.cause = 0
    return tick
  }

  /// Reads the compact or medium body of a quote, trade, level or order, and moves the reference.
  /// - Returns: nil, and nothing has changed, for another kind or a price out of range.
  @inlinable @inline(__always)
  mutating func relativeBody(
    _ content: RawSpan, _ body: inout Int, _ kind: UInt8, _ flags: UInt8,
    _ instrument: InstrumentID, _ last: TickReference
  ) -> MarketEvent? {
    let isCompact = flags & TickLayout.formMask == 0
    switch kind {
    case 1: return quote(content, &body, isCompact, instrument, last)
    case 2:
      guard let (price, size) = level(content, &body, isCompact, instrument, last) else {
        return nil
      }
      return .trade(Trade(instrument: instrument, price: price, size: size, side: side(flags)))
    case 3:
      guard let (price, size) = level(content, &body, isCompact, instrument, last) else {
        return nil
      }
      return .depth(
        DepthChange(
          instrument: instrument, action: .set, side: side(flags), price: price, size: size,
          marks: marks(flags)))
    case 5...9:
      guard let (order, price, size) = order(content, &body, isCompact, instrument, last) else {
        return nil
      }
      return .order(
        OrderChange(
          instrument: instrument, action: action(kind), side: side(flags), order: order,
          price: price, size: size, marks: marks(flags)))
    default: return nil
    }
  }

  @inlinable @inline(__always)
  mutating func quote(
    _ content: RawSpan, _ body: inout Int, _ isCompact: Bool, _ instrument: InstrumentID,
    _ last: TickReference
  ) -> MarketEvent? {
    let (move, spread, bidSize, askSize): (Int64, Int64, Int64, Int64)
    if isCompact {
      let word = load(content, body, UInt64.self)
      move = Int64(Int16(truncatingIfNeeded: word))
      spread = Int64(UInt16(truncatingIfNeeded: word >> 16))
      bidSize = Int64(UInt16(truncatingIfNeeded: word >> 32))
      askSize = Int64(word >> 48)
    } else {
      move = Int64(load(content, body, Int32.self))
      spread = Int64(load(content, body &+ 4, UInt32.self))
      bidSize = Int64(load(content, body &+ 8, UInt32.self))
      askSize = Int64(load(content, body &+ 12, UInt32.self))
    }
    let (bid, overflow) = last.price.addingReportingOverflow(move)
    let (ask, carry) = bid.addingReportingOverflow(spread)
    if overflow || carry || bid == Price.none.raw { return nil }
    references.move(instrument, to: bid)
    body &+= isCompact ? 8 : 16
    return .quote(
      Quote(
        instrument: instrument, bid: Price(bid), ask: Price(ask), bidSize: Quantity(bidSize),
        askSize: Quantity(askSize)))
  }

  @inlinable @inline(__always)
  mutating func level(
    _ content: RawSpan, _ body: inout Int, _ isCompact: Bool, _ instrument: InstrumentID,
    _ last: TickReference
  ) -> (Price, Quantity)? {
    let (move, size): (Int64, Int64)
    if isCompact {
      let word = load(content, body, UInt32.self)
      move = Int64(Int16(truncatingIfNeeded: word))
      size = Int64(word >> 16)
    } else {
      let word = load(content, body, UInt64.self)
      move = Int64(Int32(truncatingIfNeeded: word))
      size = Int64(word >> 32)
    }
    let (price, overflow) = last.price.addingReportingOverflow(move)
    if overflow || price == Price.none.raw { return nil }
    references.move(instrument, to: price)
    body &+= isCompact ? 4 : 8
    return (Price(price), Quantity(size))
  }

  @inlinable @inline(__always)
  mutating func order(
    _ content: RawSpan, _ body: inout Int, _ isCompact: Bool, _ instrument: InstrumentID,
    _ last: TickReference
  ) -> (UInt64, Price, Quantity)? {
    let (order, move, size): (UInt64, Int64, Int64)
    let word = load(content, body, UInt64.self)
    if isCompact {
      order = last.order &+ UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: word)))
      move = Int64(Int16(truncatingIfNeeded: word >> 32))
      size = Int64(word >> 48)
    } else {
      order = word
      move = Int64(load(content, body &+ 8, Int32.self))
      size = Int64(load(content, body &+ 12, UInt32.self))
    }
    let (price, overflow) = last.price.addingReportingOverflow(move)
    if overflow || price == Price.none.raw { return nil }
    references.move(instrument, to: price, order: order)
    body &+= isCompact ? 8 : 16
    return (order, Price(price), Quantity(size))
  }

  /// - Precondition: the side is not 3.
  @inlinable @inline(__always)
  func side(_ flags: UInt8) -> Side {
    switch flags & TickLayout.sideMask {
    case 8: .buy
    case 16: .sell
    default: .none
    }
  }

  @inlinable @inline(__always)
  func marks(_ flags: UInt8) -> EventMarks { EventMarks(rawValue: flags & TickLayout.marksMask) }

  /// - Precondition: the kind is 5 to 9.
  @inlinable @inline(__always)
  func action(_ kind: UInt8) -> OrderChange.Action {
    switch kind {
    case 5: .add
    case 6: .modify
    case 7: .cancel
    case 8: .delete
    default: .execute
    }
  }
}

extension BlockDecoder {
  /// Reads a market event of any kind and form; says what is wrong.
  mutating func market(_ content: RawSpan, _ word: UInt32) throws(Damage) -> MarketEvent {
    let kind = UInt8(truncatingIfNeeded: word)
    let flags = UInt8(truncatingIfNeeded: word >> 8)
    let form = flags & TickLayout.formMask
    let instrument = InstrumentID(UInt16(truncatingIfNeeded: word >> 16))
    guard let bodySize = TickLayout.bodySize(kind: kind, form: form),
      flags & TickLayout.reserved == 0, flags & TickLayout.sideMask != TickLayout.sideMask
    else { throw Damage(at: offset, "no such form of kind \(kind)") }
    let hasLag = flags & TickLayout.hasEventTime != 0
    let lagSize = hasLag ? (form == TickLayout.wide ? 8 : 4) : 0
    let size = TickLayout.head + lagSize + bodySize
    guard end - offset >= size else { throw Damage(at: offset, "ends too early") }
    var lag: Int64 = 0
    if hasLag {
      lag =
        form == TickLayout.wide
        ? load(content, offset + 8, Int64.self) : Int64(load(content, offset + 8, Int32.self))
    }
    let start = offset
    try advance(by: load(content, offset + 4, UInt32.self), lag: lag)
    offset += size
    references.admit(instrument)
    var body = offset - bodySize
    switch (kind, form) {
    case (4, _):
      return .depth(
        DepthChange(
          instrument: instrument, action: .clear, side: side(flags), marks: marks(flags)))
    case (10, _):
      return .order(
        OrderChange(
          instrument: instrument, action: .clear, side: side(flags), marks: marks(flags)))
    case (12, _):
      guard let status = TradingStatus(rawValue: load(content, body, UInt32.self)) else {
        throw Damage(at: body, "unknown trading status")
      }
      return .status(StatusChange(instrument: instrument, status: status))
    case (_, TickLayout.wide):
      return try wideBody(content, body, kind, flags, instrument, start)
    default:
      guard let last = references[instrument] else {
        throw Damage(at: start, "compact record of an instrument without a reference")
      }
      if kind == 11 { return try relativeBar(content, body, flags, instrument, last, start) }
      guard let tick = relativeBody(content, &body, kind, flags, instrument, last) else {
        throw Damage(at: start, "price out of range")
      }
      return tick
    }
  }

  /// Reads the wide body of a quote, trade, level, order or bar.
  private mutating func wideBody(
    _ content: RawSpan, _ body: Int, _ kind: UInt8, _ flags: UInt8, _ instrument: InstrumentID,
    _ start: Int
  ) throws(Damage) -> MarketEvent {
    func price(_ index: Int) -> Price { Price(load(content, body + 8 * index, Int64.self)) }
    func quantity(_ index: Int) -> Quantity {
      Quantity(load(content, body + 8 * index, Int64.self))
    }
    switch kind {
    case 1:
      references.define(instrument, price: price(0).raw)
      return .quote(
        Quote(
          instrument: instrument, bid: price(0), ask: price(1), bidSize: quantity(2),
          askSize: quantity(3)))
    case 2:
      references.define(instrument, price: price(0).raw)
      return .trade(
        Trade(instrument: instrument, price: price(0), size: quantity(1), side: side(flags)))
    case 3:
      references.define(instrument, price: price(0).raw)
      return .depth(
        DepthChange(
          instrument: instrument, action: .set, side: side(flags), price: price(0),
          size: quantity(1), marks: marks(flags)))
    case 11:
      let interval = load(content, body, Int64.self)
      guard interval > 0 else { throw Damage(at: start, "bar without an interval") }
      references.define(instrument, price: price(4).raw)
      return .bar(
        Bar(
          instrument: instrument, side: side(flags), interval: interval, open: price(1),
          high: price(2), low: price(3), close: price(4), volume: quantity(5)))
    default:
      let order = load(content, body, UInt64.self)
      references.define(instrument, price: price(1).raw, order: order)
      return .order(
        OrderChange(
          instrument: instrument, action: action(kind), side: side(flags), order: order,
          price: price(1), size: quantity(2), marks: marks(flags)))
    }
  }

  /// Reads the medium body of a bar.
  private mutating func relativeBar(
    _ content: RawSpan, _ body: Int, _ flags: UInt8, _ instrument: InstrumentID,
    _ last: TickReference, _ start: Int
  ) throws(Damage) -> MarketEvent {
    func unsigned(_ index: Int) -> Int64 { Int64(load(content, body + 4 * index, UInt32.self)) }
    func signed(_ index: Int) -> Int64 { Int64(load(content, body + 4 * index, Int32.self)) }
    let (open, overflow) = last.price.addingReportingOverflow(signed(1))
    let (close, closeOverflow) = open.addingReportingOverflow(signed(2))
    let (high, highOverflow) = open.addingReportingOverflow(unsigned(3))
    let (low, lowOverflow) = open.subtractingReportingOverflow(unsigned(4))
    guard !overflow, !closeOverflow, !highOverflow, !lowOverflow,
      open != Price.none.raw, close != Price.none.raw, low != Price.none.raw
    else { throw Damage(at: start, "price out of range") }
    guard unsigned(0) > 0 else { throw Damage(at: start, "bar without an interval") }
    references.move(instrument, to: close)
    return .bar(
      Bar(
        instrument: instrument, side: side(flags), interval: unsigned(0) * 1_000_000_000,
        open: Price(open), high: Price(high), low: Price(low), close: Price(close),
        volume: Quantity(unsigned(5))))
  }
}
