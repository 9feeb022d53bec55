import Books
import Events
import Foundation
import Importing
import Testing

@Suite(.enabled(if: SharedData.isThere, "the shared data folder is absent"))
struct OracleTests {
  private static let lobster = SharedData.path("lobster-aapl")
  private static let tenLevels =
    lobster + "/first-999-rows/AAPL_2012-06-21_34200000_57600000_orderbook_10.csv"

  private func lobsterHour() throws -> Collected {
    var request = ImportRequest(
      format: .lobster,
      paths: [Self.lobster + "/AAPL_2012-06-21_34200000_37800000_message_50.csv"])
    request.bookPath = Self.tenLevels
    let (sink, counts) = try collect(request)
    #expect(counts[.orderAdd] == 44_256 + 19)
    #expect(counts[.orderDelete] == 41_004)
    #expect(counts[.orderExecute] == 4067)
    #expect(counts[.orderCancel] == 469)
    #expect(counts[.trade] == 4067 + 2201)
    #expect(sink.isInOrder)
    return sink
  }

  @Test func `every row of LOBSTER's ten-level book is met after its message`() throws {
    let messages = try rows(
      Self.lobster + "/first-999-rows/AAPL_2012-06-21_34200000_57600000_message_10.csv")
    let books = try rows(Self.tenLevels)
    let all = try rows(Self.lobster + "/AAPL_2012-06-21_34200000_37800000_message_50.csv")
    let sink = try lobsterHour()
    var book = OrderBook()
    var next = 0
    var matched = 0
    var line = 0
    for item in sink.items {
      guard case .market(let event) = item.observation else { continue }
      if case .order(let change) = event {
        _ = book.apply(change)
        if change.marks.contains(.snapshot) { continue }
      }
      // An execution is a trade and then an order change: one message.
      if case .trade = event, all[line].split(separator: ",")[1] == "4" { continue }
      defer { line += 1 }
      if next < messages.count, all[line] == messages[next] {
        if levels(book, 10) == books[next] { matched += 1 }
        next += 1
      }
    }
    #expect(next == 999)
    #expect(matched == 999)
  }

  @Test func `a message file with its own order book file has each row after its message`() throws {
    let path =
      Self.lobster + "/first-999-rows/AAPL_2012-06-21_34200000_57600000_message_10.csv"
    let (sink, counts) = try collect(ImportRequest(format: .lobster, paths: [path]))
    let books = try rows(Self.tenLevels)
    var book = OrderBook()
    var states: [String] = []
    for event in sink.market {
      guard case .order(let change) = event else { continue }
      _ = book.apply(change)
      guard change.marks.contains(.last), !change.marks.contains(.snapshot) else { continue }
      states.append(levels(book, 10))
    }
    // Hidden executions, 61, change nothing.
    #expect(states.count == 999 - 61)
    #expect(states.filter { !books.contains($0) }.isEmpty)
    var next = 0
    for row in books where next < states.count && states[next] == row { next += 1 }
    #expect(next == states.count)
    #expect(counts[.crossed] == 0)
  }

  @Test func `the best level of LOBSTER's hour runs like the recorded one`() throws {
    let recorded = try rows(
      Self.lobster + "/AAPL_2012-06-21_34200000_57600000_orderbook_1.csv")
    var expected: [String] = []
    for row in recorded where row != expected.last { expected.append(row) }
    var book = OrderBook()
    var states: [String] = []
    for event in try lobsterHour().market {
      guard case .order(let change) = event else { continue }
      _ = book.apply(change)
      guard change.marks.contains(.last), change.marks != [.last, .snapshot] else { continue }
      let state = levels(book, 1)
      if state != states.last { states.append(state) }
    }
    let same = zip(states, expected).prefix { $0 == $1 }.count
    #expect(same == 15_999)
    #expect(states.count == 23_439)
  }

  @Test func `the E-mini file ends in the published book`() throws {
    let (sink, counts) = try collect(
      ImportRequest(
        format: .dbn,
        paths: [
          SharedData.path("databento-es-mbo/esh4-glbx-mdp3-20231225.mbo.dbn.zst")
        ]))
    #expect(sink.isInOrder)
    let instrument = try #require(sink.instruments.first)
    #expect(instrument.symbol == "ESH4")
    #expect(instrument.venueName == "XCME")
    #expect(instrument.priceScale == 2)
    #expect(instrument.tickSize == Price(25))
    #expect(instrument.multiplier == 50_000_000_000)
    #expect(counts[.trade] == 2973)
    #expect(counts[.crossed] == 891)
    #expect(counts[.unknownOrder] == 0)
    var book = OrderBook()
    var ends = 0
    var contracts: Int64 = 0
    for event in sink.market {
      if case .trade(let trade) = event { contracts += trade.size.raw }
      guard case .order(let change) = event else { continue }
      let outcome = book.apply(change)
      #expect(outcome.isDisjoint(with: [.unknownOrder, .overExecuted, .impossible]))
      if change.marks.contains(.last) { ends += 1 }
    }
    #expect(contracts == 9892)
    #expect(ends == 47_022)
    #expect(book.levelCount(of: .buy) == 922)
    #expect(book.levelCount(of: .sell) == 565)
    #expect(book.orderCount == 11_217)
    #expect(levels(book, 3) == "481025,28,481000,22,481050,40,480975,47,481075,41,480950,50")
    #expect(sink.items.last?.event == Instant(nanoseconds: 1_703_548_799_446_821_072))
  }

  @Test func `both E-mini files together end in the same book`() throws {
    let (sink, _) = try collect(
      ImportRequest(format: .dbn, paths: [SharedData.path("databento-es-mbo")]))
    var book = OrderBook()
    for case .order(let change) in sink.market { _ = book.apply(change) }
    #expect(book.levelCount(of: .buy) == 922)
    #expect(book.levelCount(of: .sell) == 565)
    #expect(sink.instruments.count == 1)
  }

  /// The published comparison takes only best prices that were received before the diff and lie within
  /// it: 2,893 of 2,893 and 5,667 of 5,695. Taking all best prices, also those received late, every
  /// diff of both files agrees.
  @Test(arguments: [("spot", 3449), ("usdm", 6547)])
  func `Binance depth meets the best prices after every diff`(market: String, all: Int) throws {
    let (sink, counts) = try collect(
      ImportRequest(
        format: .binance, paths: [SharedData.path("binance-ws/\(market)/btcusdt_20240808.gz")]))
    #expect(sink.isInOrder)
    #expect(counts[.gap] == 0)
    #expect(counts[.trade] == (market == "spot" ? 9757 : 21_313))
    #expect(counts[.quote] == (market == "spot" ? 28_040 : 66_089))
    let instrument = try #require(sink.instruments.first)
    #expect(instrument.priceScale == (market == "spot" ? 2 : 1))
    #expect(instrument.quantityScale == (market == "spot" ? 6 : 3))
    let result = try comparison(sink, market: market)
    #expect(result.compared == all)
    #expect(result.matched == all)
  }

  /// The best prices after each diff against those of the last bookTicker not above the diff's `u`.
  private func comparison(_ sink: Collected, market: String) throws -> (matched: Int, compared: Int)
  {
    let lines = try rows(SharedData.path("binance-ws/\(market)/btcusdt_20240808.gz"))
    var tickers: [(id: Int, bid: Double, ask: Double)] = []
    var diffs: [(id: Int, time: Int)] = []
    for line in lines {
      // All that is needed stands at the front of a line.
      let head = String(decoding: line.utf8.prefix(300), as: UTF8.self)
      guard let id = Self.value(of: "u", in: head).flatMap({ Int($0) }) else { continue }
      if head.contains("@bookTicker") {
        let bid = try #require(Self.value(of: "b", in: head).flatMap { Double($0) })
        let ask = try #require(Self.value(of: "a", in: head).flatMap { Double($0) })
        tickers.append((id, bid, ask))
      } else {
        diffs.append((id, try #require(Self.value(of: "E", in: head).flatMap { Int($0) })))
      }
    }
    let instrument = try #require(sink.instruments.first)
    let scale = pow(10.0, Double(instrument.priceScale))
    var book = DepthBook()
    var (matched, compared, diff, ticker) = (0, 0, 0, -1)
    for item in sink.items {
      guard case .market(.depth(let change)) = item.observation else { continue }
      _ = book.apply(change)
      guard change.marks.contains(.last), !change.marks.contains(.snapshot) else { continue }
      let time = Int(item.event.nanoseconds / 1_000_000)
      while diff < diffs.count, diffs[diff].time != time { diff += 1 }
      guard diff < diffs.count else { break }
      while ticker + 1 < tickers.count, tickers[ticker + 1].id <= diffs[diff].id { ticker += 1 }
      diff += 1
      guard ticker >= 0 else { continue }
      compared += 1
      let best = book.best(of: instrument.id)
      let isSame =
        best.bid.raw == Int64((tickers[ticker].bid * scale).rounded())
        && best.ask.raw == Int64((tickers[ticker].ask * scale).rounded())
      if isSame { matched += 1 }
    }
    return (matched, compared)
  }

  private static func value(of key: String, in line: String) -> Substring? {
    guard let start = line.range(of: "\"\(key)\":") else { return nil }
    return line[start.upperBound...].drop { $0 == "\"" }.prefix { $0 != "," && $0 != "\"" }
  }

  private func levels(_ book: OrderBook, _ depth: Int) -> String {
    (0..<depth).map { level in
      let ask = book.level(level, of: .sell)
      let bid = book.level(level, of: .buy)
      return "\(ask?.price.raw ?? 9_999_999_999),\(ask?.size.raw ?? 0),"
        + "\(bid?.price.raw ?? -9_999_999_999),\(bid?.size.raw ?? 0)"
    }.joined(separator: ",")
  }

  private func rows(_ path: String) throws -> [String] {
    guard path.hasSuffix(".gz") else {
      return Self.lines(try Data(contentsOf: URL(fileURLWithPath: path)))
    }
    return Self.lines(try SharedData.unzipped(path))
  }

  private static func lines(_ data: Data) -> [String] {
    [UInt8](data).split { $0 == 0x0A || $0 == 0x0D }.map { String(decoding: $0, as: UTF8.self) }
  }
}
