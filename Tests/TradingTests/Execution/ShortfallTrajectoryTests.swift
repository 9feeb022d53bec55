import Events
import Testing

@testable import Trading

/// Almgren and Chriss (2000), section 2.2. The expected values are sinh(κ(T − jτ)) / sinh(κT) with
/// cosh κτ = 1 + (κ̃τ)² / 2, computed with mpmath 1.3.0 at 60 digits.
@Suite struct ShortfallTrajectoryTests {
  static let table: [(urgency: Double, count: Int, after: [(Int, Double)])] = [
    (
      1e-12, 100,
      [(1, 0.98999999996716500002), (50, 0.49999999937500000065), (99, 0.0099999999833350000194)]
    ),
    (
      0.38, 5,
      [
        (1, 0.54195555437392229338), (2, 0.28985421940993505824), (4, 0.062141801605766027407),
        (5, 0),
      ]
    ),
    (
      1e-4, 1000,
      [(1, 0.99004987495955421701), (100, 0.36788096914347881846), (999, 9.0804778114327110752e-7)]
    ),
    (
      4, 50,
      [(1, 0.1715728752538099024), (25, 7.2646673569348232957e-20), (49, 2.985426994115690197e-38)]
    ),
    (
      1e6, 8,
      [(1, 9.99998000004999986e-7), (4, 9.99992000043999792e-25), (7, 9.9998600011799922e-43)]
    ),
    (
      2.5e-3, 10000,
      [
        (1, 0.95123437744064360844), (1000, 1.938818786896729859e-22),
        (5000, 2.7395933076609908463e-109),
      ]
    ),
  ]

  @Test(arguments: table.indices)
  func `the recurrence gives the closed form within its error bound`(_ row: Int) {
    let (urgency, count, after) = Self.table[row]
    let remaining = ShortfallTrajectory.remaining(after: count, urgency: urgency)
    #expect(remaining.count == count)
    #expect(remaining.last == 0)
    let bound = 20 * Double(count) * Double(sign: .plus, exponent: -53, significand: 1)
    for (interval, expected) in after {
      #expect(abs(remaining[interval - 1] - expected) <= bound * expected, "after \(interval)")
    }
  }

  @Test func `the paper's example has its urgency`() throws {
    // Table 1: σ 0.95, η 2.5 × 10^-6, γ 2.5 × 10^-7, λ 10^-6, a day as the interval:
    // 10^-6 × 0.9025 / (2.5 × 10^-6 − 1.25 × 10^-7) = 0.38.
    let urgency = try #require(
      ShortfallTrajectory.urgency(
        aversion: 1e-6, volatility: 0.95, impact: 2.5e-6, permanent: 2.5e-7, interval: 1))
    #expect(abs(urgency - 0.38) < 1e-15)
    #expect(
      ShortfallTrajectory.urgency(
        aversion: 1, volatility: 1, impact: 1, permanent: 2, interval: 1) == nil)
    #expect(
      ShortfallTrajectory.urgency(
        aversion: 1e200, volatility: 1, impact: 1, permanent: 0, interval: 1) == nil)
  }

  @Test func `without aversion the parts are equal`() {
    let remaining = ShortfallTrajectory.remaining(after: 8, urgency: 0)
    #expect(remaining == [0.875, 0.75, 0.625, 0.5, 0.375, 0.25, 0.125, 0])
    #expect(ShortfallTrajectory.remaining(after: 1, urgency: 3) == [0])
  }

  @Test func `trajectories never rise, whatever the urgency`() {
    for exponent in stride(from: -300, through: 99, by: 7) {
      var urgency = 1.0
      for _ in 0..<abs(exponent) { urgency *= exponent > 0 ? 10 : 0.1 }
      for count in [1, 2, 3, 100, 3000] {
        let remaining = ShortfallTrajectory.remaining(after: count, urgency: urgency)
        #expect(remaining.allSatisfy { $0 >= 0 && $0 < 1 })
        #expect(zip(remaining, remaining.dropFirst()).allSatisfy { $0 >= $1 })
      }
    }
  }
}
