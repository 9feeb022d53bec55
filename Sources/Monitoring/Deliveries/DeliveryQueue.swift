import Events

/// What waits to be told to somebody, and when to try again. A value without a clock and without a connection.
///
/// It is bounded: what does not fit, was refused for good or is too old is given up, and counted.
struct DeliveryQueue: Sendable {
  /// Most messages that wait.
  static let capacity = 256
  /// After a failure: the first pause and the longest, in nanoseconds. Each is twice the one before.
  static let pauses = (first: Int64(1_000_000_000), longest: Int64(300_000_000_000))
  /// A message that could not be delivered for so long is given up, in nanoseconds.
  static let patience: Int64 = 6 * 3_600_000_000_000

  enum Next: Equatable {
    /// Deliver this, and say how it went.
    case deliver(AlertMessage)
    /// Ask again then.
    case wait(Instant)
    /// Ask again when something was offered.
    case idle
  }

  private var waiting: [AlertMessage] = []
  private var failures = 0
  private var notBefore = Instant.epoch
  /// Whether the first message is on its way.
  private var isUnderWay = false
  /// Messages that were given up.
  private(set) var lost: UInt64 = 0
  private(set) var delivered: UInt64 = 0
  private(set) var attempts: UInt64 = 0

  /// How many wait.
  var depth: Int { waiting.count }
  /// Failures since the last success.
  var failuresInARow: Int { failures }

  /// Takes a message. Where there is no room the oldest that is not on its way is given up: what is newer says how
  /// things are now.
  mutating func offer(_ message: AlertMessage) {
    if waiting.count >= Self.capacity {
      waiting.remove(at: isUnderWay ? 1 : 0)
      lost += 1
    }
    waiting.append(message)
  }

  /// What is to be done.
  mutating func next(at time: Instant) -> Next {
    precondition(!isUnderWay, "one message at a time")
    while let first = waiting.first, time.since(first.time) >= Self.patience {
      waiting.removeFirst()
      lost += 1
    }
    guard let first = waiting.first else { return .idle }
    guard time >= notBefore else { return .wait(notBefore) }
    isUnderWay = true
    attempts += 1
    return .deliver(first)
  }

  mutating func succeed() {
    precondition(isUnderWay, "nothing is on its way")
    isUnderWay = false
    waiting.removeFirst()
    failures = 0
    notBefore = .epoch
    delivered += 1
  }

  /// - Parameter isFinal: whether it would fail again however often it is tried.
  mutating func fail(isFinal: Bool, at time: Instant) {
    precondition(isUnderWay, "nothing is on its way")
    isUnderWay = false
    failures += 1
    if isFinal {
      waiting.removeFirst()
      lost += 1
    }
    let doublings = min(failures - 1, 20)
    let pause = min(Self.pauses.first << Int64(doublings), Self.pauses.longest)
    notBefore = time.advanced(by: pause)
  }
}
