import Events
import Testing

@testable import daybook

/// The fast writer of ticks says exactly what the plain one says.
struct TickLineTests {
  private static let instrument = Instrument(
    id: InstrumentID(1), venueName: "X", symbol: "A\"B", kind: .equity, currency: "USD",
    priceScale: 4, quantityScale: 2)

  private static func ticks(_ id: InstrumentID, _ price: Price, _ size: Quantity) -> [MarketEvent] {
    let marks: [EventMarks] = [[], .last, .snapshot, [.last, .snapshot]]
    var ticks: [MarketEvent] = [
      .quote(Quote(instrument: id, bid: price, ask: .none, bidSize: size, askSize: .zero)),
      .bar(
        Bar(
          instrument: id, side: .buy, interval: 60_000_000_000, open: price, high: price,
          low: .none, close: price, volume: size)),
    ]
    for side in Side.allCases {
      ticks.append(.trade(Trade(instrument: id, price: price, size: size, side: side)))
      for mark in marks {
        ticks.append(
          .depth(
            DepthChange(
              instrument: id, action: .set, side: side, price: price, size: size, marks: mark)))
        ticks.append(.depth(DepthChange(instrument: id, action: .clear, side: side, marks: mark)))
        for action in OrderChange.Action.allCases {
          ticks.append(
            .order(
              OrderChange(
                instrument: id, action: action, side: side, order: .max, price: price, size: size,
                marks: mark)))
        }
      }
    }
    for status in TradingStatus.allCases {
      ticks.append(.status(StatusChange(instrument: id, status: status)))
    }
    return ticks
  }

  @Test(arguments: [0, 1, -1, 1_767_225_600_123_456_789, Int64.max, Int64.min + 1])
  func `every tick at every price and time`(_ nanoseconds: Int64) {
    var text = EntryText()
    var fast = TickLine()
    text.note(.observation(.instrument(Self.instrument)))
    fast.note(Self.instrument)
    var sequence: UInt64 = 1
    for id in [InstrumentID(1), InstrumentID(7)] {
      let values: [(Int64, Int64)] = [(0, 0), (12_345, 7), (-5, 1 << 61), (.min, 3), (.max, 99)]
      for (price, size) in values {
        for tick in Self.ticks(id, Price(price), Quantity(size)) {
          let header = EntryHeader(
            sequence: sequence, eventTime: Instant(nanoseconds: nanoseconds &- 5),
            receiveTime: Instant(nanoseconds: nanoseconds))
          var bytes = ByteBuffer()
          fast.write(tick, header, to: &bytes)
          let plain = text.line(Entry(header: header, event: .observation(.market(tick)))).text
          #expect(String(decoding: bytes.array, as: UTF8.self) == plain + "\n")
          sequence += 1
        }
      }
    }
  }
}
