import Events

/// One entry of every kind, with `references` and `orders`, and the market kinds in every form.
enum EveryKind {
  static let observations: [Observation] =
    [
      .runStarted(
        RunStart(
          mode: .backtest, seed: .max, engine: "0.1.0", strategies: "ema-cross=1",
          source: "every \"kind\"\n\u{1}ü")),
      .configuration(
        ConfigurationItems([
          .init(key: "strategy.a.kind", value: "ema-cross"),
          .init(key: "account.cash", value: "1 USD"),
        ])),
      .instrument(stock), .instrument(future),
    ] + market.map { .market($0) } + [
      .signal(
        Signal(
          instrument: stock.id, score: -250_000_000, model: "momo", version: "3",
          digest: Digest((0..<32).map { UInt8($0) })!)),
      .timer(Timer(strategy: StrategyID(2), timer: 77)),
      .operatorAct(
        OperatorAct(act: .halt, scope: Scope(.venue, 1), subject: "ann", reason: "drill")),
      .operatorAct(
        OperatorAct(
          act: .close, scope: Scope(.strategy, 1), subject: "ann", reason: "\"tax\"",
          closing: .init(instrument: stock.id, quantity: Quantity(7), lots: [1, .max]))),
      .operatorAct(
        OperatorAct(
          act: .close, scope: Scope(.strategy, 1), subject: "", reason: "",
          closing: .init(instrument: future.id, quantity: Quantity(1)))),
      .dataQuality(
        DataQuality(issue: .outOfOrder, instrument: .none, expected: 7, actual: 5, detail: "late")),
      .dataQuality(DataQuality(issue: .gap, instrument: stock.id, detail: "")),
      .connection(ConnectionChange(venue: VenueID(1), state: .disconnected, text: "reset")),
      .runStopped(RunStop(why: .failed, text: "no more")),
    ]

  static let decisions: [Decision] = [
    .intent(
      IntentRecord(
        strategy: StrategyID(0), action: .order, instrument: stock.id, side: .buy, type: .limit,
        timeInForce: .fillOrKill, quantity: Quantity(300), price: Price(1_000_050),
        reason: Reason("fast against slow", ["fast": 1.5, "slow": -0.25, "bad": .nan, "big": 3e17]))
    ),
    .intent(
      IntentRecord(
        strategy: StrategyID(0), action: .cancel, instrument: .none, order: OrderID(99),
        reason: Reason("gone"))),
    .refused(
      Refusal(
        strategy: StrategyID(0), instrument: stock.id, rule: .orderMaxNotional, side: .buy,
        quantity: Quantity(300), price: .none, value: Int128(1) << 100, limit: -5, scale: 12,
        unit: "USD")),
    .submitted(
      OrderTicket(
        order: OrderID(1), strategy: StrategyID(0), instrument: future.id, side: .sell,
        type: .limit, timeInForce: .day, quantity: Quantity(2), price: Price(481_025))),
    .cancelRequested(OrderID(1), .halt),
    .replaceRequested(OrderID(1), quantity: Quantity(3), price: Price(481_000)),
    .alert(Alert(severity: .critical, code: .booksOverflow, text: "über")),
    .alert(
      Alert(
        severity: .info, code: .reportIllegal, instrument: stock.id, order: OrderID(1), text: "")),
    .halted(.all, reason: "drill"), .resumed(Scope(.strategy, 3), reason: "over"),
  ]

  static let reports: [VenueReport] = [
    VenueReport(order: OrderID(1), .accepted(venueOrder: "V-1")),
    VenueReport(order: OrderID(2), .rejected(code: 6, text: "lot")),
    VenueReport(
      order: OrderID(1),
      .filled(
        Fill(
          id: 9, price: Price(481_025), quantity: Quantity(1),
          fee: Money(raw: -2_150_000_000_001), feeCurrency: "USD", liquidity: .maker))),
    VenueReport(order: OrderID(1), .replaced(quantity: Quantity(3), price: .none)),
    VenueReport(order: OrderID(1), .requestRejected(.replace, code: 2, text: "too late")),
    VenueReport(order: OrderID(1), .status(.neverReceived, filled: Quantity(1))),
    VenueReport(order: OrderID(1), .cancelled(.immediate, text: "rest")),
    VenueReport(order: OrderID(1), .expired),
    VenueReport(order: OrderID(4), .triggered(price: Price(480_975))),
    VenueReport(order: OrderID(1), .busted(fill: .max, text: "error")),
    VenueReport(
      order: OrderID(4),
      .corrected(
        Fill(
          id: 9, price: Price(481_000), quantity: Quantity(1),
          fee: Money(raw: 2_150_000_000_001), feeCurrency: "USD", liquidity: .taker),
        text: "wrong \"price\"")),
  ]

  static let stock = Instrument(
    id: InstrumentID(0), venue: VenueID(0), venueName: "XNAS", symbol: "AAPL", kind: .equity,
    currency: "USD", priceScale: 4, quantityScale: 0, tickSize: Price(100))
  static let future = Instrument(
    id: InstrumentID(3), venue: VenueID(1), venueName: "XCME", symbol: "ESH4", kind: .future,
    base: "S&P", currency: "USD", priceScale: 2, quantityScale: 0, tickSize: Price(25),
    multiplier: 50_000_000_000, expiry: Instant(nanoseconds: 1_710_509_400_000_000_000))

  /// Each shape thrice: first wide, for there is no reference, then near, then far.
  static let market: [MarketEvent] = [Int64(0), 3, 1_000_000, 1 << 60].flatMap { step in
    [stock.id, InstrumentID(7)].flatMap { id -> [MarketEvent] in
      let price = Price(5_000_000 + step)
      let size = Quantity(1 + step)
      return [
        .quote(
          Quote(
            instrument: id, bid: price, ask: Price(price.raw + 1 + step % 70_000), bidSize: size,
            askSize: Quantity(5))),
        .quote(
          Quote(instrument: id, bid: .none, ask: price, bidSize: .zero, askSize: Quantity(5))),
        .trade(Trade(instrument: id, price: price, size: size, side: .sell)),
        .depth(
          DepthChange(
            instrument: id, action: .set, side: .buy, price: price, size: size,
            marks: [.last, .snapshot])),
        .depth(DepthChange(instrument: id, action: .clear, side: .none, marks: [])),
        .bar(
          Bar(
            instrument: id, side: .buy, interval: 60_000_000_000, open: price,
            high: Price(price.raw + 9), low: Price(price.raw - 9), close: Price(price.raw - 2),
            volume: size)),
        .bar(
          Bar(
            instrument: id, interval: 1_500_000_000, open: price, high: price, low: price,
            close: price, volume: size)),
        .status(StatusChange(instrument: id, status: .quoteOnly)),
      ]
        + OrderChange.Action.allCases.map {
          .order(
            OrderChange(
              instrument: id, action: $0, side: .sell, order: 7_000_000_000 + UInt64(step),
              price: price, size: size, marks: .last))
        }
    }
  }
}
