extension EntryText {
  func write(_ change: LimitChange, to line: inout JSONLine) {
    line.field("key", change.key)
    line.field("value", change.value)
    line.field("author", change.author)
    line.field("reason", change.reason)
    line.field("effective", change.effective == .epoch ? nil : change.effective.text)
  }

  func write(_ change: BreakerChange, to line: inout JSONLine) {
    line.field("breaker", change.breaker)
    line.field("watch", change.watch.name)
    line.field("scope", change.scope.kind.name)
    line.field("scope_id", change.scope.id)
    line.field("state", change.state.name)
    line.field("instrument", symbol(change.instrument))
    line.field("value", decimalText(change.value, scale: Int(change.scale)))
    line.field("limit", decimalText(change.limit, scale: Int(change.scale)))
    line.field("unit", change.unit)
    line.field("reason", change.reason)
  }

  func write(_ report: KillReport, to line: inout JSONLine) {
    line.field("scope", report.scope.kind.name)
    line.field("scope_id", report.scope.id)
    line.field("round", report.round)
    line.field("open", report.open)
    line.field("orders", report.orders.map { String($0.raw) }.joined(separator: ","))
  }

  func write(_ applied: LimitApplied, to line: inout JSONLine) {
    line.field("key", applied.key)
    line.field("value", applied.value)
    line.field("author", applied.author)
    line.field("change", applied.change)
  }

  func write(_ scaled: LimitsScaled, to line: inout JSONLine) {
    line.field("rule", scaled.rule)
    line.field("watch", scaled.watch.name)
    line.field("scope", scaled.scope.kind.name)
    line.field("scope_id", scaled.scope.id)
    line.field("factor", decimalText(Int128(scaled.factor), scale: 6))
    line.field("value", decimalText(scaled.value, scale: Int(scaled.scale)))
    line.field("bound", decimalText(scaled.bound, scale: Int(scaled.scale)))
    line.field("unit", scaled.unit)
    line.field("limits", scaled.limits.map { ($0.key, text($0)) })
  }

  /// `1000.00 USD to 500.00 USD`
  private func text(_ limit: LimitsScaled.Limit) -> String {
    [limit.base, limit.effective].map { amount in
      decimalText(amount, scale: Int(limit.scale)) + (limit.unit.isEmpty ? "" : " \(limit.unit)")
    }.joined(separator: " to ")
  }

  func write(_ used: LimitsUsed, to line: inout JSONLine) {
    line.field("order", used.order.raw)
    // By rank, since several scopes may have one rule.
    line.field("limits", used.uses.enumerated().map { (String($0 + 1), text($1)) })
  }

  /// `order.max_notional firm 100.00 of 500.00 USD`
  private func text(_ use: LimitsUsed.Use) -> String {
    "\(use.rule.name) \(use.scope) \(decimalText(use.value, scale: Int(use.scale)))"
      + " of \(decimalText(use.limit, scale: Int(use.scale))) \(use.unit)"
  }
}
