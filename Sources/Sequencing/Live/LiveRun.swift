import Events
import Glibc
import Journaling
import Synchronization
import Trading

/// A live run: the core's thread and the journal's, from the first entry of the run to its last
/// (docs/live.md).
public final class LiveRun: @unchecked Sendable {
  /// Where feeds, venues and people bring what the core is to know.
  public let inbox: Inbox
  private let board = LiveBoard()
  private let journal: JournalThread
  /// The run's last entries, once it is to end.
  private let stop = Mutex<[Observation]?>(nil)
  private var thread = pthread_t()
  // Belongs to the core's thread once that has started.
  private var core: LiveCore

  /// - Parameters:
  ///   - journal: opened for writing; it ends where the sequencer goes on.
  ///   - key: signs a checkpoint with each snapshot; nil for none.
  ///   - outlet: what is let out.
  public init(
    _ sequencer: consuming Sequencer, journal: consuming Journal, key: consuming SigningKey?,
    outlet: any Outlet, settings: LiveSettings, clock: LiveClock = .system
  ) {
    precondition(sequencer.sequence == journal.head.sequence, "the state is the journal's")
    inbox = Inbox(capacity: settings.inboxCapacity)
    self.journal = JournalThread(
      journal, key: key, inbox: inbox, outlet: outlet, board: board, clock: clock,
      staleAfter: settings.staleAfter)
    core = LiveCore(sequencer, inbox, self.journal, board, settings, clock)
  }

  /// How the run is.
  public var status: LiveStatus { board.read() }

  /// Begins: the run's first entries, then the threads.
  /// - Returns: false if the system refuses a thread; then nothing was recorded.
  public func start(_ run: RunStart, _ configuration: ConfigurationItems) -> Bool {
    guard journal.start() else { return false }
    core.step(.runStarted(run))
    core.step(.configuration(configuration))
    for venue in core.venuesWithOrders {
      core.step(.connection(ConnectionChange(venue: venue, state: .disconnected, text: "restart")))
    }
    core.flush(snapshot: false)
    guard let thread = startThread({ self.run() }) else {
      journal.stop()
      return false
    }
    self.thread = thread
    return true
  }

  /// Ends the run: what is in the inbox is taken, then the last entries, a snapshot, and the disk is waited
  /// for. Call it once, and bring nothing after it.
  /// - Parameter last: what is stepped when nothing comes any more, before the end.
  public func finish(_ why: RunStop, after last: [Observation] = []) {
    stop.withLock { $0 = last + [.runStopped(why)] }
    inbox.bell.ring()
    pthread_join(thread, nil)
    inbox.close()
    journal.stop()
  }

  private func run() {
    ResidentMemory.prepare()
    while true {
      let pause = core.turn()
      if let last = stop.withLock({ $0 }) {
        _ = core.turn()
        for observation in last { core.step(observation) }
        core.flush(snapshot: true)
        return
      }
      inbox.bell.wait(pause)
    }
  }
}
