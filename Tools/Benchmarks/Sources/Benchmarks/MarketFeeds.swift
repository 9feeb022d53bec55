import Events

/// Order-by-order messages around a wandering price, with about as many live orders all the time.
struct OrderFeed {
  /// Fills the book.
  private(set) var opening: [OrderChange] = []
  /// What is measured: adds, deletes, executions, cancels and changes of price.
  private(set) var messages: [OrderChange] = []

  private struct Live {
    var id: UInt64
    var side: Side
    var price: Int64
    var size: Int64
  }

  private var random = SeededRandom(seed: 7)
  private var live: [Live] = []
  private var middle: Int64 = 100_000
  private var nextID: UInt64 = 1

  init(live count: Int, messages total: Int) {
    for _ in 0..<count { opening.append(add()) }
    messages.reserveCapacity(total)
    while messages.count < total {
      if random.once(in: 16) { middle += Int64(random.below(3)) - 1 }
      let dice = random.below(100)
      // More live orders than wanted make leaving likelier, fewer make joining likelier.
      let adds = live.count < count ? 52 : 42
      if dice < adds {
        messages.append(add())
      } else if dice < 95 {
        messages.append(reduce(part: dice < adds + 6))
      } else {
        messages.append(move())
      }
    }
  }

  private mutating func add() -> OrderChange {
    let side: Side = random.once(in: 2) ? .buy : .sell
    let order = Live(
      id: nextID, side: side, price: price(side), size: Int64(100 * (1 + random.tries(3))))
    // Ids of other instruments of the venue lie between.
    nextID += UInt64(1 + random.below(4))
    live.append(order)
    return change(.add, order, size: order.size)
  }

  private mutating func price(_ side: Side) -> Int64 {
    let offset = 1 + Int64(random.once(in: 5) ? random.below(300) : random.tries(6))
    return side == .buy ? middle - offset : middle + offset
  }

  /// Takes some or all off an order, rather one near the best price.
  private mutating func reduce(part: Bool) -> OrderChange {
    var chosen = random.below(live.count)
    for _ in 0..<2 {
      let other = random.below(live.count)
      if (live[other].price - middle).magnitude < (live[chosen].price - middle).magnitude {
        chosen = other
      }
    }
    let order = live[chosen]
    if part, order.size > 100 {
      live[chosen].size -= 100
      return change(random.once(in: 2) ? .execute : .cancel, order, size: 100)
    }
    live.swapAt(chosen, live.count - 1)
    live.removeLast()
    return random.once(in: 6)
      ? change(.execute, order, size: order.size) : change(.delete, order, size: 0)
  }

  private mutating func move() -> OrderChange {
    let chosen = random.below(live.count)
    live[chosen].price = price(live[chosen].side)
    return change(.modify, live[chosen], size: live[chosen].size)
  }

  private func change(_ action: OrderChange.Action, _ order: Live, size: Int64) -> OrderChange {
    OrderChange(
      instrument: InstrumentID(0), action: action, side: order.side, order: order.id,
      price: Price(order.price), size: Quantity(size))
  }
}

/// Changes of price levels, ten to twenty on each side of a wandering price.
enum DepthFeed {
  /// - Parameter moves: the price moves once in so many changes.
  static func make(_ count: Int, moves: Int = 20) -> [TimedEvent] {
    var random = SeededRandom(seed: 9)
    var (middle, time) = (Int64(20_000), QuoteFeed.start)
    var events: [TimedEvent] = []
    func set(_ side: Side, _ price: Int64, _ size: Int64) {
      time += 50_000
      let change = DepthChange(
        instrument: InstrumentID(0), action: .set, side: side, price: Price(price),
        size: Quantity(size))
      events.append(TimedEvent(time: time, event: .depth(change)))
    }
    while events.count < count {
      if random.once(in: moves) {
        // The level that the price moves over leaves its side first.
        let isUp = random.once(in: 2)
        set(isUp ? .sell : .buy, middle + (isUp ? 1 : -1), 0)
        middle += isUp ? 1 : -1
      }
      let side: Side = random.once(in: 2) ? .buy : .sell
      let offset = Int64(1 + random.below(random.once(in: 3) ? 20 : 5))
      let size = random.once(in: 10) ? 0 : Int64(100 * (1 + random.tries(4)))
      set(side, side == .buy ? middle - offset : middle + offset, size)
    }
    return events
  }
}

/// One-minute bars of trades.
enum BarFeed {
  static let interval: Int64 = 60_000_000_000

  static func make(_ count: Int) -> [TimedEvent] {
    var random = SeededRandom(seed: 11)
    var close: Int64 = 20_000
    return (0..<count).map { index in
      let open = close
      close = min(max(close + Int64(random.below(21)) - 10, 4_000), 60_000)
      let bar = Bar(
        instrument: InstrumentID(0), interval: interval, open: Price(open),
        high: Price(max(open, close) + Int64(random.below(6))),
        low: Price(min(open, close) - Int64(random.below(6))), close: Price(close),
        volume: Quantity(Int64(100 * (1 + random.below(5_000)))))
      return TimedEvent(time: QuoteFeed.start + Int64(index) * interval, event: .bar(bar))
    }
  }
}
