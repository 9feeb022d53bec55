import Events
import Testing
import Venues

// Accepting, refusing, cancelling, replacing and expiring; and when.
@Suite struct OrderLifeTests {
  /// Lot 10, tick 5.
  static let coarse = Instrument(
    id: InstrumentID(0), venueName: "TEST", symbol: "STOCK", kind: .future, currency: "USD",
    priceScale: 2, quantityScale: 0, tickSize: Price(5), lotSize: Quantity(10))

  @Test(
    arguments: [
      (10, 100, 0, "accepted"), (10, 101, 0, "rejected 5"), (15, 100, 0, "rejected 6"),
      (0, 100, 0, "rejected 6"), (-10, 100, 0, "rejected 6"), (Int64.max, 100, 0, "rejected 6"),
      (10, Int64.min, 0, "rejected 5"), (10, Int64.max, 0, "rejected 5"), (10, -5, 0, "accepted"),
      (10, 100, 1, "rejected 8"), (10, 100, UInt16.max, "rejected 8"),
    ] as [(Int64, Int64, UInt16, String)])
  func `bad orders are rejected`(_ quantity: Int64, _ price: Int64, _ id: UInt16, _ wanted: String)
  {
    var desk = Desk(instrument: Self.coarse)
    desk.quote(500, 10, 505, 10)
    desk.send(7, .buy, quantity, at: price, instrument: id)
    #expect(desk.reports() == ["7 \(wanted)"])
  }

  @Test func `an order without side, type or time in force is rejected`() {
    var desk = Desk()
    desk.quote(100, 1, 101, 1)
    desk.send(1, .none, 1, at: 100)
    desk.send(2, .buy, 1, at: 100, .none)
    desk.command(
      .submit(
        OrderTicket(
          order: OrderID(3), strategy: StrategyID(0), instrument: InstrumentID(0), side: .buy,
          type: .none, timeInForce: .day, quantity: Quantity(1))))
    #expect(desk.reports() == ["1 rejected 99", "2 rejected 99", "3 rejected 99"])
  }

  @Test func `an id is used once, whatever became of it`() {
    var desk = Desk()
    desk.quote(100, 50, 102, 20)
    desk.send(5, .buy, 1, at: 99)
    desk.send(3, .buy, 1, at: 99)
    desk.send(5, .buy, 1, at: 99)
    desk.send(4, .buy, 0, at: 99)
    desk.send(4, .buy, 1, at: 99)
    #expect(
      desk.reports() == [
        "5 accepted", "3 accepted", "5 rejected 7", "4 rejected 6", "4 rejected 7",
      ])
  }

  @Test func `a market order without anything on the other side is rejected`() {
    var desk = Desk()
    desk.send(1, .buy, 1)
    desk.quote(100, 5, nil, 0)
    desk.send(2, .buy, 1)
    desk.send(3, .sell, 1)
    #expect(
      desk.reports() == ["1 rejected 4", "2 rejected 4", "3 accepted", "3 filled 1 @ 100 taker"])
  }

  @Test func `orders are taken only while trading, cancels always`() {
    var desk = Desk()
    desk.quote(100, 50, 102, 20)
    desk.send(1, .buy, 5, at: 101)
    desk.status(.halted)
    desk.send(2, .buy, 5, at: 100)
    desk.replace(1, 5, at: 100)
    desk.trade(100, 50, .sell)
    desk.quote(99, 1, 101, 20)
    desk.cancel(1)
    desk.status(.trading)
    desk.send(3, .buy, 5, at: 100)
    #expect(
      desk.reports() == [
        "1 accepted", "2 rejected 3", "1 replace refused 3", "1 cancelled requested", "3 accepted",
      ])
  }

  @Test func `day orders expire at the close, in the order of their ids`() {
    var desk = Desk()
    desk.quote(100, 50, 102, 20)
    desk.send(9, .sell, 5, at: 105, .day)
    desk.send(8, .buy, 5, at: 95, .day)
    desk.send(7, .buy, 5, at: 96)
    desk.status(.closed)
    desk.status(.trading)
    desk.cancel(8)
    desk.cancel(7)
    #expect(
      desk.reports() == [
        "9 accepted", "8 accepted", "7 accepted", "8 expired", "9 expired", "8 cancel refused 2",
        "7 cancelled requested",
      ])
  }

  @Test func `cancels and replaces of unknown or finished orders are refused`() {
    var desk = Desk()
    desk.quote(100, 50, 102, 20)
    desk.cancel(1)
    desk.replace(1, 5, at: 100)
    desk.send(2, .buy, 5)
    desk.cancel(2)
    desk.replace(2, 9, at: 100)
    desk.send(3, .buy, 5, at: 100, instrument: 9)
    desk.cancel(3)
    desk.replace(3, 5, at: 100)
    #expect(
      desk.reports() == [
        "1 cancel refused 1", "1 replace refused 1", "2 accepted", "2 filled 5 @ 102 taker",
        "2 cancel refused 2", "2 replace refused 2", "3 rejected 8", "3 cancel refused 2",
        "3 replace refused 2",
      ])
  }

  @Test func `a smaller size keeps the place in the queue, anything else loses it`() {
    var desk = Desk()
    desk.quote(100, 10, 102, 20)
    for id in UInt64(1)...3 { desk.send(id, .buy, 10, at: 100) }
    desk.quote(100, 30, 102, 20)
    desk.replace(1, 4, at: 100)  // keeps its queue of 10
    desk.replace(2, 11, at: 100)  // behind 30 now
    desk.trade(100, 26, .sell)  // 10 ahead, 4 of the first, 10 of the third, 2 more
    #expect(
      desk.reports() == [
        "1 accepted", "2 accepted", "3 accepted", "1 replaced 4 @ 100", "2 replaced 11 @ 100",
        "1 filled 4 @ 100 maker", "3 filled 10 @ 100 maker",
      ])
  }

  @Test func `a replaced order may trade at once, and totals include what is filled`() {
    var desk = Desk()
    desk.quote(100, 10, 102, 20)
    desk.send(1, .buy, 25, at: 102)
    desk.replace(1, 20, at: 102)
    desk.replace(1, 25, at: 101)
    desk.quote(100, 10, 103, 20)
    desk.replace(1, 30, at: 103)
    desk.replace(1, 31, at: 103)
    #expect(
      desk.reports() == [
        "1 accepted", "1 filled 20 @ 102 taker", "1 replace refused 6", "1 replaced 25 @ 101",
        "1 replaced 30 @ 103", "1 filled 10 @ 103 taker", "1 replace refused 2",
      ])
  }

  @Test func `replaced values are checked like those of new orders`() {
    var desk = Desk(instrument: Self.coarse)
    desk.quote(500, 10, 505, 10)
    desk.send(1, .buy, 20, at: 400)
    desk.replace(1, 25, at: 400)
    desk.replace(1, 30, at: 401)
    desk.replace(1, 0, at: 400)
    #expect(
      desk.reports() == [
        "1 accepted", "1 replace refused 6", "1 replace refused 5", "1 replace refused 6",
      ])
  }

  @Test func `commands and reports take their time and keep their order`() {
    var desk = Desk(ExchangeConfiguration(latency: Latency(entry: 100, response: 30)))
    #expect(desk.exchange.nextTime == nil)
    desk.quote(100, 10, 102, 20)  // at 1001
    desk.send(1, .buy, 5)
    #expect(desk.exchange.nextTime == Instant(nanoseconds: 1_101))
    desk.time = 1_050
    desk.quote(100, 10, 104, 20)
    desk.send(2, .buy, 5)
    #expect(desk.reports(through: Instant(nanoseconds: 1_101)) == [])
    #expect(desk.exchange.nextTime == Instant(nanoseconds: 1_131))
    #expect(
      desk.reports(through: Instant(nanoseconds: 1_131)) == [
        "1 accepted", "1 filled 5 @ 104 taker",
      ])
    #expect(desk.last.allSatisfy { $0.eventTime == Instant(nanoseconds: 1_101) })
    #expect(desk.exchange.nextTime == Instant(nanoseconds: 1_151))
    #expect(desk.reports() == ["2 accepted", "2 filled 5 @ 104 taker"])
    #expect(desk.exchange.nextTime == nil)
  }

  @Test func `fills are numbered from 1 and venue orders named`() throws {
    var desk = Desk()
    desk.quote(100, 10, 102, 20)
    desk.send(1, .buy, 5)
    desk.send(2, .sell, 5)
    _ = desk.reports()
    #expect(desk.last[0].report.outcome == .accepted(venueOrder: "SIM1"))
    #expect(desk.last[2].report.outcome == .accepted(venueOrder: "SIM2"))
    let ids = desk.last.compactMap { report in
      if case .filled(let fill) = report.report.outcome { fill.id } else { nil }
    }
    #expect(ids == [1, 2])
  }

  @Test func `events of undefined instruments are ignored`() {
    var exchange = SimulatedExchange(ExchangeConfiguration())
    let quote = Quote(
      instrument: InstrumentID(3), bid: Price(1), ask: Price(2), bidSize: Quantity(1),
      askSize: Quantity(1))
    exchange.apply(.quote(quote), at: .epoch)
    exchange.define(
      Instrument(
        id: InstrumentID(5), venueName: "T", symbol: "LATER", kind: .equity, currency: "USD",
        priceScale: 2, quantityScale: 0))
    exchange.apply(.quote(quote), at: .epoch)
    exchange.apply(
      .trade(
        Trade(instrument: InstrumentID(3), price: Price(1), size: Quantity(1), side: .buy)),
      at: .epoch)
    #expect(exchange.nextTime == nil)
  }

  @Test func `a configuration that cannot be says why`() {
    let bad = [
      ExchangeConfiguration(latency: Latency(entry: -1, response: 0)),
      ExchangeConfiguration(latency: Latency(entry: 0, response: 0, jitter: .max)),
      ExchangeConfiguration(
        fees: .perNotional(maker: Decimal("10001")!, taker: Decimal("1")!)),
      ExchangeConfiguration(
        fees: .perUnit(
          amount: Money(raw: -1), minimum: .zero, maximumPercent: Decimal("1")!)),
      ExchangeConfiguration(
        exceptions: [
          InstrumentRules(
            "STOCK",
            fees: .perUnit(
              amount: .zero, minimum: .zero, maximumPercent: Decimal("100.1")!))
        ]),
    ]
    #expect(bad.allSatisfy { $0.problem != nil })
    #expect(ExchangeConfiguration().problem == nil)
    #expect(ExchangeConfiguration(fees: .usEquity).problem == nil)
  }

  /// A future that expires at 2,200.
  static func contract(_ expiry: Int64 = 2_200) -> Instrument {
    var contract = Desk.stock
    (contract.kind, contract.expiry) = (.future, Instant(nanoseconds: expiry))
    return contract
  }

  @Test(arguments: [FillModel.bar(.nextOpen), .lean])
  func `orders of an instrument end at its expiry, behind the bar that ends then`(
    _ model: FillModel
  ) {
    var desk = Desk(ExchangeConfiguration(fills: model), instrument: Self.contract())
    desk.bar(end: 2_000, (100, 100, 100, 100))
    desk.send(5, .buy, 1, at: 97)
    desk.send(4, .buy, 1, at: 90)
    desk.send(3, .buy, 1, .stop) { $0.stop = Price(110) }
    desk.send(2, .buy, 1, at: 89, .atClose)
    desk.bar(end: 2_200, (100, 101, 96, 100))
    #expect(desk.exchange.nextTime == Instant(nanoseconds: 2_000))
    #expect(
      desk.reports(through: Instant(nanoseconds: 2_199))
        == ["5 accepted", "4 accepted", "3 accepted", "2 accepted"])
    #expect(desk.exchange.nextTime == Instant(nanoseconds: 2_200))
    #expect(
      desk.reports(through: Instant(nanoseconds: 2_300))
        == ["5 filled 1 @ 97 maker", "2 expired", "3 expired", "4 expired"])
    #expect(desk.last.map(\.eventTime.nanoseconds) == [2_200, 2_200, 2_200, 2_200])
    #expect(desk.exchange.nextTime == nil)
    desk.bar(end: 2_300, (80, 120, 80, 100))
    desk.send(6, .buy, 1)
    desk.cancel(4)
    #expect(desk.reports() == ["6 rejected 3", "4 cancel refused 2"])
  }

  @Test func `an expiry comes before what arrives then, and in order with good-till-date orders`() {
    var desk = Desk(instrument: Self.contract(1_100))
    desk.quote(100, 10, 101, 10)
    for (order, time) in [(1, 1_099), (2, 1_100), (3, 1_101)] as [(UInt64, Int64)] {
      desk.send(order, .buy, 1, .limit, at: 99, .goodTillDate) {
        $0.expiry = Instant(nanoseconds: time)
      }
    }
    desk.time = 1_100
    desk.send(4, .buy, 1)
    #expect(
      desk.reports() == [
        "1 accepted", "2 accepted", "3 accepted", "1 expired", "2 expired", "3 expired",
        "4 rejected 3",
      ])
  }

  @Test func `another expiry counts although there are orders, and undoes one that was too early`()
  {
    var desk = Desk(instrument: Self.contract(1_100))
    desk.quote(100, 10, 101, 10)
    desk.send(1, .buy, 1, at: 99)
    desk.exchange.define(Self.contract(1_200))
    #expect(desk.reports(through: Instant(nanoseconds: 1_199)) == ["1 accepted"])
    #expect(desk.reports(through: Instant(nanoseconds: 1_200)) == ["1 expired"])
    // Told again it is over still.
    desk.time = 1_200
    desk.exchange.define(Self.contract(1_200))
    desk.send(2, .buy, 1, at: 99)
    desk.exchange.define(Self.contract(1_300))
    desk.send(3, .buy, 1, at: 99)
    #expect(
      desk.reports(through: Instant(nanoseconds: 1_299)) == ["2 rejected 3", "3 accepted"])
  }

  @Test func `of several instruments each ends at its own expiry`() {
    var desk = Desk(instrument: Self.contract(1_300))
    for (number, expiry) in [(1, 1_100), (2, 1_300), (3, 1_200), (4, 0)] as [(UInt16, Int64)] {
      var contract = Self.contract(expiry)
      contract.id = InstrumentID(number)
      desk.exchange.define(contract)
    }
    desk.quote(100, 10, 101, 10)
    for number in 0...4 as ClosedRange<UInt16> {
      desk.send(10 - UInt64(number), .buy, 1, at: 99, instrument: number)
    }
    #expect(
      desk.reports().dropFirst(5) == ["9 expired", "7 expired", "10 expired", "8 expired"])
    #expect(desk.last.dropFirst(5).map(\.eventTime.nanoseconds) == [1_100, 1_200, 1_300, 1_300])
  }
}
