import Events
import Testing

@testable import Books

func change(
  _ action: OrderChange.Action, _ side: Side, _ order: UInt64, _ price: Int64 = .min,
  _ size: Int64 = 0, marks: EventMarks = .last
) -> OrderChange {
  OrderChange(
    instrument: InstrumentID(0), action: action, side: side, order: order, price: Price(price),
    size: Quantity(size), marks: marks)
}

@Suite struct OrderBookTests {
  @Test func `each change has its outcome`() {
    var book = OrderBook()
    let steps: [(OrderChange, BookOutcome)] = [
      (change(.add, .buy, 1, 100, 10), .topChanged),
      (change(.add, .buy, 2, 100, 20), .topChanged),
      (change(.add, .buy, 3, 99, 30), []),
      (change(.add, .sell, 4, 101, 40), .topChanged),
      (change(.execute, .buy, 1, 100, 4), .topChanged),
      (change(.execute, .buy, 1, 100, 7), [.topChanged, .overExecuted]),
      (change(.execute, .buy, 1, 100, 1), .unknownOrder),
      (change(.cancel, .buy, 3, 99, 31), .overExecuted),
      (change(.add, .sell, 2, 102, 5), [.topChanged, .duplicateOrder]),
      (change(.modify, .sell, 9, 103, 5), .unknownOrder),
      (change(.modify, .none, 9, .min, 6), []),
      (change(.modify, .buy, 9, 102, 6), [.topChanged, .crossed]),
      (change(.delete, .buy, 9), .topChanged),
      (change(.delete, .buy, 9, 102, 6), .unknownOrder),
      (change(.add, .none, 7, 100, 1), .impossible),
      (change(.add, .buy, 7, .min, 1), .impossible),
      (change(.add, .buy, 7, 100, 0), .impossible),
      (change(.add, .buy, 7, 100, -5), .impossible),
      (change(.execute, .sell, 4, 101, 0), .impossible),
      (change(.modify, .sell, 4, 101, -1), .impossible),
      (change(.modify, .sell, 0, 101, 1), .unknownOrder),
      (change(.clear, .sell, 0), .topChanged),
      (change(.clear, .none, 0), []),
    ]
    for (step, (change, outcome)) in steps.enumerated() {
      #expect(book.apply(change) == outcome, "step \(step)")
    }
    #expect(book.isEmpty && book.orderCount == 0)
  }

  @Test func `a smaller size keeps the place in the queue, a larger one and another price lose it`()
  {
    var book = OrderBook()
    for id in UInt64(1)...4 { _ = book.apply(change(.add, .buy, id, 50, 10)) }
    _ = book.apply(change(.modify, .buy, 2, 50, 5))
    #expect(book.queue(at: Price(50), side: .buy).map(\.order) == [1, 2, 3, 4])
    #expect(book.position(of: 3)?.sizeAhead.raw == 15)
    _ = book.apply(change(.modify, .buy, 1, 50, 11))
    #expect(book.queue(at: Price(50), side: .buy).map(\.order) == [2, 3, 4, 1])
    _ = book.apply(change(.modify, .buy, 2, 49, 5))
    _ = book.apply(change(.modify, .buy, 2, 50, 5))
    #expect(book.queue(at: Price(50), side: .buy).map(\.order) == [3, 4, 1, 2])
    #expect(
      book.position(of: 1)
        == QueuePosition(
          side: .buy, price: Price(50), size: Quantity(11), ordersAhead: 2,
          sizeAhead: Quantity(20)))
    #expect(book.position(of: 5) == nil)
    #expect(book.size(of: 4)?.raw == 10)
  }

  @Test func `anonymous size stands ahead and is what unknown orders are taken from`() {
    var book = OrderBook()
    _ = book.apply(change(.add, .sell, 8, 20, 3))
    #expect(book.apply(change(.add, .sell, 0, 20, 10)) == .topChanged)
    #expect(book.position(of: 8)?.sizeAhead.raw == 10)
    #expect(book.position(of: 8)?.ordersAhead == 0)
    #expect(book.apply(change(.execute, .sell, 77, 20, 4)) == [.topChanged, .unknownOrder])
    #expect(book.apply(change(.cancel, .sell, 0, 20, 1)) == .topChanged)
    #expect(book.anonymousSize(at: Price(20), side: .sell).raw == 5)
    #expect(
      book.apply(change(.delete, .sell, 78, 20, 9)) == [.topChanged, .unknownOrder, .overExecuted])
    #expect(
      book.level(0, of: .sell) == BookLevel(price: Price(20), size: Quantity(3), orderCount: 1))
    #expect(book.apply(change(.delete, .sell, 0, 20)) == .unknownOrder)
    _ = book.apply(change(.add, .sell, 0, 21, 10))
    #expect(book.apply(change(.delete, .sell, 0, 21)) == [])
    #expect(book.levelCount(of: .sell) == 1)
  }

  @Test func `a level never holds more than the largest quantity`() {
    var book = OrderBook()
    _ = book.apply(change(.add, .buy, 1, 10, Quantity.limit - 5))
    #expect(book.apply(change(.add, .buy, 2, 10, 6)) == .impossible)
    #expect(book.apply(change(.add, .buy, 0, 10, 6)) == .impossible)
    #expect(book.apply(change(.modify, .buy, 1, 10, Quantity.limit + 1)) == .impossible)
    #expect(book.apply(change(.add, .buy, 2, 9, 6)) == [])
    #expect(book.apply(change(.modify, .buy, 2, 10, 6)) == .impossible)
    #expect(book.size(of: 2)?.raw == 6)
    #expect(book.apply(change(.modify, .buy, 2, 10, 5)) == .topChanged)
    #expect(book.level(0, of: .buy)?.size.raw == Quantity.limit)
  }

  @Test func `books with the same orders have the same bytes whatever their past`() {
    var plain = OrderBook()
    for id in UInt64(1)...50 { _ = plain.apply(change(.add, .buy, id, Int64(id % 7), 5)) }
    var worn = OrderBook()
    for id in UInt64(900)...4000 { _ = worn.apply(change(.add, .sell, id, Int64(id % 90), 5)) }
    for id in (UInt64(900)...4000).reversed() { _ = worn.apply(change(.delete, .none, id)) }
    for id in UInt64(1)...50 {
      _ = worn.apply(change(.add, .sell, id, 5, 9))
      _ = worn.apply(change(.modify, .buy, id, Int64(id % 7), 5))
    }
    #expect(bytes(of: plain) == bytes(of: worn))
    _ = worn.apply(change(.modify, .buy, 8, 1, 6))
    #expect(bytes(of: plain) != bytes(of: worn))
  }

  @Test func `damaged bytes are refused or read as a book that can be, never a trap`() throws {
    var book = OrderBook()
    var random = SeededRandom(11)
    for _ in 0..<400 { _ = book.apply(Flow.all[1].change(&random)) }
    let good = bytes(of: book)
    var refused = 0
    for _ in 0..<4_000 {
      var bad = good
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        bad[Int.random(in: 0..<bad.count, using: &random)] = UInt8.random(
          in: 0...255, using: &random)
      }
      if random.next() & 3 == 0 { bad.removeLast(Int.random(in: 1...bad.count, using: &random)) }
      var buffer = ByteBuffer()
      buffer.append(bad)
      do {
        let read = try buffer.withBytes { bytes throws(Damage) in
          var reader = ByteReader(bytes)
          return try OrderBook(reading: &reader)
        }
        #expect(bytes(of: read) == Array(bad.prefix(bytes(of: read).count)))
      } catch {
        refused += 1
      }
    }
    #expect(refused > 1_000)
  }
}
