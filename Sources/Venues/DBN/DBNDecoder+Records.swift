import Events

/// The ten levels a side that an MBP-10 record showed last, best first; size 0 where there is none.
struct DBNLevels: Equatable, Sendable {
  struct Level: Equatable, Sendable, BitwiseCopyable {
    var price = Price.none
    var size = Quantity.zero

    var isThere: Bool { !price.isNone && size > .zero }
  }
  var bids: [Level] = []
  var asks: [Level] = []
  /// The file has shown levels.
  var isBegun = false
  /// Best prices that MBO records told (F_TOB); none where they told no price.
  private var bestBid = Price.none
  private var bestAsk = Price.none

  /// The best price of a side as MBO records told it.
  subscript(side: Side) -> Price {
    get { side == .buy ? bestBid : bestAsk }
    set { if side == .buy { bestBid = newValue } else { bestAsk = newValue } }
  }
}

extension DBNDecoder {
  /// A price of a record in the instrument's scale, `none` if absent.
  @inline(__always)
  func price(_ raw: Int64, _ context: DBNContext) throws(DecodeError) -> Price {
    if raw == DBN.noPrice { return .none }
    let (quotient, remainder) = raw.quotientAndRemainder(dividingBy: context.instrument.divisor)
    guard remainder == 0, isPossiblePrice(quotient) else {
      throw misfit(raw, isTooPrecise: remainder != 0, context)
    }
    return Price(quotient)
  }

  @inline(never)
  private func misfit(_ raw: Int64, isTooPrecise: Bool, _ context: DBNContext) -> DecodeError {
    let text = "price \(decimalText(Int128(raw), scale: 9))"
    let digits = context.instrument.priceDigits
    guard isTooPrecise else {
      return DecodeError(
        .byte(context.offset), "\(text) does not fit the instrument's price scale of \(digits)")
    }
    let needed = Int(InstrumentRegistry.decimals(of: raw))
    var error = DecodeError(
      .byte(context.offset),
      "\(text) has \(needed) digits behind the point, the instrument's price scale is \(digits)")
    (error.digits, error.neededDigits) = (digits, needed)
    return error
  }

  /// Whether there is no price, or one that the instrument can have.
  @inline(__always)
  func isPossible(_ price: Price, _ context: DBNContext) -> Bool {
    price.isNone || price.raw >= context.instrument.leastPrice
  }

  @inline(__always)
  func size(_ raw: UInt32, _ context: DBNContext) -> Quantity {
    Quantity(Int64(raw) * context.instrument.sizeFactor)
  }

  mutating func order(
    _ record: Span<UInt8>, _ context: DBNContext, into batch: inout DecodedBatch
  ) throws(DecodeError) {
    let action: OrderChange.Action
    switch record[38] {
    case UInt8(ascii: "A"): action = .add
    case UInt8(ascii: "C"): action = .cancel
    case UInt8(ascii: "M"): action = .modify
    case UInt8(ascii: "R"): action = .clear
    case UInt8(ascii: "T"):
      try emitTrade(record, (price: 24, size: 32, side: 39), context, into: &batch)
      return
    case UInt8(ascii: "F"):
      passFill()
      return
    case UInt8(ascii: "N"):
      batch.skip("MBO record without an action")
      return
    default:
      preconditionFailure("actions are checked before")
    }
    let flags = record[36]
    var marks: EventMarks = []
    if flags & DBN.last != 0 { marks.insert(.last) }
    if flags & DBN.snapshot != 0 { marks.insert(.snapshot) }
    if action == .clear { levels[context.place] = DBNLevels() }
    let change = OrderChange(
      instrument: context.instrument.id, action: action, side: DBN.side(record[39]),
      order: record.u64(16), price: try price(record.i64(24), context),
      size: size(record.u32(32), context), marks: marks)
    if action == .add || action == .modify, !isPossible(change.price, context) {
      impossible("an order at a price that cannot be", context, into: &batch)
      return
    }
    if flags & DBN.topOfBook != 0, action != .clear {
      best(change, context, into: &batch)
      return
    }
    if flags & DBN.priceLevel != 0, change.order == 0, action != .clear {
      batch.skip("price level in an MBO record (F_MBP) without an order's id")
      return
    }
    if action == .add || action == .modify {
      guard !change.price.isNone, change.size > .zero, change.order != 0, change.side != .none
      else {
        impossible("an order without price, size, side or id", context, into: &batch)
        return
      }
    }
    batch.append(.order(change), event: context.event, receive: context.receive)
  }

  /// The best price of a side (F_TOB), which is all that there is of the side: an order, with an id made up
  /// here, in the place of what was there. Without a price or size the side is empty. Source: Databento,
  /// "Limit order book".
  private mutating func best(
    _ said: OrderChange, _ context: DBNContext, into batch: inout DecodedBatch
  ) {
    guard said.side != .none else {
      impossible("a best price without a side", context, into: &batch)
      return
    }
    let isEmpty = said.price.isNone || said.size <= .zero
    let before = levels[context.place][said.side]
    var change = said
    change.order = said.side == .buy ? .max : .max - 1
    change.action = said.action == .cancel ? .cancel : .modify
    if isEmpty || change.action == .modify && before != said.price {
      var clear = OrderChange(
        instrument: said.instrument, action: .clear, side: said.side, order: 0, price: .none,
        size: .zero, marks: said.marks)
      if !isEmpty { clear.marks.remove(.last) }
      batch.append(.order(clear), event: context.event, receive: context.receive)
      change.action = .add
    }
    levels[context.place][said.side] = isEmpty || change.action == .cancel ? .none : said.price
    guard !isEmpty else { return }
    batch.append(.order(change), event: context.event, receive: context.receive)
  }

  /// Trades, and the trade part of MBP-1, MBP-10 and TBBO: same places.
  func trade(_ record: Span<UInt8>, _ context: DBNContext, into batch: inout DecodedBatch)
    throws(DecodeError)
  {
    try emitTrade(record, (price: 16, size: 24, side: 29), context, into: &batch)
  }

  /// - Parameter place: offsets of the trade's fields.
  private func emitTrade(
    _ record: Span<UInt8>, _ place: (price: Int, size: Int, side: Int), _ context: DBNContext,
    into batch: inout DecodedBatch
  ) throws(DecodeError) {
    let size = record.u32(place.size)
    let price = try price(record.i64(place.price), context)
    guard !price.isNone, size > 0, isPossible(price, context) else {
      impossible("a trade without size, or at no price that can be", context, into: &batch)
      return
    }
    let trade = Trade(
      instrument: context.instrument.id, price: price, size: self.size(size, context),
      side: DBN.side(record[place.side]))
    batch.append(.trade(trade), event: context.event, receive: context.receive)
  }

  func quote(_ record: Span<UInt8>, _ context: DBNContext, into batch: inout DecodedBatch)
    throws(DecodeError)
  {
    let bid = try price(record.i64(48), context)
    let ask = try price(record.i64(56), context)
    guard isPossible(bid, context), isPossible(ask, context) else {
      impossible("best prices that cannot be", context, into: &batch)
      return
    }
    let quote = Quote(
      instrument: context.instrument.id, bid: bid, ask: ask,
      bidSize: bid.isNone ? .zero : size(record.u32(64), context),
      askSize: ask.isNone ? .zero : size(record.u32(68), context))
    if quote.isTwoSided, bid > ask {
      batch.note(
        .crossed, of: quote.instrument, event: context.event, receive: context.receive,
        "byte \(context.offset): bid above ask; kept")
    }
    batch.append(.quote(quote), event: context.event, receive: context.receive)
  }

  /// Ten levels a side as changes against the ten shown before. A level that is no longer among the ten
  /// is removed: what becomes of it is not told.
  mutating func depth(
    _ record: Span<UInt8>, _ context: DBNContext, into batch: inout DecodedBatch
  ) throws(DecodeError) {
    var now = DBNLevels()
    for level in 0..<10 {
      let start = 48 + 32 * level
      let bid = DBNLevels.Level(
        price: try price(record.i64(start), context), size: size(record.u32(start + 16), context))
      let ask = DBNLevels.Level(
        price: try price(record.i64(start + 8), context),
        size: size(record.u32(start + 20), context))
      if bid.isThere { now.bids.append(bid) }
      if ask.isThere { now.asks.append(ask) }
    }
    let count = now.bids.count + now.asks.count
    now.bids.removeAll { !isPossible($0.price, context) }
    now.asks.removeAll { !isPossible($0.price, context) }
    if now.bids.count + now.asks.count < count {
      impossible("levels at prices that cannot be", context, into: &batch)
    }
    if !levels[context.place].isBegun {
      batch.start(context.instrument.id, event: context.event, receive: context.receive)
    }
    let before = levels[context.place]
    var changes: [DepthChange] = []
    Self.difference(before.bids, now.bids, .buy, context, &changes)
    Self.difference(before.asks, now.asks, .sell, context, &changes)
    now.isBegun = true
    levels[context.place] = now
    if let last = changes.indices.last { changes[last].marks.insert(.last) }
    for change in changes {
      batch.append(.depth(change), event: context.event, receive: context.receive)
    }
  }

  private static func difference(
    _ before: [DBNLevels.Level], _ now: [DBNLevels.Level], _ side: Side, _ context: DBNContext,
    _ changes: inout [DepthChange]
  ) {
    func set(_ price: Price, _ size: Quantity) {
      changes.append(
        DepthChange(
          instrument: context.instrument.id, action: .set, side: side, price: price, size: size,
          marks: []))
    }
    for level in before where !now.contains(where: { $0.price == level.price }) {
      set(level.price, .zero)
    }
    for level in now where !before.contains(level) { set(level.price, level.size) }
  }

  func bar(
    _ record: Span<UInt8>, _ context: DBNContext, interval: Int64, into batch: inout DecodedBatch
  ) throws(DecodeError) {
    let volume = record.u64(48).multipliedReportingOverflow(
      by: UInt64(context.instrument.sizeFactor))
    let bar = Bar(
      instrument: context.instrument.id, interval: interval,
      open: try price(record.i64(16), context), high: try price(record.i64(24), context),
      low: try price(record.i64(32), context), close: try price(record.i64(40), context),
      volume: Quantity(volume.overflow ? .max : Int64(clamping: volume.partialValue)))
    guard bar.isPossible, isPossible(bar.low, context) else {
      impossible("a bar whose prices or volume cannot be", context, into: &batch)
      return
    }
    batch.append(.bar(bar), event: context.event, receive: context.receive)
  }

  func impossible(
    _ what: String, _ context: DBNContext, into batch: inout DecodedBatch
  ) {
    batch.note(
      .impossibleValue, of: context.instrument.id, event: context.event, receive: context.receive,
      "byte \(context.offset): \(what); left out")
  }
}
