import Events

/// Whose message it is, where it stands and when it came.
struct IEXContext {
  var place: Int
  var event: Instant
  var receive: Instant
  /// Offset of the message in the file.
  var offset: Int
}

/// Message types, their shortest length in bytes.
enum IEXMessageType: UInt8 {
  case systemEvent = 0x53  // S
  case directory = 0x44  // D
  case tradingStatus = 0x48  // H
  case operationalHalt = 0x4F  // O
  case shortSale = 0x50  // P
  case securityEvent = 0x45  // E
  case quote = 0x51  // Q
  case trade = 0x54  // T
  case tradeBreak = 0x42  // B
  case officialPrice = 0x58  // X
  case auction = 0x41  // A
  case buyLevel = 0x38  // 8
  case sellLevel = 0x35  // 5

  var length: Int {
    switch self {
    case .systemEvent: 10
    case .directory: 31
    case .tradingStatus: 22
    case .operationalHalt, .securityEvent: 18
    case .shortSale: 19
    case .quote: 42
    case .trade, .tradeBreak: 38
    case .officialPrice: 26
    case .auction: 80
    case .buyLevel, .sellLevel: 30
    }
  }
}

extension IEXDecoder {
  mutating func message(
    _ message: Span<UInt8>, at offset: Int, _ feed: IEXSegment.Feed, _ receive: Instant,
    registry: inout InstrumentRegistry, into batch: inout DecodedBatch
  ) throws(DecodeError) {
    guard let type = IEXMessageType(rawValue: message[0]) else {
      batch.skip("message of type \(shown(message.extracting(0..<1)))")
      return
    }
    guard message.count >= type.length else {
      throw DecodeError(
        .byte(offset),
        "a message \(shown(message.extracting(0..<1))) of \(message.count) bytes, not \(type.length)"
      )
    }
    guard message.i64(2) >= 0 else { throw DecodeError(.byte(offset), "a time before 1970") }
    let event = Instant(nanoseconds: message.i64(2))
    if type == .systemEvent {
      systemEvent(message[1], event, receive, into: &batch)
      return
    }
    let defined = type == .directory ? event : nil
    guard let place = try place(message, at: offset, time: defined, registry: &registry) else {
      batch.skip("message of another security")
      return
    }
    let context = IEXContext(place: place, event: event, receive: receive, offset: offset)
    switch type {
    case .systemEvent: break
    case .directory: directory(message, context, into: &batch)
    case .tradingStatus: try tradingStatus(message[1], context, into: &batch)
    case .operationalHalt: try operationalHalt(message[1], context, into: &batch)
    case .shortSale: try shortSale(message[1], context, into: &batch)
    case .securityEvent: batch.skip("opening or closing process is complete")
    case .quote: quote(message, context, into: &batch)
    case .trade: trade(message, context, into: &batch)
    case .tradeBreak: tradeBreak(message, context, into: &batch)
    case .officialPrice: try officialPrice(message, context, into: &batch)
    case .auction: try auction(message, context, into: &batch)
    case .buyLevel: level(message, .buy, context, into: &batch)
    case .sellLevel: level(message, .sell, context, into: &batch)
    }
  }

  func impossible(
    _ what: String, _ context: IEXContext, into batch: inout DecodedBatch
  ) {
    batch.note(
      .impossibleValue, of: securities[context.place].instrument.id, event: context.event,
      receive: context.receive, "byte \(context.offset): \(what) cannot be; left out")
  }

  /// A price in the instrument's scale, `none` for 0; nil for one that cannot be.
  func price(_ message: Span<UInt8>, _ offset: Int, _ place: Int) -> Price? {
    let raw = message.i64(offset)
    if raw == 0 { return Price.none }
    let (value, overflow) = raw.multipliedReportingOverflow(by: securities[place].priceFactor)
    return raw < 0 || overflow || !isPossiblePrice(value) ? nil : Price(value)
  }

  func size(_ message: Span<UInt8>, _ offset: Int, _ place: Int) -> Quantity {
    // 32 bits times a factor of at most 10^9 stay below 2^62, the limit is 2^61.
    Quantity(min(Int64(message.u32(offset)) * securities[place].sizeFactor, Quantity.limit))
  }

  private func quote(
    _ message: Span<UInt8>, _ context: IEXContext, into batch: inout DecodedBatch
  ) {
    guard let bid = price(message, 22, context.place), let ask = price(message, 30, context.place)
    else {
      impossible("a best price", context, into: &batch)
      return
    }
    let sizes = (size(message, 18, context.place), size(message, 38, context.place))
    let hasBid = !bid.isNone && sizes.0 > .zero
    let hasAsk = !ask.isNone && sizes.1 > .zero
    let quote = Quote(
      instrument: securities[context.place].instrument.id, bid: hasBid ? bid : .none,
      ask: hasAsk ? ask : .none, bidSize: hasBid ? sizes.0 : .zero,
      askSize: hasAsk ? sizes.1 : .zero)
    if quote.isTwoSided, quote.bid > quote.ask {
      batch.note(
        .crossed, of: quote.instrument, event: context.event, receive: context.receive,
        "byte \(context.offset): bid above ask; kept")
    }
    batch.append(.quote(quote), event: context.event, receive: context.receive)
  }

  private func trade(
    _ message: Span<UInt8>, _ context: IEXContext, into batch: inout DecodedBatch
  ) {
    let size = size(message, 18, context.place)
    guard let price = price(message, 22, context.place), !price.isNone, size > .zero else {
      impossible("a trade's price or size", context, into: &batch)
      return
    }
    let trade = Trade(
      instrument: securities[context.place].instrument.id, price: price, size: size, side: .none)
    batch.append(.trade(trade), event: context.event, receive: context.receive)
  }

  private func tradeBreak(
    _ message: Span<UInt8>, _ context: IEXContext, into batch: inout DecodedBatch
  ) {
    let id = message.u64(30)
    batch.note(
      .stale, of: securities[context.place].instrument.id, actual: id, event: context.event,
      receive: context.receive,
      "byte \(context.offset): trade \(id) of \(message.u32(18)) at "
        + "\(decimalText(Int128(message.i64(22)), scale: 4)) was broken; it stays")
  }

  /// A level's whole size; the event is over where the flag says so. Source: DEEP Specification.
  private mutating func level(
    _ message: Span<UInt8>, _ side: Side, _ context: IEXContext, into batch: inout DecodedBatch
  ) {
    guard let price = price(message, 22, context.place), !price.isNone else {
      impossible("a level's price", context, into: &batch)
      return
    }
    securities[context.place].hasDepth = true
    let change = DepthChange(
      instrument: securities[context.place].instrument.id, action: .set, side: side, price: price,
      size: size(message, 18, context.place), marks: message[1] & 1 == 1 ? .last : [])
    batch.append(.depth(change), event: context.event, receive: context.receive)
  }

  /// At the end of system hours nothing trades; the other events change nothing.
  private mutating func systemEvent(
    _ kind: UInt8, _ event: Instant, _ receive: Instant, into batch: inout DecodedBatch
  ) {
    batch.skip("system event")
    guard kind == UInt8(ascii: "E") else { return }
    for place in securities.indices {
      securities[place].regulatory = .closed
      tell(
        IEXContext(place: place, event: event, receive: receive, offset: 0), into: &batch)
    }
  }

  private mutating func tradingStatus(
    _ kind: UInt8, _ context: IEXContext, into batch: inout DecodedBatch
  ) throws(DecodeError) {
    switch kind {
    case UInt8(ascii: "H"): securities[context.place].regulatory = .halted
    case UInt8(ascii: "O"): securities[context.place].regulatory = .preOpen
    case UInt8(ascii: "P"): securities[context.place].regulatory = .paused
    case UInt8(ascii: "T"): securities[context.place].regulatory = .trading
    default: throw unknown("trading status", kind, context)
    }
    tell(context, into: &batch)
  }

  private mutating func operationalHalt(
    _ kind: UInt8, _ context: IEXContext, into batch: inout DecodedBatch
  ) throws(DecodeError) {
    switch kind {
    case UInt8(ascii: "O"): securities[context.place].isHalted = true
    case UInt8(ascii: "N"): securities[context.place].isHalted = false
    default: throw unknown("operational halt", kind, context)
    }
    tell(context, into: &batch)
  }

  /// Gives the status that follows from both kinds of message, if it is another than before.
  private mutating func tell(_ context: IEXContext, into batch: inout DecodedBatch) {
    let security = securities[context.place]
    guard let status = security.isHalted ? .halted : security.regulatory, status != security.status
    else { return }
    securities[context.place].status = status
    let change = StatusChange(instrument: security.instrument.id, status: status)
    batch.append(.status(change), event: context.event, receive: context.receive)
  }

  func unknown(_ what: String, _ byte: UInt8, _ context: IEXContext) -> DecodeError {
    DecodeError(.byte(context.offset), "\(what) \(byte) is not known")
  }
}
