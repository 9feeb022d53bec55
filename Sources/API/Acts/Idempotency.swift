import Synchronization

/// What acts were answered with, by subject and `Idempotency-Key`
/// (draft-ietf-httpapi-idempotency-key-header-07): the same request again gets the same answer and does nothing.
final class Idempotency: Sendable {
  /// Seconds that an answer is remembered.
  static let life = 24 * 3600.0
  /// Most answers that are remembered; beyond it acts are refused, since forgetting might do one twice.
  static let most = 100_000

  struct Key: Hashable, Sendable {
    var subject: String
    var key: String
  }

  private struct Record {
    var fingerprint: String
    var time: Double
    /// nil while the act is under way.
    var answer: Answer?
  }

  private struct State {
    var records: [Key: Record] = [:]
    /// In order of their times.
    var order: [(key: Key, time: Double)] = []
    /// How many of `order` are gone already.
    var gone = 0
  }

  private let state = Mutex(State())

  /// The key of a call.
  /// - Throws: 400 if it is missing or no key.
  static func key(of call: Call, _ subject: Subject) throws(Problem) -> Key {
    guard let key = try call.header("idempotency-key") else {
      throw .malformed(
        "no_idempotency_key",
        "An act needs a key of your choice, so that asking twice does it once.",
        [.init(name: "Idempotency-Key", what: "missing")])
    }
    guard (1...128).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    else {
      throw .malformed(
        "bad_idempotency_key", "A key is 1 to 128 printable characters without spaces.",
        [.init(name: "Idempotency-Key", what: "no key")])
    }
    return Key(subject: subject.name, key: key)
  }

  /// Does an act once.
  /// - Parameters:
  ///   - fingerprint: what is asked for, whole.
  ///   - now: monotonic, in seconds.
  /// - Returns: the answer of now or of before. Problems that changed nothing for certain are not remembered, so
  ///   that the same key may try again.
  func once(
    _ key: Key, _ fingerprint: String, at now: Double,
    _ act: () async throws(Problem) -> Answer
  ) async throws(Problem) -> Answer {
    if let answer = try begin(key, fingerprint, at: now) {
      var answer = answer
      answer.headers.append(Header("idempotency-replayed", "true"))
      return answer
    }
    do throws(Problem) {
      let answer = try await act()
      finish(key, answer)
      return answer
    } catch {
      finish(key, error.status == 504 ? error.answer : nil)
      throw error
    }
  }

  /// - Returns: the answer if there is one already; nil if the act is to be done.
  private func begin(_ key: Key, _ fingerprint: String, at now: Double) throws(Problem) -> Answer? {
    try state.withLock { (state) throws(Problem) in
      Self.forget(&state, at: now)
      if let record = state.records[key] {
        guard record.fingerprint == fingerprint else {
          throw Problem(
            status: 422, code: "idempotency_key_reused",
            detail: "The key was used for another request. Take a new one.")
        }
        guard let answer = record.answer else {
          throw Problem(
            status: 409, code: "in_flight", detail: "The same act is under way.",
            isRetryable: true, headers: [Header("retry-after", "1")])
        }
        return answer
      }
      guard state.records.count < Self.most else {
        throw .unavailable("too_many_keys", "Too many acts are remembered.", after: 60)
      }
      state.records[key] = Record(fingerprint: fingerprint, time: now)
      state.order.append((key, now))
      return nil
    }
  }

  private func finish(_ key: Key, _ answer: Answer?) {
    state.withLock { state in
      if let answer {
        state.records[key]?.answer = answer
      } else {
        state.records[key] = nil
      }
    }
  }

  private static func forget(_ state: inout State, at now: Double) {
    while state.gone < state.order.count, now - state.order[state.gone].time >= life {
      let old = state.order[state.gone]
      if state.records[old.key]?.time == old.time { state.records[old.key] = nil }
      state.gone += 1
    }
    guard state.gone > 4096, state.gone * 2 > state.order.count else { return }
    state.order.removeFirst(state.gone)
    state.gone = 0
  }
}
