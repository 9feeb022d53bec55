import Books
import Events

/// What a recorded market has said of its instruments, as far as it still holds.
struct Listings: Sendable {
  private struct Listing: Sendable {
    var definition: Instrument
    var book: MarketBook
    /// What is published, by the raw value of its field.
    var values: [ReferenceValue?]
    var band: PriceBand?

    init(_ definition: Instrument) {
      self.definition = definition
      book = MarketBook(definition.id)
      values = Array(repeating: nil, count: 1 + ReferenceValue.Field.allCases.count)
    }
  }

  /// By number.
  private var listings: [Listing?] = []
  /// Instruments that are or will be defined, by number: of others nothing can be told.
  private var isDefined: [Bool] = []
  private var rates: [ExchangeRate] = []

  /// Whether something can be told: it is of the whole market, of an instrument that was defined, or defines one.
  /// Continuous futures are a run's own.
  mutating func admits(_ observation: Observation) -> Bool {
    if case .instrument(let instrument) = observation {
      guard instrument.kind != .continuous, instrument.id != .none, instrument.problem == nil
      else { return false }
      while isDefined.count <= instrument.id.index { isDefined.append(false) }
      isDefined[instrument.id.index] = true
      return true
    }
    guard let id = observation.instrument else { return true }
    if case .dataQuality = observation, id == .none { return true }
    return id.index < isDefined.count && isDefined[id.index]
  }

  /// Takes what was said.
  mutating func note(_ observation: Observation) {
    switch observation {
    case .instrument(let instrument):
      while listings.count <= instrument.id.index { listings.append(nil) }
      if listings[instrument.id.index] == nil {
        listings[instrument.id.index] = Listing(instrument)
      } else {
        listings[instrument.id.index]?.definition = instrument
      }
    case .market(let tick):
      guard tick.instrument.index < listings.count else { return }
      _ = listings[tick.instrument.index]?.book.apply(tick)
    case .reference(let value):
      guard value.instrument.index < listings.count else { return }
      listings[value.instrument.index]?.values[Int(value.field.rawValue)] = value
    case .priceBand(let band):
      guard band.instrument.index < listings.count else { return }
      listings[band.instrument.index]?.band = band
    case .corporateAction(let action):
      guard action.action == .split, action.new > 0, action.old > 0,
        action.instrument.index < listings.count
      else { return }
      listings[action.instrument.index]?.book.split(new: action.new, old: action.old)
    case .exchangeRate(let rate):
      rates.removeAll { $0.base == rate.base && $0.currency == rate.currency }
      rates.append(rate)
    default: break
    }
  }

  /// All instruments, then of each its book, status, published values and band; then the exchange rates.
  func tell() -> [Observation] {
    var events: [Observation] = []
    for case let listing? in listings { events.append(.instrument(listing.definition)) }
    for case let listing? in listings {
      listing.book.tell(into: &events)
      for case let value? in listing.values { events.append(.reference(value)) }
      if let band = listing.band { events.append(.priceBand(band)) }
    }
    for rate in rates { events.append(.exchangeRate(rate)) }
    return events
  }

  /// Forgets what holds.
  /// - Returns: what tells everybody else to: empty books, and trading where it was said not to be.
  mutating func clear() -> [Observation] {
    var events: [Observation] = []
    for index in listings.indices {
      guard var listing = listings[index] else { continue }
      let (id, sources) = (listing.definition.id, listing.book.sources)
      if sources.contains(.orders) {
        events.append(.market(.order(OrderChange(instrument: id, action: .clear, side: .none))))
      }
      if sources.contains(.depth) {
        events.append(.market(.depth(DepthChange(instrument: id, action: .clear, side: .none))))
      }
      if sources.contains(.quotes) {
        events.append(
          .market(
            .quote(
              Quote(instrument: id, bid: .none, ask: .none, bidSize: .zero, askSize: .zero))))
      }
      if let status = listing.book.status, status != .trading {
        events.append(.market(.status(StatusChange(instrument: id, status: .trading))))
      }
      if listing.band != nil {
        events.append(.priceBand(PriceBand(instrument: id, lower: .none, upper: .none)))
      }
      listing = Listing(listing.definition)
      listings[index] = listing
    }
    return events
  }

  /// Instruments that are not closed.
  var open: [InstrumentID] {
    listings.compactMap { $0 }.filter { $0.book.status != .closed }.map(\.definition.id)
  }

  /// The book of an instrument.
  func book(of id: InstrumentID) -> MarketBook? {
    id.index < listings.count ? listings[id.index]?.book : nil
  }
}

extension Observation {
  /// The instrument that it is of, `none` of data quality that is of none; nil for what is of no instrument.
  fileprivate var instrument: InstrumentID? {
    switch self {
    case .market(let tick): tick.instrument
    case .signal(let signal): signal.instrument
    case .dataQuality(let quality): quality.instrument
    case .reference(let value): value.instrument
    case .imbalance(let imbalance): imbalance.instrument
    case .priceBand(let band): band.instrument
    case .corporateAction(let action): action.instrument
    case .optionNotice(let notice): notice.instrument
    default: nil
    }
  }
}
