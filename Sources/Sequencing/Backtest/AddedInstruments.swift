import Books
import Events
import Journaling
import Trading
import Venues

/// Instruments that a backtest brings in beside the recorded ones: continuous futures, and those of venues that
/// show the market data of another (docs/continuous.md, docs/simulation.md). They get the first numbers that are
/// free in the recording.
public struct AddedInstruments: Sendable {
  /// The continuous futures that strategies trade.
  public private(set) var futures: [Instrument] = []
  /// The instruments of venues that show another's market data, as first defined.
  public private(set) var copies: [Instrument] = []
  /// By number of the recorded instrument: its copies. Empty if there are none at all.
  private(set) var sources: [[Instrument]] = []

  init() {}

  /// - Parameter known: all instruments of the recording; continuous futures of a run do not count.
  public init(
    _ configuration: Configuration, _ exchange: ExchangeConfiguration, among known: [Instrument]
  ) {
    let known = known.filter { $0.kind != .continuous }
    var next = known.reduce(0) { max($0, $1.id.index + 1) }
    var venue = known.reduce(UInt16(0)) { max($0, $1.venue.raw) }
    func add(_ instrument: Instrument) -> Instrument? {
      guard next < InstrumentID.none.index else { return nil }
      var added = instrument
      added.id = InstrumentID(UInt16(next))
      next += 1
      return added
    }
    for rules in exchange.venues {
      guard let name = rules.marketData, venue < .max else { continue }
      venue += 1
      for instrument in known where instrument.venueName == name {
        guard var copy = add(instrument) else { continue }
        (copy.venue, copy.venueName) = (VenueID(venue), rules.name)
        copies.append(copy)
        while sources.count <= instrument.id.index { sources.append([]) }
        sources[instrument.id.index].append(copy)
      }
    }
    for name in configuration.continuous.flatMap(\.names) {
      // Those of one name without and with the venue are one.
      guard let contract = (known + copies).first(where: name.isContract),
        !futures.contains(where: {
          $0.symbol == name.symbol && $0.venueName == contract.venueName
        }), var future = add(contract)
      else { continue }
      (future.symbol, future.kind, future.expiry) = (name.symbol, .continuous, .epoch)
      futures.append(future)
    }
  }

  /// Finds them in a source, all of which is read for it if there may be any.
  init(_ items: ConfigurationItems, _ exchange: ExchangeConfiguration, in source: JournalReader)
    throws(JournalError)
  {
    guard let configuration = try? Configuration(items),
      !configuration.continuous.isEmpty || exchange.venues.contains(where: { $0.marketData != nil })
    else {
      self.init()
      return
    }
    let known = try source.instruments(through: try source.lastSequence())
    self.init(configuration, exchange, among: known)
  }

  /// The numbers of an instrument's copies.
  @inline(__always)
  func copies(of id: InstrumentID) -> [Instrument] {
    id.index < sources.count ? sources[id.index] : []
  }

  /// What is said of an instrument, as said of its copies; nil for what is not said of one alone.
  func copies(of observation: Observation) -> [Observation] {
    switch observation {
    case .instrument(let instrument):
      return copies(of: instrument.id).map { copy in
        var defined = instrument
        (defined.id, defined.venue, defined.venueName) = (copy.id, copy.venue, copy.venueName)
        return .instrument(defined)
      }
    case .reference(var value):
      return copies(of: value.instrument).map {
        value.instrument = $0.id
        return .reference(value)
      }
    case .imbalance(var imbalance):
      return copies(of: imbalance.instrument).map {
        imbalance.instrument = $0.id
        return .imbalance(imbalance)
      }
    case .priceBand(var band):
      return copies(of: band.instrument).map {
        band.instrument = $0.id
        return .priceBand(band)
      }
    case .corporateAction(var action):
      return copies(of: action.instrument).map {
        action.instrument = $0.id
        return .corporateAction(action)
      }
    default: return []
    }
  }
}
