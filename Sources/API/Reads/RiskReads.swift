import Events
import Reporting
import Trading

extension Reads {
  var riskRoutes: [Route] {
    [
      Route(
        method: .get, path: "/api/internal/v1/risk", name: "getRisk",
        summary: "Limits in force and to come, and who set them, breakers, halts.",
        permission: .readRisk,
        parameters: [Self.asOf], answers: "limits, limits_to_come, breakers, halts"
      ) { call throws(Problem) in
        try await state(call) { (engine, _) in
          let scopes = ScopeNames(engine)
          return [
            (
              "limits",
              .array(
                engine.limitsInForce.map { limit in
                  .object([
                    ("key", .string(limit.key)), ("value", .string(limit.value)),
                    ("set_by_seq", limit.sequence == 0 ? .null : .number(limit.sequence)),
                  ])
                })
            ),
            (
              "limits_to_come",
              .array(
                engine.scheduledLimits.map { one in
                  .object([
                    ("key", .string(one.change.key)), ("value", .string(one.change.value)),
                    ("at", .string(one.change.effective.text)),
                    ("set_by_seq", .number(one.sequence)),
                  ])
                })
            ),
            (
              "breakers",
              .array(
                engine.breakers.map { one in
                  .object([
                    ("breaker", .string(one.breaker)), ("scope", .string(scopes.text(one.scope))),
                    ("state", .string(one.state.name)),
                    ("since", one.since == .epoch ? .null : .string(one.since.text)),
                  ])
                })
            ),
            ("halts", .array(engine.halts.map { .string(scopes.text($0)) })),
          ]
        }
      }
    ]
  }
}
