import Events
import Testing

/// Quotes and bars have ways of their own into a block and out of it; the bytes are those of any tick.
@Suite struct PlainTickTests {
  /// Quotes and bars of a few instruments, most of them plain, with all the exceptions.
  private static func ticks(seed: UInt64) -> [(tick: MarketEvent, event: Int64, receive: Int64)] {
    var random = SplitMix64(seed: seed)
    var time: Int64 = seed % 3 == 0 ? -7_000_000_000 : 1_767_225_600_000_000_000
    return (0..<200).map { _ in
      time += random.oneIn(8) ? 60_000_000_000 : Int64.random(in: 0...1_000, using: &random)
      let instrument = InstrumentID(
        UInt16.random(in: 0...(random.oneIn(20) ? 90 : 2), using: &random))
      let price = Int64.random(in: 9_000...9_100, using: &random) << (random.oneIn(20) ? 47 : 0)
      let size = Int64.random(in: 0...900, using: &random) << (random.oneIn(9) ? 30 : 0)
      let lag = random.oneIn(9) ? Int64.random(in: 0...(1 << 33), using: &random) : 0
      let tick: MarketEvent
      if random.oneIn(3) {
        tick = .bar(
          Bar(
            instrument: instrument, side: [.none, .buy, .sell].randomElement(using: &random)!,
            interval: random.oneIn(9) ? 1_500_000_000 : 60_000_000_000, open: Price(price),
            high: Price(price + 5), low: Price(price - (random.oneIn(30) ? 1 << 33 : 5)),
            close: Price(price + 2), volume: Quantity(size)))
      } else {
        tick = .quote(
          Quote(
            instrument: instrument, bid: random.oneIn(30) ? .none : Price(price),
            ask: random.oneIn(30) ? .none : Price(price + (random.oneIn(30) ? -1 : 1)),
            bidSize: Quantity(size), askSize: Quantity(random.oneIn(40) ? -1 : 100)))
      }
      return (tick, time - lag, time)
    }
  }

  @Test(arguments: 1...100 as ClosedRange<UInt64>)
  func `a quote or bar has the same bytes whether told as one or as a tick`(_ seed: UInt64) {
    var direct = BlockEncoder(capacity: 64)
    var general = BlockEncoder(capacity: 64)
    direct.begin(at: 5)
    general.begin(at: 5)
    for (tick, event, receive) in Self.ticks(seed: seed) {
      let (event, receive) = (Instant(nanoseconds: event), Instant(nanoseconds: receive))
      general.append(tick, event: event, receive: receive)
      switch tick {
      case .quote(let quote): direct.append(quote, event: event, receive: receive)
      case .bar(let bar): direct.append(bar, event: event, receive: receive)
      default: Issue.record("neither a quote nor a bar")
      }
    }
    direct.finish()
    general.finish()
    let (one, other) = (Self.bytes(direct), Self.bytes(general))
    #expect(hex(one) == hex(other))
  }

  @Test(arguments: 1...100 as ClosedRange<UInt64>)
  func `plain quotes and bars are told as such, all others as ticks, in their order`(_ seed: UInt64)
    throws
  {
    let ticks = Self.ticks(seed: seed)
    var encoder = BlockEncoder(capacity: 64)
    encoder.begin(at: 5)
    for (tick, event, receive) in ticks {
      encoder.append(
        tick, event: Instant(nanoseconds: event), receive: Instant(nanoseconds: receive))
    }
    encoder.finish()
    let content = Self.bytes(encoder)
    var told: [MarketEvent] = []
    var (plain, isPlainAlone) = (0, true)
    var decoder = BlockDecoder()
    _ = try decoder.begin(content.span.bytes)
    let isAtEnd = try decoder.forEachEntry(
      of: content.span.bytes,
      quote: { (quote, header) throws(Damage) in
        plain += 1
        isPlainAlone = isPlainAlone && header.eventTime == header.receiveTime
        told.append(.quote(quote))
        return true
      },
      bar: { (bar, header) throws(Damage) in
        plain += 1
        isPlainAlone = isPlainAlone && header.eventTime == header.receiveTime
        told.append(.bar(bar))
        return true
      },
      tick: { (tick, header) throws(Damage) in
        let place = Int(header.sequence) - 5
        isPlainAlone = isPlainAlone && header.receiveTime.nanoseconds == ticks[place].receive
        told.append(tick)
        return true
      },
      record: { (_, _, _) throws(Damage) in false })
    #expect(isAtEnd && isPlainAlone && told == ticks.map(\.tick))
    #expect(plain > 50 && plain < ticks.count)
  }

  private static func bytes(_ encoder: borrowing BlockEncoder) -> [UInt8] {
    encoder.withContent { content in content.withUnsafeBytes { Array($0) } }
  }
}
