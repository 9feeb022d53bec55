import Events
import Testing

@testable import daybook

/// Lines of `tail` for people.
@Suite struct TailNamesTests {
  static func names() -> TailNames {
    var names = TailNames()
    names.note(
      .observation(
        .configuration(
          ConfigurationItems(
            [
              ("account.cash", "100 USD"), ("account.sub.cash", "100 USD"),
              ("strategy.cross.kind", "manual"), ("strategy.cross.instruments", "ALFA"),
              ("strategy.maker.kind", "manual"), ("strategy.maker.instruments", "ALFA"),
            ].map { ConfigurationItems.Item(key: $0.0, value: $0.1) }))))
    names.note(
      .observation(
        .instrument(
          Instrument(
            id: InstrumentID(0), venue: VenueID(0), venueName: "SIMX", symbol: "ALFA",
            kind: .equity, currency: "USD", priceScale: 2, quantityScale: 0))))
    return names
  }

  static func line(_ event: Event, _ names: TailNames) -> String {
    let entry = Entry(
      header: EntryHeader(sequence: 9, eventTime: .epoch, receiveTime: .epoch), event: event)
    return names.fields(names.line(entry)).map { "\($0.name) \($0.value)" }.joined(separator: "  ")
  }

  @Test func `strategies, accounts, orders and scopes have their names`() {
    var names = Self.names()
    var ticket = OrderTicket(
      order: OrderID(7), strategy: StrategyID(1), instrument: InstrumentID(0), side: .buy,
      type: .limit, timeInForce: .day, quantity: Quantity(5), price: Price(10_150))
    ticket.account = AccountID(1)
    let submitted = Event.decision(.submitted(ticket))
    names.note(submitted)
    let line = Self.line(submitted, names)
    for part in ["order ord-7", "strategy maker", "account sub", "instrument ALFA", "price 101.50"]
    {
      #expect(line.contains(part), "\(line)")
    }
    let fill = Fill(
      id: 3, price: Price(10_150), quantity: Quantity(5), fee: Money(raw: 250_000_000_000),
      feeCurrency: "USD", liquidity: .taker)
    let filled = Self.line(
      .observation(.report(VenueReport(order: OrderID(7), .filled(fill)))), names)
    #expect(
      filled.contains("order ord-7  instrument ALFA") && filled.contains("fee 0.25  "), "\(filled)")
    let halted = Self.line(
      .decision(.halted(Scope(.strategy, 1), reason: "drill")), names)
    #expect(halted.contains("scope strategy maker") && !halted.contains("scope_id"), "\(halted)")
  }

  @Test(arguments: [
    (60_000_000_000, "1m"), (90_000_000_000, "90s"), (86_400_000_000_000, "1d"),
    (7_200_000_000_000, "2h"),
    (250_000_000, "250ms"), (1_001, "1001ns"),
  ])
  func `an interval has the unit that fits, and what is empty is not shown`(
    nanoseconds: Int64, text: String
  ) {
    let bar = Bar(
      instrument: InstrumentID(0), interval: nanoseconds, open: Price(1), high: Price(1),
      low: Price(1),
      close: Price(1), volume: Quantity(1))
    let line = Self.line(.observation(.market(.bar(bar))), Self.names())
    #expect(line.contains("  interval \(text)  "), "\(line)")
    let stopped = Self.line(.observation(.runStopped(RunStop(why: .finished))), Self.names())
    #expect(stopped == "why finished")
  }

  @Test func `what is not known keeps its number`() {
    let halted = Self.line(.decision(.halted(Scope(.strategy, 5), reason: "x")), Self.names())
    #expect(halted.contains("scope strategy #5"), "\(halted)")
  }
}
