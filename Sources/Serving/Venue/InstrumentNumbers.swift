import Events
import Synchronization

/// Our numbers of instruments and venues, which several gateways share: by name, in order of coming.
final class InstrumentNumbers: Sendable {
  private struct State: Sendable {
    var instruments: [String: InstrumentID] = [:]
    var venues: [String: VenueID] = [:]
    var nextInstrument: UInt16 = 0
    var nextVenue: UInt16 = 0
    /// By venue: the gateway that it is reached through.
    var gateways: [String: String] = [:]
  }
  private let state: Mutex<State>

  /// - Parameter known: those that the journal has.
  init(_ known: [Instrument]) {
    var state = State()
    for instrument in known {
      state.instruments[instrument.fullName] = instrument.id
      state.venues[instrument.venueName] = instrument.venue
      state.nextInstrument = max(state.nextInstrument, instrument.id.raw + 1)
      state.nextVenue = max(state.nextVenue, instrument.venue.raw + 1)
    }
    self.state = Mutex(state)
  }

  /// Notes through which gateway a venue is reached.
  /// - Returns: the one that it is reached through already, if that is another.
  func claim(_ venue: String, through gateway: String) -> String? {
    state.withLock { state in
      let owner = state.gateways[venue] ?? gateway
      state.gateways[venue] = owner
      return owner == gateway ? nil : owner
    }
  }

  func numbers(of instrument: Instrument) -> (InstrumentID, VenueID) {
    state.withLock { state in
      let id = state.instruments[instrument.fullName] ?? InstrumentID(state.nextInstrument)
      let venue = state.venues[instrument.venueName] ?? VenueID(state.nextVenue)
      state.instruments[instrument.fullName] = id
      state.venues[instrument.venueName] = venue
      state.nextInstrument = max(state.nextInstrument, id.raw &+ 1)
      state.nextVenue = max(state.nextVenue, venue.raw &+ 1)
      return (id, venue)
    }
  }
}
