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
        ? content.load(offset + 8, Int64.self) : Int64(content.load(offset + 8, Int32.self))
    }
    let delta = content.load(offset + 4, UInt32.self)
    if form != TickLayout.wide && kind != 4 && kind != 10 && kind != 12 {
      _ = try times(delta, lag)
      if kind == 11, content.load(offset + size - bodySize, UInt32.self) == 0 {
        throw Damage(at: offset, "bar without an interval")
      }
      return try relative(content, instrument)
    }
    let start = offset
    try advance(by: delta, lag: lag)
    offset += size
    references.admit(instrument)
    let body = offset - bodySize
    switch kind {
    case 4:
      return .depth(
        DepthChange(
          instrument: instrument, action: .clear, side: TickLayout.side(flags),
          marks: TickLayout.marks(flags)))
    case 10:
      return .order(
        OrderChange(
          instrument: instrument, action: .clear, side: TickLayout.side(flags),
          marks: TickLayout.marks(flags)))
    case 12:
      guard let status = TradingStatus(rawValue: content.load(body, UInt32.self)) else {
        throw Damage(at: body, "unknown trading status")
      }
      return .status(StatusChange(instrument: instrument, status: status))
    default: return try wideBody(content, body, kind, flags, instrument, start)
    }
  }

  /// Reads a record whose head is as it should be, or says what is wrong with its body.
  private mutating func relative(_ content: RawSpan, _ instrument: InstrumentID) throws(Damage)
    -> MarketEvent
  {
    if let tick = Self.relativeTick(content, references.table, timeBase, &place) { return tick }
    references.admit(instrument)
    throw Damage(
      at: offset,
      references[instrument] == nil
        ? "compact record of an instrument without a reference" : "price out of range")
  }

  /// Reads the wide body of a quote, trade, level, order or bar.
  private mutating func wideBody(
    _ content: RawSpan, _ body: Int, _ kind: UInt8, _ flags: UInt8, _ instrument: InstrumentID,
    _ start: Int
  ) throws(Damage) -> MarketEvent {
    func price(_ index: Int) -> Price { Price(content.load(body + 8 * index, Int64.self)) }
    func quantity(_ index: Int) -> Quantity {
      Quantity(content.load(body + 8 * index, Int64.self))
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
        Trade(
          instrument: instrument, price: price(0), size: quantity(1), side: TickLayout.side(flags)))
    case 3:
      references.define(instrument, price: price(0).raw)
      return .depth(
        DepthChange(
          instrument: instrument, action: .set, side: TickLayout.side(flags), price: price(0),
          size: quantity(1), marks: TickLayout.marks(flags)))
    case 11:
      let interval = content.load(body, Int64.self)
      guard interval > 0 else { throw Damage(at: start, "bar without an interval") }
      references.define(instrument, price: price(4).raw)
      return .bar(
        Bar(
          instrument: instrument, side: TickLayout.side(flags), interval: interval, open: price(1),
          high: price(2), low: price(3), close: price(4), volume: quantity(5)))
    default:
      let order = content.load(body, UInt64.self)
      references.define(instrument, price: price(1).raw, order: order)
      return .order(
        OrderChange(
          instrument: instrument, action: TickLayout.action(kind), side: TickLayout.side(flags),
          order: order,
          price: price(1), size: quantity(2), marks: TickLayout.marks(flags)))
    }
  }
}
