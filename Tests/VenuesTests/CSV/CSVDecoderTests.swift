import Events
import Testing

@testable import Venues

struct CSVDecoderTests {
  private static let trades = """
    kind = "trade"   # prints
    time = "t"
    price = "p"
    size = "q"
    side = "s"

    """

  private func map(_ text: String) throws -> ColumnMap {
    let bytes = [UInt8](text.utf8)
    return try ColumnMap(MapFile(bytes.span))
  }

  private func decoded(_ mapText: String, _ rows: String) throws -> Decoded {
    Decoded(CSVDecoder(map: try map(mapText), symbol: "X"), rows)
  }

  @Test func `a row of reference values gives those it has`() throws {
    let keys = "kind = \"reference\"\ntime = 1\ntime_format = \"unix_s\"\n"
    let columns = "mark = 2\nindex = 3\nfunding = 4\nopen_interest = 5\nsettlement = 6\n"
    let scales = "price_scale = 2\nquantity_scale = 0\n"
    let map = try map(keys + columns + scales)
    let result = Decoded(
      CSVDecoder(map: map, symbol: "X"), "1,100.505,100.1,0.0001,7,99.5\n2,,,,8,\n3,,,2,,\n",
      registry: InstrumentRegistry(overrides: map.overrides))
    #expect(result.error == nil)
    func value(_ field: ReferenceValue.Field, _ value: Int64, _ effective: Instant = .epoch)
      -> Reference
    {
      .value(
        ReferenceValue(
          instrument: InstrumentID(0), field: field, value: value, effective: effective))
    }
    let second = Instant(nanoseconds: 1_000_000_000)
    #expect(
      result.batch.references == [
        value(.mark, 10_050), value(.index, 10_010), value(.fundingRate, 100_000, second),
        value(.openInterest, 7), value(.settlement, 9950), value(.openInterest, 8),
      ])
    #expect(result.batch.roundedReferences == 1)
    // Nobody pays twice what is held.
    #expect(result.issues == [.impossibleValue])
    #expect(try decoded(keys + columns, "1,1,1,x,1,1\n").error?.place == .line(1))
    #expect(throws: DecodeError.self) { try self.map(keys) }
    #expect(throws: DecodeError.self) { try self.map(Self.trades + "mark = 7\n") }
  }

  @Test func `columns are found by name, in any order, quoted or not`() throws {
    let result = try decoded(
      Self.trades, "s,\"p\",t,q,more\r\nbuy,\"1.50\",2013-02-01,3,x\r\nask,2,2013-02-02,1,y\r\n")
    #expect(result.error == nil)
    let id = InstrumentID(0)
    #expect(
      result.market == [
        .trade(
          Trade(
            instrument: id, price: Price(1_500_000_000), size: Quantity(3_000_000_000), side: .buy)),
        .trade(
          Trade(
            instrument: id, price: Price(2_000_000_000), size: Quantity(1_000_000_000), side: .sell)
        ),
      ])
  }

  @Test func `depth rows become levels`() throws {
    let result = try decoded(
      "kind = \"depth\"\ntime = 1\ntime_format = \"unix_ms\"\nside = 2\nprice = 3\nsize = 4",
      "1000.5,b,1,0\n1001,b,1,-1\n1002,n,1,1\n")
    #expect(result.market.count == 1)
    #expect(result.batch.ticks[0].eventTime == Instant(nanoseconds: 1_000_500_000))
    #expect(result.issues == [.impossibleValue, .impossibleValue])
  }

  @Test(arguments: [
    ("10,5,11,6", Quote?.some(quote(10, 11, 5, 6))), (",5,11,6", quote(nil, 11, 0, 6)),
    ("10,5,,6", quote(10, nil, 5, 0)), (",5,,6", nil), (",-5,11,6", nil),
  ])
  func `a side without a price has no size`(row: String, told: Quote?) throws {
    let result = try decoded(
      "kind = \"quote\"\ntime = 1\nbid = 2\nbid_size = 3\nask = 4\nask_size = 5",
      "2013-02-01,\(row)\n")
    #expect(result.error == nil)
    #expect(result.market == (told.map { [.quote($0)] } ?? []))
  }

  private static func quote(_ bid: Int64?, _ ask: Int64?, _ bidSize: Int64, _ askSize: Int64)
    -> Quote
  {
    let one: Int64 = 1_000_000_000
    return Quote(
      instrument: InstrumentID(0), bid: bid.map { Price($0 * one) } ?? .none,
      ask: ask.map { Price($0 * one) } ?? .none, bidSize: Quantity(bidSize * one),
      askSize: Quantity(askSize * one))
  }

  /// Values of a reference row, and those that can be of the class.
  @Test(
    arguments: [
      ("equity", "-1,0,-2", []), ("equity", "1,2,3", [1, 2, 3]), ("perpetual", "0,1,-1", [1]),
      ("future", "-1,0,-2", [-1, 0, -2]), ("option", "0,-1,0", [0, 0]), ("index", "0,-1,5", [5]),
    ] as [(String, String, [Int64])])
  func `reference prices are those that the class can have`(
    kind: String, row: String, told: [Int64]
  ) throws {
    let map = try map(
      """
      kind = "reference"
      time = 1
      time_format = "unix_s"
      mark = 2
      index = 3
      settlement = 4
      class = "\(kind)"
      base = "BTC"
      price_scale = 0
      quantity_scale = 0
      """)
    let result = Decoded(
      CSVDecoder(map: map, symbol: "X"), "1,\(row)\n",
      registry: InstrumentRegistry(overrides: map.overrides))
    #expect(result.error == nil)
    let values = result.batch.references.map { reference in
      if case .value(let value) = reference { value.value } else { Int64.min }
    }
    #expect(values == told)
    #expect(result.issues.count == 3 - told.count)
  }

  @Test(arguments: [false, true])
  func `a second bar of the same time is told, sorted or not`(isSorted: Bool) throws {
    let map = """
      kind = "bar"
      bar = "1d"
      time = 1
      open = 2
      high = 2
      low = 2
      close = 2
      sort = \(isSorted)
      """
    let rows = isSorted ? [2, 1, 2, 3] : [1, 2, 2, 3]
    let result = try decoded(map, rows.map { "2013-02-0\($0),5\n" }.joined())
    #expect(result.issues == [.duplicate])
    #expect(result.market.count == 3)
    #expect(result.batch.qualities[0].detail == "line 3: a second bar of the same time; left out")
  }

  @Test(arguments: [
    ("t,p,q\n", "line 1: no column is called “s”; there are: t, p, q"),
    ("t,p,q,s\nx,1,1,b\n", "line 2: time “x” is not written as the map says"),
    ("t,p,q,s\n2013-02-01,1\n", "line 2: 2 columns; “size” is column 3"),
    ("t,p,q,s\n2013-02-01,1..2,1,b\n", "line 2: price “1..2”: not a decimal number"),
    ("t,p,q,s\n2013-02-01,1,1,up\n", "line 2: side “up” is neither buy nor sell"),
  ])
  func `a row that is none stops the import`(rows: String, problem: String) throws {
    #expect(try decoded(Self.trades, rows).error?.description == problem)
  }

  @Test(arguments: [
    ("kind = \"trade\"", "“time” is missing: which column is it?"),
    ("", "“kind” is missing: bar, quote, trade, depth or reference"),
    (
      "kind = \"tick\"",
      "line 1: “kind” is one of \"bar\", \"quote\", \"trade\", \"depth\", \"reference\""
    ),
    ("kind", "line 1: neither a comment nor key = value"),
    ("kind = trade", "line 1: the value of “kind” is no \"text\", number, true or false"),
    ("kind = \"trade\" x", "line 1: the value of “kind” is no \"text\", number, true or false"),
    ("a = 1\na = 2", "line 2: “a” is given twice"), ("A = 1", "line 1: “A” is no key"),
    ("kind = \"bar\"", "“bar” is missing: the length of a bar, such as \"1m\""),
    (
      "kind = \"bar\"\nbar = \"1y\"",
      "line 2: “bar” is a number and s, m, h or d: \"1m\""
    ),
    (
      "kind = \"trade\"\ntime = 1\nprice = 2\nsize = 3\ncolour = 1",
      "line 5: “colour” is no key of this kind of map"
    ),
    (
      "kind = \"trade\"\ntime = 0",
      "line 2: “time” is a column: its name in double quotes, or its number"
    ),
    ("price_scale = 10", "line 1: “price_scale” is a number from 0 to 9"),
    (
      "price_scale = 1\ntick_size = 0.25",
      "line 2: “tick_size” 0.250000000 has more decimals than “price_scale” 1"
    ),
    (
      "tick_size = 0.025\nprice_scale = 2",
      "line 1: “tick_size” 0.025000000 has more decimals than “price_scale” 2"
    ),
    (
      "quantity_scale = 0\nlot_size = 0.5",
      "line 2: “lot_size” 0.500000000 has more decimals than “quantity_scale” 0"
    ),
    (
      "currency = \"dollars\"",
      "line 1: “currency” is three to five capital letters or digits, such as \"USD\""
    ),
    (
      "currency = \"US\"",
      "line 1: “currency” is three to five capital letters or digits, such as \"USD\""
    ),
    ("sort = 1", "line 1: “sort” is true or false"),
    ("delimiter = \";;\"", "line 1: “delimiter” is one character in double quotes"),
    (
      "header = false\nkind = \"trade\"\ntime = \"t\"\nprice = 2\nsize = 3",
      "columns are named, but header = false: give their numbers"
    ),
  ])
  func `a map that is none is refused with its line`(text: String, problem: String) {
    do {
      _ = try map(text)
      Issue.record("taken: \(text)")
    } catch {
      #expect("\(error)" == problem)
    }
  }

  @Test func `a time that clocks left out in spring is none`() throws {
    let map = "kind = \"trade\"\ntime = 1\nprice = 2\nsize = 3\ntimezone = \"new_york\"\n"
    let problem = try decoded(map, "2024-03-10 02:30,1,1\n").error?.description ?? ""
    #expect(problem.hasPrefix("line 1: time “2024-03-10 02:30” is not written"), "\(problem)")
    #expect(problem.hasSuffix(", or clocks there left it out"))
    let times = try decoded(map, "2024-03-10 01:59:59,1,1\n2024-03-10 03:00,1,1\n")
    #expect(
      times.batch.ticks.map(\.eventTime) == [
        Instant("2024-03-10T06:59:59"), Instant("2024-03-10T07:00"),
      ])
    // With its offset it is a moment, whatever clocks showed.
    #expect(try decoded(map, "2024-03-10 02:30Z,1,1\n").error == nil)
  }

  @Test func `a tick size has its decimals whatever the data have`() throws {
    let columns = "kind = \"trade\"\ntime = 1\nprice = 2\nsize = 3\n"
    let map = try map(columns + "tick_size = 0.25\nlot_size = 0.5\n")
    var registry = InstrumentRegistry(
      overrides: map.overrides,
      surveyed: [.init(venueName: "V", symbol: "X", price: 1, quantity: 0)])
    let found = try registry.register(
      InstrumentProposal(venueName: "V", symbol: "X", kind: .future))
    #expect(found.priceScale == 2 && found.tickSize == Price(25))
    #expect(found.quantityScale == 1 && found.lotSize == Quantity(5))
    #expect(throws: DecodeError.self) {
      try registry.register(
        InstrumentProposal(
          venueName: "V", symbol: "Y", kind: .future, priceScale: 1, quantityScale: 1))
    }
  }

  /// Days of rows, good or impossible; how many bars are taken, and what is told.
  @Test(
    arguments: [
      ([(1, true), (1, true)], 1, [.duplicate]),
      ([(1, false), (1, true)], 1, [.impossibleValue]),
      ([(1, true), (1, false)], 1, [.impossibleValue]),
      (
        [(1, false), (1, false), (1, true), (1, true)], 1,
        [
          .impossibleValue, .impossibleValue, .duplicate,
        ]
      ),
      ([(1, false), (2, true), (1, true), (1, true)], 2, [.impossibleValue, .duplicate]),
      ([(1, true), (2, true), (1, true)], 2, [.duplicate]),
    ] as [([(Int, Bool)], Int, [DataQuality.Issue])], [false, true])
  func `of each time the first bar that can be is taken`(
    rows: ([(Int, Bool)], Int, [DataQuality.Issue]), isSorted: Bool
  ) throws {
    let map = """
      kind = "bar"
      bar = "1d"
      time = 1
      open = 2
      high = 3
      low = 4
      close = 2
      sort = \(isSorted)
      """
    let text = rows.0.map { "2013-02-0\($0.0),5,\($0.1 ? "6,4" : "4,6")\n" }.joined()
    let result = try decoded(map, text)
    #expect(result.market.count == rows.1)
    #expect(result.issues.filter { $0 != .outOfOrder } == rows.2)
  }

  @Test func `a bar's stamp may be its start or its end`() throws {
    let map = "kind = \"bar\"\nbar = \"1m\"\ntime = 1\nopen = 2\nhigh = 2\nlow = 2\nclose = 2\n"
    let row = "2013-02-01 00:00,5\n2013-02-01 00:00,5\n"
    let start = try decoded(map, row)
    let end = try decoded(map + "stamp = \"end\"\n", row)
    #expect(start.batch.ticks[0].eventTime == Instant(nanoseconds: 1_359_676_860_000_000_000))
    #expect(end.batch.ticks[0].eventTime == Instant(nanoseconds: 1_359_676_800_000_000_000))
    #expect(start.issues == [.duplicate])
  }

  @Test func `mutated rows and maps never trap`() throws {
    var mutation = Mutation(seed: 17)
    let rows = [UInt8]("t,p,q,s\n2013-02-01 10:00:00.5,1.5,3,b\n2013-02-02,2,1,a\n".utf8)
    let trades = try map(Self.trades)
    for _ in 0..<2000 {
      _ = Decoded(CSVDecoder(map: trades, symbol: "X"), mutation.apply(to: rows))
      let text = mutation.apply(to: [UInt8](Self.trades.utf8))
      _ = try? ColumnMap(MapFile(text.span))
    }
  }

  /// Prices of 0 and less, by what the instrument is: how many rows are left out of three.
  @Test(
    arguments: [
      ("equity", 2), ("crypto", 2), ("forex", 2), ("index", 2), ("future", 0),
    ])
  func `whether a price of 0 or less can be is the instrument's kind's business`(
    kind: String, leftOut: Int
  ) throws {
    let time = "time = 1\ntime_format = \"unix_s\"\nclass = \"\(kind)\"\n"
    for (map, row) in [
      ("kind = \"trade\"\nprice = 2\nsize = 3\n", { "\($0),\($1),1" }),
      ("kind = \"quote\"\nbid = 2\nask = 2\n", { "\($0),\($1)" }),
      ("kind = \"bar\"\nbar = \"1s\"\nopen = 2\nhigh = 2\nlow = 2\nclose = 2\n", { "\($0),\($1)" }),
      ("kind = \"depth\"\nprice = 2\nsize = 3\nside = 4\n", { "\($0),\($1),1,b" }),
    ] as [(String, (Int, Int) -> String)] {
      let columns = try self.map(map + time)
      let rows = [(1, 5), (2, 0), (3, -1)].map { row($0.0, $0.1) }.joined(separator: "\n")
      let result = Decoded(
        CSVDecoder(map: columns, symbol: "X"), rows,
        registry: InstrumentRegistry(overrides: columns.overrides, isSurvey: true))
      #expect(result.error == nil)
      #expect(result.issues == [DataQuality.Issue](repeating: .impossibleValue, count: leftOut))
      #expect(result.market.count == 3 - leftOut)
    }
  }

  @Test func `quoted fields may hold delimiters, quotes and line feeds`() throws {
    let rows =
      "t,note,p,q,s\n2013-02-01,\"a, \"\"b\"\"\nand \"\"c\"\", d\",1.5,3,buy\n"
      + "2013-02-02,\"\",\"2\",1,sell\n2013-02-03,x,nothing,1,sell\n"
    for piece in [1, 7, 1000] {
      let result = Decoded(
        CSVDecoder(map: try map(Self.trades), symbol: "X"), [UInt8](rows.utf8), piece: piece)
      #expect(result.market.count == 2)
      // The row of two lines counts as two.
      #expect(result.error?.place == .line(5))
    }
    let open = try decoded(Self.trades, "t,note,p,q,s\n2013-02-01,\"a,1.5,3,buy\n")
    #expect(
      open.error?.description.hasPrefix("line 2: a quote that opens here does not end: ") == true)
  }
}
