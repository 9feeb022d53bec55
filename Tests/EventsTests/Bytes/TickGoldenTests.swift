import Events
import Testing

/// Bytes of records written by hand from docs/journal-format.md, section 4.2, one record a line. Every
/// block starts with a wide record, which gives the instrument its reference.
@Suite struct TickGoldenTests {
  private func quote(_ bid: Int64, _ ask: Int64, _ bidSize: Int64, _ askSize: Int64) -> MarketEvent
  {
    .quote(
      Quote(
        instrument: InstrumentID(3), bid: Price(bid), ask: Price(ask), bidSize: Quantity(bidSize),
        askSize: Quantity(askSize)))
  }

  private func trade(_ price: Int64, _ size: Int64, _ side: Side) -> MarketEvent {
    .trade(
      Trade(instrument: InstrumentID(0x0102), price: Price(price), size: Quantity(size), side: side)
    )
  }

  private func depth(_ side: Side, _ price: Int64, _ size: Int64, _ marks: EventMarks)
    -> MarketEvent
  {
    .depth(
      DepthChange(
        instrument: InstrumentID(1), action: .set, side: side, price: Price(price),
        size: Quantity(size), marks: marks))
  }

  private func order(
    _ action: OrderChange.Action, _ side: Side, _ order: UInt64, _ price: Int64, _ size: Int64,
    _ marks: EventMarks = .last
  ) -> MarketEvent {
    .order(
      OrderChange(
        instrument: InstrumentID(2), action: action, side: side, order: order, price: Price(price),
        size: Quantity(size), marks: marks))
  }

  /// A tick with its receive time and lag.
  private typealias Line = (tick: MarketEvent, at: Int64, lag: Int64)

  /// Compares the records of a block of these ticks with the expected bytes, and reads them back.
  private func expect(
    _ lines: [Line], _ golden: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let written = lines.enumerated().map { index, line in
      entry(.market(line.tick), sequence: UInt64(index) + 1, at: line.at, lag: line.lag)
    }
    let content = content(of: written)
    #expect(
      hex(content.dropFirst(72)) == hex(bytes(golden)), sourceLocation: sourceLocation)
    #expect(try entries(of: content) == written, sourceLocation: sourceLocation)
  }

  @Test func `quotes in every form`() throws {
    try expect(
      [
        (quote(10_000, 10_002, 5, 7), 1000, 0),
        (quote(9999, 10_001, 65_535, 0), 1250, 0),
        (quote(-22_769, 42_766, 1, 65_535), 1250, 5),
        (quote(9998, 9998, 1, 1), 1251, -2),
        (quote(9998, 75_534, 1, 1), 1252, 0),
        (quote(49_998, 50_000, 65_536, 4_294_967_295), 1253, 2_147_483_647),
        (quote(49_998, 49_997, 1, 1), 1254, 0),
        (quote(49_998, 49_999, -1, 1), 1255, 0),
        (quote(49_998, 49_999, 1, 1), 1256, 2_147_483_648),
        (quote(.min, 49_999, 0, 1), 1257, -2_147_483_648),
        (quote(49_999, .min, 1, 0), 1258, 0),
        (quote(50_000, 50_001, 1, 2), 1259, 0),
      ],
      """
      01 02 0300 00000000 1027000000000000 1227000000000000 0500000000000000 0700000000000000
      01 00 0300 fa000000 ffff 0200 ffff 0000
      01 04 0300 fa000000 05000000 0080 ffff 0100 ffff
      01 04 0300 fb000000 feffffff ff7f 0000 0100 0100
      01 01 0300 fc000000 00000000 00000100 01000000 01000000
      01 05 0300 fd000000 ffffff7f 409c0000 02000000 00000100 ffffffff
      01 02 0300 fe000000 4ec3000000000000 4dc3000000000000 0100000000000000 0100000000000000
      01 02 0300 ff000000 4ec3000000000000 4fc3000000000000 ffffffffffffffff 0100000000000000
      01 06 0300 00010000 0000008000000000
        4ec3000000000000 4fc3000000000000 0100000000000000 0100000000000000
      01 06 0300 01010000 00000080ffffffff
        0000000000000080 4fc3000000000000 0000000000000000 0100000000000000
      01 02 0300 02010000 4fc3000000000000 0000000000000080 0100000000000000 0000000000000000
      01 00 0300 03010000 0100 0100 0100 0200
      """)
  }

  @Test func `trades in every form`() throws {
    try expect(
      [
        (trade(5000, 100, .buy), 0, 0),
        (trade(4999, 65_535, .sell), 1, 0),
        (trade(4999, 65_536, .none), 2, 0),
        (trade(37_767, 1, .none), 3, 0),
        (trade(2_147_521_414, 1, .buy), 4, -1),
        (trade(2_147_521_414, -1, .sell), 5, 0),
        (trade(.min, 1, .sell), 6, 0),
        (trade(2_147_521_413, 1, .sell), 7, 0),
      ],
      """
      02 0a 0201 00000000 8813000000000000 6400000000000000
      02 10 0201 01000000 ffff ffff
      02 01 0201 02000000 00000000 00000100
      02 01 0201 03000000 00800000 01000000
      02 0d 0201 04000000 ffffffff ffffff7f 01000000
      02 12 0201 05000000 8693008000000000 ffffffffffffffff
      02 12 0201 06000000 0000000000000080 0100000000000000
      02 10 0201 07000000 ffff 0100
      """)
  }

  @Test func `price levels in every form, with their marks`() throws {
    try expect(
      [
        (depth(.buy, 700, 0, [.last, .snapshot]), 9, 0),
        (depth(.buy, 699, 12, .snapshot), 9, 0),
        (depth(.sell, 33_467, 65_536, []), 9, 300),
        (depth(.sell, 33_467 + 2_147_483_648, 1, .last), 10, 0),
      ],
      """
      03 6a 0100 00000000 bc02000000000000 0000000000000000
      03 48 0100 00000000 ffff 0c00
      03 15 0100 00000000 2c010000 00800000 00000100
      03 32 0100 01000000 bb82008000000000 0100000000000000
      """)
  }

  @Test func `emptied books need no reference and give none`() throws {
    func clear(_ side: Side, _ marks: EventMarks) -> MarketEvent {
      .depth(DepthChange(instrument: InstrumentID(1), action: .clear, side: side, marks: marks))
    }
    func empty(_ side: Side, _ marks: EventMarks) -> MarketEvent {
      .order(OrderChange(instrument: InstrumentID(1), action: .clear, side: side, marks: marks))
    }
    try expect(
      [
        (clear(.none, .last), 5, 0), (clear(.sell, .snapshot), 6, 1),
        (clear(.buy, []), 7, 2_147_483_648), (empty(.buy, []), 8, 0),
        (empty(.none, [.last, .snapshot]), 9, -2), (empty(.sell, []), 10, -2_147_483_649),
        (depth(.none, 1, 1, []), 11, 0),
      ],
      """
      04 20 0100 00000000
      04 54 0100 01000000 01000000
      04 0e 0100 02000000 0000008000000000
      0a 08 0100 03000000
      0a 64 0100 04000000 feffffff
      0a 16 0100 05000000 ffffff7fffffffff
      03 02 0100 06000000 0100000000000000 0100000000000000
      """)
  }

  @Test func `orders in every form and of every action`() throws {
    try expect(
      [
        (order(.add, .buy, 0x0102_0304_0506_0708, 100, 50), 0, 0),
        (order(.add, .sell, 0x0102_0304_0506_0709, 101, 65_535), 1, 0),
        (order(.modify, .sell, 0x0102_0304_0506_0709, 102, 40, []), 2, 0),
        (order(.cancel, .buy, 0x0102_0304_0506_0708, 100, 20), 3, 0),
        (order(.execute, .buy, 0x0102_0304_0506_0708, 100, 30), 4, 7),
        (order(.delete, .sell, 0x0102_0304_0506_0709, 102, 0), 5, 0),
        (order(.add, .buy, 0x0102_0304_8506_0709, 102, 1), 6, 0),
        (order(.add, .buy, 0x0102_0304_8506_0708, 32_870, 1), 7, 0),
        (order(.execute, .none, 5, .min, 3), 8, 0),
        (order(.delete, .none, 4, 32_869, 0, .snapshot), 9, 0),
        (order(.add, .buy, .max, 32_869, 1), 10, 0),
        (order(.add, .buy, 0, 32_869, 1), 11, 2_147_483_648),
        (order(.add, .buy, .max, 32_869, 1), 12, 0),
      ],
      """
      05 2a 0200 00000000 0807060504030201 6400000000000000 3200000000000000
      05 30 0200 01000000 01000000 0100 ffff
      06 10 0200 02000000 00000000 0100 2800
      07 28 0200 03000000 ffffffff feff 1400
      09 2c 0200 04000000 07000000 00000000 0000 1e00
      08 30 0200 05000000 01000000 0200 0000
      05 29 0200 06000000 0907068504030201 00000000 01000000
      05 29 0200 07000000 0807068504030201 00800000 01000000
      09 22 0200 08000000 0500000000000000 0000000000000080 0300000000000000
      08 40 0200 09000000 ffffffff ffff 0000
      05 28 0200 0a000000 fbffffff 0000 0100
      05 2e 0200 0b000000 0000008000000000 0000000000000000 6580000000000000 0100000000000000
      05 28 0200 0c000000 ffffffff 0000 0100
      """)
  }

  @Test func `bars in both forms`() throws {
    func bar(
      _ side: Side, _ interval: Int64, _ prices: (Int64, Int64, Int64, Int64), _ volume: Int64
    ) -> MarketEvent {
      .bar(
        Bar(
          instrument: InstrumentID(7), side: side, interval: interval, open: Price(prices.0),
          high: Price(prices.1), low: Price(prices.2), close: Price(prices.3),
          volume: Quantity(volume)))
    }
    try expect(
      [
        (bar(.none, 60_000_000_000, (1000, 1010, 990, 1005), 77), 0, 0),
        (bar(.none, 60_000_000_000, (1004, 1020, 1004, 1003), 4_294_967_295), 1, 0),
        (bar(.buy, 86_400_000_000_000, (1003, 1003, 903, 1003), 0), 2, 9),
        (bar(.sell, 4_294_967_295_000_000_000, (1003, 1003, 1003, 1003), 0), 3, 0),
        (bar(.sell, 1_500_000_000, (1003, 1003, 1003, 1003), 0), 4, 0),
        (bar(.none, 1_000_000_000, (1003, 1002, 1003, 1003), 0), 5, 2_147_483_648),
        (bar(.none, 1_000_000_000, (.min, .min, .min, .min), 0), 6, 0),
        (bar(.none, 1_000_000_000, (1003, 1003, 1003, 1003), 4_294_967_296), 7, 0),
      ],
      """
      0b 02 0700 00000000 005847f80d000000
        e803000000000000 f203000000000000 de03000000000000 ed03000000000000 4d00000000000000
      0b 01 0700 01000000 3c000000 ffffffff ffffffff 10000000 00000000 ffffffff
      0b 0d 0700 02000000 09000000 80510100 00000000 00000000 00000000 64000000 00000000
      0b 11 0700 03000000 ffffffff 00000000 00000000 00000000 00000000 00000000
      0b 12 0700 04000000 002f685900000000
        eb03000000000000 eb03000000000000 eb03000000000000 eb03000000000000 0000000000000000
      0b 06 0700 05000000 0000008000000000 00ca9a3b00000000
        eb03000000000000 ea03000000000000 eb03000000000000 eb03000000000000 0000000000000000
      0b 02 0700 06000000 00ca9a3b00000000
        0000000000000080 0000000000000080 0000000000000080 0000000000000080 0000000000000000
      0b 02 0700 07000000 00ca9a3b00000000
        eb03000000000000 eb03000000000000 eb03000000000000 eb03000000000000 0000000001000000
      """)
  }

  @Test func `trading statuses, also with a long lag`() throws {
    let lines = TradingStatus.allCases.enumerated().map { index, status in
      Line(.status(StatusChange(instrument: InstrumentID(9), status: status)), Int64(index), 0)
    }
    let paused = MarketEvent.status(StatusChange(instrument: InstrumentID(9), status: .paused))
    try expect(
      lines + [(paused, 8, 1), (paused, 9, -2_147_483_649)],
      """
      0c 00 0900 00000000 01000000
      0c 00 0900 01000000 02000000
      0c 00 0900 02000000 03000000
      0c 00 0900 03000000 04000000
      0c 00 0900 04000000 05000000
      0c 00 0900 05000000 06000000
      0c 00 0900 06000000 07000000
      0c 00 0900 07000000 08000000
      0c 04 0900 08000000 01000000 07000000
      0c 06 0900 09000000 ffffff7fffffffff 07000000
      """)
  }

  @Test func `each instrument has a reference of its own`() throws {
    func trade(_ instrument: UInt16, _ price: Int64) -> MarketEvent {
      .trade(
        Trade(
          instrument: InstrumentID(instrument), price: Price(price), size: Quantity(1), side: .none)
      )
    }
    try expect(
      [
        (trade(0, 100), 0, 0), (trade(65_535, 900), 0, 0), (trade(0, 101), 0, 0),
        (trade(65_535, 899), 0, 0), (trade(300, 5), 0, 0), (trade(0, 99), 0, 0),
      ],
      """
      02 02 0000 00000000 6400000000000000 0100000000000000
      02 02 ffff 00000000 8403000000000000 0100000000000000
      02 00 0000 00000000 0100 0100
      02 00 ffff 00000000 ffff 0100
      02 02 2c01 00000000 0500000000000000 0100000000000000
      02 00 0000 00000000 feff 0100
      """)
  }

  @Test func `a first price that is absent makes the reference 0`() throws {
    try expect(
      [
        (order(.delete, .buy, 9, .min, 0, []), 0, 0), (order(.add, .buy, 10, 5, 1, []), 0, 0),
        (quote(.min, 8, 0, 1), 0, 0), (quote(-1, 8, 1, 1), 0, 0),
      ],
      """
      08 0a 0200 00000000 0900000000000000 0000000000000080 0000000000000000
      05 08 0200 00000000 01000000 0500 0100
      01 02 0300 00000000 0000000000000080 0800000000000000 0000000000000000 0100000000000000
      01 00 0300 00000000 ffff 0900 0100 0100
      """)
  }

  @Test func `a wide record of a price defines the order id as 0, a later one keeps it`() throws {
    try expect(
      [
        (depth(.buy, 50, 1, []), 0, 0),
        (
          .order(
            OrderChange(
              instrument: InstrumentID(1), action: .add, side: .buy, order: 6, price: Price(51),
              size: Quantity(1), marks: [])), 0, 0
        ),
        (depth(.buy, .min, 1, []), 0, 0),
        (
          .order(
            OrderChange(
              instrument: InstrumentID(1), action: .add, side: .buy, order: 8, price: Price(50),
              size: Quantity(1), marks: [])), 0, 0
        ),
      ],
      """
      03 0a 0100 00000000 3200000000000000 0100000000000000
      05 08 0100 00000000 06000000 0100 0100
      03 0a 0100 00000000 0000000000000080 0100000000000000
      05 08 0100 00000000 02000000 ffff 0100
      """)
  }

  @Test func `a pause beyond 4.29 seconds takes a time base record`() throws {
    try expect(
      [
        (trade(5, 1, .none), 1_000_000_000, 0),
        (trade(5, 1, .none), 1_000_000_000 + 4_294_967_295, 0),
        (trade(5, 1, .none), 1_000_000_000 + 4_294_967_296, 0),
        (trade(5, 1, .none), 1_000_000_000 + 4_294_967_297, 0),
      ],
      """
      02 02 0201 00000000 0500000000000000 0100000000000000
      02 00 0201 ffffffff 0000 0100
      00 00000000000000 00ca9a3b01000000
      02 00 0201 00000000 0000 0100
      02 00 0201 01000000 0000 0100
      """)
  }

  @Test func `the longest pause there is takes one time base record`() throws {
    try expect(
      [(trade(5, 1, .none), .min, 0), (trade(5, 1, .none), .max, 0)],
      """
      02 02 0201 00000000 0500000000000000 0100000000000000
      00 00000000000000 ffffffffffffff7f
      02 00 0201 00000000 0000 0100
      """)
  }

  @Test func `differences that only fit modulo two to the power of 64 are written wide`() throws {
    try expect(
      [
        (trade(.max, 1, .none), 0, 0), (trade(.min + 1, 1, .none), 0, 0),
        (quote(.max, .min + 1, 1, 1), 0, 0), (quote(.max, .min + 1, 1, 1), 0, 0),
      ],
      """
      02 02 0201 00000000 ffffffffffffff7f 0100000000000000
      02 02 0201 00000000 0100000000000080 0100000000000000
      01 02 0300 00000000 ffffffffffffff7f 0100000000000080 0100000000000000 0100000000000000
      01 02 0300 00000000 ffffffffffffff7f 0100000000000080 0100000000000000 0100000000000000
      """)
  }
}
