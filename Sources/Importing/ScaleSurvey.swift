import Events
import Venues

/// Finds the scales that prices and sizes of the data need: reads everything once at scale 9 and looks
/// for the digits that are used.
struct ScaleSurvey {
  /// Digits needed so far, by instrument id.
  private var prices: [Int] = []
  private var sizes: [Int] = []
  /// Whether a market event of the instrument came.
  private var isSeen: [Bool] = []
  /// Whether prices came that are between the steps of its tick.
  private var isBetweenTicks: [Bool] = []
  /// Digits that reference values have, which count where nothing of the market does.
  private var references: [(prices: Int?, sizes: Int?)] = []
  /// What numbers asked for as they were read, by instrument id, and the file of the one with the least
  /// room.
  private var asked: [(prices: Asked, sizes: Asked)] = []
  /// Digits kept where nothing tells how many there are: as many as coins have.
  private static let unseen = 8
  private var registry: InstrumentRegistry
  private let overrides: InstrumentOverrides

  private struct Asked {
    var need = ScaleNeeds.Need()
    var path = ""

    mutating func join(_ other: ScaleNeeds.Need, path: String) {
      if other.room < need.room { self.path = path }
      need.join(other)
    }
  }

  /// - Parameters:
  ///   - known: the journal's instruments; their scales stay.
  ///   - ahead: what a look ahead found.
  init(
    known: [Instrument], overrides: InstrumentOverrides,
    ahead: InstrumentRegistry = InstrumentRegistry()
  ) {
    self.overrides = overrides
    registry = InstrumentRegistry(known: known, overrides: overrides, isSurvey: true)
    registry.takeFacts(of: ahead)
  }

  /// Reads sources to their ends, or until they say that they need no survey: those of a stream together, in
  /// order of time, others one after the other.
  /// - Parameter report: told of the bytes taken so far.
  mutating func read(_ sources: [ImportSource], report: (Int) -> Void) throws(ImportError) {
    var queue = SourceQueue()
    for (index, source) in sources.enumerated() {
      source.seekScales()
      queue.push(Self.position(of: source), index)
    }
    var done = 0
    while let index = queue.pop() {
      let source = sources[index]
      let bound = source.isOfStream ? queue.bound(of: index) : nil
      let hasMore = try source.fill(&registry, before: bound) { report(done + source.bytesTaken) }
      for event in source.batch.leftOut { look(at: event) }
      look(at: source.batch)
      source.cursor = source.batch.ticks.count
      guard hasMore, !isSettled(source) else {
        done += source.size
        if let needs = source.batch.needs { take(needs, path: source.path) }
        source.release()
        continue
      }
      queue.push(source.isOfStream ? source.position : Instant(nanoseconds: .min), index)
    }
  }

  private static func position(of source: ImportSource) -> Instant {
    (source.isOfStream ? source.earliest : nil) ?? Instant(nanoseconds: .min)
  }

  private func isSettled(_ source: ImportSource) -> Bool {
    (source.currentDecoder as? DBNDecoder)?.needsSurvey == false
  }

  private mutating func look(at batch: DecodedBatch) {
    for tick in batch.ticks {
      if case .market(let event) = tick.content { look(at: event) }
    }
    for reference in batch.references {
      if case .value(let value) = reference { look(at: value) }
    }
  }

  private mutating func take(_ needs: ScaleNeeds, path: String) {
    while asked.count < needs.prices.count { asked.append((Asked(), Asked())) }
    for index in needs.prices.indices {
      asked[index].prices.join(needs.prices[index], path: path)
      asked[index].sizes.join(needs.sizes[index], path: path)
    }
  }

  /// The scales found, of the instruments that were unknown.
  /// - Throws: if some number has no room beside the digits that others have.
  func scales() throws(ImportError) -> [InstrumentRegistry.SurveyedScales] {
    var scales: [InstrumentRegistry.SurveyedScales] = []
    for id in registry.unscaled {
      let instrument = registry.instruments[id.index]
      let needs = id.index < asked.count ? asked[id.index] : (prices: Asked(), sizes: Asked())
      var found = (prices: 0, sizes: 0)
      if id.index < isSeen.count, isSeen[id.index] {
        found = (prices[id.index], sizes[id.index])
      } else if !needs.prices.need.isAsked, !needs.sizes.need.isAsked, id.index < references.count {
        let seen = references[id.index]
        found = (seen.prices ?? Self.unseen, seen.sizes ?? Self.unseen)
      }
      found.prices = max(found.prices, needs.prices.need.digits)
      found.sizes = max(found.sizes, needs.sizes.need.digits)
      if overrides.priceScale == nil {
        try Self.check(needs.prices, found.prices, "price", "price_scale", of: instrument)
      }
      if overrides.quantityScale == nil {
        try Self.check(needs.sizes, found.sizes, "size", "quantity_scale", of: instrument)
      }
      scales.append(
        InstrumentRegistry.SurveyedScales(
          venueName: instrument.venueName, symbol: instrument.symbol,
          price: UInt8(found.prices), quantity: UInt8(found.sizes),
          isBetweenTicks: id.index < isSeen.count && isBetweenTicks[id.index]))
    }
    return scales
  }

  /// Makes sure that the greatest number has room beside the digits of all.
  private static func check(
    _ asked: Asked, _ digits: Int, _ what: String, _ key: String, of instrument: Instrument
  ) throws(ImportError) {
    let need = asked.need
    guard need.room < digits else { return }
    throw .data(
      path: asked.path,
      error: DecodeError(
        .line(need.line),
        "\(what) \(need.text) has no room beside the \(digits) digits after the point that other "
          + "\(what)s of \(instrument.fullName) have"),
      advice: "Give \(key) = \(digits) in a --map: what has no room then is left out and counted.")
  }

  private mutating func look(at event: MarketEvent) {
    let index = event.instrument.index
    while prices.count <= index {
      prices.append(0)
      sizes.append(0)
      isSeen.append(false)
      isBetweenTicks.append(false)
    }
    isSeen[index] = true
    switch event {
    case .quote(let quote):
      look(at: quote.bid, quote.bidSize, index)
      look(at: quote.ask, quote.askSize, index)
    case .trade(let trade): look(at: trade.price, trade.size, index)
    case .depth(let change): look(at: change.price, change.size, index)
    case .order(let change): look(at: change.price, change.size, index)
    case .bar(let bar):
      look(at: bar.open, bar.volume, index)
      look(at: bar.high, .zero, index)
      look(at: bar.low, .zero, index)
      look(at: bar.close, .zero, index)
    case .status: break
    }
  }

  private mutating func look(at value: ReferenceValue) {
    let index = value.instrument.index
    while references.count <= index { references.append((nil, nil)) }
    guard value.value != .max else { return }
    let instrument = registry.instruments[index]
    if value.field.isPrice, instrument.priceScale == 9 {
      references[index].prices = Self.raised(references[index].prices ?? 0, value.value)
    } else if value.field == .openInterest, instrument.quantityScale == 9 {
      references[index].sizes = Self.raised(references[index].sizes ?? 0, value.value)
    }
  }

  private mutating func look(at price: Price, _ size: Quantity, _ index: Int) {
    let instrument = registry.instruments[index]
    // The greatest value stands for what is too large at any scale.
    if instrument.priceScale == 9, !price.isNone, price.raw != .max {
      Self.raise(&prices[index], price.raw)
      if price.raw % instrument.tickSize.raw != 0 { isBetweenTicks[index] = true }
    }
    if instrument.quantityScale == 9, size.raw != .max { Self.raise(&sizes[index], size.raw) }
  }

  /// Raises the number of digits after the point until `raw` × 10^-9 has no more.
  private static func raise(_ digits: inout Int, _ raw: Int64) {
    while digits < 9, raw % units[digits] != 0 { digits += 1 }
  }

  private static func raised(_ digits: Int, _ raw: Int64) -> Int {
    var digits = digits
    raise(&digits, raw)
    return digits
  }

  /// 10^9, 10^8 and so on to 1.
  private static let units: [Int64] = (0...9).map { Int64(power(9 - $0)) }
}
