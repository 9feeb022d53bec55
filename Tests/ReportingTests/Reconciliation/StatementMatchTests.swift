import Events
import Testing
import Trading

@testable import Reporting

/// Statements with planted breaks against a journal written by hand.
@Suite struct StatementMatchTests {
  /// Bought 100 and 50 by order 1, sold 30 by order 2, all on the first day; then 10 on the second.
  static func journal() -> JournalLines {
    var lines = JournalLines()
    lines.define(JournalLines.share)
    lines.send(1, of: 0, 150, .buy)
    lines.report(1, .filled(JournalLines.fill(1, 100, at: 99_98, cents: 35)))
    lines.report(1, .filled(JournalLines.fill(2, 50, at: 99_99, cents: 20)))
    lines.send(2, of: 0, 40, .sell)
    lines.report(2, .filled(JournalLines.fill(1, 30, at: 100_05)))
    return lines
  }

  static let day = CivilDate(year: 1970, month: 1, day: 1)

  static func execution(
    _ side: Side, _ quantity: String, _ price: String, fee: String? = nil, currency: String = "USD",
    order: UInt64 = 0, number: UInt64? = nil, date: CivilDate = day, instrument: String = "SHR",
    line: Int = 4
  ) -> Statement.Line {
    var row = Statement.Line(.execution, line: line, quantity: Decimal(quantity)!)
    row.instrument = instrument
    row.side = side
    row.price = Decimal(price)
    row.fee = fee.flatMap { Decimal($0) }
    row.currency = fee == nil ? "" : currency
    row.order = OrderID(order)
    row.execution = number
    row.date = date
    return row
  }

  static let one = execution(.buy, "100", "99.98", fee: "0.35", order: 1, number: 1)
  static let two = execution(.buy, "50.0", "99.990", fee: "0.20", order: 1, number: 2)
  static let three = execution(.sell, "30", "100.05", fee: "0", order: 2, number: 1)

  static func checks(
    _ rows: [Statement.Line], _ lines: JournalLines = journal(), state: OwnState = OwnState(),
    open: [StatementCheck] = [], to: Instant = Instant(nanoseconds: Nanoseconds.day)
  ) -> [String] {
    let statement = Statement(format: .csv, from: .epoch, to: to, lines: rows)
    let own = OwnRecord(lines.entries, before: to)
    return StatementMatch(statement, own, state, open: open).checks.map {
      "\($0.kind.name) \($0.key): \($0.ours) | \($0.theirs)"
    }
  }

  @Test func `a statement that says the same has no break, in any order and with any names`() {
    let full = [Self.one, Self.two, Self.three]
    #expect(Self.checks(full) == [])
    #expect(Self.checks(full.reversed()) == [])
    let plain = full.map { row in
      var row = row
      (row.order, row.execution) = (.none, nil)
      row.instrument = "XTST:SHR"
      return row
    }
    #expect(Self.checks(plain) == [])
    let ordered = full.map { row in
      var row = row
      row.execution = nil
      return row
    }
    #expect(Self.checks(ordered) == [])
  }

  private static let missingThree =
    "missing_there execution ord-2/1: sell 30 XTST:SHR @ 100.05 on 1970-01-01 | "

  /// What stands in the place of the first and the third row, and what differs.
  @Test(
    arguments: [
      (
        [execution(.buy, "100", "99.97", order: 1, number: 1), three],
        ["price execution ord-1/1: 99.98 | 99.97"]
      ),
      (
        [execution(.buy, "90", "99.98", order: 1, number: 1), three],
        ["quantity execution ord-1/1: 100 | 90"]
      ),
      (
        [execution(.buy, "100", "99.98", fee: "0.36", order: 1, number: 1), three],
        ["fee execution ord-1/1: 0.35 | 0.36"]
      ),
      (
        [
          execution(.buy, "100", "99.98", fee: "0.35", currency: "EUR", order: 1, number: 1), three,
        ],
        ["currency execution ord-1/1: USD | EUR"]
      ),
      (
        [
          execution(
            .buy, "100", "99.98", order: 1, number: 1,
            date: CivilDate(year: 1970, month: 1, day: 2)), three,
        ],
        ["date execution ord-1/1: 1970-01-01 | 1970-01-02"]
      ),
      ([one], [missingThree]),
      (
        [one, three, execution(.buy, "7", "99.98", order: 9, number: 3)],
        ["missing_here execution ord-9/3:  | buy 7 SHR @ 99.98 on 1970-01-01"]
      ),
      (
        [one, three, execution(.buy, "7", "1.5", instrument: "NONE")],
        [
          "missing_here execution buy 7 NONE @ 1.5 on 1970-01-01:  | "
            + "buy 7 NONE @ 1.5 on 1970-01-01"
        ]
      ),
      (
        [one, execution(.buy, "30", "100.05", order: 2, number: 1)],
        [
          "missing_here execution ord-2/1:  | buy 30 SHR @ 100.05 on 1970-01-01", missingThree,
        ]
      ),
      // Without numbers the nearest is meant.
      ([one, execution(.sell, "30", "100.06")], ["price execution ord-2/1: 100.05 | 100.06"]),
      ([one, execution(.sell, "29", "100.05")], ["quantity execution ord-2/1: 30 | 29"]),
      (
        [one, execution(.sell, "29", "100.06", order: 2)],
        ["quantity execution ord-2/1: 30 | 29", "price execution ord-2/1: 100.05 | 100.06"]
      ),
      (
        [one, three, three],
        ["missing_here execution ord-2/1:  | sell 30 SHR @ 100.05 on 1970-01-01"]
      ),
    ] as [([Statement.Line], [String])])
  func `planted breaks are found and named`(rows: [Statement.Line], found: [String]) {
    #expect(Self.checks(rows + [Self.two]) == found)
  }

  @Test func `what is outside the time covered is not missing`() {
    #expect(Self.checks([], to: Instant(nanoseconds: 3_500_000_000)).count == 2)
    #expect(Self.checks([], to: Instant(nanoseconds: 1)) == [])
  }

  @Test func `executions that were taken back or corrected count as they are now`() {
    var lines = Self.journal()
    lines.report(2, .busted(fill: 1, text: ""))
    lines.report(1, .corrected(JournalLines.fill(2, 50, at: 99_90, cents: 20), text: ""))
    #expect(
      Self.checks([Self.one, Self.two, Self.three], lines) == [
        "price execution ord-1/2: 99.9 | 99.99",
        "missing_here execution ord-2/1:  | sell 30 SHR @ 100.05 on 1970-01-01",
      ])
  }

  @Test func `an open break closes when both sides have it, or neither`() {
    let missing = StatementCheck(
      .missingThere, "execution ord-2/1", ours: "sell 30", theirs: "", order: OrderID(2))
    let full = [Self.one, Self.two, Self.three]
    let both = "sell 30 XTST:SHR @ 100.05 on 1970-01-01"
    #expect(
      Self.checks(full, open: [missing])
        == ["missing_there execution ord-2/1: \(both) | \(both)"])
    var lines = Self.journal()
    lines.report(2, .busted(fill: 1, text: ""))
    #expect(
      Self.checks([Self.one, Self.two], lines, open: [missing])
        == ["missing_there execution ord-2/1:  | "])
    let price = StatementCheck(.price, "execution ord-1/1", ours: "99.98", theirs: "99.97")
    #expect(Self.checks(full, open: [price]) == ["price execution ord-1/1: 99.98 | 99.98"])
  }

  private static func position(_ instrument: String, _ quantity: String) -> Statement.Line {
    var row = Statement.Line(.position, line: 7, quantity: Decimal(quantity)!)
    row.instrument = instrument
    return row
  }

  private static func cash(_ currency: String, _ amount: String) -> Statement.Line {
    var row = Statement.Line(.cash, line: 8, quantity: Decimal(amount)!)
    row.currency = currency
    return row
  }

  @Test(
    arguments: [
      ([position("SHR", "120"), cash("USD", "-5.5"), cash("EUR", "1")], []),
      ([position("XTST:SHR", "119")], ["position position XTST:SHR: 120 | 119"]),
      ([position("NONE", "0")], ["position position XTST:SHR: 120 | 0"]),
      ([position("NONE", "1"), position("SHR", "120")], ["position position NONE: 0 | 1"]),
      ([cash("USD", "-5.49"), cash("EUR", "1")], ["cash cash USD: -5.5 | -5.49"]),
      ([cash("USD", "-5.5")], ["cash cash EUR: 1 | 0"]),
      ([cash("USD", "-5.5"), cash("EUR", "1"), cash("JPY", "3")], ["cash cash JPY: 0 | 3"]),
    ] as [([Statement.Line], [String])])
  func `positions and cash are compared where the statement tells of any`(
    rows: [Statement.Line], found: [String]
  ) {
    var state = OwnState()
    state.positions = [(InstrumentID(0), Quantity(120))]
    state.cash = [
      ("USD", Money(raw: -55 * Money.one / 10)), ("EUR", Money(units: 1)),
    ]
    let full = [Self.one, Self.two, Self.three]
    #expect(Self.checks(full + rows, state: state) == found)
    #expect(Self.checks(full, state: state) == [])
  }

  private static func working(
    _ order: UInt64, _ side: Side, _ quantity: String, _ price: String?
  ) -> Statement.Line {
    var row = Statement.Line(.order, line: 6, quantity: Decimal(quantity)!)
    row.instrument = "SHR"
    row.side = side
    row.order = OrderID(order)
    row.price = price.flatMap { Decimal($0) }
    return row
  }

  @Test(
    arguments: [
      ([working(3, .buy, "10", "99.5")], []), ([working(3, .buy, "10", nil)], []),
      ([working(3, .buy, "9", "99.5")], ["quantity order ord-3: 10 | 9"]),
      ([working(3, .buy, "10", "99.4")], ["price order ord-3: 99.5 | 99.4"]),
      ([working(3, .sell, "10", "99.5")], ["missing_here order ord-3:  | sell 10 SHR @ 99.5"]),
      (
        [working(8, .buy, "1", nil)],
        ["missing_here order ord-8:  | buy 1 SHR", "missing_there order ord-3: buy 10 XTST:SHR | "]
      ),
    ] as [([Statement.Line], [String])])
  func `working orders are compared where the statement tells of any`(
    rows: [Statement.Line], found: [String]
  ) {
    var state = OwnState()
    state.orders = [
      Order(
        OrderTicket(
          order: OrderID(3), strategy: StrategyID(0), instrument: InstrumentID(0), side: .buy,
          type: .limit, timeInForce: .day, quantity: Quantity(10), price: Price(99_50)),
        sequence: 5)
    ]
    let full = [Self.one, Self.two, Self.three]
    #expect(Self.checks(full + rows, state: state) == found)
    #expect(Self.checks(full, state: state) == [])
  }

  @Test func `of orders that neither side has any more the breaks close`() {
    let open = StatementCheck(
      .missingThere, "order ord-5", ours: "buy 1", theirs: "", order: OrderID(5))
    var state = OwnState()
    state.orders = [
      Order(
        OrderTicket(
          order: OrderID(3), strategy: StrategyID(0), instrument: InstrumentID(0), side: .buy,
          type: .limit, timeInForce: .day, quantity: Quantity(10), price: Price(99_50)),
        sequence: 5)
    ]
    let rows = [Self.one, Self.two, Self.three, Self.working(3, .buy, "10", "99.5")]
    #expect(Self.checks(rows, state: state, open: [open]) == ["missing_there order ord-5:  | "])
  }
}
