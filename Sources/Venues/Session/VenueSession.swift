import Events

/// The venue's side of one connection, without I/O: bytes in, what they ask for out
/// (docs/venue-protocol.md, The venue's side).
public struct VenueSession: ~Copyable {
  /// Between two heartbeats, in nanoseconds; after three without a word the client is gone.
  public static let heartbeat: Int64 = 1_000_000_000

  /// What the client asks for.
  public enum Request: Equatable, Sendable {
    case login(VenueFrame.Login)
    case command(Command)
    case query(OrderID)
    case statement
    /// Nothing comes after it.
    case close(String)
    /// What came is none of the protocol: the client is cut off, and nothing comes after it.
    case cutOff(String)
  }

  private enum State { case awaitingLogin, open, closed }

  private var reader = VenueFrameReader()
  private var decoder = BlockDecoder()
  private var state = State.awaitingLogin
  private var lastHeard: Instant
  private var nextCommand: UInt64 = 1
  private var nextHeartbeat: Instant
  /// Sequence of the next market entry of the connection.
  public private(set) var nextMarket: UInt64 = 1

  public init(at time: Instant) {
    lastHeard = time
    nextHeartbeat = time.advanced(by: Self.heartbeat)
  }

  /// Whether the client has logged in and not gone.
  public var isOpen: Bool { state == .open }

  /// Takes bytes from the client.
  public mutating func receive(_ bytes: some Sequence<UInt8>, at time: Instant) -> [Request] {
    guard state != .closed else { return [] }
    lastHeard = time
    reader.append(bytes)
    var requests: [Request] = []
    do throws(Damage) {
      while state != .closed, let frame = try reader.next() { try take(frame, &requests) }
    } catch {
      state = .closed
      requests.append(.cutOff(error.description))
    }
    return requests
  }

  private mutating func take(_ frame: VenueFrame, _ requests: inout [Request]) throws(Damage) {
    switch (state, frame) {
    case (.awaitingLogin, .login(let login)):
      state = .open
      requests.append(.login(login))
    case (.open, .commands(let block)):
      try block.withContent { (content) throws(Damage) in try take(content, &requests) }
    case (.open, .query(let order)): requests.append(.query(order))
    case (.open, .statementRequest): requests.append(.statement)
    case (_, .heartbeat(nil)): break
    case (_, .logout): close("the client has logged out", &requests)
    default: throw Damage(at: 0, "a frame that cannot come now")
    }
  }

  private mutating func take(_ content: RawSpan, _ requests: inout [Request]) throws(Damage) {
    let header = try decoder.begin(content)
    guard header.firstSequence == nextCommand else {
      throw Damage(at: 8, "command \(header.firstSequence), not \(nextCommand)")
    }
    var commands: [Request] = []
    while true {
      switch try decoder.next(content) {
      case .end:
        nextCommand = header.lastSequence + 1
        requests += commands
        return
      case .market: throw Damage(at: 0, "a tick among the commands")
      case .record(let kind, let payload):
        guard case .decision(let decision) = try kind.event(content, payload),
          let command = decision.command
        else { throw Damage(at: 0, "\(kind.name) is no command") }
        commands.append(.command(command))
      }
    }
  }

  /// Looks whether the client is still there, and whether it is time for a heartbeat.
  /// - Parameter next: the next report's sequence.
  /// - Returns: bytes to send; the request to close if the client is gone.
  public mutating func pass(_ time: Instant, nextReport next: UInt64) -> (
    bytes: [UInt8], requests: [Request]
  ) {
    var requests: [Request] = []
    if state != .closed, time.since(lastHeard) > 3 * Self.heartbeat {
      close("the client has said nothing for three heartbeats", &requests)
    }
    guard state == .open, time >= nextHeartbeat else { return ([], requests) }
    nextHeartbeat = time.advanced(by: Self.heartbeat)
    return (VenueFrame.heartbeat(next).bytes, requests)
  }

  /// Numbers market entries that are sent.
  public mutating func countMarket(_ count: Int) { nextMarket += UInt64(count) }

  private mutating func close(_ why: String, _ requests: inout [Request]) {
    state = .closed
    requests.append(.close(why))
  }
}
