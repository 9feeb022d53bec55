import Events

/// The client's side of a connection to a venue, without I/O: what came and what time it is in, what to do
/// out (docs/venue-protocol.md, The client's side).
///
/// ```
///            connected            accepted
///   (closed) ────────→ loggingIn ─────────→ open
///       ↑                  │                  │ bytes that cannot be read, a gap, silence, refusal
///       └──────────────────┴──────────────────┘
/// ```
public struct GatewaySession: ~Copyable {
  /// What is to be done.
  public enum Action: Equatable, Sendable {
    case send([UInt8])
    /// The venue takes orders; this life of it began then.
    case open(life: UInt64)
    /// Something that it said, in our numbers, and when it happened.
    case tell(Observation, event: Instant)
    /// What it says that we have, in our numbers; everything reported before it was told.
    case hold(VenueStatement)
    /// The connection is of no more use. Nothing comes after it.
    case close(String)
  }

  private enum State { case closed, loggingIn, open }

  /// Gives an instrument of the venue our numbers of it and of its venue.
  public typealias Numbering = (Instrument) -> (InstrumentID, VenueID)

  private let client: [UInt8]
  private let cancelsOnDisconnect: Bool
  private let statementInterval: Int64
  private var state = State.closed
  private var reader = VenueFrameReader()
  private var decoder = BlockDecoder()
  private var encoder = BlockEncoder(capacity: 4096)
  private var lastHeard = Instant.epoch
  private var nextHeartbeat = Instant.epoch
  private var nextStatement = Instant.epoch
  /// The next report; 0 before the first login.
  public private(set) var nextReport: UInt64 = 0
  private var nextMarket: UInt64 = 1
  private var nextCommand: UInt64 = 1
  /// By the venue's number of an instrument: ours, and ours of its venue.
  private var numbers: [(instrument: InstrumentID, venue: VenueID)?] = []
  /// The venue's numbers by ours.
  private var theirs: [InstrumentID: InstrumentID] = [:]
  /// Venues that it speaks for on this connection, in our numbers: they were told to be connected.
  public private(set) var venues: [VenueID] = []
  /// Its market waits until we have taken what it told: nothing of it has to be left out.
  public private(set) var isPatient = false

  /// - Parameters:
  ///   - client: identity of our journal, 16 bytes.
  ///   - statementInterval: between two statements that are asked for, in nanoseconds.
  public init(client: [UInt8], cancelsOnDisconnect: Bool, statementInterval: Int64) {
    precondition(client.count == 16 && statementInterval > 0)
    self.client = client
    self.cancelsOnDisconnect = cancelsOnDisconnect
    self.statementInterval = statementInterval
  }

  public var isOpen: Bool { state == .open }

  /// A connection was made.
  public mutating func connect(at time: Instant) -> [Action] {
    reader = VenueFrameReader()
    state = .loggingIn
    (nextMarket, nextCommand, venues) = (1, 1, [])
    lastHeard = time
    nextHeartbeat = time.advanced(by: VenueSession.heartbeat)
    nextStatement = time.advanced(by: min(statementInterval, VenueSession.heartbeat))
    let login = VenueFrame.Login(
      client: client, next: nextReport, cancelsOnDisconnect: cancelsOnDisconnect)
    return [.send(VenueFrame.login(login).bytes)]
  }

  /// The connection is gone.
  public mutating func disconnect() { state = .closed }

  /// Takes bytes from the venue.
  public mutating func receive(
    _ bytes: some Sequence<UInt8>, at time: Instant, numbering: Numbering
  ) -> [Action] {
    guard state != .closed else { return [] }
    lastHeard = time
    reader.append(bytes)
    var actions: [Action] = []
    do throws(Damage) {
      while state != .closed, let frame = try reader.next() {
        try take(frame, at: time, numbering, &actions)
      }
    } catch {
      complain(.malformed, error.description, at: time, &actions)
    }
    return actions
  }

  private mutating func take(
    _ frame: VenueFrame, at time: Instant, _ numbering: Numbering, _ actions: inout [Action]
  ) throws(Damage) {
    switch (state, frame) {
    case (.loggingIn, .accepted(let life, let next, let isPatient)):
      state = .open
      self.isPatient = isPatient
      if nextReport == 0 { nextReport = next }
      actions.append(.open(life: life))
    case (.loggingIn, .refused(let why, let text)):
      state = .closed
      // What the venue does not have cannot be waited for.
      if why == .unknownReport { nextReport = 0 }
      actions.append(.close("the venue refused: \(text)"))
    case (.open, .heartbeat(let next?)):
      guard next > nextReport else { return }
      complain(
        .gap, "report \(next - 1) was sent, \(nextReport) is missing", at: time, &actions,
        expected: nextReport, actual: next)
    case (.open, .reports(let block)):
      try block.withContent { (content) throws(Damage) in
        try takeReports(content, at: time, &actions)
      }
    case (.open, .market(let block)):
      try block.withContent { (content) throws(Damage) in
        try takeMarket(content, at: time, numbering, &actions)
      }
    case (.open, .statement(let statement)): try take(statement, at: time, &actions)
    default: throw Damage(at: 0, "a frame that cannot come now")
    }
  }

  private mutating func takeReports(
    _ content: RawSpan, at time: Instant, _ actions: inout [Action]
  ) throws(Damage) {
    let header = try decoder.begin(content)
    guard header.firstSequence <= nextReport else {
      return complain(
        .gap, "reports are missing", at: time, &actions, expected: nextReport,
        actual: header.firstSequence)
    }
    if header.lastSequence < nextReport {
      // Part of a repetition that was asked for, or a repetition that was not: there before.
      return note(
        .duplicate, "reports that were there already", &actions, at: time, expected: nextReport,
        actual: header.lastSequence)
    }
    var reports: [Action] = []
    while case .record(let kind, let payload) = try decoder.next(content) {
      let event = try kind.event(content, payload)
      guard decoder.header.sequence >= nextReport else { continue }
      switch event {
      case .observation(.report(let report)):
        reports.append(.tell(.report(report), event: decoder.header.eventTime))
      // What we have sent, who we are, and what others sent.
      case .decision(.submitted), .observation(.connection), .observation(.dataQuality): break
      default: throw Damage(at: 0, "\(kind.name) is no report")
      }
    }
    nextReport = header.lastSequence + 1
    actions += reports
  }

  private mutating func take(
    _ statement: VenueStatement, at time: Instant, _ actions: inout [Action]
  ) throws(Damage) {
    guard statement.next <= nextReport else {
      return complain(
        .gap, "a statement over reports that are missing", at: time, &actions,
        expected: nextReport, actual: statement.next)
    }
    // One that came late says what is no more.
    guard statement.next == nextReport else { return }
    var ours = statement
    for index in ours.holdings.indices {
      ours.holdings[index].instrument = try self.ours(statement.holdings[index].instrument)
    }
    actions.append(.hold(ours))
  }

  private mutating func takeMarket(
    _ content: RawSpan, at time: Instant, _ numbering: Numbering, _ actions: inout [Action]
  ) throws(Damage) {
    let header = try decoder.begin(content)
    if header.lastSequence < nextMarket {
      return note(
        .duplicate, "market data that were there already", &actions, at: time,
        expected: nextMarket, actual: header.lastSequence)
    }
    guard header.firstSequence == nextMarket else {
      return complain(
        .gap, "market data are missing", at: time, &actions, expected: nextMarket,
        actual: header.firstSequence)
    }
    var told: [Action] = []
    while true {
      let record = try decoder.next(content)
      let event = decoder.header.eventTime
      switch record {
      case .end:
        nextMarket = header.lastSequence + 1
        actions += told
        return
      case .market(let tick):
        told.append(.tell(.market(try tick.of(ours(tick.instrument))), event: event))
      case .record(let kind, let payload):
        guard case .observation(let observation) = try kind.event(content, payload) else {
          throw Damage(at: 0, "\(kind.name) is no market data")
        }
        let known = venues.count
        told.append(.tell(try numbered(observation, numbering), event: event))
        // Before anything is said of its markets.
        for venue in venues[known...] {
          let change = ConnectionChange(venue: venue, state: .connected)
          told.append(.tell(.connection(change), event: event))
        }
      }
    }
  }

  private func ours(_ instrument: InstrumentID) throws(Damage) -> InstrumentID {
    guard instrument.index < numbers.count, let known = numbers[instrument.index] else {
      throw Damage(at: 0, "instrument \(instrument.raw) was not defined")
    }
    return known.instrument
  }

  private mutating func numbered(_ observation: Observation, _ numbering: Numbering)
    throws(Damage) -> Observation
  {
    guard case .instrument(var instrument) = observation else {
      let numbered = try observation.numbered { (id) throws(Damage) in try ours(id) }
      guard let numbered else {
        throw Damage(at: 0, "a venue does not tell \(Event.observation(observation).kind.name)")
      }
      return numbered
    }
    guard instrument.id != .none else { throw Damage(at: 0, "an instrument without a number") }
    let known = numbering(instrument)
    while numbers.count <= instrument.id.index { numbers.append(nil) }
    numbers[instrument.id.index] = known
    theirs[known.0] = instrument.id
    if !venues.contains(known.1) { venues.append(known.1) }
    (instrument.id, instrument.venue) = known
    return .instrument(instrument)
  }

  /// Sends commands.
  /// - Returns: nil while the venue does not take any.
  public mutating func send(_ commands: [Command], at time: Instant) -> [Action]? {
    guard state == .open else { return nil }
    guard !commands.isEmpty else { return [] }
    encoder.begin(at: nextCommand)
    for command in commands {
      switch command {
      case .submit(var ticket):
        ticket.instrument = theirs[ticket.instrument] ?? .none
        encoder.append(.submitted(ticket), at: time, cause: 0)
      case .cancel(let order):
        encoder.append(.cancelRequested(order, .strategy), at: time, cause: 0)
      case .replace(let order, let quantity, let price):
        encoder.append(
          .replaceRequested(order, quantity: quantity, price: price), at: time, cause: 0)
      }
    }
    encoder.finish()
    nextCommand = encoder.nextSequence
    return [.send(VenueFrame.commands(encoder.withContent { $0.array }).bytes)]
  }

  /// Asks what has become of orders.
  /// - Returns: nil while the venue does not answer.
  public func ask(_ orders: [OrderID]) -> [Action]? {
    guard state == .open else { return nil }
    return orders.map { .send(VenueFrame.query($0).bytes) }
  }

  /// Looks whether the venue is still there, and whether it is time for a heartbeat.
  public mutating func pass(_ time: Instant) -> [Action] {
    guard state != .closed else { return [] }
    if time.since(lastHeard) > 3 * VenueSession.heartbeat {
      state = .closed
      return [.close("the venue has said nothing for three heartbeats")]
    }
    var actions: [Action] = []
    if time >= nextHeartbeat {
      nextHeartbeat = time.advanced(by: VenueSession.heartbeat)
      actions.append(.send(VenueFrame.heartbeat(nil).bytes))
    }
    if state == .open, time >= nextStatement {
      nextStatement = time.advanced(by: statementInterval)
      actions.append(.send(VenueFrame.statementRequest.bytes))
    }
    return actions
  }

  private func note(
    _ issue: DataQuality.Issue, _ detail: String, _ actions: inout [Action], at time: Instant,
    expected: UInt64 = 0, actual: UInt64 = 0
  ) {
    let quality = DataQuality(
      issue: issue, instrument: .none, expected: expected, actual: actual, detail: detail)
    actions.append(.tell(.dataQuality(quality), event: time))
  }

  private mutating func complain(
    _ issue: DataQuality.Issue, _ detail: String, at time: Instant, _ actions: inout [Action],
    expected: UInt64 = 0, actual: UInt64 = 0
  ) {
    note(issue, detail, &actions, at: time, expected: expected, actual: actual)
    state = .closed
    actions.append(.close(detail))
  }
}
