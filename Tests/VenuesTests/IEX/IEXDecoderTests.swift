import Events
import Testing

@testable import Venues

struct IEXDecoderTests {
  private let bytes = CaptureBytes()
  private let time: UInt64 = 1_499_697_138_433_824_000

  private func symbol(_ name: String) -> [UInt8] {
    Array(name.utf8) + [UInt8](repeating: 0x20, count: 8 - name.utf8.count)
  }

  /// Type, flags, time and symbol, then numbers with their widths.
  private func message(
    _ type: Character, _ flags: UInt8, _ numbers: [(UInt64, Int)] = [], at seconds: UInt64 = 0,
    of name: String? = "ZIEXT", tail: [UInt8] = []
  ) -> [UInt8] {
    [type.asciiValue ?? 0, flags] + bytes.number(time + seconds * 1_000_000_000, 8)
      + (name.map(symbol) ?? []) + numbers.flatMap { bytes.number($0.0, $0.1) } + tail
  }

  private func quote(_ bid: UInt64, _ ask: UInt64) -> [UInt8] {
    message("Q", 0, [(100, 4), (bid, 8), (ask, 8), (200, 4)])
  }

  private func trade(_ id: UInt64) -> [UInt8] {
    message("T", 0, [(50, 4), (997_000, 8), (id, 8)])
  }

  private func level(_ type: Character, _ flags: UInt8, _ size: UInt64, _ price: UInt64) -> [UInt8]
  {
    message(type, flags, [(size, 4), (price, 8)])
  }

  private func segment(
    _ messages: [[UInt8]], first: UInt64, feed: UInt64 = 0x8003, session: UInt64 = 9
  ) -> [UInt8] {
    let payload = messages.flatMap { bytes.number(UInt64($0.count), 2) + $0 }
    var segment: [UInt8] = [1, 0]
    segment += bytes.number(feed, 2) + bytes.number(1, 4) + bytes.number(session, 4)
    segment += bytes.number(UInt64(payload.count), 2) + bytes.number(UInt64(messages.count), 2)
    segment += bytes.number(0, 8) + bytes.number(first, 8) + bytes.number(time, 8)
    return segment + payload
  }

  private func file(_ segments: [[UInt8]]) -> [UInt8] {
    bytes.classic(
      segments.enumerated().map { (time + UInt64($0.offset) * 1_000_000, frame($0.element)) })
  }

  private func decoded(_ segments: [[UInt8]]) -> Decoded {
    Decoded(IEXDecoder(), file(segments), registry: InstrumentRegistry())
  }

  private func decoded(messages: [[UInt8]]) -> Decoded {
    decoded([segment(messages, first: 1)])
  }

  private func statuses(_ messages: [[UInt8]]) -> [TradingStatus] {
    decoded(messages: messages).market.compactMap { event -> TradingStatus? in
      if case .status(let change) = event { change.status } else { nil }
    }
  }

  private let id = InstrumentID(0)

  @Test func `quotes and trades are what they say`() {
    let result = decoded(messages: [quote(997_000, 998_000), quote(0, 998_000), trade(7)])
    #expect(result.error == nil)
    #expect(
      result.market == [
        .quote(
          Quote(
            instrument: id, bid: Price(997_000), ask: Price(998_000), bidSize: Quantity(100),
            askSize: Quantity(200))),
        .quote(
          Quote(
            instrument: id, bid: .none, ask: Price(998_000), bidSize: .zero,
            askSize: Quantity(200))),
        .trade(Trade(instrument: id, price: Price(997_000), size: Quantity(50), side: .none)),
      ])
    #expect(result.registry.instruments.map(\.symbol) == ["ZIEXT"])
    #expect(result.registry.instruments.map(\.venueName) == ["IEXG"])
    #expect(result.batch.ticks[0].eventTime == Instant(nanoseconds: Int64(time)))
  }

  @Test func `gaps are told, repetitions left out, heartbeats counted`() {
    let result = decoded([
      segment([trade(1), trade(2)], first: 5), segment([], first: 7),
      segment([trade(2), trade(3)], first: 6), segment([trade(1)], first: 5),
      segment([trade(5)], first: 9), segment([trade(1)], first: 1, session: 10),
    ])
    #expect(result.market.count == 5)
    #expect(result.issues == [.duplicate, .duplicate, .gap])
    #expect(result.batch.qualities[2].expected == 8)
    #expect(result.batch.qualities[2].actual == 9)
    #expect(result.batch.skipped.items.map(\.reason) == ["heartbeat"])
  }

  @Test func `levels of DEEP end where the flag says, and a gap empties the book`() {
    let result = decoded([
      segment([level("8", 0, 100, 990_000), level("5", 1, 200, 991_000)], first: 1, feed: 0x8004),
      segment([level("8", 1, 0, 990_000)], first: 4, feed: 0x8004),
    ])
    let changes = result.market.compactMap { event -> String? in
      guard case .depth(let change) = event else { return nil }
      return "\(change.action) \(change.side) \(change.size.raw) \(change.marks.contains(.last))"
    }
    #expect(
      changes == [
        "set buy 100 false", "set sell 200 true", "clear none 0 true", "set buy 0 true",
      ])
    #expect(result.issues == [.gap])
  }

  @Test func `regulation and the venue both halt, and changes alone are told`() {
    func regulatory(_ kind: Character) -> [UInt8] {
      message("H", kind.asciiValue ?? 0, tail: [0x20, 0x20, 0x20, 0x20])
    }
    func operational(_ kind: Character) -> [UInt8] { message("O", kind.asciiValue ?? 0) }
    #expect(
      statuses([
        operational("N"), regulatory("T"), regulatory("T"), operational("O"), regulatory("H"),
        operational("N"), regulatory("O"), regulatory("P"), regulatory("T"),
        message("S", UInt8(ascii: "M"), of: nil), message("S", UInt8(ascii: "E"), of: nil),
      ]) == [.trading, .halted, .preOpen, .paused, .trading, .closed])
  }

  @Test func `what is said of a security becomes reference values`() {
    let result = decoded(messages: [
      message("D", 0x80, [(100, 4), (950_000, 8)], tail: [1]), message("P", 1, tail: [0x41]),
      message("P", 1, tail: [0x41]), message("P", 0, tail: [0x20]),
      message("X", UInt8(ascii: "Q"), [(960_000, 8)]),
      message("X", UInt8(ascii: "M"), [(970_000, 8)]),
      message(
        "A", UInt8(ascii: "C"), [(300, 4), (980_000, 8), (981_000, 8), (40, 4)],
        tail: [UInt8(ascii: "B"), 0] + bytes.number(0, 4) + bytes.number(982_000, 8)
          + bytes.number(0, 24)),
    ])
    #expect(result.error == nil)
    func value(_ field: ReferenceValue.Field, _ value: Int64) -> Reference {
      .value(ReferenceValue(instrument: id, field: field, value: value))
    }
    #expect(
      result.batch.references == [
        value(.previousClose, 950_000), value(.shortSaleRestricted, 1),
        value(.shortSaleRestricted, 0), value(.settlement, 970_000),
        .imbalance(
          AuctionImbalance(
            instrument: id, auction: .closing, side: .buy, paired: Quantity(300),
            surplus: Quantity(40), reference: Price(980_000), near: Price(981_000),
            far: Price(982_000))),
      ])
  }

  @Test func `a broken trade is told`() {
    let result = decoded(messages: [
      trade(7), message("B", 0, [(50, 4), (997_000, 8), (7, 8)]),
    ])
    #expect(result.issues == [.stale])
    #expect(result.batch.qualities[0].actual == 7)
    #expect(
      result.batch.qualities[0].detail.hasSuffix("trade 7 of 50 at 99.7000 was broken; it stays"))
  }

  @Test func `other traffic is counted and other securities are left out`() {
    let other = message("Q", 0, [(100, 4), (1, 8), (2, 8), (200, 4)], of: "AAPL")
    let segments = [segment([trade(1), other, message("!", 0)], first: 1), [9, 9, 9]]
    let result = Decoded(
      IEXDecoder(symbol: "ZIEXT"), file(segments), registry: InstrumentRegistry())
    #expect(result.error == nil)
    #expect(result.market.count == 1)
    #expect(result.registry.instruments.map(\.symbol) == ["ZIEXT"])
    #expect(
      result.batch.skipped.items.map(\.reason) == [
        "message of another security", "message of type “!”", "datagram of another protocol",
      ])
  }

  @Test func `a damaged segment or message stops the import`() {
    var long = segment([trade(1)], first: 1)
    long[12] += 1
    var many = segment([trade(1)], first: 1)
    many[14] = 2
    var none = segment([trade(1)], first: 1)
    none[14] = 0
    let cases = [
      long, many, none, segment([Array(trade(1).dropLast())], first: 1), segment([[]], first: 1),
      segment([trade(1)], first: UInt64(Int64.max)), segment([message("T", 0, of: "")], first: 1),
      segment([message("H", 7, tail: [0, 0, 0, 0])], first: 1),
      segment([message("P", 2, tail: [0])], first: 1), segment([message("O", 7)], first: 1),
      segment([message("X", 7, [(1, 8)])], first: 1),
      segment([message("Q", 0, [(0, 4), (0, 8), (0, 8), (0, 4)], of: "A\u{7}")], first: 1),
      segment([message("Q", 0, [(0, 4), (0, 8), (0, 8), (0, 4)], of: "")], first: 1),
    ]
    for (index, damaged) in cases.enumerated() {
      #expect(decoded([segment([], first: 1), damaged]).error != nil, "case \(index)")
    }
  }

  @Test func `pieces do not matter and mutations never trap`() {
    let segments = [
      segment([quote(997_000, 998_000), trade(1)], first: 1), segment([], first: 3),
      segment([level("8", 1, 100, 990_000)], first: 1, feed: 0x8004),
      segment([message("P", 1, tail: [0x41]), trade(2)], first: 3),
    ]
    let blocks =
      bytes.section + bytes.interface()
      + segments.flatMap { bytes.packet(time / 1000, frame($0)) }
    for whole in [file(segments), blocks] {
      let all = Decoded(IEXDecoder(), whole)
      #expect(all.error == nil)
      #expect(all.market.count == 4)
      for piece in [1, 13, 500] {
        let cut = Decoded(IEXDecoder(), whole, piece: piece)
        #expect(cut.market == all.market)
        #expect(cut.batch.references == all.batch.references)
        #expect(cut.batch.skipped == all.batch.skipped)
      }
      var mutation = Mutation(seed: 31)
      var failed = 0
      for _ in 0..<1500 {
        if Decoded(IEXDecoder(), mutation.apply(to: whole)).error != nil { failed += 1 }
      }
      #expect(failed > 100)
    }
  }
}
