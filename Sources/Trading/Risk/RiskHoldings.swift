import Events

// The gate's one way to what is held and open.
extension Market {
  /// What strategies hold of an instrument and have open on each side, in its own units.
  struct Committed: BitwiseCopyable {
    var held: Int128 = 0
    var buys: Int128 = 0
    var sells: Int128 = 0

    /// What is held if all buys fill, and if all sells do.
    var long: Int128 { held + buys }
    var short: Int128 { held - sells }
  }

  /// O(strategies that ever traded it).
  /// - Parameter members: strategies, one bit each; all bits: every strategy.
  func committed(_ members: UInt64, _ id: InstrumentID) -> Committed {
    guard id.index < traders.count else { return Committed() }
    var sum = Committed()
    let all = traders[id.index]
    var rest = all & members
    let isWhole = rest == all
    while rest != 0 {
      let strategy = rest.trailingZeroBitCount
      rest &= rest &- 1
      sum.held += Int128(portfolio.held(strategy, id.index))
      guard !isWhole else { continue }
      let place = id.index * trackedStrategies + strategy
      guard place < strategyWorking.count else { continue }
      sum.buys += strategyWorking[place].buy
      sum.sells += strategyWorking[place].sell
    }
    if isWhole { (sum.buys, sum.sells) = (working[id.index].buy, working[id.index].sell) }
    return sum
  }

  /// A number that is another once a position in an instrument or what is open of it has changed. Not part of
  /// the state.
  @inline(__always)
  func moves(of id: InstrumentID) -> UInt64 {
    openMoves[id.index] &+ portfolio.moves(of: id)
  }

  // MARK: - What is tracked for the gate only

  /// Tracks open quantities by strategy, and who ever traded which instruments. O(open orders + positions).
  mutating func track(strategies: Int) {
    trackedStrategies = strategies
    strategyWorking = []
    traders = []
    // What was ever traded stays so: others have counted it.
    guard strategies > 0 else { return touched = [] }
    traders = Array(repeating: 0, count: instruments.count)
    for index in instruments.indices {
      for strategy in 0..<strategies {
        let strategy = StrategyID(UInt16(strategy))
        let id = InstrumentID(UInt16(index))
        if portfolio.position(strategy, id) != Position() { touch(strategy, id) }
      }
    }
    for order in orders.open { trackWorking(order.ticket, Int128(order.exposure.raw)) }
  }

  /// Counts a change of an order's exposure to its strategy.
  mutating func trackWorking(_ ticket: OrderTicket, _ change: Int128) {
    touch(ticket.strategy, ticket.instrument)
    guard ticket.strategy.index < trackedStrategies else { return }
    let place = ticket.instrument.index * trackedStrategies + ticket.strategy.index
    while strategyWorking.count <= place { strategyWorking.append(WorkingQuantity()) }
    if ticket.side == .buy {
      strategyWorking[place].buy += change
    } else {
      strategyWorking[place].sell += change
    }
  }

  /// A strategy has, or is about to have, something of an instrument. Bookings bring positions too.
  mutating func touch(_ strategy: StrategyID, _ id: InstrumentID) {
    guard trackedStrategies > 0, id != .none, strategy.index < 64 else { return }
    touch(id)
    traders[id.index] |= 1 << UInt64(strategy.raw)
  }

  /// Somebody had something of an instrument.
  mutating func touch(_ id: InstrumentID) {
    while traders.count <= max(id.index, instruments.count - 1) { traders.append(0) }
    guard let last = touched.last, last >= id else { return touched.append(id) }
    let place = touched.firstIndex { $0 >= id } ?? touched.count
    if touched[place] != id { touched.insert(id, at: place) }
  }
}
