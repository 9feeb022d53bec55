import Events
import Testing
import Venues

// Hand-worked cases of several orders in one bar, gaps and volume shares. Bars last 100 ns; prices are open,
// high, low, close.
@Suite struct BarPathTests {
  typealias Prices = (Int64, Int64, Int64, Int64)

  static func desk(path: BarPath = .byDistance, participation: Int64 = 0) -> Desk {
    var configuration = ExchangeConfiguration()
    configuration.barPath = path
    configuration.participation = participation
    var desk = Desk(configuration)
    desk.bar(end: 2_000, (100, 100, 100, 100))
    return desk
  }

  /// Type, side, stop, limit, next bar, what becomes of it.
  static let stops: [(OrderType, Side, Int64, Int64?, Prices, [String])] = [
    // In the way: at the stop. Opened beyond: at the open. Touched: triggered.
    (.stop, .sell, 95, nil, (100, 101, 94, 96), ["triggered 95", "filled 10 @ 95 taker"]),
    (.stop, .sell, 95, nil, (93, 96, 90, 94), ["triggered 93", "filled 10 @ 93 taker"]),
    (.stop, .sell, 95, nil, (100, 101, 95, 96), ["triggered 95", "filled 10 @ 95 taker"]),
    (.stop, .sell, 95, nil, (100, 101, 96, 97), []),
    (.stop, .buy, 105, nil, (100, 106, 99, 104), ["triggered 105", "filled 10 @ 105 taker"]),
    (.stop, .buy, 105, nil, (108, 109, 101, 104), ["triggered 108", "filled 10 @ 108 taker"]),
    (
      .marketIfTouched, .buy, 95, nil, (100, 101, 94, 96), ["triggered 95", "filled 10 @ 95 taker"]
    ),
    (.marketIfTouched, .buy, 95, nil, (93, 96, 90, 94), ["triggered 93", "filled 10 @ 93 taker"]),
    (.stopLimit, .sell, 95, 94, (100, 101, 90, 96), ["triggered 95", "filled 10 @ 95 taker"]),
    // Opened below the limit; the way up goes beyond it.
    (.stopLimit, .sell, 95, 94, (92, 95, 91, 93), ["triggered 92", "filled 10 @ 94 maker"]),
    (.stopLimit, .sell, 95, 94, (92, 94, 91, 93), ["triggered 92"]),
    // Triggered on the way up; a touch of the limit does not fill.
    (.limitIfTouched, .sell, 105, 106, (100, 106, 99, 101), ["triggered 105"]),
    (
      .limitIfTouched, .sell, 105, 106, (100, 107, 99, 101),
      ["triggered 105", "filled 10 @ 106 maker"]
    ),
  ]

  @Test(arguments: stops.indices) func `a stop fills in the way, or at the open beyond it`(
    _ index: Int
  ) {
    let (type, side, stop, limit, bar, expected) = Self.stops[index]
    var desk = Self.desk()
    desk.send(1, side, 10, type, at: limit) { $0.stop = Price(stop) }
    desk.bar(end: 2_100, bar)
    #expect(desk.reports() == ["1 accepted"] + expected.map { "1 \($0)" })
  }

  /// A long position's take profit at 105 and stop loss at 95, in a bar that reaches both.
  static let brackets: [(BarPath, Prices, String)] = [
    (.lowFirst, (100, 106, 94, 100), "stop"), (.highFirst, (100, 106, 94, 100), "limit"),
    (.byDistance, (100, 106, 94, 100), "stop"), (.byDistance, (101, 106, 94, 100), "limit"),
    (.byDistance, (99, 106, 94, 100), "stop"),
    // The open is beyond the one or the other.
    (.lowFirst, (107, 108, 94, 100), "limit"), (.highFirst, (94, 106, 93, 100), "stop"),
  ]

  @Test(arguments: brackets.indices) func `of linked orders the path fills one`(_ index: Int) {
    let (path, bar, expected) = Self.brackets[index]
    for linkage in [Linkage.oneCancelsOther, .oneUpdatesOther, .none] {
      var desk = Self.desk(path: path)
      desk.send(1, .sell, 10, .limit, at: 105) { ($0.list, $0.linkage) = (OrderID(1), linkage) }
      desk.send(2, .sell, 10, .stop) {
        ($0.stop, $0.list, $0.linkage) = (Price(95), OrderID(1), linkage)
      }
      desk.bar(end: 2_100, bar)
      let fills = desk.reports().filter { $0.contains("filled") }.map { $0.prefix(1) }
      let both = expected == "stop" ? ["2", "1"] : ["1", "2"]
      #expect(fills.map(String.init) == (linkage == .none ? both : [both[0]]))
    }
  }

  @Test func `a trailing stop follows the path`() {
    // Up to 110 first: the stop goes to 105, where the way down meets it.
    var desk = Self.desk(path: .highFirst)
    desk.send(1, .sell, 10, .trailingStop) { $0.trail = Trail(.price, 5) }
    desk.bar(end: 2_100, (101, 110, 99, 100))
    #expect(desk.reports() == ["1 accepted", "1 triggered 105", "1 filled 10 @ 105 taker"])
    // Down first: 99 is above 96; the way up draws the stop to 105, and the close is above that.
    var other = Self.desk(path: .lowFirst)
    other.send(1, .sell, 10, .trailingStop) { $0.trail = Trail(.price, 5) }
    other.bar(end: 2_100, (101, 110, 99, 106))
    #expect(other.reports() == ["1 accepted"])
    other.bar(end: 2_200, (104, 106, 103, 104))
    #expect(other.reports() == ["1 triggered 104", "1 filled 10 @ 104 taker"])
  }

  @Test func `conditions of bid and ask go by their bars`() {
    var desk = Desk()
    desk.bar(end: 2_000, (100, 100, 100, 100))
    desk.send(1, .sell, 10, .stop) { ($0.stop, $0.trigger) = (Price(95), .bidAsk) }
    desk.bar(end: 2_100, (100, 100, 90, 100))
    desk.bar(end: 2_100, (98, 99, 94, 98), side: .buy)
    #expect(desk.reports() == ["1 accepted", "1 triggered 95", "1 filled 10 @ 95 taker"])
  }

  @Test func `no more than a share of a bar's volume is filled`() {
    var desk = Self.desk(participation: 100_000)
    desk.send(1, .buy, 25)
    desk.send(2, .buy, 25, at: 98)
    desk.send(3, .buy, 25, .immediateOrCancel)
    desk.send(4, .buy, 25, .fillOrKill)
    desk.bar(end: 2_100, (100, 101, 90, 96), volume: 300)  // 30
    desk.bar(end: 2_200, (99, 101, 97, 98), volume: 309)
    #expect(
      desk.reports() == [
        "1 accepted", "2 accepted", "3 accepted", "4 accepted", "1 filled 25 @ 100 taker",
        "3 filled 5 @ 100 taker", "3 cancelled immediate", "4 cancelled immediate",
        "2 filled 25 @ 98 maker",
      ])
  }

  @Test func `what a bar's volume leaves of a market order goes on in the next`() {
    var desk = Self.desk(participation: 500_000)
    desk.send(1, .buy, 25)
    desk.send(2, .sell, 10, .marketToLimit)
    desk.bar(end: 2_100, (100, 101, 90, 96), volume: 30)
    desk.bar(end: 2_200, (102, 103, 97, 98), volume: 30)
    #expect(
      desk.reports() == [
        "1 accepted", "2 accepted", "1 filled 15 @ 100 taker", "1 filled 10 @ 102 taker",
        "2 filled 5 @ 102 taker",
      ])
    desk.bar(end: 2_300, (101, 103, 97, 98), volume: 30)
    #expect(desk.reports() == ["2 filled 5 @ 102 maker"])
  }

  @Test func `a post-only limit fills at its limit where the bar opens beyond`() {
    var desk = Self.desk()
    desk.send(1, .buy, 10, .limit, at: 99) { $0.isPostOnly = true }
    desk.send(2, .buy, 10, .limit, at: 100) { $0.isPostOnly = true }
    desk.bar(end: 2_100, (95, 101, 90, 96))
    #expect(desk.reports() == ["1 accepted", "2 rejected 9", "1 filled 10 @ 99 maker"])
  }
}
