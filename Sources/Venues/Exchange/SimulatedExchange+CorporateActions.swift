import Books
import Events

// What issuers do to instruments while our orders are in their markets.
extension SimulatedExchange {
  /// A split ends what the market has shown: nothing trades at prices of before it. Our orders are the engine's to
  /// cancel.
  public mutating func apply(_ action: CorporateAction, at time: Instant) {
    guard action.action == .split, action.new > 0, action.old > 0,
      let index = known(action.instrument)
    else { return }
    gateways[tops[index].line].outbox.advance(to: time)
    change(index) { market, _ in market.split(action.new, for: action.old) }
    bars[index].age()
    tops[index].quote = Quote(of: action.instrument)
    findNextTime()
  }

  /// Takes the oldest report that an instrument's venue has made, also one that has not arrived, or nil.
  public mutating func nextReport(underwayFrom instrument: InstrumentID) -> DueReport? {
    let line = known(instrument).map { tops[$0].line } ?? 0
    if gateways[line].outbox.reports.isEmpty { return nil }
    let report = gateways[line].outbox.takeReport()
    findNextTime()
    return report
  }
}

extension TradedMarket {
  /// So many new units stand for so many old ones.
  fileprivate mutating func split(_ new: UInt32, for old: UInt32) {
    lastBars.age()
    (lastTrade, mark, indicative) = (.none, .none, .none)
    (lowerBand, upperBand) = (.none, .none)
    quote = Quote(of: instrument.id)
    depth = DepthBook()
    book = OrderBook()
    taken = TakenLevels()
    requeue(.none)
    let units = Int128(clearing.position) * Int128(new) / Int128(old)
    clearing.position = Int64(clamping: units)
  }
}

extension LastBars {
  /// Makes the bars older than any length: there have been bars of these kinds, but none to trade at.
  fileprivate mutating func age() {
    trades?.end = Self.past
    bids?.end = Self.past
    asks?.end = Self.past
  }
}

extension Quote {
  /// Without prices.
  init(of instrument: InstrumentID) {
    self.init(instrument: instrument, bid: .none, ask: .none, bidSize: .zero, askSize: .zero)
  }
}
