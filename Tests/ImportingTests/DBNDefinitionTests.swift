import Events
import Importing
import Testing

/// What instruments of DBN files are, by definitions and without.
struct DBNDefinitionTests {
  private static let billion: Int64 = 1_000_000_000

  private func failure(_ files: [[UInt8]], known: [Instrument] = []) -> String {
    do {
      _ = try importedDBN(files, known: known)
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  private func definitions(_ said: [DBNBytes.Definition], version: Int = 2) -> [UInt8] {
    DBNBytes.file(said.flatMap { DBNBytes.definition($0, version: version) }, [], schema: 9)
  }

  private func trades(_ symbol: String, _ number: UInt32, _ price: Int64 = 4_800_250_000_000)
    -> [UInt8]
  {
    DBNBytes.file(DBNBytes.trade(price, number: number), [.init(symbol, number)], schema: 4)
  }

  /// Symbols without a definition, their exchange and point value; nil where it is assumed to be 1.
  @Test(
    arguments: [
      ("ESH4", "XCME", 50), ("ES.c.0", "XCME", 50), ("NQ.v.1", "XCME", 20),
      ("CL.n.0", "XNYM", 1000),
      ("ES.FUT", "XCME", 50), ("ESH4-ESM4", "XCME", 50), ("ESH4 C4800", "XCME", 50),
      ("SR3H4", "XCME", 2500), ("ZCH4", "XCBT", 50), ("XYZH4", "XCME", nil),
      ("XYZ.c.0", "XCME", nil),
      ("CLH4-BZH4", "XCME", nil), ("UD:1V: GN 1", "XCME", nil),
    ] as [(String, String, Int64?)])
  func `without a definition the root tells the multiplier, else it is told as assumed`(
    symbol: String, venue: String, points: Int64?
  ) throws {
    let (sink, counts) = try importedDBN([trades(symbol, 5)])
    let instrument = try #require(sink.instruments.first)
    #expect(instrument.venueName == venue)
    #expect(instrument.multiplier == (points ?? 1) * Self.billion)
    #expect(counts.assumedMultipliers == (points == nil ? ["XCME:\(symbol)"] : []))
  }

  /// Symbols, prices × 10^9, and the tick and scale that come of them. Prices between the steps of a tick that
  /// was another over the years are neither rounded nor refused.
  @Test(
    arguments: [
      ("6AH4", [650_050_000, 650_100_000], 5, 5), ("6AH4", [650_100_000], 5, 5),
      ("6AH4", [650_010_000], 1, 5), ("ETHH4", [1_800_500_000_000], 5, 1),
      ("ETHH4", [1_800_500_000_000, 1_800_250_000_000], 1, 2),
      ("SR3H4", [95_002_500_000], 25, 4), ("SR3.c.0", [95_005_000_000], 25, 4),
      ("SILH4", [28_005_000_000], 5, 3), ("PAH4", [960_500_000_000], 5, 1),
      ("PAH4", [960_100_000_000], 1, 1), ("M6EH4", [1_080_100_000], 1, 4),
      ("ESH4", [4_800_100_000_000], 25, 2),
    ] as [(String, [Int64], Int64, UInt8)])
  func `a tick that was another shows in the prices`(
    symbol: String, prices: [Int64], tick: Int64, scale: UInt8
  ) throws {
    let records = prices.flatMap { DBNBytes.trade($0, number: 5) }
    let (sink, counts) = try importedDBN([
      DBNBytes.file(records, [.init(symbol, 5)], schema: 4)
    ])
    let instrument = try #require(sink.instruments.first)
    #expect(instrument.tickSize.raw == tick)
    #expect(instrument.priceScale == scale)
    let unit = (scale..<9).reduce(Int64(1)) { product, _ in product * 10 }
    let found = sink.market.compactMap { event -> Int64? in
      if case .trade(let trade) = event { trade.price.raw * unit } else { nil }
    }
    #expect(found == prices)
    #expect(counts.byIssue.allSatisfy { $0 == 0 })
  }

  /// Data sets, symbols, and their class, currency and last day.
  @Test(
    arguments: [
      ("XEUR.EOBI", "FDAX SI 20240315 CS", .future, "EUR", "2024-03-15"),
      ("XEUR.EOBI", "OESX SI 20240315 CS EU C 5000 0", .option, "EUR", "2024-03-15"),
      ("IFEU.IMPACT", "BRN  FMH0024!", .future, "USD", "1970-01-01"),
      ("NDEX.IMPACT", "TFM FMH0024!", .future, "EUR", "1970-01-01"),
    ] as [(String, String, InstrumentClass, String, String)])
  func `contracts of Eurex and ICE are what their names say, and told as assumed`(
    dataset: String, symbol: String, kind: InstrumentClass, currency: String, end: String
  ) throws {
    let file = DBNBytes.file(
      DBNBytes.trade(80_000_000_000, number: 5), [.init(symbol, 5)], schema: 4, dataset: dataset)
    let (sink, counts) = try importedDBN([file])
    let instrument = try #require(sink.instruments.first)
    #expect(instrument.kind == kind)
    #expect(instrument.currency == currency)
    #expect(instrument.expiry.text.hasPrefix(end))
    #expect(counts.assumedTerms == ["\(kind), in \(currency)"])
  }

  @Test
  func `futures of other data sets have no known roots, and a map says what a point is worth`()
    throws
  {
    let scratch = try Scratch()
    let bytes = DBNBytes.file(
      DBNBytes.trade(80_000_000_000, number: 5), [.init("ESH4", 5)], schema: 4,
      dataset: "IFEU.IMPACT")
    var request = ImportRequest(format: .dbn, paths: [try scratch.write("a.dbn", bytes)])
    #expect(try collect(request).counts.assumedMultipliers == ["IFEU:ESH4"])
    request.mapPaths = [try scratch.write("a.map", "multiplier = 10\n")]
    let (sink, counts) = try collect(request)
    #expect(counts.assumedMultipliers.isEmpty)
    #expect(sink.instruments.first?.multiplier == 10 * Self.billion)
  }

  /// Symbols, their definition's tick, what a tick is worth and the contract's size, all × 10^9 and 0 for
  /// none, and what a point is worth.
  @Test(
    arguments: [
      ("ESH4", 250_000_000, 12_500_000_000, 50_000_000_000, 50),
      // In cents: 5000 bushels, 40,000 pounds.
      ("ZCH4", 250_000_000, 12_500_000_000, 5_000_000_000_000, 50),
      ("QQH4", 250_000_000, 12_500_000_000, 5_000_000_000_000, 50),
      ("HEG4", 25_000_000, 10_000_000_000, 40_000_000_000_000, 400),
      ("ZBH4", 31_250_000, 31_250_000_000, 1_000_000_000_000, 1000),
      ("6JH4", 500, 6_250_000_000, 0, 12_500_000),
      ("QQH4", 250_000_000, 0, 70_000_000_000, 70),
      ("QQH4", 0, 12_500_000_000, 70_000_000_000, 70),
      // The root is known, so that a size in bushels is no guess.
      ("ZCH4", 250_000_000, 0, 5_000_000_000_000, 50),
      ("ESH4-ESM4", 50_000_000, 2_500_000_000, 0, 50),
      ("ESH4-ESM4", 50_000_000, 0, 0, 50),
    ] as [(String, UInt64, UInt64, UInt64, Int64)], 1...3)
  func `what a tick is worth tells the multiplier`(
    said: (String, UInt64, UInt64, UInt64, Int64), version: Int
  ) throws {
    let definition = DBNBytes.Definition(
      symbol: said.0, number: 5, tick: said.1, tickValue: said.2, size: said.3)
    let (sink, counts) = try importedDBN([definitions([definition], version: version)])
    #expect(sink.instruments.map(\.multiplier) == [said.4 * Self.billion])
    #expect(counts.assumedMultipliers.isEmpty)
  }

  @Test func `a definition that says no value leaves the multiplier assumed`() throws {
    let silent = DBNBytes.Definition(symbol: "QQH4", number: 5, tickValue: 0, size: 0)
    #expect(try importedDBN([definitions([silent])]).counts.assumedMultipliers == ["XCME:QQH4"])
  }

  @Test(arguments: 1...3)
  func `an option's definition gives its terms`(version: Int) throws {
    /// Class letter, classification, right, style, settlement.
    let cases: [(Character, String, OptionTerms.Right, OptionTerms.Style, OptionTerms.Settlement)] =
      [
        ("C", "OCAFPS", .call, .american, .physical), ("P", "OPEFCS", .put, .european, .cash),
        ("P", "", .put, .american, .physical),
      ]
    for (kind, letters, right, style, settlement) in cases {
      let definition = DBNBytes.Definition(
        symbol: "ESH4 X4800", number: 5, tick: 50_000_000, tickValue: 2_500_000_000, kind: kind,
        strike: 4_800_125_000_000, underlying: "ESH4", classification: letters)
      let found = try #require(
        try importedDBN([definitions([definition], version: version)]).sink.instruments.first)
      #expect(found.kind == .option)
      #expect(found.multiplier == 50 * Self.billion)
      #expect(found.priceScale == 3)
      #expect(found.expiry == Instant(nanoseconds: 1_710_509_400_000_000_000))
      #expect(
        found.option
          == OptionTerms(
            right, style: style, settlement: settlement, strike: Price(4_800_125),
            underlying: "XCME:ESH4"))
    }
  }

  @Test(arguments: [[0, 1], [1, 0]])
  func `a definition in any of the files counts for the instruments of all`(order: [Int]) throws {
    let later = DBNBytes.time + 3600 * 1_000_000_000
    let said = DBNBytes.Definition(
      symbol: "QQH4", number: 5, tick: 500_000_000, tickValue: 35_000_000_000, venue: "XCBT")
    let files = [
      DBNBytes.file(DBNBytes.definition(said, at: later), [], schema: 9),
      DBNBytes.file(
        DBNBytes.trade(10_500_000_000, number: 5) + DBNBytes.trade(11_000_000_000, number: 6),
        [.init("QQH4", 5), .init("QQ.c.0", [(1, 31, 6)])], schema: 4),
      DBNBytes.file(
        DBNBytes.trade(10_500_000_000, number: 5, at: later), [.init("QQ.v.0", 5)], schema: 4),
    ]
    let (sink, counts) = try importedDBN((order + [2]).map { files[$0] })
    func shown(_ symbol: String) -> String? {
      sink.instruments.first { $0.symbol == symbol }.map {
        "\($0.venueName) \($0.multiplier / Self.billion) \($0.text($0.tickSize)) \($0.expiry != .epoch)"
      }
    }
    #expect(shown("QQH4") == "XCBT 70 0.50 true")
    // Of the contract in front what all have in common; the other continuous one has none.
    #expect(shown("QQ.v.0") == "XCBT 70 0.50 false")
    #expect(counts.assumedMultipliers == ["XCME:QQ.c.0"])
    #expect(counts.newInstruments == 3)
  }

  @Test func `a file of several kinds of records may have its definitions at the end`() throws {
    let said = DBNBytes.Definition(symbol: "QQH4", number: 5, tickValue: 35_000_000_000)
    let bytes = DBNBytes.file(
      DBNBytes.trade(10_500_000_000, number: 5) + DBNBytes.definition(said), [.init("QQH4", 5)],
      schema: 0xFFFF)
    #expect(try importedDBN([bytes]).sink.instruments.map(\.multiplier) == [140 * Self.billion])
  }

  /// The journal's instrument, as an import without definitions made it.
  private func made(_ symbol: String, _ number: UInt32) throws -> [Instrument] {
    try importedDBN([trades(symbol, number)]).sink.instruments
  }

  @Test func `a definition that contradicts the journal says in what`() throws {
    let known = try made("QQH4", 5)
    var said = DBNBytes.Definition(symbol: "QQH4", number: 5)
    for files in [[definitions([said])], [definitions([said]), trades("QQH4", 5)]] {
      let text = failure(files, known: known)
      #expect(text.contains("the journal has XCME:QQH4 with multiplier 1, the definition says 50"))
      #expect(text.contains("tick_size 0.01, the definition says 0.25"), "\(text)")
      #expect(text.contains("import all files together with it into a new journal"))
    }
    // Of a continuous symbol the contract in front speaks.
    let front = try made("QQ.c.0", 5)
    #expect(
      failure([trades("QQ.c.0", 5), definitions([said])], known: front).contains(
        "has XCME:QQ.c.0 with multiplier 1, the definition says 50"))
    said.venue = "XCBT"
    #expect(
      failure([definitions([said])], known: known).contains(
        "with venue XCME, the definition says XCBT"))
  }

  @Test func `definitions that contradict each other are an error, and a new tick is counted`()
    throws
  {
    let said = DBNBytes.Definition(symbol: "QQH4", number: 5)
    var other = said
    other.tickValue = 25_000_000_000
    let text = failure([definitions([said, other])])
    #expect(text.contains("contradict each other"), "\(text)")
    #expect(text.contains("multiplier 50, the definition says 100"), "\(text)")
    other = said
    (other.tick, other.tickValue) = (500_000_000, 25_000_000_000)
    let (sink, counts) = try importedDBN([definitions([said, other, said])])
    #expect(sink.instruments.map(\.tickSize) == [Price(25)])
    #expect(counts.skipped.items.map(\.count) == [1])
  }

  @Test func `a definition that repeats the journal is fine`() throws {
    let said = DBNBytes.Definition(symbol: "QQH4", number: 5)
    let known = try importedDBN([definitions([said])]).sink.instruments
    let (sink, counts) = try importedDBN([definitions([said, said])], known: known)
    #expect(sink.items.isEmpty)
    #expect(counts.definitionsKnown == 2)
    // What an import without definitions could not know is counted, and stays unknown.
    let bare = try made("ESH4", 6)
    let later = try importedDBN(
      [definitions([DBNBytes.Definition(symbol: "ESH4", number: 6)])], known: bare)
    #expect(later.counts.definitionsKnown == 1)
    #expect(later.counts.skipped.items.map(\.count) == [1])
  }

  @Test func `what a definition told holds for later imports without it`() throws {
    let said = DBNBytes.Definition(symbol: "QQH4", number: 5, venue: "XCBT")
    let known = try importedDBN([definitions([said])]).sink.instruments
    let (sink, counts) = try importedDBN([trades("QQH4", 5)], known: known)
    #expect(counts.newInstruments == 0)
    #expect(counts.assumedMultipliers.isEmpty)
    #expect(sink.market.map(\.instrument) == [InstrumentID(0)])
  }
}
