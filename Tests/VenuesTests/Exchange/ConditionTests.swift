import Events
import Testing
import Venues

// Hand-worked cases of orders that wait for a price at the exchange.
@Suite struct ConditionTests {
  /// Type, side, stop, limit, and what a market of 98 × 102 that trades at 100, 99, 101, 97, 103 makes of it.
  static let table: [(OrderType, Side, Int64, Int64?, [String])] = [
    (.stop, .buy, 101, nil, ["triggered 101", "filled 5 @ 102 taker"]),
    (.stop, .sell, 99, nil, ["triggered 99", "filled 5 @ 98 taker"]),
    (.stop, .buy, 102, nil, ["triggered 103", "filled 5 @ 102 taker"]),
    (.stop, .sell, 96, nil, []),
    // It comes to rest at 101 after the print there; the one at 97 goes through it.
    (.stopLimit, .buy, 101, 101, ["triggered 101", "filled 5 @ 101 maker"]),
    (.stopLimit, .buy, 101, 102, ["triggered 101", "filled 5 @ 102 taker"]),
    (.stopLimit, .sell, 99, 98, ["triggered 99", "filled 5 @ 98 taker"]),
    (.marketIfTouched, .buy, 99, nil, ["triggered 99", "filled 5 @ 102 taker"]),
    (.marketIfTouched, .sell, 101, nil, ["triggered 101", "filled 5 @ 98 taker"]),
    (.limitIfTouched, .sell, 101, 102, ["triggered 101", "filled 5 @ 102 maker"]),
    (.limitIfTouched, .buy, 98, 102, ["triggered 97", "filled 5 @ 102 taker"]),
  ]

  @Test(arguments: table.indices) func `a condition is met by trades`(_ index: Int) {
    let (type, side, stop, limit, expected) = Self.table[index]
    var desk = Desk()
    desk.quote(98, 50, 102, 50)
    desk.trade(100, 1, .none)
    desk.send(1, side, 5, type, at: limit) { $0.stop = Price(stop) }
    for price in [100, 99, 101, 97, 103] as [Int64] { desk.trade(price, 5, .none) }
    #expect(desk.reports() == ["1 accepted"] + expected.map { "1 \($0)" })
  }

  @Test func `a condition that is met on arrival acts at once`() {
    var desk = Desk()
    desk.quote(98, 50, 102, 50)
    desk.trade(100, 1, .none)
    desk.send(1, .buy, 5, .stop) { $0.stop = Price(100) }
    desk.send(2, .sell, 5, .limitIfTouched, at: 105) { $0.stop = Price(99) }
    #expect(
      desk.reports() == [
        "1 accepted", "1 triggered 100", "1 filled 5 @ 102 taker", "2 accepted", "2 triggered 100",
      ])
  }

  @Test func `without trades the side that is taken is looked at`() {
    var desk = Desk()
    desk.quote(98, 50, 102, 50)
    desk.send(1, .buy, 5, .stop) { $0.stop = Price(103) }
    desk.send(2, .sell, 5, .stop) { $0.stop = Price(97) }
    desk.quote(97, 50, 101, 50)
    desk.quote(99, 50, 103, 50)
    #expect(
      desk.reports() == [
        "1 accepted", "2 accepted", "2 triggered 97", "2 filled 5 @ 97 taker", "1 triggered 103",
        "1 filled 5 @ 103 taker",
      ])
  }

  @Test func `middle and mark price can be looked at`() {
    var desk = Desk()
    desk.quote(98, 50, 102, 50)
    desk.send(1, .buy, 5, .stop) { ($0.stop, $0.trigger) = (Price(101), .mid) }
    desk.send(2, .sell, 5, .stop) { ($0.stop, $0.trigger) = (Price(90), .mark) }
    desk.trade(101, 5, .none)
    desk.quote(99, 50, 103, 50)
    desk.reference(.index, 80)
    desk.reference(.mark, 91)
    desk.reference(.mark, 90)
    #expect(
      desk.reports() == [
        "1 accepted", "2 accepted", "1 triggered 101", "1 filled 5 @ 103 taker", "2 triggered 90",
        "2 filled 5 @ 99 taker",
      ])
  }

  @Test func `a trailing stop follows by a price and never goes back`() {
    var desk = Desk()
    desk.quote(98, 50, 102, 50)
    desk.trade(100, 1, .none)
    desk.send(1, .sell, 5, .trailingStop) { $0.trail = Trail(.price, 3) }  // 97
    desk.trade(104, 1, .none)  // 101
    desk.trade(102, 1, .none)
    desk.trade(101, 1, .none)
    #expect(desk.reports() == ["1 accepted", "1 triggered 101", "1 filled 5 @ 98 taker"])
  }

  @Test func `a trail in millionths is a share of the price, its limit an offset from the stop`() {
    var desk = Desk()
    desk.quote(10_000, 50, 10_002, 50)
    desk.trade(10_001, 1, .none)
    desk.send(1, .buy, 5, .trailingStopLimit) {
      ($0.trail, $0.limitOffset) = (Trail(.ppm, 10_000), 2)  // 10101
    }
    desk.trade(9_990, 1, .none)  // 9990 + 99 = 10089
    desk.trade(10_088, 1, .none)
    desk.trade(10_089, 1, .none)
    #expect(desk.reports() == ["1 accepted", "1 triggered 10089", "1 filled 5 @ 10002 taker"])
  }

  @Test func `a stop is replaced by its stop, a stop-limit by its limit`() {
    var desk = Desk()
    desk.quote(98, 50, 102, 50)
    desk.trade(100, 1, .none)
    desk.send(1, .sell, 5, .stop) { $0.stop = Price(95) }
    desk.send(2, .sell, 5, .stopLimit, at: 90) { $0.stop = Price(95) }
    desk.replace(1, 4, at: 96)
    desk.replace(2, 5, at: 99)
    desk.trade(96, 1, .none)
    desk.replace(1, 4, at: 94)
    desk.trade(95, 1, .none)
    desk.cancel(2)
    #expect(
      desk.reports() == [
        "1 accepted", "2 accepted", "1 replaced 4 @ 96", "2 replaced 5 @ 99", "1 triggered 96",
        "1 filled 4 @ 98 taker", "1 replace refused 2", "2 triggered 95", "2 cancelled requested",
      ])
  }

  @Test func `conditions wait out a halt, and cancels win or lose races`() {
    var desk = Desk(ExchangeConfiguration(latency: Latency(entry: 10, response: 0)))
    desk.quote(98, 50, 102, 50)
    desk.trade(100, 1, .none)
    desk.send(1, .sell, 5, .stop) { $0.stop = Price(99) }
    desk.time += 20
    desk.trade(100, 1, .none)
    desk.exchange.advance(to: Instant(nanoseconds: desk.time))
    desk.status(.halted)
    desk.trade(98, 1, .none)
    desk.status(.trading)
    desk.cancel(1)  // arrives 10 ns later
    desk.trade(99, 1, .none)
    #expect(
      desk.reports() == [
        "1 accepted", "1 triggered 99", "1 filled 5 @ 98 taker", "1 cancel refused 2",
      ])
  }

  @Test(
    arguments: [
      (.stop, nil, 0, 5), (.stopLimit, nil, 95, 5), (.trailingStop, nil, 95, 5),
      (.pegged, nil, 0, 5), (.none, nil, 95, 99),
    ] as [(OrderType, Int64?, Int64, UInt16)])
  func `terms that make no order are rejected`(
    _ type: OrderType, _ limit: Int64?, _ stop: Int64, _ code: UInt16
  ) {
    var desk = Desk()
    desk.quote(98, 50, 102, 50)
    desk.send(1, .sell, 5, type, at: limit) { $0.stop = stop == 0 ? .none : Price(stop) }
    #expect(desk.reports() == ["1 rejected \(code)"])
  }

  @Test func `executions of an order-by-order feed meet conditions`() {
    var desk = Desk()
    desk.order(.add, .buy, 1, 98, 50)
    desk.order(.add, .buy, 2, 97, 50)
    desk.order(.add, .sell, 3, 102, 50)
    desk.send(1, .sell, 5, .stop) { ($0.stop, $0.trigger) = (Price(98), .last) }
    desk.order(.execute, .buy, 1, 0, 50, marks: [])
    desk.order(.cancel, .buy, 2, 0, 47)
    #expect(
      desk.reports() == [
        "1 accepted", "1 triggered 98", "1 filled 3 @ 97 taker", "1 cancelled immediate",
      ])
  }
}
