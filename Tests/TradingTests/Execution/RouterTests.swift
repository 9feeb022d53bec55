import Events
import Testing

@testable import Trading

@Suite struct RouterTests {
  static func venue(
    _ id: UInt16, ask: Int64, size: Int64, fee: Router.Fee = .perUnit(0), latency: Int64 = 0,
    rate: Int64 = 1_000_000_000, lot: Int64 = 1
  ) -> Router.Venue {
    Router.Venue(
      Parents.instrument(id, lot: lot),
      best: Quote(
        instrument: InstrumentID(id), bid: Price(ask), ask: Price(ask), bidSize: Quantity(size),
        askSize: Quantity(size)), fee: fee, latency: latency, fillRate: rate)
  }

  static func route(
    _ quantity: Int64, _ venues: [Router.Venue], side: Side = .buy, limit: Price = .none,
    excluded: [InstrumentID] = [], by router: Router = Router()
  ) -> RouteRecord {
    router.route(
      OrderID(7), side, Quantity(quantity), limit: limit, over: venues, excluded: excluded,
      round: 1)
  }

  /// Venue and quantity, best first.
  static func parts(_ record: RouteRecord) -> [[Int64]] {
    record.candidates.map { [Int64($0.instrument.raw), $0.quantity.raw] }
  }

  @Test func `a unit's cost is price, fee, latency and what a miss costs`() {
    // 100.00 + 0.3 bp of it (0.003) + 2 ms at 5 a second (0.01) + 25 % of 0.04 (0.01) = 100.023
    let router = Router(latencyCost: 5_000_000_000_000, missCost: 40_000_000_000)
    let venue = Self.venue(
      0, ask: 10_000, size: 50, fee: .perValue(30_000), latency: 2_000_000, rate: 750_000_000)
    let buy = Self.route(10, [venue], by: router).candidates[0]
    #expect(buy.fee == 3_000_000_000)
    #expect(buy.score == 100_023_000_000_000)
    // A sell brings what is left.
    let sell = Self.route(10, [venue], side: .sell, by: router).candidates[0]
    #expect(sell.score == 99_977_000_000_000)
    #expect(sell.quantity == Quantity(10))
  }

  @Test func `parts go to the best first, up to the size shown`() {
    let venues = [
      Self.venue(0, ask: 10_001, size: 50), Self.venue(1, ask: 10_000, size: 30),
      // A rebate of half a tick beats a price that is equal otherwise.
      Self.venue(2, ask: 10_001, size: 20, fee: .perUnit(-5_000_000_000)),
      Self.venue(3, ask: 10_002, size: 99),
    ]
    let record = Self.route(80, venues)
    #expect(Self.parts(record) == [[1, 30], [2, 20], [0, 30], [3, 0]])
    #expect(record.order == OrderID(7) && record.round == 1 && record.quantity == Quantity(80))
    // For a sell the dearest is the best.
    #expect(
      Self.parts(Self.route(120, venues, side: .sell)) == [[3, 99], [2, 20], [0, 1], [1, 0]])
    #expect(Self.parts(Self.route(500, venues)) == [[1, 30], [2, 20], [0, 50], [3, 99]])
  }

  @Test func `limit, exclusion, lots and empty books bound the parts`() {
    let venues = [
      Self.venue(0, ask: 10_001, size: 55, lot: 10), Self.venue(1, ask: 10_000, size: 0),
      Self.venue(2, ask: 10_002, size: 99),
    ]
    // No size is known of the first: it takes all.
    #expect(Self.parts(Self.route(80, venues)) == [[1, 80], [0, 0], [2, 0]])
    let excluded = [InstrumentID(1)]
    #expect(Self.parts(Self.route(80, venues, excluded: excluded)) == [[0, 50], [2, 30]])
    #expect(
      Self.parts(Self.route(80, venues, limit: Price(10_001), excluded: excluded))
        == [[0, 50], [2, 0]])
    #expect(
      Self.parts(Self.route(80, venues, side: .sell, limit: Price(10_002)))
        == [[2, 80], [0, 0], [1, 0]])
    var empty = Self.venue(4, ask: 1, size: 9)
    empty.best.ask = .none
    #expect(Self.route(80, [empty]).candidates == [])
  }

  @Test func `equal scores are ranked by fill rate, size, latency and number`() {
    let venues = [
      Self.venue(5, ask: 100, size: 10), Self.venue(4, ask: 100, size: 10),
      Self.venue(3, ask: 100, size: 10, latency: 5), Self.venue(2, ask: 100, size: 11),
      Self.venue(1, ask: 100, size: 99, rate: 5),
      Self.venue(6, ask: 100, size: 1, rate: 2_000_000_000),
    ]
    let expected: [UInt16] = [2, 4, 5, 3, 6, 1]
    for turn in venues.indices {
      let turned = Array(venues[turn...] + venues[..<turn])
      #expect(Self.route(1, turned).candidates.map(\.instrument.raw) == expected)
    }
  }

  @Test func `prices of other scales and multipliers compare as money`() {
    var fine = Self.venue(1, ask: 1_000_049, size: 10)
    fine.instrument.priceScale = 4
    let coarse = Self.venue(0, ask: 10_001, size: 10)
    // 100.0049 against 100.01, times a multiplier of 50.
    var venues = [coarse, fine]
    for index in venues.indices { venues[index].instrument.multiplier = 50_000_000_000 }
    let record = Self.route(15, venues, limit: Price(10_001))
    #expect(Self.parts(record) == [[1, 10], [0, 5]])
    #expect(record.candidates.map(\.score) == [5_000_245_000_000_000, 5_000_500_000_000_000])
    #expect(
      Self.parts(Self.route(15, venues, limit: Price(10_000))) == [[1, 0], [0, 0]])
  }

  @Test func `each venue gets its part at its own quantity scale`() {
    // The first counts in units, the second in thousandths and lots of a tenth, the third in hundreds.
    let whole = Self.venue(0, ask: 100, size: 10)
    var fine = Self.venue(1, ask: 101, size: 5_555)
    (fine.instrument.quantityScale, fine.instrument.lotSize) = (3, Quantity(100))
    let record = Self.route(20, [whole, fine])
    // 5.555 are shown, 5 of them as whole units.
    #expect(Self.parts(record) == [[0, 10], [1, 5_000]])
    // Seen from the second, 15.55 are 10 and 5.5.
    let back = Self.route(15_550, [fine, whole])
    #expect(Self.parts(back) == [[0, 10], [1, 5_500]])
  }

  @Test(arguments: [
    (Int64(1_234), UInt8(3), UInt8(0), Int64(1)), (-1_234, 3, 0, -2), (7, 0, 6, 7_000_000),
    (.max >> 1, 0, 9, Quantity.limit), (5, 2, 2, 5),
  ])
  func `a quantity at another scale is rounded down`(
    _ raw: Int64, _ from: UInt8, _ to: UInt8, _ result: Int64
  ) {
    #expect(Quantity(raw).rescaled(from: from, to: to) == Quantity(result))
  }

  @Test func `instruments that differ in more than price are no market`() {
    let share = Parents.instrument(0)
    #expect(Router.problem(of: [share, Parents.instrument(1, lot: 5)]) == nil)
    #expect(Router.problem(of: []) == "there are no instruments")
    #expect(Router.problem(of: [share, share]) == "T0 on XTST is named twice")
    var euro = Parents.instrument(1)
    euro.currency = "EUR"
    #expect(
      Router.problem(of: [share, euro])
        == "T1 on XTST has another currency or multiplier than T0 on XTST")
  }

  @Test(arguments: 1...100 as ClosedRange<UInt64>)
  func `no route sends more than is wanted, shown or allowed`(seed: UInt64) {
    var dice = Dice(seed)
    let side: Side = seed % 2 == 0 ? .buy : .sell
    let venues = (0..<UInt16(dice.roll(0...8))).map { id in
      Self.venue(
        id, ask: dice.roll(90...110), size: dice.roll(1...100),
        fee: .perUnit(dice.roll(-1...1) * 1_000_000_000), latency: dice.roll(0...10_000_000),
        rate: dice.roll(0...1_000_000_000), lot: dice.roll(1...10))
    }
    let limit = Price(dice.roll(95...105))
    let quantity = dice.roll(1...300)
    let record = Self.route(
      quantity, venues, side: side, limit: limit,
      by: Router(latencyCost: 1 << 40, missCost: 1 << 30))
    #expect(record.candidates.count == venues.count)
    #expect(record.candidates.reduce(0) { $0 + $1.quantity.raw } <= quantity)
    for candidate in record.candidates {
      #expect(candidate.quantity.raw >= 0 && candidate.quantity <= candidate.size)
      let isWithin = side == .buy ? candidate.price <= limit : candidate.price >= limit
      #expect(isWithin || candidate.quantity == .zero)
    }
    let scores = record.candidates.map { side == .buy ? $0.score : -$0.score }
    #expect(scores == scores.sorted())
  }
}

@Suite struct FillHistoryTests {
  @Test func `a venue's rate is what was filled of what was sent`() throws {
    var history = FillHistory()
    #expect(history.rate(of: InstrumentID(3)) == 1_000_000_000)
    history.note(InstrumentID(3), sent: Quantity(30), filled: Quantity(10))
    history.note(InstrumentID(1), sent: Quantity(5), filled: Quantity(9))
    history.note(InstrumentID(2), sent: Quantity(5), filled: .zero)
    history.note(InstrumentID(3), sent: Quantity(30), filled: Quantity(10))
    #expect(history.venues.map(\.instrument.raw) == [1, 2, 3])
    #expect(history.rate(of: InstrumentID(1)) == 1_000_000_000)
    #expect(history.rate(of: InstrumentID(2)) == 0)
    #expect(history.rate(of: InstrumentID(3)) == 333_333_333)
    var out = ByteBuffer()
    history.encode(to: &out)
    let copy = try out.withBytes { (span) throws(Damage) in
      var input = ByteReader(span)
      return try FillHistory(&input)
    }
    #expect(copy == history)
  }

  @Test func `sums are halved before they overflow, and the rate stays`() {
    var history = FillHistory()
    for _ in 0..<100 {
      history.note(
        InstrumentID(0), sent: Quantity(Quantity.limit), filled: Quantity(Quantity.limit / 4))
    }
    #expect(abs(history.rate(of: InstrumentID(0)) - 250_000_000) <= 1)
  }
}
