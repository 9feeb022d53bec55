import Events
import Importing
import Journaling
import Sequencing
import Trading

/// The journal that an import goes into: as a whole, or not at all.
///
/// A class, as the import's sink must be copyable and a journal is not.
final class ImportTarget: ImportSink {
  private let path: String
  private let source: String
  private let isNew: Bool
  private var journal: Journal
  private var isOpen = true
  private var recorder: Recorder
  private var isStarted = false
  /// Where the journal ended before.
  let head: JournalHead
  /// Instruments the journal has, by id.
  let known: [Instrument]
  /// Books they have at its end, by id.
  let books: [BookKinds]
  /// The last bars it has.
  let bars: BarLedger
  /// Where the journal ends after `finish`.
  private(set) var end: JournalHead

  /// Opens the journal, or makes it, and begins the import.
  /// - Throws: `Failure`, `JournalError`.
  init(_ path: String, source: String) throws {
    self.path = path
    self.source = source
    isNew = !Journal.exists(at: path)
    var journal: Journal
    if isNew {
      // What a creation left that was killed is no stranger.
      if let stranger = try Folder.names(in: path)?.first(where: { !Journal.files.contains($0) }) {
        throw Failure(
          .usage,
          "\(path): the folder holds other files (\(stranger)) and no journal. Choose another one.")
      }
      if !Folder.exists(path) { try Folder.makeAbove(path) }
      do {
        journal = try Journal.create(
          at: path,
          meta: JournalMeta(created: Stopwatch.wallClock, engine: Engine.version, seed: 0),
          durability: .none)
      } catch {
        throw Self.told(error, isNew: true)
      }
      (known, books, bars) = ([], [], BarLedger())
    } else {
      // A journal that holds something already is never at a power loss's mercy.
      journal = try Journal.open(at: path, durability: .group)
      if let removed = journal.rolledBack {
        tell(
          "note: \(path): removed what an interrupted import had left, "
            + "\(sequenceText(removed.lowerBound)) to \(sequenceText(removed.upperBound))")
      }
      (known, books, bars) = try Self.instruments(of: journal)
    }
    do {
      try journal.beginImport()
    } catch {
      // A full disk, say: an empty journal that nobody wants must not stay.
      if isNew { OutputFolder.remove(path) }
      throw Self.told(error, isNew: isNew)
    }
    head = journal.head
    end = journal.head
    recorder = Recorder(after: journal.head)
    self.journal = journal
  }

  /// What stopped the import, in words that hold when nothing of it stays.
  func told(_ error: JournalError) -> any Error { Self.told(error, isNew: isNew) }

  private static func told(_ error: JournalError, isNew: Bool) -> any Error {
    guard isNew, case .diskFull(let path) = error else { return error }
    return Failure(
      .failed,
      "\(path): the disk, a quota or the file size limit is full, so there is no new journal. Make room and "
        + "import again.")
  }

  private static func instruments(of journal: borrowing Journal) throws
    -> (known: [Instrument], books: [BookKinds], bars: BarLedger)
  {
    var counts = JournalCounts()
    try counts.scan(journal.reader())
    if let run = counts.runs.map(\.start).first(where: {
      $0.mode == .backtest || $0.mode == .live
    }) {
      throw Failure(
        .usage,
        "\(journal.path): is the journal of a \(run.mode.name) run, which an import would spoil for "
          + "replay. Import into a journal of its own.")
    }
    return (counts.instruments.sorted { $0.id < $1.id }, counts.books, counts.bars)
  }

  func append(_ event: MarketEvent, event time: Instant, receive: Instant) throws {
    if !isStarted { try start(receive) }
    try recorder.append(event, event: time, receive: receive, to: &journal)
  }

  func append(_ observation: Observation, event time: Instant, receive: Instant) throws {
    if !isStarted { try start(receive) }
    try recorder.append(observation, event: time, receive: receive, to: &journal)
  }

  private func start(_ time: Instant) throws {
    isStarted = true
    let run = RunStart(
      mode: .importing, seed: 0, engine: Engine.version, strategies: "", source: source)
    try recorder.append(.runStarted(run), event: time, receive: time, to: &journal)
  }

  /// Ends the run, makes the import count and signs where the journal ends.
  func finish(_ key: borrowing SigningKey) throws {
    let time = recorder.time
    if !isStarted { try start(time) }
    try recorder.append(
      .runStopped(RunStop(why: .finished)), event: time, receive: time, to: &journal)
    try recorder.flush(to: &journal)
    // Signed while it can still be undone: an import counts with its signature or not at all.
    try journal.writeCheckpoint(state: .zero, at: Stopwatch.wallClock, key: key)
    try journal.sync()
    try journal.finishImport()
    isOpen = false
    end = journal.head
    let keyPath = path + "/checkpoint.pub.pem"
    if !Folder.exists(keyPath) { try key.publicKey.save(to: keyPath) }
  }

  /// Removes what was recorded; a new journal goes altogether.
  func abandon() {
    guard isOpen else { return }
    isOpen = false
    do {
      try journal.abandonImport()
    } catch {
      // The next writer removes it; readers do not show it.
      tell("note: \(Failure(error).text)")
    }
    if isNew { OutputFolder.remove(path) }
  }
}
