import Events
import Projections
import Reporting

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
  /// When it was made, in seconds since 1970.
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

extension Proposal {
  fileprivate init(_ stored: ActStore.Proposal) {
    let act: Act =
      stored.act == "resume"
      ? .resume(scope: stored.scope) : .limit(key: stored.key, value: stored.value, at: stored.at)
    self.init(
      id: stored.id, act: act, reason: stored.reason, proposer: stored.proposer, time: stored.time)
  }

  fileprivate var stored: ActStore.Proposal {
    switch act {
    case .resume(let scope):
      ActStore.Proposal(act: "resume", scope: scope, reason: reason, proposer: proposer, time: time)
    case .limit(let key, let value, let at):
      ActStore.Proposal(
        act: "limit", key: key, value: value, at: at, reason: reason, proposer: proposer, time: time
      )
    }
  }
}

/// The proposals that wait for a second person. They are kept over restarts.
struct Proposals: Sendable {
  /// Seconds until a proposal is too old.
  static let life = 15 * 60.0
  static let most = 256

  let shelf: ActShelf

  /// Those that wait, oldest first.
  /// - Parameter now: seconds since 1970.
  func waiting(at now: Double) async throws(Problem) -> [Proposal] {
    try await all(at: now).map(\.0)
  }

  /// With those that are being carried out, which stay listed until that is over.
  private func all(at now: Double) async throws(Problem) -> [(Proposal, isTaken: Bool)] {
    try await shelf.use { (store) throws(ActStoreError) in
      try store.proposals(after: now - Self.life).map { (Proposal($0), $1) }
    }
  }

  func add(_ act: Proposal.Act, reason: String, by proposer: String, at now: Double)
    async throws(Problem) -> Proposal
  {
    var proposal = Proposal(id: 0, act: act, reason: reason, proposer: proposer, time: now)
    let stored = proposal.stored
    let id = try await shelf.use { (store) throws(ActStoreError) in
      try store.add(stored, forgetting: now - Self.life, most: Self.most)
    }
    guard let id else {
      throw .unavailable("too_many_proposals", "Too many proposals wait.", after: 60)
    }
    proposal.id = id
    return proposal
  }

  /// Lets a proposal happen: takes it out, does it, and puts it back if it was certainly not done.
  func approve(
    _ id: UInt64, by approver: String, at now: Double,
    _ act: (Proposal) async throws(Problem) -> UInt64
  ) async throws(Problem) -> (Proposal, UInt64) {
    let proposal = try await take(id, by: approver, at: now)
    do throws(Problem) {
      let sequence = try await act(proposal)
      try await end(id, isDone: true)
      return (proposal, sequence)
    } catch {
      // In doubt it is not offered again.
      try await end(id, isDone: error.status == 504)
      throw error
    }
  }

  private func take(_ id: UInt64, by approver: String, at now: Double) async throws(Problem)
    -> Proposal
  {
    guard let proposal = try await waiting(at: now).first(where: { $0.id == id }) else {
      throw Self.unknown(id)
    }
    guard proposal.proposer != approver else {
      throw Problem(
        status: 403, code: "same_person",
        detail: "`\(approver)` made the proposal; somebody else has to approve it.")
    }
    let isMine = try await shelf.use { (store) throws(ActStoreError) in try store.take(id) }
    guard isMine else {
      throw Problem(
        status: 409, code: "in_flight", detail: "\(proposal.name) is being carried out.",
        isRetryable: true, headers: [Header("retry-after", "1")])
    }
    return proposal
  }

  private func end(_ id: UInt64, isDone: Bool) async throws(Problem) {
    try await shelf.use { (store) throws(ActStoreError) in
      if isDone { try store.remove(id, isTaken: true) } else { try store.putBack(id) }
    }
  }

  /// Takes a proposal back, or turns it down.
  func withdraw(_ id: UInt64, at now: Double) async throws(Problem) -> Proposal {
    guard let proposal = try await waiting(at: now).first(where: { $0.id == id }),
      try await shelf.use({ (store) throws(ActStoreError) in try store.remove(id, isTaken: false) })
    else { throw Self.unknown(id) }
    return proposal
  }

  private static func unknown(_ id: UInt64) -> Problem {
    .missing(
      "unknown_proposal",
      "There is no proposal prp-\(id): it is done, withdrawn, or older than 15 minutes.")
  }
}
