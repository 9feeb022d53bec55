extension BlockEncoder {
  /// Appends a tick in the smallest form that holds it: 12 to 20 bytes as a rule. O(1), about 3 ns.
  /// - Precondition: `receive` is not before the last entry's.
  /// - Returns: its sequence.
  @inlinable
  @discardableResult
  public mutating func append(_ tick: MarketEvent, event: Instant, receive: Instant) -> UInt64 {
    let delta = offset(to: receive.nanoseconds)
    let lag = receive.nanoseconds &- event.nanoseconds
    references.admit(tick.instrument.index)
    buffer.reserve(64)
    switch tick {
    case .quote(let quote): append(quote, delta, lag)
    case .trade(let trade):
      appendLevel(2, trade.instrument, trade.side, [], trade.price, trade.size, delta, lag)
    case .depth(let change):
      if change.action == .clear {
        appendClear(4, change.instrument, change.side, change.marks, delta, lag)
      } else {
        appendLevel(
          3, change.instrument, change.side, change.marks, change.price, change.size, delta, lag)
      }
    case .order(let change): append(change, delta, lag)
    case .bar(let bar): append(bar, delta, lag)
    case .status(let change):
      appendHead(12, change.instrument, 0, fits(lag) ? 0 : 2, delta, lag)
      buffer.append(change.status.rawValue)
    }
    next &+= 1
    return next &- 1
  }

  /// Whether a lag can be written in a compact or medium record.
  @inlinable @inline(__always)
  func fits(_ lag: Int64) -> Bool { Int64(Int32(truncatingIfNeeded: lag)) == lag }

  /// The instrument's reference price and order id, if this block has set them.
  @inlinable @inline(__always)
  func reference(_ instrument: InstrumentID) -> (price: Int64, order: UInt64)? {
    let slot = references.slots[instrument.index]
    return slot.block == references.block ? (slot.price, slot.order) : nil
  }

  @inlinable @inline(__always)
  mutating func appendHead(
    _ kind: UInt8, _ instrument: InstrumentID, _ flags: UInt8, _ form: UInt8, _ delta: UInt32,
    _ lag: Int64
  ) {
    let all = flags | form | (lag == 0 ? 0 : TickLayout.hasEventTime)
    buffer.append(UInt32(kind) | UInt32(all) << 8 | UInt32(instrument.raw) << 16)
    buffer.append(delta)
    if lag != 0 {
      if form == 2 { buffer.append(lag) } else { buffer.append(Int32(truncatingIfNeeded: lag)) }
    }
  }

  @inlinable @inline(__always)
  mutating func append(_ quote: Quote, _ delta: UInt32, _ lag: Int64) {
    let (bid, ask) = (quote.bid.raw, quote.ask.raw)
    let (bidSize, askSize) = (quote.bidSize.raw, quote.askSize.raw)
    if let last = reference(quote.instrument), quote.isTwoSided, fits(lag) {
      let move = bid &- last.price
      let spread = ask &- bid
      if Int64(Int16(truncatingIfNeeded: move)) == move,
        UInt64(bitPattern: spread | bidSize | askSize) <= 0xFFFF
      {
        appendHead(1, quote.instrument, 0, 0, delta, lag)
        buffer.append(
          UInt64(UInt16(truncatingIfNeeded: move)) | UInt64(truncatingIfNeeded: spread) << 16
            | UInt64(truncatingIfNeeded: bidSize) << 32 | UInt64(truncatingIfNeeded: askSize) << 48)
        references.remember(quote.instrument.index, price: bid)
        return
      }
      if Int64(Int32(truncatingIfNeeded: move)) == move,
        UInt64(bitPattern: spread | bidSize | askSize) <= 0xFFFF_FFFF
      {
        appendHead(1, quote.instrument, 0, 1, delta, lag)
        buffer.append(Int32(truncatingIfNeeded: move))
        buffer.append(UInt32(truncatingIfNeeded: spread))
        buffer.append(UInt32(truncatingIfNeeded: bidSize))
        buffer.append(UInt32(truncatingIfNeeded: askSize))
        references.remember(quote.instrument.index, price: bid)
        return
      }
    }
    appendHead(1, quote.instrument, 0, 2, delta, lag)
    buffer.append(bid)
    buffer.append(ask)
    buffer.append(bidSize)
    buffer.append(askSize)
    references.remember(quote.instrument.index, price: bid)
  }

  @inlinable @inline(__always)
  mutating func appendLevel(
    _ kind: UInt8, _ instrument: InstrumentID, _ side: Side, _ marks: EventMarks, _ price: Price,
    _ size: Quantity, _ delta: UInt32, _ lag: Int64
  ) {
    let flags = side.rawValue << TickLayout.sideShift | marks.rawValue
    defer { references.remember(instrument.index, price: price.raw) }
    if let last = reference(instrument), !price.isNone, fits(lag) {
      let move = price.raw &- last.price
      if Int64(Int16(truncatingIfNeeded: move)) == move,
        UInt64(bitPattern: size.raw) <= 0xFFFF
      {
        appendHead(kind, instrument, flags, 0, delta, lag)
        buffer.append(
          UInt32(UInt16(truncatingIfNeeded: move)) | UInt32(truncatingIfNeeded: size.raw) << 16)
        return
      }
      if Int64(Int32(truncatingIfNeeded: move)) == move,
        UInt64(bitPattern: size.raw) <= 0xFFFF_FFFF
      {
        appendHead(kind, instrument, flags, 1, delta, lag)
        buffer.append(Int32(truncatingIfNeeded: move))
        buffer.append(UInt32(truncatingIfNeeded: size.raw))
        return
      }
    }
    appendHead(kind, instrument, flags, 2, delta, lag)
    buffer.append(price.raw)
    buffer.append(size.raw)
  }

  @inlinable @inline(__always)
  mutating func appendClear(
    _ kind: UInt8, _ instrument: InstrumentID, _ side: Side, _ marks: EventMarks, _ delta: UInt32,
    _ lag: Int64
  ) {
    let flags = side.rawValue << TickLayout.sideShift | marks.rawValue
    appendHead(kind, instrument, flags, fits(lag) ? 0 : 2, delta, lag)
  }

  @inlinable @inline(__always)
  mutating func append(_ change: OrderChange, _ delta: UInt32, _ lag: Int64) {
    if change.action == .clear {
      return appendClear(10, change.instrument, change.side, change.marks, delta, lag)
    }
    let kind = EntryKind.orderAdd.rawValue &+ change.action.rawValue
    let flags = change.side.rawValue << TickLayout.sideShift | change.marks.rawValue
    defer {
      references.remember(change.instrument.index, price: change.price.raw, order: change.order)
    }
    if let last = reference(change.instrument), !change.price.isNone, fits(lag) {
      let move = change.price.raw &- last.price
      let step = Int64(bitPattern: change.order &- last.order)
      let size = UInt64(bitPattern: change.size.raw)
      if Int64(Int16(truncatingIfNeeded: move)) == move, size <= 0xFFFF,
        Int64(Int32(truncatingIfNeeded: step)) == step
      {
        appendHead(kind, change.instrument, flags, 0, delta, lag)
        buffer.append(
          UInt64(UInt32(truncatingIfNeeded: step)) | UInt64(UInt16(truncatingIfNeeded: move)) << 32
            | size << 48)
        return
      }
      if Int64(Int32(truncatingIfNeeded: move)) == move, size <= 0xFFFF_FFFF {
        appendHead(kind, change.instrument, flags, 1, delta, lag)
        buffer.append(change.order)
        buffer.append(Int32(truncatingIfNeeded: move))
        buffer.append(UInt32(truncatingIfNeeded: size))
        return
      }
    }
    appendHead(kind, change.instrument, flags, 2, delta, lag)
    buffer.append(change.order)
    buffer.append(change.price.raw)
    buffer.append(change.size.raw)
  }

  @usableFromInline
  mutating func append(_ bar: Bar, _ delta: UInt32, _ lag: Int64) {
    let flags = bar.side.rawValue << TickLayout.sideShift
    defer { references.remember(bar.instrument.index, price: bar.close.raw) }
    let (seconds, rest) = bar.interval.quotientAndRemainder(dividingBy: 1_000_000_000)
    let prices = [bar.open, bar.high, bar.low, bar.close]
    if let last = reference(bar.instrument), fits(lag), rest == 0,
      !prices.contains(where: \.isNone),
      let interval = UInt32(exactly: seconds),
      let open = Int32(exactly: bar.open.raw &- last.price),
      let close = Int32(exactly: bar.close.raw &- bar.open.raw),
      let high = UInt32(exactly: bar.high.raw &- bar.open.raw),
      let low = UInt32(exactly: bar.open.raw &- bar.low.raw),
      let volume = UInt32(exactly: bar.volume.raw)
    {
      appendHead(11, bar.instrument, flags, 1, delta, lag)
      buffer.append(interval)
      buffer.append(open)
      buffer.append(close)
      buffer.append(high)
      buffer.append(low)
      buffer.append(volume)
    } else {
      appendHead(11, bar.instrument, flags, 2, delta, lag)
      buffer.append(bar.interval)
      for price in prices { buffer.append(price.raw) }
      buffer.append(bar.volume.raw)
    }
  }
}
