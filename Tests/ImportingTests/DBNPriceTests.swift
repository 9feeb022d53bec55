import Events
import Importing
import Testing

/// Prices of 0 and less, and books that may be wrong.
struct DBNPriceTests {
  private static let unit: Int64 = 1_000_000_000

  /// One record of each kind that has prices.
  private func records(_ price: Int64, _ number: UInt32) -> [(schema: UInt64, bytes: [UInt8])] {
    let raw = price * Self.unit
    return [
      (0, DBNBytes.order("A", "B", 1, raw, number: number)),
      (0, DBNBytes.order("A", "B", 1, raw, number: number, flags: 128 + 64)),
      (0, DBNBytes.order("T", "B", 0, raw, number: number)),
      (1, DBNBytes.quote(raw, 9 * Self.unit, number: number)),
      (4, DBNBytes.trade(raw, number: number)), (6, DBNBytes.bar(raw, number: number)),
      (10, DBNBytes.statistic(3, raw, number: number)),
      (18, DBNBytes.quote(raw, 9 * Self.unit, number: number, type: 0xC3)),
      (14, DBNBytes.quote(raw, 9 * Self.unit, number: number, type: 0xB1)),
    ]
  }

  typealias Case = (
    dataset: String, symbol: String, kind: Character?, price: Int64, isPossible: Bool
  )

  /// Data set, symbol, its class letter if a definition tells it, price, and whether it can be.
  static let cases: [Case] = [
    ("XNAS.ITCH", "AAPL", nil, 5, true), ("XNAS.ITCH", "AAPL", nil, 0, false),
    ("XNAS.ITCH", "AAPL", nil, -5, false), ("GLBX.MDP3", "ESH4", nil, -5, true),
    ("GLBX.MDP3", "ESH4-ESM4", nil, 0, true), ("GLBX.MDP3", "ESH4 C4800", nil, -5, false),
    ("GLBX.MDP3", "UD:1V: GN 1234", "T", -5, true),
    ("GLBX.MDP3", "UD:1V: GN 1234", nil, -5, true),
    ("GLBX.MDP3", "ESH4 C4800", "C", -5, false), ("GLBX.MDP3", "ESH4-ESM4", "S", -5, true),
    ("OPRA.PILLAR", "SPY   240119C00470000", nil, -5, false),
  ]

  @Test(arguments: cases)
  func `prices of 0 and less are those of futures and combinations`(one: Case) throws {
    let (symbol, isPossible) = (one.symbol, one.isPossible)
    for (schema, bytes) in records(one.price, 5) {
      var all = bytes
      if let kind = one.kind {
        var said = DBNBytes.Definition(symbol: symbol, number: 5)
        (said.kind, said.strike, said.underlying) = (kind, 4800 * UInt64(Self.unit), "ESH4")
        all = DBNBytes.definition(said) + bytes
      }
      let file = DBNBytes.file(all, [.init(symbol, 5)], schema: schema, dataset: one.dataset)
      let (sink, counts) = try importedDBN([file], map: "price_scale = 2\n")
      let taken = sink.market.count + Int(counts[.reference])
      #expect((taken > 0) == isPossible, "type \(bytes[1])")
      #expect(counts[.impossibleValue] == (isPossible ? 0 : 1), "type \(bytes[1])")
    }
  }

  @Test(arguments: [(0, 1), (-1, 0)])
  func `an option may settle at 0`(price: Int64, taken: UInt64) throws {
    let record = DBNBytes.statistic(3, price * Self.unit, number: 5)
    let file = DBNBytes.file(record, [.init("ESH4 C4800", 5)], schema: 10)
    #expect(try importedDBN([file]).counts[.reference] == taken)
  }

  /// The flags of an instrument's records, and how often its book begins to be in doubt.
  static let flags: [(flags: [UInt8], gaps: Int)] = [
    ([128], 0), ([132], 1), ([4, 132], 1), ([132, 128, 132], 2), ([128, 132, 132, 128], 1),
  ]

  @Test(arguments: flags)
  func `a book that may be wrong is a gap where it begins to be`(flags: [UInt8], gaps: Int) throws {
    func records(_ number: UInt32, _ schema: UInt64) -> [[UInt8]] {
      flags.enumerated().map { index, flags in
        let (time, price) = (DBNBytes.time + UInt64(index), 4800 * Self.unit)
        guard schema != 0 else {
          return DBNBytes.order(
            "A", "B", UInt64(index) + 1, price, number: number, at: time, flags: flags)
        }
        var record =
          schema == 1
          ? DBNBytes.quote(price, price, number: number, at: time)
          : DBNBytes.trade(price, number: number, at: time)
        record[30] = flags
        return record
      }
    }
    for schema in [0, 1, 4] as [UInt64] {
      // Two instruments by turns.
      let both = zip(records(5, schema), records(6, schema)).flatMap { $0 + $1 }
      let file = DBNBytes.file(both, [.init("ESH4", 5), .init("ESM4", 6)], schema: schema)
      let (sink, counts) = try importedDBN([file])
      #expect(counts[.gap] == UInt64(2 * gaps))
      #expect(sink.qualities.count == 2 * gaps)
      #expect(sink.market.count == 2 * flags.count)
    }
  }
}
