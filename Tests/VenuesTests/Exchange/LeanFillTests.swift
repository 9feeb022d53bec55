import Events
import Testing
import Venues

// LEAN's rules, each by hand. Bars last 100 ns; prices are open, high, low, close.
@Suite struct LeanFillTests {
  typealias Prices = (Int64, Int64, Int64, Int64)

  static func desk(_ kind: InstrumentClass = .equity) -> Desk {
    let instrument = Instrument(
      id: InstrumentID(0), venueName: "TEST", symbol: "X", kind: kind, currency: "USD",
      priceScale: 2, quantityScale: 0)
    return Desk(ExchangeConfiguration(fills: .lean), instrument: instrument)
  }

  /// Type, side, stop, limit, bars of trades, bids and asks, and the fill of an equity and of a future.
  static let table:
    [(OrderType, Side, Int64?, Int64?, Prices, Prices, Prices, equity: Int64?, future: Int64?)] = [
      // Limits: equities by the trade bar at the better of open and limit, others by the quote bar of the
      // side at the better of limit and its far end.
      (
        .limit, .buy, nil, 100, (101, 102, 99, 100), (98, 99, 97, 98), (100, 101, 99, 100), 100, 100
      ),
      (.limit, .buy, nil, 100, (98, 102, 97, 100), (98, 99, 97, 98), (98, 99, 97, 98), 98, 99),
      (
        .limit, .buy, nil, 100, (101, 102, 100, 100), (98, 99, 97, 98), (100, 101, 100, 100), nil,
        nil
      ),
      (
        .limit, .sell, nil, 100, (99, 101, 98, 99), (99, 101, 98, 99), (110, 110, 110, 110), 100,
        100
      ),
      (
        .limit, .sell, nil, 100, (103, 104, 98, 99), (102, 103, 101, 102), (110, 110, 110, 110),
        103, 101
      ),
      // Stops: equities by the trade bar at the worse of open and stop, a touch is enough; others by the
      // quote bar at the worse of close and stop.
      (.stop, .sell, 95, nil, (96, 97, 95, 96), (95, 96, 95, 95), (99, 99, 99, 99), 95, nil),
      (.stop, .sell, 95, nil, (93, 97, 92, 96), (93, 94, 92, 94), (99, 99, 99, 99), 93, 94),
      (.stop, .sell, 95, nil, (96, 97, 94, 96), (96, 97, 94, 96), (99, 99, 99, 99), 95, 95),
      (
        .stop, .buy, 105, nil, (104, 105, 103, 104), (99, 99, 99, 99), (104, 106, 103, 106), 105,
        106
      ),
      (
        .stop, .buy, 105, nil, (107, 108, 103, 104), (99, 99, 99, 99), (104, 105, 103, 105), 107,
        nil
      ),
      // Stop-limits: by the quote bar of the side, both alike; filled if it closes within the limit.
      (.stopLimit, .buy, 105, 107, (1, 1, 1, 1), (99, 99, 99, 99), (104, 106, 103, 104), 106, 106),
      (.stopLimit, .buy, 105, 107, (1, 1, 1, 1), (99, 99, 99, 99), (104, 109, 103, 104), 107, 107),
      (.stopLimit, .buy, 105, 107, (1, 1, 1, 1), (99, 99, 99, 99), (104, 105, 103, 104), nil, nil),
      (.stopLimit, .buy, 105, 107, (1, 1, 1, 1), (99, 99, 99, 99), (104, 109, 103, 107), nil, nil),
      (.stopLimit, .sell, 95, 93, (1, 1, 1, 1), (96, 97, 94, 96), (99, 99, 99, 99), 94, 94),
      // If-touched: the trade bar touches, the quote bar's close fills.
      (
        .limitIfTouched, .buy, 95, 97, (96, 97, 95, 96), (95, 95, 95, 95), (98, 98, 96, 96), 96, nil
      ),
      (
        .limitIfTouched, .buy, 95, 97, (96, 97, 95, 96), (95, 95, 95, 95), (98, 98, 96, 98), nil,
        nil
      ),
      (
        .limitIfTouched, .sell, 95, 93, (94, 95, 93, 94), (94, 94, 94, 94), (98, 98, 98, 98), 94,
        nil
      ),
      (
        .limitIfTouched, .sell, 95, 93, (94, 94, 93, 94), (94, 94, 94, 94), (98, 98, 98, 98), nil,
        nil
      ),
    ]

  @Test(arguments: table.indices) func `orders meet the bars that LEAN takes`(_ index: Int) {
    let row = Self.table[index]
    for kind in [InstrumentClass.equity, .future] {
      var desk = Self.desk(kind)
      for side in Side.allCases { desk.bar(end: 2_000, (100, 100, 100, 100), side: side) }
      desk.send(1, row.1, 10, row.0, at: row.3) { $0.stop = row.2.map { Price($0) } ?? .none }
      desk.bar(end: 2_100, row.4)
      desk.bar(end: 2_100, row.5, side: .buy)
      desk.bar(end: 2_100, row.6, side: .sell)
      let fills = desk.reports().filter { $0.contains("filled") }
      // What touches is the trade bar for all.
      let expected = kind == .equity || row.0 == .limitIfTouched ? row.equity : row.future
      let role = row.0 == .limit ? "maker" : "taker"
      #expect(fills == (expected.map { ["1 filled 10 @ \($0) \(role)"] } ?? []), "\(kind)")
    }
  }

  @Test func `a market order trades at the close of the other side's quote bar`() {
    var desk = Self.desk()
    desk.bar(end: 2_000, (100, 101, 99, 100))
    desk.send(1, .buy, 10)  // without quotes: the trade bar
    desk.bar(end: 2_000, (98, 99, 97, 98), side: .buy)
    desk.bar(end: 2_000, (101, 103, 100, 102), side: .sell)
    desk.send(2, .buy, 10)
    desk.send(3, .sell, 10)
    #expect(
      desk.reports().filter { $0.contains("filled") } == [
        "1 filled 10 @ 100 taker", "2 filled 10 @ 102 taker", "3 filled 10 @ 98 taker",
      ])
  }

  @Test func `a market order waits for the quote bar of its moment, and for a fresh one`() {
    var desk = Self.desk()
    desk.bar(end: 2_000, (101, 103, 100, 102), side: .sell)
    desk.bar(end: 2_100, (100, 101, 99, 100))
    desk.send(1, .buy, 10)
    #expect(desk.reports() == ["1 accepted"])
    desk.bar(end: 2_100, (104, 105, 103, 104), side: .sell)
    #expect(desk.reports() == ["1 filled 10 @ 104 taker"])
    desk.time = 2_201
    desk.send(2, .buy, 10)
    #expect(desk.reports() == ["2 accepted"])
    desk.bar(end: 2_400, (106, 107, 105, 106), side: .sell)
    #expect(desk.reports() == ["2 filled 10 @ 106 taker"])
  }

  @Test func `with daily bars a market order trades at the next open`() {
    let day: Int64 = 86_400_000_000_000
    var desk = Self.desk()
    desk.bar(end: 10 * day, (100, 101, 99, 100), interval: day)
    desk.send(1, .buy, 10)
    desk.send(2, .sell, 10, .atClose)
    desk.bar(end: 11 * day, (104, 105, 103, 104), interval: day)
    #expect(
      desk.reports() == [
        "1 accepted", "2 accepted", "1 filled 10 @ 104 auction", "2 filled 10 @ 104 auction",
      ])
  }

  @Test func `a stop-limit stays triggered`() {
    var desk = Self.desk()
    for side in Side.allCases { desk.bar(end: 2_000, (100, 100, 100, 100), side: side) }
    desk.send(1, .buy, 10, .stopLimit, at: 107) { $0.stop = Price(105) }
    desk.bar(end: 2_100, (104, 109, 103, 108), side: .sell)
    desk.bar(end: 2_200, (103, 104, 102, 103), side: .sell)
    #expect(desk.reports() == ["1 accepted", "1 triggered 105", "1 filled 10 @ 104 taker"])
  }

  @Test func `a trailing stop begins behind the last trade and follows the quote bars`() {
    var desk = Self.desk()
    desk.bar(end: 2_000, (100, 100, 100, 100))
    desk.bar(end: 2_000, (99, 99, 99, 99), side: .buy)
    desk.send(1, .sell, 10, .trailingStop) { $0.trail = Trail(.price, 5) }  // 95
    desk.bar(end: 2_100, (100, 104, 96, 102), side: .buy)  // 104 - 5 = 99
    desk.bar(end: 2_200, (102, 103, 100, 101), side: .buy)  // 103 - 99 is not above 5
    desk.bar(end: 2_300, (101, 102, 98, 100), side: .buy)
    #expect(desk.reports() == ["1 accepted", "1 triggered 99", "1 filled 10 @ 99 taker"])
    // The buy trail, and a close beyond the stop.
    desk.bar(end: 2_400, (100, 100, 100, 100))
    desk.bar(end: 2_400, (101, 101, 101, 101), side: .sell)
    desk.send(2, .buy, 10, .trailingStop) { $0.trail = Trail(.price, 5) }  // 105
    desk.bar(end: 2_500, (100, 102, 97, 98), side: .sell)  // 102
    desk.bar(end: 2_600, (99, 104, 98, 103), side: .sell)
    #expect(desk.reports() == ["2 accepted", "2 triggered 102", "2 filled 10 @ 103 taker"])
  }

  @Test func `an order is not tried on the bar it was sent after`() {
    var desk = Self.desk()
    desk.bar(end: 2_000, (100, 100, 100, 100))
    desk.send(1, .buy, 10, at: 101)
    desk.send(2, .buy, 10, at: 99, .immediateOrCancel)
    desk.bar(end: 2_000, (100, 100, 90, 100))
    #expect(desk.reports() == ["1 accepted", "2 accepted"])
    desk.bar(end: 2_100, (100, 100, 99, 100))
    #expect(desk.reports() == ["2 cancelled immediate", "1 filled 10 @ 100 maker"])
  }
}
