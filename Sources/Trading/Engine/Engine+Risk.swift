import Events

// What the gate's rules beyond single orders are told as things happen.
extension Engine {
  /// Takes note of a decision; called before it is applied, if there are such rules.
  mutating func noteRisk(_ decision: Decision, _ header: EntryHeader) {
    let time = header.receiveTime
    switch decision {
    case .released(let release): noteSent(release.ticket, at: time)
    case .replaceRequested(let id, _, _):
      guard let ticket = market.orders[id]?.ticket else { return }
      gate.controls?.countSent(ticket.strategy, ticket.instrument, at: time)
    case .cancelRequested(let id, _):
      if let order = market.orders[id] { gate.controls?.countCancel(order, at: time) }
    default: break
    }
  }

  mutating func noteSent(_ ticket: OrderTicket, at time: Instant) {
    gate.controls?.countSent(ticket.strategy, ticket.instrument, at: time)
    gate.controls?.remember(ticket, at: time)
  }

  /// Looks at what everything is worth, if it is time to.
  mutating func lookAtRisk(_ time: Instant, _ sequence: UInt64) {
    guard let next = gate.controls?.nextLook, time >= next, gate.controls?.looks == true else {
      return
    }
    gate.controls?.look(at: time, market)
    flushBreakers(sequence)
    flushScalings(sequence)
  }

  /// Has the use of the limits recorded right after an order.
  mutating func recordUse(_ ticket: OrderTicket) {
    let used = LimitsUsed(order: ticket.order, uses: gate.uses(ticket, market))
    work.addFirst(.used(used), cause: deciding)
  }

  /// Has the market track what the rules need, and finds the next look; after a configuration, a change of
  /// the limits or a restored state.
  mutating func beginControls() {
    market.track(strategies: gate.hasControls ? strategies.count : 0)
    gate.controls?.define(market.instruments)
    noteGuarded()
    noteMoment()
  }

  /// Has the ticks shown to the breakers and rules that watch them.
  mutating func noteGuarded() {
    for index in interest.indices {
      interest[index].isGuarded = gate.controls?.watches(InstrumentID(UInt16(index))) ?? false
    }
  }
}

extension RiskGate {
  /// When there is something to look at next.
  var nextLook: Instant {
    guard let controls, controls.looks else { return .distantFuture }
    return controls.nextLook
  }
}
