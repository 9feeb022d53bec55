import Synchronization

/// The newest bulletins, for clients that keep up; who falls behind reads the journal itself. So nothing grows
/// with slow clients.
final class Feed: Sendable {
  /// How many bulletins are kept.
  private static let kept = 64

  enum Next: Sendable {
    case bulletin(Bulletin)
    /// The bulletins after the sequence are not kept any more, or never were.
    case behind
    /// There is nothing new.
    case nothing
    case closed
  }

  private struct State {
    var bulletins: [Bulletin] = []
    /// Sequence of the entry that the feed is at.
    var last: UInt64 = 0
    var listeners = 0
    var isClosed = false
    var nudges: UInt64 = 0
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Mutex(State())

  /// Whether it is worth writing bulletins.
  var hasListeners: Bool { state.withLock { $0.listeners > 0 } }

  func join() { state.withLock { $0.listeners += 1 } }

  func leave() { state.withLock { $0.listeners -= 1 } }

  /// Adds a bulletin, or only where the journal is if nobody listens.
  func publish(_ bulletin: Bulletin?, through last: UInt64) {
    wake { state in
      state.last = last
      guard let bulletin else { return state.bulletins.removeAll() }
      if let newest = state.bulletins.last, newest.range.upperBound + 1 != bulletin.range.lowerBound
      {
        state.bulletins.removeAll()
      }
      state.bulletins.append(bulletin)
      if state.bulletins.count > Self.kept { state.bulletins.removeFirst() }
    }
  }

  /// Wakes all who wait, so that they look again at what else they wait for.
  func nudge() {
    wake { $0.nudges += 1 }
  }

  /// How often the feed was nudged: to be read before looking at what a nudge would be about.
  var nudges: UInt64 { state.withLock { $0.nudges } }

  /// Ends all who listen.
  func close() {
    wake { $0.isClosed = true }
  }

  private func wake(_ change: (inout State) -> Void) {
    let waiting = state.withLock { state in
      change(&state)
      defer { state.waiting.removeAll() }
      return state.waiting
    }
    for one in waiting { one.resume() }
  }

  /// The bulletin that goes on after an entry; it may begin before.
  func next(after sequence: UInt64) -> Next {
    state.withLock { state in
      if state.isClosed { return .closed }
      if sequence >= state.last { return .nothing }
      guard let first = state.bulletins.first, first.range.lowerBound <= sequence + 1,
        let found = state.bulletins.first(where: { $0.range.upperBound > sequence })
      else { return .behind }
      return .bulletin(found)
    }
  }

  /// Where the feed is.
  var last: UInt64 { state.withLock { $0.last } }

  /// Waits until there is something after an entry, the feed is closed, or was nudged since `nudges`.
  func wait(after sequence: UInt64, since nudges: UInt64) async {
    await withCheckedContinuation { continuation in
      let isDue = state.withLock { state in
        if state.isClosed || state.last > sequence || state.nudges != nudges { return true }
        state.waiting.append(continuation)
        return false
      }
      if isDue { continuation.resume() }
    }
  }
}
