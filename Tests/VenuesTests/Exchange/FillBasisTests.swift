import Events
import Testing
import Venues

// Why each fill is as it is, by hand.
@Suite struct FillBasisTests {
  /// The bases of the fills so far, one line each.
  private func bases(_ desk: inout Desk) -> [String] {
    _ = desk.reports()
    return desk.last.compactMap { report in
      guard case .filled(let fill) = report.report.outcome, let basis = fill.basis else {
        return nil
      }
      let rule = "\(report.report.order.raw) \(basis.rule)"
      switch basis.detail {
      case .none: return rule
      case .slippage(let by): return "\(rule) slipped \(by)"
      case .queue(let queue, let placed, let left):
        return "\(rule) \(queue) \(placed.raw) \(left.raw)"
      case .share(let trade, let all): return "\(rule) \(trade.raw) among \(all.raw)"
      }
    }
  }

  @Test func `who takes a shown level says so, and what goes beyond it`() {
    var desk = Desk()
    desk.quote(100, 30, 102, 5)
    desk.send(1, .buy, 3)
    desk.send(2, .buy, 3)
    #expect(bases(&desk) == ["1 level", "2 top"])
  }

  @Test func `slippage is told beside the rule`() {
    var configuration = ExchangeConfiguration()
    configuration.slippage = .ticks(2)
    var desk = Desk(configuration)
    desk.quote(100, 30, 102, 5)
    desk.send(1, .buy, 3)
    desk.send(2, .buy, 3, at: 102)  // slippage never goes beyond the limit
    #expect(bases(&desk) == ["1 level slipped 2", "2 level"])
  }

  /// 30 are ahead, 70 come behind, 10 trade, 40 leave without a trade, 22 trade.
  static let queues: [(QueueModel, String)] = [
    (.exact, "1 queue riskAverse 30 20"), (.riskAverse, "1 queue riskAverse 30 20"),
    // 40 × 20 / 90, 40 × 400 / (400 + 4900), 40 × 8000 / (8000 + 343000) were ahead.
    (.power(exponent: 1), "1 queue power1 30 12"),
    (.power(exponent: 2), "1 queue power2 30 17"),
    (.power(exponent: 3), "1 queue power3 30 20"),
    (.logarithmic, "1 queue logarithmic 30 4"),
  ]

  @Test(arguments: queues.indices) func `a queue says how long it was and what was left of it`(
    _ index: Int
  ) {
    let (model, expected) = Self.queues[index]
    var configuration = ExchangeConfiguration()
    configuration.queue = model
    var desk = Desk(configuration)
    desk.quote(100, 30, 104, 20)
    desk.send(1, .buy, 1, at: 100)
    desk.quote(100, 100, 104, 20)
    desk.trade(100, 10, .sell)
    desk.quote(100, 50, 104, 20)
    desk.trade(100, 22, .sell)
    #expect(bases(&desk) == [expected])
  }

  @Test func `with orders the queue is followed to the front`() {
    var desk = Desk()
    desk.order(.add, .buy, 1, 100, 30)
    desk.order(.add, .sell, 9, 104, 10)
    desk.send(1, .buy, 10, at: 100)
    desk.order(.add, .buy, 2, 100, 5)
    desk.order(.cancel, .buy, 1, 100, 20)
    desk.order(.execute, .buy, 1, 100, 10)
    desk.order(.execute, .buy, 2, 100, 4)
    #expect(bases(&desk) == ["1 queue exact 30 0"])
  }

  @Test func `a trade through the price does not ask who is ahead`() {
    var desk = Desk()
    desk.quote(100, 30, 104, 20)
    desk.send(1, .buy, 10, at: 100)
    desk.send(2, .buy, 10, at: 99)  // nobody knows what is shown there
    desk.trade(98, 15, .sell)
    #expect(
      bases(&desk) == [
        "1 through riskAverse 30 30", "2 through riskAverse -1 -1",
      ])
  }

  @Test func `the other side comes to the price`() {
    var desk = Desk()
    desk.quote(100, 30, 104, 20)
    desk.send(1, .buy, 10, at: 101)
    desk.quote(100, 30, 101, 7)
    #expect(bases(&desk) == ["1 crossed riskAverse 0 0"])
  }

  @Test func `in a crossed book what is ahead takes first`() {
    var desk = Desk()
    desk.order(.add, .buy, 1, 100, 30)
    desk.order(.add, .sell, 8, 104, 10)
    desk.send(1, .buy, 10, at: 100)
    desk.order(.add, .sell, 9, 100, 25)
    #expect(bases(&desk) == [])
    // 37 are offered at our price, 30 are ahead.
    desk.order(.add, .sell, 10, 100, 12)
    #expect(desk.reports() == ["1 filled 7 @ 100 maker"])
  }

  @Test func `the model touch says that it was enough`() {
    var desk = Desk(ExchangeConfiguration(fills: .touch))
    desk.quote(100, 30, 104, 20)
    desk.send(1, .buy, 10, at: 101)
    desk.send(2, .buy, 10, at: 100)
    desk.quote(100, 30, 101, 7)
    desk.trade(100, 1, .sell)
    #expect(bases(&desk) == ["1 touch", "2 touch"])
  }

  @Test func `an iceberg joins the queue anew with each part`() {
    var desk = Desk()
    desk.quote(100, 30, 104, 20)
    desk.send(1, .buy, 10, .limit, at: 100) { $0.display = Quantity(4) }
    desk.quote(100, 40, 104, 20)
    desk.trade(100, 34, .sell)
    desk.trade(100, 9, .sell)
    // The next part goes behind the 40 − 30 that are still shown; 9 of them trade.
    #expect(bases(&desk) == ["1 queue riskAverse 30 30"])
    desk.trade(100, 3, .sell)
    #expect(bases(&desk) == ["1 queue riskAverse 10 1"])
  }

  @Test func `a trade that is shared says with how many`() {
    var configuration = ExchangeConfiguration()
    configuration.allocation = .cme
    var desk = Desk(configuration)
    desk.quote(99, 10, 104, 20)
    desk.send(1, .buy, 20, at: 100)
    desk.send(2, .buy, 20, at: 100)
    desk.quote(100, 120, 104, 20)
    desk.trade(100, 48, .sell)
    #expect(bases(&desk) == ["1 topOrder 48 among 160", "2 proRata 28 among 140"])
  }

  @Test func `auctions say where their price is from`() {
    var desk = Desk()
    desk.quote(99, 50, 101, 50)
    desk.trade(100, 1, .none)
    desk.status(.openingAuction)
    desk.send(1, .buy, 10, .market, .atOpen)
    desk.trade(100, 25, .none)
    desk.status(.trading)
    desk.send(2, .buy, 10, .market, .atClose)
    desk.status(.closingAuction)
    desk.indicative(103, .closing)
    desk.status(.closed)
    desk.status(.preOpen)
    desk.send(3, .buy, 10, .market, .atOpen)
    desk.status(.trading)
    desk.trade(102, 20, .none)
    desk.send(4, .buy, 10, .market, .atClose)
    desk.status(.closingAuction)
    desk.status(.closed)
    #expect(bases(&desk) == ["1 auction", "2 auctionReference", "3 sessionOpen", "4 lastTrade"])
  }

  typealias Prices = (Int64, Int64, Int64, Int64)

  /// Model, type, stop, limit of a buy, the bar after 100, and its basis.
  static let bars: [(FillModel, OrderType, Int64?, Int64?, Prices, String)] = [
    (.bar(.nextOpen), .market, nil, nil, (101, 103, 99, 100), "1 barOpen"),
    (.bar(.lastClose), .market, nil, nil, (101, 103, 99, 100), "1 barClose"),
    (.bar(.nextOpen), .limit, nil, 100, (101, 103, 99, 100), "1 barLimit"),
    (.bar(.nextOpen), .limit, nil, 102, (101, 103, 99, 100), "1 barOpen"),
    (.bar(.nextOpen), .stop, 102, nil, (101, 103, 99, 100), "1 barPath"),
    (.bar(.nextOpen), .stop, 102, nil, (104, 105, 99, 100), "1 barOpen"),
    (.bar(.nextOpen), .limitIfTouched, 99, 98, (101, 103, 97, 100), "1 barPath"),
    (.lean, .market, nil, nil, (101, 103, 99, 100), "1 leanMarket"),
    (.lean, .limit, nil, 100, (101, 103, 99, 100), "1 leanLimit"),
    (.lean, .stop, 102, nil, (101, 103, 99, 100), "1 leanStop"),
    (.lean, .stopLimit, 102, 104, (101, 103, 99, 100), "1 leanStopLimit"),
    (.lean, .limitIfTouched, 100, 102, (101, 103, 99, 100), "1 leanIfTouched"),
  ]

  @Test(arguments: bars.indices) func `bars say which of their prices it was`(_ index: Int) {
    let (model, type, stop, limit, prices, expected) = Self.bars[index]
    var desk = Desk(ExchangeConfiguration(fills: model))
    desk.bar(end: 2_000, (100, 100, 100, 100))
    desk.send(1, .buy, 10, type, at: limit) { terms in
      if let stop { terms.stop = Price(stop) }
    }
    desk.bar(end: 2_100, prices)
    #expect(bases(&desk) == [expected])
  }

  @Test func `a daily bar fills auctions at its open and close`() {
    let day: Int64 = 86_400_000_000_000
    var desk = Desk()
    desk.bar(end: day, (100, 100, 100, 100), interval: day)
    desk.send(1, .buy, 10, .market, .atOpen)
    desk.send(2, .buy, 10, .market, .atClose)
    desk.bar(end: 2 * day, (101, 103, 99, 102), interval: day)
    #expect(bases(&desk) == ["1 sessionOpen", "2 sessionClose"])
  }
}
