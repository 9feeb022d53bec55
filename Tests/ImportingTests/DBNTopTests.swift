import Books
import Events
import Importing
import Testing

/// MBO records that tell the best price of a side (F_TOB) or a price level (F_MBP), no order.
struct DBNTopTests {
  private static let top: UInt8 = 64 + 128
  private static let level: UInt8 = 16 + 128
  private static let none = Int64.max

  /// One record: action, side, order id, price in whole units or none, size.
  typealias Row = (
    action: Character, side: Character, id: UInt64, price: Int64?, size: UInt64
  )

  private func file(_ rows: [Row], flags: UInt8) -> [UInt8] {
    let records = rows.enumerated().flatMap { index, row in
      DBNBytes.order(
        row.action, row.side, row.id, row.price.map { $0 * 1_000_000_000 } ?? Self.none, number: 5,
        at: DBNBytes.time + UInt64(index), publisher: 2, flags: flags, size: row.size)
    }
    return DBNBytes.file(records, [.init("AAA", 5)], dataset: "XNAS.ITCH")
  }

  /// The book of what was imported, as `bid x size / ask x size`.
  private func book(_ market: [MarketEvent]) -> String {
    var book = MarketBook(InstrumentID(0))
    for event in market { _ = book.apply(event) }
    func text(_ price: Price, _ size: Quantity) -> String {
      price.isNone ? "none" : "\(price.raw / 10_000) x \(size.raw)"
    }
    let best = book.best
    return "\(text(best.bid, best.bidSize)) / \(text(best.ask, best.askSize))"
  }

  /// Records and the book behind them.
  @Test(
    arguments: [
      ([("A", "B", 0, 25, 10)], "25 x 10 / none"),
      ([("A", "B", 0, 25, 10), ("A", "A", 0, 26, 11)], "25 x 10 / 26 x 11"),
      ([("A", "B", 0, 25, 10), ("A", "A", 0, 26, 11), ("A", "B", 0, 24, 12)], "24 x 12 / 26 x 11"),
      ([("A", "B", 0, 25, 10), ("A", "B", 0, 25, 12), ("A", "B", 0, 25, 7)], "25 x 7 / none"),
      (
        [
          ("A", "B", 1, 25, 10), ("A", "A", 2, 26, 11), ("A", "B", 3, 24, 12),
          ("A", "A", 4, nil, 0),
        ],
        "24 x 12 / none"
      ),
      ([("A", "B", 0, 25, 10), ("A", "B", 0, 25, 0)], "none / none"),
      ([("A", "B", 0, 25, 10), ("A", "B", 0, nil, 0), ("A", "B", 0, 25, 3)], "25 x 3 / none"),
      ([("A", "A", 0, nil, 0)], "none / none"),
      ([("A", "B", 0, 25, 10), ("M", "B", 0, 24, 8)], "24 x 8 / none"),
      ([("A", "B", 0, 25, 10), ("C", "B", 0, 25, 4)], "25 x 6 / none"),
      ([("A", "B", 0, 25, 10), ("C", "B", 0, 25, 4), ("A", "B", 0, 25, 9)], "25 x 9 / none"),
      ([("A", "B", 0, 25, 10), ("C", "B", 0, 25, 10), ("A", "B", 0, 25, 9)], "25 x 9 / none"),
      ([("A", "B", 0, 25, 10), ("A", "A", 0, 26, 11), ("R", "N", 0, nil, 0)], "none / none"),
      ([("A", "B", 0, 25, 10), ("R", "N", 0, nil, 0), ("A", "B", 0, 25, 2)], "25 x 2 / none"),
      ([("R", "N", 0, nil, 0), ("A", "B", 0, 25, 10), ("T", "A", 0, 25, 4)], "25 x 10 / none"),
    ] as [([Row], String)])
  func `the best price of a side takes the place of what was there`(
    said: (rows: [Row], book: String)
  ) throws {
    let (sink, counts) = try importedDBN([file(said.rows, flags: Self.top)])
    #expect(book(sink.market) == said.book)
    #expect(counts.byIssue.allSatisfy { $0 == 0 })
    // Nobody sees half of a record.
    let ends = sink.market.compactMap { event -> Bool? in
      guard case .order(let change) = event else { return nil }
      return change.marks.contains(.last)
    }
    #expect(ends.last == true)
    #expect(ends.count { $0 } == said.rows.count { $0.action != "T" })
  }

  @Test func `a best price without a side is counted`() throws {
    let (sink, counts) = try importedDBN([file([("A", "N", 0, 25, 10)], flags: Self.top)])
    #expect(sink.market.isEmpty)
    #expect(sink.qualities.map(\.issue) == [.impossibleValue])
    #expect(sink.qualities[0].detail.hasSuffix("a best price without a side; left out"))
    #expect(counts[.impossibleValue] == 1)
  }

  @Test func `what one file left of a side is gone with the next one's best price`() throws {
    let first = file([("A", "B", 0, 25, 10), ("A", "A", 0, 26, 11)], flags: Self.top)
    let second = file(
      [("A", "B", 0, 24, 1), ("A", "B", 0, 24, 12), ("A", "B", 0, 23, 5)], flags: Self.top)
    #expect(book(try importedDBN([first, second]).sink.market) == "23 x 5 / 26 x 11")
  }

  @Test func `a price level without an id is left out, one with an id is an order`() throws {
    let (sink, counts) = try importedDBN([
      file([("A", "B", 0, 25, 10), ("A", "A", 0, 26, 11)], flags: Self.level),
      file([("A", "B", 7, 24, 3)], flags: Self.level),
    ])
    #expect(book(sink.market) == "24 x 3 / none")
    #expect(counts.byIssue.allSatisfy { $0 == 0 })
    let reason = "price level in an MBO record (F_MBP) without an order's id"
    #expect(counts.skipped.items.map(\.reason) == [reason])
    #expect(counts.skipped.items.map(\.count) == [2])
  }
}
