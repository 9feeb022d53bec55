import Events

// Positions that a person closes (docs/portfolio.md, Chosen lots).
extension Engine {
  /// Has a part of a strategy's position closed, by the lots that are named.
  mutating func close(_ act: OperatorAct, _ header: EntryHeader) {
    guard act.closing != nil, act.scope.kind == .strategy, act.scope.id < strategies.count else {
      return forbid(act.subject, "close without a strategy and what of it", header)
    }
    work.add(.close(StrategyID(UInt16(act.scope.id)), act), cause: header.sequence)
  }

  /// The intent that closes a position: it meets the gate like any other, which refuses more than is held and
  /// lots that are not there.
  mutating func closing(_ strategy: StrategyID, _ act: OperatorAct) -> Decision? {
    guard let closing = act.closing else { return nil }
    let held = market.portfolio.position(strategy, closing.instrument).quantity
    let request = OrderRequest.market(
      closing.instrument, held < .zero ? .buy : .sell, closing.quantity
    ).reduceOnly().closing(lots: closing.lots)
    let reason = Reason("closed by \(act.subject): \(act.reason)")
    return record(.order(request, because: reason), of: strategy, .core).map { .intent($0) }
  }
}
