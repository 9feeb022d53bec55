import Books
import Events

/// Decodes captured lines of Binance's WebSocket market data, spot, USD-M and COIN-M futures:
/// `<local receive time> <json>`, with depth diffs, best prices, trades, closed candles, REST depth
/// snapshots, and of futures mark price, index price, funding and open interest.
///
/// The receive time is the local stamp, in nanoseconds, microseconds or milliseconds, which its size
/// tells; the event time is the exchange's own, which may be ahead. Diffs
/// before a snapshot are kept and then applied at the snapshot's receive time. A gap in the diffs
/// empties the book until the next snapshot. Update ids go on from file to file.
public struct BinanceDecoder: LineStreamDecoder {
  public static let spotVenue = "BINANCE"
  public static let linearVenue = "BINANCE_USDM"
  public static let inverseVenue = "BINANCE_COINM"

  /// What is kept of one symbol of one market.
  struct Symbol {
    var name: [UInt8]
    var market: BinanceMessage.Market
    /// Its name tells the market, whatever the messages do.
    var isNameEnough: Bool
    var instrument: Instrument
    /// It is the symbol to take, or all are.
    var isWanted: Bool
    var book = BinanceBook()
    /// What the book holds, or held when it was lost; only if books are kept.
    var levels = DepthBook()
    /// Also where it is not wanted: they tell whose snapshots are.
    var updates = RecentUpdates()
    /// The journal has a book from before, and nothing of depth has come yet.
    var goesOn = false
    /// Update ids of best prices, ids of trades and of aggregates that came.
    var quotes = SeenIDs()
    var trades = SeenIDs()
    var aggregates = SeenIDs()
    /// Trades told one by one, and those that told aggregates sum up.
    var single = TradeIDs()
    var summedUp = TradeIDs()
    /// The greatest id of a trade that an aggregate summed up.
    var lastSummedUp: Int64?
    var candles = CandleTimes()
  }

  /// What is kept of one file.
  private struct File {
    var line = 0
    /// Symbols whose depth it has, by place.
    var depths: [Int] = []
  }

  private var symbols: [Symbol] = []
  private var latest = 0
  /// The only symbol to take, and that of snapshots where no depth says it.
  let symbol: String?
  private var files = [File()]
  /// The file in hand.
  private(set) var file = 0
  var lastReceive = Instant(nanoseconds: .min)
  /// Snapshots that wait for whose they are.
  var unnamed: [UnnamedSnapshot] = []
  /// Only facts are collected, and nothing is registered.
  private let isAhead: Bool
  /// What a hole in one file's updates leaves of a book is kept for another file to fill it.
  let keepsBooks: Bool

  /// - Parameters:
  ///   - symbol: the only symbol to take, in any case of letters; nil for all.
  ///   - isAhead: whether it only looks ahead for what holds for all files of a capture.
  ///   - keepsBooks: whether lines of several recorders come, so that one may fill the other's holes.
  public init(symbol: String? = nil, isAhead: Bool = false, keepsBooks: Bool = false) {
    self.keepsBooks = keepsBooks
    self.symbol = symbol?.uppercased()
    self.isAhead = isAhead
  }

  /// The line in hand, for notes and errors.
  public internal(set) var line: Int {
    get { files[file].line }
    set { files[file].line = newValue }
  }

  public mutating func enter(file: Int) {
    while files.count <= file { files.append(File()) }
    self.file = file
  }

  public func stamp(_ bytes: Span<UInt8>, _ line: Range<Int>) -> Instant? {
    let space = Self.space(bytes, line)
    let stamp = parseInteger(bytes, line.lowerBound..<space).flatMap { Self.received($0) }
    guard let stamp, isDoubtful(stamp), space < line.upperBound,
      let message = try? BinanceMessage.read(bytes, (space + 1)..<line.upperBound)
    else { return stamp }
    return believed(stamp, message, bytes)
  }

  /// The moment of a local stamp; nil if it is neither nanoseconds, microseconds nor milliseconds of the
  /// years 1973 to 2262.
  static func received(_ stamp: Int64) -> Instant? {
    switch stamp {
    case 100_000_000_000_000_000...: Instant(nanoseconds: stamp)
    case 100_000_000_000_000..<9_223_372_036_854_776: Instant(nanoseconds: stamp * 1000)
    case 100_000_000_000..<9_223_372_036_855: Instant(nanoseconds: stamp * 1_000_000)
    default: nil
    }
  }

  static func space(_ bytes: Span<UInt8>, _ line: Range<Int>) -> Int {
    var space = line.lowerBound
    while space < line.upperBound, bytes[space] != UInt8(ascii: " ") { space += 1 }
    return space
  }

  public mutating func decode(
    _ bytes: Span<UInt8>, isEnd: Bool, registry: inout InstrumentRegistry,
    into batch: inout DecodedBatch
  ) throws(DecodeError) -> Int {
    var lines = TextLines(after: line)
    while let range = try lines.next(bytes, isEnd: isEnd) {
      line = lines.number
      if range.isEmpty { continue }
      if isAhead {
        learn(bytes, range, &registry.capture)
        continue
      }
      try take(bytes, range, registry: &registry, into: &batch)
    }
    return lines.offset
  }

  /// Tells of books that never got a snapshot; of one that was lost before, that was told.
  public mutating func finish(into batch: inout DecodedBatch) {
    settleAll(lastReceive, into: &batch)
    for symbol in symbols where !symbol.book.kept.isEmpty {
      let count = symbol.book.kept.count
      batch.skip("depth update without a snapshot", UInt64(count))
      if symbol.book.isLossTold { continue }
      batch.note(
        .gap, of: symbol.instrument.id, event: lastReceive, receive: lastReceive,
        "the input ends without a snapshot; \(count) depth updates left out")
    }
  }

  private mutating func take(
    _ bytes: Span<UInt8>, _ range: Range<Int>, registry: inout InstrumentRegistry,
    into batch: inout DecodedBatch
  ) throws(DecodeError) {
    let space = Self.space(bytes, range)
    guard let stamp = parseInteger(bytes, range.lowerBound..<space), space < range.upperBound else {
      throw problem("does not begin with a receive time and a space")
    }
    guard let moment = Self.received(stamp) else {
      throw problem(
        "receive time \(stamp) is not in nanoseconds, microseconds or milliseconds since 1970")
    }
    let body = (space + 1)..<range.upperBound
    let message = try message(bytes, body, of: range)
    let receive = received(moment, message, bytes, into: &batch)
    guard let list = message.list else {
      return try take(message, bytes, body, receive, registry: &registry, into: &batch)
    }
    let parts: [Range<Int>]
    do { parts = try BinanceMessage.parts(of: list, bytes) } catch {
      throw problem("no list of JSON messages: \(error.reason)")
    }
    if parts.isEmpty { throw problem("a list of no messages") }
    for part in parts {
      let one = try self.message(bytes, part, of: range)
      try take(one, bytes, part, receive, registry: &registry, into: &batch)
    }
  }

  /// Reads a message, or says where in its line it is none.
  private func message(_ bytes: Span<UInt8>, _ range: Range<Int>, of line: Range<Int>)
    throws(DecodeError) -> BinanceMessage
  {
    do {
      return try BinanceMessage.read(bytes, range)
    } catch {
      throw problem(
        "no JSON message: column \(error.offset - line.lowerBound + 1): \(error.reason)")
    }
  }

  private mutating func take(
    _ message: BinanceMessage, _ bytes: Span<UInt8>, _ range: Range<Int>, _ receive: Instant,
    registry: inout InstrumentRegistry, into batch: inout DecodedBatch
  ) throws(DecodeError) {
    let kind = message.kind(bytes)
    switch kind {
    case .other:
      batch.skip("message of another kind")
    case .indexPrice:
      try indexPrice(message, bytes, receive, registry: &registry, into: &batch)
    case .snapshot where message.stream == nil:
      try snapshot(message, bytes, range, receive, registry: &registry, into: &batch)
    case .partialDepth, .snapshot:
      try partialDepth(message, kind, bytes, receive, registry: &registry, into: &batch)
    case .candle where try isOpen(message, bytes):
      batch.skip("candle that is not closed")
    case .bookTicker, .trade, .aggregateTrade, .depthUpdate, .markPrice, .openInterest, .candle:
      try takeNamed(message, kind, bytes, receive, registry: &registry, into: &batch)
    }
  }

  /// A message that names its symbol.
  private mutating func takeNamed(
    _ message: BinanceMessage, _ kind: BinanceMessage.Kind, _ bytes: Span<UInt8>,
    _ receive: Instant, registry: inout InstrumentRegistry, into batch: inout DecodedBatch
  ) throws(DecodeError) {
    guard let name = message.symbol else { throw problem("a message without a symbol “s”") }
    // A trade that does not tell is of the market that all else of the symbol is of.
    let market = message.market(kind) ?? registry.capture.market(of: name, bytes) ?? .linear
    let place = try place(of: name, bytes, market: market, registry: &registry)
    if kind == .depthUpdate {
      if !hasDepth(place, in: file) { files[file].depths.append(place) }
      try meetDepth(message, bytes, place, receive, into: &batch)
    }
    guard self[place].isWanted else { return passOver(into: &batch) }
    let context = BinanceContext(
      place: place, event: message.time(kind, bytes) ?? receive, receive: receive)
    switch kind {
    case .bookTicker: try bookTicker(message, bytes, context, into: &batch)
    case .depthUpdate: try depth(message, bytes, context, into: &batch)
    case .markPrice: try markPrice(message, bytes, context, into: &batch)
    case .openInterest:
      try reference(.openInterest, message.openInterest, bytes, context, into: &batch)
    case .candle:
      if let one = try read(message.candle, bytes) {
        try candle(one, bytes, context, into: &batch)
      }
    default: try trade(message, kind, bytes, context, into: &batch)
    }
  }

  func problem(_ reason: String) -> DecodeError { DecodeError(.line(line), reason) }

  subscript(place: Int) -> Symbol {
    get { symbols[place] }
    _modify { yield &symbols[place] }
  }

  var places: Range<Int> { symbols.indices }

  /// Whether a file has depth of a symbol.
  func hasDepth(_ place: Int, in file: Int) -> Bool { files[file].depths.contains(place) }

  func passOver(into batch: inout DecodedBatch) { batch.skip("message of another symbol") }
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
    where symbols[place].name == bytes && isTraded(place, market) { return place }
    return try add(name, market: market, registry: &registry)
  }

  /// Whether messages of a market can be of a symbol of that name.
  private func isTraded(_ place: Int, _ market: BinanceMessage.Market) -> Bool {
    symbols[place].isNameEnough || symbols[place].market == market
  }

  private func isSymbol(
    _ place: Int, _ name: JSONText, _ bytes: Span<UInt8>, _ market: BinanceMessage.Market
  ) -> Bool {
    let known = symbols[place].name
    guard isTraded(place, market), !name.hasEscapes, name.range.count == known.count else {
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
    let contract = BinanceContract(name)
    let market = contract.map { $0.isInverse ? BinanceMessage.Market.inverse : .linear } ?? market
    let isWanted = symbol == nil || symbol == name.uppercased()
    if !isWanted { registry.passOver(name) }
    // One that is not wanted is none of the journal's.
    let instrument =
      isWanted
      ? try registry.register(InstrumentProposal(binance: name, market))
      : Instrument(
        id: .none, venueName: "", symbol: name, kind: .crypto, currency: "", priceScale: 0,
        quantityScale: 0)
    let isOld = registry.hasOldDepth(instrument.id)
    symbols.append(
      Symbol(
        name: Array(name.utf8), market: market, isNameEnough: contract != nil,
        instrument: instrument, isWanted: isWanted,
        book: BinanceBook(isLost: isOld, isRecoverable: keepsBooks), goesOn: isOld)
    )
    return symbols.count - 1
  }
}
