import Events

extension Decision {
  /// The decision in a few words and the instrument's own integers, so that a test is a list of lines:
  /// `held 1 sell 5 stop 9900`, `released 1 sell 5 triggered 9890`, `ended 2 linked`.
  public var brief: String {
    switch self {
    case .intent(let intent): "intent \(intent.action.name)"
    case .refused(let refusal):
      "refused \(refusal.rule.name)"
        + (refusal.value == 0 ? "" : " \(refusal.value) \(refusal.limit)")
    case .submitted(let ticket): "submitted \(ticket.brief)"
    case .held(let ticket, _): "held \(ticket.brief)"
    case .released(let release):
      "released \(release.ticket.brief) \(release.cause.name)"
        + (release.seen.isNone ? "" : " \(release.seen.raw)")
    case .ended(let order, let why): "ended \(order.raw) \(why.name)"
    case .cancelRequested(let order, let why): "cancel \(order.raw) \(why.name)"
    case .replaceRequested(let order, let quantity, let price):
      "replace \(order.raw) \(quantity.raw) @ \(price.isNone ? "–" : "\(price.raw)")"
    case .routed(let route):
      "routed \(route.order.raw) "
        + route.candidates.map { "\($0.instrument.raw):\($0.quantity.raw)" }.joined(separator: " ")
    case .alert(let alert): "alert \(alert.code.name) \(alert.order.raw)"
    case .booked(let booking): booking.brief
    case .marginCall(let call):
      "margin \(call.account.raw) \(call.state.name) \(call.equity.raw / Money.one)"
        + " of \(call.required.raw / Money.one)"
    case .liquidation(let liquidation):
      "liquidation \(liquidation.account.raw) \(liquidation.reason.name) \(liquidation.round)"
        + liquidation.positions.map {
          " \($0.strategy.raw):\($0.instrument.raw):\($0.quantity.raw)"
        }.joined()
    case .rolled(let roll):
      "rolled \(roll.instrument.raw) \(roll.from == .none ? "–" : "\(roll.from.raw)")"
        + " to \(roll.to == .none ? "–" : "\(roll.to.raw)") by \(roll.adjustment)"
    case .halted: "halted"
    case .resumed: "resumed"
    case .breakerChanged(let change): "breaker \(change.breaker) \(change.state.name)"
    case .killReport(let report): "kill \(report.round) \(report.open)"
    case .limitApplied(let applied): "limit \(applied.key) \(applied.value)"
    case .limitsScaled(let scaled): "scaled \(scaled.rule) \(scaled.factor)"
    case .limitsUsed(let used): "used \(used.order.raw) \(used.uses.count)"
    case .breakOpened(let record):
      "opened \(record.id) \(record.check.kind.name) \(record.check.key)"
        + " \(record.check.ours) | \(record.check.theirs)"
    case .breakClosed(let id, let why): "closed \(id) \(why.name)"
    }
  }
}

extension Booking {
  /// `dividend 100 cash 25.5`: amounts that are 0 are left out.
  public var brief: String {
    func amount(_ name: String, _ money: Money) -> String {
      guard money != .zero else { return "" }
      var text = decimalText(money.raw, scale: Money.scale)
      while text.last == "0" { text.removeLast() }
      if text.last == "." { text.removeLast() }
      return " \(name) \(text)"
    }
    return "booked \(kind.name)"
      + (quantity == .zero ? "" : " \(quantity.raw)")
      + (price.isNone ? "" : " @ \(price.raw)") + amount("cash", cash) + amount("cost", cost)
      + amount("variation", variation)
      + lots.map { " lot \($0.id):\($0.quantity.raw)" }.joined()
  }
}

extension OrderTicket {
  public var brief: String {
    "\(order.raw) \(side.name) \(quantity.raw) \(type.name)"
      + (price.isNone ? "" : " @ \(price.raw)")
      + (terms.stop.isNone ? "" : " stop \(terms.stop.raw)")
  }
}
