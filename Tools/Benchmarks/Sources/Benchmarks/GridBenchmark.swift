import Books
import Events
import Journaling
import Sequencing
import Trading
import Venues

/// A grid of quotes on price levels, with queue position and latency, through the whole path: recording, feed,
/// engine, gate, exchange, reports, portfolio, a journal of the run.
enum GridBenchmark {
  static func run(_ bench: Bench) throws {
    let events = GridFeed.make(1_000_000)
    let path = RecordedMarket.record(events, in: bench)
    defer { bench.remove(path) }
    for (name, kind) in [("do nothing on L2", "idle"), ("grid on L2", "grid")] {
      var bytes = 0
      var tally = Tally()
      let elapsed = try median(
        (0..<bench.rounds).map { _ in
          let target = bench.path("run")
          defer { bench.remove(target) }
          let run = try RecordedMarket.backtest(over: path, into: target, setup(kind))
          (bytes, tally) = (run.bytes, run.tally)
          return run.elapsed
        })
      precondition(kind == "idle" ? tally.orders == 0 : tally.fills > 1_000)
      bench.report(
        name, Double(events.count) / elapsed.cpu / 1e6, "M events/s",
        of: ("SHA-256", Double(bytes) / elapsed.cpu / bench.limits.sha256))
      if kind == "grid" {
        bench.report("grid on L2, orders", Double(tally.orders), "")
        bench.report("grid on L2, fills", Double(tally.fills), "")
      }
    }
  }

  private static func setup(_ kind: String) -> Backtest.Setup {
    var exchange = ExchangeConfiguration(
      latency: Latency(entry: 1_000_000, response: 1_000_000))
    exchange.queue = .power(exponent: 3)
    return Backtest.Setup(
      configuration: ConfigurationItems([
        .init(key: "account.cash", value: "1000000 USD"),
        .init(key: "strategy.maker.kind", value: kind),
        .init(key: "strategy.maker.instruments", value: "DAYB"),
        .init(key: "strategy.maker.clock", value: "quote"),
      ]),
      exchange: exchange, seed: 1, source: "benchmark",
      catalog: [
        StrategyKind(name: "idle", version: "1", type: IdleStrategy.self),
        StrategyKind(name: "grid", version: "1", type: GridStrategy.self),
      ])
  }
}

/// Does nothing with each quote.
struct IdleStrategy: Strategy {
  init(_ parameters: inout Parameters) throws(ConfigurationError) {}
}

/// Ten times a second wants five bids and five asks, a tick apart, from two ticks off the mid on, moved against
/// the position; cancels what is elsewhere.
struct GridStrategy: Strategy {
  private var next = Instant.epoch
  private static let levels: Int64 = 5
  private static let most: Int64 = 50

  init(_ parameters: inout Parameters) throws(ConfigurationError) {}

  mutating func onQuote(_ quote: Quote, in market: borrowing Market) -> Intent {
    guard market.time >= next, !quote.bid.isNone, !quote.ask.isNone else { return .hold }
    next = market.time.advanced(by: 100_000_000)
    let held = market.position(quote.instrument).quantity.raw
    let middle = (quote.bid.raw + quote.ask.raw) / 2 - held / 10
    var intents: [Intent] = []
    let open = market.openOrders(quote.instrument)
    for order in open where order.state == .working || order.state == .partial {
      let limit = order.ticket.price.raw
      let offset = order.ticket.side == .buy ? middle - limit : limit - middle
      if !(2...Self.levels + 1).contains(offset) {
        intents.append(.cancel(order.id, because: Reason("off the grid")))
      }
    }
    for offset in 2...Self.levels + 1 {
      for side in [Side.buy, .sell] where held * side.sign < Self.most {
        let price = Price(
          side == .buy
            ? min(middle - offset, quote.ask.raw - 1) : max(middle + offset, quote.bid.raw + 1))
        if open.contains(where: { $0.ticket.side == side && $0.ticket.price == price }) { continue }
        intents.append(
          .order(
            .limit(quote.instrument, side, Quantity(1), at: price), because: Reason("on the grid")))
      }
    }
    return intents.isEmpty ? .hold : .several(intents)
  }
}

/// Changes of price levels and trades at the best prices, about as many a second as of a liquid future.
enum GridFeed {
  static func make(_ count: Int) -> [TimedEvent] {
    var random = SeededRandom(seed: 17)
    var events: [TimedEvent] = []
    events.reserveCapacity(count + 1)
    var book = DepthBook()
    for event in DepthFeed.make(count * 9 / 10, moves: 500) {
      events.append(event)
      guard case .depth(let change) = event.event else { continue }
      _ = book.apply(change)
      // A trade where trades are, at the best price: its size is taken off by the changes that follow.
      guard book.level(0, of: change.side)?.price == change.price, random.once(in: 2) else {
        continue
      }
      let trade = Trade(
        instrument: InstrumentID(0), price: change.price,
        size: Quantity(Int64(1 + random.below(100))), side: change.side.opposite)
      events.append(TimedEvent(time: event.time, event: .trade(trade)))
    }
    return events
  }
}
