import Books
import Events

// Continuous futures: which contract is in front, and what strategies see of it (docs/continuous.md).
extension Engine {
  /// Takes note of a continuous future, or of a contract that may be part of one.
  /// - Returns: whether it is a contract of one.
  mutating func defineSeries(_ instrument: Instrument) -> Bool {
    if instrument.kind == .continuous {
      guard market.series(instrument.id) == nil,
        var series = ContinuousSeries(instrument, continuous)
      else { return false }
      for strategy in strategies.indices
      where strategies[strategy].instruments.contains(where: instrument.names.contains) {
        series.followers |= 1 << UInt64(strategy)
      }
      for case let contract? in market.instruments { series.define(contract) }
      for contract in series.contracts where contract.id.index < interest.count {
        interest[contract.id.index].isContract = true
      }
      market.series.append(series)
      return false
    }
    guard instrument.kind == .future else { return false }
    for index in market.series.indices { market.series[index].define(instrument) }
    return market.series.contains { $0.has(instrument.id) }
  }

  /// Says so if an instrument just defined is a contract that does not fit.
  mutating func checkContract(_ id: InstrumentID, _ header: EntryHeader) {
    guard !market.series.isEmpty, let instrument = market.instrument(id) else { return }
    for series in market.series {
      guard let problem = series.problem(of: instrument) else { continue }
      let text = "\(instrument.symbol) is left out of \(series.symbol.symbol): it \(problem)"
      let alert = Alert(severity: .critical, code: .strategyFailed, instrument: id, text: text)
      work.add(.alert(alert), cause: header.sequence)
    }
  }

  // MARK: - What comes of the contract in front

  /// Shows a contract's tick to the series that it is in front of.
  /// - Parameter movedTop: whether the best prices are others.
  @inline(never)
  mutating func follow(_ tick: MarketEvent, movedTop: Bool, _ header: EntryHeader) {
    let contract = tick.instrument
    for index in market.series.indices where market.series[index].has(contract) {
      switch tick {
      case .trade(let trade): market.series[index].count(trade.size, of: contract)
      case .bar(let bar) where bar.side == .none:
        market.series[index].count(bar.volume, of: contract)
      case .bar, .quote, .depth, .order, .status: break
      }
      if market.series[index].since == 0 {
        work.add(.roll(market.series[index].id), cause: header.sequence)
        noteDayEnd()
      }
      guard market.series[index].front == contract else { continue }
      if let shown = market.series[index].seen(tick) {
        apply(shown, header)
      } else if movedTop, let best = market.series[index].seen(.quote(market.best(contract))) {
        apply(best, header)
      }
    }
  }

  /// Calls a hook of the strategies that follow the series that a contract is in front of.
  mutating func eachFollower(
    of contract: InstrumentID, _ sequence: UInt64,
    _ hook: (inout any Strategy, ContinuousSeries, borrowing Market) -> Intent
  ) {
    for series in market.series where series.front == contract {
      each(interest[series.id.index].signals, sequence) { logic, market in
        hook(&logic, series, market)
      }
    }
  }

  /// The series begins again at the contract in front, without a word to the strategies.
  private mutating func resetBook(_ series: ContinuousSeries) {
    var book = MarketBook(series.id)
    if series.front != .none {
      let front = market.books[series.front.index]
      var shown: [MarketEvent] = front.lastTrade.map { [.trade($0)] } ?? []
      // Where bars give the best prices, they go on doing so.
      if !front.sources.isDisjoint(with: [.quotes, .orders, .depth]) {
        shown.append(.quote(front.best))
      } else if let bar = front.lastBar {
        shown.append(.bar(bar))
      }
      if let status = front.status {
        shown.append(.status(StatusChange(instrument: series.front, status: status)))
      }
      for event in shown.compactMap({ series.seen($0) }) { _ = book.apply(event) }
    }
    market.books[series.id.index] = book
  }

  // MARK: - Days

  private mutating func noteDayEnd() {
    guard nextDayEnd == .distantFuture else { return }
    nextDayEnd = Self.nextDay(after: market.time).advanced(by: 1)
    noteMoment()
  }

  /// A day is over: its figures count, and contracts may change.
  mutating func endDay(_ sequence: UInt64) {
    nextDayEnd = Self.nextDay(after: market.time).advanced(by: 1)
    for index in market.series.indices {
      market.series[index].endDay()
      let series = market.series[index]
      work.add(.roll(series.id), cause: sequence)
      guard series.since != 0, series.configuration.positions != .hold || series.front == .none
      else { continue }
      // What the gate or the venue did not let pass is tried again.
      for strategy in followers(of: series) where !isMoving(strategy, series.id) {
        guard isLeft(strategy, series), left(strategy, series).isEmpty else { continue }
        work.add(.carry(strategy, series.id), cause: series.since)
      }
    }
  }

  /// The decision by which another contract comes to the front; nil if none does.
  func roll(_ id: InstrumentID) -> Decision? {
    guard let series = market.series(id) else { return nil }
    let today = market.time.date
    let day = today.advanced(by: -1)
    func openInterest(_ id: InstrumentID) -> Int64 { market.references[id.index].openInterest.raw }
    let place = series.wanted(after: day, openInterest: openInterest)
    let old = series.contracts.first { $0.id == series.front }
    let new = place < series.contracts.count ? series.contracts[place] : nil
    guard new?.id ?? .none != series.front else { return nil }
    func mark(_ contract: ContinuousSeries.Contract?) -> Price {
      contract.map { market.books[$0.id.index].mark } ?? .none
    }
    let prices = (from: mark(old), to: mark(new))
    // One that nobody has a price of is waited for while there is time.
    if let old, new != nil, prices.to.isNone, old.expiry > today { return nil }
    let isFirst = series.since == 0
    return .rolled(
      ContractRoll(
        of: id, from: series.front, to: new?.id ?? .none, by: series.symbol.rule, day: day,
        figures: (
          series.figure(old, openInterest: openInterest),
          series.figure(new, openInterest: openInterest)
        ), prices: prices, adjust: series.adjust,
        adjustment: isFirst
          ? series.adjustment : series.adjustment(from: prices.from, to: prices.to),
        positions: series.configuration.positions))
  }

  // MARK: - The roll

  mutating func apply(_ roll: ContractRoll, _ header: EntryHeader) {
    guard let index = market.series.firstIndex(where: { $0.id == roll.instrument }) else { return }
    market.series[index].take(roll, header.sequence)
    let series = market.series[index]
    resetBook(series)
    if roll.to == .none {
      let text = "\(series.symbol.symbol) stands for nothing: no contract is left"
      let alert = Alert(
        severity: .warning, code: .strategyFailed, instrument: series.id, text: text)
      work.add(.alert(alert), cause: header.sequence)
    }
    guard roll.from != .none else { return }
    for strategy in followers(of: series) {
      let orders = left(strategy, series)
      for order in orders where order.isCancellable {
        work.add(.cancel(order.id, .roll), cause: header.sequence)
      }
      redirect(strategy, series)
      guard roll.positions != .hold || roll.to == .none else { continue }
      if orders.isEmpty {
        if isLeft(strategy, series) {
          work.add(.carry(strategy, series.id), cause: header.sequence)
        }
      } else if !isMoving(strategy, series.id) {
        moving.append(MovingPosition(strategy: strategy, series: series.id))
      }
    }
  }

  private func followers(of series: ContinuousSeries) -> [StrategyID] {
    strategies.indices.filter { series.followers & 1 << UInt64($0) != 0 }.map {
      StrategyID(UInt16($0))
    }
  }

  func isMoving(_ strategy: StrategyID, _ series: InstrumentID) -> Bool {
    moving.contains { $0.strategy == strategy && $0.series == series }
  }

  /// A strategy's open orders in contracts that are not in front.
  private func left(_ strategy: StrategyID, _ series: ContinuousSeries) -> [Order] {
    market.orders.open.filter {
      $0.ticket.strategy == strategy && $0.ticket.instrument != series.front
        && series.has($0.ticket.instrument)
    }
  }

  /// Whether a strategy holds contracts that are not in front.
  private func isLeft(_ strategy: StrategyID, _ series: ContinuousSeries) -> Bool {
    series.contracts.contains {
      $0.id != series.front && market.portfolio.position(strategy, $0.id).quantity != .zero
    }
  }

  /// Whether what a strategy holds of contracts that are not in front is to leave them.
  func isLeaving(_ strategy: StrategyID, _ series: ContinuousSeries) -> Bool {
    series.configuration.positions != .hold && isLeft(strategy, series)
  }

  /// Whether orders of a strategy are open by which a position leaves a contract.
  func isUnderWay(_ strategy: StrategyID, _ series: ContinuousSeries) -> Bool {
    market.orders.open.contains {
      $0.ticket.strategy == strategy && series.has($0.ticket.instrument)
        && ($0.ticket.terms.isRoll || $0.ticket.instrument != series.front)
    }
  }

  /// Targets that waited for orders in a contract wait as targets of the series, until it is left.
  private mutating func redirect(_ strategy: StrategyID, _ series: ContinuousSeries) {
    for place in awaited.indices where awaited[place].strategy == strategy {
      let contract = awaited[place].instrument
      guard contract != series.front, series.has(contract) else { continue }
      let others =
        market.committed(strategy, series.id).raw - market.committed(strategy, contract).raw
      awaited[place].instrument = series.id
      awaited[place].quantity = Quantity(awaited[place].quantity.raw + others)
    }
  }

  /// An order ended: a position that waited for it may move.
  mutating func resumeMoving(_ order: Order) {
    for move in moving where move.strategy == order.ticket.strategy {
      guard let series = market.series(move.series), left(move.strategy, series).isEmpty else {
        continue
      }
      moving.removeAll { $0 == move }
      if isLeft(move.strategy, series) {
        work.add(.carry(move.strategy, move.series), cause: series.since)
      }
    }
  }

  /// Has the orders asked for that close what a strategy holds of contracts that are not in front, and open as
  /// much in the one that is.
  mutating func carry(_ strategy: StrategyID, _ id: InstrumentID) {
    guard let series = market.series(id), left(strategy, series).isEmpty else { return }
    var moved = Int128(0)
    for contract in series.contracts where contract.id != series.front {
      let held = market.portfolio.position(strategy, contract.id).quantity
      guard held != .zero else { continue }
      moved += Int128(held.raw)
      var close = OrderRequest.market(
        contract.id, held > .zero ? .sell : .buy, held.magnitude
      ).reduceOnly()
      close.terms.isRoll = true
      work.add(
        .handled(
          strategy, .order(close, because: Reason("\(series.symbol.symbol) leaves the contract"))),
        cause: series.since)
    }
    // A target that waited says itself what is to be held.
    let isAwaited = awaited.contains { $0.strategy == strategy && $0.instrument == id }
    guard series.configuration.positions == .carry, series.front != .none, moved != 0, !isAwaited,
      moved.magnitude <= UInt128(Quantity.limit)
    else { return }
    var open = OrderRequest.market(
      series.front, moved > 0 ? .buy : .sell, Quantity(Int64(moved.magnitude)))
    open.terms.isRoll = true
    let reason = Reason("\(series.symbol.symbol) goes on in the contract")
    reopen(open, of: strategy, reason, series.since)
  }
}

/// A position that is to leave a contract when its strategy's orders there are gone.
struct MovingPosition: Equatable, Sendable {
  var strategy: StrategyID
  var series: InstrumentID
}
