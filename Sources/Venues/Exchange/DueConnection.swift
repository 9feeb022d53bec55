import Events

/// A change of the connection to a venue.
public struct DueConnection: Equatable, Sendable {
  public var change: ConnectionChange
  public var time: Instant
}

/// The same as plain bytes.
struct ConnectionTurn: Due, BitwiseCopyable {
  var venue: VenueID
  var isConnected: Bool
  var time: Instant

  @inline(__always) var due: Instant { time }

  var change: DueConnection {
    DueConnection(
      change: ConnectionChange(venue: venue, state: isConnected ? .connected : .disconnected),
      time: time)
  }
}
