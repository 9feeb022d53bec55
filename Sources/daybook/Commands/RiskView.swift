import Events
import Trading

/// The breakers and limits of the gate.
struct RiskView {
  private let breakers: [Engine.BreakerState]
  private let limits: [LimitSource]
  private let strategies: [String]
  private let symbols: [String?]

  init(_ engine: borrowing Engine) {
    (breakers, limits) = (engine.breakers, engine.limitsInForce)
    strategies = engine.strategyNames
    symbols = engine.market.instruments.map { $0?.symbol }
  }

  private func text(_ scope: Scope) -> String {
    let index = Int(clamping: scope.id)
    return switch scope.kind {
    case .all: "all"
    case .strategy where index < strategies.count: "strategy \(strategies[index])"
    case .instrument where index < symbols.count: "instrument \(symbols[index] ?? "–")"
    default: "\(scope.kind.name) \(scope.id)"
    }
  }

  var breakerJSON: JSON {
    .array(
      breakers.map { one in
        .object([
          ("breaker", .string(one.breaker)), ("scope", .string(one.scope.kind.name)),
          ("scope_id", .number(one.scope.id)), ("state", .string(one.state.name)),
          ("since", one.since == .epoch ? .null : .string(one.since.text)),
        ])
      })
  }

  var limitJSON: JSON {
    .array(
      limits.map { one in
        .object([
          ("key", .string(one.key)), ("value", .string(one.value)),
          ("set_by", one.sequence == 0 ? .null : .number(one.sequence)),
        ])
      })
  }

  var breakerTable: Table {
    var table = Table([("breaker", .left), ("of", .left), ("state", .left), ("since", .left)])
    for one in breakers {
      table.row(
        one.breaker, text(one.scope), one.state.name, one.since == .epoch ? "–" : one.since.text)
    }
    return table
  }

  var limitTable: Table {
    var table = Table([("limit", .left), ("value", .left), ("set by", .left)])
    for one in limits {
      table.row(
        one.key, one.value, one.sequence == 0 ? "configuration" : sequenceText(one.sequence))
    }
    return table
  }
}
