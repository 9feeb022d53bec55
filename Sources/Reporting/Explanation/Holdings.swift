import Events

/// What each strategy holds of each instrument, by the fills so far.
struct Holdings: Sendable {
  private struct Key: Hashable {
    var strategy: StrategyID
    var instrument: InstrumentID
  }
  private struct Execution: Hashable {
    var order: OrderID
    var fill: UInt64
  }
  private var orders: [OrderID: OrderTicket] = [:]
  /// Quantity of each execution as it is now, by which one that is told twice counts once.
  private var executions: [Execution: Quantity] = [:]
  private var held: [Key: Quantity] = [:]

  /// Takes note of an order, a fill, or a fill taken back or changed; anything else changes nothing.
  mutating func note(_ event: Event) {
    switch event {
    case .decision(.submitted(let ticket)), .decision(.held(let ticket, _)):
      orders[ticket.order] = ticket
    case .observation(.report(let report)):
      switch report.outcome {
      case .filled(let fill):
        let execution = Execution(order: report.order, fill: fill.id)
        if executions[execution] == nil { set(execution, fill.quantity) }
      case .busted(let fill, _): revise(report.order, fill, .zero)
      case .corrected(let fill, _): revise(report.order, fill.id, fill.quantity)
      default: return
      }
    default: return
    }
  }

  private mutating func revise(_ order: OrderID, _ fill: UInt64, _ quantity: Quantity) {
    let execution = Execution(order: order, fill: fill)
    if executions[execution] != nil { set(execution, quantity) }
  }

  private mutating func set(_ execution: Execution, _ quantity: Quantity) {
    guard let ticket = orders[execution.order] else { return }
    let change = quantity - (executions[execution] ?? .zero)
    executions[execution] = quantity
    let key = Key(strategy: ticket.strategy, instrument: ticket.instrument)
    let before = held[key, default: .zero]
    held[key] = ticket.side == .buy ? before + change : before - change
  }

  func quantity(_ strategy: StrategyID, _ instrument: InstrumentID) -> Quantity {
    held[Key(strategy: strategy, instrument: instrument)] ?? .zero
  }
}
