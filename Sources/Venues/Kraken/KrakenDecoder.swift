import Events

/// Decodes captured lines of Kraken's WebSocket market data, versions 1 and 2: books with their
/// checksums, trades, best prices and trading status.
///
/// A line is `<unix time>: <json>` as received; `<url> <-> <time>` says that a connection was opened,
/// `<url> <- …` what the client sent, `<url> -> <time>: <json>` what a REST call answered, of which
/// AssetPairs defines instruments. The receive time is the line's, the event time the message's.
///
/// After each change of a book the venue's checksum must be that of the book here. If it is not, the
/// message is left out, the book emptied, and its updates dropped until the next snapshot. Pairs are
/// named as version 2 names them: BTC, DOGE where version 1 says XBT, XDG.
public struct KrakenDecoder: LineStreamDecoder {
  public static let venue = "KRAKEN"

  /// What is kept of one pair.
  struct Pair {
    var name: String
    var instrument: Instrument
    var book = KrakenBook()
    /// The file that told the book last: its connection is the book's.
    var file = 0
    /// Digits after the point that version 2 counts in checksums; nil to take them as written.
    var priceDigits: Int?
    var sizeDigits: Int?
    var lastTrade: Int64?
    var status: TradingStatus?
  }

  var pairs: [Pair] = []
  /// Depths that were subscribed, by pair: the book's messages do not tell.
  private var depths: [(name: String, depth: Int)] = []
  /// Pairs' status that was told before anything else of them.
  var statuses: [(name: String, status: TradingStatus)] = []
  /// Lines read so far, and whether that is all, by file.
  private var files = [(line: 0, isOver: false)]
  /// The file in hand.
  private(set) var file = 0
  private var lastReceive = Instant.epoch
  /// The only pair to take, as version 2 names it; nil for all.
  let symbol: String?

  /// - Parameter symbol: the only pair to take, in any case of letters; nil for all.
  public init(symbol: String? = nil) {
    self.symbol = symbol.map { KrakenPair.name($0.uppercased()) }
  }

  /// The line in hand, for notes and errors.
  public internal(set) var line: Int {
    get { files[file].line }
    set { files[file].line = newValue }
  }

  public mutating func enter(file: Int) {
    while files.count <= file { files.append((0, false)) }
    self.file = file
  }

  public mutating func leave(file: Int) { files[file].isOver = true }

  public func stamp(_ bytes: Span<UInt8>, _ line: Range<Int>) -> Instant? {
    if line.isEmpty { return nil }
    if bytes[line.lowerBound] &- UInt8(ascii: "0") <= 9 { return (try? stamped(bytes, line))?.time }
    var words = Fields(line, delimiter: UInt8(ascii: " "))
    guard let first = words.next(bytes), let second = words.next(bytes),
      !matches(bytes, first, "configuration:"), second.upperBound < line.upperBound
    else { return nil }
    let rest = (second.upperBound + 1)..<line.upperBound
    return matches(bytes, second, "<->") ? instant(bytes, rest) : nil
  }

  public mutating func decode(
    _ bytes: Span<UInt8>, isEnd: Bool, registry: inout InstrumentRegistry,
    into batch: inout DecodedBatch
  ) throws(DecodeError) -> Int {
    var lines = TextLines(after: line)
    while let range = try lines.next(bytes, isEnd: isEnd) {
      line = lines.number
      if range.isEmpty { continue }
      let start = bytes[range.lowerBound]
      if start &- UInt8(ascii: "0") <= 9 {
        try received(bytes, range, registry: &registry, into: &batch)
      } else {
        try note(bytes, range, registry: &registry, into: &batch)
      }
    }
    return lines.offset
  }

  func problem(_ reason: String) -> DecodeError { DecodeError(.line(line), reason) }

  /// `<time>: <json>`
  private mutating func received(
    _ bytes: Span<UInt8>, _ range: Range<Int>, registry: inout InstrumentRegistry,
    into batch: inout DecodedBatch
  ) throws(DecodeError) {
    let stamp = try stamped(bytes, range)
    let message = try json(bytes, stamp.rest)
    let receive = received(stamp.time, into: &batch)
    switch message {
    case .array(let items):
      try version1(items, bytes, receive, registry: &registry, into: &batch)
    case .object:
      if message.member("channel", bytes) != nil {
        try version2(message, bytes, receive, registry: &registry, into: &batch)
      } else if message.member("method", bytes) != nil {
        remember(answer: message, bytes)
        batch.skip("session message")
      } else if message.member("event", bytes) != nil {
        batch.skip("session message")
      } else {
        throw problem("a message without “channel”, “method” or “event”")
      }
    default: throw problem("a message that is neither an object nor an array")
    }
  }

  /// A line that tells of the connection, of what the client did, or of the capture.
  private mutating func note(
    _ bytes: Span<UInt8>, _ range: Range<Int>, registry: inout InstrumentRegistry,
    into batch: inout DecodedBatch
  ) throws(DecodeError) {
    var words = Fields(range, delimiter: UInt8(ascii: " "))
    guard let first = words.next(bytes), let second = words.next(bytes) else {
      throw problem("begins with neither a time and a colon nor an address")
    }
    if matches(bytes, first, "configuration:") { return }
    let rest = min(second.upperBound + 1, range.upperBound)..<range.upperBound
    if matches(bytes, second, "<->") {
      guard let time = instant(bytes, rest) else { throw problem("a connection without a time") }
      reconnect(received(time, into: &batch), into: &batch)
    } else if matches(bytes, second, "<-") {
      batch.skip("request of the client")
    } else if matches(bytes, second, "->") {
      let answer = try stamped(bytes, rest)
      guard text(bytes, first).split(separator: "?").first?.hasSuffix("/AssetPairs") == true else {
        batch.skip("REST answer of another kind")
        return
      }
      try assetPairs(try json(bytes, answer.rest), bytes, registry: &registry)
    } else {
      throw problem("begins with neither a time and a colon nor an address")
    }
  }

  /// A time, a colon, and what follows.
  private func stamped(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(DecodeError) -> (
    time: Instant, rest: Range<Int>
  ) {
    var colon = range.lowerBound
    while colon < range.upperBound, bytes[colon] != UInt8(ascii: ":") { colon += 1 }
    guard colon < range.upperBound, let time = instant(bytes, range.lowerBound..<colon) else {
      throw problem("does not begin with a unix time and a colon")
    }
    return (time, (colon + 1)..<range.upperBound)
  }

  /// Seconds since 1970 with decimals, not before 1970.
  func instant(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Instant? {
    let time = TimeFormat.unix(Nanoseconds.second).instant(bytes, range, zone: .utc)
    return time.flatMap { $0 >= .epoch ? $0 : nil }
  }

  private func json(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(DecodeError) -> JSONValue {
    do {
      return try JSONValue.read(bytes, range)
    } catch {
      throw problem("no JSON message: byte \(error.offset - range.lowerBound): \(error.reason)")
    }
  }

  private mutating func received(_ stamp: Instant, into batch: inout DecodedBatch) -> Instant {
    lastReceive = batch.received(stamp, after: lastReceive, line: line)
    return lastReceive
  }

  /// A new connection begins with new snapshots; books of other files' connections go on.
  private mutating func reconnect(_ time: Instant, into batch: inout DecodedBatch) {
    for place in pairs.indices where pairs[place].book.isLive {
      guard pairs[place].file == file || files[pairs[place].file].isOver else { continue }
      lose(place, event: time, receive: time, into: &batch)
      // Where one capture ends and another begins, nothing is missing in either.
      if pairs[place].file != file { continue }
      batch.note(
        .gap, of: pairs[place].instrument.id, event: time, receive: time,
        "line \(line): a new connection; the book waits for a snapshot")
    }
  }

  /// Empties a book until the next snapshot.
  mutating func lose(
    _ place: Int, event: Instant, receive: Instant, into batch: inout DecodedBatch
  ) {
    pairs[place].book.clear()
    let clear = DepthChange(
      instrument: pairs[place].instrument.id, action: .clear, side: .none)
    batch.append(.depth(clear), event: event, receive: receive)
  }

  /// The answer to a subscription names the depth of a book.
  private mutating func remember(answer: JSONValue, _ bytes: Span<UInt8>) {
    guard let result = answer.member("result", bytes),
      result.member("channel", bytes)?.equals("book", bytes) == true,
      let name = result.member("symbol", bytes)?.text?.string(bytes),
      let depth = result.member("depth", bytes)?.decimal.flatMap({ parseInteger(bytes, $0) }),
      KrakenBook.depths.contains(Int(depth))
    else { return }
    depths.removeAll { $0.name == name }
    depths.append((name, Int(depth)))
  }

  func subscribedDepth(_ name: String) -> Int? { depths.first { $0.name == name }?.depth }
}

extension KrakenDecoder {
  /// The place of a pair, which is registered when it is met first; nil for one not asked for.
  mutating func place(_ value: JSONValue?, _ bytes: Span<UInt8>, registry: inout InstrumentRegistry)
    throws(DecodeError) -> Int?
  {
    guard let text = value?.text else { throw problem("a message without a pair") }
    let name = KrakenPair.name(text.string(bytes))
    if let place = pairs.firstIndex(where: { $0.name == name }) { return place }
    if let symbol, symbol != name.uppercased() {
      registry.passOver(name)
      return nil
    }
    guard let proposal = registry.remembered(Self.venue, name) ?? KrakenPair.proposal(name) else {
      throw problem("pair “\(name)” is not two currencies and a slash")
    }
    let instrument = try registry.register(proposal)
    var pair = Pair(name: name, instrument: instrument)
    pair.priceDigits = proposal.priceScale.map(Int.init)
    pair.sizeDigits = proposal.quantityScale.map(Int.init)
    pair.book.depth = subscribedDepth(name) ?? pair.book.depth
    pairs.append(pair)
    return pairs.count - 1
  }

  func impossible(
    _ what: String, _ context: KrakenContext, into batch: inout DecodedBatch
  ) {
    batch.note(
      .impossibleValue, of: pairs[context.place].instrument.id, event: context.event,
      receive: context.receive, "line \(line): \(what) cannot be; left out")
  }

  /// A decimal in a scale; `Int64.max` for what is too large.
  func number(_ value: JSONValue?, _ bytes: Span<UInt8>, scale: UInt8, _ what: String)
    throws(DecodeError) -> Int64
  {
    guard let range = value?.decimal else { throw problem("a message without a \(what)") }
    switch parseDecimal(bytes, range, scale: Int(scale)) {
    case .success(let value): return value
    case .failure(.tooLarge): return .max
    case .failure(let reason):
      throw problem("\(what) \(shown(bytes.extracting(range)))").because(reason)
    }
  }
}

/// Whose message it is and when it came.
struct KrakenContext {
  var place: Int
  var event: Instant
  var receive: Instant
}
