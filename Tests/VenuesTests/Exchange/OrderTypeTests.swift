import Events
import Testing
import Venues

// Hand-worked cases of market-to-limit, pegged, iceberg, post-only and good-till-date orders.
@Suite struct OrderTypeTests {
  @Test func `what the best price does not fill of a market-to-limit order rests there`() {
    var desk = Desk()
    desk.level(.sell, 102, 20)
    desk.level(.sell, 103, 30)
    desk.level(.buy, 100, 10)
    desk.send(1, .buy, 25, .marketToLimit)
    desk.replace(1, 24, at: 102)
    desk.level(.sell, 102, 24)
    #expect(
      desk.reports() == [
        "1 accepted", "1 filled 20 @ 102 taker", "1 replaced 24 @ 102", "1 filled 4 @ 102 maker",
      ])
  }

  @Test func `a market-to-limit order needs another side`() {
    var desk = Desk()
    desk.quote(100, 5, nil, 0)
    desk.send(1, .buy, 5, .marketToLimit)
    #expect(desk.reports() == ["1 rejected 4"])
  }

  /// Side, reference, offset, bound; a market of 100 × 105 that becomes 102 × 107; then what a trade of 1
  /// fills at each price from both sides, if anything.
  static let pegs: [(Side, PegReference, Int64, Int64?, Int64)] = [
    (.buy, .primary, 0, nil, 102), (.buy, .primary, -1, nil, 101), (.sell, .primary, 0, nil, 107),
    (.sell, .primary, 1, nil, 106), (.buy, .mid, 0, nil, 104), (.sell, .mid, 0, nil, 105),
    (.buy, .mid, 9, nil, 106), (.buy, .primary, 0, 101, 101), (.sell, .primary, 0, 109, 109),
  ]

  @Test(arguments: pegs.indices) func `a pegged order follows its reference`(_ index: Int) {
    let (side, reference, offset, bound, price) = Self.pegs[index]
    var desk = Desk()
    desk.quote(100, 10, 105, 10)
    desk.send(1, side, 5, .pegged, at: bound) {
      ($0.peg, $0.pegOffset) = (reference, offset)
    }
    desk.quote(102, 10, 107, 10)
    // One step beyond the limit: it fills at the limit.
    desk.trade(side == .buy ? price - 1 : price + 1, 5, side.opposite)
    #expect(desk.reports() == ["1 accepted", "1 filled 5 @ \(price) maker"])
  }

  @Test func `a peg to the other side takes, and one without a reference waits`() {
    var desk = Desk()
    desk.quote(100, 10, nil, 0)
    desk.send(1, .buy, 5, .pegged) { $0.peg = .market }
    #expect(desk.reports() == ["1 accepted"])
    desk.quote(100, 10, 103, 3)
    desk.quote(100, 10, 104, 9)
    #expect(desk.reports() == ["1 filled 3 @ 103 taker", "1 filled 2 @ 104 taker"])
  }

  @Test func `an iceberg shows its next part behind what is displayed`() {
    var desk = Desk()
    desk.quote(100, 10, 104, 20)
    desk.send(1, .buy, 12, .limit, at: 100) { $0.display = Quantity(5) }
    // 10 of the queue, 5 shown; behind them nothing of the 10 is left, so 5 more, then the last 2.
    desk.trade(100, 12, .sell)
    #expect(desk.reports() == ["1 accepted", "1 filled 2 @ 100 maker"])
    desk.quote(100, 30, 104, 20)
    // The 3 that are shown; 30 are ahead of the next part, 7 of them gone.
    desk.trade(100, 10, .sell)
    desk.trade(100, 23, .sell)
    #expect(desk.reports() == ["1 filled 3 @ 100 maker"])
    desk.trade(100, 9, .sell)
    #expect(desk.reports() == ["1 filled 5 @ 100 maker", "1 filled 2 @ 100 maker"])
  }

  @Test func `a part of an iceberg that is shown anew stands behind our own`() {
    var desk = Desk()
    desk.quote(99, 10, 104, 20)
    desk.send(1, .buy, 10, .limit, at: 100) { $0.display = Quantity(5) }
    desk.send(2, .buy, 5, at: 100)
    desk.trade(100, 5, .sell)
    desk.trade(100, 5, .sell)
    desk.trade(100, 5, .sell)
    #expect(
      desk.reports() == [
        "1 accepted", "2 accepted", "1 filled 5 @ 100 maker", "2 filled 5 @ 100 maker",
        "1 filled 5 @ 100 maker",
      ])
  }

  @Test func `one print fills what icebergs show in order of time, part by part`() {
    var desk = Desk()
    desk.quote(100, 6, 104, 20)
    desk.send(1, .buy, 12, .limit, at: 100) { $0.display = Quantity(4) }
    desk.send(2, .buy, 9, .limit, at: 100) { $0.display = Quantity(3) }
    _ = desk.reports()
    // 6 ahead; shown 4 and 3; shown anew 4 and 3; then 1 of the third part of the first.
    desk.trade(100, 21, .sell)
    #expect(
      desk.reports() == [
        "1 filled 4 @ 100 maker", "2 filled 3 @ 100 maker", "1 filled 4 @ 100 maker",
        "2 filled 3 @ 100 maker", "1 filled 1 @ 100 maker",
      ])
    // The first goes on with the 3 that it shows, the second's part stands behind.
    desk.trade(100, 4, .sell)
    desk.trade(100, 2, .sell)
    #expect(
      desk.reports() == [
        "1 filled 3 @ 100 maker", "2 filled 1 @ 100 maker", "2 filled 2 @ 100 maker",
      ])
  }

  @Test func `what is displayed behind an iceberg comes before its next part`() {
    var desk = Desk()
    desk.quote(100, 5, 104, 20)
    desk.send(1, .buy, 8, .limit, at: 100) { $0.display = Quantity(4) }
    desk.quote(100, 15, 104, 20)
    _ = desk.reports()
    // 5 ahead, 4 shown, 10 displayed behind, 2 of the next part.
    desk.trade(100, 21, .sell)
    #expect(desk.reports() == ["1 filled 4 @ 100 maker", "1 filled 2 @ 100 maker"])
  }

  @Test func `a trade through the price takes of an iceberg without end`() {
    var desk = Desk()
    desk.quote(100, 5, 104, 20)
    desk.send(1, .buy, 12, .limit, at: 100) { $0.display = Quantity(4) }
    _ = desk.reports()
    desk.trade(99, 8, .sell)
    desk.trade(100, 3, .sell)
    #expect(desk.reports() == ["1 filled 8 @ 100 maker", "1 filled 3 @ 100 maker"])
  }

  @Test func `with orders one by one an iceberg goes behind those that came meanwhile`() {
    var desk = Desk()
    desk.order(.add, .buy, 1, 100, 10)
    desk.order(.add, .sell, 9, 104, 10)
    desk.send(1, .buy, 8, .limit, at: 100) { $0.display = Quantity(4) }
    desk.order(.add, .buy, 2, 100, 6)
    desk.order(.execute, .buy, 1, 0, 10)
    desk.order(.execute, .buy, 2, 0, 4)  // behind us: ours
    desk.order(.execute, .buy, 2, 0, 2)  // ahead of the next part
    desk.order(.add, .buy, 3, 100, 6)
    desk.order(.execute, .buy, 3, 0, 6)
    #expect(
      desk.reports() == ["1 accepted", "1 filled 4 @ 100 maker", "1 filled 4 @ 100 maker"])
  }

  @Test func `an iceberg takes with all of it`() {
    var desk = Desk()
    desk.quote(100, 10, 104, 20)
    desk.send(1, .buy, 12, .limit, at: 104) { $0.display = Quantity(5) }
    desk.send(2, .buy, 12, .limit, at: 104) { $0.display = Quantity(13) }
    #expect(desk.reports() == ["1 accepted", "1 filled 12 @ 104 taker", "2 rejected 6"])
  }

  @Test func `a post-only order is rejected rather than taking`() {
    var desk = Desk()
    desk.quote(100, 10, 104, 20)
    desk.send(1, .buy, 5, .limit, at: 104) { $0.isPostOnly = true }
    desk.send(2, .buy, 5, .limit, at: 103) { $0.isPostOnly = true }
    desk.send(3, .sell, 5, .limit, at: 100) { $0.isPostOnly = true }
    desk.send(4, .sell, 5, .limit, at: 101, .immediateOrCancel) { $0.isPostOnly = true }
    desk.replace(2, 5, at: 105)
    desk.replace(2, 5, at: 102)
    desk.trade(101, 5, .sell)
    #expect(
      desk.reports() == [
        "1 rejected 9", "2 accepted", "3 rejected 9", "4 rejected 12", "2 replace refused 9",
        "2 replaced 5 @ 102", "2 filled 5 @ 102 maker",
      ])
  }

  @Test func `a post-only stop-limit that would take is cancelled when it is triggered`() {
    var desk = Desk()
    desk.quote(100, 10, 104, 20)
    desk.trade(103, 1, .none)
    desk.send(1, .buy, 5, .stopLimit, at: 105) {
      ($0.isPostOnly, $0.stop) = (true, Price(104))
    }
    desk.trade(104, 1, .none)
    #expect(desk.reports() == ["1 accepted", "1 triggered 104", "1 cancelled venue"])
  }

  @Test func `a good-till-date order ends at its time`() {
    var desk = Desk()
    desk.quote(100, 10, 104, 20)
    desk.send(1, .buy, 5, .limit, at: 99, .goodTillDate) {
      $0.expiry = Instant(nanoseconds: 2_000)
    }
    desk.send(2, .sell, 5, .stop, .goodTillDate) {
      ($0.expiry, $0.stop) = (Instant(nanoseconds: 1_500), Price(90))
    }
    desk.send(3, .buy, 5, .limit, at: 99, .goodTillDate) {
      $0.expiry = Instant(nanoseconds: 1_000)
    }
    #expect(
      desk.reports(through: Instant(nanoseconds: desk.time)) == [
        "1 accepted", "2 accepted", "3 rejected 99",
      ])
    #expect(desk.exchange.nextTime == Instant(nanoseconds: 1_500))
    #expect(desk.reports(through: Instant(nanoseconds: 1_999)) == ["2 expired"])
    #expect(desk.exchange.nextTime == Instant(nanoseconds: 2_000))
    // What arrives at that moment is too late.
    desk.time = 2_000
    desk.cancel(1)
    #expect(desk.reports() == ["1 expired", "1 cancel refused 2"])
    #expect(desk.last.first?.eventTime == Instant(nanoseconds: 2_000))
    #expect(desk.exchange.nextTime == nil)
  }

  private let desk_now: Int64 = 1_000

  @Test func `an order that arrives while another's end is due may end sooner`() {
    var desk = Desk(ExchangeConfiguration(latency: Latency(entry: 10, response: 0)))
    desk.quote(100, 10, 104, 20)
    desk.exchange.receive(
      .submit(Self.dated(1, 2_000)), at: Instant(nanoseconds: 1_001))
    desk.exchange.advance(to: Instant(nanoseconds: 1_100))
    desk.exchange.receive(
      .submit(Self.dated(2, 1_200)), at: Instant(nanoseconds: 1_101))
    #expect(desk.reports() == ["1 accepted", "2 accepted", "2 expired", "1 expired"])
    #expect(desk.last.map(\.eventTime.nanoseconds) == [1_011, 1_111, 1_200, 2_000])
  }

  private static func dated(_ id: UInt64, _ expiry: Int64) -> OrderTicket {
    var terms = OrderTerms.plain
    terms.expiry = Instant(nanoseconds: expiry)
    return OrderTicket(
      order: OrderID(id), strategy: StrategyID(0), instrument: InstrumentID(0), side: .buy,
      type: .limit, timeInForce: .goodTillDate, quantity: Quantity(5), price: Price(99),
      terms: terms)
  }
}
