import Events
import Testing
import Venues

// Of linked orders the first that fills is the only one in the bars of a moment. Bars last 100 ns.
@Suite struct LinkedOrderTests {
  typealias Prices = (Int64, Int64, Int64, Int64)

  static func desk(_ fills: FillModel, participation: Int64 = 0) -> Desk {
    var configuration = ExchangeConfiguration(fills: fills)
    configuration.participation = participation
    let future = Instrument(
      id: InstrumentID(0), venueName: "TEST", symbol: "X", kind: .future, currency: "USD",
      priceScale: 2, quantityScale: 0)
    return Desk(configuration, instrument: future)
  }

  static func link(_ terms: inout OrderTerms) {
    (terms.list, terms.linkage) = (OrderID(1), .oneCancelsOther)
  }

  static func fills(_ desk: inout Desk) -> [String] {
    desk.reports().filter { $0.contains("filled") }
  }

  @Test(arguments: [FillModel.bar(.nextOpen), .bar(.lastClose), .lean])
  func `what waited for the bar comes before the limit that it is linked with`(_ model: FillModel) {
    var desk = Self.desk(model)
    desk.bar(end: 1_000, (100, 100, 100, 100))
    desk.time = 2_000
    desk.send(1, .sell, 10, .limit, at: 105) { Self.link(&$0) }
    desk.send(2, .sell, 10, .market) { Self.link(&$0) }
    desk.bar(end: 2_100, (100, 106, 94, 100))
    #expect(Self.fills(&desk) == ["2 filled 10 @ 100 taker"])
  }

  @Test(arguments: [FillModel.bar(.nextOpen), .lean])
  func `a stop's rest goes on in the next bar, and nothing that it is linked with`(
    _ model: FillModel
  ) {
    var desk = Self.desk(model, participation: 500_000)
    desk.bar(end: 2_000, (100, 100, 100, 100))
    desk.send(1, .sell, 25, .limit, at: 105) { Self.link(&$0) }
    desk.send(2, .sell, 25, .stop) {
      Self.link(&$0)
      $0.stop = Price(95)
    }
    desk.bar(end: 2_100, (95, 95, 94, 95), volume: 30)
    #expect(Self.fills(&desk) == ["2 filled 15 @ 95 taker"])
    desk.bar(end: 2_200, (95, 106, 90, 95), volume: 100)
    let rest = Self.fills(&desk)
    // LEAN's model fills limits first.
    let one = model == .lean ? "1 filled 25 @ 105 maker" : "2 filled 10 @ 95 taker"
    #expect(rest == [one])
  }

  @Test func `LEAN's limit fills and the stop does not, in the bars of one moment`() {
    var desk = Self.desk(.lean)
    for side in Side.allCases { desk.bar(end: 2_000, (100, 100, 100, 100), side: side) }
    desk.send(1, .sell, 10, .limit, at: 105) { Self.link(&$0) }
    desk.send(2, .buy, 10, .stop) {
      Self.link(&$0)
      $0.stop = Price(110)
    }
    desk.send(3, .buy, 10, .stop) { $0.stop = Price(110) }
    desk.bar(end: 2_100, (100, 106, 100, 100), side: .buy)
    desk.bar(end: 2_100, (100, 112, 100, 111), side: .sell)
    #expect(Self.fills(&desk) == ["1 filled 10 @ 105 maker", "3 filled 10 @ 111 taker"])
    desk.bar(end: 2_200, (100, 112, 100, 111), side: .sell)
    #expect(Self.fills(&desk) == ["2 filled 10 @ 111 taker"])
  }
}
