import Events
import Scenarios
import Testing

@testable import Trading

@Suite struct PortfolioTests {
  static let share = Instrument.share(0, "SHR")
  static let future = Instrument.future(1, "FUT")

  final class Book {
    var portfolio = Portfolio(strategyCount: 1)
    var fills: UInt64 = 0

    init() {
      for id in 0...2 as ClosedRange<UInt16> { portfolio.admit(InstrumentID(id)) }
    }

    func fill(
      _ quantity: Int64, at price: Int64, _ instrument: Instrument, fee: Money = .zero,
      in currency: String? = nil
    ) -> Bool {
      fills += 1
      let ticket = OrderTicket(
        order: OrderID(fills), strategy: StrategyID(0), instrument: instrument.id,
        side: quantity < 0 ? .sell : .buy, type: .market, timeInForce: .day,
        quantity: Quantity(quantity.magnitude == 1 << 63 ? 1 : abs(quantity)))
      return portfolio.fill(
        Fill(
          id: fills, price: Price(price),
          quantity: Quantity(quantity == .min ? .max : abs(quantity)), fee: fee,
          feeCurrency: currency ?? instrument.currency, liquidity: .taker), of: ticket,
        instrument.terms, instrument.currency) != nil
    }
  }

  /// Fills (quantity @ price in cents), then quantity, cost, realised, in dollars.
  @Test(
    arguments: [
      ([(100, 1000)], 100, 1000, 0),
      ([(100, 1000), (100, 1200)], 200, 2200, 0),
      ([(100, 1000), (100, 1200), (-50, 1300)], 150, 1650, 100),
      ([(100, 1000), (-100, 900)], 0, 0, -100),
      ([(100, 1000), (-150, 1100)], -50, -550, 100),
      ([(-100, 1000)], -100, -1000, 0),
      ([(-100, 1000), (-100, 1200), (50, 1000)], -150, -1650, 50),
      ([(-100, 1000), (150, 900)], 50, 450, 100),
      ([(100, 1000), (-100, 1100), (100, 1100), (-100, 1000)], 0, 0, 0),
      ([(3, 1000), (-1, 1000), (-1, 1000), (-1, 1000)], 0, 0, 0),
      ([(100, -500), (-100, 300)], 0, 0, 800),
    ] as [([(Int64, Int64)], Int64, Int64, Int64)])
  func `average cost is as worked by hand`(
    fills: [(Int64, Int64)], quantity: Int64, cost: Int64, realised: Int64
  ) throws {
    for instrument in [Self.share, Self.future] {
      let book = Book()
      let scale: Int64 = instrument.kind == .future ? 50 : 1
      for (quantity, price) in fills {
        #expect(book.fill(quantity, at: price, instrument))
      }
      let position = book.portfolio.position(StrategyID(0), instrument.id)
      #expect(position.quantity == Quantity(quantity))
      #expect(position.cost == Money(units: cost * scale))
      #expect(position.realised == Money(units: realised * scale))
      let usd = try #require(book.portfolio.ledger["USD"])
      let isFuture = instrument.kind == .future
      #expect(usd[.inventory] == (isFuture ? .zero : position.cost))
      #expect(usd[.realised] == -position.realised)
      #expect(usd[.cash] == position.realised - (isFuture ? .zero : position.cost))
      #expect(usd.sum == .zero)
    }
  }

  @Test func `average price and unrealised profit are in the instrument's units`() {
    let book = Book()
    #expect(book.fill(2, at: 480_000, Self.future) && book.fill(2, at: 480_100, Self.future))
    let position = book.portfolio.position(StrategyID(0), Self.future.id)
    #expect(position.averagePrice(of: Self.future) == 4800.5)
    #expect(position.unrealised(at: Price(480_100), of: Self.future) == Money(units: 100))
    #expect(position.unrealised(at: .none, of: Self.future) == nil)
    #expect(Position().unrealised(at: .none, of: Self.future) == .zero)
    #expect(Position().averagePrice(of: Self.future) == nil)
  }

  @Test func `fees are expenses and rebates income in their own currency`() throws {
    let book = Book()
    #expect(book.fill(10, at: 1000, Self.share, fee: Money(units: 3)))
    #expect(book.fill(10, at: 1000, Self.share, fee: -Money(units: 1)))
    #expect(book.fill(10, at: 1000, Self.share, fee: Money(units: 7), in: "BNB"))
    let position = book.portfolio.position(StrategyID(0), Self.share.id)
    #expect(position.fees == Money(units: 2))
    let usd = try #require(book.portfolio.ledger["USD"])
    let coin = try #require(book.portfolio.ledger["BNB"])
    #expect(usd[.fees] == Money(units: 2) && usd[.cash] == -Money(units: 302))
    #expect(coin[.fees] == Money(units: 7) && coin[.cash] == -Money(units: 7))
    #expect(usd.sum == .zero && coin.sum == .zero)
  }

  @Test func `a fill without a fee opens no books in the fee's currency`() {
    let book = Book()
    #expect(book.fill(1, at: 1, Self.share, in: ""))
    #expect(book.portfolio.ledger.books.map(\.currency) == ["USD"])
  }

  @Test(
    arguments: [
      (Int64.max, 1, Int128(0)), (1, Int64.min, 0), (1, 1, Int128.max), (1, 1, Int128.min),
      (Quantity.limit, Price.limit, 0), (1, 1, Money.limit + 1),
    ] as [(Int64, Int64, Int128)])
  func `a fill out of range changes nothing`(quantity: Int64, price: Int64, fee: Int128) {
    let book = Book()
    #expect(book.fill(5, at: 1000, Self.share))
    let before = Self.bytes(book.portfolio)
    #expect(!book.fill(quantity, at: price, Self.share, fee: Money(raw: fee)))
    #expect(Self.bytes(book.portfolio) == before)
  }

  @Test func `totals stop at their limits, with nothing changed`() {
    let book = Book()
    #expect(book.fill(Quantity.limit, at: 1, Self.share))
    let full = Self.bytes(book.portfolio)
    #expect(!book.fill(1, at: 1, Self.share))
    #expect(Self.bytes(book.portfolio) == full)
    let fees = Book()
    #expect(fees.fill(1, at: 1, Self.share, fee: Money(raw: Money.limit - (1 << 50))))
    let nearly = Self.bytes(fees.portfolio)
    #expect(!fees.fill(1, at: 1, Self.share, fee: Money(raw: 1 << 51)))
    // The fee's posting failed after the trade's: neither may stay.
    #expect(Self.bytes(fees.portfolio) == nearly)
    #expect(fees.fill(1, at: 1, Self.share, fee: Money(raw: Money.limit), in: "EUR"))
    let both = Self.bytes(fees.portfolio)
    #expect(!fees.fill(1, at: 1, Self.share, fee: Money(raw: 1), in: "EUR"))
    #expect(Self.bytes(fees.portfolio) == both)
  }

  static func bytes(_ portfolio: Portfolio) -> [UInt8] {
    var out = ByteBuffer()
    portfolio.encode(to: &out)
    return out.array
  }

  @Test(arguments: 0..<60 as Range<UInt64>)
  func `random fills agree with an exact auditor and the books balance`(seed: UInt64) throws {
    var random = SeededNumbers(seed: seed)
    let book = Book()
    var audits = [NaiveBooks(), NaiveBooks()]
    var fees: Int128 = 0
    // Few fills and small numbers keep the auditor's fractions within 128 bits.
    for _ in 0..<14 {
      let instrument = random.below(2) == 0 ? Self.share : Self.future
      let quantity = Int64(random.below(12)) * (random.below(2) == 0 ? 1 : -1)
      let price = Int64(random.below(50)) - 5
      guard quantity != 0 else { continue }
      let fee = Int128(random.below(1000)) - 300
      fees += fee
      #expect(book.fill(quantity, at: price, instrument, fee: Money(raw: fee)))
      audits[instrument.id.index].take(NaiveBooks.Move(quantity: quantity, price: price))
      let usd = try #require(book.portfolio.ledger["USD"])
      #expect(usd.sum == .zero)
      #expect(usd[.fees].raw == fees)
      for one in [Self.share, Self.future] {
        let position = book.portfolio.position(StrategyID(0), one.id)
        let audit = audits[one.id.index]
        let unit = Double(one.kind == .future ? 50 : 1) * 1e10
        #expect(position.quantity.raw == audit.held)
        // Rounded once per closing fill, at 10^-12.
        #expect(abs(Double(position.cost.raw) - audit.cost.double * unit) <= 14)
        #expect(abs(Double(position.realised.raw) - audit.realised.double * unit) <= 14)
      }
      let costs = book.portfolio.position(StrategyID(0), Self.share.id).cost
      #expect(usd[.inventory] == costs)
    }
  }

  @Test func `an encoded portfolio is read back`() throws {
    let book = Book()
    let isTaken = book.portfolio.deposit(Money(units: 5000), "USD")
    #expect(isTaken)
    #expect(book.fill(7, at: 999, Self.share, fee: Money(raw: 3), in: "EUR"))
    #expect(book.fill(-2, at: 100, Self.future))
    let bytes = Self.bytes(book.portfolio)
    let copy = try bytes.withBytes { (span) throws(Damage) in
      var input = ByteReader(span)
      var copy = Portfolio(strategyCount: 1)
      try copy.restore(&input)
      return copy
    }
    #expect(Self.bytes(copy) == bytes)
    #expect(copy.ledger == book.portfolio.ledger)
    #expect(throws: Damage.self) {
      try bytes.withBytes { (span) throws(Damage) in
        var input = ByteReader(span)
        var none = Portfolio(strategyCount: 0)
        try none.restore(&input)
      }
    }
  }

  @Test func `a posting that does not balance is a programmer's error`() async {
    await #expect(processExitsWith: .failure) {
      var ledger = Ledger()
      ledger.post(Ledger.Amounts(cash: Money(units: 1)), "USD")
    }
  }
}

/// Numbers from a seed (SplitMix64).
struct SeededNumbers {
  private var state: UInt64
  init(seed: UInt64) { state = seed &* 0x2545_F491_4F6C_DD1D &+ 1 }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
    return word ^ word >> 31
  }

  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
