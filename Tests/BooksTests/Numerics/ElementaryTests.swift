import Books
import Foundation
import Testing

/// The exponential function, the logarithm and the normal distribution against exact values, and their bits
/// against another implementation of the same operations.
@Suite struct ElementaryTests {
  /// The largest relative error of a function on a table.
  private static func error(
    _ table: [(Double, Double)], _ function: (Double) -> Double
  ) -> Double {
    table.map { argument, exact in
      exact == 0 ? function(argument).magnitude : (function(argument) / exact - 1).magnitude
    }.max() ?? .infinity
  }

  @Test func `errors stay within what is stated`() {
    #expect(Self.error(ExactValues.exponentials, Elementary.exponential) < 2.3e-16)
    #expect(Self.error(ExactValues.logarithms, Elementary.logarithm) < 2.3e-16)
    #expect(Self.error(ExactValues.probabilities, NormalDistribution.cumulative) < 1e-15)
    #expect(Self.error(ExactValues.densities, NormalDistribution.density) < 5e-16)
  }

  @Test func `the library's functions say nearly the same everywhere`() {
    for step in -70_000...70_000 {
      let x = Double(step) / 100
      #expect((Elementary.exponential(x) / Foundation.exp(x) - 1).magnitude < 5e-16)
      guard step > 0 else { continue }
      let logarithm = Foundation.log(x)
      #expect(
        (Elementary.logarithm(x) - logarithm).magnitude <= 5e-16 * max(logarithm.magnitude, 1e-300))
    }
  }

  /// The same operations in the same order, made by Python, gave these sums of bits.
  @Test func `bits are the same as another machine's`() {
    var sums: (UInt64, UInt64, UInt64) = (0, 0, 0)
    for step in 0..<10_000 {
      let x = Double(step - 5000)
      sums.0 = sums.0 &* 31 &+ Elementary.exponential(x / 64).bitPattern
      sums.1 = sums.1 &* 31 &+ Elementary.logarithm(Double(step + 1) / 64).bitPattern
      sums.2 = sums.2 &* 31 &+ NormalDistribution.cumulative(x / 512).bitPattern
    }
    #expect(sums.0 == 5_119_282_248_851_367_299)
    #expect(sums.1 == 14_644_824_230_765_599_012)
    #expect(sums.2 == 14_295_839_076_276_266_232)
  }

  @Test func `at the ends of the range functions go to their limits`() {
    let table: [(Double, Double)] = [
      (Elementary.exponential(710), .infinity), (Elementary.exponential(.infinity), .infinity),
      (Elementary.exponential(-746), 0), (Elementary.exponential(-.infinity), 0),
      (Elementary.exponential(0), 1), (Elementary.exponential(-745), .leastNonzeroMagnitude),
      (Elementary.logarithm(0), -.infinity), (Elementary.logarithm(.infinity), .infinity),
      (Elementary.logarithm(1), 0), (NormalDistribution.cumulative(-40), 0),
      (NormalDistribution.cumulative(40), 1), (NormalDistribution.cumulative(0), 0.5),
      (NormalDistribution.cumulative(.infinity), 1),
      (NormalDistribution.cumulative(-.infinity), 0), (NormalDistribution.density(.infinity), 0),
    ]
    for (value, expected) in table { #expect(value == expected) }
    let undefined = [
      Elementary.exponential(.nan), Elementary.logarithm(-1), Elementary.logarithm(.nan),
      NormalDistribution.cumulative(.nan), NormalDistribution.density(.nan),
    ]
    for value in undefined { #expect(value.isNaN) }
  }
}
