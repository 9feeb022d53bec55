import Events
import Glibc
import Journaling
import Sequencing
import Synchronization
import Venues

/// The thread of the built-in exchange: lets its market go on with the clock, and takes our commands.
final class PaperVenue: VenueLink, @unchecked Sendable {
  let latency = SendLatency()
  private let queue = Mutex<[(command: Command, handed: Int64)]>([])
  private let isStopping = Atomic<Bool>(false)
  private let bell = Bell()
  private let clock: LiveClock
  private var thread = pthread_t()
  private var inbox: Inbox?
  // Belongs to the thread once that has started.
  private var market: PaperMarket
  private var arrived: [(command: Command, handed: Int64)] = []

  init(_ market: consuming PaperMarket, clock: LiveClock) {
    self.market = market
    self.clock = clock
  }

  /// Begins to trade and to tell.
  /// - Parameter orders: open ones of an earlier life; see `PaperMarket.forget`.
  /// - Returns: false if the system refuses a thread.
  func start(
    telling inbox: Inbox, of orders: [(order: OrderID, isAnswered: Bool)]
  ) -> Bool {
    self.inbox = inbox
    market.forget(orders, at: clock.now())
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
      market.advance(to: now) { event in
        inbox.put(event.observation, event: event.time, receive: clock.now())
      }
      guard let next = market.nextTime else { return bell.wait(1_000_000_000) }
      bell.wait(next.since(clock.now()), isPatient: true)
    }
  }
}
