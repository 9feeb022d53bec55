import Events

/// A REST snapshot that names no symbol, in a capture of several: the ids of depth updates tell whose it is.
struct UnnamedSnapshot {
  /// `lastUpdateId`.
  var id: Int64
  var market: BinanceMessage.Market
  /// The message as it came, its line and file.
  var text: [UInt8]
  var line: Int
  var file: Int
  var receive: Instant
  /// Symbols that had depth before it and are about to reach its id: the next update of each has a say.
  var due: [Int] = []
  /// Depth updates that came since, of symbols that it may be of.
  var updates = 0
}

/// The ids of a symbol's last depth updates.
struct RecentUpdates {
  /// Some seconds of updates; a snapshot takes less to come.
  private static let most = 128

  private var ids: [ClosedRange<Int64>] = []
  /// The greatest.
  private(set) var last: Int64?

  /// - Returns: whether the update goes beyond all before: a second recorder's repeat them.
  mutating func add(_ range: ClosedRange<Int64>) -> Bool {
    if ids.count == 2 * Self.most { ids.removeFirst(Self.most) }
    ids.append(range)
    let isNext = last.map { range.upperBound > $0 } ?? true
    if isNext { last = range.upperBound }
    return isNext
  }

  /// Whether one of them goes on from a snapshot: U <= lastUpdateId + 1 <= u, of futures U <= lastUpdateId <= u.
  /// Source: Binance, "How to manage a local order book correctly".
  func goOn(from id: Int64, _ market: BinanceMessage.Market) -> Bool {
    let next = market == .spot ? id + 1 : id
    return ids.contains { $0.contains(next) }
  }
}

extension BinanceDecoder {
  /// So many updates of other symbols are waited for at most where one symbol's go on from a snapshot.
  private static let mostBeside = 50
  /// So many where none does.
  private static let mostInVain = 1000
  /// Ids that the next update of a symbol spans at most.
  private static let longestUpdate: Int64 = 100_000

  /// A REST snapshot: of the symbol that it names, as those of COIN-M do, of the only one whose depth there
  /// is, or of that whose updates go on from it.
  mutating func snapshot(
    _ message: BinanceMessage, _ bytes: Span<UInt8>, _ range: Range<Int>, _ receive: Instant,
    registry: inout InstrumentRegistry, into batch: inout DecodedBatch
  ) throws(DecodeError) {
    let market = message.market(.snapshot) ?? .spot
    guard let id = message.snapshotUpdate.flatMap({ parseInteger(bytes, $0) }), id < .max else {
      throw problem("“lastUpdateId” is not a number")
    }
    if let symbol = message.symbol {
      let told = market == .spot ? registry.capture.market(of: symbol, bytes) ?? .spot : market
      let place = try place(
        named: symbol.string(bytes).uppercased(), market: told, registry: &registry)
      return try take(message, bytes, id, of: place, receive, receive, into: &batch)
    }
    if let place = try onlyPlace(market, &registry) {
      return try take(message, bytes, id, of: place, receive, receive, into: &batch)
    }
    var text: [UInt8] = []
    for index in range { text.append(bytes[index]) }
    var unnamed = UnnamedSnapshot(
      id: id, market: market, text: text, line: line, file: file, receive: receive)
    unnamed.due = possiblePlaces(market).filter {
      guard let last = self[$0].updates.last, !self[$0].updates.goOn(from: id, self[$0].market)
      else { return false }
      return last <= id && id - last <= Self.longestUpdate
    }
    self.unnamed.append(unnamed)
    try settle(receive, into: &batch)
  }

  /// The symbol that every snapshot of a market is of; nil if ids have to tell.
  private mutating func onlyPlace(
    _ market: BinanceMessage.Market, _ registry: inout InstrumentRegistry
  ) throws(DecodeError) -> Int? {
    let seen = possiblePlaces(market)
    let known = registry.capture.depths(of: market)
    if seen.count > 1 || known.count > 1 { return nil }
    if let place = seen.first { return symbol == nil || self[place].isWanted ? place : nil }
    if let only = known.first {
      if let symbol, symbol != only.name.uppercased() { return nil }
      return try place(named: only.name, market: only.market, registry: &registry)
    }
    if let symbol { return try place(named: symbol, market: market, registry: &registry) }
    // The depth may be in a line that cannot be read, which is what is wrong.
    if registry.capture.isFaulty { return nil }
    throw problem(
      "a snapshot names no symbol: some symbol's depth must be there, or --symbol name it")
  }

  /// The symbols whose depth came and that a snapshot of a market can be of. One that has a future's times is a
  /// future's; one without may have lost them.
  private func possiblePlaces(_ market: BinanceMessage.Market) -> [Int] {
    places.filter {
      self[$0].updates.last != nil && (market == .spot || self[$0].market != .spot)
    }
  }

  /// A symbol's depth goes on: snapshots that wait may be its own.
  mutating func meetDepth(
    _ message: BinanceMessage, _ bytes: Span<UInt8>, _ place: Int, _ receive: Instant,
    into batch: inout DecodedBatch
  ) throws(DecodeError) {
    guard let first = message.firstUpdate.flatMap({ parseInteger(bytes, $0) }),
      let last = message.lastUpdate.flatMap({ parseInteger(bytes, $0) }), first <= last
    else { return }
    let isNext = self[place].updates.add(first...last)
    guard isNext, !unnamed.isEmpty else { return }
    for index in unnamed.indices {
      unnamed[index].updates += 1
      unnamed[index].due.removeAll { $0 == place }
    }
    try settle(receive, into: &batch)
  }

  /// Gives snapshots that wait to the symbols whose they are, as far as that is told.
  private mutating func settle(_ receive: Instant, into batch: inout DecodedBatch)
    throws(DecodeError)
  {
    var index = 0
    while index < unnamed.count {
      let snapshot = unnamed[index]
      let owners = owners(of: snapshot)
      let limit = owners.isEmpty ? Self.mostInVain : Self.mostBeside
      let waits = owners.isEmpty || !snapshot.due.isEmpty
      if waits, snapshot.updates < limit {
        index += 1
        continue
      }
      unnamed.remove(at: index)
      try give(snapshot, to: owners, receive, into: &batch)
    }
  }

  /// No more depth comes: what waits is given to whom it fits, or refused.
  mutating func settleAll(_ receive: Instant, into batch: inout DecodedBatch) {
    let rest = unnamed
    unnamed = []
    for snapshot in rest {
      do {
        try give(snapshot, to: owners(of: snapshot), receive, into: &batch)
      } catch {
        refuse(snapshot, "cannot be read: \(error.reason)", receive, into: &batch)
      }
    }
  }

  /// The symbols whose updates go on from a snapshot. Of several those of its own market and its own file
  /// go first.
  private func owners(of snapshot: UnnamedSnapshot) -> [Int] {
    var owners = possiblePlaces(snapshot.market).filter {
      self[$0].updates.goOn(from: snapshot.id, self[$0].market)
    }
    for isLikelier in [
      { self[$0].market == snapshot.market }, { self.hasDepth($0, in: snapshot.file) },
    ] as [(Int) -> Bool] where owners.count > 1 {
      let likelier = owners.filter(isLikelier)
      if !likelier.isEmpty { owners = likelier }
    }
    return owners
  }

  private mutating func give(
    _ snapshot: UnnamedSnapshot, to owners: [Int], _ receive: Instant,
    into batch: inout DecodedBatch
  ) throws(DecodeError) {
    guard owners.count == 1 else {
      let whose = owners.isEmpty ? "no symbol's" : "several symbols'"
      return refuse(
        snapshot, "names no symbol, and \(whose) depth updates go on from it", receive,
        into: &batch)
    }
    let now = line
    // A line of another file is none of this one.
    if snapshot.file == file { line = snapshot.line }
    defer { line = now }
    let bytes = snapshot.text.span
    let message: BinanceMessage
    do {
      message = try BinanceMessage.read(bytes, 0..<bytes.count)
    } catch {
      throw problem("no JSON message: \(error.reason)")
    }
    try take(
      message, bytes, snapshot.id, of: owners[0], snapshot.receive, receive, into: &batch)
  }

  private func refuse(
    _ snapshot: UnnamedSnapshot, _ reason: String, _ receive: Instant,
    into batch: inout DecodedBatch
  ) {
    batch.note(
      .stale, of: .none, actual: UInt64(snapshot.id), event: snapshot.receive, receive: receive,
      "line \(snapshot.line): a snapshot \(reason); left out")
  }

  /// - Parameters:
  ///   - came: when the snapshot was received.
  ///   - receive: when it counts.
  private mutating func take(
    _ message: BinanceMessage, _ bytes: Span<UInt8>, _ id: Int64, of place: Int, _ came: Instant,
    _ receive: Instant, into batch: inout DecodedBatch
  ) throws(DecodeError) {
    guard self[place].isWanted else { return passOver(into: &batch) }
    let context = BinanceContext(
      place: place, event: message.time(.snapshot, bytes) ?? came, receive: receive)
    switch self[place].book.snapshot(id) {
    case .take:
      try emitSnapshot(message, bytes, context, into: &batch)
      try applyKept(context, into: &batch)
    case .stale:
      batch.note(
        .stale, of: self[place].instrument.id, actual: UInt64(id), event: context.event,
        receive: receive,
        "line \(line): snapshot older than the depth updates; left out")
    case .gap(let expected):
      noteGap(
        expected: expected, actual: self[place].book.kept.first?.first ?? id, context, into: &batch)
    }
  }
}
