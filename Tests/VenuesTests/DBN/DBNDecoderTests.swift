import Events
import Testing

@testable import Venues

struct DBNDecoderTests {
  /// A version 2 file head with one symbol, and records behind it.
  private func file(_ records: [UInt8], version: UInt8 = 2) -> [UInt8] {
    func padded(_ text: String, _ width: Int) -> [UInt8] {
      let bytes = Array(text.utf8)
      return bytes + [UInt8](repeating: 0, count: width - bytes.count)
    }
    var head = padded("GLBX.MDP3", 16) + little(0, 2) + little(0, 24) + [1, 0, 0] + little(71, 2)
    head += [UInt8](repeating: 0, count: 53) + little(0, 4)
    head += little(0, 4) + little(0, 4) + little(0, 4)
    head += little(1, 4) + padded("ESH4", 71) + little(1, 4)
    head += little(20_231_225, 4) + little(20_231_226, 4) + padded("17077", 71)
    return Array("DBN".utf8) + [version] + little(UInt64(head.count), 4) + head + records
  }

  private func little(_ value: UInt64, _ width: Int) -> [UInt8] {
    (0..<width).map { $0 < 8 ? UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) : 0 }
  }

  private func order(
    _ action: Character, _ side: Character, id: UInt64 = 5, price: Int64 = 4_800_250_000_000,
    size: UInt64 = 3, flags: UInt8 = 128, time: UInt64 = 1_703_545_200_000_000_000,
    received: UInt64? = nil, instrument: UInt64 = 17_077
  ) -> [UInt8] {
    [14, 0xA0] + little(1, 2) + little(instrument, 4) + little(time, 8) + little(id, 8)
      + little(UInt64(bitPattern: price), 8) + little(size, 4)
      + [flags, 0, action.asciiValue ?? 0, side.asciiValue ?? 0]
      + little(received ?? time + 1000, 8) + little(0, 4) + little(9, 4)
  }

  /// Version 3 has quantities of 64 bits.
  private func statistic(
    _ kind: UInt64, price: Int64 = .max, quantity: UInt64, isWide: Bool, action: UInt8 = 1
  ) -> [UInt8] {
    let time: UInt64 = 1_703_545_200_000_000_000
    var record = [isWide ? 20 : 16, 0x18] + little(1, 2) + little(17_077, 4) + little(time, 8)
    record += little(time + 5, 8) + little(time - 9, 8) + little(UInt64(bitPattern: price), 8)
    record += little(quantity, isWide ? 8 : 4) + little(1, 4) + little(0, 4) + little(kind, 2)
    return record + little(0, 2) + [action, 0] + little(0, isWide ? 18 : 6)
  }

  @Test(arguments: [false, true])
  func `settlement and open interest are reference values, other statistics are counted`(
    isWide: Bool
  ) {
    let none: UInt64 = isWide ? UInt64(Int64.max) : UInt64(Int32.max)
    let bytes = file(
      statistic(3, price: 4_810_125_000_000, quantity: none, isWide: isWide)
        + statistic(3, price: 4_810_135_000_000, quantity: none, isWide: isWide)
        + statistic(9, quantity: 2_691_941, isWide: isWide)
        + statistic(9, quantity: none, isWide: isWide)
        + statistic(3, quantity: none, isWide: isWide)
        + statistic(9, quantity: 5, isWide: isWide, action: 2)
        + statistic(6, quantity: 5, isWide: isWide), version: isWide ? 3 : 2)
    let decoded = Decoded(DBNDecoder(), bytes, registry: InstrumentRegistry())
    #expect(decoded.error == nil)
    let effective = Instant(nanoseconds: 1_703_545_199_999_999_991)
    // Half a unit of the price scale goes to the even side.
    let values: [(ReferenceValue.Field, Int64)] = [
      (.settlement, 481_012), (.settlement, 481_014), (.openInterest, 2_691_941),
    ]
    #expect(
      decoded.batch.references
        == values.map {
          .value(
            ReferenceValue(
              instrument: InstrumentID(0), field: $0.0, value: $0.1, effective: effective))
        })
    #expect(decoded.batch.roundedReferences == 2)
    #expect(decoded.issues.isEmpty)
    #expect(decoded.batch.skipped.items.map(\.count) == [1, 1, 1, 1])
    #expect(decoded.batch.ticks[0].receiveTime == Instant(nanoseconds: 1_703_545_200_000_000_005))
  }

  @Test func `each MBO action becomes what it is`() {
    let bytes = file(
      order("A", "B", flags: 40) + order("M", "B", size: 2) + order("T", "A", flags: 0)
        + order("F", "B", flags: 0) + order("C", "B", size: 2) + order("R", "N", price: .max))
    let decoded = Decoded(DBNDecoder(), bytes, registry: InstrumentRegistry())
    #expect(decoded.error == nil)
    let id = InstrumentID(0)
    func change(
      _ action: OrderChange.Action, _ size: Int64, _ marks: EventMarks = .last, side: Side = .buy,
      price: Price = Price(480_025)
    ) -> MarketEvent {
      .order(
        OrderChange(
          instrument: id, action: action, side: side, order: 5, price: price,
          size: Quantity(size), marks: marks))
    }
    #expect(
      decoded.market == [
        change(.add, 3, .snapshot), change(.modify, 2),
        .trade(Trade(instrument: id, price: Price(480_025), size: Quantity(3), side: .sell)),
        change(.cancel, 2), change(.clear, 3, side: .none, price: .none),
      ])
    #expect(decoded.registry.instruments.map(\.symbol) == ["ESH4"])
    #expect(decoded.batch.skipped.items.map(\.count) == [1])
    let tick = decoded.batch.ticks[0]
    #expect(tick.eventTime == Instant(nanoseconds: 1_703_545_200_000_000_000))
    #expect(tick.receiveTime == Instant(nanoseconds: 1_703_545_200_000_001_000))
  }

  @Test func `a receive time that goes back is told and held`() {
    let bytes = file(order("A", "B", received: 2000) + order("A", "B", id: 6, received: 1000))
    let decoded = Decoded(DBNDecoder(), bytes, registry: InstrumentRegistry())
    #expect(decoded.issues == [.outOfOrder])
    #expect(decoded.batch.ticks.map(\.receiveTime.nanoseconds) == [2000, 2000, 2000])
  }

  @Test func `other records are counted and passed over`() {
    let bytes = file([4, 0x17] + [UInt8](repeating: 0, count: 14) + order("A", "B"))
    let decoded = Decoded(DBNDecoder(), bytes, registry: InstrumentRegistry())
    #expect(decoded.market.count == 1)
    #expect(decoded.batch.skipped.items.map(\.reason) == ["gateway system record"])
  }

  @Test func `an order without a price is told and left out`() {
    let decoded = Decoded(
      DBNDecoder(), file(order("A", "B", price: .max)), registry: InstrumentRegistry())
    #expect(decoded.issues == [.impossibleValue])
    #expect(decoded.market.isEmpty)
  }

  @Test func `a price between the scale's steps stops the import`() {
    let bytes = file(order("A", "B", price: 4_800_255_500_000))
    let decoded = Decoded(DBNDecoder(), bytes, registry: InstrumentRegistry())
    #expect(decoded.error?.place == .byte(bytes.count - 56))
    #expect(decoded.error?.reason.contains("4800.255500000") == true)
  }

  @Test func `what is no file is refused`() {
    let whole = file(order("A", "B"))
    var bad: [[UInt8]] = [
      [], Array("DBZ".utf8), Array(whole.prefix(100)), Array(whole.dropLast(1)),
    ]
    bad.append(Array("DBN".utf8) + [9] + whole.dropFirst(4))
    bad.append(Array("XBN".utf8) + whole.dropFirst(3))
    bad.append(Array(whole.prefix(4)) + [0xFF, 0xFF, 0xFF, 0xFF] + whole.dropFirst(8))
    bad.append(file([0, 0xA0]))
    bad.append(file([4, 0xA0] + [UInt8](repeating: 0, count: 14)))
    bad.append(file(order("X", "B")))
    for bytes in bad {
      #expect(Decoded(DBNDecoder(), bytes).error != nil, "\(bytes.prefix(12))")
    }
  }

  @Test func `pieces do not matter and mutations never trap`() {
    let bytes = file(
      order("A", "B") + order("T", "A", flags: 0) + order("C", "B") + order("A", "A", id: 8))
    let whole = Decoded(DBNDecoder(), bytes, registry: InstrumentRegistry())
    for piece in [1, 5, 57, 400] {
      let pieces = Decoded(DBNDecoder(), bytes, piece: piece, registry: InstrumentRegistry())
      #expect(pieces.market == whole.market)
    }
    var mutation = Mutation(seed: 3)
    var failed = 0
    for _ in 0..<2000 {
      if Decoded(DBNDecoder(), mutation.apply(to: bytes)).error != nil { failed += 1 }
    }
    #expect(failed > 100)
  }

  @Test(.enabled(if: SharedData.isThere, "the shared data folder is absent"))
  func `mutated samples of all schemas never trap`() throws {
    let schemas = [
      "bbo-1s", "cbbo-1s", "cmbp-1", "definition", "imbalance", "mbo", "mbp-1", "mbp-10",
      "ohlcv-1h", "statistics", "status", "tbbo", "trades",
    ]
    var mutation = Mutation(seed: 5)
    for schema in schemas {
      let bytes = try SharedData.bytes("databento-dbn-samples/test_data.\(schema).dbn")
      #expect(Decoded(DBNDecoder(), bytes).error == nil, "\(schema)")
      for _ in 0..<200 { _ = Decoded(DBNDecoder(), mutation.apply(to: bytes)) }
    }
  }
}
