import Events
import Testing

@testable import Books

/// How a stream of random changes is drawn.
struct Flow: Sendable, CustomTestStringConvertible {
  var name: String
  var seed: UInt64
  var ids: UInt64
  var prices: ClosedRange<Int64>
  /// One in so many changes has an extreme id, price or size.
  var extremes: Int

  var testDescription: String { name }

  static let all = [
    Flow(name: "few ids, few prices", seed: 1, ids: 12, prices: 0...4, extremes: .max),
    Flow(name: "many ids, few prices", seed: 2, ids: 4_000, prices: -5...5, extremes: .max),
    Flow(name: "many prices", seed: 3, ids: 3_000, prices: -900...900, extremes: .max),
    Flow(name: "extremes", seed: 4, ids: 40, prices: -3...3, extremes: 3),
  ]

  static let edges: [Int64] = [
    .min, .min + 1, -Price.limit - 1, -Price.limit, -1, 0, 1, Price.limit - 1, Price.limit,
    Price.limit + 1, .max - 1, .max,
  ]

  func change(_ random: inout SeededRandom) -> OrderChange {
    func isExtreme() -> Bool {
      extremes < .max && Int.random(in: 0..<extremes, using: &random) == 0
    }
    let roll = Int.random(in: 0..<1000, using: &random)
    let action: OrderChange.Action =
      switch roll {
      case ..<480: .add
      case ..<600: .modify
      case ..<720: .cancel
      case ..<860: .delete
      case ..<998: .execute
      default: .clear
      }
    var id = UInt64.random(in: 0...ids, using: &random)
    if isExtreme() { id = [.max, .max - 1, 1 << 63, 1 << 32, 0].randomElement(using: &random)! }
    var price = Int64.random(in: prices, using: &random)
    if isExtreme() { price = Self.edges.randomElement(using: &random)! }
    var size = Int64.random(in: 0...9, using: &random)
    if isExtreme() { size = Self.edges.randomElement(using: &random)! }
    let side: Side = roll % 31 == 0 ? .none : roll % 2 == 0 ? .buy : .sell
    return OrderChange(
      instrument: InstrumentID(0), action: action, side: side, order: id, price: Price(price),
      size: Quantity(size))
  }
}

@Suite struct OrderBookModelTests {
  @Test(arguments: Flow.all)
  func `the book does what the plain model does, whatever comes`(_ flow: Flow) throws {
    var random = SeededRandom(flow.seed)
    var book = OrderBook()
    var model = NaiveOrderBook()
    for step in 0..<20_000 {
      let change = flow.change(&random)
      let before = book.best(of: InstrumentID(0))
      let outcome = book.apply(change)
      let expected = model.apply(change)
      try #require(
        outcome.subtracting([.topChanged, .crossed]) == expected, "step \(step): \(change)")
      let after = book.best(of: InstrumentID(0))
      if before != after {
        try #require(outcome.contains(.topChanged), "step \(step): \(change)")
        try #require(outcome.contains(.crossed) == book.isCrossed, "step \(step): \(change)")
      }
      if step % 500 == 0 || step > 19_990 { try compare(book, model, step) }
    }
  }

  func compare(_ book: OrderBook, _ model: NaiveOrderBook, _ step: Int) throws {
    try #require(book.orderCount == model.sizes.count, "step \(step)")
    for side in [Side.buy, .sell] {
      let homes = model.levels.keys.filter { $0.isBid == (side == .buy) }
        .sorted { side == .buy ? $0.price > $1.price : $0.price < $1.price }
      try #require(book.levelCount(of: side) == homes.count, "step \(step)")
      for (depth, home) in homes.enumerated() {
        let price = Price(home.price)
        let level = BookLevel(
          price: price, size: Quantity(model.total(home)),
          orderCount: model.levels[home]!.queue.count)
        try #require(book.level(depth, of: side) == level, "step \(step)")
        try #require(book.size(at: price, side: side) == level.size)
        try #require(book.anonymousSize(at: price, side: side).raw == model.levels[home]!.anonymous)
        let queue = book.queue(at: price, side: side)
        try #require(queue.map(\.order) == model.levels[home]!.queue, "step \(step)")
        try #require(queue.map(\.size.raw) == queue.map { model.sizes[$0.order]! })
      }
      let best = model.best(isBid: side == .buy)
      try #require(book.level(0, of: side)?.size.raw == best?.size)
    }
    for (id, home) in model.homes {
      let queue = model.levels[home]!.queue
      let ahead = queue.prefix { $0 != id }
      try #require(
        book.position(of: id)
          == QueuePosition(
            side: home.isBid ? .buy : .sell, price: Price(home.price),
            size: Quantity(model.sizes[id]!), ordersAhead: ahead.count,
            sizeAhead: Quantity(
              ahead.reduce(model.levels[home]!.anonymous) { $0 + model.sizes[$1]! })))
    }
  }

  @Test(arguments: Flow.all)
  func `a book read back from its bytes goes on as the original`(_ flow: Flow) throws {
    var random = SeededRandom(flow.seed + 100)
    var book = OrderBook()
    for _ in 0..<3_000 { _ = book.apply(flow.change(&random)) }
    var copy = try roundTrip(book)
    for _ in 0..<3_000 {
      let change = flow.change(&random)
      #expect(book.apply(change) == copy.apply(change))
    }
    #expect(bytes(of: book) == bytes(of: copy))
  }

  func roundTrip(_ book: OrderBook) throws -> OrderBook {
    var buffer = ByteBuffer()
    book.encode(to: &buffer)
    let copy = try buffer.withBytes { bytes throws(Damage) in
      var reader = ByteReader(bytes)
      let copy = try OrderBook(reading: &reader)
      guard reader.remaining == 0 else { throw Damage(at: reader.offset, "bytes left over") }
      return copy
    }
    #expect(bytes(of: copy) == buffer.array)
    return copy
  }
}

func bytes(of book: OrderBook) -> [UInt8] {
  var buffer = ByteBuffer()
  book.encode(to: &buffer)
  return buffer.array
}
