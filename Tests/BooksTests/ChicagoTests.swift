import Events
import Foundation
import Testing

@testable import Books

@Suite(
  .enabled(if: SharedData.exists(SharedData.chicago), "the shared CME data is not here"))
struct ChicagoTests {
  /// The uncompressed bytes of a file.
  static func unpacked(_ url: URL) throws -> [UInt8] {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["zstd", "-dcq", url.path]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let bytes = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "zstd could not unpack \(url.lastPathComponent)")
    return [UInt8](bytes)
  }

  /// The order changes of a file of Databento's MBO records: 56 bytes each, after metadata.
  static func changes(_ bytes: [UInt8]) throws -> [OrderChange] {
    try bytes.withUnsafeBytes { memory in
      var changes: [OrderChange] = []
      var offset = 8 + Int(memory.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
      while offset + 56 <= memory.count {
        try #require(memory[offset] == 14 && memory[offset + 1] == 160, "no MBO record")
        if let change = change(UnsafeRawBufferPointer(rebasing: memory[offset..<offset + 56])) {
          changes.append(change)
        }
        offset += 56
      }
      return changes
    }
  }

  static func change(_ record: UnsafeRawBufferPointer) -> OrderChange? {
    let actions: [Character: OrderChange.Action] = [
      "A": .add, "C": .cancel, "M": .modify, "R": .clear,
    ]
    let side: Side =
      switch Character(UnicodeScalar(record[39])) {
      case "B": .buy
      case "A": .sell
      default: .none
      }
    let isLast = record[36] & 128 != 0
    // Trades and fills tell of executions that cancels and modifies then apply to the book.
    guard let action = actions[Character(UnicodeScalar(record[38]))] else { return nil }
    return OrderChange(
      instrument: InstrumentID(0), action: action, side: side,
      order: record.loadUnaligned(fromByteOffset: 16, as: UInt64.self),
      price: Price(record.loadUnaligned(fromByteOffset: 24, as: Int64.self)),
      size: Quantity(Int64(record.loadUnaligned(fromByteOffset: 32, as: UInt32.self))),
      marks: isLast ? .last : [])
  }

  @Test func `the E-mini book of Christmas 2023 ends as published`() throws {
    var book = MarketBook(InstrumentID(0))
    var outcomes: BookOutcome = []
    var ends = 0
    var crossed = 0
    for change in try Self.changes(Self.unpacked(SharedData.chicago)) {
      outcomes.formUnion(book.apply(.order(change)))
      if change.marks.contains(.last) { ends += 1 }
      if change.marks.contains(.last), book.orders.isCrossed { crossed += 1 }
    }
    #expect(ends == 47_022)
    #expect(crossed == 891)
    #expect(book.levelCount(of: .buy) == 922)
    #expect(book.levelCount(of: .sell) == 565)
    #expect(book.orders.orderCount == 11_217)
    #expect((0..<3).map { book.level($0, of: .buy)?.size.raw } == [22, 47, 50])
    #expect((0..<3).map { book.level($0, of: .sell)?.size.raw } == [28, 40, 41])
    let prices = (0..<3).flatMap { depth in
      [Side.buy, .sell].map { book.level(depth, of: $0)!.price.raw / 10_000_000 }
    }
    #expect(prices == [481_000, 481_025, 480_975, 481_050, 480_950, 481_075])
    #expect(
      outcomes.isDisjoint(with: [.unknownOrder, .overExecuted, .duplicateOrder, .impossible]))
  }
}
