import NIOPosix
import Synchronization

/// Threads for what would hold up an event loop.
final class Pools: Sendable {
  /// How much may wait for the pool of long reads.
  private static let mostWaiting = 32

  private let quick = NIOThreadPool(numberOfThreads: 2)
  private let slow = NIOThreadPool(numberOfThreads: 2)
  private let waiting = Atomic(0)

  init() {
    quick.start()
    slow.start()
  }

  /// Runs what takes milliseconds at most.
  func quickly<R: Sendable>(
    _ body: @escaping @Sendable () throws(Problem) -> R
  ) async throws(Problem) -> R {
    try await run(quick, body)
  }

  /// Runs what may take longer.
  /// - Throws: `busy` if too much waits already.
  func slowly<R: Sendable>(
    _ body: @escaping @Sendable () throws(Problem) -> R
  ) async throws(Problem) -> R {
    let before = waiting.add(1, ordering: .relaxed).oldValue
    defer { waiting.subtract(1, ordering: .relaxed) }
    guard before < Self.mostWaiting else {
      throw .unavailable(Problem.busy, "Too many long reads are under way. Ask again in a moment.")
    }
    return try await run(slow, body)
  }

  private func run<R: Sendable>(
    _ pool: NIOThreadPool, _ body: @escaping @Sendable () throws(Problem) -> R
  ) async throws(Problem) -> R {
    let result: Result<R, Problem>
    do {
      result = try await pool.runIfActive {
        do throws(Problem) { return .success(try body()) } catch { return .failure(error) }
      }
    } catch {
      throw .unavailable("stopping", "The server is stopping.")
    }
    return try result.get()
  }

  func stop() async {
    for pool in [quick, slow] {
      // It fails only if it has been stopped.
      try? await pool.shutdownGracefully()
    }
  }
}
