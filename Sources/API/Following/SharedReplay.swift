import Sequencing
import Synchronization

/// A replay that one thread moves on while others look at it. All of it is behind the lock, which is why it may
/// be shared.
final class SharedReplay: @unchecked Sendable {
  private let lock = Mutex(())
  private var replay: Replay

  init(_ replay: consuming Replay) { self.replay = replay }

  func withLock<R: Sendable, E: Error>(
    _ body: (inout Replay) throws(E) -> R
  ) throws(E) -> R {
    try lock.withLock { (_) throws(E) in try body(&replay) }
  }
}
