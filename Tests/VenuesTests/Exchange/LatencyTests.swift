import Events
import Testing

@testable import Venues

@Suite struct LatencyTests {
  static let quantiles: [Delay.Quantile] = [
    .init(share: 0, delay: 100), .init(share: 500_000, delay: 200),
    .init(share: 990_000, delay: 1_180), .init(share: 1_000_000, delay: 5_000),
  ]

  @Test(
    arguments: [
      (0, 100), (250_000_000, 150), (499_999_999, 199), (500_000_000, 200), (745_000_000, 690),
      (995_000_000, 3_090), (999_999_999, 4_999),
    ] as [(Int64, Int64)])
  func `a distribution is linear between its quantiles`(share: Int64, delay: Int64) {
    #expect(DelaySource.value(Self.quantiles, at: share) == delay)
  }

  @Test func `draws follow the distribution`() {
    var source = DelaySource(.quantiles(Self.quantiles), seed: 7, stream: 0)
    let draws = (0..<20_000).map { _ in source.next() }.sorted()
    #expect((190...210).contains(draws[10_000]))
    #expect((1_100...1_500).contains(draws[19_800]))
    var again = DelaySource(.quantiles(Self.quantiles), seed: 7, stream: 0)
    #expect((0..<20_000).map { _ in again.next() }.sorted() == draws)
  }

  @Test func `recorded latencies come in their order, and again`() {
    var source = DelaySource(.recorded([1, 2, 3]), seed: 1, stream: 0)
    let first = source.next()
    let rest = (0..<5).map { _ in source.next() }
    let cycle = [Int64(1), 2, 3, 1, 2, 3, 1, 2]
    #expect(rest == Array(cycle[Int(first)..<Int(first) + 5]))
  }

  @Test func `venues have lines of their own`() {
    let slow = VenueRules("SLOW", latency: Latency(entry: 1_000, response: 0))
    var exchange = SimulatedExchange(
      ExchangeConfiguration(latency: Latency(entry: 10, response: 0), venues: [slow]))
    for (id, venue) in ["FAST", "SLOW"].enumerated() {
      exchange.define(
        Instrument(
          id: InstrumentID(UInt16(id)), venue: VenueID(UInt16(id)), venueName: venue,
          symbol: "SHR", kind: .equity, currency: "USD", priceScale: 2, quantityScale: 0))
    }
    func order(_ id: UInt64, _ instrument: UInt16) -> Command {
      .submit(
        OrderTicket(
          order: OrderID(id), strategy: StrategyID(0), instrument: InstrumentID(instrument),
          side: .buy, type: .limit, timeInForce: .goodTillCancelled, quantity: Quantity(1),
          price: Price(1)))
    }
    exchange.receive(order(1, 1), at: .epoch)
    exchange.receive(.cancel(OrderID(1)), at: .epoch)
    exchange.receive(order(2, 0), at: .epoch)
    exchange.advance(to: Instant(nanoseconds: 5_000))
    var lines: [String] = []
    while let report = exchange.nextReport(through: .distantFuture) {
      lines.append("\(Desk.text(report.report))@\(report.deliverTime.nanoseconds)")
    }
    #expect(lines == ["2 accepted@10", "1 accepted@1000", "1 cancelled requested@1000"])
  }

  @Test func `what cannot be says why`() {
    let bad: [Delay] = [
      .uniform(-1, jitter: 0), .uniform(0, jitter: .max), .recorded([]), .recorded([-1]),
      .quantiles([]), .quantiles([.init(share: 0, delay: 1)]),
      .quantiles([.init(share: 0, delay: 2), .init(share: 1_000_000, delay: 1)]),
      .quantiles([.init(share: 0, delay: 0), .init(share: 999_999, delay: 1)]),
    ]
    #expect(bad.allSatisfy { $0.problem != nil })
    #expect(
      bad.allSatisfy { Latency(entry: 0, response: 0, feed: .delayed($0)).problem != nil })
  }

  @Test func `a feed's ticks come later, in their order, and each venue's by itself`() {
    let slow = VenueRules(
      "SLOW", latency: Latency(entry: 0, response: 0, feed: .delayed(.recorded([100, 5]))))
    var feed = MarketFeed(ExchangeConfiguration(venues: [slow]))
    #expect(feed.isNeeded)
    for (id, venue) in ["FAST", "SLOW"].enumerated() {
      feed.define(
        Instrument(
          id: InstrumentID(UInt16(id)), venueName: venue, symbol: "SHR", kind: .equity,
          currency: "USD", priceScale: 2, quantityScale: 0))
    }
    for (time, instrument) in [(10, 1), (20, 1), (30, 0), (40, 1)] as [(Int64, UInt16)] {
      let tick = MarketEvent.status(
        StatusChange(instrument: InstrumentID(instrument), status: .trading))
      let now = Instant(nanoseconds: time)
      #expect(feed.exchangeTime(tick, event: .epoch, receive: now) == now)
      feed.send(tick, event: .epoch, receive: now)
    }
    var lines: [String] = []
    while let due = feed.take(through: .distantFuture) {
      lines.append("\(due.tick.instrument.raw)@\(due.time.nanoseconds)")
    }
    // Of the slow venue 100 and 5 in turn, from either on; no tick overtakes.
    #expect(
      lines == ["0@30", "1@110", "1@110", "1@140"] || lines == ["1@15", "0@30", "1@120", "1@120"])
  }

  @Test func `recorded feeds give the exchange the event time, never an earlier one than before`() {
    let latency = Latency(entry: 0, response: 0, feed: .recorded)
    var feed = MarketFeed(ExchangeConfiguration(latency: latency))
    let tick = MarketEvent.status(StatusChange(instrument: InstrumentID(0), status: .trading))
    let times = [(5, 10), (3, 11), (12, 12), (30, 20), (0, 25)].map { event, receive in
      feed.exchangeTime(
        tick, event: Instant(nanoseconds: event), receive: Instant(nanoseconds: receive)
      ).nanoseconds
    }
    #expect(times == [5, 5, 12, 20, 25])
  }
}
