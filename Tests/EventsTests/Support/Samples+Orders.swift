import Events

/// Samples of what orders say beyond their ticket, of orders that the core holds, and of what venues say
/// about them. `|` marks where a payload may end: before terms, and before a plan.
extension Sample {
  /// Terms of which none is plain.
  static let terms: OrderTerms = {
    var terms = OrderTerms()
    terms.stop = Price(479_000)
    terms.trigger = .mid
    terms.trail = Trail(.price, 75)
    terms.limitOffset = -25
    terms.peg = .market
    terms.pegOffset = 50
    terms.display = Quantity(1000)
    terms.isPostOnly = true
    terms.isReduceOnly = true
    terms.expiry = Instant(nanoseconds: 1_710_510_600_000_000_000)
    terms.parent = OrderID(258)
    terms.activation = .parentFilling
    terms.list = OrderID(1)
    terms.linkage = .oneUpdatesOther
    return terms
  }()

  static let termsPayload = """
    4600 184f070000000000 03 01 4b00000000000000 e7ffffffffffffff 03 3200000000000000
    e803000000000000 03 00508af953f4bc17 0201000000000000 02 0100000000000000 02
    """
  static let plainPayload = """
    4600 0000000000000080 00 00 0000000000000000 0000000000000000 00 0000000000000000
    0000000000000000 00 0000000000000000 0000000000000000 00 0000000000000000 00
    """
  static let termsText =
    #""terms":{"stop":"4790.00","trigger":"mid","trail":"0.75","limit_offset":"-0.25","#
    + #""peg":"market","peg_offset":"0.50","display":"1.000","post_only":"true","#
    + #""reduce_only":"true","expiry":"2024-03-15T13:50:00.000000000Z","parent":"258","#
    + #""activation":"parent_filling","list":"1","linkage":"ouo"}"#

  static let plan = ExecutionPlan(
    .vwap, start: Instant(nanoseconds: 1), end: Instant(nanoseconds: 1_710_510_600_000_000_000),
    values: [.init("n", Decimal(mantissa: -3, scale: 2))])
  static let planPayload =
    "02 0100000000000000 00508af953f4bc17 0100 0100 6e fdffffffffffffff 02"
  static let planText =
    #""algorithm":"vwap","start":"1970-01-01T00:00:00.000000001Z","#
    + #""end":"2024-03-15T13:50:00.000000000Z","plan":{"n":"-0.03"}"#

  /// Order 1 with a type, a time in force and terms.
  static func ticket(
    _ type: OrderType, _ timeInForce: TimeInForce, _ terms: OrderTerms
  ) -> OrderTicket {
    var ticket = ticket
    ticket.type = type
    ticket.timeInForce = timeInForce
    ticket.terms = terms
    return ticket
  }

  /// Its payload up to the terms; `codes` are type and time in force.
  private static func ticketPayload(_ codes: String) -> String {
    "0100000000000000 0200 0300 0700 01 \(codes) 8813000000000000 1953070000000000 "
  }

  private static func ticketText(_ type: String, _ timeInForce: String) -> String {
    #""order":1,"strategy":2,"account":3,"instrument":"ESH4","side":"buy","type":"\#(type)","#
      + #""time_in_force":"\#(timeInForce)","quantity":"5.000","price":"4800.25""#
  }

  private static func intent(_ terms: OrderTerms, _ plan: ExecutionPlan?) -> Event {
    .decision(
      .intent(
        IntentRecord(
          strategy: StrategyID(2), action: .execute, instrument: InstrumentID(7), side: .buy,
          type: .pegged, timeInForce: .day, quantity: Quantity(1500), reason: Reason("r"),
          terms: terms, plan: plan)))
  }

  private static let intentPayload = """
    0200 05 0700 01 0a 01 dc05000000000000 0000000000000080 0000000000000000 0100 72 0000
    """
  private static let intentText =
    #""strategy":2,"action":"execute","instrument":"ESH4","side":"buy","type":"pegged","#
    + #""time_in_force":"day","quantity":"1.500","price":null,"order":null,"reason":"r","values":{}"#

  static let orders = [
    Sample(
      .intent, intent(terms, nil), "\(intentPayload) | \(termsPayload)",
      "\(intentText),\(termsText)"),
    Sample(
      .intent, intent(terms, plan), "\(intentPayload) | \(termsPayload) | \(planPayload)",
      "\(intentText),\(termsText),\(planText)"),
    Sample(
      .intent, intent(.plain, plan), "\(intentPayload) | \(plainPayload) | \(planPayload)",
      "\(intentText),\(planText)"),
    Sample(
      .submitted, .decision(.submitted(ticket(.marketToLimit, .atClose, terms))),
      ticketPayload("09 07") + " | \(termsPayload)",
      ticketText("market_to_limit", "at_close") + ",\(termsText)"),
    Sample(
      .held, .decision(.held(ticket(.trailingStopLimit, .goodTillDate, terms), nil)),
      ticketPayload("06 05") + termsPayload,
      ticketText("trailing_stop_limit", "gtd") + ",\(termsText)"),
    Sample(
      .held, .decision(.held(ticket(.limit, .day, .plain), plan)),
      ticketPayload("02 01") + "\(plainPayload) | \(planPayload)",
      ticketText("limit", "day") + ",\(planText)"),
    Sample(
      .held, .decision(.held(ticket(.stopLimit, .atOpen, terms), plan)),
      ticketPayload("04 06") + "\(termsPayload) | \(planPayload)",
      ticketText("stop_limit", "at_open") + ",\(termsText),\(planText)"),
    Sample(
      .released,
      .decision(
        .released(
          Release(ticket(.limit, .goodTillDate, terms), .triggered, seen: Price(479_025)))),
      ticketPayload("02 05") + "01 314f070000000000 \(termsPayload)",
      ticketText("limit", "gtd") + #",\#(termsText),"why":"triggered","seen":"4790.25""#),
    Sample(
      .released, .decision(.released(Release(ticket(.limit, .day, .plain), .activated))),
      ticketPayload("02 01") + "02 0000000000000080 \(plainPayload)",
      ticketText("limit", "day") + #","why":"activated","seen":null"#),
    Sample(
      .ended, .decision(.ended(OrderID(1), .parentEnded)), "0100000000000000 05",
      #""order":1,"why":"parent_ended""#),
    Sample(
      .routed,
      .decision(
        .routed(
          RouteRecord(
            order: OrderID(1), round: 258, quantity: Quantity(1500),
            candidates: [
              .init(
                instrument: InstrumentID(7), price: Price(480_025), size: Quantity(2000),
                fee: -3_000_000_000, latency: 1_000_000, fillRate: 900_000_000,
                score: 4_800_253_000_000_000, quantity: Quantity(1500)),
              .init(instrument: InstrumentID(8), price: .none, size: .zero),
            ]))),
      """
      0100000000000000 0201 dc05000000000000 0200
      0700 1953070000000000 d007000000000000 00a22f4dffffffff 40420f0000000000 00e9a43500000000
        00a2e5fecd0d1100 dc05000000000000
      0800 0000000000000080 0000000000000000 0000000000000000 0000000000000000 00ca9a3b00000000
        0000000000000000 0000000000000000
      """,
      #""order":1,"round":258,"quantity":"1.500","candidates":{"#
        + #""1":"XCME:ESH4 4800.25 x 2.000 fee -0.003000000000 latency 1000000 "#
        + #"fill_rate 0.900000000 score 4800.253000000000 sent 1.500","#
        + ##""2":"#8 null x 0 fee 0.000000000000 latency 0 "##
        + #"fill_rate 1.000000000 score 0.000000000000 sent 0"}"#),
    Sample(
      .cancelRequested, .decision(.cancelRequested(OrderID(1), .algorithm)),
      "0100000000000000 07", #""order":1,"why":"algorithm""#),
  ]

  static let references = [
    Sample(
      .reference,
      .observation(
        .reference(
          ReferenceValue(
            instrument: InstrumentID(7), field: .fundingRate, value: -100_000,
            effective: Instant(nanoseconds: 1_710_510_600_000_000_000)))),
      "0700 03 6079feffffffffff 00508af953f4bc17",
      #""instrument":"ESH4","field":"funding_rate","value":"-0.000100000","#
        + #""effective":"2024-03-15T13:50:00.000000000Z""#),
    Sample(
      .imbalance,
      .observation(
        .imbalance(
          AuctionImbalance(
            instrument: InstrumentID(7), auction: .closing, side: .sell, paired: Quantity(9000),
            surplus: Quantity(500), reference: Price(480_025), near: Price(480_000)))),
      """
      0700 02 02 2823000000000000 f401000000000000 1953070000000000 0053070000000000
      0000000000000080
      """,
      #""instrument":"ESH4","auction":"closing","side":"sell","paired":"9.000","#
        + #""surplus":"0.500","reference":"4800.25","near":"4800.00","far":null"#),
    Sample(
      .priceBand,
      .observation(
        .priceBand(
          PriceBand(instrument: InstrumentID(7), lower: .none, upper: Price(500_000)))),
      "0700 0000000000000080 20a1070000000000",
      #""instrument":"ESH4","lower":null,"upper":"5000.00""#),
    Sample(
      .triggered, .report(1, .triggered(price: Price(480_000))),
      "0100000000000000 0053070000000000", #""order":1,"price":"4800.00""#),
    Sample(
      .busted, .report(1, .busted(fill: 77, text: "error")),
      "0100000000000000 4d00000000000000 0500 6572726f72",
      #""order":1,"fill":77,"text":"error""#),
    Sample(
      .corrected,
      .report(
        1,
        .corrected(
          Fill(
            id: 77, price: Price(480_000), quantity: Quantity(2500),
            fee: Money(raw: 1_250_000_000_000), feeCurrency: "USD", liquidity: .taker),
          text: "price")),
      """
      0100000000000000 4d00000000000000 0053070000000000 c409000000000000
      0054ce09230100000000000000000000 0300 555344 02 0500 7072696365
      """,
      #""order":1,"fill":77,"price":"4800.00","quantity":"2.500","fee":"1.250000000000","#
        + #""fee_currency":"USD","liquidity":"taker","text":"price""#),
  ]
}
