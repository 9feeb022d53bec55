import Events
import Testing
import Venues

// After a split nothing trades at what the market showed before it. Bars last 100 ns.
@Suite struct SplitTests {
  @Test(arguments: [FillModel.bar(.lastClose), .lean, .bar(.nextOpen)], [true, false])
  func `a market order waits for the first bar after a split`(_ model: FillModel, _ isKept: Bool) {
    let future = Instrument(
      id: InstrumentID(0), venueName: "TEST", symbol: "X", kind: .future, currency: "USD",
      priceScale: 2, quantityScale: 0)
    var desk = Desk(ExchangeConfiguration(fills: model), instrument: future)
    // A bar that the market meets, or one that is only kept.
    if !isKept { desk.send(9, .buy, 1, .limit, at: 1) }
    for side in Side.allCases { desk.bar(end: 2_000, (98, 98, 98, 98), side: side) }
    desk.split(2, for: 1)
    desk.send(1, .buy, 10)
    #expect(desk.reports().suffix(1) == ["1 accepted"])
    for side in Side.allCases { desk.bar(end: 2_200, (49, 49, 49, 49), side: side) }
    #expect(desk.reports() == ["1 filled 10 @ 49 taker"])
    // From here on the last close counts again.
    desk.send(2, .sell, 5)
    #expect(desk.reports().contains("2 filled 5 @ 49 taker") == (model != .bar(.nextOpen)))
  }

  @Test func `a maker only is compared with the first bar after a split`() {
    var desk = Desk(ExchangeConfiguration(fills: .bar(.nextOpen)))
    desk.bar(end: 2_000, (98, 98, 98, 98))
    desk.split(2, for: 1)
    desk.send(1, .sell, 10, .limit, at: 50) { $0.isPostOnly = true }
    desk.bar(end: 2_200, (49, 49, 49, 49))
    desk.send(2, .sell, 10, .limit, at: 48) { $0.isPostOnly = true }
    #expect(desk.reports() == ["1 accepted", "2 rejected 9"])
  }

  @Test func `quotes, levels, orders, trades and bounds of before a split are gone`() {
    for kind in 0..<3 {
      var desk = Desk()
      switch kind {
      case 0: desk.quote(97, 10, 98, 10)
      case 1: desk.level(.sell, 98, 10)
      default: desk.order(.add, .sell, 1, 98, 10)
      }
      desk.trade(98, 1, .buy)
      desk.band(90, 110)
      desk.send(1, .buy, 5)
      desk.split(1, for: 2)
      desk.send(2, .buy, 5)
      desk.send(3, .sell, 5, .stop) { $0.stop = Price(150) }
      desk.send(4, .sell, 5, at: 201)
      #expect(
        desk.reports() == [
          "1 accepted", "1 filled 5 @ 98 taker", "2 rejected 4", "3 accepted", "4 accepted",
        ])
    }
  }

  @Test func `what we hold is split too, where short sales are restricted`() {
    var desk = Desk()
    desk.quote(97, 10, 98, 10)
    desk.send(1, .buy, 5)
    desk.split(2, for: 1)
    desk.quote(48, 10, 49, 10)
    desk.reference(.shortSaleRestricted, 1)
    desk.send(2, .sell, 11)
    desk.send(3, .sell, 10)
    #expect(
      desk.reports().dropFirst(2) == ["2 rejected 11", "3 accepted", "3 filled 10 @ 48 taker"])
  }
}
