import Events
import Scenarios
import Testing

@testable import API

struct NameBookTests {
  private static func entry(_ sequence: UInt64, _ observation: Observation) -> Entry {
    Entry(
      header: EntryHeader(sequence: sequence, eventTime: .epoch, receiveTime: .epoch),
      event: .observation(observation))
  }

  private static func trade(_ sequence: UInt64) -> Entry {
    entry(
      sequence,
      .market(
        .trade(
          Trade(instrument: InstrumentID(0), price: Price(12345), size: Quantity(1), side: .buy)))
    )
  }

  /// The price of the trade as it is written after an entry.
  private static func price(_ book: NameBook, asOf sequence: UInt64) -> String? {
    let line = book.names(asOf: sequence).text.line(trade(sequence))
    return line.fields.first { $0.0 == "price" }?.1
  }

  @Test func `prices of the past are written with the scale of then`() {
    var book = NameBook()
    var instrument = Instrument.share(0, "AAA")
    for (sequence, scale) in [(1, 2), (3, 4), (5, 0)] as [(UInt64, UInt8)] {
      instrument.priceScale = scale
      let entry = Self.entry(sequence, .instrument(instrument))
      book.note(entry.event, entry.header)
    }
    #expect(book.through == 5)
    let prices = (1...6).map { Self.price(book, asOf: UInt64($0)) }
    #expect(
      prices == [
        "\"123.45\"", "\"123.45\"", "\"1.2345\"", "\"1.2345\"", "\"12345\"", "\"12345\"",
      ])
  }

  @Test func `a page that defines an instrument again is written as it goes`() {
    var book = NameBook()
    var instrument = Instrument.share(0, "AAA")
    let first = Self.entry(1, .instrument(instrument))
    instrument.priceScale = 4
    let second = Self.entry(3, .instrument(instrument))
    let bulletin = book.bulletin([first, Self.trade(2), second, Self.trade(4)])
    let trades = bulletin.messages.filter { $0.sequence % 2 == 0 }.map(\.line)
    #expect(trades.count == 2)
    #expect(
      trades[0].contains("\"price\":\"123.45\"") && trades[1].contains("\"price\":\"1.2345\""))
    #expect(Self.price(book, asOf: 2) == "\"123.45\"" && Self.price(book, asOf: 4) == "\"1.2345\"")
  }
}
