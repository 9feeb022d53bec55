import Events
import Testing

@Suite struct EntryTextTests {
  /// A writer that knows instrument 7 and order 1.
  private func writer() -> EntryText {
    var writer = EntryText()
    writer.note(.observation(.instrument(Sample.definition)))
    writer.note(.decision(.submitted(Sample.ticket)))
    return writer
  }

  @Test(arguments: Sample.all)
  func `the line of every kind has the fields of the format`(sample: Sample) {
    let entry = entry(sample.event, sequence: 3, at: 1_767_277_800_000_000_001, lag: 1)
    #expect(
      writer().line(entry).text == #"{"seq":3,"kind":""# + sample.kind.name
        + #"","time":"2026-01-01T14:30:00.000000000Z","#
        + #""received":"2026-01-01T14:30:00.000000001Z","cause":0,"# + sample.text + "}")
  }

  private static let instrument = InstrumentID(7)

  /// Market events and their fields; prices have 2 decimals, quantities 3.
  private static let ticks: [(MarketEvent, String)] = [
    (
      .quote(
        Quote(
          instrument: instrument, bid: .none, ask: Price(480_025), bidSize: .zero,
          askSize: Quantity(12_500))),
      #""quote","bid":null,"ask":"4800.25","bid_size":"0.000","ask_size":"12.500"}"#
    ),
    (
      .trade(
        Trade(instrument: instrument, price: Price(-5), size: Quantity(1), side: .sell)),
      #""trade","price":"-0.05","size":"0.001","side":"sell"}"#
    ),
    (
      .depth(
        DepthChange(
          instrument: instrument, action: .set, side: .buy, price: Price(1), size: .zero,
          marks: [])),
      #""depth","side":"buy","price":"0.01","size":"0.000","last":false,"snapshot":false}"#
    ),
    (
      .depth(DepthChange(instrument: instrument, action: .clear, side: .none)),
      #""depth_clear","side":"none","last":true,"snapshot":false}"#
    ),
    (
      .order(
        OrderChange(
          instrument: instrument, action: .add, side: .buy, order: .max, price: Price(100),
          size: Quantity(1000), marks: .snapshot)),
      #""order_add","order":18446744073709551615,"side":"buy","price":"1.00","#
        + #""size":"1.000","last":false,"snapshot":true}"#
    ),
    (
      .order(
        OrderChange(
          instrument: instrument, action: .modify, side: .sell, order: 1, price: Price(100),
          size: Quantity(1))),
      #""order_modify","order":1,"side":"sell","price":"1.00","size":"0.001","#
        + #""last":true,"snapshot":false}"#
    ),
    (
      .order(OrderChange(instrument: instrument, action: .cancel, side: .sell, order: 1)),
      #""order_cancel","order":1,"side":"sell","price":null,"size":"0.000","#
        + #""last":true,"snapshot":false}"#
    ),
    (
      .order(OrderChange(instrument: instrument, action: .delete, side: .sell, order: 1)),
      #""order_delete","order":1,"side":"sell","price":null,"size":"0.000","#
        + #""last":true,"snapshot":false}"#
    ),
    (
      .order(OrderChange(instrument: instrument, action: .execute, side: .none, order: 1)),
      #""order_execute","order":1,"side":"none","price":null,"size":"0.000","#
        + #""last":true,"snapshot":false}"#
    ),
    (
      .order(
        OrderChange(
          instrument: instrument, action: .clear, side: .sell, marks: [.last, .snapshot])),
      #""order_clear","side":"sell","last":true,"snapshot":true}"#
    ),
    (
      .bar(
        Bar(
          instrument: instrument, side: .buy, interval: 60_000_000_000, open: Price(1),
          high: Price(2), low: .none, close: Price(3), volume: Quantity(4))),
      #""bar","side":"buy","interval":60000000000,"open":"0.01","high":"0.02","low":null,"#
        + #""close":"0.03","volume":"0.004"}"#
    ),
    (
      .status(StatusChange(instrument: instrument, status: .closingAuction)),
      #""status","status":"closing_auction"}"#
    ),
  ]

  @Test(arguments: ticks)
  func `the line of every market event has the fields of the format`(
    tick: MarketEvent, expected: String
  ) {
    let parts = expected.split(separator: ",", maxSplits: 1)
    #expect(
      writer().line(entry(.market(tick), sequence: 9, at: 0)).text == #"{"seq":9,"kind":"#
        + parts[0] + #","time":"1970-01-01T00:00:00.000000000Z","#
        + #""received":"1970-01-01T00:00:00.000000000Z","cause":0,"instrument":"ESH4","#
        + parts[1])
  }

  @Test func `there is a line of every market kind`() {
    #expect(
      Set(Self.ticks.map { $0.0.kind }) == Set(EntryKind.allCases.filter(\.isMarket)))
  }

  /// The fields after the header.
  private func fields(_ event: Event, _ writer: EntryText) -> String {
    let text = writer.line(entry(event, at: 0)).text
    return String(text[text.firstRange(of: #""cause":0,"#)!.upperBound...])
  }

  @Test func `an instrument without a definition is named by number and has scale 0`() {
    let trade = Trade(
      instrument: InstrumentID(8), price: Price(-5), size: Quantity(70), side: .none)
    #expect(
      fields(.market(.trade(trade)), writer())
        == ##""instrument":"#8","price":"-5","size":"70","side":"none"}"##)
    #expect(writer().symbol(InstrumentID(7)) == "ESH4")
    #expect(writer().instrument(InstrumentID(8)) == nil)
  }

  @Test func `only data quality and alerts can have no instrument`() {
    let alert = Alert(severity: .info, code: .booksOverflow, text: "")
    #expect(
      fields(.decision(.alert(alert)), writer())
        == #""severity":"info","code":"books.overflow","instrument":null,"order":null,"text":""}"#)
    let intent = IntentRecord(
      strategy: StrategyID(0), action: .cancel, instrument: .none, order: OrderID(4),
      reason: Reason(""))
    #expect(
      fields(.decision(.intent(intent)), writer())
        == ##""strategy":0,"action":"cancel","instrument":null,"side":"none","type":"none","##
        + #""time_in_force":"none","quantity":"0","price":null,"order":4,"reason":"","values":{}}"#)
  }

  @Test func `what names an order has the scales of the order's instrument`() {
    let replaced = VenueReport.Outcome.replaced(quantity: Quantity(7000), price: Price(25))
    var writer = EntryText()
    func text(_ order: UInt64) -> String { fields(.report(order, replaced), writer) }
    #expect(text(1) == #""order":1,"quantity":"7000","price":"25"}"#)
    writer.note(.decision(.submitted(Sample.ticket)))
    #expect(text(1) == #""order":1,"quantity":"7000","price":"25"}"#)
    writer.note(.observation(.instrument(Sample.definition)))
    #expect(text(1) == #""order":1,"quantity":"7.000","price":"0.25"}"#)
    #expect(text(2) == #""order":2,"quantity":"7000","price":"25"}"#)
    var ticket = Sample.ticket
    ticket.order = OrderID(.max)
    writer.note(.decision(.submitted(ticket)))
    #expect(text(.max) == #""order":18446744073709551615,"quantity":"7.000","price":"0.25"}"#)
    #expect(text(0) == #""order":0,"quantity":"7000","price":"25"}"#)
    #expect(writer.instrument(of: OrderID(1))?.symbol == "ESH4")
    #expect(writer.instrument(of: OrderID(3)) == nil)
  }

  @Test func `an order that is held has the scales of its instrument`() {
    var writer = EntryText()
    writer.note(.observation(.instrument(Sample.definition)))
    var ticket = Sample.ticket
    ticket.order = OrderID(5)
    writer.note(.decision(.held(ticket, nil)))
    #expect(
      fields(.report(5, .triggered(price: Price(25))), writer) == #""order":5,"price":"0.25"}"#)
    let route = RouteRecord(order: OrderID(5), round: 0, quantity: Quantity(1500), candidates: [])
    #expect(
      fields(.decision(.routed(route)), writer)
        == #""order":5,"round":0,"quantity":"1.500","candidates":{}}"#)
  }

  /// What is changed in plain terms, and what follows the price of the ticket.
  private static let terms: [(@Sendable (inout OrderTerms) -> Void, String)] = [
    ({ _ in }, ""),
    ({ $0.stop = Price(0) }, #","terms":{"stop":"0.00"}"#),
    ({ $0.trigger = .bidAsk }, #","terms":{"trigger":"bid_ask"}"#),
    ({ $0.trail = Trail(.price, 0) }, #","terms":{"trail":"0.00"}"#),
    ({ $0.trail = Trail(.price, .min) }, #","terms":{"trail":"-92233720368547758.08"}"#),
    ({ $0.trail = Trail(.ppm, 10_000) }, #","terms":{"trail_ppm":"10000"}"#),
    ({ $0.trail = Trail(.none, 10_000) }, ""),
    ({ $0.limitOffset = 5 }, #","terms":{"limit_offset":"0.05"}"#),
    ({ $0.limitOffset = .min }, #","terms":{"limit_offset":"-92233720368547758.08"}"#),
    ({ $0.peg = .primary }, #","terms":{"peg":"primary"}"#),
    ({ $0.pegOffset = -5 }, #","terms":{"peg_offset":"-0.05"}"#),
    ({ $0.display = Quantity(5) }, #","terms":{"display":"0.005"}"#),
    ({ $0.isPostOnly = true }, #","terms":{"post_only":"true"}"#),
    ({ $0.isReduceOnly = true }, #","terms":{"reduce_only":"true"}"#),
    (
      { $0.expiry = Instant(nanoseconds: -1) },
      #","terms":{"expiry":"1969-12-31T23:59:59.999999999Z"}"#
    ),
    ({ $0.parent = OrderID(.max) }, #","terms":{"parent":"18446744073709551615"}"#),
    ({ $0.activation = .parentFilled }, #","terms":{"activation":"parent_filled"}"#),
    ({ $0.list = OrderID(3) }, #","terms":{"list":"3"}"#),
    ({ $0.linkage = .oneCancelsOther }, #","terms":{"linkage":"oco"}"#),
  ]

  @Test(arguments: terms.indices)
  func `only the terms that are not plain are written`(index: Int) {
    var ticket = Sample.ticket
    Self.terms[index].0(&ticket.terms)
    let text = fields(.decision(.submitted(ticket)), writer())
    #expect(text.hasSuffix(#","price":"4800.25""# + Self.terms[index].1 + "}"))
  }

  @Test(
    arguments: [
      (.mark, 480_025, #""4800.25""#), (.index, .min, "null"), (.fundingRate, 1, #""0.000000001""#),
      (.openInterest, 1500, #""1.500""#), (.openInterest, .min, #""-9223372036854775.808""#),
      (.settlement, -1, #""-0.01""#), (.shortSaleRestricted, 1, #""1""#),
      (.previousClose, 0, #""0.00""#),
    ] as [(ReferenceValue.Field, Int64, String)])
  func `a reference value has the unit of its field`(
    field: ReferenceValue.Field, value: Int64, text: String
  ) {
    let reference = ReferenceValue(instrument: InstrumentID(7), field: field, value: value)
    #expect(
      fields(.observation(.reference(reference)), writer())
        == #""instrument":"ESH4","field":"\#(field.name)","value":\#(text),"effective":null}"#)
  }

  @Test func `an instrument that never ends has no expiry`() {
    var instrument = Sample.definition
    instrument.expiry = .epoch
    #expect(fields(.observation(.instrument(instrument)), writer()).hasSuffix(#""expiry":null}"#))
  }

  @Test func `the extremes of every number are written`() {
    let fill = Fill(
      id: .max, price: Price(.max), quantity: Quantity(.min), fee: Money(raw: .min),
      feeCurrency: "", liquidity: .unknown)
    #expect(
      fields(.report(1, .filled(fill)), writer())
        == #""order":1,"fill":18446744073709551615,"price":"92233720368547758.07","#
        + #""quantity":"-9223372036854775.808","fee":"-170141183460469231731687303.715884105728","#
        + #""fee_currency":"","liquidity":"unknown"}"#)
    let first = writer().line(entry(.report(1, .expired), at: .min)).text
    #expect(first.contains(#""time":"1677-09-21T00:12:43.145224192Z""#))
  }
}

@Suite struct JSONLineTests {
  @Test(arguments: [
    ("", #""""#), ("a\"b", #""a\"b""#), (#"a\b"#, #""a\\b""#), ("a/b", #""a/b""#),
    ("\n\r\t", #""\n\r\t""#),
    ("\u{0}\u{1}\u{8}\u{c}\u{f}\u{10}\u{1f}", #""\u0000\u0001\u0008\u000c\u000f\u0010\u001f""#),
    (" \u{7f}", "\" \u{7f}\""), ("é買🂡\u{2028}", "\"é買🂡\u{2028}\""), ("\r\n", #""\r\n""#),
  ])
  func `only quotes, backslashes and control characters are escaped`(value: String, text: String) {
    var line = JSONLine()
    line.field("k", value)
    line.field(value, nil as String?)
    #expect(Array(line.text.utf8) == Array("{\"k\":\(text),\(text):null}".utf8))
  }

  @Test func `values of every sort are joined by commas`() {
    var line = JSONLine()
    #expect(line.text == "{}")
    line.field("a", Int64.min)
    line.field("b", UInt64.max)
    line.field("c", true)
    line.field("d", false)
    line.field("e", Instant.epoch)
    line.field("f", [("x", "1"), ("\"", "\n")])
    line.field("g", [(String, String)]())
    #expect(
      line.text == #"{"a":-9223372036854775808,"b":18446744073709551615,"c":true,"d":false,"#
        + #""e":"1970-01-01T00:00:00.000000000Z","f":{"x":"1","\"":"\n"},"g":{}}"#)
    #expect(line.closed == Array(line.text.utf8))
  }
}

@Suite struct NameTests {
  private func names<T: Named & CaseIterable>(_: T.Type) -> String {
    T.allCases.map(\.name).joined(separator: " ")
  }

  @Test func `enumerated values have the names of the format`() {
    #expect(names(Side.self) == "none buy sell")
    #expect(
      names(TradingStatus.self)
        == "pre_open opening_auction trading closing_auction closed halted paused quote_only")
    #expect(
      names(InstrumentClass.self) == "equity future option forex crypto perpetual index inverse")
    #expect(
      names(OrderType.self)
        == """
        none market limit stop stop_limit trailing_stop trailing_stop_limit market_if_touched \
        limit_if_touched market_to_limit pegged
        """)
    #expect(names(TimeInForce.self) == "none day gtc ioc fok gtd at_open at_close")
    #expect(names(OperatorAct.Act.self) == "halt resume note cancel kill enable")
    #expect(names(Scope.Kind.self) == "all strategy instrument venue order account")
    #expect(names(RunStart.Mode.self) == "import backtest live simulate")
    #expect(names(RunStop.Why.self) == "finished operator failed")
    #expect(
      names(DataQuality.Issue.self)
        == "gap duplicate out_of_order crossed impossible_value malformed unknown_order stale conflated"
    )
    #expect(names(VenueReport.CancelCause.self) == "requested venue immediate connection_lost")
    #expect(names(VenueReport.Request.self) == "cancel replace")
    #expect(
      names(VenueReport.KnownState.self)
        == "working filled cancelled rejected expired never_received")
    #expect(names(ConnectionChange.State.self) == "connected disconnected")
    #expect(names(Fill.Liquidity.self) == "unknown maker taker")
    #expect(names(IntentRecord.Action.self) == "target order cancel replace execute")
    #expect(
      names(CancelReason.self)
        == "strategy operator halt linked parent_ended expired algorithm adjusted liquidation")
    #expect(names(TriggerSource.self) == "standard last bid_ask mid mark")
    #expect(names(Trail.Unit.self) == "none price ppm")
    #expect(names(PegReference.self) == "none primary mid market")
    #expect(names(Activation.self) == "immediate parent_filled parent_filling")
    #expect(names(Linkage.self) == "none oco ouo")
    #expect(names(ReleaseCause.self) == "triggered activated opened")
    #expect(
      names(EndCause.self)
        == "strategy operator halt linked parent_ended expired refused completed adjusted liquidation"
    )
    #expect(
      names(ExecutionPlan.Algorithm.self) == "twap vwap pov shortfall iceberg pairs route")
    #expect(
      names(ReferenceValue.Field.self)
        == """
        mark index funding_rate open_interest settlement short_sale_restricted previous_close
        """)
    #expect(
      names(Booking.Kind.self)
        == """
        opening settled dividend split delisted variation expired exercised assigned delivered \
        funding interest borrow_fee closed liquidation_fee
        """)
    #expect(names(MarginCall.State.self) == "called met")
    #expect(names(Liquidation.Reason.self) == "maintenance call_not_met")
    #expect(names(CorporateAction.Action.self) == "dividend split symbol_change delisting")
    #expect(names(OptionNotice.Notice.self) == "exercise assignment abandon")
    #expect(names(OptionTerms.Right.self) == "call put")
    #expect(names(OptionTerms.Style.self) == "american european")
    #expect(names(OptionTerms.Settlement.self) == "physical cash")
    #expect(names(AuctionImbalance.Auction.self) == "opening closing reopening intraday")
    #expect(names(Alert.Severity.self) == "info warning critical")
    #expect(
      names(Rule.self)
        == """
        engine.halted instrument.unknown instrument.not_trading order.invalid order.max_quantity \
        order.max_notional position.max_quantity order.price_collar order.max_rate \
        order.no_reference_price order.unknown order.not_cancellable arithmetic.overflow \
        order.post_only_would_take order.not_reducing order.price_band order.unsupported \
        order.limit_currency exposure.max_gross exposure.max_net exposure.max_leverage \
        exposure.max_concentration orders.max_open orders.max_cancel_rate \
        orders.max_message_ratio order.period_collar order.duplicate order.self_match \
        instrument.restricted strategy.not_permitted short.no_locate short.price_test loss.max \
        drawdown.max currency.no_rate scope.reducing var.max shortfall.max stress.max \
        margin.available cash.available margin.unknown instrument.expired
        """)
    #expect(
      names(Alert.Code.self)
        == """
        report.unknown_order report.illegal report.overfill report.duplicate_fill books.overflow \
        strategy.failed order.unknown_state \
        list.both_filled report.busted execution.unhedged limit.refused act.not_permitted \
        books.free_riding books.unpriced
        """)
    #expect(
      names(EntryKind.self)
        == """
        quote trade depth depth_clear order_add order_modify order_cancel order_delete \
        order_execute order_clear bar status instrument signal accepted rejected filled cancelled \
        replaced expired timer operator configuration run_started run_stopped data_quality \
        request_rejected order_status connection reference imbalance price_band triggered busted \
        corrected corporate_action option_notice exchange_rate limit_change statement \
        break_resolution intent refused submitted cancel_requested replace_requested alert halted \
        resumed held released ended routed booked margin_call liquidation breaker_changed \
        kill_report limit_applied limits_used break_opened break_closed
        """)
    #expect(names(BreakerChange.State.self) == "active reducing halted")
    #expect(
      names(BreakerChange.Watch.self)
        == """
        price_move volatility spread staleness rejects fill_price signal_score signal_rate \
        executions loss exposure
        """)
  }

  @Test func `a kind is found by its name`() {
    for kind in EntryKind.allCases { #expect(EntryKind(name: kind.name) == kind) }
    #expect(EntryKind(name: "operatorAct") == nil && EntryKind(name: "") == nil)
  }
}
