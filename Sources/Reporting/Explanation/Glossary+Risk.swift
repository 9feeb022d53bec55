import Events

// Limits, breakers and kills in words.
extension Glossary {
  /// `order.max_notional  50808.00 > 50000.00 USD`
  func text(_ refusal: Refusal) -> String {
    let context = context(of: refusal)
    guard refusal.value != 0 || refusal.limit != 0 else { return refusal.rule.name + context }
    let scale = Int(refusal.scale)
    let value = shortDecimal(decimalText(refusal.value, scale: scale))
    let limit = shortDecimal(decimalText(refusal.limit, scale: scale))
    let relation = refusal.value > refusal.limit ? ">" : "against"
    let unit = refusal.unit.isEmpty ? "" : " \(refusal.unit)"
    return "\(refusal.rule.name)  \(value) \(relation) \(limit)\(unit)\(context)"
  }

  /// Whose limit a refusal is of, and the further numbers: `  of the firm (before 1.50)`
  func context(of refusal: Refusal) -> String {
    let values = refusal.values.compactMap { value in
      switch value.name {
      case Refusal.limitSource: "as #\(value.value.mantissa) set it"
      case Refusal.limitScaling: scaling(UInt64(clamping: value.value.mantissa), refusal)
      // In the words of the scaling.
      case Refusal.limitUnscaled: nil
      default: "\(value.name) \(shortDecimal("\(value.value)"))"
      }
    }
    return (refusal.context.isEmpty ? "" : "  \(refusal.context)")
      + (values.isEmpty ? "" : " (\(values.joined(separator: ", ")))")
  }

  /// `scaled by 0.50 from 1000 because volatility of ESH4 42.13 % > 20.00 %, as of #17`
  private func scaling(_ sequence: UInt64, _ refusal: Refusal) -> String {
    let base = refusal.values.first { $0.name == Refusal.limitUnscaled }?.value
    let from = base.map { " from \(shortDecimal("\($0)"))" } ?? ""
    guard let scaled = scalings[sequence] else { return "scaled\(from), as of #\(sequence)" }
    return "scaled by \(factor(scaled))\(from) because \(cause(scaled)), as of #\(sequence)"
  }

  private func factor(_ scaled: LimitsScaled) -> String {
    shortDecimal(decimalText(Int128(scaled.factor), scale: 6))
  }

  /// `volatility of ESH4 42.13 % > 20.00 %`
  private func cause(_ scaled: LimitsScaled) -> String {
    let (value, bound) = (
      shortDecimal(decimalText(scaled.value, scale: Int(scaled.scale))),
      shortDecimal(decimalText(scaled.bound, scale: Int(scaled.scale)))
    )
    let unit = scaled.unit.isEmpty ? "" : " \(scaled.unit)"
    let relation = scaled.value > scaled.bound ? ">" : "≤"
    return "\(scaled.watch.name) of \(watched(scaled.scope)) \(value)\(unit) \(relation) "
      + "\(bound)\(unit)"
  }

  private func watched(_ scope: Scope) -> String {
    switch scope.kind {
    case .all: "the firm"
    case .instrument:
      names.symbol(InstrumentID(UInt16(truncatingIfNeeded: scope.id))) ?? "\(scope.id)"
    case .strategy, .venue, .order, .account: text(scope)
    }
  }

  /// `calm  scales by 0.50: volatility of ESH4 42.13 % > 20.00 %  exposure.max_gross 1000.00 USD to 500.00 USD`
  func text(_ scaled: LimitsScaled) -> String {
    let limits = scaled.limits.map { limit in
      let amounts = [limit.base, limit.effective].map { amount in
        shortDecimal(decimalText(amount, scale: Int(limit.scale)))
          + (limit.unit.isEmpty ? "" : " \(limit.unit)")
      }
      return "\(limit.key) \(amounts.joined(separator: " to "))"
    }
    return "\(scaled.rule)  scales by \(factor(scaled)): \(cause(scaled))  "
      + limits.joined(separator: ", ")
  }

  /// `  5 DAYB by lots 17, 23`
  func text(_ closing: OperatorAct.Closing?) -> String {
    guard let closing else { return "" }
    let size =
      names.instrument(closing.instrument)?.text(closing.quantity) ?? "\(closing.quantity.raw)"
    let lots = closing.lots.map { String($0) }.joined(separator: ", ")
    return "  \(size) \(names.symbol(closing.instrument) ?? "–")"
      + (lots.isEmpty ? "" : " by lots \(lots)")
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
    let value = shortDecimal(decimalText(change.value, scale: scale))
    let limit = shortDecimal(decimalText(change.limit, scale: scale))
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
      let value = shortDecimal(decimalText(use.value, scale: scale))
      let limit = shortDecimal(decimalText(use.limit, scale: scale))
      let share = use.limit > 0 ? "\(use.value.magnitude * 100 / use.limit.magnitude) %" : "–"
      return "\(use.rule.name) \(use.scope) \(share) (\(value) of \(limit) \(use.unit))"
    }
    return closest.joined(separator: ", ")
  }
}
