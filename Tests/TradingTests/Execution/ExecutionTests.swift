import Events
import Testing

@testable import Trading

/// An execution driven by hand: what it wants is written down in a few words.
struct Driven {
  var execution: Execution
  var now = Parents.noon
  var view = Parents.view()
  var nextOrder: UInt64 = 100
  var lastReason: Reason?

  init(
    _ plan: ExecutionPlan, _ quantity: Int64, _ side: Side = .buy, limit: Price = .none,
    lot: Int64 = 1, rounds: UInt16 = 0
  ) throws {
    execution = try Execution(
      Parents.ticket(quantity, side, limit: limit), plan, Parents.instrument(lot: lot),
      second: Parents.instrument(1), rounds: rounds)
  }

  /// Wakes until there is nothing to do. Children pass the gate and are numbered from 100 on.
  mutating func wake(at seconds: Int64? = nil) -> [String] {
    if let seconds { now = Parents.at(seconds) }
    var words: [String] = []
    while true {
      switch execution.wake(at: now, in: view) {
      case .nothing: return words
      case .cancel(let order): words.append("cancel \(order.raw)")
      case .complete(let cause): words.append("complete \(cause.name)")
      case .send(let child):
        lastReason = child.reason
        let time = child.timeInForce == .immediateOrCancel ? "ioc" : child.timeInForce.name
        let price = child.price.isNone ? "any" : "\(child.price.raw)"
        var word = "\(child.side.name) \(child.quantity.raw) @ \(price) \(time)"
        if child.leg == .second { word += " second" }
        if child.isRouted {
          let excluded = child.excluded.map { "\($0.raw)" }.joined(separator: ",")
          words.append(word + " routed \(child.round) without [\(excluded)]")
          return words
        }
        words.append(word)
        execution.childSent(OrderID(nextOrder), child.instrument, child.quantity)
        nextOrder += 1
      }
    }
  }

  mutating func fill(_ order: UInt64, _ quantity: Int64) -> [String] {
    let instrument = execution.children.first { $0.order.raw == order }?.instrument
    let attention = execution.childFilled(
      OrderID(order), instrument ?? InstrumentID(0), Quantity(quantity), at: now)
    return attention == .wake ? wake() : []
  }

  mutating func end(_ order: UInt64) -> [String] {
    execution.childEnded(OrderID(order), at: now) == .wake ? wake() : []
  }

  mutating func trade(_ size: Int64) -> [String] {
    execution.traded(Quantity(size), at: now) == .wake ? wake() : []
  }

  var next: Int64 { execution.nextWake.since(Parents.noon) / Parents.second }
}

@Suite struct ExecutionTests {
  @Test func `a TWAP takes each slice's part, and what the last ones lacked`() throws {
    var desk = try Driven(Parents.plan(.twap, seconds: 100, ["slices": 4]), 100)
    #expect(desk.wake(at: -5) == [])
    #expect(desk.next == 0)
    #expect(desk.wake(at: 0) == ["buy 25 @ 101 ioc"])
    #expect(desk.wake() == [])
    #expect(desk.fill(100, 25) == [])
    #expect(desk.next == 25)
    // The second part fills in part: the rest is tried after the pause, a tenth of a slice.
    #expect(desk.wake(at: 25) == ["buy 25 @ 101 ioc"])
    #expect(desk.fill(101, 10) == [])
    #expect(desk.end(101) == [])
    #expect(desk.execution.nextWake == desk.now.advanced(by: 2_500_000_000))
    #expect(desk.wake(at: 28) == ["buy 15 @ 101 ioc"])
    #expect(desk.end(102) == [])
    // The wake-up of the third slice is missed: the fourth catches up.
    #expect(desk.wake(at: 80) == ["buy 65 @ 101 ioc"])
    #expect(desk.fill(103, 65) == ["complete completed"])
    #expect(desk.execution.filled == Quantity(100))
    #expect(desk.execution.nextWake == .distantFuture)
    #expect(desk.wake(at: 100) == [])
  }

  @Test func `a child says why it goes out`() throws {
    var desk = try Driven(
      Parents.plan(.twap, seconds: 100, ["slices": 4, "participation": 0.1]), 100)
    #expect(desk.wake(at: 0) == [])
    #expect(desk.trade(300) == ["buy 25 @ 101 ioc"])
    let reason = try #require(desk.lastReason)
    #expect(reason.text == "twap slice 1 of 4: takes what is due")
    #expect(
      reason.values.map { "\($0.name) \($0.value)" } == [
        "slice 1", "slices 4", "scheduled 25", "done 0", "behind 25", "traded 300",
        "traded_since 300", "participation 0.100000000",
      ])
  }

  @Test func `joining comes first, and taking when patience ends`() throws {
    var desk = try Driven(Parents.plan(.twap, seconds: 200, ["slices": 2, "style": 1]), 100)
    #expect(desk.wake(at: 0) == ["buy 50 @ 99 day"])
    // Nine tenths of the slice.
    #expect(desk.next == 90)
    #expect(desk.fill(100, 20) == [])
    #expect(desk.wake(at: 90) == ["cancel 100"])
    #expect(desk.wake(at: 91) == [])
    // A fill on the way of the cancel counts.
    #expect(desk.fill(100, 5) == [])
    #expect(desk.end(100) == ["buy 25 @ 101 ioc"])
    #expect(desk.fill(101, 25) == [])
    #expect(desk.next == 100)
    #expect(desk.wake(at: 100) == ["buy 50 @ 99 day"])
    #expect(desk.fill(102, 50) == ["complete completed"])
  }

  @Test func `the parent's limit bounds every child`() throws {
    var buyer = try Driven(
      Parents.plan(.twap, seconds: 100, ["slices": 1]), 10, limit: Price(100))
    // Nothing is offered within the limit: it looks again after the pause.
    #expect(buyer.wake(at: 0) == [])
    #expect(buyer.next == 10)
    buyer.view = Parents.view(bid: 95, ask: 100)
    #expect(buyer.wake(at: 10) == ["buy 10 @ 100 ioc"])
    var seller = try Driven(
      Parents.plan(.twap, seconds: 100, ["slices": 1, "style": 1]), 10, .sell, limit: Price(103))
    // The best offer is too low: it rests at the limit.
    #expect(seller.wake(at: 0) == ["sell 10 @ 103 day"])
    var blind = try Driven(Parents.plan(.twap, seconds: 100, ["slices": 1]), 10)
    blind.view = Parents.empty
    #expect(blind.wake(at: 0) == [])
    #expect(blind.next == 10)
  }

  @Test func `participation bounds a child by what traded since the last one`() throws {
    var desk = try Driven(
      Parents.plan(.twap, seconds: 100, ["slices": 1, "participation": 0.2]), 100, lot: 5)
    #expect(desk.wake(at: 0) == [])
    #expect(desk.next == 100)
    #expect(desk.trade(24) == [])
    // A fifth of 25 is a lot.
    #expect(desk.trade(1) == ["buy 5 @ 101 ioc"])
    #expect(desk.trade(74) == [])
    // A fifth of 74 is 14: two lots.
    #expect(desk.fill(100, 5) == ["buy 10 @ 101 ioc"])
    #expect(desk.fill(101, 10) == [])
    #expect(desk.trade(24) == [])
    #expect(desk.trade(1000) == ["buy 85 @ 101 ioc"])
  }

  @Test func `POV follows the market's volume`() throws {
    var desk = try Driven(
      Parents.plan(.pov, seconds: 100, ["rate": 0.1, "minimum": 5]), 12)
    #expect(desk.trade(1000) == [])
    desk.now = Parents.at(-1)
    #expect(desk.trade(1000) == [])
    desk.execution = try Driven(
      Parents.plan(.pov, seconds: 100, ["rate": 0.1, "minimum": 5]), 12
    ).execution
    #expect(desk.wake(at: 0) == [])
    #expect(desk.trade(49) == [])
    #expect(desk.trade(1) == ["buy 5 @ 101 ioc"])
    #expect(desk.trade(40) == [])
    #expect(desk.fill(100, 5) == [])
    #expect(desk.trade(10) == ["buy 5 @ 101 ioc"])
    // Two are left, less than the minimum: they go when due.
    #expect(desk.fill(101, 5) == [])
    #expect(desk.trade(19) == [])
    #expect(desk.trade(1) == ["buy 2 @ 101 ioc"])
    #expect(desk.fill(102, 2) == ["complete completed"])
  }

  @Test func `an iceberg shows one part at a time`() throws {
    var desk = try Driven(
      Parents.plan(.iceberg, seconds: 100, ["display": 40]), 100, .sell, limit: Price(105))
    #expect(desk.wake(at: 0) == ["sell 40 @ 105 day"])
    #expect(desk.fill(100, 39) == [])
    #expect(desk.fill(100, 1) == ["sell 40 @ 105 day"])
    #expect(desk.fill(101, 40) == ["sell 20 @ 105 day"])
    #expect(desk.wake(at: 100) == ["cancel 102"])
    #expect(desk.end(102) == ["complete completed"])
  }

  @Test func `the second leg of a pair follows the first at once`() throws {
    var desk = try Driven(
      Parents.plan(.pairs, seconds: 100, ["instrument": 1, "ratio": 0.5, "style": 1]), 9)
    #expect(desk.wake(at: 0) == ["buy 9 @ 99 day"])
    #expect(desk.fill(100, 1) == [])
    #expect(desk.fill(100, 4) == ["sell 2 @ 99 ioc second"])
    // While the hedge is under way more fills come; they are hedged when it has ended.
    #expect(desk.fill(100, 2) == [])
    #expect(desk.fill(101, 1) == [])
    #expect(desk.end(101) == [])
    #expect(desk.execution.unhedged == Quantity(2))
    // A pause of ten seconds.
    #expect(desk.wake(at: 10) == ["sell 2 @ 99 ioc second"])
    #expect(desk.fill(102, 2) == [])
    #expect(desk.wake(at: 90) == ["cancel 100"])
    // The first leg fills while it is taken back: hedged, then done.
    #expect(desk.fill(100, 1) == ["sell 1 @ 99 ioc second"])
    #expect(desk.end(100) == ["buy 1 @ 101 ioc"])
    #expect(desk.fill(104, 1) == [])
    #expect(desk.fill(103, 1) == ["complete completed"])
    #expect(desk.execution.secondFilled == Quantity(4))
  }

  @Test func `a pair of one side has a negative ratio`() throws {
    var desk = try Driven(
      Parents.plan(.pairs, seconds: 100, ["instrument": 1, "ratio": -2]), 3)
    #expect(desk.wake(at: 0) == ["buy 3 @ 101 ioc"])
    #expect(desk.fill(100, 3) == ["buy 6 @ 101 ioc second"])
    #expect(desk.fill(101, 6) == ["complete completed"])
  }

  @Test func `a hedge that cannot be had is given up after the end`() throws {
    var desk = try Driven(
      Parents.plan(.pairs, seconds: 100, ["instrument": 1, "ratio": 1, "pause": 1]), 3)
    desk.view.second = Parents.empty.best
    #expect(desk.wake(at: 0) == ["buy 3 @ 101 ioc"])
    #expect(desk.fill(100, 3) == [])
    var done: [String] = []
    for seconds in 1...20 where done.isEmpty { done = desk.wake(at: Int64(seconds)) }
    #expect(done == ["complete completed"])
    #expect(desk.now == Parents.at(9))
    #expect(desk.execution.unhedged == Quantity(3))
  }

  @Test func `what does not fill is routed again among the rest`() throws {
    var desk = try Driven(Parents.plan(.route, seconds: 100), 30, limit: Price(105), rounds: 2)
    #expect(desk.wake(at: 0) == ["buy 30 @ 105 ioc routed 0 without []"])
    func route(_ parts: [(UInt16, Int64)]) -> RouteRecord {
      RouteRecord(
        order: OrderID(7), round: 0, quantity: Quantity(30),
        candidates: parts.map {
          RouteRecord.Candidate(
            instrument: InstrumentID($0.0), price: Price(101), size: Quantity(99),
            quantity: Quantity($0.1))
        })
    }
    #expect(desk.execution.routed(route([(0, 10), (1, 15), (2, 0)]), at: desk.now) == .none)
    desk.execution.childSent(OrderID(1), InstrumentID(0), Quantity(10))
    #expect(desk.wake() == [])
    desk.execution.childSent(OrderID(2), InstrumentID(1), Quantity(15))
    #expect(desk.execution.working == Quantity(25))
    #expect(desk.execution.exposure == Quantity(5))
    #expect(desk.fill(1, 10) == [])
    #expect(desk.fill(2, 4) == [])
    #expect(desk.end(2) == ["buy 16 @ 105 ioc routed 1 without [1]"])
    // The gate refuses the second round's: no rounds are left, so it waits and begins anew.
    #expect(desk.execution.routed(route([(0, 16)]), at: desk.now) == .none)
    #expect(
      desk.execution.childRefused(InstrumentID(0), Quantity(16), at: desk.now) == .wake)
    #expect(desk.wake() == [])
    #expect(desk.wake(at: 10) == ["buy 16 @ 105 ioc routed 0 without []"])
    // No venue has anything: another round at once would find the same.
    #expect(desk.execution.routed(route([(0, 0)]), at: desk.now) == .wake)
    #expect(desk.wake() == [])
    #expect(desk.next == 20)
  }

  @Test func `a cancel takes the children back before the parent ends`() throws {
    var desk = try Driven(Parents.plan(.twap, seconds: 100, ["slices": 1, "style": 1]), 10)
    #expect(desk.wake(at: 0) == ["buy 10 @ 99 day"])
    #expect(desk.execution.cancel(.strategy) == .wake)
    #expect(desk.wake() == ["cancel 100"])
    #expect(desk.execution.exposure == .zero)
    // The venue does not do it: asked again after the pause.
    #expect(desk.execution.cancelRefused(OrderID(100), at: desk.now) == .wake)
    #expect(desk.wake() == [])
    #expect(desk.next == 10)
    #expect(desk.wake(at: 10) == ["cancel 100"])
    #expect(desk.execution.cancel(.operator) == .wake)
    #expect(desk.end(100) == ["complete strategy"])
    #expect(desk.execution.cancel(.operator) == .none)
    var waiting = try Driven(Parents.plan(.twap, seconds: 100, ["slices": 1]), 10)
    #expect(waiting.execution.cancel(.halt) == .wake)
    #expect(waiting.wake(at: -50) == ["complete halt"])
  }

  @Test func `a bust puts the quantity back to do`() throws {
    var desk = try Driven(Parents.plan(.twap, seconds: 100, ["slices": 2]), 10)
    #expect(desk.wake(at: 0) == ["buy 5 @ 101 ioc"])
    #expect(desk.fill(100, 5) == [])
    #expect(desk.fill(100, -5) == ["buy 5 @ 101 ioc"])
    #expect(desk.execution.remaining == Quantity(10))
  }

  @Test func `a late fill is never bought again`() throws {
    var desk = try Driven(Parents.plan(.twap, seconds: 100, ["slices": 1, "style": 1]), 10)
    #expect(desk.wake(at: 0) == ["buy 10 @ 99 day"])
    #expect(desk.end(100) == [])
    #expect(desk.wake(at: 10) == ["buy 10 @ 99 day"])
    // The first child had filled after all: the second is too large and is taken back.
    #expect(desk.fill(100, 4) == ["cancel 101"])
    #expect(desk.end(101) == ["buy 6 @ 99 day"])
  }

  @Test func `a plan that cannot be worked is no execution`() {
    let plan = Parents.plan(.pairs, seconds: 100, ["instrument": 3, "ratio": 1])
    #expect(throws: PlanProblem("`instrument` is unknown, or the parent's own")) {
      try Driven(plan, 10)
    }
    #expect(throws: PlanProblem("the quantity or side cannot be worked")) {
      try Driven(Parents.plan(.route, seconds: 100), 0)
    }
  }
}
