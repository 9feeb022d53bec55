import Events
import Glibc
import Journaling
import Synchronization
import Trading

/// Records one batch while the core fills the other, waits for the disk by the run's policy, and only then
/// lets commands and receipts out (docs/live.md, Threads).
final class JournalThread: @unchecked Sendable {
  /// Between two tries to record what could not be.
  private static let pause: UInt32 = 250_000
  /// Snapshots that are kept.
  private static let snapshots = 4

  private struct Slot: ~Copyable {
    /// What is to be recorded.
    var pending: Cargo?
    /// What the core can have.
    var spare: Cargo?
    var isStopping = false
  }

  /// What is recorded but may not leave.
  private struct Waiting {
    var sequence: UInt64
    var commands: [Command]
    var receipts: [(receipt: UInt64, sequence: UInt64)]
    var questions: [(venue: VenueID, orders: [OrderID])]
    var decided: [Way]
  }

  private let slot: Mutex<Slot>
  private let bell = Bell()
  private let inbox: Inbox
  private let outlet: any Outlet
  private let board: LiveBoard
  private let clock: LiveClock
  /// Orders that waited for longer are not sent, in nanoseconds.
  private let staleAfter: Int64
  private var thread = pthread_t()
  // What follows belongs to the thread while it runs.
  private var journal: Journal
  private let key: SigningKey?
  private var waiting: [Waiting] = []
  private var commits: UInt64 = 0
  private var stages = StageHistograms()
  private var nextFigures: Int64 = 0

  init(
    _ journal: consuming Journal, key: consuming SigningKey?, inbox: Inbox, outlet: any Outlet,
    board: LiveBoard, clock: LiveClock, staleAfter: Int64
  ) {
    let spare = Cargo()
    spare.batch.begin(at: journal.sequence + 1)
    slot = Mutex(Slot(pending: nil, spare: spare))
    self.journal = journal
    self.key = key
    self.inbox = inbox
    self.outlet = outlet
    self.board = board
    self.clock = clock
    self.staleAfter = staleAfter
  }

  /// - Returns: false if the system refuses a thread.
  func start() -> Bool {
    guard let thread = startThread({ [self] in run() }) else { return false }
    self.thread = thread
    return true
  }

  /// Records what was handed over and ends. The disk has everything, unless it failed.
  func stop() {
    slot.withLock { $0.isStopping = true }
    bell.ring()
    pthread_join(thread, nil)
  }

  /// Takes a full batch and gives an empty one for it, if the thread has one; else nil.
  func exchange(_ full: Cargo, next sequence: UInt64) -> Cargo? {
    let spare = slot.withLock { slot -> Cargo? in
      guard let spare = slot.spare else { return nil }
      slot.spare = nil
      slot.pending = full
      return spare
    }
    guard let spare else { return nil }
    spare.empty(startingAt: sequence)
    bell.ring()
    return spare
  }

  /// Whether a batch would be taken now.
  var isFree: Bool { slot.withLock { $0.spare != nil } }

  private func run() {
    while true {
      let (cargo, isStopping) = slot.withLock { slot -> (Cargo?, Bool) in
        defer { slot.pending = nil }
        return (slot.pending, slot.isStopping)
      }
      if let cargo {
        record(cargo)
        slot.withLock { $0.spare = cargo }
        // The core may have had to wait with what it has.
        inbox.bell.ring()
        if journal.durability == .group, slot.withLock({ $0.pending != nil }) { continue }
      }
      settle()
      if isStopping { return }
      bell.wait(1_000_000_000)
    }
  }

  /// Appends a batch, again and again until the disk takes it.
  private func record(_ cargo: Cargo) {
    persist { () throws(JournalError) in try cargo.batch.record(in: &journal) }
    commits += 1
    waiting.append(
      Waiting(
        sequence: journal.sequence, commands: cargo.batch.takeCommands(),
        receipts: cargo.receipts, questions: cargo.questions, decided: cargo.decided))
    letOut()
    guard let snapshot = cargo.snapshot else { return }
    // It only shortens a restart. One that the disk does not take, as it has room for little more, must not keep
    // the batches that follow: the next comes when it is due.
    try? store(snapshot)
    letOut()
  }

  /// Has the disk take what was appended.
  private func settle() {
    if journal.durability != .none, journal.durableSequence < journal.sequence {
      persist { () throws(JournalError) in try journal.sync() }
    }
    letOut()
    showFigures()
  }

  /// Does something on the disk until it succeeds; meanwhile the status says why not.
  private func persist(_ body: () throws(JournalError) -> Void) {
    var isStalled = false
    while true {
      do throws(JournalError) {
        try body()
        if isStalled { board.change { $0.stall = nil } }
        return
      } catch {
        let text = error.description
        if !isStalled { board.change { $0.stall = text } }
        isStalled = true
        usleep(Self.pause)
      }
    }
  }

  private func store(_ state: [UInt8]) throws(JournalError) {
    let hash = unsafe try journal.writeSnapshot(
      at: journal.sequence, version: Engine.stateVersion, state: state.span.bytes)
    try journal.keepSnapshots(newest: Self.snapshots)
    switch key {
    case .some(let key): try journal.writeCheckpoint(state: hash, at: clock.now(), key: key)
    case .none: break
    }
  }

  /// Lets out what is durable by the policy.
  private func letOut() {
    let durable =
      journal.durability == .none ? journal.sequence : journal.durableSequence
    guard let first = waiting.first, first.sequence <= durable else { return }
    let count = waiting.firstIndex { $0.sequence > durable } ?? waiting.count
    for item in waiting[..<count] { letOut(item) }
    waiting.removeFirst(count)
    let commits = commits
    board.change { status in
      status.durable = durable
      status.commits = commits
    }
  }

  private func letOut(_ item: Waiting) {
    let now = clock.now()
    if !item.commands.isEmpty {
      let age = item.decided.map { now.since($0.decided) }.max() ?? 0
      if age > staleAfter {
        withdraw(item.commands, age: age, at: now)
      } else {
        outlet.send(item.commands)
      }
      for way in item.decided { stages.record(way, at: now) }
    }
    for (venue, orders) in item.questions { outlet.ask(orders, at: venue) }
    for (receipt, sequence) in item.receipts { outlet.acknowledge(receipt, sequence: sequence) }
  }

  /// Orders whose moment has passed do not leave; cancels do.
  private func withdraw(_ commands: [Command], age: Int64, at now: Instant) {
    let seconds = "\(age / 1_000_000_000).\(age / 100_000_000 % 10) s"
    let text = "not sent: it could not be recorded for \(seconds)"
    var halts = false
    for command in commands {
      if case .cancel = command {
        outlet.send([command])
      } else {
        halts = true
        inbox.put(.report(command.unsent(text)), event: now, receive: now)
      }
    }
    guard halts else { return }
    let act = OperatorAct(
      act: .halt, scope: .all, subject: LiveCore.subject,
      reason: "orders could not be recorded for \(seconds)")
    inbox.put(.operatorAct(act), event: now, receive: now)
  }

  private func showFigures() {
    let now = clock.steady()
    guard now >= nextFigures else { return }
    nextFigures = now + 200_000_000
    let seen = stages.figures
    board.change { status in for (stage, figures) in seen { status[stage] = figures } }
  }
}
