extension BlockDecoder {
  /// Reads a market event. About 2 ns.
  @inlinable @inline(__always)
  mutating func market(_ content: RawSpan, _ kind: UInt8, _ word: UInt32) throws(Damage)
    -> MarketEvent
  {
    let flags = UInt8(truncatingIfNeeded: word >> 8)
    let form = flags & TickLayout.formMask
    let instrument = InstrumentID(UInt16(truncatingIfNeeded: word >> 16))
    let hasLag = flags & TickLayout.hasEventTime != 0
    let lagSize = hasLag ? (form == 2 ? 8 : 4) : 0
    let bodySize = TickLayout.bodySize(kind: kind, form: form)
    let size = TickLayout.head &+ lagSize &+ bodySize
    guard bodySize >= 0, form != 3, flags & TickLayout.reserved == 0 else {
      throw Damage(at: offset, "no such form of kind \(kind)")
    }
    guard end &- offset >= size else { throw Damage(at: offset, "ends too early") }
    try advance(by: load(content, offset &+ 4, UInt32.self))
    header.cause = 0
    header.eventTime = header.receiveTime
    if hasLag {
      let lag =
        form == 2
        ? load(content, offset &+ 8, Int64.self) : Int64(load(content, offset &+ 8, Int32.self))
      header.eventTime = Instant(nanoseconds: header.receiveTime.nanoseconds &- lag)
    }
    references.admit(instrument.index)
    let isRelative = form < 2 && kind != 4 && kind != 10 && kind != 12
    if isRelative && references.slots[instrument.index].block != references.block {
      throw Damage(at: offset, "compact record of an instrument without a reference")
    }
    let body = offset &+ TickLayout.head &+ lagSize
    offset &+= size
    switch kind {
    case 1: return .quote(try quote(content, body, form, instrument))
    case 2, 3: return try level(content, body, form, instrument, kind, flags)
    case 5...9: return .order(try order(content, body, form, instrument, kind, flags))
    default: return try rest(content, body, form, instrument, kind, flags)
    }
  }

  @inlinable @inline(__always)
  func side(_ flags: UInt8) throws(Damage) -> Side {
    guard let side = Side(rawValue: flags >> TickLayout.sideShift & 3) else {
      throw Damage(at: offset, "unknown side")
    }
    return side
  }

  /// The reference price plus a difference.
  @inlinable @inline(__always)
  func price(_ instrument: InstrumentID, plus move: Int64) throws(Damage) -> Int64 {
    let (sum, overflow) =
      references.slots[instrument.index].price.addingReportingOverflow(move)
    guard !overflow, sum != .min else { throw Damage(at: offset, "price out of range") }
    return sum
  }

  @inlinable @inline(__always)
  mutating func quote(_ content: RawSpan, _ body: Int, _ form: UInt8, _ instrument: InstrumentID)
    throws(Damage) -> Quote
  {
    let (bid, spread, ask, bidSize, askSize): (Int64, Int64, Int64, Int64, Int64)
    switch form {
    case 0:
      let word = load(content, body, UInt64.self)
      bid = try price(instrument, plus: Int64(Int16(truncatingIfNeeded: word)))
      spread = Int64(UInt16(truncatingIfNeeded: word >> 16))
      bidSize = Int64(UInt16(truncatingIfNeeded: word >> 32))
      askSize = Int64(UInt16(truncatingIfNeeded: word >> 48))
    case 1:
      bid = try price(instrument, plus: Int64(load(content, body, Int32.self)))
      spread = Int64(load(content, body &+ 4, UInt32.self))
      bidSize = Int64(load(content, body &+ 8, UInt32.self))
      askSize = Int64(load(content, body &+ 12, UInt32.self))
    default:
      bid = load(content, body, Int64.self)
      ask = load(content, body &+ 8, Int64.self)
      bidSize = load(content, body &+ 16, Int64.self)
      askSize = load(content, body &+ 24, Int64.self)
      references.remember(instrument.index, price: bid)
      return Quote(
        instrument: instrument, bid: Price(bid), ask: Price(ask), bidSize: Quantity(bidSize),
        askSize: Quantity(askSize))
    }
    let (sum, overflow) = bid.addingReportingOverflow(spread)
    guard !overflow else { throw Damage(at: offset, "price out of range") }
    references.remember(instrument.index, price: bid)
    return Quote(
      instrument: instrument, bid: Price(bid), ask: Price(sum), bidSize: Quantity(bidSize),
      askSize: Quantity(askSize))
  }

  @inlinable @inline(__always)
  mutating func level(
    _ content: RawSpan, _ body: Int, _ form: UInt8, _ instrument: InstrumentID, _ kind: UInt8,
    _ flags: UInt8
  ) throws(Damage) -> MarketEvent {
    let (at, size): (Int64, Int64)
    switch form {
    case 0:
      let word = load(content, body, UInt32.self)
      at = try price(instrument, plus: Int64(Int16(truncatingIfNeeded: word)))
      size = Int64(UInt16(truncatingIfNeeded: word >> 16))
    case 1:
      at = try price(instrument, plus: Int64(load(content, body, Int32.self)))
      size = Int64(load(content, body &+ 4, UInt32.self))
    default:
      at = load(content, body, Int64.self)
      size = load(content, body &+ 8, Int64.self)
    }
    references.remember(instrument.index, price: at)
    let side = try side(flags)
    if kind == 2 {
      return .trade(
        Trade(instrument: instrument, price: Price(at), size: Quantity(size), side: side))
    }
    return .depth(
      DepthChange(
        instrument: instrument, action: .set, side: side, price: Price(at), size: Quantity(size),
        marks: EventMarks(rawValue: flags & TickLayout.marksMask)))
  }

  @inlinable @inline(__always)
  mutating func order(
    _ content: RawSpan, _ body: Int, _ form: UInt8, _ instrument: InstrumentID, _ kind: UInt8,
    _ flags: UInt8
  ) throws(Damage) -> OrderChange {
    let (id, at, size): (UInt64, Int64, Int64)
    switch form {
    case 0:
      let word = load(content, body, UInt64.self)
      let step = Int64(Int32(truncatingIfNeeded: word))
      id = references.slots[instrument.index].order &+ UInt64(bitPattern: step)
      at = try price(instrument, plus: Int64(Int16(truncatingIfNeeded: word >> 32)))
      size = Int64(UInt16(truncatingIfNeeded: word >> 48))
    case 1:
      id = load(content, body, UInt64.self)
      at = try price(instrument, plus: Int64(load(content, body &+ 8, Int32.self)))
      size = Int64(load(content, body &+ 12, UInt32.self))
    default:
      id = load(content, body, UInt64.self)
      at = load(content, body &+ 8, Int64.self)
      size = load(content, body &+ 16, Int64.self)
    }
    references.remember(instrument.index, price: at, order: id)
    return OrderChange(
      instrument: instrument, action: OrderChange.Action(rawValue: kind &- 5)!,
      side: try side(flags), order: id, price: Price(at), size: Quantity(size),
      marks: EventMarks(rawValue: flags & TickLayout.marksMask))
  }

  @usableFromInline @inline(never)
  mutating func rest(
    _ content: RawSpan, _ body: Int, _ form: UInt8, _ instrument: InstrumentID, _ kind: UInt8,
    _ flags: UInt8
  ) throws(Damage) -> MarketEvent {
    let marks = EventMarks(rawValue: flags & TickLayout.marksMask)
    switch kind {
    case 4:
      return .depth(
        DepthChange(instrument: instrument, action: .clear, side: try side(flags), marks: marks))
    case 10:
      return .order(
        OrderChange(instrument: instrument, action: .clear, side: try side(flags), marks: marks))
    case 11: return .bar(try bar(content, body, form, instrument, try side(flags)))
    default:
      guard let status = TradingStatus(rawValue: load(content, body, UInt32.self)) else {
        throw Damage(at: body, "unknown trading status")
      }
      return .status(StatusChange(instrument: instrument, status: status))
    }
  }

  private mutating func bar(
    _ content: RawSpan, _ body: Int, _ form: UInt8, _ instrument: InstrumentID, _ side: Side
  ) throws(Damage) -> Bar {
    func value(_ index: Int) -> Int64 { load(content, body + 8 * index, Int64.self) }
    var bar = Bar(
      instrument: instrument, side: side, interval: value(0), open: Price(value(1)),
      high: Price(value(2)), low: .none, close: .none, volume: .zero)
    if form == 2 {
      bar.low = Price(value(3))
      bar.close = Price(value(4))
      bar.volume = Quantity(value(5))
    } else {
      let open = try price(instrument, plus: Int64(load(content, body + 4, Int32.self)))
      let parts = [
        Int64(load(content, body + 8, Int32.self)), Int64(load(content, body + 12, UInt32.self)),
        -Int64(load(content, body + 16, UInt32.self)),
      ].map { open.addingReportingOverflow($0) }
      guard !parts.contains(where: { $0.overflow || $0.partialValue == .min }) else {
        throw Damage(at: body, "price out of range")
      }
      bar.interval = Int64(load(content, body, UInt32.self)) * 1_000_000_000
      bar.open = Price(open)
      bar.close = Price(parts[0].partialValue)
      bar.high = Price(parts[1].partialValue)
      bar.low = Price(parts[2].partialValue)
      bar.volume = Quantity(Int64(load(content, body + 20, UInt32.self)))
    }
    guard bar.interval > 0 else { throw Damage(at: body, "bar without an interval") }
    references.remember(instrument.index, price: bar.close.raw)
    return bar
  }
}
