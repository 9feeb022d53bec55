import Events
import Importing
import Testing

/// Trades that several files of an import have.
struct DBNTradeTests {
  private static let price: Int64 = 4_800_000_000_000

  /// What distinguishes a trade, and how often it comes.
  private struct Told {
    var second: UInt64
    var sequence: UInt8 = 1
    var times = 1

    init(_ second: UInt64, sequence: UInt8 = 1, times: Int = 1) {
      (self.second, self.sequence, self.times) = (second, sequence, times)
    }
    var time: UInt64 { DBNBytes.time + second * 1_000_000_000 }
  }

  /// A file of a schema with those trades.
  private func file(_ schema: UInt64, _ trades: [Told]) -> [UInt8] {
    var records: [UInt8] = []
    for trade in trades {
      var record: [UInt8]
      switch schema {
      case 0:
        record = DBNBytes.order("T", "B", 0, Self.price, number: 5, at: trade.time)
        // Orders have another size than the trades here.
        record[32] = 5
        record[52] = trade.sequence
      case 1:
        record = DBNBytes.quote(Self.price, Self.price, number: 5, at: trade.time)
        (record[28], record[29]) = (UInt8(ascii: "T"), UInt8(ascii: "B"))
        record[44] = trade.sequence
      default:
        record = DBNBytes.trade(Self.price, number: 5, at: trade.time)
        record[44] = trade.sequence
      }
      for _ in 0..<trade.times { records += record }
    }
    return DBNBytes.file(records, [.init("ESH4", 5)], schema: schema)
  }

  @Test func `a trade that several files have is taken once, and equal ones of one file all count`()
    throws
  {
    let ten = (0..<10).map { Told(UInt64($0)) }
    let cases: [([[UInt8]], taken: UInt64, again: UInt64)] = [
      ([file(4, ten)], 10, 0), ([file(4, ten), file(4, ten)], 10, 10),
      ([file(0, ten), file(4, ten)], 10, 10), ([file(4, ten), file(1, ten)], 10, 10),
      ([file(4, ten), file(0, ten), file(1, ten)], 10, 20),
      // One after the other, and one within the other.
      ([file(4, Array(ten.prefix(5))), file(4, Array(ten.suffix(5)))], 10, 0),
      ([file(4, Array(ten.prefix(6))), file(4, Array(ten.suffix(6)))], 10, 2),
      // Equal ones.
      ([file(4, [Told(1, times: 3)])], 3, 0),
      ([file(4, [Told(1, times: 3)]), file(0, [Told(1, times: 3)])], 3, 3),
      ([file(4, [Told(1, times: 2)]), file(0, [Told(1, times: 3)])], 3, 2),
      ([file(4, [Told(1, times: 3)]), file(0, [Told(1, times: 1)])], 3, 1),
      // Others at the same time.
      ([file(4, [Told(1)]), file(4, [Told(1, sequence: 2)])], 2, 0),
      (
        [file(4, [Told(1), Told(1, sequence: 2)]), file(0, [Told(1, sequence: 2), Told(1)])], 2, 2
      ),
      // Hours apart.
      ([file(4, [Told(1), Told(9000)]), file(0, [Told(1), Told(9000)])], 2, 2),
    ]
    for (index, (files, taken, again)) in cases.enumerated() {
      for files in [files, files.reversed()] {
        let (sink, counts) = try importedDBN(files)
        #expect(counts[.trade] == taken, "case \(index)")
        #expect(counts[.duplicate] == again, "case \(index)")
        #expect(sink.isInOrder)
      }
    }
  }

  @Test func `prices and sizes beside a trade told stay`() throws {
    let (_, counts) = try importedDBN([file(4, [Told(1)]), file(1, [Told(1), Told(2)])])
    #expect(counts[.quote] == 2)
    #expect(counts[.trade] == 2)
  }
}
