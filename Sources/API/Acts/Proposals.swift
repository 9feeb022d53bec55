import Events
import Reporting
import Synchronization

/// What one person asked for and another has to let happen.
struct Proposal: Sendable, Equatable {
  enum Act: Sendable, Equatable {
    /// Of a scope as the control socket names it.
    case resume(scope: String)
    /// By the configuration's key: `risk.order.max_notional`; an empty value takes the limit away.
    case limit(key: String, value: String, at: String?)
  }

  /// `prp-7`
  var id: UInt64
  var act: Act
  var reason: String
  var proposer: String
  /// Monotonic, in seconds.
  var time: Double

  var name: String { "prp-\(id)" }

  /// As the list of proposals shows it.
  func json(at now: Double) -> JSON {
    let left = max(0, Int(Proposals.life - (now - time)))
    let fields: [(String, JSON)] =
      switch act {
      case .resume(let scope): [("act", .string("resume")), ("scope", .string(scope))]
      case .limit(let key, let value, let at):
        [
          ("act", .string("limit")), ("key", .string(key)), ("value", .string(value)),
          ("at", .string(at)),
        ]
      }
    return .object(
      [("proposal", .string(name))] + fields + [
        ("reason", .string(reason)), ("proposer", .string(proposer)),
        ("expires_in", .number(left)),
      ])
  }

  /// What the daemon is asked for, in the name of both.
  func request(approvedBy approver: String) -> JSON {
    let subject = FourEyes(proposer: proposer, approver: approver).subject
    switch act {
    case .resume(let scope):
      return .object([
        ("op", .string("act")), ("act", .string("resume")), ("scope", .string(scope)),
        ("reason", .string(reason)), ("subject", .string(subject)),
      ])
    case .limit(let key, let value, let at):
      return .object(
        [("op", .string("limit")), ("key", .string(key)), ("value", .string(value))]
          + (at.map { [("at", .string($0))] } ?? []) + [
            ("reason", .string(reason)), ("subject", .string(subject)),
          ])
    }
  }
}

/// The proposals that wait for a second person. They live in this process: after a restart they are made again.
final class Proposals: Sendable {
  /// Seconds until a proposal is too old.
  static let life = 15 * 60.0
  static let most = 256

  private struct State {
    var waiting: [Proposal] = []
    /// Being carried out.
    var taken: Set<UInt64> = []
    var last: UInt64 = 0
  }

  private let state = Mutex(State())

  /// Those that wait, oldest first.
  func waiting(at now: Double) -> [Proposal] {
    state.withLock { state in
      Self.forget(&state, at: now)
      return state.waiting
    }
  }

  func add(_ act: Proposal.Act, reason: String, by proposer: String, at now: Double)
    throws(Problem) -> Proposal
  {
    try state.withLock { (state) throws(Problem) in
      Self.forget(&state, at: now)
      guard state.waiting.count < Self.most else {
        throw .unavailable("too_many_proposals", "Too many proposals wait.", after: 60)
      }
      state.last += 1
      let proposal = Proposal(
        id: state.last, act: act, reason: reason, proposer: proposer, time: now)
      state.waiting.append(proposal)
      return proposal
    }
  }

  /// Lets a proposal happen: takes it out, does it, and puts it back if it was certainly not done.
  func approve(
    _ id: UInt64, by approver: String, at now: Double,
    _ act: (Proposal) async throws(Problem) -> UInt64
  ) async throws(Problem) -> (Proposal, UInt64) {
    let proposal = try take(id, by: approver, at: now)
    do throws(Problem) {
      let sequence = try await act(proposal)
      end(id, isDone: true)
      return (proposal, sequence)
    } catch {
      // In doubt it is not offered again.
      end(id, isDone: error.status == 504)
      throw error
    }
  }

  private func take(_ id: UInt64, by approver: String, at now: Double) throws(Problem) -> Proposal {
    try state.withLock { (state) throws(Problem) in
      Self.forget(&state, at: now)
      guard let proposal = state.waiting.first(where: { $0.id == id }) else {
        throw Self.unknown(id)
      }
      guard proposal.proposer != approver else {
        throw Problem(
          status: 403, code: "same_person",
          detail: "`\(approver)` made the proposal; somebody else has to approve it.")
      }
      guard state.taken.insert(id).inserted else {
        throw Problem(
          status: 409, code: "in_flight", detail: "\(proposal.name) is being carried out.",
          isRetryable: true, headers: [Header("retry-after", "1")])
      }
      return proposal
    }
  }

  private func end(_ id: UInt64, isDone: Bool) {
    state.withLock { state in
      state.taken.remove(id)
      if isDone { state.waiting.removeAll { $0.id == id } }
    }
  }

  /// Takes a proposal back, or turns it down.
  func withdraw(_ id: UInt64, at now: Double) throws(Problem) -> Proposal {
    try state.withLock { (state) throws(Problem) in
      Self.forget(&state, at: now)
      guard let index = state.waiting.firstIndex(where: { $0.id == id }),
        !state.taken.contains(id)
      else { throw Self.unknown(id) }
      return state.waiting.remove(at: index)
    }
  }

  private static func unknown(_ id: UInt64) -> Problem {
    .missing(
      "unknown_proposal",
      "There is no proposal prp-\(id): it is done, withdrawn, or older than 15 minutes.")
  }

  private static func forget(_ state: inout State, at now: Double) {
    state.waiting.removeAll { now - $0.time >= life && !state.taken.contains($0.id) }
  }
}
