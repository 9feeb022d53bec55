import Events
import Synchronization
import Venues

/// Between a person who plays a recording by hand and the thread that plays it: what was said waits here, and
/// what came of it is told.
public final class PlaybackControl: Sendable {
  private let orders = Mutex<[PlaybackOrder]>([])
  private let onOrder = Mutex<(@Sendable () -> Void)?>(nil)
  private let isEnd = Atomic<Bool>(false)
  private let say: @Sendable (String) -> Void

  /// - Parameter say: tells a line; any thread may call it.
  public init(_ say: @escaping @Sendable (String) -> Void) { self.say = say }

  /// Says what to do next.
  public func put(_ order: PlaybackOrder) {
    orders.withLock { $0.append(order) }
    onOrder.withLock { $0 }?()
  }

  /// Whether somebody said that it is to end, and its turn has come.
  public var isEndWanted: Bool { isEnd.load(ordering: .relaxed) }

  /// Has somebody woken when something was said.
  func wake(_ body: @escaping @Sendable () -> Void) { onOrder.withLock { $0 = body } }

  /// The next order, in the order in which they came.
  func take() -> PlaybackOrder? { orders.withLock { $0.isEmpty ? nil : $0.removeFirst() } }

  /// It is to end.
  func end() { isEnd.store(true, ordering: .relaxed) }

  func tell(_ text: String) { say(text) }
}
