import Events

// Limits, breakers and kills in words.
extension Glossary {
  /// Whose limit a refusal is of, and the further numbers: `  of the firm (before 1.50)`
  func context(of refusal: Refusal) -> String {
    let values = refusal.values.map { value in
      value.name == Refusal.limitSource
        ? "as #\(value.value.mantissa) set it" : "\(value.name) \(Self.trimmed("\(value.value)"))"
    }
    return (refusal.context.isEmpty ? "" : "  \(refusal.context)")
      + (values.isEmpty ? "" : " (\(values.joined(separator: ", ")))")
  }

  func text(_ change: LimitChange) -> String {
    let value = change.value.isEmpty ? "no limit" : change.value
    let when = change.effective == .epoch ? "" : " from \(change.effective.text)"
    return "\(change.author)  \(change.key) to \(value)\(when)  \(change.reason)"
  }

  func text(_ applied: LimitApplied) -> String {
    let value = applied.value.isEmpty ? "no limit" : applied.value
    return "\(applied.key) is \(value), as \(applied.author) told by #\(applied.change)"
  }

  /// `fast  halts instrument ESH4  price_move 2.13 > 2.00 %  tripped`
  func text(_ change: BreakerChange) -> String {
    let verb =
      switch change.state {
      case .active: "releases"
      case .reducing: "lets only reduce"
      case .halted: "halts"
      }
    let scale = Int(change.scale)
    let value = Self.trimmed(decimalText(change.value, scale: scale))
    let limit = Self.trimmed(decimalText(change.limit, scale: scale))
    let unit = change.unit.isEmpty ? "" : " \(change.unit)"
    let symbol = names.symbol(change.instrument).map { " of \($0)" } ?? ""
    let data =
      change.state == .active ? "" : "  \(change.watch.name)\(symbol) \(value) > \(limit)\(unit)"
    return "\(change.breaker)  \(verb) \(text(change.scope))\(data)  \(change.reason)"
  }

  func text(_ report: KillReport) -> String {
    guard report.open > 0 else {
      return "\(text(report.scope))  every order is finished after \(report.round) rounds"
    }
    let orders = report.orders.prefix(5).map { "\($0)" }.joined(separator: ", ")
    let more = report.open > 5 ? ", …" : ""
    return
      "\(text(report.scope))  round \(report.round), still open \(report.open): \(orders)\(more)"
  }

  /// The limits that came closest: `exposure.max_gross firm 75 % (7.5 of 10.0 USD), …`
  func text(_ used: LimitsUsed) -> String {
    guard !used.uses.isEmpty else { return "\(used.order)  no limits" }
    let closest = used.uses.prefix(3).map { use in
      let scale = Int(use.scale)
      let value = Self.trimmed(decimalText(use.value, scale: scale))
      let limit = Self.trimmed(decimalText(use.limit, scale: scale))
      let share = use.limit > 0 ? "\(use.value.magnitude * 100 / use.limit.magnitude) %" : "–"
      return "\(use.rule.name) \(use.scope) \(share) (\(value) of \(limit) \(use.unit))"
    }
    return closest.joined(separator: ", ")
  }
}
