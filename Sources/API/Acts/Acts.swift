import Events
import Journaling
import Reporting
import Trading

/// What acting endpoints have in common: the control socket, keys against doing twice, proposals.
struct Acts: Sendable {
  let socket: ControlSocket
  let idempotency: Idempotency
  let proposals: Proposals
  let reads: Reads
  let clock: TimeSource

  init(socket: ControlSocket, shelf: ActShelf, reads: Reads, clock: TimeSource) {
    self.socket = socket
    idempotency = Idempotency(shelf)
    proposals = Proposals(shelf: shelf)
    self.reads = reads
    self.clock = clock
  }

  static let scope = Field(
    name: "scope",
    summary: "all, strategy NAME, instrument SYMBOL, venue NAME, account NAME or order ord-N.")
  static let reason = Field(name: "reason", summary: "Why, as the journal keeps it.")

  /// Who asks.
  /// - Precondition: the route needs a token.
  static func subject(_ call: Call) -> Subject {
    guard let subject = call.subject else { preconditionFailure("an act without a subject") }
    return subject
  }

  /// Does an act once, and answers 202 with its sequence.
  /// - Parameter mayRepeat: whether it may be done twice rather than not at all.
  func act(
    _ call: Call, mayRepeat: Bool = false,
    _ perform: () async throws(Problem) -> Answer
  ) async throws(Problem) -> Answer {
    let key = try Idempotency.key(of: call, Self.subject(call))
    let body = String(decoding: call.body, as: UTF8.self)
    let path = call.target.path.joined(separator: "/")
    return try await idempotency.once(
      key, "\(call.method) \(path)\n\(body)", at: clock.now(), mayRepeat: mayRepeat,
      perform)
  }

  /// Asks the daemon, and answers with the sequence of the entry.
  func record(_ request: JSON, _ more: [(String, JSON)] = []) async throws(Problem) -> Answer {
    let sequence = try await socket.ask(request).sequence()
    return Self.recorded(sequence, more)
  }

  static func recorded(_ sequence: UInt64, _ more: [(String, JSON)] = []) -> Answer {
    Answer(
      .object([("status", .string("recorded")), ("seq", .number(sequence))] + more), status: 202)
  }

  /// `{"op":"act",…}`
  static func request(
    _ act: OperatorAct.Act, scope: String, reason: String, subject: String
  ) -> JSON {
    .object([
      ("op", .string("act")), ("act", .string(act.name)), ("scope", .string(scope)),
      ("reason", .string(reason)), ("subject", .string(subject)),
    ])
  }

  /// The configuration's key of a limit: `order.max_notional` of `strategy momo` is
  /// `risk.strategy.momo.order.max_notional`.
  static func limitKey(_ key: String, _ scope: String) -> String {
    let words = scope.split(separator: " ", maxSplits: 1)
    let name = key.hasPrefix("risk.") ? String(key.dropFirst(5)) : key
    return words.count == 2 ? "risk.\(words[0]).\(words[1]).\(name)" : "risk.\(name)"
  }
}
