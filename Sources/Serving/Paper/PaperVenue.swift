import Events
import Glibc
import Journaling
import Sequencing
import Synchronization
import Venues

/// The thread of the built-in exchange: lets its market go on with the clock, and takes our commands.
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

  /// - Parameter playback: what the market plays, if it plays something.
  init(_ market: consuming PaperMarket, _ playback: consuming Playback? = nil, clock: LiveClock) {
    self.market = market
    self.playback = playback
    self.clock = clock
  }

  /// Why what is played could not be read on.
  var failure: JournalError? { fault.withLock { $0 } }

  /// Begins to trade and to tell.
  /// - Parameters:
  ///   - orders: open ones of an earlier life; see `PaperMarket.forget`.
  ///   - onFault: called when what is played cannot be read on.
  /// - Returns: false if the system refuses a thread.
  func start(
    telling inbox: Inbox, of orders: [(order: OrderID, isTaken: Bool)],
    onFault: @escaping @Sendable () -> Void
  ) -> Bool {
    self.inbox = inbox
    self.onFault = onFault
    let now = clock.now()
    market.forget(orders, at: now)
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
        market.receive(command, at: now)
        latency.record(steady - handed, count: 1)
      }
      arrived.removeAll(keepingCapacity: true)
      play(at: now)
      let isPatient = market.isPatient
      market.advance(to: now) { event in
        inbox.put(
          event.observation, event: event.event, receive: clock.now(), conflates: !isPatient)
      }
      playback?.report(market)
      if market.recording?.wantsMore == true { continue }
      bell.wait(market.nextTime?.since(clock.now()) ?? 1_000_000_000, isPatient: true)
    }
  }

  private func play(at now: Instant) {
    guard playback != nil, failure == nil, let error = playback?.attend(&market, at: now) else {
      return
    }
    fault.withLock { $0 = error }
    onFault?()
  }
}
