import Events
import Importing
import Testing

/// Whose books DBN files tell of: contracts that follow each other, and publishers beside each other.
struct DBNBookTests {
  private func failure(_ files: [[UInt8]]) -> ImportError? {
    do {
      _ = try importedDBN(files)
      return nil
    } catch {
      return error as? ImportError
    }
  }

  /// Two orders a side of a contract's book.
  private func book(_ number: UInt32, _ price: Int64, day: UInt64) -> [UInt8] {
    let time = DBNBytes.time + day * DBNBytes.day
    let id = UInt64(number) * 10
    return DBNBytes.order("A", "B", id, price, number: number, at: time)
      + DBNBytes.order("A", "A", id + 1, price + 250_000_000, number: number, at: time)
  }

  /// What happens to books, one letter an event.
  private func letters(_ sink: Collected) -> String {
    sink.items.map { item in
      switch item.observation {
      case .market(.order(let change)): change.action == .clear ? "c" : "o"
      case .market(.depth(let change)): change.action == .clear ? "c" : "d"
      case .market(.trade): "t"
      case .dataQuality(let quality): quality.issue == .gap ? "g" : "q"
      default: ""
      }
    }.joined()
  }

  /// Symbols, whether their contract changes, and what comes of it.
  @Test(
    arguments: [
      ("ES.c.0", "oogcoo"), ("CL.v.1", "oogcoo"), ("ES.FUT", "oogcoo"),
      // Numbers of shares and of single contracts are the venue's business.
      ("ESH4", "oooo"),
    ], [false, true])
  func `a continuous symbol's new contract begins an empty book`(
    said: (symbol: String, events: String), isInTwoFiles: Bool
  ) throws {
    let mapping = DBNBytes.Mapping(said.symbol, [(1, 3, 5), (3, 31, 7)])
    let first = book(5, 4_800_000_000_000, day: 0)
    let second = book(7, 4_900_000_000_000, day: 1)
    let files =
      isInTwoFiles
      ? [DBNBytes.file(second, [mapping]), DBNBytes.file(first, [mapping])]
      : [DBNBytes.file(first + second, [mapping])]
    let (sink, counts) = try importedDBN(files)
    #expect(letters(sink).filter { $0 != "q" } == said.events)
    guard said.events.contains("g") else { return }
    #expect(counts[.gap] == 1)
    #expect(sink.qualities[0].detail.contains("is contract #7 from here on, before #5"))
    #expect(counts[.crossed] == 0)
  }

  @Test func `a contract that comes back begins an empty book again`() throws {
    let mapping = DBNBytes.Mapping("ES.v.0", [(1, 3, 5), (3, 4, 7), (4, 31, 5)])
    let bytes =
      book(5, 4_800_000_000_000, day: 0) + book(7, 4_900_000_000_000, day: 1)
      + book(5, 4_800_000_000_000, day: 2)
    #expect(letters(try importedDBN([DBNBytes.file(bytes, [mapping])]).sink) == "oogcoogcoo")
  }

  @Test func `a change of contract is told of trades too`() throws {
    let mapping = DBNBytes.Mapping("ES.c.0", [(1, 3, 5), (3, 31, 7)])
    let bytes =
      DBNBytes.trade(4_800_000_000_000, number: 5)
      + DBNBytes.trade(4_900_000_000_000, number: 7, at: DBNBytes.time + DBNBytes.day)
    #expect(letters(try importedDBN([DBNBytes.file(bytes, [mapping], schema: 4)]).sink) == "tgt")
  }

  @Test func `contracts of a parent symbol at the same time are instruments of their own`() throws {
    let mapping = DBNBytes.Mapping("ES.FUT", [(1, 31, 5), (1, 31, 7)])
    let records = DBNBytes.file(
      book(5, 4_800_000_000_000, day: 0) + book(7, 4_900_000_000_000, day: 0), [mapping])
    let alone = try importedDBN([records])
    #expect(alone.sink.instruments.map(\.symbol) == ["ES.FUT#5", "ES.FUT#7"])
    #expect(alone.sink.instruments.allSatisfy { $0.multiplier == 50_000_000_000 })
    #expect(letters(alone.sink) == "oooo")
    let definitions = DBNBytes.file(
      [DBNBytes.Definition(symbol: "ESH4", number: 5), .init(symbol: "ESM4", number: 7)]
        .flatMap { DBNBytes.definition($0) }, [], schema: 9)
    #expect(
      try importedDBN([records, definitions]).sink.instruments.map(\.symbol) == ["ESH4", "ESM4"])
  }

  /// Publishers of the records of a symbol, and the venues that come of them.
  @Test(
    arguments: [
      ("DBEQ.BASIC", [39, 39], ["DBEQ"]), ("DBEQ.BASIC", [39, 40], ["XCHI", "XCIS"]),
      ("DBEQ.BASIC", [40, 39, 41, 42, 40], ["XCIS", "XCHI", "IEXG", "EPRL"]),
      ("EQUS.PLUS", [52, 900], ["XNAS", "P900"]), ("XNAS.ITCH", [2, 2], ["XNAS"]),
      ("IFEU.IMPACT", [57, 84], ["IFEU", "XOFF"]), ("NEW.FEED", [500, 501], ["P500", "P501"]),
      ("NEW.FEED", [500, 500], ["NEW"]),
    ] as [(String, [UInt16], [String])], [false, true])
  func `each publisher has its own instrument where there are several`(
    said: (dataset: String, publishers: [UInt16], venues: [String]), isInFiles: Bool
  ) throws {
    let records = said.publishers.enumerated().map { index, publisher in
      DBNBytes.trade(
        10_000_000_000, number: 5, at: DBNBytes.time + UInt64(index) * 1000, publisher: publisher)
    }
    let files = isInFiles ? records : [Array(records.joined())]
    let (sink, counts) = try importedDBN(
      files.map { DBNBytes.file($0, [.init("AAA", 5)], schema: 4, dataset: said.dataset) })
    #expect(sink.instruments.map(\.venueName) == said.venues)
    #expect(counts[.trade] == UInt64(said.publishers.count))
  }

  @Test func `quotes and orders of two publishers are books of their own`() throws {
    let records = [39, 40, 39, 40].enumerated().map { index, publisher in
      DBNBytes.quote(
        10_000_000_000 + Int64(publisher - 39) * 20_000_000, 10_050_000_000, number: 5,
        at: DBNBytes.time + UInt64(index), publisher: UInt16(publisher))
    }
    let quotes = DBNBytes.file(
      Array(records.joined()), [.init("AAA", 5)], schema: 1, dataset: "DBEQ.BASIC")
    let bids = try importedDBN([quotes]).sink.market.map { event -> String in
      guard case .quote(let quote) = event else { return "?" }
      return "\(quote.instrument.index) \(quote.bid.raw)"
    }
    #expect(bids == ["0 100000", "1 100200", "0 100000", "1 100200"])
    let orders = DBNBytes.file(
      DBNBytes.order("A", "B", 1, 10_000_000_000, number: 5, publisher: 39)
        + DBNBytes.order("A", "A", 1, 10_500_000_000, number: 5, publisher: 40)
        + DBNBytes.order("C", "B", 1, 10_000_000_000, number: 5, publisher: 39),
      [.init("AAA", 5)], dataset: "DBEQ.BASIC")
    let (sink, counts) = try importedDBN([orders])
    #expect(sink.market.map(\.instrument.index) == [0, 1, 0])
    #expect(counts.byIssue.allSatisfy { $0 == 0 })
  }

  @Test func `best prices of all publishers together are one instrument of the data set`() throws {
    let records = [39, 40, 59].flatMap {
      DBNBytes.quote(10_000_000_000, 10_050_000_000, number: 5, publisher: $0, type: 0xB1)
    }
    let bytes = DBNBytes.file(records, [.init("AAA", 5)], schema: 14, dataset: "DBEQ.BASIC")
    #expect(try importedDBN([bytes]).sink.instruments.map(\.venueName) == ["DBEQ"])
  }

  @Test func `a second publisher where there is one is an error that names both`() {
    let bytes = DBNBytes.file(
      DBNBytes.trade(10_000_000_000, number: 5, publisher: 2)
        + DBNBytes.trade(10_000_000_000, number: 5, publisher: 39),
      [.init("AAA", 5)], schema: 4, dataset: "XNAS.ITCH")
    let text = failure([bytes])?.description ?? ""
    #expect(text.contains("publisher 39 (XCHI) behind those of publisher 2 (XNAS)"), "\(text)")
  }

  /// Actions and sides, and what is wrong with them.
  @Test(
    arguments: [
      ("T", "B", nil), ("T", "N", nil), ("T", "A", nil), ("Z", "B", "action 90 is none of"),
      ("t", "B", "action 116"), ("T", "Q", "side 81 is none of"), ("T", "b", "side 98"),
    ] as [(Character, Character, String?)])
  func `unknown actions and sides are malformed`(
    action: Character, side: Character, wrong: String?
  ) {
    let trade = DBNBytes.file(
      DBNBytes.trade(4_800_000_000_000, number: 5, action: action, side: side), [.init("ESH4", 5)],
      schema: 4)
    let order = DBNBytes.file(
      DBNBytes.order(action, side, 0, 4_800_000_000_000, number: 5), [.init("ESH4", 5)])
    for bytes in [trade, order] {
      guard let wrong else {
        #expect(failure([bytes]) == nil)
        continue
      }
      #expect(failure([bytes])?.isDataError == true)
      #expect(failure([bytes])?.description.contains(wrong) == true)
    }
  }

  @Test func `a price with more digits than a share's says what to do, and a map does it`() throws {
    let bytes = DBNBytes.file(
      DBNBytes.trade(20_000_010_000, number: 5, publisher: 2), [.init("AAA", 5)], schema: 4,
      dataset: "XNAS.ITCH")
    let text = failure([bytes])?.description ?? ""
    #expect(text.contains("has 5 digits behind the point, the instrument's price scale is 4"))
    #expect(text.contains("Give `price_scale = 5` in a --map"), "\(text)")
    #expect(
      try importedDBN([bytes], map: "price_scale = 5\n").sink.market.count == 1)
  }

  /// Receive times in hours behind the event's, where events are a minute apart; what they become.
  @Test(
    arguments: [
      ([0, 1, 0], 128, .max, [0, 1, 1], [.outOfOrder]),
      ([0, 23, 0], 128, .max, [0, 23, 23], [.outOfOrder]),
      ([0, 25, 0], 128, .max, [0, 0, 0], [.impossibleValue]),
      ([0, 90_000, 0, 90_000], 128, .max, [0, 0, 0, 0], [.impossibleValue, .impossibleValue]),
      // Orders of a snapshot may be days old, and so is what came before the first record.
      ([0, 48, 48], 32, .max, [0, 48, 48], []), ([48, 48], 128, .max, [48, 48], []),
      // The end that was asked for tells of the first one too.
      ([90_000, 0], 128, 2, [0, 0], [.impossibleValue]),
    ] as [([Int], UInt8, UInt64, [Int], [DataQuality.Issue])])
  func `a receive time days too late holds up nothing`(
    hours: [Int], flags: UInt8, days: UInt64, received: [Int], issues: [DataQuality.Issue]
  ) throws {
    let hour: UInt64 = 3_600_000_000_000
    let records = hours.enumerated().flatMap { index, delay in
      let time = DBNBytes.time + UInt64(index)
      return DBNBytes.order(
        "A", "B", UInt64(index + 1), 4_800_000_000_000, number: 5, at: time,
        received: time + UInt64(delay) * hour, flags: flags)
    }
    let end = days == .max ? UInt64.max : DBNBytes.time + days * DBNBytes.day
    let (sink, counts) = try importedDBN([DBNBytes.file(records, [.init("ESH4", 5)], end: end)])
    let orders = sink.items.filter { if case .market = $0.observation { true } else { false } }
    #expect(
      orders.map { Int(($0.receive.nanoseconds - Int64(DBNBytes.time)) / Int64(hour)) } == received)
    #expect(sink.qualities.map(\.issue) == issues)
    #expect(counts[.orderAdd] == UInt64(hours.count))
  }

  @Test func `a bar that comes twice is taken once`() throws {
    let bytes = DBNBytes.file(
      DBNBytes.bar(4_800_000_000_000, number: 5) + DBNBytes.bar(4_810_000_000_000, number: 5),
      [.init("ESH4", 5)], schema: 6)
    let (_, counts) = try importedDBN([bytes])
    #expect(counts[.bar] == 1)
    #expect(counts[.duplicate] == 1)
  }
}
