import Events

/// Entries of each kind that is not a market event, with its payload as docs/journal-format.md,
/// section 4.3, lays it out (hexadecimal, by hand), and the fields of its line as in section 7.
struct Sample: Sendable {
  var kind: EntryKind
  var event: Event
  var payload: String
  /// The fields of the kind, after `"cause":0,`.
  var text: String

  init(_ kind: EntryKind, _ event: Event, _ payload: String, _ text: String) {
    self.kind = kind
    self.event = event
    self.payload = payload
    self.text = text
  }

  static let all =
    observations + references + reports + decisions + orders + books + risk + statements

  /// Prices with 2 decimals, quantities with 3; instrument 7, symbol `ESH4`.
  static let definition = Instrument(
    id: InstrumentID(7), venue: VenueID(258), venueName: "XCME", symbol: "ESH4", kind: .future,
    currency: "USD", priceScale: 2, quantityScale: 3, tickSize: Price(25), lotSize: Quantity(1000),
    multiplier: 50_000_000_000, expiry: Instant(nanoseconds: 1_710_510_600_000_000_000))

  /// Order 1, so that what names order 1 has scales.
  static let ticket = OrderTicket(
    order: OrderID(1), strategy: StrategyID(2), account: AccountID(3), instrument: InstrumentID(7),
    side: .buy, type: .limit, timeInForce: .goodTillCancelled, quantity: Quantity(5000),
    price: Price(480_025))

  static let observations = [
    Sample(
      .instrument, .observation(.instrument(definition)),
      """
      0700 0201 0400 58434d45 0400 45534834 02 0000 0300 555344 02 03
      1900000000000000 e803000000000000 00743ba40b000000 00508af953f4bc17
      """,
      #""id":7,"symbol":"ESH4","venue":"XCME","venue_id":258,"class":"future","base":"","#
        + #""currency":"USD","price_scale":2,"quantity_scale":3,"tick_size":"0.25","#
        + #""lot_size":"1.000","multiplier":"50.000000000","#
        + #""expiry":"2024-03-15T13:50:00.000000000Z""#),
    Sample(
      .signal,
      .observation(
        .signal(
          Signal(
            instrument: InstrumentID(7), score: -250_000_000, model: "gbm", version: "2.1",
            digest: Digest((0..<32).map { UInt8($0) })!))),
      """
      0700 804d19f1ffffffff 0300 67626d 0300 322e31
      000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
      """,
      #""instrument":"ESH4","score":"-0.250000000","model":"gbm","version":"2.1","#
        + #""digest":"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f""#),
    Sample(
      .timer, .observation(.timer(Timer(strategy: StrategyID(3), timer: 4_000_000_000))),
      "0300 00286bee", #""strategy":3,"timer":4000000000"#),
    Sample(
      .operatorAct,
      .observation(
        .operatorAct(
          OperatorAct(act: .cancel, scope: Scope(.order, 1), subject: "ann", reason: "too \"big\""))
      ),
      "04 04 0100000000000000 0300 616e6e 0900 746f6f202262696722",
      #""act":"cancel","scope":"order","scope_id":1,"subject":"ann","reason":"too \"big\"""#),
    Sample(
      .operatorAct,
      .observation(
        .operatorAct(
          OperatorAct(
            act: .close, scope: Scope(.strategy, 2), subject: "ann", reason: "",
            closing: .init(instrument: InstrumentID(7), quantity: Quantity(1500), lots: [17, 258])))
      ),
      """
      07 01 0200000000000000 0300 616e6e 0000
      | 0700 dc05000000000000 0200 1100000000000000 0201000000000000
      """,
      #""act":"close","scope":"strategy","scope_id":2,"subject":"ann","reason":"","#
        + #""instrument":"ESH4","quantity":"1.500","lots":"17 258""#),
    Sample(
      .configuration,
      .observation(
        .configuration(
          ConfigurationItems([.init(key: "venue", value: ""), .init(key: "size", value: "é")]))),
      "02000000 0400 73697a65 02000000 c3a9 0500 76656e7565 00000000",
      #""items":{"size":"é","venue":""}"#),
    Sample(
      .runStarted,
      .observation(
        .runStarted(
          RunStart(
            mode: .simulation, seed: .max, engine: "0.1", strategies: "ema-cross=1", source: "s"))),
      "04 ffffffffffffffff 0300 302e31 0b00 656d612d63726f73733d31 0100 73",
      #""mode":"simulate","seed":18446744073709551615,"engine":"0.1","#
        + #""strategies":"ema-cross=1","source":"s""#),
    Sample(
      .runStopped, .observation(.runStopped(RunStop(why: .operator, text: "x"))),
      "02 0100 78", #""why":"operator","text":"x""#),
    Sample(
      .dataQuality,
      .observation(
        .dataQuality(
          DataQuality(
            issue: .outOfOrder, instrument: .none, expected: 10, actual: 2, detail: "late"))),
      "03 ffff 0a00000000000000 0200000000000000 0400 6c617465",
      #""issue":"out_of_order","instrument":null,"expected":10,"actual":2,"detail":"late""#),
    Sample(
      .connection,
      .observation(
        .connection(ConnectionChange(venue: VenueID(258), state: .disconnected, text: "reset"))),
      "0201 02 0500 7265736574", #""venue":258,"state":"disconnected","text":"reset""#),
  ]

  static func basis(_ basis: FillBasis) -> Fill {
    Fill(
      id: 1, price: Price(1), quantity: Quantity(1), fee: .zero, feeCurrency: "",
      liquidity: .unknown, basis: basis)
  }

  static let fillPayload =
    "0100000000000000 0100000000000000 0100000000000000 0100000000000000"
    + " 00000000000000000000000000000000 0000 00 "
  static let fillText =
    #""order":1,"fill":1,"price":"0.01","quantity":"0.001","fee":"0.000000000000","#
    + #""fee_currency":"","liquidity":"unknown""#

  static let reports = [
    Sample(
      .accepted, .report(1, .accepted(venueOrder: "A9")), "0100000000000000 0200 4139",
      #""order":1,"venue_order":"A9""#),
    Sample(
      .rejected, .report(2, .rejected(code: 99, text: "no")),
      "0200000000000000 6300 0200 6e6f", #""order":2,"code":99,"text":"no""#),
    Sample(
      .filled,
      .report(
        1,
        .filled(
          Fill(
            id: 77, price: Price(480_000), quantity: Quantity(2500),
            fee: Money(raw: -1_250_000_000_000), feeCurrency: "USD", liquidity: .maker))),
      """
      0100000000000000 4d00000000000000 0053070000000000 c409000000000000
      00ac31f6dcfeffffffffffffffffffff 0300 555344 01
      """,
      #""order":1,"fill":77,"price":"4800.00","quantity":"2.500","fee":"-1.250000000000","#
        + #""fee_currency":"USD","liquidity":"maker""#),
    Sample(
      .filled, .report(1, .filled(basis(.init(.level)))), fillPayload + "| 01 00",
      fillText + #","basis":"level""#),
    Sample(
      .filled, .report(1, .filled(basis(.init(.barOpen, .slippage(25))))),
      fillPayload + "| 0e 01 1900000000000000",
      fillText + #","basis":"bar_open","slippage":"0.25""#),
    Sample(
      .filled,
      .report(
        1,
        .filled(
          basis(
            .init(
              .queue,
              .queue(.exact, placed: Quantity(300), left: .zero))))),
      fillPayload + "| 03 02 01 2c01000000000000 0000000000000000",
      fillText + #","basis":"queue","queue":"exact","placed":"0.300","left":"0.000""#),
    Sample(
      .filled,
      .report(
        1,
        .filled(
          basis(
            .init(
              .through,
              .queue(
                .power2, placed: FillBasis.unknown, left: FillBasis.unknown))))),
      fillPayload + "| 04 02 04 ffffffffffffffff ffffffffffffffff",
      fillText
        + #","basis":"through","queue":"power_2","placed":null,"left":null"#),
    Sample(
      .filled,
      .report(
        1, .filled(basis(.init(.proRata, .share(of: Quantity(48), among: Quantity(160)))))),
      fillPayload + "| 07 03 3000000000000000 a000000000000000",
      fillText + #","basis":"pro_rata","shared":"0.048","among":"0.160""#),
    Sample(
      .cancelled, .report(1, .cancelled(.connectionLost, text: "")), "0100000000000000 04 0000",
      #""order":1,"why":"connection_lost","text":"""#),
    Sample(
      .replaced, .report(1, .replaced(quantity: Quantity(7000), price: .none)),
      "0100000000000000 581b000000000000 0000000000000080",
      #""order":1,"quantity":"7.000","price":null"#),
    Sample(.expired, .report(1, .expired), "0100000000000000", #""order":1"#),
    Sample(
      .requestRejected, .report(1, .requestRejected(.replace, code: 2, text: "late")),
      "0100000000000000 02 0200 0400 6c617465",
      #""order":1,"request":"replace","code":2,"text":"late""#),
    Sample(
      .orderStatus, .report(1, .status(.neverReceived, filled: .zero)),
      "0100000000000000 06 0000000000000000",
      #""order":1,"state":"never_received","filled":"0.000""#),
  ]

  static let decisions = [
    Sample(
      .intent,
      .decision(
        .intent(
          IntentRecord(
            strategy: StrategyID(2), action: .target, instrument: InstrumentID(7), side: .sell,
            type: .market, timeInForce: .fillOrKill, quantity: Quantity(-1500), price: .none,
            reason: Reason(
              "fast < slow",
              values: [
                .init("fast", Decimal(mantissa: -15, scale: 1)),
                .init("n", Decimal(mantissa: 3, scale: 0)),
              ])))),
      """
      0200 01 0700 02 01 04 24faffffffffffff 0000000000000080 0000000000000000
      0b00 66617374203c20736c6f77 0200
      0400 66617374 f1ffffffffffffff 01 0100 6e 0300000000000000 00
      """,
      #""strategy":2,"action":"target","instrument":"ESH4","side":"sell","type":"market","#
        + #""time_in_force":"fok","quantity":"-1.500","price":null,"order":null,"#
        + #""reason":"fast < slow","values":{"fast":"-1.5","n":"3"}"#),
    Sample(
      .refused,
      .decision(
        .refused(
          Refusal(
            strategy: StrategyID(2), instrument: InstrumentID(7), rule: .orderMaxNotional,
            side: .buy, quantity: Quantity(1000), price: Price(480_025), value: 24_001_250,
            limit: -1, scale: 2, unit: "USD"))),
      """
      0200 0700 0600 01 e803000000000000 1953070000000000
      e23a6e01000000000000000000000000 ffffffffffffffffffffffffffffffff 02 0300 555344
      """,
      #""strategy":2,"instrument":"ESH4","rule":"order.max_notional","side":"buy","#
        + #""quantity":"1.000","price":"4800.25","value":"240012.50","limit":"-0.01","unit":"USD""#),
    Sample(
      .submitted, .decision(.submitted(ticket)),
      "0100000000000000 0200 0300 0700 01 02 02 8813000000000000 1953070000000000",
      #""order":1,"strategy":2,"account":3,"instrument":"ESH4","side":"buy","type":"limit","#
        + #""time_in_force":"gtc","quantity":"5.000","price":"4800.25""#),
    Sample(
      .cancelRequested, .decision(.cancelRequested(OrderID(1), .halt)), "0100000000000000 03",
      #""order":1,"why":"halt""#),
    Sample(
      .replaceRequested,
      .decision(.replaceRequested(OrderID(1), quantity: Quantity(6000), price: Price(-1))),
      "0100000000000000 7017000000000000 ffffffffffffffff",
      #""order":1,"quantity":"6.000","price":"-0.01""#),
    Sample(
      .alert,
      .decision(
        .alert(
          Alert(
            severity: .critical, code: .orderUnknownState, instrument: InstrumentID(7),
            order: OrderID(1), text: "?"))),
      "03 0700 0700 0100000000000000 0100 3f",
      #""severity":"critical","code":"order.unknown_state","instrument":"ESH4","order":1,"#
        + #""text":"?""#),
    Sample(
      .halted, .decision(.halted(Scope(.venue, 5), reason: "gap")),
      "03 0500000000000000 0300 676170", #""scope":"venue","scope_id":5,"reason":"gap""#),
    Sample(
      .resumed, .decision(.resumed(.all, reason: "")), "00 0000000000000000 0000",
      #""scope":"all","scope_id":0,"reason":"""#),
  ]
}
