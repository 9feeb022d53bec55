import Events
import Journaling
import Monitoring
import Projections
import Reporting
import Sequencing
import Synchronization
import Trading

/// Keeps an engine at the journal's head: applies the entries as they are committed, each decision made again
/// and compared. Has a thread of its own; whoever asks for the state waits for one stretch at most.
final class Follower: Sendable {
  /// How far it is.
  struct Progress: Sendable, Equatable {
    /// Sequence of the entry applied last.
    var applied: UInt64 = 0
    /// Sequence of the journal's last entry when it was looked at last.
    var head: UInt64 = 0
    /// Receive time of the entry applied last.
    var time = Instant.epoch
    /// Whether it has been at the head since the start.
    var isReady = false
    /// Why the journal cannot be read, if it cannot.
    var failure: String?
    /// Why the state cannot be known from here on; entries can still be read.
    var divergence: String?
  }

  /// Entries applied before others may look at the state.
  private static let stretch: UInt64 = 8192
  private static let pause = 0.005
  /// Seconds until a journal that could not be read is tried again.
  private static let patience = 1.0

  let reader: JournalReader
  let catalog: [StrategyKind]
  /// New entries, decoded once for all who listen.
  let feed: Feed
  private let projector: Projector
  private let replay: SharedReplay
  private let names = Mutex(NameBook())
  private let shared = Mutex(Progress())
  private let thread = FollowingThread("follower")

  /// - Parameter projector: what its read model has of names need not be looked for in the journal.
  init(_ reader: JournalReader, catalog: [StrategyKind], _ projector: Projector) {
    self.reader = reader
    self.catalog = catalog
    self.projector = projector
    feed = Feed()
    replay = SharedReplay(Replay(engine: Engine(catalog: catalog)))
  }

  var progress: Progress { shared.withLock { $0 } }

  /// Names as they were after an entry.
  func names(asOf sequence: UInt64) -> Names { names.withLock { $0.names(asOf: sequence) } }

  /// Symbols of all instruments, sorted; nil while they are not all known.
  var symbols: [String]? { progress.isReady ? names.withLock { $0.symbols } : nil }

  /// Lends the engine as it is at the head.
  /// - Throws: a problem if it is not there yet, or cannot be.
  func withState<R: Sendable>(
    _ body: (borrowing Engine, UInt64) throws(Problem) -> R
  ) throws(Problem) -> R {
    let now = progress
    if let failure = now.failure ?? now.divergence {
      throw .unavailable("state_unavailable", failure)
    }
    guard now.isReady else {
      throw .unavailable(
        "starting", "the journal is being read: at #\(now.applied) of #\(now.head)")
    }
    return try replay.withLock { (replay) throws(Problem) -> R in
      try body(replay.engine, replay.sequence)
    }
  }

  /// Waits until it has been at the head.
  func untilReady() async {
    while true {
      let nudges = feed.nudges
      if progress.isReady { return }
      await feed.wait(after: .max, since: nudges)
    }
  }

  func start() { thread.start { [self] in run() } }

  /// Ends the thread and waits for it.
  func stop() {
    thread.stop()
    feed.close()
  }

  private var mayGoOn: Bool { thread.mayGoOn }

  private func run() {
    var pages = EntryPages(reader)
    while mayGoOn {
      do {
        let head = try reader.lastSequence()
        shared.withLock { $0.head = head }
        try load(head, &pages)
        while mayGoOn {
          let isNew = try advance(&pages)
          if !isNew { thread.rest(Self.pause) }
        }
      } catch {
        let text = (error as? JournalError)?.description ?? "\(error)"
        shared.withLock { $0.failure = text }
        thread.rest(Self.patience)
      }
    }
  }

  /// Takes names from the read model, as far as it goes.
  /// - Returns: the sequence up to which they are known.
  private func load(_ book: inout NameBook, through head: UInt64) throws -> UInt64 {
    guard let model = projector.model else { return 0 }
    let names: ReadModel.Names
    do { names = try model.names(through: head) } catch {
      projector.report(error)
      return 0
    }
    for sequence in names.definitions {
      if let entry = try reader.entry(sequence) { book.note(entry.event, entry.header) }
    }
    book.note(names.orders)
    return names.through
  }

  /// Reads names from the read model and the journal after it, and the state from its newest snapshot.
  private func load(_ head: UInt64, _ pages: inout EntryPages) throws {
    shared.withLock { $0.failure = nil }
    guard !progress.isReady else { return }
    if pages.nextSequence == 1 {
      var book = NameBook()
      let known = try load(&book, through: head)
      try book.read(reader, after: known, through: head) { mayGoOn }
      book.pass(head)
      names.withLock { $0 = book }
      pages = EntryPages(reader, from: head + 1)
    }
    guard try take(upTo: head) else { return }
    shared.withLock { $0.isReady = true }
    feed.publish(nil, through: head)
    feed.nudge()
  }

  /// Takes the state after an entry.
  /// - Returns: false if it was told to stop.
  private func take(upTo head: UInt64) throws -> Bool {
    var state: Replay?
    do {
      state = try Replay.state(of: reader, at: head, catalog: catalog) { _, _ in mayGoOn }
    } catch {
      guard case .diverged(let divergence) = error else { throw error }
      diverge(divergence)
      return true
    }
    let reached = replay.withLock { replay -> (UInt64, Instant)? in
      guard let new = state.take() else { return nil }
      replay = new
      return (replay.sequence, replay.time)
    }
    guard let reached else { return false }
    shared.withLock { progress in
      progress.applied = reached.0
      progress.time = reached.1
    }
    return true
  }

  private func diverge(_ divergence: Divergence) {
    shared.withLock { $0.divergence = SequencingError.diverged(divergence).description }
  }

  /// Takes what is new, up to a stretch.
  /// - Returns: whether there was anything.
  private func advance(_ pages: inout EntryPages) throws -> Bool {
    let head = try reader.lastSequence()
    shared.withLock { $0.head = head }
    var isNew = false
    if progress.divergence == nil, progress.applied < head {
      let reached = try replay.withLock { replay in
        try replay.run(
          reader, through: min(head, replay.sequence + Self.stretch), verify: false, isOver: false)
        return (replay.sequence, replay.time, replay.divergence)
      }
      shared.withLock { progress in
        progress.applied = reached.0
        progress.time = reached.1
      }
      if let divergence = reached.2 { diverge(divergence) }
      isNew = true
    }
    if pages.nextSequence <= head, let page = try pages.next() {
      publish(page)
      isNew = true
    }
    return isNew
  }

  private func publish(_ page: [Entry]) {
    let isHeard = feed.hasListeners
    let bulletin = names.withLock { book -> Bulletin? in
      if isHeard { return book.bulletin(page) }
      for entry in page { book.note(entry.event, entry.header) }
      return nil
    }
    feed.publish(bulletin, through: page[page.count - 1].header.sequence)
  }
}

extension NameBook {
  /// Reads the definitions in a journal after an entry. O(entries), a few nanoseconds a tick.
  mutating func read(
    _ reader: JournalReader, after first: UInt64 = 0, through last: UInt64,
    while mayGoOn: () -> Bool
  ) throws(JournalError) {
    guard first < last else { return }
    var decoder = BlockDecoder()
    var book = self
    try reader.forEachBlock(from: first + 1, through: last) { (_, content) throws(Damage) in
      guard mayGoOn() else { return false }
      _ = try decoder.begin(content)
      return try decoder.forEachEntry(
        of: content, tick: { (_, entry) throws(Damage) in entry.sequence <= last },
        record: { (kind, payload, entry) throws(Damage) in
          guard entry.sequence <= last else { return false }
          if entry.sequence > first, EntryText.needs(kind) {
            book.note(try kind.event(content, payload), entry)
          }
          return true
        })
    }
    self = book
  }
}
