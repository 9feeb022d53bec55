import Events
import Testing
import Venues

// Hand-worked cases of resting orders.
@Suite struct MakingTests {
  @Test func `a resting buy fills when trades have eaten the queue it joined`() {
    var desk = Desk()
    desk.quote(100, 50, 102, 20)
    desk.send(1, .buy, 30, at: 100)
    desk.trade(100, 40, .sell)  // 10 left ahead
    desk.quote(100, 10, 102, 20)
    desk.trade(100, 25, .sell)  // 10 ahead, then 15 of ours
    desk.trade(100, 25, .buy)  // buys lift asks, not us
    desk.trade(100, 99, .sell)
    #expect(
      desk.reports() == ["1 accepted", "1 filled 15 @ 100 maker", "1 filled 15 @ 100 maker"])
  }

  @Test func `the queue is never longer than what is displayed`() {
    var desk = Desk()
    desk.quote(100, 50, 102, 20)
    desk.send(1, .buy, 30, at: 100)
    desk.quote(100, 5, 102, 20)
    desk.quote(100, 80, 102, 20)
    desk.trade(100, 15, .sell)
    #expect(desk.reports() == ["1 accepted", "1 filled 10 @ 100 maker"])
  }

  @Test func `a better price has no queue, a worse one learns its queue when it becomes best`() {
    var desk = Desk()
    desk.quote(100, 50, 104, 20)
    desk.send(1, .buy, 10, at: 101)
    desk.send(2, .buy, 10, at: 99)
    desk.trade(101, 4, .sell)
    desk.quote(99, 20, 104, 20)
    desk.trade(99, 25, .sell)
    // The print at 99 first trades through the rest at 101 (6), then 19 of the queue of 20 go.
    desk.trade(99, 3, .sell)
    #expect(
      desk.reports() == [
        "1 accepted", "2 accepted", "1 filled 4 @ 101 maker", "1 filled 6 @ 101 maker",
        "2 filled 2 @ 99 maker",
      ])
  }

  @Test func `an opposite price that reaches the limit fills up to its size, at the limit`() {
    var desk = Desk()
    desk.quote(100, 50, 103, 20)
    desk.send(1, .buy, 30, at: 101)
    desk.quote(99, 50, 101, 20)
    desk.quote(98, 50, 101, 20)  // the same level: nothing new
    desk.quote(98, 50, 100, 4)
    desk.quote(98, 50, 100, 5)
    #expect(
      desk.reports() == [
        "1 accepted", "1 filled 20 @ 101 maker", "1 filled 4 @ 101 maker",
        "1 filled 1 @ 101 maker",
      ])
  }

  @Test func `the rest of a marketable limit waits at its limit`() {
    var desk = Desk()
    desk.quote(100, 50, 102, 20)
    desk.send(1, .buy, 30, at: 103)
    desk.quote(100, 50, 102, 20)
    desk.quote(100, 50, 102, 24)
    #expect(
      desk.reports() == ["1 accepted", "1 filled 20 @ 102 taker", "1 filled 4 @ 103 maker"])
  }

  @Test func `several orders share a trade by price, then time`() {
    var desk = Desk()
    desk.quote(100, 10, 104, 20)
    desk.send(1, .buy, 5, at: 100)
    desk.send(2, .buy, 5, at: 100)
    desk.send(3, .buy, 5, at: 101)
    desk.trade(100, 22, .sell)  // 5 through, 10 queue, 5 first, 2 second
    #expect(
      desk.reports() == [
        "1 accepted", "2 accepted", "3 accepted", "3 filled 5 @ 101 maker",
        "1 filled 5 @ 100 maker", "2 filled 2 @ 100 maker",
      ])
  }

  @Test func `own orders never trade with each other`() {
    var desk = Desk()
    desk.quote(100, 10, 104, 20)
    desk.send(1, .sell, 5, at: 102)
    desk.send(2, .buy, 5, at: 103)
    #expect(desk.reports() == ["1 accepted", "2 accepted"])
  }

  @Test func `with levels a resting order queues behind its level`() {
    var desk = Desk()
    desk.level(.buy, 100, 30)
    desk.level(.buy, 99, 20)
    desk.level(.sell, 102, 30)
    desk.send(1, .buy, 10, at: 99)
    desk.trade(100, 30, .sell)
    desk.level(.buy, 100, 0)
    desk.trade(99, 18, .sell)
    desk.level(.buy, 99, 2)
    desk.trade(99, 5, .sell)
    desk.level(.sell, 99, 4)  // 4 of the remaining 7
    #expect(
      desk.reports() == ["1 accepted", "1 filled 3 @ 99 maker", "1 filled 4 @ 99 maker"])
  }

  @Test func `with orders the queue is exact`() {
    var desk = Desk()
    desk.order(.add, .buy, 11, 100, 10)
    desk.order(.add, .buy, 12, 100, 20)
    desk.order(.add, .sell, 13, 102, 20)
    desk.send(1, .buy, 8, at: 100)
    desk.order(.add, .buy, 14, 100, 40)
    desk.order(.cancel, .buy, 14, 100, 10)  // behind us
    desk.order(.modify, .buy, 11, 100, 15)  // goes behind us
    desk.order(.execute, .buy, 12, 100, 20)  // all that was ahead
    desk.trade(100, 20, .sell)  // only repeats the execution
    desk.order(.execute, .buy, 14, 100, 5)  // would have been ours
    desk.order(.execute, .buy, 11, 100, 15)
    #expect(
      desk.reports() == ["1 accepted", "1 filled 5 @ 100 maker", "1 filled 3 @ 100 maker"])
  }

  @Test func `with orders an execution at a worse price is ours`() {
    var desk = Desk()
    desk.order(.add, .sell, 11, 102, 10)
    desk.order(.add, .sell, 12, 104, 10)
    desk.send(1, .sell, 8, at: 103)
    desk.order(.execute, .sell, 12, 104, 6)
    #expect(desk.reports() == ["1 accepted", "1 filled 6 @ 103 maker"])
  }

  @Test func `with orders but no executions, prints beyond the queue fill us`() {
    var desk = Desk()
    desk.order(.add, .buy, 11, 100, 10)
    desk.order(.add, .sell, 12, 102, 10)
    desk.send(1, .buy, 8, at: 100)
    desk.trade(100, 4, .sell)
    desk.order(.cancel, .buy, 11, 100, 4)
    desk.trade(100, 9, .sell)  // 6 ahead, 3 ours
    desk.order(.delete, .buy, 11)
    #expect(desk.reports() == ["1 accepted", "1 filled 3 @ 100 maker"])
  }

  @Test func `after a snapshot an order stands behind everything displayed`() {
    var desk = Desk()
    desk.order(.add, .buy, 11, 100, 10)
    desk.send(1, .buy, 8, at: 100)
    desk.order(.clear, .none, 0, marks: .snapshot)
    desk.order(.add, .buy, 21, 100, 10, marks: .snapshot)
    desk.order(.add, .buy, 22, 100, 10, marks: [.snapshot, .last])
    desk.order(.execute, .buy, 21, 100, 10)
    desk.order(.execute, .buy, 22, 100, 10)
    desk.order(.add, .buy, 23, 100, 10)
    desk.order(.execute, .buy, 23, 100, 2)
    #expect(desk.reports() == ["1 accepted", "1 filled 2 @ 100 maker"])
  }

  @Test func `touch fills in full as soon as the price is reached`() {
    var desk = Desk(ExchangeConfiguration(fills: .touch))
    desk.quote(100, 50, 103, 20)
    desk.send(1, .buy, 500, at: 100)
    desk.send(2, .sell, 500, at: 104)
    desk.trade(100, 1, .sell)
    desk.quote(104, 1, 105, 1)
    #expect(
      desk.reports() == [
        "1 accepted", "2 accepted", "1 filled 500 @ 100 maker", "2 filled 500 @ 104 maker",
      ])
  }

  @Test func `with trades only, a resting order fills when traded through`() {
    var desk = Desk()
    desk.trade(101, 10, .none)
    desk.send(1, .buy, 8, at: 100)
    desk.trade(100, 50, .none)
    desk.trade(99, 5, .none)
    #expect(desk.reports() == ["1 accepted", "1 filled 5 @ 100 maker"])
  }
}
