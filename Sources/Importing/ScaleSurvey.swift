import Events
import Venues

/// Finds the scales that prices and sizes of the data need: reads everything once at scale 9 and looks
/// for the digits that are used.
struct ScaleSurvey {
  /// Digits needed so far, by instrument id.
  private var prices: [Int] = []
  private var sizes: [Int] = []
  /// Digits that reference values have, which count where nothing of the market does.
  private var references: [(prices: Int?, sizes: Int?)] = []
  /// Digits kept where nothing tells how many there are: as many as coins have.
  private static let unseen = 8
  private var registry: InstrumentRegistry

  /// - Parameter known: the journal's instruments; their scales stay.
  init(known: [Instrument], overrides: InstrumentOverrides) {
    registry = InstrumentRegistry(known: known, overrides: overrides, isSurvey: true)
  }

  /// Reads a source to its end, or until it says that it needs no survey.
  /// - Parameter report: told of the bytes of the source taken so far.
  mutating func read(_ source: ImportSource, report: (Int) -> Void) throws(ImportError) {
    while true {
      let hasTick = try source.fill(&registry)
      for event in source.batch.leftOut { look(at: event) }
      guard hasTick else { return }
      if let decoder = source.currentDecoder as? DBNDecoder, decoder.needsSurvey == false { return }
      for index in source.batch.ticks.indices {
        if case .market(let event) = source.batch.ticks[index].content { look(at: event) }
      }
      for reference in source.batch.references {
        if case .value(let value) = reference { look(at: value) }
      }
      source.cursor = source.batch.ticks.count
      report(source.bytesTaken)
    }
  }

  /// The scales found, of the instruments that were unknown.
  var scales: [InstrumentRegistry.SurveyedScales] {
    registry.unscaled.map { id in
      let instrument = registry.instruments[id.index]
      let isSeen = id.index < prices.count
      var other = (prices: 0, sizes: 0)
      if id.index < references.count {
        let seen = references[id.index]
        other = (seen.prices ?? Self.unseen, seen.sizes ?? Self.unseen)
      }
      return InstrumentRegistry.SurveyedScales(
        venueName: instrument.venueName, symbol: instrument.symbol,
        price: UInt8(isSeen ? prices[id.index] : other.prices),
        quantity: UInt8(isSeen ? sizes[id.index] : other.sizes))
    }
  }

  private mutating func look(at event: MarketEvent) {
    let index = event.instrument.index
    while prices.count <= index {
      prices.append(0)
      sizes.append(0)
    }
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
