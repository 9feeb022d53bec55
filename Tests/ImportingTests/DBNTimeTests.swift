import Events
import Importing
import Testing

/// Which instrument a record is about, where numbers mean others on other days: by the receive time, where
/// there is one.
struct DBNTimeTests {
  private typealias Bytes = DBNBytes
  /// 3 January 2024, when numbers are handed out anew.
  private static let midnight = DBNBytes.time + DBNBytes.day - 52_200_000_000_000
  /// What numbers 5, 6 and 7 are on 2 and on 3 January.
  private static let contracts = [
    DBNBytes.Mapping("ES.c.0", [(1, 3, 5), (3, 31, 6)]),
    DBNBytes.Mapping("ES.c.1", [(1, 3, 6), (3, 31, 7)]),
  ]
  private static let shares = [
    DBNBytes.Mapping("AAPL", [(1, 3, 5), (3, 31, 6)]),
    DBNBytes.Mapping("MSFT", [(1, 3, 6), (3, 31, 5)]),
  ]

  /// The symbol of each market event or reference value.
  private func symbols(
    _ records: [UInt8], _ mappings: [DBNBytes.Mapping], dataset: String = "GLBX.MDP3"
  ) throws -> [String] {
    let file = DBNBytes.file(records, mappings, schema: 0xFFFF, dataset: dataset)
    let sink = try importedDBN([file]).sink
    return sink.items.compactMap { item in
      switch item.observation {
      case .market(let event): sink.instruments[event.instrument.index].symbol
      case .reference(let value): sink.instruments[value.instrument.index].symbol
      default: nil
      }
    }
  }

  /// Records of number 6, which are happened and received so many nanoseconds behind midnight, and whose
  /// they are.
  @Test(
    arguments: [
      (-5, -1, "ES.c.1"), (-5, 4, "ES.c.0"), (0, 1, "ES.c.0"), (-1, 0, "ES.c.0"),
      // A snapshot's orders are days old.
      (-90_000_000_000_000, 0, "ES.c.0"), (-90_000_000_000_000, -1, "ES.c.1"),
      // Nothing tells when it was received, or when it happened.
      (-5, nil, "ES.c.1"), (5, nil, "ES.c.0"), (nil, -5, "ES.c.1"), (nil, 5, "ES.c.0"),
    ] as [(Int64?, Int64?, String)])
  func `a number means what it meant when the record was received`(
    event: Int64?, receive: Int64?, symbol: String
  ) throws {
    func time(_ offset: Int64?) -> UInt64 {
      offset.map { UInt64(Int64(Self.midnight) + $0) } ?? .max
    }
    let price: Int64 = 4_800_000_000_000
    let (event, receive) = (time(event), time(receive))
    let records = [
      Bytes.order("A", "B", 1, price, number: 6, at: event, received: receive, flags: 160),
      Bytes.trade(price, number: 6, at: event, received: receive),
      Bytes.quote(price, price, number: 6, at: event, received: receive),
      Bytes.quote(price, price, number: 6, at: event, received: receive, type: 0xC4),
      Bytes.statistic(3, price, number: 6, at: event, received: receive),
      Bytes.status(7, number: 6, at: event, received: receive),
    ]
    for record in records { #expect(try symbols(record, Self.contracts) == [symbol]) }
  }

  @Test func `a bar goes by its start, and its end at midnight is no new contract`() throws {
    let bars =
      Bytes.bar(4_800_000_000_000, number: 6, at: Self.midnight - 60_000_000_000)
      + Bytes.bar(4_900_000_000_000, number: 6, at: Self.midnight)
    #expect(try symbols(bars, Self.contracts) == ["ES.c.1", "ES.c.0"])
  }

  @Test func `a wrong receive time does not tell what a number means`() throws {
    let price: Int64 = 4_800_000_000_000
    let records =
      Bytes.trade(price, number: 6, at: Self.midnight - 9, received: Self.midnight - 8)
      + Bytes.trade(
        price, number: 6, at: Self.midnight - 7, received: Self.midnight + 9 * DBNBytes.day)
    #expect(try symbols(records, Self.contracts) == ["ES.c.1", "ES.c.1"])
  }

  @Test func `orders of a snapshot on the day of a roll are the new contract's book`() throws {
    func order(_ id: UInt64, _ number: UInt32, _ price: Int64, _ event: UInt64) -> [UInt8] {
      Bytes.order(
        "A", "B", id, price, number: number, at: event, received: Self.midnight, flags: 160)
    }
    let clear = [6, 7].flatMap { number -> [UInt8] in
      Bytes.order(
        "R", "N", 0, .max, number: number, at: Self.midnight, received: Self.midnight, flags: 160)
    }
    let records =
      Bytes.order(
        "A", "B", 1, 4_800_000_000_000, number: 5, at: Self.midnight - 9,
        received: Self.midnight - 8)
      + clear + order(2, 6, 4_850_000_000_000, Self.midnight - 8)
      + order(3, 7, 4_900_000_000_000, Self.midnight - 7)
    // The old contract's book is cleared once for the roll and once as the snapshot says.
    #expect(
      try symbols(records, Self.contracts)
        == ["ES.c.0", "ES.c.0", "ES.c.0", "ES.c.1", "ES.c.0", "ES.c.1"])
  }

  /// Sampled best prices have the time of the last trade, which may lie days back.
  @Test(arguments: [UInt8(0xC3), 0xC4], [nil, 1, 3 * 86_400] as [UInt64?])
  func `sampled best prices of shares go by their interval`(type: UInt8, age: UInt64?) throws {
    func quote(_ number: UInt32, _ price: Int64, _ time: UInt64) -> [UInt8] {
      Bytes.quote(
        price, price + 10_000_000, number: number,
        at: age.map { time - $0 * 1_000_000_000 } ?? .max, publisher: 2, received: time, type: type)
    }
    let later = Self.midnight + 5 * DBNBytes.day
    let records =
      quote(5, 200_000_000_000, Self.midnight - 1) + quote(6, 400_000_000_000, Self.midnight - 1)
      + quote(6, 201_000_000_000, Self.midnight) + quote(5, 401_000_000_000, later)
    let file = Bytes.file(records, Self.shares, schema: 0xFFFF, dataset: "XNAS.ITCH")
    let (sink, counts) = try importedDBN([file])
    let bids = sink.market.map { event -> String in
      guard case .quote(let quote) = event else { return "?" }
      return "\(sink.instruments[quote.instrument.index].symbol) \(quote.bid.raw / 10_000)"
    }
    #expect(bids == ["AAPL 200", "MSFT 400", "AAPL 201", "MSFT 401"])
    // Five days without a quote are no wrong receive time.
    #expect(counts[.impossibleValue] == 0)
    #expect(sink.items.last?.receive == Instant(nanoseconds: Int64(later)))
  }
}
