import Events
import Journaling
import Monitoring
import Projections
import Sequencing
import Synchronization
import Trading

/// Keeps the read model at the journal's head, on a thread of its own. Whatever becomes of the file, the server
/// goes on without it and tries again.
final class Projector: Sendable {
  /// Where the read model is.
  struct Place: Sendable {
    var path: String
    /// Whether what is there may be removed whatever it is.
    var isOurs: Bool
  }

  struct Progress: Sendable, Equatable {
    /// Sequence of the entry projected last.
    var applied: UInt64 = 0
    /// Whether it has been at the head since the start.
    var isReady = false
    /// Why it cannot be kept, if it cannot.
    var failure: String?
  }

  private struct State: ~Copyable {
    var progress = Progress()
    var model: ReadModel?
    /// The file was found to be damaged by somebody who read it.
    var isDamaged = false
  }

  private static let pause = 0.02
  /// Seconds until it is tried again.
  private static let patience = 1.0

  private let reader: JournalReader
  private let catalog: [StrategyKind]
  private let place: Place
  private let stretch: ProjectionRun.Stretch
  private let say: @Sendable (String) -> Void
  private let state = Mutex(State())
  private let thread = FollowingThread("projector")

  /// - Parameter say: is told why a read model is begun anew, or cannot be kept.
  init(
    _ reader: JournalReader, catalog: [StrategyKind], at place: Place,
    stretch: ProjectionRun.Stretch = ProjectionRun.Stretch(),
    say: @escaping @Sendable (String) -> Void
  ) {
    self.reader = reader
    self.catalog = catalog
    self.place = place
    self.stretch = stretch
    self.say = say
  }

  var progress: Progress { state.withLock { $0.progress } }

  /// The read model; nil while it cannot be used.
  var model: ReadModel? { state.withLock { $0.progress.failure == nil ? $0.model : nil } }

  /// Opens the file, or begins it anew.
  /// - Throws: `ReadModelError.foreign` only: anything else may pass, and is tried again by the thread.
  func open() throws(ReadModelError) {
    let isDamaged = state.withLock { $0.isDamaged }
    do throws(ReadModelError) {
      let (model, note) = try ReadModel.open(
        at: place.path, of: reader, engine: Engine.version, isOurs: place.isOurs,
        isAnew: isDamaged)
      if let note = note ?? (isDamaged ? "it was damaged" : nil) {
        say("\(place.path): \(note): it is made again from the journal")
      }
      let applied = try model.position().sequence
      state.withLock { state in
        state.model = model
        state.progress.applied = applied
        state.progress.failure = nil
        state.isDamaged = false
      }
    } catch {
      if case .foreign = error { throw error }
      fail(error.description)
    }
  }

  private func fail(_ why: String) {
    let isNews = state.withLock { state in
      defer { state.progress.failure = why }
      return state.progress.failure != why
    }
    if isNews { say("no read model: \(why)") }
  }

  /// Takes note that the file could not be read.
  func report(_ error: ReadModelError) {
    guard error.isDamage else { return }
    state.withLock { $0.isDamaged = true }
  }

  func start() {
    thread.start { [self] in
      run()
      // The file is free for others when nobody reads it any more.
      state.withLock { $0.model = nil }
    }
  }

  /// Ends the thread and waits for it.
  func stop() { thread.stop() }

  private var mayGoOn: Bool { thread.mayGoOn }

  private func run() {
    while mayGoOn {
      do throws(ServerError) { try follow() } catch {
        switch error {
        case .readModel(let inner) where inner.isDamage: report(inner)
        case .diverged:
          // It would come to the same again.
          return fail(error.description)
        default:
          fail(error.description)
          thread.rest(Self.patience)
        }
      }
      guard mayGoOn else { return }
      // Closed before it is opened again: the lock is this process's own.
      state.withLock { $0.model = nil }
      do { try open() } catch { fail(error.description) }
      if progress.failure != nil { thread.rest(Self.patience) }
    }
  }

  /// Goes along the journal until told to stop, or the file must be opened again.
  private func follow() throws(ServerError) {
    guard let model else { return }
    let begun = try ProjectionRun.begin(
      model, of: reader, catalog: catalog, stretch: stretch, while: { mayGoOn })
    guard var run = begun else { return }
    while mayGoOn, !state.withLock({ $0.isDamaged }) {
      let isNew = try run.advance()
      let applied = run.position.sequence
      state.withLock { state in
        state.progress.applied = applied
        if !isNew { state.progress.isReady = true }
      }
      if !isNew { thread.rest(Self.pause) }
    }
  }
}
