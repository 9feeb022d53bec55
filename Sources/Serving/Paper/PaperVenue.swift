import Events
import Glibc
import Journaling
import Sequencing
import Synchronization
import Venues

/// The thread of the built-in exchange: lets its market go on with the clock, takes our commands, and states
/// what we have, as a venue over TCP does when it is asked (docs/reconciliation.md).
final class PaperVenue: VenueLink, @unchecked Sendable {
  let name = "built-in exchange"
  /// Nothing: it lives as long as the process.
  var trouble: String? { nil }
  let latency = SendLatency()
  private let queue = Mutex<[(command: Command, handed: Int64)]>([])
  private let isStopping = Atomic<Bool>(false)
  private let fault = Mutex<JournalError?>(nil)
  private let bell = Bell()
  private let clock: LiveClock
  private var thread = pthread_t()
  private var inbox: Inbox?
  /// Rung when what is played cannot be read on.
  private var onFault: (@Sendable () -> Void)?
  // Belongs to the thread once that has started.
  private var market: PaperMarket
  private var playback: Playback?
  private var arrived: [(command: Command, handed: Int64)] = []
  private var history: OrderHistory
  private var instruments: [InstrumentID: Instrument] = [:]
  /// Venues that are not connected now.
  private var away: [VenueID] = []
  private let statementInterval: Int64
  /// When it states next, by the steady clock; at once at the start.
  private var nextStatement: Int64 = 0

  /// - Parameters:
  ///   - playback: what the market plays, if it plays something.
  ///   - holdings: what our fills add up to at the start: this life goes on from there.
  ///   - statementInterval: between two statements, in nanoseconds.
  init(
    _ market: consuming PaperMarket, _ playback: consuming Playback? = nil,
    holding holdings: [VenueStatement.Holding], statementInterval: Int64, clock: LiveClock
  ) {
    self.market = market
    self.playback = playback
    self.clock = clock
    self.statementInterval = statementInterval
    history = OrderHistory(holding: holdings)
  }

  /// Why what is played could not be read on.
  var failure: JournalError? { fault.withLock { $0 } }

  /// Begins to trade and to tell.
  /// - Parameters:
  ///   - orders: open ones of an earlier life, and their venues; see `PaperMarket.forget`.
  ///   - onFault: called when what is played cannot be read on.
  /// - Returns: false if the system refuses a thread.
  func start(
    telling inbox: Inbox, of orders: [(order: OrderID, isTaken: Bool)], at venues: [VenueID],
    onFault: @escaping @Sendable () -> Void
  ) -> Bool {
    self.inbox = inbox
    self.onFault = onFault
    let now = clock.now()
    market.forget(orders, of: venues, at: now)
    market.recording?.begin(at: now)
    playback?.control.wake { [bell] in bell.ring() }
    guard let thread = startThread({ [self] in run() }) else { return false }
    self.thread = thread
    return true
  }

  func send(_ commands: [Command]) {
    let now = clock.steady()
    queue.withLock { queue in for command in commands { queue.append((command, now)) } }
    bell.ring()
  }

  /// Nothing: this market knows no orders but those of its own life, and says so by itself.
  func ask(_ orders: [OrderID]) {}

  /// Ends the market; what it has not told is lost, as with a connection.
  func stop() {
    isStopping.store(true, ordering: .relaxed)
    bell.ring()
    pthread_join(thread, nil)
    playback?.tellStop(market)
  }

  private func run() {
    guard let inbox else { return }
    while !isStopping.load(ordering: .relaxed) {
      queue.withLock { swap(&$0, &arrived) }
      let now = clock.now()
      let steady = clock.steady()
      for (command, handed) in arrived {
        if case .submit(let ticket) = command { history.note(ticket) }
        market.receive(command, at: now)
        latency.record(steady - handed, count: 1)
      }
      arrived.removeAll(keepingCapacity: true)
      play(at: now)
      let isPatient = market.isPatient
      market.advance(to: now) { event in
        note(event.observation)
        inbox.put(
          event.observation, event: event.event, receive: clock.now(), conflates: !isPatient)
      }
      state(to: inbox)
      playback?.report(market)
      if market.recording?.wantsMore == true { continue }
      let pause = min(
        market.nextTime?.since(clock.now()) ?? 1_000_000_000, nextStatement - clock.steady())
      bell.wait(max(pause, 0), isPatient: true)
    }
  }

  private func note(_ observation: Observation) {
    switch observation {
    case .report(let report): history.note(report) { instruments[$0] }
    case .instrument(let instrument): instruments[instrument.id] = instrument
    case .connection(let change):
      away.removeAll { $0 == change.venue }
      if change.state != .connected { away.append(change.venue) }
    default: break
    }
  }

  /// States what we have, once all that led to it was told. One that is not connected states nothing.
  private func state(to inbox: Inbox) {
    let steady = clock.steady()
    guard steady >= nextStatement else { return }
    nextStatement = steady + min(statementInterval, 1_000_000_000)
    guard away.isEmpty, !instruments.isEmpty else { return }
    nextStatement = steady + statementInterval
    var venues: [VenueID] = []
    for instrument in instruments.values where !venues.contains(instrument.venue) {
      venues.append(instrument.venue)
    }
    venues.sort { $0.raw < $1.raw }
    // Its reports have no numbers: they came by the same inbox, in order.
    inbox.put(history.statement(next: 0), of: venues, receive: clock.now())
  }

  private func play(at now: Instant) {
    guard playback != nil, failure == nil, let error = playback?.attend(&market, at: now) else {
      return
    }
    fault.withLock { $0 = error }
    onFault?()
  }
}
