import Events
import Testing

@testable import Venues

@Suite struct PaperMarketTests {
  static let start = Instant(nanoseconds: 1_700_000_000_000_000_000)

  static func market(speed: Int64 = 1, price: Price? = nil) -> PaperMarket {
    PaperMarket(
      .paper(seed: 3, start: start, days: 1) { _ in price },
      ExchangeConfiguration(), speed: speed)
  }

  static func events(_ market: inout PaperMarket, through time: Instant) -> [PaperMarket.Event] {
    var events: [PaperMarket.Event] = []
    market.advance(to: time) { events.append($0) }
    return events
  }

  @Test func `it goes on with the time it is given, however that is cut`() {
    var whole = Self.market()
    var cut = Self.market()
    let all = Self.events(&whole, through: Self.start.advanced(by: 5_000_000_000))
    var parts: [PaperMarket.Event] = []
    for step in stride(from: Int64(0), through: 5_000_000_000, by: 10_000_000) {
      parts += Self.events(&cut, through: Self.start.advanced(by: step))
    }
    #expect(all.count > 500)
    #expect(all.map(\.observation) == parts.map(\.observation))
    #expect(all.map(\.time) == all.map(\.time).sorted())
    #expect(whole.nextTime == cut.nextTime && whole.nextTime != nil)
  }

  @Test func `its traders act faster if they are told to`() {
    var slow = Self.market()
    var fast = Self.market(speed: 10)
    let all = Self.events(&slow, through: Self.start.advanced(by: 5_000_000_000))
    let quick = Self.events(&fast, through: Self.start.advanced(by: 500_000_000))
    #expect(all.map(\.observation) == quick.map(\.observation))
  }

  @Test func `an order is answered and can fill`() throws {
    var market = Self.market()
    var events = Self.events(&market, through: Self.start.advanced(by: 2_000_000_000))
    let coin = events.compactMap { event -> Instrument? in
      if case .instrument(let instrument) = event.observation { instrument } else { nil }
    }.last
    let instrument = try #require(coin)
    let now = Self.start.advanced(by: 2_000_000_000)
    let ticket = OrderTicket(
      order: OrderID(1), strategy: StrategyID(0), instrument: instrument.id, side: .buy,
      type: .market, timeInForce: .day, quantity: instrument.lotSize)
    market.receive(.submit(ticket), at: now)
    events = Self.events(&market, through: now.advanced(by: 1_000_000_000))
    let outcomes = events.compactMap { event -> VenueReport.Outcome? in
      if case .report(let report) = event.observation { report.outcome } else { nil }
    }
    #expect(outcomes.count == 2)
    guard case .accepted = outcomes[0], case .filled(let fill) = outcomes[1] else {
      Issue.record("\(outcomes)")
      return
    }
    #expect(fill.quantity == instrument.lotSize)
  }

  @Test func `orders of an earlier life have ended with it`() {
    var market = Self.market()
    market.forget(
      [(OrderID(4), true), (OrderID(5), false)], of: [VenueID(2)], at: Self.start)
    let events = Self.events(&market, through: Self.start)
    #expect(
      events.prefix(3).map(\.observation) == [
        .report(
          VenueReport(
            order: OrderID(4),
            .cancelled(.connectionLost, text: "the built-in exchange ended with its process"))),
        .report(VenueReport(order: OrderID(5), .status(.neverReceived, filled: .zero))),
        .connection(
          ConnectionChange(venue: VenueID(2), state: .connected, text: "begun anew")),
      ])
  }

  @Test func `prices go on from the last ones, on a tick`() {
    let configuration = GeneratorConfiguration.paper(seed: 1, start: Self.start) { instrument in
      instrument.symbol == "IDX" ? Price(490_013) : instrument.symbol == "ALFA" ? Price(1) : nil
    }
    let prices = configuration.markets.map { ($0.instrument.symbol, $0.price.raw) }
    let standard = GeneratorConfiguration.standard(seed: 1, start: Self.start).markets
    #expect(prices.first { $0.0 == "IDX" }?.1 == 490_000)
    // Below what the generator makes markets at: from the start again.
    #expect(prices.first { $0.0 == "ALFA" }?.1 == standard[0].price.raw)
    #expect(configuration.problem == nil)
  }
}
