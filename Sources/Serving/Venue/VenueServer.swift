import Events
import Glibc
import Journaling
import Sequencing
import Venues

/// The built-in exchange as a process: its market, the stream of its reports, and the client that trades
/// (docs/venue-protocol.md, The venue's side). One thread does all of it.
public struct VenueServer: ~Copyable {
  /// How long market data may wait for more, in nanoseconds.
  private static let linger: Int64 = 2_000_000
  /// Market data of more bytes go in several frames.
  private static let largestBlock = 1 << 20

  /// Between two looks at what a person said, in nanoseconds.
  private static let attention: Int64 = 10_000_000

  /// The port it listens at.
  public let port: UInt16
  private let listener: Int32
  private let clock: LiveClock
  private var market: PaperMarket
  /// What the market plays, if it plays something.
  private var playback: Playback?
  private var stream: ReportStream
  private var faults: LineFaults?
  private var socket: StreamSocket?
  private var session: VenueSession
  private var cancelsOnDisconnect = false
  /// Orders that the exchange is asked to cancel because the client is gone.
  private var abandoned: Set<OrderID> = []
  private var encoder = BlockEncoder(capacity: 1 << 16)
  private var lastFlush = Instant.epoch
  /// Clients that were cut off since the last time that it was recorded.
  private var cutOffs: UInt64 = 0
  private var nextCutOffNote = Instant.epoch

  /// - Parameters:
  ///   - faults: seed of what goes wrong on the line; nil for nothing.
  /// - Throws: `ServingError`.
  public static func open(
    at address: SocketAddress, journal: String, market: consuming PaperMarket,
    faults: UInt64? = nil, clock: LiveClock = .system
  ) throws(ServingError) -> VenueServer {
    var market = market
    var instruments: [InstrumentID: Instrument] = [:]
    for case .instrument(let instrument) in market.introduction() {
      instruments[instrument.id] = instrument
    }
    return try open(
      at: address, journal: journal, market, nil, instruments, faults: faults, clock: clock)
  }

  /// The same on a recorded market.
  /// - Throws: `ServingError`.
  public static func open(
    at address: SocketAddress, journal: String, playing playback: consuming Playback,
    _ exchange: ExchangeConfiguration, faults: UInt64? = nil, clock: LiveClock = .system
  ) throws(ServingError) -> VenueServer {
    var instruments: [InstrumentID: Instrument] = [:]
    for instrument in playback.instruments { instruments[instrument.id] = instrument }
    let market = playback.market(exchange, at: clock.now())
    return try open(
      at: address, journal: journal, market, playback, instruments, faults: faults, clock: clock)
  }

  private static func open(
    at address: SocketAddress, journal: String, _ market: consuming PaperMarket,
    _ playback: consuming Playback?, _ instruments: [InstrumentID: Instrument], faults: UInt64?,
    clock: LiveClock
  ) throws(ServingError) -> VenueServer {
    let stream = try ReportStream.open(at: journal, instruments: instruments, clock: clock)
    guard let (listener, port) = StreamSocket.listen(at: address) else {
      throw .socket(address.description, code: errno)
    }
    var server = VenueServer(listener, port, market, playback, stream, faults, clock)
    try server.stream.begin(at: clock.now())
    return server
  }

  private init(
    _ listener: Int32, _ port: UInt16, _ market: consuming PaperMarket,
    _ playback: consuming Playback?, _ stream: consuming ReportStream, _ faults: UInt64?,
    _ clock: LiveClock
  ) {
    self.listener = listener
    self.port = port
    self.market = market
    self.playback = playback
    self.stream = stream
    self.clock = clock
    self.faults = faults.map { LineFaults(seed: $0) }
    session = VenueSession(at: clock.now())
  }

  deinit { close(listener) }

  /// Goes on until told to stop.
  /// - Throws: `ServingError` if the stream cannot be written: nothing is told that is not in it; or if what is
  ///   played cannot be read on.
  public mutating func run(until isStopping: () -> Bool) throws(ServingError) {
    defer { playback?.tellStop(market) }
    while !isStopping() {
      let now = clock.now()
      if let error = play(at: now) { return try end(error) }
      try trade(at: now)
      playback?.report(market)
      try pass(now)
      rest(now)
      accept()
      try read()
    }
  }

  /// - Returns: why what is played cannot be read on.
  private mutating func play(at now: Instant) -> JournalError? {
    guard playback != nil else { return nil }
    let error = playback?.attend(&market, at: now)
    market.wait(isListening: session.isOpen, isBehind: socket?.isWaiting ?? false)
    return error
  }

  /// Tells the client that the market has halted, waits a second for them to take it, and ends.
  private mutating func end(_ error: JournalError) throws(ServingError) {
    let now = clock.now()
    market.wait(isListening: session.isOpen, isBehind: false)
    try trade(at: now)
    flushMarket(now)
    let deadline = clock.steady() + 1_000_000_000
    while let waiting = socket?.isWaiting, waiting, socket?.flush() ?? false,
      clock.steady() < deadline
    { usleep(1_000) }
    throw .journal(error)
  }

  /// Lets the market go on and sends what it tells.
  private mutating func trade(at now: Instant) throws(ServingError) {
    var reports: [(VenueReport, Instant)] = []
    var told: [PaperMarket.Event] = []
    market.advance(to: now) { event in
      if case .report(let report) = event.observation {
        reports.append((report, event.time))
      } else {
        told.append(event)
      }
    }
    for (report, time) in reports { stream.add(renamed(report), at: time) }
    let block = try stream.flush()
    if !block.isEmpty { send(.reports(block)) }
    guard session.isOpen else { return }
    for event in told { add(event.observation, event: event.event, event.time) }
    if now.since(lastFlush) >= Self.linger || !reports.isEmpty { flushMarket(now) }
  }

  /// A cancel that we asked for because the client is gone says so.
  private mutating func renamed(_ report: VenueReport) -> VenueReport {
    guard case .cancelled(.requested, let text) = report.outcome,
      abandoned.remove(report.order) != nil
    else { return report }
    return VenueReport(order: report.order, .cancelled(.connectionLost, text: text))
  }

  private mutating func add(_ observation: Observation, event: Instant, _ time: Instant) {
    let receive = encoder.entryCount > 0 ? max(time, encoder.lastReceiveTime) : time
    if encoder.entryCount == 0 { encoder.begin(at: session.nextMarket) }
    encoder.append(observation, event: event, receive: receive)
    if encoder.byteCount >= Self.largestBlock { flushMarket(time) }
  }

  private mutating func flushMarket(_ now: Instant) {
    lastFlush = now
    guard encoder.entryCount > 0 else { return }
    session.countMarket(encoder.entryCount)
    encoder.finish()
    let block = encoder.withContent { $0.array }
    encoder.begin(at: session.nextMarket)
    send(.market(block))
  }

  private mutating func pass(_ now: Instant) throws(ServingError) {
    guard socket != nil else { return }
    if let due = faults?.due(at: now), !due.isEmpty, !(socket?.send(due) ?? true) {
      hangUp(at: now)
      return
    }
    let (bytes, requests) = session.pass(now, nextReport: stream.next)
    if !bytes.isEmpty, !(socket?.send(bytes) ?? true) { hangUp(at: now) }
    try answer(requests, at: now)
  }

  /// Waits until there is something to do.
  private func rest(_ now: Instant) {
    var timeout: Int64 = 100_000_000
    if let next = market.nextTime { timeout = min(timeout, next.since(now)) }
    if let recording = market.recording {
      if recording.wantsMore { timeout = 0 }
      // Somebody may say something.
      if recording.isByHand { timeout = min(timeout, Self.attention) }
    }
    if let next = faults?.nextTime { timeout = min(timeout, next.since(now)) }
    if encoder.entryCount > 0 { timeout = min(timeout, Self.linger) }
    var waits = [pollfd(fd: listener, events: Int16(POLLIN), revents: 0)]
    if socket != nil {
      let isWaiting = socket?.isWaiting ?? false
      waits.append(
        pollfd(
          fd: socket?.descriptor ?? -1, events: Int16(POLLIN | (isWaiting ? POLLOUT : 0)),
          revents: 0))
    }
    let milliseconds = Int32(max(timeout + 999_999, 0) / 1_000_000)
    _ = unsafe poll(&waits, nfds_t(waits.count), milliseconds)
  }

  private mutating func accept() {
    let descriptor = Glibc.accept(listener, nil, nil)
    guard descriptor >= 0 else { return }
    let fresh = StreamSocket(descriptor)
    guard socket == nil else {
      _ = fresh.send(VenueFrame.refused(.inUse, "somebody else trades here").bytes)
      return
    }
    socket = fresh
    session = VenueSession(at: clock.now())
    faults?.forget()
    encoder.begin(at: 1)
  }

  private mutating func read() throws(ServingError) {
    guard socket != nil else { return }
    let now = clock.now()
    if !(socket?.flush() ?? true) { return hangUp(at: now) }
    guard let bytes = socket?.read() else { return hangUp(at: now) }
    if !bytes.isEmpty { try answer(session.receive(bytes, at: now), at: now) }
  }

  private mutating func answer(_ requests: [VenueSession.Request], at now: Instant)
    throws(ServingError)
  {
    for request in requests {
      switch request {
      case .login(let login): try open(login, at: now)
      case .command(let command):
        if case .submit(let ticket) = command { stream.note(ticket, at: now) }
        market.receive(command, at: now)
      case .query(let order):
        for report in stream.history.answer(order) { stream.add(report, at: now) }
        let block = try stream.flush()
        if !block.isEmpty { send(.reports(block)) }
      case .statement:
        let block = try stream.flush()
        if !block.isEmpty { send(.reports(block)) }
        send(.statement(stream.history.statement(next: stream.next)))
      case .close: hangUp(at: now)
      case .cutOff(let why): try cutOff(why, at: now)
      }
    }
  }

  /// Ends the connection of a client that speaks something else, and records it, once a second at most: whoever
  /// comes again and again shall not fill the disk.
  private mutating func cutOff(_ why: String, at now: Instant) throws(ServingError) {
    cutOffs += 1
    if now >= nextCutOffNote {
      nextCutOffNote = now.advanced(by: 1_000_000_000)
      let quality = DataQuality(
        issue: .malformed, instrument: .none, actual: cutOffs,
        detail: "a client was cut off, what it sent cannot be read: \(why)")
      cutOffs = 0
      stream.note(quality, at: now)
      let block = try stream.flush()
      if !block.isEmpty { send(.reports(block)) }
    }
    hangUp(at: now)
  }

  /// Lets a client in: its reports from the one it wants on, then the markets as they are.
  private mutating func open(_ login: VenueFrame.Login, at now: Instant) throws(ServingError) {
    guard login.version == VenueFrame.version else {
      return refuse(.version, "this venue speaks version \(VenueFrame.version)", at: now)
    }
    guard login.next <= stream.next else {
      return refuse(
        .unknownReport, "the next report is \(stream.next), not \(login.next)", at: now)
    }
    let former = stream.history.client
    if !former.isEmpty, former != login.client {
      // Their numbers of orders would be mistaken for each other's.
      let open = stream.history.open
      cancel(open, at: now)
      guard open.isEmpty else {
        return refuse(.inUse, "orders of another journal are being cancelled", at: now)
      }
    }
    stream.begin(login.client, at: now)
    _ = try stream.flush()
    cancelsOnDisconnect = login.cancelsOnDisconnect
    market.recording?.begin(at: now)
    let accepted = VenueFrame.accepted(
      life: stream.life, next: stream.next, isPatient: market.isPatient)
    _ = socket?.send(accepted.bytes)
    if login.next > 0 {
      for block in try stream.blocks(from: login.next) { send(.reports(block)) }
    }
    for observation in market.introduction() { add(observation, event: now, now) }
    flushMarket(now)
  }

  private mutating func refuse(_ why: VenueFrame.Refusal, _ text: String, at now: Instant) {
    _ = socket?.send(VenueFrame.refused(why, text).bytes)
    hangUp(at: now)
  }

  private mutating func send(_ frame: VenueFrame) {
    guard socket != nil, session.isOpen else { return }
    let now = clock.now()
    var bytes = frame.bytes
    if faults != nil {
      guard let passed = faults?.pass(bytes, at: now) else { return hangUp(at: now) }
      bytes = passed
    }
    if !(socket?.send(bytes) ?? true) { hangUp(at: now) }
  }

  /// The client is gone, or is made to go.
  private mutating func hangUp(at now: Instant) {
    guard socket != nil else { return }
    let wasOpen = session.isOpen
    socket = nil
    session = VenueSession(at: now)
    encoder.begin(at: 1)
    if wasOpen, cancelsOnDisconnect { cancel(stream.history.open, at: now) }
  }

  /// Cancels orders whose client is gone.
  private mutating func cancel(_ orders: [OrderID], at now: Instant) {
    for order in orders {
      abandoned.insert(order)
      market.receive(.cancel(order), at: now)
    }
  }
}
