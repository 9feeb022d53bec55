/// Exponential function and logarithm from the four operations of IEEE 754 alone, so that their bits are
/// the same on every machine, which those of libm are not.
///
/// Relative error below 2.3 × 10^-16, about one unit in the last place, over the whole range of normal
/// numbers; held against 60-digit values by a test.
public enum Elementary {
  /// log 2 in two parts; the first has 32 digits, so that its product with an exponent is exact.
  private static let log2High = 0.6931471803691238
  private static let log2Low = 1.9082149292705877e-10

  /// e^x; infinity above 709.78, 0 below −745.13, NaN for NaN.
  ///
  /// x = k log 2 + r with |r| ≤ log 2 / 2, and the Taylor series of degree 14 for e^r.
  public static func exponential(_ x: Double) -> Double {
    guard x < 709.782712893384 else { return x.isNaN ? x : .infinity }
    guard x > -745.1332191019412 else { return x.isNaN ? x : 0 }
    let k = (x / 0.6931471805599453).rounded(.toNearestOrEven)
    let (high, low) = (x - k * log2High, k * log2Low)
    let r = high - low
    let lost = (high - r) - low
    // Even and odd powers apart: two short chains in the place of a long one.
    let z = r * r
    var even = 1.1470745597729725e-11
    even = even * z + 2.08767569878681e-09
    even = even * z + 2.755731922398589e-07
    even = even * z + 2.48015873015873e-05
    even = even * z + 0.001388888888888889
    even = even * z + 0.041666666666666664
    even = even * z + 0.5
    var odd = 1.6059043836821613e-10
    odd = odd * z + 2.505210838544172e-08
    odd = odd * z + 2.7557319223985893e-06
    odd = odd * z + 0.0001984126984126984
    odd = odd * z + 0.008333333333333333
    odd = odd * z + 0.16666666666666666
    let tail = z * (even + r * odd) + lost * (1 + r)
    return Double(sign: .plus, exponent: Int(k), significand: 1 + (r + tail))
  }

  /// The natural logarithm; −infinity at 0, NaN below.
  ///
  /// x = 2^e m with m about 1, and log m = 2 artanh(s) with s = f / (2 + f), f = m − 1, summed so that the
  /// largest term comes last.
  public static func logarithm(_ x: Double) -> Double {
    guard x > 0, x < .infinity else {
      return x == 0 ? -.infinity : x > 0 ? x : .nan
    }
    var (m, e) = (x.significand, Double(x.exponent))
    if m > 1.4142135623730951 {
      m /= 2
      e += 1
    }
    let f = m - 1
    let s = f / (2 + f)
    let z = s * s
    var p = 2.0 / 27
    p = p * z + 2.0 / 25
    p = p * z + 2.0 / 23
    p = p * z + 2.0 / 21
    p = p * z + 2.0 / 19
    p = p * z + 2.0 / 17
    p = p * z + 2.0 / 15
    p = p * z + 2.0 / 13
    p = p * z + 2.0 / 11
    p = p * z + 2.0 / 9
    p = p * z + 2.0 / 7
    p = p * z + 2.0 / 5
    p = p * z + 2.0 / 3
    let half = 0.5 * f * f
    return e * log2High - ((half - (s * (half + p * z) + e * log2Low)) - f)
  }
}
