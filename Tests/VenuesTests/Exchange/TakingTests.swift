import Events
import Testing
import Venues

// Hand-worked cases of orders that take displayed liquidity.
@Suite struct TakingTests {
  @Test func `a market order takes the best quote, and the rest of it too by default`() {
    var desk = Desk()
    desk.quote(100, 50, 102, 20)
    desk.send(1, .buy, 20)
    desk.send(2, .sell, 80)
    #expect(
      desk.reports() == [
        "1 accepted", "1 filled 20 @ 102 taker", "2 accepted", "2 filled 80 @ 100 taker",
      ])
  }

  @Test func `a market order beyond the best quote is cancelled if so configured`() {
    var desk = Desk(ExchangeConfiguration(overflow: .cancel))
    desk.quote(100, 50, 102, 20)
    desk.send(1, .buy, 30)
    #expect(desk.reports() == ["1 accepted", "1 filled 20 @ 102 taker", "1 cancelled immediate"])
  }

  @Test func `levels better than a newer quote are gone until they are shown again`() {
    var desk = Desk()
    desk.level(.sell, 101, 5)
    desk.level(.sell, 103, 5)
    desk.level(.buy, 99, 5)
    desk.level(.buy, 98, 5)
    desk.quote(98, 1, 103, 1)
    desk.send(1, .buy, 3)
    desk.send(2, .sell, 3)
    desk.level(.sell, 101, 4)
    desk.send(3, .buy, 3)
    // A better quote adds nothing: how much stands behind it only levels say.
    desk.quote(98, 1, 100, 1)
    desk.send(4, .buy, 1)
    #expect(
      desk.reports() == [
        "1 accepted", "1 filled 3 @ 103 taker", "2 accepted", "2 filled 3 @ 98 taker",
        "3 accepted", "3 filled 3 @ 101 taker", "4 accepted", "4 filled 1 @ 101 taker",
      ])
  }

  @Test func `what was taken of a quote is gone until the quote changes`() {
    var desk = Desk(ExchangeConfiguration(overflow: .cancel))
    desk.quote(100, 50, 102, 20)
    desk.send(1, .buy, 15)
    desk.quote(99, 40, 102, 20)
    desk.send(2, .buy, 15)
    // Five of the level leave: supposed to be of the part we had; then twenty more come.
    desk.quote(99, 40, 102, 35)
    desk.send(3, .buy, 30)
    desk.quote(99, 40, 103, 9)
    desk.quote(99, 40, 102, 20)
    desk.send(4, .buy, 20)
    #expect(
      desk.reports() == [
        "1 accepted", "1 filled 15 @ 102 taker",
        "2 accepted", "2 filled 5 @ 102 taker", "2 cancelled immediate",
        "3 accepted", "3 filled 15 @ 102 taker", "3 cancelled immediate",
        "4 accepted", "4 filled 20 @ 102 taker",
      ])
  }

  @Test func `size that leaves a level is supposed to be what we took`() {
    var desk = Desk(ExchangeConfiguration(overflow: .cancel))
    desk.quote(100, 50, 102, 20)
    desk.send(1, .buy, 15)
    desk.quote(100, 50, 102, 8)
    desk.send(2, .buy, 8)
    #expect(
      desk.reports() == [
        "1 accepted", "1 filled 15 @ 102 taker",
        "2 accepted", "2 filled 5 @ 102 taker", "2 cancelled immediate",
      ])
  }

  /// Asks 102 × 20, 103 × 30, 105 × 40; bids 100 × 10, 99 × 10.
  @Test func `order by order only the orders that we took give back what we took`() {
    var desk = Desk(ExchangeConfiguration(overflow: .cancel))
    func buy(_ id: UInt64, _ size: Int64, _ desk: inout Desk) -> String {
      desk.send(id, .buy, size)
      return desk.reports().filter { !$0.hasSuffix("accepted") }.joined(separator: ", ")
    }
    desk.order(.add, .sell, 1, 100, 10)
    desk.order(.add, .sell, 2, 105, 50)
    // All of order 1, which the record still shows.
    #expect(buy(1, 10, &desk) == "1 filled 10 @ 100 taker")
    // One behind it comes and goes, and comes again: 4 of it are there, and no more.
    desk.order(.add, .sell, 3, 100, 4)
    desk.order(.delete, .sell, 3, 100, 4)
    #expect(buy(2, 5, &desk) == "2 filled 5 @ 105 taker")
    desk.order(.add, .sell, 4, 100, 4)
    #expect(buy(3, 5, &desk) == "3 filled 4 @ 100 taker, 3 filled 1 @ 105 taker")
    // Half of order 1 is executed and half of what we took is forgotten with it: nothing is there for us.
    desk.order(.execute, .sell, 1, 100, 5)
    #expect(buy(4, 1, &desk) == "4 filled 1 @ 105 taker")
    // What joins behind is new; when order 1 and 4 are gone, it is all there is.
    desk.order(.add, .sell, 5, 100, 3)
    desk.order(.delete, .sell, 1, 100, 5)
    desk.order(.modify, .sell, 4, 101, 4)
    #expect(
      buy(5, 8, &desk) == "5 filled 3 @ 100 taker, 5 filled 4 @ 101 taker, 5 filled 1 @ 105 taker")
  }

  @Test func `of an order that we took in part the rest leaves first`() {
    var desk = Desk(ExchangeConfiguration(overflow: .cancel))
    desk.order(.add, .sell, 1, 100, 10)
    desk.order(.add, .sell, 2, 105, 50)
    desk.send(1, .buy, 6)
    desk.order(.cancel, .sell, 1, 100, 3)
    desk.send(2, .buy, 2)
    desk.order(.modify, .sell, 1, 100, 5)
    desk.order(.add, .sell, 3, 100, 2)
    desk.send(3, .buy, 3)
    #expect(
      desk.reports().filter { !$0.hasSuffix("accepted") } == [
        "1 filled 6 @ 100 taker", "2 filled 1 @ 100 taker", "2 filled 1 @ 105 taker",
        "3 filled 2 @ 100 taker", "3 filled 1 @ 105 taker",
      ])
  }

  static let sweeps: [(Side, Int64, Int64?, TimeInForce, [String])] = [
    (.buy, 60, nil, .day, ["20 @ 102", "30 @ 103", "10 @ 105"]),
    (.buy, 100, nil, .day, ["20 @ 102", "30 @ 103", "40 @ 105", "cancelled immediate"]),
    (.buy, 60, 103, .immediateOrCancel, ["20 @ 102", "30 @ 103", "cancelled immediate"]),
    (.buy, 60, 103, .fillOrKill, ["cancelled immediate"]),
    (.buy, 50, 104, .fillOrKill, ["20 @ 102", "30 @ 103"]),
    (.buy, 91, nil, .fillOrKill, ["cancelled immediate"]),
    (.buy, 60, 103, .goodTillCancelled, ["20 @ 102", "30 @ 103"]),
    (.buy, 60, 101, .immediateOrCancel, ["cancelled immediate"]),
    (.buy, 60, 101, .day, []),
    (.sell, 15, 99, .day, ["10 @ 100", "5 @ 99"]),
    (.sell, 15, 100, .immediateOrCancel, ["10 @ 100", "cancelled immediate"]),
  ]

  @Test(arguments: sweeps.indices) func `orders sweep the displayed levels`(_ index: Int) {
    let (side, quantity, limit, timeInForce, expected) = Self.sweeps[index]
    let lines =
      ["1 accepted"]
      + expected.map { $0.contains("@") ? "1 filled \($0) taker" : "1 \($0)" }
    var desk = Desk()
    desk.level(.sell, 102, 20)
    desk.level(.sell, 103, 30)
    desk.level(.sell, 105, 40)
    desk.level(.buy, 100, 10)
    desk.level(.buy, 99, 10)
    desk.send(1, side, quantity, at: limit, timeInForce)
    #expect(desk.reports() == lines)

    var byOrder = Desk()
    byOrder.order(.add, .sell, 1, 102, 15)
    byOrder.order(.add, .sell, 2, 102, 5)
    byOrder.order(.add, .sell, 3, 103, 30)
    byOrder.order(.add, .sell, 4, 105, 40)
    byOrder.order(.add, .buy, 5, 100, 10)
    byOrder.order(.add, .buy, 6, 99, 10)
    byOrder.send(1, side, quantity, at: limit, timeInForce)
    #expect(byOrder.reports() == lines)
  }

  @Test func `two orders do not take the same size of a level`() {
    var desk = Desk()
    desk.level(.sell, 102, 20)
    desk.level(.sell, 103, 30)
    desk.send(1, .buy, 25)
    desk.send(2, .buy, 20, at: 102, .immediateOrCancel)
    desk.send(3, .buy, 30, at: 103, .immediateOrCancel)
    #expect(
      desk.reports() == [
        "1 accepted", "1 filled 20 @ 102 taker", "1 filled 5 @ 103 taker",
        "2 accepted", "2 cancelled immediate",
        "3 accepted", "3 filled 25 @ 103 taker", "3 cancelled immediate",
      ])
  }

  @Test func `where there are only trades the last one stands for both best prices`() {
    var desk = Desk()
    desk.trade(101, 40, .none)
    desk.send(1, .buy, 10)
    desk.send(2, .sell, 10)
    #expect(
      desk.reports() == [
        "1 accepted", "1 filled 10 @ 101 taker", "2 accepted", "2 filled 10 @ 101 taker",
      ])
  }
}
