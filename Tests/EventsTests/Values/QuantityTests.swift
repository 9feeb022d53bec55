import Events
import Testing

@Suite struct QuantityTests {
  @Test func `an absent price is the smallest of all and equals only itself`() {
    #expect(Price.none.isNone)
    #expect(!Price(0).isNone && !Price(.min + 1).isNone)
    #expect(Price.none < Price(-Price.limit))
    #expect(Price(1) < Price(2))
  }

  @Test func `two of the largest prices or quantities neither add nor subtract beyond the range`() {
    #expect(Price.limit == 2_305_843_009_213_693_952)
    let most = Quantity(Quantity.limit)
    #expect(most + most == Quantity(2 * 2_305_843_009_213_693_952))
    #expect(-most - most == Quantity(-2 * 2_305_843_009_213_693_952))
  }

  @Test func `quantities add, negate and lose their direction`() {
    var quantity = Quantity(5)
    quantity += Quantity(7)
    quantity -= Quantity(20)
    #expect(quantity == Quantity(-8))
    #expect(quantity.magnitude == Quantity(8))
    #expect(-quantity == Quantity(8))
    #expect(quantity < .zero)
  }

  @Test func `sides have an opposite and a sign`() {
    #expect(Side.allCases.map(\.opposite) == [.none, .sell, .buy])
    #expect(Side.allCases.map(\.sign) == [0, 1, -1])
  }

  @Test(
    arguments: [
      ("", nil, nil, nil, nil, "the symbol is empty"), ("S", 10, nil, nil, nil, "a scale above 9"),
      ("S", 9, 0, nil, nil, "the tick size is not positive"),
      ("S", 9, .max, nil, nil, "the tick size is not positive"),
      ("S", 9, 1, -1, nil, "the lot size is not positive"),
      ("S", 9, 1, 1, 0, "the multiplier is not positive"), ("S", 9, 1, 1, 1, nil),
    ] as [(String, UInt8?, Int64?, Int64?, Int64?, String?)])
  func `a definition's problem is named`(
    symbol: String, scale: UInt8?, tick: Int64?, lot: Int64?, multiplier: Int64?, problem: String?
  ) {
    let instrument = Instrument(
      id: InstrumentID(0), venueName: "", symbol: symbol, kind: .index, currency: "EUR",
      priceScale: scale ?? 0, quantityScale: 0, tickSize: Price(tick ?? 1),
      lotSize: Quantity(lot ?? 1), multiplier: multiplier ?? 1)
    #expect(instrument.problem == problem)
  }

  @Test func `an instrument writes its prices and quantities`() {
    let instrument = Instrument(
      id: InstrumentID(0), venueName: "BINANCE", symbol: "BTCUSDT", kind: .crypto, base: "BTC",
      currency: "USDT", priceScale: 2, quantityScale: 5)
    #expect(instrument.problem == nil)
    #expect(instrument.text(Price(-6_912_345)) == "-69123.45")
    #expect(instrument.text(Price.none) == "–")
    #expect(instrument.text(Quantity(1)) == "0.00001")
  }

  @Test func `configuration is sorted by bytes and keeps the last of a key`() {
    func item(_ key: String, _ value: String) -> ConfigurationItems.Item {
      .init(key: key, value: value)
    }
    let items = ConfigurationItems([
      item("b", "1"), item("a.z", "2"), item("a", "3"), item("b", "4"), item("Z", "5"),
      item("\u{e9}", "composed"), item("e\u{301}", "decomposed"),
    ])
    #expect(items.items.map(\.value) == ["5", "3", "2", "4", "decomposed", "composed"])
    #expect(items["b"] == "4")
    #expect(items["c"] == nil)
    #expect(ConfigurationItems().items.isEmpty)
  }

  @Test func `only decisions that go outside make a command`() {
    let ticket = OrderTicket(
      order: OrderID(1), strategy: StrategyID(0), instrument: InstrumentID(0), side: .buy,
      type: .limit, timeInForce: .day, quantity: Quantity(5), price: Price(9))
    #expect(Decision.submitted(ticket).command == .submit(ticket))
    #expect(Decision.cancelRequested(OrderID(2), .halt).command == .cancel(OrderID(2)))
    #expect(
      Decision.replaceRequested(OrderID(3), quantity: Quantity(1), price: .none).command
        == .replace(OrderID(3), quantity: Quantity(1), price: .none))
    #expect(Decision.halted(.all, reason: "").command == nil)
    let alert = Alert(severity: .info, code: .reportIllegal, text: "")
    #expect(Decision.alert(alert).command == nil)
  }
}
