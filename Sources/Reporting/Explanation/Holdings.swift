import Events

/// What each strategy holds of each instrument, by the fills so far.
struct Holdings: Sendable {
  private struct Key: Hashable {
    var strategy: StrategyID
    var instrument: InstrumentID
  }
  private var orders: [OrderID: OrderTicket] = [:]
  private var held: [Key: Quantity] = [:]

  /// Takes note of an order or a fill; anything else changes nothing.
  mutating func note(_ event: Event) {
    switch event {
    case .decision(.submitted(let ticket)): orders[ticket.order] = ticket
    case .observation(.report(let report)):
      guard case .filled(let fill) = report.outcome, let ticket = orders[report.order] else {
        return
      }
      let key = Key(strategy: ticket.strategy, instrument: ticket.instrument)
      let before = held[key, default: .zero]
      held[key] = ticket.side == .buy ? before + fill.quantity : before - fill.quantity
    default: return
    }
  }

  func quantity(_ strategy: StrategyID, _ instrument: InstrumentID) -> Quantity {
    held[Key(strategy: strategy, instrument: instrument)] ?? .zero
  }
}
