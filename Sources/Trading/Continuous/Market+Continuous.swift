import Events

// What a strategy that follows a continuous future sees of its contracts.
extension Market {
  /// The continuous future with a number; nil if there is none. O(series).
  public func series(_ id: InstrumentID) -> ContinuousSeries? {
    series.first { $0.id == id }
  }

  /// The contract that orders in a continuous future go to now, none if there is none; of any other
  /// instrument itself.
  public func contract(_ id: InstrumentID) -> InstrumentID { series(id)?.front ?? id }

  /// The series that a strategy follows and a contract is part of.
  func series(of contract: InstrumentID, _ strategy: StrategyID) -> ContinuousSeries? {
    guard strategy.index < 64 else { return nil }
    return series.first { $0.followers & 1 << UInt64(strategy.raw) != 0 && $0.has(contract) }
  }

  /// What the calling strategy holds of all contracts of a series.
  func position(in series: ContinuousSeries) -> Position {
    series.contracts.reduce(into: Position()) { $0.add(portfolio.position(caller, $1.id)) }
  }

  /// An order as its strategy sees it.
  func seen(_ order: Order) -> Order {
    if series.isEmpty { return order }
    return series(of: order.ticket.instrument, order.ticket.strategy)?.seen(order) ?? order
  }

  /// A fill of an order as its strategy sees it.
  func seen(_ fill: Fill, of order: Order) -> Fill {
    guard !series.isEmpty,
      let series = series(of: order.ticket.instrument, order.ticket.strategy)
    else { return fill }
    var fill = fill
    fill.price = series.seen(fill.price)
    return fill
  }
}
