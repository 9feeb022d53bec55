import Events

/// The last bars of trades, bids and asks, each with the time of its end.
@usableFromInline
struct LastBars: BitwiseCopyable {
  @usableFromInline var trades: (bar: Bar, end: Instant)?
  @usableFromInline var bids: (bar: Bar, end: Instant)?
  @usableFromInline var asks: (bar: Bar, end: Instant)?

  /// The end of bars that nothing trades at any more.
  static let past = Instant(nanoseconds: .min)

  /// - Parameter side: as in `Bar`.
  subscript(side: Side) -> (bar: Bar, end: Instant)? {
    switch side {
    case .none: trades
    case .buy: bids
    case .sell: asks
    }
  }

  /// Keeps a bar; false if it cannot be one.
  @inlinable @inline(__always)
  mutating func note(_ bar: Bar, end: Instant) -> Bool {
    guard bar.interval > 0, !bar.low.isNone, bar.low <= min(bar.open, bar.close),
      max(bar.open, bar.close) <= bar.high
    else { return false }
    switch bar.side {
    case .none: trades = (bar, end)
    case .buy: bids = (bar, end)
    case .sell: asks = (bar, end)
    }
    return true
  }
}

/// The lists of which an order has filled in the bars that end in one moment. Of linked orders the first that fills is
/// the only one then: the core cancels the others, but hears of the fill only when the bar is over.
struct FilledLists {
  private var end = Instant(nanoseconds: .min)
  private var fills: [(list: OrderID, order: OrderID)] = []

  /// Bars that end then come.
  @inline(__always)
  mutating func begin(_ end: Instant) {
    if end == self.end { return }
    self.end = end
    if !fills.isEmpty { fills.removeAll(keepingCapacity: true) }
  }

  /// Notes that some of an order filled.
  @inline(__always)
  mutating func note(_ order: borrowing WorkingOrder) {
    if order.isLinked { fills.append((order.ticket.terms.list, order.ticket.order)) }
  }

  /// Whether another order of its list has filled.
  @inline(__always)
  func forbid(_ order: borrowing WorkingOrder) -> Bool {
    if fills.isEmpty || !order.isLinked { return false }
    let (list, id) = (order.ticket.terms.list, order.ticket.order)
    return fills.contains { $0.list == list && $0.order != id }
  }
}

// The bar model: orders meet bars that begin after they were sent.
extension TradedMarket {
  /// An accepted order in the bar model.
  mutating func enterBars(
    _ entering: WorkingOrder, _ price: FillModel.MarketOrderPrice, _ outbox: inout Outbox
  ) {
    var order = entering
    guard order.isImmediate || order.ticket.type == .marketToLimit else {
      rest(order)
      return
    }
    let side = barSide(of: order)
    if order.ticket.type != .limit, price == .lastClose, let last = lastBars[side],
      outbox.now.since(last.end) <= last.bar.interval
    {
      fillAtBar(&order, last.bar.close, side, .barClose, &outbox)
      if !order.isDone { settleRest(order, at: last.bar.close, &outbox) }
      return
    }
    waiting.append(order)
  }

  /// Bars that came while nothing of ours was in the market, stored apart on the hot path.
  mutating func show(_ bars: LastBars) {
    if source < .bars { source = .bars }
    let before = lastBars
    lastBars = bars
    for side in [Side.none, .buy, .sell] {
      if let latest = bars[side], latest.end != before[side]?.end { noteBar(latest.bar) }
    }
  }

  /// What is known of a bar beside the bar itself.
  private mutating func noteBar(_ bar: Bar) {
    allowances[Int(bar.side.rawValue)] = allowance(of: bar)
    if bar.side == .none { (hasPrints, lastTrade) = (true, bar.close) }
  }

  mutating func apply(_ bar: Bar, end: Instant, _ outbox: inout Outbox) {
    guard lastBars.note(bar, end: end) else { return }
    if source < .bars { source = .bars }
    noteBar(bar)
    filledLists.begin(end)
    guard !isIdle, isTrading else { return }
    let start = end.advanced(by: -bar.interval)
    if !auction.isEmpty { fillSession(bar, start: start, &outbox) }
    if method == .lean { return applyLean(bar, end: end, &outbox) }
    fillWaiting(bar, start: start, &outbox)
    guard case .bar = method else { return }
    let isPlain =
      conditionals.isEmpty && participation == 0 && !resting.contains { $0.isLinked }
    if isPlain { fillResting(bar, start: start, &outbox) } else { walk(bar, start: start, &outbox) }
  }

  /// Resting limits that do not depend on the order of the bar's prices.
  private mutating func fillResting(_ bar: Bar, start: Instant, _ outbox: inout Outbox) {
    clearing.day = day(of: bar.side)
    defer { clearing.day = nil }
    for side in [Side.buy, .sell] {
      var cursor = resting.start(side)
      while let place = resting.next(&cursor) {
        guard barSide(of: resting[place]) == bar.side, start >= resting[place].sent,
          let price = bar.price(of: resting[place].ticket)
        else { continue }
        let isTaker =
          resting[place].allows(bar.open) && !resting[place].ticket.terms.isPostOnly
        fill(
          resting: place, at: price, resting[place].remaining,
          FillBasis(isTaker ? .barOpen : .barLimit), &outbox, as: isTaker ? .taker : .maker)
        resting.release(place)
      }
    }
  }

  /// Orders that waited for the open of a bar.
  private mutating func fillWaiting(_ bar: Bar, start: Instant, _ outbox: inout Outbox) {
    if waiting.isEmpty { return }
    let all = waiting
    waiting.removeAll(keepingCapacity: true)
    for var order in all {
      guard barSide(of: order) == bar.side, start >= order.sent, !filledLists.forbid(order) else {
        waiting.append(order)
        continue
      }
      if order.ticket.type != .limit || order.allows(bar.open) {
        fillAtBar(&order, bar.open, bar.side, .barOpen, &outbox)
        if !order.isDone { settleRest(order, at: bar.open, &outbox) }
      } else {
        outbox.send(order.ticket.order, .cancelled(.immediate, text: "open beyond the limit"))
      }
    }
  }

  /// Fills as much of an order at a price of a bar as the bar's volume allows.
  mutating func fillAtBar(
    _ order: inout WorkingOrder, _ price: Price, _ side: Side, _ rule: FillBasis.Rule,
    _ outbox: inout Outbox, as liquidity: Fill.Liquidity = .taker
  ) {
    let free = allowances[Int(side.rawValue)]
    if order.ticket.timeInForce == .fillOrKill, free < order.remaining { return }
    let size = min(free, order.remaining)
    if size <= .zero { return }
    allowances[Int(side.rawValue)] = free - size
    clearing.day = day(of: side)
    defer { clearing.day = nil }
    fill(&order, at: price, size, liquidity, FillBasis(rule), &outbox)
    filledLists.note(order)
  }

  /// The same for an order that rests; it leaves if all of it filled.
  mutating func fillAtBar(
    resting place: Int, _ price: Price, _ side: Side, _ rule: FillBasis.Rule,
    _ outbox: inout Outbox, as liquidity: Fill.Liquidity
  ) {
    var order = resting[place]
    fillAtBar(&order, price, side, rule, &outbox, as: liquidity)
    resting[place] = order
    resting.release(place)
  }

  /// What becomes of the part of an order that a bar's volume did not allow.
  mutating func settleRest(_ order: WorkingOrder, at price: Price, _ outbox: inout Outbox) {
    var rest = order
    switch rest.ticket.timeInForce {
    case .immediateOrCancel, .fillOrKill:
      outbox.send(rest.ticket.order, .cancelled(.immediate, text: "beyond the bar's volume"))
    default:
      if rest.ticket.type == .marketToLimit, rest.filled > .zero {
        (rest.ticket.type, rest.ticket.price) = (.limit, price)
      }
      if rest.ticket.type == .limit { self.rest(rest) } else { waiting.append(rest) }
    }
  }

  /// The moment by which the last bar of a side belongs to a day.
  private func day(of side: Side) -> Instant? {
    lastBars[side].map { $0.bar.dayMoment(endingAt: $0.end) }
  }

  /// What our orders may fill of a bar.
  private func allowance(of bar: Bar) -> Quantity {
    if participation == 0 { return Quantity(.max) }
    let share = Int128(max(bar.volume.raw, 0)) * Int128(participation) / 1_000_000
    let lot = Int128(instrument.lotSize.raw)
    return Quantity(Int64(share - share % lot))
  }

  /// Which bars an order meets: limits trade bars, market orders those of the opposite side, and either
  /// the other kind where the first has never come.
  func barSide(of order: WorkingOrder) -> Side {
    guard order.isImmediate || order.ticket.type == .marketToLimit else {
      return restingBarSide(of: order)
    }
    let opposite = order.ticket.side.opposite
    return lastBars[opposite] != nil ? opposite : .none
  }

  /// Which bars limits, conditions and auctions go by: trade bars, or where there are none those of the
  /// opposite side.
  func restingBarSide(of order: WorkingOrder) -> Side {
    let opposite = order.ticket.side.opposite
    return lastBars[.none] != nil || lastBars[opposite] == nil ? .none : opposite
  }
}

extension Bar {
  /// The moment by which a bar belongs to a day: its end, of a whole day noon. The bar of a market whose day begins
  /// the evening before, recorded at midnight, ends in the next day.
  @inlinable @inline(__always)
  public func dayMoment(endingAt time: Instant) -> Instant {
    interval < Nanoseconds.day ? time : time.advanced(by: -Nanoseconds.day / 2)
  }

  /// What a resting limit order pays in the bar, or nil if the bar does not go beyond its limit.
  fileprivate func price(of ticket: OrderTicket) -> Price? {
    let best = ticket.terms.isPostOnly ? ticket.price : open
    if ticket.side == .buy { return low < ticket.price ? min(best, ticket.price) : nil }
    return high > ticket.price ? max(best, ticket.price) : nil
  }
}
