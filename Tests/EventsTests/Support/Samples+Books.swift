import Events

/// Samples of what moves the books beside fills.
extension Sample {
  private static let time = Instant(nanoseconds: 1_710_510_600_000_000_000)

  /// An option with all its terms; `|` marks where a definition without them ends.
  private static let option = Instrument(
    id: InstrumentID(9), venue: VenueID(1), venueName: "X", symbol: "C", kind: .option,
    currency: "USD", priceScale: 2, quantityScale: 0, multiplier: 100_000_000_000,
    option: OptionTerms(
      .put, style: .european, settlement: .cash, strike: Price(74_750), underlying: "U"))

  static let books = [
    Sample(
      .instrument, .observation(.instrument(option)),
      """
      0900 0100 0100 58 0100 43 03 0000 0300 555344 02 00 0100000000000000 0100000000000000
      00e8764817000000 0000000000000000 | 02 02 02 fe23010000000000 0100 55
      """,
      #""id":9,"symbol":"C","venue":"X","venue_id":1,"class":"option","base":"","#
        + #""currency":"USD","price_scale":2,"quantity_scale":0,"tick_size":"0.01","#
        + #""lot_size":"1","multiplier":"100.000000000","expiry":null,"right":"put","#
        + #""style":"european","settlement":"cash","strike":"747.50","underlying":"U""#),
    Sample(
      .corporateAction,
      .observation(
        .corporateAction(
          CorporateAction(
            .dividend, of: InstrumentID(7), amount: Money(raw: 1_250_000_000_000),
            currency: "USD", new: 7, old: 1, symbol: "N", payable: time))),
      """
      0700 01 0054ce09230100000000000000000000 0300 555344 07000000 01000000 0100 4e
      00508af953f4bc17
      """,
      #""instrument":"ESH4","action":"dividend","amount":"1.250000000000","currency":"USD","#
        + #""new":7,"old":1,"new_symbol":"N","payable":"2024-03-15T13:50:00.000000000Z""#),
    Sample(
      .corporateAction,
      .observation(.corporateAction(CorporateAction(.symbolChange, of: .none))),
      """
      ffff 03 00000000000000000000000000000000 0000 00000000 00000000 0000 0000000000000000
      """,
      #""instrument":null,"action":"symbol_change","amount":"0.000000000000","currency":"","#
        + #""new":0,"old":0,"new_symbol":"","payable":null"#),
    Sample(
      .optionNotice,
      .observation(
        .optionNotice(
          OptionNotice(
            .assignment, account: AccountID(2), instrument: InstrumentID(7),
            quantity: Quantity(1500)))),
      "0200 0700 02 dc05000000000000",
      #""account":2,"instrument":"ESH4","notice":"assignment","quantity":"1.500""#),
    Sample(
      .exchangeRate,
      .observation(.exchangeRate(ExchangeRate(base: "E", currency: "U", rate: 1_250_000_000))),
      "0100 45 0100 55 807c814a00000000", #""base":"E","currency":"U","rate":"1.250000000""#),
    Sample(
      .booked,
      .decision(
        .booked(
          Booking(
            .delivered, account: AccountID(3), strategy: StrategyID(2),
            instrument: InstrumentID(7), quantity: Quantity(-1500), price: Price(480_025),
            currency: "USD", cash: Money(raw: 1_250_000_000_000), cost: Money(raw: -1),
            variation: Money(raw: 2), settles: time,
            lots: [.init(id: 258, quantity: Quantity(1500), cost: Money(raw: 1))],
            order: OrderID(5)))),
      """
      0a 0300 0200 0700 24faffffffffffff 1953070000000000 0300 555344
      0054ce09230100000000000000000000 ffffffffffffffffffffffffffffffff
      02000000000000000000000000000000 00508af953f4bc17 0100
      0201000000000000 dc05000000000000 01000000000000000000000000000000 0500000000000000
      """,
      #""booking":"delivered","account":3,"strategy":2,"instrument":"ESH4","#
        + #""quantity":"-1.500","price":"4800.25","currency":"USD","cash":"1.250000000000","#
        + #""cost":"-0.000000000001","variation":"0.000000000002","#
        + #""settles":"2024-03-15T13:50:00.000000000Z","#
        + #""lots":{"258":"1.500 cost 0.000000000001"},"order":5"#),
    Sample(
      .booked, .decision(.booked(Booking(.settled, currency: "USD"))),
      """
      02 0000 ffff ffff 0000000000000000 0000000000000080 0300 555344
      00000000000000000000000000000000 00000000000000000000000000000000
      00000000000000000000000000000000 0000000000000000 0000 0000000000000000
      """,
      #""booking":"settled","account":0,"strategy":null,"instrument":null,"quantity":"0","#
        + #""price":null,"currency":"USD","cash":"0.000000000000","cost":"0.000000000000","#
        + #""variation":"0.000000000000","settles":null,"lots":{},"order":null"#),
    Sample(
      .booked,
      .decision(
        .booked(
          Booking(
            .interest, account: AccountID(1), currency: "USD", cash: Money(raw: -1),
            charge: .init(base: Money(raw: -258), rate: 50_000, days: 2, year: 360)))),
      """
      0c 0100 ffff ffff 0000000000000000 0000000000000080 0300 555344
      ffffffffffffffffffffffffffffffff 00000000000000000000000000000000
      00000000000000000000000000000000 0000000000000000 0000 0000000000000000
      | fefeffffffffffffffffffffffffffff 50c3000000000000 0200 6801
      """,
      #""booking":"interest","account":1,"strategy":null,"instrument":null,"quantity":"0","#
        + #""price":null,"currency":"USD","cash":"-0.000000000001","cost":"0.000000000000","#
        + #""variation":"0.000000000000","settles":null,"lots":{},"order":null,"#
        + #""base":"-0.000000000258","rate":"0.050000","days":2,"year":360"#),
    Sample(
      .liquidation,
      .decision(
        .liquidation(
          Liquidation(
            account: AccountID(2), .callNotMet, round: 3, currency: "USD", equity: Money(raw: -1),
            required: Money(raw: 1_250_000_000_000),
            positions: [
              .init(
                strategy: StrategyID(4), instrument: InstrumentID(7), quantity: Quantity(-1500),
                required: Money(raw: 2))
            ]))),
      """
      0200 02 03000000 0300 555344 ffffffffffffffffffffffffffffffff
      0054ce09230100000000000000000000 0100
      0400 0700 24faffffffffffff 02000000000000000000000000000000
      """,
      #""account":2,"reason":"call_not_met","round":3,"currency":"USD","#
        + #""equity":"-0.000000000001","required":"1.250000000000","#
        + #""positions":{"1":"4 ESH4 -1.500 required 0.000000000002"}"#),
    Sample(
      .rolled,
      .decision(
        .rolled(
          ContractRoll(
            of: InstrumentID(7), from: InstrumentID(2), to: InstrumentID(7), by: .volume,
            day: CivilDate(year: 2013, month: 12, day: 19), figures: (1500, 2500),
            prices: (Price(1025), .none), adjust: .difference, adjustment: -25,
            positions: .carry))),
      """
      0700 0200 0700 02 932d3301 dc05000000000000 c409000000000000
      0104000000000000 0000000000000080 01 e7ffffffffffffff 01
      """,
      ##""instrument":"ESH4","from":"#2","to":"ESH4","rule":"volume","day":"2013-12-19","##
        + #""from_figure":"1.500","to_figure":"2.500","from_price":"10.25","to_price":null,"#
        + #""adjust":"difference","adjustment":"-0.25","positions":"carry""#),
    Sample(
      .marginCall,
      .decision(
        .marginCall(
          MarginCall(
            account: AccountID(2), .met, currency: "USD", equity: Money(raw: -1),
            required: Money(raw: 1_250_000_000_000)))),
      """
      0200 02 0300 555344 ffffffffffffffffffffffffffffffff 0054ce09230100000000000000000000
      """,
      #""account":2,"state":"met","currency":"USD","equity":"-0.000000000001","#
        + #""required":"1.250000000000""#),
  ]
}
