import Events

/// What moves the books beside fills, in every form.
extension EveryKind {
  static let option = Instrument(
    id: InstrumentID(4), venue: VenueID(0), venueName: "XNAS", symbol: "AAPL C",
    kind: .option, currency: "USD", priceScale: 2, quantityScale: 0,
    multiplier: 100_000_000_000, expiry: future.expiry,
    option: OptionTerms(
      .call, style: .american, settlement: .physical, strike: Price(10_000),
      underlying: "XNAS:AAPL"))

  static let actions: [Observation] =
    [.instrument(option)]
    + CorporateAction.Action.allCases.flatMap { action -> [Observation] in
      [
        .corporateAction(
          CorporateAction(
            action, of: stock.id, amount: Money(raw: -1), currency: "USD", new: 7, old: .max,
            symbol: "Ü", payable: future.expiry)),
        .corporateAction(CorporateAction(action, of: .none)),
      ]
    }
    + OptionNotice.Notice.allCases.map {
      .optionNotice(
        OptionNotice($0, account: AccountID(1), instrument: option.id, quantity: Quantity(2)))
    }
    + [.exchangeRate(ExchangeRate(base: "EUR", currency: "USD", rate: .max))]

  static let bookings: [Decision] =
    Booking.Kind.allCases.flatMap { kind -> [Decision] in
      [
        .booked(
          Booking(
            kind, account: AccountID(2), strategy: StrategyID(1), instrument: stock.id,
            quantity: Quantity(-3), price: Price(1_000_000), currency: "USD",
            cash: Money(raw: Int128(1) << 100), cost: Money(raw: -1), variation: Money(raw: 7),
            settles: future.expiry,
            lots: [
              .init(id: .max, quantity: Quantity(-3), cost: Money(raw: 5)),
              .init(id: 1, quantity: .zero, cost: .zero),
            ], order: OrderID(1))),
        .booked(Booking(kind, instrument: InstrumentID(7), currency: "")),
        .booked(
          Booking(
            kind, currency: "EUR", cash: Money(raw: 1),
            charge: .init(base: Money(raw: -7), rate: .max, days: .max, year: 365))),
      ]
    }
    + Liquidation.Reason.allCases.map {
      .liquidation(
        Liquidation(
          account: AccountID(1), $0, round: .max, currency: "USD", equity: Money(raw: -5),
          required: .zero,
          positions: [
            .init(
              strategy: StrategyID(1), instrument: stock.id, quantity: Quantity(-3),
              required: Money(raw: 7)),
            .init(
              strategy: .none, instrument: InstrumentID(7), quantity: .zero, required: .zero),
          ]))
    }
    + ContractRoll.Rule.allCases.flatMap { rule in
      ContractRoll.Adjust.allCases.map { adjust in
        .rolled(
          ContractRoll(
            of: future.id, from: stock.id, to: .none, by: rule,
            day: CivilDate(year: 2261, month: 12, day: 31), figures: (.max, -1),
            prices: (Price(1_000_000), .none), adjust: adjust, adjustment: -7, positions: .hold))
      }
    }
    + ContractRoll.Positions.allCases.map {
      .rolled(
        ContractRoll(
          of: InstrumentID(7), from: .none, to: stock.id, by: .calendar,
          day: CivilDate(year: 1678, month: 1, day: 1), figures: (0, 0), prices: (.none, .none),
          adjust: .none, adjustment: 0, positions: $0))
    }
    + MarginCall.State.allCases.map {
      .marginCall(
        MarginCall(
          account: AccountID(1), $0, currency: "USD", equity: Money(raw: -5), required: .zero))
    }
}
