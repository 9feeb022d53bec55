import Events
import Testing

@testable import Venues

struct LobsterDecoderTests {
  private static let date = CivilDate(year: 2012, month: 6, day: 21)

  private func decoder(_ levels: [LobsterLevel] = []) -> LobsterDecoder {
    LobsterDecoder(symbol: "AAPL", date: Self.date, startingLevels: levels)
  }

  @Test func `each type of event becomes what it is`() {
    let lines = """
      34200.004241176,1,16113575,18,5853300,1
      34200.1,2,16113575,8,5853300,1
      34200.2,4,16113575,5,5853300,1
      34200.3,3,16113575,5,5853300,1
      34200.4,5,0,100,5860000,-1
      34200.5,6,-1,300,5860000,1
      34200.6,7,0,0,-1,-1
      34200.7,7,0,0,0,-1
      34200.8,7,0,0,1,-1
      """
    let decoded = Decoded(decoder(), lines)
    #expect(decoded.error == nil)
    let id = InstrumentID(0)
    func change(_ action: OrderChange.Action, _ size: Int64) -> MarketEvent {
      .order(
        OrderChange(
          instrument: id, action: action, side: .buy, order: 16_113_575, price: Price(5_853_300),
          size: Quantity(size)))
    }
    func trade(_ price: Int64, _ size: Int64, _ side: Side) -> MarketEvent {
      .trade(Trade(instrument: id, price: Price(price), size: Quantity(size), side: side))
    }
    #expect(
      decoded.market == [
        change(.add, 18), change(.cancel, 8), trade(5_853_300, 5, .sell), change(.execute, 5),
        change(.delete, 5), trade(5_860_000, 100, .buy),
        .status(StatusChange(instrument: id, status: .halted)),
        .status(StatusChange(instrument: id, status: .quoteOnly)),
        .status(StatusChange(instrument: id, status: .trading)),
      ])
    // A cross sums up executions that have their own lines.
    #expect(decoded.batch.skipped.items.map(\.count) == [1])
    // 09:30 in New York in summer is 13:30 UTC.
    #expect(decoded.batch.ticks[0].eventTime == Instant(nanoseconds: 1_340_285_400_004_241_176))
    let instrument = decoded.registry.instruments[0]
    #expect(instrument.venueName == "XNAS")
    #expect(instrument.priceScale == 4)
    #expect(instrument.tickSize == Price(100))
  }

  @Test(arguments: ["-1", "-2", "-3", "-4", "-7", "0", "16113575"])
  func `a cross is counted and no trade, whatever its id`(id: String) {
    let decoded = Decoded(decoder(), "34200,6,\(id),300,5860000,-1\n34201,1,7,18,5853300,1\n")
    #expect(decoded.error == nil)
    #expect(decoded.market.count == 1)
    #expect(decoded.issues.isEmpty)
    #expect(decoded.batch.skipped.items.map(\.reason) == ["cross, whose executions are told"])
  }

  @Test(arguments: ["x", "-", "", "--1", "-1.5"])
  func `a cross with an id that is no number stops the import`(id: String) {
    #expect(Decoded(decoder(), "34200,6,\(id),300,5860000,-1\n").error?.place == .line(1))
  }

  /// Since 14 July 2014 NASDAQ calls every hidden order a buy.
  @Test(arguments: [
    (2014, 7, 11, 1, Side.sell), (2014, 7, 11, -1, .buy), (2014, 7, 14, 1, .none),
    (2024, 3, 8, 1, .none), (2024, 3, 8, -1, .none),
  ])
  func `who took a hidden order is known until 2014`(
    year: Int, month: Int, day: Int, direction: Int, aggressor: Side
  ) {
    let decoder = LobsterDecoder(
      symbol: "AAPL", date: CivilDate(year: year, month: month, day: day))
    let decoded = Decoded(
      decoder,
      "34200,5,0,300,5860000,\(direction)\n34200,1,7,18,5853300,1\n34201,4,7,18,5853300,1\n")
    let sides = decoded.market.compactMap { event -> Side? in
      if case .trade(let trade) = event { trade.side } else { nil }
    }
    #expect(sides == [aggressor, .sell])
  }

  @Test func `starting levels are those before the first message`() {
    let levels = [
      LobsterLevel(side: .sell, price: 5_859_400, size: 200),
      LobsterLevel(side: .buy, price: 5_853_300, size: 18),
      LobsterLevel(side: .buy, price: 5_853_000, size: 150),
    ]
    let decoded = Decoded(decoder(levels), "34200,1,7,18,5853300,1")
    let orders = decoded.market.compactMap { event -> OrderChange? in
      if case .order(let change) = event { change } else { nil }
    }
    #expect(orders.map(\.order) == [0, 0, 7])
    #expect(orders.map(\.size.raw) == [200, 150, 18])
    #expect(orders.map(\.marks) == [.snapshot, [.snapshot, .last], .last])
  }

  @Test(arguments: [
    ("34200,1,7,18,5853300", "fewer than 6 columns"),
    ("x,1,7,18,5853300,1", "time “x” is not seconds after midnight"),
    ("-1,1,7,18,5853300,1", "time “-1” is not seconds after midnight"),
    ("34200,8,7,18,5853300,1", "type “8” is not 1 to 7"),
    ("34200,1,-7,18,5853300,1", "order id “-7” is not a number"),
    ("34200,1,7,1.5,5853300,1", "size “1.5” is not a number"),
    ("34200,1,7,18,58533.5,1", "price “58533.5” is not a number"),
    ("34200,1,7,18,5853300,2", "direction “2” is not 1 or -1"), ("", "fewer than 6 columns"),
  ])
  func `a line that is none stops the import`(line: String, reason: String) {
    let decoded = Decoded(decoder(), "34200,1,6,18,5853300,1\n\(line)\n34200,1,8,1,5853300,1\n")
    #expect(decoded.error?.place == .line(2))
    if !line.isEmpty { #expect(decoded.error?.reason == reason) }
  }

  @Test func `impossible values are told and left out`() {
    let lines = """
      34200,1,1,0,5853300,1
      34200,1,2,18,0,1
      34200,1,3,18,9223372036854775807,1
      86400,1,5,18,5853300,1
      99999.1,4,5,18,5853300,1
      34199,1,4,18,5853300,1
      """
    let decoded = Decoded(decoder(), lines)
    let impossible = [DataQuality.Issue](repeating: .impossibleValue, count: 5)
    #expect(decoded.issues == impossible + [.outOfOrder])
    #expect(decoded.market.count == 1)
    // The receive time does not go back.
    #expect(decoded.batch.ticks.last?.receiveTime == decoded.batch.ticks.first?.receiveTime)
  }

  @Test(arguments: [
    ("AAPL_2012-06-21_34200000_57600000_message_10.csv", "AAPL", 10),
    ("BRK.B_2013-03-08_34200000_57600000_message_5.csv", "BRK.B", 5),
    ("BRK.B_2013-03-08_34200000_57600000_message_5.csv.gz", "BRK.B", 5),
    ("BF.B.X_2013-03-08_1_2_message_1.CSV.zst", "BF.B.X", 1),
    ("BRK.B_2013-03-08_1_2_message_5", "BRK.B", 5),
  ])
  func `a symbol may have dots`(name: String, symbol: String, levels: Int) throws {
    let found = try #require(LobsterFileName(name))
    #expect(found.symbol == symbol)
    #expect(found.levels == levels)
    let book = try #require(LobsterFileName(name.replacing("message", with: "orderbook")))
    #expect(book.isBook(of: found))
  }

  @Test(arguments: [
    "x.csv", "BRK.B_2013-03-08_1_2_message_5.pdf", "AAPL_2012-06-31_1_2_message_10.csv",
    "AAPL_2012-06-21_1_2_trade_10.csv",
  ])
  func `other file names tell nothing`(name: String) {
    #expect(LobsterFileName(name) == nil)
  }

  @Test(arguments: [
    ("AAPL_2012-06-21_1_2_orderbook_10.csv", true),
    ("AAPL_2012-06-21_1_2_orderbook_5.csv", false),
    ("AAPL_2012-06-21_1_3_orderbook_10.csv", false),
    ("AAPL_2012-06-22_1_2_orderbook_10.csv", false),
    ("AMZN_2012-06-21_1_2_orderbook_10.csv", false),
    ("AAPL_2012-06-21_1_2_message_10.csv", false),
  ])
  func `the book of a message file has its name but for the kind`(name: String, isBook: Bool) throws
  {
    let message = try #require(LobsterFileName("AAPL_2012-06-21_1_2_message_10.csv"))
    #expect(LobsterFileName(name)?.isBook(of: message) == isBook)
  }

  @Test(.enabled(if: SharedData.isThere, "the shared data folder is absent"))
  func `pieces do not matter and mutations never trap`() throws {
    let bytes = Array(
      try SharedData.bytes(
        "lobster-aapl/first-999-rows/AAPL_2012-06-21_34200000_57600000_message_10.csv"
      ).prefix(8000))
    let whole = Decoded(decoder(), Array(bytes[...(bytes.lastIndex(of: 0x0A) ?? 0)]))
    for piece in [1, 7, 4096] {
      let pieces = Decoded(
        decoder(), Array(bytes[...(bytes.lastIndex(of: 0x0A) ?? 0)]), piece: piece)
      #expect(pieces.market == whole.market)
    }
    var mutation = Mutation(seed: 1)
    var failed = 0
    for _ in 0..<300 {
      let decoded = Decoded(decoder(), mutation.apply(to: Array(bytes.prefix(1500))))
      if decoded.error != nil { failed += 1 }
    }
    #expect(failed > 0)
  }
}
