import Events
import Foundation
import Importing
import Testing

/// A directory that is removed at the end.
final class Scratch {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "daybook-import-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file and returns its path.
  func write(_ name: String, _ text: String) throws -> String {
    let full = "\(path)/\(name)"
    try text.write(toFile: full, atomically: true, encoding: .utf8)
    return full
  }
}

@Suite(.enabled(if: SharedData.isThere, "the shared data folder is absent"))
struct CSVTests {
  private func run(_ map: String, _ files: [String]) throws -> (Collected, ImportCounts) {
    let scratch = try Scratch()
    var request = ImportRequest(format: .csv, paths: files.map(SharedData.path))
    request.mapPaths = [try scratch.write("map.toml", map)]
    return try collect(request)
  }

  private static let bars = """
    kind = "bar"
    bar = "1m"
    open = "open"
    high = "high"
    low = "low"
    close = "close"

    """

  @Test func `a week of minute bars, newest first, is put in order`() throws {
    let map =
      Self.bars + """
        time = "datetime"
        timezone = "new_york"
        stamp = "end"
        volume = "volume"
        sort = true
        venue = "USA"
        """
    let (sink, counts) = try run(
      map, ["equity-minute-week/SPY_1min.csv", "equity-minute-week/AAPL_1min.csv"])
    #expect(counts[.bar] == 1950 + 1948)
    #expect(counts.byIssue.allSatisfy { $0 == 0 })
    #expect(sink.isInOrder)
    #expect(sink.instruments.map(\.symbol).sorted() == ["AAPL_1min", "SPY_1min"])
    // 2019-02-11 09:31 in New York.
    #expect(
      sink.items.first { if case .market = $0.observation { true } else { false } }?.event
        == Instant(nanoseconds: 1_549_895_460_000_000_000))
  }

  @Test func `a month of bids and asks in UTC`() throws {
    for (side, file) in [("bids", "bid"), ("asks", "ask")] {
      let map =
        Self.bars + """
          time = "timestamp"
          prices = "\(side)"
          symbol = "USDJPY"
          class = "forex"
          base = "USD"
          currency = "JPY"
          """
      let (sink, counts) = try run(map, ["fx-minute-usdjpy/fxcm/usdjpy-m1-\(file)-2013.csv"])
      #expect(counts[.bar] == 28_761)
      #expect(sink.instruments.first?.priceScale == 3)
      #expect(sink.instruments.first?.quantityScale == 0)
      #expect(sink.instruments.first?.currency == "JPY")
    }
  }

  @Test func `ticks with bid and ask`() throws {
    let map = """
      kind = "quote"
      time = "timestamp"
      bid = "bid"
      ask = "ask"
      symbol = "USDJPY"
      """
    let (_, counts) = try run(map, ["fx-minute-usdjpy/truefx/usdjpy-ticks.csv"])
    #expect(counts[.quote] == 1000)
  }

  @Test func `trades by column number and unix seconds`() throws {
    let map = """
      kind = "trade"
      time = 1
      time_format = "unix_s"
      price = 2
      size = 3
      symbol = "BTCUSD"
      """
    let (sink, counts) = try run(map, ["pyalgotrade/bitstampUSD.csv"])
    #expect(counts[.trade] == 9998)
    // One trade has size 0.
    #expect(counts[.impossibleValue] == 1)
    #expect(sink.items[1].event == Instant(nanoseconds: 1_315_922_016_000_000_000))
  }

  @Test func `semicolons and compact times`() throws {
    let map = """
      kind = "bar"
      bar = "1m"
      stamp = "end"
      delimiter = ";"
      time = 1
      time_format = "YYYYMMDD HHMMSS"
      open = 2
      high = 3
      low = 4
      close = 5
      volume = 6
      symbol = "SPY"
      """
    let (_, counts) = try run(map, ["pyalgotrade/nt-spy-minute-2011.csv"])
    #expect(counts[.bar] == 14_180)
  }

  @Test(arguments: [
    ("orcl-2000-yahoofinance.csv", "Close", 252), ("sharpe-ratio-test-ige.csv", "Adj Close", 1504),
    ("sharpe-ratio-test-spy.csv", "Adj Close", 1504),
  ])
  func `daily files of Yahoo`(file: String, column: String, rows: UInt64) throws {
    let map = """
      kind = "bar"
      bar = "1d"
      time = "Date"
      open = "\(column)"
      high = "\(column)"
      low = "\(column)"
      close = "\(column)"
      sort = true
      symbol = "X"
      """
    let (sink, counts) = try run(map, ["pyalgotrade/\(file)"])
    #expect(counts[.bar] == rows)
    #expect(sink.isInOrder)
  }
}
