import Events
import Glibc
import Journaling
import Sequencing
import Synchronization
import Venues

/// The daemon's connection to a venue that is a process of its own (docs/venue-protocol.md, The client's
/// side). A thread connects, reads, and connects again; what is sent wakes it.
final class VenueGateway: VenueLink, @unchecked Sendable {
  /// Between two tries to connect, in nanoseconds: the first pause and the longest.
  private static let pauses = (first: Int64(100_000_000), longest: Int64(5_000_000_000))

  private enum Order: Sendable {
    /// And when they were handed over, by the steady clock.
    case commands([Command], handed: Int64)
    case ask([OrderID])
  }

  let address: SocketAddress
  private let numbers: InstrumentNumbers
  private let clock: LiveClock
  let latency = SendLatency()
  private let why = Mutex<String?>("not connected yet")
  private let queue = Mutex<[Order]>([])
  private let isStopping = Atomic<Bool>(false)
  private let wake: (read: Int32, write: Int32)
  private var thread = pthread_t()
  private var inbox: Inbox?
  /// Told of each instrument that the venue defines, in our number.
  private var onInstrument: (@Sendable (InstrumentID) -> Void)?
  // What follows belongs to the thread.
  private var session: GatewaySession
  private var pause = VenueGateway.pauses.first
  /// Something came that is none of the protocol, and no connection has been good for `trust` since.
  private var isSuspect = false
  private static let trust: Int64 = 60_000_000_000

  /// - Parameters:
  ///   - client: identity of our journal, 16 bytes.
  ///   - statementInterval: between two statements that are asked for, in nanoseconds.
  /// - Returns: nil if the system refuses a pipe.
  init?(
    _ address: SocketAddress, client: [UInt8], numbers: InstrumentNumbers, clock: LiveClock,
    statementInterval: Int64
  ) {
    var ends: [Int32] = [0, 0]
    guard unsafe pipe(&ends) == 0 else { return nil }
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    wake = (ends[0], ends[1])
    self.address = address
    self.numbers = numbers
    self.clock = clock
    session = GatewaySession(
      client: client, cancelsOnDisconnect: true, statementInterval: statementInterval)
  }

  deinit {
    close(wake.read)
    close(wake.write)
  }

  /// Begins to connect.
  /// - Returns: false if the system refuses a thread.
  func start(
    telling inbox: Inbox, onInstrument: @escaping @Sendable (InstrumentID) -> Void
  ) -> Bool {
    self.inbox = inbox
    self.onInstrument = onInstrument
    guard let thread = startThread({ [self] in run() }) else { return false }
    self.thread = thread
    return true
  }

  var name: String { address.description }
  var trouble: String? { why.withLock { $0 } }

  func send(_ commands: [Command]) { put(.commands(commands, handed: clock.steady())) }

  func ask(_ orders: [OrderID]) { put(.ask(orders)) }

  private func put(_ order: Order) {
    queue.withLock { $0.append(order) }
    ring()
  }

  private func ring() {
    var byte: UInt8 = 1
    // A full pipe wakes as well.
    _ = unsafe write(wake.write, &byte, 1)
  }

  func stop() {
    isStopping.store(true, ordering: .relaxed)
    ring()
    pthread_join(thread, nil)
  }

  private func run() {
    while !isStopping.load(ordering: .relaxed) {
      if let descriptor = StreamSocket.connect(to: address) {
        talk(StreamSocket(descriptor))
      } else {
        why.withLock { $0 = "nobody answers" }
      }
      rest()
    }
  }

  /// Waits before the next try; what is sent meanwhile is told not to have been.
  private func rest() {
    let end = clock.steady() + pause
    pause = min(2 * pause, Self.pauses.longest)
    while !isStopping.load(ordering: .relaxed), clock.steady() < end {
      wait(-1, for: min(end - clock.steady(), 100_000_000), isWaiting: false)
      for case .commands(let commands, _) in take() { refuse(commands) }
    }
  }

  /// Trades until the connection is gone.
  private func talk(_ socket: StreamSocket) {
    var why = "the connection was lost"
    var foreign: [VenueID] = []
    let start = clock.steady()
    var isGood = handle(session.connect(at: clock.now()), socket, &why)
    while isGood, !isStopping.load(ordering: .relaxed) {
      wait(socket.descriptor, for: 200_000_000, isWaiting: socket.isWaiting)
      let now = clock.now()
      guard socket.flush(), let bytes = socket.read() else { break }
      let actions = session.receive(bytes, at: now) { instrument in
        let known = numbers.numbers(of: instrument)
        if let other = numbers.claim(instrument.venueName, through: address.description) {
          foreign.append(known.1)
          why =
            "\(instrument.venueName) is reached through \(other) already: each venue has one process"
        } else {
          onInstrument?(known.0)
        }
        return known
      }
      if !foreign.isEmpty {
        isSuspect = true
        break
      }
      isGood = handle(actions, socket, &why)
      // Who sends nonsense is tried ever more rarely, or each try would be journaled for nothing.
      if clock.steady() - start > Self.trust { isSuspect = false }
      if !session.venues.isEmpty {
        if !isSuspect { pause = Self.pauses.first }
        if isGood { self.why.withLock { $0 = nil } }
      }
      isGood = isGood && handle(session.pass(now), socket, &why) && sendQueued(socket, &why)
    }
    if isStopping.load(ordering: .relaxed) { _ = socket.send(VenueFrame.logout.bytes) }
    session.disconnect()
    self.why.withLock { $0 = why }
    let now = clock.now()
    for venue in session.venues where !foreign.contains(venue) {
      let change = ConnectionChange(venue: venue, state: .disconnected, text: why)
      inbox?.put(.connection(change), event: now, receive: now)
    }
  }

  /// - Returns: false if the connection is of no more use.
  private func handle(
    _ actions: [GatewaySession.Action], _ socket: StreamSocket, _ why: inout String
  ) -> Bool {
    for action in actions {
      switch action {
      case .send(let bytes): guard socket.send(bytes) else { return false }
      case .open: break
      case .tell(let observation, let event):
        if case .dataQuality(let quality) = observation, quality.issue == .malformed {
          isSuspect = true
        }
        let now = clock.now()
        inbox?.put(
          observation, event: event.recordable(beside: now), receive: now,
          conflates: !session.isPatient)
      case .hold(let statement):
        inbox?.put(statement, of: session.venues, receive: clock.now())
      case .close(let reason):
        why = reason
        return false
      }
    }
    return true
  }

  private func sendQueued(_ socket: StreamSocket, _ why: inout String) -> Bool {
    for order in take() {
      switch order {
      case .commands(let commands, let handed):
        guard let actions = session.send(commands, at: clock.now()) else {
          refuse(commands)
          continue
        }
        guard handle(actions, socket, &why) else { return false }
        latency.record(clock.steady() - handed, count: commands.count)
      case .ask(let orders):
        guard handle(session.ask(orders) ?? [], socket, &why) else { return false }
      }
    }
    return true
  }

  private func take() -> [Order] {
    var bytes = [UInt8](repeating: 0, count: 256)
    while unsafe Glibc.read(wake.read, &bytes, bytes.count) == bytes.count {}
    return queue.withLock { queue in
      defer { queue.removeAll(keepingCapacity: true) }
      return queue
    }
  }

  /// There is nobody to send them to.
  private func refuse(_ commands: [Command]) {
    let now = clock.now()
    let text = "not sent: there is no connection to \(address)"
    for command in commands {
      inbox?.put(.report(command.unsent(text)), event: now, receive: now)
    }
  }

  private func wait(_ descriptor: Int32, for nanoseconds: Int64, isWaiting: Bool) {
    var waits = [pollfd(fd: wake.read, events: Int16(POLLIN), revents: 0)]
    if descriptor >= 0 {
      let events = POLLIN | (isWaiting ? POLLOUT : 0)
      waits.append(pollfd(fd: descriptor, events: Int16(events), revents: 0))
    }
    _ = unsafe poll(&waits, nfds_t(waits.count), Int32(nanoseconds / 1_000_000) + 1)
  }
}
