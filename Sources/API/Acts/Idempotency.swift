import Projections
import Synchronization

/// What acts were answered with, by subject and `Idempotency-Key`
/// (draft-ietf-httpapi-idempotency-key-header-07): the same request again gets the same answer and does nothing,
/// also after the process was started again.
final class Idempotency: Sendable {
  typealias Key = ActStore.Key

  /// Seconds that an answer is remembered.
  static let life = 24 * 3600.0
  /// Most answers that are remembered; beyond it acts are refused, since forgetting might do one twice.
  static let most = 100_000

  private let shelf: ActShelf
  /// Acts that this process has begun, with the answers that could not be written down.
  private let begun = Mutex<[Key: Answer?]>([:])

  init(_ shelf: ActShelf) { self.shelf = shelf }

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
  ///   - now: seconds since 1970.
  ///   - mayRepeat: whether it may be done twice rather than not at all: where keys cannot be kept, what stops
  ///     trading still does.
  /// - Returns: the answer of now or of before. Problems that changed nothing for certain are not remembered, so
  ///   that the same key may try again.
  func once(
    _ key: Key, _ fingerprint: String, at now: Double, mayRepeat: Bool = false,
    _ act: () async throws(Problem) -> Answer
  ) async throws(Problem) -> Answer {
    if var answer = try await begin(key, fingerprint, at: now, mayRepeat) {
      answer.headers.append(Header("idempotency-replayed", "true"))
      return answer
    }
    do throws(Problem) {
      let answer = try await act()
      await finish(key, answer)
      return answer
    } catch {
      await finish(key, error.status == 504 ? error.answer : nil)
      throw error
    }
  }

  /// - Returns: the answer if there is one already; nil if the act is to be done.
  private func begin(
    _ key: Key, _ fingerprint: String, at now: Double, _ mayRepeat: Bool
  ) async throws(Problem) -> Answer? {
    let known: ActStore.Known
    do throws(Problem) {
      known = try await shelf.use { (store) throws(ActStoreError) in
        try store.begin(key, fingerprint, at: now, life: Self.life, most: Self.most)
      }
    } catch {
      guard mayRepeat else { throw error }
      return nil
    }
    switch known {
    case .new:
      begun.withLock { $0[key] = .some(nil) }
      return nil
    case .answered(let answer):
      return Answer(status: answer.status, contentType: answer.contentType, text: answer.text)
    case .reused:
      throw Problem(
        status: 422, code: "idempotency_key_reused",
        detail: "The key was used for another request. Take a new one.")
    case .full: throw .unavailable("too_many_keys", "Too many acts are remembered.", after: 60)
    case .begun:
      guard let here = begun.withLock({ $0[key] }) else {
        // By a process that has ended since.
        throw Problem(
          status: 504, code: "in_doubt",
          detail: "The server ended before it answered this act: it may or may not be recorded. "
            + "/api/internal/v1/audit-log tells.")
      }
      guard let answer = here else {
        throw Problem(
          status: 409, code: "in_flight", detail: "The same act is under way.",
          isRetryable: true, headers: [Header("retry-after", "1")])
      }
      return answer
    }
  }

  private func finish(_ key: Key, _ answer: Answer?) async {
    let stored = answer.map {
      ActStore.Answer(status: $0.status, contentType: $0.contentType, text: $0.text)
    }
    do throws(Problem) {
      try await shelf.use { (store) throws(ActStoreError) in try store.finish(key, stored) }
      begun.withLock { $0[key] = nil }
    } catch {
      // What was done is done: the answer is kept here, and after a restart the key is in doubt.
      begun.withLock { begun in
        if begun[key] != nil { begun[key] = .some(answer) }
      }
    }
  }
}
