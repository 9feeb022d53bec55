import Events
import Testing

@testable import Trading

struct ConditionTests {
  private func ticket(
    _ side: Side, _ type: OrderType, stop: Int64?, trail: Trail = .none, offset: Int64 = 0,
    price: Int64? = nil
  ) -> OrderTicket {
    var terms = OrderTerms()
    terms.stop = stop.map { Price($0) } ?? .none
    terms.trail = trail
    terms.limitOffset = offset
    return OrderTicket(
      order: OrderID(1), strategy: StrategyID(0), instrument: InstrumentID(0), side: side,
      type: type, timeInForce: .day, quantity: Quantity(10),
      price: price.map { Price($0) } ?? .none, terms: terms)
  }

  @Test(arguments: [
    (Side.buy, OrderType.stop, 100, 99, false), (.buy, .stop, 100, 100, true),
    (.buy, .stop, 100, 101, true), (.sell, .stop, 100, 101, false),
    (.sell, .stop, 100, 100, true), (.sell, .stopLimit, 100, 99, true),
    (.buy, .stopLimit, 100, 99, false), (.buy, .marketIfTouched, 100, 101, false),
    (.buy, .marketIfTouched, 100, 100, true), (.buy, .limitIfTouched, 100, 99, true),
    (.sell, .marketIfTouched, 100, 99, false), (.sell, .limitIfTouched, 100, 100, true),
    (.sell, .marketIfTouched, 100, 101, true),
  ])
  func `a condition is met at its price or beyond`(
    _ side: Side, _ type: OrderType, _ stop: Int64, _ price: Int64, _ isDue: Bool
  ) {
    var ticket = ticket(side, type, stop: stop)
    let seen = ticket.see(SeenPrices(Price(price)))
    #expect(seen == (isDue ? Price(price) : nil))
    #expect(ticket.terms.stop == Price(stop))
  }

  /// Types that a venue knows, with and without a stop, and the prices at which it says that they are due; then
  /// what they are.
  @Test(
    arguments: [
      (Side.sell, OrderType.stop, 100, 99, OrderType.market, nil),
      (.buy, .marketIfTouched, 100, 99, .market, nil), (.sell, .stopLimit, 100, 98, .limit, 90),
      (.buy, .limitIfTouched, 100, 98, .limit, 90), (.sell, .trailingStop, nil, 98, .market, nil),
      (.sell, .trailingStopLimit, nil, 98, .limit, 93),
      (.buy, .trailingStopLimit, nil, 98, .limit, 103),
      // The venue has trailed the stop, which is where it began to us.
      (.sell, .trailingStopLimit, 80, 98, .limit, 93),
      (.buy, .trailingStopLimit, nil, .min, .trailingStopLimit, nil),
      (.buy, .trailingStopLimit, nil, .max, .trailingStopLimit, nil),
      (.sell, .trailingStopLimit, nil, -.max, .trailingStopLimit, nil),
      (.sell, .trailingStop, nil, .min, .market, nil),
    ] as [(Side, OrderType, Int64?, Int64, OrderType, Int64?)])
  func `what a venue triggers has a price that an order can have`(
    _ side: Side, _ type: OrderType, _ stop: Int64?, _ price: Int64, _ after: OrderType,
    _ limit: Int64?
  ) {
    let isTrailing = type == .trailingStop || type == .trailingStopLimit
    let isLimited = type == .stopLimit || type == .limitIfTouched
    let sent = ticket(
      side, type, stop: stop, trail: isTrailing ? Trail(.price, 3) : .none,
      offset: type == .trailingStopLimit ? 5 : 0, price: isLimited ? 90 : nil)
    var order = Order(sent, sequence: 1)
    _ = order.apply(.accepted(venueOrder: "V"))
    let effect = order.apply(.triggered(price: Price(price)))
    #expect((effect == .applied) == (after != type))
    #expect(order.ticket.type == after)
    #expect(order.ticket.price == limit.map { Price($0) } ?? .none)
  }

  /// Each price, then the stop after it; nil once the order is due.
  @Test(arguments: [
    (Side.buy, Trail(.price, 5), [100, 98, 101, 96, 100, 101], [105, 103, 103, 101, 101, nil]),
    (.sell, Trail(.price, 5), [100, 102, 99, 104, 100, 99], [95, 97, 97, 99, 99, nil]),
    // 1 % of 10,050 is 100.5, rounded down.
    (.sell, Trail(.ppm, 10_000), [10_000, 10_050, 9_951, 9_950], [9_900, 9_950, 9_950, nil]),
    // Below zero a trail is as long as above.
    (.sell, Trail(.ppm, 100_000), [-100, -50, -55], [-110, -55, nil]),
  ])
  func `a trailing stop follows the market and never goes back`(
    _ side: Side, _ trail: Trail, _ prices: [Int64], _ stops: [Int64?]
  ) {
    var ticket = ticket(side, .trailingStop, stop: nil, trail: trail)
    for (price, stop) in zip(prices, stops) {
      let seen = ticket.see(SeenPrices(Price(price)))
      #expect((seen == nil) == (stop != nil), "at \(price)")
      if let stop { #expect(ticket.terms.stop == Price(stop), "at \(price)") }
    }
  }

  @Test func `of a bar the stop is tried before the trail moves`() {
    // A bar that falls to 94 and rises to 120: the sell stop at 95 is reached, though it would have moved.
    var due = ticket(.sell, .trailingStop, stop: 95, trail: Trail(.price, 5))
    #expect(due.see(SeenPrices(low: Price(94), high: Price(120))) == Price(95))
    var open = ticket(.sell, .trailingStop, stop: 95, trail: Trail(.price, 5))
    #expect(open.see(SeenPrices(low: Price(96), high: Price(120))) == nil)
    #expect(open.terms.stop == Price(115))
    // One that opens beyond the stop is seen at its nearer end.
    var gap = ticket(.sell, .stop, stop: 95)
    #expect(gap.see(SeenPrices(low: Price(80), high: Price(90))) == Price(90))
  }

  @Test func `a stop at the edge of the range does not overflow`() {
    var ticket = ticket(.buy, .trailingStop, stop: nil, trail: Trail(.price, .max))
    #expect(ticket.see(SeenPrices(Price(Price.limit))) == nil)
    #expect(ticket.terms.stop == Price(Price.limit))
  }

  @Test(arguments: [
    (Side.buy, OrderType.stop, nil as Int64?, OrderType.market, nil as Int64?),
    (.buy, .trailingStop, nil, .market, nil), (.sell, .marketIfTouched, nil, .market, nil),
    (.sell, .stopLimit, 97, .limit, 97), (.buy, .limitIfTouched, 101, .limit, 101),
    // The stop 100 less 3, to ticks of 5, on the side that fills sooner.
    (.sell, .trailingStopLimit, nil, .limit, 95), (.buy, .trailingStopLimit, nil, .limit, 105),
  ])
  func `a released order is what the venue understands`(
    _ side: Side, _ type: OrderType, _ price: Int64?, _ sentType: OrderType, _ sentPrice: Int64?
  ) {
    let held = ticket(
      side, type, stop: 100, trail: Trail(.price, 2), offset: 3, price: price)
    let sent = held.released(tick: 5)
    #expect(sent.type == sentType)
    #expect(sent.price == sentPrice.map { Price($0) } ?? .none)
    #expect(sent.order == held.order && sent.quantity == held.quantity)
    #expect(sent.terms.isPlain)
    #expect(sent.timeInForce == (sentType == .market ? .immediateOrCancel : .day))
  }
}
