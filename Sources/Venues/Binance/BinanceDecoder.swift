import Events

/// Decodes captured lines of Binance's WebSocket market data, spot and USD-M perpetual:
/// `<local receive time in ns> <json>`, with depth diffs, best prices, trades, REST depth snapshots, and
/// of perpetuals mark price, index price, funding and open interest.
///
/// The receive time is the local stamp, the event time the exchange's own, which may be ahead. Diffs
/// before a snapshot are kept and then applied at the snapshot's receive time. A gap in the diffs
/// empties the book until the next snapshot.
public struct BinanceDecoder: Decoder {
  public static let spotVenue = "BINANCE"
  public static let perpetualVenue = "BINANCE_USDM"

  /// What is kept of one symbol of one market.
  struct Symbol {
    var name: [UInt8]
    var market: BinanceMessage.Market
    var instrument: Instrument
    var book = BinanceBook()
    /// Whether depth messages were seen: a REST snapshot names no symbol.
    var hasDepth = false
    var lastTrade: Int64?
    var lastAggregate: Int64?
  }

  private var symbols: [Symbol] = []
  private var latest = 0
  /// Name for snapshots that come before anything else says it.
  private let symbol: String?
  /// The line in hand, for notes and errors.
  var line = 0
  private var lastReceive = Instant(nanoseconds: .min)
  private var isOver = false

  public init(symbol: String? = nil) { self.symbol = symbol }

  public mutating func decode(
    _ bytes: Span<UInt8>, isEnd: Bool, registry: inout InstrumentRegistry,
    into batch: inout DecodedBatch
  ) throws(DecodeError) -> Int {
    var lines = TextLines(after: line)
    while let range = try lines.next(bytes, isEnd: isEnd) {
      line = lines.number
      if range.isEmpty { continue }
      try take(bytes, range, registry: &registry, into: &batch)
    }
    if isEnd, lines.offset == bytes.count { finish(into: &batch) }
    return lines.offset
  }

  /// Tells of books that never got a snapshot.
  private mutating func finish(into batch: inout DecodedBatch) {
    guard !isOver else { return }
    isOver = true
    for symbol in symbols where !symbol.book.kept.isEmpty {
      batch.note(
        .gap, of: symbol.instrument.id, event: lastReceive, receive: lastReceive,
        "the input ends without a snapshot; \(symbol.book.kept.count) diffs left out")
    }
  }

  private mutating func take(
    _ bytes: Span<UInt8>, _ range: Range<Int>, registry: inout InstrumentRegistry,
    into batch: inout DecodedBatch
  ) throws(DecodeError) {
    var space = range.lowerBound
    while space < range.upperBound, bytes[space] != UInt8(ascii: " ") { space += 1 }
    guard let stamp = parseInteger(bytes, range.lowerBound..<space), space < range.upperBound else {
      throw problem("does not begin with a receive time in nanoseconds and a space")
    }
    let message: BinanceMessage
    do {
      message = try BinanceMessage.read(bytes, (space + 1)..<range.upperBound)
    } catch {
      throw problem(
        "no JSON message: column \(error.offset - range.lowerBound + 1): \(error.reason)")
    }
    let receive = received(Instant(nanoseconds: stamp), into: &batch)
    let kind = message.kind(bytes)
    switch kind {
    case .other:
      batch.skip("message of another kind")
      return
    case .snapshot:
      try snapshot(message, bytes, receive, registry: &registry, into: &batch)
      return
    case .bookTicker, .trade, .aggregateTrade, .depthUpdate, .markPrice, .openInterest: break
    }
    guard let name = message.symbol else { throw problem("a message without a symbol “s”") }
    let place = try place(
      of: name, bytes, market: message.market(kind), registry: &registry)
    let context = BinanceContext(
      place: place, event: message.time(bytes) ?? receive, receive: receive)
    switch kind {
    case .bookTicker: try bookTicker(message, bytes, context, into: &batch)
    case .depthUpdate: try depth(message, bytes, context, into: &batch)
    case .markPrice: try markPrice(message, bytes, context, into: &batch)
    case .openInterest:
      try reference(.openInterest, message.openInterest, bytes, context, into: &batch)
    default: try trade(message, kind, bytes, context, into: &batch)
    }
  }

  private mutating func received(_ stamp: Instant, into batch: inout DecodedBatch) -> Instant {
    if stamp >= lastReceive {
      lastReceive = stamp
    } else {
      batch.note(
        .outOfOrder, of: .none, expected: UInt64(clamping: lastReceive.nanoseconds),
        actual: UInt64(clamping: stamp.nanoseconds), event: stamp, receive: lastReceive,
        "line \(line): receive time goes back")
    }
    return lastReceive
  }

  func problem(_ reason: String) -> DecodeError { DecodeError(.line(line), reason) }

  subscript(place: Int) -> Symbol {
    get { symbols[place] }
    _modify { yield &symbols[place] }
  }

  /// The one symbol whose depth is followed; nil if there is none or more than one.
  var onlyDepthPlace: Int? {
    let places = symbols.indices.filter { symbols[$0].hasDepth }
    return places.count == 1 ? places[0] : nil
  }

  var defaultSymbol: String? { symbol }
}

/// Whose message it is and when it came.
struct BinanceContext {
  var place: Int
  var event: Instant
  var receive: Instant
}

extension BinanceDecoder {
  private mutating func place(
    of name: JSONText, _ bytes: Span<UInt8>, market: BinanceMessage.Market,
    registry: inout InstrumentRegistry
  ) throws(DecodeError) -> Int {
    if latest < symbols.count, isSymbol(latest, name, bytes, market) { return latest }
    for place in symbols.indices where isSymbol(place, name, bytes, market) {
      latest = place
      return place
    }
    latest = try add(name.string(bytes), market: market, registry: &registry)
    return latest
  }

  /// The place of a symbol by name, added if it is new.
  mutating func place(
    named name: String, market: BinanceMessage.Market, registry: inout InstrumentRegistry
  ) throws(DecodeError) -> Int {
    let bytes = Array(name.utf8)
    for place in symbols.indices
    where symbols[place].name == bytes && symbols[place].market == market { return place }
    return try add(name, market: market, registry: &registry)
  }

  private func isSymbol(
    _ place: Int, _ name: JSONText, _ bytes: Span<UInt8>, _ market: BinanceMessage.Market
  ) -> Bool {
    let known = symbols[place].name
    guard symbols[place].market == market, !name.hasEscapes, name.range.count == known.count else {
      return false
    }
    for index in known.indices where known[index] != bytes[name.range.lowerBound + index] {
      return false
    }
    return true
  }

  private mutating func add(
    _ name: String, market: BinanceMessage.Market, registry: inout InstrumentRegistry
  ) throws(DecodeError) -> Int {
    guard !name.isEmpty else { throw problem("an empty symbol") }
    var proposal = InstrumentProposal(
      venueName: market == .spot ? Self.spotVenue : Self.perpetualVenue, symbol: name,
      kind: market == .spot ? .crypto : .perpetual)
    let pair = CurrencyPair(name)
    proposal.base = pair.base
    proposal.currency = pair.quote
    let instrument = try registry.register(proposal)
    symbols.append(Symbol(name: Array(name.utf8), market: market, instrument: instrument))
    return symbols.count - 1
  }
}
