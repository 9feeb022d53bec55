extension EntryText {
  func write(_ decision: Decision, to line: inout JSONLine) {
    switch decision {
    case .intent(let intent): write(intent, to: &line)
    case .refused(let refusal): write(refusal, to: &line)
    case .submitted(let ticket): write(ticket, to: &line)
    case .cancelRequested(let order, let why):
      line.field("order", order.raw)
      line.field("why", why.name)
    case .replaceRequested(let order, let quantity, let price):
      line.field("order", order.raw)
      line.field("quantity", text(quantity, instrument(of: order)))
      line.field("price", text(price, instrument(of: order)))
    case .alert(let alert):
      line.field("severity", alert.severity.name)
      line.field("code", alert.code.name)
      line.field("instrument", symbol(alert.instrument))
      if alert.order == .none {
        line.field("order", nil as String?)
      } else {
        line.field("order", alert.order.raw)
      }
      line.field("text", alert.text)
    case .halted(let scope, let reason), .resumed(let scope, let reason):
      line.field("scope", scope.kind.name)
      line.field("scope_id", scope.id)
      line.field("reason", reason)
    case .held(let ticket, let plan):
      write(ticket, to: &line)
      write(.plain, plan, of: instrument(ticket.instrument), to: &line)
    case .released(let release): write(release, to: &line)
    case .ended(let order, let cause):
      line.field("order", order.raw)
      line.field("why", cause.name)
    case .routed(let route): write(route, to: &line)
    case .booked(let booking): write(booking, to: &line)
    case .marginCall(let call): write(call, to: &line)
    case .liquidation(let liquidation): write(liquidation, to: &line)
    case .rolled(let roll): write(roll, to: &line)
    case .breakerChanged(let change): write(change, to: &line)
    case .killReport(let report): write(report, to: &line)
    case .limitApplied(let applied): write(applied, to: &line)
    case .limitsScaled(let scaled): write(scaled, to: &line)
    case .limitsUsed(let used): write(used, to: &line)
    case .breakOpened(let record): write(record, to: &line)
    case .breakClosed(let id, let why):
      line.field("break", id)
      line.field("why", why.name)
    }
  }

  func write(_ intent: IntentRecord, to line: inout JSONLine) {
    let instrument = instrument(intent.instrument)
    line.field("strategy", intent.strategy.raw)
    line.field("action", intent.action.name)
    line.field("instrument", symbol(intent.instrument))
    line.field("side", intent.side.name)
    line.field("type", intent.type.name)
    line.field("time_in_force", intent.timeInForce.name)
    line.field("quantity", text(intent.quantity, instrument))
    line.field("price", text(intent.price, instrument))
    if intent.order == .none {
      line.field("order", nil as String?)
    } else {
      line.field("order", intent.order.raw)
    }
    line.field("reason", intent.reason.text)
    line.field("values", intent.reason.values.lazy.map { ($0.name, $0.value.description) })
    write(intent.terms, intent.plan, of: instrument, to: &line)
  }

  private func write(_ refusal: Refusal, to line: inout JSONLine) {
    let instrument = instrument(refusal.instrument)
    line.field("strategy", refusal.strategy.raw)
    line.field("instrument", symbol(refusal.instrument))
    line.field("rule", refusal.rule.name)
    line.field("side", refusal.side.name)
    line.field("quantity", text(refusal.quantity, instrument))
    line.field("price", text(refusal.price, instrument))
    line.field("value", decimalText(refusal.value, scale: Int(refusal.scale)))
    line.field("limit", decimalText(refusal.limit, scale: Int(refusal.scale)))
    line.field("unit", refusal.unit)
    guard !refusal.context.isEmpty || !refusal.values.isEmpty else { return }
    line.field("context", refusal.context)
    line.field("values", refusal.values.lazy.map { ($0.name, $0.value.description) })
  }

  func write(_ ticket: OrderTicket, to line: inout JSONLine) {
    let instrument = instrument(ticket.instrument)
    line.field("order", ticket.order.raw)
    line.field("strategy", ticket.strategy.raw)
    line.field("account", ticket.account.raw)
    line.field("instrument", symbol(ticket.instrument))
    line.field("side", ticket.side.name)
    line.field("type", ticket.type.name)
    line.field("time_in_force", ticket.timeInForce.name)
    line.field("quantity", text(ticket.quantity, instrument))
    line.field("price", text(ticket.price, instrument))
    write(ticket.terms, nil, of: instrument, to: &line)
  }
}
