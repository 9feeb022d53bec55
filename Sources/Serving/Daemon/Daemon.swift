import Events
import Glibc
import Journaling
import Sequencing
import Synchronization
import Trading
import Venues

/// The daemon: recovers, trades on the built-in exchange, answers the control socket, stops
/// (docs/live.md).
public final class Daemon: Sendable {
  /// What it runs.
  public struct Setup: Sendable {
    /// The journal's folder; a new journal is made where there is none.
    public var journal: String
    public var configuration: ConfigurationItems
    public var exchange: ExchangeConfiguration
    public var seed: UInt64
    public var catalog: [StrategyKind]
    public var settings = LiveSettings()
    /// How many times faster than the clock the built-in exchange's traders act.
    public var speed: Int64 = 1
    /// Venues that are processes of their own; none: the exchange in this process.
    public var venues: [SocketAddress] = []

    public init(
      journal: String, configuration: ConfigurationItems, exchange: ExchangeConfiguration,
      seed: UInt64, catalog: [StrategyKind]
    ) {
      self.journal = journal
      self.configuration = configuration
      self.exchange = exchange
      self.seed = seed
      self.catalog = catalog
    }

    /// `name=version` of the catalog's strategies.
    var strategyVersions: String {
      catalog.map { "\($0.name)=\($0.version)" }.joined(separator: ",")
    }

    /// Where market data come from, for the record.
    func source(_ played: String?) -> String {
      if !venues.isEmpty { return venues.map(\.description).joined(separator: ",") }
      return "built-in exchange" + (played.map { " playing \($0)" } ?? "")
    }
  }

  /// What the start found.
  public struct Start: Equatable, Sendable {
    /// Sequence that the journal ended with; 0 for a new one.
    public var sequence: UInt64 = 0
    /// Sequence of the snapshot the state came from; 0 for none.
    public var snapshot: UInt64 = 0
    /// Orders that were open, and of those that await an answer.
    public var openOrders = 0
    public var unanswered = 0
  }

  public let start: Start
  private let run: LiveRun
  /// The exchange in this process, or the gateways to others.
  private let paper: PaperVenue?
  private let gateways: [VenueGateway]
  private let exits: Exits
  private let setup: Setup
  private let facts: Mutex<DaemonFacts>
  private let wish = Mutex<(subject: String, reason: String)?>(nil)
  /// Rung when somebody asked it to stop.
  public let bell = Bell()
  private let server = Mutex<ControlServer?>(nil)

  /// Recovers and begins to trade.
  /// - Parameters:
  ///   - key: signs checkpoints.
  ///   - playback: what the built-in exchange plays; nil for the market that it makes itself.
  ///   - progress: called with the sequence reached while the tail is audited.
  /// - Throws: `ServingError`; nothing was recorded then.
  public static func start(
    _ setup: Setup, key: consuming SigningKey, playing playback: consuming Playback? = nil,
    clock: LiveClock = .system, progress: (UInt64) -> Void = { _ in }
  ) throws(ServingError) -> Daemon {
    let journal = try openJournal(setup, clock)
    guard journal.meta.engine != ReportStream.engine else {
      throw .foreignJournal(setup.journal, isVenue: true)
    }
    var start = Start(sequence: journal.sequence)
    var sequencer: Sequencer
    if journal.sequence > 0 {
      let recovery: Recovery
      do throws(SequencingError) {
        let reader: JournalReader
        do { reader = try journal.reader() } catch { throw .journal(error) }
        recovery = try Recovery.run(reader, catalog: setup.catalog, progress: progress)
      } catch { throw ServingError(error) }
      (start.snapshot, start.unanswered) = (recovery.snapshot, recovery.unanswered.count)
      sequencer = recovery.resume()
    } else {
      sequencer = Sequencer(engine: Engine(catalog: setup.catalog))
    }
    try check(setup, sequencer.engine)
    let orders = sequencer.engine.market.orders.open.filter { $0.state != .held }
    start.openOrders = orders.count
    let now = clock.now()
    let known = sequencer.engine.market.instruments.compactMap { $0 }
    let numbers = InstrumentNumbers(known)
    let venues = sequencer.engine.venuesWithOrders
    let source = setup.source(playback?.name)
    let paper: PaperVenue? =
      setup.venues.isEmpty
      ? try Self.paper(setup, playback.take(), sequencer, numbers, known, at: now, clock) : nil
    var gateways: [VenueGateway] = []
    for address in setup.venues {
      guard
        let gateway = VenueGateway(
          address, client: journal.meta.id.bytes, numbers: numbers, clock: clock,
          statementInterval: setup.settings.statementInterval)
      else { throw .socket(address.description, code: errno) }
      gateways.append(gateway)
    }
    let links: [any VenueLink] = paper.map { [$0] } ?? gateways
    let exits = Exits(links, orders: orders.map { ($0.id, $0.ticket.instrument) })
    let facts = DaemonFacts(
      process: getpid(), started: now, journal: journal.meta.id.description,
      durability: journal.durability.rawValue)
    let run = LiveRun(
      sequencer, journal: journal, key: key, outlet: exits, settings: setup.settings, clock: clock)
    let daemon = Daemon(setup, start, run, paper, gateways, exits, facts)
    try daemon.begin(
      orders.map { (order: $0.id, isTaken: $0.isAcknowledged) }, at: venues, source)
    return daemon
  }

  /// The exchange in this process: a recording under the journal's numbers, or a market that it makes, whose
  /// prices go on from the journal's.
  private static func paper(
    _ setup: Setup, _ playback: consuming Playback?, _ sequencer: borrowing Sequencer,
    _ numbers: InstrumentNumbers, _ known: [Instrument], at time: Instant, _ clock: LiveClock
  ) throws(ServingError) -> PaperVenue {
    let holdings = known.map { VenueStatement.Holding($0, in: sequencer.engine) }
    let interval = setup.settings.statementInterval
    if var playback {
      playback.renumber(numbers)
      let market = playback.market(setup.exchange, at: time)
      return PaperVenue(
        market, playback, holding: holdings, statementInterval: interval, clock: clock)
    }
    let books = sequencer.engine.market.books.map(\.mark)
    // Each life's market has a seed of its own, so that a restart is no repetition.
    let seed = setup.seed &+ sequencer.sequence
    let markets = GeneratorConfiguration.paper(seed: seed, start: time) { instrument in
      instrument.id.index < books.count ? books[instrument.id.index] : nil
    }
    for made in markets.markets.map(\.instrument) {
      guard let other = known.first(where: { $0.id == made.id }), other.fullName != made.fullName
      else { continue }
      throw .foreignMarket(setup.journal, recorded: other.fullName, made: made.fullName)
    }
    return PaperVenue(
      PaperMarket(markets, setup.exchange, speed: setup.speed), holding: holdings,
      statementInterval: interval, clock: clock)
  }

  private init(
    _ setup: Setup, _ start: Start, _ run: LiveRun, _ paper: PaperVenue?,
    _ gateways: [VenueGateway], _ exits: Exits, _ facts: DaemonFacts
  ) {
    (self.setup, self.start, self.run) = (setup, start, run)
    (self.paper, self.gateways) = (paper, gateways)
    self.exits = exits
    self.facts = Mutex(facts)
  }

  private static func openJournal(_ setup: Setup, _ clock: LiveClock) throws(ServingError)
    -> Journal
  {
    do throws(JournalError) {
      do {
        return try Journal.open(at: setup.journal, durability: setup.settings.durability)
      } catch .missing {
        return try Journal.create(
          at: setup.journal,
          meta: JournalMeta(
            created: clock.now(), engine: Engine.version, strategies: setup.strategyVersions,
            seed: setup.seed),
          durability: setup.settings.durability)
      }
    } catch { throw .journal(error) }
  }

  /// After the first order only the same configuration can be taken.
  private static func check(_ setup: Setup, _ engine: borrowing Engine) throws(ServingError) {
    let recorded = engine.configuration
    if engine.isOfRecording { throw .recording(setup.journal) }
    guard recorded != setup.configuration, engine.market.orders.lastID != .none else { return }
    let keys = (recorded.items + setup.configuration.items).map(\.key).sorted()
    let key = keys.first { recorded[$0] != setup.configuration[$0] } ?? ""
    throw .changedConfiguration(
      path: setup.journal, key: key, recorded: recorded[key], given: setup.configuration[key])
  }

  private func begin(
    _ orders: [(order: OrderID, isTaken: Bool)], at venues: [VenueID], _ source: String
  ) throws(ServingError) {
    let start = RunStart(
      mode: .live, seed: setup.seed, engine: Engine.version, strategies: setup.strategyVersions,
      source: source)
    guard run.start(start, setup.configuration) else { throw .threads }
    guard startVenues(orders, at: venues) else {
      run.finish(RunStop(why: .failed, text: "no thread for a venue"))
      throw .threads
    }
    do throws(ServingError) {
      let server = try ControlServer.start(in: setup.journal) { [weak self] line, user in
        self?.answer(line, user) ?? ControlServer.problem("stopping", "the daemon is ending")
      }
      self.server.withLock { $0 = server }
    } catch {
      stopVenues()
      run.finish(RunStop(why: .failed, text: error.description))
      throw error
    }
  }

  private func startVenues(
    _ orders: [(order: OrderID, isTaken: Bool)], at venues: [VenueID]
  ) -> Bool {
    if let paper {
      return paper.start(telling: run.inbox, of: orders, at: venues) { [bell] in bell.ring() }
    }
    for (index, gateway) in gateways.enumerated() {
      let exits = exits
      let isStarted = gateway.start(telling: run.inbox) { exits.route($0, through: index) }
      guard isStarted else {
        for other in gateways[..<index] { other.stop() }
        return false
      }
    }
    return true
  }

  private func stopVenues() {
    paper?.stop()
    for gateway in gateways { gateway.stop() }
  }

  public var status: LiveStatus {
    var status = run.status
    status[.send] = exits.sendLatency
    status.venues = exits.ways
    return status
  }

  /// Why the recording that is played could not be read on: it is time to stop.
  public var failure: ServingError? { paper?.failure.map { .journal($0) } }

  /// Whether somebody asked over the control socket that it stop, and who and why.
  public var stopWish: (subject: String, reason: String)? { wish.withLock { $0 } }

  /// Blocks new orders, cancels what is open, waits for the answers, and ends the run. Call it once.
  /// - Parameter patience: nanoseconds that answers are waited for.
  /// - Returns: orders that stayed open.
  public func stop(
    subject: String, reason: String, patience: Int64 = 5_000_000_000,
    clock: LiveClock = .system
  ) -> Int {
    facts.withLock { $0.isStopping = true }
    let halts = status.halts
    let kill = Observation.operatorAct(
      OperatorAct(act: .kill, scope: .all, subject: subject, reason: reason))
    let deadline = clock.steady() + patience
    // Once it is durable the status knows of it.
    let now = clock.now()
    _ = exits.receipts.sequence(within: patience) { number in
      run.inbox.put(kill, event: now, receive: now, receipt: number)
    }
    while run.status.openOrders > 0, clock.steady() < deadline { usleep(20_000) }
    let left = run.status.openOrders
    stopVenues()
    // The stop was no halt: the next start may trade again, but for what was halted before.
    var last = [
      OperatorAct(act: .resume, scope: .all, subject: subject, reason: "stopped in order")
    ]
    last += halts.map {
      OperatorAct(act: .halt, scope: $0, subject: subject, reason: "halted before the stop")
    }
    run.finish(
      RunStop(why: .operator, text: reason),
      after: left == 0 && !halts.contains(.all) ? last.map { .operatorAct($0) } : [])
    // It is asked until the end, which a full disk may put off.
    server.withLock { server in
      server?.stop()
      server = nil
    }
    return left
  }

  private func answer(_ line: [UInt8], _ user: String) -> JSONLine {
    let status = run.status
    do throws(ControlRequest.Problem) {
      switch try ControlRequest(line, user: user, status) {
      case .status: return self.status.answer(facts.withLock { $0 }, run.inbox)
      case .observation(let observation):
        try LimitDoor.check(
          observation, setup.configuration, status.instruments, setup.catalog)
        return try record(observation, before: status)
      case .stop(let subject, let reason):
        let note = OperatorAct(
          act: .note, scope: .all, subject: subject, reason: "stop: \(reason)")
        // Also if the disk is full: it ends as soon as that takes the end.
        defer {
          wish.withLock { $0 = $0 ?? (subject, reason) }
          bell.ring()
        }
        return try record(.operatorAct(note), before: status)
      }
    } catch {
      return ControlServer.problem(error.code, error.what)
    }
  }

  /// - Parameter before: how the run was when it was asked.
  private func record(_ observation: Observation, before: LiveStatus)
    throws(ControlRequest.Problem) -> JSONLine
  {
    let now = LiveClock.system.now()
    let sequence = exits.receipts.sequence(within: 5_000_000_000) { number in
      run.inbox.put(observation, event: now, receive: now, receipt: number)
    }
    guard let sequence else {
      if let stall = run.status.stall {
        throw .init(
          "stalled", "it is not recorded yet, and will be when the disk takes it: \(stall)")
      }
      throw .init("stopping", "the daemon is ending")
    }
    var line = JSONLine()
    line.field("ok", true)
    line.field("seq", sequence)
    if case .operatorAct(let act) = observation, [.resume, .enable].contains(act.act) {
      HaltsLeft(before: before, after: run.status).write(to: &line)
    }
    return line
  }
}
