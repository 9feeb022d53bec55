import Alerting
import Events
import Logging
import Synchronization

/// Tells one receiver: takes messages at once, delivers them in their order by a task of its own.
final class Courier: Sendable {
  /// How it goes.
  struct Figures: Equatable, Sendable {
    var name: String
    var depth = 0
    var delivered: UInt64 = 0
    var lost: UInt64 = 0
    var failuresInARow = 0
    /// Why the last attempt failed, while it has not succeeded since.
    var failure: String?
  }

  let settings: SinkSettings
  private let carrier: any Carrier
  private let clock: @Sendable () -> Instant
  private let log: Logger

  private struct State {
    var queue = DeliveryQueue()
    var failure: String?
    var sleeper: CheckedContinuation<Void, Never>?
    /// Wakes the sleeper.
    var timer: Task<Void, Never>?
    var isStopped = false
  }
  private let state = Mutex(State())

  init(
    _ settings: SinkSettings, _ carrier: any Carrier, clock: @escaping @Sendable () -> Instant,
    log: Logger
  ) {
    self.settings = settings
    self.carrier = carrier
    self.clock = clock
    self.log = log
  }

  var figures: Figures {
    state.withLock { state in
      Figures(
        name: settings.name, depth: state.queue.depth, delivered: state.queue.delivered,
        lost: state.queue.lost, failuresInARow: state.queue.failuresInARow,
        failure: state.failure)
    }
  }

  /// Takes a message, if it is grave enough for the receiver.
  func offer(_ message: AlertMessage) {
    guard message.alert.severity >= settings.least else { return }
    wake { $0.queue.offer(message) }
  }

  /// Ends `run`. What waits is not delivered any more: the next process tells what is still open.
  func stop() { wake { $0.isStopped = true } }

  private func wake(_ change: (inout State) -> Void) {
    let sleeper = state.withLock { state in
      change(&state)
      defer { (state.sleeper, state.timer) = (nil, nil) }
      state.timer?.cancel()
      return state.sleeper
    }
    sleeper?.resume()
  }

  /// Delivers until `stop`.
  func run() async {
    while true {
      let (next, isStopped) = state.withLock { state in
        state.isStopped ? (.idle, true) : (state.queue.next(at: clock()), false)
      }
      if isStopped { return }
      switch next {
      case .deliver(let message): await deliver(message)
      case .wait(let moment): await sleep(for: moment.since(clock()))
      case .idle: await sleep(for: nil)
      }
    }
  }

  private func deliver(_ message: AlertMessage) async {
    do throws(DeliveryFailure) {
      try await carrier.carry(message)
      state.withLock { state in
        state.queue.succeed()
        state.failure = nil
      }
    } catch {
      let now = clock()
      state.withLock { state in
        state.queue.fail(isFinal: error.isFinal, at: now)
        state.failure = error.text
      }
      log.warning(
        "an alert was not delivered",
        metadata: [
          "sink": "\(settings.name)", "alert": "\(message.alert.key)", "why": "\(error.text)",
          "given_up": "\(error.isFinal)",
        ])
    }
  }

  /// Waits so long, or until woken.
  /// - Parameter nanoseconds: nil for ever.
  private func sleep(for nanoseconds: Int64?) async {
    await withCheckedContinuation { continuation in
      let isDue = state.withLock { state in
        if state.isStopped || (nanoseconds == nil && state.queue.depth > 0) { return true }
        state.sleeper = continuation
        state.timer = nanoseconds.map { nanoseconds in
          Task { [weak self] in
            do { try await Task.sleep(nanoseconds: UInt64(max(nanoseconds, 1_000_000))) } catch {
              // Something else woke the sleeper.
              return
            }
            self?.wake { _ in }
          }
        }
        return false
      }
      if isDue { continuation.resume() }
    }
  }
}
