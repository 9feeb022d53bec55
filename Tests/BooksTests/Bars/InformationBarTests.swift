import Events
import Testing

@testable import Books

/// Imbalance and runs bars, against a plain reading of their definition that keeps every tick.
@Suite struct InformationBarTests {
  private struct Tick {
    var sign: Int
    var weight: Double
  }

  /// Ticks of each bar, by the definition.
  private static func naive(
    _ rule: InformationBarBuilder.Rule, _ weight: InformationBarBuilder.Weight, _ first: Int,
    _ prints: [(Int64, Int64)]
  ) -> [Int] {
    var counts: [Int] = []
    var bars: [[Tick]] = []
    var current: [Tick] = []
    var sign = 0
    for (index, print) in prints.enumerated() {
      if index > 0, print.0 != prints[index - 1].0 { sign = print.0 > prints[index - 1].0 ? 1 : -1 }
      let size = Double(print.1)
      let value: Double =
        weight == .ticks ? 1 : weight == .volume ? size : abs(Double(print.0)) * size
      current.append(Tick(sign: sign, weight: value))
      if isOver(rule, first, bars, current) {
        counts.append(current.count)
        bars.append(current)
        current = []
      }
    }
    return counts
  }

  private static func isOver(
    _ rule: InformationBarBuilder.Rule, _ first: Int, _ bars: [[Tick]], _ bar: [Tick]
  ) -> Bool {
    guard !bars.isEmpty else { return bar.count == first }
    guard bar.count >= max(1, first / 10) else { return false }
    if bar.count == 10 * first { return true }
    /// The exponential average over bars of what is known of them.
    func expected(_ value: ([Tick]) -> Double?) -> Double {
      bars.dropFirst().reduce(value(bars[0]) ?? 0) { average, bar in
        average + 2.0 / 21 * ((value(bar) ?? average) - average)
      }
    }
    func sum(_ ticks: [Tick], _ sign: Int) -> Double {
      ticks.reduce(0) { $0 + ($1.sign == sign ? $1.weight : 0) }
    }
    func count(_ ticks: [Tick], _ sign: Int) -> Int { ticks.filter { $0.sign == sign }.count }
    func mean(_ ticks: [Tick], _ sign: Int) -> Double? {
      let count = count(ticks, sign)
      return count == 0 ? nil : sum(ticks, sign) / Double(count)
    }
    let length = expected { Double($0.count) }
    switch rule {
    case .imbalance:
      let signed = expected { (sum($0, 1) - sum($0, -1)) / Double($0.count) }
      return abs(sum(bar, 1) - sum(bar, -1)) >= length * abs(signed)
    case .runs:
      let share = expected { ticks in
        let signs = count(ticks, 1) + count(ticks, -1)
        return signs == 0 ? 0.5 : Double(count(ticks, 1)) / Double(signs)
      }
      let buy = expected { mean($0, 1) }
      let sell = expected { mean($0, -1) }
      return max(sum(bar, 1), sum(bar, -1)) >= length * max(share * buy, (1 - share) * sell)
    }
  }

  @Test(arguments: InformationBarBuilder.Rule.allCases, InformationBarBuilder.Weight.allCases)
  func `bars are those of the definition`(
    rule: InformationBarBuilder.Rule, weight: InformationBarBuilder.Weight
  ) {
    for (seed, first) in [(1, 1), (2, 7), (3, 20), (4, 60)] as [(UInt64, Int)] {
      var random = SeededRandom(seed)
      var price: Int64 = 1_000
      let prints: [(Int64, Int64)] = (0..<600).map { index in
        // Calm, then a trend, then calm again.
        let drift = (200..<400).contains(index) ? 1 : 0
        price += Int64(random.next() % 3) - 1 + Int64(drift * Int(random.next() % 2))
        return (price, Int64(random.next() % 50))
      }
      var builder = InformationBarBuilder(rule, of: weight, ticks: Int64(first))
      var counts: [Int] = []
      var count = 0
      for (index, print) in prints.enumerated() {
        count += 1
        let tick = BarTick(Price(print.0), Quantity(print.1))
        let time = Instant(nanoseconds: Int64(index))
        if let bar = builder.apply(tick, of: instrument, at: time) {
          #expect(bar.end == time && bar.bar.close == tick.price)
          counts.append(count)
          count = 0
        }
      }
      #expect(counts == Self.naive(rule, weight, first, prints))
      #expect(counts.count >= 600 / (10 * first) && counts.first == first)
      #expect(counts.allSatisfy { $0 >= max(1, first / 10) && $0 <= 10 * first })
    }
  }

  @Test func `a price that never moves has bars of the most ticks once nothing is expected to`() {
    // No tick has a sign: imbalance 0 is expected and met at once, at the fewest ticks.
    var builder = InformationBarBuilder(.imbalance, of: .ticks, ticks: 30)
    var lengths: [Int] = []
    var count = 0
    for time in 0..<40 {
      count += 1
      let time = Instant(nanoseconds: Int64(time))
      guard builder.apply(BarTick(Price(5)), of: instrument, at: time) != nil else { continue }
      lengths.append(count)
      count = 0
    }
    #expect(lengths == [30, 3, 3, 3])
  }

  @Test func `a builder read back goes on with its expectations`() throws {
    for prints in [0, 1, 5, 40] {
      var builder = InformationBarBuilder(.runs, of: .volume, ticks: 4)
      for index in 0..<prints {
        let tick = BarTick(Price(Int64(100 + index * index % 7)), Quantity(Int64(1 + index % 3)))
        _ = builder.apply(tick, of: instrument, at: Instant(nanoseconds: Int64(index)))
      }
      let bytes = ActivityBarTests.bytes { builder.encode(to: &$0) }
      try ActivityBarTests.check(
        bytes, builder, empty: InformationBarBuilder(.runs, of: .volume, ticks: 4)
      ) { (builder, reader) throws(Damage) in try builder.restore(instrument, &reader) }
    }
  }
}
