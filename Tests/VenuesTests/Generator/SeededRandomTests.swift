import Testing

@testable import Venues

@Suite struct SeededRandomTests {
  /// The reference implementation of SplitMix64 started with 1234567.
  @Test func `SplitMix64 gives its published numbers`() {
    var mixer = SplitMix(state: 1_234_567)
    #expect(
      (0..<5).map { _ in mixer.next() } == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
        4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
      ])
  }

  @Test func `streams of a seed differ, the same stream repeats`() {
    var a = SeededRandom(seed: 1, stream: 1)
    var b = SeededRandom(seed: 1, stream: 2)
    var c = SeededRandom(seed: 1, stream: 1)
    let first = (0..<8).map { _ in a.next() }
    #expect(first != (0..<8).map { _ in b.next() })
    #expect(first == (0..<8).map { _ in c.next() })
  }

  @Test func `bounded numbers cover their range evenly`() {
    var random = SeededRandom(seed: 3)
    var counts = [Int](repeating: 0, count: 10)
    for _ in 0..<100_000 { counts[random.below(10)] += 1 }
    #expect(counts.allSatisfy { (9_500...10_500).contains($0) })
  }

  @Test func `gaussian numbers have mean 0 and deviation 1`() {
    var random = SeededRandom(seed: 4)
    let numbers = (0..<100_000).map { _ in Double(random.gaussian()) / 65_536 }
    let mean = numbers.reduce(0, +) / 100_000
    let variance = numbers.map { $0 * $0 }.reduce(0, +) / 100_000
    #expect(abs(mean) < 0.02)
    #expect(abs(variance - 1) < 0.02)
  }

  @Test func `exponential numbers have mean 1 and variance 1`() {
    var random = SeededRandom(seed: 5)
    let numbers = (0..<100_000).map { _ in Double(random.exponential()) / 65_536 }
    let mean = numbers.reduce(0, +) / 100_000
    let square = numbers.map { $0 * $0 }.reduce(0, +) / 100_000
    #expect(abs(mean - 1) < 0.02)
    #expect(abs(square - 2) < 0.1)
  }

  @Test(
    arguments: [
      (UInt64.max, 0.0), (1 << 63, 0.693147), (1 << 62, 1.386294), (3 << 62, 0.287682),
      (1, 44.361419), (0, 44.361419), (12_345_678_901_234_567, 7.309337),
    ] as [(UInt64, Double)])
  func `the logarithm is that of the books`(_ u: UInt64, _ expected: Double) {
    #expect(abs(Double(FixedPoint.negativeLogarithm(u)) / 65_536 - expected) < 0.0003)
  }

  @Test(
    arguments: [
      (0, 1.0), (1, 2), (-1, 0.5), (0.5, 1.414214), (-2.25, 0.210224), (13, 8192), (99, 16_384),
      (-99, 0.000061),
    ] as [(Double, Double)])
  func `powers of two are those of the books`(_ x: Double, _ expected: Double) {
    let value = Double(FixedPoint.exponential2(Int64(x * 65_536))) / 65_536
    #expect(abs(value - expected) <= expected * 0.0005 + 0.00002)
  }

  @Test func `square roots are exact`() {
    for root in [0, 1, 2, 3, 10, 65_535, 65_536, 3_037_000_499] as [Int64] {
      #expect(FixedPoint.squareRoot(root * root) == root)
      if root > 1 { #expect(FixedPoint.squareRoot(root * root - 1) == root - 1) }
    }
    #expect(FixedPoint.squareRoot(.max) == 3_037_000_499)
    #expect(FixedPoint.squareRoot(-5) == 0)
  }
}
