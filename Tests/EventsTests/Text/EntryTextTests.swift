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
