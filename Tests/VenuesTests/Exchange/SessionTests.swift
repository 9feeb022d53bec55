import Events
import Testing
import Venues

// Hand-worked cases of trading statuses, auctions, price bands and short sales.
@Suite struct SessionTests {
  /// What is taken while an instrument has a status: market, limit, IOC limit, stop, at the open, at the close.
  static let taken: [(TradingStatus, String)] = [
    (.preOpen, "nynyyy"), (.openingAuction, "nynyyy"), (.trading, "yyyyyy"),
    (.closingAuction, "nynyny"), (.closed, "nnnnnn"), (.halted, "nnnynn"), (.paused, "nynynn"),
    (.quoteOnly, "nnnynn"),
  ]

  @Test(arguments: taken.indices) func `the status says which orders are taken`(_ index: Int) {
    let (status, expected) = Self.taken[index]
    var desk = Desk()
    desk.quote(100, 50, 102, 50)
    desk.status(status)
    desk.send(1, .buy, 1)
    desk.send(2, .buy, 1, at: 99)
    desk.send(3, .buy, 1, at: 99, .immediateOrCancel)
    desk.send(4, .buy, 1, .stop) { $0.stop = Price(120) }
    desk.send(5, .buy, 1, .market, .atOpen)
    desk.send(6, .buy, 1, .market, .atClose)
    var answers = ""
    for report in desk.reports() {
      if report.hasSuffix("accepted") { answers += "y" }
      if report.hasSuffix("rejected 3") { answers += "n" }
    }
    #expect(answers == expected)
  }

  @Test func `a limit that is sent before the opening rests, and trades when the market does`() {
    var desk = Desk()
    desk.status(.preOpen)
    desk.quote(100, 50, 102, 50)
    desk.send(1, .buy, 5, at: 103)
    desk.quote(100, 50, 102, 50)
    #expect(desk.reports() == ["1 accepted"])
    desk.status(.trading)
    desk.quote(100, 50, 101, 50)
    #expect(desk.reports() == ["1 filled 5 @ 103 maker"])
  }

  @Test func `an opening auction trades what is better than its print, up to its size`() {
    var desk = Desk()
    desk.status(.openingAuction)
    desk.send(1, .buy, 10, at: 101, .atOpen)
    desk.send(2, .buy, 10, .market, .atOpen)
    desk.send(3, .buy, 10, at: 100, .atOpen)  // at the price: nobody knows
    desk.send(4, .buy, 10, at: 102)
    desk.send(5, .sell, 10, .market, .atOpen)
    desk.send(6, .buy, 10, .market, .atClose)
    desk.trade(100, 25, .none)
    desk.status(.trading)
    #expect(
      desk.reports().filter { !$0.hasSuffix("accepted") } == [
        "2 filled 10 @ 100 auction", "1 filled 10 @ 100 auction", "4 filled 5 @ 100 auction",
        "5 filled 10 @ 100 auction", "3 cancelled immediate",
      ])
  }

  @Test func `without a print in the auction the first trade is the opening price`() {
    var desk = Desk()
    desk.trade(99, 1, .none)
    desk.status(.closed)
    desk.status(.preOpen)
    desk.send(1, .buy, 10, .market, .atOpen)
    desk.send(2, .sell, 10, at: 104, .atOpen)
    desk.trade(98, 5, .none)  // before the market opens: somebody's, not an auction's
    desk.status(.trading)
    #expect(desk.reports() == ["1 accepted", "2 accepted"])
    desk.trade(103, 7, .none)
    #expect(
      desk.reports() == [
        "1 filled 7 @ 103 auction", "1 cancelled immediate", "2 cancelled immediate",
      ])
  }

  @Test func `the first bar's open opens the session where there are only bars`() {
    var desk = Desk()
    desk.bar(end: 2_000, (99, 99, 99, 99))
    desk.time = 2_010
    desk.status(.preOpen)
    desk.send(1, .buy, 10, .market, .atOpen)
    desk.time = 2_099
    desk.status(.trading)  // at 2100
    desk.bar(end: 2_150, (98, 98, 98, 98))  // began before
    desk.bar(end: 2_200, (103, 104, 101, 102))
    #expect(desk.reports() == ["1 accepted", "1 filled 10 @ 103 auction"])
  }

  @Test func `an indicative price or the quotes open where nothing is printed`() {
    var desk = Desk()
    desk.status(.preOpen)
    desk.send(1, .buy, 10, .market, .atOpen)
    desk.indicative(105, .opening)
    desk.status(.trading)
    #expect(desk.reports() == ["1 accepted", "1 filled 10 @ 105 auction"])
    desk.status(.closed)
    desk.status(.preOpen)
    desk.send(2, .buy, 10, .market, .atOpen)
    desk.status(.trading)
    desk.quote(100, 50, 102, 50)
    #expect(desk.reports() == ["2 accepted", "2 filled 10 @ 102 taker"])
  }

  /// What is known of the close, and what an at-close market and a limit sell of 101 get.
  static let closes: [(print: Int64?, indicative: Int64?, market: String, limit: String)] = [
    (102, 90, "filled 10 @ 102 auction", "filled 10 @ 102 auction"),
    (101, 90, "filled 10 @ 101 auction", "cancelled immediate"),
    (nil, 103, "filled 10 @ 103 auction", "filled 10 @ 103 auction"),
    (nil, nil, "filled 10 @ 100 auction", "cancelled immediate"),
  ]

  @Test(arguments: closes.indices) func `the close is the print, the indicative or the last price`(
    _ index: Int
  ) {
    let (print, indicative, market, limit) = Self.closes[index]
    var desk = Desk()
    desk.quote(99, 50, 101, 50)
    desk.trade(100, 1, .none)
    desk.send(1, .buy, 10, .market, .atClose)
    desk.send(2, .sell, 10, at: 101, .atClose)
    desk.status(.closingAuction)
    if let indicative { desk.indicative(indicative, .closing) }
    if let print { desk.trade(print, 40, .none) }
    desk.status(.closed)
    #expect(desk.reports() == ["1 accepted", "2 accepted", "1 \(market)", "2 \(limit)"])
  }

  @Test func `a reopening after a pause trades what rests better than its print`() {
    var desk = Desk()
    desk.quote(99, 50, 101, 50)
    desk.send(1, .buy, 10, at: 98)
    desk.send(2, .buy, 10, at: 95)
    desk.status(.paused)
    desk.trade(96, 4, .none)
    #expect(desk.reports() == ["1 accepted", "2 accepted", "1 filled 4 @ 96 auction"])
  }

  @Test func `day, at-open and conditional orders for the day end at the close`() {
    var desk = Desk()
    desk.quote(99, 50, 101, 50)
    desk.send(1, .buy, 10, .stop, .day) { $0.stop = Price(110) }
    desk.send(2, .buy, 10, .pegged, .day) { $0.peg = .primary }
    desk.send(3, .buy, 10, .stop) { $0.stop = Price(110) }
    desk.send(4, .buy, 10, .market, .atOpen)
    desk.status(.closed)
    #expect(
      desk.reports() == [
        "1 accepted", "2 accepted", "3 accepted", "4 accepted", "1 expired", "2 expired",
        "4 expired",
      ])
  }

  @Test func `orders beyond the price band are rejected, resting ones cancelled`() {
    var desk = Desk()
    desk.level(.buy, 100, 50)
    desk.level(.sell, 102, 20)
    desk.level(.sell, 106, 20)
    desk.band(95, 105)
    desk.send(1, .buy, 5, at: 106)
    desk.send(2, .sell, 5, at: 94)
    desk.send(3, .sell, 5, at: 110)
    desk.send(4, .buy, 5, at: 96)
    desk.replace(4, 5, at: 107)
    desk.send(5, .buy, 30)  // nothing beyond the band
    desk.send(6, .buy, 5, .stopLimit, at: 105) {
      ($0.stop, $0.trigger) = (Price(99), .bidAsk)
    }
    desk.send(7, .buy, 5, at: 105)
    desk.band(90, 95)
    #expect(
      desk.reports() == [
        "1 rejected 10", "2 rejected 10", "3 accepted", "4 accepted", "4 replace refused 10",
        "5 accepted", "5 filled 20 @ 102 taker", "5 cancelled immediate", "6 accepted",
        "6 triggered 102", "7 accepted", "4 cancelled venue", "6 cancelled venue",
        "7 cancelled venue",
      ])
  }

  @Test func `a restricted short sale needs a price above the bid`() {
    var desk = Desk()
    desk.quote(100, 50, 102, 50)
    desk.send(1, .buy, 10)
    desk.reference(.shortSaleRestricted, 1)
    desk.send(2, .sell, 11, at: 100)
    desk.send(3, .sell, 11)
    desk.send(4, .sell, 11, at: 101)
    desk.send(5, .sell, 10, at: 100)  // long
    desk.send(6, .sell, 1)
    desk.replace(4, 11, at: 100)
    desk.send(7, .sell, 1, .stop) { ($0.stop, $0.trigger) = (Price(101), .mid) }
    desk.reference(.shortSaleRestricted, 0)
    desk.send(8, .sell, 1)
    #expect(
      desk.reports() == [
        "1 accepted", "1 filled 10 @ 102 taker", "2 rejected 11", "3 rejected 11", "4 accepted",
        "5 accepted", "5 filled 10 @ 100 taker", "6 rejected 11", "4 replace refused 11",
        "7 accepted", "7 triggered 101", "7 cancelled venue", "8 accepted",
        "8 filled 1 @ 100 taker",
      ])
  }
}
