import Dispatch
import Foundation
import Synchronization

/// A thread that follows something until it is told to end, and then is waited for.
public final class FollowingThread: Sendable {
  private let name: String
  private let isStopped = Atomic(false)
  private let bell = DispatchSemaphore(value: 0)
  private let hasEnded = DispatchSemaphore(value: 0)

  public init(_ name: String) { self.name = name }

  /// False once it is to end.
  public var mayGoOn: Bool { !isStopped.load(ordering: .relaxed) }

  /// Begins; to be called once.
  public func start(_ body: @escaping @Sendable () -> Void) {
    let thread = Thread { [self] in
      body()
      hasEnded.signal()
    }
    thread.name = name
    // As much as the main thread's: engines are made on it.
    thread.stackSize = 8 << 20
    thread.start()
  }

  /// Ends the thread and waits for it.
  public func stop() {
    isStopped.store(true, ordering: .relaxed)
    bell.signal()
    hasEnded.wait()
  }

  /// Lets the thread wait, less if it is to end. Called by the thread itself.
  public func rest(_ seconds: Double) {
    guard mayGoOn else { return }
    _ = bell.wait(timeout: .now() + seconds)
  }
}
