import Sequencing
import Synchronization

/// Who waits for which observation to be durable.
final class ReceiptBook: Sendable {
  private struct Waiter: Sendable {
    var bell: Bell
    var sequence: UInt64?
  }
  private struct State: Sendable {
    var last: UInt64 = 0
    var waiters: [UInt64: Waiter] = [:]
  }
  private let state = Mutex(State())

  /// Brings something under a new number and waits until it is durable.
  /// - Parameters:
  ///   - patience: nanoseconds; after them it may still become durable.
  ///   - bring: puts the observation into the inbox; false if that is closed.
  /// - Returns: the entry's sequence; nil if it was not durable in time.
  func sequence(within patience: Int64, _ bring: (UInt64) -> Bool) -> UInt64? {
    let bell = Bell()
    let number = state.withLock { state in
      state.last += 1
      state.waiters[state.last] = Waiter(bell: bell)
      return state.last
    }
    if bring(number) { bell.wait(patience, isPatient: true) }
    return state.withLock { $0.waiters.removeValue(forKey: number)?.sequence }
  }

  func acknowledge(_ number: UInt64, sequence: UInt64) {
    let bell = state.withLock { state in
      state.waiters[number]?.sequence = sequence
      return state.waiters[number]?.bell
    }
    bell?.ring()
  }
}
