import Alerting
import Events
import Foundation
import Logging
import Sequencing
import Serving
import Synchronization

/// Asks the daemon and the machine how they are once a second, and has the daemon record notes. It has a thread of its
/// own, since a daemon that hangs makes it wait.
final class Prober: Sendable {
  /// Who records what the monitor saw.
  static let subject = "daybook-api"
  /// Most notes that wait for a daemon.
  private static let mostNotes = 256
  private static let interval = 1.0
  /// Seconds that the daemon may take to answer.
  private static let patience = 2

  /// What was seen last.
  struct View: Sendable {
    var reading = Reading()
    var status: DaemonStatus?
    /// What strategies have gained, and how far each is below its highest.
    var gains: [(gain: Reading.Worth, drawdown: Int128)] = []
    var time = Instant.epoch
  }

  private let journal: String
  private let outside: Monitor.Outside
  private let log: Logger
  private let peaks = PeakBook()
  private let view = Mutex<View?>(nil)
  private let notes = Mutex<[AlertNote]>([])
  /// Notes that could not be recorded.
  private let unrecorded = Atomic<UInt64>(0)
  private let thread = FollowingThread("prober")

  init(_ journal: String, _ outside: Monitor.Outside, log: Logger) {
    self.journal = journal
    self.outside = outside
    self.log = log
  }

  /// Nil until there is one.
  var last: View? { view.withLock { $0 } }
  var unrecordedNotes: UInt64 { unrecorded.load(ordering: .relaxed) }

  /// Has a note recorded as soon as a daemon answers. Beyond a bound the oldest are given up: the state that they tell
  /// of is the monitor's own.
  func record(_ note: AlertNote) {
    let isFull = notes.withLock { notes in
      notes.append(note)
      guard notes.count > Self.mostNotes else { return false }
      notes.removeFirst()
      return true
    }
    if isFull { unrecorded.add(1, ordering: .relaxed) }
  }

  func start() {
    thread.start { [self] in
      while thread.mayGoOn {
        probe()
        thread.rest(Self.interval)
      }
    }
  }

  /// Ends the thread and waits for it.
  func stop() { thread.stop() }

  private func probe() {
    let status = askStatus()
    var reading = Reading(daemon: status?.reading)
    reading.disk = Host.disk(of: journal)
    reading.clock = LiveClock.system.reading()
    reading.follower = outside.follower()
    reading.worths = outside.worths()
    let now = outside.now()
    let new = View(
      reading: reading, status: status, gains: peaks.note(outside.gains()), time: now)
    view.withLock { $0 = new }
    if status != nil { recordNotes() }
  }

  private func askStatus() -> DaemonStatus? {
    // Nobody there is an answer too: it is what the rules are told.
    guard let client = try? ControlClient.connect(to: journal, patience: Self.patience),
      let fields = try? client.ask([("op", "status")]).fields["status"] as? [String: Any]
    else { return nil }
    return DaemonStatus(fields)
  }

  private func recordNotes() {
    let waiting = notes.withLock { notes in
      defer { notes = [] }
      return notes
    }
    for (index, note) in waiting.enumerated() {
      do throws(ServingError) {
        let client = try ControlClient.connect(to: journal, patience: Self.patience)
        _ = try client.act([
          ("op", "act"), ("act", "note"), ("scope", "all"), ("subject", Self.subject),
          ("reason", note.text),
        ])
      } catch {
        switch error {
        case .refused(let code, _) where code != "stalled" && code != "stopping":
          unrecorded.add(1, ordering: .relaxed)
          log.error("the daemon refuses a note", metadata: ["why": "\(error)"])
        default:
          // In doubt too: to say it twice changes nothing.
          notes.withLock { $0.insert(contentsOf: waiting[index...], at: 0) }
          return
        }
      }
    }
  }
}
