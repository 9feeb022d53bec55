import Events

/// The levels of one book message, its sides still as they came.
struct KrakenBookMessage {
  var isSnapshot = false
  var bids: [JSONValue] = []
  var asks: [JSONValue] = []
  var checksum: UInt32?
}

extension KrakenDecoder {
  /// Where the parts of a level stand, and how its digits count.
  private enum Dialect {
    /// `["45285.2","0.001","1618678133.365913"]`: digits count as written.
    case version1
    /// `{"price":45285.2,"qty":0.001}`: digits are filled up to the pair's precision.
    case version2
  }

  /// `[id, {"as":[…],"bs":[…]}, "book-10", "XBT/USD"]`, or `{"a":[…],"c":"…"}` and `{"b":[…],"c":"…"}`
  /// in one object or in two.
  mutating func book1(
    _ payloads: ArraySlice<JSONValue>, depth: Range<Int>, _ bytes: Span<UInt8>, place: Int,
    _ receive: Instant, into batch: inout DecodedBatch
  ) throws(DecodeError) {
    guard let depth = parseInteger(bytes, depth), KrakenBook.depths.contains(Int(depth)) else {
      throw problem("a book of unknown depth")
    }
    pairs[place].book.depth = Int(depth)
    var message = KrakenBookMessage()
    for payload in payloads {
      guard case .object(let members) = payload else { throw problem("a book without levels") }
      for (key, value) in members {
        switch key.string(bytes) {
        case "a": message.asks += try items(value)
        case "b": message.bids += try items(value)
        case "as":
          message.isSnapshot = true
          message.asks += try items(value)
        case "bs":
          message.isSnapshot = true
          message.bids += try items(value)
        case "c": message.checksum = try checksum(value, bytes)
        default: break
        }
      }
    }
    var event: Instant?
    for level in message.bids + message.asks {
      guard let parts = level.items, parts.count >= 3, let range = parts[2].decimal,
        let time = instant(bytes, range)
      else { throw problem("a level that is not a price, a size and a time") }
      event = max(event ?? time, time)
    }
    let context = KrakenContext(place: place, event: event ?? receive, receive: receive)
    try take(message, .version1, bytes, context, into: &batch)
  }

  /// `{"symbol":"BTC/USD","bids":[…],"asks":[…],"checksum":…,"timestamp":"…"}`
  mutating func book2(
    _ item: JSONValue, isSnapshot: Bool, _ bytes: Span<UInt8>, _ context: KrakenContext,
    into batch: inout DecodedBatch
  ) throws(DecodeError) {
    var message = KrakenBookMessage(isSnapshot: isSnapshot)
    guard let bids = item.member("bids", bytes), let asks = item.member("asks", bytes) else {
      throw problem("a book without both sides")
    }
    message.bids = try items(bids)
    message.asks = try items(asks)
    message.checksum = try item.member("checksum", bytes).map { (value) throws(DecodeError) in
      try checksum(value, bytes)
    }
    if isSnapshot {
      // Where the answer to the subscription is not in the capture, the levels tell.
      let shown = max(message.bids.count, message.asks.count)
      pairs[context.place].book.depth =
        subscribedDepth(pairs[context.place].name)
        ?? KrakenBook.depths.first { $0 >= shown } ?? KrakenBook.depths[4]
    }
    try take(message, .version2, bytes, context, into: &batch)
  }

  private func items(_ value: JSONValue) throws(DecodeError) -> [JSONValue] {
    guard let items = value.items else { throw problem("levels that are no array") }
    return items
  }

  private func checksum(_ value: JSONValue, _ bytes: Span<UInt8>) throws(DecodeError) -> UInt32 {
    guard let range = value.decimal, let number = parseInteger(bytes, range),
      let sum = UInt32(exactly: number)
    else { throw problem("a checksum that is no number of 32 bits") }
    return sum
  }

  /// Applies a whole message, cuts the book to its depth, and only then checks and gives it.
  private mutating func take(
    _ message: KrakenBookMessage, _ dialect: Dialect, _ bytes: Span<UInt8>,
    _ context: KrakenContext, into batch: inout DecodedBatch
  ) throws(DecodeError) {
    let place = context.place
    let instrument = pairs[place].instrument
    // Read before anything changes: a malformed message changes nothing.
    let marks: EventMarks = message.isSnapshot ? .snapshot : []
    var levels: [(side: Side, level: KrakenBook.Level)] = []
    for (side, values) in [(Side.sell, message.asks), (Side.buy, message.bids)] {
      for value in values {
        let level = try level(value, dialect, bytes, place)
        guard isPossibleSize(level.size), level.price > 0, isPossiblePrice(level.price) else {
          impossible("a level's price or size", context, into: &batch)
          batch.leaveOut(.depth(change(level.price, level.size, side, instrument, marks)))
          continue
        }
        levels.append((side, level))
      }
    }
    pairs[place].file = file
    if message.isSnapshot {
      pairs[place].book.restart()
    } else if !pairs[place].book.isLive {
      batch.skip("book update without a snapshot before it", 1)
      return
    }
    var changes: [DepthChange] = []
    if message.isSnapshot {
      changes.append(
        DepthChange(instrument: instrument.id, action: .clear, side: .none, marks: marks))
    }
    for (side, level) in levels {
      pairs[place].book.set(level, of: side)
      changes.append(change(level.price, level.size, side, instrument, marks))
    }
    let lost = pairs[place].book.cut()
    changes += lost.bids.map { change($0, 0, .buy, instrument, marks) }
    changes += lost.asks.map { change($0, 0, .sell, instrument, marks) }
    let sum = pairs[place].book.checksum
    if let expected = message.checksum, expected != sum {
      batch.note(
        .gap, of: instrument.id, expected: UInt64(expected), actual: UInt64(sum),
        event: context.event, receive: context.receive,
        "line \(line): wrong checksum; the book waits for a snapshot")
      lose(place, event: context.event, receive: context.receive, into: &batch)
      return
    }
    if let last = changes.indices.last { changes[last].marks.insert(.last) }
    for change in changes {
      batch.append(.depth(change), event: context.event, receive: context.receive)
    }
  }

  private func change(
    _ price: Int64, _ size: Int64, _ side: Side, _ instrument: Instrument, _ marks: EventMarks
  ) -> DepthChange {
    DepthChange(
      instrument: instrument.id, action: .set, side: side, price: Price(price),
      size: Quantity(size), marks: marks)
  }

  private func level(
    _ value: JSONValue, _ dialect: Dialect, _ bytes: Span<UInt8>, _ place: Int
  ) throws(DecodeError) -> KrakenBook.Level {
    let pair = pairs[place]
    let (price, size): (JSONValue?, JSONValue?)
    var digits: (price: Int?, size: Int?) = (nil, nil)
    switch dialect {
    case .version1:
      guard let parts = value.items, parts.count >= 3 else {
        throw problem("a level that is not a price, a size and a time")
      }
      (price, size) = (parts[0], parts[1])
    case .version2:
      (price, size) = (value.member("price", bytes), value.member("qty", bytes))
      digits = (pair.priceDigits, pair.sizeDigits)
    }
    return KrakenBook.Level(
      price: try number(price, bytes, scale: pair.instrument.priceScale, "price"),
      size: try number(size, bytes, scale: pair.instrument.quantityScale, "size"),
      priceDigits: try written(price, bytes, decimals: digits.price),
      sizeDigits: try written(size, bytes, decimals: digits.size))
  }

  /// A number's digits without its point, with zeros added up to `decimals` behind it.
  private func written(_ value: JSONValue?, _ bytes: Span<UInt8>, decimals: Int?)
    throws(DecodeError) -> UInt64
  {
    guard let range = value?.decimal else { throw problem("a level without price or size") }
    var digits: UInt64 = 0
    var behind: Int?
    for index in range {
      if bytes[index] == UInt8(ascii: ".") {
        behind = 0
        continue
      }
      // A sign is seen by who reads the value.
      let digit = bytes[index] &- UInt8(ascii: "0")
      guard digit <= 9 else { continue }
      digits = try digits.appending(UInt64(digit)).value(problem("too many digits"))
      behind = behind.map { $0 + 1 }
    }
    for _ in 0..<max(0, (decimals ?? 0) - (behind ?? 0)) {
      digits = try digits.appending(0).value(problem("too many digits"))
    }
    return digits
  }
}

extension UInt64 {
  /// The number with a decimal digit behind it, or nil if it does not fit.
  fileprivate func appending(_ digit: UInt64) -> UInt64? {
    let (tenfold, high) = multipliedReportingOverflow(by: 10)
    let (sum, carry) = tenfold.addingReportingOverflow(digit)
    return high || carry ? nil : sum
  }
}

extension UInt64? {
  fileprivate func value(_ error: @autoclosure () -> DecodeError) throws(DecodeError) -> UInt64 {
    guard let self else { throw error() }
    return self
  }
}
