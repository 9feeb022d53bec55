import Events

/// When good-till-date orders and instruments end.
struct Endings {
  private struct OrderEnd {
    var time: Instant
    var order: OrderID
  }

  /// The latest first.
  private var orders: [OrderEnd] = []
  /// By instrument; `distantFuture` for none that is to come.
  private var instruments: [Instant] = []
  private var nextInstrument = Instant.distantFuture
  /// When the next of them ends; `distantFuture` for never. O(1).
  private(set) var next = Instant.distantFuture

  /// Whether one of them ends by `time`. O(1).
  @inline(__always)
  func isDue(by time: Instant) -> Bool { next <= time && next < .distantFuture }

  mutating func add(_ order: OrderID, at time: Instant) {
    // Of the same moment the one that came first stands last, to end first.
    let place = orders.firstIndex { $0.time <= time } ?? orders.count
    orders.insert(OrderEnd(time: time, order: order), at: place)
    findNext()
  }

  /// An instrument has an end, instead of the one before.
  mutating func set(_ end: Instant, of instrument: Int) {
    while instruments.count <= instrument { instruments.append(.distantFuture) }
    let before = instruments[instrument]
    if before == end { return }
    instruments[instrument] = end
    if before == nextInstrument {
      findNextInstrument()
    } else {
      nextInstrument = min(nextInstrument, end)
    }
    findNext()
  }

  /// Takes the order that ends next, and when, if that is no later than the next instrument does.
  mutating func takeOrder() -> (OrderID, Instant)? {
    guard let last = orders.last, last.time <= nextInstrument else { return nil }
    orders.removeLast()
    findNext()
    return (last.order, last.time)
  }

  /// Takes the instrument that ends next, and when; of one moment the first in number. O(instruments).
  mutating func takeInstrument() -> (Int, Instant)? {
    let time = nextInstrument
    guard time < .distantFuture, let index = instruments.firstIndex(of: time) else { return nil }
    set(.distantFuture, of: index)
    return (index, time)
  }

  private mutating func findNextInstrument() {
    nextInstrument = instruments.min() ?? .distantFuture
  }

  private mutating func findNext() {
    next = min(orders.last?.time ?? .distantFuture, nextInstrument)
  }
}

extension SimulatedExchange {
  /// Notes when an instrument ends; the epoch for never.
  mutating func note(end: Instant, of index: Int) {
    guard isDefined(index) else { return }
    markets.change(index) { $0.isOver = false }
    endings.set(end == .epoch ? .distantFuture : end, of: index)
    findNextTime()
  }

  /// Ends the order, if it is still working, or the instrument whose time comes first.
  mutating func endNext() {
    if let (order, time) = endings.takeOrder() {
      guard let index = ledger.instrument(of: order)?.index else { return }
      gateways[tops[index].line].outbox.advance(to: time)
      change(index) { market, outbox in
        if market.remove(order) { outbox.send(order, .expired) }
      }
    } else if let (index, time) = endings.takeInstrument() {
      gateways[tops[index].line].outbox.advance(to: time)
      change(index) { market, outbox in
        market.isOver = true
        market.expire(&outbox) { _ in true }
      }
    }
  }
}

extension TradedMarket {
  /// Ends the orders that are to, in the order of their ids.
  mutating func expire(_ outbox: inout Outbox, where isEnding: (WorkingOrder) -> Bool) {
    let others = (waiting + conditionals + parked + auction).filter(isEnding)
    let ending = resting.all(where: isEnding) + others
    for order in ending.map(\.ticket.order).sorted() {
      remove(order)
      outbox.send(order, .expired)
    }
  }
}
