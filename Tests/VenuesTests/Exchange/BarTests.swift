import Events
import Testing
import Venues

// Hand-worked cases of the bar model; bars last 100 ns, prices are open, high, low, close.
@Suite struct BarTests {
  @Test func `a market order fills at the open of the next bar`() {
    var desk = Desk()
    desk.bar(end: 2_000, (100, 105, 99, 104))
    desk.send(1, .buy, 10)
    #expect(desk.reports() == ["1 accepted"])
    desk.bar(end: 2_100, (107, 108, 103, 106))
    #expect(desk.reports() == ["1 filled 10 @ 107 taker"])
  }

  @Test func `a bar that had begun when the order was sent is the past`() {
    var desk = Desk()
    desk.bar(end: 2_000, (100, 105, 99, 104))
    desk.time = 2_010
    desk.send(1, .buy, 10)
    desk.send(2, .sell, 10, at: 90)
    desk.bar(end: 2_100, (107, 108, 103, 106))
    #expect(desk.reports() == ["1 accepted", "2 accepted"])
    desk.bar(end: 2_200, (109, 110, 103, 106))
    #expect(desk.reports() == ["1 filled 10 @ 109 taker", "2 filled 10 @ 109 taker"])
  }

  @Test func `with last close a market order fills at once at the bar of the other side`() {
    var desk = Desk(ExchangeConfiguration(fills: .bar(.lastClose)))
    desk.bar(end: 2_000, (100, 105, 99, 104))
    desk.send(1, .buy, 10)
    desk.bar(end: 2_000, (99, 104, 98, 103), side: .buy)
    desk.bar(end: 2_000, (101, 106, 100, 105), side: .sell)
    desk.send(2, .buy, 10)
    desk.send(3, .sell, 10)
    #expect(
      desk.reports() == [
        "1 accepted", "1 filled 10 @ 104 taker", "2 accepted", "2 filled 10 @ 105 taker",
        "3 accepted", "3 filled 10 @ 103 taker",
      ])
  }

  @Test func `an old close is not traded at`() {
    var desk = Desk(ExchangeConfiguration(fills: .bar(.lastClose)))
    desk.bar(end: 2_000, (100, 105, 99, 104))
    desk.time = 2_101
    desk.send(1, .buy, 10)
    desk.bar(end: 2_300, (107, 108, 103, 106))
    #expect(desk.reports() == ["1 accepted", "1 filled 10 @ 107 taker"])
  }

  /// Side, limit, next bar, expected fill.
  static let limits: [(Side, Int64, (Int64, Int64, Int64, Int64), String?)] = [
    (.buy, 100, (105, 106, 100, 104), nil),  // touched only
    (.buy, 100, (105, 106, 99, 104), "1 filled 10 @ 100 maker"),
    (.buy, 100, (98, 106, 97, 104), "1 filled 10 @ 98 taker"),
    (.sell, 110, (105, 110, 100, 104), nil),
    (.sell, 110, (105, 111, 100, 104), "1 filled 10 @ 110 maker"),
    (.sell, 110, (113, 114, 100, 104), "1 filled 10 @ 113 taker"),
  ]

  @Test(arguments: limits.indices) func `a limit fills when a bar goes beyond it`(_ index: Int) {
    let (side, limit, bar, expected) = Self.limits[index]
    var desk = Desk()
    desk.bar(end: 2_000, (105, 105, 105, 105))
    desk.send(1, side, 10, at: limit)
    desk.bar(end: 2_100, bar)
    #expect(desk.reports() == ["1 accepted"] + (expected.map { [$0] } ?? []))
  }

  @Test func `without trade bars limits meet the bars of the other side`() {
    var desk = Desk()
    desk.bar(end: 2_000, (100, 105, 99, 104), side: .buy)
    desk.bar(end: 2_000, (102, 107, 101, 106), side: .sell)
    desk.send(1, .buy, 10, at: 101)
    desk.send(2, .sell, 10, at: 106)
    desk.bar(end: 2_100, (100, 107, 99, 104), side: .buy)
    desk.bar(end: 2_100, (102, 109, 101, 106), side: .sell)
    #expect(desk.reports() == ["1 accepted", "2 accepted", "2 filled 10 @ 106 maker"])
  }

  @Test func `an immediate limit gets the next open or nothing`() {
    var desk = Desk()
    desk.bar(end: 2_000, (105, 105, 105, 105))
    desk.send(1, .buy, 10, at: 106, .immediateOrCancel)
    desk.send(2, .buy, 10, at: 104, .fillOrKill)
    desk.bar(end: 2_100, (105, 106, 90, 104))
    #expect(
      desk.reports() == [
        "1 accepted", "2 accepted", "1 filled 10 @ 105 taker", "2 cancelled immediate",
      ])
  }

  @Test func `a replaced limit counts from when it was replaced`() {
    var desk = Desk()
    desk.bar(end: 2_000, (105, 105, 105, 105))
    desk.send(1, .buy, 10, at: 90)
    desk.time = 2_050
    desk.replace(1, 10, at: 104)
    desk.bar(end: 2_100, (105, 106, 100, 104))
    desk.bar(end: 2_200, (105, 106, 103, 104))
    #expect(
      desk.reports() == ["1 accepted", "1 replaced 10 @ 104", "1 filled 10 @ 104 maker"])
    #expect(desk.last.last?.eventTime == Instant(nanoseconds: 2_200))
  }

  @Test func `bars do nothing to orders where quotes are known`() {
    var desk = Desk()
    desk.quote(100, 10, 102, 10)
    desk.send(1, .buy, 10, at: 99)
    desk.bar(end: 2_000, (98, 98, 90, 90))
    desk.bar(end: 2_100, (98, 98, 90, 90))
    #expect(desk.reports() == ["1 accepted"])
  }
}
