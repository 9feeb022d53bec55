import Events
import Reporting
import Sequencing
import Serving
import Trading

extension Acts {
  private static let limitFields = [
    Field(name: "key", summary: "As in the configuration, without `risk.`: order.max_notional."),
    Field(name: "scope", summary: "all, strategy NAME, instrument SYMBOL or account NAME."),
    Field(
      name: "value", mayBeEmpty: true,
      summary: "As in the configuration: 50000 USD; empty for no such limit."),
  ]

  /// What needs two persons: to resume, and to change a limit.
  var proposalRoutes: [Route] {
    [
      Route(
        method: .post, path: "/api/v1/resumes", name: "proposeResume",
        summary: "Ask to go on after a halt; another person with the role risk approves.",
        permission: .propose, budget: .acts, body: [Self.scope, Self.reason], isAct: true,
        success: 202, answers: "status, proposal"
      ) { call throws(Problem) in
        try await propose(call, [Self.scope, Self.reason]) { (fields) throws(Problem) in
          try checkScope(fields.text("scope"))
          return .resume(scope: fields.text("scope"))
        }
      },
      Route(
        method: .post, path: "/api/internal/v1/risk/limits", name: "proposeLimit",
        summary: "Ask for another limit; another person with the role risk approves.",
        permission: .propose, budget: .acts, body: Self.proposedFields, isAct: true,
        success: 202, answers: "status, proposal"
      ) { call throws(Problem) in
        try await propose(call, Self.proposedFields) { (fields) throws(Problem) in
          try check(fields)
          try Self.checkTime(fields)
          return .limit(
            key: Self.limitKey(fields.text("key"), fields.text("scope")),
            value: fields.text("value"), at: fields["at"])
        }
      },
      Route(
        method: .post, path: "/api/internal/v1/risk/limits/validate", name: "validateLimit",
        summary: "Whether a limit could be another now; nothing is changed.",
        permission: .validate, body: Self.limitFields, answers: "valid, key, value, current"
      ) { call throws(Problem) in
        let fields = try Fields(call.body, Self.limitFields)
        try check(fields)
        let key = Self.limitKey(fields.text("key"), fields.text("scope"))
        let current = try reads.follower.withState { (engine, _) in
          engine.limitsInForce.first { $0.key == key }?.value
        }
        return Answer(
          .object([
            ("valid", .bool(true)), ("key", .string(key)),
            ("value", .string(fields.text("value"))), ("current", .string(current)),
          ]))
      },
      Route(
        method: .get, path: "/api/v1/proposals", name: "listProposals",
        summary: "What waits for a second person, oldest first.", permission: .readRisk,
        answers: "data: proposals"
      ) { _ throws(Problem) in
        let now = clock.now()
        let waiting = try await proposals.waiting(at: now)
        return Answer(.object([("data", .array(waiting.map { $0.json(at: now) }))]))
      },
      Route(
        method: .post, path: "/api/v1/proposals/{proposalId}/approvals", name: "approveProposal",
        summary: "Let what another person proposed happen, in the name of both.",
        permission: .approve, budget: .acts, body: [], isAct: true, success: 202,
        answers: "status, seq, proposal; of a resume also ended, halts, breakers"
      ) { call throws(Problem) in
        let id = try Self.proposal(call)
        let subject = Self.subject(call).name
        return try await act(call) { () async throws(Problem) in
          var left: [(String, JSON)] = []
          let (proposal, sequence) = try await proposals.approve(
            id, by: subject, at: clock.now()
          ) { (proposal) async throws(Problem) in
            let reply = try await socket.ask(proposal.request(approvedBy: subject))
            if case .resumed(_, let found) = reply { left = Self.json(found) }
            return try reply.sequence()
          }
          return Self.recorded(sequence, [("proposal", .string(proposal.name))] + left)
        }
      },
      Route(
        method: .delete, path: "/api/v1/proposals/{proposalId}", name: "withdrawProposal",
        summary: "Take a proposal back, or turn it down.", permission: .propose, budget: .acts,
        answers: "status, proposal"
      ) { call throws(Problem) in
        let proposal = try await proposals.withdraw(try Self.proposal(call), at: clock.now())
        return Answer(
          .object([("status", .string("withdrawn")), ("proposal", .string(proposal.name))]))
      },
    ]
  }

  private static let proposedFields =
    limitFields + [
      Field(
        name: "at", isRequired: false,
        summary: "From when on: 2026-01-31T09:00:00Z; at once if not given."),
      reason,
    ]

  private static func proposal(_ call: Call) throws(Problem) -> UInt64 {
    let text = call.variable("proposalId")
    guard text.hasPrefix("prp-"), let id = UInt64(text.dropFirst(4)) else {
      throw .malformed(
        "bad_proposal", "A proposal is named prp-7.",
        [.init(name: "proposalId", what: "no proposal")])
    }
    return id
  }

  private func propose(
    _ call: Call, _ fields: [Field], _ make: (Fields) throws(Problem) -> Proposal.Act
  ) async throws(Problem) -> Answer {
    let subject = Self.subject(call).name
    return try await act(call) { () async throws(Problem) in
      let fields = try Fields(call.body, fields)
      let proposal = try await proposals.add(
        try make(fields), reason: fields.text("reason"), by: subject, at: clock.now())
      return Answer(
        .object([
          ("status", .string("proposed")), ("proposal", .string(proposal.name)),
          ("expires_in", .number(Int(Proposals.life))),
        ]), status: 202)
    }
  }

  private static func json(_ left: HaltsLeft) -> [(String, JSON)] {
    [("ended", left.ended), ("halts", left.halts), ("breakers", left.breakers)].map { name, words in
      (name, .array(words.map { .string($0) }))
    }
  }

  /// - Throws: 422 if the scope names what is not there: a second person should not learn it.
  private func checkScope(_ text: String) throws(Problem) {
    let fault = try reads.follower.withState { (engine, _) in
      LiveStatus(engine).fault(ofScope: text)
    }
    guard let fault else { return }
    throw Problem(
      status: 422, code: "unknown_scope", detail: fault,
      faults: [.init(name: "scope", what: fault)])
  }

  /// - Throws: 422 if a change is to hold from what is no time on.
  private static func checkTime(_ fields: Fields) throws(Problem) {
    guard let text = fields["at"], Instant(text) == nil else { return }
    let what = "`\(text)` is not a time: write 2026-01-05T14:30:00Z"
    throw Problem(
      status: 422, code: "bad_value", detail: "The change has no moment from which it holds.",
      faults: [.init(name: "at", what: what)])
  }

  /// - Throws: 422 if the limit could not be so now.
  private func check(_ fields: Fields) throws(Problem) {
    let key = Self.limitKey(fields.text("key"), fields.text("scope"))
    let value = fields.text("value")
    let error: String? = try reads.follower.withState { (engine, _) in
      do throws(ConfigurationError) {
        try engine.checkProposed(key, value)
        return nil
      } catch {
        return error.description
      }
    }
    if let error {
      throw Problem(
        status: 422, code: "bad_limit", detail: "The limit could not be so now.",
        faults: [.init(name: "value", what: error)])
    }
  }
}
