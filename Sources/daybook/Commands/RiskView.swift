import Events
import Trading

/// The breakers and limits of the gate.
struct RiskView {
  private let breakers: [Engine.BreakerState]
  private let limits: [LimitSource]
  private let scheduled: [(change: LimitChange, sequence: UInt64)]
  private let scalings: [Engine.LimitScaling]
  private let strategies: [String]
  private let accounts: [String]
  private let symbols: [String?]

  init(_ engine: borrowing Engine) {
    (breakers, limits) = (engine.breakers, engine.limitsInForce)
    scheduled = engine.scheduledLimits
    scalings = engine.limitScalings
    strategies = engine.strategyNames
    accounts = engine.market.portfolio.accounts.map(\.name)
    symbols = engine.market.instruments.map { $0?.symbol }
  }

  func text(_ scope: Scope) -> String {
    let index = Int(clamping: scope.id)
    return switch scope.kind {
    case .all: "all"
    case .strategy where index < strategies.count: "strategy \(strategies[index])"
    case .account where index < accounts.count: "account \(accounts[index])"
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

  var scheduledJSON: JSON {
    .array(
      scheduled.map { one in
        .object([
          ("key", .string(one.change.key)), ("value", .string(one.change.value)),
          ("at", .string(one.change.effective.text)), ("set_by", .number(one.sequence)),
        ])
      })
  }

  var scalingJSON: JSON {
    .array(
      scalings.map { one in
        let scaled = one.scaled
        return .object([
          ("rule", .string(scaled.rule)), ("watch", .string(scaled.watch.name)),
          ("scope", .string(scaled.scope.kind.name)), ("scope_id", .number(scaled.scope.id)),
          ("factor", .string(decimalText(Int128(scaled.factor), scale: 6))),
          ("value", .string(decimalText(scaled.value, scale: Int(scaled.scale)))),
          ("bound", .string(decimalText(scaled.bound, scale: Int(scaled.scale)))),
          ("unit", .string(scaled.unit)), ("since", .string(one.since?.text)),
          ("set_by", one.sequence == 0 ? .null : .number(one.sequence)),
          ("limits", .array(scaled.limits.map(Self.json))),
        ])
      })
  }

  private static func json(_ limit: LimitsScaled.Limit) -> JSON {
    .object([
      ("key", .string(limit.key)),
      ("configured", .string(decimalText(limit.base, scale: Int(limit.scale)))),
      ("holds", .string(decimalText(limit.effective, scale: Int(limit.scale)))),
      ("unit", .string(limit.unit)),
    ])
  }

  /// The limits that rules scale, one a row.
  var scalingTable: Table {
    var table = Table([
      ("dynamic limit", .left), ("rule", .left), ("by", .left), ("factor", .right),
      ("configured", .right), ("holds", .right), ("", .left), ("set by", .left),
    ])
    for one in scalings {
      let scaled = one.scaled
      for limit in scaled.limits {
        table.row(
          limit.key, scaled.rule, "\(scaled.watch.name) of \(text(scaled.scope))",
          Self.short(Int128(scaled.factor), 6), Self.short(limit.base, limit.scale),
          Self.short(limit.effective, limit.scale), limit.unit,
          one.sequence == 0 ? "configuration" : sequenceText(one.sequence))
      }
    }
    return table
  }

  /// Without zeros after the point.
  private static func short(_ amount: Int128, _ scale: UInt8) -> String {
    var (amount, scale) = (amount, Int(scale))
    while scale > 0, amount % 10 == 0 { (amount, scale) = (amount / 10, scale - 1) }
    return decimalText(amount, scale: scale)
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

  /// Limits that hold from a later moment on.
  var scheduledTable: Table {
    var table = Table([
      ("limit to come", .left), ("value", .left), ("from", .left), ("set by", .left),
    ])
    for one in scheduled {
      table.row(
        one.change.key, one.change.value.isEmpty ? "none" : one.change.value,
        one.change.effective.text, sequenceText(one.sequence))
    }
    return table
  }
}
