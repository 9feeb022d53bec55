import Events
import Scenarios
import Testing

@testable import Trading

/// What is said at the door about orders that the gate would call invalid.
@Suite struct OrderFaultTests {
  static let instrument: Instrument = {
    var share = Instrument.share(0, "SHR")
    (share.tickSize, share.lotSize) = (Price(5), Quantity(10))
    return share
  }()

  /// Requests of a seed, near the edge of what is valid.
  static func request(_ draw: (Int64) -> Int64) -> OrderRequest {
    func pick<T>(_ values: [T]) -> T { values[Int(draw(Int64(values.count)))] }
    var request = OrderRequest(
      instrument: instrument.id, side: pick([.buy, .buy, .sell, .none]),
      type: pick(OrderType.allCases), timeInForce: pick(TimeInForce.allCases),
      quantity: Quantity(pick([10, 20, 100, 0, -10, 15, Quantity.limit + 1])),
      price: pick([.none, Price(100), Price(103), Price(Price.limit + 5)]))
    guard draw(3) > 0 else { return request }
    if draw(2) == 0 { request.terms.stop = pick([Price(50), Price(52)]) }
    if draw(3) == 0 { request.terms.trail = Trail(pick([.price, .ppm]), pick([0, 1, 20])) }
    if draw(4) == 0 { request.terms.limitOffset = pick([1, -1, Price.limit + 1]) }
    if draw(4) == 0 { request.terms.trigger = pick([.last, .mid]) }
    if draw(4) == 0 { request.terms.display = Quantity(pick([10, 5, 200, -10])) }
    if draw(4) == 0 { request.terms.isPostOnly = true }
    if draw(4) == 0 { request.terms.peg = pick([.primary, .mid]) }
    if draw(4) == 0 { request.terms.pegOffset = pick([1, Price.limit + 1]) }
    if draw(3) == 0 { request.terms.expiry = Instant(nanoseconds: 5) }
    return request
  }

  @Test func `something is wrong exactly with what the gate calls invalid`() {
    let gate = RiskGate(Limits())
    let terms = Self.instrument.terms
    var state: UInt64 = 0x5eed
    func draw(_ bound: Int64) -> Int64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int64((state >> 33) % UInt64(bound))
    }
    var (valid, faults) = (0, Set<String>())
    for _ in 0..<200_000 {
      let request = Self.request(draw)
      let fault = request.fault(in: Self.instrument)
      #expect(gate.isValid(request, terms) == (fault == nil), "\(request): \(fault ?? "valid")")
      if let fault { faults.insert(String(fault.prefix { $0 != ":" })) } else { valid += 1 }
    }
    #expect(valid > 1_000 && faults.count > 20, "\(valid), \(faults.sorted())")
  }

  @Test(arguments: [
    (OrderType.limit, Price.none, Int64(10), "`price` is missing: a limit order has a limit"),
    (.limit, Price(103), 10, "`price`: 1.03 is not a multiple of the tick, 0.05"),
    (.market, Price(100), 10, "`price` is given, and a market order has none"),
    (.stop, .none, 10, "`stop` is missing: a stop order waits for a price"),
    (.market, .none, 15, "`quantity`: 15 is not a multiple of the lot, 10"),
  ])
  func `it names the field`(_ type: OrderType, _ price: Price, _ quantity: Int64, _ says: String) {
    let request = OrderRequest(
      instrument: Self.instrument.id, side: .buy, type: type, timeInForce: .day,
      quantity: Quantity(quantity), price: price)
    #expect(request.fault(in: Self.instrument) == says)
  }

  @Test(arguments: [
    ("ord-2", NamedOrder.order(OrderID(2))), ("2", .order(OrderID(2))),
    (
      "ord-9",
      .unknown(
        "there is no order `ord-9`; the last is ord-3, and people's names are hedge-1, hedge-2")
    ),
    ("hedge-1", .order(OrderID(3))),
    ("hedge-3", .unknown("there is no order `hedge-3`; did you mean `hedge-1`?")),
    ("hedge-2", .refused(Instructions.Given(clientOrder: "hedge-2", intent: 8))),
  ])
  func `an order is found by its number and by its name`(_ word: String, _ means: NamedOrder) {
    var instructions = Instructions()
    instructions.note("hedge-2", intent: 8)
    instructions.note("hedge-1", intent: 5)
    instructions.note("hedge-1", order: OrderID(3))
    #expect(instructions.named(word, last: OrderID(3)) == means)
  }
}
