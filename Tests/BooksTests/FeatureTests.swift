import Events
import Foundation
import Testing

@testable import Books

@Suite struct FeatureTests {
  func isNear(_ a: Double, _ b: Double, _ tolerance: Double = 1e-12) -> Bool {
    abs(a - b) <= tolerance * max(1, abs(b))
  }

  @Test func `an exponential average starts with the first value`() {
    var average = ExponentialAverage(3)
    #expect(average.alpha == 0.5)
    let values: [Double] = [2, 4, 8, 0].map { average.push($0) }
    #expect(values == [2, 3, 5.5, 2.75])
    #expect(average.isReady && average.count == 4)
    var constant = ExponentialAverage(7)
    for _ in 0..<100 { constant.push(0.1) }
    #expect(constant.value == 0.1)
  }

  @Test func `an average is ready after as many values as its period`() {
    var average = ExponentialAverage(2)
    #expect(!average.isReady)
    average.push(1)
    #expect(!average.isReady)
    average.push(1)
    #expect(average.isReady)
  }

  @Test func `a rolling window knows its last values`() {
    var window = Rolling(3)
    var rows: [[Double]] = []
    for value in [4, 1, 7, 1, 1, 10] as [Double] {
      window.push(value)
      rows.append([window.mean, window.variance, window.least, window.greatest])
    }
    let expected: [[Double]] = [
      [4, 0, 4, 4], [2.5, 4.5, 1, 4], [4, 9, 1, 7], [3, 12, 1, 7], [3, 12, 1, 7], [4, 27, 1, 10],
    ]
    for (row, other) in zip(rows, expected) {
      #expect(zip(row, other).allSatisfy { isNear($0, $1) }, "\(row) is not \(other)")
    }
    var one = Rolling(1)
    one.push(5)
    one.push(3)
    #expect(one.mean == 3 && one.deviation == 0 && one.least == 3 && one.greatest == 3)
  }

  @Test func `a rolling window stays exact over a long series far from zero`() {
    var random = SeededRandom(9)
    var window = Rolling(50)
    var values: [Double] = []
    for step in 0..<20_000 {
      let value = 1e9 + Double.random(in: -1...1, using: &random)
      values.append(value)
      window.push(value)
      guard step % 997 == 996 else { continue }
      let last = values.suffix(50).map { $0 - 1e9 }
      let mean = last.reduce(0, +) / 50
      let variance = last.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 49
      #expect(isNear(window.mean - 1e9, mean, 1e-6))
      #expect(isNear(window.variance, variance, 1e-6))
      #expect(window.least == values.suffix(50).min() && window.greatest == values.suffix(50).max())
    }
  }

  @Test func `returns and volatilities are those worked out by hand`() {
    var returns = Returns()
    let simple = [100.0, 110, 99, 0, 5].map { returns.push($0) }
    let expected: [Double?] = [nil, 110 / 100.0 - 1, 99 / 110.0 - 1, -1, nil]
    #expect(simple == expected)
    // Returns 0.1, −0.1, 0.2: mean 1/15, deviation √(0.14/6).
    var volatility = Volatility(3)
    for price in [100, 110, 99] as [Double] { volatility.push(price) }
    #expect(!volatility.isReady)
    #expect(isNear(volatility.value, 0.1414213562373095))
    volatility.push(118.8)
    #expect(volatility.isReady)
    #expect(isNear(volatility.value, 0.1527525231651947))
    var weighted = WeightedVolatility(decay: 0.5)
    #expect(!weighted.isReady)
    for price in [100, 110, 99, 118.8] as [Double] { weighted.push(price) }
    // 0.01, then 0.5 × 0.01 + 0.5 × 0.01, then 0.5 × 0.01 + 0.5 × 0.04.
    #expect(isNear(weighted.variance, 0.025))
  }

  @Test func `quotes tell middle, spread, imbalance and microprice`() {
    func features(_ quote: Quote) -> [Double?] {
      [quote.mid, quote.spread, quote.imbalance, quote.microprice]
    }
    #expect(features(quote(100, 30, 104, 10)) == [102, 4, 0.5, 103])
    #expect(features(quote(100, 30, .min, 0)) == [nil, nil, 1, nil])
    #expect(features(quote(100, 0, 101, 0)) == [100.5, 1, nil, nil])
    let limit = Price.limit
    #expect(features(quote(-limit, limit, limit, limit)) == [0, Double(limit) * 2, 0, 0])
  }

  @Test func `Wilder's averages, strength and range are those worked out by hand`() {
    var average = WilderAverage(2)
    let values: [Double] = [4, 8, 2, 6].map { average.push($0) }
    #expect(values == [4, 6, 4, 5])
    var strength = RelativeStrength(2)
    #expect(strength.value == 50)
    // Gains 2, 0, 1 and losses 0, 1, 0: averages 1, 1, (1 + 1) / 2 and 0.5, 0.25.
    for price in [10, 12, 11] as [Double] { strength.push(price) }
    #expect(strength.isReady && isNear(strength.value, 100 * 1 / 1.5))
    #expect(isNear(strength.push(12), 100 * 1 / 1.25))
    var range = AverageTrueRange(2)
    #expect(range.push(bar(10, 12, 9, 11, 1)) == 3)
    #expect(range.push(bar(15, 16, 15, 16, 1)) == 4)
    #expect(range.push(bar(10, 10, 10, 10, 1)) == 5)
    #expect(range.isReady)
  }

  @Test func `features survive encoding with all their state`() throws {
    var volatility = Volatility(3)
    for price in [100, 110, 99, 118.8, 7] as [Double] { volatility.push(price) }
    var copy = try JSONDecoder().decode(
      Volatility.self, from: JSONEncoder().encode(volatility))
    #expect(copy == volatility)
    #expect(copy.push(8) == volatility.push(8))
  }
}
