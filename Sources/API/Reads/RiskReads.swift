import Events
import Reporting
import Trading

extension Reads {
  var riskRoutes: [Route] {
    [
      Route(
        method: .get, path: "/api/internal/v1/risk", name: "getRisk",
        summary: "Limits in force and who set them, breakers, halts.", permission: .readRisk,
        parameters: [Self.asOf], answers: "limits, breakers, halts"
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

/// Scopes as the control socket names them: `strategy momo`.
struct ScopeNames {
  private let strategies: [String]
  private let instruments: [Instrument?]
  private let accounts: [String]

  init(_ engine: borrowing Engine) {
    strategies = engine.strategyNames
    instruments = engine.market.instruments
    accounts = engine.market.portfolio.accounts.map(\.name)
  }

  func text(_ scope: Scope) -> String {
    scope.kind == .all ? "all" : "\(scope.kind.name) \(name(scope) ?? "#\(scope.id)")"
  }

  private func name(_ scope: Scope) -> String? {
    let index = Int(clamping: scope.id)
    switch scope.kind {
    case .all: return nil
    case .strategy: return index < strategies.count ? strategies[index] : nil
    case .instrument: return index < instruments.count ? instruments[index]?.symbol : nil
    case .venue: return instruments.first { $0.map { Int($0.venue.raw) } == index }??.venueName
    case .account: return index < accounts.count ? accounts[index] : nil
    case .order: return OrderID(scope.id).description
    }
  }
}
