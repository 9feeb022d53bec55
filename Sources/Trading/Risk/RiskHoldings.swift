import Events

// The gate's one way to what is held: exposures, and what a scope is worth. More accounts change this file.
extension Market {
  /// What strategies hold of an instrument and have open on each side, in its own units.
  struct Committed {
    var held: Int128 = 0
    var buys: Int128 = 0
    var sells: Int128 = 0
  }

  /// - Parameter members: strategies, one bit each; all bits: every strategy.
  func committed(_ members: UInt64, _ id: InstrumentID) -> Committed {
    guard members != .max else {
      let open = working[id.index]
      return Committed(held: portfolio.net(id), buys: open.buy, sells: open.sell)
    }
    var sum = Committed()
    var rest = members
    while rest != 0 {
      let strategy = rest.trailingZeroBitCount
      rest &= rest &- 1
      sum.held += Int128(
        portfolio.position(StrategyID(UInt16(strategy)), id).quantity.raw)
      let place = id.index * trackedStrategies + strategy
      guard strategy < trackedStrategies, place < strategyWorking.count else { continue }
      sum.buys += strategyWorking[place].buy
      sum.sells += strategyWorking[place].sell
    }
    return sum
  }

  /// What strategies have gained so far, or of the whole portfolio its equity, in the base currency.
  /// O(instruments ever traded × strategies).
  /// - Returns: nil if an amount cannot be turned into the base currency. What has no price counts at cost.
  func wealth(_ scope: RiskScope, _ valuer: Valuer) -> Money? {
    var sum = Money.zero
    let isWhole = scope.kind == .firm || scope.kind == .account
    if isWhole {
      for book in portfolio.ledger.books {
        guard
          let amount = valuer.convert(book[.cash] + book[.inventory], in: book.currency, self)
        else { return nil }
        sum += amount
      }
    }
    for id in touched where scope.kind != .instrument || scope.instrument == id {
      let mark = books[id.index].mark
      for strategy in 0..<trackedStrategies where scope.members & (1 << UInt64(strategy)) != 0 {
        let position = portfolio.position(StrategyID(UInt16(strategy)), id)
        var own = isWhole ? Money.zero : position.realised - position.fees
        if position.quantity != .zero, !mark.isNone {
          guard let value = terms(id).flatMap({ Money.notional(mark, position.quantity, of: $0) })
          else { return nil }
          own += value - position.cost
        }
        guard own != .zero else { continue }
        guard let amount = valuer.convert(own, of: id, self) else { return nil }
        sum += amount
      }
    }
    return sum.magnitude.raw <= Money.limit ? sum : nil
  }

  // MARK: - What is tracked for the gate only

  /// Tracks open quantities by strategy, and which instruments were ever traded. O(open orders + positions).
  mutating func track(strategies: Int) {
    trackedStrategies = strategies
    strategyWorking = []
    // What was ever traded stays so: others have counted it.
    guard strategies > 0 else { return touched = [] }
    for index in instruments.indices {
      let id = InstrumentID(UInt16(index))
      for strategy in 0..<strategies
      where portfolio.position(StrategyID(UInt16(strategy)), id) != Position() {
        touch(id)
        break
      }
    }
    for order in orders.open { trackWorking(order, Int128(order.exposure.raw)) }
  }

  /// Counts a change of an order's exposure to its strategy.
  mutating func trackWorking(_ order: Order, _ change: Int128) {
    let ticket = order.ticket
    touch(ticket.instrument)
    guard ticket.strategy.index < trackedStrategies else { return }
    let place = ticket.instrument.index * trackedStrategies + ticket.strategy.index
    while strategyWorking.count <= place { strategyWorking.append(WorkingQuantity()) }
    if ticket.side == .buy {
      strategyWorking[place].buy += change
    } else {
      strategyWorking[place].sell += change
    }
  }

  private mutating func touch(_ id: InstrumentID) {
    guard let last = touched.last, last >= id else { return touched.append(id) }
    let place = touched.firstIndex { $0 >= id } ?? touched.count
    if touched[place] != id { touched.insert(id, at: place) }
  }
}
