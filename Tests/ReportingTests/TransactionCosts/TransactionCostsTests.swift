import Events
import Foundation
import Scenarios
import Testing

@testable import Reporting

@Suite struct TransactionCostsTests {
  static let twap = ExecutionPlan(
    .twap, start: .epoch, end: Instant(nanoseconds: 1_000_000_000_000))

  static func cents(_ amount: Int64) -> Money { Money(raw: Int128(amount) * Money.one / 100) }

  /// A buy of 1,000, of which 700 fill, while the price rises.
  static func rising() -> JournalLines {
    var lines = JournalLines()
    lines.define(JournalLines.share)
    lines.quote(9_999, 10_001)
    let timer = Events.Timer(strategy: StrategyID(0), timer: 1)
    let cause = lines.add(.observation(.timer(timer)))
    let intent = lines.intend(twap, 1000, .buy, cause: cause)
    lines.quote(10_009, 10_011)
    lines.trade(9_000, 5)
    lines.hold(1, twap, 1000, .buy, cause: intent)
    lines.trade(10_010, 1000)
    lines.quote(10_011, 10_013)
    lines.send(2, of: 1, 400, .buy)
    lines.report(2, .filled(JournalLines.fill(1, 400, at: 10_015, cents: 200)))
    lines.quote(10_024, 10_026)
    lines.send(3, of: 1, 600, .buy)
    lines.quote(10_040, 10_041)
    lines.report(3, .filled(JournalLines.fill(1, 300, at: 10_030, cents: 150)))
    lines.trade(10_060, 3000)
    lines.quote(10_059, 10_061)
    lines.end(1)
    lines.trade(20_000, 9999)
    lines.quote(20_000, 20_001)
    return lines
  }

  @Test func `a shortfall is taken apart as worked by hand`() throws {
    let costs = try #require(TransactionCosts(Self.rising().entries).parents.first)
    // Mids: decision 100.00, arrival 100.10, sent 100.12 and 100.25, end 100.60.
    let parts = try #require(costs.parts)
    #expect(parts.delay == Self.cents(70_00))  // 700 × 0.10
    #expect(parts.drift == Self.cents(53_00))  // 400 × 0.02 + 300 × 0.15
    #expect(parts.impact == Self.cents(27_00))  // 400 × 0.03 + 300 × 0.05
    #expect(parts.fees == Self.cents(3_50))
    #expect(parts.opportunity == Self.cents(180_00))  // 300 × 0.60
    // Perold: paper 1000 × 0.60 = 600; real 700 × 100.60 − 40,060 − 30,090 − 3.50 = 266.50.
    #expect(parts.total == Self.cents(600_00 - 266_50))
    #expect(costs.basis == Self.cents(100_000_00))
    #expect(abs(try #require(costs.basisPoints(parts.total)) - 33.35) < 1e-9)
    #expect(costs.filled == Quantity(700))
    #expect(costs.children == 2 && costs.fills == 2)
    #expect(costs.outcome == .completed)
    // Of the trades in its life only: (1000 × 100.10 + 3000 × 100.60) / 4000.
    #expect(costs.marketVolume == Quantity(4000))
    #expect(abs(try #require(costs.marketAverage) - 100.475) < 1e-9)
    #expect(abs(try #require(costs.averagePrice) - 70_150.0 / 700) < 1e-9)
    let slippage = try #require(costs.slippage)
    #expect(abs(slippage - -25.948_174_741) < 1e-6)
    #expect(costs.participation == 0.175)
  }

  @Test func `the report's fields and the table say the same`() throws {
    let costs = TransactionCosts(Self.rising().entries)
    let execution = try #require(costs.executions(strategies: ["mean"]).first)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    let text = String(decoding: try encoder.encode(execution), as: UTF8.self)
    #expect(text.contains(#""strategy":"mean""#))
    #expect(text.contains(#""delay":{"basis_points":7,"money":"70.00"}"#))
    #expect(text.contains(#""shortfall":{"basis_points":33.35"#))
    #expect(text.contains(#""money":"333.50""#))
    #expect(text.contains(#""decision_price":"100.00""#))
    #expect(text.contains(#""outcome":"completed""#))
    #expect(
      costs.rows == [
        [
          "ord-1", "twap", "buy", "SHR", "700 of 1000", "100.2143", "-25.95", "7.00", "5.30",
          "2.70", "0.35", "18.00", "33.35", "333.50 USD",
        ]
      ])
    #expect(costs.rows[0].count == TransactionCosts.headings.count)
  }

  @Test func `a journal read from disk gives the same`() throws {
    let folder = try JournalFolder()
    let lines = Self.rising()
    for block in [1, 4, 1000] {
      let reader = try folder.write(lines.entries, to: "costs-\(block)", block: block)
      #expect(try TransactionCosts(reader) == TransactionCosts(lines.entries))
    }
    var quiet = JournalLines()
    quiet.define(JournalLines.share)
    quiet.quote(1, 2)
    #expect(try TransactionCosts(folder.write(quiet.entries, to: "quiet")).parents == [])
  }

  @Test func `a sell costs when the price falls`() throws {
    var lines = JournalLines()
    lines.define(JournalLines.share)
    let cause = lines.quote(10_000, 10_001)
    lines.hold(1, Self.twap, 10, .sell, cause: lines.intend(Self.twap, 10, .sell, cause: cause))
    lines.quote(9_990, 9_991)
    lines.send(2, of: 1, 10, .sell)
    lines.report(2, .filled(JournalLines.fill(1, 10, at: 9_989, cents: -1)))
    lines.end(1)
    let costs = try #require(TransactionCosts(lines.entries).parents.first)
    let parts = try #require(costs.parts)
    #expect(parts.delay == .zero)
    #expect(parts.drift == Self.cents(1_00))
    // The mid is between two prices: 99.905 − 99.89 = 0.015.
    #expect(parts.impact == Self.cents(15))
    #expect(parts.fees == Self.cents(-1))
    #expect(parts.total == Self.cents(1_14))
    #expect(costs.decisionMid?.text(of: JournalLines.share) == "100.005")
  }

  @Test(arguments: [Side.buy, .sell])
  func `below zero a price keeps its sign and basis points are of its magnitude`(side: Side) throws
  {
    var lines = JournalLines()
    lines.define(JournalLines.share)
    lines.quote(-801, -799)
    let intent = lines.intend(Self.twap, 100, side, cause: 0)
    lines.hold(1, Self.twap, 100, side, cause: intent)
    lines.trade(-800, 50)
    lines.send(2, of: 1, 100, side)
    lines.report(2, .filled(JournalLines.fill(1, 100, at: -796, cents: 0)))
    lines.end(1)
    let costs = try #require(TransactionCosts(lines.entries).parents.first)
    #expect(costs.averagePrice == -7.96 && costs.marketAverage == -8)
    #expect(costs.basis == Self.cents(800_00))
    // Four cents above the mid of −8: a buy loses 50 basis points, a sell gains them.
    let lost: Double = side == .buy ? 50 : -50
    let parts = try #require(costs.parts)
    #expect(abs(try #require(costs.basisPoints(parts.total)) - lost) < 1e-9)
    #expect(abs(try #require(costs.slippage) - lost) < 1e-9)
  }

  @Test func `busts, corrections, duplicates and other orders' fills count as they should`() throws
  {
    var lines = JournalLines()
    lines.define(JournalLines.share)
    let cause = lines.quote(10_000, 10_000)
    lines.hold(1, Self.twap, 100, .buy, cause: lines.intend(Self.twap, 100, .buy, cause: cause))
    lines.send(2, of: 1, 50, .buy)
    lines.send(3, of: 9, 50, .buy)
    // A stop loss that waited for the parent's fills is not a child of the algorithm.
    lines.send(4, of: 1, 20, .sell, when: .parentFilling)
    lines.report(4, .filled(JournalLines.fill(1, 20, at: 9_000)))
    lines.report(2, .filled(JournalLines.fill(1, 20, at: 10_010)))
    lines.report(2, .filled(JournalLines.fill(1, 20, at: 10_010)))
    lines.report(3, .filled(JournalLines.fill(1, 50, at: 99_999)))
    lines.report(2, .filled(JournalLines.fill(2, 10, at: 10_020, cents: 7, currency: "EUR")))
    lines.report(2, .filled(JournalLines.fill(3, 5, at: 20_000)))
    lines.report(2, .busted(fill: 3, text: ""))
    lines.report(2, .corrected(JournalLines.fill(1, 20, at: 10_030, cents: 2), text: ""))
    let costs = try #require(TransactionCosts(lines.entries).parents.first)
    #expect(costs.filled == Quantity(30))
    #expect(costs.fills == 2 && costs.children == 1)
    let parts = try #require(costs.parts)
    #expect(parts.impact == Self.cents(20 * 30 + 10 * 20))
    #expect(parts.fees == Self.cents(2))
    #expect(costs.otherFees == [ParentCosts.OtherFee(currency: "EUR", amount: Self.cents(7))])
    // Still under way: what is missing is measured at the last price.
    #expect(costs.end == nil && parts.opportunity == .zero)
    let execution = TransactionCosts(lines.entries).executions()[0]
    #expect(execution.outcome == "open" && execution.strategy == "strategy 0")
    #expect(execution.otherFees == ["EUR": "0.07"])
    #expect(execution.undefined == ["market_vwap": "the market did not trade"])
  }

  @Test func `each leg of a pair has costs of its own`() throws {
    var lines = JournalLines()
    lines.define(JournalLines.share)
    var other = JournalLines.share
    (other.id, other.symbol) = (InstrumentID(1), "OTH")
    lines.define(other)
    let plan = ExecutionPlan(
      .pairs, start: .epoch, end: Instant(nanoseconds: 1 << 50),
      values: [
        Reason.Value("instrument", Decimal(mantissa: 1, scale: 0)),
        Reason.Value("ratio", Decimal(mantissa: 5, scale: 1)),
      ])
    lines.quote(5_000, 5_002, 1)
    let cause = lines.quote(10_000, 10_002)
    lines.hold(1, plan, 10, .buy, cause: lines.intend(plan, 10, .buy, cause: cause))
    lines.send(2, of: 1, 10, .buy)
    lines.report(2, .filled(JournalLines.fill(1, 10, at: 10_002)))
    lines.quote(4_980, 4_982, 1)
    lines.send(3, of: 1, 5, .sell, 1)
    lines.report(3, .filled(JournalLines.fill(1, 5, at: 4_980)))
    lines.trade(4_980, 7, 1)
    lines.end(1)
    let parents = TransactionCosts(lines.entries).parents
    #expect(parents.map(\.leg) == [1, 2])
    #expect(parents.map(\.side) == [.buy, .sell])
    #expect(parents.map(\.quantity.raw) == [10, 5])
    #expect(parents[0].parts?.impact == Self.cents(10))
    #expect(parents[0].marketVolume == .zero)
    #expect(parents[1].parts?.drift == Self.cents(100))
    #expect(parents[1].parts?.impact == Self.cents(5))
    #expect(parents[1].parts?.opportunity == .zero)
    #expect(parents[1].marketVolume == Quantity(7))
    #expect(TransactionCosts(lines.entries).rows[1][0] == "ord-1 (2nd leg)")
  }

  @Test func `a fill on another venue counts at that venue's mid and scale`() throws {
    var lines = JournalLines()
    lines.define(JournalLines.share)
    var fine = JournalLines.share
    (fine.id, fine.priceScale) = (InstrumentID(1), 4)
    lines.define(fine)
    lines.quote(999_900, 1_000_100, 1)
    let cause = lines.quote(10_000, 10_002)
    lines.hold(1, Self.twap, 10, .buy, cause: lines.intend(Self.twap, 10, .buy, cause: cause))
    lines.send(2, of: 1, 10, .buy, 1)
    lines.report(2, .filled(JournalLines.fill(1, 10, at: 1_000_050)))
    let parts = try #require(TransactionCosts(lines.entries).parents.first?.parts)
    #expect(parts.drift == Self.cents(-10))  // 10 × (100.00 − 100.01)
    #expect(parts.impact == Self.cents(5))  // 10 × 0.005
  }

  @Test func `a venue that counts in other units adds up with the rest`() throws {
    var lines = JournalLines()
    lines.define(JournalLines.share)
    var fine = JournalLines.share
    (fine.id, fine.quantityScale) = (InstrumentID(1), 3)
    lines.define(fine)
    lines.quote(10_000, 10_002, 1)
    let cause = lines.quote(10_000, 10_002)
    lines.hold(1, Self.twap, 10, .buy, cause: lines.intend(Self.twap, 10, .buy, cause: cause))
    lines.send(2, of: 1, 4, .buy)
    lines.report(2, .filled(JournalLines.fill(1, 4, at: 10_002)))
    lines.send(3, of: 1, 5_500, .buy, 1)
    lines.report(3, .filled(JournalLines.fill(2, 5_500, at: 10_003)))
    lines.end(1)
    let parent = try #require(TransactionCosts(lines.entries).parents.first)
    #expect(parent.filled == Quantity(9_500) && parent.quantity == Quantity(10_000))
    #expect(parent.parts?.impact == Self.cents(15))  // 4 × 0.01 + 5.5 × 0.02
    let average = try #require(parent.averagePrice)
    #expect(abs(average - (4 * 100.02 + 5.5 * 100.03) / 9.5) < 1e-9)
  }

  @Test func `without prices there is a reason instead of costs`() throws {
    var lines = JournalLines()
    lines.define(JournalLines.share)
    let intent = lines.intend(Self.twap, 10, .buy, cause: 0)
    lines.hold(1, Self.twap, 10, .buy, cause: intent)
    lines.end(1, .refused)
    let costs = TransactionCosts(lines.entries)
    #expect(costs.parents[0].parts == nil)
    #expect(costs.rows[0].suffix(8).allSatisfy { $0 == "–" })
    #expect(
      costs.executions()[0].undefined == [
        "shortfall": "there was no price when it was decided or held",
        "average_price": "nothing was filled", "market_vwap": "the market did not trade",
      ])
  }

  @Test(arguments: 1...100 as ClosedRange<UInt64>)
  func `the parts add up to paper profit less real profit`(seed: UInt64) throws {
    var numbers = SeededNumbers(seed)
    var lines = JournalLines()
    lines.define(JournalLines.share)
    var mid = Int64(20_000)
    func move() {
      mid += numbers.next(-300...300)
      lines.quote(mid - 2, mid + numbers.next(0...5))
    }
    func doubled() -> Int128 {
      guard case .observation(.market(.quote(let quote))) = lines.entries.last?.event else {
        return 0
      }
      return Int128(quote.bid.raw + quote.ask.raw)
    }
    move()
    let decided = doubled()
    let side: Side = seed % 2 == 0 ? .buy : .sell
    let quantity = numbers.next(1...5000)
    let intent = lines.intend(Self.twap, quantity, side, cause: lines.sequence)
    for _ in 0..<numbers.next(0...3) { move() }
    lines.hold(1, Self.twap, quantity, side, cause: intent)
    var (left, paid, fees) = (quantity, Int128(0), Int128(0))
    for child in 2..<numbers.next(3...9) where left > 0 {
      move()
      lines.send(UInt64(child), of: 1, left, side)
      let part = numbers.next(1...left)
      let price = mid + numbers.next(-9...9)
      let fee = numbers.next(-5...50)
      lines.report(UInt64(child), .filled(JournalLines.fill(1, part, at: price, cents: fee)))
      left -= part
      paid += Int128(part * price)
      fees += Int128(fee)
    }
    move()
    let ended = doubled()
    lines.end(1)
    let sign = Int128(side.sign)
    // In half-cents: paper (E − D) Q, real E X − Σ p q − fees.
    let paper = sign * (ended - decided) * Int128(quantity)
    let real = sign * (ended * Int128(quantity - left) - 2 * paid) - 2 * fees
    let parts = try #require(TransactionCosts(lines.entries).parents.first?.parts)
    #expect(parts.total == Money(raw: (paper - real) * Money.one / 200))
  }
}

/// Numbers from a seed (SplitMix64, Steele, Lea and Flood, 2014).
struct SeededNumbers: RandomNumberGenerator {
  var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func next(_ range: ClosedRange<Int64>) -> Int64 { .random(in: range, using: &self) }
}
