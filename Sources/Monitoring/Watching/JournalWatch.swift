import Alerting
import Events
import Journaling
import Synchronization

/// Follows the journal with a thread of its own and hands each entry to the rules, the counters and the traces. It
/// reads from the journal's start, so that what was open before is open again; what is to be told begins at the head.
final class JournalWatch: Sendable {
  /// What others may see of it.
  struct View: Sendable {
    var book: AlertBook
    var counters = EntryCounters()
    /// Sequence of the entry that was taken last.
    var sequence: UInt64 = 0
    /// Whether it has been at the head.
    var isAtHead = false
    /// Orders that are traced and have not ended.
    var openTraces = 0
  }

  /// What is to be done because of what was seen, in order, on the thread.
  struct Outcome: Sendable {
    var actions: [AlertAction]
    var spans: [Span]
    var time: Instant
  }

  /// Seconds between two looks, and after one that failed.
  private static let (pause, longPause) = (0.01, 0.2)

  private let reader: JournalReader
  private let settings: AlertSettings
  private let oneIn: UInt64?
  private let view: Mutex<View>
  private let now: @Sendable () -> Instant
  /// What is known beside the journal: asked between two looks.
  private let around: @Sendable () -> (reading: Reading, findings: [Finding], time: Instant)?
  private let handle: @Sendable (Outcome) -> Void
  private let thread = FollowingThread("monitor")

  /// - Parameters:
  ///   - oneIn: one order in so many is traced; nil: none.
  ///   - around: gives a reading once, and nil until there is a new one.
  ///   - handle: does what is to be done.
  init(
    _ reader: JournalReader, _ settings: AlertSettings, oneIn: UInt64?,
    now: @escaping @Sendable () -> Instant,
    around: @escaping @Sendable () -> (reading: Reading, findings: [Finding], time: Instant)?,
    handle: @escaping @Sendable (Outcome) -> Void
  ) {
    self.reader = reader
    self.settings = settings
    self.oneIn = oneIn
    self.now = now
    self.around = around
    self.handle = handle
    view = Mutex(View(book: AlertBook(settings)))
  }

  var last: View { view.withLock { $0 } }

  func start() { thread.start { [self] in run() } }

  /// Ends the thread and waits for it.
  func stop() { thread.stop() }

  private var mayGoOn: Bool { thread.mayGoOn }

  private func run() {
    var round = Round(
      monitor: AlertMonitor(settings), tracer: oneIn.map { OrderTracer(reader.meta.id, oneIn: $0) })
    var lastFailure: String?
    while mayGoOn {
      var failure: String?
      var isNew = false
      do throws(JournalError) {
        let head = try reader.lastSequence()
        isNew = head >= round.next
        if isNew {
          let seen = round.isAtHead ? now() : nil
          try round.read(reader, through: head, seen: seen) { mayGoOn }
        }
        if !round.isAtHead, round.next > head {
          round.isAtHead = true
          round.actions += round.monitor.remind(at: now())
        }
      } catch { failure = error.description }
      if round.isAtHead, let (reading, findings, time) = around() {
        round.actions += round.monitor.take(reading, at: time)
        round.actions += round.monitor.take(findings, at: time)
        isNew = true
      }
      if failure != lastFailure {
        lastFailure = failure
        let finding: Finding =
          failure.map { .raised(.apiDiverged, "monitor", $0) } ?? .cleared(.apiDiverged, "monitor")
        round.actions += round.monitor.take([finding], at: now())
        isNew = true
      }
      if isNew { publish(&round) }
      if !isNew || failure != nil { thread.rest(failure == nil ? Self.pause : Self.longPause) }
    }
  }

  private func publish(_ round: inout Round) {
    let new = View(
      book: round.monitor.book, counters: round.counters, sequence: round.next - 1,
      isAtHead: round.isAtHead, openTraces: round.tracer?.openCount ?? 0)
    view.withLock { $0 = new }
    guard round.isAtHead else { return }
    handle(Outcome(actions: round.actions, spans: round.spans, time: now()))
    round.actions.removeAll()
    round.spans.removeAll()
  }
}

/// What the thread carries from one look to the next.
private struct Round: ~Copyable {
  var monitor: AlertMonitor
  var tracer: OrderTracer?
  var counters = EntryCounters()
  var decoder = BlockDecoder()
  var next: UInt64 = 1
  var isAtHead = false
  var actions: [AlertAction] = []
  var spans: [Span] = []

  init(monitor: AlertMonitor, tracer: OrderTracer?) {
    self.monitor = monitor
    self.tracer = tracer
  }

  /// Reads on. What came before the head was told by the process of then.
  /// - Parameter seen: when the entries were found in the journal; nil for old ones.
  mutating func read(
    _ reader: JournalReader, through head: UInt64, seen: Instant?, while mayGoOn: () -> Bool
  ) throws(JournalError) {
    let (first, isTold) = (next, isAtHead)
    try reader.forEachBlock(from: first, through: head) { (_, content) throws(Damage) in
      guard mayGoOn() else { return false }
      _ = try decoder.begin(content)
      return try decoder.forEachEntry(
        of: content,
        tick: { (tick, header) throws(Damage) in
          guard header.sequence >= next else { return true }
          guard header.sequence <= head else { return false }
          monitor.take(tick: tick, header)
          counters.take(tick: tick)
          tracer?.take(tick: header)
          next = header.sequence + 1
          return true
        },
        record: { (kind, payload, header) throws(Damage) in
          guard header.sequence >= next else { return true }
          guard header.sequence <= head else { return false }
          let entry = Entry(header: header, event: try kind.event(content, payload))
          let actions = monitor.take(entry)
          counters.take(entry.event)
          let spans = tracer?.take(entry, seen: seen) ?? []
          if isTold {
            self.actions += actions
            self.spans += spans
          }
          next = header.sequence + 1
          return true
        })
    }
  }
}
