import Reporting

extension Reads {
  /// Entries that the state may be behind the journal for the server to count as ready.
  static let mostBehind: UInt64 = 100_000

  var healthRoutes: [Route] {
    [
      Route(
        method: .get, path: "/health/live", name: "getLiveness",
        summary: "The process answers.", isProbe: true, answers: "status"
      ) { _ throws(Problem) in Answer(.object([("status", .string("live"))])) },
      Route(
        method: .get, path: "/health/ready", name: "getReadiness",
        summary: "The journal can be read, and the state is near its head.", isProbe: true,
        answers: "status, head_seq, applied_seq, lag, read_model"
      ) { _ throws(Problem) in
        let head = try head()
        let now = follower.progress
        let lag = head > now.applied ? head - now.applied : 0
        if let failure = now.failure ?? now.divergence {
          throw .unavailable("state_unavailable", failure)
        }
        guard now.isReady, lag <= Self.mostBehind else {
          throw .unavailable("starting", "The state is at #\(now.applied) of #\(head).")
        }
        return Answer(
          .object([
            ("status", .string("ready")), ("head_seq", .number(head)),
            ("applied_seq", .number(now.applied)), ("lag", .number(lag)),
            ("time", .string(now.time.text)), ("read_model", readModel(head)),
          ]))
      },
    ]
  }

  /// How the read model is. Without it the server is ready all the same.
  private func readModel(_ head: UInt64) -> JSON {
    let now = projector.progress
    return .object([
      ("status", .string(now.failure != nil ? "unavailable" : now.isReady ? "ready" : "behind")),
      ("applied_seq", .number(now.applied)),
      ("lag", .number(head > now.applied ? head - now.applied : 0)),
      ("reason", .string(now.failure)),
    ])
  }
}
