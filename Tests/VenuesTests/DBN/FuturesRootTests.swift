import Testing

@testable import Venues

struct FuturesRootTests {
  /// Symbols, what they name, and the root whose point value holds.
  @Test(
    arguments: [
      ("ESH4", .outright(root: "ES"), "ES"), ("ESH24", .outright(root: "ES"), "ES"),
      ("6EZ5", .outright(root: "6E"), "6E"), ("M2KU6", .outright(root: "M2K"), "M2K"),
      ("SR3H4", .outright(root: "SR3"), "SR3"), ("ES.c.0", .continuous(root: "ES"), "ES"),
      ("CL.v.12", .continuous(root: "CL"), "CL"), ("6J.n.1", .continuous(root: "6J"), "6J"),
      ("ES.FUT", .parent(root: "ES"), "ES"), ("ES.FUT#17077", .member(root: "ES"), "ES"),
      ("ES.OPT", .option(root: "ES"), "ES"), ("ESH4-ESM4", .spread(root: "ES"), "ES"),
      ("ESH4 C4800", .option(root: "ES"), "ES"), ("EW1H4 P4800", .option(root: "EW1"), "EW1"),
      ("ESH4-NQH4", .other, nil), ("ESH4-ESM4-ESU4", .other, nil), ("CL:BF F4-G4-H4", .other, nil),
      ("UD:1V: GN 123", .other, nil), ("ES.x.0", .other, nil), ("ES.c.", .other, nil),
      (".c.0", .other, nil), ("ES.c.0.1", .other, nil), ("ESA4", .other, nil), ("H4", .other, nil),
      ("ESH", .other, nil), ("ESH123", .other, nil), ("", .other, nil), ("#17", .other, nil),
    ] as [(String, FuturesSymbol, String?)])
  func `a symbol tells its root`(symbol: String, names: FuturesSymbol, root: String?) {
    #expect(FuturesSymbol(symbol) == names)
    #expect(FuturesSymbol(symbol).root == root)
  }

  /// Roots, their exchange, what a point is worth, the smallest step, and whether it never changed.
  @Test(
    arguments: [
      ("ES", "XCME", 50, 250_000_000, true),
      ("NQ", "XCME", 20, 250_000_000, true),
      ("RTY", "XCME", 50, 100_000_000, true),
      ("BTC", "XCME", 5, 5_000_000_000, true),
      ("ETH", "XCME", 50, 500_000_000, false),
      ("6J", "XCME", 12_500_000, 500, true),
      ("6A", "XCME", 100_000, 50_000, false),
      ("6C", "XCME", 100_000, 50_000, false),
      ("6N", "XCME", 100_000, 50_000, false),
      ("6S", "XCME", 125_000, 50_000, false),
      ("6M", "XCME", 500_000, 10_000, false),
      ("M6E", "XCME", 12_500, 100_000, false),
      ("SR3", "XCME", 2500, 2_500_000, false),
      ("SR1", "XCME", 4167, 2_500_000, false),
      ("GE", "XCME", 2500, 2_500_000, false),
      ("ZQ", "XCBT", 4167, 2_500_000, false),
      ("ZN", "XCBT", 1000, 15_625_000, true),
      ("ZT", "XCBT", 2000, 3_906_250, true),
      ("CL", "XNYM", 1000, 10_000_000, true),
      ("NG", "XNYM", 10_000, 1_000_000, true),
      ("PA", "XNYM", 100, 500_000_000, false),
      ("GC", "XCEC", 100, 100_000_000, true),
      ("SIL", "XCEC", 1000, 5_000_000, false),
      ("HG", "XCEC", 25_000, 500_000, true),
      ("ZC", "XCBT", 50, 250_000_000, true),
      ("ZL", "XCBT", 600, 10_000_000, true),
      ("HE", "XCME", 400, 25_000_000, true),
      ("GF", "XCME", 500, 25_000_000, true),
    ] as [(String, String, Int64, Int64, Bool)])
  func `what a point of a known root is worth`(
    name: String, venue: String, points: Int64, tick: Int64, isFixed: Bool
  ) throws {
    let root = try #require(FuturesRoot.named(name))
    #expect(root.venue == venue)
    #expect(root.multiplier == points * 1_000_000_000)
    #expect(root.tickSize == tick)
    #expect((root.priceScale != nil) == isFixed)
  }

  @Test func `ticks fit the scales of their prices, and are worth whole cents`() {
    let roots = [
      "ES", "MES", "NQ", "MNQ", "RTY", "M2K", "EMD", "NKD", "YM", "MYM", "BTC", "MBT", "ETH", "MET",
      "6E", "6J", "6B", "6A", "6C", "6N", "6S", "6M", "M6E", "ZN", "TN", "ZF", "ZT", "ZB", "UB",
      "ZQ", "SR1", "SR3", "GE", "CL", "BZ", "QM", "MCL", "NG", "QG", "RB", "HO", "GC", "MGC", "SI",
      "SIL", "HG", "MHG", "PL", "PA", "ZC", "ZW", "ZS", "ZO", "KE", "ZM", "ZL", "LE", "HE", "GF",
    ]
    for name in roots {
      guard let root = FuturesRoot.named(name) else {
        Issue.record("\(name) is not known")
        continue
      }
      let tick = root.tickSize
      #expect(InstrumentRegistry.decimals(of: tick) <= root.priceScale ?? 9, "\(name)")
      // In hundredths of a cent: half of a 64th of a note is 7.8125 dollars. Of rates over a month the
      // multiplier is rounded.
      if name == "ZQ" || name == "SR1" { continue }
      let value = Int128(tick) * Int128(root.multiplier)
      #expect(value % 100_000_000_000_000 == 0, "\(name)")
    }
    #expect(FuturesRoot.named("XYZ") == nil)
  }
}
