import Events
import Foundation
import Testing

@testable import Books

/// Published books that come with the repository's shared data, not with the package itself.
enum SharedData {
  static let root =
    ProcessInfo.processInfo.environment["DAYBOOK_SHARED"].map { URL(filePath: $0) }
    ?? URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "shared")

  static let lobster = root.appending(path: "data/lobster-aapl")
  static let chicago = root.appending(
    path: "data/databento-es-mbo/esh4-glbx-mdp3-20231225.mbo.dbn.zst")

  static func exists(_ url: URL) -> Bool { FileManager.default.fileExists(atPath: url.path) }

  /// The comma-separated integers of each line; the first column may have a fraction, which is cut.
  static func rows(_ url: URL) throws -> [[Int64]] {
    try Data(contentsOf: url).split(separator: UInt8(ascii: "\n")).map { line in
      line.split(separator: UInt8(ascii: ",")).map { field in
        var value: Int64 = 0
        for byte in field where byte != UInt8(ascii: "-") {
          guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { break }
          value = value * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        return field.first == UInt8(ascii: "-") ? -value : value
      }
    }
  }
}

@Suite(
  .enabled(if: SharedData.exists(SharedData.lobster), "the shared LOBSTER data is not here"))
struct LobsterTests {
  static let messages = SharedData.lobster.appending(
    path: "AAPL_2012-06-21_34200000_37800000_message_50.csv")
  static let first = SharedData.lobster.appending(path: "first-999-rows")

  /// The book after the first message, of ten levels whose orders have no names.
  static func opening(_ row: [Int64]) -> [OrderChange] {
    stride(from: 0, to: row.count, by: 4).flatMap { column in
      [
        add(.sell, row[column], row[column + 1]), add(.buy, row[column + 2], row[column + 3]),
      ]
    }
  }

  static func add(_ side: Side, _ price: Int64, _ size: Int64) -> OrderChange {
    OrderChange(
      instrument: InstrumentID(0), action: .add, side: side, price: Price(price),
      size: Quantity(size))
  }

  /// Columns: time, kind, order, size, price, side.
  static func change(_ row: [Int64]) -> OrderChange? {
    let actions: [Int64: OrderChange.Action] = [1: .add, 2: .cancel, 3: .delete, 4: .execute]
    guard let action = actions[row[1]] else { return nil }
    return OrderChange(
      instrument: InstrumentID(0), action: action, side: row[5] == 1 ? .buy : .sell,
      order: UInt64(row[2]), price: Price(row[4]), size: Quantity(row[3]))
  }

  static func row(_ level: BookLevel?) -> [Int64] { [level?.price.raw ?? 0, level?.size.raw ?? 0] }

  @Test func `all 998 rows of the ten best levels are as published`() throws {
    let known = try SharedData.rows(
      Self.first.appending(path: "AAPL_2012-06-21_34200000_57600000_orderbook_10.csv"))
    let shown = try SharedData.rows(
      Self.first.appending(path: "AAPL_2012-06-21_34200000_57600000_message_10.csv"))
    var book = OrderBook()
    for change in Self.opening(known[0]) { _ = book.apply(change) }
    var matched = 0
    for row in try SharedData.rows(Self.messages).dropFirst() where matched < shown.count - 1 {
      if let change = Self.change(row) { _ = book.apply(change) }
      guard row[1...] == shown[matched + 1][1...] else { continue }
      matched += 1
      let levels = (0..<10).flatMap { depth in
        Self.row(book.level(depth, of: .sell)) + Self.row(book.level(depth, of: .buy))
      }
      try #require(levels == known[matched], "row \(matched + 1)")
    }
    #expect(matched == 998)
  }

  @Test func `an hour's best prices are as published up to the 15,999th`() throws {
    let known = try SharedData.rows(
      SharedData.lobster.appending(path: "AAPL_2012-06-21_34200000_57600000_orderbook_1.csv"))
    let opening = try SharedData.rows(
      Self.first.appending(path: "AAPL_2012-06-21_34200000_57600000_orderbook_10.csv"))[0]
    let distinct = zip(known.dropFirst(), known).filter { $0 != $1 }.map(\.0)
    var book = MarketBook(InstrumentID(0))
    for change in Self.opening(opening) { _ = book.apply(.order(change)) }
    var seen: [[Int64]] = []
    for row in try SharedData.rows(Self.messages).dropFirst() {
      guard let change = Self.change(row), book.apply(.order(change)).contains(.topChanged) else {
        continue
      }
      seen.append([
        book.best.ask.raw, book.best.askSize.raw, book.best.bid.raw, book.best.bidSize.raw,
      ])
    }
    // The starting state counts as the first of the 15,999.
    #expect(zip(seen, distinct).prefix { $0 == $1 }.count >= 15_998)
    #expect(seen.count >= 23_000)
  }
}
