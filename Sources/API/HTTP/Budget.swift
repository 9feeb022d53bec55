import Synchronization

/// How much somebody may ask for: a bucket that fills at a rate and holds so much.
struct Budget: Sendable {
  /// What a request counts against. Halts and cancels have one of their own, so that nothing else that somebody
  /// does can keep them from stopping.
  enum Kind: String, Sendable, CaseIterable {
    case reads, acts, urgent
    /// Requests without a token, and tokens that are refused, by the peer's address.
    case guests

    /// Requests a second, in the long run.
    var rate: Double {
      switch self {
      case .reads: 50
      case .acts: 5
      case .urgent: 20
      case .guests: 20
      }
    }

    /// Requests at once.
    var size: Double {
      switch self {
      case .reads: 200
      case .acts: 20
      case .urgent: 100
      case .guests: 100
      }
    }
  }

  private var level: Double
  private var time: Double

  init(_ kind: Kind, at now: Double) { (level, time) = (kind.size, now) }

  /// Fills up to a moment.
  /// - Returns: what is in it.
  mutating func fill(_ kind: Kind, at now: Double) -> Double {
    level = min(kind.size, level + max(0, now - time) * kind.rate)
    time = max(time, now)
    return level
  }

  /// Takes one if there is one.
  mutating func take(_ kind: Kind, at now: Double) -> Bool {
    guard fill(kind, at: now) >= 1 else { return false }
    level -= 1
    return true
  }
}

/// The budgets of all who ask.
final class Budgets: Sendable {
  /// Most that are remembered; the full ones are forgotten first, then all.
  private static let most = 10_000

  struct Key: Hashable, Sendable {
    var kind: Budget.Kind
    /// Subject or address.
    var who: String
  }

  private let all = Mutex<[Key: Budget]>([:])

  /// How many are remembered.
  var count: Int { all.withLock { $0.count } }

  /// Takes one request out of a budget.
  /// - Parameter now: monotonic, in seconds.
  /// - Returns: the headers that tell what is left.
  /// - Throws: 429 if nothing is.
  func take(_ kind: Budget.Kind, _ who: String, at now: Double) throws(Problem) -> [Header] {
    let (isTaken, left) = all.withLock { all in
      if all.count >= Self.most { Self.forget(&all, at: now) }
      let key = Key(kind: kind, who: who)
      var budget = all[key] ?? Budget(kind, at: now)
      let isTaken = budget.take(kind, at: now)
      let left = budget.fill(kind, at: now)
      all[key] = budget
      return (isTaken, left)
    }
    let seconds = isTaken ? 1 : max(1, Int(((1 - left) / kind.rate).rounded(.up)))
    // draft-ietf-httpapi-ratelimit-headers-10
    let headers = [
      Header("ratelimit-policy", "\"\(kind.rawValue)\";q=\(Int(kind.size));w=\(kind.window)"),
      Header("ratelimit", "\"\(kind.rawValue)\";r=\(Int(left));t=\(seconds)"),
    ]
    guard isTaken else {
      throw Problem(
        status: 429, code: "too_many_requests",
        detail: "Too many requests of the kind `\(kind.rawValue)`: \(Int(kind.size)) at once, then "
          + "\(Int(kind.rate)) a second. Ask again in \(seconds) s.",
        isRetryable: true, headers: headers + [Header("retry-after", "\(seconds)")])
    }
    return headers
  }

  private static func forget(_ all: inout [Key: Budget], at now: Double) {
    all = all.filter { key, budget in
      var budget = budget
      return budget.fill(key.kind, at: now) < key.kind.size
    }
    if all.count >= most { all.removeAll() }
  }
}

extension Budget.Kind {
  /// Seconds in which an empty budget is full again.
  var window: Int { Int((size / rate).rounded(.up)) }
}
