import Events
import Importing
import Testing

/// What DBN files tell beside the book: short sale restrictions, settlement prices, open interest.
struct DBNReferenceTests {
  private func file(_ records: [[UInt8]], schema: UInt64) -> [UInt8] {
    DBNBytes.file(records.flatMap { $0 }, [.init("AAA", 5), .init("BBB", 6)], schema: schema)
  }

  private func values(_ sink: Collected) -> [String] {
    sink.items.compactMap { item in
      switch item.observation {
      case .reference(let value):
        "\(sink.instruments[value.instrument.index].symbol) \(value.field) \(value.value)"
      case .market(.status(let change)): "\(change.status)"
      default: nil
      }
    }
  }

  /// Records (number, action, short sales), what comes of them, and how many are left out.
  @Test(
    arguments: [
      ([(5, 14, "Y")], ["AAA shortSaleRestricted 1"], 0),
      ([(5, 14, "N")], ["AAA shortSaleRestricted 0"], 0),
      ([(5, 14, "~")], [], 1), ([(5, 14, "\0")], [], 1),
      ([(5, 14, "Y"), (5, 14, "Y")], ["AAA shortSaleRestricted 1"], 1),
      (
        [(5, 14, "Y"), (5, 14, "~"), (5, 14, "N"), (5, 14, "Y")],
        [
          "AAA shortSaleRestricted 1", "AAA shortSaleRestricted 0", "AAA shortSaleRestricted 1",
        ], 1
      ),
      // A status may tell both, and one of another instrument is another's.
      (
        [(5, 7, "N"), (5, 8, "N"), (5, 7, "Y")],
        ["AAA shortSaleRestricted 0", "trading", "halted", "AAA shortSaleRestricted 1", "trading"],
        0
      ),
      (
        [(5, 14, "Y"), (6, 14, "Y")],
        ["AAA shortSaleRestricted 1", "BBB shortSaleRestricted 1"], 0
      ),
    ] as [([(UInt32, UInt16, Character)], [String], UInt64)])
  func `short sale restrictions are told when they change`(
    said: (records: [(UInt32, UInt16, Character)], values: [String], left: UInt64)
  ) throws {
    let records = said.records.map {
      DBNBytes.status($0.1, number: $0.0, shortSales: $0.2)
    }
    let (sink, counts) = try importedDBN([file(records, schema: 12)])
    #expect(values(sink) == said.values)
    let left = counts.skipped.items.reduce(0) { $0 + $1.count }
    #expect(left == said.left)
    #expect(counts.byIssue.allSatisfy { $0 == 0 })
  }

  /// Statistics of versions 2 and 3 without a value, and one that has it.
  @Test(arguments: [false, true])
  func `a statistic without a value is left out, and says why`(isWide: Bool) throws {
    func statistic(_ kind: UInt16, _ price: Int64, _ quantity: Int64) -> [UInt8] {
      DBNBytes.statistic(kind, price, quantity: quantity, number: 5, isWide: isWide)
    }
    let none = isWide ? Int64.max : Int64(Int32.max)
    let records = [
      statistic(3, .max, none), statistic(9, .max, none), statistic(3, 70_000_000_000, none),
      statistic(9, .max, 1234), statistic(9, .max, -1),
    ]
    let (sink, counts) = try importedDBN([file(records, schema: 11)])
    #expect(
      sink.qualities.map { $0.detail.split(separator: "; ")[0].split(separator: ": ").last }
        == ["an open interest that cannot be"])
    #expect(
      counts.skipped.items.map(\.reason)
        == ["settlement price without a value", "open interest without a value"])
    #expect(values(sink).count == 2)
    #expect(values(sink).last == "AAA openInterest 1234")
  }
}
