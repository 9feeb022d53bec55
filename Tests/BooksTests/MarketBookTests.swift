import Events
import Testing

@testable import Books

let instrument = InstrumentID(0)

func quote(_ bid: Int64, _ bidSize: Int64, _ ask: Int64, _ askSize: Int64) -> Quote {
  Quote(
    instrument: instrument, bid: Price(bid), ask: Price(ask), bidSize: Quantity(bidSize),
    askSize: Quantity(askSize))
}

func trade(_ price: Int64, _ size: Int64) -> Trade {
  Trade(instrument: instrument, price: Price(price), size: Quantity(size), side: .buy)
}

func bar(
  _ open: Int64, _ high: Int64, _ low: Int64, _ close: Int64, _ volume: Int64,
  side: Side = .none, interval: Int64 = 60
) -> Bar {
  Bar(
    instrument: instrument, side: side, interval: interval, open: Price(open), high: Price(high),
    low: Price(low), close: Price(close), volume: Quantity(volume))
}

@Suite struct MarketBookTests {
  @Test func `best prices come from the most direct source there has been`() {
    var book = MarketBook(instrument)
    let none = Int64.min
    let steps: [(MarketEvent, Quote)] = [
      (.trade(trade(90, 1)), quote(none, 0, none, 0)),
      (.bar(bar(90, 95, 89, 94, 7)), quote(94, 0, 94, 0)),
      (.bar(bar(90, 95, 89, 93, 7, side: .buy)), quote(93, 7, 94, 0)),
      (.bar(bar(90, 97, 89, 96, 8, side: .sell)), quote(93, 7, 96, 8)),
      (.bar(bar(90, 99, 89, 99, 7)), quote(93, 7, 96, 8)),
      (.depth(depth(.buy, 92, 4)), quote(92, 4, none, 0)),
      (.bar(bar(90, 97, 89, 96, 8, side: .sell)), quote(92, 4, none, 0)),
      (.order(change(.add, .sell, 1, 95, 3)), quote(none, 0, 95, 3)),
      (.depth(depth(.buy, 93, 4)), quote(none, 0, 95, 3)),
      (.quote(quote(91, 1, 96, 2)), quote(91, 1, 96, 2)),
      (.order(change(.add, .buy, 2, 94, 3)), quote(91, 1, 96, 2)),
      (.depth(depth(.sell, 94, 4)), quote(91, 1, 96, 2)),
    ]
    for (step, (event, best)) in steps.enumerated() {
      let before = book.best
      let outcome = book.apply(event)
      #expect(book.best == best, "step \(step)")
      #expect(outcome.contains(.topChanged) == (before != best), "step \(step)")
    }
    #expect(book.orders.levelCount(of: .none) == 2)
    #expect(book.depth.levelCount(of: .none) == 3)
  }

  @Test func `best prices change only where the venue's event ends`() {
    var book = MarketBook(instrument)
    #expect(book.apply(.depth(depth(.buy, 100, 1, .snapshot))) == [])
    #expect(book.apply(.depth(depth(.sell, 99, 1, .snapshot))) == [])
    #expect(book.best.bid.isNone && book.depth.isCrossed)
    #expect(book.apply(.depth(depth(.sell, 99, 0, []))) == [])
    #expect(book.apply(.depth(depth(.sell, 101, 2, [.snapshot, .last]))) == .topChanged)
    #expect(book.best == quote(100, 1, 101, 2))
    // Gone and back within one event: nothing has changed.
    #expect(book.apply(.depth(depth(.buy, 100, 0, []))) == [])
    #expect(book.apply(.depth(depth(.buy, 100, 1))) == [])
    #expect(book.apply(.depth(depth(.buy, 102, 1))) == [.topChanged, .crossed])
  }

  @Test(
    arguments: [
      ([], .min),
      ([.quote(quote(10, 1, .min, 0))], 10),
      ([.quote(quote(10, 1, 13, 1))], 11),
      ([.quote(quote(-13, 1, -10, 1))], -12),
      ([.trade(trade(20, 1)), .quote(quote(10, 1, 13, 1))], 11),
      ([.trade(trade(20, 1)), .quote(quote(14, 1, 13, 1))], 20),
      ([.trade(trade(20, 1)), .quote(quote(.min, 0, 13, 1))], 20),
      ([.bar(bar(1, 5, 1, 4, 9)), .trade(trade(7, 1))], 7),
      ([.trade(trade(7, 1)), .bar(bar(1, 5, 1, 4, 9))], 4),
      ([.bar(bar(1, 5, 1, 4, 9, side: .buy)), .bar(bar(1, 8, 1, 8, 9, side: .sell))], 6),
      ([.quote(quote(-Price.limit, 1, Price.limit, 1))], 0),
    ] as [([MarketEvent], Int64)])
  func `the mark is the middle, else the last price, else a side`(
    events: [MarketEvent], mark: Int64
  ) {
    var book = MarketBook(instrument)
    for event in events { _ = book.apply(event) }
    #expect(book.mark == Price(mark))
  }

  @Test(
    arguments: [
      .quote(quote(Price.limit + 1, 1, 5, 1)), .quote(quote(1, -1, 5, 1)),
      .trade(trade(.min, 1)), .trade(trade(1, -1)), .bar(bar(1, 0, 1, 1, 1)),
      .bar(bar(1, 1, 2, 1, 1)), .bar(bar(1, 1, 1, 1, 1, interval: 0)),
      .bar(bar(1, 1, 1, 1, -1)), .depth(depth(.none, 1, 1)),
      .order(change(.add, .buy, 1, 1, 0)),
    ] as [MarketEvent])
  func `an impossible event changes no price`(_ event: MarketEvent) {
    var book = MarketBook(instrument)
    #expect(book.apply(event) == .impossible)
    #expect(book.best == MarketBook(instrument).best)
    #expect(book.mark.isNone)
    #expect(book.lastTrade == nil && book.lastBar == nil)
  }

  @Test func `a quote counts as one level, and orders are shown before depth`() {
    var book = MarketBook(instrument)
    #expect(book.levelCount(of: .none) == 0)
    _ = book.apply(.quote(quote(10, 3, .min, 0)))
    #expect(book.levelCount(of: .none) == 1)
    #expect(book.level(0, of: .buy) == BookLevel(price: Price(10), size: Quantity(3)))
    #expect(book.level(0, of: .sell) == nil && book.level(1, of: .buy) == nil)
    _ = book.apply(.depth(depth(.buy, 9, 4)))
    #expect(book.level(0, of: .buy)?.price == Price(9))
    _ = book.apply(.order(change(.add, .buy, 1, 8, 5)))
    #expect(book.level(0, of: .buy)?.orderCount == 1)
  }

  static let everything: [MarketEvent] = [
    .status(StatusChange(instrument: instrument, status: .trading)),
    .bar(bar(1, 5, 1, 4, 9)), .trade(trade(7, 1)), .depth(depth(.buy, 9, 4)),
    .order(change(.add, .buy, 1, 8, 5)), .order(change(.add, .sell, 2, 11, 5)),
    .order(change(.add, .sell, 3, 10, 5, marks: [])),
  ]

  @Test func `a book read back is the same, in the middle of an event too`() throws {
    for count in 0...Self.everything.count {
      var book = MarketBook(instrument)
      for event in Self.everything.prefix(count) { _ = book.apply(event) }
      var copy = try read(encoded(book))
      #expect(encoded(copy) == encoded(book))
      #expect(copy.best == book.best && copy.mark == book.mark && copy.status == book.status)
      #expect(copy.lastBar == book.lastBar && copy.lastTrade == book.lastTrade)
      let last = MarketEvent.order(change(.cancel, .sell, 2, 11, 1))
      #expect(copy.apply(last) == book.apply(last))
      #expect(encoded(copy) == encoded(book))
    }
  }

  @Test func `damaged bytes are refused or read, never a trap`() throws {
    var book = MarketBook(instrument)
    for event in Self.everything { _ = book.apply(event) }
    let good = encoded(book)
    for length in 0..<good.count {
      #expect(throws: Damage.self) { try read(Array(good.prefix(length))) }
    }
    var random = SeededRandom(5)
    var refused = 0
    for _ in 0..<5_000 {
      var bad = good
      let place = Int.random(in: 0..<bad.count, using: &random)
      bad[place] = UInt8.random(in: 0...255, using: &random)
      do {
        let read = try read(bad)
        #expect(encoded(read) == Array(bad.prefix(encoded(read).count)))
      } catch {
        refused += 1
      }
    }
    #expect(refused > 500)
  }

  func encoded(_ book: MarketBook) -> [UInt8] {
    var buffer = ByteBuffer()
    book.encode(to: &buffer)
    return buffer.array
  }

  func read(_ bytes: [UInt8]) throws(Damage) -> MarketBook {
    var buffer = ByteBuffer()
    buffer.append(bytes)
    return try buffer.withBytes { bytes throws(Damage) in
      var reader = ByteReader(bytes)
      return try MarketBook(reading: &reader)
    }
  }
}
