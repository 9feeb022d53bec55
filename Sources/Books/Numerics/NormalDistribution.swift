/// The standard normal distribution, from the four operations of IEEE 754 alone.
public enum NormalDistribution {
  /// e^(−x²/2) / √(2π). Relative error below 5 × 10^-16 as long as the value is a normal number.
  public static func density(_ x: Double) -> Double { 0.3989422804014327 * bell(x) }

  /// The density, and the probability of a value below `sign` × x, which have most of the work in common.
  /// - Precondition: the sign is 1 or −1.
  static func densityAndCumulative(_ x: Double, sign: Double) -> (density: Double, below: Double) {
    let bell = bell(x)
    let tail = upperTail(x.magnitude, bell)
    return (0.3989422804014327 * bell, sign * x < 0 ? tail : x.isNaN ? x : 1 - tail)
  }

  /// The probability of a value below x. Relative error below 10^-15 in both tails, as long as the value is
  /// a normal number (x above −37.5).
  public static func cumulative(_ x: Double) -> Double {
    x < 0 ? upperTail(-x, bell(x)) : x >= 0 ? 1 - upperTail(x, bell(x)) : x
  }

  /// The probability of a value above x.
  /// - Parameter bell: e^(−x²/2).
  /// - Precondition: x ≥ 0.
  private static func upperTail(_ x: Double, _ bell: Double) -> Double {
    guard x < 39 else { return 0 }
    let z = x * 0.7071067811865476
    return 0.5 * scaledComplement((z - 3.75) / (z + 3.75)) * bell / (1 + 2 * z)
  }

  /// e^(−x²/2). The square's rounding would cost digits for large x: the square of x to sixteenths is
  /// exact, and the rest is small.
  private static func bell(_ x: Double) -> Double {
    guard x.magnitude < 39 else { return x.isNaN ? x : 0 }
    let near = (x * 16).rounded(.toNearestOrEven) / 16
    return Elementary.exponential(-0.5 * near * near)
      * Elementary.exponential(-0.5 * (x - near) * (x + near))
  }

  /// (1 + 2z) e^(z²) erfc(z) for all z ≥ 0, at t = (z − 3.75) / (z + 3.75): the approximation's form is
  /// Shepherd and Laframboise's (Chebyshev approximation of (1 + 2x) exp(x²) erfc x in 0 ≤ x < ∞,
  /// Mathematics of Computation 36, 1981), its 28 coefficients are our own, made with 60 digits.
  private static func scaledComplement(_ t: Double) -> Double {
    let z = t * t
    var even = -7.33950500852954e-11
    even = even * z + 9.02214970034059e-10
    even = even * z - 6.545560212480267e-09
    even = even * z + 4.0971223152703005e-08
    even = even * z - 2.6114702359900956e-07
    even = even * z + 1.7534434251106334e-06
    even = even * z - 1.1445049125831309e-05
    even = even * z + 5.164940777546399e-05
    even = even * z + 0.00029371359480570737
    even = even * z - 0.009746579547619623
    even = even * z - 0.05869339859054762
    even = even * z - 0.10880393014170746
    even = even * z + 0.00358541548546369
    even = even * z + 1.2375126308378275
    var odd = 1.79625782521633e-12
    odd = odd * z - 4.9656323099806433e-11
    odd = odd * z + 5.820899514310995e-10
    odd = odd * z - 4.453191645424103e-09
    odd = odd * z + 2.4362700816477473e-08
    odd = odd * z - 5.831950342145813e-08
    odd = odd * z - 9.728189861867202e-07
    odd = odd * z + 2.2383900563041527e-05
    odd = odd * z - 0.0002901539763460068
    odd = odd * z + 0.0017556258319220233
    odd = odd * z + 0.02836227742156851
    odd = odd * z + 0.09230432116019517
    odd = odd * z + 0.08227673849015112
    odd = odd * z - 0.14024059858554708
    return even + t * odd
  }
}
