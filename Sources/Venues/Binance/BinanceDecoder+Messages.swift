import Books
import Events

extension BinanceDecoder {
  mutating func bookTicker(
    _ message: BinanceMessage, _ bytes: Span<UInt8>, _ context: BinanceContext,
    into batch: inout DecodedBatch
  ) throws(DecodeError) {
    let instrument = self[context.place].instrument
    let bid = try price(message.bid, bytes, instrument, into: &batch)
    let ask = try price(message.ask, bytes, instrument, into: &batch)
    let bidSize = try size(message.bidSize, bytes, instrument, into: &batch)
    let askSize = try size(message.askSize, bytes, instrument, into: &batch)
    if let id = message.lastUpdate.flatMap({ parseInteger(bytes, $0) }), id < .max,
      !isNew(id, \.quotes, "best prices", keepsOld: false, context, into: &batch)
    {
      return
    }
    let isPossible =
      (bid == 0 || isLevel(bid, bidSize)) && (ask == 0 || isLevel(ask, askSize))
      && bidSize >= 0 && askSize >= 0
    guard isPossible else {
      impossible("a best price or size", context, into: &batch)
      return
    }
    if bid > 0, ask > 0, bid > ask {
      batch.note(
        .crossed, of: instrument.id, event: context.event, receive: context.receive,
        "line \(line): bid above ask; kept")
    }
    // An empty side comes as price 0.
    let quote = Quote(
      instrument: instrument.id, bid: bid > 0 && bidSize > 0 ? Price(bid) : .none,
      ask: ask > 0 && askSize > 0 ? Price(ask) : .none, bidSize: Quantity(bid > 0 ? bidSize : 0),
      askSize: Quantity(ask > 0 ? askSize : 0))
    batch.append(.quote(quote), event: context.event, receive: context.receive)
  }

  mutating func trade(
    _ message: BinanceMessage, _ kind: BinanceMessage.Kind, _ bytes: Span<UInt8>,
    _ context: BinanceContext, into batch: inout DecodedBatch
  ) throws(DecodeError) {
    let instrument = self[context.place].instrument
    guard let id = message.tradeID(kind, bytes), id < .max else {
      throw problem("a trade without an id")
    }
    guard let ids = message.tradeIDs(kind, bytes) else {
      throw problem("an aggregate trade without its first and last trade “f” and “l”")
    }
    guard let buyerIsMaker = message.buyerIsMaker else { throw problem("a trade without “m”") }
    let price = try price(message.price, bytes, instrument, into: &batch)
    let size = try size(message.quantity, bytes, instrument, into: &batch)
    let isAggregate = kind == .aggregateTrade
    let seen = isAggregate ? \Symbol.aggregates : \Symbol.trades
    let before = self[context.place][keyPath: seen].last
    guard isNew(id, seen, "trade", keepsOld: true, context, into: &batch) else { return }
    noteMissing(id, behind: before, ids, isAggregate, context, into: &batch)
    guard isUntold(ids, isAggregate, context.place) else {
      batch.skip(isAggregate ? "aggregate of trades that are told" : "trade of an aggregate told")
      return
    }
    guard isLevel(price, size), size > 0 else {
      impossible("a trade's price or size", context, into: &batch)
      return
    }
    let trade = Trade(
      instrument: instrument.id, price: Price(price), size: Quantity(size),
      side: buyerIsMaker ? .sell : .buy)
    batch.append(.trade(trade), event: context.event, receive: context.receive)
  }

  /// Tells of trades that a stream lacks: of a hole in its ids, or in those of the trades that aggregates sum up. Ids
  /// of spot trades have no holes; futures leave out trades with the insurance fund.
  private mutating func noteMissing(
    _ id: Int64, behind before: Int64?, _ ids: ClosedRange<Int64>, _ isAggregate: Bool,
    _ context: BinanceContext, into batch: inout DecodedBatch
  ) {
    let summedUp = self[context.place].lastSummedUp
    if isAggregate { self[context.place].lastSummedUp = max(summedUp ?? -1, ids.upperBound) }
    guard self[context.place].market == .spot, let before, id > before else { return }
    var (expected, actual) = (before + 1, id)
    if isAggregate, id == expected, let summedUp, ids.lowerBound > summedUp + 1 {
      (expected, actual) = (summedUp + 1, ids.lowerBound)
    }
    guard actual > expected else { return }
    batch.note(
      .gap, of: self[context.place].instrument.id, expected: UInt64(expected),
      actual: UInt64(actual), event: context.event, receive: context.receive,
      "line \(line): trades are missing")
  }

  /// Notes an id of a stream as seen, and tells of one that comes again or behind a greater one.
  /// - Parameter keepsOld: what comes behind a greater one counts all the same, once.
  /// - Returns: whether the message counts.
  private mutating func isNew(
    _ id: Int64, _ seen: WritableKeyPath<Symbol, SeenIDs>, _ what: String, keepsOld: Bool,
    _ context: BinanceContext, into batch: inout DecodedBatch
  ) -> Bool {
    let instrument = self[context.place].instrument.id
    let expected = UInt64(self[context.place][keyPath: seen].last.map { $0 + 1 } ?? 0)
    switch self[context.place][keyPath: seen].meet(id) {
    case .next: return true
    case .again:
      batch.note(
        .duplicate, of: instrument, expected: expected, actual: UInt64(id), event: context.event,
        receive: context.receive, "line \(line): \(what) again; left out")
      return false
    case .late:
      batch.note(
        .outOfOrder, of: instrument, expected: expected, actual: UInt64(id), event: context.event,
        receive: context.receive,
        "line \(line): \(what) behind one with a greater id; \(keepsOld ? "kept" : "left out")")
      return keepsOld
    }
  }

  /// Notes a trade, or an aggregate of several, as told.
  /// - Returns: whether none of its trades was told by the other stream, whichever came first.
  private mutating func isUntold(_ ids: ClosedRange<Int64>, _ isAggregate: Bool, _ place: Int)
    -> Bool
  {
    if isAggregate {
      if self[place].single.haveAny(of: ids) { return false }
      self[place].summedUp.insert(ids)
    } else {
      if self[place].summedUp.haveAny(of: ids) { return false }
      self[place].single.insert(ids)
    }
    return true
  }

  mutating func depth(
    _ message: BinanceMessage, _ bytes: Span<UInt8>, _ context: BinanceContext,
    into batch: inout DecodedBatch
  ) throws(DecodeError) {
    guard let first = message.firstUpdate.flatMap({ parseInteger(bytes, $0) }),
      let last = message.lastUpdate.flatMap({ parseInteger(bytes, $0) }), first <= last,
      last < .max
    else { throw problem("a depth update without update ids “U” and “u”") }
    let previous = message.previousUpdate.flatMap { parseInteger(bytes, $0) }
    guard let bids = message.bids, let asks = message.asks else {
      throw problem("a depth message without both sides")
    }
    let verdict = self[context.place].book.receive(first: first, last: last, previous: previous)
    let instrument = self[context.place].instrument.id
    switch verdict {
    case .apply:
      let levels = try levels(bytes, bids, asks, context, marks: [], into: &batch)
      emit(levels, context.place, event: context.event, receive: context.receive, into: &batch)
    case .drop:
      batch.note(
        .duplicate, of: instrument, expected: UInt64(first), actual: UInt64(last),
        event: context.event, receive: context.receive,
        "line \(line): depth update that came before; left out")
    case .gap(let expected):
      noteGap(expected: expected, actual: previous ?? first, context, into: &batch)
      let clear = DepthChange(instrument: instrument, action: .clear, side: .none)
      batch.append(.depth(clear), event: context.event, receive: context.receive)
      fallthrough
    case .keep:
      if self[context.place].goesOn {
        self[context.place].goesOn = false
        batch.goOn(instrument, event: context.event, receive: context.receive)
      }
      try checkLevels(bytes, bids)
      try checkLevels(bytes, asks)
      var text: [UInt8] = []
      for range in [bids, asks] { for index in range { text.append(bytes[index]) } }
      let lost = self[context.place].book.keep(
        BinanceBook.Diff(
          first: first, last: last, previous: previous, time: context.event, line: line,
          file: file, text: text, asks: bids.count))
      if lost > 0 {
        batch.note(
          .gap, of: instrument, event: context.event, receive: context.receive,
          "line \(line): no snapshot; \(lost) depth updates left out")
      }
      try resume(context, into: &batch)
    }
  }

  /// A partial depth stream's whole picture: the book, where none is kept by diffs.
  mutating func partialDepth(
    _ message: BinanceMessage, _ kind: BinanceMessage.Kind, _ bytes: Span<UInt8>,
    _ receive: Instant, registry: inout InstrumentRegistry, into batch: inout DecodedBatch
  ) throws(DecodeError) {
    let name = message.symbol ?? message.stream
    guard let name = name?.string(bytes).split(separator: "@").first?.uppercased() else {
      throw problem("a message without a symbol “s”")
    }
    let market: BinanceMessage.Market = kind == .partialDepth ? .linear : .spot
    let place = try place(named: name, market: market, registry: &registry)
    guard self[place].isWanted else { return passOver(into: &batch) }
    guard !self[place].book.isLive else {
      batch.skip("partial depth beside depth updates")
      return
    }
    let context = BinanceContext(
      place: place, event: message.time(kind, bytes) ?? receive, receive: receive)
    self[place].book.forgetLoss()
    try emitSnapshot(message, bytes, context, into: &batch)
  }

  /// Applies the diffs that waited for the snapshot. What is wrong with one is told with its own line.
  mutating func applyKept(_ context: BinanceContext, into batch: inout DecodedBatch)
    throws(DecodeError)
  {
    let now = line
    for diff in self[context.place].book.kept {
      // A line of another file is none of this one.
      line = diff.file == file ? diff.line : now
      let levels = try levels(
        diff.text.span, 0..<diff.asks, diff.asks..<diff.text.count, context, marks: [], into: &batch
      )
      emit(levels, context.place, event: diff.time, receive: context.receive, into: &batch)
    }
    line = now
    self[context.place].book.clearKept()
  }

  func noteGap(
    expected: Int64, actual: Int64, _ context: BinanceContext, into batch: inout DecodedBatch
  ) {
    batch.note(
      .gap, of: self[context.place].instrument.id, expected: UInt64(max(expected, 0)),
      actual: UInt64(max(actual, 0)), event: context.event, receive: context.receive,
      "line \(line): depth updates are missing; the book waits for a snapshot")
  }

  mutating func emitSnapshot(
    _ message: BinanceMessage, _ bytes: Span<UInt8>, _ context: BinanceContext,
    into batch: inout DecodedBatch
  ) throws(DecodeError) {
    guard let bids = message.bids, let asks = message.asks else {
      throw problem("a depth message without both sides")
    }
    let levels = try levels(bytes, bids, asks, context, marks: .snapshot, into: &batch)
    let clear = DepthChange(
      instrument: self[context.place].instrument.id, action: .clear, side: .none,
      marks: levels.isEmpty ? [.snapshot, .last] : .snapshot)
    batch.append(.depth(clear), event: context.event, receive: context.receive)
    if keepsBooks { self[context.place].levels = DepthBook() }
    emit(levels, context.place, event: context.event, receive: context.receive, into: &batch)
  }

  private mutating func emit(
    _ levels: [DepthChange], _ place: Int, event: Instant, receive: Instant,
    into batch: inout DecodedBatch
  ) {
    for (index, level) in levels.enumerated() {
      var level = level
      if keepsBooks { _ = self[place].levels.apply(level) }
      if index == levels.count - 1 { level.marks.insert(.last) }
      batch.append(.depth(level), event: event, receive: receive)
    }
  }

  /// Both sides' levels; impossible ones are noted and left out.
  private func levels(
    _ bytes: Span<UInt8>, _ bids: Range<Int>, _ asks: Range<Int>, _ context: BinanceContext,
    marks: EventMarks, into batch: inout DecodedBatch
  ) throws(DecodeError) -> [DepthChange] {
    var changes: [DepthChange] = []
    for (side, range) in [(Side.buy, bids), (Side.sell, asks)] {
      try readLevels(bytes, range, side, context, marks, &changes, into: &batch)
    }
    return changes
  }

  private func readLevels(
    _ bytes: Span<UInt8>, _ range: Range<Int>, _ side: Side, _ context: BinanceContext,
    _ marks: EventMarks, _ changes: inout [DepthChange], into batch: inout DecodedBatch
  ) throws(DecodeError) {
    let instrument = self[context.place].instrument
    var scanner = JSONScanner(range)
    _ = try token(&scanner, bytes)
    while let level = try level(&scanner, bytes) {
      let price = try price(level.price, bytes, instrument, into: &batch)
      let size = try size(level.size, bytes, instrument, into: &batch)
      guard isLevel(price, size) else {
        impossible("a level's price or size", context, into: &batch)
        continue
      }
      changes.append(
        DepthChange(
          instrument: instrument.id, action: .set, side: side, price: Price(price),
          size: Quantity(size), marks: marks))
    }
  }

  /// Makes sure that levels can be read later, whatever scales they will need.
  private func checkLevels(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(DecodeError) {
    var scanner = JSONScanner(range)
    _ = try token(&scanner, bytes)
    while let level = try level(&scanner, bytes) {
      _ = try number(level.price, bytes, scale: 9, "price")
      _ = try number(level.size, bytes, scale: 9, "size")
    }
  }

  /// The next pair of price and size; nil at the end of the array.
  private func level(_ scanner: inout JSONScanner, _ bytes: Span<UInt8>) throws(DecodeError) -> (
    price: JSONText, size: JSONText
  )? {
    guard try token(&scanner, bytes) == .beginArray else { return nil }
    guard case .string(let price) = try token(&scanner, bytes),
      case .string(let size) = try token(&scanner, bytes)
    else { throw problem("a level is not a pair of strings") }
    // Old messages have an empty array as the third element.
    let outside = scanner.depth - 1
    while scanner.depth > outside { _ = try token(&scanner, bytes) }
    return (price, size)
  }

  private func token(_ scanner: inout JSONScanner, _ bytes: Span<UInt8>) throws(DecodeError)
    -> JSONToken
  {
    do { return try scanner.next(bytes) } catch { throw problem("levels: \(error.reason)") }
  }

  private func isLevel(_ price: Int64, _ size: Int64) -> Bool {
    price > 0 && isPossiblePrice(price) && isPossibleSize(size)
  }

  func impossible(
    _ what: String, _ context: BinanceContext, into batch: inout DecodedBatch
  ) {
    batch.note(
      .impossibleValue, of: self[context.place].instrument.id, event: context.event,
      receive: context.receive, "line \(line): \(what) cannot be; left out")
  }

  func price(
    _ text: JSONText?, _ bytes: Span<UInt8>, _ instrument: Instrument,
    into batch: inout DecodedBatch
  ) throws(DecodeError) -> Int64 {
    try number(text, bytes, isPrice: true, instrument, into: &batch)
  }

  func size(
    _ text: JSONText?, _ bytes: Span<UInt8>, _ instrument: Instrument,
    into batch: inout DecodedBatch
  ) throws(DecodeError) -> Int64 {
    try number(text, bytes, isPrice: false, instrument, into: &batch)
  }

  /// A number in an instrument's scale, noted where scales are sought.
  private func number(
    _ text: JSONText?, _ bytes: Span<UInt8>, isPrice: Bool, _ instrument: Instrument,
    into batch: inout DecodedBatch
  ) throws(DecodeError) -> Int64 {
    let scale = isPrice ? instrument.priceScale : instrument.quantityScale
    let number = try number(text, bytes, scale: scale, isPrice ? "price" : "size")
    if let text {
      batch.needs?.note(bytes, text.range, of: instrument.id, isPrice: isPrice, line: line)
    }
    return number
  }

  /// A number with so many digits after the point; the greatest for what is too large.
  private func number(_ text: JSONText?, _ bytes: Span<UInt8>, scale: UInt8, _ what: String)
    throws(DecodeError) -> Int64
  {
    guard let text, !text.hasEscapes else { throw problem("a message without a \(what)") }
    switch parseDecimal(bytes, text.range, scale: Int(scale)) {
    case .success(let value): return value
    case .failure(.tooLarge): return .max
    case .failure(let reason):
      throw problem("\(what) \(shown(bytes.extracting(text.range)))").because(reason)
    }
  }
}
