import Events
import Testing

@testable import Books

func depth(_ side: Side, _ price: Int64, _ size: Int64, _ marks: EventMarks = .last) -> DepthChange
{
  DepthChange(
    instrument: InstrumentID(0), action: .set, side: side, price: Price(price),
    size: Quantity(size), marks: marks)
}

func cleared(_ side: Side) -> DepthChange {
  DepthChange(instrument: InstrumentID(0), action: .clear, side: side)
}

@Suite struct DepthBookTests {
  @Test func `each change tells whether the best level changed`() {
    var book = DepthBook()
    let steps: [(DepthChange, BookOutcome)] = [
      (depth(.buy, 100, 5), .topChanged),
      (depth(.buy, 99, 7), []),
      (depth(.buy, 100, 5), []),
      (depth(.buy, 100, 6), .topChanged),
      (depth(.sell, 102, 1), .topChanged),
      (depth(.sell, 103, 1), []),
      (depth(.sell, 101, 4), .topChanged),
      (depth(.sell, 104, 0), []),
      (depth(.sell, 103, 0), []),
      (depth(.sell, 101, 0), .topChanged),
      (depth(.buy, 103, 1), [.topChanged, .crossed]),
      (depth(.buy, 103, 0), .topChanged),
      (depth(.buy, 102, 1), .topChanged),
      (depth(.none, 100, 1), .impossible),
      (depth(.buy, .min, 1), .impossible),
      (depth(.buy, Price.limit + 1, 1), .impossible),
      (depth(.buy, 100, -1), .impossible),
      (depth(.buy, 100, Quantity.limit + 1), .impossible),
      (cleared(.sell), .topChanged),
      (cleared(.sell), []),
      (cleared(.none), .topChanged),
    ]
    for (step, (change, outcome)) in steps.enumerated() {
      #expect(book.apply(change) == outcome, "step \(step)")
    }
    #expect(book.isEmpty)
  }

  @Test func `levels are counted from the best price`() {
    var book = DepthBook()
    for change in [
      depth(.sell, 12, 2), depth(.sell, 10, 1), depth(.sell, 11, 3), depth(.buy, 8, 4),
      depth(.buy, 9, 5),
    ] { _ = book.apply(change) }
    #expect((0..<4).map { book.level($0, of: .sell)?.price.raw } == [10, 11, 12, nil])
    #expect((0..<3).map { book.level($0, of: .buy)?.size.raw } == [5, 4, nil])
    #expect(book.level(-1, of: .buy) == nil)
    #expect(book.level(0, of: .none) == nil)
    #expect(book.levelCount(of: .none) == 5)
    #expect(book.size(at: Price(11), side: .sell).raw == 3)
    #expect(book.size(at: Price(11), side: .buy).raw == 0)
    #expect(
      book.best(of: InstrumentID(3))
        == Quote(
          instrument: InstrumentID(3), bid: Price(9), ask: Price(10), bidSize: Quantity(5),
          askSize: Quantity(1)))
  }

  @Test(arguments: [(20, 1), (600, 2), (20_000, 3)] as [(Int64, UInt64)])
  func `the book holds what a dictionary holds`(prices: Int64, seed: UInt64) throws {
    var random = SeededRandom(seed)
    var book = DepthBook()
    var model: [Side: [Int64: Int64]] = [.buy: [:], .sell: [:]]
    for step in 0..<30_000 {
      let side: Side = random.next() & 1 == 0 ? .buy : .sell
      let price = Int64.random(in: -prices...prices, using: &random)
      let size = max(0, Int64.random(in: -3...6, using: &random))
      let before = book.best(of: InstrumentID(0))
      let outcome = book.apply(depth(side, price, size))
      model[side]![price] = size == 0 ? nil : size
      let after = book.best(of: InstrumentID(0))
      try #require(outcome.contains(.topChanged) == (before != after), "step \(step)")
      guard step % 1000 == 999 else { continue }
      for side in [Side.buy, .sell] {
        let expected = model[side]!.sorted { side == .buy ? $0.key > $1.key : $0.key < $1.key }
        let levels = (0..<book.levelCount(of: side)).map { book.level($0, of: side)! }
        try #require(levels.map(\.price.raw) == expected.map(\.key), "step \(step)")
        try #require(levels.map(\.size.raw) == expected.map(\.value), "step \(step)")
      }
    }
  }

  @Test func `books read back are equal, and disordered levels are refused`() throws {
    var book = DepthBook()
    for change in [depth(.buy, 1, 1), depth(.buy, 3, 1), depth(.sell, 5, 1), depth(.sell, 4, 9)] {
      _ = book.apply(change)
    }
    var buffer = ByteBuffer()
    book.encode(to: &buffer)
    #expect(try read(buffer.array) == book)
    var swapped = buffer.array
    swapped.swapAt(4, 4 + 16)
    #expect(throws: Damage(at: 20, "a level that cannot be there")) { try read(swapped) }
    #expect(throws: Damage.self) { try read(buffer.array.dropLast()) }
  }

  func read(_ bytes: some Sequence<UInt8>) throws(Damage) -> DepthBook {
    var buffer = ByteBuffer()
    buffer.append([UInt8](bytes))
    return try buffer.withBytes { bytes throws(Damage) in
      var reader = ByteReader(bytes)
      return try DepthBook(reading: &reader)
    }
  }
}
