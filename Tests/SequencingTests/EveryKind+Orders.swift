import Events

/// Orders with terms and plans, what becomes of them, and what venues say beside their books.
extension EveryKind {
  /// A value of each field, with and without a definition and a time.
  static let references: [Observation] =
    [stock.id, InstrumentID(7), .none].flatMap { id in
      ReferenceValue.Field.allCases.flatMap { field -> [Observation] in
        [
          .reference(ReferenceValue(instrument: id, field: field, value: 1_234_567)),
          .reference(
            ReferenceValue(instrument: id, field: field, value: .min, effective: future.expiry)),
        ]
      }
    }
    + AuctionImbalance.Auction.allCases.map {
      .imbalance(
        AuctionImbalance(
          instrument: stock.id, auction: $0, side: .sell, paired: Quantity(9000),
          surplus: Quantity(500), reference: Price(1_000_000), near: Price(-1)))
    }
    + [
      .priceBand(PriceBand(instrument: future.id, lower: Price(470_000), upper: .none)),
      .priceBand(PriceBand(instrument: InstrumentID(7), lower: .none, upper: Price(1))),
    ]

  /// No term of these is plain.
  static let terms: OrderTerms = {
    var terms = OrderTerms()
    terms.stop = Price(480_975)
    terms.trigger = .bidAsk
    terms.trail = Trail(.price, 50)
    terms.limitOffset = -25
    terms.peg = .primary
    terms.pegOffset = .min
    terms.display = Quantity(1)
    terms.isPostOnly = true
    terms.isReduceOnly = true
    terms.expiry = future.expiry
    terms.parent = OrderID(.max)
    terms.activation = .parentFilled
    terms.list = OrderID(4)
    terms.linkage = .oneUpdatesOther
    return terms
  }()

  /// Each value of each term alone, and all of them.
  static let manyTerms: [OrderTerms] =
    changed(\.trigger, TriggerSource.allCases) + changed(\.peg, PegReference.allCases)
    + changed(\.trail, Trail.Unit.allCases.map { Trail($0, 10_000) })
    + changed(\.activation, Activation.allCases) + changed(\.linkage, Linkage.allCases)
    + changed(\.isPostOnly, [true]) + changed(\.isReduceOnly, [true])
    + changed(\.stop, [Price(0)]) + [terms]

  private static func changed<T>(
    _ term: WritableKeyPath<OrderTerms, T>, _ values: [T]
  ) -> [OrderTerms] {
    values.map {
      var terms = OrderTerms.plain
      terms[keyPath: term] = $0
      return terms
    }
  }

  static let plan = ExecutionPlan(
    .shortfall, start: .epoch, end: future.expiry,
    values: [.init("risk \"aversion\"", Decimal(mantissa: -1, scale: 18))])

  private static func ticket(
    _ order: UInt64, _ type: OrderType, _ timeInForce: TimeInForce, _ terms: OrderTerms
  ) -> OrderTicket {
    OrderTicket(
      order: OrderID(order), strategy: StrategyID(0), instrument: future.id, side: .sell,
      type: type, timeInForce: timeInForce, quantity: Quantity(2), price: Price(481_025),
      terms: terms)
  }

  private static func intent(_ terms: OrderTerms, _ plan: ExecutionPlan?) -> Decision {
    .intent(
      IntentRecord(
        strategy: StrategyID(0), action: .execute, instrument: stock.id, side: .buy,
        type: .pegged, timeInForce: .day, quantity: Quantity(300), reason: Reason("slowly"),
        terms: terms, plan: plan))
  }

  static let orders: [Decision] =
    manyTerms.map { .submitted(ticket(2, .stop, .goodTillDate, $0)) }
    + OrderType.allCases.map { .submitted(ticket(3, $0, .atOpen, terms)) }
    + TimeInForce.allCases.map { .held(ticket(4, .trailingStopLimit, $0, terms), nil) }
    + ExecutionPlan.Algorithm.allCases.map {
      .held(
        ticket(5, .limit, .day, .plain), ExecutionPlan($0, start: future.expiry, end: .epoch))
    }
    + [
      .held(ticket(6, .none, .none, terms), plan),
      intent(terms, nil), intent(.plain, plan), intent(terms, plan),
      .released(Release(ticket(4, .limit, .day, terms), .triggered, seen: Price(480_975))),
      .released(Release(ticket(6, .market, .day, .plain), .activated)),
      .released(Release(ticket(6, .market, .atClose, .plain), .opened)),
    ]
    + EndCause.allCases.map { .ended(OrderID(5), $0) }
    + CancelReason.allCases.map { .cancelRequested(OrderID(5), $0) }
    + [
      .routed(
        RouteRecord(
          order: OrderID(6), round: .max, quantity: Quantity(2),
          candidates: [
            .init(
              instrument: future.id, price: Price(481_025), size: Quantity(1), fee: -250_000_000,
              latency: 1_000_000, fillRate: 500_000_000, score: 4_810_250_000_000_001,
              quantity: Quantity(1)),
            .init(instrument: stock.id, price: .none, size: .zero, fee: .min, latency: -1),
            .init(instrument: InstrumentID(7), price: Price(5), size: Quantity(6)),
          ])),
      .routed(RouteRecord(order: OrderID(99), round: 0, quantity: Quantity(2), candidates: [])),
    ]

  /// Statements and what they lead to, with and without an instrument and an order.
  static let checks: [StatementCheck] =
    BreakKind.allCases.map {
      StatementCheck(
        $0, "execution ord-6/1 \"ü\"", ours: "5", theirs: "", instrument: future.id,
        order: OrderID(6), entry: 7, line: 8)
    } + [
      StatementCheck(.cash, "cash USD", ours: "", theirs: "1.5", instrument: InstrumentID(7)),
      StatementCheck(.cash, "", ours: "", theirs: ""),
    ]

  static let statements: [Observation] =
    StatementTaken.Format.allCases.map {
      .statement(
        StatementTaken(
          source: "broker.csv", digest: .zero, format: $0, account: AccountID(1), from: .epoch,
          to: future.expiry, through: .max, compared: .max, checks: checks))
    }
    + [
      .instruction(
        Instruction(
          clientOrder: "desk-7.a_1", subject: "ann",
          intent: IntentRecord(
            strategy: StrategyID(1), action: .order, instrument: stock.id, side: .sell,
            type: .limit, timeInForce: .day, quantity: Quantity(300), price: Price(1_000_050),
            reason: Reason("\"hedge\"")))),
      .instruction(
        Instruction(
          clientOrder: "x", subject: "",
          intent: IntentRecord(
            strategy: StrategyID(0), action: .order, instrument: .none, reason: Reason("")))),
      .clockReading(
        ClockReading(offset: -1_250, error: 500_000, isSynchronised: true, source: "kernel")),
      .clockReading(ClockReading(offset: .min, error: .max, isSynchronised: false, source: "")),
    ]
    + BreakResolution.Act.allCases.map {
      .breakResolution(
        BreakResolution(breakID: .max, act: $0, subject: "ann", owner: "", reason: "über"))
    }

  static let breaks: [Decision] =
    checks.enumerated().map { index, check in
      .breakOpened(BreakRecord(id: UInt64(index), account: AccountID(2), check: check))
    } + BreakEnd.allCases.map { .breakClosed(3, $0) }
}

/// Limits, breakers and kills.
extension EveryKind {
  static let limitChanges: [Observation] = [
    .limitChange(
      LimitChange(key: "risk.order.max_quantity", value: "5", author: "ann", reason: "\"calm\"")),
    .limitChange(
      LimitChange(key: "risk.x", value: "", author: "bob", reason: "", effective: future.expiry)),
  ]

  static let risk: [Decision] =
    BreakerChange.Watch.allCases.map {
      .breakerChanged(
        BreakerChange(
          breaker: "b-1", watch: $0, scope: Scope(.instrument, 3), state: .halted,
          instrument: future.id, value: Int128(1) << 90, limit: -3, scale: 4, unit: "%",
          reason: "tripped"))
    }
    + BreakerChange.State.allCases.map {
      .breakerChanged(
        BreakerChange(
          breaker: "", watch: .loss, scope: .all, state: $0, reason: "released by \"ann\""))
    } + [
      .killReport(
        KillReport(scope: .all, round: 2, open: 3, orders: [1, 4, .max].map { OrderID($0) })),
      .killReport(KillReport(scope: Scope(.order, 9), round: .max, open: 0, orders: [])),
      .limitApplied(
        LimitApplied(key: "risk.order.max_quantity", value: "5", author: "ann", change: .max)),
      .limitsScaled(
        LimitsScaled(
          rule: "calm \"1\"", watch: .volatility, scope: Scope(.instrument, 3), factor: 250_000,
          value: Int128(1) << 90, bound: -3, scale: 4, unit: "%",
          limits: [
            LimitsScaled.Limit(
              key: "exposure.max_gross", base: Int128(1) << 80, effective: 7, scale: 12,
              unit: "USD"),
            LimitsScaled.Limit(
              key: "order.max_quantity", base: 5, effective: 0, scale: 0, unit: ""),
          ])),
      .limitsScaled(
        LimitsScaled(
          rule: "", watch: .drawdown, scope: .all, factor: 1_000_000, value: 0, bound: 0, scale: 0,
          unit: "", limits: [])),
      .limitsUsed(LimitsUsed(order: OrderID(1), uses: [])),
      .limitsUsed(
        LimitsUsed(
          order: OrderID(4),
          uses: Rule.allCases.map {
            LimitsUsed.Use(
              rule: $0, scope: "strategy \"momo\"", value: -7, limit: Int128(1) << 80, scale: 12,
              unit: "USD")
          })),
      .refused(
        Refusal(
          strategy: StrategyID(0), instrument: stock.id, rule: .stressMax, side: .sell,
          quantity: Quantity(300), price: .none, value: 9, limit: 5, scale: 2, unit: "USD",
          context: "firm", values: [Reason.Value("before", Decimal(mantissa: -71, scale: 2))])),
      .refused(
        Refusal(
          strategy: StrategyID(0), instrument: stock.id, rule: .orderSelfMatch, side: .sell,
          quantity: Quantity(300), price: .none, context: "ord-7")),
    ]
}
