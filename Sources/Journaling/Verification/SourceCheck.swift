import Events
import Glibc
import Synchronization

/// Checks the chain of a journal, and that it is the one that its checkpoints say, on a thread of its own while
/// somebody else reads the journal: hashing then takes nothing from that one's time.
public struct SourceCheck: ~Copyable {
  private final class Shared: Sendable {
    let reader: JournalReader
    let last: UInt64
    let failure = Mutex<JournalError?>(nil)
    let isCancelled = Atomic<Bool>(false)

    init(_ reader: JournalReader, _ last: UInt64) { (self.reader, self.last) = (reader, last) }

    func run() {
      do throws(JournalError) {
        try reader.forEachBlock(through: last, verify: true) { (_, _) throws(Damage) in
          !isCancelled.load(ordering: .relaxed)
        }
      } catch {
        failure.withLock { $0 = error }
      }
    }
  }

  private let shared: Shared
  /// nil once it was waited for, or where the system refused one.
  private var thread: pthread_t?
  private var isStarted: Bool

  private init(_ shared: Shared, _ thread: pthread_t?) {
    (self.shared, self.thread) = (shared, thread)
    isStarted = thread != nil
  }

  /// Begins to check the entries up to a sequence.
  public static func start(_ reader: JournalReader, through last: UInt64 = .max) -> SourceCheck {
    let shared = Shared(reader, last)
    return SourceCheck(shared, startThread { shared.run() })
  }

  /// Waits until all is checked.
  /// - Throws: what is wrong with the journal.
  public mutating func finish() throws(JournalError) {
    if !isStarted { shared.run() }
    join()
    isStarted = true
    if let failure = shared.failure.withLock({ $0 }) { throw failure }
  }

  private mutating func join() {
    if let thread { pthread_join(thread, nil) }
    thread = nil
  }

  deinit {
    shared.isCancelled.store(true, ordering: .relaxed)
    if let thread { pthread_join(thread, nil) }
  }
}
