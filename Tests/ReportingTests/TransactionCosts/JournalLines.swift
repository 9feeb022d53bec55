import Events

/// A journal written by hand: an entry a call, a second apart.
struct JournalLines {
  private(set) var entries: [Entry] = []

  static let share = Instrument(
    id: InstrumentID(0), venueName: "XTST", symbol: "SHR", kind: .equity, currency: "USD",
    priceScale: 2, quantityScale: 0)

  var sequence: UInt64 { UInt64(entries.count) }

  @discardableResult
  mutating func add(_ event: Event, cause: UInt64 = 0) -> UInt64 {
    let time = Instant(nanoseconds: Int64(entries.count) * 1_000_000_000)
    entries.append(
      Entry(
        header: EntryHeader(
          sequence: sequence + 1, eventTime: time, receiveTime: time, cause: cause), event: event))
    return sequence
  }

  @discardableResult
  mutating func define(_ instrument: Instrument) -> UInt64 {
    add(.observation(.instrument(instrument)))
  }

  @discardableResult
  mutating func quote(_ bid: Int64, _ ask: Int64, _ instrument: UInt16 = 0) -> UInt64 {
    add(
      .observation(
        .market(
          .quote(
            Quote(
              instrument: InstrumentID(instrument), bid: Price(bid), ask: Price(ask),
              bidSize: Quantity(100), askSize: Quantity(100))))))
  }

  mutating func trade(_ price: Int64, _ size: Int64, _ instrument: UInt16 = 0) {
    add(
      .observation(
        .market(
          .trade(
            Trade(
              instrument: InstrumentID(instrument), price: Price(price), size: Quantity(size),
              side: .none)))))
  }

  /// An intent to have an algorithm work an order.
  mutating func intend(
    _ plan: ExecutionPlan, _ quantity: Int64, _ side: Side, cause: UInt64
  ) -> UInt64 {
    add(
      .decision(
        .intent(
          IntentRecord(
            strategy: StrategyID(0), action: .execute, instrument: InstrumentID(0), side: side,
            type: .market, quantity: Quantity(quantity), reason: Reason("test"), plan: plan))),
      cause: cause)
  }

  mutating func hold(
    _ order: UInt64, _ plan: ExecutionPlan, _ quantity: Int64, _ side: Side, cause: UInt64
  ) {
    add(
      .decision(
        .held(
          OrderTicket(
            order: OrderID(order), strategy: StrategyID(0), instrument: InstrumentID(0),
            side: side, type: .market, timeInForce: .day, quantity: Quantity(quantity)), plan)),
      cause: cause)
  }

  mutating func send(
    _ order: UInt64, of parent: UInt64, _ quantity: Int64, _ side: Side, _ instrument: UInt16 = 0,
    when activation: Activation = .immediate
  ) {
    var ticket = OrderTicket(
      order: OrderID(order), strategy: StrategyID(0), instrument: InstrumentID(instrument),
      side: side, type: .limit, timeInForce: .immediateOrCancel, quantity: Quantity(quantity),
      price: Price(1))
    ticket.terms.parent = OrderID(parent)
    ticket.terms.activation = activation
    add(.decision(.submitted(ticket)))
  }

  static func fill(
    _ id: UInt64, _ quantity: Int64, at price: Int64, cents fee: Int64 = 0,
    currency: String = "USD"
  ) -> Fill {
    Fill(
      id: id, price: Price(price), quantity: Quantity(quantity),
      fee: Money(raw: Int128(fee) * Money.one / 100), feeCurrency: currency, liquidity: .taker)
  }

  mutating func report(_ order: UInt64, _ outcome: VenueReport.Outcome) {
    add(.observation(.report(VenueReport(order: OrderID(order), outcome))))
  }

  mutating func end(_ order: UInt64, _ cause: EndCause = .completed) {
    add(.decision(.ended(OrderID(order), cause)))
  }
}
