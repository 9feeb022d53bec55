import Events
import Testing

@testable import Trading

/// A market and a venue that do anything they may, from a seed.
struct RandomDay {
  var dice: Dice
  var execution: Execution
  var now = Parents.noon
  var bid: Int64 = 100
  var nextOrder: UInt64 = 100
  /// Children as the venue knows them: what it may still fill.
  var open: [(order: UInt64, instrument: InstrumentID, left: Int64)] = []
  var filled: Int64 = 0
  var completed = 0
  var faults: [String] = []
  let lot: Int64
  let limit: Price

  static let end = 1000 * Parents.second

  init(_ seed: UInt64) throws {
    dice = Dice(seed)
    lot = dice.roll(1...20)
    let total = dice.roll(1...500) * lot
    let side: Side = dice.roll(0...1) == 0 ? .buy : .sell
    limit = dice.roll(0...2) == 0 ? Price(dice.roll(95...106)) : .none
    var values = [Reason.Value("minimum", Decimal(mantissa: dice.roll(1...3) * lot, scale: 0))]
    func add(_ name: String, _ mantissa: Int64, _ scale: UInt8 = 0) {
      values.append(Reason.Value(name, Decimal(mantissa: mantissa, scale: scale)))
    }
    let algorithm = ExecutionPlan.Algorithm.allCases[Int(dice.roll(0...6))]
    if dice.roll(0...2) == 0 { add("participation", dice.roll(1...100), 2) }
    if algorithm != .iceberg, algorithm != .route {
      add("slices", dice.roll(1...30))
      add("style", dice.roll(0...1))
    }
    switch algorithm {
    case .twap, .route: break
    case .vwap: for bucket in 1...dice.roll(1...9) { add("curve.\(bucket)", dice.roll(1...9)) }
    case .pov: add("rate", dice.roll(1...100), 2)
    case .shortfall:
      add("aversion", dice.roll(0...9), 6)
      add("volatility", dice.roll(0...9))
      add("impact", dice.roll(1...9), 6)
    case .iceberg: add("display", dice.roll(1...50) * lot)
    case .pairs:
      add("instrument", 1)
      add("ratio", dice.roll(1...300), 2)
    }
    execution = try Execution(
      Parents.ticket(total, side, limit: limit),
      ExecutionPlan(
        algorithm, start: Parents.noon, end: Parents.noon.advanced(by: Self.end), values: values),
      Parents.instrument(lot: lot), second: Parents.instrument(1, lot: dice.roll(1...5)),
      rounds: UInt16(dice.roll(0...3)))
  }

  var view: Execution.View { Parents.view(bid: bid, ask: bid + 2) }

  mutating func check(_ holds: Bool, _ what: String) { if !holds { faults.append(what) } }

  mutating func wake() {
    for _ in 0..<100 {
      switch execution.wake(at: now, in: view) {
      case .nothing:
        check(execution.hasEnded || execution.nextWake > now, "the next wake is not later")
        return
      case .complete:
        completed += 1
        check(open.isEmpty, "ended with a child out")
      case .cancel(let order):
        check(open.contains { $0.order == order.raw }, "a cancel of no child")
      case .send(let child): send(child)
      }
    }
    faults.append("it never has enough")
  }

  mutating func send(_ child: ChildOrder) {
    check(!execution.hasEnded, "sent after the end")
    check(child.quantity.raw > 0, "a child of nothing")
    if child.leg == .first {
      check(!open.contains { $0.instrument != InstrumentID(1) }, "two children out")
      check(filled + child.quantity.raw <= execution.parent.quantity.raw, "more than remains")
      check(child.quantity.raw % lot == 0, "no whole lots")
      check(now < execution.plan.end, "sent after the time")
      if !limit.isNone {
        let isWithin = child.side == .buy ? child.price <= limit : child.price >= limit
        check(!child.price.isNone && isWithin, "beyond the limit")
      }
    } else {
      let due = execution.second?.due(for: execution.filled) ?? .zero
      check(execution.secondFilled + child.quantity <= due, "hedges more than has filled")
    }
    for (instrument, quantity) in route(child) {
      if dice.roll(0...9) == 0 {
        _ = execution.childRefused(instrument, quantity, at: now)
      } else {
        execution.childSent(OrderID(nextOrder), instrument, quantity)
        open.append((nextOrder, instrument, quantity.raw))
        nextOrder += 1
      }
    }
  }

  /// The orders that a child becomes: of a routed one parts for two venues, which may be less or nothing.
  mutating func route(_ child: ChildOrder) -> [(InstrumentID, Quantity)] {
    guard child.isRouted else { return [(child.instrument, child.quantity)] }
    var left = child.quantity.raw / lot
    var candidates: [RouteRecord.Candidate] = []
    for instrument in [InstrumentID(0), InstrumentID(2)] where !child.excluded.contains(instrument)
    {
      let lots = dice.roll(0...left)
      left -= lots
      candidates.append(
        RouteRecord.Candidate(
          instrument: instrument, price: Price(bid), size: Quantity(lots * lot),
          quantity: Quantity(lots * lot)))
    }
    _ = execution.routed(
      RouteRecord(
        order: execution.parent.order, round: child.round, quantity: child.quantity,
        candidates: candidates), at: now)
    return candidates.filter { $0.quantity > .zero }.map { ($0.instrument, $0.quantity) }
  }

  /// One thing happens.
  mutating func step() {
    switch dice.roll(0...9) {
    case 0...2: now = now.advanced(by: dice.roll(0...20) * Parents.second)
    case 3: now = max(now, min(execution.nextWake, now.advanced(by: 60 * Parents.second)))
    case 4: bid = max(90, min(110, bid + dice.roll(-2...2)))
    case 5, 6:
      if execution.traded(Quantity(dice.roll(0...200)), at: now) == .none { return }
    case 7, 8: fillSome()
    default: endSome()
    }
    wake()
  }

  mutating func fillSome() {
    guard !open.isEmpty else { return }
    let index = Int(dice.roll(0...Int64(open.count - 1)))
    let (order, instrument, left) = open[index]
    // Some venues fill what is no whole lot.
    let step = instrument == InstrumentID(1) || lot % 3 == 0 || left % lot != 0 ? 1 : lot
    let part = dice.roll(1...left / step) * step
    if instrument != InstrumentID(1) { filled += part }
    if left == part { open.remove(at: index) } else { open[index].left -= part }
    if execution.childFilled(OrderID(order), instrument, Quantity(part), at: now) == .wake {
      wake()
    }
  }

  mutating func endSome() {
    guard !open.isEmpty else { return }
    let child = open.remove(at: Int(dice.roll(0...Int64(open.count - 1))))
    if execution.childEnded(OrderID(child.order), at: now) == .wake { wake() }
  }

  /// Lets the rest of the day pass.
  mutating func finish() {
    now = max(now, execution.plan.end)
    for _ in 0..<200 where !execution.hasEnded {
      wake()
      if !open.isEmpty { endSome() }
      if execution.nextWake < .distantFuture { now = max(now, execution.nextWake) }
    }
  }
}

@Suite struct ExecutionPropertyTests {
  @Test(arguments: 1...400 as ClosedRange<UInt64>)
  func `no bound is ever broken, and every parent ends once`(seed: UInt64) throws {
    var day = try RandomDay(seed)
    for _ in 0..<400 where !day.execution.hasEnded { day.step() }
    day.finish()
    #expect(day.faults == [])
    #expect(day.completed == 1, "\(day.execution)")
    #expect(day.execution.filled == Quantity(day.filled))
    #expect(day.filled <= day.execution.parent.quantity.raw)
    #expect(day.execution.exposure == .zero)
  }

  @Test func `the days that are drawn do fill and do not`() throws {
    // Otherwise the test above would prove little.
    var (whole, part, none) = (0, 0, 0)
    for seed in 1...400 as ClosedRange<UInt64> {
      var day = try RandomDay(seed)
      for _ in 0..<400 where !day.execution.hasEnded { day.step() }
      day.finish()
      if day.filled == day.execution.parent.quantity.raw {
        whole += 1
      } else if day.filled > 0 {
        part += 1
      } else {
        none += 1
      }
    }
    #expect(whole > 50 && part > 50 && none > 0, "\(whole) whole, \(part) in part, \(none) not")
  }

  @Test(arguments: 1...60 as ClosedRange<UInt64>)
  func `an execution read back goes on alike`(seed: UInt64) throws {
    var day = try RandomDay(seed)
    for _ in 0..<Int(seed) { day.step() }
    let bytes = ExecutionStateTests.bytes(day.execution)
    var copy = day
    copy.execution = try ExecutionStateTests.execution(bytes)
    #expect(copy.execution == day.execution)
    #expect(ExecutionStateTests.bytes(copy.execution) == bytes)
    for _ in 0..<100 {
      day.step()
      copy.step()
    }
    #expect(copy.execution == day.execution)
  }
}
