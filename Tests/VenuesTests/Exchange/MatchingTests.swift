import Events
import Testing

@testable import Venues

// Hand-worked cases of self-trade prevention and pro-rata allocation.
@Suite struct MatchingTests {
  /// A buy of 12 up to 103 meets asks of 101 × 5 and 104 × 50, and a sell of ours of 8 at 102.
  static let prevented: [(SelfTradePrevention, [String])] = [
    (.none, ["2 filled 5 @ 101 taker"]),
    (.cancelNewest, ["2 filled 5 @ 101 taker", "2 cancelled venue"]),
    (.cancelOldest, ["2 filled 5 @ 101 taker", "1 cancelled venue"]),
    (.cancelBoth, ["2 filled 5 @ 101 taker", "2 cancelled venue", "1 cancelled venue"]),
    // 7 are left of the buy: it is gone, and 1 of the sell remains.
    (.decrement, ["2 filled 5 @ 101 taker", "2 cancelled venue"]),
  ]

  @Test(arguments: prevented.indices) func `our orders do not trade with each other`(_ index: Int) {
    let (mode, expected) = Self.prevented[index]
    var configuration = ExchangeConfiguration()
    configuration.selfTrades = mode
    var desk = Desk(configuration)
    desk.level(.buy, 99, 5)
    desk.level(.sell, 101, 5)
    desk.level(.sell, 104, 50)
    desk.send(1, .sell, 8, at: 102)
    desk.send(2, .buy, 12, at: 103)
    #expect(desk.reports() == ["1 accepted", "2 accepted"] + expected)
  }

  @Test func `an order that lost part of itself ends when the rest has filled`() {
    var configuration = ExchangeConfiguration()
    configuration.selfTrades = .decrement
    var desk = Desk(configuration)
    desk.level(.buy, 99, 5)
    desk.level(.sell, 104, 50)
    desk.send(1, .sell, 8, at: 102)
    desk.send(2, .buy, 5, at: 103)
    desk.send(3, .buy, 2, at: 103, .fillOrKill)
    desk.replace(1, 5, at: 102)
    desk.trade(103, 9, .buy)
    #expect(
      desk.reports() == [
        "1 accepted", "2 accepted", "2 cancelled venue", "3 accepted", "3 cancelled immediate",
        "1 replace refused 6", "1 filled 3 @ 102 maker", "1 cancelled venue",
      ])
  }

  @Test func `the incoming order goes on after a smaller one of ours is gone`() {
    var configuration = ExchangeConfiguration()
    configuration.selfTrades = .decrement
    var desk = Desk(configuration)
    desk.level(.buy, 99, 5)
    desk.level(.sell, 104, 50)
    desk.send(1, .sell, 3, at: 102)
    desk.send(2, .buy, 5, at: 104)
    #expect(
      desk.reports() == [
        "1 accepted", "2 accepted", "1 cancelled venue", "2 filled 2 @ 104 taker",
        "2 cancelled venue",
      ])
  }

  /// Trade, ours, displayed and ours, what we get at a minimum of two lots. The second is in CME's notice of
  /// its enhanced algorithm: 20 of 150 in a trade of 50.
  static let shares: [(Int64, Int64, Int64, Int64)] = [
    (50, 5, 150, 0), (50, 20, 150, 6), (50, 50, 150, 16), (150, 20, 150, 20), (151, 20, 150, 20),
    (15, 20, 150, 2), (14, 20, 150, 0), (1, 1, 1, 1),
  ]

  @Test(arguments: shares.indices) func `a share is rounded down, and one lot is none`(_ index: Int)
  {
    let (trade, rest, all, expected) = Self.shares[index]
    let share = Allocation.share(
      Quantity(trade), of: Quantity(rest), among: Quantity(all), lot: Quantity(1), minimum: 2)
    #expect(share == Quantity(expected))
  }

  @Test func `a trade is shared in proportion`() {
    var configuration = ExchangeConfiguration()
    configuration.allocation = .proRata(top: false, minimum: 2)
    var desk = Desk(configuration)
    desk.quote(100, 120, 104, 20)
    desk.send(1, .buy, 20, at: 100)
    desk.send(2, .buy, 10, at: 100)
    desk.trade(100, 50, .sell)  // of 150: 6.7 and 3.3
    desk.quote(100, 70, 104, 20)
    desk.trade(99, 30, .sell)  // through the price: all, by time
    #expect(
      desk.reports() == [
        "1 accepted", "2 accepted", "1 filled 6 @ 100 maker", "2 filled 3 @ 100 maker",
        "1 filled 14 @ 100 maker", "2 filled 7 @ 100 maker",
      ])
  }

  @Test func `after the book was emptied no order is first that was not before`() {
    var configuration = ExchangeConfiguration()
    configuration.allocation = .cme
    var desk = Desk(configuration)
    desk.level(.buy, 98, 10)
    desk.level(.buy, 101, 10)
    desk.level(.sell, 104, 20)
    // One at the market's best price, one worse: neither betters it.
    desk.send(1, .buy, 20, at: 101)
    desk.send(2, .buy, 20, at: 100)
    desk.apply(
      .depth(DepthChange(instrument: InstrumentID(0), action: .clear, side: .none)))
    desk.level(.buy, 98, 10)
    desk.level(.sell, 104, 20)
    desk.level(.buy, 101, 60)
    desk.level(.buy, 100, 60)
    _ = desk.reports()
    desk.trade(101, 40, .sell)
    // 40 × 20 / 80, not all 20 of it.
    #expect(desk.reports() == ["1 filled 10 @ 101 maker"])
  }

  @Test func `the order that bettered the market comes first until it is bettered`() {
    for isBettered in [false, true] {
      var configuration = ExchangeConfiguration()
      configuration.allocation = .cme
      var desk = Desk(configuration)
      desk.quote(99, 10, 104, 20)
      desk.send(1, .buy, 20, at: 100)
      desk.send(2, .buy, 20, at: 100)
      if isBettered { desk.quote(101, 5, 104, 20) }
      desk.quote(100, 120, 104, 20)
      desk.trade(100, 48, .sell)
      // First 20 of 48, then 28 × 20 / 140 = 4; or both 48 × 20 / 160 = 6.
      #expect(
        desk.reports() == [
          "1 accepted", "2 accepted", "1 filled \(isBettered ? 6 : 20) @ 100 maker",
          "2 filled \(isBettered ? 6 : 4) @ 100 maker",
        ])
    }
  }
}
